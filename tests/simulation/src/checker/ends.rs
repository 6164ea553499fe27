//! G1: each occurrence of a promise has exactly one end that can be observed.

use reminder::ports::UndeliveredCause;

use super::alarms::Alarms;
use super::breach::Breaches;
use super::consent::ConsentChange;
use super::dues::{self, SKEW_MS, Series};
use super::evidence::Evidence;
use super::excuses::{self, Cause, Ended};
use super::occurrence::{REPORTS_MS, RETRY_MS};
use super::pauses::{self, UNDER_WAY_MS};
use super::person_history::{Call, PersonHistory, PersonText, ServiceText, made_ms, replaces_a_call};
use super::promises::{Promise, Promises};
use super::replacement_texts::{PromiseJudge, Span, UNWRITTEN};
use super::shares::{Excuse, Guarantee, Shares};
use super::traces::Trace;
use crate::faults::Fault;
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
    /// It became due before the previous occurrence of its series had ended, and was merged with that occurrence.
    Collapsed,
    /// It is due later.
    Open,
}

/// Faults that can keep the report that a call is over from reaching its function.
const UNREPORTED: [Fault; 5] =
    [Fault::CallbackLost, Fault::CallbackReordered, Fault::CallbackLate, Fault::Throttled, Fault::InitFails];

/// Time from the last observation of an occurrence until its end is written, in milliseconds.
const WRITTEN_MS: i64 = 60_000;

/// Longest time from a due to the end of its occurrence while nothing fails, in milliseconds: the maximum lateness, and
/// the time of the last call.
const LATEST_MS: i64 = 20 * 60_000;

/// How long after its call an occurrence can be acknowledged by "done", in milliseconds: an hour, and the time until
/// the end of the call is known.
const LATELY_MS: i64 = 3_600_000 + LIVENESS_MS;

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
        let mut pauses = pauses::of(evidence, history, promise, &own, &possible);
        if let ([own], [_], true) = (&own[..], &possible[..], others_ms.is_empty()) {
            pauses.extend(pauses::without_a_text(evidence, history, promise, own, &pauses));
        }
        let mut causes = excuses::of(evidence, history, promise, changes, &own);
        causes.extend(pauses.iter().flat_map(|pause| excuses::of_pause(history, promise, pause)));
        let promise_judge = PromiseJudge { evidence, history, promise, possible, own, causes, pauses, others_ms };
        promise_judge.judge(verdicts);
    }
}

/// Until when earlier occurrences of a series held up the following ones, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
struct Busy {
    /// When the end of an earlier occurrence was written at the latest. After that, its text holds up nothing.
    ended_ms: i64,
    /// Until when an earlier occurrence of a fast series was tried. Each occurrence that was due by then was merged
    /// with it.
    tried_ms: i64,
}

