//! Candidates: the promises and unanswered texts that a reminder id may belong to.

use std::iter;

use super::answers::PromiseKind;
use super::cancellations::{self, Cancellation};
use super::dues::{self, SKEW_MS, Series, Window};
use super::evidence::Evidence;
use super::person_history::{Answered, PersonHistory, PersonText, made_ms};
use super::promise::Promise;
use super::promises::Promises;
use crate::people::{Due, Meaning};

/// A promise or an unanswered text that a reminder id may belong to.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'e> {
    /// The task that is spoken; absent for an unanswered text that moves or snoozes a reminder.
    pub(super) task: Option<&'e str>,
    /// When it may be due. For a series, when its first occurrence may be due.
    pub(super) windows: Vec<Window>,
    /// The promise, if only its stated dues are possible.
    pub(super) stated: Option<&'e Promise<'e>>,
    /// Whether an answer stated its first due.
    is_promised: bool,
    /// Confirmed cancellations of the promise.
    pub(super) cancellations: Vec<Cancellation>,
    pub(super) series: Option<Series>,
    /// Whether a correction may have changed its zone. Then its dues are not known.
    pub(super) may_be_corrected: bool,
    /// Whether it is a series that had rung before its first known answer.
    pub(super) had_begun: bool,
    /// When its reminder was made, if it is a promise that a second or later UNDO or RESTORE may have made anew.
    made: Option<Window>,
}

impl Candidate<'_> {
    /// Whether the reminder with this id may be this candidate. The id, a ULID, tells when the reminder was made.
    pub(super) fn may_be(&self, reminder: &str) -> bool {
        self.stated.is_none_or(|promise| promise.was_made_as(reminder))
            && self.made.is_none_or(|made| made_ms(reminder).is_some_and(|made_ms| made.holds(made_ms)))
    }

    /// Returns this candidate once for each possible first due of its series. An interval counts from the receipt of
    /// the text, and the text may have been delivered several times: the delivery that was stored first began the
    /// series. If an answer stated the first due, or there is no series, returns only the candidate itself.
    pub(super) fn by_first_due(&self) -> Vec<Self> {
        let firsts = if self.series.is_none() || self.is_promised { 1 } else { self.windows.len() };
        let begun_at = |first: usize| {
            let mut begun = self.clone();
            begun.windows.rotate_left(first);
            begun
        };
        (0..firsts.max(1)).map(begun_at).collect()
    }

    /// Distance between an instant and the nearest possible due, in milliseconds.
    pub(super) fn lateness(&self, at_ms: i64) -> i64 {
        self.windows.iter().map(|window| (at_ms - window.to_ms).abs()).min().unwrap_or(i64::MAX)
    }

    /// How many dues it may have up to an instant.
    pub(super) fn occurrences(&self, until_ms: i64) -> usize {
        let first_ms = self.windows.iter().map(|window| window.from_ms).min();
        let next = |due_ms: &i64| self.series.as_ref()?.next(first_ms?, *due_ms);
        iter::successors(first_ms, next).take_while(|due_ms| *due_ms <= until_ms).count()
    }

    /// The due of the occurrence that is current at an instant. An occurrence is current from its due on, or from a
    /// little earlier if a clock is ahead. A one-off has only one occurrence.
    pub(super) fn occurrence_at(&self, at_ms: i64) -> i64 {
        let Some(first) = self.windows.first().map(|window| window.from_ms) else { return i64::MAX };
        let Some(series) = &self.series else { return first };
        // If the first known answer about a series is the answer to a RESUME, the series rang before the due that this
        // answer states. But it did not ring before the first due that the text that created it may have meant.
        let earliest_ms = self.windows.iter().map(|window| window.from_ms).min().unwrap_or(first);
        let earlier = Some(series.last_up_to(first, at_ms + SKEW_MS)).filter(|_| self.had_begun);
        let earlier = earlier.filter(|due_ms| *due_ms >= earliest_ms - SKEW_MS);
        earlier.unwrap_or_else(|| series.current(first, at_ms + SKEW_MS))
    }

    /// The due that follows this due in its series.
    pub(super) fn next_due(&self, due_ms: i64) -> Option<i64> {
        let first_ms = self.windows.first()?.from_ms;
        self.series.as_ref()?.next(first_ms, due_ms)
    }
}

