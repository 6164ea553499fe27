//! The due with which a series goes on: after an instant, or as the answer to a MOVE, a SKIP, a DONE or an UNDO states
//! it.

use super::answers::{self, Answer};
use super::dues;
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText, ServiceText};
use super::promise::Promise;
use super::stated_dues;
use crate::people::Meaning;

/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// How long after a call its occurrence can still be moved or acknowledged, in milliseconds.
const LATELY_MS: i64 = 3_600_000;

/// The due with which a series goes on after this text, by its answer.
///
/// "Tomorrow" is the day after the answer was written. If a text waits for hours, its answer may be written on a later
/// day than the text was received. If both days are possible, the previous occurrence decides: the text ended it, so it
/// can't have been over for long when the text was received. If both days are still possible, the earlier day counts,
/// because it excuses fewer occurrences.
pub(super) fn due(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    text: &PersonText<'_>,
    answer: &ServiceText<'_>,
) -> Option<i64> {
    let (_, when) = answers::goes_on(answer.body).filter(|(number, _)| *number == promise.number)?;
    let (from_ms, to_ms) = written_between(history, text, answer);
    let days = std::iter::successors(Some(from_ms), |at_ms| Some(at_ms + DAY_MS)).take_while(|at_ms| *at_ms < to_ms);
    let possible = days.chain([to_ms]).filter_map(|at_ms| promise.due_again(history, when, at_ms, answer));
    let mut possible = possible.map(|(due_ms, _)| due_ms);
    let follows = |due_ms: i64| {
        let before_ms = before(promise, due_ms)?;
        (text.first_ms() <= evidence.settled_ms(before_ms) + LATELY_MS).then_some(due_ms)
    };
    let first_ms = possible.next()?;
    follows(first_ms).or_else(|| possible.find_map(follows)).or(Some(first_ms))
}

/// The due before this due of a series. `None` for a one-off, and for the first due.
fn before(promise: &Promise<'_>, due_ms: i64) -> Option<i64> {
    let series = promise.series.as_ref()?;
    Some(series.current(promise.due_ms(), due_ms - 1)).filter(|before_ms| *before_ms < due_ms)
}

/// The first due of a series after an instant. `None` for a one-off, and after the last due.
pub(super) fn after(promise: &Promise<'_>, at_ms: i64) -> Option<i64> {
    let series = promise.series.as_ref()?;
    let current_ms = series.current(promise.due_ms(), at_ms);
    if current_ms > at_ms { Some(current_ms) } else { series.next(promise.first_ms(), current_ms) }
}

/// The due after the coming occurrence, in milliseconds: a text that is handled at this instant ends no later occurrence.
/// The coming occurrence is not before `skipped_to_ms`, with which the series went on after earlier texts. `i64::MAX` for
/// a one-off, and if the coming occurrence is the last.
pub(super) fn after_coming(promise: &Promise<'_>, at_ms: i64, skipped_to_ms: Option<i64>) -> i64 {
    let coming_ms = after(promise, at_ms).map(|coming_ms| coming_ms.max(skipped_to_ms.unwrap_or(coming_ms)));
    coming_ms.and_then(|coming_ms| after(promise, coming_ms)).unwrap_or(i64::MAX)
}

/// The latest due with which a series may have gone on after the texts that were handled before an instant, in
/// milliseconds. Each SKIP, MOVE or DONE with its number ended at most the coming occurrence, and an UNDO plans an
/// occurrence again. `None` if there is no such text.
pub(super) fn skipped_to_ms(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    before_ms: i64,
) -> Option<i64> {
    history.answers.iter().filter(|answer| answer.at_ms < before_ms).fold(None, |skipped_to_ms, answer| {
        let Some(text) = answer.to.map(|to| &history.texts[to]) else { return skipped_to_ms };
        let ends_one = match text.meaning {
            Meaning::Skip(number) | Meaning::DoneWith(number) | Meaning::Move(number, _) => *number == promise.number,
            Meaning::Undo => {
                return skipped_to_ms.map(|ms| ms.min(planned_by_undo(history, promise, answer).unwrap_or(ms)));
            }
            _ => false,
        };
        if !ends_one {
            return skipped_to_ms;
        }
        let most_ms = after_coming(promise, answer.at_ms, skipped_to_ms);
        let named_ms = due(evidence, history, promise, text, answer);
        let is_bound = |named_ms: &i64| promise.has_moved() || *named_ms <= most_ms;
        Some(named_ms.filter(is_bound).unwrap_or(most_ms))
    })
}

/// The earliest due at which an UNDO that was handled after this instant plans a series again, by its answer, in
/// milliseconds. The occurrences from that due on live, even if a text before the UNDO had ended them. `i64::MAX` if
/// there is no such UNDO.
///
/// If the answer may have been written on the day before it was stored, the later day counts, because it excuses more
/// occurrences.
pub(super) fn undone_ms(history: &PersonHistory<'_>, promise: &Promise<'_>, after_ms: i64) -> i64 {
    let later = history.answers.iter().filter(|answer| answer.at_ms > after_ms);
    later.filter_map(|answer| planned_by_undo(history, promise, answer)).min().unwrap_or(i64::MAX)
}

/// The due at which an UNDO plans a series again, by this answer, in milliseconds. `None` if this is no such answer.
fn planned_by_undo(history: &PersonHistory<'_>, promise: &Promise<'_>, answer: &ServiceText<'_>) -> Option<i64> {
    let is_undo = answer.to.is_some_and(|to| *history.texts[to].meaning == Meaning::Undo);
    let Answer::Back(back) = answers::read(answer.body) else { return None };
    let again = back.iter().find(|again| is_undo && again.number == promise.number && again.repeats)?;
    promise.due_again(history, again.when, answer.at_ms, answer).map(|(due_ms, _)| due_ms)
}

/// The earliest and the latest instant at which an answer may have been written, in milliseconds: in the run that
/// stored it, and in accordance with the wait that it states.
fn written_between(history: &PersonHistory<'_>, text: &PersonText<'_>, answer: &ServiceText<'_>) -> (i64, i64) {
    let (from_ms, to_ms) = (stated_dues::written_from_ms(text.first_ms(), answer.at_ms), answer.at_ms);
    let Some((first_requested_ms, slack_ms)) = waited_since(history, text, answer) else { return (from_ms, to_ms) };
    ((first_requested_ms - slack_ms).clamp(from_ms, to_ms), (first_requested_ms + slack_ms).clamp(from_ms, to_ms))
}

/// When the wait that an answer states began, in milliseconds, and how far that instant may be off.
fn waited_since(history: &PersonHistory<'_>, text: &PersonText<'_>, answer: &ServiceText<'_>) -> Option<(i64, i64)> {
    let Answer::Promise(moved) = answers::read(answer.body) else { return None };
    let wait = answers::wait(moved.when)?;
    let (due_ms, _) = stated_dues::due(history, text, &moved, answer.at_ms)?;
    Some((due_ms - wait.wait_ms, wait.rounded_ms + dues::CLOCK_MS))
}
