//! Tests of the status of texts from the service: delivered or not, with regular or faulty reports.

use serde_json::json;

use super::texts::text;
use super::*;
use crate::{DeliveryEnd, DeliveryScript, Reports};

fn ends(then: DeliveryEnd, code: Option<u32>) -> DeliveryScript {
    DeliveryScript { then, code, ..DeliveryScript::default() }
}

impl World {
    /// Sends a text as scripted, and returns its id.
    async fn scripted_text(&self, script: DeliveryScript) -> String {
        self.carrier.deliver(&number(1), vec![script]).unwrap();
        let callback = format!("{PUBLIC}/delivery");
        let response = self.request_text(&number(1), &[("StatusCallback", &callback)]).await.unwrap();
        response.json::<Value>().await.unwrap()["sid"].as_str().unwrap().to_owned()
    }

    /// Waits until this many statuses were reported, and returns them.
    async fn reports(&self, path: &str, count: usize) -> Vec<(String, Option<String>)> {
        let wanted = format!("{PUBLIC}{path}");
        let is_report = |entry: &LogEntry| matches!(&entry.event, LogEvent::Webhook { url, .. } if *url == wanted);
        self.until(|entry| is_report(entry) && self.service.got(path).len() >= count).await;
        let got = self.service.got(path);
        assert!(got.iter().all(super::service::Got::is_signed));
        let report = |got: &super::service::Got| {
            (got.value("MessageStatus").unwrap().to_owned(), got.value("ErrorCode").map(str::to_owned))
        };
        got.iter().map(report).collect()
    }

    async fn until_status(&self, sid: &str, status: MessageStatus) {
        let is_end = |entry: &LogEntry| {
            matches!(&entry.event, LogEvent::TextStatus { message, status: found, .. }
                if message.as_str() == sid && *found == status)
        };
        self.until(is_end).await;
    }
}

fn report(status: &str, code: Option<&str>) -> (String, Option<String>) {
    (status.to_owned(), code.map(str::to_owned))
}

#[tokio::test]
async fn an_undelivered_text_is_reported_with_its_code_and_can_be_fetched() {
    let world = World::start().await;
    let sid = world.scripted_text(ends(DeliveryEnd::Undelivered, Some(30034))).await;
    let expected = [report("queued", None), report("sent", None), report("undelivered", Some("30034"))];
    assert_eq!(world.reports("/delivery", 3).await, expected);
    let fetched: Value = world.get(&format!("Messages/{sid}.json")).await.json().await.unwrap();
    assert_eq!((&fetched["status"], &fetched["error_code"]), (&json!("undelivered"), &json!(30034)));
}

#[tokio::test]
async fn a_failed_text_was_never_sent() {
    let world = World::start().await;
    let sid = world.scripted_text(ends(DeliveryEnd::Failed, None)).await;
    assert_eq!(world.reports("/delivery", 2).await, [report("queued", None), report("failed", Some("30008"))]);
    let fetched: Value = world.get(&format!("Messages/{sid}.json")).await.json().await.unwrap();
    assert_eq!(fetched["date_sent"], Value::Null);
}

#[tokio::test]
async fn status_reports_may_be_out_of_order_doubled_or_lost() {
    let world = World::start().await;
    let reports = |reports| DeliveryScript { reports, ..DeliveryScript::default() };
    world.scripted_text(reports(Reports::LastFirst)).await;
    let reversed = ["delivered", "sent", "queued"].map(|status| report(status, None));
    assert_eq!(world.reports("/delivery", 3).await, reversed);

    let world = World::start().await;
    world.scripted_text(reports(Reports::Doubled)).await;
    let doubled = ["queued", "queued", "sent", "sent", "delivered", "delivered"].map(|status| report(status, None));
    assert_eq!(world.reports("/delivery", 6).await, doubled);

    let world = World::start().await;
    let sid = world.scripted_text(reports(Reports::Lost)).await;
    world.until_status(&sid, MessageStatus::Delivered).await;
    assert!(world.service.got("/delivery").is_empty());
}

#[tokio::test]
async fn a_text_may_keep_the_status_sent_or_be_delivered_late() {
    let world = World::start().await;
    let sid = world.scripted_text(ends(DeliveryEnd::Sent, None)).await;
    assert_eq!(world.reports("/delivery", 2).await, [report("queued", None), report("sent", None)]);
    let late = world.scripted_text(DeliveryScript { after_ms: Some(100), ..DeliveryScript::default() }).await;
    world.until_status(&late, MessageStatus::Delivered).await;
    let fetched: Value = world.get(&format!("Messages/{sid}.json")).await.json().await.unwrap();
    assert_eq!(fetched["status"], "sent");
}

#[tokio::test]
async fn the_status_of_an_answer_is_reported_if_its_document_asks_for_it() {
    let world = World::start().await;
    world.service.answers_xml(
        "/sms",
        "<Response><Message statusCallback=\"/answers\">OK</Message><Message>two</Message></Response>",
    );
    world.carrier.deliver(&number(1), vec![ends(DeliveryEnd::Undelivered, Some(30003))]).unwrap();
    world.control("/_phone/text", json!({ "from": number(1), "body": "x" })).await;
    let expected = [report("queued", None), report("sent", None), report("undelivered", Some("30003"))];
    assert_eq!(world.reports("/answers", 3).await, expected);
    let replies = world.carrier.log(Some(&number(1))).into_iter().filter_map(|entry| match entry.event {
        LogEvent::Answer { reply, .. } => reply,
        _ => None,
    });
    let answers: Vec<Sid> = replies.collect();
    let sid = world.service.got("/answers")[0].value("MessageSid").unwrap().to_owned();
    assert_eq!(answers.first().map(Sid::as_str), Some(sid.as_str()));
}

#[tokio::test]
async fn an_invalid_script_is_refused_with_its_index() {
    let world = World::start().await;
    let scripts = json!({ "number": number(1), "texts": [{}, { "code": 30003 }] });
    let refused = world.control("/_phone/deliveries", scripts).await;
    assert_eq!(refused.status(), 400);
    assert!(refused.json::<Value>().await.unwrap()["error"].as_str().unwrap().starts_with("texts[1]: code: "));
    let scripts = json!({ "number": number(1), "texts": [{ "then": "undelivered", "code": 30005 }] });
    assert_eq!(world.control("/_phone/deliveries", scripts).await.status(), 204);
}

#[tokio::test]
async fn the_answer_to_a_person_who_opted_out_is_reported_as_failed() {
    let world = World::start().await;
    let answer = "<Response><Message statusCallback=\"/answered\">OK</Message></Response>";
    world.service.answers_xml("/sms", answer);
    text(&world, json!({"from": number(1), "body": "STOP"})).await;
    assert_eq!(text(&world, json!({"from": number(1), "body": "resume"})).await["answer"], json!([]));
    let failed = report("failed", Some("21610"));
    assert!(world.reports("/answered", 4).await.contains(&failed));
    text(&world, json!({"from": number(1), "body": "yes"})).await;
    assert_eq!(text(&world, json!({"from": number(1), "body": "hello"})).await["answer"], json!(["OK"]));
}
