//! Excuses: texts by which a person may have ended a promise, so that no call is expected.

use super::answers::{self, Answer, PromiseKind};
use super::cancellations::PARKS;
use super::dues::SKEW_MS;
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText, ServiceText};
use super::promises::{Promise, Promises};
use crate::faults::Fault;
use crate::people::Meaning;

/// Longest time for which a function is frozen, with its run before and after, in milliseconds. It may act on data that
/// it read before.
const FREEZES_MS: i64 = 3_700_000;

/// Faults that delay a function's action after a carrier's refusal.
const LINGERS: [Fault; 3] = [Fault::Freeze, Fault::Slow, Fault::WriteLandsLate];

/// A text that may have ended a promise.
pub(super) struct Excuse {
    /// When it was sent, in milliseconds.
    pub(super) from_ms: i64,
    /// Latest time of its effect, in milliseconds.
    pub(super) until_ms: i64,
    pub(super) of: Excused,
}

/// The part of a promise that a text may have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excused {
    /// All following occurrences.
    Whole,
    /// One occurrence, even one that has not rung. A series continues after it.
    One,
    /// One occurrence that had rung, or was ringing, when a "done" was received.
    Rung {
        /// Last delivery of the text, in milliseconds. The service received it then at the latest.
        received_ms: i64,
    },
}

/// The texts that may have ended a promise or one of its occurrences. Their answers decide, or their own words if no
/// answer was seen.
pub(super) fn of(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promises: &Promises<'_>,
    promise: &Promise<'_>,
) -> Vec<Excuse> {
    let mut excuses: Vec<_> = history.answers.iter().filter_map(|answer| by_answer(history, promise, answer)).collect();
    for (place, text) in history.texts.iter().enumerate() {
        let answered = promises.answered[place];
        let from_ms = text.at_ms;
        let about = match text.meaning {
            Meaning::OptOut => (!is_named_again(evidence, history, promise, text)).then_some(Excused::Whole),
            Meaning::Delete(number) if !answered && *number == promise.number => Some(Excused::Whole),
            Meaning::DeleteAll if !answered => Some(Excused::Whole),
            Meaning::Move(number, _) if *number == promise.number => Some(Excused::One),
            Meaning::Done => {
                excuses.extend(done(promise, text));
                None
            }
            Meaning::Snooze(_) if !answered => Some(Excused::One),
            _ => None,
        };
        excuses.extend(about.map(|of| Excuse { from_ms, until_ms: i64::MAX, of }));
    }
    excuses
}

/// Whether a promise was made, moved or listed after the person is known to have opted in again. Then this opt-out
/// does not excuse it.
fn is_named_again(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    left: &PersonText<'_>,
) -> bool {
    let left_ms = left.handed.last().copied().unwrap_or(left.at_ms);
    history.texts.iter().filter(|text| *text.meaning == Meaning::OptIn).any(|back| {
        let (Some(handed_ms), Some((back_ms, _))) = (back.handed.first(), back.replies.first()) else { return false };
        // If this opt-out was never delivered, the service learns of it only when the carrier refuses a text.
        let is_ended = match left.handed.first() {
            Some(_) => !evidence.injected_between(&PARKS, left.at_ms - FREEZES_MS, *back_ms),
            None => !evidence.injected_between(&LINGERS, left.at_ms - FREEZES_MS, *back_ms),
        };
        let is_stored = !evidence.injected_between(&PARKS, *handed_ms, *back_ms);
        let certain = *handed_ms > left_ms + SKEW_MS && is_ended && is_stored;
        certain && promise.named_ms(history).any(|named_ms| named_ms > *back_ms)
    })
}

/// The occurrence that a "done" may have ended, by its reply if one was seen. A separate answer does not name the text
/// that it answers.
fn done(promise: &Promise<'_>, text: &PersonText<'_>) -> Option<Excuse> {
    let received_ms = *text.handed.last()?;
    let reply = text.replies.iter().find(|(_, body)| !body.is_empty());
    let until_ms = match reply {
        None => i64::MAX,
        Some((at_ms, body)) => match answers::read(body) {
            Answer::Acknowledged { numbers } if numbers.contains(&promise.number) => *at_ms,
            _ => return None,
        },
    };
    Some(Excuse { from_ms: text.at_ms, until_ms, of: Excused::Rung { received_ms } })
}

fn by_answer(history: &PersonHistory<'_>, promise: &Promise<'_>, answer: &ServiceText<'_>) -> Option<Excuse> {
    let from_ms = history.texts.iter().find(|text| Some(text.id) == answer.to.map(|to| history.texts[to].id));
    let from_ms = from_ms.map_or(0, |text| text.at_ms);
    let ends = |of| Some(Excuse { from_ms, until_ms: answer.at_ms, of });
    match answers::read(answer.body) {
        // An answer with " more" names only some of the deleted reminders.
        Answer::Deleted { numbers, .. } if numbers.contains(&promise.number) || answer.body.contains(" more") => {
            ends(Excused::Whole)
        }
        Answer::Promise(again) => {
            let other = again.task == promise.task && again.number != promise.number;
            if other && again.kind != PromiseKind::Created { ends(Excused::One) } else { None }
        }
        _ => None,
    }
}
