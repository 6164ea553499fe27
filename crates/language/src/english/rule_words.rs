//! Writes a rule in words, which this crate reads as the same rule again: "every other Friday at 6:30 PM".

use crate::english::grammar::dates::holiday;
use crate::rule::{End, Frequency, NthWeekday, Pattern, Rule};
use crate::zone::wall_clock;
use jiff::SignedDuration;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use std::fmt::{self, Display};

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;

const MINUTES_PER_HOUR: i32 = 60;
const MINUTES_PER_DAY: i32 = 24 * MINUTES_PER_HOUR;

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

const WEEKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

const WEEKEND: [Weekday; 2] = [Weekday::Saturday, Weekday::Sunday];

/// Returns a rule as people say it, with its times and its end: "every other Friday at 6:30 PM". The words are
/// understood as the same rule again. A rule of minutes or hours may end after a number of occurrences. If all of these
/// take less than a day, and the rule is not limited to some hours or minutes, the words contain the time of the last
/// occurrence, on the clocks of `zone`: "every 30 minutes until 6 PM".
#[must_use]
pub fn rule_in_words(rule: &Rule, zone: &TimeZone) -> String {
    Words(rule, zone).to_string()
}

/// Displays a rule in words.
struct Words<'r>(&'r Rule, &'r TimeZone);

impl Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Words(rule, zone) = self;
        let pattern = &rule.pattern;
        f.write_str(&days(rule))?;
        if pattern.frequency < Frequency::Daily {
            if let Some((first, last)) = first_and_last(rule) {
                write!(f, " from {} to {}", clock(first.hour(), first.minute()), clock(last.hour(), last.minute()))?;
            }
            f.write_str(&except_weekdays(pattern))?;
            f.write_str(&except_months(pattern))?;
        } else {
            write!(f, " at {}", and(&times(rule)))?;
        }
        match pattern.end {
            End::Never => Ok(()),
            End::Count(times) => match (last_time(rule, times, zone), times) {
                (Some(last), _) => write!(f, " until {}", clock(last.hour(), last.minute())),
                (None, 1) => f.write_str(", once"),
                (None, _) => write!(f, ", {times} times"),
            },
            End::Until(day) => write!(f, " until {}", day.strftime("%b %-d, %Y")),
        }
    }
}

/// Returns the first and the last time of each day of a rule of minutes or hours, if it is limited to hours of the day.
/// The hours are in the order in which they follow each other, so the last may be after midnight.
fn first_and_last(rule: &Rule) -> Option<(Time, Time)> {
    let (first, last) = (*rule.pattern.hours.first()?, *rule.pattern.hours.last()?);
    let step = i32::try_from(rule.pattern.step_minutes()).ok()?.min(MINUTES_PER_DAY);
    let start = i32::from(rule.start.hour()) * MINUTES_PER_HOUR + i32::from(rule.start.minute());
    let minutes_of = |hour: i8| {
        let all = (0..MINUTES_PER_DAY / step).map(move |n| (start + n * step) % MINUTES_PER_DAY);
        all.filter(move |at| at / MINUTES_PER_HOUR == i32::from(hour)).map(|at| (at % MINUTES_PER_HOUR) as i8)
    };
    let first = Time::new(first, minutes_of(first).min()?, 0, 0).ok()?;
    let last = Time::new(last, minutes_of(last).max()?, 0, 0).ok()?;
    Some((first, last))
}

/// Returns the time of the last of `times` occurrences of a rule of minutes or hours. `None` if the occurrences take a
/// day or longer, or if the rule is limited to some hours or minutes.
fn last_time(rule: &Rule, times: u32, zone: &TimeZone) -> Option<Time> {
    let pattern = &rule.pattern;
    let interval_s = match pattern.frequency {
        Frequency::Minutely => MINUTE_S,
        Frequency::Hourly => HOUR_S,
        Frequency::Daily | Frequency::Weekly | Frequency::Monthly | Frequency::Yearly => return None,
    };
    let takes_s = i64::from(pattern.interval) * interval_s * (i64::from(times) - 1);
    let is_plain = pattern.hours.is_empty() && pattern.minutes.is_empty() && takes_s < DAY_S;
    let first = wall_clock(rule.start.date(), rule.start.time(), zone).filter(|_| is_plain)?;
    Some(zone.to_datetime(first.checked_add(SignedDuration::from_secs(takes_s)).ok()?).time())
}

fn times(rule: &Rule) -> Vec<String> {
    let start = rule.start.time();
    let hours = if rule.pattern.hours.is_empty() { vec![start.hour()] } else { rule.pattern.hours.clone() };
    let minutes = if rule.pattern.minutes.is_empty() { vec![start.minute()] } else { rule.pattern.minutes.clone() };
    hours.iter().flat_map(|hour| minutes.iter().map(|minute| clock(*hour, *minute))).collect()
}

