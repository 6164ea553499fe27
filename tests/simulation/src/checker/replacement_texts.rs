//! G2 and G3 of replacement texts: which occurrence a text is about, and how often an occurrence is texted.

use super::breach::Breaches;
use super::dues::{FROZEN_MS, RUN_MS, SKEW_MS, UNDER_WAY_MS};
use super::evidence::Evidence;
use super::excuses::{Cause, Ended};
use super::pauses::{self, IS_PAUSED, Pause, is_about_pause};
use super::person_history::{Call, PersonHistory, ServiceText, TextRequest, replaces_a_call};
use super::promise::Promise;
use super::shares::{Excuse, Guarantee, Shares};
use super::traces::Trace;
use crate::faults::Fault;
use crate::history::RequestOutcome;
use reminder::ports::UndeliveredCause;

/// Faults that can keep a function from writing the outcome of a request.
pub(super) const UNWRITTEN: [Fault; 8] = [
    Fault::Crash,
    Fault::Freeze,
    Fault::Slow,
    Fault::WriteAnswerLost,
    Fault::WriteLandsLate,
    Fault::StoreThrottled,
    Fault::StoreDown,
    Fault::SpuriousConflict,
];

/// Faults after which a function that answers a key may not have withdrawn a text. A function that died gives no answer.
const NOT_WITHDRAWN: [Fault; 6] = [
    Fault::Slow,
    Fault::WriteAnswerLost,
    Fault::WriteLandsLate,
    Fault::StoreThrottled,
    Fault::StoreDown,
    Fault::SpuriousConflict,
];

/// Judges the ends of one promise's occurrences.
pub(super) struct PromiseJudge<'e, 'a> {
    pub(super) evidence: &'e Evidence<'a>,
    pub(super) history: &'e PersonHistory<'a>,
    pub(super) promise: &'e Promise<'a>,
    /// Traces that may belong to this promise.
    pub(super) possible: Vec<&'e Trace<'e>>,
    /// Traces that can belong only to this promise.
    pub(super) own: Vec<&'e Trace<'e>>,
    pub(super) causes: Vec<Cause>,
    /// The pauses of the promise, if it is a series.
    pub(super) pauses: Vec<Pause>,
    /// Dues of the person's other reminders with the same task: a series, and an occurrence of the series that was
    /// moved, may be due at the same second. Each of them is texted in the same words.
    pub(super) others_ms: Vec<i64>,
}

/// The time span of an occurrence, in milliseconds since 1970.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) due_ms: i64,
    /// Due of the next occurrence.
    pub(super) next_ms: i64,
}

impl Span {
    /// Whether an observation at this instant may be about this occurrence.
    pub(super) fn holds(self, at_ms: i64) -> bool {
        at_ms >= self.due_ms - SKEW_MS && at_ms < self.next_ms - SKEW_MS
    }
}

