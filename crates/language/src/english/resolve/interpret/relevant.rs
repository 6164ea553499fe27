//! Separates the pieces that say something about the time from the pieces that belong to the task.

use crate::english::{
    grammar::{
        amount::Amount,
        correction,
        piece::{FoundPiece, Piece},
        request_words::RequestWords,
    },
    resolve::interpret::aspects::{aspect, aspects},
    text::{reader::Reader, word::Word},
};

/// Separates rules within the request from the other pieces, because such a rule goes with any time: "a weekly reminder
/// for Sunday at 8pm".
pub(crate) fn split_by_request(
    found: Vec<FoundPiece>,
    request_words: &RequestWords,
) -> (Vec<FoundPiece>, Vec<FoundPiece>) {
    let within =
        |found: &FoundPiece| request_words.spans.iter().any(|(start, end)| *start < found.start && found.end < *end);
    found.into_iter().partition(|found| matches!(found.piece, Piece::Every(_)) && within(found))
}

/// Returns the pieces that say something about the time. The end of a rule counts only beside a rule. A bare amount may
/// count from now if there is no other time. If there is another time, a bare amount inside the request counts back
/// from it, and any other bare amount is left out.
pub(crate) fn relevant(
    r: &Reader,
    mut found: Vec<FoundPiece>,
    request_words: &RequestWords,
    inside_request: &[FoundPiece],
) -> Vec<FoundPiece> {
    let repeats = !inside_request.is_empty() || found.iter().any(|found| matches!(found.piece, Piece::Every(_)));
    let says_when = found.iter().any(|found| {
        aspects(&found.piece) & aspect::WHEN != 0 && !matches!(found.piece, Piece::BareAmount(_) | Piece::WeakClock(_))
    });
    let within_request =
        |found: &FoundPiece| request_words.spans.iter().any(|(start, end)| *start <= found.start && found.end <= *end);
    found = without_redundant_today(r, found);
    // "daily mail" and "monthly fee" are not times.
    if let ([only], true) = (found.as_slice(), request_words.spans.is_empty())
        && matches!(r.word(only.start), Word::Periodic(..))
        && (only.start, only.end) == (0, 1)
        && r.len() > 1
    {
        return Vec::new();
    }
    if repeats {
        found.retain(|found| !matches!(found.piece, Piece::BareAmount(_)) || within_request(found));
    } else {
        join_ranges(r, &mut found);
    }
    if let Some(quoted) = quoted(r)
        && found.iter().any(|found| !quoted.contains(&found.start))
    {
        found.retain(|found| !quoted.contains(&found.start));
    }
    found.retain_mut(|found| match found.piece {
        Piece::Until(_) | Piece::UntilTime(_) | Piece::Count(_) | Piece::Except(_) => repeats,
        // In "set a reminder for 15 minutes" the amount counts from now.
        Piece::Lasting(amount) if !repeats => {
            found.piece = Piece::FromNow(amount);
            is_behind_request(found, request_words) && !says_when
        }
        // "thirty minute reminder for tuesday" is due 30 minutes before.
        Piece::BareAmount(amount) if says_when => {
            found.piece = Piece::Offset(amount.negated(), None);
            within_request(found)
        }
        Piece::WeakClock(_) => !says_when && may_be_clock(r, found, request_words),
        Piece::BareAmount(amount) => counts_from_now(r, found, &amount, request_words),
        Piece::Every(_)
        | Piece::Start(_)
        | Piece::Lasting(_)
        | Piece::FromNow(_)
        | Piece::Offset(..)
        | Piece::Day(_)
        | Piece::NoSuchDay
        | Piece::OtherWeekday(_)
        | Piece::Clock(..)
        | Piece::DayPart(..)
        | Piece::Zone(_) => true,
    });
    found
}

/// Returns the range of tokens between the first two quotation marks. A time inside belongs to what is quoted, if there
/// is another time outside.
fn quoted(r: &Reader) -> Option<std::ops::Range<usize>> {
    // An apostrophe that stands apart is a quotation mark.
    let is_single = |at: usize| matches!(r.spelling(at), "'" | "‘" | "’");
    let is_quote = |at: &usize| matches!(r.spelling(*at), "\"" | "“" | "”" | "„" | "«" | "»") || is_single(*at);
    let mut quotes = (0..r.len()).filter(is_quote);
    let (open, close) = (quotes.next()?, quotes.next()?);
    Some(open..close)
}

/// Whether a piece follows a request directly.
fn is_behind_request(found: &FoundPiece, request_words: &RequestWords) -> bool {
    request_words.spans.iter().any(|(_, end)| *end == found.start)
}

