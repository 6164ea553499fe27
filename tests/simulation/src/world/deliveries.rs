//! Texts that the carrier has accepted: whether each text arrives, and which statuses the carrier posts about it.

use reminder::ids::Number;
use reminder::ports::{TextStatus, Undelivered, UndeliveredCause};

use super::World;
use super::planned::{About, Callback, PlannedEvent, Says};
use crate::fakes::{carrier_name, number};
use crate::faults::Fault;
use crate::history::{Observation, SentText};
use crate::people::Meaning;

/// The faults that keep a text from arriving, each with its cause and its codes.
const UNDELIVERED: [(Fault, UndeliveredCause, &[u32]); 3] = [
    (Fault::TextUndeliveredPassing, UndeliveredCause::Passing, &[30_003, 30_008, 30_017]),
    (Fault::TextUndeliveredNumber, UndeliveredCause::Number, &[30_005, 30_006]),
    (Fault::TextUndeliveredOperator, UndeliveredCause::Operator, &[30_034, 30_032, 30_007]),
];

/// A day, in milliseconds. A carrier keeps trying for a day to deliver a text to a phone that is off.
const DAY_MS: i64 = 24 * 3_600_000;

/// The carrier's code for a text to a person who has opted out.
const OPTED_OUT: u32 = 21_610;

impl World {
    /// Plans the course of a text that the carrier has accepted: its first status and its end.
    pub(super) fn text_accepted(&mut self, text: SentText) {
        if self.cloud.injects(Fault::TextFailsLate) {
            self.text_waits(text);
            return;
        }
        let engine = &self.cloud.engine;
        let ends_ms = if engine.chance(9000) { engine.between(300, 5000) } else { engine.between(5000, 120_000) };
        self.passed_on(&text);
        self.plan(ends_ms, PlannedEvent::TextEnds(text));
    }

    /// Plans the failure of a text, 1 to 24 hours later. Until then the carrier holds the text, or has passed it on.
    fn text_waits(&mut self, text: SentText) {
        let engine = &self.cloud.engine;
        let fails_ms = engine.between(3_600_000, DAY_MS);
        let Some((_, cause, codes)) = engine.one_of(&UNDELIVERED) else { return };
        let failure = Undelivered { code: engine.one_of(codes).unwrap_or(0), cause };
        if engine.chance(5000) {
            self.passed_on(&text);
        }
        self.texts_fail_ms = self.texts_fail_ms.max(self.cloud.engine.now_ms() + fails_ms);
        self.plan(fails_ms, PlannedEvent::TextFails(text, failure));
    }

    /// The carrier passes a text on to the recipient's carrier. Plans the status that reports this.
    fn passed_on(&mut self, text: &SentText) {
        if let Some(sent) = self.cloud.sent_texts.borrow_mut().get_mut(text) {
            sent.status = TextStatus::Sent;
        }
        let sent_ms = self.cloud.engine.between(50, 300);
        self.plan_status(sent_ms, text, Says::Status("sent"));
    }

    /// Ends a text: it arrives at the person's phone, or it fails. `failure` is the reason if the failure is already
    /// decided. Otherwise this function decides whether the text arrives.
    pub(super) fn text_ends(&mut self, text: &SentText, failure: Option<Undelivered>) {
        let Some((to, body)) =
            self.cloud.sent_texts.borrow().get(text).map(|sent| (sent.to.clone(), sent.body.clone()))
        else {
            return;
        };
        let is_unreported = self.cloud.hides_deliveries.get();
        let status = match failure.or_else(|| self.failure(text)) {
            None => {
                self.texted(&to, &body);
                self.opt_out_of_second(text, &to);
                self.cloud.record(Observation::TextArrived { text: text.clone(), to, body });
                if is_unreported {
                    return;
                }
                TextStatus::Delivered
            }
            Some(Undelivered { code, cause }) => {
                self.opt_in_later(&to, code);
                self.cloud.record(Observation::TextUndelivered { text: text.clone(), to, body, code, cause });
                TextStatus::Undelivered(Undelivered { code, cause })
            }
        };
        if let Some(sent) = self.cloud.sent_texts.borrow_mut().get_mut(text) {
            sent.status = status;
        }
        let says = match status {
            TextStatus::Delivered | TextStatus::Pending | TextStatus::Sent => Says::Status("delivered"),
            TextStatus::Undelivered(Undelivered { code, .. }) => {
                Says::Failed(if code == OPTED_OUT { "failed" } else { "undelivered" }, code)
            }
        };
        let soon_ms = self.cloud.engine.between(20, 500);
        self.plan_status(soon_ms, text, says);
    }

