//! The observations about one person: calls, texts, requests for them, and the stored answers.

use jiff::tz::TimeZone;
use reminder::ids::{ClaimId, MessageId, ReminderKey};
use reminder::ports::UndeliveredCause;
use reminder::wire::TextRoute;

use super::answers::CONFIRMED;
use crate::history::{PickedUpBy, RequestOutcome, SentText};
use crate::people::{Meaning, numbers};

/// A call as the carrier knows it. Times are in milliseconds since 1970.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) key: &'a ReminderKey,
    pub(super) claim: &'a ClaimId,
    /// When the carrier accepted the request for the call.
    pub(super) taken_ms: i64,
    /// When the call was picked up.
    pub(super) picked_up_ms: Option<i64>,
    /// Who or what picked up.
    pub(super) picked_up_by: Option<PickedUpBy>,
    /// When the service first learned that a person had picked up.
    pub(super) person_known_ms: Option<i64>,
    /// When the carrier first posted the verdict that no person had picked up.
    pub(super) machine_ms: Option<i64>,
    /// The words that were spoken.
    pub(super) said: Vec<&'a str>,
    /// Keys that were pressed, each with its time.
    pub(super) pressed: Vec<(i64, char)>,
    /// Keys that the service answered, each with the time of the answer and the spoken words.
    pub(super) answered_keys: Vec<(i64, char, &'a str)>,
    /// Index in [`PersonHistory::texts`] of the last key of this call that asks for the same as a text: 2, or 9 a
    /// second time.
    pub(super) key_text: Option<usize>,
    /// When the service first answered the acknowledging key, "1".
    pub(super) thanked_ms: Option<i64>,
    /// When the service first received a callback of the call.
    pub(super) reported_ms: Option<i64>,
    /// When the call ended.
    pub(super) over_ms: Option<i64>,
}

/// A function's request for a call. Times are in milliseconds since 1970.
#[derive(Debug)]
pub(super) struct CallRequest<'a> {
    /// When the function sent the request.
    pub(super) at_ms: i64,
    pub(super) key: &'a ReminderKey,
    pub(super) claim: &'a ClaimId,
    /// When the function learned the outcome of the request, and the outcome. Absent if it learned none.
    pub(super) heard: Option<(i64, RequestOutcome)>,
}

/// A text from a person. Times are in milliseconds since 1970.
#[derive(Debug)]
pub(super) struct PersonText<'a> {
    pub(super) id: MessageId,
    /// When the person sent it.
    pub(super) at_ms: i64,
    pub(super) meaning: &'a Meaning,
    /// Whether the service took it: it replied 2xx, or the text is in the inbound queue.
    pub(super) taken: bool,
    /// Whether it is delivered through the queue and answered by a separate text.
    pub(super) by_queue: bool,
    /// The time of each delivery to the service.
    pub(super) handed: Vec<i64>,
    /// Each reply to its webhook.
    pub(super) replies: Vec<(i64, &'a str)>,
    /// When it was stored, with all that it changed, and its answer. Absent if it was not stored.
    pub(super) stored: Option<(i64, &'a str)>,
    /// If it is a key on a call, the words that had been spoken on the call. Such a key asks for the same as a text,
    /// about the reminder of its call.
    pub(super) key_about: Option<Vec<&'a str>>,
}

impl PersonText<'_> {
    /// Whether it may be about a reminder with this task. A key is only about the reminder of its call.
    pub(super) fn may_be_about(&self, task: &str) -> bool {
        self.key_about.as_ref().is_none_or(|said| said.iter().any(|words| words.contains(task)))
    }

    /// When it was first delivered, or when it was sent if it was never delivered.
    pub(super) fn first_ms(&self) -> i64 {
        self.handed.first().copied().unwrap_or(self.at_ms)
    }

    /// When the service handled it, in milliseconds: it was stored with all that it changed. Absent if it had no
    /// effect.
    pub(super) fn handled_ms(&self) -> Option<i64> {
        self.stored.map(|(stored_ms, _)| stored_ms)
    }

    /// Whether its stored answer has words. The decision not to answer is stored too, as an empty answer.
    pub(super) fn has_words(&self) -> bool {
        self.stored.is_some_and(|(_, answer)| !answer.is_empty())
    }

    /// Whether this is its stored answer.
    pub(super) fn is_answered_with(&self, body: &str) -> bool {
        self.stored.is_some_and(|(_, answer)| answer == body)
    }

    /// Whether it is a key on a call.
    pub(super) fn is_key(&self) -> bool {
        self.key_about.is_some()
    }

    /// Its id at the carrier, as messages contain it.
    fn sid(&self) -> &str {
        self.id.as_str().split_once('#').map_or("", |(_, sid)| sid)
    }

    /// Whether the body of a message names it.
    pub(super) fn is_named_in(&self, body: &str) -> bool {
        body.contains(&format!("\"{}\"", self.sid()))
    }
}

