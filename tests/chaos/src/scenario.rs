//! The scenarios of a chaos run, and the length of a run.

/// The length of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunLength {
    /// Under two minutes, as part of the tests.
    Short,
    /// About ten minutes, started by hand.
    Long,
}

/// A kind of failure or load. A run has several scenarios, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scenario {
    /// Kill function processes during calls
    FunctionsKilled,
    /// Stop and start the emulated AWS while reminders are pending
    AwsStopped,
    /// Make the carrier unreachable while texts keep coming
    CarrierDead,
    /// Send many texts at once, with duplicates
    TextsAtOnce,
    /// Make many reminders due in the same second
    SameSecond,
}

impl Scenario {
    /// All scenarios, in the order in which they run. Processes are killed first, so that the messages that these
    /// processes had received become visible again before the end of the run.
    pub const ALL: [Self; 5] =
        [Self::FunctionsKilled, Self::AwsStopped, Self::CarrierDead, Self::TextsAtOnce, Self::SameSecond];
}

impl RunLength {
    /// The max lateness of reminders, in seconds. The carrier's outage and the open breaker delay reminders. In a
    /// long run, most delayed reminders still ring. In a short run, most of them are texted.
    pub(crate) const fn max_lateness_s(self) -> u64 {
        match self {
            Self::Short => 40,
            Self::Long => 240,
        }
    }
}
