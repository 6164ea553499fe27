//! Whether the service may have given up an answer.
//!
//! The service counts a try by a write before it sends the request. It takes the count back only if it knows that the
//! try was not sent, or was refused for now. An answer is given up if each of its tries was used up. A try is used
//! up in three ways:
//!
//! - Its request had no readable response.
//! - Its request was refused for now, but the write that takes the count back was lost.
//! - It was counted but never requested, because its function died. Or the profile could not be read or each breaker
//!   was open, and the write that takes the count back was lost.
//!
//! The first two ways show in the requests for the answer. The third way shows only as a fault.
//!
//! An answer is also given up if the carriers refuse it for now, again and again, for a day.

use super::dues::{MINUTE_MS, RUN_MS, SKEW_MS};
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText, TextRequest};
use super::replacement_texts::UNWRITTEN;
use crate::faults::Fault;
use crate::history::RequestOutcome;

/// Maximum number of tries of an outgoing text.
const TRIES: usize = 3;

/// For each try, the shortest time between the instant at which the previous try was used up and the instant at which
/// this try is used up, in milliseconds. A try is counted at the earliest at the deadline of the previous try, and the
/// fault that uses it up is in the same run. The deadline is 30 s after the first try was counted, and 60 s after the
/// second. The deadline that the writer of an answer sets for the first try is later: after 60 s. But if that try is
/// refused, its count is taken back, and the next try is the first again, with a deadline after 30 s.
const APART_MS: [i64; TRIES] = [0, 30_000 - RUN_MS - SKEW_MS, 60_000 - RUN_MS - SKEW_MS];

/// How long an answer is tried if it is refused for now, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;

/// Longest time between a refusal and the next try, in milliseconds.
const AGAIN_MS: i64 = 900_000;

/// How many times a function sends a write before it gives up. It sends the write again after a conflict.
const WRITES: usize = 6;

/// Faults after which a try may be counted but not requested: the function dies, its time runs out, it does not learn
/// that the write that counts the try was applied, or a try was not sent and the write that takes its count back is
/// lost.
const KEEPS_FROM_REQUESTING: [Fault; 7] = [
    Fault::Crash,
    Fault::Freeze,
    Fault::Slow,
    Fault::WriteAnswerLost,
    Fault::WriteLandsLate,
    Fault::StoreThrottled,
    Fault::StoreDown,
];

/// Whether the answer to this text may have been given up by `by_ms`: it was refused for now for a day, or each of its
/// tries may have been used up.
pub(super) fn is_given_up(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    text: &PersonText<'_>,
    by_ms: i64,
) -> bool {
    // The answer to a text that was not handled does not exist.
    let Some(first_ms) = text.handled_ms() else { return false };
    if is_refused_for_a_day(evidence, history, text, first_ms) {
        return true;
    }
    let is_its_own =
        |request: &&TextRequest<'_>| (first_ms..=by_ms).contains(&request.at_ms) && text.is_answered_with(request.body);
    let requests = history.text_requests.iter().filter(is_its_own);
    let used_up = requests.filter(|request| is_used_up(evidence, request)).map(|request| (request.at_ms, true));
    let conflicts: Vec<i64> = evidence.times_between(&[Fault::SpuriousConflict], first_ms, by_ms).collect();
    // The fault that uses up the first try may hit the write that stored the text. That write may be a minute on its
    // way.
    let faults = evidence.times_between(&KEEPS_FROM_REQUESTING, first_ms - RUN_MS - MINUTE_MS, by_ms);
    let faults = faults.chain(lost_to_conflicts(conflicts));
    let mut instants: Vec<(i64, bool)> = used_up.chain(faults.map(|at_ms| (at_ms, false))).collect();
    instants.sort_unstable();
    use_up_all(&instants)
}

