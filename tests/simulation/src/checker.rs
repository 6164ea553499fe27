//! The checker: finds every breach of the guarantees in the observations of a world. It shares no code with the
//! handlers and applies none of their rules. From the store it reads only the items that are live at the end, and the
//! numbers of writes and messages.

mod alarms;
mod answers;
mod breach;
mod calls;
mod cancellations;
mod candidates;
mod costs;
mod dues;
mod ends;
mod evidence;
mod excuses;
mod occurrence;
mod person_history;
mod promises;
mod replacement_texts;
mod texts;
mod traces;

pub use breach::Breach;
pub use ends::OccurrenceEnd;

use crate::world::{LIVENESS_MS, Remains};
use alarms::Alarms;
use breach::Breaches;
use evidence::Evidence;

/// The checker's result for one world.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judgement {
    /// Every breach that was found.
    pub breaches: Vec<Breach>,
    /// End of each occurrence of a promised reminder.
    pub ends: Vec<OccurrenceEnd>,
}

/// Judges a world's history.
pub fn judge(remains: &Remains) -> Judgement {
    let evidence = Evidence::gather(remains);
    let mut breaches = Breaches::default();
    if remains.cut_off {
        breaches.add("bound", || format!("functions were invoked {} times; something multiplies", remains.invocations));
        return Judgement { breaches: breaches.0, ends: Vec::new() };
    }
    let mut alarms = Alarms::of(&evidence);
    let mut ends = Vec::new();
    for history in &evidence.people {
        let promises = promises::of(&evidence, history, &mut breaches);
        let traces = calls::judge(&evidence, history, &promises, &mut breaches);
        calls::claims(history, &mut breaches);
        cancellations::judge(&evidence, history, &traces, &mut breaches);
        texts::judge(&evidence, history, &promises, &mut breaches);
        ends.extend(ends::judge(&evidence, history, &promises, &traces, &mut alarms, &mut breaches));
    }
    alarms.report_missing(&mut breaches);
    texts::strays(&evidence, &mut breaches);
    costs::judge(&evidence, &mut breaches);
    costs::rate(&evidence, &mut breaches);
    live(remains, &mut breaches);
    Judgement { breaches: breaches.0, ends }
}

/// Liveness: at the end only reminders that are due later are live. G3: no ended reminder is live again.
fn live(remains: &Remains, breaches: &mut Breaches) {
    for live in remains.live.iter().filter(|live| live.due_ms + LIVENESS_MS <= remains.end_ms) {
        breaches.add("liveness", || format!("{} is still live", live.what));
    }
    for live in remains.live_afterwards.iter().filter(|live| remains.ended.contains(&live.name)) {
        breaches.add("G3", || format!("{} had ended and is live again", live.what));
    }
}
