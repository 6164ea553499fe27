//! Holidays, which people name instead of a date.
//!
//! ```text
//! holiday = ["next" | "this"] name [year]
//! ```
//! Without a year, a name stands for the next date of the holiday. Where countries differ, the sender's country counts.

mod names;

use crate::{
    english::{
        grammar::dates::{
            day::{Day, IfPast},
            month,
        },
        text::{
            reader::{Read, Reader},
            word::Word,
        },
    },
    rule::{NthWeekday, Pattern},
};
use jiff::civil::{Date, Weekday};
pub(crate) use names::HolidayDate;
use names::{
    ELSEWHERE,
    HolidayDate::{AfterNth, Easter, Nth, On, OnOrBefore},
    NAMES,
};

/// Whether a word begins the name of a holiday.
pub(crate) fn may_begin(said: &str) -> bool {
    let said = plain(said);
    let first = said.as_str();
    first.len() > 1
        && may_be_name(first.as_bytes())
        && NAMES
            .iter()
            .any(|(name, _)| name.starts_with(first) && matches!(name.as_bytes().get(first.len()), None | Some(b' ')))
}

/// For each first letter, one bit for each second letter that some name has. Most words begin no name.
static STARTS: [u32; 26] = {
    let mut starts = [0; 26];
    let mut i = 0;
    while i < NAMES.len() {
        let name = NAMES[i].0.as_bytes();
        starts[(name[0] - b'a') as usize] |= 1 << (name[1] - b'a');
        i += 1;
    }
    starts
};

/// Whether the first two letters of a word are those of a name.
fn may_be_name(word: &[u8]) -> bool {
    let [first, second, ..] = word else { return false };
    STARTS[usize::from(first - b'a')] & 1 << (second - b'a') != 0
}

/// Number of years after the present year that are searched for a holiday's next date.
const YEARS_AHEAD: i16 = 2;

/// Longest word of a holiday's name, in letters.
const LONGEST_WORD: usize = 24;

/// Reads a holiday. If a year follows the name, returns the date in that year, and otherwise the next date.
pub(crate) fn holiday(r: &Reader, at: usize) -> Read<Day> {
    // "next thanksgiving" means the coming thanksgiving; on the day itself, that of the next year.
    let is_next = r.word(at) == Word::Next;
    let at = if matches!(r.word(at), Word::Next | Word::This) { at + 1 } else { at };
    let (date, next) = find(r, at)?;
    // For instance "christmas 2028".
    if let Some((year, next)) = month::year(r, next) {
        return Some((Day::fixed(date.in_year(year)?), next));
    }
    let today = r.sender.today();
    let coming = (today.year()..=today.year().saturating_add(YEARS_AHEAD))
        .filter_map(|year| date.in_year(year))
        .find(|date| *date > today || *date == today && !is_next)?;
    Some((Day::recurring(coming, IfPast::OnHoliday(date)), next))
}

/// A yearly rule for a holiday.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct YearlyDate {
    pub(crate) months: Vec<i8>,
    pub(crate) month_days: Vec<i8>,
    pub(crate) year_days: Vec<i16>,
    pub(crate) weekdays: Vec<NthWeekday>,
}

impl HolidayDate {
    /// Returns the yearly rule for the holiday. `None` for a holiday that depends on Easter, because no rule of RFC 5545
    /// has its dates.
    pub(crate) fn yearly(self) -> Option<YearlyDate> {
        match self {
            On(month, day) => Some(YearlyDate::in_month(month, vec![day], Vec::new())),
            Nth(nth, weekday, month) => {
                Some(YearlyDate::in_month(month, Vec::new(), vec![NthWeekday { nth, weekday }]))
            }
            AfterNth(days, nth, weekday, month) => {
                YearlyDate::in_seven_days(weekday.wrapping_add(days), month, 7 * (nth - 1) + 1 + days)
            }
            OnOrBefore(weekday, month, day) => YearlyDate::in_seven_days(weekday, month, day - 6),
            Easter(_) => None,
        }
    }
}

impl YearlyDate {
    fn in_month(month: i8, month_days: Vec<i8>, weekdays: Vec<NthWeekday>) -> YearlyDate {
        YearlyDate { months: vec![month], month_days, year_days: Vec::new(), weekdays }
    }

    /// Returns the weekday that is among the seven days from a day of a month on. If they end in the next month, they
    /// are counted from the end of the year, which is the same in leap years from March on.
    fn in_seven_days(weekday: Weekday, month: i8, first: i8) -> Option<YearlyDate> {
        let weekdays = vec![NthWeekday { nth: 0, weekday }];
        let begins = Date::new(ANY_YEAR, month, first).ok()?;
        if first + 6 <= begins.days_in_month() {
            return Some(YearlyDate::in_month(month, (first..first + 7).collect(), weekdays));
        }
        let from_end = begins.day_of_year() - begins.days_in_year() - 1;
        let year_days = (from_end..from_end + 7).collect();
        (month > 2).then_some(YearlyDate { months: Vec::new(), month_days: Vec::new(), year_days, weekdays })
    }

