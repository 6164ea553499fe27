//! Everything that a text says about the time, put together from its pieces.

use crate::english::{
    grammar::{
        amount::Amount,
        clock::Clock,
        dates::day::{Day, IfPast, Mismatch},
        day_part,
        piece::Piece,
        recurrence::{every::Every, without::Exception},
    },
    text::word::DayPart,
};
use jiff::{civil::Time, tz::TimeZone};

/// Everything that a text says about the time.
#[derive(Clone, Debug, Default)]
pub(crate) struct TimeSpec {
    /// The days that the text names.
    pub(crate) days: Vec<Day>,
    /// The times of day.
    pub(crate) clocks: Vec<Clock>,
    /// The end of a range of times of day.
    pub(crate) range_end: Option<Clock>,
    /// The part of the day, with the time that it stands for.
    pub(crate) part: Option<(DayPart, Time)>,
    /// The amount counted from now.
    pub(crate) from_now: Option<Amount>,
    /// How often the reminder repeats.
    pub(crate) every: Option<Every>,
    /// The first day of the rule.
    pub(crate) start: Option<Day>,
    /// The last day of the rule.
    pub(crate) until: Option<Day>,
    /// The last time of day of a rule that repeats within the day.
    pub(crate) until_time: Option<Clock>,
    /// How long the rule lasts.
    pub(crate) lasting: Option<Amount>,
    /// The number of times that the rule rings.
    pub(crate) count: Option<u32>,
    /// The days and months on which the rule does not ring.
    pub(crate) except: Vec<Exception>,
    /// The amount by which the reminder is due after the time, or before it if negative.
    pub(crate) offset: Option<Amount>,
    /// Whether the offset counts from midnight: "six hours before tomorrow".
    pub(crate) from_midnight: bool,
    /// The zone that the text names.
    pub(crate) zone: Option<TimeZone>,
    /// Whether the text names a date that does not exist.
    pub(crate) no_such_day: bool,
    /// A date that does not fit the weekday in the text.
    pub(crate) mismatch: Option<Mismatch>,
    /// Other times of the same reminder: "today at 5 and tomorrow at 9".
    pub(crate) also: Vec<TimeSpec>,
}

impl TimeSpec {
    /// Whether the text gives no time. An end, a number of times or a zone alone is no time.
    pub(crate) fn is_empty(&self) -> bool {
        self.days.is_empty()
            && self.clocks.is_empty()
            && self.part.is_none()
            && self.from_now.is_none()
            && self.every.is_none()
            && self.start.is_none()
            && self.offset.is_none()
            && !self.no_such_day
            && self.mismatch.is_none()
    }

    /// Makes another time on a weekday repeat weekly if the first time repeats: "every tuesday at 3 and thursday at 5".
    pub(crate) fn repeat_like(&mut self, first: &TimeSpec) {
        if let (None, Some(_), [day]) = (&self.every, &first.every, self.days.as_slice())
            && day.if_past == IfPast::Weekly
        {
            self.every = Some(Every::weekly(day.date.weekday()));
            self.days.clear();
        }
    }

    /// Adds a piece. Days and times of day are collected, and rules are combined. Any other piece replaces an earlier
    /// piece of its kind.
    pub(crate) fn add(&mut self, piece: &Piece) {
        match piece {
            Piece::Every(every) => {
                self.every = Some(match self.every.take() {
                    Some(said) => said.and(every),
                    None => (**every).clone(),
                })
            }
            Piece::Start(day) => self.start = Some(*day),
            Piece::Until(day) => self.until = Some(*day),
            Piece::UntilTime(clock) => self.until_time = Some(*clock),
            Piece::Lasting(amount) => self.lasting = Some(*amount),
            Piece::Count(times) => self.count = Some(*times),
            Piece::Except(exception) => self.except.push(exception.clone()),
            Piece::FromNow(amount) | Piece::BareAmount(amount) => self.from_now = Some(*amount),
            Piece::Offset(amount, part) => {
                self.offset = Some(*amount);
                self.part = self.part.or(part.map(|part| (part, day_part::usual_time(part))));
            }
            Piece::Day(day) => self.days.push(*day),
            Piece::NoSuchDay => self.no_such_day = true,
            Piece::OtherWeekday(mismatch) => self.mismatch = Some(*mismatch),
            Piece::Clock(clock, end) => {
                self.clocks.push(*clock);
                self.range_end = self.range_end.or(*end);
            }
            Piece::WeakClock(clock) => self.clocks.push(*clock),
            Piece::DayPart(part, time) => self.part = Some((*part, *time)),
            Piece::Zone(zone) => self.zone.clone_from(zone),
        }
    }
}
