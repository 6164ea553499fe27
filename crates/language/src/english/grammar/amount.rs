//! Amounts of time: "2 and a half hours", "1 year, 2 months", "1h30", "an hour and ten".
//!
//! ```text
//! amount = part { [","] ["and"|"plus"|"+"] part }
//! part   = count unit ["and a half" | "and" whole]     ("an hour and ten" is an hour and ten minutes)
//!        | count "h" digits                            ("1h30")
//! ```

use crate::english::{
    grammar::number::{self, Thousandths},
    text::{
        reader::{Read, Reader},
        word::{Form, Unit, Word},
    },
};
use jiff::{SignedDuration, Span, Timestamp, civil::DateTime, tz::TimeZone};

/// An amount of time in months, days and seconds. The three are kept apart, because a month has no fixed length and a
/// day does not always have 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Amount {
    pub(crate) months: i64,
    pub(crate) days: i64,
    pub(crate) seconds: i64,
    /// Number of parts of the phrase that gave the amount: "an hour and ten minutes" has two.
    pub(crate) parts: u8,
}

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Length of a month in days, for fractions of a month and for durations.
const MONTH_DAYS: i64 = 30;

/// Maximum number of parts of one amount.
const MOST_PARTS: u8 = 8;

impl Amount {
    pub(crate) fn of(count: Thousandths, unit: Unit) -> Amount {
        let mut amount = Amount { parts: 1, ..Amount::default() };
        match unit {
            Unit::Second => amount.seconds = count / 1000,
            Unit::Minute => amount.seconds = count * 60 / 1000,
            Unit::Hour => amount.seconds = count * 3600 / 1000,
            Unit::Day => amount.set_days(count),
            Unit::Week => amount.set_days(count * 7),
            Unit::Fortnight => amount.set_days(count * 14),
            Unit::Month => amount.set_months(count),
            Unit::Quarter => amount.set_months(count * 3),
            Unit::Year => amount.set_months(count * 12),
            Unit::Decade => amount.set_months(count * 120),
        }
        amount
    }

    fn set_days(&mut self, count: Thousandths) {
        self.days = count / 1000;
        self.seconds = count % 1000 * DAY_SECONDS / 1000;
    }

    fn set_months(&mut self, count: Thousandths) {
        self.months = count / 1000;
        self.days = count % 1000 * MONTH_DAYS / 1000;
    }

    fn plus(self, other: Amount) -> Amount {
        Amount {
            months: self.months + other.months,
            days: self.days + other.days,
            seconds: self.seconds + other.seconds,
            parts: self.parts + other.parts,
        }
    }

    pub(crate) fn negated(self) -> Amount {
        Amount { months: -self.months, days: -self.days, seconds: -self.seconds, parts: self.parts }
    }

    /// Whether the amount is in whole days or longer units, so that it leaves the time of day open.
    pub(crate) fn is_of_days(&self) -> bool {
        self.seconds == 0
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.months == 0 && self.days == 0 && self.seconds == 0
    }

    pub(crate) fn duration(&self) -> SignedDuration {
        SignedDuration::from_secs(self.seconds + (self.days + self.months * MONTH_DAYS) * DAY_SECONDS)
    }

    /// Returns the wall-clock time that is later by this amount, with days and months counted on the calendar. `None`
    /// beyond the calendar's end.
    pub(crate) fn after_clock(&self, clock: DateTime) -> Option<DateTime> {
        let days = Span::new().try_months(self.months).ok()?.try_days(self.days).ok()?;
        clock.checked_add(days).ok()?.checked_add(SignedDuration::from_secs(self.seconds)).ok()
    }

    /// Returns the instant that is later by this amount: days and months are counted on the zone's calendar, hours and
    /// minutes as they pass. `None` beyond the calendar's end.
    pub(crate) fn after(&self, instant: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let days = Amount { seconds: 0, ..*self };
        let instant = if self.months == 0 && self.days == 0 {
            instant
        } else {
            let clock = days.after_clock(zone.to_datetime(instant))?;
            zone.to_ambiguous_timestamp(clock).compatible().ok()?
        };
        instant.checked_add(SignedDuration::from_secs(self.seconds)).ok()
    }
}

