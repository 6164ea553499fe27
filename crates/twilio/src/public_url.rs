//! The service's public address, as Twilio is told it and signs it.

use std::str::FromStr;

use http::Uri;
use reminder::wire::{CallRoute, CallStep};

/// What Twilio is asked to do when a webhook fails: two more tries, after a 5xx, a connection that did not come about,
/// or an answer that did not come. By default it tries once more, and only after a connection that did not come about.
/// The fragment is not sent and
/// not signed (<https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>).
const OVERRIDES: &str = "#rc=2&rp=5xx,ct,rt";

/// Scheme and host, perhaps a port, perhaps the beginning of a path.
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

/// A text that is not a public address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected http:// or https://, a host and perhaps the beginning of a path, found {found:?}")]
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
    /// The URL of a path, which begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        self.spelled(self.port, path)
    }

    /// The URL that Twilio calls for one step of a call.
    #[must_use]
    pub fn callback(&self, route: &CallRoute, step: CallStep) -> String {
        let mut url = self.join(&route.path(step));
        url.push_str(OVERRIDES);
        url
    }

    /// The ways Twilio may have written the URL it signed: as configured, and with or without its port, since some of
    /// its parts add the default port and others drop it. Its own libraries try both too
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
    fn a_path_is_joined_to_what_was_configured() {
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
    fn both_spellings_of_the_port_are_tried() {
        for (base, expected) in [
            ("https://a.example", ["https://a.example/x?y=1", "https://a.example:443/x?y=1"]),
            ("http://a.example", ["http://a.example/x?y=1", "http://a.example:80/x?y=1"]),
            ("https://a.example:8443", ["https://a.example:8443/x?y=1", "https://a.example/x?y=1"]),
        ] {
            assert_eq!(url(base).spellings("/x?y=1"), expected);
        }
    }

    #[test]
    fn what_is_not_a_public_address_is_refused() {
        for bad in
            ["", "a.example", "ftp://a.example", "https://", "https://u:p@a.example", "https://a.example?q", "/x"]
        {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }
}
