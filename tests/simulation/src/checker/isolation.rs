//! G7: a failure stays isolated. No stranger is called, no handler panics, and each alarm and each dead letter has a
//! reason, for example a fault.

use super::breach::Breaches;
use super::dues::FROZEN_MS;
use super::evidence::{Alarm, Evidence};
use super::shares::{Excuse, Guarantee, Shares};
use crate::faults::Fault;

/// Longest run of a function, in milliseconds, and a second for the differences of clocks.
const RUN_MS: i64 = 21_000;

/// Time before a dead letter in which a fault must lie, in milliseconds: five visibility timeouts, and the longest
/// delay of the queue.
const RECEIVES_MS: i64 = (5 * 120 + 900) * 1000;

/// How long a text is tried, in milliseconds: the default of a day, and the longest backoff.
const TRIED_MS: i64 = (86_400 + 900) * 1000;

/// Longest time from the acceptance of a text that fails late to the alarm about the text, in milliseconds: it fails
/// within a day, its status may be posted late, and its last try follows.
const FAILS_LATE_MS: i64 = 2 * TRIED_MS;

/// Judges strangers, panics, alarms and dead letters.
pub(super) fn judge(evidence: &Evidence<'_>, shares: &mut Shares, breaches: &mut Breaches) {
    for to in &evidence.strangers {
        breaches.add("G7", || format!("{to} never texted the service, but was called or texted"));
    }
    for alarm in &evidence.alarms {
        breaches.unless(!alarm.words.contains("panicked"), "G7", || format!("alarm: {}", alarm.words));
        let reason = reason_of_alarm(evidence, alarm);
        breaches.unless(reason.is_some(), "G7", || {
            format!("alarm without a fault in the {} s before: {}", within_ms(alarm) / 1000, alarm.words)
        });
        shares.case(Guarantee::G7, reason.flatten());
    }
    let ours = |body: &str| body.contains("generation") || body.contains("Notification") || body.contains("parked");
    for (dead_ms, body) in &evidence.dead {
        // The wake-up of a record that can't be read is received until it is a dead letter.
        let names = |(reminder, spoiled_ms): (&&str, &i64)| spoiled_ms <= dead_ms && body.contains(*reminder);
        let is_unreadable = || evidence.spoiled.iter().any(names);
        let reason =
            reason(evidence, *dead_ms, RECEIVES_MS).or_else(|| (!ours(body) || is_unreadable()).then_some(None));
        breaches.unless(reason.is_some(), "G7", || {
            format!("a message of the service became a dead letter without a fault: {body}")
        });
        shares.case(Guarantee::G7, reason.flatten());
    }
}

/// Time before an alarm in which its reason must lie, in milliseconds, unless the alarm and its reason are in
/// [`LASTING`]. An alarm about a text that was tried for long may be about a fault of a day before.
fn within_ms(alarm: &Alarm<'_>) -> i64 {
    if alarm.words.starts_with("reminder failed") { TRIED_MS } else { RUN_MS }
}

/// The first words of alarms that may come long after their reasons, the longest time in between, in milliseconds, and
/// the faults that are their reasons.
const LASTING: [(&str, i64, &[Fault]); 12] = [
    // A message that is not ours is moved to the dead letters at once, but it may have waited in the queue like any
    // other message.
    ("a message can't be handled and is moved", TRIED_MS, &[Fault::Poison]),
    // An item that can't be read never becomes readable again. Each function that meets it raises an alarm.
    ("a record can't be handled", i64::MAX, &[Fault::ReminderSpoiled]),
    ("a reminder is left out", i64::MAX, &[Fault::ReminderSpoiled]),
    ("a call was answered, but its reminder could not be read", i64::MAX, &[Fault::ReminderSpoiled]),
    ("a person called, but their reminders could not be read", i64::MAX, &[Fault::ReminderSpoiled]),
    ("an optional part of a profile can't be read", i64::MAX, &[Fault::QuestionSpoiled]),
    // The status of a text is posted when it is known, and perhaps once more, up to hours later. The carrier is asked
    // an hour after it accepted the text.
    ("answer not delivered: the carrier delivers no answers", TRIED_MS, &[Fault::TextUndeliveredOperator]),
    ("the carrier does not deliver our texts until the operator acts", TRIED_MS, &[Fault::TextUndeliveredOperator]),
    ("reminder failed: neither a call nor a text reached", TRIED_MS, &UNDELIVERED),
    // A text that fails hours later fails up to a day after its fault.
    ("answer not delivered: the carrier delivers no answers", FAILS_LATE_MS, &[Fault::TextFailsLate]),
    ("the carrier does not deliver our texts until the operator acts", FAILS_LATE_MS, &[Fault::TextFailsLate]),
    ("reminder failed: neither a call nor a text reached", FAILS_LATE_MS, &[Fault::TextFailsLate]),
];

