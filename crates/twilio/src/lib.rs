//! Twilio: its REST API as a [`Carrier`](reminder::ports::Carrier), its webhooks and their signatures, and TwiML, the
//! documents that instruct it what to say.

mod account;
mod client;
mod form;
mod public_url;
pub mod signature;
pub mod twiml;
pub mod webhook;

pub use account::{AccountSid, Accounts, AuthToken, NotAnAccountSid, Tokens};
pub use client::{Settings, SettingsError, Twilio};
pub use public_url::{NotAPublicUrl, PublicUrl};

/// The name of this carrier in message ids and on `CARRIER#` items.
pub const NAME: &str = "twilio";

/// The name of an operator's second account at it, which is a carrier of its own: it has its own pace, and may fail alone.
pub const SECOND_NAME: &str = "twilio2";

/// The length of a text, in UTF-16 units: Twilio refuses a longer one (error 21617), and sends none.
pub const TEXT_MAX: usize = 1600;

/// The length of a webhook's body, in bytes: a longer one gets a 413 and is neither decoded nor verified. Most are of a few
/// KB. A text of [`TEXT_MAX`] takes at most 3 bytes of UTF-8 for each unit and 3 bytes of the form for each of those,
/// 14 400; the rest is for the fields around it, ten media URLs among them. Anybody can send a body of this length, and
/// its fields are sorted to check its signature: 22 000 different ones at most, a few MB of a function's 256.
pub const WEBHOOK_MAX: usize = 64 * 1024;

const _: () = assert!(WEBHOOK_MAX > 9 * TEXT_MAX);

/// As much of a text as Twilio takes: a text cut short says more than one that is refused.
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
    fn a_text_is_cut_only_where_twilio_would_refuse_it() {
        for (text, units) in [("", 0), ("milk", 4), (&"ä".repeat(1600), 1600), (&"ä".repeat(1601), 1600)] {
            assert_eq!(fitting(text).encode_utf16().count(), units);
        }
        let odd = format!("a{}", "🥛".repeat(800));
        assert_eq!(fitting(&odd).encode_utf16().count(), 1599);
    }
}
