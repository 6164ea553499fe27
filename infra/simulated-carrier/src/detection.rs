//! Answering machine detection: its verdict, right or wrong, and when it is reported.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answerer::Answerer;
use super::live_call::LiveCall;
use super::twiml::Method;
use super::webhook::Webhook;
use super::webhook_kind::WebhookKind;

/// Maximum delay of a scripted verdict, in milliseconds: ten minutes. A longer one is probably a wrong unit.
const MOST_MS: u64 = 600_000;
/// How long detection listens to a person, in seconds of the carrier.
const LISTENS_S: u64 = 3;
/// How long detection listens to a mailbox until the end of its greeting, in seconds of the carrier. The mailbox beeps
/// shortly before.
const GREETED_S: u64 = 6;

/// A verdict of detection, as at Twilio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// A person.
    Human,
    /// A machine, whose greeting is not over.
    MachineStart,
    /// A machine, which has beeped.
    MachineEndBeep,
    /// A machine, which has fallen silent.
    MachineEndSilence,
    /// A machine, whose greeting ended in another way.
    MachineEndOther,
    /// A fax machine.
    Fax,
    /// Undecided.
    Unknown,
}

impl AnsweredBy {
    /// Returns Twilio's name of the verdict.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::MachineStart => "machine_start",
            Self::MachineEndBeep => "machine_end_beep",
            Self::MachineEndSilence => "machine_end_silence",
            Self::MachineEndOther => "machine_end_other",
            Self::Fax => "fax",
            Self::Unknown => "unknown",
        }
    }
}

/// A scripted verdict. Without a script the verdict is right: a phone that screens a call counts as a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum DetectionScript {
    /// No verdict is reported.
    Never,
    /// A verdict is reported, even if the call is over by then.
    #[serde(rename_all = "snake_case")]
    Says {
        /// The verdict.
        answered_by: AnsweredBy,
        /// Time in milliseconds from the answer. Absent for the time that a right verdict takes.
        #[serde(default)]
        after_ms: Option<u64>,
    },
}

impl DetectionScript {
    /// Checks that the script is valid.
    pub(super) fn check(self) -> Result<(), String> {
        match self {
            Self::Says { after_ms: Some(ms), .. } if ms > MOST_MS => {
                Err(format!("detection: expected at most {MOST_MS} ms, found {ms}"))
            }
            Self::Never | Self::Says { .. } => Ok(()),
        }
    }
}

/// What detection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DetectionMode {
    /// Whether a machine answers.
    Enable,
    /// The end of a machine's greeting.
    MessageEnd,
}

/// The detection that the service requested for a call.
#[derive(Clone, Debug)]
pub(super) struct Detection {
    pub(super) mode: DetectionMode,
    pub(super) report: DetectionReport,
}

/// How the service learns of the verdict.
#[derive(Clone, Debug)]
pub(super) enum DetectionReport {
    /// With every webhook of the answered call. Twilio delays the document for it; this carrier knows it at once.
    WithWebhooks,
    /// By a callback of its own, while the document runs.
    Callback { url: String, method: Method },
    /// Not at all: the service requested it beside the document, but no callback.
    Lost,
}

impl LiveCall {
    /// Starts detection on a call that was just answered.
    pub(super) fn detect(&self, answerer: Answerer) {
        let Some(detection) = self.order.detection.clone() else { return };
        let (right, takes) = self.right_verdict(answerer, detection.mode);
        let (verdict, takes, after_the_call) = match self.script.as_ref().and_then(|script| script.detection) {
            Some(DetectionScript::Never) => return,
            Some(DetectionScript::Says { answered_by, after_ms }) => {
                (answered_by, after_ms.map_or(takes, Duration::from_millis), AfterTheCall::Reported)
            }
            None => (right, takes, AfterTheCall::Dropped),
        };
        match detection.report {
            DetectionReport::WithWebhooks => self.state.set_answered_by(&self.sid, verdict),
            DetectionReport::Callback { url, method } => self.report_later(verdict, takes, after_the_call, url, method),
            DetectionReport::Lost => {}
        }
    }

    fn right_verdict(&self, answerer: Answerer, mode: DetectionMode) -> (AnsweredBy, Duration) {
        match (answerer, mode) {
            (Answerer::Person | Answerer::Screener | Answerer::Service, _) => {
                (AnsweredBy::Human, self.seconds(LISTENS_S))
            }
            (Answerer::Mailbox, DetectionMode::Enable) => (AnsweredBy::MachineStart, self.seconds(LISTENS_S)),
            (Answerer::Mailbox, DetectionMode::MessageEnd) => (AnsweredBy::MachineEndBeep, self.seconds(GREETED_S)),
        }
    }

    fn report_later(&self, verdict: AnsweredBy, takes: Duration, after: AfterTheCall, url: String, method: Method) {
        let (state, sid, number) = (Arc::clone(&self.state), self.sid.clone(), self.person.clone());
        self.state.spawn(async move {
            tokio::time::sleep(takes).await;
            let is_over = state.call(&sid).is_none_or(|call| call.status.is_final());
            if is_over && after == AfterTheCall::Dropped {
                return;
            }
            state.set_answered_by(&sid, verdict);
            let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let form = vec![
                pair("AccountSid", state.config.account.as_str()),
                pair("CallSid", sid.as_str()),
                pair("AnsweredBy", verdict.as_str()),
                pair("MachineDetectionDuration", &takes.as_millis().to_string()),
            ];
            drop(state.send(&Webhook { kind: WebhookKind::AnsweredBy, sid, number, url, method, form }).await);
        });
    }
}

/// What happens to a verdict that is reached after the end of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AfterTheCall {
    /// It is not reported.
    Dropped,
    /// It is reported nevertheless.
    Reported,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_parsed_as_documented_and_an_invalid_one_is_refused() {
        let read = |text: &str| serde_json::from_str::<DetectionScript>(text);
        assert_eq!(read(r#""never""#).unwrap(), DetectionScript::Never);
        let says = |after_ms| DetectionScript::Says { answered_by: AnsweredBy::MachineEndBeep, after_ms };
        assert_eq!(read(r#"{"says":{"answered_by":"machine_end_beep","after_ms":5}}"#).unwrap(), says(Some(5)));
        assert_eq!(read(r#"{"says":{"answered_by":"machine_end_beep"}}"#).unwrap(), says(None));
        assert!(read(r#"{"says":{"answered_by":"dog"}}"#).is_err());
        assert_eq!(says(Some(5)).check(), Ok(()));
        assert!(says(Some(MOST_MS + 1)).check().is_err());
    }

    #[test]
    fn the_name_of_every_verdict_is_its_json() {
        for verdict in [
            AnsweredBy::Human,
            AnsweredBy::MachineStart,
            AnsweredBy::MachineEndBeep,
            AnsweredBy::MachineEndSilence,
            AnsweredBy::MachineEndOther,
            AnsweredBy::Fax,
            AnsweredBy::Unknown,
        ] {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
        }
    }
}
