//! Commands about reminders that exist: list, delete, move, snooze and done.

use crate::event::{Effect, Event};
use crate::incoming_text::PlannedWakeUp;
use crate::lifecycle::{self, Change, Transition, TransitionLabel};
use crate::policy::{HOUR_S, MENTION_VALID_S};
use crate::record::{DueSource, End, Lifecycle, Reminder, State};
use crate::words::{Answer, CallInFlight};
use jiff::Timestamp;
use language::{DueBasis, NewTime, Question, Target};

use super::{Decision, PressedKey, ReminderWrite, Situation};

/// How long after a reminder rang SNOOZE and DONE can still be about it, in seconds.
const RANG_LATELY_S: i64 = HOUR_S;

pub(super) fn list(situation: Situation<'_>) -> Decision {
    let mut open: Vec<&Reminder> = situation.open_ones().collect();
    open.sort_by_key(|reminder| reminder.due);
    let answer = Answer::List(&open).render(situation.now);
    Decision { answer, ..situation.silence() }
}

pub(super) fn delete(mut situation: Situation<'_>, which: &Target) -> Decision {
    let chosen: Vec<Reminder> = situation.choose(which).into_iter().cloned().collect();
    if chosen.is_empty() {
        return situation.say(&Answer::NoSuch);
    }
    situation.profile.question = None;
    situation.profile.last = None;
    let refs: Vec<&Reminder> = chosen.iter().collect();
    situation.take_back(&refs);
    let answer = Answer::Deleted(&refs, call_in_flight(&refs)).render(situation.now);
    Decision { answer, ..situation.changes(&refs, &Event::Deleted) }
}

pub(super) fn reschedule(mut situation: Situation<'_>, which: &Target, to: &NewTime) -> Decision {
    let Some(old) = situation.choose_one(which).or_else(|| situation.ended(which)).cloned() else {
        return situation.say(&Answer::NoSuch);
    };
    let Some(due) = to.applied_to(old.due, old.zone.rules(), situation.received_at) else {
        return situation.ask(&Question::Move { number: Some(old.number) });
    };
    let source = situation.source_of_move(to, &old);
    let moves_in_place = old.state().is_some_and(|state| old.moves_in_place(state));
    if moves_in_place {
        if let Err(refusal) = situation.plan(&[due], &[&old]) {
            return situation.refuse(&refusal);
        }
        situation.about(&old);
        let now = situation.now;
        let mut decision = situation.changes(&[&old], &Event::Rescheduled { due, source });
        if let Some(ReminderWrite::Replace(moved)) = decision.writes.first() {
            decision.answer = Answer::Moved(moved, CallInFlight::No).render(now);
        }
        return decision;
    }
    let refusal = situation.no_room_in_place_of(&old).or_else(|| situation.plan(&[due], &[&old]).err());
    if let Some(refusal) = refusal {
        return situation.refuse(&refusal);
    }
    let now = situation.now;
    let again = situation.new_reminder(&old.task, due, source, Some(old.zone.rules().clone()), None);
    situation.about(&again);
    let answer = Answer::Moved(&again, call_in_flight(&[&old])).render(now);
    let mut decision = situation.changes(&[&old], &Event::Skipped);
    decision.answer = answer;
    decision.create(again);
    decision
}

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
        return situation.refuse(&refusal);
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
        return situation.refuse(&refusal);
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
fn is_snoozed(reminder: &Reminder) -> bool {
    reminder.state().is_some_and(|state| reminder.moves_in_place(state))
}

pub(super) fn done(mut situation: Situation<'_>, which: &Target) -> Decision {
    let events = situation.done_with(which);
    if events.is_empty() {
        return situation.nothing_done(which);
    }
    situation.profile.question = None;
    let skipped: Vec<&Reminder> =
        events.iter().filter(|(_, event)| *event == Event::Skipped).map(|(one, _)| one).collect();
    situation.take_back(&skipped);
    let snoozed = situation.open_ones().find(|one| is_snooze_of(one, &events)).cloned();
    let now = situation.now;
    let changes: Vec<(&Reminder, Event)> = events.iter().map(|(one, event)| (one, event.clone())).collect();
    let mut decision = situation.changes_of_each(&changes);
    let changed = |one: &Reminder| decision.writes.iter().map(ReminderWrite::reminder).find(|next| next.key == one.key);
    let done: Vec<&Reminder> = events.iter().map(|(one, _)| changed(one).unwrap_or(one)).collect();
    let answer = match which {
        Target::Numbers(_) => Answer::DoneUntilNext(&done),
        Target::Last | Target::Words(_) | Target::All => {
            Answer::Acknowledged { done: &done, snoozed: snoozed.as_ref() }
        }
    };
    decision.answer = answer.render(now);
    decision
}

