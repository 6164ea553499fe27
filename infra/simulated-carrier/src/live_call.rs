//! The task of a call in progress: its timers, the actions on it, and its end.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::answerer::Answerer;
use super::call::{Call, CallDirection, CallOrder, CallStatus, Event, Source};
use super::call_action::CallAction;
use super::callbacks::{CallbackOrder, Callbacks};
use super::fault::Fault;
use super::listener::Listener;
use super::log::LogEvent;
use super::number::{Key, PhoneNumber};
use super::script::{CallScript, Press};
use super::sid::Sid;
use super::state::SharedState;
use super::twiml::Method;
use super::webhook::Webhook;

/// Time limit of a person's call to the service in seconds, as at Twilio: four hours.
const LIMIT_S: u64 = 4 * 3600;

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
    pub(super) person: PhoneNumber,
    pub(super) script: Option<CallScript>,
    pub(super) listener: Listener,
    pub(super) actions: mpsc::UnboundedReceiver<CallAction>,
    pub(super) fault: Option<Fault>,
    callbacks: Callbacks,
    presses: VecDeque<Press>,
    /// When the person began to listen.
    listens_since: Instant,
    hang_up_at: Option<Instant>,
    pub(super) limit_at: Option<Instant>,
    /// A key's webhook that is sent only after the end of the call.
    pub(super) overtaken: Option<Webhook>,
}

/// Creates a call from the service to a person, and starts its task.
pub(super) fn place(state: &SharedState, order: CallOrder, fault: Option<&Fault>) -> Call {
    let sid = state.sids.next("CA");
    let url = match &order.source {
        Source::Url { url, .. } => Some(url.clone()),
        Source::Inline(_) => None,
    };
    let fault = fault.map(|fault| fault.kind.name().to_owned());
    state.log.write(Some(&order.to), LogEvent::CallRequested { call: sid.clone(), url, fault });
    let (script, ring_fault) = (state.scripts.next(&order.to), state.faults.on_ring(&order.to));
    start(state, sid, order, script, ring_fault)
}

/// Creates a call from a person to the service's number, and starts its task.
pub(super) fn call_in(state: &SharedState, from: PhoneNumber, script: Option<CallScript>) -> Call {
    let order = CallOrder {
        to: state.config.service_number.clone(),
        from,
        source: Source::Url { url: state.config.voice_url.clone(), method: Method::Post },
        callback: None,
        ring_s: 0,
        limit_s: LIMIT_S,
        detection: None,
        direction: CallDirection::Inbound,
    };
    let sid = state.sids.next("CA");
    state.log.write(Some(&order.from), LogEvent::CallIn { call: sid.clone() });
    start(state, sid, order, script, None)
}

fn start(state: &SharedState, sid: Sid, order: CallOrder, script: Option<CallScript>, fault: Option<Fault>) -> Call {
    let (sender, actions) = mpsc::unbounded_channel();
    let call = Call::new(sid.clone(), order.clone(), Timestamp::now());
    state.add_call(call.clone(), sender);
    let callback_order = if state.faults.on_callbacks(order.person()).is_some() {
        CallbackOrder::LastFirst
    } else {
        CallbackOrder::AsItHappens
    };
    let live_call = LiveCall {
        state: Arc::clone(state),
        sid,
        person: order.person().clone(),
        script,
        listener: Listener::Person,
        actions,
        fault,
        callbacks: Callbacks::start(state, order.callback.clone(), callback_order),
        presses: VecDeque::new(),
        listens_since: Instant::now(),
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
        let begun = match self.order.direction {
            CallDirection::Outbound => self.ring().await,
            CallDirection::Inbound => self.reach_service(),
        };
        let ending = match begun {
            Ok(()) => self.talk().await,
            Err(ending) => ending,
        };
        self.end(ending).await;
    }

    /// Starts the timers of an answered call, and its detection.
    pub(super) fn start_answered(&mut self, by: Answerer) {
        self.limit_at = Some(Instant::now() + self.seconds(self.order.limit_s));
        self.listener = self.listener(by);
        if by == Answerer::Person {
            self.person_listens();
        }
        self.detect(by);
    }

    /// Starts the scripted actions of the person on the call.
    pub(super) fn person_listens(&mut self) {
        self.listens_since = Instant::now();
        if let Some(script) = &self.script {
            self.presses = script.press.clone().into();
            self.hang_up_at = script.hang_up_after_ms.map(|ms| self.listens_since + Duration::from_millis(ms));
        }
    }

    /// Waits for work during a call. A key, a hang-up, the time limit or a request of the service may interrupt the
    /// wait.
    pub(super) async fn wait<T>(
        &mut self,
        work: impl Future<Output = T>,
        key_input: KeyInput,
    ) -> Result<WaitEnd<T>, Interruption> {
        let mut work = pin!(work);
        loop {
            let hears_keys = key_input == KeyInput::Heard && self.listener.is_person();
            let press = self.presses.front().filter(|_| hears_keys);
            let press_at = press.map(|press| self.listens_since + Duration::from_millis(press.after_ms));
            tokio::select! {
                biased;
                action = self.actions.recv() => match action {
                    Some(CallAction::Press(key)) if self.listener.is_person() => {
                        if self.pressed(key, key_input) { return Ok(WaitEnd::Key(key)) }
                    }
                    Some(CallAction::Redirect(source)) => return Err(Interruption::Redirected(source)),
                    Some(CallAction::HangUp | CallAction::End) | None => return Err(Interruption::Over(CallStatus::Completed)),
                    Some(CallAction::Answer) if !self.listener.is_person() => self.connect(),
                    Some(CallAction::Decline) if !self.listener.is_person() => return Err(Interruption::Over(CallStatus::Completed)),
                    Some(CallAction::Press(_) | CallAction::Answer | CallAction::Decline) => {}
                },
                () = until(self.hang_up_at) => return Err(Interruption::Over(CallStatus::Completed)),
                () = until(self.limit_at) => return Err(Interruption::Over(CallStatus::Completed)),
                () = until(self.listener.acts_at()) => self.listener_acts()?,
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
    /// end of the call. Returns whether it did both.
    pub(super) fn overtake(&mut self, key: &Webhook) -> bool {
        let Some(ms) = self.script.as_ref().and_then(|script| script.hang_up_after_key_ms) else { return false };
        self.hang_up_at = Some(Instant::now() + Duration::from_millis(ms));
        self.overtaken = Some(key.clone());
        true
    }

    async fn end(mut self, ending: CallStatus) {
        // If the service has ended the call, the call's record already has the end.
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

    /// Changes the status of the call, logs the change, and reports it to the service. Fails if the call has ended.
    pub(super) fn advance(
        &mut self,
        to: CallStatus,
        event: Event,
        log_event: impl FnOnce(Sid) -> LogEvent,
    ) -> Result<(), CallStatus> {
        // If the call's record already has an end, the service ended the call: that end is written before this task is
        // notified.
        let call = self.state.advance(&self.sid, to).ok_or(CallStatus::Canceled)?;
        self.note(log_event(self.sid.clone()));
        self.callbacks.report(&call, event, to);
        Ok(())
    }

    pub(super) fn note(&self, event: LogEvent) {
        self.state.log.write(Some(&self.person), event);
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

pub(super) async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
