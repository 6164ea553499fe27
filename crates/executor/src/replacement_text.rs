//! The text that is sent instead of a call.

use jiff::Timestamp;
use reminder::channel::{ChannelKind, Slot};
use reminder::event::Event;
use reminder::ids::{OutgoingTextId, OutgoingTextKey, SentTextId};
use reminder::policy::rate::TEXT_SLOT_FRESH_S;
use reminder::ports::{Carrier, CarrierError, Clock, Ports, Store};
use reminder::record::{Reminder, State};
use reminder::wire::TextRoute;
use reminder::words;

use crate::Context;
use crate::channel_selection::{Health, SelectedChannel, Selection, SlotGrant, find, retry_at};
use crate::opt_out::{left, record_opt_out};

/// Sends the text that replaces a call, and returns the resulting event. The try was already counted in an earlier
/// write, so a crash between sending and the carrier's response can't cause endless repeats.
pub(crate) async fn instead_of_call<P: Ports>(
    context: Context<'_, P>,
    record: &Reminder,
    slot: Option<&Slot>,
) -> Option<Event> {
    let Some(State::Texting { why, since, tries, .. }) = record.state() else { return None };
    let profile = match context.ports.store().profile(&record.key.person).await {
        Ok(Some(profile)) => profile,
        Ok(None) => {
            tracing::error!(reminder.id = %record.key.reminder, "a reminder has no profile: its person can't be texted");
            return None;
        }
        Err(error) => {
            tracing::warn!(reminder.id = %record.key.reminder, %error, "text postponed: the profile was not read");
            return Some(postponed(context, record, *since, context.ports.clock().now()));
        }
    };
    if let Some(opted_out) = left(&profile, record) {
        return Some(opted_out);
    }
    let selected = match select_channel(context, record, *since, slot).await {
        Ok(selected) => selected,
        Err(event) => return Some(event),
    };
    let route = text_route(record, *tries)?;
    let body = words::instead_of_call(record, *why, context.ports.clock().now());
    let sent = selected.carrier().send_text(&profile.number, &body, &route).await;
    let is_first = selected.is_first();
    selected.record_health(Health::of(&sent)).await;
    if let Err(CarrierError::OptedOut { .. }) = sent {
        // An opt-out at the second carrier concerns only that carrier's number. The person may still want texts from
        // the first one.
        return Some(match is_first {
            true => record_opt_out(context, &profile, record).await,
            false => postponed(context, record, *since, context.ports.clock().now()),
        });
    }
    outcome(context, record, *since, sent)
}

/// Returns the callback of the text's status. The text has the id of its reminder.
fn text_route(record: &Reminder, tries: u8) -> Option<TextRoute> {
    let text = record.key.reminder.as_str().parse::<OutgoingTextId>().ok()?;
    let key = OutgoingTextKey { person: record.key.person.clone(), text };
    Some(TextRoute { key, attempt: tries })
}

/// Selects the channel if the text may be sent now. Otherwise returns the event that postpones it.
async fn select_channel<'a, P: Ports>(
    context: Context<'a, P>,
    record: &Reminder,
    since: Timestamp,
    slot: Option<&Slot>,
) -> Result<SelectedChannel<'a, P>, Event> {
    let selected = match find(context, ChannelKind::Sms).await {
        Selection::Channel(selected) => selected,
        Selection::AllOpen { until } => return Err(postponed(context, record, since, until)),
    };
    match selected.reserve_slot(slot, TEXT_SLOT_FRESH_S, context.policy.text_give_up(since)).await {
        Ok(SlotGrant::Now) => Ok(selected),
        Ok(SlotGrant::At(slot)) => Err(Event::TextSlotAssigned { generation: record.generation, slot }),
        Ok(SlotGrant::TooLate) => Err(postponed(context, record, since, context.ports.clock().now())),
        Err(error) => {
            tracing::warn!(reminder.id = %record.key.reminder, %error, "text postponed: no slot was reserved");
            Err(postponed(context, record, since, context.ports.clock().now()))
        }
    }
}

/// Returns the event that postpones a text which was certainly not sent. The wait is a random part of up to twice the
/// text's age, so each postponement doubles that age on average.
fn postponed<P: Ports>(context: Context<'_, P>, record: &Reminder, since: Timestamp, earliest: Timestamp) -> Event {
    let longest = context.policy.text_refused_backoff(context.ports.clock().now().duration_since(since));
    let retry_at = retry_at(context, longest, earliest);
    Event::TextRefusedForNow { generation: record.generation, retry_at }
}

/// Translates the carrier's response into an event. `None` if it is unknown whether the text was sent.
fn outcome<P: Ports>(
    context: Context<'_, P>,
    record: &Reminder,
    since: Timestamp,
    sent: Result<SentTextId, CarrierError>,
) -> Option<Event> {
    let (id, generation) = (&record.key.reminder, record.generation);
    match sent {
        Ok(_) => {
            tracing::info!(reminder.id = %id, "sent a text instead of a call");
            Some(Event::TextAccepted { generation })
        }
        Err(error @ (CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. })) => {
            tracing::warn!(reminder.id = %id, %error, "text refused");
            Some(Event::TextRefusedForGood { generation })
        }
        Err(CarrierError::RefusedForNow { reason, retry_after, .. }) => {
            tracing::warn!(reminder.id = %id, reason, "text postponed");
            let earliest = context.ports.clock().now().saturating_add(retry_after.unwrap_or_default());
            Some(postponed(context, record, since, earliest.unwrap_or(Timestamp::MAX)))
        }
        Err(error @ CarrierError::Unknown(_)) => {
            tracing::warn!(reminder.id = %id, %error, "text may have been sent");
            None
        }
    }
}