/// A function's request for a text to a person. Times are in milliseconds since 1970.
#[derive(Debug)]
pub(super) struct TextRequest<'a> {
    /// When the function sent the request.
    pub(super) at_ms: i64,
    /// When a function sent the first request for this text. The words of a text are written once, before it.
    pub(super) first_requested_ms: i64,
    /// The text and the number of its try.
    pub(super) route: &'a TextRoute,
    pub(super) body: &'a str,
    /// When the function learned the outcome of the request, and the outcome. Absent if it learned none.
    pub(super) heard: Option<(i64, RequestOutcome)>,
}

/// A text from the service: an answer that was sent in the reply to a webhook or is stored, or a separate text that the
/// carrier accepted.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServiceText<'a> {
    /// When it was sent in the reply or spoken, was accepted by the carrier, or was stored.
    pub(super) at_ms: i64,
    /// When the service requested it, which may be long before the carrier accepted it.
    pub(super) said_ms: i64,
    /// When the service first requested it. Its words were written before.
    pub(super) first_requested_ms: i64,
    pub(super) body: &'a str,
    /// Index of the person's text or key that it answers. Absent for a separate text, which does not name that text.
    pub(super) to: Option<usize>,
    /// When it failed to arrive, and why. Absent if it did not fail.
    pub(super) undelivered: Option<(i64, UndeliveredCause)>,
    /// When the carrier first posted a report that it was not delivered.
    pub(super) posted_ms: Option<i64>,
    /// When the service first received a report that it was not delivered.
    pub(super) reported_ms: Option<i64>,
}

impl ServiceText<'_> {
    /// Whether it says that the paused series of this number rings again.
    pub(super) fn is_resumed(&self, number: u32) -> bool {
        let resumed =
            self.body.split_once("Resumed: ").filter(|(before, _)| before.is_empty() || before.starts_with(CONFIRMED));
        resumed.is_some_and(|(_, words)| numbers(words).contains(&number))
    }
}

impl<'a> ServiceText<'a> {
    /// A text that was requested and accepted, or stored, at the same instant.
    pub(super) fn at(at_ms: i64, body: &'a str) -> Self {
        let (said_ms, first_requested_ms) = (at_ms, at_ms);
        Self {
            at_ms,
            said_ms,
            first_requested_ms,
            body,
            to: None,
            undelivered: None,
            posted_ms: None,
            reported_ms: None,
        }
    }
}

/// How a text was answered, by the answers that were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answered {
    /// With the answer of this index in [`PersonHistory::sent_answers`].
    With(usize),
    /// With a text that the carrier refused because of the number.
    Refused,
    /// Not at all.
    No,
}

/// All observations about one person.
#[derive(Debug, Default)]
pub(super) struct PersonHistory<'a> {
    pub(super) who: usize,
    pub(super) texts: Vec<PersonText<'a>>,
    /// The answers that were sent to the person, in chronological order: replies to webhooks, words after keys, and
    /// separate texts that the carrier accepted. Some of them did not arrive.
    pub(super) sent_answers: Vec<ServiceText<'a>>,
    /// How each text was answered, by the answers that were sent.
    pub(super) seen: Vec<Answered>,
    /// The stored answers, in the order in which the service handled the texts. Each counts from the instant at which
    /// its text was handled, even if it was never sent.
    pub(super) answers: Vec<ServiceText<'a>>,
    /// Texts that replaced a call.
    pub(super) replacement_texts: Vec<ServiceText<'a>>,
    pub(super) text_requests: Vec<TextRequest<'a>>,
    pub(super) call_requests: Vec<CallRequest<'a>>,
    pub(super) calls: Vec<Call<'a>>,
    /// The zones that the person may be in: the zone of the area code, and the zone of each city that they texted.
    pub(super) zones: Vec<TimeZone>,
    /// For each separate text: its id at the carrier, whether it replaces a call, and its index in `replacement_texts`
    /// or else in `sent_answers`.
    pub(super) places: Vec<(&'a SentText, bool, usize)>,
}

