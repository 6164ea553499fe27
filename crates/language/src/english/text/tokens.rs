//! Splits a text into tokens.
//!
//! ```text
//! token  = digits | letters [apostrophe letters]… | mark | symbol
//! ```
//! Digits and letters that touch are separate tokens ("6pm", "3rd"), unless together they are a word ("2moro").

use crate::english::text::{
    lexicon::{self, LONGEST},
    phrases::Head,
    word::Word,
};

/// A word, number or mark, and its range of bytes in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) word: Word,
    /// Whether no space separates it from the token before it.
    pub(crate) adjacent: bool,
    /// Whether it counts as a possessive, see [`meaning`]: "tomorrow's".
    pub(crate) possessive: bool,
    /// Whether it contains an apostrophe: "don't".
    pub(crate) apostrophe: bool,
    /// Its first letters, by which phrases are looked up.
    pub(crate) head: Head,
}

/// Splits a text, with ASCII letters in lower case, into tokens.
pub(crate) fn tokens(lower: &str) -> Vec<Token> {
    // A text has about one token per five bytes, so one allocation is enough for most texts.
    let mut tokens = Vec::with_capacity(lower.len() / 4 + 4);
    let bytes = lower.as_bytes();
    let mut at = 0;
    let mut adjacent = false;
    while let Some(c) = lower[at..].chars().next() {
        // A new line ends a clause, so it is a mark.
        if c.is_whitespace() && c != '\n' {
            at += c.len_utf8();
            adjacent = false;
            continue;
        }
        let start = at;
        let (word, possessive) = if c.is_ascii_digit() {
            at = run(bytes, at, |b| b.is_ascii_digit());
            let (word, end) = digits_or_word(bytes, start, at);
            at = end;
            (word, false)
        } else if c.is_alphabetic() {
            at = letters(lower, at);
            meaning(&lower[start..at])
        } else {
            at += c.len_utf8();
            (if c.is_ascii() { Word::Mark(bytes[start]) } else { Word::Symbol }, false)
        };
        let said = &lower[start..at];
        let apostrophe = said.contains(is_apostrophe);
        let head = if apostrophe { head_of_contraction(said) } else { Head::of(said.as_bytes()) };
        tokens.push(Token { start, end: at, word, adjacent, possessive, apostrophe, head });
        adjacent = true;
    }
    tokens
}

fn run(bytes: &[u8], from: usize, is: impl Fn(u8) -> bool) -> usize {
    bytes[from..].iter().position(|b| !is(*b)).map_or(bytes.len(), |n| from + n)
}

/// Reads a number, or a word that begins with a digit: "2moro" is a word, but in "6pm" only the digits are read.
fn digits_or_word(bytes: &[u8], start: usize, end: usize) -> (Word, usize) {
    let whole = run(bytes, end, |b| b.is_ascii_alphabetic());
    if end - start == 1
        && whole > end + 2
        && whole - start <= LONGEST
        && let Some(word) = lexicon::look_up(&bytes[start..whole])
    {
        return (word, whole);
    }
    let digits = &bytes[start..end];
    let value = digits.iter().fold(0u32, |value, b| value.saturating_mul(10).saturating_add(u32::from(b - b'0')));
    (Word::Number(value, u8::try_from(digits.len()).unwrap_or(u8::MAX)), end)
}

/// Returns the end of a word. Apostrophes inside belong to it ("o'clock"), and so do the digits of "b4" and "l8r".
fn letters(lower: &str, from: usize) -> usize {
    let mut chars = lower[from..].char_indices().peekable();
    let mut end = from;
    while let Some((at, c)) = chars.next() {
        let inside = is_apostrophe(c) && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !(c.is_alphabetic() || inside) {
            break;
        }
        end = from + at + c.len_utf8();
    }
    let bytes = lower.as_bytes();
    let whole = run(bytes, end, |b| b.is_ascii_alphanumeric());
    let shorthand = whole - from <= 3 && matches!(&bytes[from..whole], b"b4" | b"l8r");
    if shorthand { whole } else { end }
}

/// Returns the head of a word with apostrophes: "don't" has the head of "dont".
fn head_of_contraction(word: &str) -> Head {
    let plain: String = word.chars().filter(|c| !is_apostrophe(*c)).take(4).collect();
    Head::of(plain.as_bytes())
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`')
}

/// Returns the meaning of a word without its apostrophes, and whether the word counts as a possessive: a word of the
/// lexicon with "'s", or a word such as "todays". A possessive of an unknown word ("mom's") usually does not count.
fn meaning(word: &str) -> (Word, bool) {
    let mut plain = [0; LONGEST];
    let mut len = 0;
    let mut apostrophe = None;
    for c in word.chars() {
        if is_apostrophe(c) {
            apostrophe = Some(len);
            continue;
        }
        if !c.is_ascii() || len == LONGEST {
            return (Word::Other, apostrophe.is_some());
        }
        plain[len] = c as u8;
        len += 1;
    }
    let plain = &plain[..len];
    if apostrophe == Some(len.saturating_sub(1))
        && plain.ends_with(b"s")
        && let Some(owner) = lexicon::look_up(&plain[..len - 1])
    {
        return (owner, true);
    }
    let meaning = lexicon::look_up(plain).or_else(|| lexicon::guess_mistyped(plain)).unwrap_or(Word::Other);
    let possessive = matches!(meaning, Word::Today | Word::Tomorrow | Word::Tonight) && plain.ends_with(b"s");
    (meaning, possessive)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = tokens(text).iter().map(|token| &text[token.start..token.end]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_text_is_split_into_words_numbers_and_marks() {
        check("buy milk at 6:30pm", &["buy", "milk", "at", "6", ":", "30", "pm"]);
        check("don’t 4get mom's 3rd b4 2moro", &["don’t", "4", "get", "mom's", "3", "rd", "b4", "2moro"]);
        check("9 o'clock, 'quoted' 🥛!", &["9", "o'clock", ",", "'", "quoted", "'", "🥛", "!"]);
        check("", &[]);
    }

    #[test]
    fn a_possessive_has_the_meaning_of_the_word_without_s() {
        assert_eq!(meaning("tomorrow's"), (Word::Tomorrow, true));
        assert_eq!(meaning("todays"), (Word::Today, true));
        assert_eq!(meaning("o'clock"), (Word::OClock, false));
    }
}
