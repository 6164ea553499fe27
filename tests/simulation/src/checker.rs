//! The judge: from what was seen outside, and what stands in the store when all should be over, it finds every breach
//! of the guarantees. It shares no code with the handlers and decides nothing by their rules; of the records it reads
//! only who, what, when, and which end.

mod calls;
mod ends;
mod evidence;
mod texts;

use std::fmt;

use crate::world::Remains;
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

/// Every breach in a world's history.
pub fn judge(remains: &Remains) -> Vec<Breach> {
    let evidence = Evidence::gather(remains);
    let mut breaches = Breaches::default();
    if remains.stormed {
        breaches.add("bound", || format!("functions were invoked {} times: something multiplies", remains.invocations));
        return breaches.0;
    }
    for (at, reminder) in remains.at_end.iter().enumerate() {
        ends::judge(&evidence, reminder, remains.writes.get(at).copied().unwrap_or(0), &mut breaches);
        calls::judge(&evidence, reminder, &mut breaches);
    }
    ends::stay(remains, &mut breaches);
    calls::claims(&evidence, &mut breaches);
    texts::judge(&evidence, &mut breaches);
    breaches.0
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
