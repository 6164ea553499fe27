//! The lines about events that change no record: repeats, late reports, and facts that need no change.

use jiff::Timestamp;
use reminder::event::Event;
use reminder::lifecycle::TransitionLabel;
use reminder::outgoing_text::{OutgoingText, TextEvent};
use reminder::record::Reminder;

use super::reminders::{attempt, call_of, late_ms};
use super::texts::{code, reminder_of, tries};

/// Logs an event that changed nothing in a reminder. The label says whether effects follow nevertheless. A confirmation
/// that a wake-up was sent has its own line, and usually changes nothing.
pub(crate) fn reminder_unchanged(reminder: &Reminder, event: &Event, label: TransitionLabel, now: Timestamp) {
    if matches!(event, Event::WakeUpSent { .. }) {
        return;
    }
    tracing::info!(
        reminder.id = %reminder.key.reminder,
        call.id = call_of(event).map(tracing::field::display),
        event = label.event,
        state = label.state,
        outcome = label.outcome,
        attempt = attempt(reminder),
        due = %reminder.due,
        late_ms = late_ms(reminder, now),
        "nothing changed"
    );
}

/// Logs an event that changed nothing in an outgoing text.
pub(crate) fn text_unchanged(text: &OutgoingText, event: &TextEvent, label: TransitionLabel) {
    tracing::info!(
        reminder.id = reminder_of(text).map(tracing::field::display),
        text.id = %text.key.text,
        event = label.event,
        state = label.state,
        outcome = label.outcome,
        attempt = tries(text),
        code = code(event),
        "nothing changed"
    );
}
