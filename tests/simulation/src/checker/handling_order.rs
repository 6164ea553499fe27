//! The order in which the service handled a person's texts. Texts overtake each other on their way, and so do the
//! answers that are sent as texts. So neither the deliveries nor the answers are always in this order.

use super::person_history::{Answered, PersonHistory, PersonText, ServiceText};
use super::promise::StatedDue;
use crate::people::Meaning;

/// How long a question stays open, in milliseconds.
pub(super) const OPEN_MS: i64 = 600_000;

/// Words of the question whether the repeating reminders should move to another zone.
const ASKS_TO_MOVE: &str = "YES or NO";

/// First words of the answer to a text about the zone that plans reminders again, or says why they stay.
const PLANS_AGAIN: &str = "OK, using ";

/// First words of the answer to a YES when no question was open.
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
    pub(super) fn is_asked_back(&self) -> bool {
        self.answer.is_some_and(|answer| answer.body.contains(ASKS_TO_MOVE))
    }

    /// Whether its answer, by the first words, says that the repeating reminders moved to the zone of this city.
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

    /// Whether it is a YES or a NO with an answer. Such a text closes an open question.
    fn closes_question(&self) -> bool {
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
    put_right(&mut texts, corrects_before);
    put_right(&mut texts, asks_before);
    put_right(&mut texts, obeys_before);
    texts
}

/// Puts right the order in which a person changed the due of a one-off. An UNDO puts back a due that was stated before.
/// If the answer to the UNDO arrived before the answer to the move that the UNDO took back, the move was received first.
pub(super) fn put_right_dues(stated: &mut [StatedDue]) {
    put_right(stated, |stated, undo, moved| {
        let is_put_back = stated[..undo].iter().any(|before| before.due_ms == stated[undo].due_ms);
        moved == undo + 1 && is_put_back && stated[moved].requested_ms < stated[undo].requested_ms
    });
}

/// Moves a later item before an item if it was handled before it. `is_before` gets the places of the item and of the
/// later item.
fn put_right<T>(items: &mut [T], is_before: impl Fn(&[T], usize, usize) -> bool) {
    for place in 0..items.len() {
        if let Some(later) = (place + 1..items.len()).find(|later| is_before(items, place, *later)) {
            items[place..=later].rotate_right(1);
        }
    }
}

/// Whether a later text corrected the guessed zone, so that it was handled before the first text about the zone. Only
/// such a correction plans reminders again.
fn corrects_before(texts: &[Handled<'_, '_>], first: usize, later: usize) -> bool {
    let is_correction = |text: &Handled<'_, '_>| text.is_about_zone() && text.is_answered_with(PLANS_AGAIN);
    texts[first].is_about_zone()
        && !texts[..first].iter().any(Handled::is_about_zone)
        && !is_correction(&texts[first])
        && is_correction(&texts[later])
}

/// Whether a later text about the zone has the question that this YES answered. The answer to the YES names the zone to
/// which the repeating reminders moved, and only a YES to the question about that zone moves them.
fn asks_before(texts: &[Handled<'_, '_>], yes: usize, later: usize) -> bool {
    let Handled { text, received_ms, answer } = texts[yes];
    let moved = answer.filter(|_| *text.meaning == Meaning::Yes).and_then(|said| said.body.strip_prefix(PLANS_AGAIN));
    let asks = |other: &Handled<'_, '_>| {
        let Meaning::Zone(place) = other.text.meaning else { return false };
        moved.is_some_and(|moved| moved.starts_with(&format!("{} time", place.city)))
            && (received_ms - OPEN_MS..=received_ms).contains(&other.received_ms)
            && other.is_asked_back()
    };
    asks(&texts[later]) && !texts[..yes].iter().any(asks)
}

/// Whether a later YES answered the question that was open at this YES or NO. This text was not understood, so it was
/// handled after the question had been closed. If two YES overlap, the answer to one fits the other as well.
fn obeys_before(texts: &[Handled<'_, '_>], unclear: usize, later: usize) -> bool {
    let (before, between) = (&texts[..unclear], &texts[unclear + 1..later]);
    let may_ask = |text: &Handled<'_, '_>| text.is_about_zone() && (text.answer.is_none() || text.is_asked_back());
    let is_unclear = texts[unclear].closes_question() && texts[unclear].is_answered_with(IS_UNCLEAR);
    let last = before.iter().rfind(|text| text.is_about_zone() || text.closes_question());
    let is_open = last.filter(|text| may_ask(text)).is_some_and(|question| match question.text.meaning {
        Meaning::Zone(place) => *texts[later].text.meaning == Meaning::Yes && texts[later].moves_to(place.city),
        _ => false,
    });
    is_unclear && is_open && !between.iter().any(|text| text.closes_question() || may_ask(text))
}
