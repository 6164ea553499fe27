//! G7: a failure stays isolated. No stranger is called, no handler panics, and each alarm and each dead letter has a
//! reason that was seen shortly before.

use super::breach::Breaches;
use super::evidence::{Alarm, Evidence};
use super::shares::{Excuse, Guarantee, Shares};
use crate::faults::Fault;

/// Longest run of a function, in milliseconds, and a second for the differences of clocks.
const RUN_MS: i64 = 21_000;

/// Time from the first receive of a message to the one after which it is set aside, in milliseconds: the template's five
/// receives, each with its visibility timeout, and the longest delay of the queue.
const RECEIVES_MS: i64 = (5 * 120 + 900) * 1000;

/// Longest time for which a function is frozen, with its run before and after, in milliseconds.
const FROZEN_MS: i64 = (3600 + 2 * 20) * 1000;

/// How long a text is tried, in milliseconds: the default of a day, and the longest backoff.
const TRIED_MS: i64 = (86_400 + 900) * 1000;

/// Judges strangers, panics, alarms and dead letters.
pub(super) fn judge(evidence: &Evidence<'_>, shares: &mut Shares, breaches: &mut Breaches) {
    for to in &evidence.strangers {
        breaches.add("G7", || format!("{to} was called or texted but never texted"));
    }
    for alarm in &evidence.alarms {
        breaches.unless(!alarm.words.contains("panicked"), "G7", || format!("alarm: {}", alarm.words));
        let within_ms = within_ms(alarm);
        let reason = reason(evidence, alarm.at_ms, within_ms);
        breaches.unless(reason.is_some(), "G7", || {
            format!("alarm without a fault in the {} s before: {}", within_ms / 1000, alarm.words)
        });
        shares.case(Guarantee::G7, reason.flatten());
    }
    let ours = |body: &str| body.contains("generation") || body.contains("Notification") || body.contains("parked");
    for (dead_ms, body) in &evidence.dead {
        let reason = reason(evidence, *dead_ms, RECEIVES_MS).or_else(|| (!ours(body)).then_some(None));
        breaches.unless(reason.is_some(), "G7", || {
            format!("a message of the service became a dead letter without a fault: {body}")
        });
        shares.case(Guarantee::G7, reason.flatten());
    }
}

/// Time before an alarm in which its reason must lie, in milliseconds. An alarm about a text that was tried for long may be
/// about a fault of a day before; any other is about what happened during one run.
fn within_ms(alarm: &Alarm<'_>) -> i64 {
    let tried = alarm.words.starts_with("reminder failed") || alarm.words.starts_with("an answer could not be sent");
    if tried { TRIED_MS } else { RUN_MS }
}

/// Whether a fault was injected shortly before. A function that froze before is an excuse.
fn reason(evidence: &Evidence<'_>, at_ms: i64, within_ms: i64) -> Option<Option<Excuse>> {
    if evidence.faulty_between(at_ms - within_ms, at_ms) {
        return Some(None);
    }
    evidence.injected_between(&[Fault::Freeze], at_ms - FROZEN_MS, at_ms).then_some(Some(Excuse::FrozenBeforeAlarm))
}
