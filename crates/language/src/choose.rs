//! Which of a text's pieces of time say when to ring, and which belong to the task.
//!
//! Pieces that touch form a group. The group nearest to the request and saying most is taken; others join it where they
//! add what it lacks ("tomorrow … at 5"). A group that says the same thing twice stays in the task ("Sunday gym every
//! Saturday evening").

mod group;

use crate::{
    amount::Amount,
    asks::Asks,
    clock::Clock,
    day::{Day, Grain, Roll},
    lexicon::{Part, Word},
    part,
    piece::{Found, Piece},
    reader::Reader,
    recurrence::Every,
    weekday,
};
use group::{Group, Joint, slot, slots};
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
    /// It is counted from the beginning of a day: "six hours before tomorrow".
    pub(crate) from_midnight: bool,
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

    /// "every tuesday at 3 and thursday at 5": thursday repeats too.
    fn repeat_like(&mut self, first: &When) {
        if let (None, Some(_), [day]) = (&self.every, &first.every, self.days.as_slice())
            && day.roll == Roll::Weekly
        {
            self.every = Some(Every::weekly(day.date.weekday()));
            self.days.clear();
        }
    }

    fn add(&mut self, piece: &Piece) {
        match piece {
            Piece::Every(every) => {
                self.every = Some(match self.every.take() {
                    Some(said) => said.and(every),
                    None => (**every).clone(),
                })
            }
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

/// What the text says about when, with the tokens that say it marked in `taken`.
pub(crate) fn choose(r: &Reader, found: Vec<Found>, asks: &Asks, taken: &mut [bool]) -> When {
    let (adjective, found) = apart_from_request(found, asks);
    let found = usable(r, found, asks, &adjective);
    let groups = group::groups(r, &found, asks);
    let mut when = When::default();
    for found in &adjective {
        when.add(&found.piece);
        taken[found.start..found.end].fill(true);
    }
    let says_when = |i: &usize| groups[*i].slots & slot::WHEN != 0;
    let Some(best) = (0..groups.len()).filter(says_when).max_by_key(|i| groups[*i].score) else { return when };
    let mut chosen = vec![best];
    let mut said = groups[best].slots;
    let close = group::is_by_request(&groups[best], &found, asks);
    // What stands nearest joins first.
    let mut others: Vec<usize> = (0..groups.len()).filter(|i| *i != best).collect();
    others.sort_by_key(|i| i.abs_diff(best));
    for other in others {
        let group = &groups[other];
        let named = close
            && said & (slot::DAY | slot::CLOCK | slot::NOW | slot::EVERY) != 0
            && group::is_name(r, group, &found);
        if !named && group::go_together(said, group.slots, &groups[best], group, &found) {
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
    when.days.extend(borrowed);
    for index in chosen {
        take(r, &groups[index], &found, &mut when, taken);
    }
    when.days = within_span(&when.days);
    for index in also {
        let mut other = When::default();
        take(r, &groups[index], &found, &mut other, taken);
        other.repeat_like(&when);
        // What joins it to its neighbour on the way to the best one.
        let left = if index > best { index - 1 } else { index };
        taken[found[groups[left].last].end..found[groups[left + 1].first].start].fill(true);
        when.also.push(other);
    }
    when
}

/// Adds a group's pieces, and marks the tokens that say them and hold them together.
fn take(r: &Reader, group: &Group, found: &[Found], when: &mut When, taken: &mut [bool]) {
    for i in group.first..=group.last {
        when.add(&found[i].piece);
        when.from_midnight |= i > group.first
            && matches!((&found[i - 1].piece, &found[i].piece), (Piece::Offset(amount, None), Piece::Day(_)) if !amount.is_of_days());
        taken[found[i].start..behind(r, found[i].end)].fill(true);
        if i > group.first {
            taken[found[i - 1].end..found[i].start].fill(true);
        }
    }
}

/// The groups that follow the best one by "and", with day and time of their own.
fn alternatives(r: &Reader, groups: &[Group], chosen: &[usize], best: usize, found: &[Found]) -> Vec<usize> {
    let whole = |group: &Group| group.slots & slot::CLOCK != 0 && group.slots & (slot::DAY | slot::EVERY) != 0;
    let follows = |i: &usize| {
        let joint = group::touching(r, found[groups[i - 1].last].end, found[groups[*i].first].start);
        whole(&groups[i - 1]) && whole(&groups[*i]) && joint == Some(Joint::List)
    };
    let last = best + (best + 1..groups.len()).take_while(follows).count();
    let first = best - (1..=best).rev().take_while(follows).count();
    (first..=last).filter(|i| *i != best && !chosen.contains(i)).collect()
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

/// "a weekly reminder for Sunday at 8pm": how often, said within the request, goes with any time.
fn apart_from_request(found: Vec<Found>, asks: &Asks) -> (Vec<Found>, Vec<Found>) {
    let within = |found: &Found| asks.spans.iter().any(|(start, end)| *start < found.start && found.end < *end);
    found.into_iter().partition(|found| matches!(found.piece, Piece::Every(_)) && within(found))
}

/// The pieces that mean something here: ends of repetitions only beside one, bare amounts only where nothing else is said.
fn usable(r: &Reader, mut found: Vec<Found>, asks: &Asks, adjective: &[Found]) -> Vec<Found> {
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
