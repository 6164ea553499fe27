//! Groups of pieces that touch, with a score for how likely each is the time of the reminder.

use crate::{
    english::{
        grammar::{
            clock::{Clock, Evidence, Meridiem},
            dates::day::{Day, Grain, IfPast},
            piece::{self, FoundPiece, Piece},
            preposition::Preposition,
            request_words::RequestWords,
        },
        resolve::interpret::aspects::{aspect, aspects},
        text::{
            reader::Reader,
            word::{DayPart, Word},
        },
    },
    rule::Frequency,
};

/// Pieces that touch each other.
pub(crate) struct Group {
    /// Index of the first piece.
    pub(crate) first: usize,
    /// Index of the last piece.
    pub(crate) last: usize,
    /// The aspects that its pieces give.
    pub(crate) aspects: u16,
    /// How likely the group is the time of the reminder, in points.
    pub(crate) score: i32,
}

/// Returns the groups of pieces that touch, in order, with their scores.
pub(crate) fn groups(r: &Reader, found: &[FoundPiece], request_words: &RequestWords) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::with_capacity(found.len());
    for (i, piece) in found.iter().enumerate() {
        let bits = aspects(&piece.piece);
        if let Some(group) = groups.last_mut()
            && let Some(joint) = touching(r, found[i - 1].end, piece.start)
            && may_join(group, &found[group.first..i], piece, bits, joint)
        {
            group.last = i;
            group.aspects |= bits;
            continue;
        }
        groups.push(Group { first: i, last: i, aspects: bits, score: 0 });
    }
    for (place, group) in groups.iter_mut().enumerate() {
        // Each group gets one point more than the group before it, so that the last of several equal groups wins.
        group.score = score(r, group, found, request_words) + i32::try_from(place).unwrap_or(0);
    }
    groups
}

/// The tokens between two pieces that touch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    /// No token, or tokens that say nothing: marks, symbols, "exactly".
    Nothing,
    /// "And", "&", "or", a comma or a slash.
    List,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other word is treated alike")]
pub(crate) fn touching(r: &Reader, from: usize, to: usize) -> Option<Joint> {
    let mut joint = Joint::Nothing;
    for at in from..to {
        match r.word(at) {
            Word::And | Word::Or | Word::Mark(b'&') => joint = Joint::List,
            Word::Mark(b',' | b'/') => joint = Joint::List,
            Word::Mark(b'(' | b')' | b'-' | b':') | Word::Symbol | Word::Exactly => {}
            Word::Mark(b'.') if !r.ends_clause(at) => {}
            Word::Other if r.spelling(at) == "t" && r.is_adjacent(at) => {}
            // For instance "at 5 and again at 6".
            Word::Other if joint == Joint::List && matches!(r.spelling(at), "again" | "then" | "also") => {}
            _ => return None,
        }
    }
    Some(joint)
}

fn may_join(group: &Group, pieces: &[FoundPiece], piece: &FoundPiece, bits: u16, joint: Joint) -> bool {
    let common = group.aspects & bits & !aspect::END;
    // After a rule, another day in a list begins a new group: "every tuesday at 3 and thursday at 5".
    if joint == Joint::List && group.aspects & aspect::EVERY != 0 && bits & aspect::DAY != 0 {
        return false;
    }
    if common == 0 {
        return parts_agree(pieces.iter().map(|found| &found.piece).chain([&piece.piece]));
    }
    let Some(last) = pieces.last() else { return false };
    // "8am and 8pm" and "monday and wednesday" are lists; "tonight, this evening" says the same twice.
    let list = joint == Joint::List
        && matches!((&last.piece, &piece.piece), (Piece::Clock(..), Piece::Clock(..)) | (Piece::Day(_), Piece::Day(_)));
    // Clear times without a preposition also make a list: "at 8am 2pm and 8pm".
    let list = list
        || matches!((&last.piece, &piece.piece), (Piece::Clock(a, None), Piece::Clock(b, None))
            if a.evidence == Evidence::Clear && b.evidence == Evidence::Clear && piece.preposition == Preposition::None);
    let within = pieces.iter().any(|found| {
        matches!((&found.piece, &piece.piece), (Piece::Every(a), Piece::Every(b)) if common == aspect::EVERY && a.agrees(b))
    });
    if within {
        return true;
    }
    let again =
        common == aspect::PART || matches!((&last.piece, &piece.piece), (Piece::DayPart(..), Piece::DayPart(..)));
    list || again
}

