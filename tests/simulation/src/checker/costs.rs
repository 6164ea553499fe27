//! Bounds on costs: messages do not multiply, a reminder is written no more often than its lifecycle needs, and
//! carriers are asked at the configured rate.

use super::breach::Breaches;
use super::calm_costs;
use super::evidence::Evidence;
use crate::world::Scale;

/// Maximum number of writes of an occurrence in a world without faults, even if it waits for slots and for its person's
/// phone: its creation and its schedule; for each of three calls the slot, the claim, the acceptance, the report
/// `initiated`, the verdict and the end; and four waits. [`super::calm_costs`] has the exact bounds of a reminder that
/// waits for nothing.
const WRITES_CALM: u32 = 2 + 3 * 6 + 4;

/// Maximum number of writes of an occurrence under faults: a carrier may refuse its calls until the maximum lateness,
/// and then its text for hours, with two writes for each refusal.
const WRITES_ROUGH: u32 = 200;

/// Maximum number of messages about one wake-up or one text. A message that is delivered again must not multiply. The
/// number is generous: while faults last, the same wake-up may be sent many times, and each delivery of a text may be
/// parked separately.
const MESSAGES: u32 = 400;

/// Longest time for which a text waits on the inbound queue, in days.
const PARKED_DAYS: u32 = 1;

/// How many times [`MESSAGES`] more are allowed for each day by which a world is longer, up to [`PARKED_DAYS`].
const MORE_A_DAY: u32 = 9;

/// How many more messages are allowed for each further delivery of a text in a flood.
const MESSAGES_AGAIN: u32 = 40;

/// Calls per second for each carrier: the service's default rate.
const CALLS_PER_S: i64 = 1;

/// How long after its due a reminder may ring, in seconds: the service's default maximum lateness.
const MAX_LATENESS_S: i64 = 900;

/// Time span over which the rate is measured, in milliseconds.
const RATE_SPAN_MS: i64 = 60_000;

/// How many more calls are allowed in the time span of [`RATE_SPAN_MS`]: a call that was claimed in one second may be
/// requested in the next.
const RATE_EXTRA: i64 = 20;

/// Judges the rate of calls in a world without faults. G7: carriers are asked at most at their configured rate. G5: if
/// many reminders are due at the same time, at least nine tenths of the calls that the rate allows are requested. All
/// of these numbers are unconfirmed when they are due, so that is half of the rate.
pub(super) fn rate(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    if !evidence.calm() {
        return;
    }
    let carriers = i64::try_from(evidence.remains.cloud.carriers.get()).unwrap_or(1);
    let most = RATE_SPAN_MS / 1000 * CALLS_PER_S * carriers + RATE_EXTRA;
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
    let most = MESSAGES * (1 + days * MORE_A_DAY) + MESSAGES_AGAIN * remains.scale.copies();
    for (about, times) in remains.cloud.sent.borrow().iter().filter(|(_, times)| **times > most) {
        breaches.add("bound", || format!("{times} messages were sent about {about}, expected at most {most}"));
    }
}
