//! Messages and records that can't be handled now: a parked text lives for a day, a message that the
//! service did not write goes to the dead letters at once, and messages and records of a later release wait for it.

#![expect(clippy::panic, reason = "a panic in a helper fails the test")]

use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::Timestamp;
use reminder::policy::after;
use reminder::ports::Overdue;
use reminder::record::Reminder;
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::fakes::{Cloud, Received, Release};
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::world::START;
use simulation::{listener, twilio_forms};

const NUMBER: &str = "+12125550142";

/// An hour, in seconds.
const HOUR_S: i64 = 3600;

/// A cloud whose queues invoke the functions.
struct Stage {
    cloud: Rc<Cloud>,
    functions: Rc<Functions>,
    start: Timestamp,
    batches: BTreeMap<u64, (QueueName, Vec<u64>)>,
    /// Number of receives to come that invoke no function, as when Lambda throttles it.
    throttled: u32,
    receives: u32,
    invocations: u64,
}

impl Stage {
    fn new() -> Self {
        Self::seeded(1)
    }

    fn seeded(seed: u64) -> Self {
        let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
        let start = START;
        let cloud = Cloud::new(seed, start);
        Self { cloud, functions, start, batches: BTreeMap::new(), throttled: 0, receives: 0, invocations: 100 }
    }

    fn fail(&self, faults: &[Fault]) {
        faults.iter().for_each(|fault| self.cloud.faults.set(*fault, 10_000));
    }

    fn repair(&self, faults: &[Fault]) {
        faults.iter().for_each(|fault| self.cloud.faults.set(*fault, 0));
    }

    fn send(&self, queue: QueueName, body: &str) {
        self.cloud.enqueue(queue, body.to_owned(), 0);
    }

    /// Lets so many seconds go by. Messages invoke their functions.
    fn run(&mut self, seconds: i64) {
        let end = after(self.cloud.engine.now(), seconds);
        // The engine moves only to its next entry, so an entry at the end keeps it from going beyond.
        self.cloud.engine.run_in(seconds * 1000, || ());
        while self.cloud.engine.now() < end {
            match self.cloud.engine.step() {
                Step::Event(WorldEvent::MessageVisible(queue)) => self.receive(queue),
                Step::Event(WorldEvent::InvocationEnded(id, InvocationOutcome::Batch(failed))) => {
                    let (queue, ids) = self.batches.remove(&id).unwrap_or((QueueName::Dial, vec![]));
                    for id in ids.into_iter().filter(|id| !failed.contains(&id.to_string())) {
                        self.cloud.delete(queue, id);
                    }
                }
                Step::Event(_) | Step::Quiet => {}
                Step::Idle => break,
            }
        }
    }

    fn receive(&mut self, queue: QueueName) {
        let received = self.cloud.receive(queue, 10);
        self.receives += u32::try_from(received.len()).unwrap_or(u32::MAX);
        if received.is_empty() {
            return;
        }
        if self.throttled > 0 {
            self.throttled -= 1;
            return;
        }
        self.invocations += 1;
        self.batches.insert(self.invocations, (queue, received.iter().map(|message| message.id).collect()));
        self.functions.batch(&self.cloud, self.invocations, queue, &received);
    }

    /// Runs one invocation, and returns its outcome.
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

    fn batch(&self, queue: QueueName, body: &str) -> InvocationOutcome {
        let received = [Received { id: 1, body: body.to_owned(), receives: 1, chain: 0 }];
        self.outcome(|functions, cloud, id| functions.batch(cloud, id, queue, &received))
    }

    fn sweep(&self) -> InvocationOutcome {
        self.outcome(|functions, cloud, id| functions.sweep(cloud, id))
    }

    fn dead_letters(&self) -> Vec<String> {
        self.cloud.history.dead_letters()
    }

    fn depth(&self, queue: QueueName) -> usize {
        self.cloud.queue(queue).borrow().depth()
    }

