//! Handles an answered call. The speech is decided when the call is answered, from a fresh read of the reminder and the
//! profile.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use executor::{Applied, Context, apply, opt_out_event};
use futures_util::join;
use lambda::carrier::Api;
use lambda::{Body, reply};
use reminder::event::{Event, Report};
use reminder::ids::CallId;
use reminder::lifecycle::{Speech, speech};
use reminder::ports::{Ports, Store, Versioned};
use reminder::profile::Profile;
use reminder::record::Reminder;
use reminder::wire::{CallRoute, CallStep};
use reminder::words;

use crate::CallbackConfig;

/// Returns the document that speaks the reminder, or only a goodbye if the reminder must not be spoken any more. If the
/// reminder or the profile can't be read, the document announces a text instead.
pub(crate) async fn speak<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    route: &CallRoute,
    call: CallId,
) -> ApiGatewayV2httpResponse {
    let store = context.ports.store();
    let (reminder, profile) = join!(store.reminder(&route.key), store.profile(&route.key.person));
    let document = match reminder.and_then(|reminder| Ok((reminder, profile?))) {
        Ok((Some(reminder), Some(profile))) => {
            let current = record_pickup(context, route, reminder, &profile, call).await;
            document(config, api, route, current.as_deref(), &profile)
        }
        Ok(_) => api.goodbye(&words::goodbye(&config.service_name)),
        // The person must not hear silence, so the call announces a text. The call ends without a key, so another call
        // or a text follows.
        Err(error) => {
            tracing::error!(reminder.id = %route.key.reminder, %error, "a call was answered, but its reminder could not be read");
            api.goodbye(&words::unreadable(&config.service_name))
        }
    };
    reply(200, Body::Xml(&document))
}

/// Records that the call was answered, or that its person has opted out. Returns the reminder as it is then, or `None`
/// if the person has opted out or the reminder is gone. If the pickup can't be written, returns the reminder as it was
/// read: the report of the call's end also says that the call was answered.
async fn record_pickup<P: Ports>(
    context: Context<'_, P>,
    route: &CallRoute,
    reminder: Versioned<Reminder>,
    profile: &Profile,
    call: CallId,
) -> Option<Versioned<Reminder>> {
    let opted_out = opt_out_event(profile, &reminder);
    let is_opted_in = opted_out.is_none();
    let picked_up = Event::CallReported { claim: route.claim.clone(), call, report: Report::PickedUp };
    let current = match apply(context, reminder.clone(), opted_out.unwrap_or(picked_up)).await {
        Ok(Applied::Changed(current) | Applied::Unchanged(current)) => Some(*current),
        Ok(Applied::Gone) => None,
        Err(error) => {
            tracing::warn!(reminder.id = %route.key.reminder, %error, "a pickup was not written");
            Some(reminder)
        }
    };
    current.filter(|_| is_opted_in)
}

fn document(
    config: &CallbackConfig,
    api: Api,
    route: &CallRoute,
    reminder: Option<&Reminder>,
    profile: &Profile,
) -> String {
    let to_speak = reminder.filter(|reminder| speech(reminder, &route.claim) == Speech::Task);
    tracing::info!(reminder.id = %route.key.reminder, speaks = to_speak.is_some(), "call answered");
    match to_speak {
        Some(reminder) => ask_for_key(config, api, route, reminder, profile),
        None => api.goodbye(&words::goodbye(&config.service_name)),
    }
}

/// Returns the document that speaks the reminder and waits for a key.
pub(crate) fn ask_for_key(
    config: &CallbackConfig,
    api: Api,
    route: &CallRoute,
    reminder: &Reminder,
    profile: &Profile,
) -> String {
    let key_url = api.callback_url(&config.public_url, route, CallStep::Key);
    let words = words::reminder(&config.service_name, &reminder.task, profile.confirmed_at);
    api.speech_with_key(&words, &key_url, &words::FAREWELL)
}
