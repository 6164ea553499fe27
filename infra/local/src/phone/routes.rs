//! The routes of the page's server.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use jiff::Timestamp;
use judge::Figures;
use serde::Deserialize;
use serde_json::{Value, json};
use simulated_carrier::PhoneNumber;

use super::assets;
use super::flow::ReadFlow;
use super::guard::{self, Guard};
use super::reminders::ReadReminders;
use super::timeline::ReadTimeline;
use super::totals::{ReadLog, ReadTotals};
use crate::chaos_minute::{MinuteRunner, Refusal};
use crate::talk::TalkReport;

/// Configuration of the page's server.
pub struct PageConfig {
    /// Service number, to which the person in the browser sends texts.
    pub service_number: PhoneNumber,
    /// Routes of the simulated carrier: `/_phone` and `/_carrier`.
    pub carrier: Router,
    /// Reads the reminders of a person.
    pub reminders: ReadReminders,
    /// Reads the steps of reminders through the system.
    pub flow: ReadFlow,
    /// Reads the events in the lives of reminders.
    pub timeline: ReadTimeline,
    /// Reads the carrier's log, for the figures in the header.
    pub log: ReadLog,
    /// Runs chaos minutes.
    pub minutes: Arc<MinuteRunner>,
    /// The current step of the talk. Absent if no talk is played.
    pub talk: Option<TalkReport>,
}

/// Seeds are below this number, so that a person can type the command that runs the same plan.
const SEEDS: u64 = 100_000;

/// State of the page's routes.
struct PageState {
    service_number: PhoneNumber,
    /// Identifies this start of the carrier. The log begins again at each start.
    started: Timestamp,
    reminders: ReadReminders,
    flow: ReadFlow,
    timeline: ReadTimeline,
    totals: ReadTotals,
    minutes: Arc<MinuteRunner>,
    talk: Option<TalkReport>,
}

pub(super) fn router(config: PageConfig, port: u16) -> Router {
    let PageConfig { service_number, carrier, reminders, flow, timeline, log, minutes, talk } = config;
    let (started, totals) = (Timestamp::now(), ReadTotals::of(log));
    let state = Arc::new(PageState { service_number, started, reminders, flow, timeline, totals, minutes, talk });
    Router::new()
        .route("/api/service", get(service))
        .route("/api/reminders", get(read_reminders))
        .route("/api/totals", get(read_totals))
        .route("/api/flow", get(read_flow))
        .route("/api/timeline", get(read_timeline))
        .route("/api/chaos", post(start_chaos).get(newest_chaos))
        .route("/api/talk", get(current_step))
        .with_state(state)
        .merge(assets::routes())
        .merge(carrier)
        .layer(middleware::from_fn_with_state(Guard::of(port), guard::keep))
}

/// Answers with the service number, and identifies this start of the carrier.
async fn service(State(state): State<Arc<PageState>>) -> Json<Value> {
    Json(json!({ "number": state.service_number, "started": state.started }))
}

#[derive(Deserialize)]
struct Since {
    since: Option<Timestamp>,
}

/// Answers with the steps since an instant, and with the server's time, from which the page asks next. Without an
/// instant, answers only with the time.
async fn read_flow(State(state): State<Arc<PageState>>, Query(Since { since }): Query<Since>) -> Response {
    let now = Timestamp::now();
    let Some(since) = since else { return Json(json!({ "now": now, "steps": [] })).into_response() };
    match (state.flow)(since).await {
        Ok(steps) => Json(json!({ "now": now, "steps": steps })).into_response(),
        Err(reason) => (StatusCode::BAD_GATEWAY, Json(json!({ "error": reason }))).into_response(),
    }
}

/// Answers with the events since an instant, or else since the start, and with the server's time, from which the page
/// asks next.
async fn read_timeline(State(state): State<Arc<PageState>>, Query(Since { since }): Query<Since>) -> Response {
    let now = Timestamp::now();
    match (state.timeline)(since.unwrap_or(state.started)).await {
        Ok(events) => Json(json!({ "now": now, "events": events })).into_response(),
        Err(reason) => (StatusCode::BAD_GATEWAY, Json(json!({ "error": reason }))).into_response(),
    }
}

/// Answers with what the log since the start tells for certain, and with what the newest judged chaos minute has lost and
/// doubled.
async fn read_totals(State(state): State<Arc<PageState>>) -> Json<Value> {
    let judged =
        state.minutes.judged().map(|Figures { lost, doubled, .. }| json!({ "lost": lost, "doubled": doubled }));
    Json(json!({ "since": state.started, "totals": state.totals.read(), "chaos": judged }))
}

/// Starts a chaos minute, unless one runs.
async fn start_chaos(State(state): State<Arc<PageState>>) -> Response {
    let refused = |status: StatusCode, reason: &str| (status, Json(json!({ "error": reason }))).into_response();
    match state.minutes.start(fastrand::u64(0..SEEDS)) {
        Ok(()) => (StatusCode::ACCEPTED, newest_chaos(State(state)).await).into_response(),
        Err(Refusal::Running) => refused(StatusCode::CONFLICT, "Another chaos minute is running."),
        Err(Refusal::Stopping) => refused(StatusCode::SERVICE_UNAVAILABLE, "cargo local is being stopped."),
    }
}

/// Answers with the newest chaos minute, or null, and with the numbers of the people of all minutes.
async fn newest_chaos(State(state): State<Arc<PageState>>) -> Json<Value> {
    let minutes = &state.minutes;
    Json(json!({ "now": Timestamp::now(), "minute": minutes.newest(), "people": minutes.people() }))
}

/// Answers with whether a talk is played, and with its current step, or null before the first.
async fn current_step(State(state): State<Arc<PageState>>) -> Json<Value> {
    let talk = state.talk.as_ref();
    Json(json!({ "played": talk.is_some(), "step": talk.and_then(TalkReport::shown) }))
}

#[derive(Deserialize)]
struct PersonQuery {
    number: String,
}

/// Answers with the reminders of a person, and with the server's time for the countdowns.
async fn read_reminders(State(state): State<Arc<PageState>>, Query(person): Query<PersonQuery>) -> Response {
    let refused = |status: StatusCode, reason: String| (status, Json(json!({ "error": reason }))).into_response();
    let number = match PhoneNumber::parse(&person.number) {
        Ok(number) => number,
        Err(bad) => return refused(StatusCode::BAD_REQUEST, bad.to_string()),
    };
    match (state.reminders)(number).await {
        Ok(reminders) => Json(json!({ "reminders": reminders, "now": Timestamp::now() })).into_response(),
        Err(reason) => refused(StatusCode::BAD_GATEWAY, reason),
    }
}
