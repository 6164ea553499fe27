//! The operator changes the carrier's credentials while the functions run.

mod health;

use std::cell::Cell;
use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use executor::Context;
use jiff::tz::TimeZone;
use lambda::credentials::AccountCredentials;
use reminder::ids::CallId;
use reminder::policy::{Policy, Times};
use reminder::ports::CallStatus;
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::fakes::{self, Cloud, Invocation, Rotation, carrier_name};
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::history::Observation;
use simulation::people::{Due, Habit, Machine, Manners, Meaning, Phone, Reply};
use simulation::twilio_forms::{self, ACCOUNTS, TOKEN};
use simulation::world::script::{Script, act};
use simulation::world::{Remains, START, ZONE};
use twilio::{AuthToken, Authorization, Tokens};

/// Number of the invocation that a test waits for.
const INVOCATION: u64 = 7;

fn token(text: &str) -> Result<AuthToken> {
    AuthToken::new(text).context("expected a token that is not empty")
}

fn authorization(text: &str) -> Result<Authorization> {
    Ok(Authorization::of_token(&ACCOUNTS[0].parse()?, &token(text)?))
}

/// Returns the credentials of an account with these tokens. The first one authorizes its requests.
fn credentials(tokens: &[&str]) -> Result<AccountCredentials> {
    let authorizations = vec![(carrier_name(0), authorization(tokens[0])?)];
    Ok(AccountCredentials {
        tokens: Tokens(tokens.iter().map(|text| token(text)).collect::<Result<_>>()?),
        authorizations,
    })
}

/// Posts a text that is signed with [`TOKEN`]. Returns the status of the response.
fn post_text(cloud: &Rc<Cloud>, functions: &Rc<Functions>, id: &str, words: &str) -> Result<i64> {
    let form = [("MessageSid", id), ("From", "+12125550142"), ("To", SERVICE_NUMBER), ("Body", words)];
    functions.text(cloud, INVOCATION, twilio_forms::post("/sms", &form));
    loop {
        match cloud.engine.step() {
            Step::Event(WorldEvent::InvocationEnded(INVOCATION, InvocationOutcome::Http { status, .. })) => {
                return Ok(status);
            }
            Step::Idle => bail!("expected a response, found none"),
            Step::Event(_) | Step::Quiet => {}
        }
    }
}

fn wait(cloud: &Rc<Cloud>, seconds: i64) {
    let until_ms = cloud.engine.now_ms() + 1000 * seconds;
    cloud.engine.run_in(1000 * seconds, || ());
    while cloud.engine.now_ms() < until_ms {
        cloud.engine.step();
    }
}

#[test]
fn a_webhook_signed_with_a_new_token_is_accepted_and_forged_ones_read_the_secret_once_a_minute() -> Result<()> {
    let (cloud, functions) = (Cloud::new(1, START), Functions::new()?);
    functions.verifiers()[0].tokens().replace(Tokens(vec![token("old")?]));
    let rotation = Rotation::new(functions.verifiers(), &authorization("old")?);
    cloud.use_credentials(&rotation);
    // As long as the secret has only the old token, these texts count as forged.
    for forged in 0..20 {
        assert_eq!(post_text(&cloud, &functions, &format!("SM{forged}"), "LIST")?, 403);
    }
    assert_eq!(rotation.reads(), 1);
    assert_eq!(cloud.table.borrow().messages().count(), 0);

    rotation.write_secret(credentials(&[TOKEN, "old"])?);
    wait(&cloud, 60);
    assert_eq!(post_text(&cloud, &functions, "SM20", "LIST")?, 200);
    assert_eq!(post_text(&cloud, &functions, "SM21", "LIST")?, 200);
    assert_eq!((rotation.reads(), cloud.table.borrow().messages().count()), (2, 2));
    Ok(())
}

/// Runs a world in which a person with this habit is called five minutes after their text. `prepare` can plan the
/// rotation.
fn act_with(
    rotation: &Rc<Rotation>,
    functions: &Rc<Functions>,
    habit: Habit,
    prepare: impl FnOnce(&Rc<Cloud>),
) -> Result<Remains> {
    let phone = Phone { habit, manners: Manners::Same(Reply::Press('1', 8000)), ..Phone::default() };
    act_on(rotation, functions, phone, prepare)
}

/// Runs a world as [`act_with`] does, with this phone.
fn act_on(
    rotation: &Rc<Rotation>,
    functions: &Rc<Functions>,
    phone: Phone,
    prepare: impl FnOnce(&Rc<Cloud>),
) -> Result<Remains> {
    let script = Script {
        start: START,
        phone,
        by_queue: false,
        texts: vec![(10, Meaning::Remind { task: "buy milk".to_owned(), due: Due::In(5) })],
        calls_to_service: Vec::new(),
        days: 0,
    };
    let zone = TimeZone::get(ZONE)?;
    Ok(act(1, &script, functions, &zone, |cloud| {
        cloud.use_credentials(rotation);
        prepare(cloud);
    }))
}

#[test]
fn after_a_refused_call_the_next_one_is_requested_with_the_new_token() -> Result<()> {
    let functions = Functions::new()?;
    let rotation = Rotation::new(functions.verifiers(), &authorization("old")?);
    rotation.write_secret(credentials(&[TOKEN])?);
    rotation.promote(authorization(TOKEN)?);
    let remains = act_with(&rotation, &functions, Habit::Always(2000), |_| ())?;
    let count = |wanted: fn(&Observation) -> bool| remains.entries.iter().filter(|entry| wanted(&entry.seen)).count();
    assert_eq!(count(|seen| matches!(seen, Observation::CallRequested { .. })), 2);
    assert_eq!(count(|seen| matches!(seen, Observation::CallAccepted { .. })), 1);
    assert_eq!(rotation.reads(), 1);
    Ok(())
}

