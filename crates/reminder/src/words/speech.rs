//! What is said on the phone.

use language::in_second_person;

/// Said when there is nothing (any more) to be reminded of.
pub const GOODBYE: &str = "There is nothing to remind you of right now. Goodbye.";

/// Said after the key that means: heard.
pub const THANKS: &str = "Got it. Goodbye.";

/// Said when the call ends without a key.
pub const FAREWELL: &str = "Goodbye.";

/// Said when the reminder can't be read at the moment it is to be said.
pub const UNREADABLE: &str = "This is your reminder service. Your reminder follows as a text. Goodbye.";

/// The reminder, and what the person can do.
pub fn reminder(task: &str) -> String {
    format!("This is your reminder: {}. Press 1 to confirm.", in_second_person(task))
}
