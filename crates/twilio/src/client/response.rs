//! Reads Twilio's response to a request: the request was carried out, was refused, or has an unknown outcome.

use bytes::Bytes;
use http::StatusCode;
use jiff::SignedDuration;
use reminder::ports::{CarrierError, RefusalScope, Remedy};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

use crate::call_progress::CallProgress;
use crate::codes::{Meaning, is_about_the_account};
use crate::message_progress::MessageProgress;

/// A complete HTTP response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<SignedDuration>,
    pub(super) body: Bytes,
}

/// Twilio's call resource. Other fields are ignored.
#[derive(Debug, Deserialize)]
pub(super) struct CallResource {
    pub(super) sid: String,
    #[serde(deserialize_with = "progress")]
    pub(super) status: CallProgress,
}

/// Twilio's message resource. Other fields are ignored.
#[derive(Debug, Deserialize)]
pub(super) struct MessageResource {
    pub(super) sid: String,
    #[serde(deserialize_with = "message_progress")]
    pub(super) status: MessageProgress,
    pub(super) error_code: Option<u32>,
}

/// The body of a refusal. Its message is not read, because it may repeat the phone number.
#[derive(Debug, Deserialize)]
struct Refusal {
    code: u32,
}

fn progress<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CallProgress, D::Error> {
    let name = String::deserialize(deserializer)?;
    CallProgress::named(&name).ok_or_else(|| D::Error::custom("expected a status that Twilio documents"))
}

fn message_progress<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MessageProgress, D::Error> {
    let name = String::deserialize(deserializer)?;
    MessageProgress::named(&name).ok_or_else(|| D::Error::custom("expected a status that Twilio documents"))
}

impl Response {
    /// Returns the resource in the response, or an error if there is no resource in it.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, CarrierError> {
        if self.status.is_success() {
            return serde_json::from_slice(&self.body).map_err(|_| self.unknown());
        }
        if !self.status.is_client_error() {
            return Err(self.unknown());
        }
        let code = serde_json::from_slice::<Refusal>(&self.body).ok().map(|refusal| refusal.code);
        let Some(code) = code else {
            // A proxy in front of Twilio's API may also send these statuses, with a body that is not Twilio's.
            return Err(match self.status {
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                    self.refused(None, RefusalScope::Account, Remedy::Operator)
                }
                StatusCode::TOO_MANY_REQUESTS => self.refused(None, RefusalScope::Account, Remedy::Wait),
                _ => self.unknown(),
            });
        };
        Err(match Meaning::of(code) {
            Meaning::Number => CarrierError::NumberRefused { code },
            Meaning::OptedOut => CarrierError::OptedOut { code },
            Meaning::Operator => self.refused(Some(code), self.scope(code), Remedy::Operator),
            Meaning::Passing => self.refused(Some(code), self.scope(code), Remedy::Wait),
        })
    }

    /// Returns which requests a refusal with this code is about.
    fn scope(&self, code: u32) -> RefusalScope {
        let is_account_status =
            matches!(self.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS);
        if is_account_status || is_about_the_account(code) { RefusalScope::Account } else { RefusalScope::Request }
    }

    fn refused(&self, code: Option<u32>, scope: RefusalScope, remedy: Remedy) -> CarrierError {
        let code = code.map(|code| format!(", code {code}")).unwrap_or_default();
        let reason = format!("HTTP {}{code}", self.status.as_u16());
        CarrierError::RefusedForNow { reason, retry_after: self.retry_after, scope, remedy }
    }

    fn unknown(&self) -> CarrierError {
        CarrierError::Unknown(format!(
            "expected a response that says whether the request was carried out, found HTTP {} with {} bytes",
            self.status.as_u16(),
            self.body.len()
        ))
    }
}
