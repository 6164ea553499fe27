//! Which occurrence a "done", a key or a snooze has acknowledged.

use crate::checker::dues::{RUN_MS, SKEW_MS, UNDER_WAY_MS};
use crate::checker::excuses::{Cause, Ended};
use crate::checker::person_history::{ServiceText, made_ms, replaces_a_call};
use crate::checker::replacement_texts::{PromiseJudge, Span, UNWRITTEN};
use crate::history::RequestOutcome;
use crate::people::Meaning;
use crate::world::LIVENESS_MS;

/// How long after its call an occurrence can be acknowledged by "done", in milliseconds: an hour, and the time until
/// the end of the call is known.
const LATELY_MS: i64 = 3_600_000 + LIVENESS_MS;

/// A write after which an occurrence was over.
#[derive(Clone, Copy)]
struct Over {
    at_ms: i64,
    due_ms: i64,
    /// Whether a text wrote it that may have acknowledged nothing: after a SKIP, the last occurrence that can be
    /// acknowledged is the one before.
    may_be_left_out: bool,
}

impl PromiseJudge<'_, '_> {
    /// Whether a "done" or a snooze may be about this occurrence: the occurrence was due when the text was received,
    /// and a call or text about it may have reached the person within the hour before. A request for a call or text
    /// counts, and so does a claim in the store whose function died before its request.
    pub(super) fn had_rung(&self, span: Span, cause: &Cause, received_ms: i64) -> bool {
        if span.due_ms > received_ms + SKEW_MS {
            return false;
        }
        // The claim counts: a function that freezes after it sends its request later, perhaps after the "done".
        let call_requests = self.possible.iter().flat_map(|trace| &trace.call_requests);
        let call_requests = call_requests.map(|request| (request.claimed_ms(), request.heard));
        let call_requests = call_requests.filter(|(claimed_ms, _)| span.holds(*claimed_ms));
        let text_requests = self.history.text_requests.iter().filter(|request| {
            let words = ServiceText::at(request.first_requested_ms, request.body);
            replaces_a_call(request.body) && request.body.contains(self.promise.task) && self.names(&words, span.due_ms)
        });
        let text_requests = text_requests.map(|request| (request.at_ms, request.heard));
        let calls = self.possible.iter().flat_map(|trace| &trace.calls).filter(|call| span.holds(call.taken_ms));
        let call_ends = calls.filter_map(|call| Some((call.over_ms?, None)));
        let claims = self.claims_without_request().filter(|claimed_ms| span.holds(*claimed_ms));
        let claims = claims.map(|claimed_ms| (claimed_ms, None));
        // A request that was refused before the "done" reached no person. But if a fault kept the function from writing
        // the refusal, the call counts as one that may ring. A snooze also replaces an occurrence that was only tried.
        let is_unwritten =
            |known_ms: i64| self.evidence.injected_between(&UNWRITTEN, known_ms - SKEW_MS, known_ms + RUN_MS);
        let may_count = |(at_ms, heard): (i64, Option<(i64, RequestOutcome)>)| {
            let is_refused = heard.is_some_and(|(known_ms, heard)| {
                matches!(heard, RequestOutcome::NumberRefused | RequestOutcome::RefusedForNow)
                    && known_ms < cause.from_ms
                    && !is_unwritten(known_ms)
            });
            let is_recent = at_ms.saturating_add(LATELY_MS) >= cause.from_ms
                && at_ms <= cause.until_ms.saturating_add(UNDER_WAY_MS);
            is_recent && (!is_refused || matches!(cause.of, Ended::Postponed { .. }))
        };
        call_requests.chain(text_requests).chain(call_ends).chain(claims).any(may_count)
    }

    /// When each claim of this reminder was made that is in the store and has no request, in milliseconds.
    fn claims_without_request(&self) -> impl Iterator<Item = i64> {
        let is_requested =
            |claim: &str| self.history.call_requests.iter().any(|request| request.claim.as_str() == claim);
        let claims = self.evidence.remains.unaccepted_claims.iter().filter(move |(claim, reminder)| {
            !is_requested(claim) && self.promise.is_stored_as(self.evidence, self.history, reminder)
        });
        claims.filter_map(|(claim, _)| made_ms(claim))
    }

    /// Whether the cause, an acknowledgment that was written between `written_ms` and its latest time, may have ended
    /// the occurrence of this due. An acknowledgment ends one occurrence: the one after which the series goes on in
    /// the same write, or else the one that was over last. The store has the exact time of a text's transaction, so a
    /// write just before or after it is another one, for example of a dialer that passes over a late occurrence.
    pub(super) fn is_acknowledged(&self, due_ms: i64, cause: &Cause, written_ms: i64) -> bool {
        if self.promise.series.is_none() {
            return true;
        }
        let over = self.over();
        let is_its = |over: &&Over| (over.due_ms - due_ms).abs() <= SKEW_MS;
        let is_exact = written_ms == cause.until_ms;
        let skew_ms = if is_exact { 0 } else { SKEW_MS };
        let written = written_ms - skew_ms..=cause.until_ms + skew_ms;
        let mut in_its_write = over.iter().filter(|over| written.contains(&over.at_ms)).peekable();
        let is_sure = is_exact && in_its_write.peek().is_some();
        if in_its_write.any(|over| is_its(&over)) {
            return true;
        }
        let before: Vec<&Over> = over.iter().rev().filter(|over| over.at_ms < written_ms - skew_ms).collect();
        let last = before.iter().position(|over| !over.may_be_left_out).map_or(before.len(), |last| last + 1);
        !is_sure && before[..last].iter().any(is_its)
    }

    /// The writes after which an occurrence of the series was over, or the series was paused, in order.
    fn over(&self) -> Vec<Over> {
        let is_its = |reminder: &str| self.promise.is_stored_as(self.evidence, self.history, reminder);
        let passed = self.evidence.remains.passed.iter().filter(|passed| is_its(&passed.reminder));
        let passed = passed.map(|passed| Over {
            at_ms: passed.at_ms,
            due_ms: passed.due_ms,
            may_be_left_out: self.is_changed_at(passed.at_ms),
        });
        let paused = self.pauses.iter().map(|pause| Over {
            at_ms: pause.paused_ms,
            due_ms: pause.due_ms,
            may_be_left_out: false,
        });
        let mut over: Vec<Over> = passed.chain(paused).collect();
        over.sort_by_key(|over| over.at_ms);
        over
    }

    /// Whether a text that was handled at this instant may have planned another occurrence without an acknowledgment.
    fn is_changed_at(&self, at_ms: i64) -> bool {
        let number = self.promise.number;
        let mut answers = self.history.answers.iter().filter(|answer| (answer.at_ms - at_ms).abs() <= SKEW_MS);
        answers.any(|answer| match answer.to.map(|to| self.history.texts[to].meaning) {
            Some(Meaning::Skip(of) | Meaning::Move(of, _) | Meaning::DoneWith(of)) => *of == number,
            Some(Meaning::Zone(_) | Meaning::Yes | Meaning::Undo) => true,
            _ => false,
        })
    }
}
