//! The stored answer to each text, and which delivered answer belongs to which text. A reply to a webhook names its
//! text. A separate answer does not, so each text is matched with a different delivery of its stored answer.

use super::answers::{self, Answer, CONFIRMED, PromiseKind};
use super::person_history::{Answered, PersonHistory, PersonText, ServiceText, replaces_a_call};
use crate::history::RequestOutcome;
use crate::people::{Meaning, Place};

impl<'a> PersonHistory<'a> {
    /// Learns the answers of the service from the store. The key 1 on a call to the service is not stored as a text, so
    /// its answer is the one that its person heard.
    pub(super) fn learn_answers(&mut self) {
        let answer = |(place, (text, seen)): (usize, (&PersonText<'a>, &Answered))| match (text.stored, seen) {
            (Some((at_ms, body)), _) => Some(ServiceText { to: Some(place), ..ServiceText::at(at_ms, body) }),
            (None, Answered::With(heard)) if text.is_key() => Some(self.sent_answers[*heard]),
            (None, _) => None,
        };
        let mut answers: Vec<_> = self.texts.iter().zip(&self.seen).enumerate().filter_map(answer).collect();
        answers.sort_by_key(|answer| answer.at_ms);
        self.answers = answers;
    }

    /// The keys 1 on calls to the service of which the person heard no answer. The store does not show whether such a
    /// key was handled.
    pub(super) fn unheard_keys(&self) -> impl Iterator<Item = &PersonText<'a>> {
        let keys = self.texts.iter().enumerate().filter(|(_, text)| text.is_key() && *text.meaning == Meaning::Done);
        keys.filter(|(place, _)| self.answer_to(*place).is_none()).map(|(_, key)| key)
    }
}

/// An answer, or a refused request for an answer, that a text may have caused.
struct Outgoing<'a> {
    at_ms: i64,
    body: &'a str,
    answered: Answered,
}

/// How each text of a person was answered. A text that may stay without an answer gets an answer only if the other
/// texts leave an answer over. A copy of a reply answers another text only if no other answer does. `by_ms` is when
/// each text must be answered at the latest.
pub(super) fn of(history: &PersonHistory<'_>, may_be_silent: &[bool], by_ms: &[i64]) -> Vec<Answered> {
    let mut answered: Vec<Answered> = vec![Answered::No; history.texts.len()];
    for (place, answer) in history.sent_answers.iter().enumerate() {
        if let Some(to) = answer.to.filter(|to| answered[*to] == Answered::No) {
            answered[to] = Answered::With(place);
        }
    }
    let outgoing = outgoing(history);
    let mut holders: Vec<Option<usize>> = vec![None; outgoing.len()];
    let mut order: Vec<usize> = (0..history.texts.len()).collect();
    order.sort_by_key(|text| may_be_silent[*text]);
    let copies: Vec<bool> = outgoing.iter().map(|answer| is_copy_of_a_reply(history, answer)).collect();
    for with_copies in [false, true] {
        for text in order.iter().copied().filter(|text| answered[*text] == Answered::No) {
            let fits = |text: usize, place: usize| {
                let Outgoing { at_ms, body, .. } = outgoing[place];
                let is_free = with_copies || !copies[place];
                is_free && at_ms <= by_ms[text] && may_answer(&history.texts[text], body, at_ms)
            };
            if !holders.contains(&Some(text)) {
                find_place(text, &fits, &mut holders, &mut vec![false; outgoing.len()]);
            }
        }
    }
    for (place, holder) in holders.into_iter().enumerate() {
        if let Some(text) = holder {
            answered[text] = outgoing[place].answered;
        }
    }
    answered
}

