//! The new time in a move: a time of day, a day, an instant, or an amount later or earlier.

use crate::{
    english::{
        command::politeness::is_end,
        grammar::{
            amount::{self, Amount},
            number,
            request_words::PreferredHalf,
        },
        resolve::{
            self, once,
            reminders::{self, Reading},
            resolved::Resolved,
            time_spec::TimeSpec,
        },
        text::{phrases::Phrases, reader::Reader, tokens},
    },
    new_time::NewTime,
};
use jiff::civil::Time;

#[rustfmt::skip]
pub(crate) static TO: Phrases = Phrases::of(&[
    "to", "until", "till", "til", "for", "by", "back", "back to", "back by", "up", "up to", "up by", "forward",
    "forward to", "forward by", "on", "at", "ahead", "out", "instead", "later to",
]);

/// The direction in which an amount moves a reminder: "back an hour" is later, "up an hour" is earlier.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Later,
    Earlier,
}

/// Reads the time in an answer to "what time should I move it to?".
pub(crate) fn answered(r: &Reader) -> Option<NewTime> {
    let start = r.says_any(0, &TO).unwrap_or(0);
    new_time(&r.slice(start, r.len()), Direction::Later)
}

/// Reads a text that is nothing but a time as the new time of a reminder.
pub(crate) fn new_time(r: &Reader, direction: Direction) -> Option<NewTime> {
    let whole = |found: Option<(Amount, usize)>| found.filter(|(_, end)| is_end(r, *end)).map(|(amount, _)| amount);
    if let Some(amount) = whole(amount::amount(r, 0)) {
        return Some(NewTime::Later(
            if direction == Direction::Earlier { amount.negated() } else { amount }.duration(),
        ));
    }
    if let Some((amount, end)) = amount::amount(r, 0) {
        match r.spelling(end) {
            "later" if is_end(r, end + 1) => return Some(NewTime::Later(amount.duration())),
            "earlier" | "sooner" | "early" if is_end(r, end + 1) => {
                return Some(NewTime::Later(amount.negated().duration()));
            }
            _ => {}
        }
    }
    let said = reminders::read(r);
    if said.task.is_empty() && said.request_words.spans.is_empty() && !said.time_spec.is_empty() {
        return of_reading(r, &said);
    }
    bare_clock(r).map(NewTime::Time)
}

/// Reads a bare number as a time of day, where only a time can stand.
pub(crate) fn bare_clock(r: &Reader) -> Option<Time> {
    let (hour, end) = number::whole(r, 0)?;
    if !is_end(r, end) || !(1..=24).contains(&hour) {
        return None;
    }
    let text = format!("at {hour}");
    let tokens = tokens::tokens(&text);
    let at = Reader { text: &text, lower: &text, tokens: &tokens, sender: r.sender };
    let Resolved::Times(times) = resolve::resolve(&reminders::read(&at).time_spec, r.sender, PreferredHalf::None)
    else {
        return None;
    };
    times.first().map(|(due, _)| r.sender.zone.to_datetime(*due).time())
}

fn of_reading(r: &Reader, said: &Reading) -> Option<NewTime> {
    let TimeSpec { days, clocks, part, from_now, every, .. } = &said.time_spec;
    if every.is_some() {
        return None;
    }
    let Resolved::Times(times) = resolve::resolve(&said.time_spec, r.sender, said.preferred_half) else { return None };
    let (due, _) = *times.first().map(|(due, rule)| (due, rule)).as_ref()?;
    let local = r.sender.zone.to_datetime(*due);
    let has_time = !clocks.is_empty() || part.is_some() || days.iter().any(|day| day.part.is_some());
    Some(match (from_now, days.is_empty(), has_time) {
        (None, true, true) => NewTime::Time(local.time()),
        (None, false, false) => NewTime::Day(local.date()),
        _ => NewTime::At { due: *due, basis: once::basis(&said.time_spec, r.sender) },
    })
}
