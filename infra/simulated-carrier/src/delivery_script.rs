//! Scripts of the delivery of texts to people.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::message::MessageStatus;
use super::number::PhoneNumber;
use super::script_time::SCRIPT_TIME_MAX_MS;

/// Twilio's error code for an unknown reason.
const UNKNOWN_REASON: u32 = 30008;

/// The course of the delivery of a text to a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryScript {
    /// The last status of the text.
    #[serde(default)]
    pub then: DeliveryEnd,
    /// Twilio's error code of a text that is not delivered. Absent for 30008, an unknown reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
    /// Time in milliseconds from the previous status to the last status. Absent for the usual time. Not allowed if the
    /// last status is `sent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
    /// How the statuses are reported to the service.
    #[serde(default)]
    pub reports: Reports,
}

/// The last status of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryEnd {
    /// The phone has received it.
    #[default]
    Delivered,
    /// The person's carrier did not deliver it.
    Undelivered,
    /// The service's carrier did not send it.
    Failed,
    /// It was sent, and nothing more is known.
    Sent,
}

/// How the statuses of a text are reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reports {
    /// Each status as soon as the text has it.
    #[default]
    InOrder,
    /// All at the end, the last one first.
    LastFirst,
    /// Each status twice.
    Doubled,
    /// Not at all. The status can still be fetched.
    Lost,
}

impl DeliveryScript {
    /// Returns the script of a text that the carrier does not send, for the reason that this code stands for.
    pub(super) fn failed(code: u32) -> Self {
        Self { then: DeliveryEnd::Failed, code: Some(code), ..Self::default() }
    }

    /// Checks that the script is valid.
    ///
    /// # Errors
    /// Fails if the time is too long, if there is an error code although the last status is `delivered` or `sent`, or
    /// if there is a time although the last status is `sent`.
    pub fn check(&self) -> Result<(), String> {
        let fails = matches!(self.then, DeliveryEnd::Undelivered | DeliveryEnd::Failed);
        if let Some(code) = self.code.filter(|_| !fails) {
            return Err(format!("code: expected none unless `then` is undelivered or failed, found {code}"));
        }
        match self.after_ms {
            Some(ms) if self.then == DeliveryEnd::Sent => Err(format!(
                "after_ms: expected none if `then` is sent, which is reported in the usual time, found {ms}"
            )),
            Some(ms) if ms > SCRIPT_TIME_MAX_MS => {
                Err(format!("after_ms: expected at most {SCRIPT_TIME_MAX_MS}, found {ms}"))
            }
            _ => Ok(()),
        }
    }

    /// Returns the statuses of the text after `queued`, each with its error code if it has one.
    pub(super) fn statuses(&self) -> Vec<(MessageStatus, Option<u32>)> {
        let code = Some(self.code.unwrap_or(UNKNOWN_REASON));
        let sent = (MessageStatus::Sent, None);
        match self.then {
            DeliveryEnd::Delivered => vec![sent, (MessageStatus::Delivered, None)],
            DeliveryEnd::Undelivered => vec![sent, (MessageStatus::Undelivered, code)],
            DeliveryEnd::Failed => vec![(MessageStatus::Failed, code)],
            DeliveryEnd::Sent => vec![sent],
        }
    }
}

/// The scripts of the next texts to people.
#[derive(Debug, Default)]
pub(super) struct DeliveryScripts {
    waiting: Mutex<BTreeMap<PhoneNumber, VecDeque<DeliveryScript>>>,
}

impl DeliveryScripts {
    /// Replaces the scripts of a person.
    pub(super) fn set(&self, number: PhoneNumber, texts: Vec<DeliveryScript>) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, texts.into());
    }

    /// Takes the script of the next text to a person. Without a script, the text is delivered in the usual time.
    pub(super) fn next(&self, number: &PhoneNumber) -> DeliveryScript {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.get_mut(number).and_then(VecDeque::pop_front).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_parsed_as_documented_and_an_invalid_one_is_refused() {
        let read = |text: &str| serde_json::from_str::<DeliveryScript>(text);
        assert_eq!(read("{}").unwrap(), DeliveryScript::default());
        let script = read(r#"{"then":"undelivered","code":30003,"after_ms":5,"reports":"last-first"}"#).unwrap();
        assert_eq!(script.check(), Ok(()));
        assert_eq!(script.statuses(), [(MessageStatus::Sent, None), (MessageStatus::Undelivered, Some(30003))]);
        assert_eq!(read(r#"{"then":"failed"}"#).unwrap().statuses(), [(MessageStatus::Failed, Some(30008))]);
        assert!(read(r#"{"then":"lost"}"#).is_err());
        assert!(read(r#"{"code":30003}"#).unwrap().check().is_err());
        assert!(read(r#"{"after_ms":600001}"#).unwrap().check().is_err());
        assert_eq!(read(r#"{"then":"sent"}"#).unwrap().check(), Ok(()));
        let refused = read(r#"{"then":"sent","after_ms":5}"#).unwrap().check().unwrap_err();
        assert!(refused.starts_with("after_ms: expected none if `then` is sent"), "{refused}");
    }

    #[test]
    fn texts_use_the_scripts_in_order_and_later_texts_are_delivered() {
        let scripts = DeliveryScripts::default();
        let number = PhoneNumber::parse("+12125550123").unwrap();
        let failed = DeliveryScript { then: DeliveryEnd::Failed, ..DeliveryScript::default() };
        scripts.set(number.clone(), vec![failed]);
        assert_eq!(scripts.next(&number), failed);
        assert_eq!(scripts.next(&number), DeliveryScript::default());
    }
}
