//! Reads REST requests and checks their credentials.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::form::Form;
use super::problem::Problem;
use crate::connection::Connection;
use crate::state::{RecordedRequest, SharedState};

/// An authenticated request.
pub(super) struct ApiRequest {
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
    if !authorized(&state, &head.headers) {
        return Err(Problem::unauthorized());
    }
    let path = head.uri.path().to_owned();
    if account == state.config.account.as_str() {
        Ok(ApiRequest { state, connection, path, form })
    } else {
        Err(Problem::not_found(&path))
    }
}

fn authorized(state: &SharedState, headers: &HeaderMap) -> bool {
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
