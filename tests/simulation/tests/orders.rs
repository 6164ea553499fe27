//! Two orders of steps whose violation hardly any random history would show. An opt-out is confirmed only after all of
//! the person's reminders have ended. The try of an answer is written before the answer is sent. Only a rare race, or a
//! crash at the same place several times in a row, would break a guarantee.

use std::rc::Rc;

use jiff::Timestamp;
use reminder::outgoing_text::TextState;
use reminder::profile::OptStatus;
use reminder::record::Reminder;
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, QueueName, WorldEvent};
use simulation::fakes::{Cloud, Received};
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms;

/// Number of the person who texts.
const NUMBER: &str = "+12125550142";

fn cloud() -> Rc<Cloud> {
    const START_S: i64 = 1_803_902_400; // 2027-03-01T12:00:00Z
    Cloud::new(1, Timestamp::from_second(START_S).unwrap_or(Timestamp::UNIX_EPOCH))
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

fn live(cloud: &Rc<Cloud>) -> usize {
    cloud.table.borrow().reminders().filter(|reminder: &&Reminder| reminder.deadline().is_some()).count()
}

/// Makes the store refuse every request from the moment at which a profile is opted out.
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
    assert_eq!(live(&cloud), 1);

    refuse_once_opted_out(&cloud);
    assert_eq!(status(&text(&cloud, &functions, "SM2", "STOP")), 503, "the reminder can still be claimed");
    assert_eq!(live(&cloud), 1);

    cloud.faults.set(Fault::StoreThrottled, 0);
    assert_eq!(status(&text(&cloud, &functions, "SM2", "STOP")), 200, "a repeat continues where the first one stopped");
    assert_eq!(live(&cloud), 0);
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
    let requested = || cloud.history.timeline().iter().any(|line| line.contains("TextRequested"));
    while !requested() {
        assert!(cloud.engine.step() != Step::Idle, "expected the answer to be sent");
    }
    let tries: Vec<_> = cloud.table.borrow().outgoing_texts().filter_map(|text| text.state().cloned()).collect();
    assert!(
        matches!(tries[..], [TextState::Owed { tries: 1, .. }]),
        "expected the try to be counted before the request, found {tries:?}"
    );
    cloud.engine.clear();
}
