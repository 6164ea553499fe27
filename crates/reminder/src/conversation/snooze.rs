//! SNOOZE: the phone rings again about a reminder that rang.

use crate::event::Event;
use crate::record::{DueSource, Reminder};
use crate::words::{Answer, STILL_COMES};
use jiff::Timestamp;
use language::DueBasis;

use super::choose::due_of_begun_or_ended;
use super::{Decision, PressedKey, ReminderWrite, Situation};

/// Makes a reminder that rings again at `until`, or moves the reminder that an earlier snooze made. That reminder is
/// always a one-off of its own, so that a snooze can't move a series or revive a reminder that has ended.
pub(super) fn snooze(mut situation: Situation<'_>, until: Timestamp, basis: DueBasis) -> Decision {
    let source = situation.due_source(basis);
    let rang_in_that_call = |rung: &&Reminder| match situation.pressed {
        Some(PressedKey::Snooze { claim: Some(claim), .. }) => rung.is_claim_of_what_rang(claim),
        Some(PressedKey::Snooze { claim: None, .. } | PressedKey::OptOut) | None => true,
    };
    let Some(rung) = situation.last_begun_or_ended().filter(rang_in_that_call).cloned() else {
        return situation.say(&Answer::NothingToAcknowledge);
    };
    let event = match situation.pressed {
        Some(PressedKey::Snooze { claim: Some(claim), .. }) => Event::KeyPressed { claim: claim.clone() },
        Some(PressedKey::Snooze { claim: None, .. } | PressedKey::OptOut) | None => situation.acknowledged(),
    };
    let is_text = situation.pressed.is_none();
    if let Some(postponed) = situation.snooze_of(&rung).filter(|_| is_text).cloned() {
        return snooze_again(situation, &rung, &postponed, until, source);
    }
    let is_key_of_own_call = matches!(situation.pressed, Some(PressedKey::Snooze { claim: Some(_), .. }));
    if is_key_of_own_call {
        // A key on a call that the service placed proves that the number is the person's own.
        situation.profile.confirmed_at.get_or_insert(situation.now);
    }
    let refusal = situation.no_room_in_place_of(&rung).or_else(|| situation.plan(&[until], &[]).err());
    if let Some(refusal) = refusal {
        // The occurrence is not acknowledged, so that its next call or its text still comes.
        let mut refused = situation.say(&refusal);
        if is_key_of_own_call {
            refused.answer.push_str(STILL_COMES);
        }
        return refused;
    }
    let (now, left) = (situation.now, situation.calls_left());
    let again = situation.new_reminder(&rung.task, until, source, Some(rung.zone.rules().clone()), None);
    situation.about_snooze(&again);
    let mut decision = situation.changes(&[&rung], &event);
    decision.answer = Answer::Snoozed(&again).render_for(left, now);
    decision.create(again);
    decision
}

/// Moves the reminder that a snooze made. A second snooze moves that call instead of adding another call.
fn snooze_again(
    mut situation: Situation<'_>,
    rung: &Reminder,
    postponed: &Reminder,
    until: Timestamp,
    source: DueSource,
) -> Decision {
    if let Err(refusal) = situation.plan(&[until], &[postponed]) {
        return situation.say(&refusal);
    }
    situation.about_snooze(postponed);
    let (now, left) = (situation.now, situation.calls_left());
    let events = [(postponed, Event::Rescheduled { due: until, source }), (rung, situation.acknowledged())];
    let mut decision = situation.changes_of_each(&events);
    if let Some(ReminderWrite::Replace(moved)) = decision.writes.first() {
        decision.answer = Answer::Snoozed(moved).render_for(left, now);
    }
    decision
}

impl Situation<'_> {
    fn acknowledged(&self) -> Event {
        Event::Acknowledged { received_at: self.received_at }
    }

    /// Returns the reminder that a snooze of this occurrence made, if it is "it" and waits for its first call. Another
    /// reminder with the same task keeps its due.
    fn snooze_of(&self, rung: &Reminder) -> Option<&Reminder> {
        let due = due_of_begun_or_ended(rung)?;
        let last = self.last_mentioned().filter(|last| last.is_snooze).and(self.last_open())?;
        Some(last).filter(|last| last.task == rung.task && last.created_at >= due && is_snoozed(last))
    }
}

/// Whether a snooze can have made the reminder: it is a one-off that waits for its first call.
pub(super) fn is_snoozed(reminder: &Reminder) -> bool {
    reminder.state().is_some_and(|state| reminder.moves_in_place(state))
}
