//! The speech of calls.

use std::borrow::Cow;

use jiff::Timestamp;
use language::in_second_person;

use super::ServiceName;
use super::clock::day_and_time_words;
use crate::record::Reminder;

/// Words for a call, and the language of the voice that speaks them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// The words, as plain text.
    pub words: Cow<'static, str>,
    /// The language as a BCP 47 tag, for example `en-US`.
    pub language: &'static str,
}

impl Spoken {
    /// Words in English.
    pub const fn english(words: Cow<'static, str>) -> Self {
        Self { words, language: "en-US" }
    }
}

fn english(words: String) -> Spoken {
    Spoken::english(Cow::Owned(words))
}

/// Spoken after the key that acknowledges the reminder.
pub const THANKS: Spoken = Spoken::english(Cow::Borrowed("Got it. Goodbye."));

/// Spoken before hanging up if no key was pressed, or if nothing else is to be said about the key.
pub const FAREWELL: Spoken = Spoken::english(Cow::Borrowed("Goodbye."));

/// Spoken after the refusal of another call: the occurrence goes on as if no key had been pressed.
pub(crate) const STILL_COMES: &str = " You'll still get a call or a text about this one.";

/// Returns the speech of a call whose reminder must no longer be spoken.
pub fn goodbye(service: &ServiceName) -> Spoken {
    english(format!("Hi, it's {service}. There's nothing to remind you about right now. Goodbye."))
}

/// Returns the speech of a call, or the message for an answering machine, if the reminder can't be read.
pub fn unreadable(service: &ServiceName) -> Spoken {
    english(format!("Hi, it's {service} with a reminder. I'll call again, or text it to you. Goodbye."))
}

/// Returns the speech of a call about a reminder. The first words say who calls and why, because a phone that screens
/// calls shows them. A number that never pressed a key may have been forged, so its owner is told how to stop all
/// calls.
pub fn reminder(service: &ServiceName, task: &str, confirmed_at: Option<Timestamp>) -> Spoken {
    let stop = match confirmed_at {
        Some(_) => "",
        None => " Someone texted from your number to ask for this call. To stop all calls, press 9.",
    };
    let task = in_second_person(task);
    english(format!(
        "Hi, it's {service} with your reminder: {task}. Press 1 to confirm, or 2 to be called again in ten minutes.{stop} \
         You can call this number back."
    ))
}

/// Returns the message that is left on an answering machine.
pub fn mailbox(service: &ServiceName, task: &str) -> Spoken {
    let task = in_second_person(task);
    english(format!("Hi, it's {service} with your reminder: {task}. You can call this number back. Goodbye."))
}

/// Spoken after all calls and texts were stopped by a key.
pub const OPTED_OUT: Spoken = Spoken::english(Cow::Borrowed("You won't be called or texted again. Goodbye."));

/// Asks whether all calls and texts should stop.
pub fn confirm_opt_out(service: &ServiceName) -> Spoken {
    english(format!("To stop all calls and texts from {service}, press 9 again. To keep them, press any other key."))
}

/// Returns the speech for a person who calls after a reminder that they have not acknowledged. The speech does not say
/// that the phone rang, because a reminder that was too late for its call was only texted.
pub fn last_reminder(service: &ServiceName, task: &str) -> Spoken {
    let task = in_second_person(task);
    english(format!(
        "Hi, it's {service}. Your last reminder was: {task}. Press 1 to confirm, or 2 to be called again in ten minutes."
    ))
}

/// Returns the speech about the next reminder, for a caller who has no unacknowledged reminder of the last hour.
pub fn next_call(service: &ServiceName, reminder: &Reminder, now: Timestamp) -> Spoken {
    let when = day_and_time_words(reminder.due, reminder.zone.rules(), now);
    let task = in_second_person(&reminder.task);
    english(format!("Hi, it's {service}. Your next reminder is {when}: {task}. Goodbye."))
}

/// Returns the speech for a caller without reminders. A person who has opted out hears it too.
pub fn no_reminders(service: &ServiceName) -> Spoken {
    english(format!("Hi, it's {service}. You have no reminders. Text this number to make one. Goodbye."))
}

/// Returns the speech for a caller whose reminders can't be read.
pub fn try_again_later(service: &ServiceName) -> Spoken {
    english(format!("Hi, it's {service}. I can't look up your reminders right now. Please call again later. Goodbye."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_says_first_who_is_speaking() {
        let service: ServiceName = "Ann's Bakery".parse().unwrap();
        assert_eq!(
            reminder(&service, "call my mom", Some(Timestamp::UNIX_EPOCH)).words,
            "Hi, it's Ann's Bakery with your reminder: call your mom. Press 1 to confirm, or 2 to be called again in ten \
             minutes. You can call this number back."
        );
        for speech in [reminder(&service, "x", None), mailbox(&service, "x"), goodbye(&service), unreadable(&service)] {
            assert!(speech.words.starts_with("Hi, it's Ann's Bakery"), "{speech:?}");
        }
    }
}
