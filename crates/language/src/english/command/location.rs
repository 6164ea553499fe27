//! Reads the sender's time zone from a place ("I'm in Paris") or from the local time ("it's 3pm here").

use crate::{
    english::{
        command::politeness::is_end,
        grammar::clock::{Meridiem, time_of_day},
        text::{phrases::Phrases, reader::Reader},
    },
    places,
    question::Question,
    request::{Place, Request},
};
use jiff::{
    civil::Time,
    tz::{Offset, TimeZone},
};

#[rustfmt::skip]
static ZONE: Phrases = Phrases::of(&[
    "zone", "timezone", "time zone", "tz", "set zone", "set timezone", "set time zone", "set my timezone",
    "set my time zone", "set my timezone to", "set my time zone to", "set timezone to", "set time zone to",
    "set zone to", "change my timezone to", "change my time zone to", "change timezone to", "change time zone to",
    "change zone to", "my timezone is", "my time zone is", "my zone is", "change my timezone", "change my time zone",
    "change timezone", "change time zone", "change zone", "use timezone", "use time zone", "switch timezone to",
    "switch to timezone", "update my timezone to",
]);

/// Phrases that may precede a place. If no known place follows, the text is not about a time zone.
#[rustfmt::skip]
static AT: Phrases = Phrases::of(&[
    "im traveling to", "im travelling to", "im flying to", "im going to", "im in", "i am in", "im now in",
    "i am now in", "im currently in", "i am currently in", "i live in", "i moved to", "ive moved to",
    "i just moved to", "i just landed in", "i landed in", "landed in", "just landed in", "im traveling in",
    "im travelling in", "im visiting", "we are in", "were in", "im on", "i am on", "im at", "i arrived in",
    "arrived in", "im from", "i am from", "im back in", "i am back in", "currently in", "now in", "here in",
    "im staying in",
]);

#[rustfmt::skip]
static CLOCK: Phrases = Phrases::of(&[
    "its", "it is", "my time is", "my clock says", "the time here is", "the time is", "here its", "here it is",
    "time here is", "local time is", "my local time is", "right now its", "for me its", "its now", "it is now",
]);

/// A quarter of an hour, in seconds. Offsets from UTC are multiples of it, so the sender's offset is rounded to such a
/// multiple.
const QUARTER_SECONDS: i64 = 15 * 60;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Zones to choose from if the sender's local time does not fit their current zone. If several have the same offset,
/// the first is used.
const USUAL: &[&str] = &[
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Halifax",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Asia/Tehran",
    "Asia/Kabul",
    "Asia/Yangon",
    "Atlantic/Azores",
    "Pacific/Noumea",
];

/// Reads the sender's place, or the local time there.
pub(crate) fn location(r: &Reader) -> Option<Request> {
    if let Some(request) = by_name(r) {
        return Some(request);
    }
    let next = r.says_any(0, &CLOCK)?;
    let said_here = matches!(r.spelling(0), "my" | "the" | "here" | "time" | "local");
    by_clock(r, next, said_here)
}

/// Reads "zone" and a name, or "I'm in" and a place. Such a text is never taken for the answer to an open question.
pub(crate) fn by_name(r: &Reader) -> Option<Request> {
    if let Some(next) = r.says_any(0, &ZONE) {
        let next = r.says_one_of(next, &["to", "is"]).unwrap_or(next);
        let next = r.skip_mark(r.skip_mark(next, b':'), b'=');
        return Some(if is_end(r, next) { Request::Ask(Question::Zone) } else { Request::Zone(place_named(r, next)) });
    }
    if let Some(next) = r.says_any(0, &AT)
        && let Place::Known(zone) = place_named(r, next)
    {
        return Some(Request::Zone(Place::Known(zone)));
    }
    None
}

/// Returns the place that the text names from the token `at` to its end, without words such as "right now" at the end.
pub(crate) fn place_named(r: &Reader, at: usize) -> Place {
    let Some(first) = r.tokens.get(at) else { return Place::Unknown(String::new()) };
    let mut end = r.len();
    for after_place in [
        "right now",
        "at the moment",
        "this week",
        "for now",
        "now",
        "today",
        "time",
        "please",
        "timezone",
        "time zone",
        "currently",
        "again",
    ] {
        let words = after_place.split(' ').count();
        if end > at + words && r.says(end - words, after_place) == Some(end) {
            end -= words;
        }
    }
    let last = r.tokens[end - 1].end;
    let name = &r.text[first.start..last];
    places::zone_named(&r.text[first.start..last])
        .map_or_else(|| Place::Unknown(name.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()), Place::Known)
}

/// Reads "it's 3pm here". The place is a zone whose clocks show that time now, if one is found.
fn by_clock(r: &Reader, at: usize, said_here: bool) -> Option<Request> {
    let (found, next) = time_of_day::clock(r, at)?;
    let here = r.says_one_of(
        next,
        &["here", "for me", "where i am", "over here", "my time", "in my zone", "now", "right now", "here now"],
    );
    if !(here.is_some_and(|end| is_end(r, end)) || said_here && is_end(r, next)) {
        return None;
    }
    let times = match found.meridiem {
        Meridiem::Known => vec![found.time()?],
        // Without AM or PM, the offset nearer to the sender's current zone is tried first.
        Meridiem::Open => vec![found.in_morning().time()?, found.in_afternoon().time()?],
    };
    let mut offsets: Vec<i64> = times.into_iter().map(|time| offset_for(r, time)).collect();
    let current = i64::from(r.sender.zone.to_offset(r.sender.now).seconds());
    offsets.sort_by_key(|offset| offset.abs_diff(current));
    // Someone who says "it's 3pm" may mean any time from 3 PM to 4 PM.
    if found.minute == 0 {
        let into_hour = r.sender.now.as_second().rem_euclid(3600) / QUARTER_SECONDS * QUARTER_SECONDS;
        let later: Vec<i64> = offsets.iter().map(|offset| offset + into_hour).collect();
        offsets.extend(later);
    }
    let place = match offsets.into_iter().find_map(|offset| zone_with(r, offset)) {
        Some(zone) => Place::Known(zone),
        None => Place::Unknown(r.text[r.tokens[at].start..r.tokens[next - 1].end].to_owned()),
    };
    Some(Request::Zone(place))
}

/// Returns the offset from UTC, in seconds and rounded to a quarter of an hour, at which the clocks show `time` now.
fn offset_for(r: &Reader, time: Time) -> i64 {
    let utc = r.sender.now.as_second().rem_euclid(DAY_SECONDS);
    let shown = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60;
    let offset = (shown - utc + QUARTER_SECONDS / 2).div_euclid(QUARTER_SECONDS) * QUARTER_SECONDS;
    // The result lies between 12 hours behind UTC and 12 hours ahead.
    (offset + 12 * 3600).rem_euclid(DAY_SECONDS) - 12 * 3600
}

fn zone_with(r: &Reader, offset: i64) -> Option<TimeZone> {
    let offset = Offset::from_seconds(i32::try_from(offset).ok()?).ok()?;
    if r.sender.zone.to_offset(r.sender.now) == offset {
        return Some(r.sender.zone.clone());
    }
    USUAL.iter().filter_map(|name| TimeZone::get(name).ok()).find(|zone| zone.to_offset(r.sender.now) == offset)
}
