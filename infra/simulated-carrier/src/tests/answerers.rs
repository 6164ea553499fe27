//! Tests of mailboxes, phones that screen calls, busy phones, and answering machine detection.

use serde_json::json;

use super::*;
use crate::{AnsweredBy, Answerer, Answering, CallReaction, CallStatus, DetectionScript, PhoneSetting, WebhookKind};

const WORDS: &str = "<Response><Say>buy milk</Say><Pause length=\"600\"/></Response>";
const MESSAGE: &str = "<Response><Say>milk is to be bought</Say><Hangup/></Response>";

/// The detection that our client requests.
fn detection() -> [(&'static str, String); 3] {
    [
        ("MachineDetection", "DetectMessageEnd".to_owned()),
        ("AsyncAmd", "true".to_owned()),
        ("AsyncAmdStatusCallback", format!("{PUBLIC}/answered-by")),
    ]
}

impl World {
    async fn detecting_call(&self, to: &PhoneNumber) -> Sid {
        let detection = detection();
        let form: Vec<(&str, &str)> = detection.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.call(to, &form).await
    }

    fn set_answering(&self, last: u8, answering: Answering, after_ms: u64) {
        self.carrier.set_phone(&number(last), PhoneSetting { answering, after_ms: Some(after_ms) }).unwrap();
    }

    /// Returns the verdicts that the service received.
    fn verdicts(&self) -> Vec<String> {
        let got = self.service.got("/answered-by");
        assert!(got.iter().all(super::service::Got::is_signed));
        got.iter().map(|got| got.value("AnsweredBy").unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_mailbox_answers_an_unattended_phone_and_records_what_is_said_after_its_beep() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", WORDS);
    world.service.answers_xml("/message", MESSAGE);
    world.set_answering(1, Answering::Mailbox, 20);
    let call = world.detecting_call(&number(1)).await;
    world.told("/answered-by").await;
    assert_eq!(world.verdicts(), ["machine_end_beep"]);
    assert_eq!(world.shown(&call).await["answered_by"], "machine_end_beep");
    let url = format!("{PUBLIC}/message");
    let redirected = world.post(&format!("Calls/{call}.json"), &[("Url", &url), ("Method", "POST")]).await.unwrap();
    assert_eq!(redirected.status(), 200);
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    let kinds = world.kinds(&number(1));
    assert_eq!(
        kinds[3..],
        ["call-answered", "said", "beep", "said", "recorded", "call-ended"].map(str::to_owned),
        "{kinds:?}"
    );
    let recorded = world.until(|entry| matches!(entry.event, LogEvent::Recorded { .. })).await;
    assert!(matches!(recorded.event, LogEvent::Recorded { words, .. } if words == "milk is to be bought"));
    let answered = world.until(|entry| matches!(entry.event, LogEvent::CallAnswered { .. })).await;
    assert!(matches!(answered.event, LogEvent::CallAnswered { by: Answerer::Mailbox, .. }));
}

#[tokio::test]
async fn a_mailbox_does_not_answer_a_call_that_its_person_answers_first() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", "<Response><Say>buy milk</Say><Pause length=\"5\"/></Response>");
    world.set_answering(1, Answering::Mailbox, 5000);
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.detecting_call(&number(1)).await;
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    world.told("/answered-by").await;
    assert_eq!(world.verdicts(), ["human"]);
    assert!(!world.kinds(&number(1)).contains(&"beep".to_owned()));
}

#[tokio::test]
async fn a_call_that_stops_ringing_before_the_mailbox_answers_is_not_answered() {
    let world = World::start().await;
    world.carrier.set_phone(&number(1), PhoneSetting { answering: Answering::Mailbox, after_ms: None }).unwrap();
    let call = world.call(&number(1), &[("Timeout", "18")]).await;
    assert_eq!(world.over(&call).await, CallStatus::NoAnswer);
}

#[tokio::test]
async fn a_phone_that_screens_answers_immediately_and_connects_its_person_later() {
    let world = World::start().await;
    world.service.answers_xml(
        "/twiml",
        "<Response><Gather numDigits=\"1\" timeout=\"60\" action=\"/key\"><Say>buy milk</Say></Gather></Response>",
    );
    world.service.answers_xml("/key", "<Response><Hangup/></Response>");
    world.set_answering(1, Answering::Screening, 40);
    world.carrier.behave(&number(1), vec![presses_1()]).unwrap();
    let call = world.call(&number(1), &[]).await;
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    let kinds = world.kinds(&number(1));
    let expected = ["call-answered", "said", "screener-rings", "person-connected", "key", "call-ended"];
    assert_eq!(kinds[3..], expected.map(str::to_owned), "{kinds:?}");
    assert_eq!(world.service.got("/key")[0].value("Digits"), Some("1"));
}

#[tokio::test]
async fn a_screened_call_is_taken_or_declined_in_the_browser() {
    for (act, kind) in [("answer", "person-connected"), ("decline", "call-ended")] {
        let world = World::start().await;
        world.service.answers_xml("/twiml", WORDS);
        world.set_answering(1, Answering::Screening, 10);
        let call = world.call(&number(1), &[]).await;
        let act = format!("/_phone/calls/{call}/{act}");
        world.until(|entry| matches!(entry.event, LogEvent::CallAnswered { .. })).await;
        world.until(|entry| matches!(entry.event, LogEvent::ScreenerRings { .. })).await;
        assert_eq!(world.control(&act, json!(null)).await.status(), 204);
        let is_kind = |entry: &LogEntry| serde_json::to_value(entry).unwrap()["kind"] == kind;
        world.until(is_kind).await;
        assert_eq!(world.control(&act, json!(null)).await.status(), 409);
    }
}

#[tokio::test]
async fn a_screener_hangs_up_on_a_call_that_its_person_does_not_take() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", WORDS);
    world.set_answering(1, Answering::Screening, 10);
    let script = CallScript { then: CallReaction::NoAnswer, ..CallScript::answer() };
    world.carrier.behave(&number(1), vec![script]).unwrap();
    let call = world.call(&number(1), &[]).await;
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    assert!(!world.kinds(&number(1)).contains(&"person-connected".to_owned()));
}

