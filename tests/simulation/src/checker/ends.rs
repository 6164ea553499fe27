//! G1: each occurrence of a promise has exactly one end that can be observed.

use super::alarms::Alarms;
use super::breach::Breaches;
use super::dues::{self, SKEW_MS};
use super::evidence::Evidence;
use super::excuses::{self, Excuse, Excused};
use super::person_history::{PersonHistory, ServiceText, replaces_a_call};
use super::promises::Promises;
use super::replacement_texts::{PromiseJudge, Span, UNDER_WAY_MS, UNWRITTEN};
use super::traces::Trace;
use crate::history::RequestOutcome;
use crate::world::LIVENESS_MS;

/// End of an occurrence, as observed from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OccurrenceEnd {
    /// It was spoken on a call, and the person pressed the key.
    Heard,
    /// It was spoken on a call without a pressed key, and texted.
    Unconfirmed,
    /// It was texted, without a call that was picked up.
    Missed,
    /// The person deleted, moved or acknowledged it, or opted out.
    Cancelled,
    /// It was neither spoken nor texted, and an alarm was raised.
    Failed,
    /// Skipped in a series: it became due before the previous occurrence had ended.
    Collapsed,
    /// It is due later.
    Open,
}

/// Time until the end of an occurrence is written, counted from its last observation, in milliseconds.
const WRITTEN_MS: i64 = 60_000;

/// How long after its ringing an occurrence may be acknowledged by "done", in milliseconds: an hour, and the time until
/// the end of a call is known.
const LATELY_MS: i64 = 3_600_000 + LIVENESS_MS;

