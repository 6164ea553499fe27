//! Channels. All calls of a carrier are one channel, and all its texts are another. A channel has a rate and a circuit
//! breaker.
//!
//! ```text
//!          5 failures in a minute              open time is over, one request takes the lease
//! Closed ─────────────────────────▶ Open ─────────────────────────────────────▶ Probing ──▶ healthy: Closed
//!                                    ▲                                             │ failing: open for twice as long*
//!                                    └─────────────────────────────────────────────┘ lost: its lease expires
//!                                       * as long as the first time, if the last open time ended long ago
//! ```

pub mod slots;

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::ids::CarrierName;
use crate::policy::after;
use crate::policy::rate::{FAILURES, FAILURES_WITHIN_S, OPEN_MAX_S, OPEN_S, PROBE_S, PROBED_AGAIN_S, QUIET_S, Rate};

pub use slots::Priority;

/// The kind of a channel: the voice or the SMS service of a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChannelKind {
    /// Calls that speak a reminder.
    Voice,
    /// Texts, including answers to incoming texts.
    Sms,
}

impl ChannelKind {
    /// Returns the time between two slots at this rate.
    pub fn interval(self, rate: &Rate) -> SignedDuration {
        let per_second = match self {
            Self::Voice => rate.calls_per_second,
            Self::Sms => rate.texts_per_second,
        };
        // Rounded up, so that the rate is never exceeded.
        let per_second = i64::from(per_second.max(1));
        SignedDuration::from_millis((1000 + per_second - 1) / per_second)
    }

    /// Returns how many slots may be requested in one hour at this rate. `None` if there is no maximum. Unconfirmed
    /// numbers get no slot once half of them are used, so that many forged numbers can't use up the calls of the others.
    pub fn budget(self, rate: &Rate, priority: Priority) -> Option<u32> {
        match self {
            Self::Voice if priority.may_use_whole_budget() => Some(rate.calls_per_hour),
            Self::Voice => Some(rate.calls_per_hour.div_ceil(2)),
            // A text replaces each call that the budget does not allow.
            Self::Sms => None,
        }
    }
}

/// A carrier's voice or SMS service. Each has its own rate and breaker, because one may work while the other does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel {
    /// The carrier's name.
    pub carrier: CarrierName,
    /// The carrier's service.
    pub kind: ChannelKind,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ChannelKind::Voice => write!(f, "{}", self.carrier),
            ChannelKind::Sms => write!(f, "{}/sms", self.carrier),
        }
    }
}

/// An instant of a carrier's channel that is reserved for one request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The reserved instant.
    pub at: Timestamp,
    /// The carrier that the slot is reserved for. The slot must not be used for another carrier.
    pub carrier: CarrierName,
}

impl Slot {
    /// Whether the slot belongs to this carrier. Using another carrier's slot would exceed the rate.
    // guard: is_of_channel
    pub fn is_of_channel(&self, carrier: &CarrierName) -> bool {
        self.carrier == *carrier
    }

    /// Whether the slot may still be used. More than `fresh_s` seconds after the slot's instant, other requests may be
    /// using later slots, and a request in this slot as well would exceed the rate.
    // guard: is_fresh
    pub fn is_fresh(&self, fresh_s: i64, now: Timestamp) -> bool {
        now.duration_since(self.at).as_secs() <= fresh_s
    }
}

/// The circuit breaker of a channel, which stops requests while the channel fails. A breaker is written only after
/// failures and for probes, so the breaker of a healthy channel costs no writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    /// The last failures while the breaker was closed, oldest first. Always fewer than [`FAILURES`].
    pub failures: Vec<Timestamp>,
    /// The open state. `None` while the breaker is closed.
    pub opened: Option<OpenBreaker>,
}

/// The open state of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenBreaker {
    /// The end of its open time. No request is allowed before it.
    pub until: Timestamp,
    /// The length of its open time, in seconds.
    pub for_s: i64,
    /// When the lease of the running probe expires. `None` if no probe has started.
    pub probe_until: Option<Timestamp>,
}

/// Whether a request may be sent through a channel now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// The breaker is closed: any request is allowed.
    Allowed,
    /// One request is allowed as a probe, and only after its lease has been written.
    Probe,
    /// No request is allowed yet.
    Denied {
        /// When to look again.
        until: Timestamp,
    },
}

