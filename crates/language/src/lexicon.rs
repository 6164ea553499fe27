//! The words of times, and what each can mean.
//!
//! Grouped by meaning for readers; found through a hash index that the compiler builds, so that nothing is set up at
//! run time.

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

use Form::{Doubtful, Full, Plural, Short};
use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

const WORDS: &[(&str, Word)] = &[
    // Numbers.
    ("one", Word::Small(1)),
    ("two", Word::Small(2)),
    ("three", Word::Small(3)),
    ("four", Word::Small(4)),
    ("five", Word::Small(5)),
    ("six", Word::Small(6)),
    ("seven", Word::Small(7)),
    ("eight", Word::Small(8)),
    ("nine", Word::Small(9)),
    ("ten", Word::Small(10)),
    ("eleven", Word::Small(11)),
    ("twelve", Word::Small(12)),
    ("thirteen", Word::Small(13)),
    ("fourteen", Word::Small(14)),
    ("fifteen", Word::Small(15)),
    ("sixteen", Word::Small(16)),
    ("seventeen", Word::Small(17)),
    ("eighteen", Word::Small(18)),
    ("nineteen", Word::Small(19)),
    ("twenty", Word::Small(20)),
    ("thirty", Word::Small(30)),
    ("forty", Word::Small(40)),
    ("fourty", Word::Small(40)),
    ("fifty", Word::Small(50)),
    ("sixty", Word::Small(60)),
    ("seventy", Word::Small(70)),
    ("eighty", Word::Small(80)),
    ("ninety", Word::Small(90)),
    ("first", Word::Nth(1)),
    ("second", Word::Second),
    ("third", Word::Nth(3)),
    ("fourth", Word::Nth(4)),
    ("fifth", Word::Nth(5)),
    ("sixth", Word::Nth(6)),
    ("seventh", Word::Nth(7)),
    ("eighth", Word::Nth(8)),
    ("ninth", Word::Nth(9)),
    ("tenth", Word::Nth(10)),
    ("eleventh", Word::Nth(11)),
    ("twelfth", Word::Nth(12)),
    ("thirteenth", Word::Nth(13)),
    ("fourteenth", Word::Nth(14)),
    ("fifteenth", Word::Nth(15)),
    ("sixteenth", Word::Nth(16)),
    ("seventeenth", Word::Nth(17)),
    ("eighteenth", Word::Nth(18)),
    ("nineteenth", Word::Nth(19)),
    ("twentieth", Word::Nth(20)),
    ("thirtieth", Word::Nth(30)),
    ("st", Word::NthSuffix),
    ("nd", Word::NthSuffix),
    ("rd", Word::NthSuffix),
    ("th", Word::NthSuffix),
    ("a", Word::A),
    ("an", Word::A),
    ("couple", Word::Couple),
    ("few", Word::Few),
    ("several", Word::Several),
    ("half", Word::Half),
    ("quarter", Word::Quarter),
    ("quarters", Word::Quarters),
    ("oh", Word::Oh),
    // Days of the week.
    ("monday", Word::Weekday(Monday, Full)),
    ("tuesday", Word::Weekday(Tuesday, Full)),
    ("wednesday", Word::Weekday(Wednesday, Full)),
    ("thursday", Word::Weekday(Thursday, Full)),
    ("friday", Word::Weekday(Friday, Full)),
    ("saturday", Word::Weekday(Saturday, Full)),
    ("sunday", Word::Weekday(Sunday, Full)),
    ("mon", Word::Weekday(Monday, Short)),
    ("mondy", Word::Weekday(Monday, Short)),
    ("tue", Word::Weekday(Tuesday, Short)),
    ("tues", Word::Weekday(Tuesday, Short)),
    ("tu", Word::Weekday(Tuesday, Doubtful)),
    ("wed", Word::Weekday(Wednesday, Doubtful)),
    ("weds", Word::Weekday(Wednesday, Short)),
    ("wensday", Word::Weekday(Wednesday, Full)),
    ("thu", Word::Weekday(Thursday, Short)),
    ("thur", Word::Weekday(Thursday, Short)),
    ("thurs", Word::Weekday(Thursday, Short)),
    ("fri", Word::Weekday(Friday, Short)),
    ("sat", Word::Weekday(Saturday, Doubtful)),
    ("sun", Word::Weekday(Sunday, Doubtful)),
    ("mondays", Word::Weekday(Monday, Plural)),
    ("tuesdays", Word::Weekday(Tuesday, Plural)),
    ("wednesdays", Word::Weekday(Wednesday, Plural)),
    ("thursdays", Word::Weekday(Thursday, Plural)),
    ("fridays", Word::Weekday(Friday, Plural)),
    ("saturdays", Word::Weekday(Saturday, Plural)),
    ("sundays", Word::Weekday(Sunday, Plural)),
    // Months.
    ("january", Word::Month(1, Full)),
    ("february", Word::Month(2, Full)),
    ("march", Word::Month(3, Full)),
    ("april", Word::Month(4, Full)),
    ("may", Word::Month(5, Doubtful)),
    ("june", Word::Month(6, Full)),
    ("july", Word::Month(7, Full)),
    ("august", Word::Month(8, Full)),
    ("september", Word::Month(9, Full)),
    ("october", Word::Month(10, Full)),
    ("november", Word::Month(11, Full)),
    ("december", Word::Month(12, Full)),
    ("jan", Word::Month(1, Doubtful)),
    ("feb", Word::Month(2, Short)),
    ("febuary", Word::Month(2, Full)),
    ("mar", Word::Month(3, Doubtful)),
    ("apr", Word::Month(4, Short)),
    ("jun", Word::Month(6, Short)),
    ("jul", Word::Month(7, Short)),
    ("aug", Word::Month(8, Short)),
    ("sep", Word::Month(9, Short)),
    ("sept", Word::Month(9, Short)),
    ("oct", Word::Month(10, Short)),
    ("nov", Word::Month(11, Short)),
    ("dec", Word::Month(12, Short)),
    // Units.
    ("seconds", Word::Unit(Unit::Second)),
    ("secs", Word::Unit(Unit::Second)),
    ("sec", Word::Unit(Unit::Second)),
    ("minute", Word::Unit(Unit::Minute)),
    ("minutes", Word::Unit(Unit::Minute)),
    ("min", Word::Unit(Unit::Minute)),
    ("mins", Word::Unit(Unit::Minute)),
    ("minuts", Word::Unit(Unit::Minute)),
    ("hour", Word::Unit(Unit::Hour)),
    ("hours", Word::Unit(Unit::Hour)),
    ("hors", Word::Unit(Unit::Hour)),
    ("horus", Word::Unit(Unit::Hour)),
    ("houre", Word::Unit(Unit::Hour)),
    ("hr", Word::Unit(Unit::Hour)),
    ("hrs", Word::Unit(Unit::Hour)),
    ("day", Word::Unit(Unit::Day)),
    ("days", Word::Unit(Unit::Day)),
    ("week", Word::Unit(Unit::Week)),
    ("weeks", Word::Unit(Unit::Week)),
    ("wk", Word::Unit(Unit::Week)),
    ("wks", Word::Unit(Unit::Week)),
    ("fortnight", Word::Unit(Unit::Fortnight)),
    ("fortnights", Word::Unit(Unit::Fortnight)),
    ("month", Word::Unit(Unit::Month)),
    ("months", Word::Unit(Unit::Month)),
    ("mth", Word::Unit(Unit::Month)),
    ("mths", Word::Unit(Unit::Month)),
    ("year", Word::Unit(Unit::Year)),
    ("years", Word::Unit(Unit::Year)),
    ("yr", Word::Unit(Unit::Year)),
    ("yrs", Word::Unit(Unit::Year)),
    ("decade", Word::Unit(Unit::Decade)),
    ("decades", Word::Unit(Unit::Decade)),
    ("s", Word::Letters(Unit::Second)),
    ("m", Word::Letters(Unit::Minute)),
    ("h", Word::Letters(Unit::Hour)),
    ("d", Word::Letters(Unit::Day)),
    ("w", Word::Letters(Unit::Week)),
    ("mo", Word::Letters(Unit::Month)),
    ("mos", Word::Letters(Unit::Month)),
    ("y", Word::Letters(Unit::Year)),
    // Days named from today.
    ("today", Word::Today),
    ("todays", Word::Today),
    ("2day", Word::Today),
    ("tday", Word::Today),
    ("tonight", Word::Tonight),
    ("tonights", Word::Tonight),
    ("tonite", Word::Tonight),
    ("2nite", Word::Tonight),
    ("2night", Word::Tonight),
    ("tnite", Word::Tonight),
    ("tomorrow", Word::Tomorrow),
    ("tomorrows", Word::Tomorrow),
    ("tomorow", Word::Tomorrow),
    ("tommorow", Word::Tomorrow),
    ("tommorrow", Word::Tomorrow),
    ("tmrw", Word::Tomorrow),
    ("tmrrw", Word::Tomorrow),
    ("tmw", Word::Tomorrow),
    ("tmr", Word::Tomorrow),
    ("tmro", Word::Tomorrow),
    ("tomo", Word::Tomorrow),
    ("2moro", Word::Tomorrow),
    ("2morro", Word::Tomorrow),
    ("2morrow", Word::Tomorrow),
    ("2mrw", Word::Tomorrow),
    ("2mro", Word::Tomorrow),
    ("tomoro", Word::Tomorrow),
    ("tomorro", Word::Tomorrow),
    ("morrow", Word::Tomorrow),
    ("yesterday", Word::Yesterday),
    ("weekend", Word::Weekend),
    ("wkend", Word::Weekend),
    ("weekends", Word::Weekends),
    ("weekday", Word::WorkingDay),
    ("workday", Word::WorkingDay),
    ("weekdays", Word::WorkingDays),
    ("workdays", Word::WorkingDays),
    // Parts of the day.
    ("dawn", Word::Part(Part::Dawn)),
    ("sunrise", Word::Part(Part::Dawn)),
    ("daybreak", Word::Part(Part::Dawn)),
    ("breakfast", Word::Part(Part::Breakfast)),
    ("morning", Word::Part(Part::Morning)),
    ("mornings", Word::Part(Part::Morning)),
    ("mornin", Word::Part(Part::Morning)),
    ("morn", Word::Part(Part::Morning)),
    ("lunch", Word::Part(Part::Lunch)),
    ("lunchtime", Word::Part(Part::Lunch)),
    ("afternoon", Word::Part(Part::Afternoon)),
    ("afternoons", Word::Part(Part::Afternoon)),
    ("arvo", Word::Part(Part::Afternoon)),
    ("aft", Word::Part(Part::Afternoon)),
    ("eod", Word::Part(Part::Close)),
    ("eob", Word::Part(Part::Close)),
    ("cob", Word::Part(Part::Close)),
    ("evening", Word::Part(Part::Evening)),
    ("evenings", Word::Part(Part::Evening)),
    ("eve", Word::Part(Part::Evening)),
    ("sunset", Word::Part(Part::Evening)),
    ("dusk", Word::Part(Part::Evening)),
    ("dinner", Word::Part(Part::Dinner)),
    ("dinnertime", Word::Part(Part::Dinner)),
    ("supper", Word::Part(Part::Dinner)),
    ("suppertime", Word::Part(Part::Dinner)),
    ("night", Word::Part(Part::Night)),
    ("nights", Word::Part(Part::Night)),
    ("nite", Word::Part(Part::Night)),
    ("bedtime", Word::Part(Part::Bedtime)),
    ("noon", Word::Noon),
    ("noonish", Word::Noon),
    ("midday", Word::Noon),
    ("noontime", Word::Noon),
    ("midnight", Word::Midnight),
    ("midnite", Word::Midnight),
    ("midnightish", Word::Midnight),
    ("am", Word::Am),
    ("pm", Word::Pm),
    ("oclock", Word::OClock),
    ("ish", Word::Ish),
    // How often.
    ("every", Word::Every),
    ("evry", Word::Every),
    ("evrey", Word::Every),
    ("each", Word::Every),
    ("everyday", Word::Everyday),
    ("evryday", Word::Everyday),
    ("other", Word::EveryOther),
    ("alternate", Word::Alternate),
    ("alternating", Word::Alternate),
    ("hourly", Word::Periodic(1, Unit::Hour)),
    ("daily", Word::Periodic(1, Unit::Day)),
    ("nightly", Word::Periodic(1, Unit::Day)),
    ("weekly", Word::Periodic(1, Unit::Week)),
    ("biweekly", Word::Periodic(2, Unit::Week)),
    ("fortnightly", Word::Periodic(2, Unit::Week)),
    ("monthly", Word::Periodic(1, Unit::Month)),
    ("bimonthly", Word::Periodic(2, Unit::Month)),
    ("quarterly", Word::Periodic(3, Unit::Month)),
    ("semiannually", Word::Periodic(6, Unit::Month)),
    ("biannually", Word::Periodic(6, Unit::Month)),
    ("yearly", Word::Periodic(1, Unit::Year)),
    ("annually", Word::Periodic(1, Unit::Year)),
    ("annual", Word::Periodic(1, Unit::Year)),
    ("biennially", Word::Periodic(2, Unit::Year)),
    ("once", Word::Once),
    ("twice", Word::Twice),
    ("thrice", Word::Thrice),
    ("times", Word::Times),
    ("time", Word::Times),
    ("occurrences", Word::Times),
    ("occurrence", Word::Times),
    ("occurences", Word::Times),
    ("x", Word::Times),
    ("single", Word::Single),
    // What holds times together.
    ("in", Word::In),
    ("at", Word::At),
    ("on", Word::On),
    ("by", Word::By),
    ("for", Word::For),
    ("from", Word::From),
    ("to", Word::To),
    ("of", Word::Of),
    ("the", Word::The),
    ("this", Word::This),
    ("coming", Word::This),
    ("upcoming", Word::This),
    ("next", Word::Next),
    ("nxt", Word::Next),
    ("following", Word::Next),
    ("last", Word::Last),
    ("past", Word::Past),
    ("after", Word::After),
    ("before", Word::Before),
    ("b4", Word::Before),
    ("until", Word::Until),
    ("till", Word::Until),
    ("til", Word::Until),
    ("through", Word::Through),
    ("thru", Word::Through),
    ("between", Word::Between),
    ("and", Word::And),
    ("n", Word::And),
    ("or", Word::Or),
    ("per", Word::Per),
    ("plus", Word::Plus),
    ("starting", Word::Starting),
    ("beginning", Word::Beginning),
    ("begin", Word::Beginning),
    ("start", Word::Beginning),
    ("ending", Word::Ending),
    ("middle", Word::Middle),
    ("mid", Word::Middle),
    ("end", Word::End),
    ("around", Word::Around),
    ("about", Word::Around),
    ("approximately", Word::Around),
    ("roughly", Word::Around),
    ("approx", Word::Around),
    ("exactly", Word::Exactly),
    ("sharp", Word::Exactly),
    ("sharply", Word::Exactly),
    ("promptly", Word::Exactly),
    ("within", Word::Within),
    ("later", Word::Later),
    ("l8r", Word::Later),
    ("early", Word::Early),
    ("late", Word::Later),
    ("now", Word::Now),
    ("hence", Word::Hence),
    ("ago", Word::Ago),
];

