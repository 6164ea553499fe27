//! A promise: the number, the task and the dues that answers stated. Numbers are not reused within 30 days, so a
//! person and a number identify one reminder.

use jiff::tz::TimeZone;

use super::answers::{PromiseKind, lists};
use super::dues::{SKEW_MS, Series, Window};
use super::evidence::Evidence;
use super::person_history::{PersonHistory, ServiceText, made_ms};
use super::stated_dues::said_due;
use crate::people::Meaning;

/// A promise to call a person.
#[derive(Debug)]
pub(super) struct Promise<'a> {
    pub(super) number: u32,
    pub(super) task: &'a str,
    /// The kind of request that created it.
    pub(super) kind: PromiseKind,
    pub(super) series: Option<Series>,
    /// Whether a correction of the zone moves it, because its time depends on the person's zone.
    pub(super) is_local: bool,
    /// The zone in which its time was read.
    pub(super) zone: TimeZone,
    /// A correction of its zone may have moved each of its dues in this time: an older release, which can't read each
    /// record, handled the correction, or the reminder was due at about the same time. The time ends before the due
    /// that the answer to the correction states. Absent if it is certain which zone counts.
    pub(super) corrected: Option<Window>,
    /// Whether it is a series that had rung before an answer first stated a due of it. That is the answer to a RESUME:
    /// the same reminder goes on, at the same intervals.
    pub(super) had_begun: bool,
    /// The first due that such a series may have had before that answer, in milliseconds. Absent unless UNDO or RESTORE
    /// may have made the series anew. The answer to such a text may name only the number of the series.
    pub(super) began_ms: Option<i64>,
    /// The stated dues, in the order in which the service handled the texts that asked for them. A series has only one
    /// stated due: the due of its first occurrence.
    pub(super) stated: Vec<StatedDue>,
    /// Dues that it may have had before an answer stated one, in milliseconds: a text made it anew, and the answer to
    /// that text gave only its number. They are the dues of the reminders with its task that were made before.
    pub(super) earlier_ms: Vec<i64>,
    /// Occurrences of a series that a correction of its zone may have planned again long after their dues.
    pub(super) planned_again: Vec<PlannedAgain>,
    /// First delivery of the first text that may have made it, in milliseconds.
    pub(super) asked_ms: i64,
}

/// A due that an answer stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatedDue {
    /// When the text that was answered was handled, in milliseconds.
    pub(super) at_ms: i64,
    /// First delivery of the text that was answered, in milliseconds.
    pub(super) requested_ms: i64,
    /// The due, in milliseconds since 1970.
    pub(super) due_ms: i64,
    /// Whether its due depends on the person's zone.
    pub(super) is_local: bool,
}

/// The occurrence of a series that was due most recently when a text moved the series to another zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlannedAgain {
    /// Due of the occurrence, in milliseconds since 1970.
    pub(super) due_ms: i64,
    /// First delivery of the text that moved the series, in milliseconds.
    pub(super) received_ms: i64,
    /// If the occurrence was planned again, it had certainly not begun by this instant, in milliseconds: the time at
    /// which that text was handled, or its receipt if an older release handled it and did not name the reminder.
    pub(super) known_ms: i64,
}

