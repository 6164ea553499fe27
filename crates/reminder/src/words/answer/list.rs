//! The list of open reminders.

use jiff::{Timestamp, tz::TimeZone};
use language::{Rule, in_second_person};

use super::naming::{EXAMPLE, Series, TASK_SHORT, due_words, rule_of, series_words};
use crate::record::Reminder;
use crate::words::CallsLeft;
use crate::words::segment::segments;
use crate::words::task::shortened;

/// Maximum number of segments of a list. Reminders that do not fit are only counted.
const LIST_SEGMENTS: usize = 3;

/// Returns the list. Its last line tells a person without calls how to get calls, if there is room.
pub(super) fn list(open: &[&Reminder], left: CallsLeft, now: Timestamp) -> String {
    if open.is_empty() {
        return format!("You have no reminders. {EXAMPLE}.");
    }
    let list = list_of(open, now);
    match left {
        CallsLeft::Yes => list,
        CallsLeft::UsedUp(_) => {
            let noted = left.notes().into_iter().map(|note| format!("{list}\n{}", note.trim_start()));
            noted.into_iter().find(|noted| segments(noted) <= LIST_SEGMENTS).unwrap_or(list)
        }
    }
}

fn list_of(open: &[&Reminder], now: Timestamp) -> String {
    let by_rule: Vec<String> = open.iter().map(|reminder| list_line(reminder, Series::ByRule, now)).collect();
    let by_rule = by_rule.join("\n");
    if segments(&by_rule) <= LIST_SEGMENTS {
        return by_rule;
    }
    let mut list = String::new();
    for (index, reminder) in open.iter().enumerate() {
        let line = list_line(reminder, Series::InShort, now);
        let longer = if list.is_empty() { line } else { format!("{list}\n{line}") };
        // There must also be room for the count of the reminders that may be left out.
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
        (Some(rule), Series::ByRule) if reminder.is_paused() => {
            format!("{} (paused)", short_rule_words(rule, reminder.zone.rules()))
        }
        (_, Series::InShort) if reminder.is_paused() => "(paused)".to_owned(),
        (Some(rule), Series::ByRule) => format!("{}, next {due}", short_rule_words(rule, reminder.zone.rules())),
        (_, series) => series_words(&due, rule_of(reminder), series),
    };
    let task = in_second_person(&reminder.task);
    format!("#{} {when}: {}", reminder.number, shortened(&task, TASK_SHORT))
}

/// Returns a rule as it stands in a list: "every weekday 8 AM". A rule with "on" or "in" keeps its "at": "on the 1st of
/// every month at 8 AM", "every year in week 20 at 8 AM".
fn short_rule_words(rule: &Rule, zone: &TimeZone) -> String {
    let words = language::rule_in_words(rule, zone);
    let is_by_day = words.starts_with("every ") && ![" on ", " in "].iter().any(|word| words.contains(word));
    if is_by_day { words.replacen(" at ", " ", 1) } else { words }
}

fn with_count(list: &str, left_out: usize) -> String {
    if left_out == 0 { list.to_owned() } else { format!("{list}\nand {left_out} more") }
}
