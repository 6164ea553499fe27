//! G1: each occurrence of a promise has exactly one end that can be observed. The submodules say which calls and texts
//! reached the person, which occurrence a cause has ended, when occurrences merge, and when a series must pause.

mod acknowledged;
mod called;
mod causes;
mod merging;
mod pausing;
mod reached;

use super::alarms::Alarms;
use super::breach::Breaches;
use super::consent::ConsentChange;
use super::dues::{ASKED_MS, LATEST_MS};
use super::evidence::Evidence;
use super::excuses::{self, Cause};
use super::no_calls_left;
use super::pauses;
use super::person_history::PersonHistory;
use super::promise::Promise;
use super::promises::Promises;
use super::replacement_texts::{PromiseJudge, Span, UNWRITTEN};
use super::shares::{Excuse, Guarantee, Shares};
use super::traces::Trace;
use crate::world::LIVENESS_MS;

/// End of an occurrence, as observed from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OccurrenceEnd {
    /// It was spoken on a call, and the person confirmed it: by the key 1, or by the key 9 pressed twice.
    Heard,
    /// It was texted in the words for a person who may have picked up but did not confirm it.
    Unconfirmed,
    /// It was texted in other words, for example after calls that no person is known to have picked up.
    Missed,
    /// The person did not have to be reached. For example, the person had deleted or moved it or opted out, or its
    /// series was paused.
    Cancelled,
    /// It did not reach the person by a call or a text. An alarm must be raised, unless the report that its text failed
    /// may have been lost.
    Failed,
    /// It became due before the previous occurrence of its series had ended, and was merged with that occurrence.
    Collapsed,
    /// No occurrence of its promise was due early enough to be judged.
    Open,
}

/// Longest time from the last observation of an occurrence until its end is written, in milliseconds.
const WRITTEN_MS: i64 = 60_000;

/// How long before a due a fault may still delay its occurrence, in milliseconds: a message waits in the queue for up
/// to 14 minutes, and a run.
const BEFORE_MS: i64 = 900_000;

/// Collects the results of judging the ends of occurrences.
pub(super) struct Verdicts<'v, 'a> {
    pub(super) alarms: &'v mut Alarms<'a>,
    pub(super) shares: &'v mut Shares,
    pub(super) breaches: &'v mut Breaches,
    pub(super) ends: &'v mut Vec<OccurrenceEnd>,
}

