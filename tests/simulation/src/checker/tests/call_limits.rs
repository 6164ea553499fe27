//! The limits of calls within an hour and a day, and the texts that replace the calls above them.

use super::*;
use crate::fakes::{Counted, number as number_of};

/// A reminder about this task, which the person asks for and is called about `waits` seconds later. They press 1.
fn heard(story: &mut Story, second: i64, number: u32, waits: i64) {
    let task = task_of(number);
    ask(story, second, number, waits);
    story.call(second + waits, second, &task, Talk::Keys(&['1']));
}

fn task_of(number: u32) -> String {
    format!("task {}", char::from(b'a' + u8::try_from(number % 26).unwrap()))
}

fn ask(story: &mut Story, second: i64, number: u32, waits: i64) {
    let (task, minutes) = (task_of(number), waits / 60);
    let due = at_second(second + waits);
    let answer = format!("OK, I'll call you in {minutes} minutes ({due}): {task} (#{number}).");
    story.text(second, Meaning::Remind { task: task.clone(), due: Due::In(minutes) }, &answer);
    let (phone, confirmed_ms) = (number_of(0).as_str().to_owned(), Some(story.start_ms - 60_000));
    story.stored.insert(story.reminder(second).to_string(), StoredReminder { phone, number, task, confirmed_ms });
}

fn at_second(second: i64) -> String {
    let start: jiff::Timestamp = START.parse().unwrap();
    let at = start.saturating_add(jiff::SignedDuration::from_secs(second)).unwrap();
    at.in_tz("America/New_York").unwrap().strftime("%-I:%M %p").to_string()
}

/// The text that replaces the call of a reminder that was due at this second.
fn instead(number: u32, due: i64, note: &str) -> String {
    format!(
        "Sorry, I couldn't reach you by phone: {}. It was due Mon, Mar 1 at {} EST.{note}",
        task_of(number),
        at_second(due)
    )
}

const NOTE: &str = " You asked for more than 12 calls an hour.";

/// A story with this many calls, one every four minutes.
fn calls(many: u32) -> Story {
    let mut story = Story::new();
    for number in 1..=many {
        heard(&mut story, i64::from(number) * 240, number, 120);
    }
    story
}

#[test]
fn twelve_calls_within_an_hour_are_legal_and_thirteen_are_not() {
    let is_over = "13 times within";
    keeps(&calls(12).judge(4), "times within");
    breaks(&calls(13).judge(4), is_over);
    let mut later = calls(12);
    heard(&mut later, 240 + 3600, 13, 120);
    keeps(&later.judge(4), "times within");
}

#[test]
fn a_text_says_that_the_limit_was_reached_only_after_twelve_calls() {
    let limited = |many: u32, note: &str| {
        let mut story = calls(many);
        ask(&mut story, 3060, 20, 120);
        story.sends(3181, &instead(20, 3180, note), None);
        story.judge(4)
    };
    held(&limited(12, NOTE));
    held(&limited(12, ""));
    breaks(&limited(11, NOTE), "fewer than 12 calls");
    breaks(&limited(11, ""), "texted without a call, although no limit was reached");
    breaks(&limited(12, " You asked for more than 60 calls a day."), "fewer than 60 calls");
}

#[test]
fn calls_that_are_more_than_an_hour_old_do_not_count() {
    let mut story = calls(12);
    ask(&mut story, 3900, 20, 120);
    story.sends(4021, &instead(20, 4020, NOTE), None);
    breaks(&story.judge(4), "fewer than 12 calls");
}

#[test]
fn a_call_that_was_counted_and_not_placed_counts_only_after_a_fault() {
    let story = |has_fault: bool| {
        let mut story = calls(11);
        let (reminder, at_ms) = (story.reminder(2880).to_string(), story.start_ms + 3_000_000);
        ask(&mut story, 2880, 19, 120);
        let claim = "01CLAIM0000000000000000001".parse().unwrap();
        let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
        story.counted.push(Counted { person, reminder, call: None, claim, at_ms, given_back_ms: None });
        story.text(3001, Meaning::DeleteAll, &format!("Deleted: #19 {}.", task_of(19)));
        if has_fault {
            story.fault(3000, Fault::Crash);
        }
        ask(&mut story, 3060, 20, 120);
        story.sends(3181, &instead(20, 3180, NOTE), None);
        story.judge(4)
    };
    keeps(&story(true), "fewer than 12 calls");
    breaks(&story(false), "fewer than 12 calls");
}

/// The text is requested minutes later, when the first of the twelve calls is more than an hour old.
#[test]
fn the_text_about_a_pause_says_that_the_limit_was_reached_when_the_pause_was_written() {
    let told = |due: i64| {
        let mut story = calls(12);
        ask(&mut story, 3060, 20, 120);
        story.pause(3060, due, due + 5, None);
        let words = "You missed it 5 times in a row, so it is paused. Text RESUME 20 to start it again.";
        story.sends(4200, &format!("Missed call: {}. {words}{NOTE}", task_of(20)), None);
        story.judge(4)
    };
    keeps(&told(3950), "fewer than 12 calls");
    breaks(&told(3970), "fewer than 12 calls");
}

#[test]
fn the_limit_is_named_once_an_hour() {
    let twice = |note: &str| {
        let mut story = calls(12);
        for (number, second) in [(20, 3060), (21, 3120)] {
            ask(&mut story, second, number, 120);
        }
        story.sends(3181, &instead(20, 3180, NOTE), None);
        story.sends(3241, &instead(21, 3240, note), None);
        story.judge(4)
    };
    held(&twice(""));
    breaks(&twice(NOTE), "was told twice");
}

#[test]
fn the_phone_need_not_ring_ten_minutes_after_the_key_2_only_if_twelve_calls_came_before() {
    let story = |many: u32| {
        let mut story = Story::new();
        for number in 1..many {
            heard(&mut story, i64::from(number) * 10, number, i64::from(number) * 240);
        }
        let second = i64::from(many) * 10;
        ask(&mut story, second, many, 3000);
        story.call(second + 3000, second, &task_of(many), Talk::Keys(&['2']));
        story.judge(4)
    };
    keeps(&story(12), "did not ring ten minutes later");
    breaks(&story(11), "did not ring ten minutes later");
}
