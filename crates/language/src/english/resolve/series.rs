//! Resolves rules: their days and times of day, and the first time at which each rule rings.

use crate::{
    english::{
        grammar::{
            amount::Amount,
            clock::{Clock, Meridiem},
            dates::day::{Day, Grain, IfPast},
            day_part,
            recurrence::every::Every,
            request_words::PreferredHalf,
        },
        resolve::{
            intraday_series::intraday,
            meridiem,
            resolved::{DEFAULT_TIME, MOST_TIMES, Resolved},
            series_bounds::{first_time, set_end, why_no_first_time},
            time_spec::TimeSpec,
        },
        text::{reader::Sender, word::DayPart},
    },
    rule::{End, Frequency, NthWeekday, Pattern},
};
use jiff::{
    SignedDuration,
    civil::{Date, Time},
};

/// Days of the month that every month has.
const EVERY_MONTH_HAS: std::ops::RangeInclusive<i8> = 1..=28;

pub(crate) fn series(spec: &TimeSpec, every: &Every, sender: &Sender, preferred_half: PreferredHalf) -> Resolved {
    if every.pattern.frequency < Frequency::Daily {
        return intraday(spec, every, sender);
    }
    let times = times_of_day(spec, every, preferred_half);
    if let Some(count) = every.times.filter(|_| every.pattern.frequency != Frequency::Daily && spec.days.is_empty()) {
        return Resolved::HowOften { times: count, at: (!spec.clocks.is_empty()).then(|| times[0]) };
    }
    let mut pattern = every.pattern.clone();
    let Some(from) = first_day(spec, &mut pattern, sender) else { return Resolved::Nothing };
    if set_end(spec, &mut pattern, from, sender).is_none() {
        return Resolved::TooFar;
    }
    if shift_days(spec, &mut pattern).is_none() {
        return Resolved::Nothing;
    }
    let Some(times) = times.iter().map(|time| shift_time(spec, *time)).collect::<Option<Vec<Time>>>() else {
        return Resolved::Nothing;
    };
    let mut found = Vec::with_capacity(1);
    for times in group_by_minute(&times) {
        let mut pattern = pattern.clone();
        if times.len() > 1 {
            pattern.hours = times.iter().map(|time| time.hour()).collect();
            pattern.minutes = vec![times[0].minute()];
        }
        match first_time(&pattern, from.to_datetime(times[0]), sender) {
            Some(first) => found.push(first),
            None => return why_no_first_time(&pattern, from, times[0], sender),
        }
    }
    Resolved::Times(found)
}

/// Applies an offset such as "15 minutes before" to a time of day. `None` if the result is on another day.
fn shift_time(spec: &TimeSpec, time: Time) -> Option<Time> {
    match spec.offset {
        Some(offset) => time.checked_add(SignedDuration::from_secs(offset.seconds)).ok(),
        None => Some(time),
    }
}

/// Applies an offset such as "3 days before" to the weekdays of a weekly rule. It also applies to days of the month that
/// are counted from its start, if every month has the days that result. `None` if the offset can't be applied in one of these ways.
fn shift_days(spec: &TimeSpec, pattern: &mut Pattern) -> Option<()> {
    let Some(Amount { months: 0, days, .. }) = spec.offset else { return spec.offset.is_none().then_some(()) };
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

/// Groups times of day so that one rule can express each group. If the minutes of the times differ, each time is a
/// group of its own.
fn group_by_minute(times: &[Time]) -> Vec<Vec<Time>> {
    let same = times.iter().all(|time| time.minute() == times[0].minute());
    if same { vec![times.to_vec()] } else { times.iter().map(|time| vec![*time]).collect() }
}

/// Returns the times of day of a rule, at least one.
fn times_of_day(spec: &TimeSpec, every: &Every, preferred_half: PreferredHalf) -> Vec<Time> {
    let part = spec.part.map(|(part, _)| part).or(every.part).or(spec.days.iter().find_map(|day| day.part));
    let mut times: Vec<Time> = meridiem::in_sequence(&spec.clocks, |clock| time_of_day(clock, part, preferred_half));
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
        return spread_over_day(count);
    }
    vec![spec.part.map(|(_, time)| time).or_else(|| Some(day_part::usual_time(part?))).unwrap_or(DEFAULT_TIME)]
}

