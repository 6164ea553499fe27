//! Numbers, in digits and in words.
//!
//! ```text
//! whole   = digits | tens ["-"] ones | small
//! ordinal = digits ("st"|"nd"|"rd"|"th") | tens ["-"] nth | nth
//! count   = whole ["." digits | "," digits | "/" digit ["of"] [article] | "and a half" | ["and"] digit "/" digit]
//!         | whole "hundred" | whole "quarters of" [article] | "." digits | "a" | "a hundred" | ["a"] "single"
//!         | ["a"] ("couple"|"few") ["of"] | "several" | ["a"] "half" ["of"] [article] | ["a"] "quarter of" [article]
//! article = "a" | "the"
//! ```

use crate::english::text::{
    reader::{Read, Reader},
    word::Word,
};

/// A number in thousandths: fine enough for "0.75 hours", while whole numbers stay exact.
pub(crate) type Thousandths = i64;

/// The number that most people mean by "a few", in thousandths.
const FEW: Thousandths = 3000;

const SEVERAL: Thousandths = 7000;

/// Most digits of a count; longer numbers are phone numbers and the like.
const LONGEST_COUNT: u8 = 7;

/// Reads a whole number of at most seven digits.
pub(crate) fn whole(r: &Reader, at: usize) -> Read<u32> {
    match r.word(at) {
        Word::Number(value, digits) if digits <= LONGEST_COUNT => Some((value, at + 1)),
        Word::Small(tens @ 20..) => {
            let ones = r.skip_mark(at + 1, b'-');
            match r.word(ones) {
                Word::Small(ones_value @ 1..=9) => Some((u32::from(tens + ones_value), ones + 1)),
                _ => Some((u32::from(tens), at + 1)),
            }
        }
        Word::Small(value) => Some((u32::from(value), at + 1)),
        _ => None,
    }
}

