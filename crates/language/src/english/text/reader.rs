//! The text as productions see it: its tokens, and when and where its sender is.

use crate::{
    country::Country,
    english::text::{phrases::Phrases, tokens::Token, word::Word},
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

/// The sender of a text: the sender's zone and country, and the instant at which the text was received.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    /// The wall-clock time in `zone` at `now`.
    pub(crate) clock: DateTime,
    pub(crate) country: Country,
}

impl Sender {
    pub(crate) fn new(now: Timestamp, zone: &TimeZone, country: Country) -> Sender {
        Sender { now, zone: zone.clone(), clock: zone.to_datetime(now), country }
    }

    pub(crate) fn today(&self) -> Date {
        self.clock.date()
    }
}

/// The text that is read. A production takes a place in `tokens`, and returns its value and the place after the tokens
/// that it read.
pub(crate) struct Reader<'t> {
    pub(crate) text: &'t str,
    /// The text with ASCII letters in lower case.
    pub(crate) lower: &'t str,
    pub(crate) tokens: &'t [Token],
    pub(crate) sender: &'t Sender,
}

/// The result of a production: its value, and the place of the first token after it.
pub(crate) type Read<T> = Option<(T, usize)>;

impl<'t> Reader<'t> {
    /// Returns the word at a place, and `Word::Mark(0)` after the last token.
    pub(crate) fn word(&self, at: usize) -> Word {
        self.tokens.get(at).map_or(Word::Mark(0), |token| token.word)
    }

    /// Returns the spelling of a token in lower case; empty after the last token.
    pub(crate) fn spelling(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| &self.lower[token.start..token.end])
    }

    /// Returns a token as it was written; empty after the last token.
    pub(crate) fn original(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    /// Returns the place after a phrase, if its words stand at `at`. Apostrophes are ignored: "dont" matches "don't".
    pub(crate) fn says(&self, at: usize, phrase: &str) -> Option<usize> {
        let mut rest = phrase.as_bytes();
        let mut next = at;
        loop {
            let token = self.tokens.get(next)?;
            let said = &self.lower.as_bytes()[token.start..token.end];
            next += 1;
            let behind = if token.apostrophe { behind_contraction(said, rest)? } else { behind_word(said, rest)? };
            if behind == rest.len() {
                return Some(next);
            }
            rest = &rest[behind + 1..];
        }
    }

    /// Returns the place after the longest phrase of a table that stands at `at`.
    pub(crate) fn says_any(&self, at: usize, phrases: &Phrases) -> Option<usize> {
        phrases.beginning_with(self.tokens.get(at)?.head).filter_map(|phrase| self.says(at, phrase)).max()
    }

    /// Returns the place after the longest of the given phrases that stand at `at`.
    pub(crate) fn says_one_of(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        let first = *self.spelling(at).as_bytes().first()?;
        phrases.iter().filter(|phrase| phrase.as_bytes()[0] == first).filter_map(|phrase| self.says(at, phrase)).max()
    }

    /// Returns the phrases of a table that end directly before `to` and begin anywhere after `from`, each with the
    /// place where it begins.
    pub(crate) fn says_before(
        &self,
        from: usize,
        to: usize,
        phrases: &Phrases,
    ) -> impl Iterator<Item = (usize, &'static str)> {
        let last = to.checked_sub(1).map_or("", |last| self.spelling(last));
        let apostrophe = self.has_apostrophe(to.wrapping_sub(1));
        let may_end = move |phrase: &&str| phrase.ends_with(last) || apostrophe;
        phrases.ending_with(last).filter(may_end).filter_map(move |phrase| {
            let start = to.checked_sub(phrase.split(' ').count()).filter(|start| *start > from)?;
            (self.says(start, phrase) == Some(to)).then_some((start, phrase))
        })
    }

    pub(crate) fn has_apostrophe(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.apostrophe)
    }

    /// Returns a reader of the same text, from one place up to another.
    pub(crate) fn slice(&self, from: usize, to: usize) -> Reader<'t> {
        Reader { text: self.text, lower: self.lower, tokens: &self.tokens[from..to], sender: self.sender }
    }

    /// Whether a clause ends with the token at a place.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other word is treated alike")]
    pub(crate) fn ends_clause(&self, at: usize) -> bool {
        match self.word(at) {
            Word::Mark(0 | b';' | b'!' | b'?' | b'\n') => true,
            Word::Mark(b'.') => !self.is_adjacent(at + 1),
            _ => false,
        }
    }

    pub(crate) fn is_mark(&self, at: usize, mark: u8) -> bool {
        self.word(at) == Word::Mark(mark)
    }

    /// Returns the place after `at` if that word stands there, and `at` otherwise.
    pub(crate) fn skip(&self, at: usize, word: Word) -> usize {
        if self.word(at) == word { at + 1 } else { at }
    }

    pub(crate) fn skip_mark(&self, at: usize, mark: u8) -> usize {
        self.skip(at, Word::Mark(mark))
    }

    /// Whether no space separates a token from the token before it.
    pub(crate) fn is_adjacent(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.adjacent)
    }

    pub(crate) fn is_possessive(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.possessive)
    }

    /// Returns the word before a place, if there is one.
    pub(crate) fn word_before(&self, at: usize) -> Option<Word> {
        at.checked_sub(1).map(|before| self.word(before))
    }

    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }
}

/// Returns the length of a word at the start of a phrase. `None` if the phrase does not begin with the whole word.
fn behind_word(said: &[u8], phrase: &[u8]) -> Option<usize> {
    let is_whole = matches!(phrase.get(said.len()), None | Some(b' '));
    (is_whole && phrase.first() == said.first() && phrase.starts_with(said)).then_some(said.len())
}

/// Like [`behind_word`], for a word with apostrophes, which the phrase may leave out.
fn behind_contraction(said: &[u8], phrase: &[u8]) -> Option<usize> {
    let length = phrase.iter().position(|byte| *byte == b' ').unwrap_or(phrase.len());
    let (word, said) = (std::str::from_utf8(&phrase[..length]).ok()?, std::str::from_utf8(said).ok()?);
    let plain = said.chars().filter(|c| !matches!(c, '\'' | '’' | '‘' | '`'));
    (said == word || plain.eq(word.chars())).then_some(length)
}