/// Whether the open time of a breaker is over. No request is allowed until then.
// guard: has_cooled
fn has_cooled(until: Timestamp, now: Timestamp) -> bool {
    until <= now
}

/// Whether the lease of a probe has expired. One probe runs at a time, and a lost probe must not block the channel.
// guard: has_lapsed
fn has_lapsed(probe_until: Timestamp, now: Timestamp) -> bool {
    probe_until <= now
}

/// Whether the open time of a breaker ended so long ago that its length says nothing about the carrier any more.
/// Otherwise, with little traffic, one failure an hour would double the open time up to its maximum, and the next
/// reminder would have to wait for it.
fn is_forgotten(until: Timestamp, now: Timestamp) -> bool {
    now.duration_since(until).as_secs() > QUIET_S
}

impl Breaker {
    /// Whether a request may be sent through the channel at `now`.
    pub fn permit(&self, now: Timestamp) -> Permit {
        match self.opened {
            None => Permit::Allowed,
            Some(OpenBreaker { until, .. }) if !has_cooled(until, now) => Permit::Denied { until },
            Some(OpenBreaker { probe_until: Some(until), .. }) if !has_lapsed(until, now) => {
                Permit::Denied { until: until.min(after(now, PROBED_AGAIN_S)) }
            }
            Some(_) => Permit::Probe,
        }
    }

    /// Returns the breaker with the lease of a probe that starts at `now`.
    #[must_use]
    pub fn probed(&self, now: Timestamp) -> Self {
        let probe_until = Some(after(now, PROBE_S));
        let opened = self.opened.map(|opened| OpenBreaker { probe_until, ..opened });
        Self { opened, ..self.clone() }
    }

    /// Returns the breaker without the lease of a probe. Another probe may start at once.
    #[must_use]
    pub fn not_probed(&self) -> Self {
        let opened = self.opened.map(|opened| OpenBreaker { probe_until: None, ..opened });
        Self { opened, ..self.clone() }
    }

    /// Returns the breaker after its probe succeeded.
    #[must_use]
    pub fn closed(&self) -> Self {
        Self::default()
    }

    /// Returns the breaker after its probe failed at `now`: open for twice as long as before, but at most for the
    /// longest time. If the last open time ended long ago, it is open for the shortest time.
    #[must_use]
    pub fn reopened(&self, now: Timestamp) -> Self {
        let recent = self.opened.filter(|opened| !is_forgotten(opened.until, now));
        Self::open(now, recent.map_or(OPEN_S, |opened| (2 * opened.for_s).min(OPEN_MAX_S)))
    }

    /// Returns the breaker after a regular request failed at `now`. `None` if that changes nothing, because the
    /// breaker is already open or this failure is already recorded.
    pub fn failed(&self, now: Timestamp) -> Option<Self> {
        // This failure is already recorded if an earlier write of it succeeded and only the response was lost.
        if self.opened.is_some() || self.failures.contains(&now) {
            return None;
        }
        let recent = |failure: &&Timestamp| now.duration_since(**failure).as_secs() < FAILURES_WITHIN_S;
        let mut failures: Vec<_> = self.failures.iter().filter(recent).copied().collect();
        failures.push(now);
        if failures.len() >= FAILURES {
            return Some(Self::open(now, OPEN_S));
        }
        Some(Self { failures, opened: None })
    }

