//! G2 to G6: how often, when and whether a person is called.
//!
//! A call names its reminder only by the id in its callback path, and that id appears in no answer. A history is
//! therefore legal if each reminder id can be matched with a different promise. The store shows the number of each
//! reminder, so only reminders that UNDO or RESTORE made anew may fit several promises.

use std::collections::BTreeMap;

use super::breach::{Breach, Breaches};
use super::call_limits;
use super::cancellations;
use super::candidates::{self, Candidate};
use super::dues::SKEW_MS;
use super::evidence::Evidence;
use super::frozen::thaws;
use super::lines;
use super::no_calls_left;
use super::occurrence::{self, Occurrence};
use super::person_history::{Call, PersonHistory};
use super::promise::Promise;
use super::promises::Promises;
use super::shares::{Excuse, Guarantee, Shares};
use super::texts_in_an_hour;
use super::traces::{self, Trace};

/// Judges a person's calls. Returns the trace of each reminder id with the indexes of the candidates that fit it. The
/// promises are the first candidates, in their order.
pub(super) fn judge<'e>(
    evidence: &Evidence<'_>,
    history: &'e PersonHistory<'_>,
    promises: &Promises<'_>,
    shares: &mut Shares,
    breaches: &mut Breaches,
) -> Vec<(Trace<'e>, Vec<usize>)> {
    let traces = traces::of(history);
    let candidates = candidates::of(evidence, history, promises);
    lines::judge(evidence, history, &candidates, breaches);
    call_limits::judge(evidence, history, breaches);
    no_calls_left::judge(evidence, history, breaches);
    texts_in_an_hour::judge(evidence, history, &candidates, breaches);
    let found: Vec<Vec<Breaches>> = traces
        .iter()
        .map(|trace| {
            let is_other = is_other(evidence, history, promises, trace);
            let judged = candidates.iter().enumerate().map(|(place, candidate)| match is_other(place) {
                true => of_another(),
                false => as_one_of(evidence, history, trace, candidate),
            });
            judged.collect()
        })
        .collect();
    let mut holders: Vec<Option<usize>> = vec![None; candidates.len()];
    // Several candidates may be legal, for example if functions freeze. The one with the nearest due is tried first.
    let by_fit = |trace: usize| {
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by_key(|candidate| {
            traces[trace].call_requests.first().map_or(0, |request| candidates[*candidate].distance_ms(request.at_ms))
        });
        order
    };
    for trace in 0..traces.len() {
        let legal = |trace: usize, candidate: usize| found[trace][candidate].found.is_empty();
        if !find_place(trace, &legal, &by_fit, &mut holders, &mut vec![false; candidates.len()]) {
            breaches.found.extend(illegal(&traces[trace], &found[trace]));
        }
    }
    for (place, candidate) in candidates.iter().enumerate() {
        let fit = traces.iter().zip(&found).filter(|(_, found)| found[place].found.is_empty()).map(|(trace, _)| trace);
        cancellations::count(evidence, &candidate.cancellations, fit, shares);
    }
    for (trace, found) in traces.iter().zip(&found) {
        count(evidence, trace, &candidates, found, shares);
    }
    let places = found
        .iter()
        .map(|candidates| (0..candidates.len()).filter(|candidate| candidates[*candidate].found.is_empty()).collect());
    traces.into_iter().zip(places).collect()
}

/// Counts the cases of a trace's requests for calls. If several candidates are legal, the smallest lateness of a
/// request counts.
fn count(
    evidence: &Evidence<'_>,
    trace: &Trace<'_>,
    candidates: &[Candidate<'_>],
    found: &[Breaches],
    shares: &mut Shares,
) {
    let legal =
        || found.iter().zip(candidates).filter(|(found, _)| found.found.is_empty()).map(|(_, candidate)| candidate);
    for request in &trace.call_requests {
        let may_be_corrected = legal().any(|candidate| candidate.may_be_corrected_at(request.claimed_ms()));
        shares.judge(Guarantee::G2);
        shares.case(Guarantee::G5, may_be_corrected.then_some(Excuse::ZoneMaybeCorrected));
        let late_ms = legal().map(|candidate| occurrence::late_ms(candidate, request.at_ms)).min().unwrap_or(0);
        let thaws = late_ms > occurrence::MOST_LATE_MS && thaws(evidence, request);
        let unsure = may_be_corrected.then_some(Excuse::LateZoneMaybeCorrected);
        shares.case(Guarantee::G6, unsure.or(thaws.then_some(Excuse::FrozenBeforeRequest)));
    }
}

/// Assigns a legal candidate to a trace. If necessary, other traces get other candidates: this is an augmenting path of
/// bipartite matching.
fn find_place(
    trace: usize,
    legal: &impl Fn(usize, usize) -> bool,
    by_fit: &impl Fn(usize) -> Vec<usize>,
    holders: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for candidate in by_fit(trace) {
        if tried[candidate] || !legal(trace, candidate) {
            continue;
        }
        tried[candidate] = true;
        if holders[candidate].is_none_or(|holder| find_place(holder, legal, by_fit, holders, tried)) {
            holders[candidate] = Some(trace);
            return true;
        }
    }
    false
}

/// Marks a candidate that a trace can't belong to: by its id, the trace's reminder was made at another time, or the
/// store shows that it has the number of another promise.
const OTHER: &str = "made for another text";

/// Says of each candidate, by its index, whether the store shows that the trace belongs to another one: the number of
/// the trace's reminder is the number of another promise. The promises are the first candidates.
fn is_other<'e>(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promises: &'e Promises<'_>,
    trace: &Trace<'_>,
) -> impl Fn(usize) -> bool + 'e {
    let is_its = |promise: &Promise<'_>| {
        evidence.is_numbered(trace.key.reminder.as_str(), history.who, promise.number) == Some(true)
    };
    let own = promises.all.iter().position(is_its);
    move |candidate| own.is_some_and(|own| own != candidate)
}

