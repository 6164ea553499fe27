//! G1 of a one-off whose guessed zone may have been corrected. It is due at one of several instants. It is lost if no
//! call or text comes at any of them.

use super::dues::{self, SKEW_MS};
use super::excuses::{Cause, Ended};
use super::replacement_texts::{PromiseJudge, Span};
use super::shares::Excuse;
use crate::people::Meaning;

impl PromiseJudge<'_, '_> {
    /// Whether the cause is that this one-off may be due in another zone, and the one-off is lost in each zone: it was
    /// due in each of them, and neither a call nor a text has come. Then the cause excuses nothing, and the service
    /// must have raised an alarm.
    pub(super) fn is_lost_in_each_zone(&self, cause: &Cause, span: Span) -> bool {
        let is_it = |cause: &Cause| cause.excuse == Some(Excuse::ZoneNotAnswered);
        if !is_it(cause) || self.promise.series.is_some() {
            return false;
        }
        let over_ms = self.evidence.settled_ms(self.latest_due());
        // The person may have ended it meanwhile.
        let ends = |cause: &&Cause| {
            matches!(cause.of, Ended::Whole | Ended::Left { .. } | Ended::One { .. }) && cause.from_ms <= over_ms
        };
        let is_ended = self.causes.iter().any(|cause| !is_it(cause) && ends(&cause));
        over_ms <= self.evidence.remains.end_ms && !is_ended && !self.has_come(self.first_in_any_zone(span))
    }

    /// The earliest instant at which this occurrence may be due. Includes its other zones if it is a one-off whose zone
    /// may have been corrected.
    pub(super) fn first_in_any_zone(&self, span: Span) -> i64 {
        if !self.promise.may_be_corrected() || self.promise.series.is_some() {
            return span.due_ms;
        }
        self.moved(i64::MIN).min().map_or(span.due_ms, |due_ms| due_ms.min(span.due_ms))
    }

    /// The latest instant at which it may be due. A correction does not move it to an instant that has passed. If that
    /// instant passed between the receipt of the text and its handling, the due that was stated before counts.
    fn latest_due(&self) -> i64 {
        let corrections = self.history.texts.iter().filter(|text| matches!(text.meaning, Meaning::Zone(_)));
        let received_ms = corrections.filter_map(|text| text.handed.first().copied()).min().unwrap_or(i64::MIN);
        let stated = self.promise.stated.iter().map(|stated| stated.due_ms);
        self.moved(received_ms).chain(stated).max().unwrap_or(i64::MAX)
    }

    /// Its due in each zone of its person. If that is not after the instant `after_ms`, the due that was stated last
    /// counts instead.
    fn moved(&self, after_ms: i64) -> impl Iterator<Item = i64> {
        let (due_ms, zone) = (self.promise.due_ms(), &self.promise.zone);
        self.history.zones.iter().map(move |other| dues::in_zone(due_ms, zone, other, after_ms))
    }

    /// Whether, since this instant, a call about it was requested or the carrier accepted a text about it.
    fn has_come(&self, from_ms: i64) -> bool {
        let calls = self.possible.iter().flat_map(|trace| &trace.call_requests).map(|request| request.at_ms);
        let texts = self.history.replacement_texts.iter().filter(|text| text.body.contains(self.promise.task));
        calls.chain(texts.map(|text| text.at_ms)).any(|at_ms| at_ms >= from_ms - SKEW_MS)
    }
}
