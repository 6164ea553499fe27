//! Counts the transitions of the lifecycle that were taken: a state, an event, and the outcome.

/// Log target of the executor's record of a transition.
pub(crate) const TARGET: &str = "transition";

/// The states of reminders, and after them those of outgoing texts.
const STATES: [&str; 8] = ["Waiting", "Dialing", "Ringing", "Paused", "Ended", "Owed", "Accepted", "TextEnded"];

/// How many of the states are those of reminders.
const OF_REMINDERS: usize = 5;

const EVENTS: [&str; 38] = [
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
    "AnswererDetected(Person)",
    "AnswererDetected(MachineStarted)",
    "AnswererDetected(MachineEnded)",
    "AnswererDetected(Fax)",
    "AnswererDetected(Unknown)",
    "KeyPressed",
    "DeadlinePassed",
    "Acknowledged",
    "Deleted",
    "Rescheduled",
    "ZoneCorrected",
    "SeriesReplanned",
    "Skipped",
    "Resumed",
    "OptedOut",
    "TextDeadlinePassed",
    "TextAccepted",
    "TextRefusedForNow",
    "TextSlotAssigned",
    "TextRefusedForGood",
    "TextStatusReported(Pending)",
    "TextStatusReported(Delivered)",
    "TextStatusReported(Undelivered)",
    "TextNoFailureKnown",
    "TextWithdrawn",
    "TextOptedOut",
];

/// How many of the events are those of reminders. The others are those of outgoing texts.
const REMINDER_EVENTS: usize = 27;

/// Whether an event can happen in a state: both are of reminders, or both of outgoing texts.
fn belong_together(state: usize, event: usize) -> bool {
    (state < OF_REMINDERS) == (event < REMINDER_EVENTS)
}

/// Outcomes as the executor logs them: the record changed, only effects followed, or the event was ignored.
const OUTCOMES: [&str; 3] = ["changed", "acted", "ignored"];

/// From this number of histories on, every common transition must have been taken.
pub const ENOUGH: u64 = 100_000;

/// Transitions that are taken rarely or never: states, events, the number of histories from which on they must have
/// been taken, and the reason.
const RARE: [(&[&str], &[&str], u64, &str); 6] = [
    (
        &["Dialing", "Ringing", "Paused", "Ended"],
        &["Rescheduled"],
        u64::MAX,
        "only a reminder that waits for its first call is moved in place; any other occurrence is skipped",
    ),
    (&["Ended"], &["Deleted", "Skipped"], u64::MAX, "people name reminders by number, and only open ones are found"),
    (
        &["Ringing"],
        &["RefusedForNow", "RefusedForGood"],
        u64::MAX,
        "a refused call has no callbacks, and after a late refusal the call counts as unknown and is texted",
    ),
    (
        &["Dialing", "Ringing"],
        &["WakeUpSent"],
        u64::MAX,
        "needs a write that records a far wake-up as sent and loses the race against the claim of the same wake-up",
    ),
    (
        &["Dialing", "Ringing"],
        &["NoSlotInTime"],
        u64::MAX,
        "needs two wake-ups at once, of which one gets a slot and the other none a moment later",
    ),
    (
        &["Owed", "TextEnded"],
        &["TextNoFailureKnown"],
        u64::MAX,
        "needs a final status that is posted while the carrier answers that it knows of no failure",
    ),
];

/// How often each transition was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitionsSeen {
    counts: [[[u64; OUTCOMES.len()]; EVENTS.len()]; STATES.len()],
    /// Number of transitions with a name that is not in the tables above.
    unknown: u64,
}

impl Default for TransitionsSeen {
    fn default() -> Self {
        Self { counts: [[[0; OUTCOMES.len()]; EVENTS.len()]; STATES.len()], unknown: 0 }
    }
}

impl TransitionsSeen {
    /// Index of a name in the table of states (0), events (1) or outcomes (2).
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

    /// Adds the counts of another thread.
    pub fn merge(&mut self, other: &Self) {
        self.unknown += other.unknown;
        let theirs = other.counts.iter().flatten().flatten();
        for (count, more) in self.counts.iter_mut().flatten().flatten().zip(theirs) {
            *count += more;
        }
    }

    /// The transitions that should have been taken in so many histories and were not.
    pub fn left_out(&self, histories: u64) -> Vec<String> {
        let mut left_out = Vec::new();
        for (at, (state, counts)) in STATES.iter().zip(&self.counts).enumerate() {
            let events = EVENTS.iter().zip(counts).enumerate().filter(|(event, _)| belong_together(at, *event));
            for (event, outcomes) in events.map(|(_, event)| event) {
                let rare = RARE.iter().find(|(states, events, ..)| states.contains(state) && events.contains(event));
                let from = rare.map_or(ENOUGH, |(_, _, from, _)| *from);
                if histories >= from && outcomes.iter().sum::<u64>() == 0 {
                    left_out.push(format!("the transition of {event} in {state} was never taken"));
                }
            }
        }
        if self.unknown > 0 {
            left_out.push(format!("{} transitions have a name that the simulation does not know", self.unknown));
        }
        left_out
    }

    /// The rare transitions with their reasons, one in each line.
    pub fn excuses() -> Vec<String> {
        let line = |(states, events, _, why): &(&[&str], &[&str], u64, &str)| {
            format!("{} in {}: {why}", events.join(", "), states.join(", "))
        };
        RARE.iter().map(line).collect()
    }

    /// The table of all transitions, with the counts of each outcome.
    pub fn table(&self) -> Vec<String> {
        let mut lines =
            vec!["transitions: how often an event changed the record / only had effects / was ignored".to_owned()];
        for (states, events) in
            [(0..OF_REMINDERS, 0..REMINDER_EVENTS), (OF_REMINDERS..STATES.len(), REMINDER_EVENTS..EVENTS.len())]
        {
            let heads: String = STATES[states.clone()].iter().map(|state| format!("{state:>22}")).collect();
            lines.push(format!("{:<34}{heads}", "event, by state"));
            for event in events {
                let cell = |state: usize| self.counts[state][event].map(|count| count.to_string()).join("/");
                let cells: String = states.clone().map(|state| format!("{:>22}", cell(state))).collect();
                lines.push(format!("{:<34}{cells}", EVENTS[event]));
            }
        }
        lines
    }
}
