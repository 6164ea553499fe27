//! G4: after a delete, a move or an opt-out was answered nobody is dialed, but for a call of which the answer warned;
//! and whoever picks up then hears goodbye.

use super::Breaches;
use super::answers::{self, Manner, Said};
use super::calls::Thread;
use super::evidence::{Dealings, Evidence, TextIn};
use super::promises::{self, Promise};
use crate::faults::Fault;
use crate::people::Meaning;

/// How long after a claim its request may start, in milliseconds: clocks included.
const REQUEST_MS: i64 = 13_000;

/// What makes a text be parked rather than stored: whoever then gets an empty answer can't tell.
pub(super) const PARKS: [Fault; 7] = [
    Fault::StoreThrottled,
    Fault::StoreDown,
    Fault::Slow,
    Fault::WriteAnswerLost,
    Fault::WriteLandsLate,
    Fault::SpuriousConflict,
    Fault::Freeze,
];

/// A no that was answered.
#[derive(Debug)]
pub(super) struct No {
    at_ms: i64,
    /// Until when it holds.
    until_ms: i64,
    /// Whether the answer says that the phone may still ring.
    warned: bool,
}

/// Judges the silence after somebody left.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    dealings: &Dealings<'_>,
    threads: &[(Thread<'_>, Vec<usize>)],
    breaches: &mut Breaches,
) {
    for no in departures(evidence, dealings) {
        for (thread, _) in threads {
            is_silent(evidence, thread, None, &no, breaches);
        }
    }
}

/// Whether an answer says that another reminder of the same task takes this one's place.
fn is_moved_on(again: &answers::Promised<'_>, promise: &Promise<'_>) -> bool {
    again.manner == Manner::Moved && again.number > promise.number && again.task == promise.task
}

/// The refusals of one promise.
pub(super) fn refusals(evidence: &Evidence<'_>, dealings: &Dealings<'_>, promise: &Promise<'_>) -> Vec<No> {
    let mut nos = Vec::new();
    for answer in &dealings.answers {
        match answers::read(answer.body) {
            Said::Deleted { numbers, warned } if numbers.contains(&promise.number) => {
                nos.push(No { at_ms: answer.at_ms, until_ms: i64::MAX, warned });
            }
            Said::Promised(again) if is_moved_on(&again, promise) => {
                // By a text of its own an answer does not say which text it is to, but when that wanted to be called.
                let moves = |(place, text): (usize, &TextIn<'_>)| {
                    text.meaning.moves(promise.number)
                        && answer.to.is_none_or(|to| to == place)
                        && promises::due(evidence, text, &again, answer.at_ms).is_some()
                };
                if dealings.texts.iter().enumerate().any(moves) {
                    // Before the first occurrence it is that one which is passed over; later it may be the one under way.
                    let passed_ms = answer.at_ms.max(promise.due_ms());
                    let next = promise
                        .rhythm
                        .map(|(rhythm, time)| super::dues::first_after(passed_ms, rhythm, time, &evidence.zone));
                    nos.push(No { at_ms: answer.at_ms, until_ms: next.unwrap_or(i64::MAX), warned: again.warned });
                }
            }
            _ => {}
        }
    }
    nos
}

impl Meaning {
    /// Whether it asks for the reminder of this number to ring at another time.
    fn moves(&self, number: u32) -> bool {
        matches!(self, Self::Move(moved, _) if *moved == number)
    }
}

/// When somebody left, and their carrier's webhook was answered: all of theirs has ended by then.
fn departures(evidence: &Evidence<'_>, dealings: &Dealings<'_>) -> Vec<No> {
    let mut nos = Vec::new();
    for text in dealings.texts.iter().filter(|text| *text.meaning == Meaning::Leave) {
        let (Some((answered_ms, _)), Some(handed_ms)) = (text.replies.first(), text.handed.first()) else { continue };
        let back = dealings.texts.iter().filter(|text| *text.meaning == Meaning::Return);
        let later = back.flat_map(|text| &text.handed).copied().filter(|back_ms| back_ms >= handed_ms);
        let returned = later.min().unwrap_or(i64::MAX);
        if returned > *answered_ms && !evidence.struck_between(&PARKS, *handed_ms, *answered_ms) {
            nos.push(No { at_ms: *answered_ms, until_ms: returned, warned: true });
        }
    }
    nos
}

/// Judges the silence of a thread after a no; `task` is what it is about, where that is known.
pub(super) fn is_silent(
    evidence: &Evidence<'_>,
    thread: &Thread<'_>,
    task: Option<&str>,
    no: &No,
    breaches: &mut Breaches,
) {
    let name = || format!("reminder {} {}", thread.key.reminder, task.unwrap_or_default());
    let after = |at_ms: i64| at_ms > no.at_ms && at_ms < no.until_ms;
    let asks: Vec<_> = thread.asks.iter().filter(|ask| after(ask.at_ms)).collect();
    // Whoever was frozen before the no may send its one request after it; what is said then is goodbye.
    let thaws = evidence.struck_between(&[Fault::Freeze], 0, no.at_ms);
    let allowed = usize::from(no.warned || thaws);
    breaches.unless(asks.len() <= allowed, "G4", || {
        format!("{} was dialed {} times after a no that was answered; expected at most {allowed}", name(), asks.len())
    });
    for ask in asks.iter().filter(|ask| !thaws && ask.at_ms > no.at_ms + REQUEST_MS) {
        breaches
            .add("G4", || format!("{} was dialed {} ms after a no that was answered", name(), ask.at_ms - no.at_ms));
    }
    for call in &thread.calls {
        let picked_up = call.picked_up_ms.is_some_and(after);
        let spoke = call.speaks(task.unwrap_or_default());
        breaches.unless(!picked_up || !spoke, "G4", || format!("{} was spoken after a no that was answered", name()));
    }
}
