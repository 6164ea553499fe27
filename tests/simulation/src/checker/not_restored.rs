//! The reminders that a RESTORE could not bring back, as its answer says: "1 reminder can't come back: its time has
//! passed, or you have too many."

use super::dues::SKEW_MS;
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText};
use super::promise::Promise;
use super::promises::Promises;

/// Number of open reminders that a person with a confirmed number may have. Such a number has no other limit that
/// could keep a reminder from coming back: its reminders were within the limits when they were made.
const OPEN: usize = 80;

/// How many reminders a limit may have kept from coming back after this RESTORE. The number in its answer also counts
/// the reminders whose times have passed. `stopped` are the promises that the opt-out certainly ended.
pub(super) fn by_limit(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promises: &Promises<'_>,
    stopped: &[&Promise<'_>],
    (restore, handled_ms): (&PersonText<'_>, i64),
) -> usize {
    if evidence.is_person_confirmed_at(history.who, handled_ms) && promises.all.len() < OPEN {
        return 0;
    }
    let passed = stopped.iter().filter(|promise| has_passed(evidence, history, promise, handled_ms)).count();
    restore.stored.map_or(0, |(_, answer)| count(answer)).saturating_sub(passed)
}

/// Whether the time of a one-off certainly passed between the last opt-out and this instant.
fn has_passed(evidence: &Evidence<'_>, history: &PersonHistory<'_>, promise: &Promise<'_>, handled_ms: i64) -> bool {
    let due_ms = promise.due_ms();
    let opt_outs = history.texts.iter().filter(|text| text.meaning.opts_out());
    let out_ms = opt_outs.filter_map(PersonText::handled_ms).filter(|out_ms| *out_ms < handled_ms).max();
    let is_passed = out_ms.is_some_and(|out_ms| (out_ms + SKEW_MS..handled_ms - SKEW_MS).contains(&due_ms));
    // In another zone, its time may not have passed.
    let is_certain = promise.series.is_none() && (!promise.is_local || history.zones.len() == 1);
    // The service does not count a reminder that it can't read.
    let is_read = |(reminder, _): (&&str, &i64)| !promise.is_stored_as(evidence, history, reminder);
    is_passed && is_certain && evidence.spoiled.iter().all(is_read)
}

/// The number in the answer to a RESTORE.
fn count(answer: &str) -> usize {
    let before = answer.split_once(" can't come back").map(|(before, _)| before.trim_end_matches(" reminders"));
    let count = before.and_then(|before| before.trim_end_matches(" reminder").rsplit(' ').next());
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}
