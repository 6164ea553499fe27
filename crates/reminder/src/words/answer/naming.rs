//! How answers name reminders, their dues and zones.

use jiff::{Timestamp, tz::TimeZone};
use language::{Candidate, Rule, in_second_person};

use crate::record::Reminder;
use crate::words::CallsLeft;
use crate::words::answer::ZoneNote;
use crate::words::clock::local_time_words;
use crate::words::segment::segments;
use crate::words::task::shortened;

/// An example of a text, in answers that need one.
pub(super) const EXAMPLE: &str = "Try: remind me to buy milk at 6:30 PM";

/// Maximum length of a task in a list or in an answer with little room, in characters.
pub(super) const TASK_SHORT: usize = 40;

/// Maximum length of a task in an answer that must also say how to get calls, in characters.
const TASK_SHORTEST: usize = 24;

/// Maximum number of reminders that an answer names by their numbers. Together with the words around them, they fit one
/// segment.
const NUMBERS: usize = 12;

/// How a series is named.
#[derive(Debug, Clone, Copy)]
pub(super) enum Series {
    /// By its rule: "every Monday at 9 AM, starting Mon, Mar 9 at 9 AM EDT".
    ByRule,
    /// By its next due: "Mon, Mar 9 at 9 AM EDT, repeating".
    InShort,
}

/// Returns a reminder in words: "today at 6:30 PM EST: buy milk (#1)".
pub(super) fn reminder_words(reminder: &Reminder, series: Series, now: Timestamp) -> String {
    with_task(reminder, series, &in_second_person(&reminder.task), now)
}

fn with_task(reminder: &Reminder, series: Series, task: &str, now: Timestamp) -> String {
    let when = series_words(&due_words(reminder, now), rule_of(reminder), series);
    format!("{when}: {task} (#{})", reminder.number)
}

/// Returns the ways in which an answer may name a reminder, the longest first. An answer that must also say how to get
/// calls may need a shorter task.
pub(super) fn reminder_forms(reminder: &Reminder, left: CallsLeft, now: Timestamp) -> Vec<String> {
    let whole = reminder_words(reminder, Series::InShort, now);
    let shorter = || {
        let task = shortened(&in_second_person(&reminder.task), TASK_SHORTEST);
        with_task(reminder, Series::InShort, &task, now)
    };
    match left {
        CallsLeft::Yes => vec![whole],
        CallsLeft::UsedUp(_) => vec![whole, shorter()],
    }
}

/// Returns the first of these texts that fits one segment together with a note about the calls that are left, or else
/// the last with the shortest note.
pub(super) fn with_calls_left(texts: impl IntoIterator<Item = String>, left: CallsLeft) -> String {
    let notes = left.notes();
    shortest_needed(
        texts.into_iter().flat_map(|text| notes.iter().map(|note| format!("{text}{note}")).collect::<Vec<_>>()),
    )
}

pub(super) fn due_words(reminder: &Reminder, now: Timestamp) -> String {
    local_time_words(reminder.due, reminder.zone.rules(), now)
}

/// The rule of a reminder, and the zone in which its times are read.
pub(super) fn rule_of(reminder: &Reminder) -> Option<(&Rule, &TimeZone)> {
    Some((reminder.rule.as_ref()?, reminder.zone.rules()))
}

/// Returns when a reminder is due first, and how it repeats.
pub(super) fn series_words(first: &str, rule: Option<(&Rule, &TimeZone)>, series: Series) -> String {
    match (rule, series) {
        (None, _) => first.to_owned(),
        (Some((rule, zone)), Series::ByRule) => {
            format!("{}, starting {first}", language::rule_in_words(rule, zone))
        }
        (Some(_), Series::InShort) => format!("{first}, repeating"),
    }
}

/// Returns the first of these texts that fits one segment, or else the last.
pub(super) fn shortest_needed(texts: impl IntoIterator<Item = String>) -> String {
    let mut last = String::new();
    for text in texts {
        last = text;
        if segments(&last) == 1 {
            break;
        }
    }
    last
}

