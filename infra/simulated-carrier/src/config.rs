//! What a simulated carrier is told when it starts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Serialize;
use thiserror::Error;

use super::number::PhoneNumber;

/// How long one character takes to say: about 150 words a minute.
const SPEECH_PER_CHARACTER: Duration = Duration::from_millis(65);
/// Between accepting a call and dialing it, and between dialing and ringing. Enough that an answer to the request
/// usually arrives before the first callback, as it does in the world.
const DIAL_AFTER: Duration = Duration::from_millis(40);

/// A Twilio account's identifier: `AC` and 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSid(String);

/// Why a text is not an account's identifier.
#[derive(Debug, Error)]
#[error("expected AC and 32 hexadecimal digits, found {found:?}")]
pub struct NotAnAccountSid {
    found: String,
}

impl AccountSid {
    /// Reads an account's identifier.
    ///
    /// # Errors
    /// It does not have the shape Twilio gives them.
    pub fn parse(text: &str) -> Result<Self, NotAnAccountSid> {
        let well_formed = text
            .strip_prefix("AC")
            .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if well_formed { Ok(Self(text.to_owned())) } else { Err(NotAnAccountSid { found: text.to_owned() }) }
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for AccountSid {
    type Err = NotAnAccountSid;

    fn from_str(text: &str) -> Result<Self, NotAnAccountSid> {
        Self::parse(text)
    }
}

/// The account's tokens. Requests may carry either; webhooks are signed with the primary one.
#[derive(Clone)]
pub struct AuthTokens {
    /// The token in use.
    pub primary: String,
    /// The token that will follow it, while they are being rotated.
    pub secondary: Option<String>,
}

/// Where requests to the operator's public address are really sent on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// What the public URL begins with: it is what is signed, `https://sixthirty.example`.
    pub public: String,
    /// What takes its place when the request is sent: `http://127.0.0.1:4566/_aws/execute-api/<id>/$default`.
    pub base: String,
}

/// A text as AWS End User Messaging publishes it on an SNS topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SnsText {
    /// Who texted.
    pub origination_number: PhoneNumber,
    /// The number they texted to.
    pub destination_number: PhoneNumber,
    /// The keyword that matched.
    pub message_keyword: String,
    /// What they wrote.
    pub message_body: String,
    /// The text's id; the same one again is the same text again.
    pub inbound_message_id: String,
}

/// Publishes a text on the stack's topic. Whoever owns the stack supplies it, since only they know the topic.
pub type SnsPublisher = Arc<dyn Fn(SnsText) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// How long things take at this carrier.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How long a second lasts: of `Pause`, `Gather`, the ring time-out and the time limit of a call.
    pub second: Duration,
    /// How long one character of `Say` takes.
    pub speech_per_character: Duration,
    /// Between accepting a call and dialing it, and again between dialing and ringing.
    pub dial_after: Duration,
}

impl Timing {
    /// As fast as people speak and wait.
    #[must_use]
    pub fn real_time() -> Self {
        Self { second: Duration::from_secs(1), speech_per_character: SPEECH_PER_CHARACTER, dial_after: DIAL_AFTER }
    }
}

/// What a simulated carrier is told when it starts.
#[derive(Clone)]
pub struct CarrierConfig {
    /// Where to listen; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The one account there is.
    pub account: AccountSid,
    /// The account's tokens.
    pub tokens: AuthTokens,
    /// The number the service owns: what people text, and what calls them.
    pub service_number: PhoneNumber,
    /// Where an incoming text is posted, with connection overrides in the fragment:
    /// `https://sixthirty.example/sms#rc=3&rp=5xx,ct,rt`.
    pub sms_url: String,
    /// Known routes; more may be set at run time.
    pub routes: Vec<Route>,
    /// How long things take.
    pub timing: Timing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_twilio_could_have_given_is_an_account() {
        assert!(AccountSid::parse("AC0123456789abcdefABCDEF0123456789").is_ok());
        for bad in ["", "AC", "AC0123", "CA0123456789abcdef0123456789abcdef", "AC0123456789abcdef0123456789abcdeg"] {
            assert!(AccountSid::parse(bad).is_err(), "{bad}");
        }
    }
}
