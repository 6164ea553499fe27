//! Every limit of a reminder's lifecycle, with its unit and its reason, and the relations between them.

mod limits;
pub mod rate;
mod retry_delays;
mod times;

use jiff::{SignedDuration, Timestamp};

pub use limits::*;
pub use rate::{CallsPerPerson, Rate};
pub use retry_delays::RetryDelays;
pub use times::Times;

/// A relation between two times that the lifecycle depends on does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BrokenRelation(&'static str);

/// The times that an operator may set, with their relations checked, the rate of each carrier, and the limits of the
/// calls to one person.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    times: Times,
    rate: Rate,
    calls_per_person: CallsPerPerson,
}

impl Policy {
    /// Returns the policy of these times, at the default rate and with the default limits of calls.
    ///
    /// # Errors
    /// Fails if a relation that the lifecycle depends on does not hold.
    pub fn new(times: Times) -> Result<Self, BrokenRelation> {
        let policy = Self { times, rate: Rate::DEFAULT, calls_per_person: CallsPerPerson::DEFAULT };
        times.broken_relation().map_or(Ok(policy), |relation| Err(BrokenRelation(relation)))
    }

    /// The times, as the operator set them.
    pub fn times(&self) -> &Times {
        &self.times
    }

    /// Returns the same times with another rate.
    #[must_use]
    pub fn with_rate(self, rate: Rate) -> Self {
        Self { rate, ..self }
    }

    /// Returns the same policy with other limits of the calls to one person.
    #[must_use]
    pub fn with_calls_per_person(self, calls_per_person: CallsPerPerson) -> Self {
        Self { calls_per_person, ..self }
    }

    /// How often one person may be called.
    pub fn calls_per_person(&self) -> &CallsPerPerson {
        &self.calls_per_person
    }

    /// How fast a carrier may be asked.
    pub fn rate(&self) -> &Rate {
        &self.rate
    }

    /// The last instant at which the request that a claim allows may start, if the claim's write was sent at
    /// `claimed`. By default that is 12 s later. A request that starts later could outlast its function.
    pub fn last_start(&self, claimed: Timestamp) -> Timestamp {
        after(claimed, self.times.function_s - self.times.carrier_s)
    }

    /// The deadline of a claim that is written at `now`.
    pub fn dialing_deadline(&self, now: Timestamp) -> Timestamp {
        after(now, self.times.dialing_s)
    }

    /// The deadline of a call that starts to ring at `now`. The carrier is then asked for the call's status.
    pub fn ringing_deadline(&self, now: Timestamp) -> Timestamp {
        after(now, self.times.ring_s + RING_STRETCH_S + self.times.talk_s + self.times.ringing_margin_s)
    }

    /// The deadline of a record whose wake-up was sent.
    pub fn woken_deadline(&self, wake_at: Timestamp) -> Timestamp {
        after(wake_at, self.times.wake_up_margin_s)
    }

    /// The deadline of a record whose far wake-up has not been sent yet.
    pub fn unsent_deadline(&self, now: Timestamp) -> Timestamp {
        after(now, self.times.wake_up_sent_within_s)
    }

    /// The last instant at which a reminder may still ring.
    pub fn last_ring(&self, due: Timestamp) -> Timestamp {
        after(due, self.times.max_lateness_s)
    }

    /// Maximum number of calls of one occurrence: the first call, and one after each retry delay.
    pub fn attempts(&self) -> u8 {
        self.times.retry_delays_s.attempts()
    }

    /// When the call after `attempt` is due. `None` if that was the last call.
    pub fn next_attempt(&self, attempt: u8, now: Timestamp) -> Option<Timestamp> {
        Some(after(now, self.times.retry_delays_s.get(attempt)?))
    }

    /// When a text that replaces a call is tried again, or given up, if the outcome of its newest try stays unknown. This
    /// try is counted at `now`. At this deadline, the function that counted the try has ended, and so has its request.
    ///
    /// The first wait is short, because most often one response was lost. If the second response is missing too, the
    /// carrier does not respond for a while, and the last try must come after that. By default it comes nine minutes
    /// after the first, so that the text still follows within a quarter of an hour.
    pub fn text_deadline(&self, try_number: u8, now: Timestamp) -> Timestamp {
        let first_s = self.times.text_backoff_s;
        let wait_s = match try_number {
            0 | 1 => doubled(first_s, 1),
            2 => doubled(first_s, 4),
            _ => doubled(first_s, 2),
        };
        after(now, wait_s.max(self.times.function_s + 1))
    }

