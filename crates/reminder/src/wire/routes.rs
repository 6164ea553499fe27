//! The paths of a carrier's callbacks: about calls in both directions, texts and answers.

use jiff::Timestamp;

use super::answer_route::{AnswerStatusRoute, NotAnAnswerStatusRoute};
use crate::ids::{ClaimId, Malformed, OutgoingTextKey, ReminderKey};

/// The purpose of a call's callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStep {
    /// The call was answered, and the carrier asks for the speech.
    Speech,
    /// The person pressed a key, and the carrier asks for the next speech.
    Key,
    /// The person was asked whether all calls should stop and pressed a key, and the carrier asks for the next speech.
    OptOutKey,
    /// The carrier reports the status of the call.
    Status,
    /// The carrier reports whether a person or a machine answered.
    AnsweredBy,
    /// The call was redirected, and the carrier asks for the message to leave on the answering machine.
    Message,
}

impl CallStep {
    const ALL: [(Self, &str); 6] = [
        (Self::Speech, "speech"),
        (Self::Key, "key"),
        (Self::OptOutKey, "opt-out-key"),
        (Self::Status, "status"),
        (Self::AnsweredBy, "answered-by"),
        (Self::Message, "message"),
    ];

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

/// A path that is not `/calls/{person}/{reminder}/{claim}/{step}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected /calls/{{person}}/{{reminder}}/{{claim}}/{{speech|key|opt-out-key|status|answered-by|message}}, \
     found another path"
)]
pub struct NotACallRoute;

impl From<Malformed> for NotACallRoute {
    fn from(_: Malformed) -> Self {
        Self
    }
}

/// The callback with the status of a text. Its path names the text and the try. So a status proves that this try was
/// accepted, and the failure of an older try is recognized as such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRoute {
    /// The key of the outgoing text's record.
    pub key: OutgoingTextKey,
    /// The number of the try, from 1.
    pub try_number: u8,
}

impl TextRoute {
    /// Returns the path of the callback, from the root of the service's public URL.
    pub fn path(&self) -> String {
        format!("/texts/{}/{}/{}/status", self.key.person, self.key.text, self.try_number)
    }

    /// Parses the path of the callback.
    ///
    /// # Errors
    /// Fails if the path is not that of a text's callback.
    pub fn parse(path: &str) -> Result<Self, NotATextRoute> {
        let parts: Vec<&str> = path.strip_prefix("/texts/").ok_or(NotATextRoute)?.split('/').collect();
        let [person, text, try_number, "status"] = parts[..] else { return Err(NotATextRoute) };
        let key = OutgoingTextKey { person: person.parse()?, text: text.parse()? };
        let route = Self { key, try_number: try_number.parse().map_err(|_| NotATextRoute)? };
        // "+1" and "01" are numbers too, but our paths never contain them.
        if route.path() == path { Ok(route) } else { Err(NotATextRoute) }
    }
}

/// The path of a call to the service's number: the carrier asks for the speech.
pub const VOICE_PATH: &str = "/voice";

/// A callback of a carrier, by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallbackRoute {
    /// One step of a call that the service placed.
    Call(CallRoute, CallStep),
    /// The status of a text that the service sent.
    Text(TextRoute),
    /// The status of an answer that was the reply to a webhook.
    AnswerStatus(AnswerStatusRoute),
    /// A person calls the service's number.
    Voice,
    /// A person pressed a key on a call to the service's number, after hearing about a reminder.
    VoiceKey(VoiceRoute),
}

impl CallbackRoute {
    /// Parses the path of a callback.
    ///
    /// # Errors
    /// Fails if the path is not that of a callback.
    pub fn parse(path: &str) -> Result<Self, NotACallbackRoute> {
        match path {
            VOICE_PATH => Ok(Self::Voice),
            voice if voice.starts_with("/voice/") => Ok(Self::VoiceKey(VoiceRoute::parse(voice)?)),
            answer if answer.starts_with("/answers/") => Ok(Self::AnswerStatus(AnswerStatusRoute::parse(answer)?)),
            text if text.starts_with("/texts/") => Ok(Self::Text(TextRoute::parse(text)?)),
            call => {
                CallRoute::parse(call).map(|(route, step)| Self::Call(route, step)).map_err(NotACallbackRoute::from)
            }
        }
    }
}

