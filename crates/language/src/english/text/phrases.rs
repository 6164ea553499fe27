//! Tables of phrases.

/// A table of phrases, in lower case and without apostrophes.
pub(crate) struct Phrases {
    list: &'static [&'static str],
    /// For each first letter, one bit for each second letter that some phrase has. Most words of a text begin no
    /// phrase, so they need no comparison.
    starts: [u32; LETTERS],
    by_first: Order,
    by_last: Order,
}

/// The 26 letters, and one entry for every other character.
const LETTERS: usize = 27;

/// Maximum number of phrases of a table.
const MOST_PHRASES: usize = 256;

/// The places of the phrases of a table, ordered by one of their letters.
struct Order {
    places: [u8; MOST_PHRASES],
    /// For each letter the number of phrases with an earlier letter.
    begins: [u16; LETTERS + 1],
}

impl Order {
    const fn by(list: &'static [&'static str], last: bool) -> Order {
        assert!(list.len() <= MOST_PHRASES);
        let mut order = Order { places: [0; MOST_PHRASES], begins: [0; LETTERS + 1] };
        let (mut letter, mut count) = (0, 0);
        while letter < LETTERS {
            order.begins[letter] = count;
            let mut i = 0;
            while i < list.len() {
                let phrase = list[i].as_bytes();
                let byte = if last { phrase[phrase.len() - 1] } else { phrase[0] };
                if self::letter(byte) == letter {
                    order.places[count as usize] = i as u8;
                    count += 1;
                }
                i += 1;
            }
            letter += 1;
        }
        order.begins[LETTERS] = count;
        order
    }

    fn with(&self, byte: u8) -> &[u8] {
        let letter = letter(byte);
        &self.places[usize::from(self.begins[letter])..usize::from(self.begins[letter + 1])]
    }
}

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
        Phrases { list, starts, by_first: Order::by(list, false), by_last: Order::by(list, true) }
    }

    /// Returns the phrases that may begin with `word`, judged by its first letters.
    pub(crate) fn candidates(&self, word: &str) -> impl Iterator<Item = &'static str> {
        let word = word.as_bytes();
        let (first, second) = (word.first().copied(), word.get(1).copied().unwrap_or(b' '));
        // The word "i'm" may begin the phrase "im": the letter after an apostrophe is not checked here.
        let any_second = !second.is_ascii_alphabetic() && second != b' ';
        let places = first
            .filter(|first| any_second || self.starts[letter(*first)] & (1 << letter(second)) != 0)
            .map_or(&[][..], |first| self.by_first.with(first));
        places.iter().map(|place| self.list[usize::from(*place)])
    }

    /// Returns the phrases that may end with `word`, judged by its last letter.
    pub(crate) fn ending_with(&self, word: &str) -> impl Iterator<Item = &'static str> {
        let places = word.as_bytes().last().map_or(&[][..], |last| self.by_last.with(*last));
        places.iter().map(|place| self.list[usize::from(*place)])
    }
}

const fn letter(byte: u8) -> usize {
    if byte.is_ascii_lowercase() { (byte - b'a') as usize } else { LETTERS - 1 }
}
