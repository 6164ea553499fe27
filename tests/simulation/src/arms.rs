//! Which arms of the life cycle were gone through: a state, an event, and what came of it.

/// The target under which a handler says so.
pub(crate) const TARGET: &str = "arm";

const STATES: [&str; 5] = ["Waiting", "Dialing", "Ringing", "Texting", "Ended"];

const EVENTS: [&str; 21] = [
    "WakeSent",
    "Woken",
    "Paced",
    "Crowded",
    "Accepted",
    "RefusedForNow",
    "RefusedForGood",
    "CallReported(Initiated)",
    "CallReported(PickedUp)",
    "CallReported(Completed)",
    "CallReported(NotReached)",
    "KeyPressed",
    "DeadlinePassed",
    "TextAccepted",
    "TextRefusedForNow",
    "TextRefusedForGood",
    "Settled",
    "Deleted",
    "Rescheduled",
    "PassedOver",
    "Left",
];

const OUTCOMES: [&str; 3] = ["changed", "acted", "ignored"];

/// How often each arm was gone through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arms {
    counts: [[[u64; OUTCOMES.len()]; EVENTS.len()]; STATES.len()],
    /// Arms with a name that stands in none of the tables.
    unknown: u64,
}

impl Arms {
    /// Where a name stands in the table of states, events or outcomes.
    pub(crate) fn index(table: usize, name: &str) -> Option<usize> {
        let names: &[&str] = [&STATES[..], &EVENTS[..], &OUTCOMES[..]][table];
        names.iter().position(|known| *known == name)
    }

    pub(crate) fn count(&mut self, names: [Option<usize>; 3]) {
        match names {
            [Some(state), Some(event), Some(outcome)] => self.counts[state][event][outcome] += 1,
            _ => self.unknown += 1,
        }
    }

    /// Adds what another thread counted.
    pub fn merge(&mut self, other: &Self) {
        self.unknown += other.unknown;
        let theirs = other.counts.iter().flatten().flatten();
        for (count, more) in self.counts.iter_mut().flatten().flatten().zip(theirs) {
            *count += more;
        }
    }

    /// The table, for people: of each arm how often the record changed, something was done, or nothing.
    pub fn table(&self) -> Vec<String> {
        let mut lines =
            vec![format!("{:<26}{}", "changed/acted/ignored", STATES.map(|state| format!("{state:>24}")).concat())];
        for (event, name) in EVENTS.iter().enumerate() {
            let cell = |state: usize| self.counts[state][event].map(|count| count.to_string()).join("/");
            let cells: String = (0..STATES.len()).map(|state| format!("{:>24}", cell(state))).collect();
            lines.push(format!("{name:<26}{cells}"));
        }
        lines
    }
}
