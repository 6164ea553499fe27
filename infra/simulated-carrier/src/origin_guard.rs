//! Who may ask on the carrier's own port: programs of this machine. No page is served there, so no page asks: one of
//! another site could otherwise text the service, or make the carrier fail.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Browsers send it with what a page requests from this machine, also where they send no origin: for an image, say.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets requests through that no browser sent for a page.
pub(super) async fn keep(request: Request, next: Next) -> Response {
    match refusal(request.headers()) {
        Some((status, reason)) => (status, reason).into_response(),
        None => next.run(request).await,
    }
}

/// Why a request is refused. A browser's request is recognized by the headers that programs do not send. A page whose
/// own domain resolves to this machine may send neither when it only reads, and is recognized by the host it names.
fn refusal(headers: &HeaderMap) -> Option<(StatusCode, &'static str)> {
    if headers.contains_key(header::ORIGIN) || headers.contains_key(SEC_FETCH_SITE) {
        return Some((StatusCode::FORBIDDEN, "no page may ask here\n"));
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    let is_address = name.parse::<std::net::IpAddr>().is_ok();
    let ours = is_address || name.eq_ignore_ascii_case("localhost");
    (!ours).then_some((StatusCode::MISDIRECTED_REQUEST, "expected an address or localhost as the host\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(header::HeaderName, &'static str)], expected: Option<StatusCode>) {
        let headers: HeaderMap =
            pairs.iter().map(|(name, value)| (name.clone(), header::HeaderValue::from_static(value))).collect();
        assert_eq!(refusal(&headers).map(|(status, _)| status), expected, "{pairs:?}");
    }

    #[test]
    fn programs_are_let_through_and_pages_are_not() {
        for host in ["127.0.0.1:53307", "localhost:53307", "[::1]:53307", "127.0.0.1"] {
            check(&[(header::HOST, host)], None);
            check(&[(header::HOST, host), (header::ORIGIN, "https://other.example")], Some(StatusCode::FORBIDDEN));
            check(&[(header::HOST, host), (header::ORIGIN, "null")], Some(StatusCode::FORBIDDEN));
            check(&[(header::HOST, host), (SEC_FETCH_SITE, "cross-site")], Some(StatusCode::FORBIDDEN));
        }
        for host in ["other.example:53307", "localhost.other.example", ""] {
            check(&[(header::HOST, host)], Some(StatusCode::MISDIRECTED_REQUEST));
        }
    }
}