    /// Adds the days to those of a yearly rule.
    pub(crate) fn add_to(self, pattern: &mut Pattern) {
        pattern.months.extend(self.months);
        pattern.month_days.extend(self.month_days);
        pattern.year_days.extend(self.year_days);
        pattern.weekdays.extend(self.weekdays);
    }

    fn is_of(&self, pattern: &Pattern) -> bool {
        pattern.months == self.months
            && pattern.month_days == self.month_days
            && pattern.year_days == self.year_days
            && pattern.weekdays == self.weekdays
    }
}

/// A year without February 29.
const ANY_YEAR: i16 = 2001;

/// Returns the name of the holiday on which a yearly rule rings, if its date is counted from another weekday: "black
/// friday".
pub(crate) fn name_of(pattern: &Pattern) -> Option<&'static str> {
    let counted = NAMES.iter().filter(|(_, date)| matches!(date, AfterNth(..) | OnOrBefore(..)));
    let is_it = |date: &HolidayDate| date.yearly().is_some_and(|yearly| yearly.is_of(pattern));
    counted.into_iter().find(|(_, date)| is_it(date)).map(|(name, _)| *name)
}

/// Reads the name of a holiday.
pub(crate) fn find(r: &Reader, at: usize) -> Read<HolidayDate> {
    let first = plain(r.spelling(at));
    let first = first.as_str();
    if !may_be_name(first.as_bytes()) {
        return None;
    }
    NAMES
        .iter()
        .filter(|(name, _)| name.starts_with(first) && matches!(name.as_bytes().get(first.len()), None | Some(b' ')))
        .find_map(|(name, everywhere)| {
            let next = matches(r, at, name)?;
            // The name may mean another date in the sender's country.
            let date = ELSEWHERE
                .iter()
                .find(|(other, countries, _)| other == name && countries.contains(&r.sender.country.as_str()))
                .map_or(*everywhere, |(_, _, date)| *date);
            Some((date, next))
        })
}

/// Returns the place after a name, if its words stand at `at`, with or without apostrophes and dots.
fn matches(r: &Reader, at: usize, name: &str) -> Option<usize> {
    let mut next = at;
    for word in name.split(' ') {
        if plain(r.spelling(next)).as_str() != word {
            return None;
        }
        next = if word == "st" { r.skip_mark(next + 1, b'.') } else { next + 1 };
    }
    Some(next)
}

/// The ASCII letters of a word, kept on the stack. Empty if there are more than [`LONGEST_WORD`].
struct Plain {
    bytes: [u8; LONGEST_WORD],
    len: usize,
}

impl Plain {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or("")
    }
}

fn plain(word: &str) -> Plain {
    let mut plain = Plain { bytes: [0; LONGEST_WORD], len: 0 };
    for byte in word.bytes().filter(u8::is_ascii_alphabetic) {
        if plain.len == LONGEST_WORD {
            return Plain { bytes: [0; LONGEST_WORD], len: 0 };
        }
        plain.bytes[plain.len] = byte;
        plain.len += 1;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Country, Hints, Request, Rule};
    use jiff::{Timestamp, civil::time, tz::TimeZone};

    const YEARS: std::ops::Range<i16> = 2020..2060;

    #[test]
    fn a_holiday_whose_time_has_passed_today_is_meant_on_its_next_date() {
        let hints = Hints { country: Country::US, question: None };
        let at_ten = |date: Date| TimeZone::UTC.to_timestamp(date.to_datetime(time(10, 0, 0, 0))).unwrap();
        for (name, date) in NAMES {
            for year in YEARS {
                let now = at_ten(date.in_year(year).unwrap());
                let text = format!("remind me on {name} at 9am to call mom");
                let request = crate::understand(&text, now, &TimeZone::UTC, &hints);
                let Request::Remind(wanted) = request else { panic!("{text:?} is {request:?}") };
                let due = TimeZone::UTC.to_datetime(wanted[0].due);
                assert_eq!(Some(due.date()), date.in_year(year + 1), "{name} after {year}");
                assert_eq!(due.time(), time(9, 0, 0, 0), "{name} after {year}");
            }
        }
    }

    #[test]
    fn a_yearly_rule_of_a_holiday_has_its_dates() {
        for (name, date) in NAMES {
            let mut pattern = Pattern::every(1, crate::rule::Frequency::Yearly);
            match date.yearly() {
                Some(yearly) => yearly.add_to(&mut pattern),
                None => {
                    assert!(matches!(date, Easter(_)), "{name}");
                    continue;
                }
            }
            let rule = Rule { start: Date::constant(2020, 1, 1).at(9, 0, 0, 0), pattern: Box::new(pattern) };
            let mut after: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
            for year in YEARS {
                after = rule.next_after(after, &TimeZone::UTC).unwrap();
                assert_eq!(Some(TimeZone::UTC.to_datetime(after).date()), date.in_year(year), "{name}");
            }
        }
    }
}
