//! Decodes the fuzzer's bytes: an instant, a zone, the open question, and the text.

use jiff::{
    Timestamp,
    tz::{TimeZone, db},
};
use language::{Country, Question};
use std::sync::LazyLock;

/// Number of bytes before the text: seconds, milliseconds, zone, question.
const HEAD: usize = 8 + 1 + 2 + 1;

/// One text with its sender.
#[derive(Debug, PartialEq)]
pub struct Input {
    /// The instant at which the text was received, in a year of four digits.
    pub now: Timestamp,
    /// The sender's zone: any zone of the IANA database.
    pub zone: TimeZone,
    /// The open question, one of [`QUESTIONS`].
    pub question: Option<Question>,
    /// The text itself.
    pub text: String,
}

/// One question of each kind, in its stored form.
pub const QUESTIONS: [&str; 10] = [
    "when\nbuy milk",
    "when 2060-01-01T00:00:00Z - local -\nbuy milk",
    "when 2060-01-01T00:00:00Z - local - 2027-03-15T13:00:00Z Europe/Paris fixed DTSTART:20270315T140000|RRULE:FREQ=DAILY\nswim",
    "task 2060-01-01T00:00:00Z - local",
    "task 2027-03-15T13:00:00Z Europe/Paris fixed\nDTSTART:20270315T140000\nRRULE:FREQ=DAILY",
    "days 2 -\nswim",
    "delete",
    "move 1",
    "zone",
    "move_series America/New_York",
];

/// The names of all zones, in an order that depends only on the database.
static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut names: Vec<String> = db().available().map(|name| name.to_string()).collect();
    names.sort();
    names
});

/// The earliest instant, 0001-01-02, in seconds: RFC 5545 has no earlier years for the start of a rule.
const EARLIEST_S: i64 = -62_135_510_400;

/// The latest instant that `jiff` has, in the year 9999, in seconds.
fn latest_s() -> i64 {
    Timestamp::MAX.as_second()
}

impl Input {
    /// Decodes bytes. The text ends before the first byte that is not UTF-8. `None` if the part before the text is
    /// incomplete.
    pub fn read(bytes: &[u8]) -> Option<Input> {
        let (head, text) = bytes.split_at_checked(HEAD)?;
        let ahead_s = i64::from_le_bytes(head[..8].try_into().ok()?).rem_euclid(latest_s() - EARLIEST_S);
        let now = Timestamp::new(EARLIEST_S + ahead_s, i32::from(head[8]) * 1_000_000).ok()?;
        let zone = usize::from(u16::from_le_bytes([head[9], head[10]])) % ZONES.len();
        let question = usize::from(head[11]) % (QUESTIONS.len() + 1);
        Some(Input {
            now,
            zone: TimeZone::get(&ZONES[zone]).ok()?,
            question: question.checked_sub(1).and_then(|question| QUESTIONS[question].parse().ok()),
            text: text.utf8_chunks().next().map_or("", |chunk| chunk.valid()).to_owned(),
        })
    }

    /// Encodes the input. `None` if the zone, the question or the instant can't be encoded.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let zone = ZONES.iter().position(|name| Some(name.as_str()) == self.zone.iana_name())?;
        let question = match &self.question {
            None => 0,
            Some(question) => 1 + QUESTIONS.iter().position(|stored| *stored == question.to_string())?,
        };
        let mut bytes = (self.now.as_second() - EARLIEST_S).to_le_bytes().to_vec();
        bytes.push(u8::try_from(self.now.subsec_millisecond()).ok()?);
        bytes.extend(u16::try_from(zone).ok()?.to_le_bytes());
        bytes.push(u8::try_from(question).ok()?);
        bytes.extend(self.text.as_bytes());
        Some(bytes)
    }

    /// The country that the zone lies in, or the United States if it lies in none.
    pub fn country(&self) -> Country {
        self.zone.iana_name().and_then(Country::of_zone).unwrap_or(Country::US)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_read_as_it_was_encoded() {
        for question in [None, QUESTIONS[0].parse().ok(), QUESTIONS[8].parse().ok()] {
            let now = "2027-03-10T15:15:00.2Z".parse().unwrap();
            let zone = TimeZone::get("Asia/Kolkata").unwrap();
            let input = Input { now, zone, question, text: "buy milk at 5 💧".to_owned() };
            assert_eq!(Input::read(&input.bytes().unwrap()), Some(input));
        }
    }

    #[test]
    fn every_stored_question_can_be_parsed() {
        assert!(QUESTIONS.iter().all(|stored| stored.parse::<Question>().is_ok()));
    }
}
