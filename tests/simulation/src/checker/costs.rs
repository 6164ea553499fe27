//! The bounds: nothing multiplies, and no reminder is written more often than its life has steps.

use super::Breaches;
use super::evidence::Evidence;
use crate::world::Scale;

/// Writes of an occurrence, at most, in a world without faults: made, scheduled, and for each of three calls the wait for
/// its slot, the claim, the acceptance, the dialing, the pick-up and the end, and a text's wait, try, and end.
const WRITES_CALM: u32 = 2 + 3 * 6 + 4;

/// Writes of an occurrence, at most, whatever goes wrong: a carrier that refuses for the quarter of an hour of its
/// patience, and a text that is refused for the hours after it, two writes each time.
const WRITES_ROUGH: u32 = 200;

/// Messages about one wake-up, or one text, at most: what comes again must not become more each time. A text that is
/// parked each quarter of an hour comes to some forty in a world, and each of its deliveries may begin anew.
const MESSAGES: u32 = 400;

/// How long a text is parked, in days, and how many times as many messages that may come to where the store takes nothing
/// all day: what the queue doubles of it is parked as well, a hundred times a day.
const PARKED_DAYS: u32 = 1;

/// See [`PARKED_DAYS`].
const MORE_A_DAY: u32 = 9;

/// How many more there are for each further delivery of a text: each may be parked by itself, for hours.
const MESSAGES_AGAIN: u32 = 40;

/// Calls a second that a carrier is asked for, by the service's own default.
const CALLS_PER_S: i64 = 1;

/// How long a reminder is rung after it was due, in seconds.
const MAX_LATENESS_S: i64 = 900;

/// In which time the pace is looked at, in milliseconds, and how many calls more there may be in it: what was claimed in
/// one second may be asked for in another.
const PACE_MS: i64 = 60_000;

/// See [`PACE_MS`].
const PACE_MORE: i64 = 20;

/// The pace, where nothing fails: no carrier is asked faster than it was said to be, and of those due at once as many
/// are called as that allows.
pub(super) fn rate(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    if !evidence.calm() {
        return;
    }
    let carriers = i64::try_from(evidence.remains.cloud.carriers.get()).unwrap_or(1);
    let most = PACE_MS / 1000 * CALLS_PER_S * carriers + PACE_MORE;
    for asked_ms in evidence.asked_ms() {
        let asks = evidence.asks_between(*asked_ms, asked_ms + PACE_MS);
        breaches.unless(asks <= most, "G7", || format!("{asks} calls were asked for in a minute, expected {most}"));
    }
    if let (Scale::Herd(people), Some(first_ms)) = (evidence.remains.scale, evidence.asked_ms().first()) {
        let asks = evidence.asks_between(*first_ms, first_ms + MAX_LATENESS_S * 1000);
        let least = i64::from(people).min(MAX_LATENESS_S * CALLS_PER_S) * 9 / 10;
        breaches.unless(asks >= least, "G5", || {
            format!("of {people} due at once {asks} were called, expected {least} at least")
        });
    }
}

/// Judges what all of it cost.
pub(super) fn judge(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    let remains = evidence.remains;
    let most = if evidence.calm() { WRITES_CALM } else { WRITES_ROUGH } * (remains.scale.days() + 1);
    for (reminder, writes) in remains.writes.iter().filter(|(_, writes)| *writes > most) {
        breaches.add("bound", || format!("{reminder} was written {writes} times, expected at most {most}"));
    }
    let days = remains.scale.days().min(PARKED_DAYS);
    let most = MESSAGES * (1 + days * MORE_A_DAY) + MESSAGES_AGAIN * remains.scale.copies();
    for (about, times) in remains.cloud.sent.borrow().iter().filter(|(_, times)| **times > most) {
        breaches.add("bound", || format!("{times} messages were sent about {about}, expected at most {most}"));
    }
}
