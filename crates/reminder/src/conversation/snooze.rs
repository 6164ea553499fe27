//! SNOOZE: a reminder that rang rings again.

use crate::event::Event;
use crate::record::{DueSource, Reminder};
use crate::words::Answer;
use jiff::Timestamp;
use language::DueBasis;

use super::{Decision, ReminderWrite, Situation};

/// Makes a reminder that rings again at `until`. It is always a new one-off, so that a snooze can't move a series or
/// revive a reminder that has ended.
pub(super) fn snooze(mut situation: Situation<'_>, until: Timestamp, basis: DueBasis) -> Decision {
    let source = situation.due_source(basis);
    let Some(rung) = situation.rung().cloned() else { return situation.say(&Answer::NothingToAcknowledge) };
    if let Some(postponed) = situation.last_open().filter(|last| last.task == rung.task && is_snoozed(last)).cloned() {
        return snooze_again(situation, &postponed, until, source);
    }
    let refusal = situation.no_room_in_place_of(&rung).or_else(|| situation.plan(&[until], &[]).err());
    if let Some(refusal) = refusal {
        return situation.say(&refusal);
    }
    let now = situation.now;
    let again = situation.new_reminder(&rung.task, until, source, Some(rung.zone.rules().clone()), None);
    situation.about(&again);
    let mut decision = situation.changes(&[&rung], &Event::Acknowledged);
    decision.answer = Answer::Snoozed(&again).render(now);
    decision.create(again);
    decision
}

/// Moves the reminder that a snooze made. A second snooze means this call, not one more.
fn snooze_again(mut situation: Situation<'_>, postponed: &Reminder, until: Timestamp, source: DueSource) -> Decision {
    if let Err(refusal) = situation.plan(&[until], &[postponed]) {
        return situation.say(&refusal);
    }
    situation.about(postponed);
    let now = situation.now;
    let mut decision = situation.changes(&[postponed], &Event::Rescheduled { due: until, source });
    if let Some(ReminderWrite::Replace(moved)) = decision.writes.first() {
        decision.answer = Answer::Snoozed(moved).render(now);
    }
    decision
}

/// Whether a reminder is what a snooze made: it waits for its first call. A series that goes on is not.
pub(super) fn is_snoozed(reminder: &Reminder) -> bool {
    reminder.state().is_some_and(|state| reminder.moves_in_place(state))
}
