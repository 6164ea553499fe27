//! Sends one try of a text, and translates the carrier's response into an event.

use jiff::Timestamp;
use reminder::channel::{ChannelKind, Priority, Slot};
use reminder::ids::SentTextId;
use reminder::metrics::Metric;
use reminder::outgoing_text::{OutgoingText, TextEvent, TextKind};
use reminder::policy::rate::TEXT_SLOT_FRESH_S;
use reminder::ports::{Carrier, CarrierError, Clock, Credentials, Ports, Remedy, Store};
use reminder::wire::TextRoute;

use super::carrier_opt_out::{OptOut, may_be_texted, opt_out};
use crate::Context;
use crate::channel_selection::health::{Health, ShownHealth};
use crate::channel_selection::{SelectedChannel, Selection, SlotGrant, find, retry_at};
use crate::outcomes::{self, CarrierRequest};

/// Sends one try, which was counted in an earlier write, and returns the resulting event. `None` if it is unknown
/// whether the carrier has the text, or if the person has no profile. Keeps in `shown` what the request shows about the
/// channel's health, to be recorded after the event is written.
pub(super) async fn send<'a, P: Ports>(
    context: Context<'a, P>,
    text: &OutgoingText,
    try_number: u8,
    slot: Option<&Slot>,
    shown: &mut ShownHealth<'a, P>,
) -> Option<TextEvent> {
    let person = &text.key.person;
    let profile = match context.ports.store().profile(person).await {
        Ok(Some(profile)) => profile,
        Ok(None) => {
            tracing::error!(text.id = %text.key.text, "a text has no profile, so there is no number to send it to");
            return None;
        }
        Err(error) => {
            tracing::warn!(text.id = %text.key.text, %error, "text postponed: the profile was not read");
            return Some(postponed(context, text, try_number, context.ports.clock().now()));
        }
    };
    if !may_be_texted(&profile, text) {
        return Some(TextEvent::OptedOut);
    }
    let selected = match select_channel(context, text, try_number, slot, profile.priority()).await {
        Ok(selected) => selected,
        Err(event) => return Some(event),
    };
    let route = TextRoute { key: text.key.clone(), try_number };
    let used = context.ports.credentials().changes();
    let sent = selected.carrier().send_text(&profile.number, &text.words, &route).await;
    outcomes::carrier_answered(CarrierRequest::Text(&text.key.text, outcomes::reminder_of(text)), &sent);
    let is_first = selected.is_first();
    shown.keep(selected, Health::of(&sent), used);
    if let Err(CarrierError::OptedOut { .. }) = sent {
        // An opt-out at the second carrier concerns only that carrier's number. The person may still want texts from
        // the first one.
        if !is_first {
            return Some(postponed(context, text, try_number, context.ports.clock().now()));
        }
        // If the opt-out is not written, the text stays owed. Its next try is refused too, and the opt-out is written
        // then. If the text ended here, the person would be called until another text is refused.
        return Some(match opt_out(context, text, |newest| newest.consent.since != profile.consent.since).await {
            Ok(OptOut::Known) => TextEvent::OptedOut,
            Ok(OptOut::Outdated) | Err(_) => postponed(context, text, try_number, context.ports.clock().now()),
        });
    }
    outcome(context, text, try_number, sent)
}

/// Selects the channel if the text may be sent now. Otherwise returns the event that postpones it. An answer needs no
/// slot: a person is waiting for it, and few answers are sent as outgoing texts.
async fn select_channel<'a, P: Ports>(
    context: Context<'a, P>,
    text: &OutgoingText,
    try_number: u8,
    slot: Option<&Slot>,
    priority: Priority,
) -> Result<SelectedChannel<'a, P>, TextEvent> {
    let selected = match find(context, ChannelKind::Sms).await {
        Selection::Channel(selected) => selected,
        Selection::AllOpen { until } => return Err(postponed(context, text, try_number, until)),
    };
    if text.kind == TextKind::Answer {
        return Ok(selected);
    }
    let give_up_at = context.policy.text_give_up(text.owed_since);
    match selected.reserve_slot(slot, TEXT_SLOT_FRESH_S, give_up_at, priority).await {
        Ok(SlotGrant::Now) => Ok(selected),
        Ok(SlotGrant::At(slot)) => Err(TextEvent::SlotAssigned { try_number, slot }),
        Ok(SlotGrant::TooLate | SlotGrant::OverBudget) => {
            Err(postponed(context, text, try_number, context.ports.clock().now()))
        }
        Err(error) => {
            tracing::warn!(text.id = %text.key.text, %error, "text postponed: no slot was reserved");
            Err(postponed(context, text, try_number, context.ports.clock().now()))
        }
    }
}

/// Returns the event that postpones a text after a try that was not made or was refused. The text waits until
/// `earliest`, and then for a random part of twice its age, within limits. Within these limits, its age about doubles
/// each time.
pub(super) fn postponed<P: Ports>(
    context: Context<'_, P>,
    text: &OutgoingText,
    try_number: u8,
    earliest: Timestamp,
) -> TextEvent {
    let age = context.ports.clock().now().duration_since(text.owed_since);
    let retry_at = retry_at(context, context.policy.text_refused_backoff(age), earliest);
    TextEvent::RefusedForNow { try_number, retry_at }
}

/// Translates the carrier's response into an event. `None` if it is unknown whether the text was sent.
fn outcome<P: Ports>(
    context: Context<'_, P>,
    text: &OutgoingText,
    try_number: u8,
    sent: Result<SentTextId, CarrierError>,
) -> Option<TextEvent> {
    let id = &text.key.text;
    match sent {
        Ok(sent) => {
            let kind = kind_name(&text.kind);
            tracing::info!(text.id = %id, try = try_number, kind, "the carrier accepted a text");
            Some(TextEvent::Accepted { try_number, sent })
        }
        Err(CarrierError::NumberRefused { code } | CarrierError::OptedOut { code }) => {
            tracing::warn!(text.id = %id, try = try_number, code, "text refused");
            Some(TextEvent::RefusedForGood { try_number, code })
        }
        Err(CarrierError::RefusedForNow { reason, retry_after, remedy, .. }) => {
            match remedy {
                Remedy::Operator => {
                    let alarm = Metric::CarrierRefusedOperator.name();
                    tracing::error!(text.id = %id, reason, alarm, "the carrier refuses our texts until the operator acts")
                }
                Remedy::Wait => tracing::warn!(text.id = %id, reason, "text postponed"),
            }
            let earliest = context.ports.clock().now().saturating_add(retry_after.unwrap_or_default());
            Some(postponed(context, text, try_number, earliest.unwrap_or(Timestamp::MAX)))
        }
        Err(error @ CarrierError::Unknown(_)) => {
            tracing::warn!(text.id = %id, %error, "text may have been sent");
            None
        }
    }
}

fn kind_name(kind: &TextKind) -> &'static str {
    match kind {
        TextKind::Answer => "answer",
        TextKind::InsteadOfCall(_) => "instead_of_call",
    }
}
