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
use super::fault::{Fault, Kind, Request, Subject};
use super::live_call;
use super::log::What;
use super::number::PhoneNumber;
use super::port::Wire;
use super::sid::Sid;
use super::state::{Board, Recorded};
use super::texts;

/// The routes of the API.
pub(super) fn routes() -> Router<Board> {
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
struct Asked {
    board: Board,
    wire: Wire,
    path: String,
    form: Form,
}

/// Reads a request, and refuses one without the account's credentials.
fn asked(board: Board, wire: Wire, account: &str, head: &Parts, body: &[u8]) -> Result<Asked, Problem> {
    let form = Form::read(body);
    let text = |name: header::HeaderName| head.headers.get(name)?.to_str().ok().map(str::to_owned);
    board.record(Recorded {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        content_type: text(header::CONTENT_TYPE),
        user_agent: text(header::USER_AGENT),
        form: form.pairs().to_vec(),
    });
    if !authorised(&board, &head.headers) {
        return Err(Problem::unauthorised());
    }
    let path = head.uri.path().to_owned();
    if account == board.settings.account.as_str() {
        Ok(Asked { board, wire, path, form })
    } else {
        Err(Problem::not_found(&path))
    }
}

fn authorised(board: &Board, headers: &HeaderMap) -> bool {
    let presented = || {
        let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
        String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
    };
    let tokens = &board.settings.tokens;
    let user = board.settings.account.as_str();
    presented().is_some_and(|presented| {
        let mut known = std::iter::once(&tokens.primary).chain(&tokens.secondary);
        known.any(|token| presented == format!("{user}:{token}"))
    })
}

async fn create_call(
    State(board): State<Board>,
    Extension(wire): Extension<Wire>,
    Path(account): Path<String>,
    head: Parts,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked = asked(board, wire, &account, &head, &body)?;
    create(asked, Subject::Calls, |asked, fault| {
        let order = calls::read_order(&asked.board, &asked.form)?;
        Ok(live_call::place(&asked.board, order, fault).resource(&asked.board.settings.account))
    })
    .await
}

async fn create_message(
    State(board): State<Board>,
    Extension(wire): Extension<Wire>,
    Path(account): Path<String>,
    head: Parts,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked = asked(board, wire, &account, &head, &body)?;
    create(asked, Subject::Messages, |asked, fault| {
        let order = messages::read_order(&asked.board, &asked.form)?;
        Ok(texts::send(&asked.board, order, fault).resource(&asked.board.settings.account))
    })
    .await
}

/// Makes what was asked for, or notes why it was refused.
async fn create(
    asked: Asked,
    subject: Subject,
    make: impl FnOnce(&Asked, Option<&Fault>) -> Result<Value, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let number = asked.form.recipient();
    let noted = number.clone();
    let work = Work { subject, request: Request::Create, number };
    work.under_faults(asked, move |asked, fault| {
        let made = make(asked, fault);
        let made = made.inspect_err(|problem| note_refusal(&asked.board, subject, noted.as_ref(), problem));
        Ok((StatusCode::CREATED, made?))
    })
    .await
}

async fn fetch_call(
    State(board): State<Board>,
    Extension(wire): Extension<Wire>,
    Path((account, file)): Path<(String, String)>,
    head: Parts,
) -> Result<Response, Problem> {
    let asked = asked(board, wire, &account, &head, &[])?;
    let sid = sid_of(&file, &asked.path)?;
    let number = asked.board.call(&sid).map(|call| call.order.to);
    let work = Work { subject: Subject::Calls, request: Request::Fetch, number };
    work.under_faults(asked, move |asked, _| {
        let call = asked.board.call(&sid).ok_or_else(|| Problem::not_found(&asked.path))?;
        Ok((StatusCode::OK, call.resource(&asked.board.settings.account)))
    })
    .await
}

async fn update_call(
    State(board): State<Board>,
    Extension(wire): Extension<Wire>,
    Path((account, file)): Path<(String, String)>,
    head: Parts,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked = asked(board, wire, &account, &head, &body)?;
    let sid = sid_of(&file, &asked.path)?;
    let number = asked.board.call(&sid).map(|call| call.order.to);
    let work = Work { subject: Subject::Calls, request: Request::Update, number };
    work.under_faults(asked, move |asked, _| {
        let call = calls::update(&asked.board, &sid, &asked.form, &asked.path)?;
        Ok((StatusCode::OK, call.resource(&asked.board.settings.account)))
    })
    .await
}

async fn fetch_message(
    State(board): State<Board>,
    Extension(wire): Extension<Wire>,
    Path((account, file)): Path<(String, String)>,
    head: Parts,
) -> Result<Response, Problem> {
    let asked = asked(board, wire, &account, &head, &[])?;
    let sid = sid_of(&file, &asked.path)?;
    let number = asked.board.message(&sid).map(|message| message.to);
    let work = Work { subject: Subject::Messages, request: Request::Fetch, number };
    work.under_faults(asked, move |asked, _| {
        let message = asked.board.message(&sid).ok_or_else(|| Problem::not_found(&asked.path))?;
        Ok((StatusCode::OK, message.resource(&asked.board.settings.account)))
    })
    .await
}

/// Resources are asked for as `<sid>.json`; nothing else is spoken here.
fn sid_of(file: &str, path: &str) -> Result<Sid, Problem> {
    file.strip_suffix(".json").map(Sid::given).ok_or_else(|| Problem::not_found(path))
}

/// What a request is about, by which faults find it.
struct Work {
    subject: Subject,
    request: Request,
    number: Option<PhoneNumber>,
}

type Made = Result<(StatusCode, Value), Problem>;

impl Work {
    /// Does what was asked, or what a fault makes of it. It is done to the end also when whoever asked has gone: a
    /// carrier does not notice.
    async fn under_faults(
        self,
        asked: Asked,
        make: impl FnOnce(&Asked, Option<&Fault>) -> Made + Send + 'static,
    ) -> Result<Response, Problem> {
        let (answered, answer) = oneshot::channel();
        let board = Arc::clone(&asked.board);
        let wire = asked.wire.clone();
        board.spawn(async move {
            if let Some(made) = self.make(&asked, make).await {
                // Nobody waiting any more is no failure.
                let _ = answered.send(made);
            }
        });
        match answer.await {
            Ok(made) => made.map(|(status, resource)| (status, Json(resource)).into_response()),
            Err(_) => wire.cut().await,
        }
    }

    /// What is answered; nothing, if the connection is to be closed instead.
    async fn make(self, asked: &Asked, make: impl FnOnce(&Asked, Option<&Fault>) -> Made) -> Option<Made> {
        let faults = &asked.board.faults;
        let fault = self.number.as_ref().and_then(|number| faults.on_request(number, self.subject, self.request));
        let Some(fault) = fault else { return Some(make(asked, None)) };
        match fault.kind {
            Kind::RefuseNumber => {
                let message = format!("Invalid 'To' Phone Number: {}", fault.to);
                self.refuse(asked, Problem::bad(fault.refusal(), message))
            }
            Kind::Http401 => self.refuse(asked, Problem::unauthorised()),
            Kind::Http429 => {
                let retry_after_s = fault.ms.map(|ms| ms.div_ceil(1000));
                self.refuse(asked, Problem::too_many(retry_after_s))
            }
            Kind::Http500 => self.refuse(asked, Problem::own_fault()),
            Kind::CloseBefore => {
                self.note_drop(asked, &fault);
                None
            }
            Kind::CloseAfterAccept => {
                drop(make(asked, Some(&fault)));
                None
            }
            Kind::Slow => {
                tokio::time::sleep(fault.lasts()).await;
                Some(make(asked, Some(&fault)))
            }
            Kind::Hold => {
                let made = make(asked, Some(&fault));
                tokio::time::sleep(fault.lasts()).await;
                Some(made)
            }
            Kind::Busy
            | Kind::NoAnswer
            | Kind::CallFails
            | Kind::CancelRefused
            | Kind::DoubleWebhook
            | Kind::Reorder
            | Kind::LoseWebhook => Some(make(asked, None)),
        }
    }

    fn refuse(&self, asked: &Asked, problem: Problem) -> Option<Made> {
        if self.request == Request::Create {
            note_refusal(&asked.board, self.subject, self.number.as_ref(), &problem);
        }
        Some(Err(problem))
    }

    fn note_drop(&self, asked: &Asked, fault: &Fault) {
        if self.request == Request::Create {
            let fault_name = fault.kind.name().to_owned();
            let what = match self.subject {
                Subject::Calls => What::CallDropped { fault: fault_name },
                Subject::Messages => What::TextDropped { fault: fault_name },
            };
            asked.board.log.write(Some(&fault.to), what);
        }
    }
}

fn note_refusal(board: &Board, subject: Subject, number: Option<&PhoneNumber>, problem: &Problem) {
    let (code, status) = (problem.code, problem.status);
    let what = match subject {
        Subject::Calls => What::CallRefused { code, status },
        Subject::Messages => What::TextRefused { code, status },
    };
    board.log.write(number, what);
}
