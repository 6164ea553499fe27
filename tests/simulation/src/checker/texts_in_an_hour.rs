//! The bound on nuisance by texts: in no hour does a person get more texts than their own texts and their dues allow.
//!
//! Each text of a person has one answer. Each occurrence has at most one text that replaces its call; if the series is
//! then paused, the same text says so. An answer and a replacement text are one outgoing text each. Without faults, an
//! outgoing text is tried once. With faults, it is tried up to three times, and each try may arrive: a try is repeated
//! if its outcome is unknown, or if the text failed for a reason that may pass. A carrier may also refuse the text for
//! now, for up to a day, before it accepts a try. If an answer is the reply to a webhook, each further delivery of the
//! person's text brings one more copy.

use super::breach::Breaches;
use super::candidates::Candidate;
use super::dues::{HOUR_MS, SKEW_MS};
use super::evidence::Evidence;
use super::lines::{CALLED_MS, dues_in};
use super::person_history::{PersonHistory, PersonText};

/// Maximum number of tries of an outgoing text whose outcome stays unknown, or that fails for a reason that may pass.
const TRIES: usize = 3;

/// How long a carrier may refuse a text for now, in milliseconds: a day, and the wait before the last try.
const REFUSED_MS: i64 = (86_400 + 900) * 1000;

/// Longest time from a person's text, or from a due, until the service's text about it reaches the phone, in
/// milliseconds, if there are no faults. An occurrence has up to three calls, 2 and 5 minutes apart, and each of them
/// may wait for the phone. The last call begins within the maximum lateness. Then the text waits for a slot, and may
/// reach the phone a minute later. [`CALLED_MS`] leaves time for all of this.
const CALM_MS: i64 = CALLED_MS;

/// Judges the texts to one person. The candidates are the reminders that the person may be called about.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    candidates: &[Candidate<'_>],
    breaches: &mut Breaches,
) {
    let (tries, late_ms) = if evidence.calm() { (1, CALM_MS) } else { (TRIES, CALLED_MS + REFUSED_MS) };
    let mut texts_ms: Vec<i64> =
        history.sent_answers.iter().chain(&history.replacement_texts).map(|text| text.at_ms).collect();
    texts_ms.sort_unstable();
    for (place, first_ms) in texts_ms.iter().enumerate() {
        let texts = texts_ms[place..].iter().take_while(|at_ms| *at_ms - first_ms < HOUR_MS).count();
        // One text or one due of the person already allows this many texts.
        if texts <= tries {
            continue;
        }
        let (from_ms, to_ms) = (first_ms - late_ms, first_ms + HOUR_MS + SKEW_MS);
        let is_within = |at_ms: i64| (from_ms..=to_ms).contains(&at_ms);
        let replies = |text: &PersonText<'_>| text.replies.iter().filter(|(at_ms, _)| is_within(*at_ms)).count();
        let reply_counts: Vec<usize> = history
            .texts
            .iter()
            .filter(|text| text.handed.iter().any(|at_ms| is_within(*at_ms)))
            .map(replies)
            .collect();
        let dues: usize = candidates.iter().map(|candidate| dues_in(candidate, from_ms, to_ms)).sum();
        let answers: usize = if evidence.calm() {
            reply_counts.iter().map(|replies| (*replies).max(1)).sum()
        } else {
            reply_counts.iter().map(|replies| replies + TRIES).sum()
        };
        let most = answers + tries * dues;
        breaches.unless(texts <= most, "bound", || {
            format!(
                "person {} got {texts} texts in an hour, for {} texts and {dues} dues",
                history.who,
                reply_counts.len()
            )
        });
    }
}