/// The promises to a person, and the reminders that their unanswered texts may have created.
pub(super) fn of<'e>(
    evidence: &Evidence<'_>,
    history: &'e PersonHistory<'_>,
    promises: &'e Promises<'_>,
) -> Vec<Candidate<'e>> {
    let mut candidates: Vec<Candidate<'e>> = promises.all.iter().map(|promise| of_promise(history, promise)).collect();
    // UNDO and RESTORE make reminders anew. Their answers name many of them only by their numbers. A person may opt out
    // again after a RESTORE, so the next RESTORE may make the same reminder anew once more.
    for promise in promises.all.iter().filter(|_| brings_back_unnamed(history)) {
        let again = made_anew(history, promise).into_iter().skip(1).map(Some);
        for made in iter::once(None).chain(again) {
            let windows = promise.stated.iter().map(|stated| Window::at(stated.due_ms)).collect();
            candidates.push(Candidate {
                task: Some(promise.task),
                windows,
                stated: None,
                is_promised: true,
                cancellations: Vec::new(),
                series: promise.series.clone(),
                may_be_corrected: promise.may_be_corrected() || (promise.is_local && history.zones.len() > 1),
                had_begun: false,
                made,
            });
        }
    }
    for text in history.silent() {
        let task = match text.meaning {
            Meaning::Remind { task, .. } => Some(task.as_str()),
            Meaning::Move(..) | Meaning::Snooze(_) => None,
            _ => continue,
        };
        let is_local = matches!(text.meaning, Meaning::Remind { due: Due::At(_) | Due::Each(..), .. });
        let candidate = Candidate {
            task,
            windows: dues::meant(text, &history.zones),
            stated: None,
            is_promised: false,
            cancellations: Vec::new(),
            series: Series::of(text.meaning, &evidence.zone),
            may_be_corrected: is_local && history.zones.len() > 1,
            had_begun: false,
            made: None,
        };
        // UNDO and RESTORE may also bring back a reminder that no answer has promised.
        let again = Some(candidate.clone()).filter(|_| task.is_some() && comes_back_later(history, text));
        candidates.extend(iter::once(candidate).chain(again));
    }
    candidates
}

/// A promise, with all the instants at which it may ring.
fn of_promise<'e>(history: &'e PersonHistory<'_>, promise: &'e Promise<'_>) -> Candidate<'e> {
    let mut windows: Vec<_> = promise.stated.iter().map(|stated| Window::at(stated.due_ms)).collect();
    let known = windows.len();
    for text in history.silent() {
        let is_about = match text.meaning {
            Meaning::Remind { task, .. } => task == promise.task,
            Meaning::Move(number, _) => *number == promise.number,
            Meaning::Snooze(_) => promise.kind != PromiseKind::Created,
            _ => false,
        };
        if is_about {
            windows.extend(dues::meant(text, &history.zones));
        }
    }
    if promise.may_be_corrected() && promise.series.is_none() {
        let requests = history.texts.iter().filter(|text| match text.meaning {
            Meaning::Remind { task, .. } => task == promise.task,
            _ => false,
        });
        windows.extend(requests.flat_map(|text| dues::meant(text, &history.zones)));
    }
    let stated = Some(promise).filter(|_| windows.len() == known);
    let cancellations = cancellations::of_promise(history, promise);
    if let Some(series) = &promise.series {
        windows.push(Window::at(series.corrected_first(promise.due_ms())));
    }
    windows.extend(promise.began_ms.map(Window::at));
    Candidate {
        task: Some(promise.task),
        windows,
        stated,
        is_promised: true,
        cancellations,
        series: promise.series.clone(),
        may_be_corrected: promise.may_be_corrected(),
        had_begun: promise.had_begun,
        made: None,
    }
}

/// For each UNDO and RESTORE that may have made this promise anew without an answer that states its due: when it made
/// the new reminder. That is between its first delivery and its answer.
fn made_anew(history: &PersonHistory<'_>, promise: &Promise<'_>) -> Vec<Window> {
    let silent: Vec<&PersonText<'_>> = history.silent().collect();
    let made = |(text, answered): (&PersonText<'_>, &Answered)| {
        let (first_ms, last_ms) = (text.handed.first()?, text.handed.last()?);
        let to_ms = match answered {
            _ if silent.iter().any(|other| other.id == text.id) => i64::MAX,
            Answered::With(place) => Some(history.answers[*place]).filter(|answer| is_by_number(answer.body))?.at_ms,
            Answered::Refused | Answered::No => i64::MAX,
        };
        let is_back = matches!(text.meaning, Meaning::Undo | Meaning::Restore) && *last_ms > promise.asked_ms;
        is_back.then_some(Window { from_ms: first_ms - SKEW_MS, to_ms: to_ms.saturating_add(SKEW_MS) })
    };
    history.texts.iter().zip(&history.answered).filter_map(made).collect()
}

/// Whether an answer names the reminders that come back only by their numbers.
fn is_by_number(body: &str) -> bool {
    ["Undone: #", "Restored: #"].iter().any(|opening| body.starts_with(opening))
}

/// Whether an UNDO or a RESTORE may have made reminders whose dues no answer states.
fn brings_back_unnamed(history: &PersonHistory<'_>) -> bool {
    history.answers.iter().any(|answer| is_by_number(answer.body))
        || history.silent().any(|text| matches!(text.meaning, Meaning::Undo | Meaning::Restore))
}

/// Whether an UNDO or a RESTORE whose answer states no due may have come after this text. It may have made the text's
/// reminder anew.
fn comes_back_later(history: &PersonHistory<'_>, text: &PersonText<'_>) -> bool {
    let is_later = |back: &&PersonText<'_>| {
        matches!(back.meaning, Meaning::Undo | Meaning::Restore) && back.handed.last() > text.handed.first()
    };
    brings_back_unnamed(history) && history.texts.iter().any(|back| is_later(&back))
}
