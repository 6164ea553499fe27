//! Scripts of how people react to calls.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::detection::DetectionScript;
use super::number::{Key, PhoneNumber};
use super::script_time::SCRIPT_TIME_MAX_MS;

/// Default time in milliseconds until a person answers or declines.
const ANSWER_AFTER_MS: u64 = 300;

/// How a person reacts to a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallScript {
    /// The reaction to the ringing phone.
    #[serde(default)]
    pub then: CallReaction,
    /// Time in milliseconds until the reaction. Absent for the default of the reaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_after_ms: Option<u64>,
    /// Keys that the person presses.
    #[serde(default)]
    pub press: Vec<Press>,
    /// Time in milliseconds from the person's answer until they hang up. Absent to listen to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hang_up_after_ms: Option<u64>,
    /// Time in milliseconds from a received key until the person hangs up. The key's webhook is then sent only after
    /// the callback about the completed call. Absent to send the webhook immediately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hang_up_after_key_ms: Option<u64>,
    /// The verdict of answering machine detection, if the service requests detection. Absent for the right verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detection: Option<DetectionScript>,
}

/// The reaction to a ringing phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallReaction {
    /// The person answers.
    #[default]
    Answer,
    /// The call is not answered. It ends after `answer_after_ms`, or after the ring timeout if that field is
    /// absent.
    NoAnswer,
    /// The line is busy.
    Busy,
    /// The person declines, which the service can't distinguish from a busy line.
    Decline,
}

/// A scripted key press.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    /// The key to press.
    pub digit: Key,
    /// Minimum time in milliseconds from the person's answer. After that, the key is pressed as soon as a `Gather` is
    /// open.
    #[serde(default)]
    pub after_ms: u64,
}

impl CallScript {
    /// Returns the script of a person who answers and listens.
    #[must_use]
    pub fn answer() -> Self {
        Self {
            then: CallReaction::Answer,
            answer_after_ms: None,
            press: Vec::new(),
            hang_up_after_ms: None,
            hang_up_after_key_ms: None,
            detection: None,
        }
    }

    /// Returns the script of a person who answers and presses a key when asked.
    ///
    /// # Errors
    /// Fails if the string is not a key.
    pub fn press(digit: &str) -> Result<Self, super::number::NotAKey> {
        Ok(Self { press: vec![Press { digit: Key::try_from(digit.to_owned())?, after_ms: 0 }], ..Self::answer() })
    }

    /// Checks that the script is valid.
    ///
    /// # Errors
    /// Fails if a time is too long or fields contradict each other. The error names the expected and the found value.
    pub fn check(&self) -> Result<(), String> {
        let times = [self.answer_after_ms, self.hang_up_after_ms, self.hang_up_after_key_ms];
        let longest = times.into_iter().flatten().chain(self.press.iter().map(|press| press.after_ms)).max();
        if let Some(found) = longest.filter(|ms| *ms > SCRIPT_TIME_MAX_MS) {
            return Err(format!("expected times of at most {SCRIPT_TIME_MAX_MS} ms, found {found}"));
        }
        if let Some(detection) = self.detection {
            detection.check()?;
        }
        let talks = !self.press.is_empty() || self.hang_up_after_ms.is_some() || self.hang_up_after_key_ms.is_some();
        if self.then != CallReaction::Answer && talks {
            return Err("expected press and hang_up fields only with \"then\":\"answer\"".to_owned());
        }
        if self.hang_up_after_key_ms.is_some() && self.press.is_empty() {
            return Err("hang_up_after_key_ms: expected a key in \"press\", found none".to_owned());
        }
        Ok(())
    }

    /// Returns the time until the reaction. Absent if the call rings until the ring timeout.
    pub(super) fn reacts_after(&self) -> Option<Duration> {
        match (self.answer_after_ms, self.then) {
            (None, CallReaction::NoAnswer) => None,
            (None, CallReaction::Busy) => Some(Duration::ZERO),
            (after, _) => Some(Duration::from_millis(after.unwrap_or(ANSWER_AFTER_MS))),
        }
    }
}

/// The scripts of people's next calls.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    waiting: Mutex<BTreeMap<PhoneNumber, VecDeque<CallScript>>>,
}

impl Scripts {
    /// Replaces the scripts of a person. With an empty list, a person in the browser must react.
    pub(super) fn set(&self, number: PhoneNumber, calls: Vec<CallScript>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(number, calls.into());
    }

    /// Takes the script of a person's next call. Absent if a person in the browser must react.
    pub(super) fn next(&self, number: &PhoneNumber) -> Option<CallScript> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.get_mut(number)?.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_parsed_as_documented_and_an_invalid_one_is_refused() {
        let read = |text: &str| serde_json::from_str::<CallScript>(text);
        let script = read(r#"{"answer_after_ms":300,"press":[{"digit":"1","after_ms":500}]}"#).unwrap();
        assert_eq!(script.reacts_after(), Some(Duration::from_millis(300)));
        assert_eq!(script.check(), Ok(()));
        assert_eq!(read(r#"{"then":"no-answer"}"#).unwrap().reacts_after(), None);
        assert!(read(r#"{"answer_after":300}"#).is_err());
        assert!(read(r#"{"press":[{"digit":"12"}]}"#).is_err());
        assert!(read(r#"{"then":"busy","press":[{"digit":"1"}]}"#).unwrap().check().is_err());
        assert!(read(r#"{"hang_up_after_key_ms":10}"#).unwrap().check().is_err());
        assert!(read(r#"{"answer_after_ms":600001}"#).unwrap().check().is_err());
    }

    #[test]
    fn calls_use_the_scripts_in_order_and_a_new_list_replaces_the_old_one() {
        let scripts = Scripts::default();
        let number = PhoneNumber::parse("+12125550123").unwrap();
        let busy = CallScript { then: CallReaction::Busy, ..CallScript::answer() };
        scripts.set(number.clone(), vec![busy.clone(), CallScript::answer()]);
        assert_eq!(scripts.next(&number), Some(busy));
        scripts.set(number.clone(), vec![CallScript::press("1").unwrap()]);
        assert_eq!(scripts.next(&number), Some(CallScript::press("1").unwrap()));
        assert_eq!(scripts.next(&number), None);
    }
}
