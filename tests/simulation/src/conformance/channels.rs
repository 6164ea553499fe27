//! Suite of the port for channels: no slot is handed out twice, and a write of a breaker succeeds only if it names the
//! stored version.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use reminder::channel::{Breaker, Channel, ChannelKind, OpenBreaker, Priority};
use reminder::ids::CarrierName;
use reminder::policy::after;
use reminder::ports::{Channels, Clock, Ids, Ports, Replacement, SlotAnswer, SlotRequest, Versioned, WriteError};

use super::rules::{NotHeld, Pause, expect, succeed};

/// Interval between two slots of the suite.
const INTERVAL: SignedDuration = SignedDuration::from_millis(250);

/// Number of concurrent requests.
const AT_ONCE: usize = 20;

/// Checks every rule of [`Channels`].
///
/// # Errors
/// Fails with the first broken rule.
pub async fn channels<P: Ports>(ports: &P, pause: &impl Pause) -> Result<(), NotHeld> {
    let suite = || Suite::new(ports);
    suite()?.the_next_slot_of_an_idle_channel_is_now().await?;
    suite()?.slots_are_one_interval_apart_and_no_slot_is_handed_out_twice().await?;
    suite()?.unconfirmed_numbers_leave_alternate_slots_to_confirmed_ones().await?;
    suite()?.of_concurrent_requests_confirmed_numbers_get_the_earlier_slots().await?;
    suite()?.another_interval_is_used_when_no_slot_is_left_free().await?;
    suite()?.a_budget_limits_the_slots_of_each_hour().await?;
    suite()?.no_slot_is_handed_out_past_the_latest_instant().await?;
    suite()?.a_breaker_is_read_back_as_it_was_written().await?;
    suite()?.the_write_of_a_breaker_names_the_stored_version().await?;
    suite()?.of_twenty_concurrent_writes_of_a_breaker_one_succeeds().await?;
    suite()?.slots_and_the_breaker_do_not_change_each_other().await?;
    suite()?.a_write_is_seen_by_all_readers_within_two_seconds(pause).await
}

fn milliseconds(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn slot(answer: SlotAnswer) -> Option<Timestamp> {
    match answer {
        SlotAnswer::Reserved { at, .. } => Some(at),
        SlotAnswer::TooLate | SlotAnswer::OverBudget => None,
    }
}

struct Suite<'a, P: Ports> {
    channels: &'a P::Channels,
    carrier: CarrierName,
    now: Timestamp,
}

impl<'a, P: Ports> Suite<'a, P> {
    fn new(ports: &'a P) -> Result<Self, NotHeld> {
        let write_id = ports.ids().write_id();
        let carrier = succeed("a fresh name is a carrier's name", write_id.as_str()[10..].parse())?;
        let now = Timestamp::from_millisecond(ports.clock().now().as_millisecond());
        Ok(Self { channels: ports.channels(), carrier, now: succeed("now is an instant", now)? })
    }

    fn channel(&self, kind: ChannelKind) -> Channel {
        Channel { carrier: self.carrier.clone(), kind }
    }

    fn request(&self, after_ms: i64) -> SlotRequest {
        let (now, latest) = (self.at(after_ms), self.at(after_ms + 3_600_000));
        SlotRequest { now, latest, interval: INTERVAL, priority: Priority::Confirmed, budget: None }
    }

    fn unconfirmed(&self, after_ms: i64) -> SlotRequest {
        SlotRequest { priority: Priority::Unconfirmed, ..self.request(after_ms) }
    }

    fn at(&self, after_ms: i64) -> Timestamp {
        self.now.saturating_add(SignedDuration::from_millis(after_ms)).unwrap_or(self.now)
    }

    async fn reserve(&self, rule: &str, request: SlotRequest) -> Result<Option<Timestamp>, NotHeld> {
        Ok(slot(succeed(rule, self.channels.reserve(&self.channel(ChannelKind::Voice), request).await)?))
    }

    async fn the_next_slot_of_an_idle_channel_is_now(self) -> Result<(), NotHeld> {
        let rule = "the next slot of an idle channel is now";
        for after_ms in [0, 250, 60_000] {
            let slot = self.reserve(rule, self.request(after_ms)).await?;
            expect(rule, &slot, &Some(self.at(after_ms)))?;
        }
        Ok(())
    }

    async fn slots_are_one_interval_apart_and_no_slot_is_handed_out_twice(self) -> Result<(), NotHeld> {
        let rule = "slots are one interval apart, and no slot is handed out twice";
        let first = self.reserve(rule, self.request(0)).await?;
        expect(rule, &first, &Some(self.now))?;
        let slots = self.reserve_at_once(rule, self.request(10)).await?;
        expect(rule, &slots, &(1..=20).map(|place| place * milliseconds(INTERVAL)).collect())
    }

