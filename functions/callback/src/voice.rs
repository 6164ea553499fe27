//! A person calls the service's number: they hear what they were called about, or what is next.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use executor::{Context, apply_by_key};
use lambda::carrier::{Api, IncomingCallWebhook};
use lambda::{Body, reply};
use reminder::conversation::{Recall, recall};
use reminder::event::Event;
use reminder::ids::{Number, PersonId};
use reminder::ports::{Clock, Ports, ReadError, Scope, Store, Versioned};
use reminder::profile::Profile;
use reminder::record::Reminder;
use reminder::words;

use crate::CallbackConfig;
use crate::pressed::{ACKNOWLEDGE, Key, SNOOZE, take_key};

/// A person who calls, with what is known about them.
struct Caller {
    profile: Versioned<Profile>,
    reminders: Vec<Reminder>,
}

/// Answers a call to the service's number. A number can be forged, so nothing that is pressed here confirms it.
pub(crate) async fn answer<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    webhook: &IncomingCallWebhook,
) -> ApiGatewayV2httpResponse {
    let service = &config.service_name;
    let document = match caller(context, config, &webhook.from).await {
        Ok(Some(caller)) => {
            let now = context.ports.clock().now();
            match recall(&caller.profile, &caller.reminders, now) {
                Recall::Rang(reminder) => api.menu(
                    &words::called_about(service, &reminder.task),
                    &api.voice_key_url(&config.public_url),
                    words::FAREWELL,
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

/// Answers a key that a caller pressed: 1 confirms what they were called about, 2 asks for another call.
pub(crate) async fn key<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    webhook: &IncomingCallWebhook,
) -> ApiGatewayV2httpResponse {
    match pressed(context, config, webhook).await {
        Ok(words) => reply(200, Body::Xml(&api.goodbye(&words))),
        Err(error) => {
            tracing::warn!(%error, "the key of a caller was not written");
            reply(503, Body::Text("the key could not be written; please deliver it again"))
        }
    }
}

async fn pressed<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    webhook: &IncomingCallWebhook,
) -> Result<String, Box<dyn std::error::Error>> {
    let farewell = || words::FAREWELL.to_owned();
    let Some(caller) = caller(context, config, &webhook.from).await? else { return Ok(farewell()) };
    let Recall::Rang(reminder) = recall(&caller.profile, &caller.reminders, context.ports.clock().now()) else {
        return Ok(farewell());
    };
    match webhook.digits.as_deref() {
        Some(ACKNOWLEDGE) => {
            apply_by_key(context, &reminder.key, |_| Some(Event::Acknowledged)).await?;
            Ok(words::THANKS.to_owned())
        }
        Some(SNOOZE) => {
            let key = Key::Snooze { reminder: reminder.key.reminder.clone(), call: webhook.call.at_carrier() };
            Ok(take_key(context, config, &caller.profile, key).await?)
        }
        _ => Ok(farewell()),
    }
}

async fn caller<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    from: &str,
) -> Result<Option<Caller>, ReadError> {
    let Ok(number) = from.parse::<Number>() else { return Ok(None) };
    let person = PersonId::of(&number, &config.person_key);
    let store = context.ports.store();
    let Some(profile) = store.profile(&person).await? else { return Ok(None) };
    let reminders = store.reminders(&person, Scope::Kept).await?;
    Ok(Some(Caller { profile, reminders: reminders.into_iter().map(Versioned::into_value).collect() }))
}
