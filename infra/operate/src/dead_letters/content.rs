//! The content of a dead letter: a wake-up, a text, or poison. Numbers are masked and words of texts are left out.

use std::fmt;

use jiff::Timestamp;
use reminder::ids::Number;
use reminder::wire::{ParkedText, WAKE_UP_VERSION, WakeUpMessage};
use serde::Serialize;

/// Characters of a poison message that are shown.
const SHOWN: usize = 80;

/// What the messages of a queue are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// Texts that were parked, or that AWS brought.
    Texts,
    /// Wake-ups.
    WakeUps,
}

/// The content of a dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Content {
    /// A wake-up.
    WakeUp {
        /// Whose, by their opaque id.
        person: String,
        /// Which reminder.
        reminder: String,
        /// For which plan of it.
        generation: u32,
    },
    /// A text.
    Text {
        /// The carrier that brought it.
        carrier: String,
        /// Its name there.
        id: String,
        /// Who sent it, masked.
        from: String,
        /// When it was first received.
        received_at: Timestamp,
    },
    /// A poison message: one that no function can read.
    Poison {
        /// Why it can't be read.
        reason: String,
        /// The beginning of the message, without its digits.
        begins: String,
    },
}

impl Content {
    /// Reads a body as the function behind its queue would.
    pub(super) fn read(holds: ContentKind, body: &str) -> Self {
        let read = match holds {
            ContentKind::Texts => text(body),
            ContentKind::WakeUps => wake_up(body),
        };
        read.unwrap_or_else(|reason| Self::Poison { reason, begins: masked(body) })
    }

    /// Whether it would fail again however often it is sent back.
    #[must_use]
    pub fn is_poison(&self) -> bool {
        matches!(self, Self::Poison { .. })
    }
}

fn wake_up(body: &str) -> Result<Content, String> {
    // The message of serde's own error could quote what is not ours.
    let wake: WakeUpMessage =
        serde_json::from_str(body).map_err(|_| "expected a wake-up, found something else".to_owned())?;
    if wake.v != WAKE_UP_VERSION {
        return Err(format!("expected version {WAKE_UP_VERSION} of a wake-up, found version {}", wake.v));
    }
    let (person, reminder) = (wake.person.to_string(), wake.reminder.to_string());
    Ok(Content::WakeUp { person, reminder, generation: wake.generation })
}

fn text(body: &str) -> Result<Content, String> {
    let text = ParkedText::read(body).map_err(|error| error.to_string())?;
    let from = sender(&text.from);
    Ok(Content::Text { carrier: text.carrier, id: text.id, from, received_at: text.received_at })
}

/// The last two digits of a number.
fn sender(from: &str) -> String {
    from.parse::<Number>().map_or_else(|_| "no number".to_owned(), |number| format!("{number:?}"))
}

/// How a text begins, on one line and without its digits, which could be anybody's number.
pub(super) fn masked(text: &str) -> String {
    let plain = |character: char| match character {
        digit if digit.is_numeric() => '#',
        control if control.is_control() => ' ',
        other => other,
    };
    text.chars().take(SHOWN).map(plain).collect()
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WakeUp { person, reminder, generation } => {
                write!(f, "wake-up {generation} of reminder {reminder} of person {person}")
            }
            Self::Text { carrier, id, from, received_at } => {
                write!(f, "text {id} from {from}, which {carrier} brought at {received_at:.0}")
            }
            Self::Poison { reason, begins } => write!(f, "poison ({reason}): {begins}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAKE: &str =
        r#"{"v":1,"person":"0123456789abcdef0123456789abcdef","reminder":"01JZ0000000000000000000000","generation":3}"#;
    const PARKED: &str = r#"{"parked":1,"carrier":"twilio","id":"SM1","from":"+12125550142","body":"remind me to buy milk at 6:30","received_at":"2026-03-01T12:00:00Z","times":2}"#;

    fn check(holds: ContentKind, body: &str, expected: &str) {
        assert_eq!(Content::read(holds, body).to_string(), expected, "{body}");
    }

    #[test]
    fn a_letter_says_what_it_is_and_neither_a_number_nor_words_of_a_text() {
        let wake = "wake-up 3 of reminder 01JZ0000000000000000000000 of person 0123456789abcdef0123456789abcdef";
        check(ContentKind::WakeUps, WAKE, wake);
        check(ContentKind::Texts, PARKED, "text SM1 from +…42, which twilio brought at 2026-03-01T12:00:00Z");
        let text = r#"{\"originationNumber\":\"+12125550142\",\"destinationNumber\":\"+12125550100\",\"messageBody\":\"hi\",\"inboundMessageId\":\"m-1\"}"#;
        let notification =
            format!(r#"{{"Type":"Notification","Message":"{text}","Timestamp":"2026-03-01T12:00:00Z"}}"#);
        check(ContentKind::Texts, &notification, "text m-1 from +…42, which aws brought at 2026-03-01T12:00:00Z");
    }

    #[test]
    fn what_the_function_behind_a_queue_does_not_read_is_poison_there() {
        for (holds, body) in [
            (ContentKind::WakeUps, PARKED),
            (ContentKind::Texts, WAKE),
            (ContentKind::WakeUps, ""),
            (ContentKind::Texts, r#"{"parked":1}"#),
            (ContentKind::WakeUps, &WAKE.replace("\"v\":1", "\"v\":2")),
        ] {
            assert!(Content::read(holds, body).is_poison(), "{body}");
        }
    }

    #[test]
    fn another_version_is_told_with_both_numbers() {
        for (holds, body, what) in [
            (ContentKind::Texts, PARKED.replace("\"parked\":1", "\"parked\":2"), "parked text"),
            (ContentKind::WakeUps, WAKE.replace("\"v\":1", "\"v\":2"), "wake-up"),
        ] {
            let shown = Content::read(holds, &body).to_string();
            let expected = format!("poison (expected version 1 of a {what}, found version 2): ");
            assert!(shown.starts_with(&expected), "{shown}");
        }
    }

    #[test]
    fn what_is_not_ours_is_shown_shortly_and_without_digits() {
        let reason = "expected an SNS notification of a text or a parked text, found neither, at 1:1";
        check(ContentKind::Texts, "call +1 212\n555 0142", &format!("poison ({reason}): call +# ### ### ####"));
        assert_eq!(masked(&"é".repeat(200)).chars().count(), SHOWN);
    }
}
