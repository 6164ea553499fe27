//! The cancellations of one promise that stored answers confirm.

use super::{Cancellation, Forbidden};
use crate::checker::answers::{self, Answer, PromiseKind, PromiseText};
use crate::checker::dues::SKEW_MS;
use crate::checker::evidence::Evidence;
use crate::checker::goes_on;
use crate::checker::person_history::{PersonHistory, PersonText, ServiceText};
use crate::checker::promise::Promise;
use crate::checker::stated_dues;
use crate::people::{Meaning, numbers};

/// The confirmed deletions, moves and skips of one promise, and the "done" about its occurrences.
pub(in crate::checker) fn of_promise(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
) -> Vec<Cancellation> {
    let mut cancellations = Vec::new();
    for answer in &history.answers {
        match answers::read(answer.body) {
            Answer::Deleted { numbers, warned } if numbers.contains(&promise.number) => {
                let (at_ms, until_ms, forbids) = (answer.at_ms, i64::MAX, Forbidden::Requests);
                cancellations.push(Cancellation { at_ms, until_ms, warned, forbids });
            }
            Answer::Promise(again) if is_replaced(&again, promise) => {
                cancellations.extend(of_move(history, promise, &again, answer));
            }
            _ => cancellations.extend(of_one_occurrence(evidence, history, promise, answer)),
        }
    }
    cancellations
}

/// Whether an answer says that a new reminder with the same task replaces this reminder or one of its occurrences.
fn is_replaced(again: &PromiseText<'_>, promise: &Promise<'_>) -> bool {
    again.kind == PromiseKind::Moved && again.number > promise.number && again.task == promise.task
}

/// The occurrence of a series that a MOVE replaces by a new reminder.
fn of_move(
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    again: &PromiseText<'_>,
    answer: &ServiceText<'_>,
) -> Option<Cancellation> {
    // A separate answer does not name the text that it answers, but it states the due that the text asked for.
    let moves = |(place, text): &(usize, &PersonText<'_>)| {
        text.meaning.moves(promise.number)
            && answer.to.is_none_or(|to| to == *place)
            && stated_dues::due(history, text, again, answer.at_ms).is_some()
    };
    let (_, text) = history.texts.iter().enumerate().find(moves)?;
    // A MOVE before the first occurrence skips the first occurrence. A later MOVE may skip the current occurrence. The
    // text was handled between its first delivery and its answer.
    let next_after = |at_ms: i64| goes_on::after(promise, at_ms.max(promise.due_ms()));
    let handed_ms = text.handed.first().copied().unwrap_or(answer.at_ms);
    let next_ms = next_after(handed_ms).into_iter().chain(next_after(answer.at_ms)).min().unwrap_or(i64::MAX);
    let corrected_ms = corrected_ms(history, answer.at_ms);
    let corrected_ms = if promise.may_be_corrected() { corrected_ms } else { i64::MAX };
    let until_ms = next_ms.min(undone_ms(history, promise, answer.at_ms)).min(corrected_ms);
    let until_ms = until_ms.min(goes_on_at(history, promise, text, answer));
    Some(Cancellation { at_ms: answer.at_ms, until_ms, warned: again.warned, forbids: Forbidden::Requests })
}

/// The occurrence that a SKIP leaves out or a "done" acknowledges, by this answer.
fn of_one_occurrence(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    answer: &ServiceText<'_>,
) -> Option<Cancellation> {
    let text = &history.texts[answer.to?];
    let (next_ms, forbids) = match text.meaning {
        Meaning::Skip(number) if *number == promise.number && answer.body.starts_with("Skipped") => {
            (named_ms(evidence, history, promise, text, answer)?, Forbidden::Requests)
        }
        Meaning::DoneWith(number) if *number == promise.number && is_done(promise, answer) => {
            (named_ms(evidence, history, promise, text, answer)?, Forbidden::Claims)
        }
        Meaning::Done if is_done(promise, answer) => rang_until_ms(promise, text, answer)?,
        _ => return None,
    };
    // An answer may have stated a new due of a one-off since then.
    let stated = promise.stated.iter().map(|stated| stated.at_ms).filter(|stated_ms| *stated_ms > answer.at_ms);
    let until_ms = (next_ms.saturating_sub(SKEW_MS))
        .min(stated.min().unwrap_or(i64::MAX))
        .min(undone_ms(history, promise, answer.at_ms))
        .min(corrected_ms(history, answer.at_ms));
    Some(Cancellation { at_ms: answer.at_ms, until_ms, warned: answers::warns(answer.body), forbids })
}