/// Whether a reminder rings again for a task that is acknowledged: "done" leaves it, since it has not rung, and says so.
fn is_snooze_of(reminder: &Reminder, acknowledged: &[(Reminder, Event)]) -> bool {
    is_snoozed(reminder)
        && acknowledged.iter().any(|(one, _)| one.task == reminder.task)
        && acknowledged.iter().all(|(one, _)| one.key != reminder.key)
}

/// Returns when the calls or the text of a reminder's last occurrence ended. Returns nothing if they have not.
fn ended_at(reminder: &Reminder) -> Option<Timestamp> {
    match reminder.life {
        Lifecycle::Ended { end: End::Cancelled, .. } => None,
        Lifecycle::Ended { at, .. } => Some(at),
        Lifecycle::Live { .. } => reminder.last_end.as_ref().map(|last| last.at),
    }
}

/// Whether a reminder's task has all these words, of which there is at least one.
fn has_all(reminder: &Reminder, words: &str) -> bool {
    let task = reminder.task.to_lowercase();
    let mut words = words.split_whitespace().map(str::to_lowercase).peekable();
    words.peek().is_some() && words.all(|word| task.contains(word.as_str()))
}

/// Whether a call is under way for one of these reminders. It may still ring.
fn call_in_flight(reminders: &[&Reminder]) -> CallInFlight {
    let live = |reminder: &&Reminder| reminder.state().is_some_and(|state| state.claim().is_some());
    if reminders.iter().any(live) { CallInFlight::MayRing } else { CallInFlight::No }
}

