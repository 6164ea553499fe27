//! Judges which reminders were lost, doubled, early or late, only by the simulated carrier's log and the answers to
//! the texts. It reads no record of the service and shares no code with it.
//!
//! [`judge`] judges the texts of one scenario, all of which are known. [`totals`] only counts what is certain about
//! texts that anyone sent: after moves, snoozes and deletions, the log alone does not tell what was lost or doubled.

mod evidence;
mod phase;
mod totals;

pub use self::evidence::ZONE;
pub use self::phase::{Acceptance, Figures, Phase, Sent, is_over, judge};
pub use self::totals::{Totals, totals};