impl PromiseJudge<'_, '_> {
    fn judge(&self, verdicts: &mut Verdicts<'_, '_>) {
        let dues = self.promise.occurrences(self.evidence.remains.end_ms - LIVENESS_MS);
        if dues.is_empty() {
            verdicts.ends.push(OccurrenceEnd::Open);
        }
        let one = |cause: &&Cause| matches!(cause.of, Ended::One { .. });
        let skipped = self.causes.iter().filter(one).count().max(1);
        let mut busy = Busy::default();
        for (at, due_ms) in dues.iter().copied().enumerate() {
            let series = self.promise.series.as_ref();
            if due_ms <= busy.tried_ms {
                // The previous occurrence may have ended a while before its text was requested. Then this one was tried
                // too.
                let next_ms = series.and_then(|series| series.next(self.promise.first_ms(), due_ms));
                busy.tried_ms = busy.tried_ms.max(self.tried_until(due_ms, next_ms.unwrap_or(i64::MAX)));
                verdicts.shares.judge(Guarantee::G1);
                verdicts.shares.excuse(Excuse::PreviousStillRang);
                verdicts.ends.push(OccurrenceEnd::Collapsed);
                continue;
            }
            let following_ms =
                series.and_then(|series| series.next(self.promise.first_ms(), due_ms)).unwrap_or(i64::MAX);
            let mut next_ms = following_ms;
            if series.is_some_and(Series::is_fast) {
                busy.tried_ms = self.tried_until(due_ms, next_ms);
                while next_ms <= busy.tried_ms {
                    let later_ms = series.and_then(|series| series.next(self.promise.first_ms(), next_ms));
                    next_ms = later_ms.unwrap_or(i64::MAX);
                }
            }
            // Each text that ends one occurrence ends the next one that is left, so several reach as many occurrences
            // ahead.
            let before_ms = at.checked_sub(skipped).map_or(0, |before| dues[before]);
            let span = Span { before_ms, from_ms: self.first_due(due_ms), due_ms, next_ms };
            let (end, excuse) = self.end(span, busy, verdicts);
            verdicts.shares.case(Guarantee::G1, excuse);
            if end == OccurrenceEnd::Failed && excuse.is_none() {
                let own = |name: &str| self.is_own(name);
                let raised_ms = verdicts.alarms.need(self.first_in_any_zone(span), own, self.promise.name());
                if self.first_text(span).is_none() {
                    busy.ended_ms = busy.ended_ms.max(raised_ms + WRITTEN_MS);
                }
                self.was_tried(verdicts.breaches);
            }
            if at > 0 {
                let is_held_up = end == OccurrenceEnd::Collapsed;
                verdicts.shares.case(Guarantee::G7, is_held_up.then_some(Excuse::PreviousStillRang));
            }
            verdicts.ends.push(end);
            let texted_ms = self.first_text(span);
            if !texted_ms.is_some_and(|texted_ms| self.rang_again_late(due_ms, following_ms, texted_ms)) {
                let ended_ms = self.last_call(span).max(texted_ms.unwrap_or(0));
                busy.ended_ms = busy.ended_ms.max(ended_ms + WRITTEN_MS);
            }
        }
        self.is_paused(&dues, verdicts.breaches);
        self.is_texted_once(&dues, verdicts.shares, verdicts.breaches);
    }