    /// Some people reply STOP to a text from the second carrier. That carrier then sends them no more texts, and does
    /// not report it to the service. If it did, that would be an opt-out of the service, like each other STOP.
    fn opt_out_of_second(&self, text: &SentText, to: &Number) {
        let is_from_second = matches!(text, SentText::Sent(id) if id.carrier() != carrier_name(0).as_str());
        if is_from_second
            && let Some(person) = self.person_of(to)
            && self.cloud.injects(Fault::SecondOptOutNotReported)
        {
            self.leaves_second(person);
        }
    }

    /// A person opts out at the second carrier only.
    pub(super) fn leaves_second(&self, person: usize) {
        self.cloud.opted_out_of_second.borrow_mut().insert(number(person));
        self.cloud.record(Observation::OptedOutAtSecondCarrier { person });
    }

    /// Some people opt in again soon after the carrier did not deliver a text to them because they had opted out.
    fn opt_in_later(&mut self, to: &Number, code: u32) {
        if let Some(person) = self.person_of(to).filter(|_| code == OPTED_OUT && !self.is_scripted)
            && self.cloud.engine.chance(5000)
        {
            let later_ms = self.cloud.engine.between(10_000, 3_300_000);
            self.plan(later_ms, PlannedEvent::SendText(person, Meaning::OptIn));
        }
    }

    /// Decides why a text does not arrive. Returns `None` if it arrives.
    fn failure(&self, text: &SentText) -> Option<Undelivered> {
        let is_opted_out = self.cloud.sent_texts.borrow().get(text).is_some_and(|sent| {
            let first = carrier_name(0);
            let carrier = match text {
                SentText::Sent(id) => id.carrier(),
                SentText::ReplyTo { .. } => first.as_str(),
            };
            self.cloud.has_opted_out(carrier, &sent.to)
        });
        if is_opted_out {
            self.cloud.faults.record(Fault::TextUndeliveredOptedOut, self.cloud.engine.now_ms());
            return Some(Undelivered { code: OPTED_OUT, cause: UndeliveredCause::OptedOut });
        }
        let (_, cause, codes) = UNDELIVERED.into_iter().find(|(fault, ..)| self.cloud.injects(*fault))?;
        Some(Undelivered { code: self.cloud.engine.one_of(codes).unwrap_or(0), cause })
    }

    /// Plans a status callback of a text, if the request for the text asked for it: soon, late, twice, or never.
    fn plan_status(&mut self, delay_ms: i64, text: &SentText, says: Says) {
        let callback = self.cloud.sent_texts.borrow().get(text).and_then(|sent| sent.status_to.clone());
        let Some(path) = callback.filter(|_| !self.cloud.injects(Fault::TextStatusLost)) else { return };
        let callback = Callback::new(About::Text(text.clone()), path, says);
        let is_late = self.cloud.injects(Fault::TextStatusReordered);
        let late_ms = if is_late { self.cloud.engine.between(500, 600_000) } else { 0 };
        if self.cloud.injects(Fault::TextStatusTwice) {
            let again_ms = delay_ms + self.cloud.engine.between(0, 900_000);
            self.plan(again_ms, PlannedEvent::PostCallback(Callback { is_original: false, ..callback.clone() }));
        }
        self.plan(delay_ms + late_ms, PlannedEvent::PostCallback(callback));
    }
}