/// Faults because of which a text does not arrive.
const UNDELIVERED: [Fault; 4] = [
    Fault::TextUndeliveredPassing,
    Fault::TextUndeliveredNumber,
    Fault::TextUndeliveredOperator,
    Fault::TextUndeliveredOptedOut,
];

/// The reason of an alarm: `Some(None)` if a fault or an older release explains it, and `Some` with an excuse if only a
/// function that froze before may explain it. `None` if the alarm has no reason.
fn reason_of_alarm(evidence: &Evidence<'_>, alarm: &Alarm<'_>) -> Option<Option<Excuse>> {
    let is_meanwhile = |(from_ms, to_ms): &(i64, i64)| (*from_ms..=to_ms.saturating_add(RUN_MS)).contains(&alarm.at_ms);
    // Only an older release meets records that it can't read yet.
    if alarm.words.ends_with("waits for a later release") {
        if evidence.rolled_back.iter().any(is_meanwhile) {
            return Some(None);
        }
        // A function of the older release that froze raises this alarm when it thaws.
        let is_soon_after = |(_, to_ms): &(i64, i64)| (*to_ms..=to_ms.saturating_add(FROZEN_MS)).contains(&alarm.at_ms);
        if evidence.rolled_back.iter().any(is_soon_after)
            && evidence.injected_between(&[Fault::Freeze], alarm.at_ms - FROZEN_MS, alarm.at_ms)
        {
            return Some(Some(Excuse::FrozenBeforeAlarm));
        }
        // The store refuses to set aside a record of a later release, and a conflict looks the same. So if a conflict
        // hits a record that can't be read, the record is first put off, with this alarm. A function that froze after
        // the conflict raises the alarm when it thaws.
        let is_unreadable = evidence.spoiled.values().any(|spoiled_ms| *spoiled_ms <= alarm.at_ms);
        let since = |within_ms, faults: &[Fault]| {
            is_unreadable && evidence.injected_between(faults, alarm.at_ms - within_ms, alarm.at_ms)
        };
        if since(RUN_MS, &[Fault::SpuriousConflict]) {
            return Some(None);
        }
        let is_frozen = since(FROZEN_MS, &[Fault::SpuriousConflict]) && since(FROZEN_MS, &[Fault::Freeze]);
        return is_frozen.then_some(Some(Excuse::FrozenBeforeAlarm));
    }
    // An older release can't speak a reminder that it can't read yet, and raises an alarm. The reminder is texted
    // later.
    let meets_newer =
        alarm.words.starts_with("a call was answered, but") || alarm.words.starts_with("a person called, but");
    if meets_newer && evidence.rolled_back.iter().any(is_meanwhile) {
        return Some(None);
    }
    let mut lasting = LASTING.iter().filter(|(words, ..)| alarm.words.starts_with(words));
    let lasts = lasting.any(|(_, within_ms, faults)| {
        evidence.injected_between(faults, alarm.at_ms.saturating_sub(*within_ms), alarm.at_ms)
    });
    // A text that was parked for a day is given up, for any reason that kept it from being stored.
    let parked = |(dead_ms, body): &(i64, &str)| {
        (alarm.at_ms..=alarm.at_ms.saturating_add(RUN_MS)).contains(dead_ms) && body.contains("parked")
    };
    if alarm.words.starts_with("a message can't be handled") && evidence.dead.iter().any(parked) {
        return reason(evidence, alarm.at_ms, TRIED_MS);
    }
    if lasts { Some(None) } else { reason(evidence, alarm.at_ms, within_ms(alarm)) }
}

/// The reason of an alarm or a dead letter, in the form that [`reason_of_alarm`] returns: a fault within this time
/// before it, or, as an excuse, a function that froze within the hour before it.
fn reason(evidence: &Evidence<'_>, at_ms: i64, within_ms: i64) -> Option<Option<Excuse>> {
    if evidence.faulty_between(at_ms - within_ms, at_ms) {
        return Some(None);
    }
    evidence.injected_between(&[Fault::Freeze], at_ms - FROZEN_MS, at_ms).then_some(Some(Excuse::FrozenBeforeAlarm))
}
