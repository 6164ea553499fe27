//! How much there is of a world: most are small, since what goes wrong does so in the small; the few large ones cost.

use crate::engine::Engine;
use crate::fakes::Happening;

/// Invocations of a world, at most: each minute's sweep for a day, and for each text its own, those of a call and of
/// what goes wrong. In more, something multiplies.
const INVOCATIONS_MAX: u64 = 2000;

/// See [`INVOCATIONS_MAX`].
const INVOCATIONS_EACH: u64 = 300;

/// How many times as many there are for a text where it is parked all day, a hundred times, each copy is received five
/// times by functions that never end, and what the queue doubles of it goes the same way.
const INVOCATIONS_ALL_DAY: u64 = 10;

/// How many more there are for each further delivery of a text: each may be parked by itself, for hours.
const INVOCATIONS_AGAIN: u64 = 40;

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

    /// Invocations of functions, at most, in a world of so many texts.
    pub(super) fn invocations_max(self, texts: usize) -> u64 {
        let each = if self.days() > 0 { INVOCATIONS_EACH * INVOCATIONS_ALL_DAY } else { INVOCATIONS_EACH };
        let texts = u64::try_from(texts).unwrap_or(0);
        let flood = INVOCATIONS_AGAIN * u64::from(self.copies());
        INVOCATIONS_MAX * u64::from(self.days() + 1) + each * texts + flood
    }
}
