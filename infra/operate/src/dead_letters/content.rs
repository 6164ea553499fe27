//! What a dead letter is: a wake-up, a text, or nothing of ours. Numbers are masked and words are left out.

use std::fmt;

use jiff::Timestamp;
use reminder::ids::Number;
use reminder::wire::{ParkedText, WAKE_VERSION, WakeMessage};
use serde::{Deserialize, Serialize};

/// How much is shown of what is not ours, in characters.
const SHOWN: usize = 80;

/// What a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Texts that were parked, or that AWS brought.
    Texts,
    /// Wake-ups.
    WakeUps,
}

/// What a dead letter is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Letter {
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
    /// What no function of ours reads.
    Poison {
        /// How it begins, without its digits.
        begins: String,
    },
}

/// What SNS puts around a text that AWS brought.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    message: String,
    timestamp: Timestamp,
}

/// A text of AWS End User Messaging; its words are not read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TwoWayText {
    origination_number: String,
    #[serde(rename = "messageBody")]
    _body: String,
    inbound_message_id: String,
}

impl Letter {
    /// Reads a body as the function behind its queue would.
    pub(super) fn read(holds: Holds, body: &str) -> Self {
        let read = match holds {
            Holds::Texts => parked(body).or_else(|| notified(body)),
            Holds::WakeUps => wake_up(body),
        };
        read.unwrap_or_else(|| Self::Poison { begins: masked(body) })
    }

    /// Whether it would fail again however often it is sent back.
    #[must_use]
    pub fn is_poison(&self) -> bool {
        matches!(self, Self::Poison { .. })
    }
}

fn wake_up(body: &str) -> Option<Letter> {
    let wake: WakeMessage = serde_json::from_str(body).ok().filter(|wake: &WakeMessage| wake.v == WAKE_VERSION)?;
    let (person, reminder) = (wake.person.to_string(), wake.reminder.to_string());
    Some(Letter::WakeUp { person, reminder, generation: wake.generation })
}

fn parked(body: &str) -> Option<Letter> {
    let text: ParkedText = serde_json::from_str(body).ok()?;
    let from = sender(&text.from);
    Some(Letter::Text { carrier: text.carrier, id: text.id, from, received_at: text.received_at })
}

fn notified(body: &str) -> Option<Letter> {
    let notification: Notification = serde_json::from_str(body).ok()?;
    let text: TwoWayText = serde_json::from_str(&notification.message).ok()?;
    let from = sender(&text.origination_number);
    let (carrier, id) = ("aws".to_owned(), text.inbound_message_id);
    Some(Letter::Text { carrier, id, from, received_at: notification.timestamp })
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

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WakeUp { person, reminder, generation } => {
                write!(f, "wake-up {generation} of reminder {reminder} of person {person}")
            }
            Self::Text { carrier, id, from, received_at } => {
                write!(f, "text {id} from {from}, which {carrier} brought at {received_at:.0}")
            }
            Self::Poison { begins } => write!(f, "not ours: {begins}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAKE: &str =
        r#"{"v":1,"person":"0123456789abcdef0123456789abcdef","reminder":"01JZ0000000000000000000000","generation":3}"#;
    const PARKED: &str = r#"{"parked":1,"carrier":"twilio","id":"SM1","from":"+12125550142","body":"remind me to buy milk at 6:30","received_at":"2026-03-01T12:00:00Z","times":2}"#;

    fn check(holds: Holds, body: &str, expected: &str) {
        assert_eq!(Letter::read(holds, body).to_string(), expected, "{body}");
    }

    #[test]
    fn a_letter_says_what_it_is_and_neither_a_number_nor_words_of_a_text() {
        let wake = "wake-up 3 of reminder 01JZ0000000000000000000000 of person 0123456789abcdef0123456789abcdef";
        check(Holds::WakeUps, WAKE, wake);
        check(Holds::Texts, PARKED, "text SM1 from +…42, which twilio brought at 2026-03-01T12:00:00Z");
        let text = r#"{\"originationNumber\":\"+12125550142\",\"destinationNumber\":\"+12125550100\",\"messageBody\":\"hi\",\"inboundMessageId\":\"m-1\"}"#;
        let notification =
            format!(r#"{{"Type":"Notification","Message":"{text}","Timestamp":"2026-03-01T12:00:00Z"}}"#);
        check(Holds::Texts, &notification, "text m-1 from +…42, which aws brought at 2026-03-01T12:00:00Z");
    }

    #[test]
    fn what_the_function_behind_a_queue_does_not_read_is_poison_there() {
        for (holds, body) in [
            (Holds::WakeUps, PARKED),
            (Holds::Texts, WAKE),
            (Holds::WakeUps, ""),
            (Holds::Texts, r#"{"parked":1}"#),
            (Holds::WakeUps, &WAKE.replace("\"v\":1", "\"v\":2")),
        ] {
            assert!(Letter::read(holds, body).is_poison(), "{body}");
        }
    }

    #[test]
    fn what_is_not_ours_is_shown_shortly_and_without_digits() {
        check(Holds::Texts, "call +1 212\n555 0142", "not ours: call +# ### ### ####");
        assert_eq!(masked(&"é".repeat(200)).chars().count(), SHOWN);
    }
}
