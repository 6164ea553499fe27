//! Configuration of a simulated carrier.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Serialize;
use thiserror::Error;

use super::number::PhoneNumber;

/// Duration of a spoken character: about 150 words per minute.
const SPEECH_PER_CHARACTER: Duration = Duration::from_millis(65);
/// Delay between accepting and dialing, and between dialing and ringing. It is long enough that the response to the
/// request usually arrives before the first callback, as with a real carrier.
const DIAL_AFTER: Duration = Duration::from_millis(40);

/// The SID of a Twilio account: `AC` and 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSid(String);

/// The error for a string that is not an account SID.
#[derive(Debug, Error)]
#[error("expected AC and 32 hexadecimal digits, found {found:?}")]
pub struct NotAnAccountSid {
    found: String,
}

impl AccountSid {
    /// Parses an account SID.
    ///
    /// # Errors
    /// Fails if the string is not `AC` and 32 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, NotAnAccountSid> {
        let well_formed = text
            .strip_prefix("AC")
            .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if well_formed { Ok(Self(text.to_owned())) } else { Err(NotAnAccountSid { found: text.to_owned() }) }
    }

    /// Returns the SID as a string.
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

/// The auth tokens of the account. Requests may use either token. Webhooks are signed with the primary token.
#[derive(Clone)]
pub struct AuthTokens {
    /// The token that is in use.
    pub primary: String,
    /// The next token during a rotation. Absent otherwise.
    pub secondary: Option<String>,
}

/// A Standard API key of the account. Requests may use it instead of a token, except to read the account itself
/// (<https://www.twilio.com/docs/iam/api-keys>). Webhooks are not signed with it.
#[derive(Clone)]
pub struct ApiKey {
    /// The key's identifier, which is the user name of requests: `SK…`.
    pub sid: String,
    /// The key's secret, which is the password of requests.
    pub secret: String,
}

/// Maps a public URL, which is signed, to the URL that is requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Base of the public URL: `https://sixthirty.example`.
    pub public: String,
    /// Base of the requested URL: `http://127.0.0.1:4566/_aws/execute-api/<id>/$default`.
    pub base: String,
}

/// A text as AWS End User Messaging publishes it on an SNS topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SnsText {
    /// Phone number of the sender.
    pub origination_number: PhoneNumber,
    /// Phone number of the service.
    pub destination_number: PhoneNumber,
    /// The keyword that matched the text.
    pub message_keyword: String,
    /// The body of the text.
    pub message_body: String,
    /// Id of the text. A second text with the same id is a duplicate.
    pub inbound_message_id: String,
}

/// Publishes a text to an SNS topic. The owner of the stack provides this function, because the carrier does not know
/// the topic.
pub type SnsPublisher = Arc<dyn Fn(SnsText) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Durations at the carrier.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Length of a second in `Pause`, `Gather`, the ring timeout, the time limit of a call and machine detection, and
    /// in the default times of a mailbox or of a phone that screens calls.
    pub second: Duration,
    /// Duration of a character in `Say`.
    pub speech_per_character: Duration,
    /// Delay between accepting and dialing, and between dialing and ringing. Also the usual delay before a text's next
    /// status.
    pub dial_after: Duration,
}

impl Timing {
    /// Returns durations like those of a real carrier.
    #[must_use]
    pub fn real_time() -> Self {
        Self { second: Duration::from_secs(1), speech_per_character: SPEECH_PER_CHARACTER, dial_after: DIAL_AFTER }
    }
}

/// Configuration of a simulated carrier.
#[derive(Clone)]
pub struct CarrierConfig {
    /// Address to listen on. With port 0, a free port is chosen.
    pub bind: SocketAddr,
    /// The only account.
    pub account: AccountSid,
    /// The auth tokens of the account.
    pub tokens: AuthTokens,
    /// The only API key of the account, if there is one.
    pub api_key: Option<ApiKey>,
    /// Phone number of the service: people text it and call it, and the service calls people from it.
    pub service_number: PhoneNumber,
    /// URL of the webhook for incoming texts, with connection overrides in the fragment:
    /// `https://sixthirty.example/sms#rc=3&rp=all`.
    pub sms_url: String,
    /// URL of the webhook for calls to the service's number, with connection overrides in the fragment.
    pub voice_url: String,
    /// Initial routes. More may be set at run time.
    pub routes: Vec<Route>,
    /// Durations at the carrier.
    pub timing: Timing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strings_in_twilios_format_are_account_sids() {
        assert!(AccountSid::parse("AC0123456789abcdefABCDEF0123456789").is_ok());
        for bad in ["", "AC", "AC0123", "CA0123456789abcdef0123456789abcdef", "AC0123456789abcdef0123456789abcdeg"] {
            assert!(AccountSid::parse(bad).is_err(), "{bad}");
        }
    }
}
