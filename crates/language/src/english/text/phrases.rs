//! Tables of phrases.

/// The first four bytes of a word without its apostrophes, with spaces after a shorter word. Words with different heads
/// are different, so most words of a text need no comparison with a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head(u32);

impl Head {
    /// Returns the head of the first word of a text without apostrophes.
    pub(crate) const fn of(text: &[u8]) -> Head {
        let mut bytes = [b' '; 4];
        let mut i = 0;
        while i < bytes.len() && i < text.len() && text[i] != b' ' {
            bytes[i] = text[i];
            i += 1;
        }
        Head(u32::from_be_bytes(bytes))
    }

    const fn first(self) -> u8 {
        self.0.to_be_bytes()[0]
    }
}

/// A table of phrases, in lower case and without apostrophes.
pub(crate) struct Phrases {
    list: &'static [&'static str],
    /// The heads of the phrases, in the order of `by_first`.
    heads: [Head; MOST_PHRASES],
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

    /// Returns the range of places of the phrases that have this letter.
    fn range(&self, byte: u8) -> std::ops::Range<usize> {
        let letter = letter(byte);
        usize::from(self.begins[letter])..usize::from(self.begins[letter + 1])
    }
}

impl Phrases {
    pub(crate) const fn of(list: &'static [&'static str]) -> Phrases {
        let by_first = Order::by(list, false);
        let mut heads = [Head(0); MOST_PHRASES];
        let mut i = 0;
        while i < list.len() {
            heads[i] = Head::of(list[by_first.places[i] as usize].as_bytes());
            i += 1;
        }
        Phrases { list, heads, by_first, by_last: Order::by(list, true) }
    }

    /// Returns the phrases whose first word has this head.
    pub(crate) fn beginning_with(&self, head: Head) -> impl Iterator<Item = &'static str> {
        let range = self.by_first.range(head.first());
        let places = self.heads[range.clone()].iter().zip(&self.by_first.places[range]);
        places.filter(move |(of, _)| **of == head).map(|(_, place)| self.list[usize::from(*place)])
    }

    /// Returns the phrases that may end with `word`, judged by its last letter.
    pub(crate) fn ending_with(&self, word: &str) -> impl Iterator<Item = &'static str> {
        let places = word.as_bytes().last().map_or(&[][..], |last| &self.by_last.places[self.by_last.range(*last)]);
        places.iter().map(|place| self.list[usize::from(*place)])
    }
}

const fn letter(byte: u8) -> usize {
    if byte.is_ascii_lowercase() { (byte - b'a') as usize } else { LETTERS - 1 }
}
