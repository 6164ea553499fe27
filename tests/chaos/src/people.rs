//! People who are only in a chaos run: fictional numbers, and tasks that are told apart by a word of their own.

use anyhow::Result;

use simulated_carrier::PhoneNumber;

/// The zone of all of them, by their area codes.
pub(super) const ZONE: &str = "America/New_York";
/// Where people keep that time; other tests' people are of other places.
const AREA_CODES: [u32; 14] = [201, 203, 215, 401, 404, 412, 516, 603, 617, 646, 703, 704, 718, 917];
/// 555-0100 to 555-0199 are kept for fiction in each area code.
const OF_AREA: usize = 100;

/// Somebody nobody else is.
pub(super) fn number(index: usize) -> Result<PhoneNumber> {
    let area = AREA_CODES[index / OF_AREA % AREA_CODES.len()];
    Ok(PhoneNumber::parse(&format!("+1{area}55501{:02}", index % OF_AREA))?)
}

/// A task that is nobody else's: its last word is a number spelled in syllables, which no reader takes for a time.
pub(super) fn task(index: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "bo", "du", "fa", "fo", "ga", "ka", "ko", "la", "lo", "pa", "pu", "ra", "ro", "ta", "va", "vo", "za",
        "zo", "zu",
    ];
    let base = SYLLABLES.len();
    let word = [index / base / base, index / base, index].map(|digit| SYLLABLES[digit % base]).concat();
    format!("water {word}")
}

/// How many there are.
pub(super) const MOST: usize = AREA_CODES.len() * OF_AREA;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_people_share_a_number_and_no_two_reminders_a_task() {
        let numbers: BTreeSet<PhoneNumber> = (0..MOST).map(|index| number(index).unwrap()).collect();
        assert_eq!(numbers.len(), MOST);
        let tasks: BTreeSet<String> = (0..4000).map(task).collect();
        assert_eq!(tasks.len(), 4000);
    }
}