    /// The same for an answer. A person waits for it, so its last try comes soon.
    pub fn answer_deadline(&self, try_number: u8, now: Timestamp) -> Timestamp {
        let wait_s = doubled(self.times.text_backoff_s, if try_number < TEXT_TRIES { 1 } else { 2 });
        after(now, wait_s.max(self.times.function_s + 1))
    }

    /// When the carrier is asked for the status of a text that it accepted at `now`.
    pub fn text_status_deadline(&self, now: Timestamp) -> Timestamp {
        after(now, TEXT_STATUS_WITHIN_S)
    }

    /// When a text is sent that follows a call on which no key was pressed.
    pub fn unconfirmed_deadline(&self, now: Timestamp) -> Timestamp {
        after(now, self.times.unconfirmed_wait_s)
    }

    /// The instant from which on a text is not tried again.
    pub fn text_give_up(&self, since: Timestamp) -> Timestamp {
        after(since, self.times.text_give_up_s)
    }

    /// The deadline of a record after its recovery.
    pub fn recovery_deadline(&self, recoveries: u32, now: Timestamp) -> Timestamp {
        after(now, doubled(self.times.recovery_backoff_s, recoveries))
    }

    /// The deadline of a record that was recovered before its `wake_at`. It leaves time to send the wake-up once more.
    pub fn early_recovery_deadline(&self, recoveries: u32, wake_at: Timestamp, now: Timestamp) -> Timestamp {
        let latest = after(wake_at, -LOOK_AHEAD_S).max(after(now, self.times.wake_up_sent_within_s));
        self.recovery_deadline(recoveries, now).min(latest)
    }

    /// The longest wait before a refused call is requested again, if it was refused `late` after its due. The caller
    /// waits for a random part of it (full jitter), on average half of it. Within limits, the longest wait is the
    /// lateness. So each wait increases the lateness by half on average.
    pub fn refused_backoff(&self, late: SignedDuration) -> SignedDuration {
        let base = self.times.refused_backoff_s;
        SignedDuration::from_secs(late.as_secs().clamp(base, base.max(REFUSED_BACKOFF_MAX_S)))
    }

    /// The longest wait before a refused text is sent again, if it was refused `late` after it was first due to be
    /// sent. The actual wait is a random part of it, as with calls. In the first hour it is at most
    /// [`TEXT_REFUSED_BACKOFF_MAX_S`], so that the text follows soon after the end of a short outage. After that it may
    /// grow longer.
    pub fn text_refused_backoff(&self, late: SignedDuration) -> SignedDuration {
        let longest_s = if late.as_secs() < HOUR_S { TEXT_REFUSED_BACKOFF_MAX_S } else { BACKOFF_MAX_S };
        let first_s = 2 * self.times.text_backoff_s;
        SignedDuration::from_secs(late.as_secs().saturating_mul(2).clamp(first_s, longest_s.max(first_s)))
    }
}

/// The route of a wake-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Through the queue alone.
    Queue {
        /// How long the queue holds the wake-up, in seconds, from 0 to 840.
        delay_s: u32,
    },
    /// Through a schedule, which fires within its minute, and then through the queue.
    Schedule {
        /// The start of the minute in which the schedule fires. This minute is over by `wake_at`.
        at: Timestamp,
    },
}

/// The route of a wake-up for `wake_at` that is sent at `now`. The delay of the queue is rounded up, so that the
/// wake-up is never early.
pub fn route(now: Timestamp, wake_at: Timestamp) -> Route {
    let ahead = wake_at.duration_since(now);
    let delay_s = (ahead.as_secs() + i64::from(ahead.subsec_nanos() > 0)).max(0);
    match u32::try_from(delay_s) {
        Ok(delay_s) if i64::from(delay_s) <= NEAR_S => Route::Queue { delay_s },
        _ => Route::Schedule { at: minute_before(wake_at) },
    }
}

/// The start of the minute before the one that `instant` lies in, because a schedule fires up to 60 s after its
/// instant.
fn minute_before(instant: Timestamp) -> Timestamp {
    let second = instant.as_second();
    Timestamp::from_second(second - second.rem_euclid(60) - 60).unwrap_or(Timestamp::MIN)
}

/// `instant` plus whole seconds, or the first or last `Timestamp` if the sum is out of range.
pub fn after(instant: Timestamp, seconds: i64) -> Timestamp {
    instant.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(instant)
}

/// `first_s` doubled `times` times, at most the longest backoff.
fn doubled(first_s: i64, times: u32) -> i64 {
    first_s.saturating_mul(1_i64 << times.min(20)).min(BACKOFF_MAX_S)
}

#[cfg(test)]
mod tests;
