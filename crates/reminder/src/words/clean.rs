//! The cleaning of a person's words.

use crate::policy::TASK_MAX;

/// Maximum number of combining marks on one character. No living language needs more than four, and a longer row of
/// marks covers the lines above and below it.
const MARKS_MAX: usize = 4;

/// Maximum length of cleaned words, in characters: more than a task may have, even if the last character is a space and
/// is removed. So a task that is too long is still refused.
const WORDS_MAX: usize = TASK_MAX + 2;

const JOINER: char = '\u{200d}';

const EMOJI_STYLE: char = '\u{fe0f}';

/// Returns a person's words as they are stored, shown, spoken and compared. All words of a text that outlive its
/// handling pass here once, where they enter: the task of a reminder or of a question, the name of a place, and the
/// words that name a reminder. So nothing else needs to clean them again.
///
/// - The words are on one line. Spaces, line and paragraph separators and control characters (C0 and C1) become one
///   space, and there is none at either end.
/// - Invisible characters are removed: those that change the direction of the text, which can make an answer read as
///   other words than it says, and those without a width, with which two tasks look alike. A joiner between two emoji
///   stays, because without it one emoji would become several. The emoji style after an emoji, a digit, # or * stays,
///   because without it the emoji would become a plain symbol.
/// - A character has at most four combining marks, and a mark without a character is removed.
/// - Quotes, dashes and dots are plain. With one typographic quote, a segment has room for only 70 characters instead
///   of 160.
/// - At most `WORDS_MAX` characters are kept.
pub fn clean(words: &str) -> String {
    let mut clean = Clean::default();
    for character in words.chars() {
        match character {
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{b4}' | '`' => clean.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => clean.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => clean.push('-'),
            '\u{2026}' => "...".chars().for_each(|dot| clean.push(dot)),
            JOINER => clean.has_joiner = clean.ends_with_emoji(),
            EMOJI_STYLE => clean.style(),
            // U+2800 is a Braille pattern without dots.
            c if c.is_whitespace() || c.is_control() || c == '\u{2800}' => clean.space(),
            c if is_invisible(c) => {}
            c if is_emoji(c) => clean.emoji(c),
            c if is_mark(c) => clean.mark(c),
            c => clean.push(c),
        }
        if clean.length > WORDS_MAX {
            break;
        }
    }
    let cut: String = clean.words.chars().take(WORDS_MAX).collect();
    cut.trim_end_matches([' ', JOINER]).to_owned()
}

/// Words that are being cleaned.
#[derive(Default)]
struct Clean {
    words: String,
    /// The number of characters so far.
    length: usize,
    /// The number of marks at the end.
    marks: usize,
    /// Whether a joiner followed the emoji at the end. It is added if another emoji follows.
    has_joiner: bool,
}

impl Clean {
    fn push(&mut self, character: char) {
        self.words.push(character);
        self.length += 1;
        (self.marks, self.has_joiner) = (0, false);
    }

    fn space(&mut self) {
        if !self.words.is_empty() && !self.words.ends_with(' ') {
            self.push(' ');
        }
    }

    fn emoji(&mut self, emoji: char) {
        if self.has_joiner {
            self.push(JOINER);
        }
        self.push(emoji);
    }

    /// Adds the emoji style, which makes an emoji of a symbol, a digit, # or *.
    fn style(&mut self) {
        let takes_style = |last| is_emoji(last) || matches!(last, '0'..='9' | '#' | '*');
        if self.words.chars().next_back().is_some_and(takes_style) {
            self.push(EMOJI_STYLE);
        }
    }

    fn mark(&mut self, mark: char) {
        if !self.words.is_empty() && !self.words.ends_with(' ') && self.marks < MARKS_MAX {
            let marks = self.marks + 1;
            self.push(mark);
            self.marks = marks;
        }
    }

    fn ends_with_emoji(&self) -> bool {
        let mut ending = self.words.chars().rev().skip_while(|c| *c == EMOJI_STYLE);
        ending.next().is_some_and(is_emoji)
    }
}

/// Whether a character is never seen: `Default_Ignorable_Code_Point` of Unicode 17 (DerivedCoreProperties.txt), with
/// the annotation characters and the code points that are no characters. The joiner and the emoji style are handled
/// before.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(character) & 0xfffe == 0xfffe
}

/// Whether a character is an emoji or becomes one with the emoji style: the blocks of emoji-data.txt of Unicode 17 that
/// are symbols.
fn is_emoji(character: char) -> bool {
    matches!(character,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2934}'..='\u{2935}'
        | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether a character is a combining mark (`Grapheme_Extend` of Unicode) or not printable. Besides a few control
/// characters and quotes, which are handled before, `escape_debug` escapes exactly these, as `\u{…}`.
fn is_mark(character: char) -> bool {
    character.escape_debug().nth(1) == Some('u')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(rows: &[(&str, &str)]) {
        for (words, expected) in rows {
            assert_eq!(clean(words), *expected, "{words:?}");
        }
    }

    #[test]
    fn words_are_in_plain_characters() {
        check(&[
            ("buy milk", "buy milk"),
            (
                "call Ann\u{2019}s \u{201c}new\u{201d} office \u{2013} twice\u{2026}",
                "call Ann's \"new\" office - twice...",
            ),
            ("\u{201e}so\u{201c} \u{ab}so\u{bb} \u{201a}so\u{2018} \u{b4}so`", "\"so\" \"so\" 'so' 'so'"),
            ("пить воду 💧", "пить воду 💧"),
            ("jalapeño, jalapen\u{303}o", "jalapeño, jalapen\u{303}o"),
            ("ไปหาหมอ दवा लेना שָׁלוֹם", "ไปหาหมอ दवा लेना שָׁלוֹם"),
        ]);
    }

    #[test]
    fn words_are_on_one_line() {
        check(&[
            ("one\n\n two\u{0} three ", "one two three"),
            (" \r\none\u{2028}two\u{2029}three\u{85}four\u{b}five", "one two three four five"),
            ("6:30\u{202f}PM\u{a0}sharp", "6:30 PM sharp"),
            ("a\u{1b}[31mred\u{9b}0m\u{7f}", "a [31mred 0m"),
            ("blank\u{2800}\u{2800}space", "blank space"),
        ]);
    }

    #[test]
    fn invisible_characters_are_removed() {
        check(&[
            ("\u{200e}so\u{200b}ft\u{ad}ly\u{feff}\u{2069}", "softly"),
            ("pay \u{202e}evif\u{202c} dollars \u{61c}now", "pay evif dollars now"),
            ("a\u{200c}b\u{200d}c\u{34f}d\u{3164}e\u{2061}f\u{fffa}g\u{e0041}h\u{ffff}i\u{180e}j", "abcdefghij"),
            ("\u{200b}\u{202e}\u{2066}", ""),
        ]);
    }

    #[test]
    fn an_emoji_of_several_characters_stays_one_emoji() {
        for emoji in ["👩\u{200d}🚀", "👩🏽\u{200d}🚀", "❤\u{fe0f}\u{200d}🔥", "☎\u{fe0f}", "1\u{fe0f}\u{20e3}", "🇺🇸"]
        {
            check(&[(emoji, emoji)]);
        }
        check(&[
            ("👩\u{200d}", "👩"),
            ("👩\u{200d} 🚀", "👩 🚀"),
            ("\u{200d}🚀", "🚀"),
            ("👩\u{200d}\u{200d}🚀", "👩\u{200d}🚀"),
            ("a\u{fe0f}b☎\u{fe0f}\u{fe0f}", "ab☎\u{fe0f}"),
        ]);
    }

    #[test]
    fn a_character_has_few_marks() {
        let flood = "\u{301}".repeat(50);
        check(&[
            (&format!("z{flood}a{flood}"), &format!("z{0}a{0}", "\u{301}".repeat(MARKS_MAX))),
            (&format!("{flood}a"), "a"),
            (&format!("a {flood}b"), "a b"),
        ]);
    }

    #[test]
    fn words_that_are_too_long_are_cut_but_still_too_long() {
        for long in ["é", "ab ", "a bc", "ab  c", "👩\u{200d}🚀", "a 👩\u{200d}🚀", "☎\u{fe0f}", "e\u{301}", "…"]
        {
            let length = clean(&long.repeat(1000)).chars().count();
            assert!((TASK_MAX + 1..=WORDS_MAX).contains(&length), "{long}: {length}");
        }
        assert_eq!(clean(&"e".repeat(TASK_MAX)).chars().count(), TASK_MAX);
    }

    proptest! {
        #[test]
        fn words_that_are_clean_stay_the_same(words in prop::collection::vec(any::<char>(), 0..400)) {
            let once = clean(&words.into_iter().collect::<String>());
            prop_assert_eq!(clean(&once), once);
        }
    }
}
