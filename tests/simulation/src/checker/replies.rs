//! Which answer belongs to which text. A reply to a webhook names its text. A separate answer does not, so each text is
//! matched with a different answer whose words fit it.

use super::answers::{self, Answer, PromiseKind};
use super::dues::SKEW_MS;
use super::person_history::{Answered, PersonHistory, PersonText, ServiceText, replaces_a_call};
use super::stated_dues;
use crate::history::RequestOutcome;
use crate::people::{Meaning, Place};
use reminder::ids::MessageId;

impl<'a> PersonHistory<'a> {
    /// The texts whose own answer was perhaps not seen: texts without an answer, and texts with a separate answer that
    /// may belong to another text.
    pub(super) fn silent(&self) -> impl Iterator<Item = &PersonText<'a>> {
        let all = self.texts.iter().zip(&self.answered);
        let missing = all.clone().any(|(text, answered)| !text.is_key() && !matches!(answered, Answered::With(_)));
        let is_certain = move |text: &PersonText<'_>, answered: &Answered| match answered {
            Answered::With(place) => {
                let answer = &self.answers[*place];
                let names = !matches!(answers::read(answer.body), Answer::Refused | Answer::Other);
                // Another copy of the same words may have answered another text as well.
                let is_only_copy = || self.answers.iter().filter(|other| other.body == answer.body).count() == 1;
                // Words that fit several texts may also have answered another text.
                let fits = |text: &&PersonText<'_>| {
                    let is_handed = text.handed.first().is_some_and(|handed_ms| *handed_ms <= answer.at_ms);
                    is_handed && !text.is_key() && is_answer_to(text.meaning, answer.body)
                };
                // The words may also be a late try of the answer to another text: DELETE and UNDO, or two texts "done",
                // may be answered in the same words.
                let is_copy = || {
                    self.texts.iter().zip(&self.answered).filter(|(other, _)| other.id != text.id).any(
                        |(other, own)| {
                            matches!(own, Answered::With(place) if self.answers[*place].body == answer.body)
                                && may_answer(self, other, answer.body, answer.at_ms)
                        },
                    )
                };
                answer.to.is_some()
                    || (names && !is_copy() && !self.may_answer_another(answer, &mut vec![&text.id]))
                    || (!missing && is_only_copy() && self.texts.iter().filter(fits).count() == 1)
            }
            Answered::Refused | Answered::No => false,
        };
        all.filter(move |(text, answered)| !is_certain(text, answered)).map(|(text, _)| text)
    }

    /// Whether a separate answer may belong to a text that is not in `passed`. Then the text that it was matched with
    /// may have no answer. The other text must be without an answer, or its own answer may in turn belong to a further
    /// text: "I can't find that reminder" answers SKIP 2 as well as DONE 2.
    fn may_answer_another<'s>(&'s self, answer: &ServiceText<'_>, passed: &mut Vec<&'s MessageId>) -> bool {
        for (text, answered) in self.texts.iter().zip(&self.answered) {
            if passed.contains(&&text.id) || !may_answer(self, text, answer.body, answer.at_ms) {
                continue;
            }
            passed.push(&text.id);
            let may_take_it = match answered {
                Answered::With(place) => {
                    let own = &self.answers[*place];
                    own.to.is_none() && self.may_answer_another(own, passed)
                }
                Answered::Refused | Answered::No => true,
            };
            if may_take_it {
                return true;
            }
        }
        false
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
    for (place, answer) in history.answers.iter().enumerate() {
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
                is_free && at_ms <= by_ms[text] && may_answer(history, &history.texts[text], body, at_ms)
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
    let sent = history.answers.iter().enumerate().filter(|(_, answer)| answer.to.is_none());
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
    history.answers.iter().filter(|reply| reply.body == answer.body).any(|reply| {
        let text = reply.to.map(|to| &history.texts[to]).filter(|text| text.handed.len() > 1);
        text.is_some_and(|text| may_answer(history, text, answer.body, answer.at_ms))
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

/// Whether this may be the answer to a text. An answer that promises a call states a due, so it can only answer a text
/// that asked for this due: the answers to two moves of one reminder have the same first words.
pub(super) fn may_answer(history: &PersonHistory<'_>, text: &PersonText<'_>, body: &str, at_ms: i64) -> bool {
    let is_meant = || match answers::read(body) {
        Answer::Promise(promised) => stated_dues::due(history, text, &promised, at_ms).is_some(),
        _ => true,
    };
    !text.is_key()
        && text.handed.first().is_some_and(|handed_ms| *handed_ms <= at_ms)
        && is_answer_to(text.meaning, body)
        && !names_what_came_later(history, text, body)
        && is_meant()
}

/// Whether an answer names a task that was asked for only after this text had been received. A command sees only the
/// reminders that existed when it was received.
fn names_what_came_later(history: &PersonHistory<'_>, text: &PersonText<'_>, body: &str) -> bool {
    let Some(received_ms) = text.handed.last().filter(|_| body.contains('#')) else { return false };
    let is_later =
        |other: &PersonText<'_>| other.handed.first().is_some_and(|asked_ms| *asked_ms > received_ms + SKEW_MS);
    let asks_for =
        |other: &PersonText<'_>, wanted: &str| matches!(other.meaning, Meaning::Remind { task, .. } if task == wanted);
    history.texts.iter().filter(|other| is_later(other)).any(|other| {
        let Meaning::Remind { task, .. } = other.meaning else { return false };
        // The same task may have been asked for before as well.
        let is_old = || history.texts.iter().any(|text| asks_for(text, task) && !is_later(text));
        body.contains(task.as_str()) && !is_old()
    })
}

/// Whether these words may answer a text of this meaning. Words that the checker does not know may only answer YES or
/// NO.
pub(super) fn is_answer_to(meaning: &Meaning, body: &str) -> bool {
    let begins = |openings: &[&str]| openings.iter().any(|opening| body.starts_with(opening));
    let is_no_such = body.starts_with("I can't find that reminder");
    let is_nothing_rang = body.starts_with("No reminder rang");
    let is_unclear = body.starts_with("Sorry, I didn't get that");
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
        | (Answer::Refused, Meaning::Remind { .. } | Meaning::Move(..) | Meaning::Snooze(_)) => true,
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
        (Answer::Other, Meaning::DoneWith(_)) => is_no_such || is_nothing_rang || body.contains("hasn't rung yet"),
        (Answer::Other, Meaning::Skip(number)) => {
            is_no_such || begins(&["Skipped", "Not skipped"]) || body.starts_with(&format!("#{number} is paused"))
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
