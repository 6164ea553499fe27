//! The routes of the page's server.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use simulated_carrier::PhoneNumber;

use super::assets;
use super::guard::{self, Guard};
use super::reminders::ReadReminders;

/// Configuration of the page's server.
pub struct PageConfig {
    /// Service number, to which the person in the browser sends texts.
    pub service_number: PhoneNumber,
    /// Routes of the simulated carrier: `/_phone` and `/_carrier`.
    pub carrier: Router,
    /// Reads the reminders of a person.
    pub reminders: ReadReminders,
}

/// State of the page's routes.
#[derive(Clone)]
struct PageState {
    service_number: PhoneNumber,
    /// Identifies this start of the carrier. The log begins again at each start.
    started: Timestamp,
    reminders: ReadReminders,
}

pub(super) fn router(config: PageConfig, port: u16) -> Router {
    let PageConfig { service_number, carrier, reminders } = config;
    let state = Arc::new(PageState { service_number, started: Timestamp::now(), reminders });
    Router::new()
        .route("/api/service", get(service))
        .route("/api/reminders", get(read_reminders))
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
