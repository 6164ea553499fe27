//! A promise: the number, the task and the dues that answers stated. Numbers are not reused within 30 days, so a
//! person and a number identify one reminder.

use jiff::tz::TimeZone;

use super::answers::{PromiseKind, lists};
use super::dues::{self, Series};
use super::person_history::{PersonHistory, PersonText, ServiceText, made_ms};
use super::stated_dues::{is_named, said_due};
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
    /// A correction of its zone may have moved each of its dues from this instant on, in milliseconds: the answer to
    /// the correction was not seen, or the reminder was due at about the same time. Absent if it is certain which zone
    /// counts.
    pub(super) corrected_from_ms: Option<i64>,
    /// Whether it is a series that had rung before its first known answer, which is the answer to a RESUME: the same
    /// reminder goes on, at the same intervals.
    pub(super) had_begun: bool,
    /// The first due that such a series may have had before its first known answer, in milliseconds. Absent unless
    /// UNDO or RESTORE may have made the series anew. The answer to such a text may name only the number of the series.
    pub(super) began_ms: Option<i64>,
    /// The stated dues, in the order in which the service handled the texts that asked for them. A series has only one
    /// stated due: the due of its first occurrence.
    pub(super) stated: Vec<StatedDue>,
    /// Occurrences of a series that a correction of its zone may have planned again long after their dues.
    pub(super) planned_again: Vec<PlannedAgain>,
    /// First delivery of the text that may have made it, in milliseconds. That text may have no answer.
    pub(super) asked_ms: i64,
}

/// A due that an answer stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatedDue {
    /// When the answer arrived, in milliseconds.
    pub(super) at_ms: i64,
    /// First delivery of the text that was answered, in milliseconds.
    pub(super) requested_ms: i64,
    pub(super) due_ms: i64,
    /// Whether its due depends on the person's zone.
    pub(super) is_local: bool,
}

/// The occurrence of a series that was the last one to be due when a text moved the series to another zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlannedAgain {
    pub(super) due_ms: i64,
    /// First delivery of the text that moved the series, in milliseconds.
    pub(super) received_ms: i64,
    /// If the occurrence was planned again, it had certainly not begun by this instant, in milliseconds: the time of
    /// the answer to that text, or the receipt of the text if no answer was seen.
    pub(super) known_ms: i64,
}

impl Promise<'_> {
    /// How many other reminders with the same task are due at this instant. `others_ms` are the dues that are known. A
    /// text or a key without an answer may have made such a reminder: the key 2 ten minutes before the next occurrence
    /// of a series makes a reminder that is due together with that occurrence.
    pub(super) fn others_due_at(&self, due_ms: i64, history: &PersonHistory<'_>, others_ms: &[i64]) -> usize {
        let makes = |text: &&PersonText<'_>| match text.meaning {
            Meaning::Move(number, _) => *number == self.number,
            Meaning::Snooze(_) => text.may_be_about(self.task),
            _ => false,
        };
        let is_then =
            |text: &&PersonText<'_>| dues::meant(text, &history.zones).iter().any(|window| window.holds(due_ms));
        let known_others = others_ms.iter().filter(|other_ms| **other_ms == due_ms).count();
        known_others + history.silent().filter(makes).filter(is_then).count()
    }

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

    /// Whether a correction of its zone may have moved it.
    pub(super) fn may_be_corrected(&self) -> bool {
        self.corrected_from_ms.is_some()
    }

    /// Notes that a correction of its zone may have moved each of its dues from this instant on.
    pub(super) fn may_be_corrected_from(&mut self, from_ms: i64) {
        self.corrected_from_ms = Some(self.corrected_from_ms.map_or(from_ms, |before_ms| before_ms.min(from_ms)));
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
    /// a due that was stated or asked for before, or a due of its series, unless a correction of the zone may have
    /// moved it.
    pub(super) fn due_again<'h>(
        &self,
        history: &'h PersonHistory<'_>,
        when: &str,
        requested_ms: i64,
        answer: &ServiceText<'_>,
    ) -> Option<(i64, &'h TimeZone)> {
        let is_known = |due_ms: i64| match &self.series {
            None => self.is_stated(due_ms) || self.is_moved_to(history, due_ms),
            Some(series) if self.had_begun => series.last_up_to(self.due_ms(), due_ms) == due_ms,
            Some(series) => series.current(self.due_ms(), due_ms) == due_ms,
        };
        // RESTORE reads its time in the zone that the person has named since then. UNDO of a move brings back the time
        // to which a correction of the zone had moved it.
        let is_moved = self.stated.iter().any(|stated| stated.is_local) && history.zones.len() > 1;
        said_due(history, when, requested_ms, answer, |due_ms| is_known(due_ms) || is_moved)
    }

    /// Whether two of its dues were stated by answers to texts that were handled at the same time: a text was received
    /// before another text and answered after it. Then either of the two may have been obeyed last.
    pub(super) fn is_stated_at_once(&self) -> bool {
        self.stated.windows(2).any(|pair| pair[1].requested_ms < pair[0].requested_ms && pair[1].at_ms > pair[0].at_ms)
    }

    /// Whether an answer stated this due.
    pub(super) fn is_stated(&self, due_ms: i64) -> bool {
        self.stated.iter().any(|stated| stated.due_ms == due_ms)
    }

    /// Whether a MOVE of this number asks for this due. The answer to that text may have been refused, or arrive later.
    pub(super) fn is_moved_to(&self, history: &PersonHistory<'_>, due_ms: i64) -> bool {
        let moves = history.texts.iter().filter(|text| text.meaning.moves(self.number));
        moves.flat_map(|text| dues::meant(text, &history.zones)).any(|window| window.holds(due_ms))
    }

    /// First delivery of the text that may have made it. If the answer to that text was not seen, a moved reminder may
    /// be the reminder that an earlier text asked for.
    pub(super) fn asked_ms(&self, history: &PersonHistory<'_>) -> i64 {
        let stated_ms = self.stated.iter().map(|stated| stated.requested_ms).min().unwrap_or(i64::MIN);
        let requests = history.texts.iter().filter(|text| match text.meaning {
            Meaning::Remind { task, .. } => is_named(task, self.task),
            _ => false,
        });
        let first_ms = requests.filter_map(|text| text.handed.first().copied()).min();
        if matches!(self.kind, PromiseKind::Created | PromiseKind::Back) {
            stated_ms
        } else {
            first_ms.unwrap_or(stated_ms).min(stated_ms)
        }
    }

    /// Whether this promise may be the reminder with this id. The id, a ULID, tells when the reminder was made.
    pub(super) fn was_made_as(&self, reminder: &str) -> bool {
        let Some(first) = self.stated.first() else { return false };
        let answered_ms = self.stated.iter().map(|stated| stated.at_ms).min().unwrap_or(first.at_ms);
        made_ms(reminder).is_some_and(|made_ms| (self.asked_ms..=answered_ms).contains(&made_ms))
    }
}
