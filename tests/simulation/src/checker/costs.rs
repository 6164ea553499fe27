//! The bounds: nothing multiplies, and no reminder is written more often than its life has steps.

use super::Breaches;
use super::evidence::Evidence;

/// Writes of an occurrence, at most, in a world without faults: made, scheduled, and for each of three calls the claim,
/// the acceptance, the dialing, the pick-up and the end, and a text's two.
const WRITES_CALM: u32 = 2 + 3 * 5 + 3;

/// Writes of an occurrence, at most, whatever goes wrong: a carrier that refuses for the quarter of an hour of its
/// patience, and a text that is refused for the hours after it, two writes each time.
const WRITES_ROUGH: u32 = 120;

/// Messages about one wake-up, or one text, at most: what comes again must not become more each time. A text that is
/// parked each quarter of an hour comes to some forty in a world, and each of its deliveries may begin anew.
const MESSAGES: u32 = 400;

/// Judges what all of it cost.
pub(super) fn judge(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    let remains = evidence.remains;
    let most = if evidence.calm() { WRITES_CALM } else { WRITES_ROUGH } * remains.days;
    for (reminder, writes) in remains.writes.iter().filter(|(_, writes)| *writes > most) {
        breaches.add("bound", || format!("{reminder} was written {writes} times, expected at most {most}"));
    }
    for (about, times) in remains.cloud.sent.borrow().iter().filter(|(_, times)| **times > MESSAGES) {
        breaches.add("bound", || format!("{times} messages were sent about {about}, expected at most {MESSAGES}"));
    }
}
