//! The instants at which a rule rings.
//!
//! A rule of days is read period by period: a day, week, month or year. Each period gives its dates in order. A rule of
//! hours or minutes counts the time that passes, unless it is limited to hours of the day: then it counts on the clock.

use super::{
    pattern::{End, Frequency, NthWeekday, Pattern, Rule},
    steps,
};
use crate::zone::wall_clock;
use jiff::{
    SignedDuration, Span, Timestamp, ToSpan,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

/// Maximum number of periods in a row that are searched for a date. If none of them has a date, the rule is taken to
/// have no further date. February 29 comes at least every 8 years. In a rule with an interval, the wait for it may be
/// several times as long.
const MOST_EMPTY_PERIODS: u32 = 400;

impl Rule {
    /// Returns the first time at which the rule rings after an instant, on the clocks of `zone`. `None` if the rule has
    /// ended, or if no further time is found. If the rule counts on the clock, a time that the clocks skip moves later
    /// by the length of the gap, and of a time that the clocks show twice, the first counts.
    #[must_use]
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if self.pattern.counts_elapsed_time() {
            return steps::next_elapsed(self, after, zone);
        }
        self.times_after(after, zone)?.next()
    }

    /// Returns the number of steps of a rule that counts on the clock between two wall-clock times, both included. As in
    /// COUNT, a step that the clocks skip counts, although the rule may ring only once for it and a later step.
    pub(crate) fn steps_between(&self, first: DateTime, last: DateTime) -> usize {
        occurrences(self, first).skip_while(|at| *at < first).take_while(|at| *at <= last).count()
    }

    /// Returns the times after an instant of a rule that counts on the clock, in order. See [`Rule::next_after`].
    fn times_after<'a>(&'a self, after: Timestamp, zone: &'a TimeZone) -> Option<impl Iterator<Item = Timestamp> + 'a> {
        let earliest = earliest_after(after, zone)?;
        // With a count, all times are counted from the first on.
        let (from, most) = match self.pattern.end {
            End::Count(times) => (self.start, times as usize),
            End::Never | End::Until(_) => (earliest, usize::MAX),
        };
        let until = match self.pattern.end {
            End::Until(day) => day,
            End::Never | End::Count(_) => Date::MAX,
        };
        let mut last = after;
        let instants = occurrences(self, from)
            .take(most)
            .skip_while(move |at| *at < earliest)
            .take_while(move |at| at.date() <= until)
            .filter_map(|at| wall_clock(at.date(), at.time(), zone));
        // A time that the clocks skip may be later than a time after the gap.
        Some(instants.filter(move |instant| {
            let is_later = *instant > last;
            last = last.max(*instant);
            is_later
        }))
    }
}

/// Returns the local time from which to search: each earlier local time is at or before the instant `after`. Usually it
/// is the local time of `after`. If the clocks were set forward in the last 24 hours, it is earlier by the gap, because
/// skipped times move later.
fn earliest_after(after: Timestamp, zone: &TimeZone) -> Option<DateTime> {
    let day_before = after.checked_sub(SignedDuration::from_hours(24)).ok()?;
    let gap = zone.to_offset(after).duration_since(zone.to_offset(day_before)).max(SignedDuration::ZERO);
    zone.to_datetime(after).checked_sub(gap).ok()
}

/// Returns the rule's wall-clock times in order, from about `from` on.
fn occurrences(rule: &Rule, from: DateTime) -> Box<dyn Iterator<Item = DateTime> + '_> {
    let start = rule.start;
    if rule.pattern.frequency < Frequency::Daily {
        return Box::new(steps::on_the_clock(rule, from));
    }
    let dates = Dates::new(rule, from.date());
    let times = times_of_day(rule);
    Box::new(
        dates
            .flat_map(move |date| times.clone().into_iter().map(move |time| date.to_datetime(time)))
            .filter(move |at| *at >= start),
    )
}

fn times_of_day(rule: &Rule) -> Vec<Time> {
    let start = rule.start.time();
    let hours = if rule.pattern.hours.is_empty() { &[start.hour()][..] } else { &rule.pattern.hours };
    let minutes = if rule.pattern.minutes.is_empty() { &[start.minute()][..] } else { &rule.pattern.minutes };
    let mut times: Vec<Time> = hours
        .iter()
        .flat_map(|hour| minutes.iter().filter_map(move |minute| Time::new(*hour, *minute, start.second(), 0).ok()))
        .collect();
    times.sort_unstable();
    times
}

/// Iterates over the dates of a rule of days, from the period that [`period_of`] returns for `from`.
struct Dates<'r> {
    rule: &'r Rule,
    days: Days,
    /// The number of the period that is read next.
    period: i64,
    /// The number of periods in a row that had no date.
    empty_periods: u32,
    /// The dates of the last period that are still to be returned.
    ready: std::vec::IntoIter<Date>,
}

impl<'r> Dates<'r> {
    fn new(rule: &'r Rule, from: Date) -> Dates<'r> {
        let days = Days::of(rule);
        Dates { rule, days, period: period_of(rule, from), empty_periods: 0, ready: Vec::new().into_iter() }
    }
}

impl Iterator for Dates<'_> {
    type Item = Date;

    fn next(&mut self) -> Option<Date> {
        loop {
            if let Some(date) = self.ready.next() {
                self.empty_periods = 0;
                return Some(date);
            }
            self.empty_periods += 1;
            if self.empty_periods > MOST_EMPTY_PERIODS {
                return None;
            }
            let (first, last) = period(self.rule, self.period)?;
            self.period += 1;
            let mut dates: Vec<Date> = std::iter::successors(Some(first), |day| day.tomorrow().ok())
                .take_while(|day| *day <= last)
                .filter(|day| self.days.has(*day))
                .collect();
            choose(&mut dates, &self.rule.pattern.positions);
            self.ready = dates.into_iter();
        }
    }
}