/// Reads a unit after its number. Single letters are units only after digits.
pub(crate) fn unit(r: &Reader, at: usize) -> Read<Unit> {
    match r.word(at) {
        Word::Unit(unit) => Some((unit, at + 1)),
        Word::Second => Some((Unit::Second, at + 1)),
        Word::Quarter => Some((Unit::Quarter, at + 1)),
        // "mon" after digits is a month: "in 5 mon". After a length of time it is a day: "2h30 mon".
        Word::Weekday(jiff::civil::Weekday::Monday, Form::Short) if is_digit_before(r, at) => {
            let is_day = matches!(
                at.checked_sub(2).map(|before| r.word(before)),
                Some(Word::Letters(Unit::Hour) | Word::Unit(Unit::Hour))
            );
            (!is_day).then_some((Unit::Month, at + 1))
        }
        Word::Letters(unit) if is_digit_before(r, at) => Some((unit, at + 1)),
        _ => None,
    }
}

fn is_digit_before(r: &Reader, at: usize) -> bool {
    matches!(r.word_before(at), Some(Word::Number(..)))
}

/// Reads an amount with all of its parts.
pub(crate) fn amount(r: &Reader, at: usize) -> Read<Amount> {
    let (mut sum, mut next) = part(r, at)?;
    while sum.parts < MOST_PARTS {
        let joined = r.skip_mark(next, b',');
        let joined = if matches!(r.word(joined), Word::And | Word::Plus | Word::Mark(b'+' | b'&')) {
            joined + 1
        } else {
            joined
        };
        // "in 2 hours a man comes": an article begins another part only after "and" or a comma.
        if joined == next && matches!(r.word(joined), Word::A | Word::Half | Word::Few) {
            break;
        }
        match part(r, joined) {
            Some((part, behind)) => (sum, next) = (sum.plus(part), behind),
            None => break,
        }
    }
    Some((sum, next))
}

fn part(r: &Reader, at: usize) -> Read<Amount> {
    // For instance "hour and a half".
    let (count, next) = match r.word(at) {
        Word::Unit(Unit::Hour) if is_and_a_half(r, at + 1) => (1000, at),
        _ => number::count(r, at)?,
    };
    // The first number of a range counts: "five to ten minutes", "2 or 3 days".
    let joint = matches!(r.word(next), Word::To | Word::Or | Word::Mark(b'-') | Word::Symbol);
    let later = joint.then(|| number::whole(r, next + 1)).flatten().filter(|(_, behind)| unit(r, *behind).is_some());
    let next = later.map_or(r.skip_mark(next, b'-'), |(_, behind)| behind);
    let (unit, mut next) = unit(r, next)?;
    let mut amount = Amount::of(count, unit);
    if is_and_a_half(r, next) {
        amount = Amount { parts: 1, ..amount.plus(Amount::of(500, unit)) };
        next += 3;
    } else if unit == Unit::Hour
        && let Some((minutes, behind)) = minutes_of_hour(r, next)
    {
        amount.seconds += minutes * 60;
        next = behind;
    }
    Some((amount, next))
}

fn is_and_a_half(r: &Reader, at: usize) -> bool {
    r.word(at) == Word::And && r.word(at + 1) == Word::A && r.word(at + 2) == Word::Half
}

/// Reads the minutes in "1h30" and "an hour and ten".
fn minutes_of_hour(r: &Reader, at: usize) -> Read<i64> {
    if let Word::Number(minutes @ 0..=59, 2) = r.word(at)
        && r.is_adjacent(at)
        && unit(r, at + 1).is_none()
    {
        return Some((i64::from(minutes), at + 1));
    }
    // For instance "1h 20".
    if let Word::Number(minutes @ 5..=59, 2) = r.word(at)
        && r.word_before(at) == Some(Word::Letters(Unit::Hour))
        && unit(r, at + 1).is_none()
        && !matches!(r.word(at + 1), Word::Mark(b':' | b'.' | b'/' | b'-') | Word::Am | Word::Pm)
        && !r.spelling(at + 1).ends_with('s')
        && r.spelling(at + 1) != "people"
    {
        return Some((i64::from(minutes), at + 1));
    }
    // For instance "an hour thirty".
    if let Word::Small(minutes @ (15 | 20 | 30 | 40 | 45 | 50)) = r.word(at)
        && matches!(r.word(at + 1), Word::To | Word::From | Word::Mark(_))
        && !r.is_mark(at + 1, b'-')
    {
        return Some((i64::from(minutes), at + 1));
    }
    if r.word(at) != Word::And {
        return None;
    }
    let (minutes, next) = number::whole(r, at + 1).filter(|(minutes, _)| (5..60).contains(minutes))?;
    let more_follows = unit(r, next).is_some()
        || matches!(r.word(next), Word::Am | Word::Pm | Word::OClock | Word::Mark(b':' | b'.' | b'/' | b'-'));
    (!more_follows && !matches!(r.word(next), Word::Other)).then_some((i64::from(minutes), next))
}
