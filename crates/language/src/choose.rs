//! Which of a text's pieces of time say when to ring, and which belong to the task.
//!
//! Pieces that touch form a group. The group nearest to the request and saying most is taken; others join it where they
//! add what it lacks ("tomorrow … at 5"). A group that says the same thing twice stays in the task ("Sunday gym every
//! Saturday evening").

use crate::{
    amount::Amount,
    asks::Asks,
    clock::{Clock, Evidence, Half},
    day::{Day, Grain, Roll},
    lexicon::{Part, Word},
    part,
    piece::{self, Found, Lead, Piece},
    reader::Reader,
    recurrence::Every,
    weekday,
};
use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};

/// What is said about when, taken together.
#[derive(Clone, Debug, Default)]
pub(crate) struct When {
    pub(crate) days: Vec<Day>,
    pub(crate) clocks: Vec<Clock>,
    /// The end of a range of times of day.
    pub(crate) range_end: Option<Clock>,
    pub(crate) part: Option<(Part, Time)>,
    pub(crate) from_now: Option<Amount>,
    pub(crate) every: Option<Every>,
    pub(crate) start: Option<Day>,
    pub(crate) until: Option<Day>,
    pub(crate) until_time: Option<Clock>,
    pub(crate) lasting: Option<Amount>,
    pub(crate) count: Option<u32>,
    pub(crate) offset: Option<Amount>,
    pub(crate) zone: Option<TimeZone>,
    pub(crate) no_such_day: bool,
    /// Other times of the same reminder: "today at 5 and tomorrow at 9".
    pub(crate) also: Vec<When>,
}

impl When {
    pub(crate) fn is_empty(&self) -> bool {
        self.days.is_empty()
            && self.clocks.is_empty()
            && self.part.is_none()
            && self.from_now.is_none()
            && self.every.is_none()
            && self.start.is_none()
            && self.offset.is_none()
            && !self.no_such_day
    }

    fn add(&mut self, piece: &Piece) {
        match piece {
            Piece::Every(every) => self.every = Some((**every).clone()),
            Piece::Start(day) => self.start = Some(*day),
            Piece::Until(day) => self.until = Some(*day),
            Piece::UntilTime(clock) => self.until_time = Some(*clock),
            Piece::For(amount) => self.lasting = Some(*amount),
            Piece::Count(times) => self.count = Some(*times),
            Piece::In(amount) | Piece::Bare(amount) => self.from_now = Some(*amount),
            Piece::Offset(amount, part) => {
                self.offset = Some(*amount);
                self.part = self.part.or(part.map(|part| (part, part::hour_of(part))));
            }
            Piece::Day(day) => self.days.push(*day),
            Piece::NoSuchDay => self.no_such_day = true,
            Piece::Clock(clock, end) => {
                self.clocks.push(*clock);
                self.range_end = self.range_end.or(*end);
            }
            Piece::Weak(clock) => self.clocks.push(*clock),
            Piece::Part(part, time) => self.part = Some((*part, *time)),
            Piece::Zone(zone) => self.zone.clone_from(zone),
        }
    }
}

/// What a piece says something about. Two that say the same do not go together.
mod slot {
    pub(super) const DAY: u16 = 1;
    pub(super) const CLOCK: u16 = 2;
    pub(super) const PART: u16 = 4;
    pub(super) const EVERY: u16 = 8;
    pub(super) const START: u16 = 16;
    pub(super) const END: u16 = 32;
    pub(super) const OFFSET: u16 = 64;
    pub(super) const ZONE: u16 = 128;
    pub(super) const NOW: u16 = 256;
    /// A week or month, which a weekday or a day of the month may tell more of.
    pub(super) const SPAN: u16 = 512;
    /// What makes a time by itself.
    pub(super) const WHEN: u16 = DAY | CLOCK | PART | EVERY | START | OFFSET | NOW | SPAN;
}