/// Reads an ordinal: "3rd", "third", "twenty-second".
pub(crate) fn ordinal(r: &Reader, at: usize) -> Read<u32> {
    match r.word(at) {
        Word::Number(value @ 1.., 1..=3) if r.word(at + 1) == Word::NthSuffix && r.is_adjacent(at + 1) => {
            Some((value, at + 2))
        }
        Word::Nth(value) => Some((u32::from(value), at + 1)),
        // "The forth of december" is misspelt; "back and forth" is not.
        Word::Other if r.spelling(at) == "forth" && r.word(at + 1) == Word::Of => Some((4, at + 1)),
        Word::Second => Some((2, at + 1)),
        Word::Small(tens @ 20..=30) => {
            let ones = r.skip_mark(at + 1, b'-');
            match r.word(ones) {
                Word::Nth(value @ 1..=9) => Some((u32::from(tens + value), ones + 1)),
                Word::Second => Some((u32::from(tens) + 2, ones + 1)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Reads the count before a unit, in thousandths.
pub(crate) fn count(r: &Reader, at: usize) -> Read<Thousandths> {
    match r.word(at) {
        Word::Half => Some((500, article(r, r.skip(at + 1, Word::Of)))),
        Word::Couple => Some((2000, r.skip(at + 1, Word::Of))),
        Word::Few => Some((FEW, r.skip(at + 1, Word::Of))),
        Word::Several => Some((SEVERAL, at + 1)),
        Word::Quarter if r.word(at + 1) == Word::Of => Some((250, article(r, at + 2))),
        Word::A => match r.word(at + 1) {
            Word::Couple | Word::Few | Word::Half | Word::Quarter | Word::Single => count(r, at + 1),
            Word::Other if r.spelling(at + 1) == "hundred" => Some((100_000, at + 2)),
            _ => Some((1000, at + 1)),
        },
        Word::Single => Some((1000, at + 1)),
        // For instance ".5 hours".
        Word::Mark(b'.') => match r.word(at + 1) {
            Word::Number(part, digits @ 1..=3) if r.is_adjacent(at + 1) => {
                Some((i64::from(part) * 10_i64.pow(3 - u32::from(digits)), at + 2))
            }
            _ => None,
        },
        _ => {
            let (value, next) = whole(r, at)?;
            Some(fraction(r, i64::from(value), next))
        }
    }
}

fn article(r: &Reader, at: usize) -> usize {
    if matches!(r.word(at), Word::A | Word::The) { at + 1 } else { at }
}

/// Returns the count that begins with the whole number `value`, with the words that may follow the number: ".5", "/2",
/// "and a half", "hundred", "quarters of an".
fn fraction(r: &Reader, value: i64, at: usize) -> (Thousandths, usize) {
    if let Word::Number(part, digits @ 1..=3) = r.word(at + 1)
        && r.is_adjacent(at)
        && r.is_adjacent(at + 1)
    {
        if r.is_mark(at, b'.') || r.is_mark(at, b',') {
            return (value * 1000 + i64::from(part) * 10_i64.pow(3 - u32::from(digits)), at + 2);
        }
        if r.is_mark(at, b'/') && (2..=4).contains(&part) {
            return (value * 1000 / i64::from(part), article(r, r.skip(at + 2, Word::Of)));
        }
    }
    if r.word(at) == Word::And && r.word(at + 1) == Word::A && r.word(at + 2) == Word::Half {
        return (value * 1000 + 500, at + 3);
    }
    // For instance "1 1/2 hours" and "1 and 1/2 hours".
    let half = r.skip(at, Word::And);
    if let (Word::Number(top, 1), Word::Number(bottom @ 2..=4, 1)) = (r.word(half), r.word(half + 2))
        && r.is_mark(half + 1, b'/')
        && !r.is_adjacent(half)
    {
        return (value * 1000 + i64::from(top) * 1000 / i64::from(bottom), half + 3);
    }
    if value < 10 && r.spelling(at) == "hundred" {
        return (value * 100_000, at + 1);
    }
    if value < 4 && r.word(at) == Word::Quarters && r.word(at + 1) == Word::Of {
        return (value * 250, article(r, at + 2));
    }
    (value * 1000, at)
}

/// Whether the token after a number ends the number's phrase, so that no noun follows that the number could count.
pub(crate) fn ends(r: &Reader, at: usize) -> bool {
    matches!(
        r.word(at),
        Word::Mark(0 | b',' | b'.' | b'!' | b'?' | b';' | b':' | b')' | b'-' | b'/')
            | Word::Symbol
            | Word::To
            | Word::On
            | Word::At
            | Word::For
            | Word::In
            | Word::And
            | Word::Or
            | Word::Every
            | Word::Today
            | Word::Tonight
            | Word::Tomorrow
            | Word::Until
            | Word::Exactly
            | Word::Starting
            | Word::Weekday(..)
            | Word::Around
            | Word::From
    ) || matches!(
        r.spelling(at),
        "remind"
            | "please"
            | "pls"
            | "plz"
            | "that"
            | "thanks"
            | "i"
            | "call"
            | "text"
            | "my"
            | "except"
            | "excluding"
            | "but"
    )
}

/// Words before a number that make it a name or an amount of money.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "room", "rm", "apt", "unit", "suite", "page", "pages", "pg", "chapter", "ch", "bus", "flight", "gate", "highway",
    "hwy", "route", "rt", "week", "day", "lesson", "section", "floor", "track", "line", "platform", "order", "season",
    "episode", "ep", "grade", "part", "phase", "level", "channel", "exit", "size", "version", "step", "item",
    "window", "number", "no", "nr", "lot", "locker", "lane", "pier", "dock", "zone", "area", "building", "bldg",
    "table", "seat", "row", "class", "quiz", "test", "exam", "hw", "homework", "problem", "question", "module",
    "iphone", "windows", "formula", "pin", "code", "pay", "owe", "send", "transfer", "deposit", "withdraw", "save",
    "spend", "budget", "venmo", "zelle", "lend", "borrow", "collect", "charge", "bill", "invoice", "case", "ticket",
    "form",
];

/// Whether a word before a number makes it a name or an amount of money: "room 12", "chapter 5", "pay 1200".
pub(crate) fn is_label(said: &str) -> bool {
    LABELS.contains(&said)
}

/// Words other than plurals with an S that a number counts or measures.
#[rustfmt::skip]
const WORDS_AFTER_A_COUNT: &[&str] = &[
    "kg", "lb", "km", "mg", "ml", "percent", "people", "x", "dozen", "mile", "cup", "pound",
    "of", "more",
];

/// Words that may stand after a count as well as begin a task: "8 new shirts", but "at 8 new client call".
const WORDS_AFTER_A_NUMBER: &[&str] = &["new", "big", "small", "extra", "page", "men", "women", "children"];

/// Whether a number before this word counts something, as in "8 eggs", "8 of" and "8 big eggs", so that it is not a
/// time.
pub(crate) fn is_counted(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::Mark(b'%' | b'$') | Word::Times)
        || WORDS_AFTER_A_COUNT.contains(&r.spelling(at))
        || is_plural(r, if matches!(r.spelling(at), "new" | "big" | "small" | "extra") { at + 1 } else { at })
}

/// Whether a number before this word may count something, so that the number alone is no sign of a time: "8 new".
pub(crate) fn may_be_counted(r: &Reader, at: usize) -> bool {
    is_counted(r, at) || WORDS_AFTER_A_NUMBER.contains(&r.spelling(at))
}

/// Whether a word is a plural with an S: "eggs", but not "boss" and not "mom's".
fn is_plural(r: &Reader, at: usize) -> bool {
    let said = r.spelling(at);
    r.word(at) == Word::Other && said.ends_with('s') && !said.ends_with("ss") && !said.ends_with("'s")
}
