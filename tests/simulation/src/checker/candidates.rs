//! Candidates: the promises that a reminder id may belong to, and the reminders that UNDO and RESTORE made anew.

use std::iter;

use super::cancellations::{Cancellation, confirmed, denied};
use super::dues::{self, SKEW_MS, Series, Window};
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText, made_ms};
use super::promise::Promise;
use super::promises::Promises;
use crate::people::Meaning;

/// A promise that a reminder id may belong to, or a reminder that UNDO or RESTORE may have made anew from it.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'e> {
    /// The task that is spoken.
    pub(super) task: &'e str,
    /// When it may be due. For a series, when its first occurrence may be due.
    pub(super) windows: Vec<Window>,
    /// The promise, if only its stated dues are possible.
    pub(super) stated: Option<&'e Promise<'e>>,
    /// Confirmed cancellations of the promise.
    pub(super) cancellations: Vec<Cancellation>,
    /// The answers to DELETE that do not name the promise, after which it must not ring either.
    pub(super) denied: Vec<Cancellation>,
    pub(super) series: Option<Series>,
    /// When a correction may have changed its zone. The dues in this time are not known.
    pub(super) corrected: Option<Window>,
    /// Whether it is a series that had rung before an answer first stated a due of it.
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

    /// Whether a correction of its zone may have moved the occurrence that is current at this instant. For a one-off,
    /// the instant does not matter.
    pub(super) fn may_be_corrected_at(&self, at_ms: i64) -> bool {
        let is_in = |corrected: Window| self.series.is_none() || corrected.holds(self.occurrence_at(at_ms));
        self.corrected.is_some_and(is_in)
    }

    /// Distance between an instant and the nearest possible due, in milliseconds.
    pub(super) fn distance_ms(&self, at_ms: i64) -> i64 {
        self.windows.iter().map(|window| (at_ms - window.to_ms).abs()).min().unwrap_or(i64::MAX)
    }

    /// How many dues it may have up to an instant.
    pub(super) fn dues_up_to(&self, until_ms: i64) -> usize {
        let first_ms = self.windows.iter().map(|window| window.from_ms).min();
        let next = |due_ms: &i64| self.series.as_ref()?.next(first_ms?, *due_ms);
        iter::successors(first_ms, next).take_while(|due_ms| *due_ms <= until_ms).count()
    }

    /// The due of the occurrence that is current at an instant. An occurrence is current from its due on, or from a
    /// little earlier if a clock is ahead. A one-off has only one occurrence.
    pub(super) fn occurrence_at(&self, at_ms: i64) -> i64 {
        let Some(first) = self.windows.first().map(|window| window.from_ms) else { return i64::MAX };
        let Some(series) = &self.series else { return first };
        // If the answer to a RESUME is the first to state a due of a series, the series rang before the due that this
        // answer states. But it did not ring before its earliest window: the first due that the text that created it
        // may have meant.
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

/// The promises to a person, and the reminders that UNDO and RESTORE may have made anew from them.
pub(super) fn of<'e>(
    evidence: &Evidence<'_>,
    history: &'e PersonHistory<'_>,
    promises: &'e Promises<'_>,
) -> Vec<Candidate<'e>> {
    let mut candidates: Vec<Candidate<'e>> =
        promises.all.iter().map(|promise| of_promise(evidence, history, promise)).collect();
    // UNDO and RESTORE make reminders anew. Their answers may name these only by their numbers. A person may opt out
    // again after a RESTORE, so the next RESTORE may make the same reminder anew once more.
    for promise in promises.all.iter().filter(|_| brings_back_unnamed(history)) {
        let again = made_anew(history, promise).into_iter().skip(1).map(Some);
        let always = Window { from_ms: i64::MIN, to_ms: i64::MAX };
        for made in iter::once(None).chain(again) {
            let windows = promise.stated.iter().map(|stated| Window::at(stated.due_ms)).collect();
            candidates.push(Candidate {
                task: promise.task,
                windows,
                stated: None,
                cancellations: Vec::new(),
                denied: Vec::new(),
                series: promise.series.clone(),
                corrected: if promise.is_local && history.zones.len() > 1 { Some(always) } else { promise.corrected },
                had_begun: false,
                made,
            });
        }
    }
    candidates
}

/// A promise, with all the instants at which it may ring.
fn of_promise<'e>(evidence: &Evidence<'_>, history: &'e PersonHistory<'_>, promise: &'e Promise<'_>) -> Candidate<'e> {
    let mut windows: Vec<_> = promise.stated.iter().map(|stated| Window::at(stated.due_ms)).collect();
    let known = windows.len();
    if promise.may_be_corrected() && promise.series.is_none() {
        let requests = history.texts.iter().filter(|text| match text.meaning {
            Meaning::Remind { task, .. } => task == promise.task,
            _ => false,
        });
        windows.extend(requests.flat_map(|text| dues::meant(text, &history.zones)));
    }
    let stated = Some(promise).filter(|_| windows.len() == known);
    let cancellations = confirmed::of_promise(evidence, history, promise);
    if let Some(series) = &promise.series {
        windows.push(Window::at(series.corrected_first(promise.due_ms())));
    }
    windows.extend(promise.began_ms.map(Window::at));
    windows.extend(promise.earlier_ms.iter().copied().map(Window::at));
    Candidate {
        task: promise.task,
        windows,
        stated,
        cancellations,
        denied: denied::of_promise(evidence, history, promise),
        series: promise.series.clone(),
        corrected: promise.corrected,
        had_begun: promise.had_begun,
        made: None,
    }
}

/// For each UNDO and RESTORE that may have made this promise anew without an answer that states its due: when it made
/// the new reminder. That is between its first delivery and the instant at which it was stored.
fn made_anew(history: &PersonHistory<'_>, promise: &Promise<'_>) -> Vec<Window> {
    let made = |text: &PersonText<'_>| {
        let (first_ms, last_ms) = (text.handed.first()?, text.handed.last()?);
        let (to_ms, _) = text.stored.filter(|(_, answer)| is_by_number(answer))?;
        let is_back = matches!(text.meaning, Meaning::Undo | Meaning::Restore) && *last_ms > promise.asked_ms;
        is_back.then_some(Window { from_ms: first_ms - SKEW_MS, to_ms: to_ms.saturating_add(SKEW_MS) })
    };
    history.texts.iter().filter_map(made).collect()
}

/// Whether an answer names the reminders that come back only by their numbers.
fn is_by_number(body: &str) -> bool {
    ["Undone: #", "Restored: #"].iter().any(|opening| body.starts_with(opening))
}

/// Whether an UNDO or a RESTORE may have made reminders whose dues no answer states.
fn brings_back_unnamed(history: &PersonHistory<'_>) -> bool {
    history.answers.iter().any(|answer| is_by_number(answer.body))
}
