//! Turns: one call at a time for each person, with a minute between the starts of calls about two reminders.

use reminder::call_limits::{NumberStatus, ReachedLimit, UnconfirmedCalls};
use reminder::ids::ReminderId;
use reminder::policy::CallsPerPerson;
use reminder::ports::{Ids, Ports, Store, WriteError};
use reminder::turn::{OccurrenceCall, Turn, TurnOutcome, TurnRequest};

use super::Suite;
use crate::conformance::rules::{NotHeld, Pause, expect};

impl<P: Ports, W: Pause> Suite<'_, P, W> {
    /// A turn of this reminder for a new claim, taken `second` seconds after the start of the test. Its lease is three
    /// minutes.
    fn turn(&self, reminder: &ReminderId, second: i64) -> Turn {
        Turn {
            reminder: reminder.clone(),
            call: Some(OccurrenceCall { due: self.samples.at(0), attempt: 1 }),
            generation: Some(1),
            claim: self.ids.claim(),
            taken_at: self.samples.at(second),
            until: self.samples.at(second + 180),
        }
    }

    /// Takes this turn. `over` is an earlier turn whose call is known to be over.
    async fn take(&self, turn: &Turn, over: Option<&Turn>) -> Result<TurnOutcome, WriteError> {
        self.store.take_turn(&TurnRequest { over: over.map(|over| over.claim.clone()), ..self.request(turn) }).await
    }

    /// A request for this turn, with limits of three calls within an hour and four within a day.
    fn request(&self, turn: &Turn) -> TurnRequest {
        let limits = CallsPerPerson { per_hour: 3, per_day: 4 };
        let (person, number) = (self.samples.person.clone(), NumberStatus::Confirmed);
        TurnRequest { person, turn: turn.clone(), over: None, own_call: None, limits, number }
    }

    /// Takes this turn for an unconfirmed number, with limits of 12 calls within an hour and 60 within a day.
    async fn take_unconfirmed(&self, turn: &Turn) -> Result<TurnOutcome, WriteError> {
        let limits = CallsPerPerson { per_hour: 12, per_day: 60 };
        let number = NumberStatus::Unconfirmed { fresh_code: self.ids.confirmation_code() };
        self.store.take_turn(&TurnRequest { limits, number, ..self.request(turn) }).await
    }

    async fn give_back(&self, turn: &Turn, second: i64) -> Result<(), WriteError> {
        self.store.give_back_turn(&self.samples.person, &turn.claim, self.samples.at(second)).await
    }

    pub(super) async fn one_call_has_the_turn(self) -> Result<(), NotHeld> {
        let turn = |second: i64| self.turn(&self.ids.reminder(), second);
        let (turn_at_0, turn_at_59, turn_at_60) = (turn(0), turn(59), turn(60));
        let busy = |by: &Turn| Ok(TurnOutcome::Busy(by.clone()));
        expect("a free turn is taken", &self.take(&turn_at_0, None).await, &Ok(TurnOutcome::Taken(None)))?;
        expect("the turn of a call under way is not taken", &self.take(&turn_at_60, None).await, &busy(&turn_at_0))?;
        let again = Turn { claim: self.ids.claim(), ..turn_at_0.clone() };
        expect(
            "a reminder takes its own turn again",
            &self.take(&again, None).await,
            &Ok(TurnOutcome::TakenBefore(None)),
        )?;
        let own = Turn { claim: self.ids.claim(), ..turn_at_0.clone() };
        let after_own_call = TurnRequest { own_call: Some(again.claim.clone()), ..self.request(&own) };
        expect(
            "a reminder does not take its own turn again while the person may still talk in its call",
            &self.store.take_turn(&after_own_call).await,
            &busy(&again),
        )?;
        let delayed = Turn { claim: self.ids.claim(), taken_at: self.samples.at(-1), ..turn_at_0.clone() };
        expect(
            "a request that arrives late holds a newer turn of the same call too",
            &self.take(&delayed, None).await,
            &Ok(TurnOutcome::TakenBefore(None)),
        )?;
        expect("the turn ends only when all have given it back", &self.give_back(&delayed, 6).await, &Ok(()))?;
        expect(
            "the end of another call frees no turn",
            &self.take(&turn_at_60, Some(&turn_at_0)).await,
            &busy(&again),
        )?;
        expect("no turn is taken over within a minute", &self.take(&turn_at_59, Some(&again)).await, &busy(&again))?;
        let taken = self.take(&turn_at_60, Some(&again)).await;
        expect("a turn is taken over when its call is over", &taken, &Ok(TurnOutcome::Taken(None)))?;
        let taken = self.take(&turn(240), None).await;
        expect("a turn is taken when its lease is over", &taken, &Ok(TurnOutcome::Taken(None)))
    }

    pub(super) async fn only_the_claim_that_has_the_turn_gives_it_back(self) -> Result<(), NotHeld> {
        let turn = |second: i64| self.turn(&self.ids.reminder(), second);
        let (turn_at_0, turn_at_1, other) = (turn(0), turn(1), turn(0));
        expect("a free turn is taken", &self.take(&turn_at_0, None).await, &Ok(TurnOutcome::Taken(None)))?;
        expect("giving back another claim's turn succeeds", &self.give_back(&other, 1).await, &Ok(()))?;
        expect(
            "giving back another claim's turn has no effect",
            &self.take(&turn_at_1, None).await,
            &Ok(TurnOutcome::Busy(turn_at_0.clone())),
        )?;
        expect("a turn is given back", &self.give_back(&turn_at_0, 1).await, &Ok(()))?;
        let taken = self.take(&turn_at_1, None).await;
        expect("a turn that was given back is taken", &taken, &Ok(TurnOutcome::Taken(None)))
    }

    pub(super) async fn a_turn_that_was_given_back_is_not_taken_by_another_reminder_within_a_minute_of_the_last_call(
        self,
    ) -> Result<(), NotHeld> {
        let (reminder, other) = (self.ids.reminder(), self.ids.reminder());
        let called = self.turn(&reminder, 0);
        let second_call = called.call.map(|call| OccurrenceCall { attempt: 2, ..call });
        let [taken, again] = [20, 40].map(|second| Turn { call: second_call, ..self.turn(&reminder, second) });
        expect("a free turn is taken", &self.take(&called, None).await, &Ok(TurnOutcome::Taken(None)))?;
        for (turn, second) in [(&taken, 22), (&again, 42)] {
            let taken = self.take(turn, None).await;
            expect("a reminder takes its own turn again", &taken, &Ok(TurnOutcome::Taken(None)))?;
            expect("a turn is given back", &self.give_back(turn, second).await, &Ok(()))?;
        }
        let given_back = again.given_back(called.taken_at, self.samples.at(42));
        expect(
            "another reminder does not take a turn that was given back within a minute of the last call",
            &self.take(&self.turn(&other, 59), None).await,
            &Ok(TurnOutcome::Busy(given_back)),
        )?;
        let late = self.turn(&other, 60);
        expect("it takes the turn after that minute", &self.take(&late, None).await, &Ok(TurnOutcome::Taken(None)))?;
        expect("a turn is given back", &self.give_back(&late, 61).await, &Ok(()))?;
        let next = self.take(&self.turn(&reminder, 61), None).await;
        expect("after that minute, a turn that was given back is taken at once", &next, &Ok(TurnOutcome::Taken(None)))
    }

    pub(super) async fn an_unconfirmed_number_gets_three_calls_in_all_and_a_code(self) -> Result<(), NotHeld> {
        let turn = |day: i64| self.turn(&self.ids.reminder(), day * 86_400);
        let (person, taken) = (&self.samples.person, Ok(TurnOutcome::Taken(None)));
        let calls = |ever, code| Ok(UnconfirmedCalls { ever, code });
        let stored = || self.store.unconfirmed_calls(person);
        expect("a person without calls has no code", &stored().await, &Ok(UnconfirmedCalls::default()))?;
        for day in 0..2 {
            expect("a call is allowed", &self.take_unconfirmed(&turn(day)).await, &taken)?;
        }
        expect("a person with few calls has no code", &stored().await, &calls(2, None))?;
        let last = turn(2);
        let code = match self.take_unconfirmed(&last).await {
            Ok(TurnOutcome::Taken(code @ Some(_))) => code,
            other => return expect("the third call is the last", &other, &taken),
        };
        expect("the code is stored", &stored().await, &calls(3, code))?;
        expect("a turn is given back", &self.give_back(&last, 2 * 86_400).await, &Ok(()))?;
        expect("its call does not count, and the code stays", &stored().await, &calls(2, code))?;
        let third = self.take_unconfirmed(&turn(3)).await;
        expect("the third call tells the same code", &third, &Ok(TurnOutcome::Taken(code)))?;
        let limited = Ok(TurnOutcome::LimitReached(ReachedLimit::Unconfirmed(code)));
        for day in [4, 40] {
            let again = self.take_unconfirmed(&turn(day)).await;
            expect("a call is refused for ever, and the code stays", &again, &limited)?;
        }
        expect("a confirmed number is called", &self.take(&turn(41), None).await, &taken)
    }

    pub(super) async fn the_calls_within_an_hour_and_a_day_are_counted_and_limited(self) -> Result<(), NotHeld> {
        let turn = |second: i64| self.turn(&self.ids.reminder(), second);
        let (hour_s, taken) = (3600, Ok(TurnOutcome::Taken(None)));
        let limited = |limit| Ok(TurnOutcome::LimitReached(limit));
        for second in [0, 300, 600] {
            expect("a call below the limits is allowed", &self.take(&turn(second), None).await, &taken)?;
        }
        let third = turn(900);
        let refused = self.take(&third, None).await;
        expect("a call above the limit of an hour is refused", &refused, &limited(ReachedLimit::PerHour(3)))?;
        let again = self.take(&turn(1200), None).await;
        expect("the limit is named once an hour", &again, &limited(ReachedLimit::SaidBefore))?;
        let fourth = turn(hour_s);
        expect("a call that is an hour old no longer counts for the hour", &self.take(&fourth, None).await, &taken)?;
        let refused = self.take(&turn(2 * hour_s), None).await;
        expect("a call above the limit of a day is refused", &refused, &limited(ReachedLimit::PerDay(4)))?;
        expect("a turn is given back", &self.give_back(&fourth, 2 * hour_s + 1).await, &Ok(()))?;
        let taken_later = turn(2 * hour_s + 60);
        expect("a turn that was given back does not count", &self.take(&taken_later, None).await, &taken)?;
        let claimed_again = Turn { claim: self.ids.claim(), taken_at: self.samples.at(2 * hour_s + 90), ..taken_later };
        expect(
            "a call that is requested again is allowed",
            &self.take(&claimed_again, None).await,
            &Ok(TurnOutcome::TakenBefore(None)),
        )?;
        expect(
            "the same request is carried out once",
            &self.take(&claimed_again, None).await,
            &Ok(TurnOutcome::TakenBefore(None)),
        )?;
        let late = turn(24 * hour_s);
        expect("a call that is a day old no longer counts", &self.take(&late, None).await, &taken)
    }
}