/// Asks when to call about a task. If the text may mean one time or another, the question names them. The task is
/// shortened if it does not fit.
pub(super) fn ask_when(task: &str, candidates: &[Candidate], home: &TimeZone, now: Timestamp) -> String {
    let whole = in_second_person(task);
    let short = shortened(&whole, TASK_SHORT);
    let time = |one: &Candidate, series| {
        let zone = one.zone.as_ref().unwrap_or(home);
        let rule = one.rule.as_ref().map(|rule| (rule, zone));
        series_words(&local_time_words(one.due, zone, now), rule, series)
    };
    let question = |(task, series): (&str, Series)| {
        let named = if task.is_empty() { String::new() } else { format!(": {task}") };
        match candidates {
            [] if task.is_empty() => "What should I remind you about, and when?".to_owned(),
            [] => format!("When should I remind you{named}?"),
            [only] => format!("Did you mean {}{named}? Text YES, or the right time.", time(only, series)),
            several => {
                let times: Vec<String> = several.iter().map(|one| time(one, series)).collect();
                format!("Did you mean {}{named}? Text the day.", times.join(", or "))
            }
        }
    };
    let forms = [Series::ByRule, Series::InShort].into_iter().flat_map(|series| [(&*whole, series), (&*short, series)]);
    shortest_needed(forms.map(question))
}

pub(super) fn ask_task(when: &str, rule: Option<(&Rule, &TimeZone)>) -> String {
    let question = |series| format!("OK, {}. What should I remind you about?", series_words(when, rule, series));
    shortest_needed([Series::ByRule, Series::InShort].map(question))
}

pub(super) fn created(made: &[&Reminder], note: ZoneNote<'_>, left: CallsLeft, now: Timestamp) -> String {
    let verb = left.verb();
    let promise = |series| {
        let reminders: Vec<String> = made.iter().map(|reminder| reminder_words(reminder, series, now)).collect();
        format!("OK, I'll {verb} you {}.", reminders.join("; "))
    };
    let mut promises: Vec<String> = [Series::ByRule, Series::InShort].map(promise).into();
    if let [one] = made {
        promises.extend(reminder_forms(one, left, now).iter().skip(1).map(|one| format!("OK, I'll {verb} you {one}.")));
    }
    let (ZoneNote::Guessed(service), Some(first)) = (note, made.first()) else {
        return with_calls_left(promises, left);
    };
    let zone = city(first.zone.name());
    let notes = [
        format!("Using {zone} time. Elsewhere? Text ZONE and your city."),
        format!("Not in {zone}? Text ZONE and your city."),
        format!("Not {zone} time? Text ZONE."),
    ];
    let introduced =
        promises.iter().flat_map(|promise| notes.iter().map(move |note| format!("{service}: {promise} {note}")));
    match left {
        CallsLeft::Yes => shortest_needed(introduced),
        // The person knows the service from its calls.
        CallsLeft::UsedUp(_) => {
            let [.., short] = &notes;
            let shortest = promises.last().map(|promise| format!("{promise} {short}"));
            with_calls_left(introduced.chain(shortest), left)
        }
    }
}

/// Returns the city of a zone as people say it: "New York" for "America/New_York".
pub(super) fn city(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

pub(super) fn named(reminders: &[&Reminder]) -> String {
    match reminders {
        [one] => format!("#{} {}", one.number, shortened(&in_second_person(&one.task), TASK_SHORT)),
        several => numbers(several),
    }
}

/// Returns the numbers of reminders: "#1, #2, and 3 more".
pub(super) fn numbers(reminders: &[&Reminder]) -> String {
    let mut names: Vec<String> = reminders.iter().take(NUMBERS).map(|one| format!("#{}", one.number)).collect();
    if reminders.len() > NUMBERS {
        names.push(format!("and {} more", reminders.len() - NUMBERS));
    }
    names.join(", ")
}
