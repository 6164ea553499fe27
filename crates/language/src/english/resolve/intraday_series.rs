//! Rules of hours and minutes: from now, from a time, or between two times of each day.

use crate::{
    english::{
        grammar::{
            asking::Leaning,
            clock::{Clock, Half},
            recurrence::every::Every,
        },
        resolve::{
            meridiem,
            resolved::{DEFAULT_TIME, Resolved},
            series_bounds::{end, first},
            time_spec::When,
        },
        text::reader::Here,
    },
    rule::{End, Frequency, MOST_TIMES as MOST_COUNTED, Pattern},
};
use jiff::{
    SignedDuration,
    civil::{Date, DateTime, Time},
};

const MINUTES_PER_HOUR: i64 = 60;

/// Rules of hours and minutes: from now, from a time, or between two times of each day.
pub(crate) fn within_days(when: &When, every: &Every, here: &Here) -> Resolved {
    let mut pattern = every.pattern.clone();
    let step = i64::from(pattern.interval) * if pattern.frequency == Frequency::Hourly { MINUTES_PER_HOUR } else { 1 };
    let day = when.start.or(when.days.first().copied());
    let from = day.map_or(here.today(), |day| day.date).max(here.today());
    if end(when, &mut pattern, from, here).is_none() {
        return Resolved::TooFar;
    }
    if let (Some(first), Some(last)) = (when.clocks.first(), when.range_end) {
        return between(&pattern, step, *first, last, from, here);
    }
    // "every hour on the hour" begins with the next full one.
    let on_the_hour = !std::mem::take(&mut pattern.minutes).is_empty();
    let start = match (when.clocks.first(), day) {
        (None, None) if on_the_hour => {
            let past = i64::from(here.clock.minute());
            let full = here.clock.with().second(0).subsec_nanosecond(0).build().ok();
            full.and_then(|full| full.checked_add(SignedDuration::from_mins(MINUTES_PER_HOUR - past)).ok())
        }
        (Some(clock), _) => {
            let time = if clock.half == Half::Known {
                clock.time()
            } else {
                meridiem::on_a_day(*clock, Leaning::None).map(|settled| settled.time)
            };
            time.map(|time| from.to_datetime(time))
        }
        (None, Some(day)) if day.date > here.today() => Some(from.to_datetime(DEFAULT_TIME)),
        (None, _) => here.clock.checked_add(SignedDuration::from_mins(step)).ok(),
    };
    // "every 30 min for 2 hours" is so many times.
    if let Some(lasting) = when.lasting.filter(|lasting| !lasting.is_of_days()) {
        let times = lasting.duration().as_mins() / step;
        pattern.end = End::Count(u32::try_from(times).unwrap_or(1).clamp(1, MOST_COUNTED));
    }
    if let (Some(start), Some(until)) = (start, when.until_time) {
        pattern.end = times_until(until, start, step).unwrap_or(pattern.end);
    }
    match start.and_then(|start| first(&pattern, start, here)) {
        Some(found) => Resolved::Times(vec![found]),
        None => Resolved::Nothing,
    }
}

/// "every hour until 6pm" is so many times, today.
fn times_until(until: Clock, start: DateTime, step: i64) -> Option<End> {
    let until = match until.half {
        Half::Known => until,
        Half::Open if until.in_morning().time()? > start.time() => until.in_morning(),
        Half::Open => until.after_noon(),
    };
    let minutes = start.duration_until(start.date().to_datetime(until.time()?)).as_mins();
    // "until midnight" is the next one.
    let minutes = if minutes < 0 { minutes + 24 * MINUTES_PER_HOUR } else { minutes };
    u32::try_from(minutes / step + 1).ok().filter(|_| minutes >= 0).map(End::Count)
}

/// "every 2 hours between 9 and 5": the same hours each day.
fn between(pattern: &Pattern, step: i64, first_clock: Clock, last: Clock, from: Date, here: &Here) -> Resolved {
    let opens = match first_clock.half {
        Half::Known => first_clock,
        Half::Open => first_clock.in_morning(),
    };
    // "between 9 and 5" ends in the afternoon, since it must end after it begins.
    let closes = match last.half {
        Half::Known => last,
        Half::Open if last.in_morning().hour <= opens.hour => last.after_noon(),
        Half::Open if last.hour == 12 => last.after_noon(),
        Half::Open => last.in_morning(),
    };
    let (Some(opens), Some(closes)) = (opens.time(), closes.time()) else { return Resolved::Nothing };
    let minutes = |time: Time| i64::from(time.hour()) * MINUTES_PER_HOUR + i64::from(time.minute());
    let mut held = pattern.clone();
    if step % MINUTES_PER_HOUR == 0 {
        let hours: Vec<i8> = (0..)
            .map(|n| minutes(opens) + n * step)
            .take_while(|at| *at <= minutes(closes))
            .map(|at| (at / MINUTES_PER_HOUR) as i8)
            .collect();
        held.hours = hours;
        if 24 * MINUTES_PER_HOUR % step != 0 {
            // It is to begin anew each day.
            (held.frequency, held.interval) = (Frequency::Daily, 1);
        }
    } else {
        let last_hour = if closes.minute() == 0 { closes.hour() - 1 } else { closes.hour() };
        held.hours = (opens.hour()..=last_hour.max(opens.hour())).collect();
    }
    match first(&held, from.to_datetime(opens), here) {
        Some(found) => Resolved::Times(vec![found]),
        None => Resolved::Nothing,
    }
}
