//! The formats that two of our parts agree on: the message of a wake-up, a parked text, and the paths of the callbacks
//! of calls and texts.

mod parked_text;
mod routes;
mod version;

use serde::{Deserialize, Serialize};

pub use self::parked_text::{OptOutType, PARKED_TEXT_VERSION, ParkedText, ParkedTextVersion};
pub use self::routes::{
    ANSWER_STATUS_PATH, CallRoute, CallStep, CallbackRoute, NotACallRoute, NotACallbackRoute, NotATextRoute, TextRoute,
    VOICE_KEY_PATH, VOICE_PATH,
};
pub use self::version::{MessageError, WAKE_UP_VERSIONS};

use crate::event::WakeUp;
use crate::ids::{OutgoingTextId, OutgoingTextKey, PersonId, ReminderId, ReminderKey};

/// The version of the wake-up message that is written. [`WAKE_UP_VERSIONS`] are read.
pub const WAKE_UP_VERSION: u8 = 1;

/// A wake-up as a message, the same from the queue and from Scheduler. It contains no number and no task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WakeUpMessage {
    /// The version of this format, one of [`WAKE_UP_VERSIONS`].
    pub v: u8,
    /// The person that the reminder belongs to.
    pub person: PersonId,
    /// The reminder's id.
    pub reminder: ReminderId,
    /// The generation that the wake-up was planned for.
    pub generation: u32,
}

/// A wake-up of an outgoing text as a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextWakeUpMessage {
    /// The version of this format, [`WAKE_UP_VERSION`].
    pub v: u8,
    /// The person that the text is sent to.
    pub person: PersonId,
    /// The text's id.
    pub text: OutgoingTextId,
}

impl From<&OutgoingTextKey> for TextWakeUpMessage {
    fn from(key: &OutgoingTextKey) -> Self {
        Self { v: WAKE_UP_VERSION, person: key.person.clone(), text: key.text.clone() }
    }
}

impl TextWakeUpMessage {
    /// The key of the text's record.
    pub fn key(&self) -> OutgoingTextKey {
        OutgoingTextKey { person: self.person.clone(), text: self.text.clone() }
    }
}

/// A message of the dial queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DialMessage {
    /// The wake-up of a reminder.
    Reminder(WakeUpMessage),
    /// The wake-up of an outgoing text.
    Text(TextWakeUpMessage),
}

impl From<&WakeUp> for WakeUpMessage {
    fn from(wake: &WakeUp) -> Self {
        let ReminderKey { person, reminder } = wake.key.clone();
        Self { v: WAKE_UP_VERSION, person, reminder, generation: wake.generation }
    }
}

impl WakeUpMessage {
    /// The key of the reminder's record.
    pub fn key(&self) -> ReminderKey {
        ReminderKey { person: self.person.clone(), reminder: self.reminder.clone() }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    const PERSON: &str = "0123456789abcdef0123456789abcdef";
    const ULID: &str = "01JZ0000000000000000000000";

    #[test]
    fn a_wake_up_message_has_the_documented_format() {
        let key = ReminderKey { person: PERSON.parse().unwrap(), reminder: ULID.parse().unwrap() };
        let wake = WakeUp { key, generation: 3, wake_at: Timestamp::UNIX_EPOCH };
        let json = serde_json::to_string(&WakeUpMessage::from(&wake)).unwrap();
        assert_eq!(json, format!(r#"{{"v":1,"person":"{PERSON}","reminder":"{ULID}","generation":3}}"#));
    }

    #[test]
    fn other_json_is_not_a_wake_up_message() {
        for text in ["", "{}", "null", r#"{"v":1}"#, r#"{"v":1,"person":"x","reminder":"y","generation":1}"#] {
            assert!(serde_json::from_str::<WakeUpMessage>(text).is_err(), "{text}");
        }
    }
}
