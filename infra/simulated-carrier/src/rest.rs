//! The part of Twilio's REST API that reminders need.

mod account;
mod calls;
mod faulty;
mod form;
mod messages;
pub(super) mod problem;
mod request;

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Extension, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;

use self::faulty::{RequestTarget, log_refusal};
use self::problem::Problem;
use self::request::{ApiRequest, Authority, read_request};
use super::connection::Connection;
use super::fault::{Fault, RequestKind};
use super::live_call;
use super::sid::Sid;
use super::state::SharedState;
use super::texts;
use super::webhook_kind::ResourceKind;

/// Returns the routes of the API.
pub(super) fn routes() -> Router<SharedState> {
    let api = "/2010-04-01/Accounts/{account}";
    let not_found = |uri: Uri| async move { Problem::not_found(uri.path()) };
    Router::new()
        .route(api, get(fetch_account))
        .route(&format!("{api}/IncomingPhoneNumbers.json"), get(list_numbers))
        .route("/v1/{*resource}", get(list_registrations))
        .route(&format!("{api}/Calls.json"), post(create_call))
        .route(&format!("{api}/Calls/{{file}}"), get(fetch_call).post(update_call))
        .route(&format!("{api}/Messages.json"), post(create_message))
        .route(&format!("{api}/Messages/{{file}}"), get(fetch_message))
        .route("/2010-04-01/{*rest}", axum::routing::any(not_found))
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
}

/// Returns the account. Its id is followed by `.json`. A Standard API key does not allow this.
async fn fetch_account(
    State(state): State<SharedState>,
    Extension(connection): Extension<Connection>,
    Path(file): Path<String>,
    head: Parts,
) -> Result<Response, Problem> {
    let account = file.strip_suffix(".json").unwrap_or(&file);
    let api = read_request(state, connection, account, &head, &[])?;
    if api.authority == Authority::ApiKey {
        return Err(Problem::unauthorized());
    }
    Ok(Json(account::account(&api.state.config)).into_response())
}

async fn list_numbers(
    State(state): State<SharedState>,
    Extension(connection): Extension<Connection>,
    Path(account): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    head: Parts,
) -> Result<Response, Problem> {
    let api = read_request(state, connection, &account, &head, &[])?;
    let wanted = query.get("PhoneNumber").map(String::as_str);
    Ok(Json(account::numbers(&api.state.config, wanted, &api.path)).into_response())
}

/// Returns a list of the API for registrations, which at Twilio has another host.
async fn list_registrations(
    State(state): State<SharedState>,
    Extension(connection): Extension<Connection>,
    Path(resource): Path<String>,
    head: Parts,
) -> Result<Response, Problem> {
    let account = state.config.account.as_str().to_owned();
    let api = read_request(state, connection, &account, &head, &[])?;
    account::registrations(&resource)
        .map(|list| Json(list).into_response())
        .ok_or_else(|| Problem::not_found(&api.path))
}

async fn create_call(
    State(state): State<SharedState>,
    Extension(connection): Extension<Connection>,
    Path(account): Path<String>,
    head: Parts,
    body: Bytes,
) -> Result<Response, Problem> {
    let api = read_request(state, connection, &account, &head, &body)?;
    create(api, ResourceKind::Calls, |api, fault| {
        let order = calls::read_order(&api.state, &api.form)?;
        Ok(live_call::place(&api.state, order, fault).resource(&api.state.config.account))
    })
    .await
}

async fn create_message(
    State(state): State<SharedState>,
    Extension(connection): Extension<Connection>,
    Path(account): Path<String>,
    head: Parts,
    body: Bytes,
) -> Result<Response, Problem> {
    let api = read_request(state, connection, &account, &head, &body)?;
    create(api, ResourceKind::Messages, |api, fault| {
        let order = messages::read_order(&api.state, &api.form)?;
        Ok(texts::send(&api.state, order, fault).resource(&api.state.config.account))
    })
    .await
}

/// Creates the requested resource, or logs the refusal.
async fn create(
    api: ApiRequest,
    resource: ResourceKind,
    make: impl FnOnce(&ApiRequest, Option<&Fault>) -> Result<Value, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let number = api.form.recipient();
    let refused_number = number.clone();
    let work = RequestTarget { resource, request: RequestKind::Create, number };
    work.under_faults(api, move |api, fault| {
        let made = make(api, fault);
        let made = made.inspect_err(|problem| log_refusal(&api.state, resource, refused_number.as_ref(), problem));
        Ok((StatusCode::CREATED, made?))
    })
    .await
}

async fn fetch_call(
    State(state): State<SharedState>,
    Extension(connection): Extension<Connection>,
    Path((account, file)): Path<(String, String)>,
    head: Parts,
) -> Result<Response, Problem> {
    let api = read_request(state, connection, &account, &head, &[])?;
    let sid = sid_of(&file, &api.path)?;
    let number = api.state.call(&sid).map(|call| call.order.person().clone());
    let work = RequestTarget { resource: ResourceKind::Calls, request: RequestKind::Fetch, number };
    work.under_faults(api, move |api, _| {
        let call = api.state.call(&sid).ok_or_else(|| Problem::not_found(&api.path))?;
        Ok((StatusCode::OK, call.resource(&api.state.config.account)))
    })
    .await
}

async fn update_call(
    State(state): State<SharedState>,
    Extension(connection): Extension<Connection>,
    Path((account, file)): Path<(String, String)>,
    head: Parts,
    body: Bytes,
) -> Result<Response, Problem> {
    let api = read_request(state, connection, &account, &head, &body)?;
    let sid = sid_of(&file, &api.path)?;
    let number = api.state.call(&sid).map(|call| call.order.person().clone());
    let work = RequestTarget { resource: ResourceKind::Calls, request: RequestKind::Update, number };
    work.under_faults(api, move |api, _| {
        let call = calls::update(&api.state, &sid, &api.form, &api.path)?;
        Ok((StatusCode::OK, call.resource(&api.state.config.account)))
    })
    .await
}

async fn fetch_message(
    State(state): State<SharedState>,
    Extension(connection): Extension<Connection>,
    Path((account, file)): Path<(String, String)>,
    head: Parts,
) -> Result<Response, Problem> {
    let api = read_request(state, connection, &account, &head, &[])?;
    let sid = sid_of(&file, &api.path)?;
    let number = api.state.message(&sid).map(|message| message.to);
    let work = RequestTarget { resource: ResourceKind::Messages, request: RequestKind::Fetch, number };
    work.under_faults(api, move |api, _| {
        let message = api.state.message(&sid).ok_or_else(|| Problem::not_found(&api.path))?;
        Ok((StatusCode::OK, message.resource(&api.state.config.account)))
    })
    .await
}

/// Reads the id from a file name `<sid>.json`, the only supported format.
fn sid_of(file: &str, path: &str) -> Result<Sid, Problem> {
    file.strip_suffix(".json").map(Sid::given).ok_or_else(|| Problem::not_found(path))
}
