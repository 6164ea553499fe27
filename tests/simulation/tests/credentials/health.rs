//! What a refusal shows about the carrier if its credentials may have changed.

use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use executor::Context;
use reminder::channel::{Breaker, Channel, ChannelKind, Permit};
use reminder::policy::{Policy, Times, after};
use reminder::ports::{Clock, Credentials, Ports};
use simulation::engine::{CrashPoint, Step};
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::fakes::{self, Cloud, FunctionName, Invocation, Received, Rotation, carrier_name};
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms::{self, TOKEN};
use simulation::world::START;

use super::{INVOCATION, authorization, credentials, wait};

fn breaker_of_texts(cloud: &Cloud) -> Breaker {
    let channel = Channel { carrier: carrier_name(0), kind: ChannelKind::Sms };
    Breaker::clone(&cloud.channels.borrow().breaker(&channel))
}

/// Changes the token that the carrier accepts, and perhaps writes these tokens into the secret. Then takes in parked
/// texts of ten people in one batch. Each answer is a text of its own, whose request is refused.
fn take_parked_after_a_change(cloud: &Rc<Cloud>, secret: Option<&[&str]>) -> Result<Rc<Rotation>> {
    let functions = Functions::new()?;
    let rotation = Rotation::new(functions.verifiers(), &authorization("old")?);
    if let Some(tokens) = secret {
        rotation.write_secret(credentials(tokens)?);
    }
    rotation.promote(authorization(TOKEN)?);
    cloud.use_credentials(&rotation);
    let parked = |number: u64| {
        let body = format!(
            r#"{{"parked":1,"carrier":"twilio","id":"SM{number}","from":"+1212555014{number}","body":"list","received_at":"2027-03-01T12:00:00Z","times":1}}"#
        );
        Received { id: number, body, receives: 1, chain: 0 }
    };
    let batch: Vec<Received> = (0..10).map(parked).collect();
    functions.batch(cloud, INVOCATION, QueueName::Inbound, &batch);
    loop {
        match cloud.engine.step() {
            Step::Event(WorldEvent::InvocationEnded(INVOCATION, outcome)) => {
                assert_eq!(outcome, InvocationOutcome::Batch(vec![]));
                return Ok(rotation);
            }
            Step::Idle => bail!("expected the batch to be handled"),
            Step::Event(_) | Step::Quiet => {}
        }
    }
}

#[test]
fn refusals_of_old_credentials_are_no_failures_of_the_carrier() -> Result<()> {
    let cloud = Cloud::new(1, START);
    cloud.history.keep_timeline();
    let rotation = take_parked_after_a_change(&cloud, Some(&[TOKEN]))?;
    let requested = cloud.history.timeline().iter().filter(|line| line.contains("TextRequested")).count();
    assert_eq!((requested, rotation.reads()), (10, 1));
    assert_eq!(breaker_of_texts(&cloud), Breaker::default());
    Ok(())
}

/// All of them wait for the same read, and then their failures are recorded at the same time.
#[test]
fn refusals_of_the_newest_credentials_open_the_breaker() -> Result<()> {
    for seed in 1..=100 {
        let cloud = Cloud::new(seed, START);
        let rotation = take_parked_after_a_change(&cloud, None)?;
        assert_eq!(rotation.reads(), 1);
        let breaker = breaker_of_texts(&cloud);
        assert!(breaker.opened.is_some(), "seed {seed}: {breaker:?}");
    }
    Ok(())
}

/// A probe with old credentials says nothing about the carrier. The next request is another probe.
#[test]
fn a_probe_with_old_credentials_only_gives_back_its_lease() -> Result<()> {
    let cloud = Cloud::new(1, START);
    cloud.open_breakers(0);
    let before = breaker_of_texts(&cloud);
    wait(&cloud, before.opened.context("expected an open breaker")?.for_s + 1);
    let rotation = take_parked_after_a_change(&cloud, Some(&[TOKEN]))?;
    assert_eq!(rotation.reads(), 1);
    assert_eq!(breaker_of_texts(&cloud), before);
    assert_eq!(before.permit(cloud.engine.now()), Permit::Probe);
    Ok(())
}

fn sweep(cloud: &Rc<Cloud>, function: FunctionName, left_s: i64) -> Result<()> {
    // A short time for each request to the carrier, so that a request may begin in the last seconds.
    let times = Times { carrier_s: 3, ..Times::DEFAULT };
    let (ports, policy) = (Invocation::of(cloud, function), Policy::new(times)?);
    let ends_at = after(cloud.engine.now(), left_s);
    let swept = fakes::run(cloud, async move { sweeper::handle(Context::new(&ports, &policy), ends_at).await });
    assert!(matches!(swept, Some(Ok(swept)) if swept.recovered > 0), "{swept:?}");
    Ok(())
}