/// The callback of a key on a call to the service's number. Its path names the reminder that the caller was told about,
/// because another reminder may ring before the key is pressed, and when they were told, because the next occurrence of
/// a series may be over before the key is handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceRoute {
    /// The key of the reminder's record.
    pub key: ReminderKey,
    /// When the caller was told about it, to the millisecond. `None` if an earlier release answered the call.
    pub told_at: Option<Timestamp>,
}

impl VoiceRoute {
    /// Returns the path of the callback, from the root of the service's public URL.
    pub fn path(&self) -> String {
        let ReminderKey { person, reminder } = &self.key;
        match self.told_at {
            Some(told_at) => format!("/voice/{person}/{reminder}.{}/key", told_at.as_millisecond()),
            None => format!("/voice/{person}/{reminder}/key"),
        }
    }

    /// Parses the path of the callback.
    ///
    /// # Errors
    /// Fails if the path is not that of a key on a call to the service's number.
    pub fn parse(path: &str) -> Result<Self, NotAVoiceRoute> {
        let parts: Vec<&str> = path.strip_prefix("/voice/").ok_or(NotAVoiceRoute)?.split('/').collect();
        let [person, told, "key"] = parts[..] else { return Err(NotAVoiceRoute) };
        let (reminder, told_at) = match told.split_once('.') {
            Some((reminder, ms)) => {
                let told_at = ms.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
                (reminder, Some(told_at.ok_or(NotAVoiceRoute)?))
            }
            None => (told, None),
        };
        let route = Self { key: ReminderKey { person: person.parse()?, reminder: reminder.parse()? }, told_at };
        // "+1" and "01" are numbers too, but our paths never contain them.
        if route.path() == path { Ok(route) } else { Err(NotAVoiceRoute) }
    }
}

/// A path that is not `/voice/{person}/{reminder}.{told_at}/key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected /voice/{{person}}/{{reminder}}.{{told_at}}/key, found another path")]
pub struct NotAVoiceRoute;

impl From<Malformed> for NotAVoiceRoute {
    fn from(_: Malformed) -> Self {
        Self
    }
}

