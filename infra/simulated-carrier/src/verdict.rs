//! The verdict of answering machine detection on a call, right or wrong, and when it is reported.
//!
//! A second of the carrier lasts as long as [`Timing::second`](super::config::Timing::second) says.

use std::sync::Arc;
use std::time::Duration;

use super::answerer::Answerer;
use super::detection::{AnsweredBy, DetectionMode, DetectionReport, DetectionScript};
use super::live_call::LiveCall;
use super::twiml::Method;
use super::webhook::Webhook;
use super::webhook_kind::WebhookKind;

/// How long detection listens until it knows who answered, in seconds of the carrier.
const LISTENING_S: u64 = 3;
/// How long detection listens to a mailbox if it waits for the end of the greeting, in seconds of the carrier. The
/// greeting ends with a beep, shortly before that.
const GREETING_END_S: u64 = 6;

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
                (AnsweredBy::Human, self.seconds(LISTENING_S))
            }
            (Answerer::Mailbox, DetectionMode::Enable) => (AnsweredBy::MachineStart, self.seconds(LISTENING_S)),
            (Answerer::Mailbox, DetectionMode::MessageEnd) => {
                (AnsweredBy::MachineEndBeep, self.seconds(GREETING_END_S))
            }
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

/// The handling of a verdict that is reached after the end of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AfterTheCall {
    /// It is not reported.
    Dropped,
    /// It is still reported.
    Reported,
}
