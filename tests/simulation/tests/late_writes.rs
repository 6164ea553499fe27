//! A write that gets no answer, and that the store carries out while a later try of the same event is under way. The
//! later try decides anew, so it may decide otherwise. The effects must belong to the decision that was stored.

use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use executor::{Applied, Context, Failed};
use jiff::{SignedDuration, Timestamp};
use reminder::event::Event;
use reminder::outgoing_text::{OutgoingText, TextEvent, TextState};
use reminder::policy::{Policy, Times, after};
use reminder::ports::{Ids, Ports};
use reminder::record::Reminder;
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::fakes::{self, Cloud, Invocation, Received};
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms;
use simulation::world::START;

/// Number of runs of each test. The seed of a run decides when each write is carried out, and so in which order.
const RUNS: u64 = 100;

/// How long before a limit the first try decides, in milliseconds. Each later try decides after the limit, because a
/// write without an answer takes at least 500 ms.
const BEFORE_LIMIT_MS: i64 = 100;

/// A world with one reminder, which is due in 20 minutes.
fn with_a_reminder(seed: u64, functions: &Rc<Functions>) -> Result<Rc<Cloud>> {
    let cloud = Cloud::new(seed, START);
    let body = ("Body", "remind me to buy milk in 20 minutes");
    let form = [("MessageSid", "SM1"), ("From", "+12125550142"), ("To", SERVICE_NUMBER), body];
    functions.text(&cloud, 7, twilio_forms::post("/sms", &form));
    loop {
        match cloud.engine.step() {
            Step::Event(WorldEvent::InvocationEnded(7, InvocationOutcome::Http { status: 200, .. })) => break,
            Step::Idle => bail!("expected a response to the webhook, found none"),
            Step::Event(_) | Step::Quiet => {}
        }
    }
    cloud.history.keep_timeline();
    Ok(cloud)
}

fn wait_until(cloud: &Rc<Cloud>, end: Timestamp) {
    cloud.engine.run_in(end.as_millisecond() - cloud.engine.now_ms(), || ());
    while cloud.engine.now() < end {
        cloud.engine.step();
    }
}

/// Waits until the instant at which the first try decides.
fn wait_until_shortly_before(cloud: &Rc<Cloud>, limit: Timestamp) {
    wait_until(cloud, limit - SignedDuration::from_millis(BEFORE_LIMIT_MS));
}

/// From now on each write is carried out late and gets no answer, until the first of them changes `watched`.
fn delay_writes<T: PartialEq + 'static>(cloud: &Rc<Cloud>, watched: fn(&Cloud) -> Result<T>) -> Result<()> {
    fn watch<T: PartialEq + 'static>(cloud: &Rc<Cloud>, watched: fn(&Cloud) -> Result<T>, before: T) {
        if watched(cloud).is_ok_and(|now| now != before) {
            cloud.faults.set(Fault::WriteLandsLate, 0);
            return;
        }
        let again = Rc::clone(cloud);
        cloud.engine.run_in(1, move || watch(&again, watched, before));
    }
    cloud.faults.set(Fault::WriteLandsLate, 10_000);
    watch(cloud, watched, watched(cloud)?);
    Ok(())
}

fn reminder(cloud: &Cloud) -> Result<Reminder> {
    cloud.table.borrow().reminders().next().cloned().context("expected a reminder")
}

fn texts(cloud: &Cloud) -> Vec<OutgoingText> {
    cloud.table.borrow().outgoing_texts().cloned().collect()
}

fn texts_requested(cloud: &Cloud) -> usize {
    cloud.history.timeline().iter().filter(|line| line.contains("TextRequested")).count()
}

/// Applies the wake-up of the reminder just before its max lateness has passed. Its first try claims the reminder. Each
/// later try ends the occurrence with a text.
fn wake_at_the_last_instant(cloud: &Rc<Cloud>) -> Result<Result<Applied<Reminder>, Failed>> {
    let policy = Policy::new(Times::DEFAULT)?;
    let Reminder { key, due, generation, .. } = reminder(cloud)?;
    wait_until_shortly_before(cloud, after(due, Times::DEFAULT.max_lateness_s));
    delay_writes(cloud, reminder)?;
    let ports = Invocation::new(cloud);
    let woken = Event::Woken { generation, claim: ports.ids().claim(), code: None };
    let applied = fakes::run(cloud, async move {
        let context = Context::new(&ports, &policy);
        executor::apply_by_key(context, &key, |_| Some(woken)).await
    });
    applied.context("a wake-up takes more than a day of virtual time")
}

