//! The formats that two of our parts agree on: the message of a wake-up, a parked text, and the paths of a call's
//! callbacks.

mod parked_text;
mod version;

use serde::{Deserialize, Serialize};

pub use self::parked_text::{OptOutType, PARKED_TEXT_VERSION, ParkedText, ParkedTextVersion};
pub use self::version::{MessageError, WAKE_UP_VERSIONS};

use crate::event::WakeUp;
use crate::ids::{ClaimId, Malformed, PersonId, ReminderId, ReminderKey};

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

/// The purpose of a call's callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStep {
    /// The call was answered, and the carrier asks for the speech.
    Speech,
    /// The carrier reports the status of the call.
    Status,
    /// The person pressed a key, and the carrier asks for the next speech.
    Key,
}

impl CallStep {
    const ALL: [(Self, &str); 3] = [(Self::Speech, "speech"), (Self::Status, "status"), (Self::Key, "key")];

    fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(step, _)| *step == self).map_or("speech", |(_, name)| name)
    }
}

/// The callbacks of a call. Their paths name the claim, so that a callback of an older call is recognized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRoute {
    /// The key of the reminder's record.
    pub key: ReminderKey,
    /// The claim that placed the call.
    pub claim: ClaimId,
}

impl CallRoute {
    /// Returns the path of one callback, from the root of the service's public URL.
    pub fn path(&self, step: CallStep) -> String {
        format!("/calls/{}/{}/{}/{}", self.key.person, self.key.reminder, self.claim, step.as_str())
    }

    /// Parses the path of a callback.
    ///
    /// # Errors
    /// Fails if the path is not that of a call's callback.
    pub fn parse(path: &str) -> Result<(Self, CallStep), NotACallRoute> {
        let parts: Vec<&str> = path.strip_prefix("/calls/").ok_or(NotACallRoute)?.split('/').collect();
        let [person, reminder, claim, step] = parts[..] else { return Err(NotACallRoute) };
        let (step, _) = CallStep::ALL.into_iter().find(|(_, name)| *name == step).ok_or(NotACallRoute)?;
        let key = ReminderKey { person: person.parse()?, reminder: reminder.parse()? };
        Ok((Self { key, claim: claim.parse()? }, step))
    }
}

/// A path that is not `/calls/{person}/{reminder}/{claim}/{speech|status|key}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected /calls/{{person}}/{{reminder}}/{{claim}}/{{speech|status|key}}, found another path")]
pub struct NotACallRoute;

impl From<Malformed> for NotACallRoute {
    fn from(_: Malformed) -> Self {
        Self
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

    #[test]
    fn the_path_of_a_callback_parses_to_the_same_callback() {
        let key = ReminderKey { person: PERSON.parse().unwrap(), reminder: ULID.parse().unwrap() };
        let route = CallRoute { key, claim: ULID.parse().unwrap() };
        for step in [CallStep::Speech, CallStep::Status, CallStep::Key] {
            assert_eq!(CallRoute::parse(&route.path(step)), Ok((route.clone(), step)));
        }
        for bad in [
            "",
            "/calls/",
            "/sms",
            &format!("/calls/{PERSON}/{ULID}/{ULID}/other"),
            &format!("/calls/{PERSON}/{ULID}/speech"),
        ] {
            assert_eq!(CallRoute::parse(bad), Err(NotACallRoute), "{bad}");
        }
    }
}
