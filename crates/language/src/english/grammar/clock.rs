//! A time of day as it was said. `resolve::meridiem` settles which half of the day is meant.

pub(crate) mod am_pm;
pub(crate) mod digits;
pub(crate) mod time_of_day;

use jiff::civil::Time;

/// A time of day as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// The hour: from 1 to 12 if it is open whether AM or PM is meant, otherwise from 0 to 23.
    pub(crate) hour: i8,
    pub(crate) minute: i8,
    pub(crate) second: i8,
    pub(crate) meridiem: Meridiem,
    pub(crate) evidence: Evidence,
}

/// Whether it is known which half of the day a time is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meridiem {
    Known,
    /// The text leaves it open, as in "at 7"; `resolve::meridiem` chooses.
    Open,
}

/// How certain it is that a time of day is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Evidence {
    /// A bare number, which is a time only after "at" or the like.
    Number,
    /// A number such as "6.30" or "six thirty", which is a time after "at" or where a time is expected.
    Slight,
    /// A time wherever it stands, such as "6:30" or "6pm".
    Clear,
}

impl Clock {
    /// Returns the time with its hour as it was said, even if it is open which half of the day is meant. `None` if
    /// there is no such time.
    pub(crate) fn time(&self) -> Option<Time> {
        Time::new(self.hour, self.minute, self.second, 0).ok()
    }

    pub(crate) fn in_morning(self) -> Clock {
        match self.meridiem {
            Meridiem::Known => self,
            Meridiem::Open => {
                Clock { hour: self.hour % 12, meridiem: Meridiem::Known, evidence: Evidence::Clear, ..self }
            }
        }
    }

    pub(crate) fn in_afternoon(self) -> Clock {
        match self.meridiem {
            Meridiem::Known => self,
            Meridiem::Open => {
                Clock { hour: self.hour % 12 + 12, meridiem: Meridiem::Known, evidence: Evidence::Clear, ..self }
            }
        }
    }

    fn at(hour: i8, minute: i8) -> Clock {
        let meridiem = if (1..=12).contains(&hour) { Meridiem::Open } else { Meridiem::Known };
        Clock { hour, minute, second: 0, meridiem, evidence: Evidence::Clear }
    }

    pub(crate) fn known(hour: i8, minute: i8) -> Clock {
        Clock { meridiem: Meridiem::Known, ..Clock::at(hour, minute) }
    }

    fn with(self, evidence: Evidence) -> Clock {
        Clock { evidence, ..self }
    }
}
