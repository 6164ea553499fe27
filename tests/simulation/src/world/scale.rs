//! How much there is of a world: most are small, since what goes wrong does so in the small; the few large ones cost.

use crate::engine::Engine;
use crate::fakes::Happening;

/// How much there is of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// A few people for a few hours.
    Hours,
    /// A few people for so many days, with reminders that repeat.
    Days(u32),
    /// So many people, all of whom want to be called at the same second.
    Herd(u32),
    /// One person, whose first text is delivered so many times.
    Flood(u32),
}

impl Scale {
    /// The scale that chance gives.
    pub(super) fn of(engine: &Engine<Happening>) -> Self {
        let some = |low, high| u32::try_from(engine.between(low, high)).unwrap_or(1);
        match engine.between(0, 9999) {
            0..=1 => Self::Herd(some(1000, 2000)),
            2..=6 => Self::Flood(some(1000, 3000)),
            7..=306 => Self::Days(some(1, 4)),
            _ => Self::Hours,
        }
    }

    /// What it is called in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hours => "for hours",
            Self::Days(_) => "for days",
            Self::Herd(_) => "a thousand and more due at once",
            Self::Flood(_) => "a text a thousand times and more",
        }
    }

    /// How many days more than one it lasts.
    pub(crate) fn days(self) -> u32 {
        if let Self::Days(days) = self { days } else { 0 }
    }

    /// How many times a text is delivered.
    pub(crate) fn copies(self) -> u32 {
        if let Self::Flood(copies) = self { copies } else { 0 }
    }

    /// How long it takes at a second each until everybody in a herd was texted, in milliseconds.
    pub(super) fn texting_ms(self) -> i64 {
        if let Self::Herd(people) = self { i64::from(people) * 1000 } else { 0 }
    }
}
