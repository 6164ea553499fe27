//! Turns: one call at a time for each person, with a minute between the starts of calls about two reminders.

use reminder::ids::ReminderId;
use reminder::ports::{Ids, Ports, Store, WriteError};
use reminder::turn::{Turn, TurnOutcome, TurnRequest};

use super::Suite;
use crate::conformance::rules::{NotHeld, Pause, expect};

impl<P: Ports, W: Pause> Suite<'_, P, W> {
    /// A turn of this reminder for a new claim, taken `second` seconds after the start of the test. Its lease is three
    /// minutes.
    fn turn(&self, reminder: &ReminderId, second: i64) -> Turn {
        Turn {
            reminder: reminder.clone(),
            claim: self.ids.claim(),
            taken_at: self.samples.at(second),
            until: self.samples.at(second + 180),
        }
    }

    /// Takes this turn. `over` is an earlier turn whose call is known to be over.
    async fn take(&self, turn: &Turn, over: Option<&Turn>) -> Result<TurnOutcome, WriteError> {
        let (person, over) = (self.samples.person.clone(), over.map(|over| over.claim.clone()));
        self.store.take_turn(&TurnRequest { person, turn: turn.clone(), over, own_call: None }).await
    }

    async fn give_back(&self, turn: &Turn, second: i64) -> Result<(), WriteError> {
        self.store.give_back_turn(&self.samples.person, &turn.claim, self.samples.at(second)).await
    }

    pub(super) async fn one_call_has_the_turn(self) -> Result<(), NotHeld> {
        let turn = |second: i64| self.turn(&self.ids.reminder(), second);
        let (turn_at_0, turn_at_59, turn_at_60) = (turn(0), turn(59), turn(60));
        let busy = |by: &Turn| Ok(TurnOutcome::Busy(by.clone()));
        expect("a free turn is taken", &self.take(&turn_at_0, None).await, &Ok(TurnOutcome::Taken))?;
        expect("the turn of a call under way is not taken", &self.take(&turn_at_60, None).await, &busy(&turn_at_0))?;
        let again = Turn { claim: self.ids.claim(), ..turn_at_0.clone() };
        expect("a reminder takes its own turn again", &self.take(&again, None).await, &Ok(TurnOutcome::Taken))?;
        let after_own_call = TurnRequest {
            person: self.samples.person.clone(),
            turn: Turn { claim: self.ids.claim(), ..turn_at_0.clone() },
            over: None,
            own_call: Some(again.claim.clone()),
        };
        expect(
            "a reminder does not take its own turn again while the person may still talk in its call",
            &self.store.take_turn(&after_own_call).await,
            &busy(&again),
        )?;
        let delayed = Turn { claim: self.ids.claim(), taken_at: self.samples.at(-1), ..turn_at_0.clone() };
        expect(
            "a request that arrives late does not replace a newer turn",
            &self.take(&delayed, None).await,
            &busy(&again),
        )?;
        expect(
            "the end of another call frees no turn",
            &self.take(&turn_at_60, Some(&turn_at_0)).await,
            &busy(&again),
        )?;
        expect("no turn is taken over within a minute", &self.take(&turn_at_59, Some(&again)).await, &busy(&again))?;
        let taken = self.take(&turn_at_60, Some(&again)).await;
        expect("a turn is taken over when its call is over", &taken, &Ok(TurnOutcome::Taken))?;
        let taken = self.take(&turn(240), None).await;
        expect("a turn is taken when its lease is over", &taken, &Ok(TurnOutcome::Taken))
    }

    pub(super) async fn only_the_claim_that_has_the_turn_gives_it_back(self) -> Result<(), NotHeld> {
        let turn = |second: i64| self.turn(&self.ids.reminder(), second);
        let (turn_at_0, turn_at_1, other) = (turn(0), turn(1), turn(0));
        expect("a free turn is taken", &self.take(&turn_at_0, None).await, &Ok(TurnOutcome::Taken))?;
        expect("giving back another claim's turn succeeds", &self.give_back(&other, 1).await, &Ok(()))?;
        expect(
            "giving back another claim's turn has no effect",
            &self.take(&turn_at_1, None).await,
            &Ok(TurnOutcome::Busy(turn_at_0.clone())),
        )?;
        expect("a turn is given back", &self.give_back(&turn_at_0, 1).await, &Ok(()))?;
        let taken = self.take(&turn_at_1, None).await;
        expect("a turn that was given back is taken", &taken, &Ok(TurnOutcome::Taken))
    }

    pub(super) async fn a_turn_that_was_given_back_is_not_taken_by_another_reminder_within_a_minute_of_the_last_call(
        self,
    ) -> Result<(), NotHeld> {
        let (reminder, other) = (self.ids.reminder(), self.ids.reminder());
        let (called, taken, again) = (self.turn(&reminder, 0), self.turn(&reminder, 20), self.turn(&reminder, 40));
        expect("a free turn is taken", &self.take(&called, None).await, &Ok(TurnOutcome::Taken))?;
        for (turn, second) in [(&taken, 22), (&again, 42)] {
            expect("a reminder takes its own turn again", &self.take(turn, None).await, &Ok(TurnOutcome::Taken))?;
            expect("a turn is given back", &self.give_back(turn, second).await, &Ok(()))?;
        }
        let given_back = again.given_back(called.taken_at, self.samples.at(42));
        expect(
            "another reminder does not take a turn that was given back within a minute of the last call",
            &self.take(&self.turn(&other, 59), None).await,
            &Ok(TurnOutcome::Busy(given_back)),
        )?;
        let late = self.turn(&other, 60);
        expect("it takes the turn after that minute", &self.take(&late, None).await, &Ok(TurnOutcome::Taken))?;
        expect("a turn is given back", &self.give_back(&late, 61).await, &Ok(()))?;
        let next = self.take(&self.turn(&reminder, 61), None).await;
        expect("after that minute, a turn that was given back is taken at once", &next, &Ok(TurnOutcome::Taken))
    }
}
