//! UNDO: takes back the last deletion, move or skip. A reminder that has ended is made anew, and never revived.

use crate::event::Event;
use crate::incoming_text::is_known_by;
use crate::profile::{Changed, Undoable};
use crate::record::{End, Lifecycle, Reminder};
use crate::words::{Answer, ChangeAnswer};
use jiff::Timestamp;
use language::Target;

use super::{Decision, ReminderWrite, Situation, commands, is_recent};

/// How one change is taken back.
enum UndoStep {
    /// A new reminder is made for this due.
    Make(Reminder, Timestamp),
    /// The reminder is live, and is planned again at its due before the change.
    Plan(Reminder, Changed),
    /// The due before the change has passed, so there is nothing to make or plan.
    Passed(Reminder),
}

/// Takes back the last deletion, move or skip, if that was recent. If "it" means a reminder that the person made since
/// then, deletes that reminder instead. If the last change moved an occurrence that had rung, that move only made a new
/// reminder, which is deleted.
pub(super) fn undo(mut situation: Situation<'_>) -> Decision {
    let undoable = situation.undoable().cloned();
    if situation.made_since(undoable.as_ref()) {
        return commands::delete(situation, &Target::Last);
    }
    let Some(undoable) = undoable else { return situation.say(&Answer::Change(ChangeAnswer::NothingToUndo)) };
    let steps: Vec<UndoStep> = undoable.changed.iter().filter_map(|changed| situation.undo_step(changed)).collect();
    let made =
        undoable.made.as_ref().and_then(|id| situation.open_reminders().find(|one| one.key.reminder == *id)).cloned();
    if let (Some(made), []) = (&made, &undoable.changed[..]) {
        return commands::delete(situation, &Target::Numbers(vec![made.number]));
    }
    let passed: Vec<&Reminder> = steps.iter().filter_map(UndoStep::passed).collect();
    if passed.len() == steps.len() {
        return match &passed[..] {
            [] => situation.say(&Answer::Change(ChangeAnswer::NothingToUndo)),
            passed => situation.say(&Answer::Change(ChangeAnswer::TooLateToUndo(passed))),
        };
    }
    let replaced: Vec<&Reminder> = steps.iter().filter_map(UndoStep::planned).chain(&made).collect();
    let dues: Vec<Timestamp> = steps.iter().filter_map(UndoStep::due).collect();
    let makes = steps.iter().filter(|step| matches!(step, UndoStep::Make(..))).count();
    let refusal = situation.no_room_for(makes).filter(|_| makes > 0);
    if let Some(refusal) = refusal.or_else(|| situation.plan(&dues, &replaced).err()) {
        return situation.say(&refusal);
    }
    situation.profile.undoable = None;
    situation.profile.question = None;
    situation.profile.last = None;
    let again: Vec<Reminder> = steps.iter().filter_map(|step| step.make(&mut situation)).collect();
    let (now, left) = (situation.now, situation.calls_left());
    let deleted = made.iter().map(|one| (one, Event::Deleted));
    let events: Vec<(&Reminder, Event)> = steps.iter().filter_map(UndoStep::event).chain(deleted).collect();
    let mut decision = situation.changes_of_each(&events);
    let planned = decision.writes.iter().map(ReminderWrite::reminder).filter(|one| one.state().is_some());
    let back: Vec<&Reminder> = planned.chain(&again).collect();
    decision.answer = Answer::Change(ChangeAnswer::Undone { back: &back, passed: &passed }).render_for(left, now);
    again.into_iter().for_each(|one| decision.create(one));
    decision
}

impl UndoStep {
    fn passed(&self) -> Option<&Reminder> {
        match self {
            Self::Passed(one) => Some(one),
            Self::Make(..) | Self::Plan(..) => None,
        }
    }

    fn planned(&self) -> Option<&Reminder> {
        match self {
            Self::Plan(one, _) => Some(one),
            Self::Make(..) | Self::Passed(_) => None,
        }
    }

    fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Make(_, due) => Some(*due),
            Self::Plan(_, changed) => Some(changed.due),
            Self::Passed(_) => None,
        }
    }

    fn event(&self) -> Option<(&Reminder, Event)> {
        let Self::Plan(one, Changed { due, source, .. }) = self else { return None };
        let event = match one.rule {
            Some(_) => Event::SeriesReplanned { zone: one.zone.clone(), due: *due },
            None => Event::Rescheduled { due: *due, source: *source },
        };
        Some((one, event))
    }

    fn make(&self, situation: &mut Situation<'_>) -> Option<Reminder> {
        let Self::Make(old, due) = self else { return None };
        Some(situation.made_again(old, *due))
    }
}

impl Situation<'_> {
    /// Records the changes that UNDO takes back: these reminders as they are before the change, and the reminder that a
    /// move makes instead.
    pub(super) fn record_undoable(&mut self, before: &[&Reminder], made: Option<&Reminder>) {
        let changed = before
            .iter()
            .map(|one| Changed { reminder: one.key.reminder.clone(), due: one.due, source: one.due_source })
            .collect();
        let made = made.map(|one| one.key.reminder.clone());
        self.profile.undoable = Some(Undoable { at: self.received_at, changed, made });
    }

    /// Returns the last change that can be taken back, if it is recent.
    fn undoable(&self) -> Option<&Undoable> {
        let undoable = self.profile.undoable.as_ref()?;
        (is_known_by(undoable.at, self.received_at) && may_be_undone(undoable.at, self.received_at)).then_some(undoable)
    }

    /// Whether the person made a reminder after the change that could be taken back, and the last answer was about that
    /// reminder.
    fn made_since(&self, undoable: Option<&Undoable>) -> bool {
        let is_newer = |at| undoable.is_none_or(|undoable| undoable.at < at);
        let made = self.last_open().filter(|one| self.last_mentioned().is_some_and(|last| last.at == one.created_at));
        made.is_some_and(|one| is_newer(one.created_at))
    }

    /// Returns how a change is taken back. Returns nothing if the reminder is not found, has begun to ring, or has
    /// ended in another way since then.
    fn undo_step(&self, changed: &Changed) -> Option<UndoStep> {
        let one = self.reminders.known().iter().find(|one| one.key.reminder == changed.reminder)?;
        match &one.life {
            Lifecycle::Ended { end: End::Cancelled, .. } => {
                let before = Reminder { due: changed.due, due_source: changed.source, ..one.clone() };
                Some(match before.due_again(self.now) {
                    Some(due) => UndoStep::Make(before, due),
                    None => UndoStep::Passed(before),
                })
            }
            Lifecycle::Ended { .. } => None,
            Lifecycle::Live { state, .. } if state.has_begun() => None,
            Lifecycle::Live { .. } if changed.due > self.now => Some(UndoStep::Plan(one.clone(), changed.clone())),
            Lifecycle::Live { .. } => Some(UndoStep::Passed(Reminder { due: changed.due, ..one.clone() })),
        }
    }

    /// Makes a new reminder like `old`, which has ended, for this due.
    pub(super) fn made_again(&mut self, old: &Reminder, due: Timestamp) -> Reminder {
        let zone = Some(old.zone.rules().clone());
        self.new_reminder(&old.task, due, old.due_source, zone, old.rule.clone())
    }
}

/// Whether a change is recent enough to be taken back. After a longer time, UNDO may mean something else.
// guard: may_be_undone
fn may_be_undone(changed_at: Timestamp, received_at: Timestamp) -> bool {
    is_recent(changed_at, received_at)
}
