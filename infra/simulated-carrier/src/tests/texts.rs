//! Tests of texts from people and their answers.

use std::sync::{Arc, Mutex};

use serde_json::json;

use super::service::Answer;
use super::*;
use crate::SnsText;

pub(super) async fn text(world: &World, body: Value) -> Value {
    let response = world.control("/_phone/text", body).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

fn attempts(world: &World) -> Vec<Option<u16>> {
    let entries = world.carrier.log(None);
    let statuses = entries.into_iter().filter_map(|entry| match entry.event {
        LogEvent::Webhook { status, .. } => Some(status),
        _ => None,
    });
    statuses.collect()
}

#[tokio::test]
async fn a_text_is_signed_and_its_answer_is_returned() {
    let world = World::start().await;
    let answer = "<Response><Message>OK</Message><Message>buy milk &amp; bread</Message></Response>";
    world.service.answers_xml("/sms", answer);
    let outcome = text(&world, json!({"from": number(1), "body": "Remind me to buy milk"})).await;
    assert_eq!(outcome["status"], 200);
    assert_eq!(outcome["answer"], json!(["OK", "buy milk & bread"]));
    assert_eq!(outcome["twiml"], answer);
    let [got] = &world.service.got("/sms")[..] else { panic!("expected one request") };
    assert!(got.is_signed());
    for (name, value) in [
        ("MessageSid", outcome["id"].as_str().unwrap()),
        ("SmsSid", outcome["id"].as_str().unwrap()),
        ("AccountSid", ACCOUNT),
        ("From", "+12125550101"),
        ("To", SERVICE),
        ("Body", "Remind me to buy milk"),
        ("NumMedia", "0"),
        ("SmsStatus", "received"),
    ] {
        assert_eq!(got.value(name), Some(value), "{name}");
    }
    assert_eq!(world.kinds(&number(1)), ["text-in", "answer", "answer"]);
}

#[tokio::test]
async fn an_empty_answer_is_valid() {
    let world = World::start().await;
    for answer in [Answer::xml("<Response/>"), Answer::status(204), Answer::status(200)] {
        world.service.answers("/sms", [answer]);
        let outcome = text(&world, json!({"from": number(1), "body": "STOP"})).await;
        assert_eq!((&outcome["answer"], &outcome["error"]), (&json!([]), &Value::Null));
    }
}

#[tokio::test]
async fn the_carrier_answers_a_word_that_opts_out_or_in_itself() {
    let world = World::start().await;
    let carrier = async |body: &str| {
        world.service.answers("/sms", [Answer::xml("<Response/>")]);
        text(&world, json!({"from": number(1), "body": body})).await["carrier"].clone()
    };
    assert!(carrier("STOP").await.as_str().unwrap().starts_with("You have been unsubscribed"));
    assert!(carrier("START").await.as_str().unwrap().starts_with("You have been subscribed again"));
    assert_eq!(carrier("LIST").await, Value::Null);
}

#[tokio::test]
async fn copies_of_a_text_have_the_same_id() {
    let world = World::start().await;
    world.service.answers_xml("/sms", "<Response><Message>OK</Message></Response>");
    let request = json!({"from": number(1), "body": "x", "id": "SM1", "copies": 20});
    let outcome = text(&world, request).await;
    assert_eq!(outcome["copies"].as_array().unwrap().len(), 20);
    text(&world, json!({"from": number(1), "body": "x", "id": "SM1"})).await;
    let got = world.service.got("/sms");
    assert_eq!(got.len(), 21);
    assert!(got.iter().all(|got| got.value("MessageSid") == Some("SM1") && got.is_signed()));
}

#[tokio::test]
async fn a_failed_webhook_is_retried_as_the_connection_overrides_in_its_url_say() {
    let world = World::start().await;
    let answer = Answer::xml("<Response><Message>OK</Message></Response>");
    world.service.answers("/sms", [Answer::status(500), Answer::status(503), answer]);
    let outcome = text(&world, json!({"from": number(1), "body": "x"})).await;
    assert_eq!(outcome["answer"], json!(["OK"]));
    assert_eq!(attempts(&world), [Some(500), Some(503), Some(200)]);
    let got = world.service.got("/sms");
    let token = &got[0].idempotency_token;
    assert!(!token.is_empty() && got.iter().all(|request| request.idempotency_token == *token));
}

#[tokio::test]
async fn retries_are_limited_and_a_refusal_is_not_retried() {
    let world = World::start().await;
    world.service.answers("/sms", [Answer::status(500)]);
    let outcome = text(&world, json!({"from": number(1), "body": "x"})).await;
    assert_eq!((&outcome["status"], &outcome["answer"]), (&json!(500), &json!([])));
    assert_eq!(world.service.got("/sms").len(), 3);
    world.service.answers("/sms", [Answer::status(403)]);
    assert_eq!(text(&world, json!({"from": number(1), "body": "x"})).await["status"], 403);
    assert_eq!(world.service.got("/sms").len(), 4);
}

/// A throttling API gateway answers 429. Twilio knows no policy for 429 alone: `4xx` and `all` include it.
#[tokio::test]
async fn a_refusal_is_retried_exactly_if_the_fragment_says_so() {
    let mut world = World::start().await;
    let base = format!("http://{}/base", world.service.addr);
    for (fragment, retried, attempts) in [
        ("", &[][..], 2),
        ("#rc=2", &[], 3),
        ("#rc=2&rp=5xx,ct,rt", &[500, 503], 3),
        ("#rc=2&rp=4xx", &[400, 403, 413, 429], 3),
        ("#rc=1&rp=ct,4xx", &[400, 403, 413, 429], 2),
        ("#rc=0&rp=all", &[], 1),
        ("#rc=2&rp=all", &[400, 403, 413, 429, 500, 503], 3),
    ] {
        let config = CarrierConfig { sms_url: format!("{PUBLIC}/sms{fragment}"), ..config() };
        let carrier = SimulatedCarrier::start(config).await.unwrap();
        carrier.set_route(Route { public: PUBLIC.to_owned(), base: base.clone() });
        world = World { carrier, ..world };
        for status in [204, 400, 403, 413, 429, 500, 503] {
            let before = world.service.got("/sms").len();
            world.service.answers("/sms", [Answer::status(status)]);
            text(&world, json!({"from": number(1), "body": "x"})).await;
            let expected = if retried.contains(&status) { attempts } else { 1 };
            assert_eq!(world.service.got("/sms").len() - before, expected, "{status} with {fragment:?}");
        }
    }
}

#[tokio::test]
async fn a_slow_response_is_retried() {
    let world = World::start().await;
    let slow = Answer { after: Duration::from_millis(700), ..Answer::xml("<Response/>") };
    world.service.answers("/sms", [slow, Answer::xml("<Response><Message>OK</Message></Response>")]);
    let outcome = text(&world, json!({"from": number(1), "body": "x"})).await;
    assert_eq!(outcome["answer"], json!(["OK"]));
    assert_eq!(attempts(&world), [None, Some(200)]);
}

#[tokio::test]
async fn an_unreachable_service_and_a_missing_route_are_different_errors() {
    let world = World::start().await;
    // The listener is dropped immediately, so its port refuses connections.
    let closed_addr = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    world.carrier.set_route(Route { public: PUBLIC.to_owned(), base: format!("http://{closed_addr}") });
    let outcome = text(&world, json!({"from": number(1), "body": "x"})).await;
    assert!(outcome["error"].as_str().unwrap().starts_with("no connection"), "{outcome}");
    assert_eq!((outcome["status"].clone(), attempts(&world).len()), (Value::Null, 3));
    let carrier = SimulatedCarrier::start(config()).await.unwrap();
    let without_route = World { carrier, ..world };
    let outcome = text(&without_route, json!({"from": number(1), "body": "x"})).await;
    assert!(outcome["error"].as_str().unwrap().starts_with("no route"), "{outcome}");
    assert_eq!(attempts(&without_route).len(), 1);
}

#[tokio::test]
async fn an_answer_without_valid_twiml_is_an_error() {
    let world = World::start().await;
    world.service.answers_xml("/sms", "<Response><Say>x</Say></Response>");
    let outcome = text(&world, json!({"from": number(1), "body": "x"})).await;
    assert!(outcome["error"].as_str().unwrap().contains("expected Message or Redirect"), "{outcome}");
    assert_eq!(world.kinds(&number(1)), ["text-in", "twiml-refused"]);
}

#[tokio::test]
async fn an_answer_may_redirect_to_another_document() {
    let world = World::start().await;
    world.service.answers_xml("/sms", "<Response><Redirect>/more</Redirect></Response>");
    world.service.answers_xml("/more", "<Response><Message>OK</Message></Response>");
    let outcome = text(&world, json!({"from": number(1), "body": "x"})).await;
    assert_eq!(outcome["answer"], json!(["OK"]));
    assert!(world.service.got("/more")[0].is_signed());
}

#[tokio::test]
async fn an_answer_may_have_at_most_10_documents() {
    for (documents, answer) in [(10, json!(["OK"])), (11, json!([]))] {
        let world = World::start().await;
        let redirect = Answer::xml("<Response><Redirect>/sms</Redirect></Response>");
        let last = Answer::xml("<Response><Message>OK</Message></Response>");
        world.service.answers("/sms", std::iter::repeat_n(redirect, documents - 1).chain([last]));
        let outcome = text(&world, json!({"from": number(1), "body": "x"})).await;
        assert_eq!(outcome["answer"], answer, "{documents} documents: {outcome}");
        assert_eq!(outcome["error"].is_null(), documents == 10, "{documents} documents: {outcome}");
        assert_eq!(world.service.got("/sms").len(), 10);
    }
}

#[tokio::test]
async fn a_text_is_published_to_sns_in_the_format_of_aws() {
    let world = World::start().await;
    let request = json!({"from": number(1), "body": "hi", "via": "sns", "copies": 2});
    let missing = text(&world, request.clone()).await;
    assert!(missing["error"].as_str().unwrap().contains("topic"));
    let published: Arc<Mutex<Vec<SnsText>>> = Arc::default();
    let topic = Arc::clone(&published);
    world.carrier.set_sns(Arc::new(move |text| {
        topic.lock().unwrap().push(text);
        Box::pin(std::future::ready(Ok(())))
    }));
    let outcome = text(&world, request).await;
    let published = published.lock().unwrap();
    assert_eq!(published.len(), 2);
    let payload = serde_json::to_value(&published[0]).unwrap();
    assert_eq!(payload["originationNumber"], "+12125550101");
    assert_eq!(payload["destinationNumber"], SERVICE);
    assert_eq!(payload["messageBody"], "hi");
    assert_eq!(payload["inboundMessageId"], outcome["id"]);
    assert!(world.service.paths().is_empty());
    assert_eq!(world.kinds(&number(1)), ["text-in"]);
}

#[tokio::test]
async fn a_person_who_opted_out_gets_no_texts_until_they_opt_in_again() {
    let world = World::start().await;
    world.service.answers_xml("/sms", "<Response/>");
    text(&world, json!({"from": number(1), "body": " stop "})).await;
    let refused = world.request_text(&number(1), &[]).await.unwrap();
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], 21610);
    assert_eq!(world.request_text(&number(2), &[]).await.unwrap().status(), 201);
    world.service.answers_xml("/sms", "<Response><Message>OK</Message></Response>");
    assert_eq!(text(&world, json!({"from": number(1), "body": "hello"})).await["answer"], json!([]));
    text(&world, json!({"from": number(1), "body": "START"})).await;
    assert_eq!(world.request_text(&number(1), &[]).await.unwrap().status(), 201);
    assert_eq!(world.service.got("/sms").len(), 3);
}

#[tokio::test]
async fn an_invalid_text_is_refused() {
    let world = World::start().await;
    for (body, reason) in [
        (json!({"from": "milk", "body": "x"}), "+12125550123"),
        (json!({"from": number(1)}), "body"),
        (json!({"from": number(1), "body": "x", "copies": 0}), "copies"),
        (json!({"from": number(1), "body": "x", "copies": 201}), "copies"),
        (json!({"from": number(1), "body": "x", "id": ""}), "id"),
        (json!({"from": number(1), "body": "x", "via": "pigeon"}), "pigeon"),
        (json!({"from": number(1), "body": "x", "form": 1}), "form"),
    ] {
        let refused = world.control("/_phone/text", body).await;
        assert_eq!(refused.status(), 400);
        let error = refused.json::<Value>().await.unwrap()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(reason), "{reason}: {error}");
    }
    assert!(world.carrier.log(None).is_empty());
}
