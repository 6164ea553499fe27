//! Refuses the requests that web pages send to the carrier's own port. That port is only for programs on this machine.
//! The page of another site could otherwise send texts to the service, or add faults.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Header that browsers add to every request of a page to `localhost` or to a loopback address, even if the request has
/// no `Origin` header, for example for an image.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Middleware that passes only requests that do not come from a web page.
pub(super) async fn keep(request: Request, next: Next) -> Response {
    match refusal(request.headers()) {
        Some((status, reason)) => (status, reason).into_response(),
        None => next.run(request).await,
    }
}

/// Returns why a request is refused, or nothing if it is allowed. Browsers send two headers that programs do not send.
/// If the domain of a page resolves to this machine, a GET request of the page may have neither header, but its `Host`
/// header names that domain.
fn refusal(headers: &HeaderMap) -> Option<(StatusCode, &'static str)> {
    if headers.contains_key(header::ORIGIN) || headers.contains_key(SEC_FETCH_SITE) {
        return Some((StatusCode::FORBIDDEN, "expected a request of a program, not of a web page\n"));
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    let is_address = name.parse::<std::net::IpAddr>().is_ok();
    let ours = is_address || name.eq_ignore_ascii_case("localhost");
    (!ours).then_some((StatusCode::MISDIRECTED_REQUEST, "expected an IP address or localhost as the host\n"))
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
    fn requests_of_programs_are_allowed_and_requests_of_pages_are_refused() {
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
