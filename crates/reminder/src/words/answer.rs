//! Answers to texts.

use jiff::Timestamp;
use language::{Rule, in_second_person};

use super::ServiceName;
use super::clock::local_time_words;
use super::segment::segments;
use super::task::shortened;
use crate::policy::{OPEN_MAX_UNCONFIRMED, SOON_MAX, SOON_S};
use crate::record::Reminder;

/// The most segments of a list. Reminders that do not fit are only counted.
const LIST_SEGMENTS: usize = 3;

/// The longest form of a task in a list or a receipt, in characters.
const TASK_SHORT: usize = 40;

/// The most reminders that are named by their numbers: together with the words around them they fit one segment.
const NUMBERS: usize = 12;

/// The most next dues in one answer: more would not fit the segments of a list.
const NEXT_DUES: usize = 8;

/// An answer to a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<'a> {
    /// Reminders were made.
    Created(&'a [&'a Reminder], ZoneNote<'a>),
    /// All open reminders.
    List(&'a [&'a Reminder]),
    /// The reminders were deleted.
    Deleted(&'a [&'a Reminder], CallInFlight),
    /// The reminder was moved to another time.
    Moved(&'a Reminder, CallInFlight),
    /// The reminder rings again later.
    Snoozed(&'a Reminder),
    /// The reminders that rang were acknowledged.
    Acknowledged {
        /// The acknowledged reminders.
        done: &'a [&'a Reminder],
        /// A snoozed call for the same task, which still comes.
        snoozed: Option<&'a Reminder>,
    },
    /// The reminders were named by their numbers and acknowledged or skipped. The answer says when a series rings next.
    DoneUntilNext(&'a [&'a Reminder]),
    /// The reminder was named by its words and has not rung, so "done" does not touch it.
    NotRung(&'a Reminder),
    /// No open reminder is the one that was meant.
    NoSuch,
    /// No reminder is ringing or has rung in the last hour, so nothing can be acknowledged or snoozed.
    NothingToAcknowledge,
    /// The person's zone is now this one, by its IANA name.
    Zone(&'a str),
    /// The zone had been guessed wrongly, and the person has corrected it.
    ZoneCorrected {
        /// The IANA name of the zone.
        zone: &'a str,
        /// The reminders that were planned again in the zone.
        moved: &'a [&'a Reminder],
        /// The reminders that still ring when they were planned, because their new times have passed.
        kept: &'a [&'a Reminder],
    },
    /// No zone is known by these words.
    NoSuchZone(&'a str),
    /// The person opted out in words that carriers do not know.
    Left,
    /// The person opted in again in words that carriers do not know.
    Returned,
    /// The person does not want to answer the open question.
    Forgotten,
    /// Asks when to call about this task. The task may be empty.
    AskWhen(&'a str),
    /// Asks for the task of a reminder that is due then, and repeats by the rule if there is one.
    AskTask(&'a str, Option<&'a Rule>),
    /// Asks for the days of a series.
    AskDays,
    /// Asks which reminder is meant.
    AskWhich,
    /// Asks for the time to which a reminder is moved.
    AskWhere,
    /// Asks for the person's city.
    AskZone,
    /// The time that was asked for has passed.
    Past(&'a str),
    /// Says who the service is and which texts it understands.
    Help(&'a ServiceName),
    /// The text was not understood.
    Unclear,
    /// The date does not exist in the calendar.
    NoSuchDay,
    /// The date is too far in the future.
    TooFar,
    /// The text or its task is too long.
    TooLong,
    /// So many reminders are open, which is the limit.
    TooMany(usize),
    /// An unconfirmed number has as many open reminders as it may have.
    TooManyUnconfirmed,
    /// An unconfirmed number has as many calls planned within a short time as it may have.
    TooManyAtOnce,
    /// The series would ring more often than every so many minutes.
    TooOften(i64),
    /// The series would ring more often than an unconfirmed number may be called: every so many minutes.
    TooOftenUnconfirmed(i64),
    /// The number's country is not served.
    CountryNotServed,
    /// The number is of a kind that can't be called.
    NotCallable,
}

/// Whether the answer says who is speaking and which zone was guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneNote<'a> {
    /// The person knows the zone: they set it, or an earlier answer named it.
    Known,
    /// The zone was guessed from the number, and this is the first answer. It also introduces the service.
    Guessed(&'a ServiceName),
}

/// Whether the phone may still ring for a reminder that was deleted or moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallInFlight {
    /// No call was under way.
    No,
    /// A call was under way, and may still ring.
    MayRing,
}

impl CallInFlight {
    fn warning(self) -> &'static str {
        match self {
            Self::No => "",
            Self::MayRing => " Your phone may still ring once.",
        }
    }
}

const EXAMPLE: &str = "Try: remind me to buy milk at 6:30 PM";

impl Answer<'_> {
    /// Returns the answer in words, as it is read at `now`.
    pub fn render(&self, now: Timestamp) -> String {
        match self {
            Self::Created(made, note) => created(made, *note, now),
            Self::List(open) => list(open, now),
            Self::Deleted(deleted, call) => format!("Deleted {}.{}", named(deleted), call.warning()),
            Self::Moved(reminder, call) => {
                format!("Moved: I'll call you {}.{}", reminder_words(reminder, Series::InShort, now), call.warning())
            }
            Self::Snoozed(reminder) => {
                format!("OK, I'll call you again {}.", reminder_words(reminder, Series::InShort, now))
            }
            Self::Acknowledged { done, snoozed: None } => format!("Done: {}.", named(done)),
            Self::Acknowledged { done, snoozed: Some(one) } => {
                let when = due_words(one, now);
                format!("Done: {}. I'll still call again {when}. To skip that, text DONE {}.", named(done), one.number)
            }
            Self::DoneUntilNext(done) => format!("Done: {}.{}", named(done), next_dues(done, now)),
            Self::NotRung(one) => format!("{} hasn't rung yet. To skip it, text DONE {}.", named(&[one]), one.number),
            Self::NoSuch => "I can't find that reminder. Text LIST to see yours.".to_owned(),
            Self::NothingToAcknowledge => "No reminder rang in the last hour. Text LIST to see yours.".to_owned(),
            Self::Zone(zone) => format!("OK, I'll use {} time from now on.", city(zone)),
            Self::ZoneCorrected { zone, moved, kept } => zone_corrected(zone, moved, kept, now),
            Self::NoSuchZone(words) => format!(
                "I don't know where \"{}\" is. Text ZONE and a big city nearby, like ZONE Chicago.",
                shortened(words, TASK_SHORT)
            ),
            Self::Left => {
                "You won't hear from me again, and your reminders are deleted. Text START to come back.".to_owned()
            }
            Self::Returned => format!("Welcome back! {EXAMPLE}."),
            Self::Forgotten => "OK, never mind.".to_owned(),
            Self::AskWhen("") => "What should I remind you about, and when?".to_owned(),
            Self::AskWhen(task) => {
                format!("When should I remind you: {}?", shortened(&in_second_person(task), TASK_SHORT))
            }
            Self::AskTask(when, rule) => ask_task(when, *rule),
            Self::AskDays => "On which days should I call you?".to_owned(),
            Self::AskWhich => "Which one? Text LIST to see your reminders and their numbers.".to_owned(),
            Self::AskWhere => "What time should I move it to?".to_owned(),
            Self::AskZone => "Which city are you in? For example, text ZONE Chicago.".to_owned(),
            Self::Past(when) => format!("That time has passed ({when}). When should I call you?"),
            Self::Help(service) => format!(
                "{service}: I call you with reminders. {EXAMPLE}, or in 1 hour. LIST shows yours, DELETE 2 deletes #2, STOP opts out."
            ),
            Self::Unclear => format!("Sorry, I didn't get that. {EXAMPLE}, or in 20 minutes. Text HELP for more."),
            Self::NoSuchDay => "That date doesn't exist. Please text it again with another date.".to_owned(),
            Self::TooFar => "Not saved: that's too far ahead. Please pick an earlier date.".to_owned(),
            Self::TooLong => "Not saved: that's too long to read out. Please make it shorter.".to_owned(),
            Self::TooMany(open) => {
                format!("Not saved: you have {open} reminders, the most I can keep. DELETE one first.")
            }
            Self::TooManyUnconfirmed => format!(
                "Not saved: new numbers can have {OPEN_MAX_UNCONFIRMED} reminders. Press 1 on a call from us, or DELETE one."
            ),
            Self::TooManyAtOnce => format!(
                "Not saved: new numbers can get {SOON_MAX} calls in {} minutes. Press 1 on a call from us, or pick a later time.",
                SOON_S / 60
            ),
            Self::TooOften(minutes) => {
                format!("Not saved: that's too often. I can call you every {minutes} minutes at most.")
            }
            Self::TooOftenUnconfirmed(minutes) => format!(
                "Not saved: new numbers can get a call every {minutes} minutes at most. Press 1 on a call from us, or pick longer times."
            ),
            Self::CountryNotServed => "Sorry, I can't call numbers in your country.".to_owned(),
            Self::NotCallable => "Sorry, I can't call this kind of number.".to_owned(),
        }
    }
}

