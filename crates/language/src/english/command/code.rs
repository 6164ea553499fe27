//! A text that is only a code of six digits: "123456", "code 123 456", "my code is 123-456".

use crate::{english::text::normalize::normalized, request::Request};

/// Number of digits of a code.
const DIGITS: usize = 6;

/// Words that may come before the digits, longest first.
const BEFORE: [&str; 10] =
    ["the code is", "my code is", "code is", "the code", "my code", "code", "reply", "confirm", "it's", "its"];

/// Reads a text that is only a code, with or without words such as "my code is". Returns nothing for any other text.
pub(crate) fn code(text: &str) -> Option<Request> {
    let text = normalized(text).to_ascii_lowercase();
    let text = text.trim();
    let after = BEFORE.iter().find_map(|words| text.strip_prefix(words).filter(|rest| starts_anew(rest)));
    let digits = after.unwrap_or(text).trim_matches(|c: char| c.is_whitespace() || MARKS.contains(c));
    let code: String = digits.chars().filter(|c| !SEPARATORS.contains(*c)).collect();
    let is_code = code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then_some(Request::Code(code))
}

/// Marks around a code.
const MARKS: &str = ".!:#\"'";

/// Characters between the digits of a code.
const SEPARATORS: &str = " -";

/// Whether these characters begin a new word.
fn starts_anew(rest: &str) -> bool {
    !rest.starts_with(|c: char| c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_alone_or_after_the_word_code_are_a_code() {
        for text in [
            "123456",
            " 123456 ",
            "123 456",
            "123-456",
            "12 34 56",
            "123456.",
            "code 123456",
            "Code: 123456",
            "CODE 123 456!",
            "my code is 123456",
            "The code is 123456.",
            "confirm 123456",
            "reply 123456",
            "it's 123456",
            "\"123456\"",
        ] {
            assert_eq!(code(text), Some(Request::Code("123456".to_owned())), "{text}");
        }
        assert_eq!(code("000042"), Some(Request::Code("000042".to_owned())));
    }

    #[test]
    fn any_other_text_is_no_code() {
        for text in [
            "",
            "code",
            "12345",
            "1234567",
            "0730 gym",
            "123456 gym",
            "12:34:56",
            "123.456",
            "gym 123456",
            "code123456",
            "remind me of code 123456 at 5",
            "call 123456 at 6",
            "1 2 3 4 5 6 7",
            "abcdef",
            "delete 123456",
        ] {
            assert_eq!(code(text), None, "{text}");
        }
    }
}
