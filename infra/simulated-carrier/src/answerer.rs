//! What answers a call: the person, a mailbox, or a phone that screens calls.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::call::CallStatus;
use super::live_call::{Interruption, LiveCall};
use super::log::LogEvent;
use super::number::PhoneNumber;

/// Maximum time in a phone's setting, in milliseconds: ten minutes. A longer one is probably a wrong unit.
const MOST_MS: u64 = 600_000;
/// How long a phone rings before its mailbox answers, in seconds of the carrier. Usual are 20 to 30.
const MAILBOX_AFTER_S: u64 = 22;
/// How long a mailbox greets before it beeps, in seconds of the carrier.
const GREETING_S: u64 = 5;
/// How long a mailbox records, in seconds of the carrier. Then it hangs up.
const RECORDS_S: u64 = 60;
/// How long a screener asks for the reason before it rings the person, in seconds of the carrier.
const SCREENS_S: u64 = 6;
/// How long a screener rings the person, in seconds of the carrier. Then it hangs up.
const SCREENER_RINGS_S: u64 = 30;

/// What answered a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answerer {
    /// The person.
    #[default]
    Person,
    /// The mailbox of the phone.
    Mailbox,
    /// The phone itself, which asks for the reason of the call and then rings the person.
    Screener,
    /// The service, which the person calls.
    Service,
}

/// How a phone handles a call that its person has not answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneSetting {
    /// What answers besides the person.
    pub answering: Answering,
    /// Time in milliseconds: until the mailbox answers, or until the screener rings the person. Absent for 22 s or 6 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
}

/// What answers a phone besides its person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answering {
    /// Nothing.
    #[default]
    Off,
    /// A mailbox answers a call that rings too long, or that finds the phone busy.
    Mailbox,
    /// The phone answers every call at once and screens it.
    Screening,
}

impl PhoneSetting {
    /// Checks that the setting is valid.
    ///
    /// # Errors
    /// Fails if the time is too long, or has no effect.
    pub fn check(&self) -> Result<(), String> {
        match self.after_ms {
            Some(_) if self.answering == Answering::Off => {
                Err("after_ms: expected it only with a mailbox or screening, found it without".to_owned())
            }
            Some(ms) if ms > MOST_MS => Err(format!("after_ms: expected at most {MOST_MS}, found {ms}")),
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

/// The other end of an answered call, and what it does next.
pub(super) enum Listener {
    /// The person listens, and may press keys.
    Person,
    /// The mailbox greets, and beeps at this time.
    Greeting { beeps_at: Instant },
    /// The mailbox records, and hangs up at this time.
    Recording { ends_at: Instant },
    /// The screener asks for the reason, and rings the person at this time.
    Screening { rings_at: Instant },
    /// The screener rings the person, who reacts at this time as scripted.
    ScreenerRings { reacts_at: Option<Instant>, gives_up_at: Instant, reaction: Result<(), CallStatus> },
}

impl Listener {
    /// Returns when the listener acts by itself.
    pub(super) fn acts_at(&self) -> Option<Instant> {
        match *self {
            Self::Person => None,
            Self::Greeting { beeps_at } => Some(beeps_at),
            Self::Recording { ends_at } => Some(ends_at),
            Self::Screening { rings_at } => Some(rings_at),
            Self::ScreenerRings { reacts_at, gives_up_at, .. } => {
                Some(reacts_at.map_or(gives_up_at, |reacts_at| reacts_at.min(gives_up_at)))
            }
        }
    }

    pub(super) fn is_person(&self) -> bool {
        matches!(self, Self::Person)
    }
}

impl LiveCall {
    /// Returns what answers a ringing call besides the person, and after what time.
    pub(super) fn answers_itself(&self) -> Option<(Answerer, Duration)> {
        let setting = self.state.phone_settings.of(&self.person);
        let after = setting.after_ms.map(Duration::from_millis);
        match setting.answering {
            Answering::Off => None,
            Answering::Mailbox => Some((Answerer::Mailbox, after.unwrap_or_else(|| self.seconds(MAILBOX_AFTER_S)))),
            Answering::Screening => Some((Answerer::Screener, Duration::ZERO)),
        }
    }

    /// Returns the listener of a call that was just answered.
    pub(super) fn listener(&self, answerer: Answerer) -> Listener {
        let now = Instant::now();
        match answerer {
            Answerer::Person | Answerer::Service => Listener::Person,
            Answerer::Mailbox => Listener::Greeting { beeps_at: now + self.seconds(GREETING_S) },
            Answerer::Screener => {
                let after = self.state.phone_settings.of(&self.person).after_ms.map(Duration::from_millis);
                Listener::Screening { rings_at: now + after.unwrap_or_else(|| self.seconds(SCREENS_S)) }
            }
        }
    }

    /// Does what the listener does at its time.
    pub(super) fn listener_acts(&mut self) -> Result<(), Interruption> {
        let now = Instant::now();
        match self.listener {
            Listener::Person => Ok(()),
            Listener::Greeting { .. } => {
                self.note(LogEvent::Beep { call: self.sid.clone() });
                self.listener = Listener::Recording { ends_at: now + self.seconds(RECORDS_S) };
                Ok(())
            }
            Listener::Recording { .. } => Err(Interruption::Over(CallStatus::Completed)),
            Listener::Screening { .. } => {
                self.note(LogEvent::ScreenerRings { call: self.sid.clone() });
                self.state.set_screener_rings(&self.sid, true);
                let (after, reaction) = self.reaction();
                let gives_up_at = now + self.seconds(SCREENER_RINGS_S);
                self.listener =
                    Listener::ScreenerRings { reacts_at: after.map(|after| now + after), gives_up_at, reaction };
                Ok(())
            }
            Listener::ScreenerRings { reacts_at, reaction, .. } => match (reacts_at, reaction) {
                (Some(at), Ok(())) if at <= now => {
                    self.connect();
                    Ok(())
                }
                _ => Err(Interruption::Over(CallStatus::Completed)),
            },
        }
    }

    /// Connects the person to a call that was screened.
    pub(super) fn connect(&mut self) {
        self.note(LogEvent::PersonConnected { call: self.sid.clone() });
        self.state.set_screener_rings(&self.sid, false);
        self.listener = Listener::Person;
        self.person_listens();
    }

    /// Writes down the words that a mailbox records.
    pub(super) fn record(&self, words: &str) {
        if matches!(self.listener, Listener::Recording { .. }) {
            self.note(LogEvent::Recorded { call: self.sid.clone(), words: words.to_owned() });
        }
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
