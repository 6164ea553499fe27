//! Bounds on costs: messages do not multiply, a reminder is written no more often than its lifecycle needs, and
//! carriers are asked at the configured rate.

use super::breach::Breaches;
use super::calm_costs;
use super::evidence::Evidence;
use crate::world::Scale;

/// Maximum number of writes of an occurrence in a world without faults, even if it waits for slots and for its person's
/// phone. 2: the creation and the confirmation of its schedule. 6 for each of three calls: the wait for a slot, the
/// claim, the acceptance, the report `initiated`, the verdict and the end. 4: waits for the phone.
/// [`super::calm_costs`] has the exact bounds of a reminder that waits for nothing.
const WRITES_CALM: u32 = 2 + 3 * 6 + 4;

/// Maximum number of writes of a reminder's item for an occurrence under faults: a carrier may refuse its calls until
/// the maximum lateness, with two writes for each refusal. The writes of its text are not counted here.
const WRITES_ROUGH: u32 = 200;

/// Maximum number of messages about one wake-up or one text. A message that is delivered again must not multiply. The
/// number is generous: while faults last, the same wake-up may be sent many times, and each delivery of a text may be
/// parked separately.
const MESSAGES: u32 = 400;

/// Longest time for which a text waits on the inbound queue, in days.
const PARKED_DAYS: u32 = 1;

/// Each day of a world after the first, up to [`PARKED_DAYS`], allows this many times [`MESSAGES`] in addition.
const DAY_FACTOR: u32 = 9;

/// In a flood, one text is delivered many times. Each delivery after the first allows this many messages in addition.
const MESSAGES_PER_COPY: u32 = 40;

/// Calls per second for each carrier: the service's default rate.
const CALLS_PER_S: i64 = 1;

/// How long after its due a reminder may ring, in seconds: the service's default maximum lateness.
const MAX_LATENESS_S: i64 = 900;

/// Time span over which the rate is measured, in milliseconds.
const RATE_SPAN_MS: i64 = 60_000;

/// Maximum number of calls in addition to the rate within [`RATE_SPAN_MS`]: a call that was claimed in one second may
/// be requested in the next.
const EXTRA_CALLS: i64 = 20;

/// Judges the rate of calls in a world without faults. G7: carriers are asked at most at their configured rate. G5: if
/// many reminders are due at the same time, then within the maximum lateness at least nine tenths of their people are
/// called, or nine tenths of the calls that half of one carrier's rate allows if these are fewer. It is half of the
/// rate, because no person of a herd has pressed a key yet, so their calls get only every second slot.
pub(super) fn rate(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    if !evidence.calm() {
        return;
    }
    let carriers = i64::try_from(evidence.remains.cloud.carriers.get()).unwrap_or(1);
    let most = RATE_SPAN_MS / 1000 * CALLS_PER_S * carriers + EXTRA_CALLS;
    for requested_ms in evidence.requested_ms() {
        let call_requests = evidence.requests_between(*requested_ms, requested_ms + RATE_SPAN_MS);
        breaches.unless(call_requests <= most, "G7", || {
            format!("{call_requests} calls were requested in a minute, expected at most {most}")
        });
    }
    if let (Scale::Herd(people), Some(first_ms)) = (evidence.remains.scale, evidence.requested_ms().first()) {
        let call_requests = evidence.requests_between(*first_ms, first_ms + MAX_LATENESS_S * 1000);
        let least = i64::from(people).min(MAX_LATENESS_S * CALLS_PER_S / 2) * 9 / 10;
        breaches.unless(call_requests >= least, "G5", || {
            format!("of {people} due at once {call_requests} were called, expected at least {least}")
        });
    }
}

/// Judges the numbers of writes and messages. No reminder had more than `occurrences` occurrences.
pub(super) fn judge(evidence: &Evidence<'_>, occurrences: u32, breaches: &mut Breaches) {
    let remains = evidence.remains;
    if evidence.calm() {
        calm_costs::judge(evidence, breaches);
    }
    let most = if evidence.calm() { WRITES_CALM } else { WRITES_ROUGH } * occurrences.max(1);
    for (reminder, costs) in &remains.costs {
        let writes = costs.item_writes();
        breaches.unless(writes <= most, "bound", || {
            format!("{reminder} was written {writes} times, expected at most {most}")
        });
    }
    let days = remains.scale.days().min(PARKED_DAYS);
    let most = MESSAGES * (1 + days * DAY_FACTOR) + MESSAGES_PER_COPY * remains.scale.copies();
    for (about, times) in remains.cloud.sent.borrow().iter().filter(|(_, times)| **times > most) {
        breaches.add("bound", || format!("{times} messages were sent about {about}, expected at most {most}"));
    }
}
