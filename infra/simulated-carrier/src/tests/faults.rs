//! Tests that each fault has its effect, and only on its number.

use std::time::Instant;

use super::service::Answer;
use super::*;
use crate::{CallStatus, RequestKind, ResourceKind, WebhookKind};

fn count_of(world: &World, kind: &str) -> usize {
    world.kinds(&number(1)).iter().filter(|found| *found == kind).count()
}

async fn code(response: Response) -> u64 {
    response.json::<Value>().await.unwrap()["code"].as_u64().unwrap()
}

#[tokio::test]
async fn a_fault_decides_how_a_call_ends() {
    let world = World::start().await;
    for (kind, ending) in [
        (FaultKind::Busy, CallStatus::Busy),
        (FaultKind::NoAnswer, CallStatus::NoAnswer),
        (FaultKind::CallFails, CallStatus::Failed),
    ] {
        let ms = (kind == FaultKind::NoAnswer).then_some(20);
        world.fault(Fault { ms, ..Fault::once(number(1), kind) });
        let call = world.call(&number(1), &[]).await;
        assert_eq!(world.over(&call).await, ending);
    }
}

#[tokio::test]
async fn requests_are_refused_with_the_code_of_their_fault() {
    let world = World::start().await;
    for (kind, status, expected) in [
        (FaultKind::RefuseNumber, 400, 21211),
        (FaultKind::Http401, 401, 20003),
        (FaultKind::Http429, 429, 20429),
        (FaultKind::Http500, 500, 20500),
    ] {
        world.fault(Fault { times: 2, ..Fault::once(number(1), kind) });
        let call = world.request_call(&number(1), &[]).await.unwrap();
        let text = world.request_text(&number(1), &[]).await.unwrap();
        for refused in [call, text] {
            assert_eq!(refused.status(), status);
            assert_eq!(code(refused).await, expected);
        }
        assert_eq!(world.request_call(&number(2), &[]).await.unwrap().status(), 201);
    }
    assert_eq!((count_of(&world, "call-refused"), count_of(&world, "text-refused")), (4, 4));
    assert_eq!((count_of(&world, "call-requested"), count_of(&world, "text-out")), (0, 0));
    world.fault(Fault { code: Some(21217), ..Fault::once(number(1), FaultKind::RefuseNumber) });
    assert_eq!(code(world.request_call(&number(1), &[]).await.unwrap()).await, 21217);
    world.fault(Fault { ms: Some(1500), ..Fault::once(number(1), FaultKind::Http429) });
    let refused = world.request_call(&number(1), &[]).await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "2");
}

#[tokio::test]
async fn close_before_creates_nothing_and_close_after_accept_creates_a_resource() {
    let world = World::start().await;
    world.fault(Fault { times: 2, ..Fault::once(number(1), FaultKind::CloseBefore) });
    let (call, text) = (world.request_call(&number(1), &[]).await, world.request_text(&number(1), &[]).await);
    for closed in [call.unwrap_err(), text.unwrap_err()] {
        assert!(!closed.is_connect() && !closed.is_timeout(), "{closed:?}");
    }
    assert_eq!(world.kinds(&number(1)), ["call-dropped", "text-dropped"]);
    world.fault(Fault { times: 2, ..Fault::once(number(1), FaultKind::CloseAfterAccept) });
    assert!(world.request_call(&number(1), &[]).await.is_err());
    assert!(world.request_text(&number(1), &[]).await.is_err());
    world.until(|entry| matches!(entry.event, LogEvent::CallRinging { .. })).await;
    assert_eq!((count_of(&world, "call-requested"), count_of(&world, "text-out")), (1, 1));
}

#[tokio::test]
async fn a_slow_request_is_processed_later_even_if_the_client_has_disconnected() {
    let world = World::start().await;
    world.fault(Fault { ms: Some(150), ..Fault::once(number(1), FaultKind::Slow) });
    let timed_out = tokio::time::timeout(Duration::from_millis(50), world.request_call(&number(1), &[])).await;
    assert!(timed_out.is_err());
    assert_eq!(count_of(&world, "call-requested"), 0);
    world.until(|entry| matches!(entry.event, LogEvent::CallRequested { .. })).await;
}

