//! Which occurrences a SKIP, a DONE, a snooze or a move has ended.

use super::*;

const SKIPPED: &str = "Skipped. Next call: tomorrow at 12:30 PM EST, repeating: pills (#1).";
const DONE: &str = "Done: #1 pills. Next call: tomorrow at 12:30 PM EST.";

#[test]
fn a_numbered_skip_or_done_ends_only_occurrences_before_the_due_that_its_answer_names() {
    let story = |meaning: Meaning, answer: &str, next_day: bool| {
        let mut story = daily();
        story.numbers(0, 1).call(1800, 0, "pills", Talk::NotPickedUp).text(1850, meaning, answer);
        story.passes(0, 1800, 1800 + DAY, 1850);
        if next_day {
            story.call(1800 + DAY, 0, "pills", Talk::Keys(&['1']));
        }
        story.judge(26)
    };
    for (meaning, answer) in [(Meaning::DoneWith(1), DONE), (Meaning::Skip(1), SKIPPED)] {
        held(&story(meaning.clone(), answer, true));
        breaks(&story(meaning, answer, false), "#1 pills was due 2027-03-02T17:30:00Z, without call, text or alarm");
    }
}

#[test]
fn each_of_several_skips_ends_the_occurrences_before_the_due_that_it_names() {
    let story = |skips: usize| {
        let mut story = daily();
        for (second, next) in [(60, "tomorrow"), (120, "Wed, Mar 3"), (180, "Thu, Mar 4")].into_iter().take(skips) {
            let answer = format!("Skipped. Next call: {next} at 12:30 PM EST, repeating: pills (#1).");
            story.text(second, Meaning::Skip(1), &answer);
        }
        story.call(1800 + 3 * DAY, 0, "pills", Talk::Keys(&['1'])).judge(74)
    };
    held(&story(3));
    breaks(&story(2), "#1 pills was due 2027-03-03T17:30:00Z, without call, text or alarm");
}

#[test]
fn a_skip_ends_one_occurrence_even_if_its_answer_names_a_later_due() {
    let lost = "#1 pills was due 2027-03-02T17:30:00Z, without call, text or alarm";
    let story = |answers: &[(i64, Meaning, &str)], called: i64| {
        let mut story = daily();
        for (second, meaning, answer) in answers {
            story.text(*second, meaning.clone(), answer);
        }
        for day in called..6 {
            story.call(1800 + day * DAY, 0, "pills", Talk::Keys(&['1']));
        }
        story.judge(5 * 24 + 4)
    };
    let next = |day: &str| format!("Skipped. Next call: {day} at 12:30 PM EST, repeating: pills (#1).");
    let friday = next("Fri, Mar 5");
    breaks(&story(&[(60, Meaning::Skip(1), &friday)], 4), lost);
    held(&story(&[(60, Meaning::Skip(1), &next("tomorrow"))], 1));
    // A MOVE had ended the first occurrence, although its answer does not say so.
    let moved = (30, Meaning::Move(1, 2 * 24 * 60), "Moved: I'll call you Wed, Mar 3 at 12 PM EST: pills (#2).");
    let wednesday = next("Wed, Mar 3");
    keeps(&story(&[moved, (60, Meaning::Skip(1), &wednesday)], 2), lost);
    breaks(&story(&[(60, Meaning::Skip(1), &wednesday)], 2), lost);
    // UNDO had planned the first occurrence again.
    let (tomorrow, undone) = (next("tomorrow"), "Undone: I'll call you today at 12:30 PM EST, repeating: pills (#1).");
    let again = |meaning, answer| {
        [(60, Meaning::Skip(1), tomorrow.as_str()), (90, Meaning::Undo, undone), (120, meaning, answer)]
    };
    breaks(&story(&again(Meaning::Skip(1), &wednesday), 2), lost);
    held(&story(&again(Meaning::Skip(1), &tomorrow), 1));
    // The answer to this MOVE does not name the due with which the series goes on.
    let moved = "Moved: I'll call you tomorrow at 11 AM EST: pills (#2).";
    breaks(&story(&again(Meaning::Move(1, 23 * 60 - 2), moved), 2), lost);
    keeps(&story(&again(Meaning::Move(1, 23 * 60 - 2), moved), 1), lost);
}