fn time_of_day(clock: Clock, part: Option<DayPart>, preferred_half: PreferredHalf) -> Option<Time> {
    let settled = match (part, clock.meridiem) {
        (Some(part), _) => meridiem::in_part(clock, part)?,
        (None, Meridiem::Known) => return clock.time(),
        (None, Meridiem::Open) => meridiem::on_a_day(clock, preferred_half)?,
    };
    Some(settled.time)
}

/// Spreads a number of times over the hours at which people are awake: "three times a day" is at 8:00, 14:00 and 20:00.
/// More than five times a day become eight.
fn spread_over_day(count: u8) -> Vec<Time> {
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

/// Returns the rule's first day. If the rule has no days, each named day that it can take becomes a part of it ("Dec 25
/// every year"). The rule ends with a named week, month or year ("every day next week"). `None` if a named holiday moves
/// in a way that no rule can express.
fn first_day(spec: &TimeSpec, pattern: &mut Pattern, sender: &Sender) -> Option<Date> {
    let today = sender.today();
    let mut from = spec.start.map_or(today, |day| day.date);
    let says_days = !pattern.weekdays.is_empty() || !pattern.month_days.is_empty() || !pattern.year_days.is_empty();
    // A rule that takes several days starts with the first of them.
    let takes_days = match pattern.frequency {
        Frequency::Weekly => true,
        Frequency::Monthly => spec.days.iter().all(|day| day.grain == Grain::Day),
        Frequency::Minutely | Frequency::Hourly | Frequency::Daily | Frequency::Yearly => false,
    };
    if let (false, None, Some(first)) = (says_days, spec.start, spec.days.iter().map(|day| day.date).min())
        && spec.days.len() > 1
        && takes_days
    {
        spec.days.iter().try_for_each(|day| add_day(pattern, day))?;
        return Some(first.max(today));
    }
    for day in &spec.days {
        if !says_days && day.grain == Grain::Day {
            add_day(pattern, day)?;
        }
        from = from.max(day.date);
        // "every day next week" and "every monday in april" end with that week and month, and "every day this weekend"
        // on Sunday.
        let is_weekend = day.grain == Grain::Weekend;
        let ends = day.grain != Grain::Day && (!is_weekend || pattern.frequency == Frequency::Daily);
        let last = ends.then(|| day.last_date()).flatten();
        pattern.end = last.map_or(pattern.end, End::Until);
    }
    Some(from.max(today))
}

/// Adds a named day to the days of a rule. `None` if a named holiday moves in a way that no rule can
/// express.
fn add_day(pattern: &mut Pattern, day: &Day) -> Option<()> {
    match pattern.frequency {
        Frequency::Weekly => pattern.weekdays.push(NthWeekday { nth: 0, weekday: day.date.weekday() }),
        Frequency::Monthly if day.if_past != IfPast::Weekly => pattern.month_days.push(day.date.day()),
        Frequency::Yearly => match day.if_past {
            IfPast::OnHoliday(holiday) => holiday.yearly()?.add_to(pattern),
            IfPast::Fixed | IfPast::Weekly | IfPast::Monthly | IfPast::Yearly => {
                pattern.months.push(day.date.month());
                pattern.month_days.push(day.date.day());
            }
        },
        // Only a rule of weeks, months or years takes a day. "Every month on friday" names no day of the month.
        Frequency::Minutely | Frequency::Hourly | Frequency::Daily | Frequency::Monthly => {}
    }
    Some(())
}
