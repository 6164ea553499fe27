//! The first time of a rule, and its end.

use crate::{
    english::{
        grammar::dates::day::{Grain, Roll},
        resolve::{resolved::Resolved, time_spec::When},
        text::reader::Here,
    },
    rule::{End, Pattern, Rule},
    zone::wall_clock,
};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Time},
};

/// The end, if one was said. `None` if it lies beyond the calendar.
pub(crate) fn end(when: &When, pattern: &mut Pattern, from: Date, here: &Here) -> Option<()> {
    if let Some(until) = when.until {
        // "starting in april until march" ends in the march after.
        let mut last = until.date;
        let comes_again = until.roll == Roll::Yearly || until.grain == Grain::Month;
        while last < from && comes_again {
            last = last.checked_add(1.year()).ok()?;
        }
        pattern.end = End::Until(last);
    } else if let Some(lasting) = when.lasting {
        let from = if when.start.is_some() { from } else { here.today() };
        pattern.end = End::Until(lasting.after_clock(from.to_datetime(here.clock.time()))?.date());
    } else if let Some(count) = when.count {
        pattern.end = End::Count(count);
    }
    Some(())
}

/// The first time at or after a start and after now, as the start of the rule.
pub(crate) fn first(pattern: &Pattern, start: DateTime, here: &Here) -> Option<(Timestamp, Option<Rule>)> {
    let rule = Rule { start, pattern: Box::new(pattern.clone()) };
    // Times before now do not count.
    let says_days = !(pattern.weekdays.is_empty() && pattern.month_days.is_empty() && pattern.year_days.is_empty());
    let endless = Pattern {
        // The first of "every other tuesday" is the next one.
        interval: if says_days { 1 } else { pattern.interval },
        end: match pattern.end {
            End::Count(_) => End::Never,
            end => end,
        },
        ..pattern.clone()
    };
    let due = Rule { start, pattern: Box::new(endless) }.next_after(here.now, &here.zone)?;
    let local = here.zone.to_datetime(due);
    // Where the clocks skip the first time, the rule keeps the one that was said.
    let time = if pattern.hours.is_empty() && !pattern.counts_elapsed_time() { start.time() } else { local.time() };
    let begun = Rule { start: local.date().to_datetime(time), ..rule.clone() };
    // A zone that skips a whole day rings on the day after, on which the rule does not begin.
    let skipped = begun.next_after(here.now, &here.zone) != Some(due);
    Some((due, Some(if skipped { rule } else { begun })))
}

/// Why there is no first time: it has come to its end, or there is no such day.
pub(crate) fn none(pattern: &Pattern, from: Date, time: Time, here: &Here) -> Resolved {
    match pattern.end {
        End::Until(day) => match wall_clock(day, time, &here.zone) {
            Some(last) if last <= here.now || day <= from => Resolved::Past(last.min(here.now)),
            _ => Resolved::Nothing,
        },
        _ => Resolved::NoSuchDay,
    }
}