#[test]
fn a_skip_that_is_answered_with_a_refusal_ends_no_occurrence() {
    let story = |answer: &str| {
        let mut story = daily();
        story.text(60, Meaning::Skip(1), answer).call(1800 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(28)
    };
    let lost = "#1 pills was due 2027-03-01T17:30:00Z, without call, text or alarm";
    breaks(&story("#1 is paused. To get it back, text RESUME 1."), lost);
    held(&story(SKIPPED));
}

#[test]
fn a_done_ends_only_the_occurrence_that_was_over_last() {
    let story = |done: i64| {
        let mut story = quarter_hourly();
        story.numbers(0, 1).fault(1020, Fault::StoreThrottled);
        story.leaves_claim(905, 0).passes(0, 900, 1800, 1000);
        if done < 1800 {
            story.text(done, Meaning::Done, "Done: #1 pills.").call(1800, 0, "pills", Talk::Keys(&['1']));
            return story.passes(0, 1800, 2700, 1810).judge(1);
        }
        story.call(1800, 0, "pills", Talk::NotPickedUp).text(done, Meaning::Done, "Done: #1 pills.");
        story.passes(0, 1800, 2700, done).judge(1)
    };
    let lost = "#1 pills was due 2027-03-01T17:15:00Z, without call, text or alarm";
    keeps(&story(1100), lost);
    breaks(&story(1920), lost);
}

#[test]
fn an_occurrence_rang_before_a_done_only_if_a_call_about_it_was_claimed() {
    let story = |is_claimed: bool| {
        let mut story = quarter_hourly();
        story.numbers(0, 1).fault(910, Fault::StoreThrottled);
        if is_claimed {
            story.leaves_claim(905, 0);
        }
        story.text(930, Meaning::Done, "Done: #1 pills.").passes(0, 900, 1800, 930).judge(1)
    };
    let lost = "#1 pills was due 2027-03-01T17:15:00Z, without call, text or alarm";
    keeps(&story(true), lost);
    breaks(&story(false), lost);
}

/// If a function dies, or its write fails, after the carrier has refused its request, the record still shows the claim.
#[test]
fn a_refused_call_counts_for_a_done_only_if_a_fault_may_have_kept_the_refusal_from_being_written() {
    let story = |fault: Option<i64>| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        story
            .entries
            .retain(|entry| !matches!(entry.seen, Observation::CallAccepted { .. } | Observation::CallEnded { .. }));
        for entry in &mut story.entries {
            if let Observation::CallRequestOutcome { heard, .. } = &mut entry.seen {
                *heard = RequestOutcome::RefusedForNow;
            }
        }
        if let Some(second) = fault {
            story.fault(second, Fault::StoreThrottled);
        }
        story.text(1860, Meaning::Done, "Done: #1 pills.").judge(3)
    };
    let lost = "#1 pills was due 2027-03-01T17:30:00Z, without call, text or alarm";
    keeps(&story(Some(1801)), lost);
    breaks(&story(Some(1840)), lost);
    breaks(&story(None), lost);
}

#[test]
fn a_snooze_ends_an_occurrence_whose_function_froze_between_its_claim_and_its_request() {
    let story = |claimed: i64| {
        let mut story = asked();
        let answer = "OK, I'll call you again in 18 minutes (12:48:10 PM): pills (#2).";
        story.text(1810, Meaning::Snooze(18), answer);
        let others = story.entries.len();
        story.fault(1800, Fault::Freeze);
        story.call(claimed, 0, "pills", Talk::NotPickedUp);
        story.entries[others..].iter_mut().for_each(|entry| entry.at_ms += 70_000);
        story.call(2890, 1810, "pills", Talk::Keys(&['1'])).judge(3)
    };
    let lost = "#1 pills was due 2027-03-01T17:30:00Z, without call, text or alarm";
    keeps(&story(1800), lost);
    breaks(&story(1860), lost);
}

