//! Whether the service may have given up an answer.
//!
//! The service counts a try by a write before it sends the request. It takes the count back only if it knows that the
//! try was not sent, or was refused for now. The store shows which answers were given up, and when each try was counted
//! whose count was not taken back. An answer may be given up in two cases:
//!
//! - Three tries were counted, and each of them was used up, in one of three ways. Its request had no readable
//!   response. Its request was refused for now, but the write that takes the count back was lost. Or it was counted but
//!   never requested, because its function died, or because the profile could not be read or each breaker was open, and
//!   the write that takes the count back was lost. The first two ways show in the requests for the answer. The third
//!   way shows only as a fault.
//! - The carriers refuse it for now, again and again, for a day.
//! - The store refuses nearly every access for a day, so that no try can be counted or no outcome can be written.

use super::dues::{FROZEN_MS, MINUTE_MS, RUN_MS, SKEW_MS};
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText, TextRequest};
use super::replacement_texts::UNWRITTEN;
use crate::faults::Fault;
use crate::history::RequestOutcome;

/// Maximum number of tries of an outgoing text.
const TRIES: usize = 3;

/// How long an answer is tried if it is refused for now, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;

/// Longest time between a refusal and the next try, in milliseconds.
const AGAIN_MS: i64 = 900_000;

/// How many times a function sends a write before it gives up. It sends the write again after a conflict.
const WRITES: usize = 6;

/// Faults in the run of a function that counts a try, after which the try may not be requested: the function dies, its
/// time runs out, it does not learn that the write that counts the try was applied, or a try was not sent and the write
/// that takes its count back is lost.
const KEEPS_FROM_REQUESTING: [Fault; 6] =
    [Fault::Crash, Fault::Slow, Fault::WriteAnswerLost, Fault::WriteLandsLate, Fault::StoreThrottled, Fault::StoreDown];

/// Whether the answer to this text may have been given up: the store shows that it was, and it was refused for now for
/// a day, or each of its tries may have been used up. An empty answer is never sent, so it can't be given up.
pub(super) fn is_given_up(evidence: &Evidence<'_>, history: &PersonHistory<'_>, text: &PersonText<'_>) -> bool {
    let Some(given_up) = evidence.remains.given_up.get(&text.id) else { return false };
    text.has_words()
        && (is_refused_for_a_day(evidence, history, text, given_up.owed_ms)
            || is_store_failing(evidence, given_up.owed_ms)
            || are_used_up(evidence, history, text, &given_up.counted_ms))
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

/// Whether the store refused nearly every access in the day after an answer was written. A try takes four accesses, and
/// the sweeper has 1 440 runs in a day. If nine of ten accesses fail, one of seven such days has a try.
fn is_store_failing(evidence: &Evidence<'_>, first_ms: i64) -> bool {
    /// Number of accesses that are refused, of 10 000.
    const REFUSED: u32 = 9000;
    let refuses = |from_ms| evidence.injected_between(&[Fault::StoreThrottled], from_ms, from_ms + AGAIN_MS);
    let mut quarters = (first_ms..first_ms + DAY_MS).step_by(usize::try_from(AGAIN_MS).unwrap_or(usize::MAX));
    evidence.remains.cloud.faults.rate(Fault::StoreThrottled) >= REFUSED && quarters.all(refuses)
}

fn is_refused(request: &TextRequest<'_>) -> bool {
    matches!(request.heard, Some((_, RequestOutcome::RefusedForNow)))
}

/// Whether each try may have been used up. `counted_ms` is when each try was counted. A try is used up in the run of
/// the function that counted it, or because that function froze, for up to an hour, before or after the count. Each
/// freeze uses up one try.
fn are_used_up(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    text: &PersonText<'_>,
    counted_ms: &[i64],
) -> bool {
    let is_requested = |counted_ms: i64| {
        let mut own = history.text_requests.iter().filter(|request| text.is_answered_with(request.body));
        own.any(|request| {
            (counted_ms - SKEW_MS..=counted_ms + RUN_MS).contains(&request.at_ms) && is_used_up(evidence, request)
        })
    };
    let left: Vec<i64> = counted_ms
        .iter()
        .copied()
        .filter(|counted_ms| !is_requested(*counted_ms) && !may_lack_a_request(evidence, *counted_ms))
        .collect();
    let mut freezes = left.iter().map(|counted_ms| (counted_ms - FROZEN_MS, counted_ms + RUN_MS));
    let froze = |(from_ms, to_ms)| evidence.injected_between(&[Fault::Freeze], from_ms, to_ms);
    let (first_ms, last_ms) = (left.first().unwrap_or(&0) - FROZEN_MS, left.last().unwrap_or(&0) + RUN_MS);
    counted_ms.len() == TRIES
        && freezes.all(froze)
        && evidence.times_between(&[Fault::Freeze], first_ms, last_ms).count() >= left.len()
}

/// Longest time in which a slow request arrives, in milliseconds.
const SLOW_MS: i64 = 25_000;

/// Whether a fault may have kept the function that counted a try at this instant from requesting it, or from taking its
/// count back. If the count itself was slow or landed late, it was sent up to 25 s or up to a minute before.
fn may_lack_a_request(evidence: &Evidence<'_>, counted_ms: i64) -> bool {
    let (from_ms, to_ms) = (counted_ms - RUN_MS, counted_ms + RUN_MS);
    let conflicts: Vec<i64> = evidence.times_between(&[Fault::SpuriousConflict], from_ms, to_ms).collect();
    evidence.injected_between(&KEEPS_FROM_REQUESTING, from_ms, to_ms)
        || evidence.injected_between(&[Fault::Slow], counted_ms - SLOW_MS, counted_ms)
        || evidence.injected_between(&[Fault::WriteLandsLate], counted_ms - MINUTE_MS, counted_ms)
        || lose_a_write(conflicts)
}

/// Whether a write may have been lost because it met a conflict each time that it was sent, within one run. If the
/// write should have taken back the count of a try that found each breaker open, that try stays counted.
fn lose_a_write(mut conflicts: Vec<i64>) -> bool {
    conflicts.sort_unstable();
    conflicts.windows(WRITES).any(|run| run[WRITES - 1] - run[0] <= RUN_MS)
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
    fn only_six_conflicts_in_one_run_lose_a_write() {
        assert!(!lose_a_write(vec![1, 2, 3, 4, 5]));
        assert!(lose_a_write(vec![1, 2, 3, 4, 5, 20_001]));
        assert!(!lose_a_write(vec![1, 2, 3, 4, 5, 20_002]));
    }
}
