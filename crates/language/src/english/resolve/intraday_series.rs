//! Resolves rules of hours or minutes, which count from now or from a time, or apply between two times of each day.

use crate::{
    english::{
        grammar::{
            clock::{Clock, Meridiem},
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
    civil::{Date, Time},
};

const MINUTES_PER_HOUR: i64 = 60;

/// Resolves a rule of hours or minutes, which counts from now or from a time, or applies between two times of each day.
pub(crate) fn intraday(spec: &TimeSpec, every: &Every, sender: &Sender) -> Resolved {
    let mut pattern = every.pattern.clone();
    let step = i64::from(pattern.interval) * if pattern.frequency == Frequency::Hourly { MINUTES_PER_HOUR } else { 1 };
    let day = spec.start.or(spec.days.first().copied());
    let from = day.map_or(sender.today(), |day| day.date).max(sender.today());
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

/// Resolves "every 2 hours between 9 and 5": the same hours each day.
fn between(pattern: &Pattern, step: i64, first_clock: Clock, last: Clock, from: Date, sender: &Sender) -> Resolved {
    let opens = match first_clock.meridiem {
        Meridiem::Known => first_clock,
        Meridiem::Open => first_clock.in_morning(),
    };
    // The range must end after it begins, so "between 9 and 5" ends in the afternoon.
    let closes = match last.meridiem {
        Meridiem::Known => last,
        Meridiem::Open if last.in_morning().hour <= opens.hour => last.in_afternoon(),
        Meridiem::Open if last.hour == 12 => last.in_afternoon(),
        Meridiem::Open => last.in_morning(),
    };
    let (Some(opens), Some(closes)) = (opens.time(), closes.time()) else { return Resolved::Nothing };
    let minutes = |time: Time| i64::from(time.hour()) * MINUTES_PER_HOUR + i64::from(time.minute());
    let mut limited = pattern.clone();
    if step % MINUTES_PER_HOUR == 0 {
        let hours: Vec<i8> = (0..)
            .map(|n| minutes(opens) + n * step)
            .take_while(|at| *at <= minutes(closes))
            .map(|at| (at / MINUTES_PER_HOUR) as i8)
            .collect();
        limited.hours = hours;
        if 24 * MINUTES_PER_HOUR % step != 0 {
            // The steps start again each day.
            (limited.frequency, limited.interval) = (Frequency::Daily, 1);
        }
    } else {
        let last_hour = if closes.minute() == 0 { closes.hour() - 1 } else { closes.hour() };
        limited.hours = (opens.hour()..=last_hour.max(opens.hour())).collect();
    }
    match first_time(&limited, from.to_datetime(opens), sender) {
        Some(found) => Resolved::Times(vec![found]),
        None => Resolved::Nothing,
    }
}
