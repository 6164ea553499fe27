//! The task of a call in progress: dials, rings, runs documents and ends the call.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::call::{Call, CallOrder, CallStatus, Event, Source};
use super::call_action::CallAction;
use super::callbacks::{CallbackOrder, Callbacks};
use super::fault::{Fault, FaultKind};
use super::log::LogEvent;
use super::number::Key;
use super::script::{CallReaction, CallScript, Press};
use super::sid::Sid;
use super::state::SharedState;
use super::webhook::Webhook;

/// Whether a pressed key has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyInput {
    /// A `Gather` is open and collects keys.
    Heard,
    /// No `Gather` is open.
    Ignored,
}

/// How a wait during a call ended.
pub(super) enum WaitEnd<T> {
    /// The work is done.
    Done(T),
    /// A key was pressed before the work was done.
    Key(Key),
}

/// Why a document was interrupted.
pub(super) enum Interruption {
    /// The call has ended.
    Over(CallStatus),
    /// The service redirected the call to another document.
    Redirected(Source),
}

/// A call in progress.
pub(super) struct LiveCall {
    pub(super) state: SharedState,
    pub(super) sid: Sid,
    pub(super) order: CallOrder,
    actions: mpsc::UnboundedReceiver<CallAction>,
    script: Option<CallScript>,
    fault: Option<Fault>,
    callbacks: Callbacks,
    presses: VecDeque<Press>,
    answered: Instant,
    hang_up_at: Option<Instant>,
    limit_at: Option<Instant>,
    /// A key's webhook that is sent only after the end of the call.
    pub(super) overtaken: Option<Webhook>,
}

/// Creates a call and starts its task.
pub(super) fn place(state: &SharedState, order: CallOrder, fault: Option<&Fault>) -> Call {
    let (sender, actions) = mpsc::unbounded_channel();
    let sid = state.sids.next("CA");
    let call = Call::new(sid.clone(), order.clone(), Timestamp::now());
    let url = match &order.source {
        Source::Url { url, .. } => Some(url.clone()),
        Source::Inline(_) => None,
    };
    let fault = fault.map(|fault| fault.kind.name().to_owned());
    state.log.write(Some(&order.to), LogEvent::CallRequested { call: sid.clone(), url, fault });
    state.add_call(call.clone(), sender);
    let callback_order = if state.faults.on_callbacks(&order.to).is_some() {
        CallbackOrder::LastFirst
    } else {
        CallbackOrder::AsItHappens
    };
    let live_call = LiveCall {
        state: Arc::clone(state),
        sid,
        actions,
        script: state.scripts.next(&order.to),
        fault: state.faults.on_ring(&order.to),
        callbacks: Callbacks::start(state, order.callback.clone(), callback_order),
        presses: VecDeque::new(),
        answered: Instant::now(),
        hang_up_at: None,
        limit_at: None,
        overtaken: None,
        order,
    };
    state.spawn(live_call.run());
    call
}

impl LiveCall {
    async fn run(mut self) {
        let ending = match self.ring().await {
            Ok(()) => self.talk().await,
            Err(ending) => ending,
        };
        self.end(ending).await;
    }

    /// Dials and rings until the call is answered.
    async fn ring(&mut self) -> Result<(), CallStatus> {
        self.before_ringing().await?;
        self.advance(CallStatus::Initiated, Event::Initiated, |call| LogEvent::CallInitiated { call })?;
        self.before_ringing().await?;
        match self.fault.as_ref().map(|fault| fault.kind) {
            Some(FaultKind::Busy) => return Err(CallStatus::Busy),
            Some(FaultKind::CallFails) => return Err(CallStatus::Failed),
            _ => {}
        }
        let (reacts_after, outcome) = self.reaction();
        if outcome == Err(CallStatus::Busy) && reacts_after == Some(Duration::ZERO) {
            return Err(CallStatus::Busy);
        }
        self.advance(CallStatus::Ringing, Event::Ringing, |call| LogEvent::CallRinging { call })?;
        let rang = Instant::now();
        let gives_up_at = rang + self.seconds(self.order.ring_s);
        let reacts_at = reacts_after.map(|after| rang + after);
        loop {
            tokio::select! {
                action = self.actions.recv() => match action {
                    Some(CallAction::Answer) => break,
                    Some(CallAction::Decline | CallAction::HangUp) => return Err(CallStatus::Busy),
                    Some(CallAction::End) | None => return Err(CallStatus::Canceled),
                    Some(CallAction::Redirect(source)) => self.order.source = source,
                    Some(CallAction::Press(_)) => {}
                },
                () = until(reacts_at) => match outcome {
                    Ok(()) => break,
                    Err(ending) => return Err(ending),
                },
                () = sleep_until(gives_up_at) => return Err(CallStatus::NoAnswer),
            }
        }
        self.advance(CallStatus::InProgress, Event::Answered, |call| LogEvent::CallAnswered { call })?;
        self.start_answered();
        Ok(())
    }

