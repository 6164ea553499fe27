//! Refuses requests of other sites, and sets the security headers of every response.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Allows only the page's own files as scripts, styles and images, and forbids framing the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

/// Headers of every response.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Checks requests by the host names of this server.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    hosts: [String; 2],
}

impl Guard {
    /// Creates the guard of a server on this port of loopback.
    pub(super) fn of(port: u16) -> Self {
        Self { hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")] }
    }

    /// Returns the refusal of a request, or nothing if it is allowed. A request to a foreign domain that resolves to
    /// loopback has a foreign host. A request of another site's page has a foreign origin, or it has no origin, for
    /// example the request for an image. Such a page can't read the response. Programs send no origin either.
    fn refusal(&self, headers: &HeaderMap) -> Option<Response> {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        if !self.is_ours(host) {
            return Some(
                (StatusCode::MISDIRECTED_REQUEST, format!("expected one of the hosts {:?}\n", self.hosts))
                    .into_response(),
            );
        }
        let origins = headers.get_all(header::ORIGIN).iter();
        let mut origins = origins.map(|origin| origin.to_str().ok().and_then(|text| text.strip_prefix("http://")));
        if origins.all(|origin| origin.is_some_and(|host| self.is_ours(host))) {
            None
        } else {
            Some((StatusCode::FORBIDDEN, "expected a request of the page itself\n").into_response())
        }
    }

    fn is_ours(&self, host: &str) -> bool {
        self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host))
    }
}

/// Middleware that refuses requests to a foreign host or with a foreign origin, and sets the security headers.
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
