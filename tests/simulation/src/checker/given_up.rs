//! Whether an answer may have been given up: each of its tries was used up.
//!
//! A try is counted by a write before it is sent, and only what is known to have been refused for now is uncounted. So a try
//! is used up in three ways: its request had no readable answer; it was refused, and the write that says so was lost; or it
//! was counted and never requested, because its function died, could not read the profile or found each circuit breaker open,
//! and the write that says so was lost as well. The first two show in the requests for this very answer. The last one shows
//! only as a fault.

use super::dues::SKEW_MS;
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText, TextRequest};
use super::replies;
use crate::faults::Fault;
use crate::history::RequestOutcome;

/// Tries of an outgoing text.
const TRIES: usize = 3;

/// Longest run of a function, in milliseconds.
const RUN_MS: i64 = 20_000;

/// Shortest time between the faults of two tries that were used up, in milliseconds. A try is counted at the earliest at the
/// deadline of the one before, 60 s after that was counted, and its fault is in the same run.
const APART_MS: i64 = 60_000 - RUN_MS - SKEW_MS;

/// Faults that lose a write, or end a function before it.
const LOSES_A_WRITE: [Fault; 8] = [
    Fault::Crash,
    Fault::Freeze,
    Fault::Slow,
    Fault::WriteAnswerLost,
    Fault::WriteLandsLate,
    Fault::StoreThrottled,
    Fault::StoreDown,
    Fault::SpuriousConflict,
];

/// Faults after which a try is counted and not requested: the function dies, its time is over, it can't read the profile, or
/// the write that counts the try lands after its function has given up.
const KEEPS_FROM_REQUESTING: [Fault; 7] = [
    Fault::Crash,
    Fault::Freeze,
    Fault::Slow,
    Fault::WriteAnswerLost,
    Fault::WriteLandsLate,
    Fault::StoreThrottled,
    Fault::StoreDown,
];

/// Tries of a write of a text: it is lost if each of them meets a conflict.
const WRITE_TRIES: usize = 6;

/// Whether each of the tries of the answer to this text may have been used up.
pub(super) fn is_given_up(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    text: &PersonText<'_>,
    by_ms: i64,
) -> bool {
    let Some(first_ms) = text.handed.first().copied() else { return false };
    let is_its_own = |request: &&TextRequest<'_>| {
        (first_ms..=by_ms).contains(&request.at_ms) && replies::is_answer_to(text.meaning, request.body)
    };
    let requests = history.text_requests.iter().filter(is_its_own);
    let used_up = requests.filter(|request| is_used_up(evidence, request)).map(|request| (request.at_ms, true));
    let faults = evidence.times_between(&KEEPS_FROM_REQUESTING, first_ms, by_ms).map(|at_ms| (at_ms, false));
    let conflicts: Vec<i64> = evidence.times_between(&[Fault::SpuriousConflict], first_ms, by_ms).collect();
    let is_one_run = |run: &&[i64]| run[WRITE_TRIES - 1] - run[0] < RUN_MS;
    let lost = conflicts.windows(WRITE_TRIES).filter(is_one_run).map(|run| (run[0], false));
    let mut moments: Vec<(i64, bool)> = used_up.chain(faults).chain(lost).collect();
    moments.sort_unstable();
    let (mut tries, mut last) = (0, (i64::MIN, false));
    for (moment_ms, is_request) in moments {
        // Two requests are two tries, however soon one follows the other. A fault may be that of the request beside it.
        let is_another = moment_ms >= last.0.saturating_add(APART_MS) || (is_request && last.1);
        if is_another || is_request {
            (tries, last) = (tries + usize::from(is_another), (moment_ms, is_request));
        }
    }
    tries >= TRIES
}

/// Whether a try that was requested stays counted.
fn is_used_up(evidence: &Evidence<'_>, request: &TextRequest<'_>) -> bool {
    match request.heard {
        None | Some((_, RequestOutcome::Unknown)) => true,
        Some((heard_ms, RequestOutcome::RefusedForNow)) => {
            evidence.injected_between(&LOSES_A_WRITE, request.at_ms - RUN_MS, heard_ms + RUN_MS)
        }
        Some((_, RequestOutcome::Accepted | RequestOutcome::NumberRefused)) => false,
    }
}
