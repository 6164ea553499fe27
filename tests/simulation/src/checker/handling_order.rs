//! The order in which the service handled a person's texts. Texts overtake each other on their way, and so do the
//! answers that are sent as texts. So neither the deliveries nor the answers are always in this order.

use super::person_history::{Answered, PersonHistory, PersonText, ServiceText};
use super::promise::StatedDue;
use crate::people::Meaning;

/// How long a question stays open, in milliseconds.
pub(super) const OPEN_MS: i64 = 600_000;

/// Words of the question whether the repeating reminders should move to another zone.
const ASKS_TO_MOVE: &str = "YES or NO";

/// First words of an answer that says which reminders were planned again in another zone, or why they stay.
const PLANS_AGAIN: &str = "OK, using ";

/// First words of the answer to a YES or NO when no question was open.
const IS_UNCLEAR: &str = "Sorry, I didn't get that";

/// A text that was delivered to the service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handled<'h, 'a> {
    pub(super) text: &'h PersonText<'a>,
    /// Its first delivery, in milliseconds.
    pub(super) received_ms: i64,
    /// Its answer, if the answer was seen.
    pub(super) answer: Option<&'h ServiceText<'a>>,
}

impl Handled<'_, '_> {
    /// Whether its answer asks whether the repeating reminders should move to another zone.
    pub(super) fn has_question(&self) -> bool {
        self.answer.is_some_and(|answer| answer.body.contains(ASKS_TO_MOVE))
    }

    /// Whether its answer, by the first words, says that the repeating reminders move to the zone of this city.
    pub(super) fn moves_to(&self, city: &str) -> bool {
        let is_city = |words| self.answer.and_then(|answer| answer.body.strip_prefix(words)?.strip_prefix(city));
        [PLANS_AGAIN, "OK, I'll use "].into_iter().any(|words| is_city(words).is_some())
    }

    fn is_about_zone(&self) -> bool {
        matches!(self.text.meaning, Meaning::Zone(_))
    }

    /// Whether its answer begins with these words.
    fn is_answered_with(&self, words: &str) -> bool {
        self.answer.is_some_and(|answer| answer.body.starts_with(words))
    }

    /// Whether it closes an open question: it is a YES or a NO, and its answer was seen.
    pub(super) fn closes_question(&self) -> bool {
        matches!(self.text.meaning, Meaning::Yes | Meaning::No) && self.answer.is_some()
    }

    /// When it was handled, by its answer, or else by its delivery. A separate answer counts from its first try.
    fn handled_ms(&self, history: &PersonHistory<'_>) -> i64 {
        let Some(answer) = self.answer else { return self.received_ms };
        let is_try = |body, at_ms| answer.to.is_none() && answer.body == body && at_ms >= self.received_ms;
        let tries = history.text_requests.iter().filter(|request| is_try(request.body, request.at_ms));
        tries.map(|request| request.at_ms).min().unwrap_or(answer.at_ms)
    }
}

/// A person's texts in the order in which the service handled them: the order of their answers, unless the words of an
/// answer show another order.
pub(super) fn texts<'h, 'a>(history: &'h PersonHistory<'a>) -> Vec<Handled<'h, 'a>> {
    let with_answers = history.texts.iter().zip(&history.answered);
    let delivered = with_answers.filter_map(|(text, answered)| {
        let answer = match answered {
            Answered::With(place) => Some(&history.answers[*place]),
            Answered::Refused | Answered::No => None,
        };
        Some(Handled { text, received_ms: *text.handed.first()?, answer })
    });
    let mut texts: Vec<_> = delivered.collect();
    texts.sort_by_key(|text| text.handled_ms(history));
    put_right(&mut texts, correction_before_other_zones);
    put_right(&mut texts, question_before_yes);
    put_right(&mut texts, question_before_unanswered_yes);
    put_right(&mut texts, yes_before_unclear);
    texts
}

