//! Judges which reminders were lost, doubled, early or late, only by the simulated carrier's log and the answers to
//! the texts. It reads no record of the service and shares no code with it.
//!
//! [`judge`] judges the texts of one scenario, all of which are known. [`standing`] judges everything in a log: it
//! reads from the answers what was promised, and what the people changed since then.

mod doubled;
mod evidence;
mod late;
mod phase;
mod promise;
mod standing;

pub use self::phase::{Acceptance, Figures, Phase, Sent, is_over, judge};
pub use self::standing::{Standing, standing};
