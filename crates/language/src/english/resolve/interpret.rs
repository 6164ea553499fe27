//! Which of a text's pieces of time say when to ring, and which belong to the task.
//!
//! Pieces that touch form a group. The group nearest to the request and saying most is taken; others join it where they
//! add what it lacks ("tomorrow … at 5"). A group that says the same thing twice stays in the task ("Sunday gym every
//! Saturday evening").

pub(crate) mod group;
pub(crate) mod slots;
pub(crate) mod usable;

use crate::english::{
    grammar::{
        asking::Asks,
        dates::{
            calendar,
            day::{Day, Grain, Roll},
        },
        piece::{Found, Piece},
    },
    resolve::{
        interpret::{
            group::{Group, Joint},
            slots::slot,
        },
        time_spec::When,
    },
    text::reader::Reader,
};
use jiff::civil::Date;

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
                (Grain::Week, Roll::Weekly) => calendar::on_or_after(span.date, day.date.weekday()),
                (Grain::Month, Roll::Monthly) => Date::new(span.date.year(), span.date.month(), day.date.day()).ok(),
                (Grain::Year, Roll::Yearly) => Date::new(span.date.year(), day.date.month(), day.date.day()).ok(),
                (Grain::Month, Roll::Weekly) => calendar::on_or_after(span.date, day.date.weekday()),
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
