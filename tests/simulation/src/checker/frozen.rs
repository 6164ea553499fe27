//! Functions that froze between a claim and its request.

use super::dues::{SKEW_MS, UNDER_WAY_MS};
use super::evidence::Evidence;
use super::person_history::CallRequest;
use crate::faults::Fault;

/// The time in which the function of a claim began to run, in milliseconds. A freeze is recorded when a function begins
/// to run. A function that thawed before it made its claim made it by the time after the thaw.
pub(super) fn began_ms(request: &CallRequest<'_>) -> (i64, i64) {
    let claimed_ms = request.claimed_ms();
    (claimed_ms - UNDER_WAY_MS, claimed_ms + SKEW_MS)
}

/// Whether the function of this request may have frozen after its claim. Then it sends its one request when it thaws.
pub(super) fn thaws(evidence: &Evidence<'_>, request: &CallRequest<'_>) -> bool {
    let (from_ms, to_ms) = began_ms(request);
    evidence.injected_between(&[Fault::Freeze], from_ms, to_ms)
}
