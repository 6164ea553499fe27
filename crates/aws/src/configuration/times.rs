//! The times of a reminder's lifecycle, the rates of its carriers and the limits of a person's calls, which an operator
//! may set.

use anyhow::{Context, ensure};
use reminder::policy::rate::{PER_HOUR_MAX, PER_PERSON_MAX, PER_SECOND_MAX};
use reminder::policy::{CallsPerPerson, Policy, RETRY_DELAYS_MAX, Rate, RetryDelays, TIME_MAX_S, Times};

use super::{Variables, malformed};

const SECONDS: &str = "a whole number of seconds, from 1 to 604800";
const RETRY_DELAYS: &str = "1 to 4 whole numbers of seconds, each from 1 to 604800, such as 120,300";
const _: () = assert!(RETRY_DELAYS_MAX == 4, "the text above must name the limit");

impl Variables {
    /// Returns the policy with the times, rates and limits that the environment sets, and with defaults for the others.
    ///
    /// # Errors
    /// Fails if a time, a rate or a limit is malformed, or if two times contradict each other.
    pub fn policy(&self) -> anyhow::Result<Policy> {
        let policy = Policy::new(self.times()?).context("these times contradict each other")?;
        Ok(policy.with_rate(self.rate()?).with_calls_per_person(self.calls_per_person()?))
    }

    fn calls_per_person(&self) -> anyhow::Result<CallsPerPerson> {
        let default = CallsPerPerson::DEFAULT;
        Ok(CallsPerPerson {
            per_hour: self.per_person("CALLS_PER_PERSON_PER_HOUR", default.per_hour)?,
            per_day: self.per_person("CALLS_PER_PERSON_PER_DAY", default.per_day)?,
        })
    }

    fn per_person(&self, name: &str, default: u32) -> anyhow::Result<u32> {
        const EXPECTED: &str = "a whole number from 1 to 500";
        let value = self.whole(name, EXPECTED, default)?;
        ensure!((1..=PER_PERSON_MAX).contains(&value), malformed(name, EXPECTED, &value.to_string()));
        Ok(value)
    }

    fn rate(&self) -> anyhow::Result<Rate> {
        let default = Rate::DEFAULT;
        Ok(Rate {
            calls_per_second: self.per_second("CALLS_PER_SECOND", default.calls_per_second)?,
            texts_per_second: self.per_second("TEXTS_PER_SECOND", default.texts_per_second)?,
            calls_per_hour: self.per_hour("CALLS_PER_HOUR", default.calls_per_hour)?,
        })
    }

    fn per_hour(&self, name: &str, default: u32) -> anyhow::Result<u32> {
        const EXPECTED: &str = "a whole number from 1 to 3600000";
        let value = self.whole(name, EXPECTED, default)?;
        ensure!((1..=PER_HOUR_MAX).contains(&value), malformed(name, EXPECTED, &value.to_string()));
        Ok(value)
    }

    fn per_second(&self, name: &str, default: u32) -> anyhow::Result<u32> {
        const EXPECTED: &str = "a whole number from 1 to 1000";
        let value = self.whole(name, EXPECTED, default)?;
        ensure!((1..=PER_SECOND_MAX).contains(&value), malformed(name, EXPECTED, &value.to_string()));
        Ok(value)
    }

    fn times(&self) -> anyhow::Result<Times> {
        let default = Times::DEFAULT;
        Ok(Times {
            function_s: self.seconds("FUNCTION_TIMEOUT_S", default.function_s)?,
            carrier_s: self.seconds("CARRIER_TIMEOUT_S", default.carrier_s)?,
            visibility_s: self.seconds("VISIBILITY_S", default.visibility_s)?,
            dialing_s: self.seconds("DIALING_S", default.dialing_s)?,
            ring_s: self.seconds("RING_S", default.ring_s)?,
            talk_s: self.seconds("TALK_S", default.talk_s)?,
            ringing_margin_s: self.seconds("RINGING_MARGIN_S", default.ringing_margin_s)?,
            max_lateness_s: self.seconds("MAX_LATENESS_S", default.max_lateness_s)?,
            retry_delays_s: self.retry_delays("RETRY_DELAYS_S", default.retry_delays_s)?,
            refused_backoff_s: self.seconds("REFUSED_BACKOFF_S", default.refused_backoff_s)?,
            text_backoff_s: self.seconds("TEXT_BACKOFF_S", default.text_backoff_s)?,
            text_give_up_s: self.seconds("TEXT_GIVE_UP_S", default.text_give_up_s)?,
            unconfirmed_wait_s: self.seconds("UNCONFIRMED_WAIT_S", default.unconfirmed_wait_s)?,
            wake_up_sent_within_s: self.seconds("WAKE_UP_SENT_WITHIN_S", default.wake_up_sent_within_s)?,
            wake_up_margin_s: self.seconds("WAKE_UP_MARGIN_S", default.wake_up_margin_s)?,
            recovery_backoff_s: self.seconds("RECOVERY_BACKOFF_S", default.recovery_backoff_s)?,
            store_s: self.seconds("STORE_S", default.store_s)?,
            park_s: self.seconds("PARK_S", default.park_s)?,
        })
    }

    fn seconds(&self, name: &str, default_s: i64) -> anyhow::Result<i64> {
        let value_s = self.whole(name, SECONDS, default_s)?;
        ensure!((1..=TIME_MAX_S).contains(&value_s), malformed(name, SECONDS, &value_s.to_string()));
        Ok(value_s)
    }

    fn retry_delays(&self, name: &str, default_s: RetryDelays) -> anyhow::Result<RetryDelays> {
        let Some(value) = self.optional(name) else { return Ok(default_s) };
        let delay = |text: &str| text.trim().parse().ok().filter(|delay_s| (1..=TIME_MAX_S).contains(delay_s));
        let delays_s: Option<Vec<i64>> = value.split(',').map(delay).collect();
        delays_s
            .and_then(|delays_s| RetryDelays::from_slice(&delays_s))
            .with_context(|| malformed(name, RETRY_DELAYS, value))
    }
}
