//! Tests of calls from people to the service's number.

use serde_json::json;

use super::*;
use crate::{Answering, CallStatus, PhoneSetting};

const MENU: &str =
    "<Response><Gather numDigits=\"1\" timeout=\"60\" action=\"/voice/key\"><Say>buy milk</Say></Gather></Response>";

#[tokio::test]
async fn a_person_calls_the_service_and_presses_a_key() {
    let world = World::start().await;
    world.service.answers_xml("/voice", MENU);
    world.service.answers_xml("/voice/key", "<Response><Say>bye</Say></Response>");
    let call = world.carrier.call_in(&number(1), Some(presses_1())).unwrap();
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    let kinds = ["call-in", "call-answered", "said", "key", "said", "call-ended"];
    assert_eq!(world.kinds(&number(1)), kinds.map(str::to_owned));
    let [voice] = &world.service.got("/voice")[..] else { panic!("expected one request") };
    assert!(voice.is_signed());
    for (name, value) in [
        ("CallSid", call.as_str()),
        ("From", "+12125550101"),
        ("To", SERVICE),
        ("Direction", "inbound"),
        ("CallStatus", "ringing"),
    ] {
        assert_eq!(voice.value(name), Some(value), "{name}");
    }
    let [key] = &world.service.got("/voice/key")[..] else { panic!("expected one request") };
    assert_eq!((key.value("Digits"), key.value("CallStatus")), (Some("1"), Some("in-progress")));
    assert_eq!(
        (world.shown(&call).await["direction"].clone(), key.value("From")),
        (json!("inbound"), Some("+12125550101"))
    );
}

#[tokio::test]
async fn a_person_calls_in_the_browser_and_hangs_up() {
    let world = World::start().await;
    world.service.answers_xml("/voice", MENU);
    world.service.answers_xml("/voice/key", MENU);
    let placed = world.control("/_phone/call", json!({ "from": number(1) })).await;
    assert_eq!(placed.status(), 200);
    let call = placed.json::<Value>().await.unwrap()["call"].as_str().unwrap().to_owned();
    world.until(|entry| matches!(entry.event, LogEvent::Said { .. })).await;
    let open = world.client.get(format!("{}/_phone/calls?number=%2B12125550101", world.carrier.url()));
    let open: Value = open.send().await.unwrap().json().await.unwrap();
    assert_eq!((&open[0]["call"], &open[0]["direction"]), (&json!(call), &json!("inbound")));
    let act = async |act: &str, body: Value| {
        world.control(&format!("/_phone/calls/{call}/{act}"), body).await.status().as_u16()
    };
    assert_eq!(act("answer", json!(null)).await, 409);
    assert_eq!(act("press", json!({ "digit": "2" })).await, 204);
    world.told("/voice/key").await;
    assert_eq!(act("hangup", json!(null)).await, 204);
    assert_eq!(world.over(&Sid::given(&call)).await, CallStatus::Completed);
}

#[tokio::test]
async fn a_person_may_hang_up_before_the_service_answers() {
    let world = World::start().await;
    let slow = super::service::Answer { after: Duration::from_millis(300), ..super::service::Answer::xml(MENU) };
    world.service.answers("/voice", [slow]);
    let call = world.carrier.call_in(&number(1), None).unwrap();
    world.until(|entry| matches!(entry.event, LogEvent::CallIn { .. })).await;
    let hung_up = async || world.control(&format!("/_phone/calls/{call}/hangup"), json!(null)).await.status();
    while hung_up().await != 204 {}
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    assert!(!world.kinds(&number(1)).contains(&"call-answered".to_owned()));
}

#[tokio::test]
async fn a_phone_that_calls_is_busy_and_cannot_place_a_second_call() {
    let world = World::start().await;
    world.service.answers_xml("/voice", MENU);
    world.carrier.set_phone(&number(1), PhoneSetting { answering: Answering::Screening, after_ms: None }).unwrap();
    world.carrier.call_in(&number(1), None).unwrap();
    world.until(|entry| matches!(entry.event, LogEvent::Said { .. })).await;
    assert!(world.carrier.call_in(&number(1), None).unwrap_err().contains("another call"));
    assert_eq!(world.control("/_phone/call", json!({ "from": number(1) })).await.status(), 409);
    let call = world.call(&number(1), &[]).await;
    assert_eq!(world.over(&call).await, CallStatus::Busy);
}

#[tokio::test]
async fn a_call_completes_and_the_refusal_is_logged_if_the_service_has_no_document() {
    let world = World::start().await;
    let call = world.carrier.call_in(&number(1), Some(picks_up())).unwrap();
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    assert!(world.kinds(&number(1)).contains(&"twiml-refused".to_owned()));
}
