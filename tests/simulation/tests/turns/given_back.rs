//! The turn of a call that is not placed: it is given back, so that the call does not count.

use reminder::ids::ReminderKey;
use reminder::policy::after;
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::faults::Fault;
use simulation::functions::SERVICE_NUMBER;
use simulation::twilio_forms;

use crate::stage::{AGAIN_S, NUMBER, Stage};

impl Stage {
    fn is_requested(&self) -> bool {
        self.cloud.history.timeline().iter().any(|line| line.contains("CallRequested"))
    }

    /// Delivers the wake-up of a reminder once `is_delivered` says so. The person deletes the reminder once `is_deleted`
    /// says so.
    fn wake_and_delete(
        &self,
        key: &ReminderKey,
        is_delivered: impl Fn(&Self) -> bool,
        is_deleted: impl Fn(&Self) -> bool,
    ) {
        let received = self.wake_up(key);
        let (mut delivered, mut deleted, mut under_way) = (false, false, 2);
        while under_way > 0 {
            if !delivered && is_delivered(self) {
                self.functions.batch(&self.cloud, 7, QueueName::Dial, &received);
                delivered = true;
            }
            if !deleted && is_deleted(self) {
                let form = [("MessageSid", "SM3"), ("From", NUMBER), ("To", SERVICE_NUMBER), ("Body", "delete 1")];
                self.functions.text(&self.cloud, 8, twilio_forms::post("/sms", &form));
                deleted = true;
            }
            match self.cloud.engine.step() {
                Step::Event(WorldEvent::InvocationEnded(_, outcome)) => {
                    let is_done = matches!(outcome, InvocationOutcome::Http { status: 200, .. });
                    assert!(is_done || outcome == InvocationOutcome::Batch(vec![]), "{outcome:?}");
                    under_way -= 1;
                }
                Step::Idle => panic!("expected an outcome, found none"),
                Step::Event(_) | Step::Quiet => {}
            }
        }
        let stored = self.stored(key);
        assert!(stored.state().is_none(), "expected the reminder to be deleted, found {stored:?}");
    }

    /// Delivers the wake-ups of a reminder until it is called, for as long as it may wait for a slot.
    fn is_called_soon(&self, key: &ReminderKey) {
        let latest = after(self.cloud.engine.now(), AGAIN_S);
        while self.wake_at(key) <= latest {
            if self.wake(key) {
                return;
            }
        }
        panic!("expected a call by {latest}, found {:?}", self.stored(key));
    }
}

/// The carrier refuses the call while the person deletes its reminder. The refusal changes nothing in the record, but
/// the call must not count, and the other reminder must not wait for it.
#[test]
fn a_refused_call_gives_its_turn_back_even_if_its_reminder_was_deleted() {
    let stage = Stage::new();
    let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
    let second = stage.make("SM2", "remind me to feed the cat in 5 minutes");
    stage.cloud.faults.set(Fault::CarrierDown, 10_000);
    stage.wake_and_delete(&first, |_| true, Stage::is_requested);
    stage.cloud.faults.set(Fault::CarrierDown, 0);
    stage.is_called_soon(&second);
    stage.cloud.engine.clear();
}

/// The wake-up is delivered at each millisecond after the person has texted to delete the reminder, in worlds with
/// different latencies. If the call is not placed, its turn is free at once.
#[test]
fn a_turn_is_given_back_if_its_reminder_is_deleted_before_the_claim() {
    let mut kept = 0;
    for (seed, wait_ms) in (1..=10).flat_map(|seed| (0..100).map(move |wait_ms| (seed, wait_ms))) {
        let stage = Stage::with_seed(seed);
        let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
        let second = stage.make("SM2", "remind me to feed the cat in 5 minutes");
        let from = stage.wake_at(&first);
        stage.cloud.engine.run_in(300_000 + wait_ms, || ());
        let is_delivered = |stage: &Stage| stage.cloud.engine.now().duration_since(from).as_millis() >= wait_ms.into();
        stage.wake_and_delete(&first, is_delivered, |_| true);
        if !stage.is_requested() {
            kept += 1;
            stage.is_called_soon(&second);
        }
        stage.cloud.engine.clear();
    }
    assert!(kept > 0, "expected a deletion before the claim");
}

