//! A service with scripted responses, which records the requests that it receives.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::signature::sign;

/// Auth token with which webhooks are signed.
pub(super) const TOKEN: &str = "primary";
/// Public base URL of the service.
pub(super) const PUBLIC: &str = "https://sixthirty.example";

/// A received request.
#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) method: String,
    /// Path and query, without the leading `/base` of the route.
    pub(super) address: String,
    pub(super) form: Vec<(String, String)>,
    signature: String,
    pub(super) idempotency_token: String,
}

impl Got {
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let mut values = self.form.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "expected {name} once");
        value
    }

    /// Returns whether the request is signed for the public URL with the primary token.
    pub(super) fn is_signed(&self) -> bool {
        self.signature == sign(TOKEN, &format!("{PUBLIC}{}", self.address), &self.form)
    }
}

/// A scripted response.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) after: Duration,
    pub(super) content_type: &'static str,
}

impl Answer {
    pub(super) fn xml(body: &str) -> Self {
        Self { status: 200, body: body.to_owned(), after: Duration::ZERO, content_type: "text/xml" }
    }

    pub(super) fn status(status: u16) -> Self {
        Self { status, ..Self::xml("") }
    }
}

/// The requests that were received, and the next responses of each path.
#[derive(Default)]
struct Desk {
    got: Vec<Got>,
    answers: BTreeMap<String, VecDeque<Answer>>,
}

pub(super) struct Service {
    pub(super) addr: SocketAddr,
    desk: Arc<Mutex<Desk>>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Service {
    pub(super) async fn start() -> Self {
        let desk = Arc::new(Mutex::new(Desk::default()));
        let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&desk));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { addr, desk, server }
    }

    /// Sets the responses of a path. The last response is repeated.
    pub(super) fn answers(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        self.desk.lock().unwrap().answers.insert(path.to_owned(), answers.into_iter().collect());
    }

    pub(super) fn answers_xml(&self, path: &str, body: &str) {
        self.answers(path, [Answer::xml(body)]);
    }

    /// Returns the received requests to a path.
    pub(super) fn got(&self, path: &str) -> Vec<Got> {
        let desk = self.desk.lock().unwrap();
        desk.got.iter().filter(|got| got.address.split('?').next() == Some(path)).cloned().collect()
    }

    /// Returns the paths of the received requests with their queries, in order.
    pub(super) fn paths(&self) -> Vec<String> {
        self.desk.lock().unwrap().got.iter().map(|got| got.address.clone()).collect()
    }
}

async fn answer(State(desk): State<Arc<Mutex<Desk>>>, head: Parts, body: Bytes) -> Response {
    let address = head.uri.path_and_query().unwrap().as_str().strip_prefix("/base").unwrap().to_owned();
    let path = address.split('?').next().unwrap().to_owned();
    let text = |name: &str| head.headers.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned());
    let got = Got {
        method: head.method.to_string(),
        address,
        form: form_urlencoded::parse(&body).into_owned().collect(),
        signature: text("x-twilio-signature"),
        idempotency_token: text("i-twilio-idempotency-token"),
    };
    let answer = {
        let mut desk = desk.lock().unwrap();
        desk.got.push(got);
        match desk.answers.get_mut(&path) {
            Some(answers) if answers.len() > 1 => answers.pop_front().unwrap(),
            Some(answers) => answers.front().unwrap().clone(),
            None => Answer::status(204),
        }
    };
    tokio::time::sleep(answer.after).await;
    let status = StatusCode::from_u16(answer.status).unwrap();
    (status, [(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response()
}
