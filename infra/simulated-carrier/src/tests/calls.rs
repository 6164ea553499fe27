//! Tests of calls, from the request to the end.

use std::time::Instant;

use serde_json::json;

use super::service::Answer;
use super::*;
use crate::{CallReaction, CallStatus, Press};

const ASK: &str = "<Response><Gather numDigits=\"1\" timeout=\"20\" action=\"/key\"><Say>buy milk</Say></Gather>\
                   <Say>no key</Say></Response>";
const EVERY_EVENT: [(&str, &str); 4] = [
    ("StatusCallbackEvent", "initiated"),
    ("StatusCallbackEvent", "ringing"),
    ("StatusCallbackEvent", "answered"),
    ("StatusCallbackEvent", "completed"),
];

fn words(world: &World, to: &PhoneNumber) -> Vec<String> {
    let entries = world.carrier.log(Some(to));
    let said = entries.into_iter().filter_map(|entry| match entry.event {
        LogEvent::Said { words, .. } => Some(words),
        _ => None,
    });
    said.collect()
}

/// The call of a person who has answered must not fail because the API throttled the request for the speech.
#[tokio::test]
async fn a_throttled_request_of_a_call_is_retried_if_the_fragment_of_its_url_says_so() {
    let world = World::start().await;
    world.carrier.behave(&number(1), vec![picks_up(), picks_up(), picks_up()]).unwrap();
    for (policy, calls_with_words) in [("all", 1), ("5xx,ct,rt", 1), ("4xx", 2)] {
        world.service.answers("/twiml", [Answer::status(429), Answer::xml("<Response><Say>buy milk</Say></Response>")]);
        let url = format!("{PUBLIC}/twiml#rc=2&rp={policy}");
        let form = [("To", number(1).as_str().to_owned()), ("From", SERVICE.to_owned()), ("Url", url)];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let response = world.post("Calls.json", &form).await.unwrap();
        let resource: Value = response.json().await.unwrap();
        world.over(&Sid::given(resource["sid"].as_str().unwrap())).await;
        let heard = words(&world, &number(1)).iter().filter(|words| *words == "buy milk").count();
        assert_eq!(heard, calls_with_words, "{policy}");
    }
}

#[tokio::test]
async fn a_reminder_is_heard_and_all_its_webhooks_are_signed() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", ASK);
    world.service.answers_xml("/key", "<Response><Say>bye</Say><Hangup/></Response>");
    world.carrier.behave(&number(1), vec![presses_1()]).unwrap();
    let call = world.call(&number(1), &EVERY_EVENT).await;
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    let kinds = ["requested", "initiated", "ringing", "answered"].map(|kind| format!("call-{kind}"));
    let mut kinds = kinds.to_vec();
    kinds.extend(["said", "key", "said", "call-ended"].map(str::to_owned));
    assert_eq!(world.kinds(&number(1)), kinds);
    assert_eq!(words(&world, &number(1)), ["buy milk", "bye"]);

    world
        .until(|entry| matches!(&entry.event, LogEvent::Webhook { told, .. } if told.as_deref() == Some("completed")))
        .await;
    let [twiml] = &world.service.got("/twiml")[..] else { panic!("expected one request") };
    let [key] = &world.service.got("/key")[..] else { panic!("expected one request") };
    assert!(twiml.is_signed() && key.is_signed() && twiml.method == "POST");
    for (name, value) in [
        ("CallSid", call.as_str()),
        ("AccountSid", ACCOUNT),
        ("From", SERVICE),
        ("To", "+12125550101"),
        ("CallStatus", "in-progress"),
        ("ApiVersion", "2010-04-01"),
        ("Direction", "outbound-api"),
        ("ToCity", ""),
    ] {
        assert_eq!(twiml.value(name), Some(value), "{name}");
    }
    assert_eq!((key.value("Digits"), key.value("CallStatus")), (Some("1"), Some("in-progress")));
    let reported = world.service.got("/status");
    assert!(reported.iter().all(super::service::Got::is_signed));
    let statuses: Vec<_> = reported.iter().map(|got| got.value("CallStatus").unwrap()).collect();
    assert_eq!(statuses, ["initiated", "ringing", "in-progress", "completed"]);
    let sequence: Vec<_> = reported.iter().map(|got| got.value("SequenceNumber").unwrap()).collect();
    assert_eq!(sequence, ["0", "1", "2", "3"]);
    assert_eq!((reported[3].value("CallDuration"), reported[2].value("CallDuration")), (Some("1"), None));
    assert_eq!(reported[0].value("CallbackSource"), Some("call-progress-events"));
}

#[tokio::test]
async fn by_default_only_the_end_is_reported() {
    let world = World::start().await;
    world.carrier.behave(&number(1), vec![CallScript { then: CallReaction::Busy, ..picks_up() }]).unwrap();
    let call = world.call(&number(1), &[]).await;
    assert_eq!(world.over(&call).await, CallStatus::Busy);
    world.told("/status").await;
    let reported = world.service.got("/status");
    assert_eq!(reported.len(), 1);
    assert_eq!((reported[0].value("CallStatus"), reported[0].value("SequenceNumber")), (Some("busy"), Some("0")));
}

