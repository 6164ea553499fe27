//! Handles a call to the service's number: the caller hears the reminder of the last hour that they have not
//! acknowledged, or else when their next call comes, if there is one.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use executor::{Context, apply_by_key};
use lambda::carrier::{Api, IncomingCallWebhook};
use lambda::numbers::normal_form;
use lambda::{Body, reply};
use reminder::conversation::{PressedKey, Recall, recall};
use reminder::event::Event;
use reminder::ids::PersonId;
use reminder::ports::{Clock, Ports, ReadError, Scope, Store, Versioned};
use reminder::profile::Profile;
use reminder::record::Reminder;
use reminder::wire::VoiceRoute;
use reminder::words::{self, Spoken};

use crate::CallbackConfig;
use crate::pressed::{ACKNOWLEDGE, Key, NotPressed, SNOOZE, take_key};

/// A caller, with their profile and reminders.
struct Caller {
    profile: Versioned<Profile>,
    reminders: Vec<Reminder>,
}

/// Answers a call to the service's number. The caller's number can be forged, so a key on this call does not confirm
/// it.
pub(crate) async fn answer<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    webhook: &IncomingCallWebhook,
) -> ApiGatewayV2httpResponse {
    let service = &config.service_name;
    let document = match caller(context, config, webhook.from.as_str()).await {
        Ok(Some(caller)) => {
            let now = context.ports.clock().now();
            match recall(&caller.profile, &caller.reminders, now) {
                Recall::Last(reminder) => api.menu(
                    &words::last_reminder(service, &reminder.task),
                    &api.voice_key_url(
                        &config.public_url,
                        &VoiceRoute { key: reminder.key.clone(), told_at: Some(now) },
                    ),
                    &words::FAREWELL,
                ),
                Recall::Next(reminder) => api.goodbye(&words::next_call(service, reminder, now)),
                Recall::Nothing => api.goodbye(&words::no_reminders(service)),
            }
        }
        Ok(None) => api.goodbye(&words::no_reminders(service)),
        Err(error) => {
            tracing::error!(%error, "a person called, but their reminders could not be read");
            api.goodbye(&words::try_again_later(service))
        }
    };
    reply(200, Body::Xml(&document))
}

/// Answers a key that a caller pressed: 1 acknowledges the reminder that they heard, and 2 requests another call.
pub(crate) async fn key<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    route: &VoiceRoute,
    webhook: &IncomingCallWebhook,
) -> ApiGatewayV2httpResponse {
    match pressed(context, config, route, webhook).await {
        Ok(words) => reply(200, Body::Xml(&api.goodbye(&words))),
        Err(error) => {
            tracing::warn!(%error, "a key that a caller pressed was not written");
            reply(503, Body::Text("the pressed key could not be written; please deliver it again"))
        }
    }
}

async fn pressed<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    route: &VoiceRoute,
    webhook: &IncomingCallWebhook,
) -> Result<Spoken, NotPressed> {
    let is_theirs = person_of(config, webhook.from.as_str()).is_some_and(|person| person == route.key.person);
    if !is_theirs {
        return Ok(words::FAREWELL);
    }
    let pressed_at = context.ports.clock().now();
    match webhook.digits.as_deref() {
        Some(ACKNOWLEDGE) => {
            // They acknowledge what they were told. A function that froze may handle the key when the next occurrence
            // is over, and that one must still be texted.
            let acknowledged = Event::Acknowledged { received_at: route.told_at.unwrap_or(pressed_at) };
            apply_by_key(context, &route.key, |_| Some(acknowledged)).await?;
            Ok(words::THANKS)
        }
        Some(SNOOZE) => {
            let Some(profile) = context.ports.store().profile(&route.key.person).await? else {
                return Ok(words::FAREWELL);
            };
            let pressed = PressedKey::Snooze { reminder: route.key.reminder.clone(), claim: None };
            let key = Key { call: webhook.call.at_carrier(), pressed, pressed_at };
            take_key(context, config, &profile, key).await
        }
        _ => Ok(words::FAREWELL),
    }
}

/// Returns the person with this number. A person is identified by the normal form of their number, for texts too.
fn person_of(config: &CallbackConfig, from: &str) -> Option<PersonId> {
    normal_form(from).map(|number| PersonId::of(&number, &config.person_key))
}

async fn caller<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    from: &str,
) -> Result<Option<Caller>, ReadError> {
    let Some(person) = person_of(config, from) else { return Ok(None) };
    let store = context.ports.store();
    let Some(profile) = store.profile(&person).await? else { return Ok(None) };
    let reminders = store.reminders(&person, Scope::Kept).await?;
    Ok(Some(Caller { profile, reminders: reminders.readable.into_iter().map(Versioned::into_value).collect() }))
}
