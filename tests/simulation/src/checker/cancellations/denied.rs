//! The reminders that a DELETE should have deleted, although its answer does not name them.

use super::{Cancellation, Forbidden};
use crate::checker::answers::{self, Answer};
use crate::checker::dues::SKEW_MS;
use crate::checker::evidence::Evidence;
use crate::checker::person_history::{PersonHistory, PersonText, ServiceText};
use crate::checker::promise::Promise;
use crate::checker::replies::is_no_such;
use crate::people::Meaning;

/// The answers to DELETE after which no call about this promise is allowed, although they do not name it. A DELETE with
/// its number found no such reminder, so it had ended. DELETE ALL deletes each reminder, and names at most twelve of
/// them.
pub(in crate::checker) fn of_promise(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
) -> Vec<Cancellation> {
    let is_unreadable = evidence.spoiled.keys().any(|reminder| promise.is_stored_as(evidence, history, reminder));
    let denied = history.answers.iter().filter(|answer| {
        answer.to.is_some_and(|to| is_denied(evidence, promise, &history.texts[to], answer)) && !is_unreadable
    });
    denied
        .map(|answer| {
            let (at_ms, until_ms) = (answer.at_ms, back_ms(history, answer.at_ms));
            Cancellation { at_ms, until_ms, warned: true, forbids: Forbidden::Claims }
        })
        .collect()
}

/// Whether this promise was made before this text was sent, and the text asks to delete it, but the answer does not say
/// that it was deleted. An older release may not know of it.
fn is_denied(evidence: &Evidence<'_>, promise: &Promise<'_>, text: &PersonText<'_>, answer: &ServiceText<'_>) -> bool {
    let is_made_before = promise.stated.iter().all(|stated| stated.at_ms < text.at_ms - SKEW_MS);
    let is_old =
        |(from_ms, to_ms): &(i64, i64)| *from_ms <= answer.at_ms && text.at_ms <= to_ms.saturating_add(SKEW_MS);
    let is_named = match answers::read(answer.body) {
        Answer::Deleted { numbers, .. } => numbers.contains(&promise.number),
        _ => !is_no_such(answer.body),
    };
    let is_asked = match text.meaning {
        Meaning::Delete(number) => *number == promise.number,
        Meaning::DeleteAll => true,
        _ => false,
    };
    is_asked && !is_named && is_made_before && !evidence.rolled_back.iter().any(is_old)
}

/// When an UNDO or a RESTORE may have brought a reminder back after this instant, in milliseconds.
fn back_ms(history: &PersonHistory<'_>, after_ms: i64) -> i64 {
    let back = history.texts.iter().filter(|text| matches!(text.meaning, Meaning::Undo | Meaning::Restore));
    let handled = back.filter_map(PersonText::handled_ms).filter(|handled_ms| *handled_ms > after_ms);
    handled.min().unwrap_or(i64::MAX)
}
