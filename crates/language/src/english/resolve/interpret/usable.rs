//! Which pieces mean something in this text, and which are part of what it is about.

use crate::english::resolve::interpret::slots::slot;
use crate::english::{
    grammar::{
        asking::Asks,
        piece::{Found, Piece},
    },
    resolve::interpret::slots::slots,
    text::{reader::Reader, word::Word},
};

/// "a weekly reminder for Sunday at 8pm": how often, said within the request, goes with any time.
pub(crate) fn apart_from_request(found: Vec<Found>, asks: &Asks) -> (Vec<Found>, Vec<Found>) {
    let within = |found: &Found| asks.spans.iter().any(|(start, end)| *start < found.start && found.end < *end);
    found.into_iter().partition(|found| matches!(found.piece, Piece::Every(_)) && within(found))
}

/// The pieces that mean something here: ends of repetitions only beside one, bare amounts only where nothing else is said.
pub(crate) fn usable(r: &Reader, mut found: Vec<Found>, asks: &Asks, adjective: &[Found]) -> Vec<Found> {
    let repeats = !adjective.is_empty() || found.iter().any(|found| matches!(found.piece, Piece::Every(_)));
    let says_when = found
        .iter()
        .any(|found| slots(&found.piece) & slot::WHEN != 0 && !matches!(found.piece, Piece::Bare(_) | Piece::Weak(_)));
    let behind_request = |found: &Found| asks.spans.iter().any(|(_, end)| *end == found.start);
    let within_request =
        |found: &Found| asks.spans.iter().any(|(start, end)| *start <= found.start && found.end <= *end);
    found = without_today(r, found);
    // "daily mail", "monthly fee": no time of anything.
    if let ([only], true) = (found.as_slice(), asks.spans.is_empty())
        && matches!(r.word(only.start), Word::Periodic(..))
        && (only.start, only.end) == (0, 1)
        && r.len() > 1
    {
        return Vec::new();
    }
    if repeats {
        found.retain(|found| !matches!(found.piece, Piece::Bare(_)) || within_request(found));
    } else {
        join_ranges(&mut found);
    }
    found.retain_mut(|found| match found.piece {
        Piece::Until(_) | Piece::UntilTime(_) | Piece::Count(_) => repeats,
        // "set a reminder for 15 minutes": there it is a time from now.
        Piece::For(amount) if !repeats => {
            found.piece = Piece::In(amount);
            behind_request(found) && !says_when
        }
        // "thirty minute reminder for tuesday" is to come before.
        Piece::Bare(amount) if says_when => {
            found.piece = Piece::Offset(amount.negated(), None);
            within_request(found)
        }
        Piece::Weak(_) => {
            let whole = found.start == 0 && found.end == r.len();
            let ends = found.end >= r.len() || behind_request(found) || !matches!(r.word(found.end), Word::Other);
            !says_when && (whole || !asks.spans.is_empty() && ends)
        }
        Piece::Bare(amount) => {
            let asked = !asks.spans.is_empty() || amount.parts > 2 || names_what(r, found);
            let ends = found.end >= r.len()
                || r.ends_clause(found.end)
                || behind_request(found)
                || found.start == 0
                || r.is_mark(found.end, b',')
                || matches!(r.said(found.end), "please" | "pls" | "thanks");
            asked && ends
        }
        _ => true,
    });
    found
}

/// "pasta 10 min": a word or two and how long until then, which is no sentence.
fn names_what(r: &Reader, amount: &Found) -> bool {
    (1..=2).contains(&amount.start)
        && amount.end == r.len()
        && (0..amount.start).all(|at| r.word(at) == Word::Other)
        && !matches!(
            r.said(0),
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

/// "Today in one hour": what counts from now is today anyway.
fn without_today(r: &Reader, found: Vec<Found>) -> Vec<Found> {
    let is_soon = |found: &Found| matches!(found.piece, Piece::In(amount) if !amount.is_of_days());
    let mut kept: Vec<Found> = Vec::with_capacity(found.len());
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
                *day = Found { start: day.start, ..found };
            }
            _ => kept.push(found),
        }
    }
    kept
}

/// "From march 12 to march 15" once is on the first day.
fn join_ranges(found: &mut [Found]) {
    for i in 0..found.len() {
        let until = found.get(i + 1).filter(|next| next.start == found[i].end && matches!(next.piece, Piece::Until(_)));
        let end = until.map(|until| until.end);
        if let Piece::Start(day) = found[i].piece {
            found[i].piece = Piece::Day(day);
            found[i].end = end.unwrap_or(found[i].end);
        }
    }
}
