//! Answering-machine detection: the carrier's verdict about who or what picked up. It may be late, posted
//! twice, missing or wrong.

use reminder::ids::CallId;
use reminder::wire::CallStep;

use super::planned::{About, Callback, PlannedEvent, Says, Timing};
use super::{Scale, World};
use crate::fakes::CallState;
use crate::faults::Fault;
use crate::history::{Observation, PickedUpBy};

impl World {
    /// Plans the verdict about a call that was just picked up.
    pub(super) fn plan_verdict(&mut self, call: &CallId) {
        let engine = &self.cloud.engine;
        let Some(talk) = self.talks.get(call).filter(|_| self.cloud.detects_machines.get()) else { return };
        if self.cloud.injects(Fault::VerdictNever) {
            return;
        }
        let mut after_ms = match talk.beep_ms {
            Some(beep_ms) => beep_ms - talk.since_ms + engine.between(200, 1500),
            None => engine.between(2000, 6500),
        };
        let mut timing = Timing::InTime;
        if self.cloud.injects(Fault::VerdictLate) {
            after_ms += engine.between(5000, 240_000);
            timing = Timing::Late;
        }
        let by = talk.by;
        self.plan(after_ms, PlannedEvent::Verdict(call.clone(), by, timing));
    }

    /// Posts the verdict about a call. Does nothing if the call is over, unless the verdict is a late one.
    pub(super) fn post_verdict(&mut self, call: &CallId, by: PickedUpBy, timing: Timing) {
        if timing == Timing::InTime && self.state(call) != Some(CallState::Talking) {
            return;
        }
        let verdict = self.verdict(by);
        let Some(path) = self.path(call, CallStep::AnsweredBy) else { return };
        self.cloud.record(Observation::VerdictPosted { call: call.clone(), verdict });
        let callback = Callback::new(About::Call(call.clone()), path, Says::Verdict(verdict));
        if self.cloud.injects(Fault::VerdictTwice) {
            // The second copy comes within 30 s. In worlds of `Scale::Unheard`, it sometimes comes within three hours,
            // because anyone who has seen a signed callback can send it again.
            let is_replayed = matches!(self.scale, Scale::Unheard(_)) && self.cloud.engine.chance(4000);
            let again_ms = self.cloud.engine.between(0, if is_replayed { 3 * 3_600_000 } else { 30_000 });
            self.plan(again_ms, PlannedEvent::PostCallback(Callback { is_original: false, ..callback.clone() }));
        }
        self.post(callback);
    }

    fn verdict(&self, by: PickedUpBy) -> &'static str {
        const MACHINE: [&str; 3] = ["machine_end_beep", "machine_end_silence", "machine_end_other"];
        const NOT_A_PERSON: [&str; 4] = ["machine_start", "machine_end_silence", "machine_end_beep", "fax"];
        let engine = &self.cloud.engine;
        let one_of = |verdicts: &[&'static str]| engine.one_of(verdicts).unwrap_or("unknown");
        if self.cloud.injects(Fault::VerdictWrong) {
            return match by {
                PickedUpBy::Person => one_of(&NOT_A_PERSON),
                PickedUpBy::Mailbox | PickedUpBy::Screener => "human",
            };
        }
        if engine.chance(300) {
            return "unknown";
        }
        match by {
            PickedUpBy::Person => "human",
            PickedUpBy::Mailbox => one_of(&MACHINE),
            PickedUpBy::Screener => one_of(&["human", "machine_end_silence", "unknown"]),
        }
    }
}
