//! Tests of the REST API.

use serde_json::Value;

use super::service::Answer;
use super::*;
use crate::CallStatus;

async fn problem(response: Response) -> (u16, u64) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], status);
    assert_eq!(body["more_info"], format!("https://www.twilio.com/docs/errors/{}", body["code"]));
    assert!(body["message"].is_string());
    (status, body["code"].as_u64().unwrap())
}

#[tokio::test]
async fn a_call_is_accepted_as_queued_and_starts_when_it_is_dialed() {
    let world = World::start().await;
    let response = world.request_call(&number(1), &[]).await.unwrap();
    assert_eq!(response.status(), 201);
    let created: Value = response.json().await.unwrap();
    assert_eq!((&created["status"], &created["start_time"]), (&Value::from("queued"), &Value::Null));
    assert_eq!(created["to_formatted"], "(212) 555-0101");
    let sid = Sid::given(created["sid"].as_str().unwrap());
    world.until(|entry| matches!(&entry.event, LogEvent::CallRinging { call } if *call == sid)).await;
    let ringing = world.shown(&sid).await;
    assert_eq!(ringing["status"], "ringing");
    assert!(ringing["start_time"].as_str().unwrap().ends_with(" +0000"));
}

#[tokio::test]
async fn the_account_its_number_and_its_registration_are_shown() {
    let world = World::start().await;
    let show = async |url: String| -> Value {
        let response = world.client.get(url).basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    };
    let account = show(format!("{}.json", world.api("").trim_end_matches('/'))).await;
    assert_eq!((&account["status"], &account["type"]), (&Value::from("active"), &Value::from("Full")));
    let numbers = show(world.api("IncomingPhoneNumbers.json?PhoneNumber=%2B12125550100")).await;
    let number = &numbers["incoming_phone_numbers"][0];
    assert_eq!(number["sms_url"], format!("{PUBLIC}/sms#rc=2&rp=5xx,ct,rt&rt=400"));
    let others = show(world.api("IncomingPhoneNumbers.json?PhoneNumber=%2B12125550199")).await;
    assert_eq!(others["incoming_phone_numbers"], Value::Array(Vec::new()));
    let registrations = |path: &str| show(format!("{}/v1/{path}", world.carrier.url()));
    let service = registrations("Services?PageSize=50").await["services"][0]["sid"].as_str().unwrap().to_owned();
    let numbers = registrations(&format!("Services/{service}/PhoneNumbers")).await;
    assert_eq!(numbers["phone_numbers"][0]["sid"], number["sid"]);
    let campaign = registrations(&format!("Services/{service}/Compliance/Usa2p")).await;
    assert_eq!(campaign["compliance"][0]["campaign_status"], "VERIFIED");
}

#[tokio::test]
async fn only_the_accounts_tokens_and_its_api_key_are_accepted() {
    let world = World::start().await;
    let url = world.api("Calls.json");
    let ask = |user: &'static str, token: &'static str| world.client.post(&url).basic_auth(user, Some(token)).send();
    assert_eq!(problem(world.client.post(&url).send().await.unwrap()).await, (401, 20003));
    assert_eq!(problem(ask(ACCOUNT, "wrong").await.unwrap()).await, (401, 20003));
    assert_eq!(problem(ask("AC1", TOKEN).await.unwrap()).await, (401, 20003));
    for token in [TOKEN, SECONDARY] {
        assert_eq!(problem(ask(ACCOUNT, token).await.unwrap()).await, (400, 21201));
    }
    assert_eq!(problem(ask(API_KEY, API_KEY_SECRET).await.unwrap()).await, (400, 21201));
    for (user, password) in [(API_KEY, TOKEN), (ACCOUNT, API_KEY_SECRET), (API_KEY, "wrong")] {
        assert_eq!(problem(ask(user, password).await.unwrap()).await, (401, 20003), "{user}");
    }
    let account_url = format!("{}.json", world.api("").trim_end_matches('/'));
    let by_key = world.client.get(account_url).basic_auth(API_KEY, Some(API_KEY_SECRET)).send().await.unwrap();
    assert_eq!(problem(by_key).await, (401, 20003));
    let other_account_url = url.replace(ACCOUNT, &format!("AC{}", "9".repeat(32)));
    let refused = world.client.post(other_account_url).basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap();
    assert_eq!(problem(refused).await, (404, 20404));
}

#[tokio::test]
async fn an_invalid_call_request_is_refused_with_twilios_code() {
    let world = World::start().await;
    let good = [("To", "+12125550101"), ("From", SERVICE), ("Url", "https://sixthirty.example/twiml")];
    for (name, value, code) in [
        ("To", "", 21201),
        ("To", "milk", 21211),
        ("From", "", 21213),
        ("From", "milk", 21212),
        ("From", "+12125550199", 21210),
        ("Url", "", 21205),
        ("Url", "not a url", 21205),
        ("StatusCallback", "nowhere", 21609),
        ("StatusCallbackEvent", "dialed", 21626),
        ("Timeout", "0", 20001),
        ("Timeout", "601", 20001),
        ("TimeLimit", "soon", 20001),
        ("Method", "PUT", 20001),
        ("MachineDetection", "yes", 20001),
        ("Twiml", &"a".repeat(4001), 20001),
    ] {
        let mut form: Vec<_> = good.into_iter().filter(|(known, _)| *known != name).collect();
        form.push((name, value));
        let refused = world.post("Calls.json", &form).await.unwrap();
        assert_eq!(problem(refused).await, (400, code), "{name}={value}");
    }
    // Two requests have no valid recipient, so their refusals are logged without a number.
    assert_eq!(world.kinds(&number(1)).iter().filter(|kind| *kind == "call-refused").count(), 13);
    assert!(!world.kinds(&number(1)).contains(&"call-requested".to_owned()));
}

