//! Counts the transitions of the lifecycle that were taken: a state, an event, and the outcome.

/// Log target with which the executor logs each transition.
pub(crate) const TARGET: &str = "transition";

/// The states of reminders, followed by the states of outgoing texts.
const STATES: [&str; 8] = ["Waiting", "Dialing", "Ringing", "Paused", "Ended", "Owed", "Accepted", "TextEnded"];

/// Number of states of reminders.
const REMINDER_STATES: usize = 5;

const EVENTS: [&str; 39] = [
    "WakeUpSent",
    "Woken",
    "SlotAssigned",
    "NoSlotInTime",
    "CallLimitReached",
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

/// Number of events of reminders. The other events are events of outgoing texts.
const REMINDER_EVENTS: usize = 28;

/// Whether an event and a state are of the same kind: both of reminders, or both of outgoing texts.
fn belong_together(state: usize, event: usize) -> bool {
    (state < REMINDER_STATES) == (event < REMINDER_EVENTS)
}

/// Outcomes as the executor logs them: the record changed, only effects followed, or the event was ignored.
const OUTCOMES: [&str; 3] = ["changed", "acted", "ignored"];

/// From this number of histories on, every common transition must have been taken.
pub const ENOUGH: u64 = 100_000;

/// How often an uncommon transition is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// Not at all: a run in which it is taken fails.
    Never,
    /// So seldom that a run need not take it. If a run takes it, the event must be ignored.
    Ignored,
    /// So seldom that a run need not take it.
    Seldom,
    /// At least once in so many histories.
    Within(u64),
}