#[test]
fn a_claim_that_is_stored_late_counts_although_a_later_try_decided_that_it_is_too_late_for_a_call() -> Result<()> {
    let functions = Functions::new()?;
    let (mut claims, mut ends) = (0, 0);
    for seed in 1..=RUNS {
        let cloud = with_a_reminder(seed, &functions)?;
        let applied = wake_at_the_last_instant(&cloud)?;
        let stored = reminder(&cloud)?;
        let requests = texts_requested(&cloud);
        let Ok(applied) = applied else {
            assert_eq!(requests, 0, "seed {seed}: a text was sent, although no write is known to have recorded it");
            continue;
        };
        assert_eq!(requests, texts(&cloud).len(), "seed {seed}: expected each text to have a record, and to be sent");
        let Applied::Changed(next) = applied else { bail!("seed {seed}: the stored decision was not recognized") };
        // The caller places the call if the record has its claim.
        assert_eq!(**next, stored, "seed {seed}");
        if cloud.faults.injected(Fault::WriteLandsLate) > 1 {
            *(if stored.state().is_some() { &mut claims } else { &mut ends }) += 1;
        }
    }
    assert!(claims > 0 && ends > 0, "expected both decisions to be stored, found {claims} claims and {ends} ends");
    Ok(())
}

/// A world with an answer whose first try had an unknown outcome, just before the last instant for another try. An
/// answer waits for no slot.
fn with_an_old_answer(seed: u64, functions: &Rc<Functions>) -> Result<Rc<Cloud>> {
    let cloud = with_a_reminder(seed, functions)?;
    let body = r#"{"parked":1,"carrier":"twilio","id":"SM2","from":"+12125550142","body":"list","received_at":"2027-03-01T12:00:00Z","times":1}"#;
    cloud.faults.set(Fault::ServerError, 10_000);
    let parked = Received { id: 1, body: body.to_owned(), receives: 1, chain: 0 };
    functions.batch(&cloud, 8, QueueName::Inbound, &[parked]);
    wait_until(&cloud, after(cloud.engine.now(), 60));
    cloud.faults.set(Fault::ServerError, 0);
    wait_until_shortly_before(&cloud, after(answer(&cloud)?.owed_since, Times::DEFAULT.text_give_up_s));
    Ok(cloud)
}

fn answer(cloud: &Cloud) -> Result<OutgoingText> {
    texts(cloud).pop().context("expected an answer")
}

#[test]
fn a_try_that_is_counted_late_is_sent_although_a_later_try_decided_to_give_up() -> Result<()> {
    let functions = Functions::new()?;
    let policy = Policy::new(Times::DEFAULT)?;
    let (mut sent, mut given_up) = (0, 0);
    for seed in 1..=RUNS {
        let cloud = with_an_old_answer(seed, &functions)?;
        let text = answer(&cloud)?;
        assert!(matches!(text.state(), Some(TextState::Owed { tries: 1, .. })), "seed {seed}: {:?}", text.life);
        delay_writes(&cloud, answer)?;
        let ports = Invocation::new(&cloud);
        let applied = fakes::run(&cloud, async move {
            let context = Context::new(&ports, &policy);
            executor::apply_to_text_by_key(context, &text.key, TextEvent::DeadlinePassed).await
        });
        let applied = applied.context("a try takes more than a day of virtual time")?;
        let (stored, requests) = (answer(&cloud)?, texts_requested(&cloud));
        if applied.is_err() {
            assert_eq!(requests, 1, "seed {seed}: a try was sent, although no write is known to have counted it");
        } else if stored.state().is_none() {
            assert_eq!(requests, 1, "seed {seed}: a try was sent after the text was given up");
            given_up += 1;
        } else {
            assert_eq!(requests, 2, "seed {seed}: a try was counted and not sent");
            sent += 1;
        }
    }
    assert!(sent > 0 && given_up > 0, "expected both decisions to be stored, found {sent} tries and {given_up} ends");
    Ok(())
}
