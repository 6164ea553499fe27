//! What a chaos run goes through, and how much of it.

/// How long a run takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunLength {
    /// Under two minutes, with the tests.
    Short,
    /// Some ten minutes, by hand.
    Long,
}

/// Something that is done to the stack. A run goes through several, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scenario {
    /// Function processes are killed mid-call.
    FunctionsKilled,
    /// The emulated AWS is stopped and started with reminders pending.
    AwsStopped,
    /// The carrier is dead while texts go on coming.
    CarrierDead,
    /// Many texts come at once, with duplicates.
    TextsAtOnce,
    /// Many reminders are due in the same second.
    SameSecond,
}

impl Scenario {
    /// All scenarios, in the order in which they run: processes are killed first, so that what their deaths hide has come
    /// back before the end.
    pub const ALL: [Self; 5] =
        [Self::FunctionsKilled, Self::AwsStopped, Self::CarrierDead, Self::TextsAtOnce, Self::SameSecond];
}

impl RunLength {
    /// How late a reminder may still ring, in seconds. In a long run most of what the carrier's outage and the open
    /// breaker after it hold up still rings; in a short run most of it is texted.
    pub(crate) const fn max_lateness_s(self) -> u64 {
        match self {
            Self::Short => 40,
            Self::Long => 240,
        }
    }
}
