//! A call that is refused for now, or whose carrier can't be reached. The operator is not alerted, because they need
//! not act.

use std::rc::Rc;

use anyhow::{Context as _, Result, bail, ensure};
use reminder::record::State;
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::fakes::{Cloud, Received};
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::listener;
use simulation::twilio_forms;
use simulation::world::START;

/// Number of the invocation that a test waits for.
const INVOCATION: u64 = 7;

fn outcome(cloud: &Cloud) -> Result<InvocationOutcome> {
    loop {
        match cloud.engine.step() {
            Step::Event(WorldEvent::InvocationEnded(INVOCATION, outcome)) => return Ok(outcome),
            Step::Idle => bail!("expected an outcome, found none"),
            Step::Event(_) | Step::Quiet => {}
        }
    }
}

/// Makes a reminder, and dials it while this fault prevents its call.
fn dial_with(fault: Fault) -> Result<Rc<Cloud>> {
    let (cloud, functions) = (Cloud::new(1, START), Functions::new()?);
    let form = [
        ("MessageSid", "SM1"),
        ("From", "+12125550142"),
        ("To", SERVICE_NUMBER),
        ("Body", "remind me to buy milk in 1 minute"),
    ];
    functions.text(&cloud, INVOCATION, twilio_forms::post("/sms", &form));
    ensure!(matches!(outcome(&cloud)?, InvocationOutcome::Http { status: 200, .. }));
    cloud.engine.run_in(60_000, || ());
    let due = cloud.table.borrow().reminders().next().context("expected a reminder")?.due;
    while cloud.engine.now() < due {
        cloud.engine.step();
    }
    cloud.faults.set(fault, 10_000);
    let (person, id) = {
        let table = cloud.table.borrow();
        let key = &table.reminders().next().context("expected a reminder")?.key;
        (key.person.clone(), key.reminder.clone())
    };
    let body = format!(r#"{{"v":1,"person":"{person}","reminder":"{id}","generation":1}}"#);
    functions.batch(&cloud, INVOCATION, QueueName::Dial, &[Received { id: 1, body, receives: 1, chain: 0 }]);
    assert_eq!(outcome(&cloud)?, InvocationOutcome::Batch(vec![]));
    Ok(cloud)
}

#[test]
fn a_call_that_is_refused_once_and_may_be_placed_later_alerts_nobody() -> Result<()> {
    listener::listen();
    for fault in [Fault::RefusedForNow, Fault::RequestRefused, Fault::Unreachable] {
        let cloud = dial_with(fault)?;
        assert_eq!(cloud.faults.injected(fault), 1, "{}", fault.name());
        let table = cloud.table.borrow();
        let reminder = table.reminders().next().context("expected a reminder")?;
        assert!(matches!(reminder.state(), Some(State::Waiting { attempt: 1, .. })), "{reminder:?}");
        assert_eq!(listener::alarms(), [], "{}", fault.name());
    }
    Ok(())
}
