//! G1: a request is refused only if the limit that the answer names may have been reached.

use super::breach::Breaches;
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText};
use super::promises::Promises;
use crate::people::{Due, Meaning};

/// Number of open reminders that a person may have.
const OPEN: usize = 80;

/// Number of open reminders that a person with an unconfirmed number may have.
const OPEN_UNCONFIRMED: usize = 3;

/// Shortest interval of a series, in minutes.
const EVERY: i64 = 5;

/// Shortest interval of a series for an unconfirmed number, in minutes.
const EVERY_UNCONFIRMED: i64 = 15;

/// First words of a refusal.
const REFUSED: &str = "Not saved: ";

/// Judges the refusals in a person's stored answers.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promises: &Promises<'_>,
    breaches: &mut Breaches,
) {
    for answer in &history.answers {
        let Some(reason) = answer.body.strip_prefix(REFUSED) else { continue };
        let Some(text) = answer.to.map(|to| &history.texts[to]) else { continue };
        // Each open reminder is promised, or it was made anew from a promise that has ended.
        let made = promises.all.iter().filter(|promise| promise.stated[0].at_ms <= answer.at_ms).count();
        let is_new = !evidence.is_person_confirmed_at(history.who, text.first_ms());
        breaches.unless(may_refuse(text, reason, made, is_new), "G1", || {
            format!("{:?} was refused without a reason: {:?}", text.meaning.text(), answer.body)
        });
    }
}

/// Whether a text may be refused for this reason. `made` is the number of reminders that were made before, and `is_new`
/// is false if the number was certainly confirmed.
fn may_refuse(text: &PersonText<'_>, reason: &str, made: usize, is_new: bool) -> bool {
    let repeats_within = |least: i64| match text.meaning {
        Meaning::Remind { due: Due::Every(minutes, _), .. } => *minutes < least,
        _ => false,
    };
    let new = reason.strip_prefix("new numbers can ").filter(|_| is_new);
    match new {
        Some(new) if new.starts_with("have ") => made >= OPEN_UNCONFIRMED,
        Some(new) if new.starts_with("get a call every ") => repeats_within(EVERY_UNCONFIRMED),
        Some(new) => new.starts_with("get 5 calls in 15 minutes."),
        None if reason.starts_with("you have ") => made >= OPEN,
        None => reason.starts_with("that's too often.") && repeats_within(EVERY),
    }
}
