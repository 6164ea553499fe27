//! From what is said about how often to rules and their first times.

use crate::{
    amount::Amount,
    asks::Leaning,
    choose::When,
    clock::{Clock, Half},
    day::{Day, Grain, Roll},
    half,
    lexicon::Part,
    part,
    reader::Here,
    recurrence::Every,
    resolve::{DEFAULT_TIME, MOST_TIMES, Resolved},
    rule::{End, Frequency, MOST_TIMES as MOST_COUNTED, NthWeekday, Pattern, Rule},
    to::wall_clock,
};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, DateTime, Time},
};

const MINUTES_PER_HOUR: i64 = 60;
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
    let mut times: Vec<Time> = half::in_sequence(&when.clocks, |clock| time_of_day(clock, part, leaning));
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
    vec![when.part.map(|(_, time)| time).or_else(|| Some(part::hour_of(part?))).unwrap_or(DEFAULT_TIME)]
}

fn time_of_day(clock: Clock, part: Option<Part>, leaning: Leaning) -> Option<Time> {
    let settled = match (part, clock.half) {
        (Some(part), _) => half::in_part(clock, part)?,
        (None, Half::Known) => return clock.time(),
        (None, Half::Open) => half::on_a_day(clock, leaning)?,
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

/// The end, if one was said. `None` if it lies beyond the calendar.
fn end(when: &When, pattern: &mut Pattern, from: Date, here: &Here) -> Option<()> {
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
fn first(pattern: &Pattern, start: DateTime, here: &Here) -> Option<(Timestamp, Option<Rule>)> {
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
fn none(pattern: &Pattern, from: Date, time: Time, here: &Here) -> Resolved {
    match pattern.end {
        End::Until(day) => match wall_clock(day, time, &here.zone) {
            Some(last) if last <= here.now || day <= from => Resolved::Past(last.min(here.now)),
            _ => Resolved::Nothing,
        },
        _ => Resolved::NoSuchDay,
    }
}

/// Rules of hours and minutes: from now, from a time, or between two times of each day.
fn within_days(when: &When, every: &Every, here: &Here) -> Resolved {
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
                half::on_a_day(*clock, Leaning::None).map(|settled| settled.time)
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
