//! Somebody picked up: what is said is decided now, the last gate.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use carriers::twilio::twiml;
use gateway::{Body, reply};
use perform::{Advanced, Service, advance};
use reminder::event::{Event, Report};
use reminder::ids::CallId;
use reminder::life::{Speech, speech};
use reminder::ports::{Ports, Store};
use reminder::record::Reminder;
use reminder::wire::{CallRoute, CallStep};
use reminder::words;

use crate::Settings;

/// Says the reminder, or goodbye, by what the record says now.
pub(crate) async fn speak<P: Ports>(
    service: Service<'_, P>,
    settings: &Settings,
    route: &CallRoute,
    call: CallId,
) -> ApiGatewayV2httpResponse {
    let document = match service.ports.store().reminder(&route.key).await {
        Ok(Some(reminder)) => {
            let seen = picked_up(service, route, reminder, call).await;
            spoken(settings, route, &seen)
        }
        Ok(None) => twiml::say_and_hang_up(words::GOODBYE),
        // Nobody is left with silence on the line. The call's end, reported without a key, brings a text.
        Err(error) => {
            tracing::error!(reminder.id = %route.key.reminder, %error, "a call was answered, and its reminder not read");
            twiml::say_and_hang_up(words::UNREADABLE)
        }
    };
    reply(200, Body::Xml(&document))
}

/// Records the pick-up. If that fails the person hears the reminder all the same: the end of an answered call says as
/// much.
async fn picked_up<P: Ports>(service: Service<'_, P>, route: &CallRoute, reminder: Reminder, call: CallId) -> Reminder {
    let event = Event::CallReported { claim: route.claim.clone(), call, report: Report::PickedUp };
    match advance(service, reminder.clone(), event).await {
        Ok(Advanced::Changed(seen) | Advanced::Unchanged(seen)) => *seen,
        Ok(Advanced::Gone) => reminder,
        Err(error) => {
            tracing::warn!(reminder.id = %route.key.reminder, %error, "a pick-up was not written");
            reminder
        }
    }
}

fn spoken(settings: &Settings, route: &CallRoute, reminder: &Reminder) -> String {
    let speech = speech(reminder, &route.claim);
    tracing::info!(reminder.id = %route.key.reminder, ?speech, "call answered");
    match speech {
        Speech::Task => ask_for_key(settings, route, &words::spoken(&reminder.task)),
        Speech::Goodbye => twiml::say_and_hang_up(words::GOODBYE),
    }
}

/// Says the words and waits for a key.
pub(crate) fn ask_for_key(settings: &Settings, route: &CallRoute, words: &str) -> String {
    twiml::reminder(words, &settings.public_url.callback(route, CallStep::Key), words::FAREWELL)
}