#[tokio::test]
async fn a_phone_in_another_call_is_busy_unless_its_mailbox_answers() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", WORDS);
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let first = world.call(&number(1), &[]).await;
    world.until(|entry| matches!(&entry.event, LogEvent::CallAnswered { call, .. } if *call == first)).await;
    let second = world.call(&number(1), &[]).await;
    assert_eq!(world.over(&second).await, CallStatus::Busy);
    world.set_answering(1, Answering::Mailbox, 60_000);
    let third = world.call(&number(1), &[]).await;
    let answered =
        world.until(|entry| matches!(&entry.event, LogEvent::CallAnswered { call, .. } if *call == third)).await;
    assert!(matches!(answered.event, LogEvent::CallAnswered { by: Answerer::Mailbox, .. }));
}

#[tokio::test]
async fn a_verdict_may_be_wrong_late_doubled_or_missing() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", "<Response><Say>buy milk</Say></Response>");
    let says = |answered_by, after_ms| DetectionScript::Says { answered_by, after_ms };
    let scripted = |detection| CallScript { detection: Some(detection), ..picks_up() };
    let wrong_and_late = scripted(says(AnsweredBy::MachineEndSilence, Some(150)));
    let never = scripted(DetectionScript::Never);
    let doubled = scripted(says(AnsweredBy::Fax, Some(1)));
    world.carrier.behave(&number(1), vec![wrong_and_late, never, doubled]).unwrap();

    let late = world.detecting_call(&number(1)).await;
    world.over(&late).await;
    assert_eq!(world.verdicts(), Vec::<String>::new());
    world.told("/answered-by").await;
    assert_eq!(world.verdicts(), ["machine_end_silence"]);
    assert_eq!(world.service.got("/answered-by")[0].value("CallSid"), Some(late.as_str()));

    let never = world.detecting_call(&number(1)).await;
    world.over(&never).await;
    world.fault(Fault { webhook: Some(WebhookKind::AnsweredBy), ..Fault::once(number(1), FaultKind::DoubleWebhook) });
    let doubled = world.detecting_call(&number(1)).await;
    world.over(&doubled).await;
    world.until(|_| world.verdicts().len() >= 3).await;
    assert_eq!(world.verdicts(), ["machine_end_silence", "fax", "fax"]);
    assert_eq!(world.shown(&never).await["answered_by"], Value::Null);
}

#[tokio::test]
async fn a_call_waits_in_the_carriers_queue() {
    let world = World::start().await;
    world.fault(Fault { ms: Some(80), ..Fault::once(number(1), FaultKind::Queue) });
    world.carrier.behave(&number(1), vec![picks_up(), picks_up()]).unwrap();
    let call = world.call(&number(1), &[]).await;
    assert_eq!(world.shown(&call).await["status"], "queued");
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    assert!(world.shown(&call).await["queue_time"].as_str().unwrap().parse::<u64>().unwrap() >= 80);
    world.fault(Fault { ms: Some(5000), ..Fault::once(number(1), FaultKind::Queue) });
    let canceled = world.call(&number(1), &[]).await;
    let ended = world.post(&format!("Calls/{canceled}.json"), &[("Status", "canceled")]).await.unwrap();
    assert_eq!(ended.status(), 200);
    assert_eq!(world.over(&canceled).await, CallStatus::Canceled);
}

#[tokio::test]
async fn a_phones_setting_is_shown_and_an_invalid_one_is_refused() {
    let world = World::start().await;
    let set = async |setting: Value| {
        world.control("/_phone/setting", json!({ "number": number(1), "setting": setting })).await.status().as_u16()
    };
    assert_eq!(set(json!({ "answering": "mailbox", "after_ms": 12_000 })).await, 204);
    let url = format!("{}/_phone/setting?number=%2B12125550101", world.carrier.url());
    let shown: Value = world.client.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(shown, json!({ "answering": "mailbox", "after_ms": 12_000 }));
    assert_eq!(set(json!({ "answering": "off", "after_ms": 1 })).await, 400);
    assert_eq!(set(json!({ "answering": "butler" })).await, 400);
}

#[tokio::test]
async fn an_invalid_request_for_detection_is_refused() {
    let world = World::start().await;
    for (name, value, code) in [
        ("AsyncAmd", "perhaps", 20001),
        ("MachineDetection", "yes", 20001),
        ("AsyncAmdStatusCallback", "no url", 21609),
    ] {
        let mut form = vec![("MachineDetection", "DetectMessageEnd"), (name, value)];
        form.dedup_by_key(|(name, _)| *name);
        if name == "MachineDetection" {
            form = vec![(name, value)];
        }
        let refused = world.request_call(&number(1), &form).await.unwrap();
        assert_eq!(refused.json::<Value>().await.unwrap()["code"], code, "{name}");
    }
}
