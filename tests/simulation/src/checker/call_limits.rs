//! The limits of the calls to one person: at most 12 within an hour and 60 within a day. Above them, texts replace the
//! calls. A text instead of a call is legal for this reason only if that many calls were made.
//!
//! The service counts a call in the run in which it requests the call. So a call counts from an instant between its
//! claim and its request, and each call below is a pair of these two instants, in milliseconds.

use super::answers::{PER_DAY, PER_HOUR};
use super::breach::Breaches;
use super::dues::SKEW_MS;
use super::evidence::Evidence;
use super::lines::HOUR_MS;
use super::pauses;
use super::person_history::{CallRequest, PersonHistory, TextRequest};
use super::replacement_texts::UNWRITTEN;
use crate::fakes::Counted;
use crate::history::RequestOutcome;

/// A limit of calls.
struct Limit {
    calls: usize,
    span_ms: i64,
    /// The words about it at the end of a text.
    words: &'static str,
}

const LIMITS: [Limit; 2] = [
    Limit { calls: 12, span_ms: HOUR_MS, words: PER_HOUR },
    Limit { calls: 60, span_ms: 24 * HOUR_MS, words: PER_DAY },
];

/// Judges the calls to one person, and the texts that say that a limit was reached.
pub(super) fn judge(evidence: &Evidence<'_>, history: &PersonHistory<'_>, breaches: &mut Breaches) {
    for limit in &LIMITS {
        are_few(history, limit, breaches);
    }
    are_told_seldom(history, breaches);
    for request in &history.text_requests {
        for limit in LIMITS.iter().filter(|limit| request.body.ends_with(limit.words)) {
            was_reached(evidence, history, request, limit, breaches);
        }
    }
}

/// The bound on calls. Calls that the carrier accepted count: each of them is counted once, from its claim at the
/// earliest and its request at the latest.
fn are_few(history: &PersonHistory<'_>, limit: &Limit, breaches: &mut Breaches) {
    let is_accepted = |claim| history.calls.iter().any(|call| call.claim == claim);
    let accepted = history.call_requests.iter().filter(|request| is_accepted(request.claim));
    let mut calls: Vec<(i64, i64)> = accepted.map(|request| (request.claimed_ms(), request.at_ms)).collect();
    calls.sort_unstable();
    for some in calls.windows(limit.calls + 1) {
        let (Some((first_ms, _)), Some((_, last_ms))) = (some.first(), some.last()) else { continue };
        breaches.unless(last_ms - first_ms >= limit.span_ms - SKEW_MS, "bound", || {
            format!("person {} was called {} times within {} ms", history.who, some.len(), last_ms - first_ms)
        });
    }
}

/// Texts say at most once an hour that a limit was reached. Each try of a text repeats its words, so the texts are told
/// apart by their words.
fn are_told_seldom(history: &PersonHistory<'_>, breaches: &mut Breaches) {
    let is_telling = |request: &&TextRequest<'_>| LIMITS.iter().any(|limit| request.body.ends_with(limit.words));
    let mut told: Vec<&TextRequest<'_>> = Vec::new();
    for request in history.text_requests.iter().filter(is_telling) {
        if !told.iter().any(|first| first.body == request.body) {
            told.push(request);
        }
    }
    for two in told.windows(2) {
        // The words were written between the due and the request. A text may be requested long after that.
        let due_ms =
            |request: &TextRequest<'_>| pauses::named_dues(history, request.at_ms, request.body).into_iter().min();
        let apart_ms = two[1].at_ms - due_ms(two[0]).unwrap_or(two[0].at_ms);
        breaches.unless(apart_ms >= HOUR_MS - SKEW_MS, "bound", || {
            format!("person {} was told twice within {apart_ms} ms that a limit of calls was reached", history.who)
        });
    }
}

/// G1: a text says that a limit was reached only if that many calls were requested within its span, before the text.
fn was_reached(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    request: &TextRequest<'_>,
    limit: &Limit,
    breaches: &mut Breaches,
) {
    // A text about a pause names no due. Its words were written together with the pause.
    let (from_ms, to_ms) = pauses::told_by(evidence, history, request).unwrap_or_else(|| {
        let dues = pauses::named_dues(history, request.at_ms, request.body);
        (dues.into_iter().min().unwrap_or(request.at_ms), request.at_ms)
    });
    let is_reached = most_between(evidence, history, limit.span_ms, from_ms, to_ms) >= limit.calls;
    breaches.unless(is_reached, "G1", || {
        format!(
            "person {} was texted, although there were fewer than {} calls: {}",
            history.who, limit.calls, request.body
        )
    });
}

/// Whether a text that replaces a call is legal because of a limit. The occurrence was due at `due_ms`, and its text was
/// requested at `texted_ms`.
pub(super) fn is_reached(evidence: &Evidence<'_>, history: &PersonHistory<'_>, due_ms: i64, texted_ms: i64) -> bool {
    LIMITS.iter().any(|limit| most_between(evidence, history, limit.span_ms, due_ms, texted_ms) >= limit.calls)
}

/// The largest number of calls that may count within one span that ends between `due_ms` and `until_ms`. A call that the
/// carrier refused for now does not count. If a fault kept a function from requesting its call, or from giving its turn
/// back, the call counts nevertheless: the store shows that it was counted.
fn most_between(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    span_ms: i64,
    due_ms: i64,
    until_ms: i64,
) -> usize {
    let is_refused = |heard: (i64, RequestOutcome)| heard.1 == RequestOutcome::RefusedForNow;
    let placed = || history.call_requests.iter().filter(|request| !request.heard.is_some_and(is_refused));
    let counts = |request: &CallRequest<'_>| (request.claimed_ms(), request.at_ms, i64::MAX);
    let mut calls: Vec<(i64, i64, i64)> = placed().map(counts).collect();
    if evidence.injected_between(&UNWRITTEN, due_ms - span_ms, until_ms) {
        let counted = evidence.remains.counted.iter().filter(|counted| evidence.is_of(&counted.reminder, history.who));
        let others = counted.filter(|counted| !placed().any(|request| *request.claim == counted.claim));
        let until = |counted: &Counted| counted.given_back_ms.unwrap_or(i64::MAX);
        calls.extend(others.map(|counted| (counted.at_ms, counted.at_ms, until(counted))));
    }
    let ends = calls.iter().flat_map(|(claimed_ms, _, until_ms)| [claimed_ms + span_ms, until_ms - 1]);
    let ends = ends.chain([due_ms, until_ms]).filter(|end_ms| (due_ms - SKEW_MS..=until_ms).contains(end_ms));
    let within = |end_ms: i64| {
        let counts = |(claimed_ms, at_ms, until_ms): &&(i64, i64, i64)| {
            *at_ms + SKEW_MS > end_ms - span_ms && *claimed_ms <= end_ms + SKEW_MS && *until_ms > end_ms
        };
        calls.iter().filter(counts).count()
    };
    ends.map(within).max().unwrap_or(0)
}