/// Returns the number of the rule's last period that begins on or before a date, or 0 if the date is before the first
/// period.
fn period_of(rule: &Rule, date: Date) -> i64 {
    let start = rule.start.date();
    let gone_by = match rule.pattern.frequency {
        Frequency::Minutely | Frequency::Hourly | Frequency::Daily => days_between(start, date),
        Frequency::Weekly => days_between(monday(start), date).div_euclid(7),
        Frequency::Monthly => months(date) - months(start),
        Frequency::Yearly => i64::from(date.year()) - i64::from(start.year()),
    };
    gone_by.div_euclid(i64::from(rule.pattern.interval)).max(0)
}

/// Returns the first and last day of a period. `None` beyond the calendar's end.
fn period(rule: &Rule, period: i64) -> Option<(Date, Date)> {
    let start = rule.start.date();
    let by = period.checked_mul(i64::from(rule.pattern.interval))?;
    match rule.pattern.frequency {
        Frequency::Minutely | Frequency::Hourly | Frequency::Daily => {
            let day = start.checked_add(Span::new().try_days(by).ok()?).ok()?;
            Some((day, day))
        }
        Frequency::Weekly => {
            let first = monday(start).checked_add(Span::new().try_weeks(by).ok()?).ok()?;
            Some((first, first.checked_add(6.days()).ok()?))
        }
        Frequency::Monthly => {
            let first = start.first_of_month().checked_add(Span::new().try_months(by).ok()?).ok()?;
            Some((first, first.last_of_month()))
        }
        Frequency::Yearly => {
            let first = start.first_of_year().checked_add(Span::new().try_years(by).ok()?).ok()?;
            Some((first, first.last_of_year()))
        }
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

fn months(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month())
}

fn monday(date: Date) -> Date {
    let back = i64::from(date.weekday().to_monday_zero_offset());
    date.checked_sub(back.days()).unwrap_or(date)
}

/// Applies BYSETPOS: keeps only the dates at these positions, or all dates if there are no positions.
fn choose(dates: &mut Vec<Date>, positions: &[i8]) {
    if positions.is_empty() {
        return;
    }
    let len = dates.len();
    let mut chosen: Vec<Date> = positions
        .iter()
        .filter_map(|position| {
            let place = usize::from(position.unsigned_abs());
            let index = if *position > 0 { place.checked_sub(1)? } else { len.checked_sub(place)? };
            dates.get(index).copied()
        })
        .collect();
    chosen.sort_unstable();
    chosen.dedup();
    *dates = chosen;
}

/// The days of a rule. The rule's start fills in the parts that the rule leaves open.
struct Days {
    pattern: Pattern,
    /// Whether an nth weekday is counted within its month, and not within its year.
    nth_in_month: bool,
}

impl Days {
    fn of(rule: &Rule) -> Days {
        let mut pattern = Pattern::clone(&rule.pattern);
        let start = rule.start.date();
        let nth_in_month = pattern.frequency != Frequency::Yearly || !pattern.months.is_empty();
        let says_a_day = !pattern.month_days.is_empty() || !pattern.weekdays.is_empty();
        match pattern.frequency {
            Frequency::Weekly if pattern.weekdays.is_empty() => {
                pattern.weekdays.push(NthWeekday { nth: 0, weekday: start.weekday() });
            }
            Frequency::Monthly if !says_a_day => pattern.month_days.push(start.day()),
            Frequency::Yearly if !says_a_day && pattern.weeks.is_empty() && pattern.year_days.is_empty() => {
                pattern.month_days.push(start.day());
                if pattern.months.is_empty() {
                    pattern.months.push(start.month());
                }
            }
            Frequency::Minutely
            | Frequency::Hourly
            | Frequency::Daily
            | Frequency::Weekly
            | Frequency::Monthly
            | Frequency::Yearly => {}
        }
        Days { pattern, nth_in_month }
    }

    fn has(&self, day: Date) -> bool {
        let Pattern { months, weeks, year_days, month_days, weekdays, .. } = &self.pattern;
        let any = |list: &[i8], value: i8, length: i8| {
            list.is_empty() || list.contains(&value) || list.contains(&(value - length - 1))
        };
        let is_in_weeks = || {
            let iso = day.iso_week_date();
            iso.year() == day.year() && weeks.contains(&iso.week())
        };
        (months.is_empty() || months.contains(&day.month()))
            && any(month_days, day.day(), day.days_in_month())
            && (weeks.is_empty() || is_in_weeks())
            && (year_days.is_empty()
                || year_days.contains(&day.day_of_year())
                || year_days.contains(&(day.day_of_year() - day.days_in_year() - 1)))
            && (weekdays.is_empty() || weekdays.iter().any(|weekday| self.is_nth(day, *weekday)))
    }

    fn is_nth(&self, day: Date, NthWeekday { nth, weekday }: NthWeekday) -> bool {
        if day.weekday() != weekday {
            return false;
        }
        let (before, after) = if self.nth_in_month {
            (i16::from(day.day()) - 1, i16::from(day.days_in_month() - day.day()))
        } else {
            (day.day_of_year() - 1, day.days_in_year() - day.day_of_year())
        };
        match nth {
            0 => true,
            1.. => before / 7 + 1 == i16::from(nth),
            _ => after / 7 + 1 == -i16::from(nth),
        }
    }
}
