//! Which of a text's pieces of time say when to ring, and which belong to the task.
//!
//! Pieces that touch form a group. The group nearest to the request and saying most is taken; others join it where they
//! add what it lacks ("tomorrow … at 5"). A group that says the same thing twice stays in the task ("Sunday gym every
//! Saturday evening").

mod group;
mod usable;

use crate::{
    amount::Amount,
    asks::Asks,
    clock::Clock,
    day::{Day, Grain, Roll},
    lexicon::Part,
    part,
    piece::{Found, Piece},
    reader::Reader,
    recurrence::Every,
    weekday,
};
use group::{Group, Joint, slot};
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
    let (adjective, found) = usable::apart_from_request(found, asks);
    let found = usable::usable(r, found, asks, &adjective);
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
    if let Some(piece) = borrowed {
        when.add(piece);
    }
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

/// "I have a meeting tomorrow at 10. Remind me at 9": the day, or how often, of what was said before, which keeps its
/// own time.
fn day_of_event<'f>(groups: &[Group], chosen: &[usize], best: usize, found: &'f [Found]) -> Option<&'f Piece> {
    let event = (0..best).rev().find(|i| !chosen.contains(i) && groups[*i].slots & slot::CLOCK != 0)?;
    let Group { first, last, .. } = groups[event];
    found[first..=last].iter().map(|found| &found.piece).find(|piece| matches!(piece, Piece::Day(_) | Piece::Every(_)))
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