    /// Reserves the slots of concurrent requests. Returns them in milliseconds after `now`.
    async fn reserve_at_once(&self, rule: &str, request: SlotRequest) -> Result<BTreeSet<i64>, NotHeld> {
        let channel = self.channel(ChannelKind::Voice);
        let mut slots = BTreeSet::new();
        for outcome in join_all((0..AT_ONCE).map(|_| self.channels.reserve(&channel, request))).await {
            // A request that lost every race against the others is sent again.
            let slot = match outcome {
                Ok(answer) => slot(answer),
                Err(WriteError::Conflict) => self.reserve(rule, request).await?,
                failed => slot(succeed(rule, failed)?),
            };
            slots.extend(slot.map(|slot| milliseconds(slot.duration_since(self.now))));
        }
        Ok(slots)
    }

    async fn unconfirmed_numbers_leave_alternate_slots_to_confirmed_ones(self) -> Result<(), NotHeld> {
        let rule = "unconfirmed numbers leave alternate slots to confirmed ones";
        for (request, slot_ms) in [
            (self.unconfirmed(0), 0),
            (self.unconfirmed(10), 500),
            (self.request(10), 250),
            (self.request(10), 750),
            (self.unconfirmed(10), 1250),
            (self.unconfirmed(10), 1750),
            (self.unconfirmed(10), 2250),
            // The free slot at 1000 has passed.
            (self.request(1100), 1500),
            (self.request(1100), 2000),
            // No slot is left free.
            (self.request(1100), 2500),
            (self.unconfirmed(2600), 3000),
            // The free slot at 2750 has passed, and the next one is reserved.
            (self.request(2800), 3250),
            (self.unconfirmed(9000), 9000),
        ] {
            expect(rule, &self.reserve(rule, request).await?, &Some(self.at(slot_ms)))?;
        }
        Ok(())
    }

    async fn of_concurrent_requests_confirmed_numbers_get_the_earlier_slots(self) -> Result<(), NotHeld> {
        let rule = "of concurrent requests, those of confirmed numbers get the earlier slots";
        self.reserve(rule, self.request(0)).await?;
        let unconfirmed = self.reserve_at_once(rule, self.unconfirmed(10)).await?;
        let slots = |first: i64| (first..).step_by(2).take(AT_ONCE).map(|place| place * milliseconds(INTERVAL));
        expect(rule, &unconfirmed, &slots(2).collect())?;
        let confirmed = self.reserve_at_once(rule, self.request(10)).await?;
        expect(rule, &confirmed, &slots(1).collect())
    }

    async fn another_interval_is_used_when_no_slot_is_left_free(self) -> Result<(), NotHeld> {
        let rule = "another interval is used when no slot is left free";
        let every =
            |interval_ms, request| SlotRequest { interval: SignedDuration::from_millis(interval_ms), ..request };
        for (request, slot_ms) in [
            (self.unconfirmed(0), 0),
            (self.unconfirmed(10), 500),
            (every(100, self.unconfirmed(10)), 1000),
            (every(100, self.request(10)), 250),
            (every(100, self.request(10)), 750),
            (every(100, self.request(10)), 1250),
            (every(100, self.request(10)), 1350),
            (every(400, self.unconfirmed(10)), 1850),
            (every(400, self.request(10)), 1450),
        ] {
            expect(rule, &self.reserve(rule, request).await?, &Some(self.at(slot_ms)))?;
        }
        Ok(())
    }

    async fn a_budget_limits_the_slots_of_each_hour(self) -> Result<(), NotHeld> {
        let rule = "a budget limits the slots of each hour";
        let channel = self.channel(ChannelKind::Voice);
        let hour = |hours: i64| {
            let now = after(self.now, (hours + 1) * 3600 - self.now.as_second().rem_euclid(3600));
            SlotRequest { now, latest: after(now, 1800), budget: Some(3), ..self.request(0) }
        };
        let reserved = |request: SlotRequest, place: i32, left| {
            let at = request.now.saturating_add(INTERVAL * place).unwrap_or(request.now);
            SlotAnswer::Reserved { at, left }
        };
        for hours in 0..2 {
            let request = hour(hours);
            for (place, left) in [(0, Some(2)), (1, Some(1)), (2, Some(0))] {
                let answer = succeed(rule, self.channels.reserve(&channel, request).await)?;
                expect(rule, &answer, &reserved(request, place, left))?;
            }
            for _ in 0..2 {
                let answer = succeed(rule, self.channels.reserve(&channel, request).await)?;
                expect(rule, &answer, &SlotAnswer::OverBudget)?;
            }
        }
        // Clocks differ: a slot that is requested in the hour before counts in the later one.
        let answer = succeed(rule, self.channels.reserve(&channel, hour(0)).await)?;
        expect(rule, &answer, &SlotAnswer::OverBudget)?;
        // Without a budget nothing is counted, and nothing is refused.
        let unlimited = SlotRequest { budget: None, ..hour(1) };
        let answer = succeed(rule, self.channels.reserve(&channel, unlimited).await)?;
        expect(rule, &answer, &reserved(unlimited, 3, None))?;
        // Of concurrent requests, as many succeed as the budget allows.
        let answers = join_all((0..AT_ONCE).map(|_| self.channels.reserve(&channel, hour(2)))).await;
        let reserved = answers.iter().filter(|answer| matches!(answer, Ok(SlotAnswer::Reserved { .. }))).count();
        expect(rule, &reserved, &3)
    }