#[tokio::test]
async fn an_invalid_text_request_is_refused_with_twilios_code() {
    let world = World::start().await;
    let good = [("To", "+12125550101"), ("From", SERVICE), ("Body", "buy milk")];
    for (name, value, code) in [
        ("To", "", 21604),
        ("To", "milk", 21211),
        ("From", "", 21603),
        ("From", "milk", 21212),
        ("From", "+12125550199", 21606),
        ("Body", "", 21602),
        ("Body", &"a".repeat(1601), 21617),
        ("StatusCallback", "nowhere", 21609),
    ] {
        let mut form: Vec<_> = good.into_iter().filter(|(known, _)| *known != name).collect();
        form.push((name, value));
        let refused = world.post("Messages.json", &form).await.unwrap();
        assert_eq!(problem(refused).await, (400, code), "{name}={value}");
    }
}

#[tokio::test]
async fn an_unknown_resource_is_not_found() {
    let world = World::start().await;
    for path in ["Calls/CA00000000000000000000000000000000.json", "Messages/SM1.json", "Calls/CA1", "Recordings.json"] {
        assert_eq!(problem(world.get(path).await).await, (404, 20404), "{path}");
    }
    assert_eq!(problem(world.get("Calls.json").await).await, (405, 20004));
}

#[tokio::test]
async fn a_text_is_delivered_and_its_status_is_reported() {
    let world = World::start().await;
    let callback = format!("{PUBLIC}/delivery");
    let response = world.request_text(&number(1), &[("StatusCallback", &callback)]).await.unwrap();
    assert_eq!(response.status(), 201);
    let created: Value = response.json().await.unwrap();
    assert_eq!((&created["status"], &created["body"]), (&Value::from("queued"), &Value::from("buy milk")));
    world
        .until(|entry| matches!(&entry.event, LogEvent::Webhook { told, .. } if told.as_deref() == Some("delivered")))
        .await;
    let reported = world.service.got("/delivery");
    assert_eq!(
        reported.iter().map(|got| got.value("MessageStatus").unwrap()).collect::<Vec<_>>(),
        ["queued", "sent", "delivered"]
    );
    assert!(reported.iter().all(|got| got.is_signed() && got.value("MessageSid") == created["sid"].as_str()));
    let path = format!("Messages/{}.json", created["sid"].as_str().unwrap());
    let shown: Value = world.get(&path).await.json().await.unwrap();
    assert_eq!(shown["status"], "delivered");
    assert_eq!(world.kinds(&number(1)), ["text-out"]);
}

#[tokio::test]
async fn a_ringing_call_is_canceled_and_its_end_is_reported() {
    let world = World::start().await;
    let call = world.call(&number(1), &[]).await;
    world.until(|entry| matches!(entry.event, LogEvent::CallRinging { .. })).await;
    let path = format!("Calls/{call}.json");
    let response = world.post(&path, &[("Status", "canceled")]).await.unwrap();
    assert_eq!(response.json::<Value>().await.unwrap()["status"], "canceled");
    assert_eq!(world.over(&call).await, CallStatus::Canceled);
    world.told("/status").await;
    let reported = world.service.got("/status");
    assert_eq!((reported[0].value("CallStatus"), reported[0].value("CallDuration")), (Some("canceled"), Some("0")));
    let again = world.post(&path, &[("Status", "canceled")]).await.unwrap();
    assert_eq!(problem(again).await, (400, 21220));
    let kinds = ["call-requested", "call-initiated", "call-ringing", "call-cancelled", "call-ended", "cancel-refused"];
    assert_eq!(world.kinds(&number(1)), kinds);
    assert!(world.service.got("/twiml").is_empty());
}

#[tokio::test]
async fn a_call_in_progress_is_completed_but_not_canceled() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", "<Response><Pause length=\"600\"/></Response>");
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.call(&number(1), &[]).await;
    world.told("/twiml").await;
    let path = format!("Calls/{call}.json");
    let cancelled = world.post(&path, &[("Status", "canceled")]).await.unwrap();
    assert_eq!(cancelled.json::<Value>().await.unwrap()["status"], "in-progress");
    let ended = world.post(&path, &[("Status", "completed")]).await.unwrap();
    assert_eq!(ended.json::<Value>().await.unwrap()["status"], "completed");
    assert_eq!(world.over(&call).await, CallStatus::Completed);
}

#[tokio::test]
async fn a_call_in_progress_is_redirected_to_another_document() {
    let world = World::start().await;
    world.service.answers_xml("/twiml", "<Response><Pause length=\"600\"/></Response>");
    world.service.answers("/other", [Answer::xml("<Response><Say>goodbye</Say></Response>")]);
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.call(&number(1), &[]).await;
    world.told("/twiml").await;
    let url = format!("{PUBLIC}/other");
    world.post(&format!("Calls/{call}.json"), &[("Url", &url)]).await.unwrap().error_for_status().unwrap();
    assert_eq!(world.over(&call).await, CallStatus::Completed);
    let said = world.until(|entry| matches!(entry.event, LogEvent::Said { .. })).await;
    assert!(matches!(said.event, LogEvent::Said { words, .. } if words == "goodbye"));
}
