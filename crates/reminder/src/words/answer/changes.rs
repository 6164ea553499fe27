//! Answers about reminders that were moved, skipped, resumed or restored, and about changes that were taken back.

use jiff::Timestamp;

use super::naming::{Series, due_words, named, numbers, reminder_words, shortest_needed};
use crate::record::Reminder;
use crate::words::answer::CallInFlight;

/// Maximum number of next dues that one answer names. More would not fit into the segments of a list.
const NEXT_DUES: usize = 8;

/// Says when series ring next: " Next call: tomorrow at 9 AM EST." Returns an empty string if no reminder repeats.
pub(super) fn next_dues(done: &[&Reminder], now: Timestamp) -> String {
    let is_series = |one: &&&Reminder| one.rule.is_some() && one.state().is_some();
    let next = |one: &&Reminder| {
        let when = due_words(one, now);
        if done.len() == 1 { when } else { format!("#{} {when}", one.number) }
    };
    let dues: Vec<String> = done.iter().filter(is_series).take(NEXT_DUES).map(next).collect();
    if dues.is_empty() { String::new() } else { format!(" Next call: {}.", dues.join("; ")) }
}

/// Says to which time a reminder is moved.
pub(super) fn moved(reminder: &Reminder, note: &str, call: CallInFlight, now: Timestamp) -> String {
    format!("Moved: I'll call you {}.{note}{}", reminder_words(reminder, Series::InShort, now), call.warning())
}

/// Says to which time one occurrence is moved, and when its series rings next.
pub(super) fn moved_once(moved_to: &Reminder, series: &Reminder, call: CallInFlight, now: Timestamp) -> String {
    let next = format!(" Next call of #{}: {}.", series.number, due_words(series, now));
    shortest_needed([next.as_str(), ""].map(|note| moved(moved_to, note, call, now)))
}

/// Says which occurrences are skipped, when their series ring next, and which reminders the skip deletes.
pub(super) fn skipped(next: &[&Reminder], call: CallInFlight, now: Timestamp) -> String {
    let warning = call.warning();
    let (live, ended): (Vec<&Reminder>, Vec<&Reminder>) = next.iter().partition(|one| one.state().is_some());
    match (&live[..], &ended[..]) {
        ([one], []) => format!("Skipped. Next call: {}.{warning}", reminder_words(one, Series::InShort, now)),
        ([], [one]) if one.rule.is_none() => {
            format!("Skipped and deleted: {}. It doesn't repeat.{warning}", named(&[one]))
        }
        ([], [one]) => format!("Skipped: {}. That was its last time.{warning}", named(&[one])),
        (_, ended) => {
            let deleted = if ended.is_empty() { String::new() } else { format!(" Deleted: {}.", numbers(ended)) };
            let answer = |dues: &str| format!("Skipped: {}.{dues}{deleted}{warning}", numbers(next));
            shortest_needed([answer(&next_dues(next, now)), answer("")])
        }
    }
}

/// Says when resumed series ring next.
pub(super) fn resumed(next: &[&Reminder], now: Timestamp) -> String {
    match next {
        [one] if one.state().is_none() => format!("Not resumed: {} has ended.", named(&[one])),
        [one] => format!("Resumed: I'll call you {}.", reminder_words(one, Series::InShort, now)),
        several => {
            let answer = |dues: &str| format!("Resumed: {}.{dues}", numbers(several));
            shortest_needed([answer(&next_dues(several, now)), answer("")])
        }
    }
}

/// Says which reminders are back after UNDO, and when they ring.
pub(super) fn undone(back: &[&Reminder], passed: &[&Reminder], now: Timestamp) -> String {
    let passed = match passed {
        [] => String::new(),
        passed => format!(" Not back, because the time has passed: {}.", numbers(passed)),
    };
    match back {
        [one] => format!("Undone: I'll call you {}.{passed}", reminder_words(one, Series::InShort, now)),
        several => {
            let each: Vec<String> = several.iter().map(|one| reminder_words(one, Series::InShort, now)).collect();
            let short = format!("Undone: {}. Text LIST to see them.{passed}", numbers(several));
            shortest_needed([format!("Undone: I'll call you {}.{passed}", each.join("; ")), short])
        }
    }
}

/// Says that UNDO came too late for these reminders.
pub(super) fn too_late_to_undo(passed: &[&Reminder], now: Timestamp) -> String {
    match passed {
        [one] => format!("Too late to undo: the time of {} has passed ({}).", named(&[one]), due_words(one, now)),
        several => format!("Too late to undo: the times of {} have passed.", numbers(several)),
    }
}

/// Says which reminders RESTORE made anew, and how many it could not make.
pub(super) fn restored(made: &[&Reminder], lost: usize, now: Timestamp) -> String {
    let lost = match (lost, made) {
        (0, _) => String::new(),
        (1, []) => "1 reminder can't come back: its time has passed, or you have too many.".to_owned(),
        (lost, []) => format!("{lost} reminders can't come back: their times have passed, or you have too many."),
        (lost, _) => format!(" {lost} can't come back: the time has passed, or you have too many."),
    };
    match made {
        [] => lost,
        [one] => format!("Restored: I'll call you {}.{lost}", reminder_words(one, Series::InShort, now)),
        several => format!("Restored: {}. Text LIST to see them.{lost}", numbers(several)),
    }
}
