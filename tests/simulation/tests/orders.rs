//! Orders in which things are done that hardly any history would show broken: who leaves is told so only when nothing of
//! theirs can be claimed any more, and an answer's try is written before it is sent. What would show it is a race, or a
//! death at the same place time and again, too rare to be waited for.

use std::rc::Rc;

use jiff::Timestamp;
use reminder::incoming_text::AnswerDelivery;
use reminder::profile::OptStatus;
use reminder::record::Reminder;
use simulation::engine::Step;
use simulation::fakes::{Cloud, Happening, Outcome, QueueName, Received};
use simulation::faults::Fault;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms;

/// Somebody's number.
const NUMBER: &str = "+12125550142";

fn cloud() -> Rc<Cloud> {
    const START_S: i64 = 1_803_902_400; // 2027-03-01T12:00:00Z
    Cloud::new(1, Timestamp::from_second(START_S).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// What the webhook of a text is answered.
fn text(cloud: &Rc<Cloud>, functions: &Rc<Functions>, sid: &str, body: &str) -> Outcome {
    let form = [("MessageSid", sid), ("From", NUMBER), ("To", SERVICE_NUMBER), ("Body", body)];
    functions.text(cloud, 7, twilio_forms::post("/sms", &form));
    loop {
        match cloud.engine.step() {
            Step::Told(Happening::Over(7, outcome)) => return outcome,
            Step::Done => panic!("the text is not answered"),
            Step::Told(_) | Step::Quiet => {}
        }
    }
}

fn status(outcome: &Outcome) -> i64 {
    match outcome {
        Outcome::Http { status, .. } => *status,
        other => panic!("expected an answer over HTTP, found {other:?}"),
    }
}

fn live(cloud: &Rc<Cloud>) -> usize {
    cloud.table.borrow().reminders().filter(|reminder: &&Reminder| reminder.deadline().is_some()).count()
}

/// From the moment at which the profile says that its person is gone, the store takes nothing more.
fn refuse_once_gone(cloud: &Rc<Cloud>) {
    let gone = cloud.table.borrow().profiles().any(|profile| profile.consent.status == OptStatus::OptedOut);
    if gone {
        cloud.faults.set(Fault::StoreThrottled, 10_000);
        return;
    }
    let again = Rc::clone(cloud);
    cloud.engine.act_in(1, move || refuse_once_gone(&again));
}

#[test]
fn who_leaves_is_told_when_every_reminder_has_ended_and_not_before() {
    let Ok(functions) = Functions::new() else { panic!("settings are in order") };
    let cloud = cloud();
    assert_eq!(status(&text(&cloud, &functions, "SM1", "remind me to buy milk in 20 minutes")), 200);
    assert_eq!(live(&cloud), 1);

    refuse_once_gone(&cloud);
    assert_eq!(status(&text(&cloud, &functions, "SM2", "STOP")), 503, "it can still be claimed");
    assert_eq!(live(&cloud), 1);

    cloud.faults.set(Fault::StoreThrottled, 0);
    assert_eq!(status(&text(&cloud, &functions, "SM2", "STOP")), 200, "a repeat goes on where the first one stopped");
    assert_eq!(live(&cloud), 0);
    cloud.engine.clear();
}

#[test]
fn an_answers_try_is_written_before_it_is_sent() {
    let Ok(functions) = Functions::new() else { panic!("settings are in order") };
    let cloud = cloud();
    let body = format!(
        r#"{{"parked":1,"carrier":"twilio","id":"SM1","from":"{NUMBER}","body":"list","received_at":"2027-03-01T12:00:00Z","times":1}}"#
    );
    cloud.history.tell_all();
    functions.batch(&cloud, 7, QueueName::Inbound, &[Received { id: 1, body, receives: 1 }]);
    let asked = || cloud.history.timeline().iter().any(|line| line.contains("TextAsked"));
    while !asked() {
        assert!(cloud.engine.step() != Step::Done, "the answer is not sent");
    }
    let tries: Vec<_> = cloud.table.borrow().messages().map(|message| message.delivery).collect();
    assert!(
        matches!(tries[..], [AnswerDelivery::Owed { tries: 1, .. }]),
        "whoever dies now has not counted: {tries:?}"
    );
    cloud.engine.clear();
}