/// A path that is not the path of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotACallbackRoute {
    /// It is not the path of a call, and does not begin like any of the other paths.
    #[error(transparent)]
    Call(#[from] NotACallRoute),
    /// It begins like the path of an answer's status.
    #[error(transparent)]
    Answer(#[from] NotAnAnswerStatusRoute),
    /// It begins like the path of a text's status.
    #[error(transparent)]
    Text(#[from] NotATextRoute),
    /// It begins like the path of a key on a call to the service's number.
    #[error(transparent)]
    Voice(#[from] NotAVoiceRoute),
}

/// A path that is not `/texts/{person}/{text}/{try}/status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected /texts/{{person}}/{{text}}/{{try}}/status, found another path")]
pub struct NotATextRoute;

impl From<Malformed> for NotATextRoute {
    fn from(_: Malformed) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSON: &str = "0123456789abcdef0123456789abcdef";
    const ULID: &str = "01JZ0000000000000000000000";

    #[test]
    fn the_path_of_a_callback_parses_to_the_same_callback() {
        let key = ReminderKey { person: PERSON.parse().unwrap(), reminder: ULID.parse().unwrap() };
        let route = CallRoute { key, claim: ULID.parse().unwrap() };
        for (step, _) in CallStep::ALL {
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

    #[test]
    fn each_callback_is_recognized_by_its_path() {
        let call = format!("/calls/{PERSON}/{ULID}/{ULID}/answered-by");
        let (route, step) = CallRoute::parse(&call).unwrap();
        let text = format!("/texts/{PERSON}/{ULID}/2/status");
        let voice = format!("/voice/{PERSON}/{ULID}/key");
        let answer = format!("/answers/{PERSON}/1800000000123/status");
        for (path, expected) in [
            (&*call, Ok(CallbackRoute::Call(route, step))),
            (&text, Ok(CallbackRoute::Text(TextRoute::parse(&text).unwrap()))),
            (&answer, Ok(CallbackRoute::AnswerStatus(AnswerStatusRoute::parse(&answer).unwrap()))),
            ("/answers/status", Err(NotACallbackRoute::Answer(NotAnAnswerStatusRoute))),
            ("/voice", Ok(CallbackRoute::Voice)),
            (&voice, Ok(CallbackRoute::VoiceKey(VoiceRoute::parse(&voice).unwrap()))),
            ("/voice/", Err(NotACallbackRoute::Voice(NotAVoiceRoute))),
            ("/voice/key", Err(NotACallbackRoute::Voice(NotAVoiceRoute))),
            ("/texts/answers", Err(NotACallbackRoute::Text(NotATextRoute))),
        ] {
            assert_eq!(CallbackRoute::parse(path), expected, "{path}");
        }
    }

    #[test]
    fn the_path_of_a_callers_key_parses_to_the_reminder_that_they_heard_about() {
        let key = ReminderKey { person: PERSON.parse().unwrap(), reminder: ULID.parse().unwrap() };
        let route = VoiceRoute { key: key.clone(), told_at: None };
        assert_eq!(route.path(), format!("/voice/{PERSON}/{ULID}/key"));
        assert_eq!(VoiceRoute::parse(&route.path()), Ok(route));
        let told_at = Some(Timestamp::from_millisecond(1_800_000_000_123).unwrap());
        let route = VoiceRoute { key, told_at };
        assert_eq!(route.path(), format!("/voice/{PERSON}/{ULID}.1800000000123/key"));
        assert_eq!(VoiceRoute::parse(&route.path()), Ok(route));
        for bad in [
            "",
            "/voice",
            "/voice/key",
            &format!("/voice/{ULID}/key"),
            &format!("/voice/{PERSON}/{ULID}"),
            &format!("/voice/{PERSON}/{ULID}/other"),
            &format!("/voice/{PERSON}/{ULID}/key/"),
            &format!("/voice/{PERSON}/{ULID}/{ULID}/key"),
            &format!("/voice/short/{ULID}/key"),
            &format!("/voice/{PERSON}/short/key"),
            &format!("/voice/{PERSON}/{ULID}./key"),
            &format!("/voice/{PERSON}/{ULID}.now/key"),
            &format!("/voice/{PERSON}/{ULID}.01/key"),
            &format!("/voice/{PERSON}/{ULID}.9223372036854775807/key"),
            &format!("/calls/{PERSON}/{ULID}/key"),
        ] {
            assert_eq!(VoiceRoute::parse(bad), Err(NotAVoiceRoute), "{bad}");
        }
    }

    #[test]
    fn the_path_of_a_texts_status_parses_to_the_same_try() {
        let key = OutgoingTextKey { person: PERSON.parse().unwrap(), text: ULID.parse().unwrap() };
        for try_number in [1, 3, 255] {
            let route = TextRoute { key: key.clone(), try_number };
            assert_eq!(route.path(), format!("/texts/{PERSON}/{ULID}/{try_number}/status"));
            assert_eq!(TextRoute::parse(&route.path()), Ok(route));
        }
        for bad in [
            "",
            "/texts/status",
            &format!("/texts/{PERSON}/{ULID}/256/status"),
            &format!("/texts/{PERSON}/{ULID}/+1/status"),
            &format!("/texts/{PERSON}/{ULID}/01/status"),
            &format!("/texts/{PERSON}/{ULID}/1/other"),
            &format!("/texts/{PERSON}/short/1/status"),
        ] {
            assert_eq!(TextRoute::parse(bad), Err(NotATextRoute), "{bad}");
        }
    }
}
