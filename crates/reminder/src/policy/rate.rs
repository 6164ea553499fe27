//! How fast a carrier is asked, and when its circuit breaker opens and closes.

/// Number of failures within [`FAILURES_WITHIN_S`] that open a channel's breaker.
pub const FAILURES: usize = 5;

/// The span in which failures are counted together, in seconds.
pub const FAILURES_WITHIN_S: i64 = 60;

/// How long a breaker is open the first time, in seconds. The default max lateness has room for many such
/// waits.
pub const OPEN_S: i64 = 30;

/// How long a breaker is open at most, in seconds. A carrier that works again is noticed within a third of the default
/// max lateness.
pub const OPEN_MAX_S: i64 = 300;

/// How long after its open time a breaker remembers how long it was open, in seconds. While requests wait for the
/// carrier, the next probe starts within this span.
pub const QUIET_S: i64 = OPEN_MAX_S;

/// How long one probe may take, in seconds. A check ensures that it is longer than a function runs, so that only the
/// lease of a lost probe expires.
pub const PROBE_S: i64 = 30;

/// How soon a caller that meets a running probe looks again, in seconds. Most requests are answered by then, and a
/// reminder should not wait for the whole lease.
pub const PROBED_AGAIN_S: i64 = 5;

/// How old a call's slot may be, in seconds. After that, later slots may have been used, so using the old slot too
/// would exceed the rate.
pub const SLOT_FRESH_S: i64 = 10;

/// How old a text's slot may be, in seconds. The sweeper may read the text up to a minute after the slot, and then
/// needs some time.
pub const TEXT_SLOT_FRESH_S: i64 = 150;

/// The highest rate that may be set, in requests a second. Slots are at least a millisecond apart.
pub const PER_SECOND_MAX: u32 = 1000;

/// The highest number of calls an hour that may be set: that of the highest rate.
pub const PER_HOUR_MAX: u32 = 3600 * PER_SECOND_MAX;

/// How fast each channel of a carrier may be asked, and how often in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Calls a second. Twilio's default for an account is 1
    /// (<https://www.twilio.com/docs/voice/api/call-resource#calls-per-second-cps>).
    pub calls_per_second: u32,
    /// Texts a second. A long number may send 1
    /// (<https://help.twilio.com/articles/115002943027>).
    pub texts_per_second: u32,
    /// Calls an hour, of all people together. It bounds the price of an hour in which many numbers are forged.
    pub calls_per_hour: u32,
}

impl Rate {
    /// The rate if the operator sets none.
    pub const DEFAULT: Self = Self { calls_per_second: 1, texts_per_second: 1, calls_per_hour: 1800 };
}

/// Highest limit that may be set on the calls to one person within an hour or a day. The instants of the calls of a day
/// are kept in one item, and are read with each call.
pub const PER_PERSON_MAX: u32 = 500;

/// How often one person may be called, confirmed or not. Above a limit, texts replace the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallsPerPerson {
    /// Calls within any hour.
    pub per_hour: u32,
    /// Calls within any day of 24 hours.
    pub per_day: u32,
}

impl CallsPerPerson {
    /// The limits if the operator sets none. Three reminders in an hour that are all missed make nine calls.
    pub const DEFAULT: Self = Self { per_hour: 12, per_day: 60 };
}