/// Changes the token so long after the start of a world in which nobody picks up, but perhaps a machine. Returns how
/// often the secret was read again in the first `seen_s` seconds.
fn reads_after_a_change(machine: Machine, after_s: i64, seen_s: i64, prepare: impl FnOnce(&Cloud)) -> Result<u32> {
    let functions = Functions::new()?;
    let rotation = Rotation::new(functions.verifiers(), &authorization("old")?);
    let (new, newly_stored) = (authorization(TOKEN)?, credentials(&[TOKEN])?);
    let seen = Rc::new(Cell::new(0));
    let phone = Phone { machine, habit: Habit::Never, ..Phone::default() };
    act_on(&rotation, &functions, phone, |cloud| {
        prepare(cloud);
        let (changed, read, counted) = (Rc::clone(&rotation), Rc::clone(&rotation), Rc::clone(&seen));
        cloud.engine.run_in(1000 * after_s, move || {
            changed.write_secret(newly_stored);
            changed.promote(new);
        });
        cloud.engine.run_in(1000 * seen_s, move || counted.set(read.reads()));
    })?;
    Ok(seen.get())
}

/// The carrier reports nothing about the first call, so the sweeper asks for its status. Another call follows only after an
/// answer.
#[test]
fn a_refused_inquiry_about_a_call_reads_the_secret_again() -> Result<()> {
    let reads = reads_after_a_change(Machine::None, 330, 600, |cloud| {
        cloud.faults.set(Fault::CallbackLost, 10_000);
        cloud.faults.stop_at(cloud.engine.now_ms() + 400_000);
    })?;
    assert_eq!(reads, 1);
    Ok(())
}

/// The last of three calls leaves a message. It rings from about 785 s on, and the mailbox beeps at about 812 s.
#[test]
fn a_refused_message_for_an_answering_machine_reads_the_secret_again() -> Result<()> {
    let machine = Machine::Mailbox { after_ms: 15_000, greeting_ms: 10_000 };
    assert_eq!(reads_after_a_change(machine, 800, 820, |_| ())?, 1);
    Ok(())
}

#[test]
fn a_refused_cancellation_of_a_call_reads_the_secret_again() -> Result<()> {
    let (cloud, functions) = (Cloud::new(1, START), Functions::new()?);
    let rotation = Rotation::new(functions.verifiers(), &authorization("old")?);
    rotation.promote(authorization(TOKEN)?);
    cloud.use_credentials(&rotation);
    let (ports, policy) = (Invocation::new(&cloud), Policy::new(Times::DEFAULT)?);
    let call = CallId::new(carrier_name(0).as_str(), "CA1")?;
    let ended = fakes::run(&cloud, async move {
        executor::cancel_call(Context::new(&ports, &policy), &call, CallStatus::UnderWay).await;
    });
    assert_eq!((ended, rotation.reads()), (Some(()), 1));
    Ok(())
}

/// The effects of a text must be over when its reply is due, which leaves little time for a read.
#[test]
fn a_refused_cancellation_before_a_reply_reads_the_secret_again() -> Result<()> {
    let (cloud, functions) = (Cloud::new(1, START), Functions::new()?);
    let rotation = Rotation::new(functions.verifiers(), &authorization("old")?);
    cloud.use_credentials(&rotation);
    assert_eq!(post_text(&cloud, &functions, "SM1", "remind me to buy milk in 5 minutes")?, 200);
    wait(&cloud, 301);
    let batch = cloud.receive(QueueName::Dial, 10);
    functions.batch(&cloud, INVOCATION, QueueName::Dial, &batch);
    wait(&cloud, 5);
    rotation.promote(authorization(TOKEN)?);
    assert_eq!(post_text(&cloud, &functions, "SM2", "delete 1")?, 200);
    assert_eq!(rotation.reads(), 1);
    Ok(())
}

#[test]
fn an_inquiry_that_is_refused_for_another_reason_reads_nothing() -> Result<()> {
    let functions = Functions::new()?;
    let rotation = Rotation::new(functions.verifiers(), &authorization(TOKEN)?);
    let mut refusals = None;
    act_with(&rotation, &functions, Habit::Never, |cloud| {
        cloud.faults.set(Fault::CallbackLost, 10_000);
        cloud.faults.stop_at(cloud.engine.now_ms() + 1_200_000);
        let later = Rc::clone(cloud);
        cloud.engine.run_in(330_000, move || later.faults.set(Fault::RefusedForNow, 10_000));
        refusals = Some(Rc::clone(cloud));
    })?;
    let refusals = refusals.context("expected a cloud")?.faults.injected(Fault::RefusedForNow);
    assert!(refusals > 0, "expected an inquiry");
    assert_eq!(rotation.reads(), 0);
    Ok(())
}

/// Three calls and the text that replaces them are over after about a quarter of an hour. An hour later, the sweeper asks
/// whether the text was delivered.
#[test]
fn a_refused_inquiry_about_a_text_reads_the_secret_again() -> Result<()> {
    assert_eq!(reads_after_a_change(Machine::None, 40 * 60, 4 * 3600, |cloud| cloud.hides_deliveries.set(true))?, 1);
    Ok(())
}
