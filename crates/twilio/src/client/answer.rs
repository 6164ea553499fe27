//! Reads Twilio's response to a request: the request was carried out, was refused, or has an unknown outcome.

use std::ops::RangeInclusive;

use bytes::Bytes;
use http::StatusCode;
use jiff::SignedDuration;
use reminder::ports::{CarrierError, RefusalScope};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};

use crate::call_progress::CallProgress;

/// Error codes about the number that was called or texted, each with Twilio's own title
/// (<https://www.twilio.com/docs/api/errors>, with a page for each code).
///
/// A code that can also be about the account or its own number must not be in this list: it would end the reminders of
/// every person. Such codes are 21216 (blocked, also without a customer profile), 21408 and 21215 (a country that the
/// account does not call), 21608 (a trial account) and 21612 (this pair of numbers).
const ABOUT_THE_NUMBER: [u32; 7] = [
    21202, // 'To' number is a premium number
    21211, // Invalid 'To' Phone Number
    21214, // 'To' phone number cannot be reached
    21217, // Phone number does not appear to be valid
    21265, // 'To' number cannot be a Short Code
    21614, // 'To' number is not a valid mobile number
    21635, // 'To' number cannot be a landline
];

/// Error codes of the API itself, about credentials, the account and too many requests
/// (<https://www.twilio.com/docs/api/errors>). Twilio refuses every following request as well.
const ABOUT_THE_ACCOUNT: RangeInclusive<u32> = 20_001..=20_999;

/// The recipient has texted STOP to this number: "Attempt to send to unsubscribed recipient"
/// (<https://www.twilio.com/docs/api/errors/21610>). Twilio stops texts to them even if the service never received the STOP.
const OPTED_OUT: u32 = 21_610;

/// A complete HTTP response.
#[derive(Debug)]
pub(crate) struct Answer {
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
    #[serde(rename = "sid")]
    _sid: String,
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

impl Answer {
    /// Returns the resource in the response, or why there is none.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, CarrierError> {
        if self.status.is_success() {
            return serde_json::from_slice(&self.body).map_err(|_| self.unknown());
        }
        if !self.status.is_client_error() {
            return Err(self.unknown());
        }
        let code = serde_json::from_slice::<Refusal>(&self.body).ok().map(|refusal| refusal.code);
        Err(match (code, self.status) {
            (Some(code), _) if ABOUT_THE_NUMBER.contains(&code) => CarrierError::NumberRefused { code },
            (Some(code @ OPTED_OUT), _) => CarrierError::OptedOut { code },
            // A proxy in front of Twilio's API may also send these, with a body that is not Twilio's.
            (code, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS) => {
                self.refused(code, RefusalScope::Account)
            }
            (Some(code), _) if ABOUT_THE_ACCOUNT.contains(&code) => self.refused(Some(code), RefusalScope::Account),
            (Some(code), _) => self.refused(Some(code), RefusalScope::Request),
            (None, _) => self.unknown(),
        })
    }

    fn refused(&self, code: Option<u32>, scope: RefusalScope) -> CarrierError {
        let code = code.map(|code| format!(", code {code}")).unwrap_or_default();
        let reason = format!("HTTP {}{code}", self.status.as_u16());
        CarrierError::RefusedForNow { reason, retry_after: self.retry_after, scope }
    }

    fn unknown(&self) -> CarrierError {
        CarrierError::Unknown(format!(
            "HTTP {} with {} bytes that do not say whether it was done",
            self.status.as_u16(),
            self.body.len()
        ))
    }
}
