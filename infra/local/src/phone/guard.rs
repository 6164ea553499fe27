//! Who may ask the page's server, and what a browser may do with what it gets.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Nothing is fetched from elsewhere, nothing runs that is not a file of ours, nobody frames the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// Headers of every answer.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The hosts by which this server is called.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    hosts: [String; 2],
}

impl Guard {
    /// The guard of a server on this port of loopback.
    pub(super) fn of(port: u16) -> Self {
        Self { hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")] }
    }

    /// What speaks against a request. A name of somebody else's that leads to loopback is told by its host, another
    /// site's page by its origin; who is no browser sends no origin.
    fn refusal(&self, headers: &HeaderMap) -> Option<Response> {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        if !self.is_ours(host) {
            return Some(
                (StatusCode::MISDIRECTED_REQUEST, format!("expected one of {:?}\n", self.hosts)).into_response(),
            );
        }
        let origins = headers.get_all(header::ORIGIN).iter();
        let mut origins = origins.map(|origin| origin.to_str().ok().and_then(|text| text.strip_prefix("http://")));
        if origins.all(|origin| origin.is_some_and(|host| self.is_ours(host))) {
            None
        } else {
            Some((StatusCode::FORBIDDEN, "only the page itself may ask\n").into_response())
        }
    }

    fn is_ours(&self, host: &str) -> bool {
        self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host))
    }
}

/// Lets requests through that are for this server and from its own page.
pub(super) async fn keep(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut response = match guard.refusal(request.headers()) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