    /// Waits for the duration of dialing. The service may still end or redirect the call.
    async fn before_ringing(&mut self) -> Result<(), CallStatus> {
        let at = Instant::now() + self.state.config.timing.dial_after;
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

    /// Returns how the person reacts, and after what time. Without a time, the call rings until a person in the browser
    /// acts or the ring timeout ends.
    fn reaction(&self) -> (Option<Duration>, Result<(), CallStatus>) {
        if let Some(fault) = &self.fault {
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

    /// Starts the timers of an answered call.
    fn start_answered(&mut self) {
        self.answered = Instant::now();
        self.limit_at = Some(self.answered + self.seconds(self.order.limit_s));
        if let Some(script) = &self.script {
            self.presses = script.press.clone().into();
            self.hang_up_at = script.hang_up_after_ms.map(|ms| self.answered + Duration::from_millis(ms));
        }
    }

    /// Waits for work during an answered call. A key, a hang-up, or a request of the service may interrupt the wait.
    pub(super) async fn wait<T>(
        &mut self,
        work: impl Future<Output = T>,
        key_input: KeyInput,
    ) -> Result<WaitEnd<T>, Interruption> {
        let mut work = pin!(work);
        loop {
            let press = self.presses.front().filter(|_| key_input == KeyInput::Heard);
            let press_at = press.map(|press| self.answered + Duration::from_millis(press.after_ms));
            tokio::select! {
                biased;
                action = self.actions.recv() => match action {
                    Some(CallAction::Press(key)) => if self.pressed(key, key_input) { return Ok(WaitEnd::Key(key)) },
                    Some(CallAction::Redirect(source)) => return Err(Interruption::Redirected(source)),
                    Some(CallAction::HangUp | CallAction::End) | None => return Err(Interruption::Over(CallStatus::Completed)),
                    Some(CallAction::Answer | CallAction::Decline) => {}
                },
                () = until(self.hang_up_at) => return Err(Interruption::Over(CallStatus::Completed)),
                () = until(self.limit_at) => return Err(Interruption::Over(CallStatus::Completed)),
                () = until(press_at) => if let Some(press) = self.presses.pop_front() {
                    self.pressed(press.digit, key_input);
                    return Ok(WaitEnd::Key(press.digit));
                },
                done = &mut work => return Ok(WaitEnd::Done(done)),
            }
        }
    }

    fn pressed(&self, digit: Key, key_input: KeyInput) -> bool {
        let heard = key_input == KeyInput::Heard;
        self.note(LogEvent::Key { call: self.sid.clone(), digit, heard });
        heard
    }

    /// If the script hangs up shortly after a key, schedules the hang-up and delays the key's webhook until after the
    /// end of the call. Returns whether it did.
    pub(super) fn overtake(&mut self, key: &Webhook) -> bool {
        let Some(ms) = self.script.as_ref().and_then(|script| script.hang_up_after_key_ms) else { return false };
        self.hang_up_at = Some(Instant::now() + Duration::from_millis(ms));
        self.overtaken = Some(key.clone());
        true
    }

    async fn end(mut self, ending: CallStatus) {
        // If the service has ended the call, its record has already ended.
        let call = self.state.advance(&self.sid, ending).or_else(|| self.state.call(&self.sid));
        if let Some(call) = call {
            let (status, duration_s) = (call.status, call.duration_s());
            self.note(LogEvent::CallEnded { call: self.sid.clone(), status, duration_s });
            self.callbacks.report(&call, Event::Completed, status);
        }
        self.callbacks.finish().await;
        if let Some(key) = self.overtaken.take() {
            // The call has ended, so the response has no effect.
            drop(self.state.send(&key).await);
        }
    }

    fn advance(
        &mut self,
        to: CallStatus,
        event: Event,
        log_event: impl FnOnce(Sid) -> LogEvent,
    ) -> Result<(), CallStatus> {
        // The record has ended only if the service ended the call. It is written before this task is notified.
        let call = self.state.advance(&self.sid, to).ok_or(CallStatus::Canceled)?;
        self.note(log_event(self.sid.clone()));
        self.callbacks.report(&call, event, to);
        Ok(())
    }

    pub(super) fn note(&self, event: LogEvent) {
        self.state.log.write(Some(&self.order.to), event);
    }

    /// Returns the duration of a number of seconds in this carrier's timing.
    pub(super) fn seconds(&self, seconds: u64) -> Duration {
        let times = u32::try_from(seconds).unwrap_or(u32::MAX);
        self.state.config.timing.second.saturating_mul(times)
    }

    pub(super) async fn pause(&mut self, time: Duration, key_input: KeyInput) -> Result<WaitEnd<()>, Interruption> {
        self.wait(sleep(time), key_input).await
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
