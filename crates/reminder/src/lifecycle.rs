//! The lifecycle of a reminder: one function from the record and an event to the changed record and its effects.
//!
//! ```text
//!            woken, claim                accepted                  key
//! Waiting ─────────────────▶ Dialing ────────────────▶ Ringing ──────────▶ Heard
//!   ▲  ▲  refused for now       │ refused for good        │ not reached, attempts left: Waiting
//!   │  └────────────────────────┤ deadline: unknown       │ no key, no attempts left, too late
//!   │                           ▼                         ▼
//!   └── next occurrence ◀──── Texting ◀───────────────────┘ ──▶ Unconfirmed · Missed · Failed
//! ```
//!
//! Each state has a file of its own with one table, which handles every event by name.

mod dialing;
mod ended;
mod label;
mod pickup_speech;
mod plan;
mod ringing;
mod step;
mod texting;
mod waiting;

use jiff::Timestamp;

pub use label::TransitionLabel;
pub use pickup_speech::{Speech, speech};
pub use plan::{waiting, wake};
pub use step::Transition;
pub use waiting::is_time;

use crate::event::Event;
use crate::policy::Policy;
use crate::record::{Lifecycle, Reminder, State};
use ringing::Ringing;
use step::Step;
use texting::Texting;
use waiting::Waiting;

/// Decides what `event` at `now` changes in `reminder`. The write id of the changed record is set when it is written.
pub fn transition(reminder: &Reminder, event: &Event, now: Timestamp, policy: &Policy) -> Transition {
    let step = Step { reminder, now, policy };
    let Lifecycle::Live { state, deadline, recoveries } = &reminder.life else { return step.ended(event) };
    if *event == Event::DeadlinePassed && !is_overdue(*deadline, now) {
        return Transition::Ignore;
    }
    match state {
        State::Waiting { attempt, wake_at, .. } => {
            let (attempt, wake_at, deadline, recoveries) = (*attempt, *wake_at, *deadline, *recoveries);
            step.waiting(event, &Waiting { attempt, wake_at, deadline, recoveries })
        }
        State::Dialing { attempt, claim } => step.dialing(event, *attempt, claim),
        State::Ringing { attempt, claim, call, pickup } => {
            step.ringing(event, &Ringing { attempt: *attempt, claim, call, pickup: *pickup }, *deadline, *recoveries)
        }
        State::Texting { why, tries, since, slot } => {
            let texting = Texting { why: *why, tries: *tries, since: *since, slot: slot.as_ref() };
            step.texting(event, texting, *deadline)
        }
    }
}

/// Whether the sweeper may recover it. A record that has moved on meanwhile has a later deadline.
// guard: is_overdue
fn is_overdue(deadline: Timestamp, now: Timestamp) -> bool {
    deadline <= now
}

#[cfg(test)]
mod tests;
