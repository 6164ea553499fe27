//! What a text says about when to ring, taken together from its pieces.

use crate::english::{
    grammar::{
        amount::Amount,
        clock::Clock,
        dates::day::{Day, Roll},
        day_part,
        piece::Piece,
        recurrence::every::Every,
    },
    text::word::Part,
};
use jiff::{civil::Time, tz::TimeZone};

/// What is said about when, taken together.
#[derive(Clone, Debug, Default)]
pub(crate) struct When {
    pub(crate) days: Vec<Day>,
    pub(crate) clocks: Vec<Clock>,
    /// The end of a range of times of day.
    pub(crate) range_end: Option<Clock>,
    pub(crate) part: Option<(Part, Time)>,
    pub(crate) from_now: Option<Amount>,
    pub(crate) every: Option<Every>,
    pub(crate) start: Option<Day>,
    pub(crate) until: Option<Day>,
    pub(crate) until_time: Option<Clock>,
    pub(crate) lasting: Option<Amount>,
    pub(crate) count: Option<u32>,
    pub(crate) offset: Option<Amount>,
    /// It is counted from the beginning of a day: "six hours before tomorrow".
    pub(crate) from_midnight: bool,
    pub(crate) zone: Option<TimeZone>,
    pub(crate) no_such_day: bool,
    /// Other times of the same reminder: "today at 5 and tomorrow at 9".
    pub(crate) also: Vec<When>,
}

impl When {
    pub(crate) fn is_empty(&self) -> bool {
        self.days.is_empty()
            && self.clocks.is_empty()
            && self.part.is_none()
            && self.from_now.is_none()
            && self.every.is_none()
            && self.start.is_none()
            && self.offset.is_none()
            && !self.no_such_day
    }

    /// "every tuesday at 3 and thursday at 5": thursday repeats too.
    pub(crate) fn repeat_like(&mut self, first: &When) {
        if let (None, Some(_), [day]) = (&self.every, &first.every, self.days.as_slice())
            && day.roll == Roll::Weekly
        {
            self.every = Some(Every::weekly(day.date.weekday()));
            self.days.clear();
        }
    }

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
            Piece::For(amount) => self.lasting = Some(*amount),
            Piece::Count(times) => self.count = Some(*times),
            Piece::In(amount) | Piece::Bare(amount) => self.from_now = Some(*amount),
            Piece::Offset(amount, part) => {
                self.offset = Some(*amount);
                self.part = self.part.or(part.map(|part| (part, day_part::hour_of(part))));
            }
            Piece::Day(day) => self.days.push(*day),
            Piece::NoSuchDay => self.no_such_day = true,
            Piece::Clock(clock, end) => {
                self.clocks.push(*clock);
                self.range_end = self.range_end.or(*end);
            }
            Piece::Weak(clock) => self.clocks.push(*clock),
            Piece::Part(part, time) => self.part = Some((*part, *time)),
            Piece::Zone(zone) => self.zone.clone_from(zone),
        }
    }
}