    fn open(now: Timestamp, for_s: i64) -> Self {
        let opened = OpenBreaker { until: after(now, for_s), for_s, probe_until: None };
        Self { failures: Vec::new(), opened: Some(opened) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    /// Seconds of failures that open a breaker. Its open time ends at second 30.
    const OPENING: [i64; 5] = [-4, -3, -2, -1, 0];

    fn after_failures(seconds: &[i64]) -> Breaker {
        let fail = |breaker: Breaker, second: &i64| breaker.failed(at(*second)).unwrap_or(breaker);
        seconds.iter().fold(Breaker::default(), fail)
    }

    #[test]
    fn unconfirmed_numbers_may_use_half_of_the_calls_of_an_hour_rounded_up() {
        let budget =
            |calls_per_hour, priority| ChannelKind::Voice.budget(&Rate { calls_per_hour, ..Rate::DEFAULT }, priority);
        for (per_hour, unconfirmed) in [(1800, 900), (3, 2), (1, 1)] {
            assert_eq!(budget(per_hour, Priority::Confirmed), Some(per_hour));
            assert_eq!(budget(per_hour, Priority::Unconfirmed), Some(unconfirmed));
        }
    }

    #[test]
    fn five_failures_within_a_minute_open_the_breaker() {
        for (failures, now, expected) in [
            (&[][..], 0, Permit::Allowed),
            (&[0, 1, 2, 3], 3, Permit::Allowed),
            (&[0, 1, 2, 3, 59], 59, Permit::Denied { until: at(89) }),
            (&[0, 1, 2, 3, 60], 60, Permit::Allowed),
            (&[0, 1, 2, 3, 3], 3, Permit::Allowed),
            (&[0, 1, 2, 3, 4, 5, 6], 6, Permit::Denied { until: at(34) }),
            (&[0, 1, 2, 3, 4], 34, Permit::Probe),
        ] {
            assert_eq!(after_failures(failures).permit(at(now)), expected, "{failures:?} at {now}");
        }
    }

    #[test]
    fn one_request_probes_while_the_others_wait_and_a_lost_probe_expires() {
        let probed = after_failures(&OPENING).probed(at(40));
        assert_eq!(probed.permit(at(40)), Permit::Denied { until: at(45) });
        assert_eq!(probed.permit(at(69)), Permit::Denied { until: at(70) });
        assert_eq!(probed.permit(at(70)), Permit::Probe);
    }

    #[test]
    fn a_healthy_probe_closes_the_breaker_and_a_failing_one_doubles_the_open_time() {
        let mut breaker = after_failures(&OPENING).probed(at(30));
        assert_eq!(breaker.closed().permit(at(31)), Permit::Allowed);
        for (now, until) in [(31, 91), (91, 211), (211, 451), (451, 751), (751, 1051)] {
            breaker = breaker.probed(at(now)).reopened(at(now));
            assert_eq!(breaker.permit(at(now)), Permit::Denied { until: at(until) });
        }
    }

    #[test]
    fn a_probe_that_fails_after_a_long_silence_opens_the_breaker_for_the_shortest_time() {
        let permit_after_failed_probe = |now| {
            let breaker = after_failures(&OPENING).reopened(at(30)).reopened(at(90)).reopened(at(210));
            assert_eq!(breaker.permit(at(210)), Permit::Denied { until: at(450) });
            breaker.probed(at(now)).reopened(at(now)).permit(at(now))
        };
        let denied_until = |second| Permit::Denied { until: at(second) };
        assert_eq!(permit_after_failed_probe(450 + QUIET_S), denied_until(450 + QUIET_S + OPEN_MAX_S));
        assert_eq!(permit_after_failed_probe(451 + QUIET_S), denied_until(451 + QUIET_S + OPEN_S));
    }

    #[test]
    fn an_open_breaker_counts_no_failures() {
        assert_eq!(after_failures(&OPENING).failed(at(1)), None);
    }

    #[test]
    fn slots_are_spaced_by_the_rate_rounded_up() {
        for (per_second, expected_ms) in [(1, 1000), (3, 334), (20, 50), (600, 2), (1000, 1)] {
            let rate = Rate { calls_per_second: per_second, ..Rate::DEFAULT };
            assert_eq!(ChannelKind::Voice.interval(&rate).as_millis(), expected_ms);
            assert_eq!(ChannelKind::Sms.interval(&rate).as_millis(), 1000);
        }
    }

    #[test]
    fn a_slot_belongs_to_its_own_carrier_only() {
        let slot = Slot { at: at(100), carrier: "twilio".parse().unwrap() };
        assert!(slot.is_of_channel(&"twilio".parse().unwrap()));
        assert!(!slot.is_of_channel(&"twilio2".parse().unwrap()));
    }

    #[test]
    fn a_slot_is_fresh_before_its_instant_and_for_some_seconds_after_it() {
        let slot = Slot { at: at(100), carrier: "twilio".parse().unwrap() };
        for (now, expected) in [(90, true), (100, true), (110, true), (111, false), (5000, false)] {
            assert_eq!(slot.is_fresh(10, at(now)), expected, "at {now}");
        }
    }

    #[test]
    fn calls_and_texts_have_separate_channels() {
        let name = |kind| Channel { carrier: "twilio".parse().unwrap(), kind }.to_string();
        assert_eq!((name(ChannelKind::Voice), name(ChannelKind::Sms)), ("twilio".to_owned(), "twilio/sms".to_owned()));
    }
}
