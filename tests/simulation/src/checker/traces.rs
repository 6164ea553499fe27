//! Traces: the requests and calls of each reminder id.

use std::collections::BTreeMap;

use reminder::ids::ReminderKey;

use super::dues::SKEW_MS;
use super::person_history::{Call, CallRequest, PersonHistory, made_ms};

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

/// Whether a call before `until_ms` came after a call about the occurrence that is due at `due_ms`, and after the time
/// for the repeat of that call, which was later than the next due of the series. Such a call is not repeated, so the
/// later call is about the next occurrence. `own` are the traces that belong only to this series.
pub(super) fn has_rung_again(own: &[&Trace<'_>], due_ms: i64, next_ms: i64, until_ms: i64) -> bool {
    /// Shortest time from the end of a call to its repeat, in milliseconds.
    const REPEAT_MS: i64 = 120_000;
    let claimed_ms = |call: &Call<'_>| made_ms(call.claim.as_str()).unwrap_or(call.taken_ms);
    let is_its = |call: &&Call<'_>| claimed_ms(call) >= due_ms - SKEW_MS;
    let calls = || own.iter().flat_map(|trace| &trace.calls).copied().filter(is_its);
    let repeats_ms = calls().filter_map(|call| Some(call.over_ms? + REPEAT_MS - SKEW_MS));
    repeats_ms
        .filter(|repeat_ms| *repeat_ms > next_ms.saturating_add(SKEW_MS))
        .any(|repeat_ms| calls().any(|call| (repeat_ms..until_ms).contains(&call.taken_ms)))
}