fn slots(piece: &Piece) -> u16 {
    match piece {
        Piece::Every(every) if every.part.is_some() => slot::EVERY | slot::PART,
        Piece::Every(_) => slot::EVERY,
        Piece::Start(_) => slot::START,
        Piece::Until(_) | Piece::UntilTime(_) | Piece::For(_) | Piece::Count(_) => slot::END,
        Piece::In(amount) | Piece::Bare(amount) if amount.is_of_days() => slot::NOW | slot::DAY,
        Piece::In(_) | Piece::Bare(_) => slot::NOW | slot::DAY | slot::CLOCK | slot::PART,
        Piece::Offset(..) => slot::OFFSET,
        Piece::Day(Day { grain: Grain::Week | Grain::Month | Grain::Year, .. }) => slot::SPAN,
        Piece::Day(day) if day.part.is_some() => slot::DAY | slot::PART,
        Piece::Day(_) | Piece::NoSuchDay => slot::DAY,
        Piece::Clock(..) | Piece::Weak(_) => slot::CLOCK,
        Piece::Part(..) => slot::PART,
        Piece::Zone(_) => slot::ZONE,
    }
}

/// Pieces that touch.
struct Group {
    first: usize,
    last: usize,
    slots: u16,
    score: i32,
}

/// What the text says about when, with the tokens that say it marked in `taken`.
pub(crate) fn choose(r: &Reader, found: Vec<Found>, asks: &Asks, taken: &mut [bool]) -> When {
    let found = usable(r, found, asks);
    let groups = groups(r, &found, asks);
    let Some(best) = (0..groups.len()).filter(|i| groups[*i].slots & slot::WHEN != 0).max_by_key(|i| groups[*i].score)
    else {
        return When::default();
    };
    let mut chosen = vec![best];
    let mut said = groups[best].slots;
    let close = is_by_request(&groups[best], &found, asks);
    // What stands nearest joins first.
    let mut others: Vec<usize> = (0..groups.len()).filter(|i| *i != best).collect();
    others.sort_by_key(|i| i.abs_diff(best));
    for other in others {
        let group = &groups[other];
        let named =
            close && said & (slot::DAY | slot::CLOCK | slot::NOW | slot::EVERY) != 0 && is_name(r, group, &found);
        if !named && go_together(said, group.slots, &groups[best], group, &found) {
            said |= group.slots;
            chosen.push(other);
        }
    }
    let also = alternatives(r, &groups, &chosen, best, &found);
    chosen.sort_unstable();
    let counts_days = groups[best].slots & slot::OFFSET == 0
        || (groups[best].first..=groups[best].last)
            .any(|i| matches!(&found[i].piece, Piece::Offset(amount, _) if amount.is_of_days()));
    let borrowed = if said & (slot::DAY | slot::NOW | slot::EVERY | slot::START | slot::SPAN) == 0 && counts_days {
        day_of_event(&groups, &chosen, best, &found)
    } else {
        None
    };
    let mut when = When::default();
    when.days.extend(borrowed);
    for index in chosen {
        take(r, &groups[index], &found, &mut when, taken);
    }
    when.days = within_span(&when.days);
    for index in also {
        let mut other = When::default();
        take(r, &groups[index], &found, &mut other, taken);
        let before = groups[index - 1].last;
        taken[found[before].end..found[groups[index].first].start].fill(true);
        when.also.push(other);
    }
    when
}

/// Adds a group's pieces, and marks the tokens that say them and hold them together.
fn take(r: &Reader, group: &Group, found: &[Found], when: &mut When, taken: &mut [bool]) {
    for i in group.first..=group.last {
        when.add(&found[i].piece);
        taken[found[i].start..behind(r, found[i].end)].fill(true);
        if i > group.first {
            taken[found[i - 1].end..found[i].start].fill(true);
        }
    }
}

