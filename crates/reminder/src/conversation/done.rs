//! DONE: acknowledges an occurrence that rang, or skips an occurrence that has not rung.

use crate::event::Event;
use crate::record::{Reminder, State};
use crate::words::{Answer, ChangeAnswer};
use language::Target;

use super::choose::{has_all, has_rung};
use super::snooze::is_snoozed;
use super::{Decision, ReminderWrite, Situation};

pub(super) fn done(mut situation: Situation<'_>, which: &Target) -> Decision {
    let events = situation.done_with(which);
    if events.is_empty() {
        return situation.nothing_done(which);
    }
    situation.profile.question = None;
    let skipped: Vec<&Reminder> =
        events.iter().filter(|(_, event)| *event == Event::Skipped).map(|(one, _)| one).collect();
    situation.take_back(&skipped);
    if !skipped.is_empty() {
        situation.record_undoable(&skipped, None);
    }
    let snoozed = situation.open_reminders().find(|one| is_snooze_of(one, &events)).cloned();
    let (now, left) = (situation.now, situation.calls_left());
    let changes: Vec<(&Reminder, Event)> = events.iter().map(|(one, event)| (one, event.clone())).collect();
    let mut decision = situation.changes_of_each(&changes);
    let changed = |one: &Reminder| decision.writes.iter().map(ReminderWrite::reminder).find(|next| next.key == one.key);
    let done: Vec<&Reminder> = events.iter().map(|(one, _)| changed(one).unwrap_or(one)).collect();
    let answer = match which {
        Target::Numbers(_) => Answer::DoneUntilNext(&done),
        Target::Last | Target::Next | Target::Words(_) | Target::All => {
            Answer::Acknowledged { done: &done, snoozed: snoozed.as_ref() }
        }
    };
    decision.answer = answer.render_for(left, now);
    decision
}

/// Whether a snooze of an acknowledged reminder may have made this reminder: it has the same task and waits for its
/// first call. DONE without a number does not change this reminder, because it has not rung. The answer says that it
/// still rings.
fn is_snooze_of(reminder: &Reminder, acknowledged: &[(Reminder, Event)]) -> bool {
    is_snoozed(reminder)
        && acknowledged.iter().any(|(one, _)| one.task == reminder.task)
        && acknowledged.iter().all(|(one, _)| one.key != reminder.key)
}

impl Situation<'_> {
    /// Returns each reminder that DONE is about, with its event. Without a number, DONE is about reminders whose
    /// occurrence has begun, or whose last occurrence ended within the last hour; DONE alone is about one of them. A
    /// number may also name any other reminder that is not paused: then its coming occurrence is skipped.
    fn done_with(&self, which: &Target) -> Vec<(Reminder, Event)> {
        let rings = |one: &&Reminder| one.state().is_some_and(State::has_begun);
        let rung: Vec<&Reminder> =
            self.begun_or_ended().filter(|one| rings(one) || self.ended_lately(one).is_some()).collect();
        let acknowledged = |one: &Reminder| (one.clone(), Event::Acknowledged { received_at: self.received_at });
        match which {
            Target::Last | Target::Next => {
                let ringing = rung.iter().filter(|one| rings(one)).max_by_key(|one| one.due);
                let last = ringing.or_else(|| rung.iter().max_by_key(|one| (has_rung(one), self.ended_lately(one))));
                last.map(|one| acknowledged(one)).into_iter().collect()
            }
            Target::All => rung.into_iter().map(acknowledged).collect(),
            Target::Words(words) => rung.into_iter().filter(|one| has_all(one, words)).map(acknowledged).collect(),
            Target::Numbers(numbers) => {
                let is_rung = |one: &Reminder| rung.iter().any(|other| other.key == one.key);
                let ahead = self.open_reminders().filter(|one| !is_rung(one) && !one.is_paused());
                let all =
                    ahead.map(|one| (one.clone(), Event::Skipped)).chain(rung.iter().map(|one| acknowledged(one)));
                all.filter(|(one, _)| numbers.contains(&one.number)).collect()
            }
        }
    }

    /// Answers a DONE that changes no reminder.
    fn nothing_done(self, which: &Target) -> Decision {
        let paused = self.choose(which).into_iter().find(|one| one.is_paused()).cloned();
        if let (Some(paused), Target::Numbers(_)) = (paused, which) {
            return self.say(&Answer::Change(ChangeAnswer::IsPaused(&paused)));
        }
        let named: Vec<Reminder> = match which {
            Target::Words(words) => self.with_words(words).into_iter().cloned().collect(),
            Target::Last | Target::Next | Target::All | Target::Numbers(_) => Vec::new(),
        };
        self.say(&match &named[..] {
            [] => Answer::NothingToAcknowledge,
            [one] => Answer::NotRung(one),
            [_, _, ..] => Answer::AskWhich,
        })
    }
}
