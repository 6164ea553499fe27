//! Takes in what a person texts, or presses on a call instead: stores what it changes, then does what follows.

mod follow_up;
mod intake;

pub use follow_up::{StillOpen, follow_up};
pub use intake::{Intake, NotStored, Stored, take};