/// The separate answers, followed by the refused requests for answers.
fn outgoing<'a>(history: &PersonHistory<'a>) -> Vec<Outgoing<'a>> {
    let sent = history.sent_answers.iter().enumerate().filter(|(_, answer)| answer.to.is_none());
    let sent = sent.map(|(place, answer)| Outgoing {
        at_ms: answer.at_ms,
        body: answer.body,
        answered: Answered::With(place),
    });
    let refused = history.text_requests.iter().filter(|request| {
        !replaces_a_call(request.body) && matches!(request.heard, Some((_, RequestOutcome::NumberRefused)))
    });
    let refused =
        refused.map(|request| Outgoing { at_ms: request.at_ms, body: request.body, answered: Answered::Refused });
    sent.chain(refused).collect()
}

/// Whether a separate answer has the words of a reply, and may belong to the same text as that reply. If a text is
/// delivered again, the service answers in the same words. So if the first delivery was parked, the text has the same
/// answer twice: as a separate text, and in the reply to its second delivery.
fn is_copy_of_a_reply(history: &PersonHistory<'_>, answer: &Outgoing<'_>) -> bool {
    history.sent_answers.iter().filter(|reply| reply.body == answer.body).any(|reply| {
        let text = reply.to.map(|to| &history.texts[to]).filter(|text| text.handed.len() > 1);
        text.is_some_and(|text| may_answer(text, answer.body, answer.at_ms))
    })
}

/// Finds an answer for a text. If necessary, other texts get other answers: this is an augmenting path of bipartite
/// matching.
fn find_place(
    text: usize,
    fits: &impl Fn(usize, usize) -> bool,
    holders: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for place in 0..holders.len() {
        if tried[place] || !fits(text, place) {
            continue;
        }
        tried[place] = true;
        if holders[place].is_none_or(|holder| find_place(holder, fits, holders, tried)) {
            holders[place] = Some(text);
            return true;
        }
    }
    false
}

/// Whether this is an answer to a text: it has the words that were stored as its answer, and they fit its meaning.
pub(super) fn may_answer(text: &PersonText<'_>, body: &str, at_ms: i64) -> bool {
    let is_stored = text.stored.is_some_and(|(stored_ms, answer)| stored_ms <= at_ms && answer == body);
    !text.is_key() && is_stored && is_answer_to(text.meaning, body)
}

/// Whether an answer says that there is no reminder that the text may mean.
pub(super) fn is_no_such(body: &str) -> bool {
    body.starts_with("I can't find that reminder")
}

