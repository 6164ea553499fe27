//! Looks up the meaning of a word, and the word that a mistyped word was meant to be.
//!
//! The compiler builds a hash index of the table of words, so that nothing is set up at run time.

use crate::english::text::{vocabulary::WORDS, word::Word};

/// Size of the index: a power of two, at least twice the number of words, so that a look-up soon meets a gap.
const SIZE: usize = 1024;

const _: () = assert!(WORDS.len() * 2 < SIZE);

/// Length of the longest known word, in bytes.
pub(crate) const LONGEST: usize = 13;

/// For each position the number of its word plus one, or 0 for a gap. A word stands at its hash, or at the next free
/// position.
static INDEX: [u16; SIZE] = index();

const fn index() -> [u16; SIZE] {
    let mut index = [0; SIZE];
    let mut i = 0;
    while i < WORDS.len() {
        let mut position = hash(WORDS[i].0.as_bytes());
        while index[position] != 0 {
            position = (position + 1) % SIZE;
        }
        i += 1;
        index[position] = i as u16;
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
    (hash ^ (hash >> 15)) as usize % SIZE
}

/// Looks up a word in lower case.
pub(crate) fn look_up(word: &[u8]) -> Option<Word> {
    let mut position = hash(word);
    while let Some(number) = usize::from(INDEX[position]).checked_sub(1) {
        let (name, meaning) = WORDS[number];
        if name.as_bytes() == word {
            return Some(meaning);
        }
        position = (position + 1) % SIZE;
    }
    None
}

/// Long words that are often mistyped, and that few other words resemble.
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

/// Words that resemble one of the words above but are not mistyped.
const NOT_MISTYPED: &[&str] = &["sundae", "sundaes", "minuet", "minuets", "mourning", "warning", "moaning", "month"];

/// Length of the shortest words in which one typing error is allowed, in letters.
const ONE_SLIP_FROM: usize = 6;

/// Length of the shortest words in which two typing errors are allowed, in letters.
const TWO_SLIPS_FROM: usize = 8;

/// Looks up the word that a mistyped word was meant to be.
pub(crate) fn guess_mistyped(word: &[u8]) -> Option<Word> {
    if is_tomorrow(word) {
        return Some(Word::Tomorrow);
    }
    if word.len() < ONE_SLIP_FROM || NOT_MISTYPED.iter().any(|not| not.as_bytes() == word) {
        return None;
    }
    let slips = if word.len() < TWO_SLIPS_FROM { 1 } else { 2 };
    let meant = OFTEN_MISTYPED.iter().map(|meant| meant.as_bytes()).find(|meant| {
        meant[0] == word[0] && meant.len().abs_diff(word.len()) <= 1 && slips_between(word, meant) <= slips
    })?;
    look_up(meant)
}

/// Whether a word has the consonants of "tomorrow", which no other word has: "tmorow", "tomarow", "tomrw".
fn is_tomorrow(word: &[u8]) -> bool {
    if word[0] != b't' || word.len() > LONGEST {
        return false;
    }
    let mut left = &b"tmrw"[..];
    for (i, letter) in word.iter().enumerate() {
        match left.split_first() {
            Some((next, rest)) if next == letter => left = rest,
            _ if matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u') || i > 0 && word[i - 1] == *letter => {}
            _ => return false,
        }
    }
    left.is_empty()
}

/// Whether a word is another word with one typing error.
pub(crate) fn resembles(word: &str, meant: &str) -> bool {
    word.is_ascii()
        && word.len().abs_diff(meant.len()) <= 1
        && meant.len() <= LONGEST
        && word.starts_with(|c: char| meant.starts_with(c))
        && slips_between(word.as_bytes(), meant.as_bytes()) <= 1
}

/// Counts the typing errors between two words of at most [`LONGEST`] letters. An error is a letter that is left out,
/// added, changed, or swapped with its neighbor.
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
    fn every_word_is_found_and_is_listed_once() {
        for (i, (word, meaning)) in WORDS.iter().enumerate() {
            assert_eq!(look_up(word.as_bytes()), Some(*meaning), "{word}");
            assert!(WORDS[..i].iter().all(|(before, _)| before != word), "{word} is listed twice");
            assert!(word.len() <= LONGEST, "{word}");
        }
        assert_eq!(look_up(b"milk"), None);
    }

    #[test]
    fn typing_errors_are_corrected_only_in_long_words() {
        let check = |word: &str, meant: Option<&str>| {
            assert_eq!(guess_mistyped(word.as_bytes()), meant.and_then(|meant| look_up(meant.as_bytes())), "{word}");
        };
        check("firday", Some("friday"));
        check("wednsday", Some("wednesday"));
        check("tommorrw", Some("tomorrow"));
        check("satruday", Some("saturday"));
        check("tmorow", Some("tomorrow"));
        check("tommarow", Some("tomorrow"));
        check("tomorws", None);
        check("timer", None);
        check("tremor", None);
        check("sundae", None);
        check("mouth", None);
        check("marsh", None);
        check("friends", None);
    }
}