#[tokio::test]
async fn a_held_response_does_not_delay_the_call() {
    let world = World::start().await;
    world.fault(Fault { ms: Some(400), ..Fault::once(number(1), FaultKind::Hold) });
    let to = number(1);
    let started = Instant::now();
    let mut answer = std::pin::pin!(world.request_call(&to, &[]));
    tokio::select! {
        answer = &mut answer => panic!("expected no response before the phone rang, found {answer:?}"),
        _ = world.until(|entry| matches!(entry.event, LogEvent::CallRinging { .. })) => {}
    }
    assert_eq!(answer.await.unwrap().status(), 201);
    assert!(started.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn a_refused_cancel_leaves_the_phone_ringing() {
    let world = World::start().await;
    world.faulty(&number(1), FaultKind::CancelRefused);
    let call = world.call(&number(1), &[]).await;
    let path = format!("Calls/{call}.json");
    let refused = world.post(&path, &[("Status", "canceled")]).await.unwrap();
    assert_eq!((refused.status().as_u16(), code(refused).await), (400, 21220));
    assert_eq!(count_of(&world, "cancel-refused"), 1);
    world.until(|entry| matches!(entry.event, LogEvent::CallRinging { .. })).await;
    assert_eq!(world.post(&path, &[("Status", "canceled")]).await.unwrap().status(), 200);
    assert_eq!(world.over(&call).await, CallStatus::Canceled);
}

#[tokio::test]
async fn a_doubled_webhook_is_sent_twice_at_the_same_time() {
    let world = World::start().await;
    world.service.answers_xml("/sms", "<Response/>");
    world.faulty(&number(1), FaultKind::DoubleWebhook);
    world.control("/_phone/text", serde_json::json!({"from": number(1), "body": "x"})).await;
    assert_eq!(world.service.got("/sms").len(), 2);
    world.fault(Fault { webhook: Some(WebhookKind::Status), ..Fault::once(number(1), FaultKind::DoubleWebhook) });
    world.service.answers_xml("/twiml", "<Response/>");
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.call(&number(1), &[("StatusCallbackEvent", "initiated")]).await;
    world.over(&call).await;
    assert_eq!((world.service.got("/twiml").len(), world.service.got("/status").len()), (1, 2));
}

#[tokio::test]
async fn a_lost_webhook_is_not_sent_but_the_next_one_is() {
    let world = World::start().await;
    world.fault(Fault { webhook: Some(WebhookKind::Status), ..Fault::once(number(1), FaultKind::LoseWebhook) });
    world.service.answers("/twiml", [Answer::xml("<Response/>")]);
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let events = [("StatusCallbackEvent", "initiated"), ("StatusCallbackEvent", "completed")];
    world.call(&number(1), &events).await;
    world
        .until(|entry| matches!(&entry.event, LogEvent::Webhook { told, .. } if told.as_deref() == Some("completed")))
        .await;
    let reported = world.service.got("/status");
    assert_eq!(reported.iter().map(|got| got.value("CallStatus").unwrap()).collect::<Vec<_>>(), ["completed"]);
    world.fault(Fault { webhook: Some(WebhookKind::Twiml), ..Fault::once(number(1), FaultKind::LoseWebhook) });
    world.carrier.behave(&number(1), vec![picks_up()]).unwrap();
    let call = world.call(&number(1), &events).await;
    world.over(&call).await;
    world
        .until(|entry| matches!(&entry.event, LogEvent::TwimlRefused { reason, .. } if reason.starts_with("lost")))
        .await;
    assert_eq!(world.service.got("/twiml").len(), 1);
    world.fault(Fault { resource: Some(ResourceKind::Messages), ..Fault::once(number(1), FaultKind::LoseWebhook) });
    let text = serde_json::json!({"from": number(1), "body": "x"});
    let outcome: Value = world.control("/_phone/text", text).await.json().await.unwrap();
    assert!(outcome["error"].as_str().unwrap().starts_with("lost"));
    assert!(world.service.got("/sms").is_empty());
}

#[tokio::test]
async fn reordered_callbacks_are_sent_with_the_last_one_first() {
    let world = World::start().await;
    world.faulty(&number(1), FaultKind::Reorder);
    let events = [("StatusCallbackEvent", "initiated"), ("StatusCallbackEvent", "completed"), ("Timeout", "1")];
    world.call(&number(1), &events).await;
    world
        .until(|entry| matches!(&entry.event, LogEvent::Webhook { told, .. } if told.as_deref() == Some("initiated")))
        .await;
    let reported = world.service.got("/status");
    assert_eq!(
        reported.iter().map(|got| got.value("CallStatus").unwrap()).collect::<Vec<_>>(),
        ["no-answer", "initiated"]
    );
    assert_eq!(reported.iter().map(|got| got.value("SequenceNumber").unwrap()).collect::<Vec<_>>(), ["1", "0"]);
}

#[tokio::test]
async fn a_fault_may_apply_to_reading_a_call() {
    let world = World::start().await;
    world.fault(Fault { request: Some(RequestKind::Fetch), ..Fault::once(number(1), FaultKind::Http500) });
    let call = world.call(&number(1), &[]).await;
    let path = format!("Calls/{call}.json");
    assert_eq!(world.get(&path).await.status(), 500);
    assert_eq!(world.get(&path).await.status(), 200);
    assert_eq!(count_of(&world, "call-refused"), 0);
}

#[tokio::test]
async fn an_unreachable_carrier_refuses_connections_until_it_is_reachable_again() {
    let world = World::start().await;
    let closed = world.control("/_carrier/faults", serde_json::json!({"kind": "unreachable", "ms": 150})).await;
    assert_eq!(closed.status(), 200);
    let refused = world.request_call(&number(1), &[]).await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    world.until(|entry| matches!(entry.event, LogEvent::Reachable)).await;
    assert_eq!(world.request_call(&number(1), &[]).await.unwrap().status(), 201);
    assert_eq!(count_of(&world, "call-requested"), 1);
}

#[tokio::test]
async fn a_pooled_connection_is_closed_when_the_carrier_becomes_unreachable() {
    let world = World::start().await;
    let client = Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/_carrier/faults", world.carrier.url());
    client.get(&url).send().await.unwrap().bytes().await.unwrap();
    world.carrier.be_unreachable();
    let refused = world.client.get(&url).send().await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    // The pooled connection is closed shortly afterwards.
    while !client.get(&url).send().await.is_err_and(|error| error.is_connect()) {
        tokio::task::yield_now().await;
    }
    world.carrier.be_reachable();
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_is_closed_and_opened_without_delay() {
    let world = World::start().await;
    let url = format!("{}/_carrier/faults", world.carrier.url());
    for _ in 0..50 {
        world.carrier.be_unreachable();
        assert!(world.client.get(&url).send().await.unwrap_err().is_connect());
        world.carrier.be_reachable();
        assert_eq!(world.client.get(&url).send().await.unwrap().status(), 200);
    }
}