fn clock(hour: i8, minute: i8) -> String {
    let time = Time::new(hour, minute, 0, 0).unwrap_or(Time::midnight());
    match (hour, minute) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "noon".to_owned(),
        (_, 0) => time.strftime("%-I %p").to_string(),
        _ => time.strftime("%-I:%M %p").to_string(),
    }
}

fn days(rule: &Rule) -> String {
    let pattern = &rule.pattern;
    match pattern.frequency {
        Frequency::Minutely => every(pattern.interval, "minute"),
        Frequency::Hourly => every(pattern.interval, "hour"),
        Frequency::Daily => every(pattern.interval, "day") + &except_months(pattern),
        Frequency::Weekly => of_week(pattern, rule.start.date()) + &except_months(pattern),
        Frequency::Monthly => {
            let days = of_month(pattern, rule.start.date());
            format!("on {days} of {}", every(pattern.interval, "month")) + &except_months(pattern)
        }
        Frequency::Yearly => match holiday::name_of(pattern) {
            Some(holiday) => format!("{} on {}", every(pattern.interval, "year"), in_title_case(holiday)),
            None => format!("{} {}", every(pattern.interval, "year"), of_year(pattern, rule.start.date())),
        },
    }
}

/// Returns the weekdays on which a rule of minutes or hours does not ring: " except on Saturday".
fn except_weekdays(pattern: &Pattern) -> String {
    let days: Vec<Weekday> = pattern.weekdays.iter().map(|nth| nth.weekday).collect();
    if days.is_empty() { String::new() } else { format!(" except on {}", and(&others(&WEEK, &days))) }
}

/// Returns the names of the days in `all` that are not in `days`.
fn others(all: &[Weekday], days: &[Weekday]) -> Vec<String> {
    all.iter().filter(|day| !days.contains(day)).map(|day| name(*day).to_owned()).collect()
}

/// Returns the months in which a rule does not ring: " except in December".
fn except_months(pattern: &Pattern) -> String {
    if pattern.months.is_empty() {
        return String::new();
    }
    let names: Vec<String> = (1..=12)
        .filter(|month| !pattern.months.contains(month))
        .filter_map(|month| Date::new(2000, month, 1).ok())
        .map(|date| date.strftime("%B").to_string())
        .collect();
    format!(" except in {}", and(&names))
}

/// Returns "every day", "every other day", "every 3 days" or "every 2 hours".
fn every(interval: u32, unit: &str) -> String {
    match interval {
        1 => format!("every {unit}"),
        2 if !["minute", "hour"].contains(&unit) => format!("every other {unit}"),
        _ => format!("every {interval} {unit}s"),
    }
}

fn of_week(pattern: &Pattern, start: Date) -> String {
    let mut days: Vec<Weekday> = pattern.weekdays.iter().map(|nth| nth.weekday).collect();
    if days.is_empty() {
        days.push(start.weekday());
    }
    let is = |all: &[Weekday]| days.len() == all.len() && all.iter().all(|day| days.contains(day));
    let names = if is(&WEEKDAYS) {
        "weekday".to_owned()
    } else if is(&WEEKEND) {
        "weekend".to_owned()
    } else if pattern.interval == 1 && days.len() == 4 && days.iter().all(|day| WEEKDAYS.contains(day)) {
        format!("weekday but {}", and(&others(&WEEKDAYS, &days)))
    } else if pattern.interval == 1 && (5..7).contains(&days.len()) {
        format!("day but {}", and(&others(&WEEK, &days)))
    } else {
        and(&days.iter().map(|day| name(*day).to_owned()).collect::<Vec<_>>())
    };
    match pattern.interval {
        1 => format!("every {names}"),
        2 if !is(&WEEKDAYS) => format!("every other {names}"),
        interval if is(&WEEKDAYS) || is(&WEEKEND) => format!("{} on {names}s", every(interval, "week")),
        interval => format!("{} on {names}", every(interval, "week")),
    }
}

fn of_month(pattern: &Pattern, start: Date) -> String {
    let places = |places: &[i8]| and(&places.iter().map(|place| nth(*place)).collect::<Vec<_>>());
    if !pattern.positions.is_empty() {
        let weekdays = pattern.weekdays.len() == WEEKDAYS.len();
        let names: Vec<String> = pattern.weekdays.iter().map(|day| name(day.weekday).to_owned()).collect();
        let subject = if weekdays { "weekday".to_owned() } else { names.join(" or ") };
        return format!("the {} {subject}", places(&pattern.positions));
    }
    if !pattern.weekdays.is_empty() {
        return nth_weekdays(&pattern.weekdays);
    }
    match pattern.month_days.as_slice() {
        [] => format!("the {}", nth(start.day())),
        [-1] => "the last day".to_owned(),
        days => format!("the {}", places(days)),
    }
}

