//! G1, G2, G7 and G8 of texts: each is kept once, answered the same, and nothing of ours is put aside as dead.

use std::collections::BTreeMap;

use reminder::ids::MessageId;
use reminder::message::{Delivery, Message};

use super::Breaches;
use super::evidence::{Evidence, TextIn, named};
use crate::fakes::number;
use crate::people::{Due, Meaning, numbers};

/// Judges what became of the texts.
pub(super) fn judge(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    let messages: BTreeMap<_, _> = evidence.remains.messages.iter().map(|message| (&message.id, message)).collect();
    for (id, text) in &evidence.texts_in {
        let message = messages.get(id).copied();
        // What could for minutes be neither stored nor parked again waits for its operator, who is told.
        let aside = !evidence.calm() && evidence.dead.iter().any(|body| body.contains(sid(id)));
        breaches.unless(!text.taken || message.is_some() || aside, "G8", || {
            format!("text {id} ({:?}) was taken and is nowhere", text.meaning)
        });
        if let Some(message) = message {
            is_answered(evidence, text, message, breaches);
        }
        answers_are_the_same(text, breaches);
        is_done_once(evidence, text, breaches);
        is_meant(evidence, text, breaches);
    }
    are_few(evidence, breaches);
    if evidence.calm() {
        let ours = evidence.dead.iter().filter(|body| body.contains("generation") || body.contains("Notification"));
        for body in ours {
            breaches.add("G7", || format!("a message of ours was put aside as dead: {body}"));
        }
    }
}

/// Messages about one wake-up, or one text, at most: what comes again must not become more each time. A text that is
/// parked each quarter of an hour comes to some forty in a world, and each of its deliveries may begin anew.
const MESSAGES: u32 = 400;

/// The bound on messages.
fn are_few(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    for (about, times) in evidence.remains.cloud.sent.borrow().iter().filter(|(_, times)| **times > MESSAGES) {
        breaches.add("bound", || format!("{times} messages were sent about {about}, expected at most {MESSAGES}"));
    }
}

/// A text's name at its carrier, as it stands in a message.
fn sid(id: &MessageId) -> &str {
    id.as_str().split_once('#').map_or("", |(_, sid)| sid)
}

/// G8: an answer that is owed goes out in the end.
fn is_answered(evidence: &Evidence<'_>, text: &TextIn<'_>, message: &Message, breaches: &mut Breaches) {
    let to = number(text.person);
    match message.delivery {
        Delivery::Owed { .. } => breaches.add("G8", || format!("the answer to {} is still owed", message.id)),
        Delivery::Sent => {
            let accepted = evidence.accepted.contains(&(to.as_str(), message.answer.as_str()));
            breaches.unless(accepted, "G8", || format!("the answer to {} was never sent", message.id));
        }
        Delivery::GivenUp => breaches
            .unless(!evidence.calm(), "G8", || format!("the answer to {} was given up, nothing failing", message.id)),
        Delivery::Replied => {}
    }
}

/// G2: the same text has the same answer, however often it comes.
fn answers_are_the_same(text: &TextIn<'_>, breaches: &mut Breaches) {
    let mut said = text.replies.iter().map(|(_, body)| *body).filter(|body| !body.is_empty());
    let Some(first) = said.next() else { return };
    if let Some(other) = said.find(|other| *other != first) {
        breaches.add("G2", || format!("the same text was answered {first:?} and {other:?}"));
    }
}

/// G2: a text makes what it asks for once; only putting it off or moving it makes another of the same task.
fn is_done_once(evidence: &Evidence<'_>, text: &TextIn<'_>, breaches: &mut Breaches) {
    let Meaning::Remind { task, .. } = text.meaning else { return };
    let made = evidence.remains.at_end.iter().filter(|reminder| named(task, reminder)).count();
    let again =
        evidence.texts_of(text.person).filter(|text| matches!(text.meaning, Meaning::Snooze(_) | Meaning::Move(..)));
    let most = 1 + again.count();
    breaches.unless(made <= most, "G2", || format!("{made} reminders {task:?}, expected at most {most}"));
}

/// G1: what was answered "OK" is kept, under the number that was said, for the time that was meant.
fn is_meant(evidence: &Evidence<'_>, text: &TextIn<'_>, breaches: &mut Breaches) {
    let Meaning::Remind { task, due } = text.meaning else { return };
    let replies = text.replies.iter().map(|(_, body)| *body);
    let to = number(text.person);
    let texts = evidence
        .texts_out
        .iter()
        .filter(|out| out.to == to.as_str() && out.body.contains(task.as_str()))
        .map(|out| out.body);
    let Some(answer) =
        replies.chain(texts).find(|answer| answer.starts_with("OK, I'll call you") && !answer.contains(" again "))
    else {
        return;
    };
    let kept = evidence.remains.afterwards.iter().find(|one| named(task, one) && numbers(answer).contains(&one.number));
    let Some(kept) = kept else {
        return breaches.add("G1", || format!("{answer:?} was answered, and no such reminder is there"));
    };
    let moved = evidence.texts_of(text.person).any(|text| matches!(text.meaning, Meaning::Move(..)));
    if moved || kept.rule.is_some() {
        return;
    }
    let meant = match due {
        Due::In(minutes) => {
            let ahead_ms = kept.due.as_millisecond() - kept.created_at.as_millisecond();
            (ahead_ms - minutes * 60_000).abs() < 1000 && kept.created_at.as_millisecond() >= text.at_ms - 1000
        }
        Due::At(time) | Due::Daily(time) => evidence.zone.to_datetime(kept.due).time() == *time,
    };
    breaches.unless(meant, "G5", || format!("{:?} became {}", text.meaning, kept.due));
}
