//! The content of a dead letter: a wake-up, a text, or a poison message. Of a text, the phone number is masked, and the
//! body is left out. Of a poison message that is no text, only the first characters are shown, with digits replaced.

use std::fmt;

use jiff::Timestamp;
use reminder::ids::{Number, PersonId};
use reminder::wire::{DialMessage, ParkedText};
use reminder::words::clean;
use serde::Serialize;

/// Number of characters that are shown of a poison message.
const SHOWN_CHARS: usize = 80;

/// The kind of messages that a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// Texts that were parked, or that came from AWS End User Messaging.
    Texts,
    /// Wake-ups of reminders and of outgoing texts.
    WakeUps,
}

/// The content of a dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Content {
    /// A wake-up of a reminder.
    WakeUp {
        /// Opaque id of the person.
        person: String,
        /// Id of the reminder.
        reminder: String,
        /// Generation of the reminder's plan for which this message was sent.
        generation: u32,
    },
    /// A wake-up of an outgoing text.
    TextWakeUp {
        /// Opaque id of the person.
        person: String,
        /// Id of the text.
        text: String,
    },
    /// A text from a person.
    Text {
        /// The carrier that delivered the text.
        carrier: String,
        /// The carrier's id of the text.
        id: String,
        /// Phone number of the sender, masked.
        from: String,
        /// When the text was first received.
        received_at: Timestamp,
    },
    /// A poison message, which the functions of this tool's release can't read.
    Poison {
        /// Why the message can't be read.
        reason: String,
        /// The first characters of the message, with digits replaced.
        begins: String,
    },
}

impl Content {
    /// Reads a message body in the same way as the function that consumes the queue.
    pub(super) fn read(kind: ContentKind, body: &str) -> Self {
        let read = match kind {
            ContentKind::Texts => text(body),
            ContentKind::WakeUps => wake_up(body),
        };
        read.unwrap_or_else(|reason| Self::Poison { reason, begins: beginning(body) })
    }

    /// Returns whether the functions of this tool's release can't read the message, so that it would fail again after a
    /// redrive to them.
    #[must_use]
    pub fn is_poison(&self) -> bool {
        matches!(self, Self::Poison { .. })
    }
}

/// Whether a message is about this person: a wake-up of a record of the person, or a text from the person's number.
/// Returns false for a poison message, which can't be read.
pub(super) fn is_about(kind: ContentKind, body: &str, person: &PersonId, number: &Number) -> bool {
    match kind {
        ContentKind::Texts => ParkedText::read(body)
            .is_ok_and(|text| text.from.as_str().parse::<Number>().is_ok_and(|from| from == *number)),
        ContentKind::WakeUps => match DialMessage::read(body) {
            Ok(DialMessage::Reminder(wake)) => wake.person == *person,
            Ok(DialMessage::Text(wake)) => wake.person == *person,
            Err(_) => false,
        },
    }
}

fn wake_up(body: &str) -> Result<Content, String> {
    match DialMessage::read(body).map_err(|error| error.to_string())? {
        DialMessage::Reminder(wake) => {
            let (person, reminder) = (wake.person.to_string(), wake.reminder.to_string());
            Ok(Content::WakeUp { person, reminder, generation: wake.generation })
        }
        DialMessage::Text(wake) => {
            Ok(Content::TextWakeUp { person: wake.person.to_string(), text: wake.text.to_string() })
        }
    }
}

fn text(body: &str) -> Result<Content, String> {
    let text = ParkedText::read(body).map_err(|error| error.to_string())?;
    let (carrier, id) = (text.id.carrier().to_owned(), text.id.at_carrier().to_owned());
    Ok(Content::Text { carrier, id, from: sender(text.from.as_str()), received_at: text.received_at })
}

/// Returns the sender with all but the last two digits masked, or "an invalid number".
fn sender(from: &str) -> String {
    from.parse::<Number>().map_or_else(|_| "an invalid number".to_owned(), |number| format!("{number:?}"))
}

/// Returns the first characters of a poison message. A message with the words of a person, such as a text with a field
/// that is too long, is not shown.
fn beginning(body: &str) -> String {
    let holds_words = ["\"body\"", "messageBody"].iter().any(|field| body.contains(field));
    if holds_words { "(a text, whose words are not shown)".to_owned() } else { masked(body) }
}

