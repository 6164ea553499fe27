//! Which occurrence a cause may have ended. `excuses.rs` finds the causes.

use reminder::ports::UndeliveredCause;

use crate::checker::dues::{LATEST_MS, Series};
use crate::checker::excuses::{Cause, Ended};
use crate::checker::person_history::{CallRequest, ServiceText, TextRequest};
use crate::checker::replacement_texts::{PromiseJudge, Span};
use crate::history::RequestOutcome;
use crate::world::LIVENESS_MS;

impl PromiseJudge<'_, '_> {
    /// Whether a cause may have ended this occurrence by `until_ms`: the time at which the person was reached, or
    /// should have been reached at the latest.
    pub(super) fn applies(&self, cause: &Cause, span: Span, until_ms: i64) -> bool {
        if let Ended::Paused(after_ms, before_ms) = cause.of {
            return span.due_ms > after_ms && span.due_ms < before_ms;
        }
        if cause.of == Ended::Corrected {
            return (cause.from_ms..=cause.until_ms).contains(&span.due_ms);
        }
        if let Ended::PlannedAgain(due_ms) = cause.of {
            return span.due_ms == due_ms && !self.had_begun(span, cause.until_ms);
        }
        let is_fast = self.promise.series.as_ref().is_some_and(Series::is_fast);
        let tried_ms = span.next_ms.saturating_add(if is_fast { LATEST_MS } else { 0 });
        let is_owed = matches!(cause.of, Ended::Left { .. }) && self.is_owed_a_text(span, cause.from_ms);
        let is_asked_about = cause.of == Ended::Whole && self.is_asked_about(span, cause.from_ms);
        let is_current = is_owed
            || is_asked_about
            || tried_ms > cause.from_ms
            || matches!(cause.of, Ended::Rung { .. } | Ended::Postponed { .. });
        let is_in_time = is_current && cause.from_ms <= until_ms;
        is_in_time
            && match cause.of {
                Ended::Whole | Ended::Paused(..) | Ended::Corrected | Ended::PlannedAgain(_) => true,
                Ended::Left { lives_ms } => span.due_ms <= lives_ms,
                Ended::One { left_ms } => span.due_ms < left_ms,
                Ended::Rung { received_ms, written_ms } | Ended::Postponed { received_ms, written_ms } => {
                    self.had_rung(span, cause, received_ms) && self.is_acknowledged(span.due_ms, cause, written_ms)
                }
            }
    }

    /// Whether a call or a text about this occurrence had been requested by this instant. A request that the carrier
    /// refused for now did not ring, so the occurrence still waits for its first call.
    fn had_begun(&self, span: Span, at_ms: i64) -> bool {
        let is_refused = |request: &CallRequest<'_>| {
            request.heard.is_some_and(|(ms, heard)| ms <= at_ms && heard == RequestOutcome::RefusedForNow)
        };
        let mut call_requests = self.possible.iter().flat_map(|trace| &trace.call_requests);
        call_requests.any(|request| span.holds(request.at_ms) && request.at_ms <= at_ms && !is_refused(request))
            || self.first_text(span.due_ms).is_some_and(|texted_ms| texted_ms <= at_ms)
    }

    /// Whether the service may still have asked the carrier for the outcome of this occurrence's last call at this
    /// instant. It asks up to five times in 35 minutes, and a recent fault may have hit these questions. Until it knows
    /// the outcome, the next occurrences of the series wait.
    fn is_asked_about(&self, span: Span, at_ms: i64) -> bool {
        let last_ms = self.last_call(span);
        (last_ms..last_ms.saturating_add(LIVENESS_MS)).contains(&at_ms)
            && self.first_text(span.due_ms).is_none_or(|texted_ms| texted_ms > at_ms)
            && self.evidence.faulty_between(last_ms, at_ms)
    }

    /// Whether the service still owed the text about this occurrence at this instant. It owes a text for at most a day,
    /// while the last request is refused for now or has no readable answer, or while the text does not arrive for a
    /// reason that may pass. If there was no request yet, a recent fault may have delayed the first request.
    fn is_owed_a_text(&self, span: Span, at_ms: i64) -> bool {
        /// How long a text is tried, in milliseconds.
        const TRIED_MS: i64 = 86_400_000;
        /// Maximum number of tries of a text that was accepted each time.
        const TRIES: usize = 3;
        let is_recent = |request: &&TextRequest<'_>| (at_ms - TRIED_MS..at_ms).contains(&request.at_ms);
        // A function that froze sends the request of an older try late. Only the newest try decides about the text.
        let last = self
            .text_requests(span.due_ms)
            .filter(is_recent)
            .max_by_key(|request| (request.route.try_number, request.at_ms));
        // A text that was accepted shortly before may still be on its way. If the person has left by then, the carrier
        // does not deliver it, and says that the person has opted out.
        let is_stopped = |text: &ServiceText<'_>| {
            let stopped = text.undelivered.filter(|(_, cause)| *cause == UndeliveredCause::OptedOut);
            text.at_ms < at_ms && stopped.is_some_and(|(stopped_ms, _)| stopped_ms >= at_ms)
        };
        if self.replacement_texts(span).any(is_stopped) {
            return true;
        }
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
}
