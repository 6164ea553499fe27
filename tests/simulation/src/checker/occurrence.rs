//! Judges the calls of one occurrence: their number, their order and their times.

use super::bounds;
use super::breach::Breaches;
use super::call_limits;
use super::candidates::Candidate;
use super::consent;
use super::dues::{FROZEN_MS, SKEW_MS, Series, Window};
use super::evidence::Evidence;
use super::frozen::thaws;
use super::lines;
use super::person_history::{Call, CallRequest, PersonHistory, PersonText, made_ms};
use super::promise::Promise;
use crate::history::RequestOutcome;
use crate::world::Scale;

/// The maximum lateness, and the longest time from a claim to its request, in milliseconds.
const MAX_LATENESS_MS: i64 = (900 + 12) * 1000;

/// After the service has learned that a call reached a person, another call may still be requested for this long, in
/// milliseconds: its function may have started before.
const REPORTED_MS: i64 = 21_000;

/// Longest time from the end of a call to the request for the next attempt, in milliseconds: the longest retry delay of
/// 300 s, and time for the writes and a slot.
const AGAIN_MS: i64 = 400_000;

/// Shortest time from the end of the first call, and from the end of the second, to the next call, in milliseconds.
pub(super) const RETRY_MS: [i64; CALLS - 1] = [120_000, 300_000];

/// How long the report of a call's end takes at most without a fault, in milliseconds.
pub(super) const REPORTS_MS: i64 = 2000;

/// Maximum number of calls of an occurrence.
pub(super) const CALLS: usize = 3;

/// The latest request for a call that is legal without a frozen function, in milliseconds after its due.
pub(super) const MOST_LATE_MS: i64 = MAX_LATENESS_MS + SKEW_MS;

/// How late a request is, if it belongs to this candidate, in milliseconds.
pub(super) fn late_ms(candidate: &Candidate<'_>, at_ms: i64) -> i64 {
    let due_ms = candidate.occurrence_at(at_ms);
    let begun = candidate.windows.iter().filter(|window| at_ms >= window.from_ms - SKEW_MS);
    let late_ms = begun.map(|window| at_ms - window.to_ms).min().unwrap_or(0);
    if candidate.series.is_some() { at_ms - due_ms } else { late_ms }
}

/// The requests and calls of one occurrence.
#[derive(Debug, Default)]
pub(super) struct Occurrence<'e> {
    pub(super) call_requests: Vec<&'e CallRequest<'e>>,
    pub(super) calls: Vec<&'e Call<'e>>,
}

