//! Required orders of steps. An opt-out is confirmed only after all of the person's reminders have ended. The end of an
//! occurrence and its text are one write. Each try of a text is written before the text is sent, and its outcome before
//! anything else. Hardly any random history would show a wrong order: only a rare race, or a crash at the same place
//! several times in a row, would break a guarantee.

use std::rc::Rc;

use executor::Context;
use reminder::channel::{Breaker, Channel, ChannelKind};
use reminder::outgoing_text::TextState;
use reminder::policy::{Policy, Times, after};
use reminder::profile::OptStatus;
use reminder::record::Reminder;
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::fakes::{self, Cloud, Invocation, Received, Rotation, carrier_name};
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms::{self, ACCOUNTS};
use simulation::world::START;
use twilio::{AuthToken, Authorization};

/// Number of the person who texts.
const NUMBER: &str = "+12125550142";

fn cloud() -> Rc<Cloud> {
    Cloud::new(1, START)
}

/// Returns the function's response to the webhook of a text.
fn text(cloud: &Rc<Cloud>, functions: &Rc<Functions>, sid: &str, body: &str) -> InvocationOutcome {
    let form = [("MessageSid", sid), ("From", NUMBER), ("To", SERVICE_NUMBER), ("Body", body)];
    functions.text(cloud, 7, twilio_forms::post("/sms", &form));
    loop {
        match cloud.engine.step() {
            Step::Event(WorldEvent::InvocationEnded(7, outcome)) => return outcome,
            Step::Idle => panic!("expected a response to the webhook, found none"),
            Step::Event(_) | Step::Quiet => {}
        }
    }
}

fn status(outcome: &InvocationOutcome) -> i64 {
    match outcome {
        InvocationOutcome::Http { status, .. } => *status,
        other => panic!("expected an answer over HTTP, found {other:?}"),
    }
}

fn live_reminders(cloud: &Rc<Cloud>) -> usize {
    cloud.table.borrow().reminders().filter(|reminder: &&Reminder| reminder.deadline().is_some()).count()
}

/// Makes the store refuse every request from the instant at which an opt-out is stored in a profile.
fn refuse_once_opted_out(cloud: &Rc<Cloud>) {
    let opted_out = cloud.table.borrow().profiles().any(|profile| profile.consent.status == OptStatus::OptedOut);
    if opted_out {
        cloud.faults.set(Fault::StoreThrottled, 10_000);
        return;
    }
    let again = Rc::clone(cloud);
    cloud.engine.run_in(1, move || refuse_once_opted_out(&again));
}

#[test]
fn an_opt_out_is_confirmed_only_after_every_reminder_has_ended() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = cloud();
    assert_eq!(status(&text(&cloud, &functions, "SM1", "remind me to buy milk in 20 minutes")), 200);
    assert_eq!(live_reminders(&cloud), 1);

    refuse_once_opted_out(&cloud);
    assert_eq!(
        status(&text(&cloud, &functions, "SM2", "STOP")),
        503,
        "the reminder can still be claimed, so the opt-out must not be confirmed"
    );
    assert_eq!(live_reminders(&cloud), 1);

    cloud.faults.set(Fault::StoreThrottled, 0);
    assert_eq!(
        status(&text(&cloud, &functions, "SM2", "STOP")),
        200,
        "expected the repeat to continue where the first delivery stopped"
    );
    assert_eq!(live_reminders(&cloud), 0);
    cloud.engine.clear();
}

/// Lets so many seconds go by.
fn wait(cloud: &Rc<Cloud>, seconds: i64) {
    let end = after(cloud.engine.now(), seconds);
    cloud.engine.run_in(seconds * 1000, || ());
    while cloud.engine.now() < end {
        cloud.engine.step();
    }
}

/// Runs the sweeper until `is_reached` returns true.
fn sweep_until(cloud: &Rc<Cloud>, functions: &Rc<Functions>, is_reached: impl Fn() -> bool) {
    functions.sweep(cloud, 8);
    while !is_reached() {
        assert!(cloud.engine.step() != Step::Idle, "the sweeper ended before the expected instant");
    }
}

fn text_states(cloud: &Rc<Cloud>) -> Vec<TextState> {
    cloud.table.borrow().outgoing_texts().filter_map(|text| text.state().cloned()).collect()
}

fn texts_requested(cloud: &Rc<Cloud>) -> usize {
    cloud.history.timeline().iter().filter(|line| line.contains("TextRequested")).count()
}

#[test]
fn the_end_of_an_occurrence_and_its_text_are_written_together() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = cloud();
    assert_eq!(status(&text(&cloud, &functions, "SM1", "remind me to buy milk in 20 minutes")), 200);
    wait(&cloud, 4 * 3600);
    assert_eq!(live_reminders(&cloud), 1);
    sweep_until(&cloud, &functions, || live_reminders(&cloud) == 0);
    assert_eq!(
        text_states(&cloud).len(),
        1,
        "expected the text in the same write, because a crash at this instant would lose it"
    );
    cloud.engine.clear();
}