    async fn no_slot_is_handed_out_past_the_latest_instant(self) -> Result<(), NotHeld> {
        let rule = "no slot is handed out past the latest instant";
        self.reserve(rule, self.request(0)).await?;
        let ends_before_slot = SlotRequest { latest: self.at(249), ..self.request(10) };
        for _ in 0..3 {
            expect(rule, &self.reserve(rule, ends_before_slot).await?, &None)?;
        }
        let unconfirmed = SlotRequest { latest: self.at(499), ..self.unconfirmed(10) };
        expect(rule, &self.reserve(rule, unconfirmed).await?, &None)?;
        let ends_at_slot = SlotRequest { latest: self.at(250), ..self.request(10) };
        expect(rule, &self.reserve(rule, ends_at_slot).await?, &Some(self.at(250)))
    }

    fn open(&self) -> Breaker {
        let opened = OpenBreaker { until: self.at(30_000), for_s: 30, probe_until: Some(self.at(60_000)) };
        Breaker { failures: vec![], opened: Some(opened) }
    }

    /// The write that creates the channel's breaker, in the open state.
    fn first(&self) -> Replacement<Breaker> {
        Replacement::creation(self.open())
    }

    async fn replace(&self, breaker: &Replacement<Breaker>) -> Result<(), WriteError> {
        self.channels.replace_breaker(&self.channel(ChannelKind::Voice), breaker).await
    }

    async fn breaker_now(&self, rule: &str, kind: ChannelKind) -> Result<Versioned<Breaker>, NotHeld> {
        succeed(rule, self.channels.breaker_now(&self.channel(kind)).await)
    }

    async fn a_breaker_is_read_back_as_it_was_written(self) -> Result<(), NotHeld> {
        let rule = "a breaker is read back as it was written";
        let mut stored = self.breaker_now(rule, ChannelKind::Voice).await?;
        expect(rule, &stored, &Versioned::unwritten(Breaker::default()))?;
        let unprobed = OpenBreaker { until: self.at(30_001), for_s: 60, probe_until: None };
        for breaker in [
            Breaker { failures: vec![self.now, self.at(1)], opened: None },
            self.open(),
            Breaker { failures: vec![], opened: Some(unprobed) },
            Breaker { failures: vec![], opened: None },
        ] {
            let write = stored.replaced_by(breaker);
            succeed(rule, self.replace(&write).await)?;
            stored = self.breaker_now(rule, ChannelKind::Voice).await?;
            expect(rule, &stored, &write.written())?;
        }
        Ok(())
    }

    async fn the_write_of_a_breaker_names_the_stored_version(self) -> Result<(), NotHeld> {
        let rule = "a breaker is written only if its write names the stored version";
        let ahead = self.first().written().replaced_by(self.open());
        expect(rule, &self.replace(&ahead).await, &Err(WriteError::Conflict))?;
        succeed(rule, self.replace(&self.first()).await)?;
        expect(rule, &self.replace(&self.first()).await, &Err(WriteError::Conflict))?;
        let ahead = ahead.written().replaced_by(self.open());
        expect(rule, &self.replace(&ahead).await, &Err(WriteError::Conflict))
    }

    async fn of_twenty_concurrent_writes_of_a_breaker_one_succeeds(self) -> Result<(), NotHeld> {
        let rule = "of twenty concurrent writes of a breaker, one succeeds";
        let breaker = self.first();
        let outcomes = join_all((0..AT_ONCE).map(|_| self.replace(&breaker))).await;
        expect(rule, &outcomes.iter().filter(|outcome| outcome.is_ok()).count(), &1)
    }

    async fn slots_and_the_breaker_do_not_change_each_other(self) -> Result<(), NotHeld> {
        let rule = "slots and the breaker do not change each other";
        self.reserve(rule, self.request(0)).await?;
        succeed(rule, self.replace(&self.first()).await)?;
        expect(rule, &self.reserve(rule, self.request(10)).await?, &Some(self.at(250)))?;
        expect(rule, &self.breaker_now(rule, ChannelKind::Voice).await?, &self.first().written())?;
        let unwritten = Versioned::unwritten(Breaker::default());
        expect(rule, &self.breaker_now(rule, ChannelKind::Sms).await?, &unwritten)?;
        let texts = self.channel(ChannelKind::Sms);
        let answer = succeed(rule, self.channels.reserve(&texts, self.request(10)).await)?;
        expect(rule, &slot(answer), &Some(self.at(10)))
    }

    async fn a_write_is_seen_by_all_readers_within_two_seconds(self, pause: &impl Pause) -> Result<(), NotHeld> {
        let rule = "a write is seen by all readers within two seconds";
        let channel = self.channel(ChannelKind::Voice);
        succeed(rule, self.channels.breaker(&channel).await)?;
        succeed(rule, self.replace(&self.first()).await)?;
        pause.pause(SignedDuration::from_secs(2)).await;
        expect(rule, &succeed(rule, self.channels.breaker(&channel).await)?, &self.first().written())
    }
}
