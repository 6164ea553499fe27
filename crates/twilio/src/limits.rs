//! The lengths of texts and webhooks.

use reminder::wire::RECEIVED_TEXT_MAX;

/// The longest text that is sent, in UTF-16 units. Twilio refuses to send a longer text (error 21617).
pub const TEXT_MAX: usize = 1600;

/// The longest body of a webhook, in bytes. A longer body is refused with 413, and is neither decoded nor verified.
///
/// Most bodies have a few KB. A text of [`RECEIVED_TEXT_MAX`] units takes at most 3 bytes of UTF-8 per unit, and the
/// form takes at most 3 bytes for each of these: 14 400 in total. The rest is for the other fields, such as ten media
/// URLs. Anyone can send a body of this length, and all its fields are sorted before the signature is verified. There
/// are at most 22 000 different fields, which take a few MB of a function's 256 MB.
pub const WEBHOOK_MAX: usize = 64 * 1024;

const _: () = assert!(WEBHOOK_MAX > 9 * RECEIVED_TEXT_MAX);

/// Cuts a text to the length that Twilio sends, because Twilio refuses a longer text completely.
#[must_use]
pub fn fitting(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > TEXT_MAX
    });
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_only_if_twilio_would_refuse_it() {
        for (text, units) in [("", 0), ("milk", 4), (&"ä".repeat(1600), 1600), (&"ä".repeat(1601), 1600)] {
            assert_eq!(fitting(text).encode_utf16().count(), units);
        }
        let odd = format!("a{}", "🥛".repeat(800));
        assert_eq!(fitting(&odd).encode_utf16().count(), 1599);
    }
}