impl Situation<'_> {
    fn open_ones(&self) -> impl Iterator<Item = &Reminder> {
        self.reminders.known().iter().filter(|reminder| reminder.state().is_some())
    }

    /// Returns the open reminders that a target means.
    fn choose(&self, which: &Target) -> Vec<&Reminder> {
        match which {
            Target::All => self.open_ones().collect(),
            Target::Numbers(numbers) => self.open_ones().filter(|one| numbers.contains(&one.number)).collect(),
            Target::Words(words) => self.named(words),
            Target::Last => self.last_open().into_iter().collect(),
        }
    }

    /// Returns the open reminder that the last answer was about.
    fn last_open(&self) -> Option<&Reminder> {
        self.last().and_then(|last| self.open_ones().find(|one| one.key.reminder == last.reminder))
    }

    fn choose_one(&self, which: &Target) -> Option<&Reminder> {
        match self.choose(which)[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Returns the open reminders whose task has all these words.
    fn named(&self, words: &str) -> Vec<&Reminder> {
        self.open_ones().filter(|one| has_all(one, words)).collect()
    }

    /// Returns the reminder that rang last: one that is ringing, between two calls or being texted, or else one that ended
    /// recently.
    fn rung(&self) -> Option<&Reminder> {
        // A key is about the reminder of its call.
        if let Some(PressedKey::Snooze(reminder)) = self.pressed {
            return self.reminders.known().iter().find(|one| one.key.reminder == *reminder);
        }
        let begun = self.rung_ones().filter(|one| one.state().is_some_and(State::has_begun)).max_by_key(|one| one.due);
        begun.or_else(|| {
            let over = self.rung_ones().filter_map(|one| Some((self.ended_lately(one)?, one)));
            over.max_by_key(|(at, _)| *at).map(|(_, one)| one)
        })
    }

    /// Returns the event of DONE for each reminder that it is about. Without a number, DONE is about reminders that are
    /// ringing or rang within the last hour. If the occurrence has ended, there is no event. A number may also name a
    /// reminder that has not rung: then its coming occurrence is skipped.
    fn done_with(&self, which: &Target) -> Vec<(Reminder, Event)> {
        let rings = |one: &&Reminder| one.state().is_some_and(State::has_begun);
        let rung: Vec<&Reminder> =
            self.rung_ones().filter(|one| rings(one) || self.ended_lately(one).is_some()).collect();
        let acknowledged = |one: &Reminder| (one.clone(), Event::Acknowledged);
        match which {
            Target::Last => {
                let ringing = rung.iter().filter(|one| rings(one)).max_by_key(|one| one.due);
                let last = ringing.or_else(|| rung.iter().max_by_key(|one| self.ended_lately(one)));
                last.map(|one| acknowledged(one)).into_iter().collect()
            }
            Target::All => rung.into_iter().map(acknowledged).collect(),
            Target::Words(words) => rung.into_iter().filter(|one| has_all(one, words)).map(acknowledged).collect(),
            Target::Numbers(numbers) => {
                let is_rung = |one: &Reminder| rung.iter().any(|other| other.key == one.key);
                let ahead = self.open_ones().filter(|one| !is_rung(one));
                let all =
                    ahead.map(|one| (one.clone(), Event::Skipped)).chain(rung.iter().map(|one| acknowledged(one)));
                all.filter(|(one, _)| numbers.contains(&one.number)).collect()
            }
        }
    }

    /// Answers a DONE that is about no reminder that rang.
    fn nothing_done(self, which: &Target) -> Decision {
        let named: Vec<Reminder> = match which {
            Target::Words(words) => self.named(words).into_iter().cloned().collect(),
            Target::Last | Target::All | Target::Numbers(_) => Vec::new(),
        };
        self.say(&match &named[..] {
            [] => Answer::NothingToAcknowledge,
            [one] => Answer::NotRung(one),
            [_, _, ..] => Answer::AskWhich,
        })
    }

    /// Returns when the calls of a reminder's last occurrence ended, if that was within the last hour.
    fn ended_lately(&self, reminder: &Reminder) -> Option<Timestamp> {
        ended_at(reminder).filter(|at| self.received_at.duration_since(*at).as_secs() <= RANG_LATELY_S)
    }

    /// Whether a reminder rang so recently that a time alone snoozes it.
    pub(super) fn rang_just_now(&self) -> bool {
        let lately = |at: Timestamp| self.received_at.duration_since(at).as_secs() <= MENTION_VALID_S;
        let begun = |one: &Reminder| one.state().is_some_and(State::has_begun);
        self.rung_ones().any(|one| begun(one) || ended_at(one).is_some_and(lately))
    }

    /// Returns the reminders that may have rung before this text was received. A text that is handled late does not mean
    /// reminders that rang since. A series that waits for its next occurrence has rung before.
    fn rung_ones(&self) -> impl Iterator<Item = &Reminder> {
        let waits = |one: &Reminder| one.state().is_some_and(|state| !state.has_begun());
        self.reminders.known().iter().filter(move |one| waits(one) || one.due <= self.received_at)
    }

    /// Returns a reminder that has ended and can still be moved: the one that the last answer was about, or the one that
    /// rang last.
    fn ended(&self, which: &Target) -> Option<&Reminder> {
        let about =
            self.last().and_then(|last| self.reminders.known().iter().find(|one| one.key.reminder == last.reminder));
        match which {
            Target::Last => about.or_else(|| self.rung()),
            Target::Numbers(_) | Target::Words(_) | Target::All => None,
        }
    }

    /// Returns the refusal if there is no room for a new one-off that replaces `old`. A one-off that ends makes room.
    fn no_room_in_place_of(&self, old: &Reminder) -> Option<Answer<'static>> {
        let ends = old.rule.is_none() && old.state().is_some();
        if ends { None } else { self.no_room_for(1) }
    }

    /// Returns the clock from which the new due of a moved reminder was read.
    fn source_of_move(&self, to: &NewTime, old: &Reminder) -> DueSource {
        match to {
            NewTime::At { basis, .. } => self.due_source(*basis),
            // The time is in the reminder's own zone, which the person may have named.
            NewTime::Time(_) if old.zone == self.profile.zone => self.due_source(DueBasis::LocalClock),
            NewTime::Time(_) => DueSource::Fixed,
            NewTime::Day(_) | NewTime::Later(_) => old.due_source,
        }
    }

    /// Applies one event to these reminders.
    pub(super) fn changes(self, reminders: &[&Reminder], event: &Event) -> Decision {
        self.changes_of_each(&reminders.iter().map(|reminder| (*reminder, event.clone())).collect::<Vec<_>>())
    }

    /// Applies each event to its reminder.
    pub(super) fn changes_of_each(self, events: &[(&Reminder, Event)]) -> Decision {
        let (now, policy, names) = (self.now, self.policy, self.names);
        let mut decision = self.silence();
        for (reminder, event) in events {
            let transition = lifecycle::transition(reminder, event, now, policy);
            decision.transitions.push(TransitionLabel::of(reminder, event, &transition));
            if let Transition::Change(change) = transition {
                let Change { mut next, effects, .. } = *change;
                next.write_id = names.write_id();
                if effects.iter().any(|effect| matches!(effect, Effect::SendWakeUp(_))) {
                    let reminder = next.key.reminder.clone();
                    decision.made.push(PlannedWakeUp { reminder, generation: next.generation });
                }
                decision.writes.push(ReminderWrite::Replace(next));
                decision.effects.extend(effects);
            }
        }
        decision
    }
}
