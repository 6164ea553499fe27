//! Twilio's connection overrides in the fragment of a webhook's URL: `#ct=2000&rt=5000&rc=3&rp=5xx,ct`.

use std::time::Duration;

use thiserror::Error;

/// Connect timeout `ct` in milliseconds, with Twilio's bounds and default.
const CONNECT: Bounds = Bounds { least: 100, most: 10_000, default: 5_000 };
/// Read timeout `rt` in milliseconds, with Twilio's bounds and default.
const READ: Bounds = Bounds { least: 100, most: 15_000, default: 15_000 };
/// Total timeout `tt` of all attempts in milliseconds, with Twilio's bounds and default.
const TOTAL: Bounds = Bounds { least: 100, most: 15_000, default: 15_000 };
/// Number of retries `rc`, with Twilio's bounds and default.
const RETRIES: Bounds = Bounds { least: 0, most: 5, default: 1 };

struct Bounds {
    least: u64,
    most: u64,
    default: u64,
}

/// The overrides for requests to a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Overrides {
    pub(super) connect: Duration,
    pub(super) read: Duration,
    pub(super) total: Duration,
    pub(super) retries: u64,
    pub(super) policy: Vec<Retry>,
}

/// A kind of failure after which a request is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retry {
    /// The connection failed.
    Connect,
    /// Connected, but received no complete response.
    Read,
    /// A 4xx response.
    ClientError,
    /// A 5xx response.
    ServerError,
}

/// The error for an invalid override.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("connection override {name}: expected {expected}, found {found:?}")]
pub(super) struct BadOverride {
    name: String,
    expected: String,
    found: String,
}

impl Overrides {
    /// Splits a URL into the part that is requested and signed, and the overrides in its fragment.
    ///
    /// Twilio ignores invalid overrides. Here they are errors, so that a mistake is noticed in development.
    pub(super) fn split(url: &str) -> Result<(&str, Self), BadOverride> {
        let (address, fragment) = url.split_once('#').unwrap_or((url, ""));
        let mut overrides = Self {
            connect: Duration::from_millis(CONNECT.default),
            read: Duration::from_millis(READ.default),
            total: Duration::from_millis(TOTAL.default),
            retries: RETRIES.default,
            policy: vec![Retry::Connect],
        };
        for pair in fragment.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            overrides.set(name, value)?;
        }
        Ok((address, overrides))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), BadOverride> {
        match name {
            "ct" => self.connect = Duration::from_millis(bounded(name, value, &CONNECT)?),
            "rt" => self.read = Duration::from_millis(bounded(name, value, &READ)?),
            "tt" => self.total = Duration::from_millis(bounded(name, value, &TOTAL)?),
            "rc" => self.retries = bounded(name, value, &RETRIES)?,
            "rp" => self.policy = policy(value)?,
            // The edge location and server name indication have no effect on loopback.
            "e" | "sni" => {}
            _ => return Err(bad(name, "one of ct, rt, tt, rc, rp, e, sni", value)),
        }
        Ok(())
    }
}

fn bounded(name: &str, value: &str, bounds: &Bounds) -> Result<u64, BadOverride> {
    let within = |number: &u64| (bounds.least..=bounds.most).contains(number);
    let expected = || format!("a number from {} to {}", bounds.least, bounds.most);
    value.parse().ok().filter(within).ok_or_else(|| bad(name, &expected(), value))
}

fn policy(value: &str) -> Result<Vec<Retry>, BadOverride> {
    let mut policy = Vec::new();
    for word in value.split(',') {
        match word {
            "ct" => policy.push(Retry::Connect),
            "rt" => policy.push(Retry::Read),
            "4xx" => policy.push(Retry::ClientError),
            "5xx" => policy.push(Retry::ServerError),
            "all" => policy.extend([Retry::Connect, Retry::Read, Retry::ClientError, Retry::ServerError]),
            _ => return Err(bad("rp", "4xx, 5xx, ct, rt or all, separated by commas", value)),
        }
    }
    Ok(policy)
}

fn bad(name: &str, expected: &str, found: &str) -> BadOverride {
    BadOverride { name: name.to_owned(), expected: expected.to_owned(), found: found.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_fragment_a_failed_connection_is_retried_once() {
        let (address, overrides) = Overrides::split("https://sixthirty.example/sms").unwrap();
        assert_eq!(address, "https://sixthirty.example/sms");
        assert_eq!((overrides.retries, overrides.policy), (1, vec![Retry::Connect]));
    }

    #[test]
    fn a_fragment_is_parsed_and_is_not_part_of_the_address() {
        let (address, overrides) =
            Overrides::split("https://sixthirty.example/sms?a=1#ct=200&rt=300&tt=900&rc=3&rp=5xx,ct,rt").unwrap();
        assert_eq!(address, "https://sixthirty.example/sms?a=1");
        assert_eq!(overrides.connect, Duration::from_millis(200));
        assert_eq!(overrides.read, Duration::from_millis(300));
        assert_eq!(overrides.total, Duration::from_millis(900));
        assert_eq!(overrides.retries, 3);
        assert_eq!(overrides.policy, [Retry::ServerError, Retry::Connect, Retry::Read]);
    }

    #[test]
    fn an_invalid_override_is_an_error_that_names_it() {
        for (url, name) in [("h#rc=6", "rc"), ("h#ct=99", "ct"), ("h#rp=6xx", "rp"), ("h#retries=1", "retries")] {
            let refused = Overrides::split(url).unwrap_err();
            assert!(refused.to_string().starts_with(&format!("connection override {name}: expected")), "{refused}");
        }
    }
}
