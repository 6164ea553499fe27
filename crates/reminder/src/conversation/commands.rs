//! Commands about reminders that exist: list, delete and move.

use crate::event::{Effect, Event};
use crate::incoming_text::PlannedWakeUp;
use crate::lifecycle::{self, Change, Transition, TransitionLabel};
use crate::record::{DueSource, Reminder};
use crate::words::{Answer, CallInFlight};
use jiff::Timestamp;
use language::{DueBasis, NewTime, Question, Target};

use super::choose::call_in_flight;
use super::{Decision, ReminderWrite, Situation};

pub(super) fn list(situation: Situation<'_>) -> Decision {
    let mut open: Vec<&Reminder> = situation.open_reminders().collect();
    open.sort_by_key(|reminder| (reminder.is_paused(), reminder.due));
    let answer = Answer::List(&open).render_for(situation.calls_left(), situation.now);
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
    situation.record_undoable(&refs, None);
    let answer = Answer::Deleted(&refs, call_in_flight(&refs)).render(situation.now);
    Decision { answer, ..situation.changes(&refs, &Event::Deleted) }
}

pub(super) fn move_reminder(mut situation: Situation<'_>, which: &Target, to: &NewTime) -> Decision {
    let Some(old) = situation.choose_one(which).or_else(|| situation.fallback_target(which)).cloned() else {
        return situation.say(&Answer::NoSuch);
    };
    let rung_due = situation.due_of_moved_ring(&old);
    let Some(due) = to.applied_to(rung_due.unwrap_or(old.due), old.zone.rules(), situation.received_at) else {
        return situation.ask(&Question::Move { number: Some(old.number) });
    };
    let source = situation.source_of_move(to, &old);
    let moves_in_place = old.state().is_some_and(|state| old.moves_in_place(state));
    if moves_in_place {
        return move_in_place(situation, &old, due, source);
    }
    // Only an occurrence that waits or has begun is skipped. An occurrence that has ended is acknowledged, so its call
    // stays counted. For another paused or ended reminder, the event below changes nothing.
    let is_skipped = rung_due.is_none() && old.state().is_some() && !old.is_paused();
    let skipped: &[&Reminder] = if is_skipped { &[&old] } else { &[] };
    let refusal = situation.no_room_in_place_of(&old).or_else(|| situation.plan(&[due], skipped).err());
    if let Some(refusal) = refusal {
        return situation.say(&refusal);
    }
    let (now, left) = (situation.now, situation.calls_left());
    let again = situation.new_reminder(&old.task, due, source, Some(old.zone.rules().clone()), None);
    situation.about(&again);
    situation.record_undoable(skipped, Some(&again));
    let (event, call) = match rung_due {
        Some(_) => (Event::Acknowledged { received_at: situation.received_at }, CallInFlight::No),
        None => (Event::Skipped, call_in_flight(&[&old])),
    };
    let mut decision = situation.changes(&[&old], &event);
    let after = decision.writes.first().map_or(&old, ReminderWrite::reminder);
    let goes_on = after.rule.is_some() && after.state().is_some() && !after.is_paused();
    let answer = if goes_on { Answer::MovedOnce(&again, after, call) } else { Answer::Moved(&again, call) };
    decision.answer = answer.render_for(left, now);
    decision.create(again);
    decision
}

/// Moves a one-off that has not rung.
fn move_in_place(mut situation: Situation<'_>, old: &Reminder, due: Timestamp, source: DueSource) -> Decision {
    if let Err(refusal) = situation.plan(&[due], &[old]) {
        return situation.say(&refusal);
    }
    situation.about(old);
    situation.record_undoable(&[old], None);
    let (now, left) = (situation.now, situation.calls_left());
    let mut decision = situation.changes(&[old], &Event::Rescheduled { due, source });
    if let Some(ReminderWrite::Replace(moved)) = decision.writes.first() {
        decision.answer = Answer::Moved(moved, CallInFlight::No).render_for(left, now);
    }
    decision
}

impl Situation<'_> {
    /// If no occurrence of this reminder has begun or is due, and one ended within the last hour, a MOVE is about the
    /// occurrence that ended: returns its due. The next occurrence of a series stays.
    fn due_of_moved_ring(&self, old: &Reminder) -> Option<Timestamp> {
        let is_over = old.state().is_none_or(|state| {
            let is_ahead = old.is_paused() || old.due > self.received_at;
            old.rule.is_some() && !state.has_begun() && is_ahead
        });
        let last = old.last_end.as_ref().filter(|_| is_over && self.ended_lately(old).is_some());
        last.map(|last| last.due)
    }

    /// Returns the refusal if there is no room for a new one-off that replaces `old`. If `old` is an open one-off, it
    /// ends, which makes room.
    pub(super) fn no_room_in_place_of(&self, old: &Reminder) -> Option<Answer<'static>> {
        let ends = old.rule.is_none() && old.state().is_some();
        if ends { None } else { self.no_room_for(1) }
    }

    /// Returns the source of the new due of a moved reminder.
    fn source_of_move(&self, to: &NewTime, old: &Reminder) -> DueSource {
        match to {
            NewTime::At { basis, .. } => self.due_source(*basis),
            NewTime::Time(_) if old.zone == self.profile.zone => self.due_source(DueBasis::LocalClock),
            // The person may have named the reminder's zone, so a correction of their own zone must not move the due.
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
        let (now, policy, ids) = (self.now, self.policy, self.ids);
        let mut decision = self.silence();
        for (reminder, event) in events {
            let transition = lifecycle::transition(reminder, event, now, policy);
            decision.transitions.push(TransitionLabel::of(reminder, event, &transition));
            match transition {
                Transition::Change(change) => {
                    let Change { mut next, effects, .. } = *change;
                    next.write_id = ids.write_id();
                    if effects.iter().any(|effect| matches!(effect, Effect::SendWakeUp(_))) {
                        let reminder = next.key.reminder.clone();
                        decision.planned.push(PlannedWakeUp { reminder, generation: next.generation });
                    }
                    decision.writes.push(ReminderWrite::Replace(next));
                    decision.effects.extend(effects);
                }
                Transition::Act(effects) => decision.effects.extend(effects),
                Transition::Ignore => {}
            }
        }
        decision
    }
}
