//! A person's turn: when it ends, when it is kept, and when it is given back.

#![expect(clippy::panic, reason = "a panic in a helper fails the test")]

use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use reminder::channel::{Breaker, Channel, ChannelKind, OpenBreaker, Priority};
use reminder::ids::ReminderKey;
use reminder::policy::after;
use reminder::ports::{Channels, Overdue, Ports, SlotAnswer, SlotRequest};
use reminder::record::{Reminder, State};
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::fakes::{self, Cloud, Invocation, Received, Release, carrier_name};
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms::{self, ACCOUNTS};
use simulation::world::START;

/// Number of the person who texts.
const NUMBER: &str = "+12125550142";

/// When a call must be over, in seconds after its turn was taken: it rings for 23 s and is talked on for 90 s, and 60 s
/// later the carrier is asked.
const CALL_S: i64 = 23 + 90 + 60;

/// The longest wait until a reminder asks for its turn again, in seconds, including the invocation that asks.
const AGAIN_S: i64 = 21;

/// A cloud without queues: only the functions that a test invokes run.
struct Stage {
    cloud: Rc<Cloud>,
    functions: Rc<Functions>,
}

impl Stage {
    fn new() -> Self {
        Self::with_seed(1)
    }

    fn with_seed(seed: u64) -> Self {
        let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
        let cloud = Cloud::new(seed, START);
        cloud.history.keep_timeline();
        Self { cloud, functions }
    }

    fn outcome(&self, invoke: impl FnOnce(&Rc<Functions>, &Rc<Cloud>, u64)) -> InvocationOutcome {
        invoke(&self.functions, &self.cloud, 7);
        loop {
            match self.cloud.engine.step() {
                Step::Event(WorldEvent::InvocationEnded(7, outcome)) => return outcome,
                Step::Idle => panic!("expected an outcome, found none"),
                Step::Event(_) | Step::Quiet => {}
            }
        }
    }

    fn text(&self, sid: &str, body: &str) {
        let form = [("MessageSid", sid), ("From", NUMBER), ("To", SERVICE_NUMBER), ("Body", body)];
        let outcome = self.outcome(|functions, cloud, id| functions.text(cloud, id, twilio_forms::post("/sms", &form)));
        assert!(matches!(outcome, InvocationOutcome::Http { status: 200, .. }), "{outcome:?}");
    }

    /// Makes a reminder, and returns its key.
    fn make(&self, sid: &str, body: &str) -> ReminderKey {
        self.text(sid, body);
        let newest = self.cloud.table.borrow().reminders().map(|reminder| reminder.key.clone()).max();
        newest.unwrap_or_else(|| panic!("expected a reminder, found none"))
    }

    fn stored(&self, key: &ReminderKey) -> Reminder {
        let stored = self.cloud.table.borrow().reminders().find(|reminder| reminder.key == *key).cloned();
        stored.unwrap_or_else(|| panic!("expected the reminder to stay"))
    }

    fn wake_at(&self, key: &ReminderKey) -> Timestamp {
        let reminder = self.stored(key);
        let Some(State::Waiting { wake_at, .. }) = reminder.state() else { panic!("{reminder:?}") };
        *wake_at
    }

    /// Lets time go by until this instant.
    fn wait_until(&self, instant: Timestamp) {
        let wait = instant.duration_since(self.cloud.engine.now()).as_millis().max(0);
        self.cloud.engine.run_in(i64::try_from(wait).unwrap_or(0), || ());
        while self.cloud.engine.now() < instant {
            self.cloud.engine.step();
        }
    }

    /// Delivers the carrier's report that nobody has answered the call of a reminder.
    fn report_no_answer(&self, key: &ReminderKey) {
        let reminder = self.stored(key);
        let Some(State::Ringing { call, claim, .. }) = reminder.state() else { panic!("{reminder:?}") };
        let path = format!("/calls/{}/{}/{claim}/status", key.person, key.reminder);
        let form = [("AccountSid", ACCOUNTS[0]), ("CallSid", call.at_carrier()), ("CallStatus", "no-answer")];
        let status = twilio_forms::post(&path, &form);
        let taken = self.outcome(|functions, cloud, id| functions.callback(cloud, id, status));
        assert!(matches!(taken, InvocationOutcome::Http { status: 204, .. }), "{taken:?}");
    }