/// How a series is named.
#[derive(Debug, Clone, Copy)]
enum Series {
    /// By its rule: "every Monday at 9 AM, starting Mon, Mar 9 at 9 AM EDT".
    ByRule,
    /// By its next due: "Mon, Mar 9 at 9 AM EDT, repeating".
    InShort,
}

/// Returns a reminder in words: "today at 6:30 PM EST: buy milk (#1)".
fn reminder_words(reminder: &Reminder, series: Series, now: Timestamp) -> String {
    let when = series_words(&due_words(reminder, now), reminder.rule.as_ref(), series);
    format!("{when}: {} (#{})", in_second_person(&reminder.task), reminder.number)
}

fn due_words(reminder: &Reminder, now: Timestamp) -> String {
    local_time_words(reminder.due, reminder.zone.rules(), now)
}

/// Returns when a reminder is due first, and how it repeats.
fn series_words(first: &str, rule: Option<&Rule>, series: Series) -> String {
    match (rule, series) {
        (None, _) => first.to_owned(),
        (Some(rule), Series::ByRule) => format!("{}, starting {first}", language::rule_in_words(rule)),
        (Some(_), Series::InShort) => format!("{first}, repeating"),
    }
}

/// Returns the first of these texts that fits one segment, or else the last.
fn shortest_needed(texts: impl IntoIterator<Item = String>) -> String {
    let mut last = String::new();
    for text in texts {
        last = text;
        if segments(&last) == 1 {
            break;
        }
    }
    last
}