impl<'a> PersonHistory<'a> {
    /// The stored answer to the text of this index. `None` if the service did not handle the text.
    pub(super) fn answer_to(&self, text: usize) -> Option<&ServiceText<'a>> {
        self.answers.iter().find(|answer| answer.to == Some(text))
    }

    /// First delivery of the first UNDO or RESTORE that was handled before this instant, in milliseconds.
    pub(super) fn first_back_ms(&self, before_ms: i64) -> Option<i64> {
        let is_back = |text: &&PersonText<'_>| {
            let is_handled = text.handled_ms().is_some_and(|handled_ms| handled_ms < before_ms);
            is_handled && matches!(text.meaning, Meaning::Undo | Meaning::Restore)
        };
        self.texts.iter().filter(is_back).map(PersonText::first_ms).min()
    }
}

/// The answer to the key that acknowledges a reminder. If that key is pressed after the question whether all calls
/// should stop, it means no, and has another answer.
pub(super) const THANKS: &str = "Got it. Goodbye.";

/// First words of the question whether all calls should stop.
const ASKS_TO_STOP: &str = "To stop all calls and texts from sixthirty, press 9 again.";

/// The answer to the key that stops all calls.
pub(super) const STOPPED: &str = "You won't be called or texted again. Goodbye.";

/// First words of a call about a reminder.
const SPEAKS: &str = "Hi, it's sixthirty with your reminder: ";

impl Call<'_> {
    /// Whether the reminder with this task was spoken.
    pub(super) fn speaks(&self, task: &str) -> bool {
        self.said.iter().any(|words| words.starts_with(SPEAKS) && words.contains(task))
    }

    /// Whether a reminder with another task was spoken.
    pub(super) fn speaks_of_another(&self, task: &str) -> bool {
        self.said.iter().any(|words| words.starts_with(SPEAKS) && !words.contains(task))
    }

    /// Whether the last words asked whether all calls should stop.
    pub(super) fn asks_to_stop(&self) -> bool {
        self.said.last().is_some_and(|words| words.starts_with(ASKS_TO_STOP))
    }

    /// Whether its person confirmed the reminder: with the key 1, or with the key 9 pressed twice. The second 9
    /// acknowledges the reminder before it stops all calls.
    pub(super) fn is_confirmed(&self) -> bool {
        self.has_pressed('1') || self.pressed.iter().filter(|(_, digit)| *digit == '9').count() > 1
    }

    /// Whether the key with this digit was pressed.
    pub(super) fn has_pressed(&self, digit: char) -> bool {
        self.pressed.iter().any(|(_, pressed)| *pressed == digit)
    }

    /// Whether the service could not read the reminder when the call was picked up, and said so. Then it did not record
    /// the pickup.
    pub(super) fn was_unread(&self) -> bool {
        self.said
            .iter()
            .any(|words| words.starts_with("Hi, it's sixthirty with a reminder. I'll call again, or text it to you"))
    }

    /// Whether it was picked up and only the words for a cancelled reminder were spoken.
    pub(super) fn says_goodbye(&self) -> bool {
        !self.said.is_empty()
            && self
                .said
                .iter()
                .all(|words| words.starts_with("Hi, it's sixthirty. There's nothing to remind you about"))
    }
}

/// First words of a text about an occurrence without a call.
pub(super) const UNCALLED: &str = "Reminder: ";

/// Whether a text from the service replaces a call, by its first words. Any other text is an answer.
pub(super) fn replaces_a_call(body: &str) -> bool {
    ["Missed call: ", "In case you missed it: ", "Sorry, I couldn't reach you by phone: ", UNCALLED]
        .iter()
        .any(|opening| body.starts_with(opening))
}

/// The digits of a ULID: Crockford's base 32.
pub(super) const ULID_LETTERS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// When a reminder or a claim was made, by its id, in milliseconds since 1970: the first ten characters of a ULID, in
/// Crockford's base 32. Returns `None` if the id is no ULID.
pub fn made_ms(id: &str) -> Option<i64> {
    let digit = |letter: char| ULID_LETTERS.find(letter).and_then(|place| i64::try_from(place).ok());
    id.get(..10)?.chars().try_fold(0, |ms, letter| Some(ms << 5 | digit(letter)?))
}
