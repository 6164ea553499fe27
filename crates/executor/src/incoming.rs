//! Takes in a text, or a pressed key that makes the same request as a text: stores the changes, then carries out the
//! effects.

mod follow_up;
mod intake;
mod repeat;
mod stored;

pub use follow_up::{StillOpen, follow_up};
pub use intake::{Intake, take};
pub use stored::{IntakeError, Stored};
