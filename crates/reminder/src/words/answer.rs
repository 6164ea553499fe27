//! Answers to texts.

use jiff::Timestamp;
use language::{Rule, in_second_person};

use super::segment::segments;
use super::{moment, shortened};
use crate::policy::{SOON_MAX, SOON_S};
use crate::record::Reminder;

/// The texts of a list are no longer than this many segments: what does not fit is counted.
const LIST_SEGMENTS: usize = 3;

/// The longest form of a task in a list or a receipt, in characters.
const TASK_SHORT: usize = 40;

/// How many reminders are named by their numbers: with what stands around them they fit one SMS.
const NUMBERS: usize = 12;

/// Next dues told in one answer, at most: more would not fit the segments of a list.
const NEXT_DUES: usize = 8;

/// What is answered to a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<'a> {
    /// Reminders were made.
    Created(&'a [&'a Reminder], ZoneNote),
    /// All open reminders.
    List(&'a [&'a Reminder]),
    /// These were deleted.
    Deleted(&'a [&'a Reminder], Ring),
    /// This one was moved.
    Moved(&'a Reminder, Ring),
    /// This one rings again.
    Snoozed(&'a Reminder),
    /// These are done with.
    Acknowledged(&'a [&'a Reminder]),
    /// These were named by their numbers and are done with. Those that repeat are told with their next due.
    DoneUntilNext(&'a [&'a Reminder]),
    /// This one was named by its words and has not rung, so that "done" does not touch it.
    NotRung(&'a Reminder),
    /// There is no reminder of which that could be said.
    NoSuch,
    /// There was nothing to do: none was ringing or had rung.
    NothingToAcknowledge,
    /// The zone is now this.
    Zone(&'a str),
    /// The zone was guessed wrongly, and is now this.
    ZoneCorrected {
        /// Its IANA name.
        zone: &'a str,
        /// What was planned again in it.
        moved: &'a [&'a Reminder],
        /// What still rings when it was planned, because its new time has passed.
        kept: &'a [&'a Reminder],
    },
    /// No zone is known by these words.
    NoSuchZone(&'a str),
    /// They left, in words that no carrier knows.
    Left,
    /// They are back, in words that no carrier knows.
    Returned,
    /// What was asked need not be answered.
    Forgotten,
    /// What time is it to be done?
    AskWhen(&'a str),
    /// What is it about? It rings then, and on by this rule.
    AskTask(&'a str, Option<&'a Rule>),
    /// Which days?
    AskDays,
    /// Which one?
    AskWhich,
    /// Where to?
    AskWhere,
    /// Where are they?
    AskZone,
    /// The instant has gone by.
    Past(&'a str),
    /// What can be texted.
    Help,
    /// Not understood.
    Unclear,
    /// A day that is in no calendar.
    NoSuchDay,
    /// A time too far away.
    TooFar,
    /// A text or a task that is too long.
    TooLong,
    /// Too many are open.
    TooMany(usize),
    /// Too many are open for a number that has not been confirmed by a key.
    TooManyUnconfirmed(usize),
    /// Too many are due at about the same time for such a number.
    TooManyAtOnce,
    /// A series that rings more often than each so many minutes, for a number that presses keys.
    TooOften(i64),
    /// The same for one that has not been confirmed.
    TooOftenUnconfirmed(i64),
    /// This number's country is not served.
    CountryNotServed,
    /// This number can't be called.
    NotCallable,
}

/// Whether the answer says how the zone is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneNote {
    /// It was said before, or by the person.
    Known,
    /// It was guessed from the number, and this is the first answer.
    Guessed,
}

/// Whether the phone may be ringing for what was just taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ring {
    /// No call was under way.
    Silent,
    /// A call was under way, and may still ring.
    MayRing,
}

impl Ring {
    fn warning(self) -> &'static str {
        match self {
            Self::Silent => "",
            Self::MayRing => " Your phone may still ring once.",
        }
    }
}

const EXAMPLES: &str = "Try: remind me to buy milk at 6:30 PM";

