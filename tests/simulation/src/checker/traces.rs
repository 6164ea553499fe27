//! Traces: the requests and calls of each reminder id.

use std::collections::BTreeMap;

use reminder::ids::ReminderKey;

use super::person_history::{Call, CallRequest, PersonHistory};

/// All requests and calls of one reminder id.
#[derive(Debug)]
pub(super) struct Trace<'e> {
    pub(super) key: &'e ReminderKey,
    pub(super) call_requests: Vec<&'e CallRequest<'e>>,
    pub(super) calls: Vec<&'e Call<'e>>,
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
