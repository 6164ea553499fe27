//! Judges all calls to one person: two calls never overlap, and in no hour are there more calls than the person's dues
//! allow, which is the bound on nuisance.

use super::breach::Breaches;
use super::candidates::Candidate;
use super::dues::{HOUR_MS, SKEW_MS};
use super::evidence::Evidence;
use super::person_history::{Call, PersonHistory};
use super::replacement_texts::UNWRITTEN;
use crate::history::RequestOutcome;
use reminder::ids::{ClaimId, ReminderKey};

/// Maximum number of calls of an occurrence.
const EACH: usize = 3;

/// Longest time from a due to the acceptance of a call about it, in milliseconds: the maximum lateness, the time from
/// the claim to its request, the hour for which a function may be frozen with a run before and after it, and the half
/// hour for which a request may be on its way.
pub(super) const CALLED_MS: i64 = (900 + 12 + 3600 + 40 + 1800) * 1000;

/// Shortest time between the starts of two calls to one person about different reminders, in milliseconds.
const APART_MS: i64 = 60_000;

/// How long `Dialing` waits for the carrier's answer, in milliseconds.
const DIALING_MS: i64 = 60_000;

/// How long a turn lasts at most, in milliseconds: a call rings for up to 23 s and goes on for up to 90 s, and a minute
/// later its carrier is asked.
pub(super) const TURN_MS: i64 = (23 + 90 + 60) * 1000;

/// How long a call may still go on after a key, in milliseconds, including the run that writes the effect of the key.
const GOODBYE_MS: i64 = (40 + 2) * 1000;

/// How long the report of a call's end takes without a fault, in milliseconds.
const REPORTS_MS: i64 = 1000;

/// Longest time until a reminder that found the phone busy tries again, in milliseconds after the phone is free: the
/// policy's random delay of up to 20 s, a second of the queue, and a run.
const AGAIN_MS: i64 = 22_000;

/// Judges the calls to one person together. The candidates are the reminders that the person may be called about.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    candidates: &[Candidate<'_>],
    breaches: &mut Breaches,
) {
    check_overlaps(evidence, history, breaches);
    check_calls_in_an_hour(history, candidates, breaches);
}

/// A call, and the turn that was taken for it.
struct Turn<'e> {
    /// When it was claimed: the turn is taken between this instant and the request.
    claimed_ms: i64,
    /// When the call was requested.
    at_ms: i64,
    /// Until when it holds the turn.
    until_ms: i64,
    call: &'e Call<'e>,
}

/// The turns of a person's calls. A turn ends when its call is over, and at the latest when the call must be over: a
/// carrier that still queues the call is then asked to cancel it. If the outcome of the request is not known within the
/// 60 s of `Dialing`, the occurrence ends then, and no record names the call any more. So the turn ends then too.
fn turns<'e>(evidence: &Evidence<'_>, history: &'e PersonHistory<'_>) -> Vec<Turn<'e>> {
    let mut turns: Vec<Turn<'e>> = Vec::new();
    for call in &history.calls {
        let Some(request) = history.call_requests.iter().find(|request| request.claim == call.claim) else { continue };
        let claimed_ms = request.claimed_ms();
        let is_known =
            |heard: (i64, RequestOutcome)| heard.1 == RequestOutcome::Accepted && heard.0 <= claimed_ms + DIALING_MS;
        // The function that learned the outcome may have died before it wrote it.
        let is_hidden = evidence.injected_between(&UNWRITTEN, claimed_ms - SKEW_MS, claimed_ms + DIALING_MS);
        let is_written = !is_hidden || !evidence.remains.unaccepted_claims.contains_key(call.claim.as_str());
        let lease_ms = if request.heard.is_some_and(is_known) && is_written { TURN_MS } else { DIALING_MS };
        let until_ms = call.over_ms.unwrap_or(i64::MAX).min(claimed_ms + lease_ms);
        turns.push(Turn { claimed_ms, at_ms: request.at_ms, until_ms, call });
    }
    turns.sort_by_key(|turn| turn.claimed_ms);
    turns
}

/// G2: a call to a person starts only when the previous call is over. The turns of calls about different reminders are
/// taken at least a minute apart: so the second call is requested at least a minute after the first call was claimed.
fn check_overlaps(evidence: &Evidence<'_>, history: &PersonHistory<'_>, breaches: &mut Breaches) {
    let turns = turns(evidence, history);
    for (place, second) in turns.iter().enumerate() {
        let before = turns[..place].iter().rev();
        for first in before.take_while(|first| second.claimed_ms - first.claimed_ms < TURN_MS) {
            let overlaps = first.until_ms > second.at_ms + SKEW_MS;
            // The calls about one reminder are kept apart by its retry delays.
            let is_other = first.call.key != second.call.key;
            let is_soon = is_other && second.at_ms - first.claimed_ms < APART_MS - SKEW_MS;
            if overlaps || is_soon {
                breaches.add("G2", || {
                    let apart_s = (second.at_ms - first.at_ms) / 1000;
                    let (first, second) = (first.call.claim, second.call.claim);
                    format!("claims {first} and {second} call the same phone {apart_s} s apart")
                });
            }
        }
    }
}

