//! G2, G7 and G8 of texts: each is answered, a repeat gets the same answer, and none becomes a dead letter without
//! faults.

use super::answers::{self, Answer};
use super::breach::Breaches;
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText, replaces_a_call};
use super::promises::Promises;
use crate::faults::Fault;
use crate::history::RequestOutcome;
use crate::people::Meaning;

/// Judges the answers to a person's texts.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promises: &Promises<'_>,
    breaches: &mut Breaches,
) {
    for text in &history.texts {
        answers_are_the_same(text, breaches);
    }
    are_answered(evidence, history, breaches);
    are_asked_for(history, promises, breaches);
}

/// G2: every delivery of a text gets the same answer.
fn answers_are_the_same(text: &PersonText<'_>, breaches: &mut Breaches) {
    let mut said = text.replies.iter().map(|(_, body)| *body).filter(|body| !body.is_empty());
    let Some(first) = said.next() else { return };
    if let Some(other) = said.find(|other| *other != first) {
        breaches.add("G2", || format!("the same text was answered {first:?} and {other:?}"));
    }
}

/// G8: every text that was taken is answered, unless the carrier refused the answer or the operator was alarmed.
fn are_answered(evidence: &Evidence<'_>, history: &PersonHistory<'_>, breaches: &mut Breaches) {
    let silent = |text: &PersonText<'_>| matches!(text.meaning, Meaning::OptOut | Meaning::OptIn);
    // A person who has opted out is not answered.
    let left = history.texts.iter().any(|text| *text.meaning == Meaning::OptOut);
    let given_up =
        evidence.alarms.iter().filter(|(_, _, words)| words.starts_with("an answer could not be sent")).count();
    // The service may also be silent after a refusal whose text was never sent.
    if left || quiet(evidence, history) || given_up > 0 {
        return;
    }
    // A text that could not be stored or parked for minutes becomes a dead letter, and the operator is alarmed.
    let aside = |text: &PersonText<'_>| evidence.dead.iter().any(|body| body.contains(sid(text)));
    let calm = evidence.calm();
    let owed = history.texts.iter().filter(|text| text.taken && !silent(text) && (calm || !aside(text)));
    let owed = owed.filter(|text| text.replies.iter().all(|(_, body)| body.is_empty())).count();
    let sent = history.answers.iter().filter(|answer| answer.to.is_none()).count();
    let text_requests = || history.text_requests.iter().filter(|request| !replaces_a_call(request.body));
    let refused =
        text_requests().filter(|request| matches!(request.heard, Some((_, RequestOutcome::NumberRefused)))).count();
    let mut unknown: Vec<_> = text_requests()
        .filter(|request| matches!(request.heard, None | Some((_, RequestOutcome::Unknown))))
        .map(|request| request.body)
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    let found = sent + refused + unknown.len();
    breaches.unless(owed <= found, "G8", || {
        format!("{owed} texts were taken without an answer in the reply, and {found} answers were sent")
    });
    if calm {
        breaches.unless(owed == sent, "G8", || format!("{owed} texts had {sent} answers, without any fault"));
    }
}

/// Whether the service may have stopped answering this person, because of limits or of too many unclear texts.
fn quiet(evidence: &Evidence<'_>, history: &PersonHistory<'_>) -> bool {
    /// How many unclear texts an hour are answered.
    const UNCLEAR: usize = 3;
    let answers = history.answers.iter().map(|answer| answer.body);
    let refused = answers
        .chain(history.text_requests.iter().map(|request| request.body))
        .any(|body| answers::read(body) == Answer::Refused);
    // The service may have refused a text without its sender knowing: the carrier got an error instead, or the text is
    // a dead letter.
    let aside = |text: &PersonText<'_>| evidence.dead.iter().any(|body| body.contains(sid(text)));
    let unheard = history.texts.iter().any(|text| !text.taken || aside(text));
    let idle =
        |meaning: &Meaning| matches!(meaning, Meaning::Noise | Meaning::Done | Meaning::Snooze(_) | Meaning::Move(..));
    let idle = history.texts.iter().filter(|text| idle(text.meaning));
    refused || unheard || idle.count() > UNCLEAR
}

/// G2: a replacement text is about a promise, or about an unanswered text.
fn are_asked_for(history: &PersonHistory<'_>, promises: &Promises<'_>, breaches: &mut Breaches) {
    for replacement in &history.replacement_texts {
        let promised = promises.all.iter().any(|promise| replacement.body.contains(promise.task));
        let asked = history.texts.iter().any(|text| match text.meaning {
            Meaning::Remind { task, .. } => replacement.body.contains(task.as_str()),
            _ => false,
        });
        breaches.unless(promised || asked, "G2", || format!("no text asked for the text {:?}", replacement.body));
    }
}

/// G7: only people who have texted are called or texted, and no handler panics. Without faults there are no alarms but
/// those about messages that are not ours, and none of the service's messages becomes a dead letter.
pub(super) fn strays(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    for to in &evidence.strangers {
        breaches.add("G7", || format!("{to} was called or texted but never texted"));
    }
    for (_, _, words) in evidence.alarms.iter().filter(|(_, _, words)| words.contains("panicked")) {
        breaches.add("G7", || format!("alarm: {words}"));
    }
    if evidence.calm() {
        let ours = evidence.dead.iter().filter(|body| body.contains("generation") || body.contains("Notification"));
        for body in ours {
            breaches.add("G7", || format!("a message of the service became a dead letter: {body}"));
        }
        // Each message that is not ours raises one alarm and becomes one dead letter.
        let poison = evidence.count_injected(Fault::Poison);
        let (moved, others): (Vec<_>, Vec<_>) =
            evidence.alarms.iter().partition(|(_, _, words)| words.starts_with("a message can't be handled"));
        let (moved, dead) = (moved.len(), evidence.dead.len());
        breaches.unless(moved == poison && dead == poison, "G7", || {
            format!("{poison} messages were not ours, {moved} alarms were raised about them, {dead} are dead letters")
        });
        for (_, _, words) in others {
            breaches.add("G7", || format!("alarm without any fault: {words}"));
        }
    }
}

/// Id of a text at its carrier, as messages contain it.
fn sid<'a>(text: &PersonText<'a>) -> &'a str {
    text.id.as_str().split_once('#').map_or("", |(_, sid)| sid)
}
