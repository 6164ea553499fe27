//! The times that an operator may set, and the relations between them.

use super::limits::{BACKOFF_MAX_S, CREDENTIALS_READ_MAX_S, NEAR_S, OPEN_MAX, QUEUE_DELAY_MAX_S, TIME_MAX_S};
use super::rate::PROBE_S;
use super::retry_delays::RetryDelays;

/// The times that an operator may set, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// A function's timeout.
    pub function_s: i64,
    /// Timeout of one request to the carrier.
    pub carrier_s: i64,
    /// Visibility timeout of the queues.
    pub visibility_s: i64,
    /// How long a claim is live without an answer or callback from the carrier.
    pub dialing_s: i64,
    /// How long the phone rings. The carrier may add up to [`RING_STRETCH_S`](super::RING_STRETCH_S). Mailboxes usually
    /// pick up after 20 to 30 s, so the phone must stop ringing before that.
    pub ring_s: i64,
    /// Longest duration of a call after the pickup.
    pub talk_s: i64,
    /// How late a callback may be, after the time for ringing and talking.
    pub ringing_margin_s: i64,
    /// Max lateness: how late a reminder may still ring.
    pub max_lateness_s: i64,
    /// Retry delays: the wait from the end of each call to the next call.
    pub retry_delays_s: RetryDelays,
    /// First backoff after a call was refused for a reason that is not about the number.
    pub refused_backoff_s: i64,
    /// Half of the first wait after a text whose outcome is unknown, and a part of its later waits.
    pub text_backoff_s: i64,
    /// How long a text is tried in all.
    pub text_give_up_s: i64,
    /// How long the text waits after a pickup without a key, because the report `completed` may have overtaken a
    /// pressed key.
    pub unconfirmed_wait_s: i64,
    /// How long a record waits for the confirmation that its far wake-up was sent.
    pub wake_up_sent_within_s: i64,
    /// How late a wake-up may be before the sweeper sends another one.
    pub wake_up_margin_s: i64,
    /// First backoff of the sweeper.
    pub recovery_backoff_s: i64,
    /// How long storing a text may take before the text is parked.
    pub store_s: i64,
    /// How long parking a text may take.
    pub park_s: i64,
}

impl Times {
    /// The times that apply if the operator sets none. A test compares them with the template's defaults.
    pub const DEFAULT: Self = Self {
        function_s: 20,
        carrier_s: 8,
        visibility_s: 120,
        dialing_s: 60,
        ring_s: 18,
        talk_s: 90,
        ringing_margin_s: 60,
        max_lateness_s: 900,
        retry_delays_s: RetryDelays::new([120, 300]),
        refused_backoff_s: 15,
        text_backoff_s: 30,
        text_give_up_s: 86_400,
        unconfirmed_wait_s: 10,
        wake_up_sent_within_s: 30,
        wake_up_margin_s: 90,
        recovery_backoff_s: 60,
        store_s: 6,
        park_s: 3,
    };

    /// Returns the first relation between these times that does not hold.
    pub const fn broken_relation(&self) -> Option<&'static str> {
        if !self.all_in_bounds() {
            return Some("every time must be at least 1 s and at most a week");
        }
        // A webhook's signature, and then the carrier's refusal of a request, may show that the credentials have changed.
        if self.carrier_s + 2 * CREDENTIALS_READ_MAX_S >= self.function_s {
            return Some(
                "a request to a carrier (CARRIER_TIMEOUT_S), with 2 s before and after it to read the credentials again, \
                 must end before its function does (FUNCTION_TIMEOUT_S)",
            );
        }
        if self.function_s >= PROBE_S {
            return Some(
                "a function (FUNCTION_TIMEOUT_S) must end before the lease of a carrier's probe does, in 30 s",
            );
        }
        if self.function_s >= self.dialing_s {
            return Some("a claim (DIALING_S) must outlive the function that made it (FUNCTION_TIMEOUT_S)");
        }
        if 6 * self.function_s > self.visibility_s {
            return Some("a message must stay hidden (VISIBILITY_S) for six function timeouts, as AWS asks");
        }
        if self.max_lateness_s > QUEUE_DELAY_MAX_S {
            return Some("the max lateness (MAX_LATENESS_S) must fit a queue's longest delay of 900 s");
        }
        if !all_within(self.retry_delays_s.as_slice(), QUEUE_DELAY_MAX_S) {
            return Some("each of the retry delays (RETRY_DELAYS_S) must fit a queue's longest delay of 900 s");
        }
        if CREDENTIALS_READ_MAX_S + self.store_s + self.park_s + 1 >= self.function_s {
            return Some(
                "2 s to read the credentials again, storing and parking (STORE_S, PARK_S) must fit into a function \
                 (FUNCTION_TIMEOUT_S) with 1 s to spare",
            );
        }
        if self.text_backoff_s > BACKOFF_MAX_S || self.recovery_backoff_s > BACKOFF_MAX_S {
            return Some(
                "the first backoff (TEXT_BACKOFF_S, RECOVERY_BACKOFF_S) must be at most the longest one of 900 s",
            );
        }
        None
    }

    const fn all_in_bounds(&self) -> bool {
        let times = [
            self.function_s,
            self.carrier_s,
            self.visibility_s,
            self.dialing_s,
            self.ring_s,
            self.talk_s,
            self.ringing_margin_s,
            self.max_lateness_s,
            self.refused_backoff_s,
            self.text_backoff_s,
            self.text_give_up_s,
            self.unconfirmed_wait_s,
            self.wake_up_sent_within_s,
            self.wake_up_margin_s,
            self.recovery_backoff_s,
            self.store_s,
            self.park_s,
        ];
        all_within(&times, TIME_MAX_S) && all_within(self.retry_delays_s.as_slice(), TIME_MAX_S)
    }
}

/// Whether each of these times is from 1 s to `longest_s`.
const fn all_within(times_s: &[i64], longest_s: i64) -> bool {
    let mut index = 0;
    while index < times_s.len() {
        if times_s[index] < 1 || times_s[index] > longest_s {
            return false;
        }
        index += 1;
    }
    true
}

const _: () = assert!(Times::DEFAULT.broken_relation().is_none());
const _: () = assert!(NEAR_S < QUEUE_DELAY_MAX_S);
const _: () = assert!(OPEN_MAX + 3 <= 100, "a transaction has all reminders, the text, the profile and the answer");
