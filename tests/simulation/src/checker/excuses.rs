//! Texts by which somebody may have ended what was promised to them.

use super::answers::{self, Manner, Said};
use super::calls::SKEW_MS;
use super::evidence::{Dealings, Evidence, TextIn, Words};
use super::no::PARKS;
use super::promises::{Promise, Promises};
use crate::faults::Fault;
use crate::people::Meaning;

/// The longest that a function stands still and then runs on, in milliseconds: it may act on what it read before that.
const FREEZES_MS: i64 = 3_700_000;

/// What makes a function that heard a refusal act on it much later.
const LINGERS: [Fault; 3] = [Fault::Freeze, Fault::Slow, Fault::WriteLandsLate];

/// A text that may have ended something.
pub(super) struct Excuse {
    /// When it was sent.
    pub(super) from_ms: i64,
    /// Until when it may have had its effect.
    pub(super) until_ms: i64,
    pub(super) of: Excused,
}

/// What a text may have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excused {
    /// All that follows.
    Whole,
    /// One occurrence, also one that has not rung; a series goes on after it.
    One,
    /// One occurrence that had rung, or was ringing, when a "done" was received. The last time that this text was handed
    /// over is that instant at the latest.
    Rung {
        /// In milliseconds.
        received_ms: i64,
    },
}

/// The texts that may have ended a promise or an occurrence of it: by their answers, or where none was seen, by what
/// they ask for.
pub(super) fn of(
    evidence: &Evidence<'_>,
    dealings: &Dealings<'_>,
    promises: &Promises<'_>,
    promise: &Promise<'_>,
) -> Vec<Excuse> {
    let mut excuses: Vec<_> =
        dealings.answers.iter().filter_map(|answer| by_answer(dealings, promise, answer)).collect();
    for (place, text) in dealings.texts.iter().enumerate() {
        let answered = promises.answered[place];
        let from_ms = text.at_ms;
        let about = match text.meaning {
            Meaning::Leave => (!is_named_again(evidence, dealings, promise, text)).then_some(Excused::Whole),
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

/// Whether a promise was made, moved or listed after its person had certainly come back from this leaving: then it is to
/// be kept all the same.
fn is_named_again(evidence: &Evidence<'_>, dealings: &Dealings<'_>, promise: &Promise<'_>, left: &TextIn<'_>) -> bool {
    let left_ms = left.handed.last().copied().unwrap_or(left.at_ms);
    dealings.texts.iter().filter(|text| *text.meaning == Meaning::Return).any(|back| {
        let (Some(handed_ms), Some((back_ms, _))) = (back.handed.first(), back.replies.first()) else { return false };
        // A text that was never handed over can be known by a refusal alone, that of a text of ours.
        let is_ended = match left.handed.first() {
            Some(_) => !evidence.struck_between(&PARKS, left.at_ms - FREEZES_MS, *back_ms),
            None => !evidence.struck_between(&LINGERS, left.at_ms - FREEZES_MS, *back_ms),
        };
        let is_stored = !evidence.struck_between(&PARKS, *handed_ms, *back_ms);
        let certain = *handed_ms > left_ms + SKEW_MS && is_ended && is_stored;
        certain && promise.named_ms(dealings).any(|named_ms| named_ms > *back_ms)
    })
}

/// What a "done" may have ended of a promise: by its reply, if that was seen. An answer that is a text of its own does
/// not say which text it answers.
fn done(promise: &Promise<'_>, text: &TextIn<'_>) -> Option<Excuse> {
    let received_ms = *text.handed.last()?;
    let reply = text.replies.iter().find(|(_, body)| !body.is_empty());
    let until_ms = match reply {
        None => i64::MAX,
        Some((at_ms, body)) => match answers::read(body) {
            Said::Settled { numbers } if numbers.contains(&promise.number) => *at_ms,
            _ => return None,
        },
    };
    Some(Excuse { from_ms: text.at_ms, until_ms, of: Excused::Rung { received_ms } })
}

fn by_answer(dealings: &Dealings<'_>, promise: &Promise<'_>, answer: &Words<'_>) -> Option<Excuse> {
    let from_ms = dealings.texts.iter().find(|text| Some(text.id) == answer.to.map(|to| dealings.texts[to].id));
    let from_ms = from_ms.map_or(0, |text| text.at_ms);
    let ends = |of| Some(Excuse { from_ms, until_ms: answer.at_ms, of });
    match answers::read(answer.body) {
        // More are deleted than are named.
        Said::Deleted { numbers, .. } if numbers.contains(&promise.number) || answer.body.contains(" more") => {
            ends(Excused::Whole)
        }
        Said::Promised(again) => {
            let other = again.task == promise.task && again.number != promise.number;
            if other && again.manner != Manner::Made { ends(Excused::One) } else { None }
        }
        _ => None,
    }
}