    /// Lets time go by until the planned wake-up of a reminder is due, and returns its message.
    fn wake_up(&self, key: &ReminderKey) -> [Received; 1] {
        self.wait_until(self.wake_at(key));
        let (person, id, generation) = (&key.person, &key.reminder, self.stored(key).generation);
        let body = format!(r#"{{"v":1,"person":"{person}","reminder":"{id}","generation":{generation}}}"#);
        [Received { id: 1, body, receives: 1, chain: 0 }]
    }

    /// Lets time go by until the planned wake-up of a reminder is due, and delivers it. Returns whether the reminder
    /// was claimed.
    fn wake(&self, key: &ReminderKey) -> bool {
        let received = self.wake_up(key);
        let outcome = self.outcome(|functions, cloud, id| functions.batch(cloud, id, QueueName::Dial, &received));
        assert_eq!(outcome, InvocationOutcome::Batch(vec![]));
        self.is_claimed(key)
    }

    fn is_claimed(&self, key: &ReminderKey) -> bool {
        self.stored(key).state().and_then(State::claim).is_some()
    }

    /// Like `wake`, but the queue delivers the wake-up twice at the same instant.
    fn wake_twice(&self, key: &ReminderKey) -> bool {
        let received = self.wake_up(key);
        for id in [7, 8] {
            self.functions.batch(&self.cloud, id, QueueName::Dial, &received);
        }
        let mut under_way = 2;
        while under_way > 0 {
            match self.cloud.engine.step() {
                Step::Event(WorldEvent::InvocationEnded(_, outcome)) => {
                    assert_eq!(outcome, InvocationOutcome::Batch(vec![]));
                    under_way -= 1;
                }
                Step::Idle => panic!("expected an outcome, found none"),
                Step::Event(_) | Step::Quiet => {}
            }
        }
        self.is_claimed(key)
    }
}

impl Stage {
    /// Reads the breaker of the carrier's voice channel, and replaces it if `change` returns a breaker.
    fn breaker(&self, change: impl FnOnce(&Breaker) -> Option<Breaker> + 'static) -> Breaker {
        let ports = Invocation::new(&self.cloud);
        let channel = Channel { carrier: carrier_name(0), kind: ChannelKind::Voice };
        let breaker = fakes::run(&self.cloud, async move {
            let channels = ports.channels();
            let Ok(breaker) = channels.breaker_now(&channel).await else { panic!("expected a breaker") };
            let Some(changed) = change(&breaker) else { return breaker };
            let write = breaker.replaced_by(changed);
            assert_eq!(channels.replace_breaker(&channel, &write).await, Ok(()));
            write.written()
        });
        breaker.unwrap_or_else(|| panic!("expected the access to the breaker to end")).into_value()
    }

