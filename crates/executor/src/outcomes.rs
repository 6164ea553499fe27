//! Decides which metrics a transition of a reminder or a text counts, and logs them in the lines whose values
//! CloudWatch counts. Other code counts single events with [`count`].
//!
//! The lines hold ids, names of states and events, times and codes, but no phone number and no words of a text. Lines
//! about a transition are written after it is stored, so that it counts once. Lines about requests to a carrier,
//! budgets and breakers are written when these happen, so a repeat counts again. The line about a reminder that reached
//! its person by neither a call nor a text comes before the write that ends the text, like its alarm: it may count
//! twice.

mod incoming;
mod line;
mod reminders;
mod texts;
mod unchanged;

use reminder::ids::{OutgoingTextId, ReminderId};
use reminder::metrics::{Metric, TARGET};
use reminder::ports::{CarrierError, Remedy};

pub(crate) use incoming::{StoredText, text_stored};
pub(crate) use line::Lines;
use line::Values;
pub use line::{count, measure};
pub(crate) use reminders::reminder_changed;
pub use texts::undelivered;
pub(crate) use texts::{not_reached, reminder_of, text_changed};
pub(crate) use unchanged::{reminder_unchanged, text_unchanged};

/// What a carrier was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierRequest<'a> {
    /// A call for this reminder.
    Call(&'a ReminderId),
    /// This text, which replaces the call of a reminder, or is an answer.
    Text(&'a OutgoingTextId, Option<&'a ReminderId>),
}

/// Logs how a carrier answered a request for a call or a text.
pub fn carrier_answered<T>(request: CarrierRequest<'_>, answer: &Result<T, CarrierError>) {
    let (accepted, reminder, text) = match request {
        CarrierRequest::Call(reminder) => (Metric::CallsPlaced, Some(reminder), None),
        CarrierRequest::Text(text, reminder) => (Metric::TextsAccepted, reminder, Some(text)),
    };
    let (metric, outcome, code) = match answer {
        Ok(_) => (accepted, "accepted", None),
        Err(CarrierError::NumberRefused { code }) => (Metric::CarrierRefusedNumber, "number refused", Some(*code)),
        Err(CarrierError::OptedOut { code }) => (Metric::TextsUndeliveredOptedOut, "opted out", Some(*code)),
        Err(CarrierError::RefusedForNow { remedy: Remedy::Operator, .. }) => {
            (Metric::CarrierRefusedOperator, "refused until the operator acts", None)
        }
        Err(CarrierError::RefusedForNow { remedy: Remedy::Wait, .. }) => {
            (Metric::CarrierRefusedForNow, "refused for now", None)
        }
        Err(CarrierError::Unknown(_)) => (Metric::OutcomesUnknown, "unknown", None),
    };
    tracing::info!(
        target: TARGET,
        metrics = %Values(vec![(metric, 1)]),
        reminder.id = reminder.map(tracing::field::display),
        text.id = text.map(tracing::field::display),
        outcome,
        code,
        "carrier answered"
    );
}
