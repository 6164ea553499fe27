//! A cloud in which only the functions that a test invokes run.

#![expect(clippy::panic, reason = "a panic in a helper fails the test")]

use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use reminder::channel::{Breaker, Channel, ChannelKind, Priority};
use reminder::ids::ReminderKey;
use reminder::ports::{Channels, Ports, SlotAnswer, SlotRequest};
use reminder::record::{Reminder, State};
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::fakes::{self, Cloud, Invocation, Received, carrier_name};
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms::{self, ACCOUNTS};
use simulation::world::START;

/// Number of the person who texts.
pub(crate) const NUMBER: &str = "+12125550142";

/// When a call must be over, in seconds after its turn was taken: it rings for 23 s and is talked on for 90 s, and 60 s
/// later the carrier is asked.
pub(crate) const CALL_S: i64 = 23 + 90 + 60;

/// The longest wait until a reminder asks for its turn again, in seconds, including the invocation that asks.
pub(crate) const AGAIN_S: i64 = 21;

/// A cloud without queues: only the functions that a test invokes run.
pub(crate) struct Stage {
    pub(crate) cloud: Rc<Cloud>,
    pub(crate) functions: Rc<Functions>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with_seed(1)
    }

    pub(crate) fn with_seed(seed: u64) -> Self {
        let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
        let cloud = Cloud::new(seed, START);
        cloud.history.keep_timeline();
        Self { cloud, functions }
    }

    pub(crate) fn outcome(&self, invoke: impl FnOnce(&Rc<Functions>, &Rc<Cloud>, u64)) -> InvocationOutcome {
        invoke(&self.functions, &self.cloud, 7);
        loop {
            match self.cloud.engine.step() {
                Step::Event(WorldEvent::InvocationEnded(7, outcome)) => return outcome,
                Step::Idle => panic!("expected an outcome, found none"),
                Step::Event(_) | Step::Quiet => {}
            }
        }
    }

    pub(crate) fn text(&self, sid: &str, body: &str) {
        let form = [("MessageSid", sid), ("From", NUMBER), ("To", SERVICE_NUMBER), ("Body", body)];
        let outcome = self.outcome(|functions, cloud, id| functions.text(cloud, id, twilio_forms::post("/sms", &form)));
        assert!(matches!(outcome, InvocationOutcome::Http { status: 200, .. }), "{outcome:?}");
    }

    /// Makes a reminder, and returns its key.
    pub(crate) fn make(&self, sid: &str, body: &str) -> ReminderKey {
        self.text(sid, body);
        let newest = self.cloud.table.borrow().reminders().map(|reminder| reminder.key.clone()).max();
        newest.unwrap_or_else(|| panic!("expected a reminder, found none"))
    }

    pub(crate) fn stored(&self, key: &ReminderKey) -> Reminder {
        let stored = self.cloud.table.borrow().reminders().find(|reminder| reminder.key == *key).cloned();
        stored.unwrap_or_else(|| panic!("expected the reminder to stay"))
    }

    pub(crate) fn wake_at(&self, key: &ReminderKey) -> Timestamp {
        let reminder = self.stored(key);
        let Some(State::Waiting { wake_at, .. }) = reminder.state() else { panic!("{reminder:?}") };
        *wake_at
    }

    /// Lets time go by until this instant.
    pub(crate) fn wait_until(&self, instant: Timestamp) {
        let wait = instant.duration_since(self.cloud.engine.now()).as_millis().max(0);
        self.cloud.engine.run_in(i64::try_from(wait).unwrap_or(0), || ());
        while self.cloud.engine.now() < instant {
            self.cloud.engine.step();
        }
    }

    /// Delivers the carrier's report that the call of a reminder was not answered.
    pub(crate) fn report_no_answer(&self, key: &ReminderKey) {
        let reminder = self.stored(key);
        let Some(State::Ringing { call, claim, .. }) = reminder.state() else { panic!("{reminder:?}") };
        let path = format!("/calls/{}/{}/{claim}/status", key.person, key.reminder);
        let form = [("AccountSid", ACCOUNTS[0]), ("CallSid", call.at_carrier()), ("CallStatus", "no-answer")];
        let status = twilio_forms::post(&path, &form);
        let taken = self.outcome(|functions, cloud, id| functions.callback(cloud, id, status));
        assert!(matches!(taken, InvocationOutcome::Http { status: 204, .. }), "{taken:?}");
    }

    /// Lets time go by until the planned wake-up of a reminder is due, and returns its message.
    pub(crate) fn wake_up(&self, key: &ReminderKey) -> [Received; 1] {
        self.wait_until(self.wake_at(key));
        let (person, id, generation) = (&key.person, &key.reminder, self.stored(key).generation);
        let body = format!(r#"{{"v":1,"person":"{person}","reminder":"{id}","generation":{generation}}}"#);
        [Received { id: 1, body, receives: 1, chain: 0 }]
    }

    /// Lets time go by until the planned wake-up of a reminder is due, and delivers it. Returns whether the reminder
    /// was claimed.
    pub(crate) fn wake(&self, key: &ReminderKey) -> bool {
        let received = self.wake_up(key);
        let outcome = self.outcome(|functions, cloud, id| functions.batch(cloud, id, QueueName::Dial, &received));
        assert_eq!(outcome, InvocationOutcome::Batch(vec![]));
        self.is_claimed(key)
    }

    pub(crate) fn is_claimed(&self, key: &ReminderKey) -> bool {
        self.stored(key).state().and_then(State::claim).is_some()
    }

    /// Like `wake`, but the queue delivers the wake-up twice at the same instant.
    pub(crate) fn wake_twice(&self, key: &ReminderKey) -> bool {
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
    pub(crate) fn breaker(&self, change: impl FnOnce(&Breaker) -> Option<Breaker> + 'static) -> Breaker {
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
    pub(crate) fn reserve_slots_until(&self, latest: Timestamp) {
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
