//! A call as it goes: dialed, ringing, talked, over.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::call::{Call, CallOrder, CallStatus, Event, Source};
use super::callbacks::{Callbacks, Order};
use super::fault::{Fault, Kind};
use super::log::What;
use super::number::Key;
use super::script::{CallScript, Press, Then};
use super::sid::Sid;
use super::state::Board;
use super::webhook::Webhook;

/// What somebody does about a call.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// The person picks up.
    Answer,
    /// The person declines.
    Decline,
    /// The person presses a key.
    Press(Key),
    /// The person hangs up.
    HangUp,
    /// The service ended the call; its record says so already.
    End,
    /// The service gives the call other words.
    Redirect(Source),
}

/// Whether a key would be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ear {
    Open,
    Shut,
}

/// What came first.
pub(super) enum Waited<T> {
    Done(T),
    Key(Key),
}

/// Why what went on does not go on.
pub(super) enum Stop {
    Over(CallStatus),
    Redirected(Source),
}

/// A call as it goes.
pub(super) struct Line {
    pub(super) board: Board,
    pub(super) sid: Sid,
    pub(super) order: CallOrder,
    acts: mpsc::UnboundedReceiver<Act>,
    script: Option<CallScript>,
    fault: Option<Fault>,
    callbacks: Callbacks,
    presses: VecDeque<Press>,
    answered: Instant,
    hang_up_at: Option<Instant>,
    limit_at: Option<Instant>,
    /// The key's webhook that the end of the call overtakes.
    pub(super) overtaken: Option<Webhook>,
}

/// Creates a call and lets it go its way.
pub(super) fn place(board: &Board, order: CallOrder, fault: Option<&Fault>) -> Call {
    let (line, acts) = mpsc::unbounded_channel();
    let sid = board.sids.next("CA");
    let call = Call::new(sid.clone(), order.clone(), Timestamp::now());
    let url = match &order.source {
        Source::Url { url, .. } => Some(url.clone()),
        Source::Inline(_) => None,
    };
    let fault = fault.map(|fault| fault.kind.name().to_owned());
    board.log.write(Some(&order.to), What::CallRequested { call: sid.clone(), url, fault });
    board.add_call(call.clone(), line);
    let callback_order =
        if board.faults.on_callbacks(&order.to).is_some() { Order::LastFirst } else { Order::AsItHappens };
    let line = Line {
        board: Arc::clone(board),
        sid,
        acts,
        script: board.scripts.next(&order.to),
        fault: board.faults.on_ring(&order.to),
        callbacks: Callbacks::start(board, order.callback.clone(), callback_order),
        presses: VecDeque::new(),
        answered: Instant::now(),
        hang_up_at: None,
        limit_at: None,
        overtaken: None,
        order,
    };
    board.spawn(line.run());
    call
}

impl Line {
    async fn run(mut self) {
        let ending = match self.ring().await {
            Ok(()) => self.talk().await,
            Err(ending) => ending,
        };
        self.end(ending).await;
    }

    /// Dials and rings until somebody picks up.
    async fn ring(&mut self) -> Result<(), CallStatus> {
        self.before_ringing().await?;
        self.advance(CallStatus::Initiated, Event::Initiated, |call| What::CallInitiated { call })?;
        self.before_ringing().await?;
        match self.fault.as_ref().map(|fault| fault.kind) {
            Some(Kind::Busy) => return Err(CallStatus::Busy),
            Some(Kind::CallFails) => return Err(CallStatus::Failed),
            _ => {}
        }
        let (taken_after, outcome) = self.taken();
        if outcome == Err(CallStatus::Busy) && taken_after == Some(Duration::ZERO) {
            return Err(CallStatus::Busy);
        }
        self.advance(CallStatus::Ringing, Event::Ringing, |call| What::CallRinging { call })?;
        let rang = Instant::now();
        let gives_up_at = rang + self.seconds(self.order.ring_s);
        let taken_at = taken_after.map(|after| rang + after);
        loop {
            tokio::select! {
                act = self.acts.recv() => match act {
                    Some(Act::Answer) => break,
                    Some(Act::Decline | Act::HangUp) => return Err(CallStatus::Busy),
                    Some(Act::End) | None => return Err(CallStatus::Canceled),
                    Some(Act::Redirect(source)) => self.order.source = source,
                    Some(Act::Press(_)) => {}
                },
                () = until(taken_at) => match outcome {
                    Ok(()) => break,
                    Err(ending) => return Err(ending),
                },
                () = sleep_until(gives_up_at) => return Err(CallStatus::NoAnswer),
            }
        }
        self.advance(CallStatus::InProgress, Event::Answered, |call| What::CallAnswered { call })?;
        self.picked_up();
        Ok(())
    }

