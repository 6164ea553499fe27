//! Finds doubled reminders and calls of a person.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::evidence::{Call, Evidence};
use crate::promise;

/// Maximum number of calls of an occurrence.
const MOST_CALLS: usize = 3;
/// Maximum number of tries of a text whose outcome is unknown.
pub(crate) const MOST_TEXTS: usize = 3;
/// Minimum time between two occurrences of a repeating reminder. The service allows five minutes, and the first call of
/// an occurrence may be late.
const OCCURRENCES_APART: SignedDuration = SignedDuration::from_mins(4);

/// Returns descriptions of doubled reminders and calls of a person who sent this number of different texts that were
/// answered by a promise.
pub(crate) fn calls(calls: &[&Call], seen: &Evidence, texts: usize) -> Vec<String> {
    let all: BTreeSet<&str> = calls.iter().map(|call| call.reminder.as_str()).collect();
    let mut doubled = Vec::new();
    if all.len() > texts {
        let names = all.iter().copied().collect::<Vec<_>>().join(", ");
        doubled.push(format!("{} reminders for {texts} texts: {names}", all.len()));
    }
    // A phone is in one call at a time, even if the calls are about several reminders.
    for (earlier, later) in calls.iter().zip(calls.iter().skip(1)) {
        if earlier.ended_at.is_none_or(|ended_at| later.requested_at < ended_at) {
            doubled.push(format!("two calls at once: {} and {}", earlier.reminder, later.reminder));
        }
    }
    let asked = Asked::of(seen);
    for reminder in all {
        let calls: Vec<&Call> = calls.iter().copied().filter(|call| call.reminder == reminder).collect();
        let mut note = |problem: &str| doubled.push(format!("{problem}: {reminder}"));
        let claims: BTreeSet<&str> = calls.iter().map(|call| call.claim.as_str()).collect();
        if claims.len() < calls.len() {
            note("two calls with one claim");
        }
        let mut of_occurrence = 1;
        for (earlier, later) in calls.iter().zip(calls.iter().skip(1)) {
            if asked.between(earlier.requested_at, later.requested_at) {
                of_occurrence = 1;
                continue;
            }
            // Without a key the reminder may ring again, because a mailbox may have picked up.
            if earlier.key_handled_at.is_some_and(|handled_at| handled_at < later.requested_at) {
                note("called again after a key");
            }
            of_occurrence += 1;
            if of_occurrence == MOST_CALLS + 1 {
                note("more than three calls");
            }
        }
    }
    doubled
}

/// What a person asked for that makes another call of the same reminder right.
struct Asked {
    /// When the person changed a reminder by a text, or asked for another call by a key.
    at: Vec<Timestamp>,
    repeats: bool,
}

impl Asked {
    fn of(seen: &Evidence) -> Self {
        let promised = seen.promises.iter();
        let changed = promised.clone().filter(|(_, words)| !promise::is_new(words)).map(|(at, _)| *at);
        let answered = seen.texts.iter().filter(|text| text.is_answer).map(|text| text.at);
        let at = changed.chain(answered).chain(seen.asked_again.iter().copied()).collect();
        let mut all = promised.flat_map(|(at, words)| promise::read(words, *at));
        Self { at, repeats: all.any(|promise| promise.repeats) }
    }

    /// Returns whether a call at `later` belongs to another occurrence than a call at `earlier`.
    fn between(&self, earlier: Timestamp, later: Timestamp) -> bool {
        self.at.iter().any(|at| (earlier..later).contains(at))
            || self.repeats && later.duration_since(earlier) >= OCCURRENCES_APART
    }
}
