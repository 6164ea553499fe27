//! A time of day as it was said, before it is settled which half of the day is meant.

pub(crate) mod am_pm;
pub(crate) mod digits;
pub(crate) mod time_of_day;

use jiff::civil::Time;

/// A time of day as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// 0 to 23; 1 to 12 while the half is open.
    pub(crate) hour: i8,
    pub(crate) minute: i8,
    pub(crate) second: i8,
    pub(crate) half: Half,
    pub(crate) evidence: Evidence,
}

/// Which half of the day a clock is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    Known,
    /// "at 7": the sensible one is to be chosen.
    Open,
}

/// How sure it is that a time of day is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Evidence {
    /// A number that is a time only behind "at".
    Number,
    /// "6.30", "six thirty": a time behind "at", or where a time is expected.
    Slight,
    /// A time, wherever it stands.
    Clear,
}

impl Clock {
    /// The time with its hour as said: in the morning, while the half is open.
    pub(crate) fn time(&self) -> Option<Time> {
        Time::new(self.hour, self.minute, self.second, 0).ok()
    }

    pub(crate) fn in_morning(self) -> Clock {
        match self.half {
            Half::Known => self,
            Half::Open => Clock { hour: self.hour % 12, half: Half::Known, evidence: Evidence::Clear, ..self },
        }
    }

    pub(crate) fn after_noon(self) -> Clock {
        match self.half {
            Half::Known => self,
            Half::Open => Clock { hour: self.hour % 12 + 12, half: Half::Known, evidence: Evidence::Clear, ..self },
        }
    }

    fn at(hour: i8, minute: i8) -> Clock {
        let half = if (1..=12).contains(&hour) { Half::Open } else { Half::Known };
        Clock { hour, minute, second: 0, half, evidence: Evidence::Clear }
    }

    fn known(hour: i8, minute: i8) -> Clock {
        Clock { half: Half::Known, ..Clock::at(hour, minute) }
    }

    fn with(self, evidence: Evidence) -> Clock {
        Clock { evidence, ..self }
    }
}
