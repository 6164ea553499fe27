//! Normalizes a text before anything else reads it: characters that look alike become the usual ones, invisible
//! characters are removed, every end of a line becomes `\n`, and the signature of a mail program is cut off.

use crate::english::text::{lexicon, word::Word};
use std::borrow::Cow;

/// First lines of the signatures that phones and mail programs add, in lower case.
const SIGNATURES: [&str; 7] = [
    "sent from my ",
    "sent from mail ",
    "sent from yahoo ",
    "sent from outlook ",
    "sent via ",
    "get outlook for ",
    "envoyé de mon ",
];

/// Longest signature that stands in the same line as the text, in bytes: "Sent from my Samsung Galaxy smartphone."
const LONGEST_INLINE_SIGNATURE: usize = 48;

/// Returns the text as it is read. Borrows the text if nothing has to change.
pub(crate) fn normalized(text: &str) -> Cow<'_, str> {
    let usual = text.bytes().all(|byte| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\n' | b'\t'));
    if usual {
        return without_numbering(without_signature(text.trim()));
    }
    let mut usual = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => usual.push('\n'),
            // Emoji and some scripts are joined by these. Between ASCII characters they mean nothing.
            '\u{200c}' | '\u{200d}' if usual.chars().next_back().is_none_or(|before| before.is_ascii()) => {}
            _ if is_invisible(c) => {}
            '–' | '—' if joins_dates(&usual, chars.clone()) => usual.push('-'),
            '½' | '¼' | '¾' => push_fraction(&mut usual, c),
            '㏂' => usual.push_str("am"),
            '㏘' => usual.push_str("pm"),
            _ => usual.push(usual_form(c)),
        }
    }
    let whole = without_signature(usual.trim());
    Cow::Owned(without_numbering(whole).into_owned())
}

/// Whether a character has no shape: spaces without width, marks of direction, soft hyphens, control characters.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{fffc}'
    ) || c.is_control() && !matches!(c, '\n' | '\t')
}

/// Whether a long dash, as phones write it, stands between two dates or numbers: "mar 15–mar 20", "3rd – 5th".
fn joins_dates(before: &str, after: impl Iterator<Item = char>) -> bool {
    let before = before.trim_end_matches(' ');
    let digits = before.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let is_ordinal = matches!(before[digits.len()..].to_ascii_lowercase().as_str(), "" | "st" | "nd" | "rd" | "th");
    let behind = after.skip_while(|c| *c == ' ').take(lexicon::LONGEST);
    let word: String = behind.take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let is_date = || matches!(lexicon::look_up(word.as_bytes()), Some(Word::Month(..) | Word::Weekday(..) | Word::The));
    is_ordinal
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && (word.starts_with(|c: char| c.is_ascii_digit()) || is_date())
}

/// Appends a fraction as digits. After a digit it is apart from the whole number: "1½" becomes "1 1/2".
fn push_fraction(text: &mut String, fraction: char) {
    if text.ends_with(|c: char| c.is_ascii_digit()) {
        text.push(' ');
    }
    text.push_str(match fraction {
        '½' => "1/2",
        '¼' => "1/4",
        _ => "3/4",
    });
}

/// Returns the usual form of a letter, digit or mark that Unicode also has in other forms: wide, bold, raised, or the
/// digits of another script.
fn usual_form(c: char) -> char {
    let code = u32::from(c);
    let digit = |zero: u32| char::from_digit((code - zero) % 10, 10).unwrap_or(c);
    let letter = |first: u32| {
        let index = (code - first) % 52;
        let (base, index) = if index < 26 { (b'A', index) } else { (b'a', index - 26) };
        char::from(base + u8::try_from(index).unwrap_or(0))
    };
    match code {
        0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
        0x3000 => ' ',
        0x660..=0x669 => digit(0x660),
        0x6f0..=0x6f9 => digit(0x6f0),
        0x966..=0x96f => digit(0x966),
        0x1_d400..=0x1_d6a3 => letter(0x1_d400),
        0x1_d7ce..=0x1_d7ff => digit(0x1_d7ce),
        0x2070 | 0x2074..=0x2079 => digit(0x2070),
        0xb9 => '1',
        0xb2 => '2',
        0xb3 => '3',
        0x2010 | 0x2011 | 0x2012 | 0x2212 => '-',
        0x2236 => ':',
        0x2024 => '.',
        _ => c,
    }
}

/// Cuts off a signature: from a line that begins as one, or from a last sentence such as "Sent from my iPhone".
fn without_signature(text: &str) -> &str {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let begins = SIGNATURES.iter().any(|signature| begins_with(line.trim_start(), signature));
        if start > 0 && (begins || line.trim_end() == "--") {
            return text[..start].trim_end();
        }
        start += line.len();
    }
    let inline = text.rfind("Sent from my ").filter(|at| text.len() - at <= LONGEST_INLINE_SIGNATURE);
    match inline {
        Some(at) if text[..at].ends_with(char::is_whitespace) => text[..at].trim_end(),
        _ => text,
    }
}

/// Whether a line begins with a phrase, in upper or lower case.
fn begins_with(line: &str, phrase: &str) -> bool {
    line.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase))
}

/// Replaces the numbers of a numbered list by dashes, if the text has at least two such lines.
fn without_numbering(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') || text.lines().filter(|line| numbering(line).is_some()).count() < 2 {
        return Cow::Borrowed(text);
    }
    let lines: Vec<Cow<'_, str>> = text
        .lines()
        .map(|line| numbering(line).map_or(Cow::Borrowed(line), |rest| Cow::Owned(format!("- {rest}"))))
        .collect();
    Cow::Owned(lines.join("\n"))
}

/// Returns a line without the number of its item: "2. gym", "3) milk".
fn numbering(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - rest.len();
    let rest = rest.strip_prefix(['.', ')'])?;
    ((1..=2).contains(&digits) && rest.starts_with(' ')).then(|| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_its_usual_form() {
        for (text, expected) in [
            ("call mom at 5", "call mom at 5"),
            ("call mom\u{200b} at 5\u{ad}pm\r\n", "call mom at 5pm"),
            ("ｃａｌｌ mom ａｔ ５：３０", "call mom at 5:30"),
            ("𝐜𝐚𝐥𝐥 𝗺𝗼𝗺 at 𝟓", "call mom at 5"),
            ("in 1½ hours", "in 1 1/2 hours"),
            ("call at ٥", "call at 5"),
            ("5\u{2212}6 pm", "5-6 pm"),
            ("trip march 15th – March 20th", "trip march 15th - March 20th"),
            ("mar 15–20", "mar 15-20"),
            ("milk at 5\n\nSent from my iPhone", "milk at 5"),
            ("milk at 5 Sent from my iPhone", "milk at 5"),
            ("milk at 5\n-- \nJohn Smith\nSales", "milk at 5"),
            ("1. milk at 5\n2. gym at 6", "- milk at 5\n- gym at 6"),
        ] {
            assert_eq!(normalized(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_a_person_wrote_stays() {
        for text in [
            "❤️ mom at 5",
            "👨\u{200d}👩\u{200d}👧 dinner at 6",
            "می\u{200c}خواهم",
            "read the mail sent from my boss at 5",
            "1. milk at 5",
            "pay 2.50 at noon",
            "call Zoë – mañana",
            "june 3 – call mom",
        ] {
            assert_eq!(normalized(text), text);
        }
    }
}