    fn stored_texts(&self) -> usize {
        self.cloud.table.borrow().messages().count()
    }

    /// Delivers a text of the person, and returns the service's reply.
    fn text(&self, sid: &str, body: &str) -> String {
        let form = [("MessageSid", sid), ("From", NUMBER), ("To", SERVICE_NUMBER), ("Body", body)];
        match self.outcome(|functions, cloud, id| functions.text(cloud, id, twilio_forms::post("/sms", &form))) {
            InvocationOutcome::Http { status: 200, body } => body,
            other => panic!("expected a reply to {body:?}, found {other:?}"),
        }
    }

    /// The tasks of the person's live reminders, in alphabetical order.
    fn live_tasks(&self) -> Vec<String> {
        let table = self.cloud.table.borrow();
        let live = table.reminders().filter(|reminder| reminder.deadline().is_some());
        let mut tasks: Vec<String> = live.map(|reminder| reminder.task.to_string()).collect();
        tasks.sort();
        tasks
    }

    fn make_reminder(&self) -> Reminder {
        self.text("SM1", "remind me to buy milk in 5 minutes");
        let table = self.cloud.table.borrow();
        let Some(reminder) = table.reminders().next() else { panic!("expected a reminder, found none") };
        reminder.clone()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.cloud.engine.clear();
    }
}

fn parked(received_at: Timestamp) -> String {
    format!(
        r#"{{"parked":1,"carrier":"twilio","id":"SM1","from":"{NUMBER}","body":"list","received_at":"{received_at}","times":1}}"#
    )
}

#[test]
fn a_text_outlives_throttled_receives_and_an_hour_without_store_and_queue() {
    let mut stage = Stage::new();
    stage.throttled = 30;
    stage.send(QueueName::Inbound, &parked(stage.start));
    stage.run(HOUR_S);
    assert!(stage.receives >= 29, "expected a receive every two minutes, found {}", stage.receives);
    stage.fail(&[Fault::StoreDown, Fault::QueueDown]);
    stage.run(HOUR_S);
    assert_eq!((stage.stored_texts(), stage.dead_letters()), (0, vec![]));
    stage.repair(&[Fault::StoreDown, Fault::QueueDown]);
    stage.run(150);
    assert_eq!((stage.stored_texts(), stage.depth(QueueName::Inbound)), (1, 0));
}

#[test]
fn a_text_outlives_a_store_that_is_down_for_most_of_a_day_even_after_a_throttled_receive() {
    // `parked` returns a text that was parked before. Such a text is not parked again: it waits in the inbound queue.
    for throttled in [0, 1] {
        let mut stage = Stage::new();
        stage.throttled = throttled;
        stage.fail(&[Fault::StoreDown]);
        stage.send(QueueName::Inbound, &parked(stage.start));
        stage.run(23 * HOUR_S);
        assert_eq!((stage.stored_texts(), stage.dead_letters()), (0, vec![]));
        stage.repair(&[Fault::StoreDown]);
        stage.run(900 + 30);
        assert_eq!((stage.stored_texts(), stage.depth(QueueName::Inbound)), (1, 0));
    }
}

