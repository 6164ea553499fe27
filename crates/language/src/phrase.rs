//! Tables of phrases, and finding the one that stands at a place.

use crate::reader::Reader;

/// Phrases in lower case and without apostrophes.
pub(crate) struct Phrases {
    list: &'static [&'static str],
    /// For each first letter a bit for each second one: most words of a text begin no phrase, and need not be compared.
    starts: [u32; LETTERS],
}

/// The letters, and one place for everything else.
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

    /// The place behind the longest phrase that stands at `at`.
    pub(crate) fn at(&self, r: &Reader, at: usize) -> Option<usize> {
        let said = r.said(at).as_bytes();
        let (first, second) = (*said.first()?, said.get(1).copied().unwrap_or(b' '));
        // "i'm" may begin "im": what stands behind the apostrophe is not looked at here.
        let any_second = !second.is_ascii_alphabetic() && second != b' ';
        if !any_second && self.starts[letter(first)] & (1 << letter(second)) == 0 {
            return None;
        }
        self.list.iter().filter(|phrase| phrase.as_bytes()[0] == first).filter_map(|phrase| r.says(at, phrase)).max()
    }

    /// From where a phrase reaches to `to`, the longest that does so and begins behind `from`.
    pub(crate) fn before(&self, r: &Reader, from: usize, to: usize) -> impl Iterator<Item = (usize, &'static str)> {
        let last = to.checked_sub(1).map_or("", |last| r.said(last));
        let apostrophe = r.has_apostrophe(to.wrapping_sub(1));
        self.list.iter().filter(move |phrase| !last.is_empty() && (phrase.ends_with(last) || apostrophe)).filter_map(
            move |phrase| {
                let start = to.checked_sub(phrase.split(' ').count()).filter(|start| *start > from)?;
                (r.says(start, phrase) == Some(to)).then_some((start, *phrase))
            },
        )
    }
}

const fn letter(byte: u8) -> usize {
    if byte.is_ascii_lowercase() { (byte - b'a') as usize } else { LETTERS - 1 }
}