impl Occurrence<'_> {
    /// Judges the requests and calls as those of the candidate's occurrence that is due at `due_ms`.
    pub(super) fn judge(
        &self,
        evidence: &Evidence<'_>,
        history: &PersonHistory<'_>,
        candidate: &Candidate<'_>,
        due_ms: i64,
        breaches: &mut Breaches,
    ) {
        self.check_number(breaches);
        self.check_overlaps(breaches);
        self.check_end_with_a_person(breaches);
        self.check_tried_again(evidence, history, candidate, due_ms, breaches);
        self.check_end_with_an_unknown_outcome(breaches);
        self.check_in_time(evidence, history, candidate, due_ms, breaches);
    }

    /// All calls except those on which only the words for a cancelled reminder were spoken. The number of those calls
    /// is not limited.
    fn speaking(&self) -> Vec<&Call<'_>> {
        self.calls.iter().copied().filter(|call| !call.says_goodbye()).collect()
    }

    fn check_number(&self, breaches: &mut Breaches) {
        let calls = self.speaking().len();
        breaches.unless(calls <= CALLS, "G2", || format!("{} was called {calls} times", self.name()));
    }

    fn name(&self) -> String {
        let request = self.call_requests.first().map(|request| request.key);
        let key = request.or_else(|| self.calls.first().map(|call| call.key));
        key.map_or_else(String::new, |key| format!("reminder {}", key.reminder))
    }

    fn check_overlaps(&self, breaches: &mut Breaches) {
        for pair in self.speaking().windows(2) {
            let apart = pair[0].over_ms.is_some_and(|over_ms| over_ms <= pair[1].taken_ms);
            breaches.unless(apart, "G2", || {
                format!("two calls of {} overlap: claims {} and {}", self.name(), pair[0].claim, pair[1].claim)
            });
        }
    }

    /// G2: no call follows after the acknowledging key was answered, or after the service learned that a person had
    /// picked up. If a mailbox picks up, or it is not known who picked up, nothing ends.
    fn check_end_with_a_person(&self, breaches: &mut Breaches) {
        for call in &self.calls {
            // A verdict for the last claim still counts while the next attempt waits. After the next claim it is
            // ignored.
            let is_overtaken = |known_ms: &i64| {
                let other = |request: &&&CallRequest<'_>| request.claim != call.claim && request.at_ms > call.taken_ms;
                self.call_requests.iter().filter(other).any(|request| request.claimed_ms() <= *known_ms)
            };
            let person_ms = call.person_known_ms.filter(|known_ms| !is_overtaken(known_ms));
            let known_ms = [call.thanked_ms, person_ms].into_iter().flatten().min();
            let later =
                |request: &&&CallRequest<'_>| known_ms.is_some_and(|known_ms| known_ms + REPORTED_MS < request.at_ms);
            if let Some(request) = self.call_requests.iter().find(later) {
                breaches.add("G2", || {
                    format!(
                        "{} reached a person in claim {} and was then dialed again in claim {}",
                        self.name(),
                        call.claim,
                        request.claim
                    )
                });
            }
        }
    }

    /// G1: if a call was picked up, but no key was pressed and no person is known to have picked up, the next attempt
    /// follows while attempts are left. If the next occurrence of the series is due by then, it comes instead, because
    /// nothing about an occurrence may delay the call of the next occurrence.
    fn check_tried_again(
        &self,
        evidence: &Evidence<'_>,
        history: &PersonHistory<'_>,
        candidate: &Candidate<'_>,
        due_ms: i64,
        breaches: &mut Breaches,
    ) {
        let (Some(last), true) = (self.calls.last(), self.calls.len() < CALLS) else { return };
        let is_open = last.thanked_ms.is_none() && last.person_known_ms.is_none() && last.pressed.is_empty();
        let (Some(over_ms), Some(_)) = (last.over_ms, last.picked_up_ms.filter(|_| is_open)) else { return };
        let retry_ms = RETRY_MS.get(self.calls.len() - 1).copied().unwrap_or(AGAIN_MS);
        if candidate.next_due(due_ms).is_some_and(|next_ms| next_ms <= over_ms + retry_ms + REPORTS_MS) {
            return;
        }
        let is_quiet = !evidence.faulty_between(over_ms - FROZEN_MS, over_ms + AGAIN_MS);
        // In a herd there are more calls than slots. If the next attempt finds no slot within the maximum lateness, a
        // text replaces it.
        let is_crowded = matches!(evidence.remains.scale, Scale::Herd(_));
        let is_wanted = !is_crowded
            && !candidate.cancellations.iter().any(|one| one.forbids_between(last.taken_ms, over_ms + AGAIN_MS))
            && candidate.stated.is_some()
            && last.speaks(candidate.task);
        // A text or a key may end the occurrence, or move it.
        let acts = |text: &&PersonText<'_>| {
            text.meaning.changes() && (last.taken_ms - FROZEN_MS..over_ms + AGAIN_MS).contains(&text.at_ms)
        };
        // The person may have opted out long before, without a report to the service.
        let is_gone = consent::is_learned(history, last.taken_ms - REPORTED_MS, over_ms + AGAIN_MS);
        let is_wanted = is_wanted && !is_gone && !history.texts.iter().any(|text| acts(&text));
        // A text replaces the next attempt if the person has had as many calls as a limit allows.
        let is_wanted = is_wanted && !call_limits::is_reached(evidence, history, over_ms, over_ms + AGAIN_MS);
        let is_over = self.call_requests.iter().all(|request| request.at_ms <= over_ms);
        if is_quiet && is_wanted && is_over && over_ms + AGAIN_MS < evidence.remains.end_ms {
            breaches.add("G1", || {
                format!("{} was picked up in claim {} without a key, and not called again", self.name(), last.claim)
            });
        }
    }

    fn check_end_with_an_unknown_outcome(&self, breaches: &mut Breaches) {
        for unknown in &self.call_requests {
            let known_ms = match unknown.heard {
                Some((known_ms, RequestOutcome::Unknown)) => known_ms,
                // The function crashed before it got a response.
                None => unknown.at_ms,
                Some((_, RequestOutcome::Accepted | RequestOutcome::NumberRefused | RequestOutcome::RefusedForNow)) => {
                    continue;
                }
            };
            for request in
                self.call_requests.iter().filter(|request| request.at_ms > known_ms && request.claim != unknown.claim)
            {
                let resolved = self.calls.iter().any(|call| {
                    call.claim == unknown.claim
                        && call.reported_ms.is_some_and(|reported_ms| reported_ms <= request.at_ms)
                });
                breaches.unless(resolved, "G2", || {
                    format!(
                        "{}: the outcome of claim {} is unknown, but {} dials again",
                        self.name(),
                        unknown.claim,
                        request.claim
                    )
                });
            }
        }
    }

    fn check_in_time(
        &self,
        evidence: &Evidence<'_>,
        history: &PersonHistory<'_>,
        candidate: &Candidate<'_>,
        due_ms: i64,
        breaches: &mut Breaches,
    ) {
        let first_ms = self.call_requests.first().map(|request| request.claimed_ms());
        if first_ms.is_some_and(|first_ms| candidate.may_be_corrected_at(first_ms)) {
            return;
        }
        let series = [Window { from_ms: due_ms, to_ms: due_ms }];
        let windows: &[Window] = if candidate.series.is_some() { &series } else { &candidate.windows };
        for request in &self.call_requests {
            let begun = |window: &&Window| request.at_ms >= window.from_ms - SKEW_MS;
            let early_ms = || windows.iter().map(|window| window.from_ms - request.at_ms).min().unwrap_or(0);
            breaches.unless(windows.iter().any(|window| begun(&window)), "G5", || {
                format!("{} was called {} ms early", self.name(), early_ms())
            });
            let late_ms = |at_ms| windows.iter().filter(begun).map(|window| at_ms - window.to_ms).min().unwrap_or(0);
            // A frozen function may send the one request of its claim when it thaws. But the claim must be in time.
            let judged_ms = if thaws(evidence, request) { request.claimed_ms() } else { request.at_ms };
            let (bounded, late_ms) = (late_ms(judged_ms) <= MOST_LATE_MS, late_ms(request.at_ms));
            breaches.unless(bounded, "G6", || format!("{} was called {late_ms} ms late", self.name()));
        }
        let is_fast = candidate.series.as_ref().is_some_and(Series::is_fast);
        if let (false, Some(_)) = (is_fast, candidate.stated) {
            self.check_late_only_by_faults(evidence, history, candidate, due_ms, breaches);
        }
        if let (true, false, Some(promise)) = (evidence.calm(), is_fast, candidate.stated) {
            self.check_on_time(evidence, history, promise, due_ms, breaches);
        }
    }

    /// G6: the first call is at most as late as the faults and the calls in earlier slots explain.
    fn check_late_only_by_faults(
        &self,
        evidence: &Evidence<'_>,
        history: &PersonHistory<'_>,
        candidate: &Candidate<'_>,
        due_ms: i64,
        breaches: &mut Breaches,
    ) {
        let Some(first) = self.call_requests.first() else { return };
        let late_ms = late_ms(candidate, first.at_ms);
        let due_ms = if candidate.series.is_some() { due_ms } else { first.at_ms - late_ms };
        // A text that was parked or delivered late may have made the reminder, or moved it to this due, after that due.
        let made_ms = made_ms(first.key.reminder.as_str()).unwrap_or(due_ms);
        let stated = candidate.stated.into_iter().flat_map(|promise| &promise.stated);
        let moved_ms = stated.filter(|stated| stated.due_ms == due_ms).map(|stated| stated.at_ms).min();
        let known_ms = made_ms.max(moved_ms.unwrap_or(due_ms));
        let from_ms = lines::free_ms(history, first.key, due_ms.max(known_ms), first.at_ms);
        let late_ms = first.at_ms - from_ms;
        let Some(most_ms) = bounds::most_late_ms(evidence, &first.key.reminder, from_ms, first.at_ms) else { return };
        breaches.unless(late_ms <= most_ms, "G6", || {
            format!("{} was called {late_ms} ms late, expected at most {most_ms} ms after these faults", self.name())
        });
    }

    /// G5: without faults, the first call comes on time, at the due that was stated last.
    fn check_on_time(
        &self,
        evidence: &Evidence<'_>,
        history: &PersonHistory<'_>,
        promise: &Promise<'_>,
        due_ms: i64,
        breaches: &mut Breaches,
    ) {
        let Some(first) = self.call_requests.first() else { return };
        let stated = promise.stated.iter().rfind(|stated| stated.at_ms <= first.at_ms);
        let due_ms = if promise.series.is_some() { due_ms } else { stated.map_or(due_ms, |stated| stated.due_ms) };
        let late_ms = first.at_ms - due_ms;
        breaches.unless(late_ms >= -SKEW_MS, "G5", || format!("{} was called {} ms early", self.name(), -late_ms));
        let waited_ms = bounds::slots_ms(evidence, &first.key.reminder, due_ms, first.at_ms);
        // The person's phone may still be in another call.
        let busy_ms = lines::free_ms(history, first.key, due_ms, first.at_ms) - due_ms;
        breaches.unless(late_ms <= bounds::ON_TIME_MS + waited_ms + busy_ms, "G5", || {
            format!("{} was called {late_ms} ms late, without any fault", self.name())
        });
    }
}
