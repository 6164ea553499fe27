//! The reminders that ring again after an UNDO, a RESTORE or a RESUME, as its answer says.

use super::Promises;
use crate::checker::answers::{PromiseKind, PromiseText};
use crate::checker::breach::Breaches;
use crate::checker::dues::{self, Series, Window};
use crate::checker::person_history::{PersonHistory, PersonText, ServiceText};
use crate::checker::promise::{Promise, StatedDue};
use crate::checker::stated_dues::{is_named, said_due};
use crate::people::{Due, Meaning};

impl<'a> Promises<'a> {
    /// Adds the reminders that ring again, as this answer says. RESTORE makes new reminders, with new numbers. UNDO
    /// does so for a reminder that has ended. RESUME, and UNDO for a live reminder, change the old reminder.
    pub(super) fn come_back(
        &mut self,
        history: &PersonHistory<'a>,
        answer: &ServiceText<'a>,
        promised_reminders: &[PromiseText<'a>],
        breaches: &mut Breaches,
    ) {
        let Some(text) = text_of_answer(history, answer) else {
            breaches.add("G1", || format!("no text asked for the answer {:?}", answer.body));
            return;
        };
        let requested_ms = text.first_ms();
        for promised in promised_reminders {
            let has_number = |known: &&Promise<'a>| known.number == promised.number;
            let due = |old: &Promise<'_>| old.due_again(history, promised.when, requested_ms, answer);
            // Several reminders may have the same task: a series, and an occurrence of the series that was moved.
            let named = self.all.iter().rev().filter(|known| known.task == promised.task);
            let old = match self.all.iter().find(has_number) {
                Some(old) => due(old).map(|due| (old, due)),
                None => named.into_iter().find_map(|old| due(old).map(|due| (old, due))),
            };
            let Some((old, (due_ms, zone))) = old else {
                match Promise::that_was_asked_for(history, &self.all, promised, text, answer) {
                    Some(again) => self.add_back(again),
                    None => {
                        breaches
                            .add("G1", || format!("a reminder that was never asked for comes back: {:?}", answer.body));
                    }
                }
                continue;
            };
            let is_local = old.is_local;
            let stated = StatedDue { at_ms: answer.at_ms, requested_ms, due_ms, is_local };
            if old.number != promised.number {
                // RESUME makes no reminder. If its answer has a new number, an earlier UNDO or RESTORE made the
                // reminder.
                let is_resumed = matches!(text.meaning, Meaning::Resume(_));
                let made_ms = history.first_back_ms(answer.at_ms).filter(|_| is_resumed);
                let is_interval = old.series.as_ref().is_some_and(|series| !series.is_local());
                let had_begun = made_ms.is_some() && is_interval;
                let again = Promise {
                    number: promised.number,
                    task: promised.task,
                    kind: PromiseKind::Back,
                    // After a correction of the zone, its times are read in the new zone, and the answer names that
                    // zone.
                    series: old.series.as_ref().map(|series| series.from(old.first_ms(), due_ms).read_in(zone)),
                    is_local,
                    zone: zone.clone(),
                    corrected: old.corrected,
                    had_begun,
                    began_ms: Some(old.first_ms()).filter(|_| had_begun),
                    stated: vec![stated],
                    earlier_ms: Vec::new(),
                    planned_again: Vec::new(),
                    asked_ms: made_ms.unwrap_or(requested_ms),
                };
                self.all.push(again);
            } else if let Some(known) = self.all.iter_mut().find(|known| known.number == promised.number)
                && known.series.is_none()
            {
                // UNDO of a move plans the reminder again at its due before the move. That due is local again if it was
                // local before the move.
                known.is_local = known.stated.iter().any(|before| before.due_ms == due_ms && before.is_local);
                known.stated.push(StatedDue { is_local: known.is_local, ..stated });
            }
        }
    }

    /// Adds a promise that comes back although no earlier answer has promised it. If a one-off with this number and
    /// task is known, it is the same reminder, and only the new due is added. This happens if an earlier answer brought
    /// it back without stating its due, and a later text moved it.
    fn add_back(&mut self, again: Promise<'a>) {
        let is_it = |known: &&mut Promise<'_>| {
            known.number == again.number && known.task == again.task && known.series.is_none() && again.series.is_none()
        };
        let Some(known) = self.all.iter_mut().find(is_it) else {
            self.all.push(again);
            return;
        };
        known.is_local = again.is_local;
        known.zone = again.zone;
        if let Some(again) = again.corrected {
            known.allow_correction_from(again.from_ms, None);
        }
        known.stated.extend(again.stated);
    }
}