impl Promise<'_> {
    /// Its number and task, for messages.
    pub(super) fn name(&self) -> String {
        format!("#{} {}", self.number, self.task)
    }

    /// First deliveries of the texts whose answers made, moved or listed this promise.
    pub(super) fn named_ms<'e>(&'e self, history: &'e PersonHistory<'_>) -> impl Iterator<Item = i64> + 'e {
        let lists = history.answers.iter().filter_map(move |answer| {
            let text = &history.texts[answer.to?];
            let is_listed = *text.meaning == Meaning::List && lists(answer.body, self.number);
            text.handed.first().copied().filter(|_| is_listed)
        });
        self.stated.iter().map(|stated| stated.requested_ms).chain(lists)
    }

    /// Since when the service knew that this due had come, in milliseconds: the due, or when it handled the text that
    /// stated the due, if that was later. Lateness is counted from then.
    pub(super) fn known_ms(&self, due_ms: i64) -> i64 {
        let stated = self.stated.iter();
        let known_ms = match self.series {
            Some(_) => stated.map(|stated| stated.at_ms).min(),
            None => stated.filter(|stated| stated.due_ms == due_ms).map(|stated| stated.at_ms).min(),
        };
        known_ms.map_or(due_ms, |known_ms| known_ms.max(due_ms))
    }

    /// Whether a correction of its zone may have moved it.
    pub(super) fn may_be_corrected(&self) -> bool {
        self.corrected.is_some()
    }

    /// Whether it is a series whose times were read in another zone before.
    pub(super) fn has_moved(&self) -> bool {
        self.series.as_ref().is_some_and(Series::has_moved)
    }

    /// Notes that a correction of its zone may have moved each of its dues from this instant on, up to the due that the
    /// answer states.
    pub(super) fn allow_correction_from(&mut self, from_ms: i64, stated_ms: Option<i64>) {
        let to_ms = stated_ms.map_or(i64::MAX, |stated_ms| stated_ms - 1);
        let before = self.corrected.unwrap_or(Window { from_ms, to_ms });
        self.corrected = Some(Window { from_ms: before.from_ms.min(from_ms), to_ms: before.to_ms.max(to_ms) });
    }

    /// The due that was stated last.
    pub(super) fn due_ms(&self) -> i64 {
        self.stated.last().map_or(i64::MAX, |stated| stated.due_ms)
    }

    /// The first due of its series, or its only due.
    pub(super) fn first_ms(&self) -> i64 {
        let stated_ms = self.due_ms();
        self.series.as_ref().map_or(stated_ms, |series| series.corrected_first(stated_ms))
    }

    /// The dues up to an instant: the last stated due of a one-off, or the dues of all occurrences of a series.
    pub(super) fn occurrences(&self, until_ms: i64) -> Vec<i64> {
        let first_ms = self.first_ms();
        let mut all = Vec::new();
        let mut next = Some(first_ms).filter(|due_ms| *due_ms <= until_ms);
        while let Some(due_ms) = next {
            all.push(due_ms);
            let series = self.series.as_ref();
            next = series.and_then(|series| series.next(first_ms, due_ms)).filter(|due_ms| *due_ms <= until_ms);
        }
        all
    }

    /// The due at which it rings again, by the words of an answer, and the zone in which the words state it. It must be
    /// a due that was stated before, or a due of its series, unless a correction of the zone may have moved it.
    pub(super) fn due_again<'h>(
        &self,
        history: &'h PersonHistory<'_>,
        when: &str,
        requested_ms: i64,
        answer: &ServiceText<'_>,
    ) -> Option<(i64, &'h TimeZone)> {
        let is_known = |due_ms: i64| match &self.series {
            None => self.is_stated(due_ms),
            Some(series) if self.had_begun => series.last_up_to(self.due_ms(), due_ms) == due_ms,
            Some(series) => series.current(self.due_ms(), due_ms) == due_ms,
        };
        // RESTORE reads its time in the zone that the person has named since then. UNDO of a move brings back the time
        // to which a correction of the zone had moved it.
        let is_moved = self.stated.iter().any(|stated| stated.is_local) && history.zones.len() > 1;
        said_due(history, when, requested_ms, answer, |due_ms| is_known(due_ms) || is_moved)
    }

    /// Whether an answer stated this due.
    pub(super) fn is_stated(&self, due_ms: i64) -> bool {
        self.stated.iter().any(|stated| stated.due_ms == due_ms)
    }

    /// If a move or a snooze is the first text whose answer names it, an earlier UNDO or RESTORE may have made it: the
    /// answers to these texts may name a reminder only by its number. When that text was first delivered, in
    /// milliseconds.
    pub(super) fn made_anew_ms(&self, history: &PersonHistory<'_>) -> Option<i64> {
        let is_changed = matches!(self.kind, PromiseKind::Moved | PromiseKind::Snoozed);
        self.stated.first().filter(|_| is_changed).and_then(|stated| history.first_back_ms(stated.at_ms))
    }

    /// Whether the store has this promise as the reminder with this id. If the store does not say, the id decides.
    pub(super) fn is_stored_as(&self, evidence: &Evidence<'_>, history: &PersonHistory<'_>, reminder: &str) -> bool {
        evidence
            .is_numbered(reminder, history.who, self.number)
            .unwrap_or_else(|| self.was_made_as(reminder) && !evidence.is_of_another(reminder, history.who))
    }

    /// Whether this promise may be the reminder with this id. The id, a ULID, tells when the reminder was made.
    pub(super) fn was_made_as(&self, reminder: &str) -> bool {
        let Some(first) = self.stated.first() else { return false };
        let answered_ms = self.stated.iter().map(|stated| stated.at_ms).min().unwrap_or(first.at_ms);
        made_ms(reminder).is_some_and(|made_ms| (self.asked_ms - SKEW_MS..=answered_ms + SKEW_MS).contains(&made_ms))
    }
}
