//! The size of a world. Most worlds are small, because most races need few people. Large worlds are rare, because they
//! are slow.

use crate::engine::Engine;
use crate::events::WorldEvent;

/// Maximum number of invocations in a world without texts: a sweep every minute for a day, and some reserve. A larger
/// number means that messages or retries multiply.
const INVOCATIONS_MAX: u64 = 2000;

/// How many more invocations each text may cause: its own, those of its calls, and those after faults.
const INVOCATIONS_EACH: u64 = 300;

/// Factor by which a text may cause more invocations in a world of days. It may be parked a hundred times a day. Each
/// copy may be received every two minutes while functions time out, and the queue may duplicate each copy.
const INVOCATIONS_ALL_DAY: u64 = 10;

/// How many more invocations each further delivery of a text may cause: its own, and those after faults. While faults
/// last, the parked copy of the delivery is also received once per [`VISIBILITY_MS`].
const INVOCATIONS_AGAIN: u64 = 40;

/// How long a message stays hidden after a receive, in milliseconds: the service's default.
const VISIBILITY_MS: u64 = 120_000;

/// The size of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// A few people, or seldom dozens of people, for a few hours.
    Hours,
    /// One or two people, mostly with series, for this many days after the first day.
    Days(u32),
    /// This many people, who all want to be called at the same second.
    Herd(u32),
    /// One person, whose first text is delivered this many additional times.
    Flood(u32),
    /// One person with about this many open reminders.
    Crowd(u32),
    /// One person who hardly ever picks up, for this many days after the first day. Series of this person are paused.
    Unheard(u32),
}

impl Scale {
    /// A random scale.
    pub(super) fn of(engine: &Engine<WorldEvent>) -> Self {
        let some = |low, high| u32::try_from(engine.between(low, high)).unwrap_or(1);
        match engine.between(0, 9999) {
            0..=1 => Self::Herd(some(1000, 2000)),
            2..=6 => Self::Flood(some(1000, 3000)),
            7..=16 => Self::Days(60),
            17..=306 => Self::Days(some(1, 4)),
            307..=336 => Self::Crowd(some(20, 80)),
            337..=586 => Self::Unheard(0),
            587..=636 => Self::Unheard(some(6, 8)),
            _ => Self::Hours,
        }
    }

    /// Name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hours => "for hours",
            Self::Days(60..) => "for months",
            Self::Days(_) => "for days",
            Self::Herd(_) => "a thousand and more due at once",
            Self::Flood(_) => "a text a thousand times and more",
            Self::Crowd(_) => "up to 80 open reminders",
            Self::Unheard(_) => "series that nobody hears",
        }
    }

    /// Number of days after the first day.
    pub(crate) fn days(self) -> u32 {
        if let Self::Days(days) | Self::Unheard(days) = self { days } else { 0 }
    }

    /// How many additional times the first text is delivered.
    pub(crate) fn copies(self) -> u32 {
        if let Self::Flood(copies) = self { copies } else { 0 }
    }

    /// Time until every person of a herd is texted, in milliseconds: at one text a second, in every other slot, because
    /// the slots between are kept free for confirmed numbers.
    pub(crate) fn texting_ms(self) -> i64 {
        if let Self::Herd(people) = self { i64::from(people) * 2000 } else { 0 }
    }

    /// Maximum number of function invocations in a world with this many texts, whose webhooks were posted so often. The
    /// carrier posts a webhook again if the function crashed or timed out, perhaps after it had parked the text. The
    /// world lasts `days` days longer than its scale says, and its faults last `faulty_ms` milliseconds.
    pub(super) fn invocations_max(self, texts: usize, posts: u32, days: u32, faulty_ms: i64) -> u64 {
        let each = if self.days() > 0 { INVOCATIONS_EACH * INVOCATIONS_ALL_DAY } else { INVOCATIONS_EACH };
        let texts = u64::try_from(texts).unwrap_or(0);
        let receives = u64::try_from(faulty_ms).unwrap_or(0) / VISIBILITY_MS;
        let again = u64::from(posts).saturating_sub(texts).max(u64::from(self.copies()));
        let repeats = (INVOCATIONS_AGAIN + receives) * again;
        INVOCATIONS_MAX * u64::from(self.days() + days + 1) + each * texts + repeats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_copy_of_a_text_may_be_received_every_two_minutes_while_faults_last() {
        let most = |faulty_ms| Scale::Flood(1000).invocations_max(1, 1, 0, faulty_ms);
        assert_eq!(most(0), 2000 + 300 + 40 * 1000);
        assert_eq!(most(7_200_000), most(0) + 60 * 1000);
        assert_eq!(Scale::Hours.invocations_max(1, 1, 0, 7_200_000), 2300);
        assert_eq!(Scale::Hours.invocations_max(1, 4, 0, 7_200_000), 2300 + 3 * (40 + 60));
    }
}
