//! Corrections of the zone: the texts that say where a person is, and the YES that moves their series.

use jiff::tz::TimeZone;

use super::Promises;
use crate::checker::breach::Breaches;
use crate::checker::dues::{self, SKEW_MS, Series};
use crate::checker::evidence::Evidence;
use crate::checker::goes_on;
use crate::checker::handling_order::{self, Handled, OPEN_MS};
use crate::checker::person_history::{PersonHistory, ServiceText};
use crate::checker::promise::{PlannedAgain, Promise, StatedDue};
use crate::checker::stated_dues::{first_by_words, written_from_ms};
use crate::people::Meaning;

/// A question whether the repeating reminders should move to another zone.
#[derive(Debug)]
struct MoveQuestion {
    /// The zone that the person leaves. If an earlier question is still open, the zones of that question count too.
    from: Vec<TimeZone>,
    to: TimeZone,
    at_ms: i64,
}

/// The verbs with which an answer to a correction names a reminder. A number that gets no more calls "is due".
const VERBS: [&str; 4] = ["rings", "still rings", "is due", "still is due"];

/// How long after its due an occurrence may wait for its first call, in milliseconds: the maximum lateness, and a run.
const WAITS_MS: i64 = (900 + 20) * 1000;

impl Promise<'_> {
    /// The due that the answer to a correction of the zone states for this promise: "#3 rings every day at 8 AM,
    /// starting today at 8 AM PST", or "#3 still rings today at 8 AM PST because its new time has passed". Its "today"
    /// is the day on which the correction was received, or the day on which it was handled. The due had not passed when
    /// the answer was written.
    fn stated_in(&self, answer: &ServiceText<'_>, received_ms: i64, zone: &TimeZone) -> Option<i64> {
        let rest_of = |verb: &str| answer.body.split_once(&format!("#{} {verb} ", self.number));
        let (_, rest) = VERBS.into_iter().find_map(rest_of)?;
        let words = rest.split([';', '.']).next()?;
        let words = words.split_once(" because ").map_or(words, |(words, _)| words);
        let when = words.split_once(", starting ").map_or(words, |(_, first)| first);
        let when = when.strip_suffix(", repeating").unwrap_or(when);
        let written_ms = written_from_ms(received_ms, answer.at_ms);
        let is_ahead = |due_ms: &i64| *due_ms >= written_ms - SKEW_MS;
        let stated = |is_due: &dyn Fn(&i64) -> bool| first_by_words(when, zone, received_ms, answer.said_ms, is_due);
        let planned = self.planned_in(zone, answer.at_ms);
        stated(&|due_ms| is_ahead(due_ms) && planned.contains(due_ms)).or_else(|| stated(&is_ahead))
    }

    /// The dues with which a correction that was handled at `known_ms` may leave a one-off: the same local time on the
    /// same day in the new zone, or the due that it had. Empty for a series, or if no answer had stated a due by then.
    fn planned_in(&self, zone: &TimeZone, known_ms: i64) -> Vec<i64> {
        let before = self.stated.iter().filter(|stated| self.series.is_none() && stated.at_ms <= known_ms);
        before.flat_map(|stated| [dues::in_zone(stated.due_ms, &self.zone, zone, i64::MIN), stated.due_ms]).collect()
    }

    /// The instant from which a series is read in the new zone, in milliseconds since 1970: when the text was received.
    /// But an occurrence that was due and called after that, before the text was handled, was read in the old zone.
    fn read_from_ms(
        &self,
        evidence: &Evidence<'_>,
        history: &PersonHistory<'_>,
        received_ms: i64,
        known_ms: i64,
    ) -> i64 {
        let series = self.series.as_ref().filter(|_| known_ms < i64::MAX);
        let due_ms = series.map(|series| series.current(self.due_ms(), known_ms));
        let is_called = |due_ms: &i64| {
            history.call_requests.iter().any(|request| {
                let is_then = (due_ms - SKEW_MS..=known_ms).contains(&request.claimed_ms());
                is_then && self.is_stored_as(evidence, history, request.key.reminder.as_str())
            })
        };
        let between = due_ms.filter(|due_ms| (received_ms..=known_ms).contains(due_ms));
        if between.as_ref().is_some_and(is_called) { known_ms } else { received_ms }
    }

    /// The latest instant at which a series may be due first after a correction of its zone that was handled at
    /// `known_ms`, in milliseconds: its first due in the new zone after its current due in the old zone, and after the
    /// occurrences that earlier texts ended. `i64::MAX` if that is not certain, and for a one-off.
    fn latest_first_ms(
        &self,
        evidence: &Evidence<'_>,
        history: &PersonHistory<'_>,
        known_ms: i64,
        zone: &TimeZone,
    ) -> i64 {
        let Some(series) = self.series.as_ref().filter(|_| !self.may_be_corrected()) else { return i64::MAX };
        let current_ms = series.current(self.due_ms(), known_ms);
        let skipped_to_ms = goes_on::skipped_to_ms(evidence, history, self, known_ms).unwrap_or(current_ms);
        series.first_in(zone, known_ms.max(current_ms).max(skipped_to_ms))
    }

    /// Reads its times in another zone. The zone changes at an instant between the receipt of the text and `known_ms`,
    /// when the text was handled. `known_ms` is `i64::MAX` if it is not known whether the zone changes. `first_ms` is
    /// the first due in the new zone, if the answer states it. Its series is read in the new zone from `read_from_ms`
    /// on.
    fn correct(
        &mut self,
        (received_ms, known_ms): (i64, i64),
        read_from_ms: i64,
        first_ms: Option<i64>,
        zone: &TimeZone,
    ) {
        let old_ms = self.due_ms();
        // An occurrence that was due shortly before may still have waited for its first call.
        let (from_ms, to_ms) = (received_ms - WAITS_MS, known_ms.saturating_add(SKEW_MS));
        if known_ms == i64::MAX {
            // An occurrence that has not begun is planned again.
            let last_ms = self.series.as_ref().map(|series| series.current(old_ms, received_ms));
            if last_ms.is_some() || old_ms >= from_ms {
                self.allow_correction_from(from_ms, None);
            }
            if let Some(due_ms) = last_ms.filter(|due_ms| *due_ms < from_ms) {
                self.planned_again.push(PlannedAgain { due_ms, received_ms, known_ms: received_ms });
            }
            return;
        }
        if let Some(series) = &mut self.series {
            let unsure = |series: &Series| (from_ms..=to_ms).contains(&series.current(old_ms, to_ms));
            let due_ms = series.current(old_ms, received_ms);
            if first_ms.is_some() && due_ms < from_ms {
                self.planned_again.push(PlannedAgain { due_ms, received_ms, known_ms });
            }
            let was_unsure = unsure(series) || self.stated[0].at_ms > received_ms;
            series.correct(read_from_ms, first_ms, zone);
            if was_unsure || unsure(series) {
                self.allow_correction_from(from_ms, first_ms);
            }
            return;
        }
        let computed_ms = dues::in_zone(old_ms, &self.zone, zone, received_ms);
        let new_ms = first_ms.unwrap_or(computed_ms);
        let begins = (from_ms..=to_ms).contains(&old_ms) || (from_ms..=to_ms).contains(&new_ms);
        if begins || self.stated[0].at_ms > received_ms {
            self.allow_correction_from(from_ms, None);
        }
        // A reminder that is already due may still wait for its first call. Then the answer says when it rings now.
        let moves = old_ms > to_ms || first_ms.is_some();
        if moves && new_ms != old_ms {
            // An answer that does not state the due does not name the reminder, which may have ended before. Then the
            // text that named it last counts.
            let named_ms = self.stated.last().map_or(received_ms, |last| last.requested_ms);
            let requested_ms = if first_ms.is_some() { received_ms } else { named_ms };
            self.stated.push(StatedDue { at_ms: known_ms, requested_ms, due_ms: new_ms, is_local: true });
        }
    }
}