#[test]
fn each_try_of_a_text_is_written_before_the_text_is_sent() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = cloud();
    cloud.history.keep_timeline();
    assert_eq!(status(&text(&cloud, &functions, "SM1", "remind me to buy milk in 20 minutes")), 200);
    cloud.faults.set(Fault::ServerError, 10_000);
    for number in 1..=3 {
        wait(&cloud, 4 * 3600);
        sweep_until(&cloud, &functions, || texts_requested(&cloud) == number);
        let states = text_states(&cloud);
        let is_counted = matches!(states[..], [TextState::Owed { tries, .. }] if usize::from(tries) == number);
        assert!(is_counted, "expected try {number} to be counted before the request, found {states:?}");
    }
    cloud.engine.clear();
}

/// Lets inbound take in a parked text until `is_reached` returns true. The answer is a text of its own.
fn take_parked_until(cloud: &Rc<Cloud>, functions: &Rc<Functions>, is_reached: impl Fn() -> bool) {
    take_text_until(cloud, functions, "list", is_reached);
}

/// Lets inbound take in a parked text with these words until `is_reached` returns true.
fn take_text_until(cloud: &Rc<Cloud>, functions: &Rc<Functions>, words: &str, is_reached: impl Fn() -> bool) {
    let body = format!(
        r#"{{"parked":1,"carrier":"twilio","id":"SM1","from":"{NUMBER}","body":"{words}","received_at":"{START}","times":1}}"#
    );
    functions.batch(cloud, 7, QueueName::Inbound, &[Received { id: 1, body, receives: 1, chain: 0 }]);
    step_until(cloud, is_reached);
}

fn step_until(cloud: &Rc<Cloud>, is_reached: impl Fn() -> bool) {
    while !is_reached() {
        assert!(cloud.engine.step() != Step::Idle, "the world stopped before the expected instant");
    }
}

#[test]
fn the_try_of_an_answer_is_written_before_the_answer_is_sent() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = cloud();
    cloud.history.keep_timeline();
    take_parked_until(&cloud, &functions, || texts_requested(&cloud) > 0);
    let states = text_states(&cloud);
    assert!(
        matches!(states[..], [TextState::Owed { tries: 1, .. }]),
        "expected the try to be counted before the request, found {states:?}"
    );
    cloud.engine.clear();
}

/// The order matters because the carrier may take seconds to accept a text.
#[test]
fn the_next_call_of_a_series_is_planned_before_the_text_about_the_last_call_is_sent() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = cloud();
    cloud.history.keep_timeline();
    assert_eq!(status(&text(&cloud, &functions, "SM1", "remind me to stretch every 15 minutes")), 200);
    let wake_ups = || cloud.sent.borrow().len();
    let before = wake_ups();
    wait(&cloud, 4 * 3600 + 120);
    sweep_until(&cloud, &functions, || texts_requested(&cloud) == 1);
    assert_eq!(wake_ups(), before + 1);
    cloud.engine.clear();
}

/// A request that is cut off has an unknown outcome, and uses up a try.
#[test]
fn a_text_is_written_but_not_sent_if_the_invocation_ends_too_soon() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let Ok(policy) = Policy::new(Times::DEFAULT) else { panic!("the times are valid") };
    let cloud = cloud();
    cloud.history.keep_timeline();
    assert_eq!(status(&text(&cloud, &functions, "SM1", "remind me to stretch every 15 minutes")), 200);
    let before = cloud.sent.borrow().len();
    wait(&cloud, 4 * 3600 + 120);
    let sweep_briefly = || {
        let ports = Invocation::new(&cloud);
        let ends_at = after(cloud.engine.now(), Times::DEFAULT.carrier_s + 1);
        let swept = fakes::run(&cloud, async move { sweeper::handle(Context::new(&ports, &policy), ends_at).await });
        assert!(matches!(swept, Some(Ok(_))), "{swept:?}");
        let states = text_states(&cloud);
        assert!(
            matches!(states[..], [TextState::Owed { tries: 0, .. }]),
            "a try that is not made must not count: {states:?}"
        );
        assert_eq!(texts_requested(&cloud), 0);
    };
    sweep_briefly();
    assert_eq!(cloud.sent.borrow().len(), before + 2, "expected wake-ups of the next call and of the text");
    // The text is overdue, and the sweeper that recovers it has no time for it either.
    wait(&cloud, 600);
    sweep_briefly();
    cloud.engine.clear();
}