/// Returns the first characters, clean and with digits replaced: they could be a phone number, and a message can hold
/// characters that change what a terminal shows.
pub(super) fn masked(text: &str) -> String {
    let plain = |character: char| match character {
        digit if digit.is_numeric() => '#',
        other => other,
    };
    clean(text).chars().take(SHOWN_CHARS).map(plain).collect()
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WakeUp { person, reminder, generation } => {
                write!(f, "wake-up {generation} of reminder {reminder} of person {person}")
            }
            Self::TextWakeUp { person, text } => write!(f, "wake-up of text {text} to person {person}"),
            Self::Text { carrier, id, from, received_at } => {
                write!(f, "text {id} from {from}, received from {carrier} at {received_at:.0}")
            }
            Self::Poison { reason, begins } => write!(f, "poison message ({reason}): {begins}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAKE: &str =
        r#"{"v":1,"person":"0123456789abcdef0123456789abcdef","reminder":"01JZ0000000000000000000000","generation":3}"#;
    const PARKED: &str = r#"{"parked":1,"carrier":"twilio","id":"SM1","from":"+12125550142","body":"remind me to buy milk at 6:30","received_at":"2026-03-01T12:00:00Z","times":2}"#;

    fn check(kind: ContentKind, body: &str, expected: &str) {
        assert_eq!(Content::read(kind, body).to_string(), expected, "{body}");
    }

    #[test]
    fn a_wake_up_is_described_with_its_generation_its_reminder_and_its_person() {
        let described = "wake-up 3 of reminder 01JZ0000000000000000000000 of person 0123456789abcdef0123456789abcdef";
        check(ContentKind::WakeUps, WAKE, described);
    }

    #[test]
    fn a_text_is_described_with_a_masked_phone_number_and_without_its_body() {
        check(ContentKind::Texts, PARKED, "text SM1 from +…42, received from twilio at 2026-03-01T12:00:00Z");
        let text = r#"{\"originationNumber\":\"+12125550142\",\"destinationNumber\":\"+12125550100\",\"messageBody\":\"hi\",\"inboundMessageId\":\"m-1\"}"#;
        let notification =
            format!(r#"{{"Type":"Notification","Message":"{text}","Timestamp":"2026-03-01T12:00:00Z"}}"#);
        check(ContentKind::Texts, &notification, "text m-1 from +…42, received from aws at 2026-03-01T12:00:00Z");
    }

    #[test]
    fn a_message_that_its_function_cannot_read_is_poison() {
        for (kind, body) in [
            (ContentKind::WakeUps, PARKED),
            (ContentKind::Texts, WAKE),
            (ContentKind::WakeUps, ""),
            (ContentKind::Texts, r#"{"parked":1}"#),
            (ContentKind::Texts, &PARKED.replace("SM1", "+12125550142")),
            (ContentKind::WakeUps, &WAKE.replace("\"v\":1", "\"v\":2")),
        ] {
            assert!(Content::read(kind, body).is_poison(), "{body}");
        }
    }

    #[test]
    fn a_message_is_about_the_person_whom_it_names() {
        let (person, number) = ("0123456789abcdef0123456789abcdef", "+12125550142");
        let (other_person, other_number) = ("f".repeat(32), "+12125550143");
        let of_text = WAKE.replace("\"reminder\"", "\"text\"").replace(",\"generation\":3", "");
        assert!(!Content::read(ContentKind::WakeUps, &of_text).is_poison(), "{of_text}");
        for (kind, body) in
            [(ContentKind::WakeUps, WAKE), (ContentKind::WakeUps, &of_text), (ContentKind::Texts, PARKED)]
        {
            assert!(is_about(kind, body, &person.parse().unwrap(), &number.parse().unwrap()), "{body}");
            let (person, number) = (other_person.parse().unwrap(), other_number.parse().unwrap());
            assert!(!is_about(kind, body, &person, &number), "{body}");
        }
    }

    #[test]
    fn a_message_of_a_newer_version_is_reported_with_its_version_and_the_newest_known_version() {
        for (kind, body) in [
            (ContentKind::Texts, PARKED.replace("\"parked\":1", "\"parked\":2")),
            (ContentKind::WakeUps, WAKE.replace("\"v\":1", "\"v\":2")),
        ] {
            let shown = Content::read(kind, &body).to_string();
            let expected = "poison message (expected at most version 1 of a message, found version 2): ";
            assert!(shown.starts_with(expected), "{shown}");
        }
    }

    #[test]
    fn no_words_of_a_text_that_is_poison_are_shown() {
        let texts = [
            r#"{"body":"buy milk","parked":1}"#.to_owned(),
            PARKED.replace("twilio", &"c".repeat(5_000)),
            PARKED.replace("\"times\":2", "\"times\":\"buy milk\""),
            PARKED.replace("\"parked\":1", "\"parked\":2"),
            r#"{"Message":"{\"messageBody\":\"buy milk\"}","Timestamp":"2026-03-01T12:00:00Z"}"#.to_owned(),
        ];
        for body in texts {
            let content = Content::read(ContentKind::Texts, &body);
            assert!(content.is_poison(), "{body}");
            let shown = format!("{content} {content:?}");
            assert!(!shown.contains("milk") && !shown.contains("2125550142") && !shown.contains("ccc"), "{shown}");
        }
    }

    #[test]
    fn a_foreign_message_is_shown_shortened_and_without_digits() {
        let reason = "expected an SNS notification of a text or a parked text, found something else, at 1:1";
        check(ContentKind::Texts, "call +1 212\n555 0142", &format!("poison message ({reason}): call +# ### ### ####"));
        assert_eq!(masked(&"é".repeat(200)).chars().count(), SHOWN_CHARS);
        assert_eq!(masked("\u{1b}[2J\u{202e}evil"), "[#Jevil");
    }
}
