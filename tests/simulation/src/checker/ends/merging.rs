//! Until when an occurrence of a fast series was tried. The occurrences that were due by then merged with it.

use std::iter::successors;

use super::{LATEST_MS, WRITTEN_MS};
use crate::checker::dues::SKEW_MS;
use crate::checker::excuses::{Cause, Ended};
use crate::checker::occurrence::{REPORTS_MS, RETRY_MS};
use crate::checker::person_history::{Call, CallRequest};
use crate::checker::replacement_texts::{PromiseJudge, UNWRITTEN};
use crate::checker::traces;
use crate::faults::Fault;
use crate::history::RequestOutcome;
use crate::world::LIVENESS_MS;

/// Faults that can keep the report that a call is over from reaching its function.
const UNREPORTED: [Fault; 5] =
    [Fault::CallbackLost, Fault::CallbackReordered, Fault::CallbackLate, Fault::Throttled, Fault::InitFails];

impl PromiseJudge<'_, '_> {
    /// Until when an occurrence of a fast series was tried: until its text was first requested or a later call showed
    /// that it was over. Without a request for a text, it was tried until the key 1, a "done" or a snooze ended it.
    /// Returns 0 if none of these is seen, or if a later call was about the next occurrence: then the occurrence was
    /// over before the next one was due.
    pub(super) fn tried_until(&self, due_ms: i64, next_ms: i64) -> i64 {
        // The occurrence ended at the latest when its text was first requested.
        if let Some(texted_ms) = self.first_text(due_ms) {
            if self.rang_again_late(due_ms, next_ms, texted_ms) {
                return 0;
            }
            return self.over_before_a_call(due_ms).map_or(texted_ms, |over_ms| over_ms.min(texted_ms));
        }
        let calls =
            self.possible.iter().flat_map(|trace| &trace.calls).filter(|call| call.taken_ms >= due_ms - SKEW_MS);
        let keys =
            calls.filter_map(|call| call.pressed.iter().find(|(_, digit)| *digit == '1').map(|(at_ms, _)| *at_ms));
        // A "done" that was received before this due is about an earlier occurrence, even if its answer comes later.
        let is_its_done = |cause: &&Cause| match cause.of {
            Ended::Rung { received_ms } | Ended::Postponed { received_ms } => {
                cause.excuse.is_none() && received_ms + SKEW_MS >= due_ms
            }
            _ => false,
        };
        let done = self.causes.iter().filter(is_its_done).filter(|cause| cause.until_ms >= due_ms);
        let latest_ms = next_ms.saturating_add(LATEST_MS);
        // A "done" may be answered long after it took effect: its answer is a text, and waits while no carrier can be
        // asked. If the occurrence still waited when the next one was due, the two merged.
        let is_answered_late =
            |cause: &Cause| cause.until_ms >= latest_ms && cause.from_ms < latest_ms && self.waits_at(due_ms, next_ms);
        let done = done.filter_map(|cause| {
            if is_answered_late(cause) {
                Some(self.last_due_while_it_rings(due_ms, next_ms, cause.until_ms))
            } else {
                Some(cause.until_ms).filter(|at_ms| *at_ms < latest_ms)
            }
        });
        keys.filter(|at_ms| *at_ms < latest_ms).chain(done).min().unwrap_or(0)
    }

    /// The last due, from `next_ms` to `until_ms`, at which the last call of the occurrence still counted as ringing.
    /// Returns `next_ms` if there is none. A refused call can't hold up several dues: after the maximum lateness, a
    /// text replaces it.
    fn last_due_while_it_rings(&self, due_ms: i64, next_ms: i64, until_ms: i64) -> i64 {
        let series = self.promise.series.as_ref();
        let following = |due_ms: &i64| series.and_then(|series| series.next(self.promise.first_ms(), *due_ms));
        successors(Some(next_ms), following)
            .take_while(|later_ms| *later_ms <= until_ms && self.counts_as_ringing(due_ms, *later_ms))
            .last()
            .unwrap_or(next_ms)
    }

