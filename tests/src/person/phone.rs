//! The person's phone at the simulated carrier: how it reacts to calls, and the calls and texts that reach it.

use std::sync::PoisonError;

use anyhow::{Context, Result, anyhow, ensure};
use simulated_carrier::{
    CallReaction, CallScript, DeliveryScript, Fault, FaultKind, LogEntry, LogEvent, PhoneSetting, Sid, WebhookKind,
};

use super::Person;
use crate::stage::LIMIT;

/// Time after which a call that is not answered ends, in milliseconds. The service would let it ring for 30 s.
const MISSED_AFTER_MS: u64 = 1000;

impl Person<'_> {
    /// Sets how the person reacts to their next calls, one script for each call.
    ///
    /// # Errors
    /// Fails if a script is not valid.
    pub fn script_calls(&self, calls: Vec<CallScript>) -> Result<()> {
        self.stage.stack.carrier().behave(&self.number, calls).map_err(|reason| anyhow!(reason))
    }

    /// The person will pick up the next call and press 1.
    ///
    /// # Errors
    /// Fails if the script is not valid, which does not happen.
    pub fn will_press_1(&self) -> Result<()> {
        self.script_calls(vec![CallScript::press("1")?])
    }

    /// The person will miss this many calls. A later call rings until the service's ring time is over.
    ///
    /// # Errors
    /// Fails if the script is not valid, which does not happen.
    pub fn will_miss(&self, misses: usize) -> Result<()> {
        self.script_calls(vec![missed_call(); misses])
    }

    /// The person will miss this many calls, then pick up and press 1.
    ///
    /// # Errors
    /// Fails if the script is not valid, which does not happen.
    pub fn will_miss_then_press_1(&self, misses: usize) -> Result<()> {
        self.will_miss_then(misses, CallScript::press("1")?)
    }

    /// The person will miss this many calls, then react to the next call as the script says.
    ///
    /// # Errors
    /// Fails if the script is not valid.
    pub fn will_miss_then(&self, misses: usize, then: CallScript) -> Result<()> {
        self.script_calls([vec![missed_call(); misses], vec![then]].concat())
    }

    /// Sets a mailbox or call screening for the person's phone.
    ///
    /// # Errors
    /// Fails if the setting is not valid.
    pub fn set_phone(&self, setting: PhoneSetting) -> Result<()> {
        self.stage.stack.carrier().set_phone(&self.number, setting).map_err(|reason| anyhow!(reason))
    }

    /// Scripts the delivery of the next texts to the person, including answers.
    ///
    /// # Errors
    /// Fails if a script is not valid.
    pub fn script_deliveries(&self, texts: Vec<DeliveryScript>) -> Result<()> {
        self.stage.stack.carrier().deliver(&self.number, texts).map_err(|reason| anyhow!(reason))
    }

    /// Calls the service's number, and waits until the call is over. Returns all words that were spoken on the call.
    ///
    /// # Errors
    /// Fails if the script is not valid, the phone is in another call, or the call does not end.
    pub async fn call_in(&self, script: CallScript) -> Result<Vec<String>> {
        let own_call =
            self.stage.stack.carrier().call_in(&self.number, Some(script)).map_err(|reason| anyhow!(reason))?;
        self.wait_for(
            "the end of the call",
            |event| matches!(event, LogEvent::CallEnded { call, .. } if *call == own_call),
        )
        .await?;
        Ok(self.said_on(&own_call))
    }

    /// All words that were spoken on one call.
    #[must_use]
    pub fn said_on(&self, wanted: &Sid) -> Vec<String> {
        let spoken = |entry: &LogEntry| match &entry.event {
            LogEvent::Said { call, words } if call == wanted => Some(words.clone()),
            _ => None,
        };
        self.log().iter().filter_map(spoken).collect()
    }

    /// Waits until the phone rings, and picks it up.
    ///
    /// # Errors
    /// Fails if the phone does not ring, or has stopped ringing.
    pub async fn pick_up(&self) -> Result<()> {
        let ring = self.wait_for("a ring", |event| matches!(event, LogEvent::CallRinging { .. })).await?;
        let call = ring.call().context("expected the id of the ringing call")?;
        let url = format!("{}/_phone/calls/{}/answer", self.stage.stack.carrier().url(), call.as_str());
        let response = self.stage.http.post(url).send().await?;
        ensure!(response.status().is_success(), "expected a ringing phone, found {}", response.text().await?);
        Ok(())
    }

    /// Adds a fault at the carrier for this person. The fault occurs once, unless `change` sets another number.
    ///
    /// # Errors
    /// Fails if the fault is not valid.
    pub fn add_fault(&self, change: impl FnOnce(Fault) -> Fault, kind: FaultKind) -> Result<()> {
        let fault = change(Fault::once(self.number.clone(), kind));
        self.stage.stack.carrier().add_fault(fault).map_err(|reason| anyhow!(reason))
    }

    /// The carrier's log of this person.
    #[must_use]
    pub fn log(&self) -> Vec<LogEntry> {
        self.stage.stack.carrier().log(Some(&self.number))
    }

    /// Number of log entries whose event matches.
    #[must_use]
    pub fn count(&self, wanted: impl Fn(&LogEvent) -> bool) -> usize {
        self.log().iter().filter(|entry| wanted(&entry.event)).count()
    }

    /// Number of calls that the service requested, including refused requests and requests without a response.
    #[must_use]
    pub fn dials(&self) -> usize {
        self.count(|event| {
            matches!(
                event,
                LogEvent::CallRequested { .. } | LogEvent::CallRefused { .. } | LogEvent::CallDropped { .. }
            )
        })
    }

    /// Number of calls that made the phone ring.
    #[must_use]
    pub fn rings(&self) -> usize {
        self.count(|event| matches!(event, LogEvent::CallRinging { .. }))
    }

    /// Whether a call to or from the person was accepted and is not over.
    #[must_use]
    pub fn is_in_a_call(&self) -> bool {
        let requested = self.count(|event| matches!(event, LogEvent::CallRequested { .. } | LogEvent::CallIn { .. }));
        requested > self.count(|event| matches!(event, LogEvent::CallEnded { .. }))
    }

    /// All words that were spoken on calls with the person.
    #[must_use]
    pub fn spoken_words(&self) -> Vec<String> {
        let spoken = |entry: &LogEntry| match &entry.event {
            LogEvent::Said { words, .. } => Some(words.clone()),
            _ => None,
        };
        self.log().iter().filter_map(spoken).collect()
    }

    /// Texts from the service, except answers that came late instead of in the webhook's reply.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let mut late = self.late_answers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut texts = self.all_texts();
        texts.retain(|words| match late.iter().position(|answer| answer == words) {
            Some(place) => {
                late.swap_remove(place);
                false
            }
            None => true,
        });
        texts
    }

    pub(super) fn all_texts(&self) -> Vec<String> {
        let texted = |entry: &LogEntry| match &entry.event {
            LogEvent::TextOut { words, .. } => Some(words.clone()),
            _ => None,
        };
        self.log().iter().filter_map(texted).collect()
    }

    /// Number of pressed keys to which the service has responded with 200. It responds after its write.
    #[must_use]
    pub fn keys_handled(&self) -> usize {
        self.count(|event| matches!(event, LogEvent::Webhook { about: WebhookKind::Key, status: Some(200), .. }))
    }

    /// Waits for a matching event in the carrier's log of this person, and returns its entry. An event that is already
    /// in the log counts too. `expected` describes the event in an error.
    ///
    /// # Errors
    /// Fails if there is no such event for five minutes.
    pub async fn wait_for(&self, expected: &str, wanted: impl Fn(&LogEvent) -> bool) -> Result<LogEntry> {
        let own = |entry: &LogEntry| entry.number.as_ref() == Some(&self.number) && wanted(&entry.event);
        let found = self.stage.stack.carrier().wait_for(LIMIT, own).await;
        found.with_context(|| format!("expected within {LIMIT:?}: {expected}; found {:#?}", self.log()))
    }
}

fn missed_call() -> CallScript {
    CallScript { then: CallReaction::NoAnswer, answer_after_ms: Some(MISSED_AFTER_MS), ..CallScript::answer() }
}