/// When the person's phone is free for a call that was due at `from_ms` and was requested at `at_ms`, including the
/// time until the waiting reminder tries again. The result is between these two instants. An earlier call about another
/// reminder keeps the phone for at least 60 s, until the record of that reminder shows that the call is over, and at
/// the latest until it must be over. After its person has pressed a key or texted, a call may still go on for a moment.
/// For that long, it keeps the phone from the next occurrence of its own series too.
pub(super) fn free_ms(history: &PersonHistory<'_>, key: &ReminderKey, from_ms: i64, at_ms: i64) -> i64 {
    let earlier = history.call_requests.iter().filter(|request| request.at_ms < at_ms);
    let recent = earlier.filter(|request| request.at_ms > from_ms - TURN_MS);
    let free = recent.filter_map(|request| {
        let end_ms = request.at_ms + TURN_MS;
        let acted_ms = acted_ms(history, request.claim, request.at_ms, end_ms);
        if request.key == key && acted_ms.is_none() {
            return None;
        }
        let call = history.calls.iter().find(|call| call.claim == request.claim);
        // A call that its carrier reports as over keeps the phone no longer. The end of any other call is known only at
        // its deadline.
        let known_ms = match (call, request.heard) {
            (Some(call), _) => call.over_ms.map(|over_ms| over_ms + REPORTS_MS),
            (None, Some((known_ms, RequestOutcome::NumberRefused | RequestOutcome::RefusedForNow))) => Some(known_ms),
            (None, _) => None,
        };
        let over_ms = known_ms.unwrap_or(end_ms).max(acted_ms.map_or(0, |acted_ms| acted_ms + GOODBYE_MS)).min(end_ms);
        Some(over_ms.max(request.at_ms + APART_MS) + AGAIN_MS)
    });
    free.max().map_or(from_ms, |free_ms| free_ms.min(at_ms)).max(from_ms)
}

/// When the person last pressed a key on this call, or sent a text that may have ended its occurrence, in this time.
fn acted_ms(history: &PersonHistory<'_>, claim: &ClaimId, from_ms: i64, to_ms: i64) -> Option<i64> {
    let call = history.calls.iter().find(|call| call.claim == claim);
    let pressed_ms = call.into_iter().flat_map(|call| &call.pressed).map(|(at_ms, _)| *at_ms);
    let texted_ms = history.texts.iter().filter(|text| text.meaning.changes()).flat_map(|text| &text.handed).copied();
    pressed_ms.chain(texted_ms).filter(|acted_ms| (from_ms..to_ms).contains(acted_ms)).max()
}

/// The bound on nuisance: each due allows three calls.
fn check_calls_in_an_hour(history: &PersonHistory<'_>, candidates: &[Candidate<'_>], breaches: &mut Breaches) {
    let mut calls_ms: Vec<i64> = history.calls.iter().map(|call| call.taken_ms).collect();
    calls_ms.sort_unstable();
    for (place, from_ms) in calls_ms.iter().enumerate() {
        let calls = calls_ms[place..].iter().take_while(|at_ms| *at_ms - from_ms < HOUR_MS).count();
        // One due already allows this many calls.
        if calls <= EACH {
            continue;
        }
        let (from_ms, to_ms) = (from_ms - CALLED_MS, from_ms + HOUR_MS + SKEW_MS);
        let dues: usize = candidates.iter().map(|candidate| dues_in(candidate, from_ms, to_ms)).sum();
        breaches.unless(calls <= EACH * dues, "bound", || {
            format!("person {} was called {calls} times in an hour, with {dues} dues", history.who)
        });
    }
}

/// How many occurrences of a candidate may be due in this time.
pub(super) fn dues_in(candidate: &Candidate<'_>, from_ms: i64, to_ms: i64) -> usize {
    let Some(series) = &candidate.series else {
        let holds = candidate.windows.iter().any(|window| window.to_ms >= from_ms && window.from_ms <= to_ms);
        // If its zone may have been corrected, it may be due at another time than an answer stated.
        return usize::from(holds || candidate.corrected.is_some());
    };
    let Some(first_ms) = candidate.windows.first().map(|window| window.from_ms) else { return 0 };
    let mut due_ms = series.current(first_ms, from_ms);
    let mut dues = usize::from(due_ms <= to_ms);
    while let Some(next_ms) = series.next(first_ms, due_ms).filter(|next_ms| *next_ms <= to_ms) {
        (due_ms, dues) = (next_ms, dues + 1);
    }
    // If its zone may have been corrected, the same occurrence may be due once more.
    dues + usize::from(candidate.corrected.is_some())
}
