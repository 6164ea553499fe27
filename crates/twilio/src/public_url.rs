//! The service's public URL, which Twilio calls and signs.

use std::str::FromStr;

use http::Uri;
use reminder::wire::{CallRoute, CallStep, TextRoute};

/// Asks Twilio to retry a webhook twice after every failure: a 4xx, a 5xx, a failed connection or a missing response.
/// By default Twilio retries once, and only after a failed connection. Twilio's policies have no word for 429 alone,
/// which the API answers while it throttles, and which reaches no function. The price is that a 400, 403, 404 or 413 is
/// repeated twice too. That happens only if the configuration is wrong (a token or a URL), each such request is refused
/// before the table is read, and `rc` bounds it. The fragment is neither sent nor signed
/// (<https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>).
const OVERRIDES: &str = "#rc=2&rp=all";

/// The scheme and host of the service, with an optional port and an optional prefix of all paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    scheme: Scheme,
    host: String,
    port: Option<u16>,
    path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn name_and_port(self) -> (&'static str, u16) {
        match self {
            Self::Http => ("http", 80),
            Self::Https => ("https", 443),
        }
    }
}

/// The error for a text that is not a public URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected http:// or https://, a host and an optional path, found {found:?}")]
pub struct NotAPublicUrl {
    found: String,
}

impl FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    fn from_str(text: &str) -> Result<Self, NotAPublicUrl> {
        let refused = || NotAPublicUrl { found: text.to_owned() };
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err(refused()),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(refused)?;
        if uri.query().is_some() || text.contains('#') {
            return Err(refused());
        }
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { scheme, host: authority.host().to_owned(), port: authority.port_u16(), path })
    }
}

impl PublicUrl {
    /// Returns the URL of a path. The path must begin with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        self.spelled(self.port, path)
    }

    /// Returns the URL that Twilio calls for one step of a call.
    #[must_use]
    pub fn callback(&self, route: &CallRoute, step: CallStep) -> String {
        self.webhook(&route.path(step))
    }

    /// Returns the URL to which Twilio reports the status of a text.
    #[must_use]
    pub fn text_callback(&self, route: &TextRoute) -> String {
        self.webhook(&route.path())
    }

    /// Returns the URL of a path that Twilio calls, with the options that ask Twilio to retry. The path must begin with
    /// a slash.
    #[must_use]
    pub fn webhook(&self, path: &str) -> String {
        let mut url = self.join(path);
        url.push_str(OVERRIDES);
        url
    }

    /// Returns both forms in which Twilio may have signed a URL: as configured, and with the port added or removed.
    /// Some parts of Twilio add the default port and others remove it. Twilio's own libraries try both forms too
    /// (twilio-python, `request_validator.py`).
    pub(super) fn spellings(&self, path_and_query: &str) -> [String; 2] {
        let (_, default) = self.scheme.name_and_port();
        let other = if self.port.is_some() { None } else { Some(default) };
        [self.spelled(self.port, path_and_query), self.spelled(other, path_and_query)]
    }

    fn spelled(&self, port: Option<u16>, path: &str) -> String {
        let (scheme, _) = self.scheme.name_and_port();
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{}{port}{}{path}", self.host, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> PublicUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_path_is_appended_to_the_configured_url() {
        for (base, expected) in [
            ("https://sixthirty.example", "https://sixthirty.example/sms"),
            ("https://sixthirty.example/", "https://sixthirty.example/sms"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/sms"),
            ("http://[::1]:8080/$default/", "http://[::1]:8080/$default/sms"),
        ] {
            assert_eq!(url(base).join("/sms"), expected);
        }
    }

    #[test]
    fn a_url_is_tried_with_and_without_its_port() {
        for (base, expected) in [
            ("https://a.example", ["https://a.example/x?y=1", "https://a.example:443/x?y=1"]),
            ("http://a.example", ["http://a.example/x?y=1", "http://a.example:80/x?y=1"]),
            ("https://a.example:8443", ["https://a.example:8443/x?y=1", "https://a.example/x?y=1"]),
        ] {
            assert_eq!(url(base).spellings("/x?y=1"), expected);
        }
    }

    #[test]
    fn a_malformed_public_url_is_refused() {
        for bad in
            ["", "a.example", "ftp://a.example", "https://", "https://u:p@a.example", "https://a.example?q", "/x"]
        {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }
}