/// Transitions that are taken rarely or never: states, events, how often they are expected, and the reason.
const RARE: [(&[&str], &[&str], Expected, &str); 19] = [
    (
        &["Dialing", "Ringing", "Paused", "Ended"],
        &["Rescheduled"],
        Expected::Never,
        "only a one-off that waits for its first call is moved in place; for any other reminder, a MOVE makes a new one, \
         and skips or acknowledges the occurrence",
    ),
    (
        &["Ended"],
        &["Deleted", "Skipped"],
        Expected::Never,
        "DELETE and SKIP find only open reminders, and fail if a reminder has changed since it was read",
    ),
    (
        &["Waiting", "Dialing", "Ringing", "Ended"],
        &["Resumed"],
        Expected::Never,
        "a RESUME applies to the series that its transaction has read as paused, and fails if the series has changed since",
    ),
    (
        &["Ended"],
        &["ZoneCorrected", "SeriesReplanned"],
        Expected::Never,
        "a text about the zone, or an UNDO, changes the reminders that its transaction has read as open, and fails if one \
         has changed since",
    ),
    (
        &["Paused"],
        &["DeadlinePassed"],
        Expected::Ignored,
        "needs a sweeper that reads an overdue record whose series another writer pauses before the sweeper's own write; \
         a paused series itself is overdue after a year, and no world lasts so long",
    ),
    (
        &["Ringing", "Paused"],
        &["RefusedForNow", "RefusedForGood"],
        Expected::Seldom,
        "Ringing: a refused call has no callbacks, so nothing else makes it ring; Paused: before a late refusal, the call \
         has ended as unknown, and such an end pauses no series",
    ),
    (
        &["Dialing", "Ringing", "Paused"],
        &["WakeUpSent"],
        Expected::Seldom,
        "needs a write that records a far wake-up as sent and loses the race against the claim of the same wake-up",
    ),
    (
        &["Dialing", "Ringing", "Paused"],
        &["NoSlotInTime"],
        Expected::Seldom,
        "needs two wake-ups at once, of which one gets a slot and the other gets no slot a moment later",
    ),
    (
        &["Dialing", "Ringing", "Paused", "Ended"],
        &["CallLimitReached"],
        Expected::Seldom,
        "needs two wake-ups at once, of which one gets the last call that a limit allows and the other none",
    ),
    (
        &["Paused"],
        &["SlotAssigned", "Postponed"],
        Expected::Seldom,
        "needs two wake-ups at once, of which one is postponed only after the last call of the other wake-up is over",
    ),
    (
        &["Paused"],
        &["AnswererDetected(Person)", "AnswererDetected(MachineEnded)"],
        Expected::Within(1_000_000),
        "needs a verdict that is posted again after the series was paused, mostly about an earlier occurrence",
    ),
    (
        &["Paused"],
        &["AnswererDetected(MachineStarted)", "AnswererDetected(Fax)", "AnswererDetected(Unknown)"],
        Expected::Seldom,
        "needs a rare or wrong verdict that is posted again after the series was paused",
    ),
    (
        &["Paused"],
        &["Accepted", "CallReported(PickedUp)", "CallReported(Completed)", "KeyPressed"],
        Expected::Within(1_000_000),
        "needs a late report about a call that was not known to be picked up when the series was paused",
    ),
    (
        &["Ringing"],
        &["SeriesReplanned"],
        Expected::Within(1_000_000),
        "needs a YES that arrives while a daily or weekly series rings",
    ),
    (
        &["Dialing"],
        &["SeriesReplanned"],
        Expected::Seldom,
        "needs a YES that arrives in the second in which the carrier is asked for a call",
    ),
    (
        &["Accepted"],
        &["TextSlotAssigned", "TextRefusedForGood"],
        Expected::Seldom,
        "needs a function that froze before it sent a try, and goes on after a later try was accepted",
    ),
    (
        &["Accepted"],
        &["TextOptedOut"],
        Expected::Seldom,
        "needs a function that froze before it sent a try, and goes on after a later try and an opt-out",
    ),
    (
        &["TextEnded"],
        &["TextSlotAssigned"],
        Expected::Within(1_000_000),
        "needs two texts at once, and a key, a \"done\" or an opt-out while one of them gets a later slot",
    ),
    (
        &["Owed", "TextEnded"],
        &["TextNoFailureKnown"],
        Expected::Seldom,
        "needs a report that the text failed or ended, while the carrier is asked for the status of that text",
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

    pub(crate) fn count(&mut self, indexes: [Option<usize>; 3]) {
        match indexes {
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

    /// Returns a line for each transition that should have been taken in this many histories and was not, a line for
    /// each that was taken in a way that `RARE` excludes, and a line if names were unknown.
    pub fn unexpected(&self, histories: u64) -> Vec<String> {
        let mut unexpected = Vec::new();
        for (at, (state, counts)) in STATES.iter().zip(&self.counts).enumerate() {
            let events = EVENTS.iter().zip(counts).enumerate().filter(|(event, _)| belong_together(at, *event));
            for (event, outcomes) in events.map(|(_, event)| event) {
                let rare = RARE.iter().find(|(states, events, ..)| states.contains(state) && events.contains(event));
                let taken: u64 = outcomes.iter().sum();
                let [changed, acted, _] = *outcomes;
                let must_be_taken = match rare.map(|(.., expected, _)| expected) {
                    None => histories >= ENOUGH,
                    Some(Expected::Within(enough)) => histories >= *enough,
                    Some(Expected::Never | Expected::Ignored | Expected::Seldom) => false,
                };
                if must_be_taken && taken == 0 {
                    unexpected.push(format!("the transition of {event} in {state} was never taken"));
                }
                let legal = match rare {
                    Some((.., Expected::Never, _)) => 0,
                    Some((.., Expected::Ignored, _)) => taken - changed - acted,
                    Some((.., Expected::Seldom | Expected::Within(_), _)) | None => taken,
                };
                if let Some((.., expected, reason)) = rare.filter(|_| taken > legal) {
                    let wrong = taken - legal;
                    let but = match expected {
                        Expected::Ignored => " and not ignored, although it",
                        Expected::Never | Expected::Seldom | Expected::Within(_) => ", but",
                    };
                    unexpected
                        .push(format!("the transition of {event} in {state} was taken {wrong} times{but} {reason}"));
                }
            }
        }
        if self.unknown > 0 {
            unexpected.push(format!("{} transitions have a name that the simulation does not know", self.unknown));
        }
        unexpected
    }

    /// Returns the groups of rare transitions, one in each line, each with its reason.
    pub fn rare_transitions() -> Vec<String> {
        let line = |(states, events, _, reason): &(&[&str], &[&str], Expected, &str)| {
            format!("{} in {}: {reason}", events.join(", "), states.join(", "))
        };
        RARE.iter().map(line).collect()
    }

    /// The table of all transitions, with the counts of each outcome.
    pub fn table(&self) -> Vec<String> {
        let mut lines =
            vec!["transitions: how often an event changed the record / only had effects / was ignored".to_owned()];
        for (states, events) in
            [(0..REMINDER_STATES, 0..REMINDER_EVENTS), (REMINDER_STATES..STATES.len(), REMINDER_EVENTS..EVENTS.len())]
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that is unexpected after one transition.
    fn unexpected_after(state: &str, event: &str, outcome: &str) -> Vec<String> {
        let mut seen = TransitionsSeen::default();
        let names = [state, event, outcome];
        seen.count(std::array::from_fn(|table| TransitionsSeen::index(table, names[table])));
        seen.unexpected(1)
    }

    #[test]
    fn a_transition_that_cannot_happen_is_unexpected() {
        assert_eq!(unexpected_after("Waiting", "Woken", "ignored"), [""; 0]);
        assert_eq!(unexpected_after("Ringing", "NoSlotInTime", "ignored"), [""; 0]);
        let unexpected = unexpected_after("Ended", "Resumed", "ignored");
        assert!(unexpected[0].starts_with("the transition of Resumed in Ended was taken 1 times, but"));
    }

    #[test]
    fn the_passed_deadline_of_a_paused_series_is_unexpected_unless_it_is_ignored() {
        assert_eq!(unexpected_after("Paused", "DeadlinePassed", "ignored"), [""; 0]);
        for outcome in ["changed", "acted"] {
            let unexpected = unexpected_after("Paused", "DeadlinePassed", outcome);
            assert!(
                unexpected[0]
                    .starts_with("the transition of DeadlinePassed in Paused was taken 1 times and not ignored")
            );
        }
    }

    #[test]
    fn a_common_transition_that_is_not_taken_is_unexpected_in_a_long_run() {
        let never = "the transition of Woken in Waiting was never taken".to_owned();
        assert!(!TransitionsSeen::default().unexpected(ENOUGH - 1).contains(&never));
        assert!(TransitionsSeen::default().unexpected(ENOUGH).contains(&never));
    }

    #[test]
    fn every_rare_transition_has_a_name_that_exists() {
        for (states, events, ..) in RARE {
            assert!(states.iter().all(|state| STATES.contains(state)), "{states:?}");
            assert!(events.iter().all(|event| EVENTS.contains(event)), "{events:?}");
        }
    }
}