/// The effects of a text are given up before its invocation ends. A request for its answer must not be cut off then.
#[test]
fn an_answer_is_not_sent_if_the_effects_of_its_text_are_given_up_too_soon() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let mut late = 0;
    for seed in 1..=20 {
        let cloud = Cloud::new(seed, START);
        cloud.history.keep_timeline();
        let begins = cloud.engine.now();
        cloud.engine.run_in(30_000, || ());
        let body = "remind me to buy milk in 10 minutes";
        take_text_until(&cloud, &functions, body, || !text_states(&cloud).is_empty());
        // The wake-up of the call is sent before the answer.
        cloud.faults.set(Fault::Slow, 10_000);
        step_until(&cloud, || !cloud.sent.borrow().is_empty());
        cloud.faults.set(Fault::Slow, 0);
        let ends = after(begins, Times::DEFAULT.function_s);
        let given_up = after(ends, -Times::DEFAULT.store_s);
        step_until(&cloud, || texts_requested(&cloud) > 0 || cloud.engine.now() > ends);
        if texts_requested(&cloud) > 0 {
            let requested = cloud.engine.now();
            assert!(after(requested, Times::DEFAULT.carrier_s) <= given_up, "seed {seed}: {requested}");
        } else {
            late += 1;
        }
        cloud.engine.clear();
    }
    assert!((1..20).contains(&late), "{late} of 20 answers were late");
}

fn breaker_of_texts(cloud: &Cloud) -> Breaker {
    let channel = Channel { carrier: carrier_name(0), kind: ChannelKind::Sms };
    Breaker::clone(&cloud.channels.borrow().breaker(&channel))
}

/// If a function died between a request and the write of its outcome, the text would be sent twice.
#[test]
fn an_accepted_text_is_written_before_its_probe_closes_the_breaker() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = cloud();
    cloud.open_breakers(0);
    wait(&cloud, 40);
    take_parked_until(&cloud, &functions, || breaker_of_texts(&cloud).opened.is_none());
    let states = text_states(&cloud);
    assert!(matches!(states[..], [TextState::Accepted { .. }]), "{states:?}");
    cloud.engine.clear();
}

/// Lets the carrier accept only a token that is not in the secret yet.
fn refuse_token(cloud: &Rc<Cloud>, functions: &Functions) -> Rc<Rotation> {
    let of = |token| {
        let account = ACCOUNTS[0].parse().ok()?;
        Some(Authorization::of_token(&account, &AuthToken::new(token)?))
    };
    let (Some(old), Some(new)) = (of("old"), of("new")) else { panic!("the credentials are well-formed") };
    let rotation = Rotation::new(functions.verifiers(), &old);
    rotation.promote(new);
    cloud.use_credentials(&rotation);
    rotation
}

#[test]
fn a_refused_text_is_written_before_the_secret_is_read_and_the_breaker_learns_of_it() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = cloud();
    let rotation = refuse_token(&cloud, &functions);
    let has_failed = || !breaker_of_texts(&cloud).failures.is_empty();
    take_parked_until(&cloud, &functions, || rotation.reads() > 0 || has_failed());
    let states = text_states(&cloud);
    let is_written = matches!(states[..], [TextState::Owed { tries: 0, .. }]);
    assert!(is_written, "expected a text that was refused for now, found {states:?}");
    while rotation.reads() == 0 || !has_failed() {
        assert!(cloud.engine.step() != Step::Idle, "expected the secret to be read and the failure to be recorded");
    }
    cloud.engine.clear();
}

#[test]
fn a_refusal_is_acted_on_even_if_it_can_not_be_written() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = cloud();
    cloud.history.keep_timeline();
    let rotation = refuse_token(&cloud, &functions);
    take_parked_until(&cloud, &functions, || texts_requested(&cloud) > 0);
    fail_writes_until_the_secret_is_read(&cloud, &rotation);
    let states = text_states(&cloud);
    assert!(matches!(states[..], [TextState::Owed { tries: 1, .. }]), "{states:?}");
    cloud.engine.clear();
}

#[test]
fn a_refusal_of_an_overdue_text_is_acted_on_even_if_it_can_not_be_written() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = cloud();
    cloud.history.keep_timeline();
    cloud.faults.set(Fault::RefusedForNow, 10_000);
    let has_waiting_text = || matches!(text_states(&cloud)[..], [TextState::Owed { tries: 0, .. }]);
    take_parked_until(&cloud, &functions, has_waiting_text);
    cloud.faults.set(Fault::RefusedForNow, 0);
    let rotation = refuse_token(&cloud, &functions);
    wait(&cloud, 2 * 3600);
    sweep_until(&cloud, &functions, || texts_requested(&cloud) == 2);
    fail_writes_until_the_secret_is_read(&cloud, &rotation);
    let states = text_states(&cloud);
    assert!(matches!(states[..], [TextState::Owed { tries: 1, .. }]), "{states:?}");
    cloud.engine.clear();
}

fn fail_writes_until_the_secret_is_read(cloud: &Cloud, rotation: &Rotation) {
    for fault in [Fault::SpuriousConflict, Fault::StoreThrottled] {
        cloud.faults.set(fault, 10_000);
    }
    while rotation.reads() == 0 {
        assert!(cloud.engine.step() != Step::Idle, "expected the secret to be read");
    }
}
