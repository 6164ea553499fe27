//! G1, liveness and the bounds: each reminder comes to one end, for which there is evidence outside.

use reminder::record::{End, Life, Reminder};

use super::Breaches;
use super::evidence::Evidence;
use crate::people::Meaning;
use crate::world::{LIVENESS_MS, Remains};

/// Writes of a reminder, at most, in a world without faults: made, scheduled, and for each of three calls the claim,
/// the acceptance, the dialing, the pick-up and the end, and a text's two.
const WRITES_CALM: u32 = 2 + 3 * 5 + 3;

/// Writes of a reminder, at most, whatever goes wrong: a carrier that refuses for the quarter of an hour of its patience,
/// and a text that is refused for the hours after it, two writes each time.
const WRITES_ROUGH: u32 = 120;

/// Judges one reminder's end.
pub(super) fn judge(evidence: &Evidence<'_>, reminder: &Reminder, writes: u32, breaches: &mut Breaches) {
    let name = || format!("#{} {} ({})", reminder.number, reminder.task, reminder.key.reminder);
    match &reminder.life {
        Life::Live { state, .. } => {
            let ahead = reminder.due.as_millisecond() + LIVENESS_MS > evidence.remains.end_ms;
            breaches
                .unless(ahead, "liveness", || format!("{} was due {} and is still {state:?}", name(), reminder.due));
        }
        Life::Ended { end, .. } => {
            let found = is_evident(evidence, reminder, *end);
            breaches.unless(found, "G1", || format!("{} ended {end:?}, of which nothing was seen outside", name()));
        }
    }
    let most = if evidence.calm() { WRITES_CALM } else { WRITES_ROUGH };
    breaches
        .unless(writes <= most, "bound", || format!("{} was written {writes} times, expected at most {most}", name()));
}

fn is_evident(evidence: &Evidence<'_>, reminder: &Reminder, end: End) -> bool {
    let said = |wanted: fn(&Meaning) -> bool| {
        evidence.person(reminder).is_some_and(|person| evidence.texts_of(person).any(|text| wanted(text.meaning)))
    };
    let calls = evidence.calls_of(&reminder.key);
    let texted = || evidence.texts_about(reminder).next().is_some();
    match end {
        End::Heard => {
            let confirmed = calls.iter().any(|call| call.pressed.contains(&'1') && says(call.said.iter(), reminder));
            confirmed || said(|meaning| matches!(meaning, Meaning::Done | Meaning::Snooze(_)))
        }
        End::Unconfirmed => calls.iter().any(|call| call.picked_up_ms.is_some()) && texted(),
        End::Missed => texted(),
        End::Cancelled => said(|meaning| {
            matches!(
                meaning,
                Meaning::Delete(_) | Meaning::DeleteAll | Meaning::Move(..) | Meaning::Done | Meaning::Leave
            )
        }),
        // Each try is counted before it is made: whoever then dies, or never hears that it was counted, made one too.
        End::Failed => !evidence.calm(),
    }
}

/// Whether any of these words is the reminder's task.
pub(super) fn says<'a>(mut words: impl Iterator<Item = &'a &'a str>, reminder: &Reminder) -> bool {
    words.any(|words| words.contains(&reminder.task))
}

/// G3: what has ended stays as it is, whatever comes late.
pub(super) fn stay(remains: &Remains, breaches: &mut Breaches) {
    for before in &remains.at_end {
        let after = remains.afterwards.iter().find(|after| after.key == before.key);
        let kept = matches!(before.life, Life::Live { .. }) || after.is_some_and(|after| after.life == before.life);
        breaches.unless(kept, "G3", || format!("#{} had ended {:?}, and is now {after:?}", before.number, before.life));
    }
}