/// Whether a part of the day and a time agree. In "in the morning at 5pm" they do not.
fn parts_agree<'p>(pieces: impl Iterator<Item = &'p Piece>) -> bool {
    let (mut part, mut clock) = (None, None);
    for piece in pieces {
        match piece {
            Piece::DayPart(found, _) => part = Some(*found),
            Piece::Day(Day { part: Some(found), .. }) => part = Some(*found),
            Piece::Clock(found, _) => clock = Some(*found),
            Piece::Every(_)
            | Piece::Start(_)
            | Piece::Until(_)
            | Piece::UntilTime(_)
            | Piece::Lasting(_)
            | Piece::Count(_)
            | Piece::Except(_)
            | Piece::FromNow(_)
            | Piece::BareAmount(_)
            | Piece::Offset(..)
            | Piece::Day(_)
            | Piece::NoSuchDay
            | Piece::OtherWeekday(_)
            | Piece::WeakClock(_)
            | Piece::Zone(_) => {}
        }
    }
    let Some(Clock { hour, meridiem: Meridiem::Known, .. }) = clock else { return true };
    match part {
        Some(DayPart::Morning | DayPart::Dawn | DayPart::Breakfast) => hour < 13,
        Some(DayPart::Afternoon | DayPart::Evening | DayPart::Dinner) => hour >= 12,
        _ => true,
    }
}

fn score(r: &Reader, group: &Group, found: &[FoundPiece], request_words: &RequestWords) -> i32 {
    let (first, last) = (&found[group.first], &found[group.last]);
    let mut score = 0;
    if is_by_request(group, found, request_words) {
        score += 60;
    }
    if request_words.spans.iter().any(|(start, _)| only_marks(r, last.end, *start)) {
        score += 40;
    }
    if request_words.spans.iter().any(|(start, end)| is_one_clause(r, first.start.min(*start), last.end.max(*end))) {
        score += 15;
    }
    for (bit, worth) in [
        (aspect::EVERY, 30),
        (aspect::NOW, 25),
        (aspect::OFFSET, 20),
        (aspect::CLOCK, 12),
        (aspect::DAY, 10),
        (aspect::PART, 5),
    ] {
        if group.aspects & bit != 0 {
            score += worth;
        }
    }
    if first.preposition != Preposition::None {
        score += 8;
    }
    if piece::is_plain_weekday(r, first) && group.first == group.last {
        score -= 5;
    }
    score
}

/// Whether a group follows the request directly: "remind me tomorrow at 5 …".
pub(crate) fn is_by_request(group: &Group, found: &[FoundPiece], request_words: &RequestWords) -> bool {
    let start = found[group.first].start;
    request_words.spans.iter().any(|(_, end)| *end == start)
}

fn only_marks(r: &Reader, from: usize, to: usize) -> bool {
    from <= to && (from..to).all(|at| matches!(r.word(at), Word::Mark(_)))
}

fn is_one_clause(r: &Reader, from: usize, to: usize) -> bool {
    !(from..to.saturating_sub(1)).any(|at| r.ends_clause(at) || r.is_mark(at, b','))
}

/// Whether the words before a place pass something on to another person: "tell mom to call me", "ask bob if".
fn is_passed_on(r: &Reader, at: usize) -> bool {
    let from = at.saturating_sub(8);
    (from..at).any(|verb| {
        matches!(r.spelling(verb), "tell" | "ask" | "remind" | "let")
            && !matches!(r.spelling(verb + 1), "me" | "us")
            && (verb + 2..at.min(verb + 5))
                .any(|next| r.word(next) == Word::To || matches!(r.spelling(next), "that" | "if" | "know" | "whether"))
    })
}