/// Whether an answer says that this promise, or an occurrence of it, is acknowledged.
fn is_done(promise: &Promise<'_>, answer: &ServiceText<'_>) -> bool {
    matches!(answers::read(answer.body), Answer::Acknowledged { numbers } if numbers.contains(&promise.number))
}

/// The due with which a promise goes on, as its answer names it, in milliseconds: `i64::MAX` if the answer names no due,
/// because the promise has ended. `None` if it is not certain which due the answer names.
fn named_ms(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    text: &PersonText<'_>,
    answer: &ServiceText<'_>,
) -> Option<i64> {
    match answers::goes_on(answer.body) {
        Some(_) => goes_on::due(evidence, history, promise, text, answer),
        None => Some(i64::MAX),
    }
}

/// The due that follows the occurrence which rings or rang when a "done" without a number was received, in milliseconds,
/// and the calls that this "done" forbids. `None` if it is not certain which occurrence that was.
fn rang_until_ms(promise: &Promise<'_>, text: &PersonText<'_>, answer: &ServiceText<'_>) -> Option<(i64, Forbidden)> {
    let received_ms = text.first_ms();
    let due_ms = match &promise.series {
        Some(series) => series.current(promise.due_ms(), received_ms),
        None => promise.stated.iter().rfind(|stated| stated.at_ms <= answer.at_ms)?.due_ms,
    };
    if due_ms > received_ms || promise.may_be_corrected() || promise.had_begun {
        return None;
    }
    let next_ms = goes_on::after(promise, received_ms).unwrap_or(i64::MAX);
    Some((next_ms, Forbidden::ClaimsIfRang(due_ms, received_ms - SKEW_MS)))
}

/// When UNDO may have planned an occurrence of this promise again after this instant, in milliseconds.
fn undone_ms(history: &PersonHistory<'_>, promise: &Promise<'_>, after_ms: i64) -> i64 {
    let undone = history.answers.iter().filter(|undone| {
        undone.at_ms > after_ms && undone.body.starts_with("Undone: ") && numbers(undone.body).contains(&promise.number)
    });
    undone.map(|undone| undone.at_ms).min().unwrap_or(i64::MAX)
}

/// When a text after this instant may have corrected the zone, in milliseconds. A correction plans the next occurrence
/// of a series anew, and it may be due on the same day again.
fn corrected_ms(history: &PersonHistory<'_>, after_ms: i64) -> i64 {
    let corrects = |text: &&PersonText<'_>| matches!(text.meaning, Meaning::Zone(_) | Meaning::Yes);
    let handled = history.texts.iter().filter(corrects).filter_map(PersonText::handled_ms);
    handled.filter(|handled_ms| *handled_ms > after_ms).min().unwrap_or(i64::MAX)
}

/// When a series may ring again after a MOVE, in milliseconds: from shortly before the due that its answer names, for
/// example "Next call of #1: in 3 minutes (3:52:34 PM)". Returns `i64::MAX` if the answer names no due.
///
/// A MOVE about an occurrence that rang within the hour before skips no later occurrence. If the answer to a RESUME is
/// the first to state a due of the series, such a MOVE seems to come before the first occurrence, although it does not.
fn goes_on_at(
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    text: &PersonText<'_>,
    answer: &ServiceText<'_>,
) -> i64 {
    let next_call = answers::next_after_move(answer.body).filter(|(number, _)| *number == promise.number);
    let due = next_call.and_then(|(_, when)| promise.due_again(history, when, text.first_ms(), answer));
    due.map_or(i64::MAX, |(due_ms, _)| due_ms - SKEW_MS)
}

impl Meaning {
    /// Whether it asks to move the reminder of this number.
    pub(in crate::checker) fn moves(&self, number: u32) -> bool {
        matches!(self, Self::Move(moved, _) if *moved == number)
    }
}