    /// Waits the time that dialing takes; the service may still change its mind.
    async fn before_ringing(&mut self) -> Result<(), CallStatus> {
        let at = Instant::now() + self.board.settings.pace.dial_after;
        loop {
            tokio::select! {
                () = sleep_until(at) => return Ok(()),
                act = self.acts.recv() => match act {
                    Some(Act::End) | None => return Err(CallStatus::Canceled),
                    Some(Act::Redirect(source)) => self.order.source = source,
                    Some(Act::Answer | Act::Decline | Act::Press(_) | Act::HangUp) => {}
                },
            }
        }
    }

    /// How the call is taken, and after what time; without a time, somebody else must act or the ringing ends.
    fn taken(&self) -> (Option<Duration>, Result<(), CallStatus>) {
        if let Some(fault) = &self.fault {
            return (Some(fault.lasts()), Err(CallStatus::NoAnswer));
        }
        let Some(script) = &self.script else { return (None, Ok(())) };
        let outcome = match script.then {
            Then::Answer => Ok(()),
            Then::NoAnswer => Err(CallStatus::NoAnswer),
            Then::Busy | Then::Decline => Err(CallStatus::Busy),
        };
        (script.taken_after(), outcome)
    }

    fn picked_up(&mut self) {
        self.answered = Instant::now();
        self.limit_at = Some(self.answered + self.seconds(self.order.limit_s));
        if let Some(script) = &self.script {
            self.presses = script.press.clone().into();
            self.hang_up_at = script.hang_up_after_ms.map(|ms| self.answered + Duration::from_millis(ms));
        }
    }

    /// Waits for something during a talk, while the person may press a key or hang up and the service may interfere.
    pub(super) async fn wait<T>(&mut self, work: impl Future<Output = T>, ear: Ear) -> Result<Waited<T>, Stop> {
        let mut work = pin!(work);
        loop {
            let press = self.presses.front().filter(|_| ear == Ear::Open);
            let press_at = press.map(|press| self.answered + Duration::from_millis(press.after_ms));
            tokio::select! {
                biased;
                act = self.acts.recv() => match act {
                    Some(Act::Press(key)) => if self.pressed(key, ear) { return Ok(Waited::Key(key)) },
                    Some(Act::Redirect(source)) => return Err(Stop::Redirected(source)),
                    Some(Act::HangUp | Act::End) | None => return Err(Stop::Over(CallStatus::Completed)),
                    Some(Act::Answer | Act::Decline) => {}
                },
                () = until(self.hang_up_at) => return Err(Stop::Over(CallStatus::Completed)),
                () = until(self.limit_at) => return Err(Stop::Over(CallStatus::Completed)),
                () = until(press_at) => if let Some(press) = self.presses.pop_front() {
                    self.pressed(press.digit, ear);
                    return Ok(Waited::Key(press.digit));
                },
                done = &mut work => return Ok(Waited::Done(done)),
            }
        }
    }

    fn pressed(&self, digit: Key, ear: Ear) -> bool {
        let heard = ear == Ear::Open;
        self.note(What::Key { call: self.sid.clone(), digit, heard });
        heard
    }

    /// If the person hangs up a moment after a key, arranges that; the key's webhook will then come too late.
    pub(super) fn overtake(&mut self, key: &Webhook) -> bool {
        let Some(ms) = self.script.as_ref().and_then(|script| script.hang_up_after_key_ms) else { return false };
        self.hang_up_at = Some(Instant::now() + Duration::from_millis(ms));
        self.overtaken = Some(key.clone());
        true
    }

    async fn end(mut self, ending: CallStatus) {
        // A call that the service has ended is over already, by its record.
        let call = self.board.advance(&self.sid, ending).or_else(|| self.board.call(&self.sid));
        if let Some(call) = call {
            let (status, duration_s) = (call.status, call.duration_s());
            self.note(What::CallEnded { call: self.sid.clone(), status, duration_s });
            self.callbacks.tell(&call, Event::Completed, status);
        }
        self.callbacks.finish().await;
        if let Some(key) = self.overtaken.take() {
            // Nobody is left to hear the answer.
            drop(self.board.send(&key).await);
        }
    }

    fn advance(&mut self, to: CallStatus, event: Event, what: impl FnOnce(Sid) -> What) -> Result<(), CallStatus> {
        // The record is over only when the service ended it, which is written there before this line is told.
        let call = self.board.advance(&self.sid, to).ok_or(CallStatus::Canceled)?;
        self.note(what(self.sid.clone()));
        self.callbacks.tell(&call, event, to);
        Ok(())
    }

    pub(super) fn note(&self, what: What) {
        self.board.log.write(Some(&self.order.to), what);
    }

    /// The time that a number of seconds takes at this carrier.
    pub(super) fn seconds(&self, seconds: u64) -> Duration {
        let times = u32::try_from(seconds).unwrap_or(u32::MAX);
        self.board.settings.pace.second.saturating_mul(times)
    }

    pub(super) async fn pause(&mut self, time: Duration, ear: Ear) -> Result<Waited<()>, Stop> {
        self.wait(sleep(time), ear).await
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
