//! Answering machine detection: the service's request, and the verdicts that are scripted or reported.

use serde::{Deserialize, Serialize};

use super::script_time::SCRIPT_TIME_MAX_MS;
use super::twiml::Method;

/// A verdict of detection, as at Twilio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// A person answered.
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
    /// Detection could not decide.
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

/// A scripted verdict. Without a script, the verdict is right, and it is not reported if the call ends first. A phone
/// that screens a call counts as a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum DetectionScript {
    /// No verdict is reported.
    Never,
    /// This verdict is reported, even if the call ends first.
    #[serde(rename_all = "snake_case")]
    Says {
        /// The verdict to report.
        answered_by: AnsweredBy,
        /// Time in milliseconds from the pickup to the verdict. Absent for the time that the right verdict takes.
        #[serde(default)]
        after_ms: Option<u64>,
    },
}

impl DetectionScript {
    /// Checks that the script is valid.
    pub(super) fn check(self) -> Result<(), String> {
        match self {
            Self::Says { after_ms: Some(ms), .. } if ms > SCRIPT_TIME_MAX_MS => {
                Err(format!("detection: expected at most {SCRIPT_TIME_MAX_MS} ms, found {ms}"))
            }
            Self::Never | Self::Says { .. } => Ok(()),
        }
    }
}

/// The result that detection waits for.
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

/// How the verdict is reported to the service.
#[derive(Clone, Debug)]
pub(super) enum DetectionReport {
    /// With every webhook that follows the callback about the pickup. Twilio requests the document only after the
    /// verdict. This carrier has the verdict immediately.
    WithWebhooks,
    /// By a callback of its own, while the document runs.
    Callback { url: String, method: Method },
    /// Not at all: the service requested detection while the document runs, but no callback.
    Lost,
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
        assert!(says(Some(SCRIPT_TIME_MAX_MS + 1)).check().is_err());
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
