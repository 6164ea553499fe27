//! The speech of calls.

use language::in_second_person;

use jiff::Timestamp;

use super::ServiceName;
use super::clock::day_and_time_words;
use crate::record::Reminder;

/// Spoken after the key that confirms the reminder.
pub const THANKS: &str = "Got it. Goodbye.";

/// Spoken before hanging up if no key was pressed.
pub const FAREWELL: &str = "Goodbye.";

/// Spoken after the refusal of another call: the occurrence goes on as if no key had been pressed.
pub(crate) const STILL_COMES: &str = " You'll still get a call or a text about this one.";

/// Returns the speech of a call that has nothing to remind of any more.
pub fn goodbye(service: &ServiceName) -> String {
    format!("Hi, it's {service}. There's nothing to remind you about right now. Goodbye.")
}

/// Returns the speech of a call whose reminder can't be read when the call is answered.
pub fn unreadable(service: &ServiceName) -> String {
    format!("Hi, it's {service} with a reminder. I'll text it to you. Goodbye.")
}

/// Returns the speech of a call about a reminder. The first words say who calls and why, since a phone that screens calls
/// shows them. A number that never pressed a key may have been forged, so its owner is told how to stop all calls.
pub fn reminder(service: &ServiceName, task: &str, confirmed_at: Option<Timestamp>) -> String {
    let stop = match confirmed_at {
        Some(_) => "",
        None => " Someone texted from your number to ask for this call. To stop all calls, press 9.",
    };
    let task = in_second_person(task);
    format!(
        "Hi, it's {service} with your reminder: {task}. Press 1 to confirm, or 2 to be called again in ten minutes.{stop} \
         You can call this number back."
    )
}

/// Returns the message that is left on an answering machine.
pub fn mailbox(service: &ServiceName, task: &str) -> String {
    let task = in_second_person(task);
    format!("Hi, it's {service} with your reminder: {task}. You can call this number back. Goodbye.")
}

/// Spoken after all calls and texts were stopped by a key.
pub const OPTED_OUT: &str = "You won't be called or texted again. Goodbye.";

/// Asks whether all calls and texts should stop.
pub fn confirm_opt_out(service: &ServiceName) -> String {
    format!("To stop all calls and texts from {service}, press 9 again. To keep them, press any other key.")
}

/// Returns the speech for a person who calls back after a call.
pub fn called_about(service: &ServiceName, task: &str) -> String {
    let task = in_second_person(task);
    format!(
        "Hi, it's {service}. I called you about: {task}. Press 1 to confirm, or 2 to be called again in ten minutes."
    )
}

/// Returns the speech for a person who calls while no call to them was missed.
pub fn next_call(service: &ServiceName, reminder: &Reminder, now: Timestamp) -> String {
    let when = day_and_time_words(reminder.due, reminder.zone.rules(), now);
    let task = in_second_person(&reminder.task);
    format!("Hi, it's {service}. Your next reminder is {when}: {task}. Goodbye.")
}

/// Returns the speech for a caller who has no reminders.
pub fn no_reminders(service: &ServiceName) -> String {
    format!("Hi, it's {service}. You have no reminders. Text this number to make one. Goodbye.")
}

/// Returns the speech for a caller whose reminders can't be read.
pub fn try_again_later(service: &ServiceName) -> String {
    format!("Hi, it's {service}. I can't look up your reminders right now. Please call again later. Goodbye.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_says_first_who_is_speaking() {
        let service: ServiceName = "Ann's Bakery".parse().unwrap();
        assert_eq!(
            reminder(&service, "call my mom", Some(Timestamp::UNIX_EPOCH)),
            "Hi, it's Ann's Bakery with your reminder: call your mom. Press 1 to confirm, or 2 to be called again in ten \
             minutes. You can call this number back."
        );
        for speech in [reminder(&service, "x", None), mailbox(&service, "x"), goodbye(&service), unreadable(&service)] {
            assert!(speech.starts_with("Hi, it's Ann's Bakery"), "{speech}");
        }
    }
}
