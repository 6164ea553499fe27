//! The meanings of words, numbers and marks.

use jiff::civil::Weekday;

/// The meaning of one word, number or mark. If it has several meanings, the productions decide between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A word that is not in the lexicon.
    Other,
    /// A number in digits: its value, at most `u32::MAX`, and the number of digits.
    Number(u32, u8),
    /// A punctuation mark, a symbol or a new line, in ASCII. 0 after the last token.
    Mark(u8),
    /// A character that is neither a letter nor ASCII: emoji, bullets, dashes.
    Symbol,
    /// A number in words: "six", "twenty".
    Small(u8),
    /// An ordinal in words: "first", "thirtieth". "Second" is [`Word::Second`].
    Nth(u8),
    /// The word "second", which is an ordinal or a unit.
    Second,
    /// The letters after the digits of an ordinal: "rd" in "3rd".
    NthSuffix,
    A,
    Couple,
    Few,
    Several,
    Half,
    Quarter,
    Quarters,
    Oh,
    Weekday(Weekday, Form),
    Month(i8, Form),
    Unit(Unit),
    /// A unit of one to three letters, which counts only after digits.
    Letters(Unit),
    Today,
    Tonight,
    Tomorrow,
    Yesterday,
    Weekend,
    Weekends,
    WorkingDay,
    WorkingDays,
    DayPart(DayPart),
    Noon,
    Midnight,
    Am,
    Pm,
    OClock,
    Ish,
    Every,
    Everyday,
    EveryOther,
    Alternate,
    /// A period as a number of units: "daily", "weekly".
    Periodic(u8, Unit),
    Once,
    Twice,
    Thrice,
    Times,
    Single,
    In,
    At,
    On,
    By,
    For,
    From,
    To,
    Of,
    The,
    This,
    Next,
    Last,
    Past,
    After,
    Before,
    Until,
    Through,
    Between,
    And,
    Or,
    Per,
    Plus,
    Starting,
    Ending,
    Beginning,
    Middle,
    End,
    Around,
    Exactly,
    Within,
    Later,
    Early,
    Now,
    Hence,
    Ago,
}

/// The form in which the name of a day or month is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Full,
    /// An abbreviation that is no other word: "tues", "sept".
    Short,
    /// A name or an abbreviation that is also another word: "may", "sun", "sat".
    Doubtful,
    /// The plural: "mondays".
    Plural,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Fortnight,
    Month,
    Quarter,
    Year,
    Decade,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayPart {
    Dawn,
    Breakfast,
    Morning,
    Lunch,
    Afternoon,
    /// The end of business.
    Close,
    Evening,
    Dinner,
    Night,
    Bedtime,
}
