//! The pieces of time that a text contains.

use crate::english::{
    grammar::{
        amount::Amount,
        clock::Clock,
        dates::day::{Day, Mismatch},
        preposition::Preposition,
        recurrence::{every::Every, without::Exception},
    },
    text::{
        reader::Reader,
        word::{DayPart, Form, Word},
    },
};
use jiff::{civil::Time, tz::TimeZone};

/// A piece of time, with the range of tokens that say it.
#[derive(Clone, Debug)]
pub(crate) struct FoundPiece {
    pub(crate) piece: Piece,
    pub(crate) preposition: Preposition,
    /// Place of the first token.
    pub(crate) start: usize,
    /// Place after the last token.
    pub(crate) end: usize,
}

/// A piece of time: the meaning of a few tokens.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// How often the reminder repeats: "every friday".
    Every(Box<Every>),
    /// The first day of a rule: "starting monday".
    Start(Day),
    /// The last day of a rule: "until friday".
    Until(Day),
    /// The end of a rule that repeats within the day: "until 6pm".
    UntilTime(Clock),
    /// How long a rule lasts: "for 3 weeks".
    Lasting(Amount),
    /// The number of times that a rule rings: "5 times".
    Count(u32),
    /// Days or months on which a rule does not ring: "except on wednesday".
    Except(Exception),
    /// An amount counted from now: "in 2 hours".
    FromNow(Amount),
    /// An amount alone, such as "2 hours". It may count from now, or back from another time in the text.
    BareAmount(Amount),
    /// An amount counted from another time in the text: "15 minutes before", "2 days after". "The night before" also
    /// has a part of the day.
    Offset(Amount, Option<DayPart>),
    /// A day: "tomorrow", "march 3".
    Day(Day),
    /// A date that does not exist: "february 30".
    NoSuchDay,
    /// A date that is on another weekday than the text says: "Friday, December 5" if it is a Sunday.
    OtherWeekday(Mismatch),
    /// A time of day, with its end if the text gives a range of times.
    Clock(Clock, Option<Clock>),
    /// A number such as "7.30" or "six thirty", which may be a time of day if the text has no other time.
    WeakClock(Clock),
    /// A part of the day, with the time that it stands for: "in the morning".
    DayPart(DayPart, Time),
    /// A time zone: "ET", "Paris time"; `None` for "my time".
    Zone(Option<TimeZone>),
}

/// Whether a piece is only the full name of a weekday, without a preposition. Such a name may be a part of the task:
/// "Sunday gym".
pub(crate) fn is_plain_weekday(r: &Reader, found: &FoundPiece) -> bool {
    found.preposition == Preposition::None
        && matches!(r.word(found.start), Word::Weekday(_, Form::Full))
        && found.end == found.start + 1
}
