//! What a number hears and gets once it has had all calls that an unconfirmed number gets.

use super::call_limits::{CODE, CONFIRMED, rung};
use super::*;

/// The second at which the text of these stories is answered: after the three calls.
const LATER: i64 = 4 * 3600;

const TEXTED: &str = "OK, I'll text you in 2 minutes (4:02 PM): tea (#9). Reply 123456 and I'll call.";
const CALLED: &str = "OK, I'll call you in 2 minutes (4:02 PM): tea (#9).";

/// A story with this many unanswered calls, and a reminder that is asked for later and answered like this.
fn answered(calls: u32, answer: &str) -> Story {
    let mut story = rung(calls);
    story.text(LATER, Meaning::Remind { task: "tea".to_owned(), due: Due::In(2) }, answer);
    story
}

#[test]
fn a_number_without_calls_is_promised_no_call() {
    let is_false = "was promised a call";
    keeps(&answered(3, TEXTED).judge(8), is_false);
    breaks(&answered(3, CALLED).judge(8), is_false);
    keeps(&answered(2, CALLED).judge(8), is_false);
    for answer in
        ["Skipped. Next call: tomorrow at 12:30 PM EST, repeating: tea (#9).", "Done: #8. I'll still call again at 5."]
    {
        breaks(&answered(3, answer).judge(8), is_false);
    }
    let mut confirmed = rung(3);
    confirmed.text(LATER - 60, Meaning::List, &format!("#1 today: task b\nReply {CODE} and I'll call."));
    confirmed.text(LATER - 30, Meaning::Code(CODE), CONFIRMED);
    confirmed.text(LATER, Meaning::Remind { task: "tea".to_owned(), due: Due::In(2) }, CALLED);
    keeps(&confirmed.judge(8), is_false);
    keeps(&confirmed.judge(8), "which is not its code");
}

#[test]
fn a_number_with_calls_is_not_told_that_it_has_none() {
    let is_false = "was denied calls";
    keeps(&answered(3, TEXTED).judge(8), is_false);
    breaks(&answered(2, TEXTED).judge(8), is_false);
    breaks(&answered(2, "#1 today: task b\nReply 123456 and I'll call.").judge(8), is_false);
}

#[test]
fn an_answer_that_promises_a_text_tells_how_to_get_calls() {
    let is_silent = "not told how to get calls";
    keeps(&answered(3, TEXTED).judge(8), is_silent);
    breaks(&answered(3, "OK, I'll text you in 2 minutes (4:02 PM): tea (#9).").judge(8), is_silent);
}

/// The number of a caller can be forged, so no answer to a key may tell the code.
#[test]
fn an_answer_on_a_call_tells_no_code() {
    let spoken = |words: &str| {
        let mut story = Story::new();
        story.text(0, Meaning::Remind { task: "tea".to_owned(), due: Due::In(2) }, CALLED);
        story.call(120, 0, &format!("tea{words}"), Talk::Keys(&['2']));
        story.judge(1)
    };
    keeps(&spoken(""), "told a code on a call");
    breaks(&spoken(". Reply 123456 and I'll call"), "told a code on a call");
}

/// A series every 15 minutes of a number without calls. The text about each of its first occurrences names its due.
fn uncalled(texts: i64) -> Story {
    let mut story = rung(3);
    let answer =
        "OK, I'll text you every 15 minutes, starting in 15 minutes (4:15 PM): pills (#9). Reply 123456 and I'll call.";
    story.text(LATER, every_quarter_hour(), answer);
    story.numbers(LATER, 9);
    for n in 1..=texts {
        let (hour, minute) = (4 + n / 4, 15 * (n % 4));
        let words = format!("Reminder: pills. It was due Mon, Mar 1 at {hour}:{minute:02} PM EST.");
        story.sends(LATER + n * 900 + 1, &words.replace(":00 PM", " PM"), None);
    }
    story
}

#[test]
fn a_series_without_calls_is_paused_after_five_occurrences() {
    let is_endless = "times in a row without a call";
    keeps(&uncalled(4).judge(8), is_endless);
    breaks(&uncalled(5).judge(8), is_endless);
    let mut done = uncalled(5);
    done.text(LATER + 2000, Meaning::Done, "Done: #9 pills.");
    keeps(&done.judge(8), is_endless);
    let mut listed = uncalled(5);
    listed.text(LATER + 2000, Meaning::List, "#9 every 15 minutes: pills\nReply 123456 and I'll call.");
    breaks(&listed.judge(8), is_endless);
}

#[test]
fn occurrences_without_a_call_count_toward_a_pause_only_after_three_calls() {
    let paused = |texts: i64| {
        let due = LATER + (texts + 1) * 900;
        uncalled(texts).pause(LATER, due, due + 1, None).judge(8)
    };
    keeps(&paused(4), "was paused after");
    breaks(&paused(3), "was paused after 4 missed");
}

/// The RESUME is received shortly before a due, and its write lands after that due. The occurrence has no call and is
/// texted, so it counts.
#[test]
fn the_first_occurrence_after_a_resume_counts_even_if_the_resume_is_written_after_its_due() {
    let due = |n: i64| LATER + n * 900;
    let paused = |written: i64, first: i64, last: i64, fault: Option<Fault>| {
        let mut story = uncalled(4);
        story.pause(LATER, due(5), due(5) + 1, Some((due(6) + written, due(first))));
        story.pause(LATER, due(last), due(last) + 1, None);
        if let Some(fault) = fault {
            story.fault(due(6) - 1, fault);
        }
        story.judge(8)
    };
    let too_early = "was paused after 4 missed";
    keeps(&paused(1, 6, 10, None), "was paused after");
    breaks(&paused(1, 6, 9, None), too_early);
    breaks(&paused(1, 7, 10, None), too_early);
    // Only a fault explains a write that comes longer after its due than a function runs.
    breaks(&paused(60, 6, 10, None), too_early);
    keeps(&paused(60, 6, 10, Some(Fault::WriteLandsLate)), "was paused after");
    breaks(&paused(120, 6, 10, Some(Fault::WriteLandsLate)), too_early);
    keeps(&paused(120, 6, 10, Some(Fault::Freeze)), "was paused after");
    // The last occurrence before the pause has counted toward that pause.
    breaks(&paused(1, 5, 9, Some(Fault::Freeze)), too_early);
}
