//! Resolves rules of hours or minutes, which count from now or from a time, or apply between two times of each day.

use crate::{
    english::{
        grammar::{
            clock::{Clock, Meridiem},
            dates::day::Grain,
            recurrence::every::Every,
            request_words::PreferredHalf,
        },
        resolve::{
            meridiem,
            resolved::{DEFAULT_TIME, Resolved},
            series_bounds::{first_after, first_time, set_end},
            time_spec::TimeSpec,
        },
        text::reader::Sender,
    },
    rule::{End, Frequency, MOST_TIMES as MOST_COUNTED, Pattern},
    zone::wall_clock,
};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
};

const MINUTES_PER_HOUR: i64 = 60;

const MINUTES_PER_DAY: i64 = 24 * MINUTES_PER_HOUR;

/// Resolves a rule of hours or minutes, which counts from now or from a time, or applies between two times of each day.
pub(crate) fn intraday(spec: &TimeSpec, every: &Every, sender: &Sender) -> Resolved {
    let mut pattern = every.pattern.clone();
    let step = i64::from(pattern.interval) * if pattern.frequency == Frequency::Hourly { MINUTES_PER_HOUR } else { 1 };
    let day = spec.start.or(spec.days.first().copied());
    let from = day.map_or(sender.today(), |day| day.date).max(sender.today());
    // A rule of hours or minutes has one first day and goes on from there: "today and tomorrow every hour" has two.
    if spec.days.len() > 1 {
        return Resolved::Nothing;
    }
    if let Some(last) = last_day(spec) {
        pattern.end = End::Until(last.max(from));
    }
    if set_end(spec, &mut pattern, from, sender).is_none() {
        return Resolved::TooFar;
    }
    if let (Some(first), Some(last)) = (spec.clocks.first(), spec.range_end) {
        return between(&pattern, step, *first, last, from, sender);
    }
    // "every hour on the hour" starts with the next full hour.
    let on_the_hour = !std::mem::take(&mut pattern.minutes).is_empty();
    let start = match (spec.clocks.first(), day) {
        (None, None) if on_the_hour => full_hour(sender),
        (Some(clock), _) => {
            let time = if clock.meridiem == Meridiem::Known {
                clock.time()
            } else {
                meridiem::on_a_day(*clock, PreferredHalf::None).map(|settled| settled.time)
            };
            time.and_then(|time| wall_clock(from, time, &sender.zone))
        }
        (None, Some(day)) if day.date > sender.today() => wall_clock(from, DEFAULT_TIME, &sender.zone),
        (None, _) => sender.now.checked_add(SignedDuration::from_mins(step)).ok(),
    };
    // "every 30 min for 2 hours" is a number of times.
    if let Some(lasting) = spec.lasting.filter(|lasting| !lasting.is_of_days()) {
        let times = lasting.duration().as_mins() / step;
        pattern.end = End::Count(u32::try_from(times).unwrap_or(1).clamp(1, MOST_COUNTED));
    }
    if let (Some(start), Some(until)) = (start, spec.until_time) {
        pattern.end = times_until(until, start, step, sender).unwrap_or(pattern.end);
    }
    match start.and_then(|start| first_after(&pattern, start, sender)) {
        Some(found) => Resolved::Times(vec![found]),
        None => Resolved::Nothing,
    }
}

/// Returns the day with which a rule ends, if the text names it: "every hour tomorrow", "every hour this weekend". With
/// a time, the rule only begins on a day: "every 8 hours tomorrow at 6am".
fn last_day(spec: &TimeSpec) -> Option<Date> {
    let day = spec.days.first().filter(|_| spec.start.is_none())?;
    let is_whole = spec.clocks.is_empty() || spec.range_end.is_some() || day.grain != Grain::Day;
    is_whole.then(|| day.last_date()).flatten()
}

/// Returns the instant at which the current hour ends and the next full hour begins.
fn full_hour(sender: &Sender) -> Option<Timestamp> {
    let begun = sender.clock.with().minute(0).second(0).subsec_nanosecond(0).build().ok()?;
    let rest = SignedDuration::from_hours(1) - begun.duration_until(sender.clock);
    sender.now.checked_add(rest).ok()
}

/// Returns the end of "every hour until 6pm" as a number of times.
fn times_until(until: Clock, first: Timestamp, step: i64, sender: &Sender) -> Option<End> {
    let start = sender.zone.to_datetime(first);
    let until = match until.meridiem {
        Meridiem::Known => until,
        Meridiem::Open if until.in_morning().time()? > start.time() => until.in_morning(),
        Meridiem::Open => until.in_afternoon(),
    };
    let time = until.time()?;
    // An end before the start's time of day, as in "until midnight", is on the next day.
    let day = if time < start.time() { start.date().tomorrow().ok()? } else { start.date() };
    // Clocks that are set back show an hour twice. If the rule starts in the second of these two hours, an end in the
    // same hour is in the second one too.
    let last = wall_clock(day, time, &sender.zone)?;
    let minutes = if last < first { start.duration_until(day.to_datetime(time)) } else { last.duration_since(first) };
    u32::try_from(minutes.as_mins() / step + 1).ok().map(End::Count)
}

