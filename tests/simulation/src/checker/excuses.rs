//! Texts by which somebody may have ended what was promised to them.

use super::answers::{self, Manner, Said};
use super::evidence::{Dealings, Words};
use super::promises::{Promise, Promises};
use crate::people::Meaning;

/// A text that may have ended something.
pub(super) struct Excuse {
    pub(super) from_ms: i64,
    pub(super) until_ms: i64,
    /// Whether a series goes on after it.
    pub(super) whole: bool,
}

/// The texts that may have ended a promise or an occurrence of it: by their answers, or where none was seen, by what
/// they ask for.
pub(super) fn of(dealings: &Dealings<'_>, promises: &Promises<'_>, promise: &Promise<'_>) -> Vec<Excuse> {
    let mut excuses: Vec<_> =
        dealings.answers.iter().filter_map(|answer| by_answer(dealings, promise, answer)).collect();
    for (place, text) in dealings.texts.iter().enumerate() {
        let answered = promises.answered[place];
        let from_ms = text.at_ms;
        let about = match text.meaning {
            Meaning::Leave => Some(true),
            Meaning::Delete(number) if !answered && *number == promise.number => Some(true),
            Meaning::DeleteAll if !answered => Some(true),
            Meaning::Move(number, _) if *number == promise.number => Some(false),
            Meaning::Done | Meaning::Snooze(_) if !answered => Some(false),
            _ => None,
        };
        excuses.extend(about.map(|whole| Excuse { from_ms, until_ms: i64::MAX, whole }));
    }
    excuses
}

fn by_answer(dealings: &Dealings<'_>, promise: &Promise<'_>, answer: &Words<'_>) -> Option<Excuse> {
    let from_ms = dealings.texts.iter().find(|text| Some(text.id) == answer.to.map(|to| dealings.texts[to].id));
    let from_ms = from_ms.map_or(0, |text| text.at_ms);
    let ends = |whole| Some(Excuse { from_ms, until_ms: answer.at_ms, whole });
    match answers::read(answer.body) {
        // More are deleted than are named.
        Said::Deleted { numbers, .. } if numbers.contains(&promise.number) || answer.body.contains(" more") => {
            ends(true)
        }
        Said::Settled { numbers } if numbers.contains(&promise.number) || answer.body.contains(" more") => ends(false),
        Said::Promised(again) => {
            let other = again.task == promise.task && again.number != promise.number;
            if other && again.manner != Manner::Made { ends(false) } else { None }
        }
        _ => None,
    }
}