    /// Reserves the slots of the carrier's voice channel until this instant, as the reminders of many other people do.
    fn reserve_slots_until(&self, latest: Timestamp) {
        let ports = Invocation::new(&self.cloud);
        let channel = Channel { carrier: carrier_name(0), kind: ChannelKind::Voice };
        let reserved = fakes::run(&self.cloud, async move {
            let request = SlotRequest {
                now: latest,
                latest,
                interval: SignedDuration::from_secs(1),
                priority: Priority::Confirmed,
                budget: None,
            };
            ports.channels().reserve(&channel, request).await
        });
        assert_eq!(reserved, Some(Ok(SlotAnswer::Reserved { at: latest, left: None })));
    }
}

/// Why a record does not show the end of its call.
#[derive(Clone, Copy)]
enum Hidden {
    Spoiled,
    WrittenLater,
    Cancelled,
}

#[test]
fn a_turn_whose_record_does_not_show_the_end_of_its_call_ends_when_the_call_must_be_over() {
    for cause in [Hidden::Spoiled, Hidden::WrittenLater, Hidden::Cancelled] {
        let stage = Stage::new();
        let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
        let second = stage.make("SM2", "remind me to feed the cat in 6 minutes");
        assert!(stage.wake(&first), "expected the first reminder to be called");
        let taken_at = stage.cloud.engine.now();
        match cause {
            Hidden::Spoiled => stage.cloud.table.borrow_mut().spoil(&first),
            Hidden::WrittenLater => {
                stage.cloud.table.borrow_mut().written_by(&Overdue::Reminder(first.clone()), Release::Later);
            }
            // The carrier may refuse to cancel the call.
            Hidden::Cancelled => stage.text("SM3", "delete 1"),
        }
        while !stage.wake(&second) {
            let now = stage.cloud.engine.now();
            assert!(now < after(taken_at, CALL_S + AGAIN_S), "expected the second reminder to be called by {now}");
        }
        assert!(
            stage.cloud.engine.now() >= after(taken_at, CALL_S - 1),
            "expected the second reminder to wait until the first call must be over"
        );
        stage.cloud.engine.clear();
    }
}

/// The carrier failed while the person was in a call. Only a reminder whose call can be placed now may find out whether
/// the carrier works again.
#[test]
fn a_reminder_that_waits_for_its_turn_leaves_the_probe_of_the_breaker_to_others() {
    let stage = Stage::new();
    let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
    let second = stage.make("SM2", "remind me to feed the cat in 6 minutes");
    assert!(stage.wake(&first), "expected the first reminder to be called");
    let taken_at = stage.cloud.engine.now();
    // The carrier may refuse to cancel the call, so the turn ends when the call must be over.
    stage.text("SM3", "delete 1");
    stage.breaker(move |closed| {
        let opened = OpenBreaker { until: after(taken_at, 30), for_s: 30, probe_until: None };
        Some(Breaker { opened: Some(opened), ..closed.clone() })
    });
    while !stage.wake(&second) {
        let now = stage.cloud.engine.now();
        assert!(now < after(taken_at, CALL_S + AGAIN_S), "expected the second reminder to be called by {now}");
        let breaker = stage.breaker(|_| None);
        assert_eq!(breaker.opened.map(|opened| opened.probe_until), Some(None), "{now}");
    }
    assert!(stage.cloud.engine.now() > after(taken_at, 60), "expected the second reminder to wait for its turn");
    assert_eq!(stage.breaker(|_| None), Breaker::default(), "expected a probe that found the carrier healthy");
    stage.cloud.engine.clear();
}

/// Both deliveries take the turn, and one of them is assigned a later slot. That delivery must not give the turn back,
/// because the other delivery places its call in that turn.
#[test]
fn a_wake_up_that_is_delivered_twice_keeps_the_turn_of_its_call() {
    let stage = Stage::new();
    let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
    let second = stage.make("SM2", "remind me to feed the cat in 5 minutes");
    assert!(stage.wake_twice(&first), "expected the first reminder to be called");
    let taken_at = stage.cloud.engine.now();
    while stage.cloud.engine.now() < after(taken_at, 60) {
        assert!(
            !stage.wake(&second),
            "expected the second reminder to wait while the person is called about the first"
        );
    }
    stage.cloud.engine.clear();
}

/// Both deliveries take the turn, and only one of them writes its claim. The carrier may refuse to cancel its call, so
/// the second reminder must wait until that call must be over, whichever delivery has taken the turn last.
#[test]
fn a_wake_up_that_is_delivered_twice_keeps_the_turn_of_its_cancelled_call() {
    let mut calls = 0;
    for seed in 1..=8 {
        let stage = Stage::with_seed(seed);
        let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
        let second = stage.make("SM2", "remind me to feed the cat in 6 minutes");
        // The delivery that is assigned a later slot may write first. Then no call is placed.
        if !stage.wake_twice(&first) {
            stage.cloud.engine.clear();
            continue;
        }
        calls += 1;
        let taken_at = stage.cloud.engine.now();
        stage.text("SM3", "delete 1");
        while !stage.wake(&second) {
            let now = stage.cloud.engine.now();
            assert!(now < after(taken_at, CALL_S + AGAIN_S), "expected the second reminder to be called by {now}");
        }
        assert!(
            stage.cloud.engine.now() >= after(taken_at, CALL_S - 1),
            "expected the second reminder to wait until the first call must be over, with seed {seed}"
        );
        stage.cloud.engine.clear();
    }
    assert!(calls > 0, "expected a call with some seed");
}

/// The slot is minutes away, and the first reminder is not called until then. Its turn must not delay the second
/// reminder.
#[test]
fn a_reminder_that_waits_for_a_slot_gives_its_turn_back() {
    let stage = Stage::new();
    let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
    let second = stage.make("SM2", "remind me to feed the cat in 5 minutes");
    stage.reserve_slots_until(after(stage.cloud.engine.now(), 600));
    for key in [first, second] {
        assert!(!stage.wake(&key), "expected no call before the slot");
        let stored = stage.stored(&key);
        let has_slot = matches!(stored.state(), Some(State::Waiting { slot: Some(_), .. }));
        assert!(has_slot, "expected a slot for {key:?}, found {:?}", stored.state());
    }
    stage.cloud.engine.clear();
}

/// The next occurrence of a series is due seconds after the last call of the occurrence before it, and takes the turn
/// of that call. It is not called then, because its slot is minutes away.
#[test]
fn a_turn_that_was_given_back_is_not_taken_by_another_reminder_within_a_minute_of_the_last_call() {
    let stage = Stage::new();
    let first = stage.make("SM1", "remind me to buy milk every 15 minutes");
    let second = stage.make("SM2", "remind me to feed the cat in 30 minutes");
    stage.wait_until(after(stage.wake_at(&second), -30));
    assert!(stage.wake(&first), "expected the first reminder to be called late");
    let taken_at = stage.cloud.engine.now();
    stage.report_no_answer(&first);
    stage.reserve_slots_until(after(taken_at, 600));
    for key in [&first, &second] {
        assert!(!stage.wake(key), "expected no call before the slot");
    }
    let first = stage.stored(&first);
    assert!(matches!(first.state(), Some(State::Waiting { slot: Some(_), .. })), "{first:?}");
    let second = stage.stored(&second);
    let Some(State::Waiting { slot: None, wake_at, .. }) = second.state() else {
        panic!("expected a reminder that waits for its turn, found {second:?}")
    };
    assert!(*wake_at >= after(taken_at, 60), "{second:?}");
    stage.cloud.engine.clear();
}

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