/// Judges the ends of all promises to a person, and returns the end of each occurrence.
pub(super) fn judge<'a>(
    evidence: &Evidence<'a>,
    history: &PersonHistory<'a>,
    promises: &Promises<'a>,
    traces: &[(Trace<'_>, Vec<usize>)],
    alarms: &mut Alarms<'a>,
    breaches: &mut Breaches,
) -> Vec<OccurrenceEnd> {
    let mut ends = Vec::new();
    for (place, promise) in promises.all.iter().enumerate() {
        let possible = traces.iter().filter(|(_, places)| places.contains(&place));
        let promise_judge = PromiseJudge {
            evidence,
            history,
            promises,
            promise,
            possible: possible.clone().map(|(trace, _)| trace).collect(),
            own: possible.filter(|(_, places)| places.len() == 1).map(|(trace, _)| trace).collect(),
            excuses: excuses::of(evidence, history, promises, promise),
        };
        promise_judge.judge(alarms, breaches, &mut ends);
    }
    ends
}

impl PromiseJudge<'_, '_> {
    fn judge(&self, alarms: &mut Alarms<'_>, breaches: &mut Breaches, ends: &mut Vec<OccurrenceEnd>) {
        let end_ms = self.evidence.remains.end_ms;
        let dues = self.promise.occurrences(end_ms - LIVENESS_MS, self.evidence);
        if dues.is_empty() {
            ends.push(OccurrenceEnd::Open);
        }
        let skipped = self.excuses.iter().filter(|excuse| excuse.of == Excused::One).count().max(1);
        let mut busy_until = 0;
        let mut is_over = false;
        for (at, due_ms) in dues.iter().copied().enumerate() {
            let next_ms = match (self.promise.rhythm, dues.get(at + 1)) {
                (_, Some(next_ms)) => *next_ms,
                (Some((rhythm, time)), None) => dues::first_after(due_ms, rhythm, time, &self.evidence.zone),
                (None, None) => i64::MAX,
            };
            // Each text that moves or snoozes a series skips one more of the next occurrences.
            let before_ms = at.checked_sub(skipped).map_or(0, |before| dues[before]);
            let span = Span { before_ms, from_ms: self.first_due(due_ms), due_ms, next_ms };
            let end = if let Some(end) = self.seen(span, breaches) {
                end
            } else if is_over || self.is_excused(span) {
                OccurrenceEnd::Cancelled
            } else if due_ms <= busy_until {
                OccurrenceEnd::Collapsed
            } else {
                let own = |name: &str| self.own.iter().any(|trace| trace.key.reminder.to_string() == name);
                busy_until = busy_until.max(alarms.take(span.from_ms, own, self.promise.name()) + WRITTEN_MS);
                self.was_tried(breaches);
                OccurrenceEnd::Failed
            };
            ends.push(end);
            busy_until = busy_until.max(self.last_seen(span) + WRITTEN_MS);
            is_over |= self.is_refused(span);
        }
        self.is_texted_once(&dues, breaches);
    }

    /// G1: no reminder fails without a request for a text. The exception is a function that may have crashed after it
    /// counted each try.
    fn was_tried(&self, breaches: &mut Breaches) {
        let tried = self.history.text_requests.iter().any(|request| request.body.contains(self.promise.task));
        let died = UNWRITTEN.iter().any(|fault| self.evidence.injected(*fault));
        breaches.unless(tried || died, "G1", || format!("{} failed without a request for a text", self.promise.name()));
    }

    /// The earliest possible due of an occurrence. Answers that are sent as texts may overtake each other, so the due
    /// that was stated last may not be the valid one.
    fn first_due(&self, due_ms: i64) -> i64 {
        let stated = self.promise.stated.iter().map(|stated| stated.due_ms);
        let any = self.promise.rhythm.is_none() && !self.evidence.calm();
        stated.filter(|_| any).min().map_or(due_ms, |first_ms| first_ms.min(due_ms))
    }

    /// The end of an occurrence, if it was heard or texted.
    fn seen(&self, span: Span, breaches: &mut Breaches) -> Option<OccurrenceEnd> {
        let calls = self.possible.iter().flat_map(|trace| &trace.calls);
        let calls = || calls.clone().filter(|call| span.holds(call.taken_ms));
        let heard = calls().find(|call| call.speaks(self.promise.task) && call.pressed.contains(&'1'));
        let texts: Vec<_> = self.replacement_texts(span).collect();
        let own = |claim| self.own.iter().any(|trace| trace.calls.iter().any(|call| call.claim == claim));
        if let Some((heard, text)) = heard.filter(|heard| own(heard.claim)).zip(texts.first()) {
            breaches.unless(!self.evidence.calm(), "G1", || {
                format!(
                    "{} was heard in claim {} and texted ({:?}), without any fault",
                    self.promise.name(),
                    heard.claim,
                    text.body
                )
            });
        }
        let text = texts.first().map(|text| {
            if text.body.starts_with("In case you missed it: ") {
                OccurrenceEnd::Unconfirmed
            } else {
                OccurrenceEnd::Missed
            }
        });
        heard.map(|_| OccurrenceEnd::Heard).or(text)
    }

    fn is_excused(&self, span: Span) -> bool {
        self.excuses.iter().any(|excuse| {
            let begun = span.next_ms > excuse.from_ms;
            begun
                && match excuse.of {
                    Excused::Whole => true,
                    Excused::One => span.before_ms <= excuse.until_ms,
                    Excused::Rung { received_ms } => self.had_rung(span, excuse, received_ms),
                }
        })
    }

    /// Whether "done" may be about this occurrence. It was due when the text was received, and a call or text about it
    /// may have reached the person within the hour before. A request counts, and so does a fault that may have hidden
    /// one.
    fn had_rung(&self, span: Span, excuse: &Excuse, received_ms: i64) -> bool {
        if span.from_ms > received_ms + SKEW_MS {
            return false;
        }
        let call_requests =
            self.possible.iter().flat_map(|trace| &trace.call_requests).filter(|request| span.holds(request.at_ms));
        let call_requests = call_requests.map(|request| (request.at_ms, request.heard));
        let text_requests = self.history.text_requests.iter().filter(|request| {
            let words = ServiceText { at_ms: request.at_ms, said_ms: request.at_ms, body: request.body, to: None };
            replaces_a_call(request.body) && request.body.contains(self.promise.task) && self.is_of(&words, span.due_ms)
        });
        let text_requests = text_requests.map(|request| (request.at_ms, request.heard));
        let over = self.possible.iter().flat_map(|trace| &trace.calls).filter(|call| span.holds(call.taken_ms));
        let over = over.filter_map(|call| Some((call.over_ms?, None)));
        // A request that was refused before the "done" reached no person.
        let reached = |(at_ms, heard): (i64, Option<(i64, RequestOutcome)>)| {
            let refused = heard.is_some_and(|(known_ms, heard)| {
                matches!(heard, RequestOutcome::NumberRefused | RequestOutcome::RefusedForNow)
                    && known_ms < excuse.from_ms
            });
            let lately = at_ms + LATELY_MS >= excuse.from_ms && at_ms <= excuse.until_ms.saturating_add(UNDER_WAY_MS);
            lately && !refused
        };
        call_requests.chain(text_requests).chain(over).any(reached)
            || self.evidence.injected_between(&UNWRITTEN, span.from_ms, excuse.until_ms)
    }

    /// Time of the last observation of an occurrence.
    fn last_seen(&self, span: Span) -> i64 {
        let call_requests = self
            .possible
            .iter()
            .flat_map(|trace| &trace.call_requests)
            .map(|request| request.heard.map_or(request.at_ms, |heard| heard.0));
        let about = |at_ms, body| {
            let words = ServiceText { at_ms, said_ms: at_ms, body, to: None };
            replaces_a_call(body) && self.names(&words, span.due_ms)
        };
        let text_requests =
            self.history.text_requests.iter().filter(|request| request.body.contains(self.promise.task));
        let text_requests = text_requests.filter(|request| about(request.at_ms, request.body));
        let text_requests = text_requests.map(|request| request.heard.map_or(request.at_ms, |heard| heard.0));
        let calls = self.possible.iter().flat_map(|trace| &trace.calls).filter_map(|call| call.over_ms);
        call_requests.chain(calls).filter(|at_ms| span.holds(*at_ms)).chain(text_requests).max().unwrap_or(0)
    }

    /// Whether the carrier refused the number itself. A series ends then, since it would fail again.
    fn is_refused(&self, span: Span) -> bool {
        let refused = |heard: Option<(i64, RequestOutcome)>| {
            heard.is_some_and(|(_, heard)| heard == RequestOutcome::NumberRefused)
        };
        let mut call_requests = self.possible.iter().flat_map(|trace| &trace.call_requests);
        let mut text_requests =
            self.history.text_requests.iter().filter(|request| request.body.contains(self.promise.task));
        call_requests.any(|request| span.holds(request.at_ms) && refused(request.heard))
            || text_requests.any(|request| span.holds(request.at_ms) && refused(request.heard))
    }
}
