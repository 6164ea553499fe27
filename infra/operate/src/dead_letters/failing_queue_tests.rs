//! Tests of a redrive during which a queue fails.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::*;

/// The requests that the queues received, in order: the operation, and whether the queue was `DialDeadLetters`.
type Requests = Arc<Mutex<Vec<String>>>;

/// Answers like three dead-letter queues. Only `DialDeadLetters` has messages: three that can be received, and one that
/// another reader has received. Its source queue accepts only one message.
async fn answer(State(requests): State<Requests>, headers: HeaderMap, body: String) -> Response {
    let request: Value = serde_json::from_str(&body).unwrap();
    let operation = headers["x-amz-target"].to_str().unwrap().rsplit('.').next().unwrap().to_owned();
    let is_dial = request["QueueUrl"].as_str().is_some_and(|url| url.contains("DialDeadLetters"));
    let mut requests = requests.lock().unwrap();
    let is_first = !requests.contains(&format!("{operation} {is_dial}"));
    requests.push(format!("{operation} {is_dial}"));
    let answer = match operation.as_str() {
        "ListQueues" => {
            let names = ["InboundDeadLetters", "InboundQueue", "DialDeadLetters", "DialQueue", "ScheduleDeadLetters"];
            json!({ "QueueUrls": names.map(|name| format!("http://127.0.0.1/0/sixthirty-local-{name}-A")) })
        }
        "ReceiveMessage" if is_dial && is_first => {
            let message = |id| json!({ "MessageId": id, "ReceiptHandle": id, "Body": "hello" });
            let messages = ["m-1", "m-2", "m-3"].map(message);
            json!({ "Messages": messages })
        }
        "GetQueueAttributes" if is_dial => json!({ "Attributes": { "ApproximateNumberOfMessagesNotVisible": "4" } }),
        "GetQueueAttributes" => json!({ "Attributes": { "ApproximateNumberOfMessagesNotVisible": "0" } }),
        "SendMessage" if !is_first => {
            let error = json!({ "__type": "com.amazonaws.sqs#InvalidMessageContents", "message": "not taken" });
            return (StatusCode::BAD_REQUEST, error.to_string()).into_response();
        }
        "ChangeMessageVisibilityBatch" => json!({ "Successful": [], "Failed": [] }),
        _ => json!({}),
    };
    answer.to_string().into_response()
}

#[tokio::test]
async fn a_redrive_that_fails_midway_reports_the_redriven_messages_and_releases_the_rest() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let access = Access::at(format!("http://{}", listener.local_addr().unwrap()));
    let requests = Requests::default();
    let router = Router::new().fallback(answer).with_state(requests.clone());
    let queues = async { axum::serve(listener, router).await.unwrap() };
    let redriven = tokio::select! {
        redriven = redrive(&access, &Selection::All, PoisonHandling::Redrive) => redriven.unwrap(),
        () = queues => panic!("expected the queues to keep running"),
    };
    assert_eq!(redriven.redriven.iter().map(|dead| dead.id.as_str()).collect::<Vec<_>>(), ["m-1"]);
    let lines = redriven.lines();
    assert!(lines.starts_with("redriven  DialDeadLetters m-1"), "{lines}");
    assert!(lines.contains("\n1 more message of DialDeadLetters in use by another reader"), "{lines}");
    let why = redriven.check_complete(&Selection::All).unwrap_err().to_string();
    assert!(why.starts_with("could not send m-2 to DialQueue"), "{why}");
    assert_eq!(requests.lock().unwrap().last().unwrap(), "ChangeMessageVisibilityBatch true");
}
