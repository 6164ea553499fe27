//! Handles a text that was taken in before: it gets the same answer, and the wake-ups of its reminders are sent again.

use reminder::conversation::ReceivedText;
use reminder::event::{Effect, WakeUp};
use reminder::ids::{PersonId, PersonKey, ReminderKey, WriteId};
use reminder::incoming_text::{IncomingText, PlannedWakeUp};
use reminder::metrics::Metric;
use reminder::outgoing_text::OutgoingText;
use reminder::ports::{Ports, ReadError, Replacement, Store, Versioned, WriteError};
use reminder::profile::Profile;
use reminder::record::State;

use super::stored::{IntakeError, Stored, answer_text, digest, owes_text};
use crate::{Context, outcomes};

/// Handles a text that was taken in before: returns the same answer, and those wake-ups of the text that are still
/// planned. The first delivery may have answered in a response that was never read. If this delivery comes from the
/// queue, it therefore sends the answer as a text.
pub(super) async fn repeated<P: Ports>(
    context: Context<'_, P>,
    key: &PersonKey,
    profile: Versioned<Profile>,
    message: Versioned<IncomingText>,
    text: &ReceivedText,
    write_id: WriteId,
) -> Result<Stored, IntakeError> {
    if message.digest != digest(key, text) {
        tracing::warn!(message.id = %message.id, "a text came again with other words; its first words count");
    }
    outcomes::count(Metric::DuplicatesAbsorbed);
    tracing::info!(message.id = %message.id, "text stored before: nothing is stored twice");
    let mut effects = Vec::new();
    for planned in &message.planned {
        effects.extend(wake_again(context, &profile.person, planned).await?.map(Effect::SendWakeUp));
    }
    let answer = if owes_text(text, &message.answer) {
        let owed = answer_text(context, key, &profile, text, message.answer.clone(), write_id);
        owe_again(context, Replacement::creation(owed)).await?
    } else {
        None
    };
    Ok(Stored { message, profile, effects, answer })
}

/// Creates an outgoing text for an answer whose response may have been lost. If that text exists already, it is not
/// returned: its record makes sure that it is sent. But if this delivery created it, in a write that got no response,
/// its first try must still be made. The write id shows this case, because each later write replaces the write id.
async fn owe_again<P: Ports>(
    context: Context<'_, P>,
    owed: Replacement<OutgoingText>,
) -> Result<Option<Versioned<OutgoingText>>, IntakeError> {
    let conflict = match context.ports.store().replace_outgoing_text(&owed).await {
        Ok(()) => return Ok(Some(owed.written())),
        Err(error @ WriteError::Unknown(_)) => return Err(error.into()),
        Err(error @ WriteError::Conflict) => error,
    };
    // The write is also refused while a transaction holds the item. Then the text may not exist yet.
    match context.ports.store().outgoing_text(&owed.key).await? {
        Some(stored) if stored.write_id == owed.write_id => Ok(Some(stored)),
        Some(_) => Ok(None),
        None => Err(conflict.into()),
    }
}

/// Returns the wake-up of a reminder that the text made, if the reminder still waits for that wake-up. Returns nothing
/// for a malformed record: its reminder can't be dialed, and the sweeper alerts the operator about it. An error here
/// would make the queue deliver the text again for a whole day.
async fn wake_again<P: Ports>(
    context: Context<'_, P>,
    person: &PersonId,
    made: &PlannedWakeUp,
) -> Result<Option<WakeUp>, ReadError> {
    let key = ReminderKey { person: person.clone(), reminder: made.reminder.clone() };
    let reminder = match context.ports.store().reminder(&key).await {
        Err(ReadError::Unreadable(error)) => {
            tracing::warn!(reminder.id = %key.reminder, error, "a reminder can't be read, so it is not woken again");
            None
        }
        read => read?,
    };
    Ok(reminder.and_then(|reminder| match reminder.state() {
        Some(State::Waiting { wake_at, .. }) if reminder.is_planned(made.generation) => {
            Some(WakeUp { key, generation: made.generation, wake_at: *wake_at })
        }
        _ => None,
    }))
}
