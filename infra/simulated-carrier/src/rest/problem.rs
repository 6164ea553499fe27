//! Twilio's error responses.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refused request, with Twilio's error code.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) code: u32,
    message: String,
    retry_after_s: Option<u64>,
}

impl Problem {
    /// Returns the problem of an invalid request.
    pub(super) fn bad(code: u32, message: impl Into<String>) -> Self {
        Self { status: 400, code, message: message.into(), retry_after_s: None }
    }

    pub(super) fn unauthorized() -> Self {
        Self { status: 401, ..Self::bad(20003, "Authenticate") }
    }

    pub(super) fn not_found(path: &str) -> Self {
        Self { status: 404, ..Self::bad(20404, format!("The requested resource {path} was not found")) }
    }

    pub(super) fn method_not_allowed() -> Self {
        Self { status: 405, ..Self::bad(20004, "Method not allowed") }
    }

    pub(super) fn too_many(retry_after_s: Option<u64>) -> Self {
        Self { status: 429, retry_after_s, ..Self::bad(20429, "Too Many Requests") }
    }

    pub(super) fn internal_error() -> Self {
        Self { status: 500, ..Self::bad(20500, "Internal Server Error") }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status,
        });
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        if self.status == 401 {
            let realm = HeaderValue::from_static("Basic realm=\"Twilio API\"");
            headers.insert(header::WWW_AUTHENTICATE, realm);
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
