//! The text in the place of a call.

use reminder::event::Event;
use reminder::ports::{Carrier, CarrierError, Clock, Ports, Store};
use reminder::record::{Reminder, State};
use reminder::words;

use crate::Service;
use crate::consent::left;

/// Sends the text that a record owes. Its try is counted already, in the write that brought it here, so that a crash
/// between sending and hearing of it can't make it be sent for ever.
pub(crate) async fn instead_of_call<P: Ports>(service: Service<'_, P>, record: &Reminder) -> Option<Event> {
    let Some(State::Texting { why, .. }) = record.state() else { return None };
    let generation = record.generation;
    let profile = match service.ports.store().profile(&record.key.person).await {
        Ok(Some(profile)) => profile,
        Ok(None) => {
            tracing::error!(reminder.id = %record.key.reminder, "a reminder has no profile: its person can't be texted");
            return None;
        }
        Err(error) => {
            tracing::warn!(reminder.id = %record.key.reminder, %error, "text put off: the profile was not read");
            return Some(Event::TextRefusedForNow { generation });
        }
    };
    if let Some(left) = left(&profile, record) {
        return Some(left);
    }
    let body = words::instead_of_call(record, *why, service.ports.clock().now());
    outcome(record, service.ports.carrier().send_text(&profile.number, &body).await)
}

fn outcome(record: &Reminder, sent: Result<(), CarrierError>) -> Option<Event> {
    let (id, generation) = (&record.key.reminder, record.generation);
    match sent {
        Ok(()) => {
            tracing::info!(reminder.id = %id, "texted in the place of a call");
            Some(Event::TextAccepted { generation })
        }
        Err(error @ CarrierError::NumberRefused { .. }) => {
            tracing::warn!(reminder.id = %id, %error, "text refused");
            Some(Event::TextRefusedForGood { generation })
        }
        Err(error @ CarrierError::RefusedForNow { .. }) => {
            tracing::warn!(reminder.id = %id, %error, "text put off");
            Some(Event::TextRefusedForNow { generation })
        }
        Err(error @ CarrierError::Unknown(_)) => {
            tracing::warn!(reminder.id = %id, %error, "text may have been sent");
            None
        }
    }
}
