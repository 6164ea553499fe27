//! The text in the place of a call.

use jiff::Timestamp;
use reminder::event::Event;
use reminder::line::{self, Slot};
use reminder::policy::pace::TEXT_SLOT_FRESH_S;
use reminder::ports::{Carrier, CarrierError, Clock, Ports, Store};
use reminder::record::{Reminder, State};
use reminder::words;

use crate::Service;
use crate::consent::{leave, left};
use crate::way::{Found, Turned, Way, Went, again_at, find};

/// Sends the text that a record owes. Its try is counted already, in the write that brought it here, so that a crash
/// between sending and hearing of it can't make it be sent for ever.
pub(crate) async fn instead_of_call<P: Ports>(
    service: Service<'_, P>,
    record: &Reminder,
    slot: Option<&Slot>,
) -> Option<Event> {
    let Some(State::Texting { why, since, .. }) = record.state() else { return None };
    let profile = match service.ports.store().profile(&record.key.person).await {
        Ok(Some(profile)) => profile,
        Ok(None) => {
            tracing::error!(reminder.id = %record.key.reminder, "a reminder has no profile: its person can't be texted");
            return None;
        }
        Err(error) => {
            tracing::warn!(reminder.id = %record.key.reminder, %error, "text put off: the profile was not read");
            return Some(put_off(service, record, *since, service.ports.clock().now()));
        }
    };
    if let Some(left) = left(&profile, record) {
        return Some(left);
    }
    let way = match turn(service, record, *since, slot).await {
        Ok(way) => way,
        Err(event) => return Some(event),
    };
    let body = words::instead_of_call(record, *why, service.ports.clock().now());
    let sent = way.carrier().send_text(&profile.number, &body).await;
    let is_first = way.is_first();
    way.learn(Went::of(&sent)).await;
    if let Err(CarrierError::OptedOut { .. }) = sent {
        // From another number than the one that they text they may want nothing, and from that one all the same.
        return Some(match is_first {
            true => leave(service, &profile, record).await,
            false => put_off(service, record, *since, service.ports.clock().now()),
        });
    }
    outcome(service, record, *since, sent)
}

/// Whose turn it is to be texted, and by whom; or what comes instead, when it is not this record's yet.
async fn turn<'a, P: Ports>(
    service: Service<'a, P>,
    record: &Reminder,
    since: Timestamp,
    slot: Option<&Slot>,
) -> Result<Way<'a, P>, Event> {
    let way = match find(service, line::Service::Texts).await {
        Found::Open(way) => way,
        Found::Shut { until } => return Err(put_off(service, record, since, until)),
    };
    match way.turn(slot, TEXT_SLOT_FRESH_S, service.policy.text_give_up(since)).await {
        Ok(Turned::Now) => Ok(way),
        Ok(Turned::At(slot)) => Err(Event::TextPaced { generation: record.generation, slot }),
        Ok(Turned::Never) => Err(put_off(service, record, since, service.ports.clock().now())),
        Err(error) => {
            tracing::warn!(reminder.id = %record.key.reminder, %error, "text put off: no slot was reserved");
            Err(put_off(service, record, since, service.ports.clock().now()))
        }
    }
}

/// It was certainly not sent. The wait grows with how long it has been tried, which doubles it on average.
fn put_off<P: Ports>(service: Service<'_, P>, record: &Reminder, since: Timestamp, earliest: Timestamp) -> Event {
    let longest = service.policy.text_refused_backoff(service.ports.clock().now().duration_since(since));
    let retry_at = again_at(service, longest, earliest);
    Event::TextRefusedForNow { generation: record.generation, retry_at }
}

fn outcome<P: Ports>(
    service: Service<'_, P>,
    record: &Reminder,
    since: Timestamp,
    sent: Result<(), CarrierError>,
) -> Option<Event> {
    let (id, generation) = (&record.key.reminder, record.generation);
    match sent {
        Ok(()) => {
            tracing::info!(reminder.id = %id, "texted in the place of a call");
            Some(Event::TextAccepted { generation })
        }
        Err(error @ (CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. })) => {
            tracing::warn!(reminder.id = %id, %error, "text refused");
            Some(Event::TextRefusedForGood { generation })
        }
        Err(CarrierError::RefusedForNow { reason, retry_after, .. }) => {
            tracing::warn!(reminder.id = %id, reason, "text put off");
            let earliest = service.ports.clock().now().saturating_add(retry_after.unwrap_or_default());
            Some(put_off(service, record, since, earliest.unwrap_or(Timestamp::MAX)))
        }
        Err(error @ CarrierError::Unknown(_)) => {
            tracing::warn!(reminder.id = %id, %error, "text may have been sent");
            None
        }
    }
}
