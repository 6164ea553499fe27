//! Tables of phrases.

/// A table of phrases, in lower case and without apostrophes.
pub(crate) struct Phrases {
    list: &'static [&'static str],
    /// For each first letter, one bit for each second letter that some phrase has. Most words of a text begin no
    /// phrase, so they need no comparison.
    starts: [u32; LETTERS],
}

/// The 26 letters, and one entry for every other character.
const LETTERS: usize = 27;

impl Phrases {
    pub(crate) const fn of(list: &'static [&'static str]) -> Phrases {
        let mut starts = [0; LETTERS];
        let mut i = 0;
        while i < list.len() {
            let phrase = list[i].as_bytes();
            let second = if phrase.len() > 1 { phrase[1] } else { b' ' };
            starts[letter(phrase[0])] |= 1 << letter(second);
            i += 1;
        }
        Phrases { list, starts }
    }

    /// Returns the whole table if one of its phrases may begin with `word`, judged by the first two letters. Otherwise
    /// returns an empty table.
    pub(crate) fn candidates(&self, word: &str) -> &'static [&'static str] {
        let word = word.as_bytes();
        let (Some(first), second) = (word.first(), word.get(1).copied().unwrap_or(b' ')) else { return &[] };
        // The word "i'm" may begin the phrase "im": the letter after an apostrophe is not checked here.
        let any_second = !second.is_ascii_alphabetic() && second != b' ';
        if any_second || self.starts[letter(*first)] & (1 << letter(second)) != 0 { self.list } else { &[] }
    }

    /// Returns all phrases of the table.
    pub(crate) fn all(&self) -> &'static [&'static str] {
        self.list
    }
}

const fn letter(byte: u8) -> usize {
    if byte.is_ascii_lowercase() { (byte - b'a') as usize } else { LETTERS - 1 }
}