    /// The end of an occurrence, and the excuse if it is uncertain whether the person had to be reached.
    fn end(&self, span: Span, busy: Busy, verdicts: &mut Verdicts<'_, '_>) -> (OccurrenceEnd, Option<Excuse>) {
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
        } else if span.due_ms <= busy.ended_ms {
            (OccurrenceEnd::Collapsed, None)
        } else {
            (OccurrenceEnd::Failed, None)
        }
    }

    /// Whether the text about this occurrence was still owed at this instant, within a day. Its last request was
    /// refused for now or had no readable answer, or the text did not arrive for a reason that may pass. If there was
    /// no request yet, a recent fault may have delayed the first one.
    fn is_owed_a_text(&self, span: Span, at_ms: i64) -> bool {
        /// How long a text is tried, in milliseconds.
        const TRIED_MS: i64 = 86_400_000;
        /// Maximum number of tries of a text that was accepted each time.
        const TRIES: usize = 3;
        let about = self.history.text_requests.iter().filter(|request| {
            let words = ServiceText::at(request.at_ms, request.body);
            let is_it = replaces_a_call(request.body) && request.body.contains(self.promise.task);
            is_it && (at_ms - TRIED_MS..at_ms).contains(&request.at_ms) && self.names(&words, span.due_ms)
        });
        let last = about.max_by_key(|request| request.at_ms);
        // A text that was accepted but did not arrive, for a reason that may pass, is tried again: three tries in all.
        let is_undelivered = |text: &&ServiceText<'_>| {
            text.at_ms < at_ms && text.undelivered.is_some_and(|(_, cause)| cause == UndeliveredCause::Passing)
        };
        let undelivered: Vec<_> = self.replacement_texts(span).filter(is_undelivered).collect();
        let newest = undelivered.iter().map(|text| text.at_ms).max();
        if (1..TRIES).contains(&undelivered.len()) && newest >= last.map(|request| request.at_ms) {
            return true;
        }
        match last.map(|request| request.heard.map(|heard| heard.1)) {
            Some(heard) => !matches!(heard, Some(RequestOutcome::Accepted | RequestOutcome::NumberRefused)),
            None => {
                (at_ms - TRIED_MS..at_ms).contains(&span.due_ms)
                    && self.evidence.faulty_between(at_ms - LIVENESS_MS, at_ms)
            }
        }
    }

    /// When an occurrence that did not reach the person must be over at the latest. Its text may fail hours later, and
    /// is tried again up to 15 minutes after that.
    fn tried_by(&self, span: Span) -> i64 {
        let failed = self.replacement_texts(span).filter_map(|text| text.undelivered);
        let failed_ms = failed.map(|(failed_ms, _)| failed_ms + LATEST_MS).max();
        failed_ms.unwrap_or(0).max(self.evidence.settled_ms(span.due_ms))
    }

    /// Whether a text about this occurrence did not arrive and the service may not know it. If the text failed within
    /// an hour, a fault may have hit the question to the carrier about its status. If it failed later, a fault may have
    /// hit the report.
    fn is_taken_for_delivered(&self, span: Span) -> bool {
        /// When the carrier is asked for the delivery of a text, in milliseconds after it accepted it.
        const ASKED_MS: i64 = 3_600_000;
        self.replacement_texts(span).any(|text| {
            let asked_ms = text.at_ms + ASKED_MS;
            let Some((failed_ms, _)) = text.undelivered.filter(|_| text.reported_ms.is_none()) else { return false };
            let from_ms = if failed_ms > asked_ms { failed_ms } else { asked_ms };
            self.evidence.faulty_between(from_ms - WRITTEN_MS, from_ms + LATEST_MS)
        })
    }

    /// Until when an occurrence of a fast series was tried: until its text was first requested, or else until a key or
    /// a "done" ended it. Returns 0 if neither a request nor a key nor a "done" is seen: then the occurrence was over
    /// before the next one was due.
    fn tried_until(&self, due_ms: i64, next_ms: i64) -> i64 {
        let requests = self.history.text_requests.iter().filter(|request| {
            let about = replaces_a_call(request.body) && request.body.contains(self.promise.task);
            about && self.names(&ServiceText::at(request.at_ms, request.body), due_ms)
        });
        // The occurrence ended at the latest when its text was first requested.
        if let Some(texted_ms) = requests.map(|request| request.at_ms).min() {
            if self.rang_again_late(due_ms, next_ms, texted_ms) {
                return 0;
            }
            return self.over_before_a_call(due_ms).map_or(texted_ms, |over_ms| over_ms.min(texted_ms));
        }
        let calls =
            self.possible.iter().flat_map(|trace| &trace.calls).filter(|call| call.taken_ms >= due_ms - SKEW_MS);
        let keys =
            calls.filter_map(|call| call.pressed.iter().find(|(_, digit)| *digit == '1').map(|(at_ms, _)| *at_ms));
        // A "done" that was received before this due is about an earlier occurrence, even if its answer comes later.
        let rung = |cause: &&Cause| match cause.of {
            Ended::Rung { received_ms } | Ended::Postponed { received_ms } => {
                cause.excuse.is_none() && received_ms + SKEW_MS >= due_ms
            }
            _ => false,
        };
        let done = self.causes.iter().filter(rung).filter(|cause| cause.until_ms >= due_ms);
        let latest_ms = next_ms.saturating_add(LATEST_MS);
        // A "done" may be answered long after it took effect: its answer is a text, and waits while no carrier can be
        // asked.
        let is_answered_late =
            |cause: &Cause| cause.until_ms >= latest_ms && cause.from_ms < latest_ms && self.waits_at(due_ms, next_ms);
        let done = done.map(|cause| if is_answered_late(cause) { next_ms } else { cause.until_ms });
        keys.chain(done).min().filter(|at_ms| *at_ms < latest_ms).unwrap_or(0)
    }

    /// Whether an occurrence of a fast series had not ended when the next occurrence was due, so that the two merge.
    /// Either its last request for a call was refused for now, and a fault may have delayed the next request. Or a
    /// fault kept the service from writing the report that its last call was over. Then the call counts as ringing
    /// until the carrier is asked about it.
    fn waits_at(&self, due_ms: i64, next_ms: i64) -> bool {
        let requests = self.own.iter().flat_map(|trace| trace.call_requests.iter().copied());
        let requests = requests.filter(|request| (due_ms - SKEW_MS..next_ms).contains(&request.claimed_ms()));
        let Some(last) = requests.max_by_key(|request| request.at_ms) else { return false };
        let is_refused = last.heard.is_some_and(|(heard_ms, heard)| {
            heard == RequestOutcome::RefusedForNow && self.evidence.faulty_between(heard_ms, next_ms)
        });
        let calls = self.own.iter().flat_map(|trace| &trace.calls);
        let over_ms = calls.filter(|call| call.claim == last.claim).find_map(|call| call.over_ms);
        let is_unreported = over_ms.is_some_and(|over_ms| {
            let hides_the_end = |faults| self.evidence.injected_between(faults, over_ms, over_ms + WRITTEN_MS);
            (over_ms..over_ms + LIVENESS_MS).contains(&next_ms)
                && (hides_the_end(&UNREPORTED) || hides_the_end(&UNWRITTEN))
        });
        is_refused || is_unreported
    }

    /// When an occurrence was over, if a later call shows it: that call comes after the last attempt, or too soon for
    /// the next attempt, so it is about another occurrence. The text about this occurrence may then still wait for a
    /// slot. `None` if the world had faults.
    fn over_before_a_call(&self, due_ms: i64) -> Option<i64> {
        let traces = self.own.iter().filter(|_| self.evidence.calm());
        let mut calls: Vec<&Call<'_>> = traces.flat_map(|trace| trace.calls.iter().copied()).collect();
        calls.retain(|call| call.taken_ms >= due_ms - SKEW_MS);
        calls.sort_by_key(|call| call.taken_ms);
        let pairs = calls.windows(2).enumerate();
        pairs.filter_map(|(place, pair)| Some((RETRY_MS.get(place), pair[0].over_ms?, pair[1].taken_ms))).find_map(
            |(retry_ms, over_ms, next_ms)| {
                let is_own = retry_ms.is_some_and(|retry_ms| next_ms >= over_ms + retry_ms - SKEW_MS);
                (!is_own).then_some(over_ms + REPORTS_MS)
            },
        )
    }

    /// Whether another call came after a call of a fast series, at a time when the next occurrence was already due. A
    /// late call that runs past the next due is not repeated: its occurrence is texted at once. So the other call is
    /// about the next occurrence, which did not merge with this one and must have an end of its own. A call that was
    /// claimed before this due is about an earlier occurrence, even if its request reached the carrier later: no call
    /// is claimed before its due.
    fn rang_again_late(&self, due_ms: i64, next_ms: i64, texted_ms: i64) -> bool {
        /// Shortest time from the end of a call to its repeat, in milliseconds.
        const REPEAT_MS: i64 = 120_000;
        let series = self.promise.series.as_ref();
        let later_ms = series.and_then(|series| series.next(self.promise.first_ms(), next_ms)).unwrap_or(i64::MAX);
        let is_later = |at_ms: i64| at_ms >= due_ms - SKEW_MS;
        let is_its = |call: &&Call<'_>| is_later(made_ms(call.claim.as_str()).unwrap_or(call.taken_ms));
        let calls = || self.own.iter().flat_map(|trace| &trace.calls).copied().filter(is_its);
        let repeats_ms = calls().filter_map(|call| Some(call.over_ms? + REPEAT_MS - SKEW_MS));
        // At the due after the next one, another occurrence rings.
        let until_ms = texted_ms.min(later_ms - SKEW_MS);
        repeats_ms
            .filter(|repeat_ms| *repeat_ms > next_ms.saturating_add(SKEW_MS))
            .any(|repeat_ms| calls().any(|call| (repeat_ms..until_ms).contains(&call.taken_ms)))
    }

    /// Checks that a series is paused after five occurrences in a row in which no call was picked up.
    fn is_paused(&self, dues: &[i64], breaches: &mut Breaches) {
        /// Maximum number of such occurrences in a row.
        const UNHEARD: usize = 5;
        let mut unheard = 0;
        for (at, due_ms) in dues.iter().enumerate() {
            let next_ms = dues.get(at + 1).copied().unwrap_or(i64::MAX);
            let calls = self.own.iter().flat_map(|trace| &trace.calls);
            let calls: Vec<_> = calls.filter(|call| (*due_ms..next_ms).contains(&call.taken_ms)).collect();
            // A text or a key shows that the person is there. It may come between two calls: RESUME comes while the
            // series is paused, and lets it ring again.
            let acts = |text: &&PersonText<'_>| text.meaning.changes() && (*due_ms..next_ms).contains(&text.at_ms);
            if calls.iter().any(|call| call.picked_up_ms.is_some()) || self.history.texts.iter().any(|text| acts(&text))
            {
                unheard = 0;
                continue;
            }
            let Some(over_ms) = calls.iter().map(|call| call.over_ms.unwrap_or(i64::MAX)).max() else { continue };
            // A call whose outcome stayed unknown says nothing about the person.
            if self.evidence.faulty_between(due_ms - SKEW_MS, over_ms.saturating_add(WRITTEN_MS)) {
                continue;
            }
            unheard += 1;
            if unheard == UNHEARD + 1 {
                breaches.add("bound", || {
                    format!("{} rang for {unheard} occurrences in a row that nobody picked up", self.promise.name())
                });
            }
        }
    }

    /// Whether an alarm that names this reminder id is about this promise.
    fn is_own(&self, name: &str) -> bool {
        let dialed = self.possible.iter().any(|trace| trace.key.reminder.as_str() == name);
        dialed || (self.promise.was_made_as(name) && !self.evidence.is_of_another(name, self.history.who))
    }

    /// Whether a text may have ended this occurrence before `until_ms`, by which the person was or should have been
    /// reached.
    fn applies(&self, cause: &Cause, span: Span, until_ms: i64) -> bool {
        if let Ended::Paused(after_ms, before_ms) = cause.of {
            return span.due_ms > after_ms && span.due_ms < before_ms;
        }
        if cause.of == Ended::Corrected {
            return span.due_ms >= cause.from_ms;
        }
        if let Ended::PlannedAgain(due_ms) = cause.of {
            return span.due_ms == due_ms && !self.had_begun(span, cause.until_ms);
        }
        let is_fast = self.promise.series.as_ref().is_some_and(Series::is_fast);
        let tried_ms = span.next_ms.saturating_add(if is_fast { LATEST_MS } else { 0 });
        let is_owed = cause.of == Ended::Left && self.is_owed_a_text(span, cause.from_ms);
        let is_asked_about = cause.of == Ended::Whole && self.is_asked_about(span, cause.from_ms);
        let is_current = is_owed
            || is_asked_about
            || tried_ms > cause.from_ms
            || matches!(cause.of, Ended::Rung { .. } | Ended::Postponed { .. });
        let is_in_time = is_current && cause.from_ms <= until_ms;
        is_in_time
            && match cause.of {
                Ended::Whole | Ended::Left | Ended::Paused(..) | Ended::Corrected | Ended::PlannedAgain(_) => true,
                Ended::One { left_ms } => span.before_ms <= cause.until_ms && span.due_ms < left_ms,
                Ended::Rung { received_ms } | Ended::Postponed { received_ms } => {
                    self.had_rung(span, cause, received_ms)
                }
            }
    }

    /// Whether a call or a text about this occurrence had been requested by this instant.
    fn had_begun(&self, span: Span, at_ms: i64) -> bool {
        let mut call_requests = self.possible.iter().flat_map(|trace| &trace.call_requests);
        call_requests.any(|request| span.holds(request.at_ms) && request.at_ms <= at_ms)
            || self.first_text(span).is_some_and(|texted_ms| texted_ms <= at_ms)
    }

    /// Whether the carrier may still have been asked for the outcome of this occurrence's last call at this instant. It
    /// is asked up to five times in 35 minutes, and a recent fault may have hit these questions. Meanwhile the next
    /// occurrences of a series wait.
    fn is_asked_about(&self, span: Span, at_ms: i64) -> bool {
        let last_ms = self.last_call(span);
        (last_ms..last_ms.saturating_add(LIVENESS_MS)).contains(&at_ms)
            && self.first_text(span).is_none_or(|texted_ms| texted_ms > at_ms)
            && self.evidence.faulty_between(last_ms, at_ms)
    }

    /// G1: no reminder fails without a request for a text, unless a fault may have stopped a function after it counted
    /// a try and before its request.
    fn was_tried(&self, breaches: &mut Breaches) {
        let tried = self.history.text_requests.iter().any(|request| request.body.contains(self.promise.task));
        let died = UNWRITTEN.iter().any(|fault| self.evidence.injected(*fault));
        breaches.unless(tried || died, "G1", || format!("{} failed without a request for a text", self.promise.name()));
    }

    /// The earliest possible due of an occurrence. Answers that are sent as texts may overtake each other, so the due
    /// that was stated last may not be the valid one. A text whose answer was not seen may have moved it.
    fn first_due(&self, due_ms: i64) -> i64 {
        if self.promise.series.is_some() || (self.evidence.calm() && !self.promise.is_stated_at_once()) {
            return due_ms;
        }
        let stated = self.promise.stated.iter().map(|stated| stated.due_ms);
        let moves = self.history.silent().filter(|text| self.may_move(text));
        let moved = moves.flat_map(|text| dues::meant(text, &self.history.zones)).map(|window| window.from_ms);
        stated.chain(moved).min().map_or(due_ms, |first_ms| first_ms.min(due_ms))
    }

    /// The end of an occurrence and its time, if the person was reached: by a call that spoke the task and on which the
    /// person pressed the key 1, or by a text that did not fail to arrive. A call that a mailbox picks up does not
    /// reach the person.
    fn seen(&self, span: Span, breaches: &mut Breaches) -> Option<(OccurrenceEnd, i64)> {
        let calls = self.possible.iter().flat_map(|trace| &trace.calls);
        let calls = || calls.clone().filter(|call| span.holds(call.taken_ms));
        let heard = calls().find(|call| call.speaks(self.promise.task) && call.has_pressed('1'));
        let texts: Vec<_> = self.replacement_texts(span).filter(|text| text.undelivered.is_none()).collect();
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
            let end = if text.body.starts_with("In case you missed it: ") {
                OccurrenceEnd::Unconfirmed
            } else {
                OccurrenceEnd::Missed
            };
            (end, text.at_ms)
        });
        heard.map(|call| (OccurrenceEnd::Heard, call.pressed.first().map_or(call.taken_ms, |key| key.0))).or(text)
    }

    /// Whether "done" may be about this occurrence. It was due when the text was received, and a call or text about it
    /// may have reached the person within the hour before. A request for a call or text counts, and so does a fault
    /// that may have hidden such a request.
    fn had_rung(&self, span: Span, cause: &Cause, received_ms: i64) -> bool {
        if span.from_ms > received_ms + SKEW_MS {
            return false;
        }
        let call_requests =
            self.possible.iter().flat_map(|trace| &trace.call_requests).filter(|request| span.holds(request.at_ms));
        let call_requests = call_requests.map(|request| (request.at_ms, request.heard));
        let text_requests = self.history.text_requests.iter().filter(|request| {
            let words = ServiceText::at(request.at_ms, request.body);
            replaces_a_call(request.body) && request.body.contains(self.promise.task) && self.is_of(&words, span.due_ms)
        });
        let text_requests = text_requests.map(|request| (request.at_ms, request.heard));
        let over = self.possible.iter().flat_map(|trace| &trace.calls).filter(|call| span.holds(call.taken_ms));
        let over = over.filter_map(|call| Some((call.over_ms?, None)));
        // A request that was refused before the "done" reached no person.
        let reached = |(at_ms, heard): (i64, Option<(i64, RequestOutcome)>)| {
            let refused = heard.is_some_and(|(known_ms, heard)| {
                matches!(heard, RequestOutcome::NumberRefused | RequestOutcome::RefusedForNow)
                    && known_ms < cause.from_ms
            });
            let lately = at_ms.saturating_add(LATELY_MS) >= cause.from_ms
                && at_ms <= cause.until_ms.saturating_add(UNDER_WAY_MS);
            lately && (!refused || matches!(cause.of, Ended::Postponed { .. }))
        };
        call_requests.chain(text_requests).chain(over).any(reached)
            || self.evidence.injected_between(&UNWRITTEN, span.from_ms, cause.until_ms)
    }

    /// When the last call of an occurrence was over.
    fn last_call(&self, span: Span) -> i64 {
        let call_requests = self.possible.iter().flat_map(|trace| &trace.call_requests);
        let known = call_requests.map(|request| request.heard.map_or(request.at_ms, |heard| heard.0));
        let calls = self.possible.iter().flat_map(|trace| &trace.calls);
        let over = calls.map(|call| call.over_ms.unwrap_or(call.taken_ms));
        known.chain(over).filter(|at_ms| span.holds(*at_ms)).max().unwrap_or(0)
    }

    /// When the text about an occurrence was first requested. The end of the occurrence had been written by then.
    fn first_text(&self, span: Span) -> Option<i64> {
        let about = self.history.text_requests.iter().filter(|request| {
            let words = ServiceText::at(request.at_ms, request.body);
            let is_it = replaces_a_call(request.body) && request.body.contains(self.promise.task);
            is_it && self.names(&words, span.due_ms)
        });
        about.map(|request| request.at_ms).min()
    }
}
