//! Reads REST requests and checks their credentials.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::form::Form;
use super::problem::Problem;
use crate::connection::Connection;
use crate::state::{RecordedRequest, SharedState};

/// What a request is authorized by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Authority {
    /// One of the account's tokens. It allows everything.
    Token,
    /// A Standard API key. It does not allow reading the account itself.
    ApiKey,
}

/// An authenticated request.
pub(super) struct ApiRequest {
    pub(super) authority: Authority,
    pub(super) state: SharedState,
    pub(super) connection: Connection,
    pub(super) path: String,
    pub(super) form: Form,
}

/// Reads and records a request. Fails if the credentials are not those of the account, or if the URL names another
/// account.
pub(super) fn read_request(
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
    let authority = authority(&state, &head.headers).ok_or_else(Problem::unauthorized)?;
    let path = head.uri.path().to_owned();
    if account == state.config.account.as_str() {
        Ok(ApiRequest { authority, state, connection, path, form })
    } else {
        Err(Problem::not_found(&path))
    }
}

/// Returns what authorizes a request, or `None` if its credentials are not those of the account.
fn authority(state: &SharedState, headers: &HeaderMap) -> Option<Authority> {
    let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let presented = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let tokens = &state.config.tokens;
    let user = state.config.account.as_str();
    let mut known = std::iter::once(&tokens.primary).chain(&tokens.secondary);
    if known.any(|token| presented == format!("{user}:{token}")) {
        return Some(Authority::Token);
    }
    let key = state.config.api_key.as_ref()?;
    (presented == format!("{}:{}", key.sid, key.secret)).then_some(Authority::ApiKey)
}
