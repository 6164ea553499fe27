//! Rules of hours and minutes: from now, from a time, or between two times of each day.

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
            series_bounds::{first_counted, first_time, set_end},
            time_spec::TimeSpec,
        },
        text::reader::Sender,
    },
    rule::{End, Frequency, MOST_TIMES as MOST_COUNTED, Pattern},
};
use jiff::{
    SignedDuration,
    civil::{Date, DateTime, Time},
};

const MINUTES_PER_HOUR: i64 = 60;

/// Resolves a rule of hours or minutes: from now, from a time, or between two times of each day.
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
    // It counts the time that passes, also while the clocks are set forward or back.
    let in_one_step = sender.now.checked_add(SignedDuration::from_mins(step)).ok();
    let start = match (spec.clocks.first(), day) {
        (None, None) if on_the_hour => {
            let past = i64::from(sender.clock.minute());
            let full = sender.clock.with().second(0).subsec_nanosecond(0).build().ok();
            full.and_then(|full| full.checked_add(SignedDuration::from_mins(MINUTES_PER_HOUR - past)).ok())
        }
        (Some(clock), _) => {
            let time = if clock.meridiem == Meridiem::Known {
                clock.time()
            } else {
                meridiem::on_a_day(*clock, PreferredHalf::None).map(|settled| settled.time)
            };
            time.map(|time| from.to_datetime(time))
        }
        (None, Some(day)) if day.date > sender.today() => Some(from.to_datetime(DEFAULT_TIME)),
        (None, _) => in_one_step.map(|first| sender.zone.to_datetime(first)),
    };
    // "every 30 min for 2 hours" is a number of times.
    if let Some(lasting) = spec.lasting.filter(|lasting| !lasting.is_of_days()) {
        let times = lasting.duration().as_mins() / step;
        pattern.end = End::Count(u32::try_from(times).unwrap_or(1).clamp(1, MOST_COUNTED));
    }
    if let (Some(start), Some(until)) = (start, spec.until_time) {
        pattern.end = times_until(until, start, step).unwrap_or(pattern.end);
    }
    let is_counted = in_one_step.map(|first| sender.zone.to_datetime(first)) == start;
    let counted = in_one_step.filter(|_| is_counted).and_then(|first| first_counted(&pattern, first, sender));
    match counted.or_else(|| first_time(&pattern, start?, sender)) {
        Some(found) => Resolved::Times(vec![found]),
        None => Resolved::Nothing,
    }
}

/// Returns the end of "every hour until 6pm" as a number of times on the same day.
fn times_until(until: Clock, start: DateTime, step: i64) -> Option<End> {
    let until = match until.meridiem {
        Meridiem::Known => until,
        Meridiem::Open if until.in_morning().time()? > start.time() => until.in_morning(),
        Meridiem::Open => until.in_afternoon(),
    };
    let minutes = start.duration_until(start.date().to_datetime(until.time()?)).as_mins();
    // "until midnight" means the next midnight.
    let minutes = if minutes < 0 { minutes + 24 * MINUTES_PER_HOUR } else { minutes };
    u32::try_from(minutes / step + 1).ok().filter(|_| minutes >= 0).map(End::Count)
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
    let mut held = pattern.clone();
    if step % MINUTES_PER_HOUR == 0 {
        let hours: Vec<i8> = (0..)
            .map(|n| minutes(opens) + n * step)
            .take_while(|at| *at <= minutes(closes))
            .map(|at| (at / MINUTES_PER_HOUR) as i8)
            .collect();
        held.hours = hours;
        if 24 * MINUTES_PER_HOUR % step != 0 {
            // The steps start again each day.
            (held.frequency, held.interval) = (Frequency::Daily, 1);
        }
    } else {
        let last_hour = if closes.minute() == 0 { closes.hour() - 1 } else { closes.hour() };
        held.hours = (opens.hour()..=last_hour.max(opens.hour())).collect();
    }
    match first_time(&held, from.to_datetime(opens), sender) {
        Some(found) => Resolved::Times(vec![found]),
        None => Resolved::Nothing,
    }
}
