//! Calls after a confirmed SKIP or DONE.

use super::*;

/// Words of each breach after a cancellation.
const AFTER: &str = "after a confirmed cancellation";

const SKIPPED: &str = "Skipped. Next call: tomorrow at 12:30 PM EST, repeating: pills (#1).";

#[test]
fn a_skipped_occurrence_does_not_ring_and_the_next_one_does() {
    let story = |answer: &str, calls: &[i64]| {
        let mut story = daily();
        story.text(60, Meaning::Skip(1), answer);
        for second in calls {
            story.call(*second, 0, "pills", Talk::Keys(&['1']));
        }
        story.judge(26)
    };
    held(&story(SKIPPED, &[1800 + DAY]));
    breaks(&story(SKIPPED, &[1800, 1800 + DAY]), AFTER);
    // SKIP deletes a one-off.
    let once = |is_skipped: bool| {
        let mut story = asked();
        if is_skipped {
            story.text(60, Meaning::Skip(1), "Skipped and deleted: #1 pills. It doesn't repeat.");
        }
        story.call(1800, 0, "pills", Talk::Keys(&['1'])).judge(3)
    };
    breaks(&once(true), AFTER);
    keeps(&once(false), AFTER);
}

#[test]
fn after_a_skip_the_phone_rings_once_more_only_if_its_answer_warns_of_it() {
    let story = |warning: &str, calls: &[i64]| {
        let mut story = daily();
        story.text(1802, Meaning::Skip(1), &format!("{SKIPPED}{warning}"));
        let before = story.entries.len();
        for claimed in calls {
            story.call(*claimed, 0, "pills", Talk::NotPickedUp);
        }
        // Each call is requested three seconds after its claim.
        story.entries[before..].iter_mut().for_each(|entry| entry.at_ms += 3000);
        story.judge(3)
    };
    let warning = " Your phone may still ring once.";
    keeps(&story(warning, &[1800]), AFTER);
    breaks(&story("", &[1800]), AFTER);
    breaks(&story(warning, &[1800, 1801]), AFTER);
    breaks(&story(warning, &[1810]), AFTER);
}

#[test]
fn undo_of_a_skip_and_a_zone_that_is_named_after_it_plan_the_occurrence_again() {
    let story = |change: Option<(Meaning, &str)>| {
        let mut story = daily();
        story.text(60, Meaning::Skip(1), SKIPPED);
        if let Some((meaning, answer)) = change {
            story.text(120, meaning, answer);
        }
        story.call(1800, 0, "pills", Talk::Keys(&['1'])).judge(3)
    };
    breaks(&story(None), AFTER);
    keeps(
        &story(Some((Meaning::Undo, "Undone: I'll call you in 28 minutes (12:30 PM), repeating: pills (#1)."))),
        AFTER,
    );
    keeps(&story(Some((Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO))), AFTER);
}

#[test]
fn after_done_no_other_call_about_the_occurrence_is_claimed() {
    let calls = |mut story: Story, done: i64, meaning: Meaning, answer: &str, second_call: i64| {
        story.call(1800, 0, "pills", Talk::NotPickedUp).text(done, meaning, answer);
        story.call(second_call, 0, "pills", Talk::NotPickedUp).judge(3)
    };
    let next = "Done: #1 pills. Next call: tomorrow at 12:30 PM EST.";
    let done = "Done: #1 pills.";
    for (meaning, of_series) in [(Meaning::Done, done), (Meaning::DoneWith(1), next)] {
        breaks(&calls(daily(), 1830, meaning.clone(), of_series, 1940), AFTER);
        breaks(&calls(asked(), 1830, meaning.clone(), done, 1940), AFTER);
        // The call was claimed before the answer, or just after it by a clock that is ahead.
        keeps(&calls(daily(), 1941, meaning.clone(), of_series, 1940), AFTER);
        keeps(&calls(daily(), 1939, meaning.clone(), of_series, 1940), AFTER);
    }
    // The answer is about another reminder.
    keeps(&calls(daily(), 1830, Meaning::Done, "Done: #2 tea.", 1940), AFTER);
}

#[test]
fn done_with_a_number_may_skip_the_occurrence_that_has_not_rung() {
    let story = |second: i64| {
        let mut story = daily();
        let next = "Done: #1 pills. Next call: tomorrow at 12:30 PM EST.";
        story.text(60, Meaning::DoneWith(1), next).call(second, 0, "pills", Talk::Keys(&['1'])).judge(26)
    };
    breaks(&story(1800), AFTER);
    held(&story(1800 + DAY));
}

#[test]
fn done_about_an_earlier_occurrence_does_not_forbid_the_call_of_the_next_one() {
    let story = |first: i64| {
        let mut story = quarter_hourly();
        // The first call about the second occurrence is late.
        story.call(first, 0, "pills", Talk::NotPickedUp);
        story.text(1830, Meaning::Done, "Done: #1 pills.").call(1950, 0, "pills", Talk::NotPickedUp).judge(1)
    };
    keeps(&story(900), AFTER);
    breaks(&story(1805), AFTER);
}