/// Whether these words may answer a text of this meaning. Words that the checker does not know may only answer YES or
/// NO.
pub(super) fn is_answer_to(meaning: &Meaning, body: &str) -> bool {
    let begins = |openings: &[&str]| openings.iter().any(|opening| body.starts_with(opening));
    let is_no_such = is_no_such(body);
    let is_nothing_rang = body.starts_with("No reminder rang");
    let is_unclear = body.starts_with("Sorry, I didn't get that");
    let is_paused = |number: u32| body.starts_with(&format!("#{number} is paused"));
    let is_list = body.starts_with('#') || body.starts_with("You have no reminders");
    match (answers::read(body), meaning) {
        (Answer::Promise(promised), Meaning::Remind { task, .. }) => {
            promised.kind == PromiseKind::Created && promised.task.starts_with(task.as_str())
        }
        (Answer::Promise(promised), Meaning::Move(..)) => promised.kind == PromiseKind::Moved,
        (Answer::Promise(promised), Meaning::Snooze(_)) => promised.kind == PromiseKind::Snoozed,
        (Answer::Deleted { numbers, .. }, Meaning::Delete(number) | Meaning::Skip(number))
        | (Answer::Acknowledged { numbers }, Meaning::DoneWith(number)) => numbers.contains(number),
        (Answer::Acknowledged { .. }, Meaning::Done)
        | (Answer::Deleted { .. }, Meaning::DeleteAll | Meaning::Undo)
        | (Answer::Refused, Meaning::Remind { .. } | Meaning::Move(..) | Meaning::Snooze(_) | Meaning::Undo) => true,
        (Answer::Back(_), Meaning::Undo | Meaning::Restore | Meaning::Resume(_)) => true,
        (
            Answer::Back(_)
            | Answer::Promise(_)
            | Answer::Deleted { .. }
            | Answer::Acknowledged { .. }
            | Answer::Refused,
            _,
        ) => false,
        (Answer::Other, Meaning::Noise) => is_unclear,
        (Answer::Other, Meaning::List) => is_list,
        // If the number is confirmed, nothing waits for a code, and the text makes no sense.
        (Answer::Other, Meaning::Code(_)) => is_unclear || begins(&[CONFIRMED, WRONG_CODE, TOO_MANY_CODES]),
        (Answer::Other, Meaning::Done | Meaning::Snooze(_)) => is_nothing_rang,
        (Answer::Other, Meaning::Delete(_) | Meaning::DeleteAll | Meaning::Move(..)) => is_no_such,
        // A text about the zone is never refused, and every answer to it names the city.
        (Answer::Other, Meaning::Zone(place)) => uses_time_of(body, place.city),
        // YES and NO may be about the question whether the repeating reminders move to another zone, or about any other
        // question. The answer to YES or NO never asks about the zone.
        (Answer::Other, Meaning::Yes | Meaning::No) => !is_list && !asks_after_zone(body),
        (Answer::Other, Meaning::Remind { .. } | Meaning::RemindSometime { .. }) => {
            begins(&ASKS) || (body.starts_with("OK, ") && body.contains("What should I remind you about"))
        }
        (Answer::Other, Meaning::DoneWith(number)) => {
            is_no_such || is_nothing_rang || body.contains("hasn't rung yet") || is_paused(*number)
        }
        (Answer::Other, Meaning::Skip(number)) => {
            is_no_such || begins(&["Skipped", "Not skipped"]) || is_paused(*number)
        }
        (Answer::Other, Meaning::Resume(number)) => {
            let is_open = || body.starts_with(&format!("#{number} isn't paused"));
            is_no_such || begins(&["You have no paused reminders", "Not resumed"]) || is_open()
        }
        (Answer::Other, Meaning::Undo) => is_no_such || begins(&["Nothing to undo", "Too late to undo"]),
        (Answer::Other, Meaning::Restore) => {
            begins(&["There is nothing to restore"]) || body.contains("can't come back")
        }
        (Answer::Other, Meaning::OptIn) => begins(&["Welcome back!"]),
        (Answer::Other, Meaning::OptOut | Meaning::OptOutByMistake(_)) => begins(&["You won't hear from me again"]),
    }
}

/// First words of the answer to a wrong code.
pub(super) const WRONG_CODE: &str = "That code isn't right.";

/// First words of the answer to a code after too many wrong codes.
pub(super) const TOO_MANY_CODES: &str = "Too many wrong codes.";

/// Whether an answer says that the time of this city is used from now on: "OK, using Tokyo time", "OK, I'll use Tokyo
/// time", or "OK, Tokyo time".
fn uses_time_of(body: &str, city: &str) -> bool {
    let rest = body.strip_prefix("OK, ");
    let rest =
        rest.map(|rest| ["using ", "I'll use "].iter().find_map(|words| rest.strip_prefix(words)).unwrap_or(rest));
    rest.and_then(|rest| rest.strip_prefix(city)).is_some_and(|rest| rest.starts_with(" time"))
}

/// Whether an answer says that the time of a city is used, and then asks a question: "OK, Tokyo time. Should your
/// repeating reminder move to Tokyo time too? YES or NO". Only a text that says where the person is has this answer. If
/// such a text is parked and delivered again, the question may be sent once more, as a separate text, after the YES to
/// the first question.
fn asks_after_zone(body: &str) -> bool {
    Place::ALL.iter().any(|place| body.starts_with(&format!("OK, {} time. ", place.city)))
}

/// First words of answers that ask for a missing part of a reminder, or say why no reminder was made.
const ASKS: [&str; 8] = [
    "When should I remind you",
    "What should I remind you about",
    "On which days should I call you",
    "That time has passed",
    "That date doesn't exist",
    "Sorry, I can't call",
    "Your reminder is for",
    "Which city are you in",
];