impl PromiseJudge<'_, '_> {
    /// The replacement texts of this occurrence.
    pub(super) fn replacement_texts(&self, span: Span) -> impl Iterator<Item = &ServiceText<'_>> {
        self.history.replacement_texts.iter().filter(move |replacement| {
            let begun = replacement.at_ms >= span.due_ms - SKEW_MS;
            begun && replacement.body.contains(self.promise.task) && self.names(replacement, span.due_ms)
        })
    }

    pub(super) fn names(&self, replacement: &ServiceText<'_>, due_ms: i64) -> bool {
        self.named(replacement).contains(&due_ms)
    }

    /// The instants that a replacement text may name: its date and time, as each of the person's zones reads it. A text
    /// about a pause stands for the last occurrence before the pause that was the newest when the text was first
    /// requested: the series may be paused again, in the same words, while the text is still tried.
    pub(super) fn named(&self, replacement: &ServiceText<'_>) -> Vec<i64> {
        if replacement.body.contains(IS_PAUSED) {
            let is_before = |pause: &&Pause| pause.paused_ms <= replacement.first_requested_ms + SKEW_MS;
            let last = self.pauses.iter().rev().find(is_before);
            return last
                .filter(|_| is_about_pause(replacement.body, self.promise))
                .map(|pause| pause.due_ms)
                .into_iter()
                .collect();
        }
        pauses::named_dues(self.history, replacement.first_requested_ms, replacement.body)
    }

    /// Whether the try that the carrier had accepted by `known_ms` failed by `until_ms`, for a reason that may pass, or
    /// that has passed because the person has opted in again.
    /// Then the text is tried again. An earlier try that arrives at the carrier later says nothing about this try: a
    /// failure counts only for the newest try.
    fn has_failed_for_now(&self, request: &TextRequest<'_>, known_ms: i64, until_ms: i64) -> bool {
        let accepted = self
            .history
            .replacement_texts
            .iter()
            .filter(|text| text.body == request.body && (request.at_ms..=known_ms).contains(&text.at_ms));
        // After a failure because of an opt-out, the text is wanted again only if the person has opted in since it was
        // requested.
        let has_returned = || {
            let mut opt_ins = self.history.texts.iter().filter(|text| text.meaning.opts_in());
            opt_ins.any(|text| text.handed.iter().any(|in_ms| (request.at_ms - SKEW_MS..until_ms).contains(in_ms)))
        };
        let has_failed = |text: &ServiceText<'_>| {
            text.undelivered.is_some_and(|(undelivered_ms, cause)| {
                let may_pass = match cause {
                    UndeliveredCause::Passing => true,
                    UndeliveredCause::OptedOut => has_returned(),
                    UndeliveredCause::Number | UndeliveredCause::Operator => false,
                };
                may_pass && undelivered_ms <= until_ms
            })
        };
        accepted.max_by_key(|text| text.at_ms).is_some_and(has_failed)
    }

    /// Whether a function that froze before this request sent it for an older try, and the newest try, which had been
    /// accepted before, failed by `until_ms` for a reason that may pass. The record names the newest try only, and a
    /// failure of that try counts.
    fn is_of_older_try(&self, request: &TextRequest<'_>, earlier: &[&TextRequest<'_>], until_ms: i64) -> bool {
        let froze = self.evidence.injected_between(&[Fault::Freeze], request.at_ms - FROZEN_MS, request.at_ms);
        let mut accepted = earlier.iter().filter_map(|other| match other.heard? {
            (known_ms, RequestOutcome::Accepted) if known_ms <= request.at_ms => Some((other, known_ms)),
            _ => None,
        });
        froze && accepted.any(|(other, known_ms)| self.has_failed_for_now(other, known_ms, until_ms))
    }

    /// G2: an occurrence has at most three texts. It has no text after one that is known to be accepted, unless that
    /// one failed for a reason that may pass, or a fault kept a function from writing the outcome or froze it. G3: it
    /// has no text after the answer to the acknowledging key, except one from a function that froze before the key.
    pub(super) fn check_texted_once(&self, dues: &[i64], shares: &mut Shares, breaches: &mut Breaches) {
        /// Maximum number of replacement texts of an occurrence.
        const TEXTS: usize = 3;
        let task = self.promise.task;
        for due_ms in dues {
            let about = |first_requested_ms, body: &str| {
                let words = ServiceText::at(first_requested_ms, body);
                replaces_a_call(body) && body.contains(task) && self.names(&words, *due_ms)
            };
            let texts = self
                .history
                .replacement_texts
                .iter()
                .filter(|replacement| about(replacement.first_requested_ms, replacement.body))
                .count();
            let others = self.others_ms.iter().filter(|other_ms| *other_ms == due_ms).count();
            breaches.unless(texts <= TEXTS * (1 + others), "G2", || {
                format!("{} was texted {texts} times", self.promise.name())
            });
            let text_requests: Vec<_> = self
                .history
                .text_requests
                .iter()
                .filter(|request| about(request.first_requested_ms, request.body))
                .collect();
            self.follow_no_acceptance(&text_requests, others, shares, breaches);
            // If a person calls back and presses 1, the answer names no reminder. Only the task tells which reminder
            // the key acknowledged.
            if self.others_ms.is_empty() {
                let requested_ms: Vec<i64> = text_requests.iter().map(|request| request.at_ms).collect();
                self.check_quiet_after_done(*due_ms, &requested_ms, shares, breaches);
            }
            // A text about an earlier occurrence may still be tried when a later occurrence is heard.
            let series = self.promise.series.as_ref();
            let next_ms = series.and_then(|series| series.next(self.promise.first_ms(), *due_ms)).unwrap_or(i64::MAX);
            let span = Span { due_ms: *due_ms, next_ms };
            let calls = self.own.iter().flat_map(|trace| &trace.calls);
            let calls = calls.filter(|call| call.speaks(task) && span.holds(call.taken_ms));
            let thanked = calls.filter_map(|call| Some((call.thanked_ms?, call))).min_by_key(|(at_ms, _)| *at_ms);
            let Some((thanked_ms, thanked)) = thanked else { continue };
            let late = text_requests.iter().filter(|request| request.at_ms > thanked_ms + UNDER_WAY_MS).count();
            let late = late.saturating_sub(TEXTS * others);
            let thaws = self.evidence.injected_between(&[Fault::Freeze], thanked_ms - FROZEN_MS, thanked_ms);
            // A function that froze before the key sends its one request when it thaws.
            let excuse = match late {
                0 => None,
                1 if thaws => Some(Excuse::FrozenBeforeKey),
                _ => self.may_stay_owed(*due_ms, thanked, thanked_ms).then_some(Excuse::NotWithdrawn),
            };
            shares.case(Guarantee::G3, excuse);
            breaches.unless(late == 0 || excuse.is_some(), "G3", || {
                format!("{} was heard and then texted {late} times", self.promise.name())
            });
        }
    }

    /// Whether the text about this occurrence may still be sent after the key was answered at `thanked_ms`. The store
    /// shows that the text was owed before the answer, and a fault hit the store between the key and its answer, so the
    /// text may not have been withdrawn. An occurrence that the key itself ended owes no text.
    fn may_stay_owed(&self, due_ms: i64, call: &Call<'_>, thanked_ms: i64) -> bool {
        let is_owed = self.evidence.remains.passed.iter().any(|passed| {
            passed.is_texted
                && passed.at_ms < thanked_ms
                && (passed.due_ms - due_ms).abs() <= SKEW_MS
                && self.promise.is_stored_as(self.evidence, self.history, &passed.reminder)
        });
        let mut pressed_ms = call.pressed.iter().rev().map(|(at_ms, _)| *at_ms);
        let key_ms = pressed_ms.find(|at_ms| *at_ms <= thanked_ms);
        is_owed && key_ms.is_some_and(|key_ms| self.evidence.injected_between(&NOT_WITHDRAWN, key_ms, thanked_ms))
    }

    /// G2: no text follows after one that is known to be accepted. It may follow if that one failed for a reason that
    /// may pass, or if a fault kept a function from writing the outcome or froze it. It may also be the first text of
    /// one of the `others` with the same words.
    fn follow_no_acceptance(
        &self,
        requests: &[&TextRequest<'_>],
        others: usize,
        shares: &mut Shares,
        breaches: &mut Breaches,
    ) {
        for (place, request) in requests.iter().enumerate() {
            let at_ms = request.at_ms;
            let accepted: Vec<(usize, i64)> = requests[..place]
                .iter()
                .enumerate()
                .filter_map(|(earlier, other)| match other.heard? {
                    (known_ms, RequestOutcome::Accepted) if known_ms < at_ms => Some((earlier, known_ms)),
                    _ => None,
                })
                .collect();
            if accepted.is_empty() {
                continue;
            }
            let stands = |(earlier, known_ms): &(usize, i64)| {
                !self.has_failed_for_now(requests[*earlier], *known_ms, at_ms)
                    && !self.is_of_older_try(requests[*earlier], &requests[..*earlier], at_ms)
            };
            let standing: Vec<(i64, i64)> = accepted
                .into_iter()
                .filter(stands)
                .map(|(earlier, known_ms)| (requests[earlier].at_ms, known_ms))
                .collect();
            let written = self.written(&standing, at_ms);
            let excuse = (written == 0 && !standing.is_empty()).then_some(Excuse::OutcomeNotWritten);
            shares.case(Guarantee::G2, excuse);
            breaches.unless(written <= others, "G2", || {
                format!("{} was texted again after a text was known to be accepted", self.promise.name())
            });
        }
    }

    /// How many of these acceptances the service had certainly written before the request at `again_ms`. Each
    /// acceptance has the time of its request and the time at which it was known.
    ///
    /// A fault near a request may have kept its function from writing the acceptance. A function that froze after it
    /// counted its try sends its one request when it thaws, up to an hour later. If that was the function of the
    /// request at `again_ms`, it did not see the acceptances. If it was the function of an earlier request, a newer try
    /// may have been counted meanwhile, and the acceptance of an older try is not written. Each freeze explains one of
    /// them.
    fn written(&self, accepted: &[(i64, i64)], again_ms: i64) -> usize {
        let froze = |at_ms| self.evidence.injected_between(&[Fault::Freeze], at_ms - FROZEN_MS, at_ms);
        if froze(again_ms) {
            return 0;
        }
        let is_near_fault = |(at_ms, known_ms): &&(i64, i64)| {
            self.evidence.injected_between(&UNWRITTEN, at_ms - RUN_MS, known_ms + RUN_MS)
        };
        let left: Vec<i64> = accepted.iter().filter(|one| !is_near_fault(one)).map(|(at_ms, _)| *at_ms).collect();
        let (Some(first_ms), Some(last_ms)) = (left.first(), left.last()) else { return 0 };
        let freezes = self.evidence.times_between(&[Fault::Freeze], first_ms - FROZEN_MS, *last_ms).count();
        let frozen = left.iter().filter(|at_ms| froze(**at_ms)).count();
        left.len() - frozen.min(freezes)
    }

    /// G3: no text follows after the answer to a "done", or to the key 1 on a call to the service. Which reminder the
    /// "done" was about is certain only for a one-off that was never moved. A reminder that never rang is still texted,
    /// because nothing else tells the person about it.
    fn check_quiet_after_done(&self, due_ms: i64, requested_ms: &[i64], shares: &mut Shares, breaches: &mut Breaches) {
        if self.promise.series.is_some() || self.promise.stated.len() > 1 {
            return;
        }
        let is_done = |cause: &&Cause| matches!(cause.of, Ended::Rung { .. }) && cause.excuse.is_none();
        let Some(done) = self.causes.iter().filter(is_done).min_by_key(|cause| cause.until_ms) else { return };
        let calls = self.own.iter().flat_map(|trace| &trace.calls);
        let has_rung = calls.clone().any(|call| call.taken_ms >= due_ms - SKEW_MS && call.taken_ms < done.from_ms);
        let late = requested_ms.iter().filter(|at_ms| **at_ms > done.until_ms + UNDER_WAY_MS).count();
        if !has_rung {
            return;
        }
        let until_ms = done.until_ms + UNDER_WAY_MS;
        let is_faulty = self.evidence.injected_between(&UNWRITTEN, done.from_ms, until_ms)
            || self.evidence.injected_between(&[Fault::Freeze], done.from_ms - FROZEN_MS, until_ms);
        let excuse = (late > 0 && is_faulty).then_some(Excuse::NotWithdrawn);
        shares.case(Guarantee::G3, excuse);
        breaches.unless(late == 0 || excuse.is_some(), "G3", || {
            format!("{} was confirmed and then texted {late} times", self.promise.name())
        });
    }
}
