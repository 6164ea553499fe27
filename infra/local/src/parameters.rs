//! The template's parameters for local stacks. Stages differ only by parameters.

use std::collections::BTreeMap;

/// Service number of a local stack; reserved for fiction.
pub const SERVICE_NUMBER: &str = "+12125550100";
/// Service number of the second account; reserved for fiction.
pub const SECOND_SERVICE_NUMBER: &str = "+12125550101";
/// Public URL of the service, which the carrier signs with each webhook. The simulated carrier sends the webhooks to
/// the emulated API instead.
pub const PUBLIC_URL: &str = "https://sixthirty.example";

/// How the sweeper is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sweeper {
    /// By its schedule every minute, as on AWS.
    EveryMinute,
    /// Only by an explicit invocation, so that tests do not wait for it.
    ByHand,
}

/// The template's parameters that differ from its defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Returns the parameters that every local stack needs.
    #[must_use]
    pub fn of_this_machine() -> Self {
        // Rust and AWS have different names for the architectures.
        let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
        Self(BTreeMap::new())
            .with("Architecture", architecture)
            .with("Platform", "EMULATOR")
            .with("ServiceNumber", SERVICE_NUMBER)
            .with("PublicUrl", PUBLIC_URL)
    }

    /// Sets a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets how the sweeper is started.
    #[must_use]
    pub fn with_sweeper(self, sweeper: Sweeper) -> Self {
        let state = match sweeper {
            Sweeper::EveryMinute => "ENABLED",
            Sweeper::ByHand => "DISABLED",
        };
        self.with("SweepState", state)
    }

    /// Sets times and rates for tests. The usual waits take seconds instead of minutes. Limits that are reached only
    /// after a failure leave room for a machine that stalls for several seconds.
    #[must_use]
    pub fn with_short_times(self) -> Self {
        const SHORT: &[(&str, &str)] = &[
            ("Timeouts", "test"),
            ("RingSeconds", "30"),
            ("TalkSeconds", "60"),
            ("RingingMarginSeconds", "10"),
            ("MaxLatenessSeconds", "300"),
            // The first delay is long enough for a test to send a text between the first two calls.
            ("RetryDelaysSeconds", "20,3"),
            ("RefusedBackoffSeconds", "1"),
            ("TextBackoffSeconds", "10"),
            // Longer than the quarter of an hour after which an undelivered text is tried again.
            ("TextGiveUpSeconds", "3600"),
            ("UnconfirmedWaitSeconds", "15"),
            ("WakeUpSentWithinSeconds", "10"),
            ("WakeUpMarginSeconds", "30"),
            ("RecoveryBackoffSeconds", "5"),
            // Several people who are called at the same time must not wait for each other's slots.
            ("CallsPerSecond", "20"),
            ("TextsPerSecond", "20"),
            // All tests of an hour share one carrier.
            ("CallsPerHour", "72000"),
            ("CallsPerPersonPerHour", "500"),
        ];
        SHORT.iter().fold(self, |parameters, (name, value)| parameters.with(name, value))
    }

    /// Returns the parameters as SAM expects them: `Name=value`.
    pub fn overrides(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(name, value)| format!("{name}={value}"))
    }
}
