//! The lifecycle of a reminder: one function from the record and an event to the changed record and its effects.
//!
//! ```text
//!            woken, turn, claim          accepted                  key
//! Waiting ─────────────────▶ Dialing ────────────────▶ Ringing ──────────▶ Heard
//!   ▲  ▲  refused for now       │ refused for good        │ no key, attempts left: Waiting
//!   │  └────────────────────────┤ deadline: unknown       │ a person but no key, no attempts left, too late
//!   │                           ▼                         ▼
//!   └── next occurrence ◀── Unconfirmed · Missed: one transaction with the text that replaces the call
//!                                  └──▶ Paused, after five missed occurrences in a row
//! ```
//!
//! Each state has a file of its own with one table, which handles every event by name.

mod call_speech;
mod cancelled_call;
mod dialing;
mod ended;
mod label;
mod paused;
mod plan;
mod ringing;
mod step;
mod texted;
mod waiting;

use jiff::Timestamp;

pub use call_speech::{Speech, speech};
pub use label::TransitionLabel;
pub use plan::{waiting, wake};
pub use step::{Change, Transition};
pub use waiting::is_time;

use crate::event::Event;
use crate::policy::Policy;
use crate::record::{Lifecycle, Reminder, State};
use ringing::Ringing;
use step::Step;
use waiting::Waiting;

/// Decides the change that `event` makes to `reminder` at `now`. The write id of the changed record is set when it is
/// written.
pub fn transition(reminder: &Reminder, event: &Event, now: Timestamp, policy: &Policy) -> Transition {
    let step = Step { reminder, now, policy };
    let Lifecycle::Live { state, deadline, recoveries } = &reminder.life else { return step.ended(event) };
    if *event == Event::DeadlinePassed && !is_overdue(*deadline, now) {
        return Transition::Ignore;
    }
    match state {
        State::Waiting { attempt, wake_at, answered, .. } => {
            let (attempt, wake_at, answered) = (*attempt, *wake_at, *answered);
            let waiting = Waiting { attempt, wake_at, answered, deadline: *deadline, recoveries: *recoveries };
            step.waiting(event, &waiting)
        }
        State::Dialing { attempt, claim, answered } => step.dialing(event, *attempt, claim, *answered),
        State::Ringing { attempt, claim, call, pickup, answered } => {
            let ringing = Ringing { attempt: *attempt, claim, call, pickup: *pickup, answered: *answered };
            step.ringing(event, &ringing, *deadline, *recoveries)
        }
        State::Paused => step.paused(event),
    }
}

/// Whether the sweeper may recover the record. A record that has changed in the meantime may have a later deadline.
// guard: is_overdue
fn is_overdue(deadline: Timestamp, now: Timestamp) -> bool {
    deadline <= now
}

#[cfg(test)]
mod tests;
