//! Words that may belong to a time.

use crate::english::text::word::Word;

/// Four-digit numbers that are read as years.
pub(crate) const YEARS: std::ops::RangeInclusive<u32> = 1900..=2199;

/// Whether a word may belong to a time wherever it stands: a number, a day, a month, a unit, a part of the day.
pub(crate) fn is_time_word(word: Word) -> bool {
    matches!(
        word,
        Word::Number(..)
            | Word::Small(_)
            | Word::Weekday(..)
            | Word::Month(..)
            | Word::Unit(_)
            | Word::Today
            | Word::Tonight
            | Word::Tomorrow
            | Word::Yesterday
            | Word::Weekend
            | Word::Weekends
            | Word::WorkingDay
            | Word::WorkingDays
            | Word::DayPart(_)
            | Word::Noon
            | Word::Midnight
            | Word::Am
            | Word::Pm
            | Word::OClock
            | Word::NthSuffix
            | Word::Next
            | Word::Every
            | Word::Everyday
    )
}

/// Whether a word names a day, so that a number beside it may be a time of day.
pub(crate) fn is_day_word(word: Word) -> bool {
    matches!(word, Word::Weekday(..) | Word::Today | Word::Tonight | Word::Tomorrow | Word::Weekend)
}
