//! The routes of the service's API, and the forms that the carrier posts to them.

use fastrand::Rng;
use local::deploy::ACCOUNT_SID;
use local::parameters::SERVICE_NUMBER;

use super::form::Form;

/// Keys that a person presses.
const KEYS: [&str; 6] = ["1", "2", "9", "0", "*", "99"];
const CALL_STATUSES: [&str; 8] =
    ["initiated", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled"];
const TEXT_STATUSES: [&str; 5] = ["sent", "delivered", "undelivered", "failed", "queued"];
const VERDICTS: [&str; 6] = ["human", "machine_start", "machine_end_beep", "fax", "unknown", "robot"];
const ERROR_CODES: [&str; 6] = ["", "30003", "30034", "21610", "0", "4294967296"];

/// A person with a reminder that is due in some days. Hostile requests name both, as if they had seen their URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) number: String,
    pub(crate) person: String,
    pub(crate) reminder: String,
}

/// A route of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Sms,
    Voice,
    VoiceKey,
    /// A step of a call.
    Call(&'static str),
    TextStatus,
    AnswerStatus,
}

impl Route {
    pub(crate) const ALL: [Self; 11] = [
        Self::Sms,
        Self::Voice,
        Self::VoiceKey,
        Self::Call("speech"),
        Self::Call("key"),
        Self::Call("opt-out-key"),
        Self::Call("status"),
        Self::Call("answered-by"),
        Self::Call("message"),
        Self::TextStatus,
        Self::AnswerStatus,
    ];

    /// The name in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::VoiceKey => "voice/key",
            Self::Call(step) => step,
            Self::TextStatus => "texts/status",
            Self::AnswerStatus => "answers/status",
        }
    }

    /// Returns a path of this route about a target. Its claim, text or try never existed.
    pub(crate) fn path(self, rng: &mut Rng, target: &Target) -> String {
        let Target { person, reminder, .. } = target;
        match self {
            Self::Sms => "/sms".to_owned(),
            Self::Voice => "/voice".to_owned(),
            Self::VoiceKey => format!("/voice/{person}/{reminder}/key"),
            Self::Call(step) => format!("/calls/{person}/{reminder}/{}/{step}", ulid(rng)),
            Self::TextStatus => format!("/texts/{person}/{}/{}/status", ulid(rng), rng.u8(1..4)),
            // Before the person opted in, so that a failure of the answer says nothing about them today.
            Self::AnswerStatus => format!("/answers/{person}/{}/status", rng.u64(0..1_700_000_000_000)),
        }
    }

    /// Returns the form that the carrier posts to this route. `from` is the other party of the call or text.
    pub(crate) fn form(self, rng: &mut Rng, id: &str, from: &str, words: &str) -> Form {
        let pick = |rng: &mut Rng, of: &[&'static str]| of[rng.usize(..of.len())];
        let call_sid = format!("CA{:032x}", rng.u128(..));
        let account = ("AccountSid", ACCOUNT_SID);
        match self {
            Self::Sms => Form::of(&[
                ("MessageSid", id),
                account,
                ("From", from),
                ("To", SERVICE_NUMBER),
                ("Body", words),
                ("NumMedia", "0"),
                ("FromCity", words),
            ]),
            Self::Voice | Self::VoiceKey => Form::of(&[
                ("CallSid", &call_sid),
                account,
                ("From", from),
                ("To", SERVICE_NUMBER),
                ("CallStatus", "ringing"),
                ("Digits", pick(rng, &KEYS)),
            ]),
            Self::Call(_) => Form::of(&[
                ("CallSid", &call_sid),
                account,
                ("CallStatus", pick(rng, &CALL_STATUSES)),
                ("Digits", pick(rng, &KEYS)),
                ("AnsweredBy", pick(rng, &VERDICTS)),
                ("From", SERVICE_NUMBER),
                ("To", from),
                ("CallToken", words),
            ]),
            Self::TextStatus | Self::AnswerStatus => Form::of(&[
                ("MessageSid", id),
                account,
                ("MessageStatus", pick(rng, &TEXT_STATUSES)),
                ("ErrorCode", pick(rng, &ERROR_CODES)),
                ("From", SERVICE_NUMBER),
                ("To", from),
            ]),
        }
    }
}

impl Route {
    /// Returns every report that the carrier can make on this route, each as the fields that differ.
    pub(crate) fn reports(self) -> Vec<Vec<(&'static str, &'static str)>> {
        let each = |name, values: &[&'static str]| values.iter().map(|value| vec![(name, *value)]).collect();
        match self {
            Self::Sms => vec![],
            Self::Voice | Self::Call("speech" | "message") => vec![vec![]],
            Self::VoiceKey | Self::Call("key" | "opt-out-key") => each("Digits", &KEYS),
            Self::Call("answered-by") => each("AnsweredBy", &VERDICTS),
            Self::Call(_) => each("CallStatus", &CALL_STATUSES),
            Self::TextStatus | Self::AnswerStatus => {
                let codes = |status| ERROR_CODES.map(|code| vec![("MessageStatus", status), ("ErrorCode", code)]);
                TEXT_STATUSES.into_iter().flat_map(codes).collect()
            }
        }
    }
}

/// Returns an id in the form of a ULID, which no part of the service has made.
pub(crate) fn ulid(rng: &mut Rng) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::iter::once('0').chain((1..26).map(|_| char::from(DIGITS[rng.usize(..32)]))).collect()
}
