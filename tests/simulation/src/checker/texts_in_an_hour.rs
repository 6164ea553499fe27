//! The bound on nuisance by texts: in no hour does a person get more texts than their own texts and their dues allow.
//!
//! Derived from the rules: each text of a person has one answer, and each occurrence at most one text that replaces its call,
//! which also says if the series is paused. Either is one outgoing text. Without faults it has one try. With faults it has
//! three, since each one without a known outcome, or with a passing failure, may have arrived; and it may be refused for now
//! for a day before it is tried. A reply to a webhook is a further copy of the answer, one for each delivery.

use super::breach::Breaches;
use super::candidates::Candidate;
use super::dues::SKEW_MS;
use super::evidence::Evidence;
use super::lines::{CALLED_MS, HOUR_MS, dues_in};
use super::person_history::{PersonHistory, PersonText};

/// Tries of an outgoing text whose outcome stays unknown, or whose failure passes.
const TRIES: usize = 3;

/// For how long a text may be refused for now, in milliseconds: a day, and the last try.
const REFUSED_MS: i64 = (86_400 + 900) * 1000;

/// How long after its text or its due a text may reach the phone without faults, in milliseconds: an occurrence ends after three
/// calls, 2 and 5 minutes apart, each after a wait for the phone, at the latest with the maximum lateness and the last call;
/// then the text waits for its slot; and the phone may get it a minute later.
const CALM_MS: i64 = CALLED_MS;

/// Judges the texts to one person. Candidates are what the person may be called about.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    candidates: &[Candidate<'_>],
    breaches: &mut Breaches,
) {
    let (tries, late_ms) = if evidence.calm() { (1, CALM_MS) } else { (TRIES, CALLED_MS + REFUSED_MS) };
    let mut texted: Vec<i64> =
        history.answers.iter().chain(&history.replacement_texts).map(|text| text.at_ms).collect();
    texted.sort_unstable();
    for (place, first_ms) in texted.iter().enumerate() {
        let texts = texted[place..].iter().take_while(|at_ms| *at_ms - first_ms < HOUR_MS).count();
        // Counting the dues is only worth it if there are many texts.
        if texts <= tries {
            continue;
        }
        let (from_ms, to_ms) = (first_ms - late_ms, first_ms + HOUR_MS + SKEW_MS);
        let is_within = |at_ms: i64| (from_ms..=to_ms).contains(&at_ms);
        let copies = |text: &PersonText<'_>| text.replies.iter().filter(|(at_ms, _)| is_within(*at_ms)).count();
        let asked: Vec<usize> =
            history.texts.iter().filter(|text| text.handed.iter().any(|at_ms| is_within(*at_ms))).map(copies).collect();
        let dues: usize = candidates.iter().map(|candidate| dues_in(candidate, from_ms, to_ms)).sum();
        let answers: usize = if evidence.calm() {
            asked.iter().map(|copies| (*copies).max(1)).sum()
        } else {
            asked.iter().map(|copies| copies + TRIES).sum()
        };
        let most = answers + tries * dues;
        breaches.unless(texts <= most, "bound", || {
            format!("person {} got {texts} texts in an hour, for {} texts and {dues} dues", history.who, asked.len())
        });
    }
}