/// Whether a noun that names an event follows a group: the time of "tomorrow's meeting" is the event's.
pub(crate) fn is_before_event(r: &Reader, group: &Group, found: &[FoundPiece]) -> bool {
    let end = found[group.last].end;
    (end..end + 3).any(|at| {
        matches!(
            r.spelling(at),
            "meeting"
                | "meetings"
                | "call"
                | "appointment"
                | "appt"
                | "class"
                | "game"
                | "match"
                | "interview"
                | "exam"
                | "test"
                | "lunch"
                | "dinner"
                | "breakfast"
                | "party"
                | "flight"
                | "show"
                | "concert"
                | "session"
                | "practice"
                | "lesson"
                | "event"
                | "visit"
                | "shift"
                | "train"
                | "conference"
                | "webinar"
                | "wedding"
                | "gym"
                | "church"
                | "service"
                | "sale"
                | "launch"
                | "deadline"
                | "reminder"
        )
    })
}

/// Whether a time belongs to the task: it is part of the name of the noun after it ("the friday meeting", "tomorrow's
/// game"), or it is the event's own time ("the movie starts at 8").
pub(crate) fn is_name(r: &Reader, group: &Group, found: &[FoundPiece]) -> bool {
    let (first, last) = (&found[group.first], &found[group.last]);
    let noun_follows = matches!(r.word(last.end), Word::Other) && !r.ends_clause(last.end);
    let possessive = r.is_possessive(last.end - 1);
    let told = first.start > 0
        && matches!(
            r.spelling(first.start - 1),
            "is" | "starts" | "begins" | "leaves" | "ends" | "opens" | "closes" | "was" | "are" | "departs" | "arrives"
        );
    // "Remind me tonight to set my alarm for 5am" and "… to tell mom to call me tomorrow" have times of their own.
    let of_alarm = first.start > 0 && matches!(r.spelling(first.start - 1), "alarm" | "alarms" | "timer");
    if told || of_alarm || is_passed_on(r, first.start) {
        return true;
    }
    let owned = r.word(first.start) == Word::The
        || first.start > 0
            && matches!(
                r.spelling(first.start - 1),
                "the" | "my" | "our" | "your" | "his" | "her" | "a" | "an" | "that"
            );
    first.preposition == Preposition::None && noun_follows && (possessive || owned)
}

pub(crate) fn go_together(said: u16, more: u16, best: &Group, group: &Group, found: &[FoundPiece]) -> bool {
    if said & more & !aspect::END != 0 {
        return false;
    }
    // A rule has its own days, so it does not go with a day, a week, a month or an amount from now.
    let both = said | more;
    let pieces = || (best.first..=best.last).chain(group.first..=group.last).map(|i| &found[i].piece);
    if both & aspect::EVERY != 0 && both & (aspect::DAY | aspect::NOW | aspect::SPAN) != 0 && !completes_rule(pieces())
    {
        return false;
    }
    let pieces = pieces();
    parts_agree(pieces)
}

/// Whether days complete a rule that leaves its days open: "march 3 … every year", "sat and sun … every week".
pub(crate) fn completes_rule<'p>(pieces: impl Iterator<Item = &'p Piece>) -> bool {
    let (mut open, mut fits) = (None, None);
    let mut all = true;
    for piece in pieces {
        match piece {
            Piece::Every(every) => {
                let pattern = &every.pattern;
                let says_days = !(pattern.weekdays.is_empty()
                    && pattern.month_days.is_empty()
                    && pattern.year_days.is_empty()
                    && pattern.months.is_empty());
                open = (!says_days).then_some(pattern.frequency);
            }
            Piece::Day(Day { grain: Grain::Day, if_past, .. }) => {
                all &= fits.is_none_or(|fits| fits == *if_past);
                fits = Some(*if_past);
            }
            Piece::FromNow(_) | Piece::BareAmount(_) | Piece::Day(_) | Piece::NoSuchDay | Piece::OtherWeekday(_) => {
                all = false
            }
            Piece::Start(_)
            | Piece::Until(_)
            | Piece::UntilTime(_)
            | Piece::Lasting(_)
            | Piece::Count(_)
            | Piece::Except(_)
            | Piece::Offset(..)
            | Piece::Clock(..)
            | Piece::WeakClock(_)
            | Piece::DayPart(..)
            | Piece::Zone(_) => {}
        }
    }
    all && matches!(
        (open, fits),
        (Some(Frequency::Yearly), Some(IfPast::Yearly | IfPast::OnHoliday(_)))
            | (Some(Frequency::Weekly), Some(IfPast::Weekly))
    )
}