/// The groups that follow the best one by "and", with day and time of their own.
fn alternatives(r: &Reader, groups: &[Group], chosen: &[usize], best: usize, found: &[Found]) -> Vec<usize> {
    let whole = |group: &Group| group.slots & (slot::DAY | slot::CLOCK) == slot::DAY | slot::CLOCK;
    let follows = |i: &usize| {
        let joint = touching(r, found[groups[i - 1].last].end, found[groups[*i].first].start);
        whole(&groups[*i]) && joint == Some(Joint::List) && !chosen.contains(i)
    };
    if !whole(&groups[best]) {
        return Vec::new();
    }
    (best + 1..groups.len()).take_while(follows).collect()
}

/// "I have a meeting tomorrow at 10. Remind me at 9": the day of what was said before, which keeps its own time.
fn day_of_event(groups: &[Group], chosen: &[usize], best: usize, found: &[Found]) -> Option<Day> {
    let event = (0..best).rev().find(|i| !chosen.contains(i) && groups[*i].slots & slot::CLOCK != 0)?;
    let Group { first, last, .. } = groups[event];
    found[first..=last].iter().find_map(|found| match found.piece {
        Piece::Day(day) => Some(day),
        _ => None,
    })
}

/// "Next week … on tuesday", "next month … on the 3rd": the day within the week or month.
fn within_span(days: &[Day]) -> Vec<Day> {
    let span = days.iter().find(|day| matches!(day.grain, Grain::Week | Grain::Month | Grain::Year)).copied();
    let Some(span) = span.filter(|_| days.len() > 1) else { return days.to_vec() };
    days.iter()
        .filter(|day| !matches!(day.grain, Grain::Week | Grain::Month | Grain::Year))
        .map(|day| {
            let date = match (span.grain, day.roll) {
                (Grain::Week, Roll::Weekly) => weekday::on_or_after(span.date, day.date.weekday()),
                (Grain::Month, Roll::Monthly) => Date::new(span.date.year(), span.date.month(), day.date.day()).ok(),
                (Grain::Year, Roll::Yearly) => Date::new(span.date.year(), day.date.month(), day.date.day()).ok(),
                (Grain::Month, Roll::Weekly) => weekday::on_or_after(span.date, day.date.weekday()),
                _ => None,
            };
            date.map_or(*day, Day::fixed)
        })
        .collect()
}

/// The pieces that mean something here: ends of repetitions only beside one, bare amounts only where nothing else is said.
fn usable(r: &Reader, mut found: Vec<Found>, asks: &Asks) -> Vec<Found> {
    let repeats = found.iter().any(|found| matches!(found.piece, Piece::Every(_)));
    let says_when = found
        .iter()
        .any(|found| slots(&found.piece) & slot::WHEN != 0 && !matches!(found.piece, Piece::Bare(_) | Piece::Weak(_)));
    let behind_request = |found: &Found| asks.spans.iter().any(|(_, end)| *end == found.start);
    let within_request =
        |found: &Found| asks.spans.iter().any(|(start, end)| *start <= found.start && found.end <= *end);
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
            "i" | "im"
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

fn groups(r: &Reader, found: &[Found], asks: &Asks) -> Vec<Group> {
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
enum Joint {
    Nothing,
    List,
}

fn touching(r: &Reader, from: usize, to: usize) -> Option<Joint> {
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
fn is_by_request(group: &Group, found: &[Found], asks: &Asks) -> bool {
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
fn is_name(r: &Reader, group: &Group, found: &[Found]) -> bool {
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

fn go_together(said: u16, more: u16, best: &Group, group: &Group, found: &[Found]) -> bool {
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

/// Words behind a time that only underline it.
fn behind(r: &Reader, at: usize) -> usize {
    r.says_one_of(
        at,
        &[
            "sharp",
            "sharply",
            "exactly",
            "prompt",
            "promptly",
            "on the dot",
            "at the latest",
            "latest",
            "or so",
            "or earlier",
            "ish",
            "instead",
        ],
    )
    .unwrap_or(at)
}
