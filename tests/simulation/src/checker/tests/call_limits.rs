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
        story.counted.push(Counted { person, reminder, call: None, claims: vec![claim], at_ms, given_back_ms: None });
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

/// A second delivery of the wake-up of the first call took its turn again, at this second. Its claim failed, so the
/// first claim holds the turn: the call counts from then on.
#[test]
fn a_call_whose_turn_was_taken_again_counts_until_an_hour_after_that() {
    let story_of = |mut story: Story, second: i64, froze: Option<i64>, texted: i64| {
        let first = format!("{}{:016}", &story.reminder(360).to_string()[..10], 1).parse().unwrap();
        let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let (reminder, at_ms) = (story.reminder(240).to_string(), story.start_ms + second * 1000);
        let claims = vec![first, "01CLAIM0000000000000000001".parse().unwrap()];
        story.counted.push(Counted { person, reminder, call: None, claims, at_ms, given_back_ms: None });
        if let Some(second) = froze {
            story.fault(second, Fault::Freeze);
        }
        ask(&mut story, 3900, 20, 120);
        story.sends(texted, &instead(20, 4020, NOTE), None);
        story.judge(4)
    };
    let taken_again = |second: i64, froze: Option<i64>| story_of(calls(12), second, froze, 4021);
    keeps(&taken_again(430, Some(365)), "fewer than 12 calls");
    breaks(&taken_again(410, Some(365)), "fewer than 12 calls");
    // Without a freeze, the second delivery takes the turn within the time of a run.
    breaks(&taken_again(430, None), "fewer than 12 calls");
    // The twelfth call comes after the due, shortly before the first call stops to count.
    let twelfth_after_due = |second: i64| {
        let mut story = calls(11);
        heard(&mut story, 3845, 12, 180);
        story_of(story, second, Some(365), 4100)
    };
    keeps(&twelfth_after_due(430), "fewer than 12 calls");
    breaks(&twelfth_after_due(420), "fewer than 12 calls");
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

/// A story in which the phone of an unconfirmed number rang this many times, once an hour, and was not picked up.
pub(super) fn rung(many: u32) -> Story {
    let mut story = Story::new();
    for number in 1..=many {
        ring(&mut story, number, Talk::NotPickedUp);
    }
    story
}

/// The call of a reminder, in the hour of its number.
fn ring(story: &mut Story, number: u32, talk: Talk) {
    let second = i64::from(number) * 3600;
    ask_unconfirmed(story, second, number);
    story.call(second + 120, second, &task_of(number), talk);
}

pub(super) fn ask_unconfirmed(story: &mut Story, second: i64, number: u32) {
    ask(story, second, number, 120);
    let id = story.reminder(second).to_string();
    story.stored.get_mut(&id).unwrap().confirmed_ms = None;
}

pub(super) const CODE: u32 = 123_456;

/// A reminder in the hour of its number, which is texted instead of called. The text tells the code.
fn tell_code(story: &mut Story, number: u32) {
    let second = i64::from(number) * 3600;
    ask_unconfirmed(story, second, number);
    story.sends(second + 121, &with_code(number, second + 120), None);
}

fn with_code(number: u32, due: i64) -> String {
    let (task, when) = (task_of(number), at_second(due));
    format!("Reminder: {task}. It was due Mon, Mar 1 at {when} EST. New numbers get 3 calls. Reply {CODE} for more.")
}

pub(super) const CONFIRMED: &str = "Thanks, this number is confirmed. I'll call you from now on.";
const WRONG: &str = "That code isn't right. Please reply with the 6 digits from my last text with a code.";

#[test]
fn a_number_that_nobody_confirmed_is_called_three_times_in_all() {
    let is_over = "before they pressed a key or texted their code";
    keeps(&rung(3).judge(8), is_over);
    breaks(&rung(4).judge(8), is_over);
    let after_key = |key: Talk| {
        let mut story = rung(2);
        ring(&mut story, 3, key);
        ring(&mut story, 4, Talk::NotPickedUp);
        story.judge(8)
    };
    keeps(&after_key(Talk::Keys(&['1'])), is_over);
    breaks(&after_key(Talk::Silent(PickedUpBy::Person)), is_over);
    let after_code = |code: u32| {
        let mut story = rung(3);
        tell_code(&mut story, 4);
        story.text(4 * 3600 + 600, Meaning::Code(code), CONFIRMED);
        ring(&mut story, 5, Talk::NotPickedUp);
        story.judge(8)
    };
    keeps(&after_code(CODE), is_over);
    breaks(&after_code(CODE + 1), is_over);
}

#[test]
fn a_text_replaces_a_call_before_a_confirmation_only_after_three_calls() {
    let told = |many: u32| {
        let mut story = rung(many);
        tell_code(&mut story, 4);
        story.judge(8)
    };
    keeps(&told(3), "was told a code");
    keeps(&told(3), "texted without a call");
    breaks(&told(2), "was told a code");
    breaks(&told(2), "texted without a call");
    let said_before = |many: u32| {
        let mut story = rung(many);
        ask_unconfirmed(&mut story, 14_400, 4);
        story.sends(14_521, &instead(4, 14_520, ""), None);
        story.judge(8)
    };
    keeps(&said_before(3), "texted without a call");
    breaks(&said_before(2), "texted without a call");
}

#[test]
fn a_confirmed_number_is_told_no_code_unless_a_fault_hid_its_key() {
    let story = |has_fault: bool| {
        let mut story = rung(2);
        ring(&mut story, 3, Talk::Keys(&['1']));
        if has_fault {
            story.fault(3 * 3600 + 130, Fault::StoreDown);
        }
        tell_code(&mut story, 4);
        story.judge(8)
    };
    breaks(&story(false), "was told a code");
    keeps(&story(true), "was told a code");
    let mut by_code = rung(3);
    tell_code(&mut by_code, 4);
    by_code.text(4 * 3600 + 600, Meaning::Code(CODE), CONFIRMED);
    tell_code(&mut by_code, 5);
    breaks(&by_code.judge(8), "was told a code");
}

#[test]
fn only_the_code_of_a_number_confirms_it_and_only_before_five_wrong_codes() {
    let replied = |wrong: u32| {
        let mut story = rung(3);
        tell_code(&mut story, 4);
        for n in 1..=wrong {
            story.text(4 * 3600 + 600 + i64::from(n), Meaning::Code(CODE + n), WRONG);
        }
        story
    };
    let confirmed =
        |wrong: u32, code: u32| replied(wrong).text(4 * 3600 + 700, Meaning::Code(code), CONFIRMED).judge(8);
    keeps(&confirmed(0, CODE), "confirmed their number");
    breaks(&confirmed(0, CODE + 1), "which is not its code");
    keeps(&confirmed(4, CODE), "confirmed their number");
    breaks(&confirmed(5, CODE), "after 5 wrong codes within a day");
    // A code above the limit is not compared, so it does not count.
    let mut above = replied(4);
    above.text(4 * 3600 + 650, Meaning::Code(CODE + 5), "Too many wrong codes. Please try again in 24 hours.");
    above.text(4 * 3600 + 700, Meaning::Code(CODE), CONFIRMED);
    keeps(&above.judge(8), "confirmed their number");
}

/// The service compares no code while the person has opted out, so such codes are no tries.
#[test]
fn wrong_codes_of_a_person_who_has_opted_out_do_not_count() {
    let replied = |before: Meaning, second: i64, answer: &str| {
        let told = 4 * 3600 + 500;
        let mut story = rung(3);
        tell_code(&mut story, 4);
        story.text(told, before, "");
        for n in 1..=5 {
            story.text(told + second + i64::from(n), Meaning::Code(CODE + n), answer);
        }
        story.text(told + 100, Meaning::OptIn, "Welcome back!");
        story.text(told + 200, Meaning::Code(CODE), CONFIRMED).judge(8)
    };
    let too_many = "after 5 wrong codes within a day";
    keeps(&replied(Meaning::OptOut, 50, ""), "confirmed their number");
    breaks(&replied(Meaning::OptOut, 50, WRONG), too_many);
    // The person had opted in again.
    breaks(&replied(Meaning::OptOut, 150, ""), too_many);
    // After too many answers, a person who has not opted out gets no answer either, but the codes are compared.
    breaks(&replied(Meaning::List, 50, ""), too_many);
}

#[test]
fn a_code_is_told_once_an_hour() {
    let twice = |apart: i64| {
        let mut story = rung(3);
        tell_code(&mut story, 4);
        ask_unconfirmed(&mut story, 14_460, 5);
        let due = 14_400 + 120 + apart;
        story.sends(due + 1, &with_code(5, due), None);
        story.judge(8)
    };
    breaks(&twice(60), "was told twice");
    keeps(&twice(3660), "was told twice");
    // A call counted as the third one when the first text was written, and was not placed. The text about the third call
    // tells the code too, but no text about an occurrence without a call does so within an hour of it.
    let with_last_call = |opening: &str, first_opening: &str| {
        let mut story = rung(2);
        ask_unconfirmed(&mut story, 10_800, 3);
        story.sends(10_921, &with_code(3, 10_920).replacen("Reminder: ", first_opening, 1), None);
        ask_unconfirmed(&mut story, 10_860, 4);
        story.call(10_980, 10_860, &task_of(4), Talk::NotPickedUp);
        story.sends(11_100, &with_code(4, 10_980).replacen("Reminder: ", opening, 1), None);
        story.judge(8)
    };
    keeps(&with_last_call("Missed call: ", "Reminder: "), "was told twice");
    breaks(&with_last_call("Missed call: ", "Missed call: "), "was told twice");
    breaks(&with_last_call("Reminder: ", "Missed call: "), "was told twice");
    // The last call is about the occurrence that was due first, and follows the other text, or comes before its due.
    let called_at = |second: i64| {
        let mut story = rung(2);
        ask_unconfirmed(&mut story, 10_800, 3);
        ask_unconfirmed(&mut story, 10_860, 4);
        story.sends(10_985, &with_code(4, 10_980), None);
        story.call(second, 10_800, &task_of(3), Talk::NotPickedUp);
        story.sends(11_200, &with_code(3, 10_920).replacen("Reminder: ", "Missed call: ", 1), None);
        story.judge(8)
    };
    keeps(&called_at(11_050), "was told twice");
    breaks(&called_at(10_930), "was told twice");
    // The person confirms the number, and then asks for many calls.
    let mut then_limited = rung(3);
    tell_code(&mut then_limited, 4);
    ask_unconfirmed(&mut then_limited, 14_460, 5);
    then_limited.sends(14_581, &instead(5, 14_580, NOTE), None);
    keeps(&then_limited.judge(8), "was told twice");
}

/// The carrier refused the first of the two texts for more than an hour.
#[test]
fn texts_that_tell_a_code_may_be_requested_in_another_order_than_they_were_written() {
    let swapped = |apart: i64| {
        let mut story = rung(3);
        ask_unconfirmed(&mut story, 14_400, 4);
        ask_unconfirmed(&mut story, 14_460, 5);
        let (first, second) = (14_520, 14_520 + apart);
        story.sends(second + 1, &with_code(5, second), None);
        story.sends(second + 600, &with_code(4, first), None);
        story.judge(8)
    };
    keeps(&swapped(3660), "was told twice");
    breaks(&swapped(60), "was told twice");
}

/// With a confirmed number, nothing waits for a code, so six digits make no sense, and the fourth such text within an
/// hour is not answered.
#[test]
fn a_code_that_nothing_waits_for_is_an_unreadable_text() {
    let unanswered = |answered: i64| {
        let mut story = Story::new();
        for second in 0..answered {
            story.text(60 * second, Meaning::Code(CODE), "Sorry, I didn't get that.");
        }
        story.text(600, Meaning::Code(CODE), "").judge(2)
    };
    keeps(&unanswered(3), "never answered");
    breaks(&unanswered(2), "never answered");
    // While the service waits for a code, it must answer it.
    let mut waiting = rung(3);
    tell_code(&mut waiting, 4);
    for second in 0..3 {
        waiting.text(4 * 3600 + 600 + second, Meaning::Noise, "Sorry, I didn't get that.");
    }
    breaks(&waiting.text(4 * 3600 + 700, Meaning::Code(CODE), "").judge(8), "never answered");
}

#[test]
fn a_number_that_the_key_2_confirmed_is_told_no_code() {
    let mut story = rung(2);
    ring(&mut story, 3, Talk::Keys(&['2']));
    tell_code(&mut story, 4);
    breaks(&story.judge(8), "was told a code");
}