/// Whether a number such as "7.30" is a time of day: it is the whole text, or the text asks for a reminder and the
/// number follows the request words directly or has no noun after it.
fn may_be_clock(r: &Reader, found: &FoundPiece, request_words: &RequestWords) -> bool {
    let whole = found.start == 0 && found.end == r.len();
    let ends =
        found.end >= r.len() || is_behind_request(found, request_words) || !matches!(r.word(found.end), Word::Other);
    whole || !request_words.spans.is_empty() && ends
}

/// Whether an amount alone counts from now. The text must ask for a reminder, be as short as "pasta 10 min", or give
/// more than two parts of an amount. The amount must begin the text, follow the request directly, or have no noun after
/// it that it could measure.
fn counts_from_now(r: &Reader, found: &FoundPiece, amount: &Amount, request_words: &RequestWords) -> bool {
    if request_words.spans.iter().any(|(start, end)| *start <= found.start && found.end <= *end) {
        return true;
    }
    let asked = !request_words.spans.is_empty()
        || amount.parts > 2
        || is_short_task(r, found)
        || is_before_short_task(r, found, amount);
    let ends = found.end >= r.len()
        || r.ends_clause(found.end)
        || is_behind_request(found, request_words)
        || found.start == 0
        || r.is_mark(found.end, b',')
        || matches!(r.spelling(found.end), "please" | "pls" | "thanks");
    asked && ends
}

/// Whether one or two words and an amount are a whole text: "pasta 10 min".
fn is_short_task(r: &Reader, amount: &FoundPiece) -> bool {
    (1..=2).contains(&amount.start)
        && amount.end == r.len()
        && (0..amount.start).all(|at| r.word(at) == Word::Other)
        && !matches!(
            r.spelling(0),
            "it" | "its"
                | "we"
                | "he"
                | "she"
                | "they"
                | "that"
                | "this"
                | "brb"
                | "be"
                | "i"
                | "im"
                | "i'm"
                | "ill"
                | "just"
                | "wait"
                | "give"
                | "need"
                | "only"
                | "back"
                | "took"
                | "takes"
                | "got"
                | "like"
                | "maybe"
        )
}

/// Whether a whole text is an amount of minutes or hours and one to three words: "10 mins eggs".
fn is_before_short_task(r: &Reader, found: &FoundPiece, amount: &Amount) -> bool {
    found.start == 0
        && amount.seconds > 0
        && amount.days == 0
        && (1..=3).contains(&(r.len() - found.end))
        && (found.end..r.len()).all(|at| r.word(at) == Word::Other)
        && !matches!(
            r.spelling(found.end),
            "late"
                | "away"
                | "left"
                | "more"
                | "behind"
                | "walk"
                | "drive"
                | "ride"
                | "break"
                | "max"
                | "tops"
                | "only"
                | "delay"
                | "wait"
                | "old"
                | "long"
                | "total"
                | "ahead"
                | "remaining"
                | "flight"
                | "trip"
                | "please"
                | "maybe"
                | "is"
                | "was"
                | "works"
                | "min"
                | "i"
                | "we"
                | "and"
                | "or"
                | "of"
                | "lol"
                | "tho"
        )
}

/// Removes "today" beside an amount from now, unless the amount is in days: "Today in one hour".
fn without_redundant_today(r: &Reader, found: Vec<FoundPiece>) -> Vec<FoundPiece> {
    let is_soon = |found: &FoundPiece| matches!(found.piece, Piece::FromNow(amount) if !amount.is_of_days());
    let mut kept: Vec<FoundPiece> = Vec::with_capacity(found.len());
    for found in found {
        let today = r.word(found.start) == Word::Today && found.end == found.start + 1;
        match kept.last_mut() {
            Some(soon) if today && is_soon(soon) && soon.end == found.start => soon.end = found.end,
            Some(day)
                if is_soon(&found)
                    && day.end == found.start
                    && r.word(day.start) == Word::Today
                    && day.end == day.start + 1 =>
            {
                *day = FoundPiece { start: day.start, ..found };
            }
            _ => kept.push(found),
        }
    }
    kept
}

/// Turns a start without a rule into a day, which also covers the end of its range: "From march 12 to march 15".
fn join_ranges(r: &Reader, found: &mut [FoundPiece]) {
    for i in 0..found.len() {
        let until = found.get(i + 1).filter(|next| next.start == found[i].end);
        let (last, end) = match until.map(|until| (&until.piece, until.end)) {
            Some((Piece::Until(last), end)) => (Some(*last), Some(end)),
            _ => (None, None),
        };
        // "Moved from monday to tuesday" means Tuesday.
        let was_moved = correction::was_moved(r, found[i].start);
        if let Piece::Start(day) = found[i].piece {
            found[i].piece = Piece::Day(last.filter(|_| was_moved).unwrap_or(day));
            found[i].end = end.unwrap_or(found[i].end);
        }
    }
}