#[tokio::test]
async fn an_unattended_phone_rings_until_the_timeout() {
    let world = World::start().await;
    let call = world.call(&number(1), &[("Timeout", "3")]).await;
    let started = Instant::now();
    assert_eq!(world.over(&call).await, CallStatus::NoAnswer);
    assert!(started.elapsed() >= Duration::from_millis(100));
    assert_eq!(world.shown(&call).await["status"], "no-answer");
    assert_eq!(world.shown(&call).await["duration"], "0");
}

#[tokio::test]
async fn a_person_in_the_browser_answers_then_presses_a_key_then_hangs_up() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", ASK);
    world.service.answers_xml("/key", "<Response><Pause length=\"600\"/></Response>");
    let call = world.call(&number(1), &[]).await;
    let act = async |act: &str, body: Value| {
        world.control(&format!("/_phone/calls/{call}/{act}"), body).await.status().as_u16()
    };
    world.until(|entry| matches!(entry.event, LogEvent::CallRinging { .. })).await;
    let open = world.client.get(format!("{}/_phone/calls?number=%2B12125550101", world.carrier.url()));
    let open: Value = open.send().await.unwrap().json().await.unwrap();
    assert_eq!((&open[0]["call"], &open[0]["status"]), (&json!(call), &json!("ringing")));
    assert_eq!(act("press", json!({"digit": "1"})).await, 409);
    assert_eq!(act("answer", json!(null)).await, 204);
    world.until(|entry| matches!(entry.event, LogEvent::Said { .. })).await;
    assert_eq!(act("answer", json!(null)).await, 409);
    assert_eq!(act("press", json!({"digit": "x"})).await, 400);
    assert_eq!(act("dance", json!(null)).await, 404);
    assert_eq!(act("press", json!({"digit": "5"})).await, 204);
    world.told("/key").await;
    assert_eq!(act("hangup", json!(null)).await, 204);
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    assert_eq!(act("hangup", json!(null)).await, 409);
    assert_eq!(world.service.got("/key")[0].value("Digits"), Some("5"));
}

#[tokio::test]
async fn a_key_without_an_open_gather_is_ignored() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", "<Response><Say>hello</Say><Pause length=\"600\"/></Response>");
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.call(&number(1), &[]).await;
    world.until(|entry| matches!(entry.event, LogEvent::Said { .. })).await;
    let pressed = world.control(&format!("/_phone/calls/{call}/press"), json!({"digit": "1"})).await;
    assert_eq!(pressed.status(), 204);
    let key = world.until(|entry| matches!(entry.event, LogEvent::Key { .. })).await;
    assert!(matches!(key.event, LogEvent::Key { heard: false, .. }));
}

#[tokio::test]
async fn no_more_keys_are_gathered_than_requested() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", ASK);
    world.service.answers_xml("/key", "<Response><Hangup/></Response>");
    let press = |digit: &str| serde_json::from_value::<Press>(json!({ "digit": digit })).unwrap();
    let script = CallScript { press: ["7", "8"].map(press).to_vec(), ..picks_up() };
    world.carrier.behave(&number(1), vec![script]).unwrap();
    let call = world.call(&number(1), &[]).await;
    world.over(&call).await;
    assert_eq!(world.service.got("/key")[0].value("Digits"), Some("7"));
}

#[tokio::test]
async fn a_call_declined_in_the_browser_is_reported_as_busy() {
    let world = World::start().await;
    let call = world.call(&number(1), &[]).await;
    world.until(|entry| matches!(entry.event, LogEvent::CallRinging { .. })).await;
    assert_eq!(world.control(&format!("/_phone/calls/{call}/decline"), json!(null)).await.status(), 204);
    assert_eq!(world.over(&call).await, CallStatus::Busy);
}

#[tokio::test]
async fn people_react_to_calls_by_their_scripts_in_order() {
    let world = World::start().await;
    let behavior = json!({"number": number(1), "calls": [
        {"then": "no-answer", "answer_after_ms": 10}, {"then": "decline", "answer_after_ms": 10}, {"then": "busy"},
        {"answer_after_ms": 10, "hang_up_after_ms": 10},
    ]});
    world.service.answers_xml("/twiml", "<Response><Pause length=\"600\"/></Response>");
    assert_eq!(world.control("/_phone/behaviour", behavior).await.status(), 204);
    let expected = [CallStatus::NoAnswer, CallStatus::Busy, CallStatus::Busy, CallStatus::Completed];
    for ending in expected {
        let call = world.call(&number(1), &[]).await;
        assert_eq!(world.over(&call).await, ending);
    }
}

#[tokio::test]
async fn without_a_key_the_document_continues_after_gather() {
    let world = World::start().await;
    let ask = ASK.replace("timeout=\"20\"", "timeout=\"1\"");
    world.service.answers_xml("/twiml", &ask);
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.call(&number(1), &[]).await;
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    assert_eq!(words(&world, &number(1)), ["buy milk", "no key"]);
    assert!(world.service.got("/key").is_empty());
}

