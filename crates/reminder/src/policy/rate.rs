//! How fast a carrier is asked, and when it is left alone.

/// Failures within [`FAILURES_WITHIN_S`] that open a line's breaker.
pub const FAILURES: usize = 5;

/// The time in which failures are counted together, in seconds.
pub const FAILURES_WITHIN_S: i64 = 60;

/// How long a breaker is open the first time, in seconds: patience has room for many such waits.
pub const OPEN_S: i64 = 30;

/// How long it is open at most, in seconds: a carrier that is back is found within a third of a reminder's patience.
pub const OPEN_MAX_S: i64 = 300;

/// How long one may take to try whether a line works again, in seconds: longer than a function runs, which is checked, so
/// that only a lost one's lease lapses.
pub const PROBE_S: i64 = 30;

/// How soon whoever meets a probe looks again, in seconds: a request that is answered is answered by then, and a
/// reminder that waits for the breaker should not wait for a lease.
pub const PROBED_AGAIN_S: i64 = 5;

/// How old a call's slot may be, in seconds: an older one has been overtaken by those behind it, and to use it would be
/// over the pace.
pub const SLOT_FRESH_S: i64 = 10;

/// How old a text's slot may be, in seconds: the sweeper comes for it within its minute, and takes some time.
pub const TEXT_SLOT_FRESH_S: i64 = 150;

/// Requests a second that may be set, at most. Slots are told apart by milliseconds.
pub const PER_SECOND_MAX: u32 = 1000;

/// How fast each line of a carrier may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Calls a second: Twilio's own default is 1 for an account
    /// (<https://www.twilio.com/docs/voice/api/call-resource#calls-per-second-cps>).
    pub calls_per_second: u32,
    /// Texts a second: a long number is given 1
    /// (<https://help.twilio.com/articles/115002943027>).
    pub texts_per_second: u32,
}

impl Rate {
    /// What an operator gets who sets nothing. The template's defaults are tested to be these.
    pub const DEFAULT: Self = Self { calls_per_second: 1, texts_per_second: 1 };
}