/// A read that the end of the invocation cuts off would also lose the failure that it comes before.
#[test]
fn the_secret_is_not_read_again_if_the_invocation_ends_too_soon() -> Result<()> {
    let cloud = Cloud::new(1, START);
    let rotation = take_parked_after_a_change(&cloud, Some(&[TOKEN]))?;
    rotation.promote(authorization("newer")?);
    for (left_s, reads) in [(6, 1), (20, 2)] {
        // The texts were refused, and are overdue.
        wait(&cloud, 7200);
        // It uses the credentials that have changed.
        sweep(&cloud, FunctionName::Inbound, left_s)?;
        assert_eq!(rotation.reads(), reads, "{left_s} s are left");
        assert!(breaker_of_texts(&cloud).opened.is_some(), "{left_s} s are left");
    }
    Ok(())
}

#[test]
fn each_function_learns_of_new_credentials_by_itself() -> Result<()> {
    let cloud = Cloud::new(1, START);
    cloud.history.keep_timeline();
    let rotation = take_parked_after_a_change(&cloud, Some(&[TOKEN]))?;
    let accepted = || {
        cloud
            .history
            .timeline()
            .iter()
            .filter(|line| line.contains("TextRequestOutcome") && line.contains("Accepted"))
            .count()
    };
    for (reads, sent) in [(2, 0), (2, 10)] {
        wait(&cloud, 7200);
        sweep(&cloud, FunctionName::Sweeper, 20)?;
        assert_eq!((rotation.reads(), accepted()), (reads, sent));
        assert_eq!(breaker_of_texts(&cloud), Breaker::default());
    }
    Ok(())
}

/// Makes the read of the secret slow: it begins as soon as the wake-up of a refused text is sent.
fn slow_down_the_read(cloud: &Rc<Cloud>) {
    let again = Rc::clone(cloud);
    if cloud.sent.borrow().is_empty() {
        cloud.engine.run_in(1, move || slow_down_the_read(&again));
    } else {
        cloud.faults.set(Fault::Slow, 10_000);
        cloud.engine.run_in(30, move || again.faults.set(Fault::Slow, 0));
    }
}

/// If the secret is not read in time, it is not known that the credentials are old.
#[test]
fn refusals_are_failures_of_the_carrier_if_the_secret_is_not_read_in_time() -> Result<()> {
    let mut failed = 0;
    for seed in 1..=20 {
        let cloud = Cloud::new(seed, START);
        slow_down_the_read(&cloud);
        take_parked_after_a_change(&cloud, Some(&[TOKEN]))?;
        failed += u32::from(breaker_of_texts(&cloud) != Breaker::default());
    }
    assert!((1..20).contains(&failed), "{failed} of 20 reads were too slow");
    Ok(())
}

/// Reads the secret as another invocation of a function does.
fn renew(cloud: &Rc<Cloud>, function: FunctionName) {
    let ports = Invocation::of(cloud, function);
    let read = async move {
        ports.credentials().renew(ports.credentials().changes(), ports.clock().now()).await;
        WorldEvent::InvocationEnded(INVOCATION + 1, InvocationOutcome::Done)
    };
    let died = WorldEvent::InvocationEnded(INVOCATION + 1, InvocationOutcome::Died);
    cloud.engine.start(read, CrashPoint::default(), 20_000, died);
}

/// The credentials change after the channel of a call is selected, and before the call is requested.
#[test]
fn a_refusal_concerns_the_credentials_that_the_request_used() -> Result<()> {
    let (cloud, functions) = (Cloud::new(1, START), Functions::new()?);
    let rotation = Rotation::new(functions.verifiers(), &authorization("old")?);
    cloud.use_credentials(&rotation);
    rotation.write_secret(credentials(&[TOKEN])?);
    rotation.promote(authorization("newer")?);
    cloud.history.keep_timeline();
    let form = [
        ("MessageSid", "SM1"),
        ("From", "+12125550142"),
        ("To", SERVICE_NUMBER),
        ("Body", "remind me to buy milk in 5 minutes"),
    ];
    functions.text(&cloud, INVOCATION, twilio_forms::post("/sms", &form));
    wait(&cloud, 301);
    let batch = cloud.receive(QueueName::Dial, 10);
    assert_eq!(batch.len(), 1);
    functions.batch(&cloud, INVOCATION, QueueName::Dial, &batch);
    let voice = Channel { carrier: carrier_name(0), kind: ChannelKind::Voice };
    step_until(&cloud, || cloud.channels.borrow().slots(ChannelKind::Voice) > 0)?;
    let is_requested = || cloud.history.timeline().iter().any(|line| line.contains("CallRequested"));
    renew(&cloud, FunctionName::Dialer);
    cloud.engine.step();
    cloud.faults.set(Fault::Slow, 10_000);
    let changes = || Invocation::of(&cloud, FunctionName::Dialer).changes();
    step_until(&cloud, || changes() == 1)?;
    assert!(!is_requested(), "expected the claim to be slower than the read");
    cloud.faults.set(Fault::Slow, 0);
    step_until(&cloud, is_requested)?;
    wait(&cloud, 5);
    let breaker = Breaker::clone(&cloud.channels.borrow().breaker(&voice));
    assert_eq!((breaker.failures.len(), rotation.reads()), (1, 1));
    Ok(())
}

fn step_until(cloud: &Rc<Cloud>, is_reached: impl Fn() -> bool) -> Result<()> {
    while !is_reached() {
        if cloud.engine.step() == Step::Idle {
            bail!("the world stopped before the expected instant");
        }
    }
    Ok(())
}
