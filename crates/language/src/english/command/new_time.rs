//! The new time in a move: a time of day, a day, an instant, or an amount later or earlier.

use crate::{
    english::{
        command::politeness::is_over,
        grammar::{
            amount::{self, Amount},
            asking::Leaning,
            number,
        },
        resolve::{
            self, once,
            reminders::{self, Said},
            resolved::Resolved,
            time_spec::When,
        },
        text::{phrases::Phrases, reader::Reader, tokens},
    },
    new_time::To,
};
use jiff::civil::Time;

#[rustfmt::skip]
pub(crate) static TO: Phrases = Phrases::of(&[
    "to", "until", "till", "til", "for", "by", "back", "back to", "back by", "up", "up to", "up by", "forward",
    "forward to", "forward by", "on", "at", "ahead", "out", "instead", "later to",
]);

/// Which way an amount moves: "back an hour", "up an hour".
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toward {
    Later,
    Earlier,
}

/// The time in an answer to "move it to when?".
pub(crate) fn target(r: &Reader) -> Option<To> {
    let start = r.says_any(0, &TO).unwrap_or(0);
    to(&r.part(start, r.len()), Toward::Later)
}

/// What a text that is nothing but a time says about one that is moved there.
pub(crate) fn to(r: &Reader, toward: Toward) -> Option<To> {
    let whole = |found: Option<(Amount, usize)>| found.filter(|(_, end)| is_over(r, *end)).map(|(amount, _)| amount);
    if let Some(amount) = whole(amount::amount(r, 0)) {
        return Some(To::Later(if toward == Toward::Earlier { amount.negated() } else { amount }.duration()));
    }
    if let Some((amount, end)) = amount::amount(r, 0) {
        match r.said(end) {
            "later" if is_over(r, end + 1) => return Some(To::Later(amount.duration())),
            "earlier" | "sooner" | "early" if is_over(r, end + 1) => {
                return Some(To::Later(amount.negated().duration()));
            }
            _ => {}
        }
    }
    let said = reminders::read(r);
    if said.task.is_empty() && said.asks.spans.is_empty() && !said.when.is_empty() {
        return to_when(r, &said);
    }
    bare_clock(r).map(To::Time)
}

/// "7": a time of day where only one can stand.
pub(crate) fn bare_clock(r: &Reader) -> Option<Time> {
    let (hour, end) = number::whole(r, 0)?;
    if !is_over(r, end) || !(1..=24).contains(&hour) {
        return None;
    }
    let text = format!("at {hour}");
    let tokens = tokens::tokens(&text);
    let at = Reader { text: &text, lower: &text, tokens: &tokens, here: r.here };
    let Resolved::Times(times) = resolve::resolve(&reminders::read(&at).when, r.here, Leaning::None) else {
        return None;
    };
    times.first().map(|(due, _)| r.here.zone.to_datetime(*due).time())
}

fn to_when(r: &Reader, said: &Said) -> Option<To> {
    let When { days, clocks, part, from_now, every, .. } = &said.when;
    if every.is_some() {
        return None;
    }
    let Resolved::Times(times) = resolve::resolve(&said.when, r.here, said.leaning) else { return None };
    let (due, _) = *times.first().map(|(due, rule)| (due, rule)).as_ref()?;
    let local = r.here.zone.to_datetime(*due);
    let has_time = !clocks.is_empty() || part.is_some() || days.iter().any(|day| day.part.is_some());
    Some(match (from_now, days.is_empty(), has_time) {
        (None, true, true) => To::Time(local.time()),
        (None, false, false) => To::Day(local.date()),
        _ => To::At { due: *due, basis: once::basis(&said.when, r.here) },
    })
}