/// The breaches of a trace that belongs to another candidate.
fn of_another() -> Breaches {
    let mut breaches = Breaches::default();
    breaches.add(OTHER, String::new);
    breaches
}

/// The breaches of a trace that got no candidate. They depend on the candidate, so the fewest are returned. If each
/// legal candidate belongs to another trace, or if the trace can't belong to any candidate, the only breach is that no
/// promise explains the trace.
fn illegal(trace: &Trace<'_>, found: &[Breaches]) -> Vec<Breach> {
    let may_be =
        |breaches: &&Vec<Breach>| !breaches.is_empty() && breaches.iter().all(|breach| breach.guarantee != OTHER);
    let found = found.iter().map(|breaches| &breaches.found);
    let least = found.clone().filter(may_be).min_by_key(|breaches| breaches.len());
    let legal = found.clone().any(Vec::is_empty);
    least.filter(|_| !legal).cloned().unwrap_or_else(|| {
        let description = format!("reminder {} was dialed without a promise for it", trace.key.reminder);
        vec![Breach { guarantee: "G2", description }]
    })
}

/// The breaches of a trace if it belongs to this candidate.
fn as_one_of(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    trace: &Trace<'_>,
    candidate: &Candidate<'_>,
) -> Breaches {
    let mut breaches = Breaches::default();
    if !candidate.may_be(trace.key.reminder.as_str()) {
        return of_another();
    }
    let task = candidate.task;
    for call in trace.calls.iter().filter(|call| call.speaks_of_another(task)) {
        breaches.add("G1", || format!("{:?} was said instead of {task}", call.said));
    }
    for cancellation in candidate.cancellations.iter().chain(&candidate.denied) {
        cancellations::judge_calls_after(evidence, trace, Some(task), cancellation, &mut breaches);
    }
    let occurrences = by_occurrence(trace, |claimed_ms| {
        // Without a known due, requests that are far apart belong to different occurrences.
        if candidate.may_be_corrected_at(claimed_ms) {
            group_of(trace, claimed_ms)
        } else {
            occurrence_of(trace, candidate, claimed_ms)
        }
    });
    for (due_ms, occurrence) in &occurrences {
        occurrence.judge(evidence, history, candidate, *due_ms, &mut breaches);
    }
    breaches
}

/// The requests and calls of a trace by occurrence. For the instant of a claim, `of` returns the due of the occurrence,
/// or the first claim of the group if no due is known.
fn by_occurrence<'e>(trace: &Trace<'e>, of: impl Fn(i64) -> i64) -> BTreeMap<i64, Occurrence<'e>> {
    let mut occurrences: BTreeMap<i64, Occurrence<'e>> = BTreeMap::new();
    for request in &trace.call_requests {
        occurrences.entry(of(request.claimed_ms())).or_default().call_requests.push(request);
    }
    for call in &trace.calls {
        occurrences.entry(of(claimed_ms(trace, call))).or_default().calls.push(call);
    }
    occurrences
}

/// When the claim of a call was made. The request for the call may arrive at the carrier long after that, when the next
/// occurrence is due.
fn claimed_ms(trace: &Trace<'_>, call: &Call<'_>) -> i64 {
    let request = trace.call_requests.iter().find(|request| request.claim == call.claim);
    request.map_or(call.taken_ms, |request| request.claimed_ms())
}

/// The due of the occurrence that was claimed at this instant. If the clock of a function is ahead, its claim for a due
/// may come just before the due. But if the occurrence with that due has too many calls, such a claim was made for the
/// last attempt of the occurrence before.
fn occurrence_of(trace: &Trace<'_>, candidate: &Candidate<'_>, claimed_at_ms: i64) -> i64 {
    let due_ms = candidate.occurrence_at(claimed_at_ms);
    let is_its = |call: &&&Call<'_>| candidate.occurrence_at(claimed_ms(trace, call)) == due_ms;
    let calls = || trace.calls.iter().filter(|call| !call.says_goodbye()).filter(is_its).count();
    if claimed_at_ms < due_ms && calls() > occurrence::CALLS {
        candidate.occurrence_at(claimed_at_ms - SKEW_MS)
    } else {
        due_ms
    }
}

/// When the first request of the group that an instant belongs to was claimed, in milliseconds. Each request of a group
/// follows so soon after the previous request that both may be about the same occurrence.
fn group_of(trace: &Trace<'_>, at_ms: i64) -> i64 {
    /// Longest time between two requests of an occurrence, in milliseconds: the maximum lateness.
    const APART_MS: i64 = 900_000;
    let before = trace.call_requests.iter().map(|request| request.claimed_ms()).filter(|before_ms| *before_ms <= at_ms);
    before
        .rev()
        .try_fold(
            at_ms,
            |first_ms, before_ms| if first_ms - before_ms > APART_MS { Err(first_ms) } else { Ok(before_ms) },
        )
        .unwrap_or_else(|first_ms| first_ms)
}

/// G2: each claim is requested at most once and accepted at most once.
pub(super) fn claims(history: &PersonHistory<'_>, breaches: &mut Breaches) {
    let mut requested = BTreeMap::new();
    for request in &history.call_requests {
        *requested.entry(request.claim).or_insert(0) += 1;
    }
    let mut accepted = BTreeMap::new();
    for call in &history.calls {
        *accepted.entry(call.claim).or_insert(0) += 1;
    }
    for (claim, times) in requested.iter().chain(&accepted).filter(|(_, times)| **times > 1) {
        breaches.add("G2", || format!("claim {claim} was used {times} times"));
    }
}
