//! G2, G7 and G8 of texts: each is answered, always the same, and nothing of ours is put aside as dead.

use super::Breaches;
use super::answers::{self, Said};
use super::evidence::{Dealings, Evidence, TextIn, replaces_a_call};
use super::promises::Promises;
use crate::history::Heard;
use crate::people::Meaning;

/// Judges what became of a person's texts.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    dealings: &Dealings<'_>,
    promises: &Promises<'_>,
    breaches: &mut Breaches,
) {
    for text in &dealings.texts {
        answers_are_the_same(text, breaches);
    }
    are_answered(evidence, dealings, breaches);
    are_asked_for(dealings, promises, breaches);
}

/// G2: the same text has the same answer, however often it comes.
fn answers_are_the_same(text: &TextIn<'_>, breaches: &mut Breaches) {
    let mut said = text.replies.iter().map(|(_, body)| *body).filter(|body| !body.is_empty());
    let Some(first) = said.next() else { return };
    if let Some(other) = said.find(|other| *other != first) {
        breaches.add("G2", || format!("the same text was answered {first:?} and {other:?}"));
    }
}

/// G8: what was taken is answered in the end, but where the carrier would not take the answer, or an operator has been
/// told.
fn are_answered(evidence: &Evidence<'_>, dealings: &Dealings<'_>, breaches: &mut Breaches) {
    let silent = |text: &TextIn<'_>| matches!(text.meaning, Meaning::Leave | Meaning::Return);
    // Whoever has left is not answered.
    let left = dealings.texts.iter().any(|text| *text.meaning == Meaning::Leave);
    let given_up =
        evidence.alarms.iter().filter(|(_, _, words)| words.starts_with("an answer could not be sent")).count();
    // Silence may also follow a refusal that was never sent.
    if left || quiet(evidence, dealings) || given_up > 0 {
        return;
    }
    // What could for minutes be neither stored nor parked again waits for its operator, who is told.
    let aside = |text: &TextIn<'_>| evidence.dead.iter().any(|body| body.contains(sid(text)));
    let calm = evidence.calm();
    let owed = dealings.texts.iter().filter(|text| text.taken && !silent(text) && (calm || !aside(text)));
    let owed = owed.filter(|text| text.replies.iter().all(|(_, body)| body.is_empty())).count();
    let sent = dealings.answers.iter().filter(|answer| answer.to.is_none()).count();
    let sends = || dealings.sends.iter().filter(|send| !replaces_a_call(send.body));
    let refused = sends().filter(|send| matches!(send.heard, Some((_, Heard::NumberRefused)))).count();
    let mut unknown: Vec<_> =
        sends().filter(|send| matches!(send.heard, None | Some((_, Heard::Nothing)))).map(|send| send.body).collect();
    unknown.sort_unstable();
    unknown.dedup();
    let found = sent + refused + unknown.len();
    breaches.unless(owed <= found, "G8", || {
        format!("{owed} texts were taken and not answered at once, and {found} texts were sent for them")
    });
    if calm {
        breaches.unless(owed == sent, "G8", || format!("{owed} texts had {sent} answers, nothing failing"));
    }
}

/// Whether somebody has heard that they are asking for too much, or so often that nothing came of what they texted, that
/// silence may be the answer.
fn quiet(evidence: &Evidence<'_>, dealings: &Dealings<'_>) -> bool {
    /// So many times an hour a text that changes nothing is answered.
    const UNCLEAR: usize = 3;
    let answers = dealings.answers.iter().map(|answer| answer.body);
    let refused =
        answers.chain(dealings.sends.iter().map(|send| send.body)).any(|body| answers::read(body) == Said::Refused);
    // A text may have been stored and refused though its sender never heard so: its carrier was told otherwise, or it waits
    // for its operator.
    let aside = |text: &TextIn<'_>| evidence.dead.iter().any(|body| body.contains(sid(text)));
    let unheard = dealings.texts.iter().any(|text| !text.taken || aside(text));
    let idle =
        |meaning: &Meaning| matches!(meaning, Meaning::Noise | Meaning::Done | Meaning::Snooze(_) | Meaning::Move(..));
    let idle = dealings.texts.iter().filter(|text| idle(text.meaning));
    refused || unheard || idle.count() > UNCLEAR
}

/// A text in the place of a call is about something that was promised, or that a text asks for which got no answer.
fn are_asked_for(dealings: &Dealings<'_>, promises: &Promises<'_>, breaches: &mut Breaches) {
    for notice in &dealings.notices {
        let promised = promises.all.iter().any(|promise| notice.body.contains(promise.task));
        let asked = dealings.texts.iter().any(|text| match text.meaning {
            Meaning::Remind { task, .. } => notice.body.contains(task.as_str()),
            _ => false,
        });
        breaches.unless(promised || asked, "G2", || format!("{:?} was texted, which nobody asked for", notice.body));
    }
}

/// G7: where nothing fails, nothing of ours is put aside as dead, and nobody is alarmed; and nobody is sent anything who
/// never texted.
pub(super) fn strays(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    for to in &evidence.strangers {
        breaches.add("G7", || format!("{to} was called or texted, who never texted"));
    }
    for (_, _, words) in evidence.alarms.iter().filter(|(_, _, words)| words.contains("panicked")) {
        breaches.add("G7", || format!("alarm: {words}"));
    }
    if evidence.calm() {
        let ours = evidence.dead.iter().filter(|body| body.contains("generation") || body.contains("Notification"));
        for body in ours {
            breaches.add("G7", || format!("a message of ours was put aside as dead: {body}"));
        }
        for (_, _, words) in &evidence.alarms {
            breaches.add("G7", || format!("an alarm, nothing failing: {words}"));
        }
    }
}

/// A text's name at its carrier, as it stands in a message.
fn sid<'a>(text: &TextIn<'a>) -> &'a str {
    text.id.as_str().split_once('#').map_or("", |(_, sid)| sid)
}
