//! Rules as text, in the format of RFC 5545.

use super::pattern::{End, Frequency, MOST_TIMES, NthWeekday, Pattern, Rule};
use jiff::civil::{Date, DateTime, Weekday};
use std::{
    fmt::{self, Display, Write},
    str::FromStr,
};

/// The error for a text that is not a rule as this crate writes it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected DTSTART:yyyymmddThhmmss and a line RRULE:FREQ=…, found {found:?}")]
#[non_exhaustive]
pub struct ParseRuleError {
    /// The text that could not be parsed.
    pub found: String,
}

const FREQUENCIES: [(Frequency, &str); 6] = [
    (Frequency::Minutely, "MINUTELY"),
    (Frequency::Hourly, "HOURLY"),
    (Frequency::Daily, "DAILY"),
    (Frequency::Weekly, "WEEKLY"),
    (Frequency::Monthly, "MONTHLY"),
    (Frequency::Yearly, "YEARLY"),
];

const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "MO"),
    (Weekday::Tuesday, "TU"),
    (Weekday::Wednesday, "WE"),
    (Weekday::Thursday, "TH"),
    (Weekday::Friday, "FR"),
    (Weekday::Saturday, "SA"),
    (Weekday::Sunday, "SU"),
];

const START_FORMAT: &str = "%Y%m%dT%H%M%S";

impl Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DTSTART:{}\nRRULE:{}", self.start.strftime(START_FORMAT), self.pattern)
    }
}

impl Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", name(&FREQUENCIES, self.frequency))?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        list(f, "BYMONTH", &self.months)?;
        list(f, "BYWEEKNO", &self.weeks)?;
        list(f, "BYYEARDAY", &self.year_days)?;
        list(f, "BYMONTHDAY", &self.month_days)?;
        list(f, "BYDAY", &self.weekdays)?;
        list(f, "BYHOUR", &self.hours)?;
        list(f, "BYMINUTE", &self.minutes)?;
        list(f, "BYSETPOS", &self.positions)?;
        match self.end {
            End::Never => Ok(()),
            End::Count(times) => write!(f, ";COUNT={times}"),
            // RFC 5545 requires a time of day here, because the start has one. This is the last second of the day.
            End::Until(day) => write!(f, ";UNTIL={}T235959", day.strftime("%Y%m%d")),
        }
    }
}

impl Display for NthWeekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nth != 0 {
            write!(f, "{}", self.nth)?;
        }
        f.write_str(name(&WEEKDAYS, self.weekday))
    }
}

fn list<T: Display>(f: &mut fmt::Formatter<'_>, key: &str, values: &[T]) -> fmt::Result {
    for (i, value) in values.iter().enumerate() {
        if i == 0 {
            write!(f, ";{key}=")?;
        } else {
            f.write_char(',')?;
        }
        write!(f, "{value}")?;
    }
    Ok(())
}

fn name<T: Copy + PartialEq>(table: &[(T, &'static str)], value: T) -> &'static str {
    table.iter().find(|(of, _)| *of == value).map_or("", |(_, name)| name)
}

fn named<T: Copy>(table: &[(T, &'static str)], name: &str) -> Option<T> {
    table.iter().find(|(_, of)| *of == name).map(|(value, _)| *value)
}

impl FromStr for Rule {
    type Err = ParseRuleError;

    fn from_str(text: &str) -> Result<Self, ParseRuleError> {
        parse(text).ok_or_else(|| ParseRuleError { found: text.to_owned() })
    }
}

fn parse(text: &str) -> Option<Rule> {
    let (start, pattern) = text.split_once('\n')?;
    let start = DateTime::strptime(START_FORMAT, start.strip_prefix("DTSTART:")?).ok()?;
    let mut parts = pattern.strip_prefix("RRULE:")?.split(';');
    let frequency = named(&FREQUENCIES, parts.next()?.strip_prefix("FREQ=")?)?;
    let mut pattern = Pattern::every(1, frequency);
    for part in parts {
        let (key, value) = part.split_once('=')?;
        match key {
            "INTERVAL" => pattern.interval = value.parse().ok().filter(|interval| *interval > 0)?,
            "BYMONTH" => pattern.months = numbers(value, 1..=12)?,
            "BYWEEKNO" => pattern.weeks = numbers(value, 1..=53)?,
            "BYYEARDAY" => pattern.year_days = numbers(value, -366..=366)?,
            "BYMONTHDAY" => pattern.month_days = numbers(value, -31..=31)?,
            "BYDAY" => pattern.weekdays = value.split(',').map(nth_weekday).collect::<Option<_>>()?,
            "BYHOUR" => pattern.hours = numbers(value, 0..=23)?,
            "BYMINUTE" => pattern.minutes = numbers(value, 0..=59)?,
            "BYSETPOS" => pattern.positions = numbers(value, -99..=99)?,
            "COUNT" => pattern.end = End::Count(value.parse().ok().filter(|times| (1..=MOST_TIMES).contains(times))?),
            "UNTIL" => pattern.end = End::Until(Date::strptime("%Y%m%d", value.strip_suffix("T235959")?).ok()?),
            _ => return None,
        }
    }
    Some(Rule { start, pattern: Box::new(pattern) })
}

fn numbers<T: FromStr + PartialOrd>(list: &str, range: std::ops::RangeInclusive<T>) -> Option<Vec<T>> {
    list.split(',').map(|number| number.parse().ok().filter(|number| range.contains(number))).collect()
}

fn nth_weekday(text: &str) -> Option<NthWeekday> {
    let (nth, weekday) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let nth = if nth.is_empty() { 0 } else { nth.parse().ok()? };
    Some(NthWeekday { nth, weekday: named(&WEEKDAYS, weekday)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_as_it_was_written() {
        for pattern in [
            "FREQ=DAILY",
            "FREQ=MINUTELY;INTERVAL=20",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=7",
            "FREQ=MONTHLY;BYDAY=1FR,-1FR;UNTIL=20271231T235959",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3",
            "FREQ=DAILY;BYHOUR=9,11,13;BYMINUTE=0,30",
        ] {
            let text = format!("DTSTART:20270314T183000\nRRULE:{pattern}");
            assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_rule_that_this_crate_does_not_write_is_refused() {
        for pattern in ["", "FREQ=SOMETIMES", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;BYDAY=XX"] {
            assert!(format!("DTSTART:20270314T183000\nRRULE:{pattern}").parse::<Rule>().is_err(), "{pattern}");
        }
        assert!("RRULE:FREQ=DAILY".parse::<Rule>().is_err());
        assert!("DTSTART:20271399T000000\nRRULE:FREQ=DAILY".parse::<Rule>().is_err());
    }
}