fn of_year(pattern: &Pattern, start: Date) -> String {
    let month = pattern.months.first().copied().unwrap_or(start.month());
    let month = Date::new(2000, month, 1).map_or_else(|_| String::new(), |date| date.strftime("%B").to_string());
    if !pattern.weeks.is_empty() {
        let weeks: Vec<String> = pattern.weeks.iter().map(i8::to_string).collect();
        return format!("in week {}", and(&weeks));
    }
    if let [day, ..] = pattern.year_days.as_slice() {
        return format!("on day {day}");
    }
    if !pattern.weekdays.is_empty() {
        let of = if pattern.months.is_empty() { String::new() } else { format!(" of {month}") };
        return format!("on {}{of}", nth_weekdays(&pattern.weekdays));
    }
    let days = if pattern.month_days.is_empty() { vec![start.day()] } else { pattern.month_days.clone() };
    format!("on {month} {}", and(&days.iter().map(i8::to_string).collect::<Vec<_>>()))
}

fn nth_weekdays(days: &[NthWeekday]) -> String {
    let same = days.iter().all(|day| day.weekday == days[0].weekday);
    if same {
        let places: Vec<String> = days.iter().map(|day| nth(day.nth)).collect();
        return format!("the {} {}", and(&places), name(days[0].weekday)).replace("  ", " ");
    }
    and(&days
        .iter()
        .map(|day| format!("the {} {}", nth(day.nth), name(day.weekday)).replace("  ", " "))
        .collect::<Vec<_>>())
}

