//! Twilio's REST API, as far as a reminder needs it.

mod calls;
mod form;
mod messages;
pub(super) mod problem;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::sync::oneshot;

use self::form::Form;
use self::problem::Problem;
use super::connection::Connection;
use super::fault::{Fault, FaultKind, RequestKind};
use super::live_call;
use super::log::LogEvent;
use super::number::PhoneNumber;
use super::sid::Sid;
use super::state::{RecordedRequest, SharedState};
use super::texts;
use super::webhook_kind::ResourceKind;

/// The routes of the API.
pub(super) fn routes() -> Router<SharedState> {
    let api = "/2010-04-01/Accounts/{account}";
    let nothing = |uri: Uri| async move { Problem::not_found(uri.path()) };
    Router::new()
        .route(&format!("{api}/Calls.json"), post(create_call))
        .route(&format!("{api}/Calls/{{file}}"), get(fetch_call).post(update_call))
        .route(&format!("{api}/Messages.json"), post(create_message))
        .route(&format!("{api}/Messages/{{file}}"), get(fetch_message))
        .route("/2010-04-01/{*rest}", axum::routing::any(nothing))
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
}

/// Everything about a request that its handling needs.
struct ApiRequest {
    state: SharedState,
    connection: Connection,
    path: String,
    form: Form,
}

/// Reads a request, and refuses one without the account's credentials.
fn read_request(
    state: SharedState,
    connection: Connection,
    account: &str,
    head: &Parts,
    body: &[u8],
) -> Result<ApiRequest, Problem> {
    let form = Form::read(body);
    let text = |name: header::HeaderName| head.headers.get(name)?.to_str().ok().map(str::to_owned);
    state.record(RecordedRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        content_type: text(header::CONTENT_TYPE),
        user_agent: text(header::USER_AGENT),
        form: form.pairs().to_vec(),
    });
    if !authorised(&state, &head.headers) {
        return Err(Problem::unauthorised());
    }
    let path = head.uri.path().to_owned();
    if account == state.config.account.as_str() {
        Ok(ApiRequest { state, connection, path, form })
    } else {
        Err(Problem::not_found(&path))
    }
}

fn authorised(state: &SharedState, headers: &HeaderMap) -> bool {
    let presented = || {
        let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
        String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
    };
    let tokens = &state.config.tokens;
    let user = state.config.account.as_str();
    presented().is_some_and(|presented| {
        let mut known = std::iter::once(&tokens.primary).chain(&tokens.secondary);
        known.any(|token| presented == format!("{user}:{token}"))
    })
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

/// Makes what was asked for, or notes why it was refused.
async fn create(
    api: ApiRequest,
    resource: ResourceKind,
    make: impl FnOnce(&ApiRequest, Option<&Fault>) -> Result<Value, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let number = api.form.recipient();
    let noted = number.clone();
    let work = RequestTarget { resource, request: RequestKind::Create, number };
    work.under_faults(api, move |api, fault| {
        let made = make(api, fault);
        let made = made.inspect_err(|problem| note_refusal(&api.state, resource, noted.as_ref(), problem));
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
    let number = api.state.call(&sid).map(|call| call.order.to);
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
    let number = api.state.call(&sid).map(|call| call.order.to);
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

/// Resources are asked for as `<sid>.json`; nothing else is spoken here.
fn sid_of(file: &str, path: &str) -> Result<Sid, Problem> {
    file.strip_suffix(".json").map(Sid::given).ok_or_else(|| Problem::not_found(path))
}

/// What a request is about, by which faults find it.
struct RequestTarget {
    resource: ResourceKind,
    request: RequestKind,
    number: Option<PhoneNumber>,
}

type ApiResult = Result<(StatusCode, Value), Problem>;

impl RequestTarget {
    /// Does what was asked, or what a fault makes of it. It is done to the end also when whoever asked has gone: a
    /// carrier does not notice.
    async fn under_faults(
        self,
        api: ApiRequest,
        make: impl FnOnce(&ApiRequest, Option<&Fault>) -> ApiResult + Send + 'static,
    ) -> Result<Response, Problem> {
        let (answered, answer) = oneshot::channel();
        let state = Arc::clone(&api.state);
        let connection = api.connection.clone();
        state.spawn(async move {
            if let Some(made) = self.make(&api, make).await {
                // Nobody waiting any more is no failure.
                let _ = answered.send(made);
            }
        });
        match answer.await {
            Ok(made) => made.map(|(status, resource)| (status, Json(resource)).into_response()),
            Err(_) => connection.cut().await,
        }
    }

    /// What is answered; nothing, if the connection is to be closed instead.
    async fn make(
        self,
        api: &ApiRequest,
        make: impl FnOnce(&ApiRequest, Option<&Fault>) -> ApiResult,
    ) -> Option<ApiResult> {
        let faults = &api.state.faults;
        let fault = self.number.as_ref().and_then(|number| faults.on_request(number, self.resource, self.request));
        let Some(fault) = fault else { return Some(make(api, None)) };
        match fault.kind {
            FaultKind::RefuseNumber => {
                let message = format!("Invalid 'To' Phone Number: {}", fault.to);
                self.refuse(api, Problem::bad(fault.refusal(), message))
            }
            FaultKind::Http401 => self.refuse(api, Problem::unauthorised()),
            FaultKind::Http429 => {
                let retry_after_s = fault.ms.map(|ms| ms.div_ceil(1000));
                self.refuse(api, Problem::too_many(retry_after_s))
            }
            FaultKind::Http500 => self.refuse(api, Problem::own_fault()),
            FaultKind::CloseBefore => {
                self.note_drop(api, &fault);
                None
            }
            FaultKind::CloseAfterAccept => {
                drop(make(api, Some(&fault)));
                None
            }
            FaultKind::Slow => {
                tokio::time::sleep(fault.lasts()).await;
                Some(make(api, Some(&fault)))
            }
            FaultKind::Hold => {
                let made = make(api, Some(&fault));
                tokio::time::sleep(fault.lasts()).await;
                Some(made)
            }
            FaultKind::Busy
            | FaultKind::NoAnswer
            | FaultKind::CallFails
            | FaultKind::CancelRefused
            | FaultKind::DoubleWebhook
            | FaultKind::Reorder
            | FaultKind::LoseWebhook => Some(make(api, None)),
        }
    }

    fn refuse(&self, api: &ApiRequest, problem: Problem) -> Option<ApiResult> {
        if self.request == RequestKind::Create {
            note_refusal(&api.state, self.resource, self.number.as_ref(), &problem);
        }
        Some(Err(problem))
    }

    fn note_drop(&self, api: &ApiRequest, fault: &Fault) {
        if self.request == RequestKind::Create {
            let fault_name = fault.kind.name().to_owned();
            let event = match self.resource {
                ResourceKind::Calls => LogEvent::CallDropped { fault: fault_name },
                ResourceKind::Messages => LogEvent::TextDropped { fault: fault_name },
            };
            api.state.log.write(Some(&fault.to), event);
        }
    }
}

fn note_refusal(state: &SharedState, resource: ResourceKind, number: Option<&PhoneNumber>, problem: &Problem) {
    let (code, status) = (problem.code, problem.status);
    let event = match resource {
        ResourceKind::Calls => LogEvent::CallRefused { code, status },
        ResourceKind::Messages => LogEvent::TextRefused { code, status },
    };
    state.log.write(number, event);
}
