//! G1 of a reminder whose guessed zone may have been corrected. It is due at one of several instants. It is lost if no
//! call or text comes at any of them. A series is lost if nothing comes at two dues in a row: the first due may be left
//! out, because its time in the other zone had passed.

use jiff::tz::TimeZone;

use super::dues::{self, SKEW_MS, Series};
use super::excuses::{Cause, Ended};
use super::replacement_texts::{PromiseJudge, Span};
use super::shares::Excuse;
use crate::people::Meaning;

/// Whether the cause is that the reminder may be due in another zone.
fn is_about_zone(cause: &Cause) -> bool {
    cause.excuse == Some(Excuse::ZoneNotAnswered)
}

impl PromiseJudge<'_, '_> {
    /// Whether the cause is that this occurrence may be due in another zone, and it is lost in each zone: it was due in
    /// each of them, and neither a call nor a text has come. Then the cause excuses nothing, and the service must have
    /// raised an alarm.
    pub(super) fn is_lost_in_each_zone(&self, cause: &Cause, span: Span) -> bool {
        if !is_about_zone(cause) {
            return false;
        }
        if let Some(zone) = self.promise.series.as_ref().and_then(Series::zone) {
            return cause.of == Ended::Corrected
                && cause.until_ms == i64::MAX
                && self.is_silent_in_each_zone(span, zone);
        }
        let over_ms = self.evidence.settled_ms(self.latest_due());
        // The person may have ended it meanwhile.
        let ends = |cause: &&Cause| {
            matches!(cause.of, Ended::Whole | Ended::Left { .. } | Ended::One { .. }) && cause.from_ms <= over_ms
        };
        let is_ended = self.causes.iter().any(|cause| !is_about_zone(cause) && ends(&cause));
        over_ms <= self.evidence.remains.end_ms && !is_ended && !self.has_come(self.first_in_any_zone(span), i64::MAX)
    }

    /// Whether neither this occurrence of a series nor the next one has brought a call or a text in any zone, and no
    /// other cause may have ended one of them. `zone` is the zone in which their dues are read.
    fn is_silent_in_each_zone(&self, span: Span, zone: &TimeZone) -> bool {
        if span.next_ms == i64::MAX {
            return false;
        }
        let in_zones =
            |due_ms: i64| self.history.zones.iter().map(move |other| dues::in_zone(due_ms, zone, other, i64::MIN));
        let from_ms = in_zones(span.due_ms).min().unwrap_or(span.due_ms).min(span.due_ms);
        let last_ms = in_zones(span.next_ms).max().unwrap_or(span.next_ms).max(span.next_ms);
        let over_ms = self.evidence.settled_ms(last_ms);
        let may_end = |cause: &Cause| match cause.of {
            Ended::Paused(after_ms, before_ms) => after_ms < over_ms && before_ms > from_ms,
            _ => cause.from_ms <= over_ms,
        };
        let is_ended = self.causes.iter().any(|cause| !is_about_zone(cause) && may_end(cause));
        over_ms <= self.evidence.remains.end_ms && !is_ended && !self.has_come(from_ms, over_ms)
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

    /// Whether a call about it was requested in this time, or the carrier accepted a text about it.
    fn has_come(&self, from_ms: i64, to_ms: i64) -> bool {
        let calls = self.possible.iter().flat_map(|trace| &trace.call_requests).map(|request| request.at_ms);
        let texts = self.history.replacement_texts.iter().filter(|text| text.body.contains(self.promise.task));
        calls.chain(texts.map(|text| text.at_ms)).any(|at_ms| at_ms >= from_ms - SKEW_MS && at_ms <= to_ms)
    }
}
