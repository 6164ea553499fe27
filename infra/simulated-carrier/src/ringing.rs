//! The beginning of a call. A call to a person is dialed and rings until it is answered. A person's call reaches the
//! service.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::answerer::Answerer;
use super::call::{CallStatus, Event};
use super::call_action::CallAction;
use super::fault::FaultKind;
use super::live_call::{Interruption, LiveCall, until};
use super::log::LogEvent;
use super::phone_setting::Answering;
use super::script::CallReaction;

/// How long a phone rings before its mailbox answers, in seconds of [`Timing::second`](super::config::Timing::second).
/// Most mailboxes wait 20 to 30 seconds.
const MAILBOX_AFTER_S: u64 = 22;

impl LiveCall {
    /// Dials and rings until the call is answered. Fails with the final status if the call ends first.
    pub(super) async fn ring(&mut self) -> Result<(), CallStatus> {
        if let Some(queued) = self.fault.as_ref().filter(|fault| fault.kind == FaultKind::Queue) {
            self.before_ringing(queued.delay()).await?;
        }
        let dial_after = self.state.config.timing.dial_after;
        self.before_ringing(dial_after).await?;
        self.advance(CallStatus::Initiated, Event::Initiated, |call| LogEvent::CallInitiated { call })?;
        self.before_ringing(dial_after).await?;
        match self.fault.as_ref().map(|fault| fault.kind) {
            Some(FaultKind::Busy) => return Err(CallStatus::Busy),
            Some(FaultKind::CallFails) => return Err(CallStatus::Failed),
            _ => {}
        }
        let is_engaged = self.state.is_engaged(&self.person, &self.sid);
        let machine = match self.answering_machine() {
            // A phone that is in another call sends the new caller to its mailbox immediately.
            Some((Answerer::Mailbox, _)) if is_engaged => Some((Answerer::Mailbox, Duration::ZERO)),
            machine if !is_engaged => machine,
            _ => return Err(CallStatus::Busy),
        };
        let (reacts_after, outcome) = self.reaction();
        if outcome == Err(CallStatus::Busy) && reacts_after == Some(Duration::ZERO) {
            return Err(CallStatus::Busy);
        }
        self.advance(CallStatus::Ringing, Event::Ringing, |call| LogEvent::CallRinging { call })?;
        // A phone that answers immediately rings its person only later, if at all.
        let answers_at_once = machine.is_some_and(|(_, after)| after == Duration::ZERO);
        let reaction = if answers_at_once { (None, Ok(())) } else { (reacts_after, outcome) };
        let by = self.ring_until_answered(reaction, machine).await?;
        self.advance(CallStatus::InProgress, Event::Answered, |call| LogEvent::CallAnswered { call, by })?;
        self.start_answered(by);
        Ok(())
    }

    /// Returns the machine that answers a ringing call, and after how long, unless the person answers first.
    fn answering_machine(&self) -> Option<(Answerer, Duration)> {
        let setting = self.state.phone_settings.of(&self.person);
        let after = setting.after_ms.map(Duration::from_millis);
        match setting.answering {
            Answering::Off => None,
            Answering::Mailbox => Some((Answerer::Mailbox, after.unwrap_or_else(|| self.seconds(MAILBOX_AFTER_S)))),
            Answering::Screening => Some((Answerer::Screener, Duration::ZERO)),
        }
    }

    /// Rings until the call is answered, and returns the person or machine that answered. Fails if the call ends first.
    async fn ring_until_answered(
        &mut self,
        (reacts_after, outcome): (Option<Duration>, Result<(), CallStatus>),
        machine: Option<(Answerer, Duration)>,
    ) -> Result<Answerer, CallStatus> {
        let rings_since = Instant::now();
        let gives_up_at = rings_since + self.seconds(self.order.ring_s);
        let reacts_at = reacts_after.map(|after| rings_since + after);
        let (machine, machine_at) = match machine {
            Some((answerer, after)) => (answerer, Some(rings_since + after)),
            None => (Answerer::Person, None),
        };
        loop {
            tokio::select! {
                action = self.actions.recv() => match action {
                    Some(CallAction::Answer) => return Ok(Answerer::Person),
                    Some(CallAction::Decline | CallAction::HangUp) => return Err(CallStatus::Busy),
                    Some(CallAction::End) | None => return Err(CallStatus::Canceled),
                    Some(CallAction::Redirect(source)) => self.order.source = source,
                    Some(CallAction::Press(_)) => {}
                },
                () = until(reacts_at) => return outcome.map(|()| Answerer::Person),
                () = until(machine_at) => return Ok(machine),
                () = sleep_until(gives_up_at) => return Err(CallStatus::NoAnswer),
            }
        }
    }

    /// Puts the call of a person through to the service, which answers it with its first document.
    pub(super) fn reach_service(&mut self) -> Result<(), CallStatus> {
        self.state.advance(&self.sid, CallStatus::Ringing).ok_or(CallStatus::Canceled)?;
        self.limit_at = Some(Instant::now() + self.seconds(self.order.limit_s));
        self.person_listens();
        Ok(())
    }

    /// Answers the call of a person for the service. Does nothing if the call no longer rings.
    pub(super) fn service_answers(&mut self) -> Result<(), Interruption> {
        let is_ringing = self.state.call(&self.sid).is_some_and(|call| call.status == CallStatus::Ringing);
        if !is_ringing {
            return Ok(());
        }
        let by = Answerer::Service;
        self.advance(CallStatus::InProgress, Event::Answered, |call| LogEvent::CallAnswered { call, by })
            .map_err(Interruption::Over)
    }

    /// Waits before the phone rings. The service may still end or redirect the call.
    async fn before_ringing(&mut self, time: Duration) -> Result<(), CallStatus> {
        let at = Instant::now() + time;
        loop {
            tokio::select! {
                () = sleep_until(at) => return Ok(()),
                action = self.actions.recv() => match action {
                    Some(CallAction::End) | None => return Err(CallStatus::Canceled),
                    Some(CallAction::Redirect(source)) => self.order.source = source,
                    Some(CallAction::Answer | CallAction::Decline | CallAction::Press(_) | CallAction::HangUp) => {}
                },
            }
        }
    }

    /// Returns how the person reacts, and after how long. Without a time, only a person in the browser reacts.
    pub(super) fn reaction(&self) -> (Option<Duration>, Result<(), CallStatus>) {
        if let Some(fault) = self.fault.as_ref().filter(|fault| fault.kind == FaultKind::NoAnswer) {
            return (Some(fault.delay()), Err(CallStatus::NoAnswer));
        }
        let Some(script) = &self.script else { return (None, Ok(())) };
        let outcome = match script.then {
            CallReaction::Answer => Ok(()),
            CallReaction::NoAnswer => Err(CallStatus::NoAnswer),
            CallReaction::Busy | CallReaction::Decline => Err(CallStatus::Busy),
        };
        (script.reacts_after(), outcome)
    }
}