/// Judges the ends of all promises to a person.
pub(super) fn judge<'a>(
    evidence: &Evidence<'a>,
    history: &PersonHistory<'a>,
    promises: &Promises<'a>,
    changes: &[ConsentChange],
    traces: &[(Trace<'_>, Vec<usize>)],
    verdicts: &mut Verdicts<'_, 'a>,
) {
    for (place, promise) in promises.all.iter().enumerate() {
        let possible = traces.iter().filter(|(_, places)| places.contains(&place));
        let own: Vec<_> = possible.clone().filter(|(_, places)| places.len() == 1).map(|(trace, _)| trace).collect();
        let possible: Vec<_> = possible.map(|(trace, _)| trace).collect();
        let is_other = |other: &&Promise<'_>| other.number != promise.number && other.task == promise.task;
        let others = promises.all.iter().filter(is_other);
        let others_ms: Vec<i64> = others.flat_map(|other| other.occurrences(evidence.remains.end_ms)).collect();
        let pauses = pauses::of(evidence, history, promise);
        let uncalled_ms = no_calls_left::uncalled_dues(evidence, history, promise, &pauses);
        pauses::judge(evidence, history, promise, &own, &pauses, &uncalled_ms, verdicts.breaches);
        no_calls_left::judge_series(evidence, history, promise, &pauses, &others_ms, verdicts.breaches);
        let mut causes = excuses::of(evidence, history, promise, changes, &own);
        causes.extend(pauses.iter().map(excuses::of_pause));
        causes.extend(pauses.iter().filter_map(|pause| excuses::moved_after(history, promise, pause)));
        let promise_judge = PromiseJudge { evidence, history, promise, possible, own, causes, pauses, others_ms };
        promise_judge.judge(verdicts);
    }
}

impl PromiseJudge<'_, '_> {
    fn judge(&self, verdicts: &mut Verdicts<'_, '_>) {
        let dues = self.promise.occurrences(self.evidence.remains.end_ms - LIVENESS_MS);
        if dues.is_empty() {
            verdicts.ends.push(OccurrenceEnd::Open);
        }
        let passed = self.passed();
        for (place, due_ms) in dues.iter().copied().enumerate() {
            let is_merged = Self::is_merged(&passed, due_ms);
            if place > 0 {
                verdicts.shares.case(Guarantee::G7, is_merged.then_some(Excuse::PreviousStillRang));
            }
            if is_merged {
                verdicts.shares.judge(Guarantee::G1);
                verdicts.ends.push(OccurrenceEnd::Collapsed);
                continue;
            }
            let span = Span { due_ms, next_ms: self.next_due(&passed, due_ms) };
            let (end, excuse) = self.end(span, verdicts);
            self.check_called(span, verdicts.breaches);
            verdicts.shares.case(Guarantee::G1, excuse);
            if end == OccurrenceEnd::Failed && excuse.is_none() {
                let is_own = |name: &str| self.is_own(name);
                verdicts.alarms.need(self.first_in_any_zone(span), is_own, self.promise.name());
                self.check_tried(verdicts.breaches);
            }
            verdicts.ends.push(end);
        }
        self.check_no_late_repeat(verdicts.breaches);
        self.check_pause(&dues, verdicts.breaches);
        self.check_texted_once(&dues, verdicts.shares, verdicts.breaches);
    }

    /// The end of an occurrence, and the excuse if it is uncertain whether the person had to be reached or an alarm had
    /// to be raised.
    fn end(&self, span: Span, verdicts: &mut Verdicts<'_, '_>) -> (OccurrenceEnd, Option<Excuse>) {
        let seen = self.seen(span, verdicts.breaches);
        let until_ms = seen.map_or_else(|| self.tried_by(span), |(_, at_ms)| at_ms);
        let causes = self.causes.iter().filter(|cause| self.applies(cause, span, until_ms));
        let causes: Vec<&Cause> = causes.filter(|cause| !self.is_lost_in_each_zone(cause, span)).collect();
        let is_proved = causes.iter().any(|cause| cause.excuse.is_none());
        let excuse = causes.iter().find_map(|cause| cause.excuse).filter(|_| !is_proved);
        if let Some((end, _)) = seen {
            (end, excuse)
        } else if is_proved {
            (OccurrenceEnd::Cancelled, None)
        } else if excuse.is_some() {
            (OccurrenceEnd::Cancelled, excuse)
        } else if self.is_taken_for_delivered(span) {
            (OccurrenceEnd::Failed, Some(Excuse::StatusLost))
        } else {
            (OccurrenceEnd::Failed, None)
        }
    }

    /// The latest time at which an occurrence that did not reach the person is over. Its text may fail hours after the
    /// due, and is tried again within [`LATEST_MS`] after that. If the report of the failure is lost, the service learns
    /// of it when it asks for the status. Until then, the person can still acknowledge or end the occurrence.
    fn tried_by(&self, span: Span) -> i64 {
        let failed = self.replacement_texts(span).filter_map(|text| {
            let (failed_ms, _) = text.undelivered?;
            let asked_ms = if text.reported_ms.is_none() { text.at_ms + ASKED_MS } else { failed_ms };
            Some(failed_ms.max(asked_ms))
        });
        let failed_ms = failed.map(|failed_ms| failed_ms + LATEST_MS).max();
        failed_ms.unwrap_or(0).max(self.settled_ms(span.due_ms))
    }

    /// The latest time at which an occurrence with this due is over, in milliseconds. Without a fault that is
    /// [`LATEST_MS`] after its due, or after the text was handled that stated the due: lateness is counted from the due
    /// for later calls too.
    fn settled_ms(&self, due_ms: i64) -> i64 {
        let from_ms = self.promise.known_ms(due_ms);
        let over_ms = from_ms + LATEST_MS + self.evidence.remains.scale.texting_ms();
        let is_faulty = self.evidence.faulty_between(due_ms - BEFORE_MS, over_ms);
        if is_faulty { self.evidence.settled_ms(from_ms) } else { over_ms }
    }

    /// Whether an alarm that names this reminder id is about this promise.
    fn is_own(&self, name: &str) -> bool {
        let dialed = self.possible.iter().any(|trace| trace.key.reminder.as_str() == name);
        dialed || self.promise.is_stored_as(self.evidence, self.history, name)
    }

    /// G1: no reminder fails without a request for a text, unless a fault may have stopped a function after it counted
    /// a try and before its request.
    fn check_tried(&self, breaches: &mut Breaches) {
        let tried = self.history.text_requests.iter().any(|request| request.body.contains(self.promise.task));
        let died = UNWRITTEN.iter().any(|fault| self.evidence.injected(*fault));
        breaches.unless(tried || died, "G1", || format!("{} failed without a request for a text", self.promise.name()));
    }
}
