//! What people do when their phone rings.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::number::{Key, PhoneNumber};

/// Longest any part of a script may take, ten minutes: a slip of units should not pass for a patient person.
const MOST_MS: u64 = 600_000;
/// How long a phone rings before it is answered, when the script does not say.
const ANSWER_AFTER_MS: u64 = 300;

/// What a person does about one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallScript {
    /// How the person, or their line, takes the call.
    #[serde(default)]
    pub then: CallReaction,
    /// How long it rings before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_after_ms: Option<u64>,
    /// Keys they press.
    #[serde(default)]
    pub press: Vec<Press>,
    /// When they hang up, counted from picking up; absent, they listen to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hang_up_after_ms: Option<u64>,
    /// They hang up so long after a key that was heard. The key's webhook is slow then: the callback that says the
    /// call is completed overtakes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hang_up_after_key_ms: Option<u64>,
}

/// How a call is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallReaction {
    /// They pick up.
    #[default]
    Answer,
    /// Nobody does; `answer_after_ms`, if given, is when the carrier gives up, else its ring time-out.
    NoAnswer,
    /// The line is busy.
    Busy,
    /// They decline, which a service can't tell from busy.
    Decline,
}

/// A key that will be pressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    /// The key.
    pub digit: Key,
    /// Counted from picking up. Nobody presses a key before they are asked: it waits for a `Gather` to open.
    #[serde(default)]
    pub after_ms: u64,
}

impl CallScript {
    /// Somebody who picks up and listens.
    #[must_use]
    pub fn answer() -> Self {
        Self {
            then: CallReaction::Answer,
            answer_after_ms: None,
            press: Vec::new(),
            hang_up_after_ms: None,
            hang_up_after_key_ms: None,
        }
    }

    /// Somebody who picks up and presses a key once they are asked.
    ///
    /// # Errors
    /// The text is not a key.
    pub fn press(digit: &str) -> Result<Self, super::number::NotAKey> {
        Ok(Self { press: vec![Press { digit: Key::try_from(digit.to_owned())?, after_ms: 0 }], ..Self::answer() })
    }

    /// What speaks against the script.
    ///
    /// # Errors
    /// A sentence saying what was expected and what was found.
    pub fn check(&self) -> Result<(), String> {
        let times = [self.answer_after_ms, self.hang_up_after_ms, self.hang_up_after_key_ms];
        let longest = times.into_iter().flatten().chain(self.press.iter().map(|press| press.after_ms)).max();
        if let Some(found) = longest.filter(|ms| *ms > MOST_MS) {
            return Err(format!("expected times of at most {MOST_MS} ms, found {found}"));
        }
        let talks = !self.press.is_empty() || self.hang_up_after_ms.is_some() || self.hang_up_after_key_ms.is_some();
        if self.then != CallReaction::Answer && talks {
            return Err("expected keys and hanging up only with \"then\":\"answer\"".to_owned());
        }
        if self.hang_up_after_key_ms.is_some() && self.press.is_empty() {
            return Err("hang_up_after_key_ms: expected a key in \"press\", found none".to_owned());
        }
        Ok(())
    }

    /// When the person picks up, declines, or the line gives up; nothing when that is left to the ring time-out.
    pub(super) fn taken_after(&self) -> Option<Duration> {
        match (self.answer_after_ms, self.then) {
            (None, CallReaction::NoAnswer) => None,
            (None, CallReaction::Busy) => Some(Duration::ZERO),
            (after, _) => Some(Duration::from_millis(after.unwrap_or(ANSWER_AFTER_MS))),
        }
    }
}

/// What each person will do about their next calls.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    waiting: Mutex<BTreeMap<PhoneNumber, VecDeque<CallScript>>>,
}

impl Scripts {
    /// Replaces what a person will do; an empty list leaves the phone to whoever is in the browser.
    pub(super) fn set(&self, number: PhoneNumber, calls: Vec<CallScript>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(number, calls.into());
    }

    /// What a person does about the call that begins now.
    pub(super) fn next(&self, number: &PhoneNumber) -> Option<CallScript> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.get_mut(number)?.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_as_documented_and_a_slip_is_refused() {
        let read = |text: &str| serde_json::from_str::<CallScript>(text);
        let script = read(r#"{"answer_after_ms":300,"press":[{"digit":"1","after_ms":500}]}"#).unwrap();
        assert_eq!(script.taken_after(), Some(Duration::from_millis(300)));
        assert_eq!(script.check(), Ok(()));
        assert_eq!(read(r#"{"then":"no-answer"}"#).unwrap().taken_after(), None);
        assert!(read(r#"{"answer_after":300}"#).is_err());
        assert!(read(r#"{"press":[{"digit":"12"}]}"#).is_err());
        assert!(read(r#"{"then":"busy","press":[{"digit":"1"}]}"#).unwrap().check().is_err());
        assert!(read(r#"{"hang_up_after_key_ms":10}"#).unwrap().check().is_err());
        assert!(read(r#"{"answer_after_ms":600001}"#).unwrap().check().is_err());
    }

    #[test]
    fn calls_take_the_scripts_in_order_and_a_new_list_replaces_the_old() {
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