/// Resolves "every 2 hours between 9 and 5": the same times each day. A range such as "from 10pm to 2am" ends on the
/// next day. Returns `Nothing` if no rule has exactly the times of the range.
fn between(pattern: &Pattern, step: i64, first: Clock, last: Clock, from: Date, sender: &Sender) -> Resolved {
    let Some((opens, closes)) = ends_of_range(first, last) else { return Resolved::Nothing };
    let minutes = |time: Time| i64::from(time.hour()) * MINUTES_PER_HOUR + i64::from(time.minute());
    let length = (minutes(closes) - minutes(opens)).rem_euclid(MINUTES_PER_DAY);
    // After midnight, a weekday or a month of the rule would mean another day, and a last day would end at midnight.
    let ends_next_day = closes < opens;
    let is_tonight = pattern.end == End::Until(from) && from == sender.today();
    let has_last_day = matches!(pattern.end, End::Until(_)) && !is_tonight;
    if ends_next_day && (has_last_day || !(pattern.weekdays.is_empty() && pattern.months.is_empty())) {
        return Resolved::Nothing;
    }
    let times: Vec<i64> = (0..=length / step).map(|n| minutes(opens) + n * step).collect();
    let mut limited = pattern.clone();
    if step % MINUTES_PER_HOUR == 0 {
        limited.hours = hours(&times);
        if MINUTES_PER_DAY % step != 0 {
            // The steps start again each day.
            (limited.frequency, limited.interval) = (Frequency::Daily, 1);
        }
    } else {
        let Some(hours) = exact_hours(&times, step, minutes(opens) + length) else { return Resolved::Nothing };
        limited.hours = hours;
    }
    if ends_next_day && is_tonight {
        let night = (from.to_datetime(opens), length);
        let Some(times) = times_of_night(&limited, night, sender) else { return Resolved::Nothing };
        limited.end = End::Count(times);
    }
    match first_time(&limited, from.to_datetime(opens), sender) {
        Some(found) => Resolved::Times(vec![found]),
        None => Resolved::Nothing,
    }
}

/// Returns how often a rule rings in one night, which begins at a time and has a length in minutes. A number of times
/// keeps those after midnight: "every 15 minutes from 10pm to 2am tonight".
fn times_of_night(pattern: &Pattern, (opens, length): (DateTime, i64), sender: &Sender) -> Option<u32> {
    let endless = Pattern { end: End::Never, ..pattern.clone() };
    let closes = opens.checked_add(SignedDuration::from_mins(length)).ok()?;
    let (first, Some(rule)) = first_time(&endless, opens, sender)? else { return None };
    let times = rule.steps_between(sender.zone.to_datetime(first), closes);
    u32::try_from(times).ok().filter(|times| (1..MOST_COUNTED).contains(times))
}

/// Settles the two ends of a range of times of day: "between 9 and 5" ends in the afternoon, and "from 1 to 5" is in
/// the afternoon. Returns `None` if both ends are open and no such range is within the day: "from 6 to 6".
fn ends_of_range(first: Clock, last: Clock) -> Option<(Time, Time)> {
    let opens = match first.meridiem {
        Meridiem::Known => first.time()?,
        Meridiem::Open => meridiem::on_a_day(first, PreferredHalf::None)?.time,
    };
    let closes = match last.meridiem {
        Meridiem::Known => last,
        Meridiem::Open if last.in_morning().time()? > opens && last.hour != 12 => last.in_morning(),
        Meridiem::Open if last.in_afternoon().time()? > opens => last.in_afternoon(),
        Meridiem::Open if first.meridiem == Meridiem::Open => return None,
        Meridiem::Open => last.in_morning(),
    };
    Some((opens, closes.time()?))
}

/// Returns the hours of times that are counted in minutes from midnight, in order.
fn hours(times: &[i64]) -> Vec<i8> {
    times.iter().map(|time| (time / MINUTES_PER_HOUR % 24) as i8).collect()
}

/// Returns the hours to which the steps of a rule of minutes must be limited so that it rings at these times, and at no
/// other time of these hours. The last time is left out if it is the end of the range and needs an hour of its own:
/// "every 30 minutes from 9 to 5" rings at 4:30 last.
fn exact_hours(times: &[i64], step: i64, end: i64) -> Option<Vec<i8>> {
    if MINUTES_PER_DAY % step != 0 {
        return None;
    }
    let exact = |times: &[i64]| {
        let (first, last) = (*times.first()?, *times.last()?);
        let from = first / MINUTES_PER_HOUR * MINUTES_PER_HOUR;
        let to = (last / MINUTES_PER_HOUR + 1) * MINUTES_PER_HOUR;
        let is_exact = first - step < from && last + step >= to && to - from <= MINUTES_PER_DAY;
        let every_hour: Vec<i64> = (from / MINUTES_PER_HOUR..to / MINUTES_PER_HOUR).map(|hour| hour * 60).collect();
        is_exact.then(|| hours(&every_hour))
    };
    let without_end = times.split_last().filter(|(last, _)| **last == end).map(|(_, rest)| rest);
    exact(times).or_else(|| exact(without_end?))
}
