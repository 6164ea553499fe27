//! The template's parameters on this machine: the only difference between stages.

use std::collections::BTreeMap;

/// The number people text here; fictional.
pub const SERVICE_NUMBER: &str = "+12125550100";
/// The number of a second account, where a stack has one; fictional.
pub const SECOND_SERVICE_NUMBER: &str = "+12125550101";
/// What the carrier signs. The simulated carrier sends to the emulated API instead.
pub const PUBLIC_URL: &str = "https://sixthirty.example";

/// Whether the sweeper runs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sweeper {
    /// Every minute, as on AWS.
    EveryMinute,
    /// Only when it is invoked: tests don't wait for it.
    ByHand,
}

/// The template's parameters that differ from its defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// What any stack on this machine needs.
    #[must_use]
    pub fn of_this_machine() -> Self {
        // Both are parameters of ours that Rust and AWS call differently.
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
        Self(BTreeMap::new())
            .with("Architecture", architecture)
            .with("ServiceNumber", SERVICE_NUMBER)
            .with("PublicUrl", PUBLIC_URL)
    }

    /// Sets one parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Who starts the sweeper.
    #[must_use]
    pub fn with_sweeper(self, sweeper: Sweeper) -> Self {
        let state = match sweeper {
            Sweeper::EveryMinute => "ENABLED",
            Sweeper::ByHand => "DISABLED",
        };
        self.with("SweepState", state)
    }

    /// Times for tests: the same code. A wait that each test goes through takes seconds where people wait minutes. A
    /// limit that must not be reached while nothing is wrong has room for a machine that stands still for several
    /// seconds.
    #[must_use]
    pub fn with_short_times(self) -> Self {
        const SHORT: &[(&str, &str)] = &[
            ("FunctionTimeoutSeconds", "20"),
            ("CarrierTimeoutSeconds", "8"),
            ("VisibilitySeconds", "120"),
            ("DialingSeconds", "25"),
            ("RingSeconds", "30"),
            ("TalkSeconds", "60"),
            ("RingingMarginSeconds", "10"),
            ("MaxLatenessSeconds", "300"),
            // Between the first two calls a test sends a text.
            ("RetryDelaysSeconds", "20,3"),
            ("RefusedBackoffSeconds", "1"),
            ("TextBackoffSeconds", "10"),
            ("TextGiveUpSeconds", "600"),
            ("UnconfirmedWaitSeconds", "15"),
            ("WakeUpSentWithinSeconds", "10"),
            ("WakeUpMarginSeconds", "30"),
            ("RecoveryBackoffSeconds", "5"),
            ("StoreSeconds", "8"),
            ("ParkSeconds", "6"),
            // Several people at once must not wait for each other.
            ("CallsPerSecond", "20"),
            ("TextsPerSecond", "20"),
        ];
        SHORT.iter().fold(self, |parameters, (name, value)| parameters.with(name, value))
    }

    /// As SAM takes them: `Name=value`.
    pub fn overrides(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(name, value)| format!("{name}={value}"))
    }
}
