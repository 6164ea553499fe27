//! Required orders of steps. An opt-out is confirmed only after all of the person's reminders have ended. The end of an
//! occurrence and its text are one write. Each try of a text is written before the text is sent. Hardly any random
//! history would show a wrong order: only a rare race, or a crash at the same place several times in a row, would break
//! a guarantee.

use std::rc::Rc;

use executor::Context;
use reminder::outgoing_text::TextState;
use reminder::policy::{Policy, Times, after};
use reminder::profile::OptStatus;
use reminder::record::Reminder;
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::fakes::{self, Cloud, Invocation, Received};
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms;
use simulation::world::START;

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

#[test]
fn the_try_of_an_answer_is_written_before_the_answer_is_sent() {
    let Ok(functions) = Functions::new() else { panic!("the configuration is valid") };
    let cloud = cloud();
    let body = format!(
        r#"{{"parked":1,"carrier":"twilio","id":"SM1","from":"{NUMBER}","body":"list","received_at":"2027-03-01T12:00:00Z","times":1}}"#
    );
    cloud.history.keep_timeline();
    functions.batch(&cloud, 7, QueueName::Inbound, &[Received { id: 1, body, receives: 1, chain: 0 }]);
    while texts_requested(&cloud) == 0 {
        assert!(cloud.engine.step() != Step::Idle, "expected the answer to be sent");
    }
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
    let ports = Invocation::new(&cloud);
    let ends_at = after(cloud.engine.now(), Times::DEFAULT.carrier_s + 1);
    let swept = fakes::run(&cloud, async move { sweeper::handle(Context::new(&ports, &policy), ends_at).await });
    assert!(matches!(swept, Some(Ok(_))), "{swept:?}");
    assert_eq!((text_states(&cloud).len(), texts_requested(&cloud)), (1, 0));
    assert_eq!(cloud.sent.borrow().len(), before + 2, "expected wake-ups of the next call and of the text");
    cloud.engine.clear();
}
