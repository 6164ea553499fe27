//! Whether a time depends on the zone in which its text was read.

/// Whether a time depends on the zone in which its text was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueBasis {
    /// The time is on the clocks of the sender's zone: "at 5 PM", "tomorrow", "every day at 9".
    LocalClock,
    /// The time is the same instant in every zone: "in 20 minutes", "5 PM PST".
    Fixed,
    /// The first time is the same instant in every zone, but the last time is on the clocks of the sender's zone:
    /// "every 30 minutes until 6 PM".
    LocalEnd,
}
