//! The occurrences of a series that merged with the previous one: they became due before that one was over.

use std::iter::successors;

use super::{BEFORE_MS, WRITTEN_MS};
use crate::checker::breach::Breaches;
use crate::checker::dues::{LATEST_MS, SKEW_MS};
use crate::checker::occurrence::RETRY_MS;
use crate::checker::replacement_texts::PromiseJudge;
use crate::engine::instant;
use crate::fakes::Passed;

impl PromiseJudge<'_, '_> {
    /// The writes by which the series went on after its occurrences. A write that comes later than the occurrence and
    /// its faults explain holds up the next occurrences, so it is left out.
    pub(super) fn passed(&self) -> Vec<&Passed> {
        let is_its = |passed: &&Passed| self.promise.is_stored_as(self.evidence, self.history, &passed.reminder);
        let mut begun_ms = i64::MIN;
        let is_in_time = |passed: &&Passed| {
            let over_ms = self.over_ms(passed, begun_ms);
            begun_ms = passed.at_ms;
            let is_faulty = self.evidence.faulty_between(passed.due_ms - BEFORE_MS, passed.at_ms);
            let due_ms = self.known_ms(passed);
            let latest_ms = if is_faulty { self.evidence.settled_ms(due_ms) } else { over_ms + WRITTEN_MS };
            passed.at_ms <= latest_ms.min(self.texted_ms(passed.due_ms) + SKEW_MS)
        };
        self.evidence.remains.passed.iter().filter(is_its).filter(is_in_time).collect()
    }

    /// When the text about an occurrence was first requested, in milliseconds. The end of the occurrence, the plan of
    /// the next one and the text are one transaction, so the series had gone on by then. `i64::MAX` if there was no
    /// request, or if it may be about another reminder with the same task and due.
    fn texted_ms(&self, due_ms: i64) -> i64 {
        let texted_ms = self.first_text(due_ms).filter(|_| !self.others_ms.contains(&due_ms));
        texted_ms.unwrap_or(i64::MAX - SKEW_MS)
    }

    /// When the service could first act on an occurrence, in milliseconds: at its due, or when it handled the text that
    /// made the series. A text that was parked for long makes its series after the first dues.
    fn known_ms(&self, passed: &Passed) -> i64 {
        let made_ms = self.promise.stated.first().map_or(passed.due_ms, |stated| stated.at_ms);
        passed.due_ms.max(made_ms)
    }

    /// When an occurrence was over at the latest while nothing fails, in milliseconds. The series had gone on to it at
    /// `begun_ms`. It is over after its last call, at a key, when its text is requested, or at the receipt of a text
    /// that ends it. An occurrence that waits for its call is over after the maximum lateness.
    fn over_ms(&self, passed: &Passed, begun_ms: i64) -> i64 {
        let is_its = |claimed_ms: i64| (begun_ms..passed.at_ms).contains(&claimed_ms);
        let requests = self.own.iter().flat_map(|trace| &trace.call_requests);
        let requests = requests.filter(|request| is_its(request.claimed_ms()));
        let called_ms = requests.filter_map(|request| {
            let call = self.own.iter().flat_map(|trace| &trace.calls).find(|call| call.claim == request.claim);
            let pressed_ms = call.and_then(|call| call.pressed.last()).map(|(pressed_ms, _)| *pressed_ms);
            let ended_ms = call.map_or(request.heard.map(|(heard_ms, _)| heard_ms), |call| call.over_ms);
            // A key ends the occurrence while the call goes on.
            [pressed_ms, ended_ms].into_iter().flatten().max()
        });
        let ending = self.history.answers.iter().filter(|answer| (answer.at_ms - passed.at_ms).abs() <= SKEW_MS);
        let ended_ms = ending.filter_map(|answer| self.history.texts[answer.to?].handed.last().copied());
        let first_ms = self.known_ms(passed) + LATEST_MS;
        called_ms.chain(ended_ms).chain(self.first_text(passed.due_ms)).max().unwrap_or(first_ms)
    }

    /// G7: no call is repeated if its repeat would come after the next due of the series. Such an occurrence ends with
    /// the call, so that it does not hold up the next one.
    pub(super) fn check_no_late_repeat(&self, breaches: &mut Breaches) {
        let Some(series) = &self.promise.series else { return };
        let mut begun_ms = i64::MIN;
        for passed in self.passed() {
            let claims = || {
                let requests = self.own.iter().flat_map(|trace| &trace.call_requests);
                requests.filter(|request| (begun_ms..passed.at_ms).contains(&request.claimed_ms()))
            };
            let next_ms = series.next(self.promise.first_ms(), passed.due_ms).unwrap_or(i64::MAX);
            let calls = self.own.iter().flat_map(|trace| &trace.calls);
            let calls = calls.filter(|call| claims().any(|request| request.claim == call.claim));
            let mut late_ends =
                calls.filter_map(|call| call.over_ms.filter(|over_ms| over_ms + RETRY_MS[0] - SKEW_MS > next_ms));
            let is_repeated = late_ends.any(|over_ms| claims().any(|request| request.claimed_ms() > over_ms + SKEW_MS));
            breaches.unless(!is_repeated || self.promise.may_be_corrected(), "G7", || {
                format!("{} was repeated after the next due, {}", self.promise.name(), instant(next_ms))
            });
            begun_ms = passed.at_ms;
        }
    }

    /// The first due after this due that did not merge with an earlier one. `i64::MAX` if there is none.
    pub(super) fn next_due(&self, passed: &[&Passed], due_ms: i64) -> i64 {
        let Some(series) = &self.promise.series else { return i64::MAX };
        let next = |due_ms: &i64| series.next(self.promise.first_ms(), *due_ms);
        successors(next(&due_ms), next).find(|next_ms| !Self::is_merged(passed, *next_ms)).unwrap_or(i64::MAX)
    }

    /// Whether the occurrence with this due merged with an earlier one: the store shows that the series passed over it,
    /// and it had become due by then.
    pub(super) fn is_merged(passed: &[&Passed], due_ms: i64) -> bool {
        passed.iter().any(|passed| {
            let is_between =
                passed.due_ms + SKEW_MS < due_ms && passed.next_ms.is_none_or(|next_ms| due_ms < next_ms - SKEW_MS);
            is_between && due_ms <= passed.at_ms + SKEW_MS
        })
    }
}
