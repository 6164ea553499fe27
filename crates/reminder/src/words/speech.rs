//! What is spoken on a call.

use language::in_second_person;

use super::ServiceName;

/// Spoken after the key that confirms the reminder.
pub const THANKS: &str = "Got it. Goodbye.";

/// Spoken before hanging up if no key was pressed.
pub const FAREWELL: &str = "Goodbye.";

/// Returns the speech of a call that has nothing to remind of any more.
pub fn goodbye(service: &ServiceName) -> String {
    format!("Hi, it's {service}. There's nothing to remind you about right now. Goodbye.")
}

/// Returns the speech of a call whose reminder can't be read when the call is answered.
pub fn unreadable(service: &ServiceName) -> String {
    format!("Hi, it's {service} with a reminder. I'll text it to you. Goodbye.")
}

/// Returns the reminder in words, and which key confirms it.
pub fn reminder(service: &ServiceName, task: &str) -> String {
    format!("Hi, it's {service} with your reminder: {}. Press 1 to confirm.", in_second_person(task))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_says_first_who_is_speaking() {
        let service: ServiceName = "Ann's Bakery".parse().unwrap();
        assert_eq!(
            reminder(&service, "call my mom"),
            "Hi, it's Ann's Bakery with your reminder: call your mom. Press 1 to confirm."
        );
        for speech in [reminder(&service, "x"), goodbye(&service), unreadable(&service)] {
            assert!(speech.starts_with("Hi, it's Ann's Bakery"), "{speech}");
        }
    }
}
