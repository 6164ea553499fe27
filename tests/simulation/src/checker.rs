//! The judge: from what was seen outside it finds every breach of the guarantees. It shares no code with the handlers
//! and decides nothing by their rules. Of the store it is shown only what is still live when all should be over; of
//! costs it is told how many writes and messages there were.

mod alarms;
mod answers;
mod calls;
mod costs;
mod dues;
mod ends;
mod evidence;
mod excuses;
mod no;
mod occurrence;
mod promises;
mod texts;

use std::fmt;

pub use ends::Outcome;

use crate::world::{LIVENESS_MS, Remains};
use alarms::Alarms;
use evidence::Evidence;

/// A guarantee that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// Which one: `G1` to `G8`, liveness, or a bound.
    pub guarantee: &'static str,
    /// What was expected, and what was found.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.guarantee, self.what)
    }
}

/// What a world's history comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judgement {
    /// Every breach.
    pub breaches: Vec<Breach>,
    /// How each occurrence of what was promised ended.
    pub outcomes: Vec<Outcome>,
}

/// Judges a world's history.
pub fn judge(remains: &Remains) -> Judgement {
    let evidence = Evidence::gather(remains);
    let mut breaches = Breaches::default();
    if remains.stormed {
        breaches.add("bound", || format!("functions were invoked {} times: something multiplies", remains.invocations));
        return Judgement { breaches: breaches.0, outcomes: Vec::new() };
    }
    let mut alarms = Alarms::of(&evidence);
    let mut outcomes = Vec::new();
    for dealings in &evidence.people {
        let promises = promises::of(&evidence, dealings, &mut breaches);
        let threads = calls::judge(&evidence, dealings, &promises, &mut breaches);
        calls::claims(dealings, &mut breaches);
        no::judge(&evidence, dealings, &threads, &mut breaches);
        texts::judge(&evidence, dealings, &promises, &mut breaches);
        outcomes.extend(ends::judge(&evidence, dealings, &promises, &threads, &mut alarms, &mut breaches));
    }
    alarms.suffice(&mut breaches);
    texts::strays(&evidence, &mut breaches);
    costs::judge(&evidence, &mut breaches);
    costs::rate(&evidence, &mut breaches);
    live(remains, &mut breaches);
    Judgement { breaches: breaches.0, outcomes }
}

/// Liveness: nothing is left but what is due later, and nothing that had ended is live again.
fn live(remains: &Remains, breaches: &mut Breaches) {
    for live in remains.live.iter().filter(|live| live.due_ms + LIVENESS_MS <= remains.end_ms) {
        breaches.add("liveness", || format!("{} is still live", live.what));
    }
    for live in remains.live_afterwards.iter().filter(|live| remains.ended.contains(&live.name)) {
        breaches.add("G3", || format!("{} had ended, and is live again", live.what));
    }
}

/// What was found so far.
#[derive(Debug, Default)]
struct Breaches(Vec<Breach>);

impl Breaches {
    fn add(&mut self, guarantee: &'static str, what: impl FnOnce() -> String) {
        self.0.push(Breach { guarantee, what: what() });
    }

    fn unless(&mut self, held: bool, guarantee: &'static str, what: impl FnOnce() -> String) {
        if !held {
            self.add(guarantee, what);
        }
    }
}