impl Promises<'_> {
    /// Applies the texts that say where the person is. The first text moves the reminders whose times were read in the
    /// guessed zone and that have not begun to ring. A later text moves series after a YES.
    pub(super) fn correct(&mut self, evidence: &Evidence<'_>, history: &PersonHistory<'_>, breaches: &mut Breaches) {
        let (mut is_known, mut asked) = (false, None::<MoveQuestion>);
        // The zone that the profile has now, if a text named it.
        let mut home = None::<TimeZone>;
        for handled in handling_order::texts(history) {
            let Handled { text, received_ms, answer } = handled;
            if let (Meaning::Yes, Some(question)) = (text.meaning, &asked) {
                self.move_series(evidence, history, &handled, question);
            }
            if handled.closes_question() {
                asked = None;
            }
            let Meaning::Zone(place) = text.meaning else { continue };
            // If the zone was guessed, the answer does not ask whether series should move. If it asks, the person had
            // named a zone before.
            is_known |= handled.has_question();
            if is_known {
                // If the person had named the zone before, only the repeating reminders move, and only after a YES.
                let to = TimeZone::get(place.zone).ok();
                let earlier = asked.filter(|earlier| received_ms - earlier.at_ms <= OPEN_MS);
                let from =
                    home.take().into_iter().chain(earlier.into_iter().flat_map(|earlier| earlier.from)).collect();
                home = to.clone();
                asked = to.filter(|_| handled.has_question()).map(|to| MoveQuestion { from, to, at_ms: received_ms });
                continue;
            }
            if !answer.body.starts_with("OK, ") {
                continue;
            }
            let Ok(zone) = TimeZone::get(place.zone) else { continue };
            home = Some(zone.clone());
            let known_ms = answer.at_ms;
            let is_guessed = |promise: &&mut Promise<'_>| {
                promise.is_local && promise.zone == evidence.zone && promise.stated[0].requested_ms <= known_ms
            };
            // An older release does not change the records that it can't read, so it corrects only some reminders.
            let is_old = |(from_ms, to_ms): &(i64, i64)| (*from_ms..=to_ms.saturating_add(SKEW_MS)).contains(&known_ms);
            let is_old = evidence.rolled_back.iter().any(is_old);
            for promise in self.all.iter_mut().filter(is_guessed) {
                let first_ms = promise.stated_in(answer, received_ms, &zone);
                let planned = promise.planned_in(&zone, answer.at_ms);
                let is_planned = planned.is_empty() || first_ms.is_none_or(|due_ms| planned.contains(&due_ms));
                breaches.unless(is_planned, "G5", || {
                    format!("{} was planned at another time of day: {:?}", promise.name(), answer.body)
                });
                let first_ms = first_ms.map(|ms| ms.min(promise.latest_first_ms(evidence, history, known_ms, &zone)));
                let known_ms = if is_old && first_ms.is_none() { i64::MAX } else { known_ms };
                // A record that a newer release wrote stays as it is while an older release runs, because the older one
                // can't read it. The text is handled only once. So its answer leaves out such a reminder, which stays
                // in its old zone.
                let was_newer = |(from_ms, to_ms): &(i64, i64)| {
                    promise.stated[0].requested_ms <= *from_ms && *from_ms <= answer.at_ms && *to_ms >= received_ms
                };
                if first_ms.is_none() && evidence.rolled_back.iter().any(was_newer) {
                    promise.allow_correction_from(received_ms - WAITS_MS, None);
                }
                let read_from_ms = promise.read_from_ms(evidence, history, received_ms, known_ms);
                promise.correct((received_ms, known_ms), read_from_ms, first_ms, &zone);
            }
            is_known = true;
        }
    }

    /// Applies a YES to the question whether the repeating reminders should move to another zone. The question is about
    /// the reminders in the zone that the person has left. A reminder of a third zone stays: the person did not say YES
    /// when they left that zone.
    fn move_series(
        &mut self,
        evidence: &Evidence<'_>,
        history: &PersonHistory<'_>,
        yes: &Handled<'_, '_>,
        question: &MoveQuestion,
    ) {
        let Handled { received_ms, answer, .. } = *yes;
        if !yes.moves() {
            return;
        }
        let known_ms = answer.at_ms;
        let is_meant = |promise: &&mut Promise<'_>| {
            promise.series.as_ref().is_some_and(Series::is_local) && promise.stated[0].requested_ms <= known_ms
        };
        for promise in self.all.iter_mut().filter(is_meant) {
            // An occurrence that has begun stays, and a paused series has no due. The answer does not name such a
            // series, but its next due is read in the new zone.
            let first_ms = promise.stated_in(answer, received_ms, &question.to);
            let first_ms =
                first_ms.map(|ms| ms.min(promise.latest_first_ms(evidence, history, known_ms, &question.to)));
            let leaves = |from: &TimeZone| promise.series.as_ref().is_some_and(|series| series.zone() == Some(from));
            if first_ms.is_none() && !question.from.iter().any(leaves) {
                continue;
            }
            if first_ms.is_none() && !question.from.iter().all(leaves) {
                promise.allow_correction_from(received_ms - WAITS_MS, None);
            }
            let read_from_ms = promise.read_from_ms(evidence, history, received_ms, known_ms);
            promise.correct((received_ms, known_ms), read_from_ms, first_ms, &question.to);
        }
    }
}