/// Puts the stated dues of a one-off in the order in which the service set them. An UNDO puts back a due that was
/// stated before. Its answer may arrive before the answer to the move that it took back, but the move was received
/// first.
pub(super) fn put_right_dues(stated: &mut [StatedDue]) {
    put_right(stated, |stated, undo, moved| {
        let is_put_back = stated[..undo].iter().any(|before| before.due_ms == stated[undo].due_ms);
        moved == undo + 1 && is_put_back && stated[moved].requested_ms < stated[undo].requested_ms
    });
}

/// Puts items in the order in which they were handled: if `is_before` says that a later item was handled before an
/// item, the later item moves to the place before that item. `is_before` gets the place of the item and that of the
/// later item.
fn put_right<T>(items: &mut [T], is_before: impl Fn(&[T], usize, usize) -> bool) {
    for place in 0..items.len() {
        if let Some(later) = (place + 1..items.len()).find(|later| is_before(items, place, *later)) {
            items[place..=later].rotate_right(1);
        }
    }
}

/// Whether a later text corrected the guessed zone, so that it was handled before the text that is now the first one
/// about the zone. Of all texts about the zone, only this correction plans reminders again.
fn correction_before_other_zones(texts: &[Handled<'_, '_>], first: usize, later: usize) -> bool {
    let is_correction = |text: &Handled<'_, '_>| text.is_about_zone() && text.is_answered_with(PLANS_AGAIN);
    texts[first].is_about_zone()
        && !texts[..first].iter().any(Handled::is_about_zone)
        && !is_correction(&texts[first])
        && is_correction(&texts[later])
}

/// Whether the question that this YES answered belongs to a later text about the zone. The answer to the YES names the
/// zone to which the repeating reminders moved, and only a YES to the question about that zone moves them. The answer
/// names no reminder if none is planned again now: a reminder whose occurrence has begun moves after that occurrence.
fn question_before_yes(texts: &[Handled<'_, '_>], yes: usize, later: usize) -> bool {
    let (is_yes, received_ms) = (*texts[yes].text.meaning == Meaning::Yes, texts[yes].received_ms);
    let asks = |other: &Handled<'_, '_>| {
        let Meaning::Zone(place) = other.text.meaning else { return false };
        is_yes
            && texts[yes].moves_to(&format!("{} time", place.city))
            && (received_ms - OPEN_MS..=received_ms).contains(&other.received_ms)
            && other.has_question()
    };
    asks(&texts[later]) && !texts[..yes].iter().any(asks)
}

/// Whether a YES without an answer may have answered the question of a later text about the zone. That text was received
/// before the YES. It only seems to be later because faults delayed its answer, while the YES counts from its delivery.
fn question_before_unanswered_yes(texts: &[Handled<'_, '_>], yes: usize, later: usize) -> bool {
    let Handled { text, received_ms, answer } = texts[yes];
    let asks = |other: &Handled<'_, '_>| {
        other.is_about_zone()
            && other.has_question()
            && (received_ms - OPEN_MS..=received_ms).contains(&other.received_ms)
    };
    *text.meaning == Meaning::Yes && answer.is_none() && asks(&texts[later]) && !texts[..yes].iter().any(asks)
}

/// Whether a later YES was handled before this YES or NO. Of two such texts that overlap, the first one answers the
/// open question, and the other one is not understood. So the later YES was first if its answer moves the repeating
/// reminders as the question says, and this text was not understood although the question was open.
fn yes_before_unclear(texts: &[Handled<'_, '_>], unclear: usize, later: usize) -> bool {
    let (before, between) = (&texts[..unclear], &texts[unclear + 1..later]);
    let may_ask = |text: &Handled<'_, '_>| text.is_about_zone() && (text.answer.is_none() || text.has_question());
    let is_unclear = texts[unclear].closes_question() && texts[unclear].is_answered_with(IS_UNCLEAR);
    let last = before.iter().rfind(|text| text.is_about_zone() || text.closes_question());
    let is_open = last.filter(|text| may_ask(text)).is_some_and(|question| match question.text.meaning {
        Meaning::Zone(place) => *texts[later].text.meaning == Meaning::Yes && texts[later].moves_to(place.city),
        _ => false,
    });
    is_unclear && is_open && !between.iter().any(|text| text.closes_question() || may_ask(text))
}
