//! The lines about outgoing texts: which metrics a transition counts.

use jiff::Timestamp;
use reminder::ids::ReminderId;
use reminder::metrics::Metric;
use reminder::outgoing_text::{OutgoingText, TextEnd, TextEvent, TextKind, TextLife, TextState};
use reminder::ports::{TextStatus, Undelivered, UndeliveredCause};

use super::line::{Line, Values, count, is_read};

/// Returns the line about a change of an outgoing text. `None` if such lines are switched off, see [`is_read`].
pub(crate) fn text_changed(
    before: &OutgoingText,
    event: &TextEvent,
    after: &OutgoingText,
    now: Timestamp,
) -> Option<Line> {
    if !is_read() {
        return None;
    }
    let mut values = Values::default();
    let late_ms = i64::try_from(now.duration_since(before.owed_since).as_millis()).unwrap_or(i64::MAX);
    match event {
        TextEvent::Accepted { .. } => values.set(Metric::TextLateness, late_ms),
        TextEvent::StatusReported { status: TextStatus::Delivered, .. } => values.count(Metric::TextsDelivered),
        TextEvent::StatusReported { status: TextStatus::Undelivered(Undelivered { cause, .. }), .. } => {
            values.count(undelivered(*cause));
        }
        TextEvent::StatusReported { status: TextStatus::Pending | TextStatus::Sent, .. }
        | TextEvent::DeadlinePassed
        | TextEvent::RefusedForNow { .. }
        | TextEvent::SlotAssigned { .. }
        | TextEvent::RefusedForGood { .. }
        | TextEvent::NoFailureKnown { .. }
        | TextEvent::Withdrawn
        | TextEvent::OptedOut => {}
    }
    Some(Line {
        reminder: reminder_of(before).cloned(),
        text: Some(after.key.text.clone()),
        message: None,
        call: None,
        event: event.name(),
        from: before.state_name(),
        to: after.state_name(),
        attempt: tries(before).or_else(|| tries(after)),
        end: end_name(after),
        wake_at: None,
        deadline: after.deadline(),
        due: Some(before.owed_since),
        late_ms: Some(late_ms),
        code: code(event),
        values,
    })
}

/// Returns the metric that counts texts that were not delivered for this cause.
pub fn undelivered(cause: UndeliveredCause) -> Metric {
    match cause {
        UndeliveredCause::Passing => Metric::TextsUndeliveredPassing,
        UndeliveredCause::Number => Metric::TextsUndeliveredNumber,
        UndeliveredCause::Operator => Metric::TextsUndeliveredOperator,
        UndeliveredCause::OptedOut => Metric::TextsUndeliveredOptedOut,
    }
}

/// Counts a reminder that reached its person by neither a call nor a text, and returns the metric that counts it. A
/// number that can't be texted raises no alarm, because the operator can't change it.
pub(crate) fn not_reached(event: &TextEvent) -> Metric {
    let number_status = |status: &TextStatus| {
        matches!(status, TextStatus::Undelivered(Undelivered { cause: UndeliveredCause::Number, .. }))
    };
    let metric = match event {
        TextEvent::RefusedForGood { .. } => Metric::RemindersUnreachable,
        TextEvent::StatusReported { status, .. } if number_status(status) => Metric::RemindersUnreachable,
        _ => Metric::RemindersFailed,
    };
    count(metric);
    metric
}

/// The reminder whose call a text replaces. `None` for an answer.
pub(crate) fn reminder_of(text: &OutgoingText) -> Option<&ReminderId> {
    match &text.kind {
        TextKind::InsteadOfCall(reminder) => Some(reminder),
        TextKind::Answer => None,
    }
}

/// Names how the text ended. `None` while it waits for an event.
fn end_name(text: &OutgoingText) -> Option<&'static str> {
    let TextLife::Ended { end, .. } = &text.life else { return None };
    Some(match end {
        TextEnd::Delivered => "delivered",
        TextEnd::Sent { .. } => "sent",
        TextEnd::Undelivered { .. } => "undelivered",
        TextEnd::Withdrawn => "withdrawn",
        TextEnd::GivenUp => "given_up",
    })
}

pub(super) fn tries(text: &OutgoingText) -> Option<u8> {
    match text.state()? {
        TextState::Owed { tries, .. } | TextState::Accepted { tries, .. } => Some(*tries),
    }
}

pub(super) fn code(event: &TextEvent) -> Option<u32> {
    match event {
        TextEvent::RefusedForGood { code, .. } => Some(*code),
        TextEvent::StatusReported { status: TextStatus::Undelivered(Undelivered { code, .. }), .. } => Some(*code),
        TextEvent::StatusReported {
            status: TextStatus::Pending | TextStatus::Sent | TextStatus::Delivered, ..
        }
        | TextEvent::DeadlinePassed
        | TextEvent::Accepted { .. }
        | TextEvent::RefusedForNow { .. }
        | TextEvent::SlotAssigned { .. }
        | TextEvent::NoFailureKnown { .. }
        | TextEvent::Withdrawn
        | TextEvent::OptedOut => None,
    }
}
