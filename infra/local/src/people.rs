//! The people of a crowd: fictional numbers, and tasks that each have a unique word.

use anyhow::Result;

use simulated_carrier::PhoneNumber;

/// Area codes in the zone [`judge::ZONE`]. The people of other tests have other area codes.
const AREA_CODES: [u32; 14] = [201, 203, 215, 401, 404, 412, 516, 603, 617, 646, 703, 704, 718, 917];
/// Syllables of tasks.
const SYLLABLES: [&str; 20] = [
    "ba", "bo", "du", "fa", "fo", "ga", "ka", "ko", "la", "lo", "pa", "pu", "ra", "ro", "ta", "va", "vo", "za", "zo",
    "zu",
];
/// Numbers in each area code that are reserved for fiction: 555-0100 to 555-0199.
const NUMBERS_PER_AREA: usize = 100;

/// Returns the unique phone number of a person.
///
/// # Errors
/// Fails if the number is invalid, which a test excludes.
pub fn number(index: usize) -> Result<PhoneNumber> {
    let area = AREA_CODES[index / NUMBERS_PER_AREA % AREA_CODES.len()];
    Ok(PhoneNumber::parse(&format!("+1{area}55501{:02}", index % NUMBERS_PER_AREA))?)
}

/// Returns a unique task. Its last word is a number spelled in syllables, which can't be mistaken for a time.
#[must_use]
pub fn task(index: usize) -> String {
    let base = SYLLABLES.len();
    let word = [index / base / base, index / base, index].map(|digit| SYLLABLES[digit % base]).concat();
    format!("water {word}")
}

/// Maximum number of people.
pub const MOST: usize = AREA_CODES.len() * NUMBERS_PER_AREA;
/// Number of different tasks.
pub const MOST_TASKS: usize = SYLLABLES.len().pow(3);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_people_share_a_number_and_no_two_reminders_a_task() {
        let numbers: BTreeSet<PhoneNumber> = (0..MOST).map(|index| number(index).unwrap()).collect();
        assert_eq!(numbers.len(), MOST);
        let tasks: BTreeSet<String> = (0..MOST_TASKS).map(task).collect();
        assert_eq!(tasks.len(), MOST_TASKS);
    }
}
