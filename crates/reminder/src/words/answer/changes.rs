//! Answers about reminders that were moved, skipped, resumed or restored, and about changes that were taken back.

use jiff::Timestamp;

use super::naming::{
    Series, due_words, named, numbers, reminder_forms, reminder_words, shortest_needed, with_calls_left,
};
use crate::record::Reminder;
use crate::words::CallsLeft;
use crate::words::answer::CallInFlight;

/// Maximum number of next dues that one answer names. More would not fit into the segments of a list.
const NEXT_DUES: usize = 8;

/// Says when series ring next: " Next call: tomorrow at 9 AM EST." Returns an empty string if no reminder repeats.
pub(super) fn next_dues(done: &[&Reminder], left: CallsLeft, now: Timestamp) -> String {
    let is_series = |one: &&&Reminder| one.rule.is_some() && one.state().is_some();
    let next = |one: &&Reminder| {
        let when = due_words(one, now);
        if done.len() == 1 { when } else { format!("#{} {when}", one.number) }
    };
    let dues: Vec<String> = done.iter().filter(is_series).take(NEXT_DUES).map(next).collect();
    if dues.is_empty() { String::new() } else { format!(" Next {}: {}.", left.verb(), dues.join("; ")) }
}

/// Says that reminders are acknowledged, and when their series ring next.
pub(super) fn done_until_next(done: &[&Reminder], left: CallsLeft, now: Timestamp) -> String {
    match next_dues(done, left, now) {
        next if next.is_empty() => format!("Done: {}.", named(done)),
        next => with_calls_left([format!("Done: {}.{next}", named(done))], left),
    }
}

/// Says that reminders are acknowledged, and that the call of a snooze still comes.
pub(super) fn done_but_snoozed(done: &[&Reminder], snoozed: &Reminder, left: CallsLeft, now: Timestamp) -> String {
    let (when, verb, number) = (due_words(snoozed, now), left.verb(), snoozed.number);
    let short = format!("Done: {}. I'll still {verb} again {when}.", named(done));
    with_calls_left([format!("{short} To skip that, text SKIP {number}."), short], left)
}

/// Says that the reminder rings again later.
pub(super) fn snoozed(reminder: &Reminder, left: CallsLeft, now: Timestamp) -> String {
    let promise = |words| format!("OK, I'll {} you again {words}.", left.verb());
    with_calls_left(reminder_forms(reminder, left, now).into_iter().map(promise), left)
}

/// Says to which time a reminder is moved.
pub(super) fn moved(reminder: &Reminder, call: CallInFlight, left: CallsLeft, now: Timestamp) -> String {
    with_calls_left(moved_forms(reminder, "", call, left, now), left)
}

fn moved_forms(reminder: &Reminder, note: &str, call: CallInFlight, left: CallsLeft, now: Timestamp) -> Vec<String> {
    let (verb, warning) = (left.verb(), call.warning());
    let form = |words| format!("Moved: I'll {verb} you {words}.{note}{warning}");
    reminder_forms(reminder, left, now).into_iter().map(form).collect()
}

/// Says to which time one occurrence is moved, and when its series rings next.
pub(super) fn moved_once(
    moved_to: &Reminder,
    series: &Reminder,
    call: CallInFlight,
    left: CallsLeft,
    now: Timestamp,
) -> String {
    let next = format!(" Next {} of #{}: {}.", left.verb(), series.number, due_words(series, now));
    let forms = [next.as_str(), ""].map(|note| moved_forms(moved_to, note, call, left, now));
    with_calls_left(forms.into_iter().flatten(), left)
}

