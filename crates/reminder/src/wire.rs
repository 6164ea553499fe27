//! The shapes that two of our parts agree on: the wake message, the same from queue and Scheduler, and the routes of
//! a call's callbacks.

mod parked_text;

use serde::{Deserialize, Serialize};

pub use self::parked_text::{NotAText, PARKED_TEXT_VERSION, ParkedText, ParkedTextVersion};

use crate::event::WakeUp;
use crate::ids::{ClaimId, Malformed, PersonId, ReminderId, ReminderKey};

/// The version of the wake message that is written, and the only one that is read.
pub const WAKE_UP_VERSION: u8 = 1;

/// A wake-up as it stands in the queue. It carries no number and no task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WakeUpMessage {
    /// [`WAKE_UP_VERSION`].
    pub v: u8,
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub reminder: ReminderId,
    /// For which plan.
    pub generation: u32,
}

impl From<&WakeUp> for WakeUpMessage {
    fn from(wake: &WakeUp) -> Self {
        let ReminderKey { person, reminder } = wake.key.clone();
        Self { v: WAKE_UP_VERSION, person, reminder, generation: wake.generation }
    }
}

impl WakeUpMessage {
    /// The record it is about.
    pub fn key(&self) -> ReminderKey {
        ReminderKey { person: self.person.clone(), reminder: self.reminder.clone() }
    }
}

/// What a carrier that knows about opting out has made of a text. It has answered it, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptOutType {
    /// Its sender leaves.
    OptedOut,
    /// Its sender is back.
    OptedIn,
    /// Its sender was told what this number is.
    Helped,
}

/// What the carrier asks or says about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStep {
    /// What to say, now that somebody picked up.
    Twiml,
    /// How the call stands.
    Status,
    /// Which key was pressed.
    Key,
}

impl CallStep {
    const ALL: [(Self, &str); 3] = [(Self::Twiml, "twiml"), (Self::Status, "status"), (Self::Key, "key")];

    fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(step, _)| *step == self).map_or("twiml", |(_, name)| name)
    }
}

/// Where a call's callbacks go: they name the claim, so that a callback of an old one is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRoute {
    /// Whose reminder, and which.
    pub key: ReminderKey,
    /// The claim that placed the call.
    pub claim: ClaimId,
}

impl CallRoute {
    /// The path of one step, from the root of the service's public URL.
    pub fn path(&self, step: CallStep) -> String {
        format!("/calls/{}/{}/{}/{}", self.key.person, self.key.reminder, self.claim, step.as_str())
    }

    /// Reads a path.
    ///
    /// # Errors
    /// It is not one of ours.
    pub fn parse(path: &str) -> Result<(Self, CallStep), NotACallRoute> {
        let parts: Vec<&str> = path.strip_prefix("/calls/").ok_or(NotACallRoute)?.split('/').collect();
        let [person, reminder, claim, step] = parts[..] else { return Err(NotACallRoute) };
        let (step, _) = CallStep::ALL.into_iter().find(|(_, name)| *name == step).ok_or(NotACallRoute)?;
        let key = ReminderKey { person: person.parse()?, reminder: reminder.parse()? };
        Ok((Self { key, claim: claim.parse()? }, step))
    }
}

/// A path that is not `/calls/{person}/{reminder}/{claim}/{twiml|status|key}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected /calls/{{person}}/{{reminder}}/{{claim}}/{{twiml|status|key}}, found another path")]
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
    fn a_wake_message_has_the_stated_form() {
        let key = ReminderKey { person: PERSON.parse().unwrap(), reminder: ULID.parse().unwrap() };
        let wake = WakeUp { key, generation: 3, wake_at: Timestamp::UNIX_EPOCH };
        let json = serde_json::to_string(&WakeUpMessage::from(&wake)).unwrap();
        assert_eq!(json, format!(r#"{{"v":1,"person":"{PERSON}","reminder":"{ULID}","generation":3}}"#));
    }

    #[test]
    fn what_is_not_a_wake_message_is_refused() {
        for text in ["", "{}", "null", r#"{"v":1}"#, r#"{"v":1,"person":"x","reminder":"y","generation":1}"#] {
            assert!(serde_json::from_str::<WakeUpMessage>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_call_route_reads_back_as_itself() {
        let key = ReminderKey { person: PERSON.parse().unwrap(), reminder: ULID.parse().unwrap() };
        let route = CallRoute { key, claim: ULID.parse().unwrap() };
        for step in [CallStep::Twiml, CallStep::Status, CallStep::Key] {
            assert_eq!(CallRoute::parse(&route.path(step)), Ok((route.clone(), step)));
        }
        for bad in [
            "",
            "/calls/",
            "/sms",
            &format!("/calls/{PERSON}/{ULID}/{ULID}/other"),
            &format!("/calls/{PERSON}/{ULID}/twiml"),
        ] {
            assert_eq!(CallRoute::parse(bad), Err(NotACallRoute), "{bad}");
        }
    }
}