fn ask_task(when: &str, rule: Option<&Rule>) -> String {
    let asked = |series| format!("OK, {}. What should I remind you about?", series_words(when, rule, series));
    shortest_needed([Series::ByRule, Series::InShort].map(asked))
}

fn created(made: &[&Reminder], note: ZoneNote<'_>, now: Timestamp) -> String {
    let promise = |series| {
        let reminders: Vec<String> = made.iter().map(|reminder| reminder_words(reminder, series, now)).collect();
        format!("OK, I'll call you {}.", reminders.join("; "))
    };
    let promises = [Series::ByRule, Series::InShort].map(promise);
    let (ZoneNote::Guessed(service), Some(first)) = (note, made.first()) else { return shortest_needed(promises) };
    let zone = city(first.zone.name());
    let notes = [
        format!("Using {zone} time. Elsewhere? Text ZONE and your city."),
        format!("Not in {zone}? Text ZONE and your city."),
        format!("Not {zone} time? Text ZONE."),
    ];
    shortest_needed(
        promises.iter().flat_map(|promise| notes.iter().map(move |note| format!("{service}: {promise} {note}"))),
    )
}

/// Returns the city of a zone as people say it: "New York" for "America/New_York".
fn city(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

fn named(reminders: &[&Reminder]) -> String {
    match reminders {
        [one] => format!("#{} {}", one.number, shortened(&in_second_person(&one.task), TASK_SHORT)),
        several => numbers(several),
    }
}

/// Returns the numbers of reminders: "#1, #2, and 3 more".
fn numbers(reminders: &[&Reminder]) -> String {
    let mut names: Vec<String> = reminders.iter().take(NUMBERS).map(|one| format!("#{}", one.number)).collect();
    if reminders.len() > NUMBERS {
        names.push(format!("and {} more", reminders.len() - NUMBERS));
    }
    names.join(", ")
}

/// Says when each reminder rings now if that fits one segment, and otherwise only which ones were moved.
fn zone_corrected(zone: &str, moved: &[&Reminder], kept: &[&Reminder], now: Timestamp) -> String {
    let due = |one: &Reminder, series| series_words(&due_words(one, now), one.rule.as_ref(), series);
    let question = match kept {
        [] => String::new(),
        [one] => format!(
            " #{} still rings {} because its new time has passed. What time should I move it to?",
            one.number,
            due(one, Series::InShort)
        ),
        [first, ..] => format!(
            " {} still ring as before because their new times have passed. What time should I move #{} to?",
            numbers(kept),
            first.number
        ),
    };
    let answer = |moved: String| format!("OK, using {} time.{moved}{question}", city(zone));
    if moved.is_empty() {
        return answer(String::new());
    }
    let each = |series| {
        let dues: Vec<String> = moved.iter().map(|one| format!("#{} rings {}", one.number, due(one, series))).collect();
        answer(format!(" Now {}.", dues.join("; ")))
    };
    let shortest = answer(format!(" Moved: {}.", numbers(moved)));
    shortest_needed([each(Series::ByRule), each(Series::InShort), shortest])
}

/// Says when series ring next: " Next call: tomorrow at 9 AM EST." Returns nothing if none of the reminders repeats.
fn next_dues(done: &[&Reminder], now: Timestamp) -> String {
    let is_series = |one: &&&Reminder| one.rule.is_some() && one.state().is_some();
    let next = |one: &&Reminder| {
        let when = due_words(one, now);
        if done.len() == 1 { when } else { format!("#{} {when}", one.number) }
    };
    let dues: Vec<String> = done.iter().filter(is_series).take(NEXT_DUES).map(next).collect();
    if dues.is_empty() { String::new() } else { format!(" Next call: {}.", dues.join("; ")) }
}

fn list(open: &[&Reminder], now: Timestamp) -> String {
    if open.is_empty() {
        return format!("You have no reminders. {EXAMPLE}.");
    }
    let by_rule: Vec<String> = open.iter().map(|reminder| list_line(reminder, Series::ByRule, now)).collect();
    let by_rule = by_rule.join("\n");
    if segments(&by_rule) <= LIST_SEGMENTS {
        return by_rule;
    }
    let mut list = String::new();
    for (index, reminder) in open.iter().enumerate() {
        let line = list_line(reminder, Series::InShort, now);
        let longer = if list.is_empty() { line } else { format!("{list}\n{line}") };
        // There must be room for the count that replaces the next line.
        if segments(&with_count(&longer, open.len() - index - 1)) > LIST_SEGMENTS {
            return with_count(&list, open.len() - index);
        }
        list = longer;
    }
    list
}

/// Returns a line of a list: "#2 every weekday 8 AM, next tomorrow at 8 AM EST: take your pills".
fn list_line(reminder: &Reminder, series: Series, now: Timestamp) -> String {
    let due = due_words(reminder, now);
    let when = match (&reminder.rule, series) {
        (Some(rule), Series::ByRule) => format!("{}, next {due}", short_rule_words(rule)),
        (rule, series) => series_words(&due, rule.as_ref(), series),
    };
    let task = in_second_person(&reminder.task);
    format!("#{} {when}: {}", reminder.number, shortened(&task, TASK_SHORT))
}

/// Returns a rule as it stands in a list: "every weekday 8 AM". A date needs its "at": "on the 1st of every month at 8 AM".
fn short_rule_words(rule: &Rule) -> String {
    let words = language::rule_in_words(rule);
    let is_by_day = words.starts_with("every ") && !words.contains(" on ");
    if is_by_day { words.replacen(" at ", " ", 1) } else { words }
}

fn with_count(list: &str, left_out: usize) -> String {
    if left_out == 0 { list.to_owned() } else { format!("{list}\nand {left_out} more") }
}