impl Stage {
    /// Number of the lines in the timeline that hold these words.
    fn seen(&self, words: &str) -> usize {
        self.cloud.history.timeline().iter().filter(|line| line.contains(words)).count()
    }

    /// Lets time go by until the record shows what is expected.
    fn run_until(&self, is_over: impl Fn(&Self) -> bool) {
        while !is_over(self) {
            assert!(!matches!(self.cloud.engine.step(), Step::Idle), "expected something to happen");
        }
    }

    /// Delivers this many wake-ups of a reminder. The carrier reports each call as not answered. Returns how many calls the
    /// carrier has accepted.
    fn accepted_calls(&self, key: &ReminderKey, wake_ups: u32) -> usize {
        for _ in 0..wake_ups {
            if self.wake(key) {
                self.report_no_answer(key);
            }
        }
        self.seen("CallAccepted")
    }
}

/// The carrier can't be reached shortly before the next occurrence of the series. Its wake-up comes while the text about
/// the previous one is requested. The refused call must not count: the unconfirmed number still gets its three calls.
#[test]
fn a_refused_call_gives_its_turn_back_before_the_next_occurrence_takes_it() {
    let mut overlaps = 0;
    for before_s in 2..20 {
        let stage = Stage::new();
        let key = stage.make("SM1", "remind me to buy milk every 15 minutes");
        let first = stage.wake_up(&key);
        let next_due = after(stage.stored(&key).due, 15 * 60);
        stage.wait_until(after(next_due, -before_s));
        stage.cloud.faults.set(Fault::Unreachable, 10_000);
        stage.functions.batch(&stage.cloud, 7, QueueName::Dial, &first);
        stage.run_until(|stage| stage.stored(&key).due >= next_due);
        let second = stage.wake_up(&key);
        if stage.stored(&key).due == next_due && stage.seen("TextRequestOutcome") == 0 {
            overlaps += 1;
            stage.functions.batch(&stage.cloud, 8, QueueName::Dial, &second);
            stage.run_until(|stage| stage.seen("CallRequested") == 2 && !stage.is_claimed(&key));
            stage.cloud.faults.set(Fault::Unreachable, 0);
            assert_eq!(stage.accepted_calls(&key, 5), 3, "{before_s} s");
        }
        stage.cloud.engine.clear();
    }
    assert!(overlaps > 0, "expected a wake-up during the request for the text");
}

/// The last call of an unconfirmed number is refused, and the store is down while the refusal is written. So the sweeper
/// ends the occurrence with a text that tells the code. The call must count: no other call may follow that text.
#[test]
fn a_refused_last_call_counts_if_its_refusal_is_not_written() {
    let stage = Stage::new();
    let key = stage.make("SM1", "remind me to buy milk in 5 minutes");
    let other = stage.make("SM2", "remind me to feed the cat in 50 minutes");
    assert_eq!(stage.accepted_calls(&key, 2), 2);
    let received = stage.wake_up(&key);
    stage.cloud.faults.set(Fault::RequestRefused, 10_000);
    stage.functions.batch(&stage.cloud, 7, QueueName::Dial, &received);
    stage.run_until(|stage| stage.seen("CallRequested") == 3);
    stage.cloud.faults.set(Fault::StoreDown, 10_000);
    stage.run_until(|stage| stage.cloud.faults.injected(Fault::StoreDown) == 2);
    for fault in [Fault::RequestRefused, Fault::StoreDown] {
        stage.cloud.faults.set(fault, 0);
    }
    stage.wait_until(after(stage.cloud.engine.now(), 120));
    assert!(stage.is_claimed(&key), "expected the sweeper to find the claim");
    let swept = stage.outcome(|functions, cloud, id| functions.sweep(cloud, id));
    assert_eq!(swept, InvocationOutcome::Done);
    assert!(stage.seen("Reply") > 0, "expected a text that tells the code");
    assert!(!stage.wake(&other), "expected no call after the text");
    assert_eq!(stage.seen("CallAccepted"), 2);
    stage.cloud.engine.clear();
}