#[test]
fn a_text_that_could_not_be_stored_for_a_day_becomes_a_dead_letter() {
    for throttled in [0, 1] {
        let mut stage = Stage::new();
        stage.throttled = throttled;
        stage.fail(&[Fault::StoreDown]);
        stage.send(QueueName::Inbound, &parked(stage.start));
        stage.run(24 * HOUR_S - 1);
        assert_eq!(stage.dead_letters(), Vec::<String>::new());
        stage.run(1000);
        let dead = stage.dead_letters();
        assert!(matches!(&dead[..], [body] if body.contains(r#""id":"SM1""#)), "{dead:?}");
        assert_eq!(stage.depth(QueueName::Inbound), 0);
    }
}

#[test]
fn a_message_that_is_not_ours_is_a_dead_letter_after_one_receive() {
    for queue in [QueueName::Inbound, QueueName::Dial] {
        for body in ["call +12125550142", "{}", r#"{"v":1,"poison":true}"#, r#"{"parked":0}"#, r#"{"v":0}"#] {
            let stage = Stage::new();
            assert_eq!(stage.batch(queue, body), InvocationOutcome::Batch(vec![]), "{body}");
            assert_eq!(stage.dead_letters(), [body]);
        }
    }
}

/// Parking such a text would put it on the queue again and again for a day.
#[test]
fn a_text_with_a_field_out_of_bounds_is_a_dead_letter_after_one_receive() {
    let text = |carrier: &str, from: &str, body: &str, received_at: &str, times: u32| {
        format!(
            r#"{{"parked":1,"carrier":"{carrier}","id":"SM1","from":"{from}","body":"{body}","received_at":"{received_at}","times":{times}}}"#
        )
    };
    let now = Stage::new().start.to_string();
    let long = "c".repeat(5_000);
    for (body, is_dead) in [
        (text("twilio", NUMBER, "list", &now, 1), false),
        (text(&long, NUMBER, "list", &now, 0), true),
        (text("twilio", &long, "list", &now, 0), true),
        (text("twilio", NUMBER, &long, &now, 0), true),
        (text("twilio", NUMBER, "list", &now, 5_000), true),
        (text("twilio", NUMBER, "list", "9999-01-01T12:00:00Z", 0), true),
        (text("twilio", NUMBER, "list", "1970-01-01T00:00:00Z", 0), true),
    ] {
        let stage = Stage::new();
        // Without the table, a text that is in bounds waits in the queue.
        stage.fail(&[Fault::StoreDown]);
        let failed = if is_dead { vec![] } else { vec!["1".to_owned()] };
        assert_eq!(stage.batch(QueueName::Inbound, &body), InvocationOutcome::Batch(failed), "{body}");
        assert_eq!(stage.dead_letters(), if is_dead { vec![body] } else { vec![] });
    }
}

#[test]
fn a_message_that_is_not_ours_is_delivered_again_if_it_could_not_be_moved() {
    for queue in [QueueName::Inbound, QueueName::Dial] {
        let stage = Stage::new();
        stage.fail(&[Fault::QueueDown]);
        assert_eq!(stage.batch(queue, "{}"), InvocationOutcome::Batch(vec!["1".to_owned()]));
        assert_eq!(stage.dead_letters(), Vec::<String>::new());
    }
}

#[test]
fn a_message_of_a_later_release_comes_back_unchanged_every_quarter_of_an_hour() {
    for (queue, body) in
        [(QueueName::Inbound, r#"{"parked":2,"how":"else"}"#), (QueueName::Dial, r#"{"v":99,"text":"T1"}"#)]
    {
        let mut stage = Stage::new();
        stage.send(queue, body);
        stage.run(4 * HOUR_S);
        assert_eq!((stage.receives, stage.depth(queue)), (16, 0), "the message waits unseen for its next delivery");
        stage.run(900);
        assert_eq!((stage.receives, stage.dead_letters()), (17, vec![]));
    }
}

#[test]
fn the_sweeper_only_moves_the_deadline_of_a_reminder_of_a_later_release() {
    let mut stage = Stage::new();
    let reminder = stage.make_reminder();
    let item = Overdue::Reminder(reminder.key.clone());
    stage.cloud.table.borrow_mut().written_by(&item, Release::Later);
    let swept_until_s = 1200;
    for _ in 0..swept_until_s / 60 {
        stage.run(60);
        assert_eq!(stage.sweep(), InvocationOutcome::Done);
    }
    stage.cloud.table.borrow_mut().written_by(&item, Release::Ours);
    let stored = stage.cloud.table.borrow().reminders().next().cloned();
    let Some(stored) = stored else { panic!("expected the reminder to stay") };
    let put_off = stored.deadline();
    assert!(put_off.is_some_and(|deadline| deadline > stage.cloud.engine.now()), "found {put_off:?}");
    assert_eq!((&stored.life_without_deadline(), stored.generation), (&reminder.life_without_deadline(), 1));
    assert!(stage.cloud.table.borrow().next_deadline() == put_off, "expected the index to hold the new deadline");
    assert_eq!(stage.dead_letters(), Vec::<String>::new());
    // The wake-up has waited as well, and comes back within two minutes.
    let before = stage.receives;
    stage.run(125);
    assert!(stage.receives > before);
}

#[test]
fn a_wake_up_of_a_record_of_a_later_release_waits_as_a_new_message() {
    let mut stage = Stage::new();
    let reminder = stage.make_reminder();
    stage.cloud.table.borrow_mut().written_by(&Overdue::Reminder(reminder.key.clone()), Release::Later);
    let (person, id) = (&reminder.key.person, &reminder.key.reminder);
    let body = format!(r#"{{"v":1,"person":"{person}","reminder":"{id}","generation":{}}}"#, reminder.generation);
    assert_eq!(stage.batch(QueueName::Dial, &body), InvocationOutcome::Batch(vec![]), "no receive may be used up");
    stage.run(125);
    assert_eq!((stage.receives, stage.dead_letters()), (1, vec![]));
}

#[test]
fn a_restore_waits_for_the_later_release_and_then_brings_back_all_reminders() {
    let mut stage = Stage::new();
    stage.text("SM1", "remind me to buy milk in 5 hours");
    stage.text("SM2", "remind me to call mom in 6 hours");
    let mom = stage.cloud.table.borrow().reminders().find(|reminder| reminder.task == "call mom").cloned();
    let Some(mom) = mom else { panic!("expected the reminder to call mom, found none") };
    let item = Overdue::Reminder(mom.key);
    stage.cloud.table.borrow_mut().written_by(&item, Release::Later);
    // The older release can't end the reminder to call mom.
    for (sid, body) in [("SM3", "stop"), ("SM4", "start"), ("SM5", "restore")] {
        stage.run(1);
        assert!(!stage.text(sid, body).contains("Restored"), "the older release can't read all reminders");
    }
    stage.run(600);
    assert_eq!(stage.live_tasks(), ["call mom"], "the older release brings nothing back");
    stage.cloud.table.borrow_mut().written_by(&item, Release::Ours);
    stage.run(900);
    assert_eq!(stage.live_tasks(), ["buy milk", "call mom"]);
    assert_eq!(stage.dead_letters(), Vec::<String>::new());
}

#[test]
fn no_record_is_set_aside_without_an_alarm_even_if_the_sweep_crashes_at_any_await() {
    let mut set_aside = 0;
    for seed in 1..=30 {
        let mut stage = Stage::seeded(seed);
        let reminder = stage.make_reminder();
        stage.cloud.table.borrow_mut().spoil(&reminder.key);
        stage.run(600);
        listener::listen();
        stage.fail(&[Fault::Crash]);
        stage.sweep();
        // A write that is on its way arrives, and the index follows.
        stage.run(10);
        let is_in_index = stage.cloud.table.borrow().next_deadline().is_some();
        let alarms = listener::alarms();
        let is_told = alarms.iter().any(|alarm| alarm.words.starts_with("a record can't be handled"));
        assert!(is_in_index || is_told, "seed {seed}: expected an alarm, found {alarms:?}");
        set_aside += u32::from(!is_in_index);
    }
    assert!(set_aside > 0, "expected that some sweep sets the record aside");
}

#[test]
fn a_text_that_comes_again_is_handled_although_the_reminder_that_it_made_cannot_be_read() {
    let stage = Stage::new();
    let text = parked(stage.start).replace(r#""body":"list""#, r#""body":"remind me to buy milk in 5 minutes""#);
    assert_eq!(stage.batch(QueueName::Inbound, &text), InvocationOutcome::Batch(vec![]));
    let key = stage.cloud.table.borrow().reminders().next().map(|reminder| reminder.key.clone());
    let Some(key) = key else { panic!("expected a reminder, found none") };
    stage.cloud.table.borrow_mut().spoil(&key);
    assert_eq!(stage.batch(QueueName::Inbound, &text), InvocationOutcome::Batch(vec![]));
}

#[test]
fn an_answer_that_may_be_lost_with_its_http_response_is_sent_in_spite_of_a_write_conflict() {
    let stage = Stage::new();
    // The answer to this text is in the HTTP response to the webhook, which may have been lost.
    stage.make_reminder();
    assert_eq!(stage.cloud.table.borrow().outgoing_texts().count(), 0);
    stage.fail(&[Fault::SpuriousConflict]);
    let again = parked(stage.start);
    assert_eq!(stage.batch(QueueName::Inbound, &again), InvocationOutcome::Batch(vec!["1".to_owned()]));
    stage.repair(&[Fault::SpuriousConflict]);
    assert_eq!(stage.batch(QueueName::Inbound, &again), InvocationOutcome::Batch(vec![]));
    assert_eq!(stage.cloud.sent_texts.borrow().len(), 1);
}

/// A wake-up may be delivered twice, or be left over from an earlier deadline. If each of them were sent again for the
/// new deadline, their number would grow.
#[test]
fn a_wake_up_of_a_text_that_is_tried_much_later_is_not_sent_again() {
    let mut stage = Stage::new();
    stage.fail(&[Fault::RefusedForNow]);
    assert_eq!(stage.batch(QueueName::Inbound, &parked(stage.start)), InvocationOutcome::Batch(vec![]));
    stage.repair(&[Fault::RefusedForNow]);
    let owed = stage.cloud.table.borrow().outgoing_texts().next().cloned();
    let Some(owed) = owed else { panic!("expected an answer that is owed, found none") };
    assert!(owed.deadline().is_some_and(|deadline| deadline > after(stage.cloud.engine.now(), 10)), "{owed:?}");
    let body = format!(r#"{{"v":1,"person":"{}","text":"{}"}}"#, owed.key.person, owed.key.text);
    assert_eq!(stage.batch(QueueName::Dial, &body), InvocationOutcome::Batch(vec![]));
    stage.run(300);
    assert_eq!((stage.receives, stage.cloud.sent_texts.borrow().len()), (1, 1), "expected only its own wake-up");
}

#[test]
fn an_answer_is_sent_at_once_although_the_response_to_its_transaction_was_lost() {
    let mut answered = 0;
    for seed in 1..=40 {
        let stage = Stage::seeded(seed);
        stage.cloud.faults.set(Fault::WriteAnswerLost, 5000);
        let outcome = stage.batch(QueueName::Inbound, &parked(stage.start));
        let sent = stage.cloud.sent_texts.borrow().len();
        let is_taken = outcome == InvocationOutcome::Batch(vec![]);
        let is_parked = stage.depth(QueueName::Inbound) > 0;
        assert_eq!(sent, usize::from(is_taken && !is_parked), "seed {seed}: {outcome:?}");
        answered += sent;
    }
    assert!(answered > 10, "expected that most texts are answered, found {answered}");
}

/// The parts of a reminder's life that stay the same when it is put off.
trait Life {
    fn life_without_deadline(&self) -> String;
}

impl Life for Reminder {
    fn life_without_deadline(&self) -> String {
        format!("{:?}", self.state())
    }
}

#[test]
fn a_sweep_that_can_read_no_shard_fails() {
    let stage = Stage::new();
    assert_eq!(stage.sweep(), InvocationOutcome::Done);
    stage.fail(&[Fault::StoreDown]);
    assert!(matches!(stage.sweep(), InvocationOutcome::Failed(_)));
    stage.repair(&[Fault::StoreDown]);
    assert_eq!(stage.sweep(), InvocationOutcome::Done);
}
