//! Settings of people's phones: a mailbox or call screening.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::number::PhoneNumber;
use super::script_time::SCRIPT_TIME_MAX_MS;

/// Whether a machine answers the calls of a phone, and when it acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneSetting {
    /// The machine that answers besides the person.
    pub answering: Answering,
    /// Time until the mailbox answers, or until the screener rings the person, in milliseconds of real time. Absent for
    /// 22 s until the mailbox answers, or 6 s until the screener rings, in seconds of the carrier
    /// ([`Timing::second`](super::Timing::second)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
}

/// The machine that answers a phone besides its person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answering {
    /// Only the person answers.
    #[default]
    Off,
    /// A mailbox answers a call that rings too long, or that finds the phone in another call.
    Mailbox,
    /// The phone answers every call immediately and screens it, unless the phone is in another call.
    Screening,
}

impl PhoneSetting {
    /// Checks that the setting is valid.
    ///
    /// # Errors
    /// Fails if the time is too long, or has no effect.
    pub fn check(&self) -> Result<(), String> {
        match self.after_ms {
            Some(ms) if self.answering == Answering::Off => {
                Err(format!("after_ms: expected none if `answering` is off, found {ms}"))
            }
            Some(ms) if ms > SCRIPT_TIME_MAX_MS => {
                Err(format!("after_ms: expected at most {SCRIPT_TIME_MAX_MS}, found {ms}"))
            }
            _ => Ok(()),
        }
    }
}

/// The settings of people's phones.
#[derive(Debug, Default)]
pub(super) struct PhoneSettings {
    known: Mutex<BTreeMap<PhoneNumber, PhoneSetting>>,
}

impl PhoneSettings {
    pub(super) fn set(&self, number: PhoneNumber, setting: PhoneSetting) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(number, setting);
    }

    pub(super) fn of(&self, number: &PhoneNumber) -> PhoneSetting {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(number).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_parsed_as_documented_and_an_invalid_one_is_refused() {
        let read = |text: &str| serde_json::from_str::<PhoneSetting>(text);
        let mailbox = PhoneSetting { answering: Answering::Mailbox, after_ms: Some(500) };
        assert_eq!(read(r#"{"answering":"mailbox","after_ms":500}"#).unwrap(), mailbox);
        assert_eq!(mailbox.check(), Ok(()));
        assert_eq!(read(r#"{"answering":"screening"}"#).unwrap().check(), Ok(()));
        assert!(read(r#"{"answering":"butler"}"#).is_err());
        assert!(read(r#"{"answering":"off","after_ms":1}"#).unwrap().check().is_err());
        assert!(read(r#"{"answering":"mailbox","after_ms":600001}"#).unwrap().check().is_err());
    }
}
