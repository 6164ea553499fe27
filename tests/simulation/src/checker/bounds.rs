//! How late a first call may be, derived from the policy's defaults for each class of fault.
//!
//! - No fault: 5 s. A queue's delay is rounded up to a second, and the dialer runs once.
//! - A lost, late or refused message, or a schedule whose message is lost: 170 s. The deadline is 90 s after the
//!   wake-up, the sweeper runs every 60 s, and its run takes up to 20 s.
//! - A function that crashes, times out or is slow: 170 s. The deadline of a reminder without a claim is as above.
//!   After a claim the reminder is not dialed again.
//! - An index that is behind: 120 s. The sweeper finds the deadline this much later, if a message was lost as well.
//! - A refusal for now: 170 s. A backoff takes at most 120 s, and then its wake-up is in the queue, and the dialer
//!   runs.
//! - A rolled-back release: the maximum lateness. A record that the newer release wrote waits until that release runs
//!   again.
//!
//! The bounds of up to three faults add up. After more than three faults, backoffs double and breakers open. Then only
//! the maximum lateness bounds the call.

use std::collections::BTreeMap;

use reminder::ids::ReminderId;

use super::evidence::Evidence;

/// How late a first call may be without faults, in milliseconds.
pub(super) const ON_TIME_MS: i64 = 5000;

/// How much later each fault may make the first call, in milliseconds.
const EACH_MS: i64 = 170_000;

/// Maximum number of faults whose bounds add up.
const MOST: i64 = 3;

/// How long before the due a fault may still delay the call, in milliseconds: a message waits in the queue for up to 14
/// minutes, and a write of the text that made the reminder may take 20 s.
const BEFORE_MS: i64 = 900_000;

/// Delay that each other call causes at a rate of one call a second, in milliseconds.
const SLOT_MS: i64 = 1000;

/// How long a call that was due at `due_ms` and requested at `at_ms` waited for slots, because repeated deliveries of
/// its own wake-up had taken the earlier slots. Each of these deliveries took one slot, and its write was refused,
/// because the delivery with the later slot had written first. Each such slot delays the call by `each_ms`.
fn own_slots_ms(evidence: &Evidence<'_>, reminder: &ReminderId, due_ms: i64, at_ms: i64, each_ms: i64) -> i64 {
    let name = reminder.to_string();
    let postponed =
        evidence.remains.postponed_calls.iter().filter(|(other, postponed)| *other == name && postponed.has_slot);
    let slot_waits = postponed.filter(|(_, postponed)| (due_ms..=at_ms).contains(&postponed.to_ms));
    let waited_ms: i64 = slot_waits.map(|(_, postponed)| postponed.to_ms - postponed.from_ms).sum();
    let costs = evidence.remains.costs.iter().find(|(other, _)| *other == name);
    waited_ms.min(costs.map_or(0, |(_, costs)| i64::from(costs.lost) * each_ms))
}

/// How long a call that was due at `due_ms` and requested at `at_ms` may have waited for slots. Each request before
/// this one took one slot. So did each reminder that had reserved a slot and did not use it.
///
/// - A confirmed number gets the first free slot that has not passed, so all slots from now until its own are reserved.
///   The first of these comes less than one slot from now.
/// - An unconfirmed number leaves one slot free before its own, and so did each unconfirmed number before it. The first
///   slot of an idle channel is now, so each reserved slot makes it wait for at most two slots.
pub(super) fn slots_ms(evidence: &Evidence<'_>, reminder: &ReminderId, due_ms: i64, at_ms: i64) -> i64 {
    let is_confirmed = evidence.is_confirmed_at(reminder, due_ms);
    let each_ms = if is_confirmed { SLOT_MS } else { 2 * SLOT_MS };
    let slots = evidence.requests_between(due_ms - ON_TIME_MS, at_ms) + unused_slots(evidence, reminder, due_ms, at_ms);
    let reserved_ms = slots * each_ms + own_slots_ms(evidence, reminder, due_ms, at_ms, each_ms);
    if is_confirmed && reserved_ms > 0 { reserved_ms + SLOT_MS } else { reserved_ms }
}

/// How many slots from `due_ms` to `at_ms` were reserved for other reminders that made no request with them. A person
/// may end an occurrence with a text or a key while its next call waits for its slot. A slot is never handed out again,
/// so it passes unused. If a reminder made requests in this time, as many of its slots count as used.
fn unused_slots(evidence: &Evidence<'_>, reminder: &ReminderId, due_ms: i64, at_ms: i64) -> i64 {
    let mut reserved: BTreeMap<&str, i64> = BTreeMap::new();
    for (other, postponed) in &evidence.remains.postponed_calls {
        if postponed.has_slot && (due_ms..=at_ms).contains(&postponed.to_ms) && other.as_str() != reminder.as_str() {
            *reserved.entry(other).or_default() += 1;
        }
    }
    if reserved.is_empty() {
        return 0;
    }
    let requests = evidence.people.iter().flat_map(|history| &history.call_requests);
    for request in requests.filter(|request| (due_ms - ON_TIME_MS..at_ms).contains(&request.at_ms)) {
        if let Some(unused) = reserved.get_mut(request.key.reminder.as_str()) {
            *unused -= 1;
        }
    }
    reserved.values().map(|unused| (*unused).max(0)).sum()
}

/// How late a first call may be that was due at `due_ms` and requested at `at_ms`. `None` if only the maximum lateness
/// bounds the call.
pub(super) fn most_late_ms(evidence: &Evidence<'_>, reminder: &ReminderId, due_ms: i64, at_ms: i64) -> Option<i64> {
    let faults = i64::try_from(evidence.faults_between(due_ms - BEFORE_MS, at_ms)).ok()?;
    let waited_ms = slots_ms(evidence, reminder, due_ms, at_ms);
    // An older release can't read a newer release's records. They wait until the newer release runs again.
    let is_meanwhile = |(from_ms, to_ms): &(i64, i64)| *from_ms <= at_ms && *to_ms >= due_ms - BEFORE_MS;
    if evidence.rolled_back.iter().any(is_meanwhile) {
        return None;
    }
    (faults <= MOST && !evidence.lingers(due_ms)).then_some(ON_TIME_MS + faults * EACH_MS + waited_ms)
}
