//! The parameters of a REST request, read as Twilio reads them.

use super::problem::Problem;
use crate::number::PhoneNumber;
use crate::twiml::Method;

/// The parameters of a request, in their order. A name may occur several times.
pub(super) struct Form {
    pairs: Vec<(String, String)>,
}

impl Form {
    pub(super) fn read(body: &[u8]) -> Self {
        Self { pairs: form_urlencoded::parse(body).into_owned().collect() }
    }

    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Returns a parameter. Absent if it is missing or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(found, value)| found == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.pairs.iter().filter(move |(found, value)| found == name && !value.is_empty());
        named.map(|(_, value)| value.as_str())
    }

    /// Returns the recipient, by which faults are selected. Absent if the request has no valid recipient.
    pub(super) fn recipient(&self) -> Option<PhoneNumber> {
        self.get("To").and_then(|to| PhoneNumber::parse(to).ok())
    }

    pub(super) fn method(&self, name: &str) -> Result<Method, Problem> {
        match self.get(name).unwrap_or("POST") {
            "POST" => Ok(Method::Post),
            "GET" => Ok(Method::Get),
            found => Err(invalid(name, "GET or POST", found)),
        }
    }

    /// Reads a number of seconds within bounds.
    pub(super) fn seconds(
        &self,
        name: &str,
        default: u64,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> Result<u64, Problem> {
        let Some(text) = self.get(name) else { return Ok(default) };
        let expected = || format!("a number from {} to {}", bounds.start(), bounds.end());
        text.parse().ok().filter(|seconds| bounds.contains(seconds)).ok_or_else(|| invalid(name, &expected(), text))
    }

    /// Reads a URL. Absent if the parameter is missing or empty. Fails with `code` if the URL is invalid.
    pub(super) fn url(&self, name: &str, code: u32) -> Result<Option<String>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(url) if is_web_url(url) => Ok(Some(url.to_owned())),
            Some(url) => Err(Problem::bad(code, format!("{name} is not a valid URL: {url}"))),
        }
    }
}

/// Returns the problem for a value that Twilio would refuse.
pub(super) fn invalid(name: &str, expected: &str, found: &str) -> Problem {
    Problem::bad(20001, format!("Invalid parameter {name}: expected {expected}, found {found}"))
}

fn is_web_url(text: &str) -> bool {
    reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
}