    /// Whether an occurrence of a fast series had not ended when the next occurrence was due, so that the two merge.
    /// Either its last request for a call was refused for now, and a fault may have delayed the next request. Or its
    /// last call still counted as ringing.
    fn waits_at(&self, due_ms: i64, next_ms: i64) -> bool {
        let Some(last) = self.last_request(due_ms, next_ms) else { return false };
        let is_refused = last.heard.is_some_and(|(heard_ms, heard)| {
            heard == RequestOutcome::RefusedForNow && self.evidence.faulty_between(heard_ms, next_ms)
        });
        is_refused || self.counts_as_ringing(due_ms, next_ms)
    }

    /// Whether the last call of an occurrence was over before `later_ms`, but may still have counted as ringing then: a
    /// fault may have kept the service from writing the report that it was over. Then the carrier must be asked about
    /// it.
    fn counts_as_ringing(&self, due_ms: i64, later_ms: i64) -> bool {
        let Some(last) = self.last_request(due_ms, later_ms) else { return false };
        let calls = self.own.iter().flat_map(|trace| &trace.calls);
        let over_ms = calls.filter(|call| call.claim == last.claim).find_map(|call| call.over_ms);
        over_ms.is_some_and(|over_ms| {
            let hides_the_end = |faults| self.evidence.injected_between(faults, over_ms, over_ms + WRITTEN_MS);
            (over_ms..over_ms + LIVENESS_MS).contains(&later_ms)
                && (hides_the_end(&UNREPORTED) || hides_the_end(&UNWRITTEN))
        })
    }

    /// The last request for a call that was claimed from `due_ms` to `until_ms`.
    fn last_request(&self, due_ms: i64, until_ms: i64) -> Option<&CallRequest<'_>> {
        let requests = self.own.iter().flat_map(|trace| trace.call_requests.iter().copied());
        let requests = requests.filter(|request| (due_ms - SKEW_MS..until_ms).contains(&request.claimed_ms()));
        requests.max_by_key(|request| request.at_ms)
    }

    /// The latest time at which an occurrence was over, if a later call shows it: that call comes after the last
    /// attempt, or too soon for the next attempt, so it is about another occurrence. The text about this occurrence may
    /// still wait for a slot at this time. `None` if no call shows it, or if the world had faults.
    fn over_before_a_call(&self, due_ms: i64) -> Option<i64> {
        let traces = self.own.iter().filter(|_| self.evidence.calm());
        let mut calls: Vec<&Call<'_>> = traces.flat_map(|trace| trace.calls.iter().copied()).collect();
        calls.retain(|call| call.taken_ms >= due_ms - SKEW_MS);
        calls.sort_by_key(|call| call.taken_ms);
        let pairs = calls.windows(2).enumerate();
        pairs.filter_map(|(place, pair)| Some((RETRY_MS.get(place), pair[0].over_ms?, pair[1].taken_ms))).find_map(
            |(retry_ms, over_ms, next_ms)| {
                let is_own = retry_ms.is_some_and(|retry_ms| next_ms >= over_ms + retry_ms - SKEW_MS);
                (!is_own).then_some(over_ms + REPORTS_MS)
            },
        )
    }

    /// Whether a call about the next occurrence of a fast series came after a call about this one. If the time to
    /// repeat a call comes after the next due, the call is not repeated: its occurrence is texted at once. So a call
    /// after that time is about the next occurrence, which did not merge with this one and must have an end of its own.
    ///
    /// A call that was claimed before this due is about an earlier occurrence, even if its request reached the carrier
    /// later: no call is claimed before its due.
    pub(super) fn rang_again_late(&self, due_ms: i64, next_ms: i64, texted_ms: i64) -> bool {
        let series = self.promise.series.as_ref();
        let later_ms = series.and_then(|series| series.next(self.promise.first_ms(), next_ms)).unwrap_or(i64::MAX);
        // From the due after the next one on, a call is about yet another occurrence.
        traces::has_rung_again(&self.own, due_ms, next_ms, texted_ms.min(later_ms - SKEW_MS))
    }
}
