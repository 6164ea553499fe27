//! Questions that the service asks the sender, and their stored form until the answer comes.

use crate::{due_basis::DueBasis, rule::Rule, zone};
use jiff::{Timestamp, civil::Time, tz::TimeZone};
use std::{fmt, str::FromStr};

/// A question that the service asks the sender, usually because the sender's request is incomplete.
///
/// Stored as text: written by `to_string` and read by `parse`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Asks when the reminder is due.
    When {
        /// The task of the reminder.
        task: String,
        /// The times that the text may mean, at most [`Candidate::MOST`]. Empty if the text gives no time.
        candidates: Vec<Candidate>,
    },
    /// Asks for the task of the reminder.
    Task {
        /// The instant at which the reminder is due.
        due: Timestamp,
        /// The zone that the text names, if it names one.
        zone: Option<TimeZone>,
        /// How the reminder repeats; `None` if it is due once.
        rule: Option<Rule>,
        /// Whether `due`, or only the end of `rule`, depends on the sender's zone.
        basis: DueBasis,
    },
    /// Asks on which days the reminder is due, because it is wanted several times a week, a month or a year.
    Days {
        /// The task of the reminder; empty if the text names no task.
        task: String,
        /// The number of times in each period, such as 3 for "3 times a week".
        times: u8,
        /// The time of day, if the text names one.
        at: Option<Time>,
    },
    /// Asks which reminder to delete.
    Delete,
    /// Asks which time to move a reminder to.
    Move {
        /// The reminder's number, if it is known.
        number: Option<u32>,
    },
    /// Asks where the sender is, to learn the time zone.
    Zone,
    /// Asks whether repeating reminders should move to the sender's new zone: yes or no.
    MoveSeries {
        /// The zone that the sender has left.
        from: TimeZone,
    },
}

/// A time that a text may mean. The sender must confirm it, because a part of the text was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The instant at which the reminder would be due.
    pub due: Timestamp,
    /// The zone that the text names, if it names one.
    pub zone: Option<TimeZone>,
    /// How the reminder would repeat; `None` if it would be due once.
    pub rule: Option<Rule>,
    /// Whether `due`, or only the end of `rule`, depends on the sender's zone.
    pub basis: DueBasis,
}

impl Candidate {
    /// Maximum number of candidates of one question. More would not fit into a text of one segment.
    pub const MOST: usize = 2;
}

/// The error for a text that is not a stored question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a stored question (when, task, days, delete, move, zone or move_series), found {found:?}")]
#[non_exhaustive]
pub struct ParseQuestionError {
    /// The text that could not be parsed.
    pub found: String,
}

const LOCAL_CLOCK: &str = "local";

const FIXED: &str = "fixed";

const LOCAL_END: &str = "local_end";

// The first line is "when DUE ZONE BASIS RULE …", "task DUE ZONE BASIS", "days N TIME", "delete", "move N", "zone" or
// "move_series ZONE", with `-` for a missing value. The task or the rule follows on the next lines. Of "when", the first
// line has four words for each candidate. Releases before these words ignore them.
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::When { task, candidates } => {
                f.write_str("when")?;
                candidates.iter().try_for_each(|candidate| write!(f, " {candidate}"))?;
                write!(f, "\n{task}")
            }
            Question::Task { due, zone, rule, basis } => {
                let zone = zone.as_ref().map_or_else(|| "-".to_owned(), zone::zone_name);
                write!(f, "task {due} {zone} {}", stored(*basis))?;
                rule.as_ref().map_or(Ok(()), |rule| write!(f, "\n{rule}"))
            }
            Question::Days { task, times, at } => match at {
                Some(at) => write!(f, "days {times} {at}\n{task}"),
                None => write!(f, "days {times} -\n{task}"),
            },
            Question::Delete => f.write_str("delete"),
            Question::Move { number: Some(number) } => write!(f, "move {number}"),
            Question::Move { number: None } => f.write_str("move -"),
            Question::Zone => f.write_str("zone"),
            Question::MoveSeries { from } => write!(f, "move_series {}", zone::zone_name(from)),
        }
    }
}

// The rule of a candidate is one word: its lines are joined by `|`.
impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.as_ref().map_or_else(|| "-".to_owned(), zone::zone_name);
        let rule = self.rule.as_ref().map_or_else(|| "-".to_owned(), |rule| rule.to_string().replace('\n', "|"));
        write!(f, "{} {zone} {} {rule}", self.due, stored(self.basis))
    }
}

fn stored(basis: DueBasis) -> &'static str {
    match basis {
        DueBasis::LocalClock => LOCAL_CLOCK,
        DueBasis::Fixed => FIXED,
        DueBasis::LocalEnd => LOCAL_END,
    }
}

fn basis(word: &str) -> Option<DueBasis> {
    match word {
        LOCAL_CLOCK => Some(DueBasis::LocalClock),
        FIXED => Some(DueBasis::Fixed),
        LOCAL_END => Some(DueBasis::LocalEnd),
        _ => None,
    }
}

