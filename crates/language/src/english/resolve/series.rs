//! From what is said about how often to rules and their first times.

use crate::{
    english::{
        grammar::{
            amount::Amount,
            asking::Leaning,
            clock::{Clock, Half},
            dates::day::{Day, Grain, Roll},
            day_part,
            recurrence::every::Every,
        },
        resolve::{
            intraday_series::within_days,
            meridiem,
            resolved::{DEFAULT_TIME, MOST_TIMES, Resolved},
            series_bounds::{end, first, none},
            time_spec::When,
        },
        text::{reader::Here, word::Part},
    },
    rule::{End, Frequency, NthWeekday, Pattern},
};
use jiff::{
    SignedDuration, ToSpan,
    civil::{Date, Time},
};

/// Days that no month lacks.
const EVERY_MONTH_HAS: std::ops::RangeInclusive<i8> = 1..=28;

pub(crate) fn repeat(when: &When, every: &Every, here: &Here, leaning: Leaning) -> Resolved {
    if every.pattern.frequency < Frequency::Daily {
        return within_days(when, every, here);
    }
    let times = times_of_day(when, every, leaning);
    if let Some(count) = every.times.filter(|_| every.pattern.frequency != Frequency::Daily && when.days.is_empty()) {
        return Resolved::HowOften { times: count, at: (!when.clocks.is_empty()).then(|| times[0]) };
    }
    let mut pattern = every.pattern.clone();
    let from = begin(when, &mut pattern, here);
    if end(when, &mut pattern, from, here).is_none() {
        return Resolved::TooFar;
    }
    if shift_days(when, &mut pattern).is_none() {
        return Resolved::Nothing;
    }
    let Some(times) = times.iter().map(|time| shift(when, *time)).collect::<Option<Vec<Time>>>() else {
        return Resolved::Nothing;
    };
    let mut found = Vec::with_capacity(1);
    for times in together(&times) {
        let mut pattern = pattern.clone();
        if times.len() > 1 {
            pattern.hours = times.iter().map(|time| time.hour()).collect();
            pattern.minutes = vec![times[0].minute()];
        }
        match first(&pattern, from.to_datetime(times[0]), here) {
            Some(first) => found.push(first),
            None => return none(&pattern, from, times[0], here),
        }
    }
    Resolved::Times(found)
}

/// "15 minutes before" each: the time so much earlier, if that is on the same day.
fn shift(when: &When, time: Time) -> Option<Time> {
    match when.offset {
        Some(offset) => time.checked_add(SignedDuration::from_secs(offset.seconds)).ok(),
        None => Some(time),
    }
}

/// "3 days before" each: the days so much earlier, if a rule can say them.
fn shift_days(when: &When, pattern: &mut Pattern) -> Option<()> {
    let Some(Amount { months: 0, days, .. }) = when.offset else { return when.offset.is_none().then_some(()) };
    if days == 0 {
        return Some(());
    }
    let by_weekday = pattern.frequency == Frequency::Weekly && !pattern.weekdays.is_empty();
    if by_weekday {
        for day in &mut pattern.weekdays {
            day.weekday = day.weekday.wrapping_add(days);
        }
        return Some(());
    }
    for day in &mut pattern.month_days {
        let shifted = i64::from(*day) + days;
        *day = i8::try_from(shifted).ok().filter(|shifted| *day > 0 && EVERY_MONTH_HAS.contains(shifted))?;
    }
    (!pattern.month_days.is_empty() && pattern.weekdays.is_empty()).then_some(())
}

/// Times of day that one rule can hold: those with the same minute.
fn together(times: &[Time]) -> Vec<Vec<Time>> {
    let same = times.iter().all(|time| time.minute() == times[0].minute());
    if same { vec![times.to_vec()] } else { times.iter().map(|time| vec![*time]).collect() }
}

/// Never empty.
fn times_of_day(when: &When, every: &Every, leaning: Leaning) -> Vec<Time> {
    let part = when.part.map(|(part, _)| part).or(every.part).or(when.days.iter().find_map(|day| day.part));
    let mut times: Vec<Time> = meridiem::in_sequence(&when.clocks, |clock| time_of_day(clock, part, leaning));
    times.truncate(MOST_TIMES);
    times.sort_unstable();
    times.dedup();
    if !times.is_empty() {
        return times;
    }
    if !every.pattern.hours.is_empty() {
        return every.pattern.hours.iter().filter_map(|hour| Time::new(*hour, 0, 0, 0).ok()).collect();
    }
    if let (Some(count), Frequency::Daily) = (every.times, every.pattern.frequency) {
        return spread(count);
    }
    vec![when.part.map(|(_, time)| time).or_else(|| Some(day_part::hour_of(part?))).unwrap_or(DEFAULT_TIME)]
}

fn time_of_day(clock: Clock, part: Option<Part>, leaning: Leaning) -> Option<Time> {
    let settled = match (part, clock.half) {
        (Some(part), _) => meridiem::in_part(clock, part)?,
        (None, Half::Known) => return clock.time(),
        (None, Half::Open) => meridiem::on_a_day(clock, leaning)?,
    };
    Some(settled.time)
}

/// "Three times a day" is at 8, 14 and 20 o'clock: evenly over the hours people are up.
fn spread(count: u8) -> Vec<Time> {
    let hours: &[i8] = match count {
        0 | 1 => &[9],
        2 => &[9, 21],
        3 => &[8, 14, 20],
        4 => &[8, 12, 16, 20],
        5 => &[8, 11, 14, 17, 20],
        _ => &[8, 10, 12, 14, 16, 18, 20, 22],
    };
    hours.iter().filter_map(|hour| Time::new(*hour, 0, 0, 0).ok()).collect()
}

/// The day it begins on; days said beside the rule become a part of it ("Dec 25 every year").
fn begin(when: &When, pattern: &mut Pattern, here: &Here) -> Date {
    let today = here.today();
    let mut from = when.start.map_or(today, |day| day.date);
    for day in &when.days {
        let says_days = !pattern.weekdays.is_empty() || !pattern.month_days.is_empty() || !pattern.year_days.is_empty();
        if !says_days && day.grain == Grain::Day {
            take_day(pattern, day);
        }
        from = from.max(day.date);
        // "every day next week", "every monday in april"
        let last = match day.grain {
            Grain::Week => day.date.checked_add(6.days()).ok(),
            Grain::Month => Some(day.date.last_of_month()),
            Grain::Year => Some(day.date.last_of_year()),
            _ => None,
        };
        pattern.end = last.map_or(pattern.end, End::Until);
    }
    from.max(today)
}

fn take_day(pattern: &mut Pattern, day: &Day) {
    match pattern.frequency {
        Frequency::Weekly => pattern.weekdays.push(NthWeekday { nth: 0, weekday: day.date.weekday() }),
        Frequency::Monthly if day.roll != Roll::Weekly => pattern.month_days.push(day.date.day()),
        Frequency::Yearly => {
            pattern.months.push(day.date.month());
            pattern.month_days.push(day.date.day());
        }
        _ => {}
    }
}
