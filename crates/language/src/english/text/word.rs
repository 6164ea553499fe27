//! What a word, a number or a mark can mean.

use jiff::civil::Weekday;

/// What one word, number or mark can mean. Which of its meanings holds is for the productions to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// A word that has nothing to do with time.
    Other,
    /// Digits: their value (saturated) and how many there are.
    Number(u32, u8),
    /// An ASCII mark.
    Mark(u8),
    /// A character that is neither letter, digit nor ASCII: emoji, bullets, dashes.
    Symbol,
    /// "six", "twenty".
    Small(u8),
    /// "first", "thirtieth". "Second" is [`Word::Second`].
    Nth(u8),
    /// "second": an ordinal, or a unit.
    Second,
    /// The letters after an ordinal's digits.
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
    /// A unit of one or two letters, which counts only right behind a number.
    Letters(Unit),
    Today,
    Tonight,
    Tomorrow,
    Yesterday,
    Weekend,
    Weekends,
    WorkingDay,
    WorkingDays,
    Part(Part),
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
    /// "daily", "weekly", …: a number of units.
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

/// How a name of a day or month is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Full,
    /// Shortened in a way that is no other word: "tues", "sept".
    Short,
    /// Shortened to what is a word of its own: "sun", "sat", "mar".
    Doubtful,
    /// "mondays".
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
pub(crate) enum Part {
    Dawn,
    Breakfast,
    Morning,
    Lunch,
    Afternoon,
    /// End of business.
    Close,
    Evening,
    Dinner,
    Night,
    Bedtime,
}
