//! Pieces that touch, what they say something about, and how likely they are meant.

use crate::english::resolve::interpret::slots::slot;
use crate::english::{
    grammar::{
        asking::Asks,
        clock::{Clock, Evidence, Half},
        dates::day::Day,
        piece::{self, Found, Piece},
        preposition::Lead,
    },
    resolve::interpret::slots::slots,
    text::{
        reader::Reader,
        word::{Part, Word},
    },
};

/// Pieces that touch.
pub(crate) struct Group {
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) slots: u16,
    pub(crate) score: i32,
}

pub(crate) fn groups(r: &Reader, found: &[Found], asks: &Asks) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::with_capacity(found.len());
    for (i, piece) in found.iter().enumerate() {
        let bits = slots(&piece.piece);
        if let Some(group) = groups.last_mut()
            && let Some(joint) = touching(r, found[i - 1].end, piece.start)
            && may_join(group, &found[group.first..i], piece, bits, joint)
        {
            group.last = i;
            group.slots |= bits;
            continue;
        }
        groups.push(Group { first: i, last: i, slots: bits, score: 0 });
    }
    for (place, group) in groups.iter_mut().enumerate() {
        // Of equals the last one is meant.
        group.score = score(r, group, found, asks) + i32::try_from(place).unwrap_or(0);
    }
    groups
}

/// What stands between two pieces that touch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    Nothing,
    List,
}

pub(crate) fn touching(r: &Reader, from: usize, to: usize) -> Option<Joint> {
    let mut joint = Joint::Nothing;
    for at in from..to {
        match r.word(at) {
            Word::And | Word::Or | Word::Mark(b'&') => joint = Joint::List,
            Word::Mark(b',' | b'/') => joint = Joint::List,
            Word::Mark(b'(' | b')' | b'-' | b':') | Word::Symbol | Word::Exactly => {}
            Word::Mark(b'.') if !r.ends_clause(at) => {}
            Word::Other if r.said(at) == "t" && r.is_glued(at) => {}
            _ => return None,
        }
    }
    Some(joint)
}

fn may_join(group: &Group, pieces: &[Found], piece: &Found, bits: u16, joint: Joint) -> bool {
    let common = group.slots & bits & !slot::END;
    // "every tuesday at 3 and thursday at 5"
    if joint == Joint::List && group.slots & slot::EVERY != 0 && bits & slot::DAY != 0 {
        return false;
    }
    if common == 0 {
        return parts_agree(pieces.iter().map(|found| &found.piece).chain([&piece.piece]));
    }
    let Some(last) = pieces.last() else { return false };
    // "8am and 8pm", "monday and wednesday"; "tonight, this evening" is said twice.
    let list = joint == Joint::List
        && matches!((&last.piece, &piece.piece), (Piece::Clock(..), Piece::Clock(..)) | (Piece::Day(_), Piece::Day(_)));
    // "at 8am 2pm and 8pm"
    let list = list
        || matches!((&last.piece, &piece.piece), (Piece::Clock(a, None), Piece::Clock(b, None))
            if a.evidence == Evidence::Clear && b.evidence == Evidence::Clear && piece.lead == Lead::None);
    let within = pieces.iter().any(|found| {
        matches!((&found.piece, &piece.piece), (Piece::Every(a), Piece::Every(b)) if common == slot::EVERY && a.agrees(b))
    });
    if within {
        return true;
    }
    let again = common == slot::PART || matches!((&last.piece, &piece.piece), (Piece::Part(..), Piece::Part(..)));
    list || again
}

/// Whether a part of the day and a clock can be meant together: not "in the morning at 5pm".
fn parts_agree<'p>(pieces: impl Iterator<Item = &'p Piece>) -> bool {
    let (mut part, mut clock) = (None, None);
    for piece in pieces {
        match piece {
            Piece::Part(found, _) => part = Some(*found),
            Piece::Day(Day { part: Some(found), .. }) => part = Some(*found),
            Piece::Clock(found, _) => clock = Some(*found),
            _ => {}
        }
    }
    let Some(Clock { hour, half: Half::Known, .. }) = clock else { return true };
    match part {
        Some(Part::Morning | Part::Dawn | Part::Breakfast) => hour < 13,
        Some(Part::Afternoon | Part::Evening | Part::Dinner) => hour >= 12,
        _ => true,
    }
}

fn score(r: &Reader, group: &Group, found: &[Found], asks: &Asks) -> i32 {
    let (first, last) = (&found[group.first], &found[group.last]);
    let mut score = 0;
    if is_by_request(group, found, asks) {
        score += 60;
    }
    if asks.spans.iter().any(|(start, _)| only_marks(r, last.end, *start)) {
        score += 40;
    }
    if asks.spans.iter().any(|(start, end)| is_one_clause(r, first.start.min(*start), last.end.max(*end))) {
        score += 15;
    }
    for (bit, worth) in
        [(slot::EVERY, 30), (slot::NOW, 25), (slot::OFFSET, 20), (slot::CLOCK, 12), (slot::DAY, 10), (slot::PART, 5)]
    {
        if group.slots & bit != 0 {
            score += worth;
        }
    }
    if first.lead != Lead::None {
        score += 8;
    }
    if piece::is_plain_weekday(r, first) && group.first == group.last {
        score -= 5;
    }
    score
}

/// Whether a group follows right behind the request: "remind me tomorrow at 5 …".
pub(crate) fn is_by_request(group: &Group, found: &[Found], asks: &Asks) -> bool {
    let start = found[group.first].start;
    asks.spans.iter().any(|(_, end)| *end == start)
}

fn only_marks(r: &Reader, from: usize, to: usize) -> bool {
    from <= to && (from..to).all(|at| matches!(r.word(at), Word::Mark(_)))
}

fn is_one_clause(r: &Reader, from: usize, to: usize) -> bool {
    !(from..to.saturating_sub(1)).any(|at| r.ends_clause(at) || r.is_mark(at, b','))
}

/// "the friday meeting", "tomorrow's game": a time that names what it stands before.
pub(crate) fn is_name(r: &Reader, group: &Group, found: &[Found]) -> bool {
    let (first, last) = (&found[group.first], &found[group.last]);
    let noun_follows = matches!(r.word(last.end), Word::Other) && !r.ends_clause(last.end);
    let possessive = r.is_possessive(last.end - 1);
    let told = first.start > 0
        && matches!(
            r.said(first.start - 1),
            "is" | "starts" | "begins" | "leaves" | "ends" | "opens" | "closes" | "was" | "are" | "departs" | "arrives"
        );
    if told {
        return true;
    }
    let owned = first.start > 0
        && matches!(r.said(first.start - 1), "the" | "my" | "our" | "your" | "his" | "her" | "a" | "an" | "that");
    first.lead == Lead::None && noun_follows && (possessive || owned)
}

pub(crate) fn go_together(said: u16, more: u16, best: &Group, group: &Group, found: &[Found]) -> bool {
    if said & more & !slot::END != 0 {
        return false;
    }
    // A repetition has its own days, and what counts from now has no other day.
    let both = said | more;
    if both & slot::EVERY != 0 && both & (slot::DAY | slot::NOW | slot::SPAN) != 0 {
        return false;
    }
    let pieces = (best.first..=best.last).chain(group.first..=group.last).map(|i| &found[i].piece);
    parts_agree(pieces)
}