/// Whether carriers refused the answer for now until its day was over. An answer that is refused for now is tried again
/// at most 15 minutes later, for a day in all.
///
/// While a breaker is open, a try is refused without a request. Then the refused requests for other texts, to any
/// person, show that the carriers still refuse texts. So between the last request for the answer and the end of its
/// day, no request may have been accepted, and at most 15 minutes may lie between two refusals.
fn is_refused_for_a_day(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    text: &PersonText<'_>,
    first_ms: i64,
) -> bool {
    let ends_ms = first_ms + DAY_MS;
    let is_its_own = |request: &&TextRequest<'_>| {
        let is_tried = (first_ms..=ends_ms + RUN_MS).contains(&request.at_ms);
        is_tried && text.is_answered_with(request.body)
    };
    let own = history.text_requests.iter().filter(is_its_own).max_by_key(|request| request.at_ms);
    let Some(own) = own.filter(|own| is_refused(own)) else { return false };
    let everyone = evidence.people.iter().flat_map(|person| &person.text_requests);
    let mut later: Vec<&TextRequest<'_>> =
        everyone.filter(|request| request.at_ms > own.at_ms && request.at_ms <= ends_ms).collect();
    later.sort_unstable_by_key(|request| request.at_ms);
    let refused = later.iter().filter(|request| is_refused(request)).map(|request| request.at_ms);
    let instants: Vec<i64> = std::iter::once(own.at_ms).chain(refused).chain([ends_ms]).collect();
    let is_accepted = |request: &&TextRequest<'_>| matches!(request.heard, Some((_, RequestOutcome::Accepted)));
    !later.iter().any(is_accepted) && instants.windows(2).all(|pair| pair[1] - pair[0] <= AGAIN_MS + RUN_MS)
}

fn is_refused(request: &TextRequest<'_>) -> bool {
    matches!(request.heard, Some((_, RequestOutcome::RefusedForNow)))
}

/// Whether each try may have been used up at one of these instants, which are in order. Each instant is the time of a
/// request (`true`), or of a fault that may have kept the service from sending a request (`false`).
fn use_up_all(instants: &[(i64, bool)]) -> bool {
    let (mut tries, mut last) = (0, (i64::MIN, false));
    for (instant_ms, is_request) in instants.iter().copied() {
        let Some(apart_ms) = APART_MS.get(tries) else { break };
        // Two requests are two tries, even if the second follows at once. A fault that is close to a request may belong
        // to the same try.
        let is_another = instant_ms >= last.0.saturating_add(*apart_ms) || (is_request && last.1);
        if is_another || is_request {
            (tries, last) = (tries + usize::from(is_another), (instant_ms, is_request));
        }
    }
    tries >= TRIES
}

/// The times at which a write may have been lost because it met a conflict each time that it was sent, within one run.
/// If the write should have taken back the count of a try that found each breaker open, that try stays counted.
fn lost_to_conflicts(mut conflicts: Vec<i64>) -> Vec<i64> {
    conflicts.sort_unstable();
    let of_one_run = |run: &&[i64]| run[WRITES - 1] - run[0] <= RUN_MS;
    conflicts.windows(WRITES).filter(of_one_run).map(|run| run[0]).collect()
}

/// Whether this request may have used up its try, in one of the first two ways that the module's comment lists.
fn is_used_up(evidence: &Evidence<'_>, request: &TextRequest<'_>) -> bool {
    match request.heard {
        None | Some((_, RequestOutcome::Unknown)) => true,
        Some((heard_ms, RequestOutcome::RefusedForNow)) => {
            evidence.injected_between(&UNWRITTEN, request.at_ms - RUN_MS, heard_ms + RUN_MS)
        }
        Some((_, RequestOutcome::Accepted | RequestOutcome::NumberRefused)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_uses_up_the_next_try_at_the_earliest_a_run_and_a_clock_skew_before_the_deadline() {
        for (instants, expected) in [
            ([0, 37_000, 97_000], true),
            ([0, 9_000, 48_000], true),
            ([0, 8_999, 48_000], false),
            ([0, 9_000, 47_999], false),
        ] {
            let instants = instants.map(|instant| (instant, false));
            assert_eq!(use_up_all(&instants), expected, "{instants:?}");
        }
        assert!(!use_up_all(&[(0, false), (60_000, false)]));
    }

    #[test]
    fn only_six_conflicts_in_one_run_lose_a_write() {
        assert_eq!(lost_to_conflicts(vec![1, 2, 3, 4, 5]), [0_i64; 0]);
        assert_eq!(lost_to_conflicts(vec![1, 2, 3, 4, 5, 20_001]), [1]);
        assert_eq!(lost_to_conflicts(vec![1, 2, 3, 4, 5, 20_002]), [0_i64; 0]);
    }
}
