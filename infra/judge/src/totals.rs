//! Counts what a whole log tells for certain.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::evidence::{self, Call, time_of_day};
use crate::phase::percentile;
use simulated_carrier::{LogEntry, LogEvent, MessageStatus, PhoneNumber, Sid};

/// Words of an answer that promises a reminder. A number that has used up its calls is texted instead.
const PROMISES: [&str; 2] = ["OK, I'll call you ", "OK, I'll text you "];
/// Begins the rest of a promise that answers a snooze.
const AGAIN: &str = "again ";
/// Words of the texts that replace a call. They need not be the first words: the first text to a person begins with the
/// name of the service.
const REPLACEMENTS: [&str; 4] =
    ["Missed call: ", "In case you missed it: ", "Sorry, I couldn't reach you by phone: ", "Reminder: "];
/// The offsets of all time zones from UTC are multiples of a quarter of an hour.
const OFFSET_STEP_S: i64 = 900;

/// What was promised and done since the start of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Number of texts that were answered by a promise to call or to text.
    pub accepted: usize,
    /// Number of different reminders that were spoken on a call.
    pub called: usize,
    /// Number of different texts that were delivered instead of a call.
    pub texted: usize,
    /// Median lateness of first calls, in milliseconds: of those whose due is certain, because the answer to the text
    /// promised a single call in some minutes or seconds, and no later answer could have changed it. Absent without
    /// such calls.
    pub late_p50_ms: Option<i64>,
}

/// The first answer to a text.
struct Answer<'a> {
    text: &'a Sid,
    /// When the text was sent.
    texted_at: Option<Timestamp>,
    at: Timestamp,
    words: &'a str,
}

/// What the service texted to a person.
#[derive(Default)]
struct Person<'a> {
    answers: Vec<Answer<'a>>,
    /// Texts that did not answer in the response to a webhook: texts that replace a call, and late answers.
    others: Vec<(Timestamp, &'a Sid, &'a str)>,
    delivered: BTreeSet<&'a Sid>,
}

/// Counts what a log tells.
#[must_use]
pub fn totals(log: &[LogEntry]) -> Totals {
    let people = read(log);
    let evidence = evidence::read(log);
    let mut late = Vec::new();
    let mut called = 0;
    for (number, seen) in &evidence {
        let mut reminders: BTreeSet<&str> = BTreeSet::new();
        for call in &seen.calls {
            if reminders.insert(&call.reminder) {
                late.extend(people.get(number).and_then(|person| person.lateness(call)));
            }
        }
        let spoken = seen.calls.iter().filter(|call| !call.words.is_empty());
        called += spoken.map(|call| call.reminder.as_str()).collect::<BTreeSet<_>>().len();
    }
    late.sort();
    Totals {
        accepted: people.values().map(Person::accepted).sum(),
        called,
        texted: people.values().map(Person::texted).sum(),
        late_p50_ms: percentile(&late, 50),
    }
}

fn read(log: &[LogEntry]) -> BTreeMap<&PhoneNumber, Person<'_>> {
    let mut people: BTreeMap<&PhoneNumber, Person<'_>> = BTreeMap::new();
    let mut texted_at: BTreeMap<&Sid, Timestamp> = BTreeMap::new();
    for LogEntry { at, number, event, .. } in log {
        let Some(number) = number else { continue };
        let person = people.entry(number).or_default();
        match event {
            LogEvent::TextIn { message, .. } => drop(texted_at.entry(message).or_insert(*at)),
            // A text that is delivered twice is answered twice.
            LogEvent::Answer { message: text, words, .. } if person.answers.iter().all(|one| one.text != text) => {
                person.answers.push(Answer { text, texted_at: texted_at.get(text).copied(), at: *at, words });
            }
            LogEvent::TextOut { message, words, .. } => person.others.push((*at, message, words)),
            LogEvent::TextStatus { message, status: MessageStatus::Delivered, .. } => {
                person.delivered.insert(message);
            }
            _ => {}
        }
    }
    people
}