/// Says which occurrences are skipped, when their series ring next, and which reminders the skip deletes.
pub(super) fn skipped(next: &[&Reminder], call: CallInFlight, left: CallsLeft, now: Timestamp) -> String {
    let (warning, verb) = (call.warning(), left.verb());
    let (live, ended): (Vec<&Reminder>, Vec<&Reminder>) = next.iter().partition(|one| one.state().is_some());
    match (&live[..], &ended[..]) {
        ([one], []) => {
            let form = |words| format!("Skipped. Next {verb}: {words}.{warning}");
            with_calls_left(reminder_forms(one, left, now).into_iter().map(form), left)
        }
        ([], [one]) if one.rule.is_none() => {
            format!("Skipped and deleted: {}. It doesn't repeat.{warning}", named(&[one]))
        }
        ([], [one]) => format!("Skipped: {}. That was its last time.{warning}", named(&[one])),
        (_, ended) => {
            let deleted = if ended.is_empty() { String::new() } else { format!(" Deleted: {}.", numbers(ended)) };
            let answer = |dues: &str| format!("Skipped: {}.{dues}{deleted}{warning}", numbers(next));
            let short = answer("");
            match next_dues(next, left, now) {
                dues if dues.is_empty() => short,
                dues => with_calls_left([answer(&dues), short], left),
            }
        }
    }
}

/// Says when resumed series ring next.
pub(super) fn resumed(next: &[&Reminder], left: CallsLeft, now: Timestamp) -> String {
    match next {
        [one] if one.state().is_none() => format!("Not resumed: {} has ended.", named(&[one])),
        [one] => {
            let form = |words| format!("Resumed: I'll {} you {words}.", left.verb());
            with_calls_left(reminder_forms(one, left, now).into_iter().map(form), left)
        }
        several => {
            let answer = |dues: &str| format!("Resumed: {}.{dues}", numbers(several));
            with_calls_left([answer(&next_dues(several, left, now)), answer("")], left)
        }
    }
}

/// Says that the number is confirmed, and which paused series ring again.
pub(super) fn confirmed(resumed: &[&Reminder], now: Timestamp) -> String {
    let answer = |resumed: &str| format!("Thanks, this number is confirmed. I'll call you from now on.{resumed}");
    let live: Vec<&Reminder> = resumed.iter().copied().filter(|one| one.state().is_some()).collect();
    if live.is_empty() {
        return answer("");
    }
    let numbers = format!(" Resumed: {}.", numbers(&live));
    let dues = next_dues(&live, CallsLeft::Yes, now);
    shortest_needed([answer(&format!("{numbers}{dues}")), answer(&numbers)])
}

/// Says which reminders are back after UNDO, and when they ring.
pub(super) fn undone(back: &[&Reminder], passed: &[&Reminder], left: CallsLeft, now: Timestamp) -> String {
    let verb = left.verb();
    let passed = match passed {
        [] => String::new(),
        passed => format!(" Not back, because the time has passed: {}.", numbers(passed)),
    };
    match back {
        [one] => {
            let form = |words| format!("Undone: I'll {verb} you {words}.{passed}");
            with_calls_left(reminder_forms(one, left, now).into_iter().map(form), left)
        }
        several => {
            let each: Vec<String> = several.iter().map(|one| reminder_words(one, Series::InShort, now)).collect();
            let short = format!("Undone: {}. Text LIST to see them.{passed}", numbers(several));
            with_calls_left([format!("Undone: I'll {verb} you {}.{passed}", each.join("; ")), short], left)
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
pub(super) fn restored(made: &[&Reminder], lost: usize, left: CallsLeft, now: Timestamp) -> String {
    let lost = match (lost, made) {
        (0, _) => String::new(),
        (1, []) => "1 reminder can't come back: its time has passed, or you have too many.".to_owned(),
        (lost, []) => format!("{lost} reminders can't come back: their times have passed, or you have too many."),
        (lost, _) => format!(" {lost} can't come back: the time has passed, or you have too many."),
    };
    match made {
        [] => lost,
        [one] => {
            let form = |words| format!("Restored: I'll {} you {words}.{lost}", left.verb());
            with_calls_left(reminder_forms(one, left, now).into_iter().map(form), left)
        }
        several => with_calls_left([format!("Restored: {}. Text LIST to see them.{lost}", numbers(several))], left),
    }
}