#[tokio::test]
async fn an_empty_result_is_sent_if_requested() {
    let world = World::start().await;
    let gather = "<Response><Gather timeout=\"0\" action=\"/key\" actionOnEmptyResult=\"true\"/></Response>";
    world.service.answers_xml("/twiml", gather);
    world.service.answers_xml("/key", "<Response/>");
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.call(&number(1), &[]).await;
    world.over(&call).await;
    assert_eq!(world.service.got("/key")[0].value("Digits"), Some(""));
}

#[tokio::test]
async fn several_keys_are_gathered_until_the_finishing_key() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", "<Response><Gather timeout=\"60\" action=\"/key\"/></Response>");
    world.service.answers_xml("/key", "<Response/>");
    let press = |digit: &str| serde_json::from_value::<Press>(json!({ "digit": digit })).unwrap();
    let keys = ["4", "2", "#"].map(press).to_vec();
    world.carrier.behave(&number(1), vec![CallScript { press: keys, ..picks_up() }]).unwrap();
    let call = world.call(&number(1), &[]).await;
    world.over(&call).await;
    let [key] = &world.service.got("/key")[..] else { panic!("expected one request") };
    assert_eq!((key.value("Digits"), key.value("FinishedOnKey")), (Some("42"), Some("#")));
}

#[tokio::test]
async fn a_key_pressed_just_before_hanging_up_is_reported_after_the_completed_callback() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", ASK);
    let script = CallScript { hang_up_after_key_ms: Some(20), ..presses_1() };
    world.carrier.behave(&number(1), vec![script]).unwrap();
    world.call(&number(1), &[]).await;
    world.told("/key").await;
    assert_eq!(world.service.paths(), ["/twiml", "/status", "/key"]);
    assert_eq!(world.service.got("/status")[0].value("CallStatus"), Some("completed"));
    assert_eq!(world.service.got("/key")[0].value("Digits"), Some("1"));
}

#[tokio::test]
async fn hanging_up_while_a_document_is_fetched_ends_the_call() {
    let world = World::start().await;
    let slow = Answer { after: Duration::from_millis(150), ..Answer::xml(ASK) };
    world.service.answers("/twiml", [slow]);
    let script = CallScript { hang_up_after_ms: Some(20), ..picks_up() };
    world.carrier.behave(&number(1), vec![script]).unwrap();
    let call = world.call(&number(1), &[]).await;
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    world.told("/twiml").await;
    assert_eq!(words(&world, &number(1)), Vec::<String>::new());
}

#[tokio::test]
async fn the_time_limit_ends_a_call() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", "<Response><Pause length=\"6000\"/></Response>");
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.call(&number(1), &[("TimeLimit", "2")]).await;
    assert_eq!(world.over(&call).await, CallStatus::Completed);
}

#[tokio::test]
async fn an_invalid_document_ends_in_an_apology() {
    for answer in [
        Answer::xml("<Response><Sing/></Response>"),
        Answer::status(500),
        Answer { content_type: "application/json", ..Answer::xml("<Response/>") },
    ] {
        let world = World::start().await;
        world.service.answers("/twiml", [answer]);
        world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
        let call = world.call(&number(1), &[]).await;
        assert_eq!(world.over(&call).await, CallStatus::Completed);
        assert_eq!(words(&world, &number(1)), ["We are sorry, an application error has occurred. Goodbye."]);
        assert!(world.kinds(&number(1)).contains(&"twiml-refused".to_owned()));
    }
}

#[tokio::test]
async fn a_document_that_redirects_to_itself_is_fetched_at_most_100_times() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", "<Response><Redirect>/twiml</Redirect></Response>");
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.call(&number(1), &[]).await;
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    assert_eq!(world.service.got("/twiml").len(), 100);
}

#[tokio::test]
async fn a_get_request_is_signed_with_its_query() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", "<Response/>");
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.call(&number(1), &[("Method", "GET")]).await;
    world.over(&call).await;
    let [twiml] = &world.service.got("/twiml")[..] else { panic!("expected one request") };
    assert!(twiml.method == "GET" && twiml.is_signed() && twiml.form.is_empty());
    assert!(twiml.address.contains(&format!("CallSid={call}")));
}

#[tokio::test]
async fn a_document_in_the_request_is_spoken() {
    let world = World::start().await;
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let twiml = "<Response><Say loop=\"2\">hello</Say></Response>";
    let form = [("To", "+12125550101"), ("From", SERVICE), ("Twiml", twiml), ("MachineDetection", "Enable")];
    let created: Value = world.post("Calls.json", &form).await.unwrap().json().await.unwrap();
    let call = Sid::given(created["sid"].as_str().unwrap());
    world.over(&call).await;
    assert_eq!(words(&world, &number(1)), ["hello", "hello"]);
    assert_eq!(world.shown(&call).await["answered_by"], "human");
}
