//! G1: UNDO of a SKIP, a MOVE or a DONE plans the occurrence again that this text ended.

use super::answers::{self, Answer};
use super::breach::Breaches;
use super::evidence::Evidence;
use super::goes_on;
use super::person_history::PersonHistory;
use super::promise::Promise;
use super::promises::Promises;
use crate::engine::instant;
use crate::people::Meaning;

/// Checks that an UNDO after which a series keeps its number plans an earlier occurrence than the one with which the
/// series went on before the UNDO. Otherwise nothing comes back, although the answer says so.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promises: &Promises<'_>,
    breaches: &mut Breaches,
) {
    for answer in &history.answers {
        let Some(text) = answer.to.map(|to| &history.texts[to]) else { continue };
        let (Meaning::Undo, Answer::Back(back)) = (text.meaning, answers::read(answer.body)) else { continue };
        for again in &back {
            let is_its = |promise: &&Promise<'_>| promise.number == again.number && promise.series.is_some();
            let Some(promise) = promises.all.iter().find(is_its) else { continue };
            let due = promise.due_again(history, again.when, text.first_ms(), answer);
            let skipped_to_ms = goes_on::skipped_to_ms(evidence, history, promise, answer.at_ms);
            if let (Some((due_ms, _)), Some(skipped_to_ms)) = (due, skipped_to_ms) {
                breaches.unless(due_ms < skipped_to_ms, "G1", || {
                    format!("UNDO planned {} for {}, which no text had skipped", promise.name(), instant(due_ms))
                });
            }
        }
    }
}
