//! What the calls and texts about an occurrence show: whether they reached the person, and when they came.

use super::{OccurrenceEnd, WRITTEN_MS};
use crate::checker::breach::Breaches;
use crate::checker::dues::{ASKED_MS, LATEST_MS};
use crate::checker::person_history::{ServiceText, TextRequest, replaces_a_call};
use crate::checker::replacement_texts::{PromiseJudge, Span};

impl PromiseJudge<'_, '_> {
    /// The end of an occurrence and its time, if the person was reached: by a call that spoke the task and on which the
    /// person confirmed it by a key, or by a text that did not fail. A call that a mailbox picks up does not reach the
    /// person.
    pub(super) fn seen(&self, span: Span, breaches: &mut Breaches) -> Option<(OccurrenceEnd, i64)> {
        let calls = self.possible.iter().flat_map(|trace| &trace.calls);
        let calls = || calls.clone().filter(|call| span.holds(call.taken_ms));
        let heard = calls().find(|call| call.speaks(self.promise.task) && call.is_confirmed());
        let texts: Vec<_> = self.replacement_texts(span).filter(|text| text.undelivered.is_none()).collect();
        let is_own = |claim| self.own.iter().any(|trace| trace.calls.iter().any(|call| call.claim == claim));
        let own_heard = heard.filter(|heard| is_own(heard.claim) && heard.has_pressed('1'));
        if let Some((heard, text)) = own_heard.zip(texts.first()) {
            // The text may be about another reminder with this task and due.
            let is_shared = self.others_ms.contains(&span.due_ms);
            breaches.unless(!self.evidence.calm() || is_shared, "G1", || {
                format!(
                    "{} was heard on the call of claim {} and texted ({:?}), without any fault",
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

    /// Whether a text about this occurrence did not arrive, and the service possibly did not learn that. If the text
    /// failed within an hour after the carrier accepted it, a fault may have hit the service's question about its
    /// status. If the text failed later, a fault may have hit the carrier's report.
    pub(super) fn is_taken_for_delivered(&self, span: Span) -> bool {
        self.replacement_texts(span).any(|text| {
            let asked_ms = text.at_ms + ASKED_MS;
            let Some((failed_ms, _)) = text.undelivered.filter(|_| text.reported_ms.is_none()) else { return false };
            let from_ms = failed_ms.max(asked_ms);
            self.evidence.faulty_between(from_ms - WRITTEN_MS, from_ms + LATEST_MS)
        })
    }

    /// When the last call of an occurrence was over, or when the outcome of its last request for a call was learned,
    /// whichever is later. A call without a known end counts from its acceptance, and a request without a known outcome
    /// from its sending. Returns 0 if there was no call and no request.
    pub(super) fn last_call(&self, span: Span) -> i64 {
        let call_requests = self.possible.iter().flat_map(|trace| &trace.call_requests);
        let known = call_requests.map(|request| request.heard.map_or(request.at_ms, |heard| heard.0));
        let calls = self.possible.iter().flat_map(|trace| &trace.calls);
        let over = calls.map(|call| call.over_ms.unwrap_or(call.taken_ms));
        known.chain(over).filter(|at_ms| span.holds(*at_ms)).max().unwrap_or(0)
    }

    /// When the text about an occurrence was first requested. The end of the occurrence had been written by then.
    pub(super) fn first_text(&self, due_ms: i64) -> Option<i64> {
        self.text_requests(due_ms).map(|request| request.at_ms).min()
    }

    /// The requests for the text that replaces the call of the occurrence with this due.
    pub(super) fn text_requests(&self, due_ms: i64) -> impl Iterator<Item = &TextRequest<'_>> {
        self.history.text_requests.iter().filter(move |request| {
            let words = ServiceText::at(request.first_requested_ms, request.body);
            let is_about = replaces_a_call(request.body) && request.body.contains(self.promise.task);
            is_about && self.names(&words, due_ms)
        })
    }
}
