//! G8: a YES or a NO that comes while the question about the repeating reminders is open replies to it. G3: a later YES
//! moves nothing.

use super::breach::Breaches;
use super::consent::{self, Consent, ConsentChange};
use super::dues::SKEW_MS;
use super::evidence::Evidence;
use super::handling_order::{self, Handled, OPEN_MS};
use super::person_history::PersonHistory;
use crate::faults::Fault;
use crate::people::Meaning;

/// Judges a person's replies to the question whether the repeating reminders should move to another zone.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    changes: &[ConsentChange],
    breaches: &mut Breaches,
) {
    let texts = handling_order::texts(history);
    for (before, reply) in texts.iter().zip(texts.iter().skip(1)) {
        let is_reply = before.has_question() && is_asked(evidence, changes, before, reply);
        breaches.unless(!is_reply || reply.closes_question(), "G8", || {
            format!("{:?} was no reply to the open question: {:?}", reply.text.meaning.text(), reply.answer.body)
        });
    }
    for (place, reply) in texts.iter().enumerate().filter(|(_, reply)| *reply.text.meaning == Meaning::Yes) {
        let Some(question) = texts[..place].iter().rfind(|before| before.has_question()) else { continue };
        // The question was asked when its text was received, which was before that text was handled.
        let is_late = reply.received_ms - question.answer.at_ms > OPEN_MS + SKEW_MS;
        breaches.unless(!is_late || !reply.moves(), "G3", || {
            format!("a YES {} ms after the question moved a series", reply.received_ms - question.answer.at_ms)
        });
    }
}

/// Whether the question in the answer `before` was certainly open when `reply`, the text that was handled next, was
/// received. An opt-out closes the question, an older release may not know it, and a question that can't be read is
/// lost.
fn is_asked(
    evidence: &Evidence<'_>,
    changes: &[ConsentChange],
    before: &Handled<'_, '_>,
    reply: &Handled<'_, '_>,
) -> bool {
    let (from_ms, to_ms) = (before.received_ms, reply.answer.at_ms);
    let is_yes_or_no = matches!(reply.text.meaning, Meaning::Yes | Meaning::No) && reply.text.has_words();
    let is_after = reply.text.at_ms > before.answer.at_ms + SKEW_MS;
    let is_soon = reply.text.handed.last().is_some_and(|last_ms| last_ms - from_ms < OPEN_MS - SKEW_MS);
    let is_old =
        evidence.rolled_back.iter().any(|(rolled_ms, forward_ms)| *rolled_ms <= to_ms && from_ms <= *forward_ms);
    // The later questions of that person can't be read either.
    let is_readable = !evidence.injected_between(&[Fault::QuestionSpoiled], i64::MIN, to_ms);
    let is_in = consent::between(changes, from_ms, to_ms) == Consent::In;
    is_yes_or_no && is_after && is_soon && !is_old && is_readable && is_in
}
