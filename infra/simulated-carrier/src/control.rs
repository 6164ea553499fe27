//! `/_carrier`: control of the simulation, for tests and checkers.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream::{self, Stream, StreamExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::fault::Fault;
use super::log::{LogEntry, concerns};
use super::number::PhoneNumber;
use super::state::{Reachability, SharedState};

/// Maximum time for which the carrier may be made unreachable, in milliseconds: five minutes.
const MOST_UNREACHABLE_MS: u64 = 300_000;

/// Returns the routes for controlling the carrier.
pub(super) fn routes() -> Router<SharedState> {
    Router::new()
        .route("/_carrier/faults", post(add_fault).delete(clear_faults).get(list_faults))
        .route("/_carrier/log", get(read_log))
        .route("/_carrier/events", get(follow_log))
        .route("/_carrier/requests", get(list_requests))
}

/// A refused request, with the reason.
pub(super) struct Refusal {
    status: StatusCode,
    reason: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into() }
    }

    pub(super) fn bad(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.reason }))).into_response()
    }
}

/// Parses a JSON body. Ignores the content type.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|bad| Refusal::bad(bad.to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unreachable {
    #[serde(rename = "kind")]
    _kind: String,
    ms: Option<u64>,
}

async fn add_fault(State(state): State<SharedState>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let requested: Value = read(&body)?;
    if requested["kind"] == "unreachable" {
        return be_unreachable(&state, &body);
    }
    let fault: Fault = read(&body)?;
    fault.check().map_err(Refusal::bad)?;
    state.faults.add(fault);
    Ok(Json(requested))
}

/// Closes the port for a given time. The time is required, because a request on the closed port could not open it
/// again.
fn be_unreachable(state: &SharedState, body: &[u8]) -> Result<Json<Value>, Refusal> {
    let requested: Unreachable = read(body)?;
    let expected = || Refusal::bad(format!("ms: expected a number from 1 to {MOST_UNREACHABLE_MS} for unreachable"));
    let ms = requested.ms.filter(|ms| (1..=MOST_UNREACHABLE_MS).contains(ms)).ok_or_else(expected)?;
    state.set_reach(Reachability::Closed);
    let task_state = state.clone();
    state.spawn(async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        task_state.set_reach(Reachability::Open);
    });
    Ok(Json(json!({ "kind": "unreachable", "ms": ms })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipient {
    to: Option<PhoneNumber>,
}

async fn clear_faults(State(state): State<SharedState>, Query(recipient): Query<Recipient>) -> StatusCode {
    state.faults.clear(recipient.to.as_ref());
    if recipient.to.is_none() {
        state.set_reach(Reachability::Open);
    }
    StatusCode::NO_CONTENT
}

async fn list_faults(State(state): State<SharedState>) -> Json<Vec<Fault>> {
    Json(state.faults.pending())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogQuery {
    number: Option<PhoneNumber>,
    since: Option<u64>,
}

async fn read_log(State(state): State<SharedState>, Query(query): Query<LogQuery>) -> Result<Response, Refusal> {
    let entries = state.log.since(query.since.unwrap_or_default(), query.number.as_ref());
    lines(&entries)
}

async fn list_requests(State(state): State<SharedState>) -> Result<Response, Refusal> {
    lines(&state.requests())
}

fn lines<T: serde::Serialize>(items: &[T]) -> Result<Response, Refusal> {
    let mut text = String::new();
    for item in items {
        let line = serde_json::to_string(item);
        text += &line.map_err(|bad| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, bad.to_string()))?;
        text.push('\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], text).into_response())
}

/// Streams the log. A client that reconnects sends the id of its last entry, so that it misses no entry. Browsers do
/// so by themselves.
async fn follow_log(
    State(state): State<SharedState>,
    Query(query): Query<LogQuery>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let last_seq = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let (before, after) = state.log.follow(last_seq.or(query.since));
    // If a client is too far behind, its stream ends. The client then reconnects and continues from its last entry.
    let after = stream::unfold(after, |mut after| async { Some((after.recv().await.ok()?, after)) });
    let number = query.number;
    let entries = stream::iter(before).chain(after);
    let entries = entries.filter(move |entry| std::future::ready(concerns(entry, number.as_ref())));
    let mut reach = state.reach.subscribe();
    let stopped = async move { drop(reach.wait_for(|reach| *reach == Reachability::Stopped).await) };
    Sse::new(entries.take_until(stopped).map(|entry| Ok(event(&entry)))).keep_alive(KeepAlive::default())
}

fn event(entry: &LogEntry) -> Event {
    let event = Event::default().id(entry.seq.to_string());
    // Serializing an entry should not fail. If it does, the client still gets an event with its id.
    event.json_data(entry).unwrap_or_else(|_| Event::default().id(entry.seq.to_string()).data("{}"))
}
