//! The actions of a mailbox, or of a phone that screens calls, during an answered call.
//!
//! A second of the carrier lasts as long as [`Timing::second`](super::config::Timing::second) says.

use std::time::Duration;

use tokio::time::Instant;

use super::answerer::Answerer;
use super::call::CallStatus;
use super::listener::Listener;
use super::live_call::{Interruption, LiveCall};
use super::log::LogEvent;

/// How long a mailbox greets before it beeps, in seconds of the carrier.
const GREETING_S: u64 = 5;
/// How long a mailbox records, in seconds of the carrier. Then it hangs up.
const RECORDS_S: u64 = 60;
/// How long a screener asks for the reason before it rings the person, in seconds of the carrier. A phone's setting may
/// replace it.
const SCREENS_S: u64 = 6;
/// How long a screener rings the person, in seconds of the carrier. Then it hangs up.
const SCREENER_RINGS_S: u64 = 30;

impl LiveCall {
    /// Returns the listener of a call that was just answered.
    pub(super) fn listener(&self, answerer: Answerer) -> Listener {
        let now = Instant::now();
        match answerer {
            Answerer::Person | Answerer::Service => Listener::Person,
            Answerer::Mailbox => Listener::Greeting { beeps_at: now + self.seconds(GREETING_S) },
            Answerer::Screener => {
                let after = self.state.phone_settings.of(&self.person).after_ms.map(Duration::from_millis);
                Listener::Screening { rings_at: now + after.unwrap_or_else(|| self.seconds(SCREENS_S)) }
            }
        }
    }

    /// Performs the next action of the listener, which is due now.
    pub(super) fn listener_acts(&mut self) -> Result<(), Interruption> {
        let now = Instant::now();
        match self.listener {
            Listener::Person => Ok(()),
            Listener::Greeting { .. } => {
                self.note(LogEvent::Beep { call: self.sid.clone() });
                self.listener = Listener::Recording { ends_at: now + self.seconds(RECORDS_S) };
                Ok(())
            }
            Listener::Recording { .. } => Err(Interruption::Over(CallStatus::Completed)),
            Listener::Screening { .. } => {
                self.note(LogEvent::ScreenerRings { call: self.sid.clone() });
                self.state.set_screener_rings(&self.sid, true);
                let (after, reaction) = self.reaction();
                let gives_up_at = now + self.seconds(SCREENER_RINGS_S);
                self.listener =
                    Listener::ScreenerRings { reacts_at: after.map(|after| now + after), gives_up_at, reaction };
                Ok(())
            }
            Listener::ScreenerRings { reacts_at, reaction, .. } => match (reacts_at, reaction) {
                (Some(at), Ok(())) if at <= now => {
                    self.connect();
                    Ok(())
                }
                _ => Err(Interruption::Over(CallStatus::Completed)),
            },
        }
    }

    /// Connects the person to a call that was screened.
    pub(super) fn connect(&mut self) {
        self.note(LogEvent::PersonConnected { call: self.sid.clone() });
        self.state.set_screener_rings(&self.sid, false);
        self.listener = Listener::Person;
        self.person_listens();
    }

    /// Logs the words if a mailbox is recording.
    pub(super) fn record(&self, words: &str) {
        if matches!(self.listener, Listener::Recording { .. }) {
            self.note(LogEvent::Recorded { call: self.sid.clone(), words: words.to_owned() });
        }
    }
}