impl<'a> Promise<'a> {
    /// Returns the promise of a reminder that this answer brings back and whose due no earlier answer has stated: an
    /// earlier UNDO or RESTORE made the reminder, and that answer named only its number. Its due is taken from the text
    /// that first asked for it.
    fn that_was_asked_for(
        history: &PersonHistory<'a>,
        known: &[Self],
        promised: &PromiseText<'a>,
        request: &PersonText<'_>,
        answer: &ServiceText<'a>,
    ) -> Option<Self> {
        let requested_ms = request.first_ms();
        // A text that the service did not handle asked for nothing.
        let is_handled = |text: &&PersonText<'_>| text.handled_ms().is_some_and(|ms| ms <= answer.at_ms);
        history.texts.iter().filter(is_handled).find_map(|text| {
            let is_local = match text.meaning {
                Meaning::Remind { task, due } if is_named(task, promised.task) => {
                    matches!(due, Due::At(_) | Due::Each(..))
                }
                // A snooze rings once: ten minutes after the key 2 on a call, or the stated number of minutes after a
                // text.
                Meaning::Snooze(_) if text.may_be_about(promised.task) && !promised.repeats => false,
                // The MOVE of an occurrence also makes a reminder that rings once.
                Meaning::Move(number, _) if !promised.repeats && may_have_task(known, *number, promised.task) => false,
                _ => return None,
            };
            let windows = dues::meant(text, &history.zones);
            let is_meant = |due_ms| promised.repeats || windows.iter().any(|window| window.holds(due_ms));
            let (due_ms, zone) = said_due(history, promised.when, requested_ms, answer, is_meant)?;
            let first_ms = windows.first().map_or(due_ms, |window| window.from_ms);
            // RESTORE makes a new reminder, and UNDO may make one. RESUME continues the reminder that `text` made.
            let is_resume = matches!(request.meaning, Meaning::Resume(_));
            let series = Series::of(text.meaning, zone).map(|series| series.from(first_ms, due_ms));
            Some(Promise {
                number: promised.number,
                task: promised.task,
                kind: PromiseKind::Back,
                had_begun: is_resume && series.as_ref().is_some_and(|series| !series.is_local()),
                began_ms: None,
                series,
                is_local,
                zone: zone.clone(),
                corrected: (is_local && history.zones.len() > 1)
                    .then_some(Window { from_ms: i64::MIN, to_ms: i64::MAX }),
                stated: vec![StatedDue { at_ms: answer.at_ms, requested_ms, due_ms, is_local }],
                earlier_ms: Vec::new(),
                planned_again: Vec::new(),
                asked_ms: if is_resume { text.first_ms() } else { requested_ms },
            })
        })
    }
}

/// The UNDO, RESTORE or RESUME that this answer belongs to.
fn text_of_answer<'h, 'a>(history: &'h PersonHistory<'a>, answer: &ServiceText<'_>) -> Option<&'h PersonText<'a>> {
    let text = &history.texts[answer.to?];
    matches!(text.meaning, Meaning::Undo | Meaning::Restore | Meaning::Resume(_)).then_some(text)
}

/// Whether the reminder of this number may have this task. If no answer has stated its task yet, it may have any task.
fn may_have_task(known: &[Promise<'_>], number: u32, task: &str) -> bool {
    known.iter().find(|known| known.number == number).is_none_or(|known| known.task == task)
}
