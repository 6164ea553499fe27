//! Titles that contain the name of a day, such as those of films, songs and restaurants. The day is a part of the task.

use crate::english::text::{phrases::Phrases, reader::Reader, word::Word};

/// Titles that begin with a day.
#[rustfmt::skip]
static BEGINS_WITH_DAY: Phrases = Phrases::of(&[
    "saturday night live", "saturday night fever", "saturday night takeaway", "saturday kitchen",
    "saturday evening post", "monday night football", "monday night raw", "monday morning quarterback",
    "sunday night football", "sunday night baseball", "thursday night football", "friday night football",
    "friday night lights", "friday night smackdown", "friday night dinner", "friday night funkin",
    "sunday bloody sunday", "sunday times", "sunday ticket", "wednesday addams", "tuesdays with morrie",
]);

/// Titles of which the second or third word is a day.
#[rustfmt::skip]
static CONTAINS_DAY: Phrases = Phrases::of(&[
    "blue monday", "manic monday", "stormy monday", "ruby tuesday", "tgi fridays", "tgi friday", "freaky friday",
    "gloomy sunday", "any given sunday",
]);

/// Returns the place after a title.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other word is treated alike")]
pub(crate) fn title(r: &Reader, at: usize) -> Option<usize> {
    let is_day = |at: usize| matches!(r.word(at), Word::Weekday(..));
    match r.word(at) {
        Word::Weekday(..) => r.says_any(at, &BEGINS_WITH_DAY),
        Word::Other if is_day(at + 1) || is_day(at + 2) => r.says_any(at, &CONTAINS_DAY),
        _ => None,
    }
}
