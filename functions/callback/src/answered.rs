//! Somebody picked up: what is said is decided now, the last gate.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use executor::{Applied, Context, apply, left};
use futures_util::join;
use lambda::{Body, reply};
use reminder::event::{Event, Report};
use reminder::ids::CallId;
use reminder::lifecycle::{Speech, speech};
use reminder::ports::{Ports, Store, Versioned};
use reminder::profile::Profile;
use reminder::record::Reminder;
use reminder::wire::{CallRoute, CallStep};
use reminder::words;
use twilio::twiml;

use crate::Settings;

/// Says the reminder, or goodbye, by what record and profile say now.
pub(crate) async fn speak<P: Ports>(
    context: Context<'_, P>,
    settings: &Settings,
    route: &CallRoute,
    call: CallId,
) -> ApiGatewayV2httpResponse {
    let store = context.ports.store();
    let (reminder, profile) = join!(store.reminder(&route.key), store.profile(&route.key.person));
    let document = match reminder.and_then(|reminder| Ok((reminder, profile?))) {
        Ok((Some(reminder), Some(profile))) => {
            let speaking = learn(context, route, reminder, &profile, call).await;
            spoken(settings, route, speaking.as_deref())
        }
        Ok(_) => twiml::say_and_hang_up(words::GOODBYE),
        // Nobody is left with silence on the line. The call's end, reported without a key, brings a text.
        Err(error) => {
            tracing::error!(reminder.id = %route.key.reminder, %error, "a call was answered, and its reminder not read");
            twiml::say_and_hang_up(words::UNREADABLE)
        }
    };
    reply(200, Body::Xml(&document))
}

/// Records the pick-up, or that its person has left; nothing is said then. A pick-up that can't be written is heard
/// all the same: the end of an answered call says as much.
async fn learn<P: Ports>(
    context: Context<'_, P>,
    route: &CallRoute,
    reminder: Versioned<Reminder>,
    profile: &Profile,
    call: CallId,
) -> Option<Versioned<Reminder>> {
    let left = left(profile, &reminder);
    let is_here = left.is_none();
    let picked_up = Event::CallReported { claim: route.claim.clone(), call, report: Report::PickedUp };
    let learnt = match apply(context, reminder.clone(), left.unwrap_or(picked_up)).await {
        Ok(Applied::Changed(now) | Applied::Unchanged(now)) => Some(*now),
        Ok(Applied::Gone) => None,
        Err(error) => {
            tracing::warn!(reminder.id = %route.key.reminder, %error, "what a pick-up says was not written");
            Some(reminder)
        }
    };
    learnt.filter(|_| is_here)
}

fn spoken(settings: &Settings, route: &CallRoute, reminder: Option<&Reminder>) -> String {
    let speaking = reminder.filter(|reminder| speech(reminder, &route.claim) == Speech::Task);
    tracing::info!(reminder.id = %route.key.reminder, speaks = speaking.is_some(), "call answered");
    match speaking {
        Some(reminder) => ask_for_key(settings, route, &words::spoken(&reminder.task)),
        None => twiml::say_and_hang_up(words::GOODBYE),
    }
}

/// Says the words and waits for a key.
pub(crate) fn ask_for_key(settings: &Settings, route: &CallRoute, words: &str) -> String {
    twiml::reminder(words, &settings.public_url.callback(route, CallStep::Key), words::FAREWELL)
}
