//! A redrive against queues that fail in the middle.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::*;

/// What was asked of the queues, in order.
type Asked = Arc<Mutex<Vec<String>>>;

/// Queues of which the second holds three letters, one more held by somebody else, and whose source takes one letter.
async fn answer(State(asked): State<Asked>, headers: HeaderMap, body: String) -> Response {
    let request: Value = serde_json::from_str(&body).unwrap();
    let operation = headers["x-amz-target"].to_str().unwrap().rsplit('.').next().unwrap().to_owned();
    let full = request["QueueUrl"].as_str().is_some_and(|url| url.contains("DialDeadLetters"));
    let mut asked = asked.lock().unwrap();
    let first = !asked.contains(&format!("{operation} {full}"));
    asked.push(format!("{operation} {full}"));
    let answer = match operation.as_str() {
        "ListQueues" => {
            let names = ["InboundDeadLetters", "InboundQueue", "DialDeadLetters", "DialQueue", "ScheduleDeadLetters"];
            json!({ "QueueUrls": names.map(|name| format!("http://127.0.0.1/0/sixthirty-local-{name}-A")) })
        }
        "ReceiveMessage" if full && first => {
            let letter = |id| json!({ "MessageId": id, "ReceiptHandle": id, "Body": "hello" });
            let letters = ["m-1", "m-2", "m-3"].map(letter);
            json!({ "Messages": letters })
        }
        "GetQueueAttributes" if full => json!({ "Attributes": { "ApproximateNumberOfMessagesNotVisible": "4" } }),
        "GetQueueAttributes" => json!({ "Attributes": { "ApproximateNumberOfMessagesNotVisible": "0" } }),
        "SendMessage" if !first => {
            let error = json!({ "__type": "com.amazonaws.sqs#InvalidMessageContents", "message": "not taken" });
            return (StatusCode::BAD_REQUEST, error.to_string()).into_response();
        }
        "ChangeMessageVisibilityBatch" => json!({ "Successful": [], "Failed": [] }),
        _ => json!({}),
    };
    answer.to_string().into_response()
}

#[tokio::test]
async fn a_redrive_that_fails_midway_tells_what_it_sent_and_puts_back_the_rest() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let access = Access::at(format!("http://{}", listener.local_addr().unwrap()));
    let asked = Asked::default();
    let router = Router::new().fallback(answer).with_state(asked.clone());
    let queues = async { axum::serve(listener, router).await.unwrap() };
    let redriven = tokio::select! {
        redriven = redrive(&access, &Selection::All, PoisonHandling::Redrive) => redriven.unwrap(),
        () = queues => panic!("expected the queues to stay"),
    };
    assert_eq!(redriven.redriven.iter().map(|dead| dead.id.as_str()).collect::<Vec<_>>(), ["m-1"]);
    let lines = redriven.lines();
    assert!(lines.starts_with("sent back   DialDeadLetters m-1"), "{lines}");
    assert!(lines.contains("\n1 more in DialDeadLetters is being read by somebody"), "{lines}");
    let why = redriven.check_complete(&Selection::All).unwrap_err().to_string();
    assert!(why.starts_with("m-2 could not be sent to DialQueue"), "{why}");
    assert_eq!(asked.lock().unwrap().last().unwrap(), "ChangeMessageVisibilityBatch true");
}