impl Answer<'_> {
    /// The answer in words, at `now`.
    pub fn render(&self, now: Timestamp) -> String {
        match self {
            Self::Created(made, note) => made_words(made, *note, now),
            Self::List(open) => list(open, now),
            Self::Deleted(gone, ring) => format!("Deleted {}.{}", named(gone), ring.warning()),
            Self::Moved(reminder, ring) => {
                format!("Moved: I'll call you {}.{}", at(reminder, Series::InShort, now), ring.warning())
            }
            Self::Snoozed(reminder) => format!("OK, I'll call you again {}.", at(reminder, Series::InShort, now)),
            Self::Acknowledged(settled) => format!("Well done: {}.", named(settled)),
            Self::DoneUntilNext(done) => format!("Well done: {}.{}", named(done), next_dues(done, now)),
            Self::NotRung(one) => format!("{} has not rung yet. To skip it, text DONE {}.", named(&[one]), one.number),
            Self::NoSuch => "I can't find that reminder. Text LIST to see yours.".to_owned(),
            Self::NothingToAcknowledge => "No reminder has rung just now. Text LIST to see yours.".to_owned(),
            Self::Zone(zone) => format!("OK, your times are {zone} time from now on."),
            Self::ZoneCorrected { zone, moved, kept } => zone_corrected(zone, moved, kept, now),
            Self::NoSuchZone(words) => {
                format!("I don't know where \"{}\" is. Try: ZONE Paris", shortened(words, TASK_SHORT))
            }
            Self::Left => "You're out: all your reminders are deleted. Text START to come back.".to_owned(),
            Self::Returned => format!("Welcome back. {EXAMPLES}."),
            Self::Forgotten => "OK, never mind.".to_owned(),
            Self::AskWhen("") => "When shall I call you, and what about?".to_owned(),
            Self::AskWhen(task) => {
                format!("When shall I call you about \"{}\"?", shortened(&in_second_person(task), TASK_SHORT))
            }
            Self::AskTask(when, rule) => ask_task(when, *rule),
            Self::AskDays => "On which days?".to_owned(),
            Self::AskWhich => "Which one? Text LIST to see them with their numbers.".to_owned(),
            Self::AskWhere => "To what time ahead of us shall I move it?".to_owned(),
            Self::AskZone => "Which city's time is yours? Try: ZONE Paris".to_owned(),
            Self::Past(when) => format!("That was {when}, which has gone by. When shall I call you?"),
            Self::Help => format!(
                "{EXAMPLES}, or in 20 minutes, or tomorrow at 9. LIST shows yours, DELETE 2 drops number 2. STOP ends everything."
            ),
            Self::Unclear => format!("Sorry, I didn't get that. {EXAMPLES}, or in 20 minutes. Text HELP for more."),
            Self::NoSuchDay => format!("That day is in no calendar. {EXAMPLES}."),
            Self::TooFar => "That is further away than I can promise. Please pick a nearer day.".to_owned(),
            Self::TooLong => "That text is too long for me to read out. Please put it more shortly.".to_owned(),
            Self::TooMany(open) => {
                format!("You have {open} reminders open, which is all I can keep. DELETE one first.")
            }
            Self::TooManyUnconfirmed(open) => format!(
                "Not set: {open} of yours are open. Press 1 on my next call, so that I know this number is yours, or DELETE one first."
            ),
            Self::TooManyAtOnce => format!(
                "Not set: until you have pressed 1 on a call of mine, I call {SOON_MAX} times in {} minutes at most. Pick a later time, or press 1 on my next call.",
                SOON_S / 60
            ),
            Self::TooOften(minutes) => {
                format!("Not set: that rings too often. I can call you every {minutes} minutes at most.")
            }
            Self::TooOftenUnconfirmed(minutes) => format!(
                "Not set: until you have pressed 1 on a call of mine, I call every {minutes} minutes at most. Ask for that, or for one call first."
            ),
            Self::CountryNotServed => "Sorry, I can't call numbers in your country.".to_owned(),
            Self::NotCallable => "Sorry, I can't call this kind of number.".to_owned(),
        }
    }
}

/// How a series is told.
#[derive(Debug, Clone, Copy)]
enum Series {
    /// "every Monday at 9 AM, first Mon Mar 9, 9 AM EDT".
    InWords,
    /// "Mon Mar 9, 9 AM EDT, repeating".
    InShort,
}

/// "today 6:30 PM EST: buy milk (#1)".
fn at(reminder: &Reminder, series: Series, now: Timestamp) -> String {
    let when = moment(reminder.due, reminder.zone.rules(), now);
    let when = again(&when, reminder.rule.as_ref(), series);
    format!("{when}: {} (#{})", in_second_person(&reminder.task), reminder.number)
}

/// A moment, and how it comes again.
fn again(when: &str, rule: Option<&Rule>, series: Series) -> String {
    match (rule, series) {
        (None, _) => when.to_owned(),
        (Some(rule), Series::InWords) => format!("{}, first {when}", language::rule_in_words(rule)),
        (Some(_), Series::InShort) => format!("{when}, repeating"),
    }
}