impl Person<'_> {
    fn accepted(&self) -> usize {
        let answers: BTreeSet<&str> = self.answers.iter().map(|answer| answer.words).collect();
        // A late answer may come after the same answer to another delivery of the text.
        let late = self.others.iter().map(|(_, _, words)| *words).filter(|words| !answers.contains(words));
        let late: BTreeSet<&str> = late.filter(|words| promised(words).is_some()).collect();
        self.answers.iter().filter(|answer| promised(answer.words).is_some()).count() + late.len()
    }

    fn texted(&self) -> usize {
        let delivered = self.others.iter().filter(|(_, text, _)| self.delivered.contains(text));
        // A text that is tried again has the same words, which state its due.
        let words: BTreeSet<&str> =
            delivered.map(|(_, _, words)| *words).filter(|words| is_replacement(words)).collect();
        words.len()
    }

    /// Returns the lateness of the first call of a reminder, if its due is certain.
    fn lateness(&self, call: &Call) -> Option<SignedDuration> {
        let made_at = made_at(&call.reminder)?.as_millisecond();
        // The reminder was made while its text was being answered.
        let made_it = |answer: &&Answer<'_>| {
            let from = answer.texted_at.map(Timestamp::as_millisecond);
            from.is_some_and(|from| from <= made_at) && made_at <= answer.at.as_millisecond()
        };
        let mut answers = self.answers.iter().filter(made_it);
        let (Some(answer), None) = (answers.next(), answers.next()) else { return None };
        let meanwhile = |at: Timestamp| answer.at < at && at < call.requested_at;
        let may_change =
            |at: Timestamp, words: &str| meanwhile(at) && !is_replacement(words) && new_promise(words).is_none();
        let is_changed = self.answers.iter().any(|other| may_change(other.at, other.words))
            || self.others.iter().any(|(at, _, words)| may_change(*at, words));
        let due = new_promise(answer.words).and_then(|promise| stated_due(promise, answer.at));
        due.filter(|_| !is_changed).map(|due| call.requested_at.duration_since(due))
    }
}

/// Returns what an answer promises: "in 20 seconds (4:52:30 PM): buy milk (#1)."
fn promised(words: &str) -> Option<&str> {
    PROMISES.iter().find_map(|promise| Some(words.split_once(promise)?.1))
}

/// Returns what an answer promises, if it promises a new reminder.
fn new_promise(words: &str) -> Option<&str> {
    promised(words).filter(|promise| !promise.starts_with(AGAIN))
}

fn is_replacement(words: &str) -> bool {
    REPLACEMENTS.iter().any(|opening| words.contains(opening))
}

/// Returns the due of a single promise that states a wait: "in 20 seconds (4:52:30 PM): buy milk (#1)."
fn stated_due(promise: &str, answered_at: Timestamp) -> Option<Timestamp> {
    let (wait, rest) = promise.strip_prefix("in ")?.split_once(" (")?;
    let (time, rest) = rest.split_once(')')?;
    if rest.matches("(#").count() != 1 {
        return None;
    }
    let (count, unit) = wait.split_once(' ')?;
    let unit_s = match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        _ => return None,
    };
    let about = answered_at + SignedDuration::from_secs(count.parse::<i64>().ok()? * unit_s);
    nearest(about, time_of_day(time)?)
}

/// Returns the instant nearest to `about` that has this time of day in some time zone.
fn nearest(about: Timestamp, time: Time) -> Option<Timestamp> {
    let second_of_day = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    let half = OFFSET_STEP_S / 2;
    let ahead = (second_of_day - about.as_second() + half).rem_euclid(OFFSET_STEP_S) - half;
    Timestamp::from_second(about.as_second() + ahead).ok()
}

/// Returns when a reminder was made. Ids of reminders are ULIDs, which begin with their time.
fn made_at(reminder: &str) -> Option<Timestamp> {
    const DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let time = reminder.get(..10).filter(|_| reminder.len() == 26)?;
    let add = |sum: i64, digit: char| Some(sum * 32 + i64::try_from(DIGITS.find(digit)?).ok()?);
    Timestamp::from_millisecond(time.chars().try_fold(0, add)?).ok()
}

#[cfg(test)]
mod tests;
