//! Counts SMS segments. 3GPP TS 23.038 defines the characters, and TS 23.040 defines texts of several segments.

/// Maximum number of septets in a text of one segment, and in each segment of a longer text. A character of GSM-7 takes
/// one septet, and a character of [`EXTENDED`] two.
const SEPTETS: (usize, usize) = (160, 153);

/// The same two maximums in UTF-16 units, for a text with a character outside GSM-7.
const UNITS: (usize, usize) = (70, 67);

/// The basic GSM-7 table without the letters and digits of ASCII.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// The printable characters of the GSM-7 extension table.
const EXTENDED: &str = "^{}\\[~]|€";

/// Returns the number of segments of a text by its length. If there are several, the text may be sent and billed with
/// one more, because no character is split between two segments.
pub fn segments(text: &str) -> usize {
    let septets: Option<usize> = text.chars().map(septets_of).sum();
    let (length, (single_max, part_max)) =
        septets.map_or_else(|| (text.encode_utf16().count(), UNITS), |length| (length, SEPTETS));
    if length <= single_max { 1 } else { length.div_ceil(part_max) }
}

fn septets_of(character: char) -> Option<usize> {
    match character {
        c if c.is_ascii_alphanumeric() || BASIC.contains(c) => Some(1),
        c if EXTENDED.contains(c) => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_as_many_segments_as_the_standard_says() {
        for (character, times, expected) in [
            ("a", 0, 1),
            ("a", 160, 1),
            ("a", 161, 2),
            ("a", 306, 2),
            ("a", 307, 3),
            ("é", 160, 1),
            ("€", 80, 1),
            ("[", 81, 2),
            ("ж", 70, 1),
            ("ж", 71, 2),
            ("`", 71, 2),
            ("💧", 35, 1),
            ("💧", 36, 2),
            ("💧", 68, 3),
        ] {
            assert_eq!(segments(&character.repeat(times)), expected, "{times} times {character}");
        }
    }

    #[test]
    fn the_basic_table_has_128_places_with_the_escape() {
        let letters_and_digits = 26 + 26 + 10;
        assert_eq!(BASIC.chars().count() + letters_and_digits + 1, 128);
    }
}