/// A power of two, and at least twice as many as there are words, so that a look-up soon meets a gap.
const SLOTS: usize = 1024;
const _: () = assert!(WORDS.len() * 2 < SLOTS);
/// Longer words mean nothing here.
pub(crate) const LONGEST: usize = 13;

/// For each hash the number of its word plus one; 0 is a gap.
static INDEX: [u16; SLOTS] = index();

const fn index() -> [u16; SLOTS] {
    let mut index = [0; SLOTS];
    let mut i = 0;
    while i < WORDS.len() {
        let mut slot = hash(WORDS[i].0.as_bytes());
        while index[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        i += 1;
        index[slot] = i as u16;
    }
    index
}

const fn hash(word: &[u8]) -> usize {
    let mut hash: u32 = 0x811c_9dc5;
    let mut i = 0;
    while i < word.len() {
        hash = (hash ^ word[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    (hash ^ (hash >> 15)) as usize % SLOTS
}

/// What a word in lower case means.
pub(crate) fn look_up(word: &[u8]) -> Option<Word> {
    let mut slot = hash(word);
    while let Some(number) = usize::from(INDEX[slot]).checked_sub(1) {
        let (name, meaning) = WORDS[number];
        if name.as_bytes() == word {
            return Some(meaning);
        }
        slot = (slot + 1) % SLOTS;
    }
    None
}

/// Long words that people mistype, and that little else is close to.
const OFTEN_MISTYPED: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "august",
    "september",
    "october",
    "november",
    "december",
    "tomorrow",
    "tonight",
    "minutes",
    "morning",
    "afternoon",
    "evening",
    "weekend",
    "weekday",
    "everyday",
    "midnight",
    "mondays",
    "tuesdays",
    "wednesdays",
    "thursdays",
    "fridays",
    "saturdays",
    "sundays",
    "weekends",
    "weekdays",
    "monthly",
];
/// Words that would be taken for a mistyped one.
const NOT_MISTYPED: &[&str] = &["sundae", "sundaes", "minuet", "minuets", "mourning", "warning", "moaning", "month"];
/// One slip is allowed from this length on, two from the other.
const ONE_SLIP_FROM: usize = 6;
const TWO_SLIPS_FROM: usize = 8;

/// What a mistyped word was to be.
pub(crate) fn guess(word: &[u8]) -> Option<Word> {
    if word.len() < ONE_SLIP_FROM || NOT_MISTYPED.iter().any(|not| not.as_bytes() == word) {
        return None;
    }
    let slips = if word.len() < TWO_SLIPS_FROM { 1 } else { 2 };
    let meant = OFTEN_MISTYPED.iter().map(|meant| meant.as_bytes()).find(|meant| {
        meant[0] == word[0] && meant.len().abs_diff(word.len()) <= 1 && slips_between(word, meant) <= slips
    })?;
    look_up(meant)
}

/// Letters left out, added, changed or swapped with their neighbour between two words of at most [`LONGEST`] letters.
fn slips_between(a: &[u8], b: &[u8]) -> usize {
    let mut before = [0; LONGEST + 1];
    let mut row: [usize; LONGEST + 1] = std::array::from_fn(|j| j);
    for i in 1..=a.len() {
        let mut next = [i; LONGEST + 1];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            next[j] = (row[j] + 1).min(next[j - 1] + 1).min(row[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = row;
        row = next;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_and_stands_once() {
        for (i, (word, meaning)) in WORDS.iter().enumerate() {
            assert_eq!(look_up(word.as_bytes()), Some(*meaning), "{word}");
            assert!(WORDS[..i].iter().all(|(before, _)| before != word), "{word} stands twice");
            assert!(word.len() <= LONGEST, "{word}");
        }
        assert_eq!(look_up(b"milk"), None);
    }

    #[test]
    fn slips_are_forgiven_in_long_words_only() {
        let check = |word: &str, meant: Option<&str>| {
            assert_eq!(guess(word.as_bytes()), meant.and_then(|meant| look_up(meant.as_bytes())), "{word}");
        };
        check("firday", Some("friday"));
        check("wednsday", Some("wednesday"));
        check("tommorrw", Some("tomorrow"));
        check("satruday", Some("saturday"));
        check("sundae", None);
        check("mouth", None);
        check("marsh", None);
        check("friends", None);
    }
}
