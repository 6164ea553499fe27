//! Traces: the requests and calls of each reminder id, and when the claim of a request was made.

use std::collections::BTreeMap;

use reminder::ids::ReminderKey;

use super::dues::FROZEN_MS;
use super::person_history::{Call, CallRequest, PersonHistory, made_ms};

/// All requests and calls of one reminder id.
#[derive(Debug)]
pub(super) struct Trace<'e> {
    pub(super) key: &'e ReminderKey,
    pub(super) call_requests: Vec<&'e CallRequest<'e>>,
    pub(super) calls: Vec<&'e Call<'e>>,
}

impl CallRequest<'_> {
    /// When its claim was made, by the time in the claim's id, or the time of the request if the id's time is not
    /// plausible. A function that froze sends its request up to an hour after its claim, when the next occurrence may
    /// be due.
    pub(super) fn claimed_ms(&self) -> i64 {
        let made_ms = made_ms(self.claim.as_str());
        made_ms.filter(|made_ms| (self.at_ms - FROZEN_MS..=self.at_ms).contains(made_ms)).unwrap_or(self.at_ms)
    }
}

/// Groups a person's requests and calls by reminder id.
pub(super) fn of<'e>(history: &'e PersonHistory<'_>) -> Vec<Trace<'e>> {
    let mut traces: BTreeMap<&ReminderKey, Trace<'e>> = BTreeMap::new();
    let empty = |key| Trace { key, call_requests: Vec::new(), calls: Vec::new() };
    for request in &history.call_requests {
        traces.entry(request.key).or_insert_with(|| empty(request.key)).call_requests.push(request);
    }
    for call in &history.calls {
        traces.entry(call.key).or_insert_with(|| empty(call.key)).calls.push(call);
    }
    traces.into_values().collect()
}