fn ask_task(when: &str, rule: Option<&Rule>) -> String {
    let asked = |series| format!("OK, {}. What shall I remind you of?", again(when, rule, series));
    let full = asked(Series::InWords);
    if segments(&full) == 1 { full } else { asked(Series::InShort) }
}

/// The fullest answer that is one SMS, else the shortest.
fn made_words(made: &[&Reminder], note: ZoneNote, now: Timestamp) -> String {
    let notes = match made.first().filter(|_| note == ZoneNote::Guessed) {
        None => vec![String::new()],
        Some(first) => {
            let zone = city(first.zone.name());
            vec![
                format!(" Times are {zone} time, from your number. Text ZONE and a city to change."),
                format!(" Not {zone} time? Text ZONE and a city."),
            ]
        }
    };
    let mut shortest = String::new();
    for series in [Series::InWords, Series::InShort] {
        let said: Vec<String> = made.iter().map(|reminder| at(reminder, series, now)).collect();
        for note in &notes {
            shortest = format!("OK, I'll call you {}.{note}", said.join("; "));
            if segments(&shortest) == 1 {
                return shortest;
            }
        }
    }
    shortest
}

/// "America/New_York" as people say it: "New York".
fn city(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

fn named(reminders: &[&Reminder]) -> String {
    match reminders {
        [one] => format!("#{} {}", one.number, shortened(&in_second_person(&one.task), TASK_SHORT)),
        several => numbers(several),
    }
}

/// "#1, #2, and 3 more".
fn numbers(reminders: &[&Reminder]) -> String {
    let mut names: Vec<String> = reminders.iter().take(NUMBERS).map(|one| format!("#{}", one.number)).collect();
    if reminders.len() > NUMBERS {
        names.push(format!("and {} more", reminders.len() - NUMBERS));
    }
    names.join(", ")
}

/// When each rings now, where that fits one SMS; otherwise only which ones have moved.
fn zone_corrected(zone: &str, moved: &[&Reminder], kept: &[&Reminder], now: Timestamp) -> String {
    let when = |one: &Reminder| again(&moment(one.due, one.zone.rules(), now), one.rule.as_ref(), Series::InShort);
    let question = match kept {
        [] => String::new(),
        [one] => format!(
            " #{} still rings {}, because its new time has passed. What time should I move it to?",
            one.number,
            when(one)
        ),
        [first, ..] => format!(
            " {} still ring as before, because their new times have passed. What time should I move #{} to?",
            numbers(kept),
            first.number
        ),
    };
    let answer = |moved: String| format!("OK, {} time.{moved}{question}", city(zone));
    let Some((first, others)) = moved.split_first() else { return answer(String::new()) };
    let others: String = others.iter().map(|one| format!("; #{} {}", one.number, when(one))).collect();
    let full = answer(format!(" #{} now rings {}{others}.", first.number, when(first)));
    if segments(&full) == 1 {
        return full;
    }
    let rings = if moved.len() == 1 { "rings" } else { "ring" };
    answer(format!(" {} now {rings} by that.", numbers(moved)))
}

/// " Next: tomorrow 9 AM EST." Empty if none of them repeats. Several are told apart by their numbers.
fn next_dues(done: &[&Reminder], now: Timestamp) -> String {
    let goes_on = |one: &&&Reminder| one.rule.is_some() && one.state().is_some();
    let next = |one: &&Reminder| {
        let when = moment(one.due, one.zone.rules(), now);
        if done.len() == 1 { when } else { format!("#{} {when}", one.number) }
    };
    let told: Vec<String> = done.iter().filter(goes_on).take(NEXT_DUES).map(next).collect();
    if told.is_empty() { String::new() } else { format!(" Next: {}.", told.join("; ")) }
}

fn list(open: &[&Reminder], now: Timestamp) -> String {
    if open.is_empty() {
        return format!("You have no reminders. {EXAMPLES}.");
    }
    let mut list = String::new();
    for (index, reminder) in open.iter().enumerate() {
        let when = moment(reminder.due, reminder.zone.rules(), now);
        let again = if reminder.rule.is_some() { " and on" } else { "" };
        let task = in_second_person(&reminder.task);
        let line = format!("#{} {when}{again}: {}", reminder.number, shortened(&task, TASK_SHORT));
        let longer = if list.is_empty() { line } else { format!("{list}\n{line}") };
        // There must be room for the count that stands in the place of the next one.
        if segments(&with_count(&longer, open.len() - index - 1)) > LIST_SEGMENTS {
            return with_count(&list, open.len() - index);
        }
        list = longer;
    }
    list
}

fn with_count(list: &str, left_out: usize) -> String {
    if left_out == 0 { list.to_owned() } else { format!("{list}\nand {left_out} more") }
}