#[test]
fn a_snooze_is_not_about_the_occurrence_that_another_write_passes_over_a_second_later() {
    // The call of the second occurrence could not be placed in time. `passed` is the second at which it was over.
    let story = |passed: i64| {
        let mut story = quarter_hourly();
        story.numbers(0, 1).call(900, 0, "pills", Talk::NotPickedUp).passes(0, 900, 1800, 1250);
        story.text(2000, Meaning::Snooze(18), "OK, I'll call you again in 18 minutes (12:51:20 PM): pills (#2).");
        story.passes(0, 1800, 2700, passed).judge(1)
    };
    let lost = "#1 pills was due 2027-03-01T17:15:00Z, without call, text or alarm";
    keeps(&story(2001), lost);
    // The snooze ended the second occurrence, in its own write.
    breaks(&story(2000), lost);
    // The second occurrence was over before the snooze.
    breaks(&story(1999), lost);
}

#[test]
fn the_last_occurrence_of_a_series_is_moved_after_earlier_occurrences_were_moved() {
    let story = |is_named: bool, moved: i64| {
        let mut story = Story::new();
        let twice = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(30, Bound::Times(2)) };
        let answer = "OK, I'll call you every 30 minutes until 1 PM, starting in 30 minutes (12:30 PM): pills (#1).";
        story.text(0, twice, answer);
        if is_named {
            let answer = "Skipped. Next call: in 58 minutes (1 PM), repeating: pills (#1).";
            story.text(120, Meaning::Skip(1), answer);
        }
        let answer = if moved < 3600 { "12:23 PM" } else { "1:20:10 PM" };
        let answer = format!("Moved: I'll call you in 20 minutes ({answer}): pills (#2).");
        story.text(moved, Meaning::Move(1, 20), &answer);
        story.call(moved + 1200, moved, "pills", Talk::Keys(&['1'])).judge(3)
    };
    let lost = "#1 pills was due 2027-03-01T18:00:00Z, without call, text or alarm";
    keeps(&story(true, 180), lost);
    breaks(&story(false, 180), lost);
    // The last occurrence is in progress.
    keeps(&story(true, 3610), lost);
}

#[test]
fn a_done_by_text_restarts_the_count_of_missed_occurrences_before_a_pause() {
    let due = |day: i64| 1800 + day * DAY;
    let story = |meaning: Meaning, done: i64, answer: &str| {
        let mut story = daily();
        story.confirm(0);
        for day in 0..5 {
            story.call(due(day), 0, "pills", Talk::NotPickedUp);
        }
        story.text(done, meaning, answer).pause(0, due(4), due(4) + 25, None).judge(24 * 7)
    };
    let too_early = "was paused after 1 missed";
    breaks(&story(Meaning::Done, due(3) + 600, "Done: #1 pills."), too_early);
    // The service received it before the first of the five calls, or it is about another reminder.
    keeps(&story(Meaning::Done, due(0) - 60, "Done: #1 pills."), "was paused after");
    keeps(&story(Meaning::Done, due(3) + 600, "Done: #2 pills. To skip that, text SKIP 1."), "was paused after");
    // With a number, it may skip the coming occurrence, which restarts nothing.
    let next = "Done: #1 pills. Next call: Fri, Mar 5 at 12:30 PM EST.";
    keeps(&story(Meaning::DoneWith(1), due(3) + 600, next), "was paused after");
    keeps(&story(Meaning::Done, due(3) + 600, "Nothing to mark as done."), "was paused after");
}

#[test]
fn a_done_that_is_handled_late_restarts_the_count_only_up_to_its_receipt() {
    let due = |day: i64| 1800 + day * DAY;
    let story = |received: i64, handled: i64, paused: i64| {
        let mut story = daily();
        story.confirm(0);
        for day in 0..6 {
            story.call(due(day), 0, "pills", Talk::NotPickedUp);
        }
        story.queued(received, Meaning::Done).handles(handled, "Done: #1 pills.");
        story.pause(0, due(5), paused, None).judge(24 * 8)
    };
    keeps(&story(due(1) - 10, due(1) + 600, due(5) + 25), "was paused after");
    breaks(&story(due(1) + 10, due(1) + 600, due(5) + 25), "was paused after 4 missed");
    // The pause was written first.
    keeps(&story(due(5) + 10, due(5) + 40, due(5) + 25), "was paused after");
}
