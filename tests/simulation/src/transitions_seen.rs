//! Which arms of the life cycle were gone through: a state, an event, and what came of it.

/// The target under which a handler says so.
pub(crate) const TARGET: &str = "transition";

const STATES: [&str; 5] = ["Waiting", "Dialing", "Ringing", "Texting", "Ended"];

const EVENTS: [&str; 23] = [
    "WakeUpSent",
    "Woken",
    "SlotAssigned",
    "NoSlotInTime",
    "Postponed",
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
    "TextSlotAssigned",
    "TextRefusedForGood",
    "Acknowledged",
    "Deleted",
    "Rescheduled",
    "Skipped",
    "OptedOut",
];

const OUTCOMES: [&str; 3] = ["changed", "acted", "ignored"];

/// From so many histories on every arm must have been gone through.
pub const ENOUGH: u64 = 100_000;

/// From so many on also those of the rare races.
const PLENTY: u64 = 1_000_000;

/// Arms that are not gone through, or rarely: from how many histories on they must have been, and why not before.
const RARE: [(&[&str], &[&str], u64, &str); 8] = [
    (
        &["Dialing", "Ringing", "Texting", "Ended"],
        &["Rescheduled"],
        u64::MAX,
        "only what waits for its first call is moved in place; anything else is passed over",
    ),
    (&["Ended"], &["Deleted", "Skipped"], u64::MAX, "people name reminders by number, and only open ones are found"),
    (
        &["Ringing"],
        &["RefusedForNow", "RefusedForGood"],
        u64::MAX,
        "a refused call has no callbacks, and whoever is refused late finds an unknown call, which is texted",
    ),
    (
        &["Dialing", "Ringing"],
        &["TextAccepted", "TextSlotAssigned", "TextRefusedForNow", "TextRefusedForGood"],
        u64::MAX,
        "a text belongs to an occurrence that is over a day before the next is dialed",
    ),
    (
        &["Waiting"],
        &["RefusedForGood", "TextAccepted", "TextSlotAssigned", "TextRefusedForNow", "TextRefusedForGood"],
        u64::MAX,
        "only a function that thaws after another brought the same series to its next occurrence: seen once in millions",
    ),
    (
        &["Dialing", "Ringing", "Texting"],
        &["WakeUpSent"],
        u64::MAX,
        "only a far wake-up that was under way until its moment: its own write would have to lose against the claim",
    ),
    (
        &["Dialing", "Ringing"],
        &["NoSlotInTime"],
        u64::MAX,
        "of two wake-ups at once one got a slot, and the other, a moment later, none",
    ),
    (
        &["Dialing", "Texting", "Ended"],
        &[
            "KeyPressed",
            "SlotAssigned",
            "RefusedForGood",
            "TextSlotAssigned",
            "TextRefusedForGood",
            "TextRefusedForNow",
        ],
        PLENTY,
        "a race within one call's seconds",
    ),
];

/// How often each arm was gone through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransitionsSeen {
    counts: [[[u64; OUTCOMES.len()]; EVENTS.len()]; STATES.len()],
    /// Arms with a name that stands in none of the tables.
    unknown: u64,
}

impl TransitionsSeen {
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

    /// The arms that should have been gone through in so many histories and were not.
    pub fn left_out(&self, histories: u64) -> Vec<String> {
        let mut left_out = Vec::new();
        for (state, counts) in STATES.iter().zip(&self.counts) {
            for (event, outcomes) in EVENTS.iter().zip(counts) {
                let rare = RARE.iter().find(|(states, events, ..)| states.contains(state) && events.contains(event));
                let from = rare.map_or(ENOUGH, |(_, _, from, _)| *from);
                if histories >= from && outcomes.iter().sum::<u64>() == 0 {
                    left_out.push(format!("nothing went through {event} in {state}"));
                }
            }
        }
        if self.unknown > 0 {
            left_out.push(format!("{} arms have names that are in no table here", self.unknown));
        }
        left_out
    }

    /// The arms of which little is expected, and why, for people.
    pub fn excuses() -> Vec<String> {
        let line = |(states, events, _, why): &(&[&str], &[&str], u64, &str)| {
            format!("{} in {}: {why}", events.join(", "), states.join(", "))
        };
        RARE.iter().map(line).collect()
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