impl FromStr for Question {
    type Err = ParseQuestionError;

    fn from_str(text: &str) -> Result<Self, ParseQuestionError> {
        parse(text).ok_or_else(|| ParseQuestionError { found: text.to_owned() })
    }
}

fn parse(text: &str) -> Option<Question> {
    let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut words = head.split(' ');
    Some(match words.next()? {
        "when" => {
            let words: Vec<&str> = words.collect();
            // Without its candidates the question still asks for the time.
            let candidates = words.chunks(4).map(candidate).collect::<Option<_>>().unwrap_or_default();
            Question::When { task: rest.to_owned(), candidates }
        }
        "task" => Question::Task {
            due: words.next()?.parse().ok()?,
            zone: optional(words.next()?, zone::zone_by_name)?,
            // A question may have been stored before questions had a basis.
            basis: words.next().map_or(Some(DueBasis::Fixed), basis)?,
            rule: if rest.is_empty() { None } else { Some(rest.parse().ok()?) },
        },
        "days" => Question::Days {
            times: words.next()?.parse().ok()?,
            at: optional(words.next()?, |at| at.parse().ok())?,
            task: rest.to_owned(),
        },
        "delete" => Question::Delete,
        "move" => Question::Move { number: optional(words.next()?, |number| number.parse().ok())? },
        "zone" => Question::Zone,
        "move_series" => Question::MoveSeries { from: zone::zone_by_name(words.next()?)? },
        _ => return None,
    })
}

fn candidate(words: &[&str]) -> Option<Candidate> {
    let [due, zone, said_basis, rule] = words else { return None };
    Some(Candidate {
        due: due.parse().ok()?,
        zone: optional(zone, zone::zone_by_name)?,
        basis: basis(said_basis)?,
        rule: optional(rule, |rule| rule.replace('|', "\n").parse().ok())?,
    })
}

/// Reads `-` as a missing value. Returns `None` if any other word can't be parsed.
fn optional<T>(word: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if word == "-" { Some(None) } else { parse(word).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_as_it_was_stored() {
        let due: Timestamp = "2027-03-14T22:30:00Z".parse().unwrap();
        let rule: Rule = "DTSTART:20270314T183000\nRRULE:FREQ=DAILY".parse().unwrap();
        let questions = [
            Question::When { task: "buy milk\nand eggs".to_owned(), candidates: Vec::new() },
            Question::When {
                task: "buy milk\nand eggs".to_owned(),
                candidates: vec![
                    Candidate { due, zone: None, rule: None, basis: DueBasis::LocalClock },
                    Candidate {
                        due,
                        zone: Some(TimeZone::get("Europe/Paris").unwrap()),
                        rule: Some(rule.clone()),
                        basis: DueBasis::LocalEnd,
                    },
                ],
            },
            Question::Task { due, zone: None, rule: None, basis: DueBasis::LocalClock },
            Question::Task {
                due,
                zone: Some(TimeZone::get("Europe/Paris").unwrap()),
                rule: Some(rule),
                basis: DueBasis::Fixed,
            },
            Question::Task { due, zone: None, rule: None, basis: DueBasis::LocalEnd },
            Question::Days { task: "gym".to_owned(), times: 2, at: Some(jiff::civil::time(18, 30, 0, 0)) },
            Question::Days { task: String::new(), times: 3, at: None },
            Question::Delete,
            Question::Move { number: Some(2) },
            Question::Move { number: None },
            Question::Zone,
            Question::MoveSeries { from: TimeZone::get("America/New_York").unwrap() },
        ];
        for question in questions {
            assert_eq!(question.to_string().parse(), Ok(question));
        }
    }

    #[test]
    fn a_question_that_was_stored_without_a_basis_has_a_fixed_time() {
        let due: Timestamp = "2027-03-14T22:30:00Z".parse().unwrap();
        let expected = Question::Task { due, zone: None, rule: None, basis: DueBasis::Fixed };
        assert_eq!("task 2027-03-14T22:30:00Z -".parse(), Ok(expected));
    }

    #[test]
    fn a_question_whose_candidates_cannot_be_read_asks_for_the_time() {
        let expected = Question::When { task: "call mom".to_owned(), candidates: Vec::new() };
        for text in ["when\ncall mom", "when soon\ncall mom", "when 2027-03-14T22:30:00Z - perhaps -\ncall mom"] {
            assert_eq!(text.parse(), Ok(expected.clone()), "{text:?}");
        }
    }

    #[test]
    fn a_text_that_is_not_a_stored_question_is_refused() {
        for text in [
            "",
            "what",
            "task",
            "task soon -",
            "task 2027-03-14T22:30:00Z - perhaps",
            "days many -",
            "move it",
            "move_series",
            "move_series Atlantis",
        ] {
            assert!(text.parse::<Question>().is_err(), "{text:?}");
        }
    }
}