/// Returns "1st", "22nd", "last" or "2nd to last", or an empty string for 0, which means every such weekday.
fn nth(place: i8) -> String {
    let count = place.unsigned_abs();
    let suffix = match (count % 10, count % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    match place {
        0 => String::new(),
        -1 => "last".to_owned(),
        ..0 => format!("{count}{suffix} to last"),
        _ => format!("{count}{suffix}"),
    }
}

fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// Writes each word of a name with a capital: "Black Friday".
fn in_title_case(name: &str) -> String {
    let words = name.split(' ').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or(("", word));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Joins items in words: "a", "a and b", "a, b and c".
fn and(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Country, Hints, Request};
    use jiff::Timestamp;

    /// Checks a rule's words, and that they are understood as the same rule.
    fn check(pattern: &str, expected: &str) {
        let rule: Rule = format!("DTSTART:20270312T183000\nRRULE:{pattern}").parse().unwrap();
        let now: Timestamp = "2027-03-10T15:15:00Z".parse().unwrap();
        let zone = TimeZone::get("America/New_York").unwrap();
        assert_eq!(rule_in_words(&rule, &zone), expected, "{pattern}");
        let hints = Hints { country: Country::US, question: None };
        let understood = crate::understand(&format!("remind me {expected} to run"), now, &zone, &hints);
        let Request::Remind(wanted) = understood else { panic!("{expected:?} is {understood:?}") };
        let again = wanted[0].rule.as_ref().unwrap();
        // Two rules are the same if they give the same dates from the same start.
        let again = Rule { start: rule.start, ..again.clone() };
        let mut after = now;
        for _ in 0..12 {
            let next = rule.next_after(after, &zone);
            assert_eq!(next, again.next_after(after, &zone), "{expected:?} is {again}");
            let Some(next) = next else { break };
            after = next;
        }
        assert_eq!(wanted[0].task, "run");
    }

    #[test]
    fn the_words_of_a_rule_are_understood_as_the_same_rule() {
        check("FREQ=DAILY", "every day at 6:30 PM");
        check("FREQ=DAILY;INTERVAL=2", "every other day at 6:30 PM");
        check("FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0", "every day at 8 AM and 8 PM");
        check("FREQ=DAILY;BYHOUR=0,12;BYMINUTE=0", "every day at midnight and noon");
        check("FREQ=DAILY;COUNT=5", "every day at 6:30 PM, 5 times");
        check("FREQ=DAILY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11", "every day except in December at 6:30 PM");
        check(
            "FREQ=WEEKLY;BYMONTH=1,2,3,4,5,6,9,10,11,12;BYDAY=MO,TU,TH,FR",
            "every weekday but Wednesday except in July and August at 6:30 PM",
        );
        check("FREQ=WEEKLY;BYDAY=MO,TU,TH,FR", "every weekday but Wednesday at 6:30 PM");
        check("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA", "every day but Sunday at 6:30 PM");
        check("FREQ=WEEKLY;BYDAY=MO,WE,TH,FR,SA", "every day but Tuesday and Sunday at 6:30 PM");
        check("FREQ=WEEKLY;BYDAY=MO,WE,FR", "every Monday, Wednesday and Friday at 6:30 PM");
        check(
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,TH,FR",
            "every other Monday, Tuesday, Thursday and Friday at 6:30 PM",
        );
        check(
            "FREQ=MONTHLY;BYMONTH=2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY=1",
            "on the 1st of every month except in January at 6:30 PM",
        );
        check("FREQ=HOURLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", "every 2 hours except on Saturday and Sunday");
        check(
            "FREQ=HOURLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11;BYHOUR=9,10,11,12",
            "every hour from 9:30 AM to 12:30 PM except in December",
        );
        check("FREQ=MINUTELY;INTERVAL=15;BYHOUR=9", "every 15 minutes from 9 AM to 9:45 AM");
        check("FREQ=MINUTELY;INTERVAL=45;BYHOUR=16,17,18,19", "every 45 minutes from 4:15 PM to 7:15 PM");
        check("FREQ=MINUTELY;INTERVAL=30;BYHOUR=22,23,0,1", "every 30 minutes from 10 PM to 1:30 AM");
        check("FREQ=WEEKLY", "every Friday at 6:30 PM");
        check("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday at 6:30 PM");
        check("FREQ=WEEKLY;BYDAY=SA,SU", "every weekend at 6:30 PM");
        check("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every other Friday at 6:30 PM");
        check("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,FR", "every 3 weeks on Monday and Friday at 6:30 PM");
        check(
            "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270601T235959",
            "every Tuesday and Thursday at 6:30 PM until Jun 1, 2027",
        );
        check("FREQ=MONTHLY;BYMONTHDAY=1,15", "on the 1st and 15th of every month at 6:30 PM");
        check("FREQ=MONTHLY;BYMONTHDAY=-1", "on the last day of every month at 6:30 PM");
        check("FREQ=MONTHLY;BYMONTHDAY=-2", "on the 2nd to last of every month at 6:30 PM");
        check("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=4", "on the 4th of every 3 months at 6:30 PM");
        check("FREQ=MONTHLY;BYDAY=1FR,3FR", "on the 1st and 3rd Friday of every month at 6:30 PM");
        check("FREQ=MONTHLY;BYDAY=-1MO", "on the last Monday of every month at 6:30 PM");
        check("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "on the last weekday of every month at 6:30 PM");
        check("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25", "every year on December 25 at 6:30 PM");
        check("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "every year on the 4th Thursday of November at 6:30 PM");
        check(
            "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR",
            "every year on Black Friday at 6:30 PM",
        );
        check("FREQ=YEARLY;BYYEARDAY=-36,-35,-34,-33,-32,-31,-30;BYDAY=MO", "every year on Cyber Monday at 6:30 PM");
        check(
            "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=18,19,20,21,22,23,24;BYDAY=MO",
            "every year on Victoria Day at 6:30 PM",
        );
    }

    #[test]
    fn the_words_of_a_rule_of_minutes_or_hours_name_the_time_of_its_last_occurrence() {
        for (text, expected) in [
            ("every 30 minutes until 6pm", "every 30 minutes until 6 PM"),
            ("every hour until midnight", "every hour until midnight"),
            ("every 2 hours until 6pm", "every 2 hours until 5 PM"),
            ("every 15 minutes for an hour", "every 15 minutes until 4 PM"),
        ] {
            let now: Timestamp = "2027-03-10T15:00:00-05:00".parse().unwrap();
            let zone = TimeZone::get("America/New_York").unwrap();
            let hints = Hints { country: Country::US, question: None };
            let understood = crate::understand(&format!("remind me to stretch {text}"), now, &zone, &hints);
            let Request::Remind(wanted) = understood else { panic!("{text:?} is {understood:?}") };
            assert_eq!(rule_in_words(wanted[0].rule.as_ref().unwrap(), &zone), expected, "{text:?}");
        }
    }

    #[test]
    fn the_words_of_a_rule_of_hours_that_takes_longer_than_a_day_give_its_number_of_times() {
        let rule: Rule = "DTSTART:20270312T183000\nRRULE:FREQ=HOURLY;COUNT=30".parse().unwrap();
        assert_eq!(rule_in_words(&rule, &TimeZone::UTC), "every hour, 30 times");
    }
}
