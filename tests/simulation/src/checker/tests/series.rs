//! Series: their retries, and what SKIP, RESTORE and a rolled-back version make of them.

use super::*;

/// A series at second 0, due every five minutes from second 300 on.
fn fast() -> Story {
    let mut story = Story::new();
    let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(5, Bound::None) };
    story.text(0, every, "OK, I'll call you every 5 minutes, starting in 5 minutes (12:05 PM): pills (#1).");
    story
}

#[test]
fn the_next_occurrence_takes_the_place_of_a_call_that_would_come_after_its_due() {
    let mailbox = || Talk::Silent(PickedUpBy::Mailbox);
    breaks(&fast().call(300, 0, "pills", mailbox()).judge(1), "not called again");
    let twice = fast().call(300, 0, "pills", mailbox()).call(440, 0, "pills", mailbox()).judge(1);
    keeps(&twice, "not called again");
}

/// The person leaves and comes back after this text, and asks for what was stopped.
fn restored(mut story: Story, meaning: Meaning, answer: &str) -> Story {
    story.text(30, meaning, answer).text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
    story.text(180, Meaning::Restore, "OK.");
    story
}

#[test]
fn what_comes_back_goes_on_after_the_occurrence_that_was_skipped() {
    let answer = "Skipped. Next call: tomorrow at 12:30 PM EST, repeating: pills (#1).";
    let story = || restored(daily(), Meaning::Skip(1), answer);
    keeps(&story().judge(3), "did not come back");
    breaks(&story().judge(26), "did not come back");
    keeps(&story().call(1800 + DAY, 180, "pills", Talk::Keys(&['1'])).judge(26), "did not come back");
}

#[test]
fn a_one_off_that_was_skipped_does_not_come_back() {
    let answer = "Skipped and deleted: #1 pills. It doesn't repeat.";
    keeps(&restored(asked(), Meaning::Skip(1), answer).judge(3), "did not come back");
    breaks(&restored(asked(), Meaning::List, "OK.").judge(3), "did not come back");
}

#[test]
fn a_rolled_back_version_leaves_what_the_newer_one_wrote_in_its_zone() {
    let story = |is_rolled_back: bool| {
        let mut story = daily();
        let place = Place { city: "Chicago", zone: "America/Chicago" };
        story.text(60, Meaning::Zone(place), "OK, I'll use Chicago time from now on.");
        if is_rolled_back {
            story.at(30, 0, Observation::RolledBack);
            story.at(90, 0, Observation::RolledForward);
        }
        story.call(1800, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    keeps(&story(true), "ms early");
    breaks(&story(false), "ms early");
}

#[test]
fn undo_takes_back_only_what_was_deleted_before_it() {
    let story = |deleted: i64| {
        let mut story = asked();
        let id = MessageId::new("twilio", "SMlate").unwrap();
        let (person, meaning, route) = (0, Meaning::Delete(1), AnswerRoute::Reply);
        story.at(60, 0, Observation::TextSent { id: id.clone(), person, meaning, route });
        story.at(deleted, 10, Observation::TextDelivered { id: id.clone() });
        story.at(deleted, 60, Observation::TextTaken { id: id.clone() });
        story.at(deleted, 60, Observation::Reply { id, body: "Deleted #1 pills.".to_owned() });
        story.text(120, Meaning::Undo, "OK.").judge(3)
    };
    breaks(&story(60), "did not come back");
    keeps(&story(300), "did not come back");
}

#[test]
fn what_is_restored_after_a_correction_of_the_zone_is_due_there_each_day() {
    let mut story = daily();
    let place = Place { city: "Chicago", zone: "America/Chicago" };
    story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
    story.text(180, Meaning::Zone(place), "OK, I'll use Chicago time from now on.");
    story.text(240, Meaning::Restore, "Restored: I'll call you today at 12:30 PM CST, repeating: pills (#2).");
    let (first, next) = (1800 + 3600, 1800 + 3600 + DAY);
    let keys = || Talk::Keys(&['1']);
    let story = story.call(first, 240, "pills", keys());
    keeps(&story.call(next, 240, "pills", keys()).judge(28), "without call, text or alarm");
    keeps(&story.judge(28), "ms late");
}

/// The text after five missed occurrences in a row of the series with this number.
fn paused(number: u32) -> String {
    format!(
        "Missed call: pills. You missed it 5 times in a row, so it is paused. Text RESUME {number} to start it again."
    )
}

const MISSED: &str = "Missed call: pills. Text SNOOZE 10 to be called again. It was due today at";

#[test]
fn the_text_about_a_pause_is_about_the_series_whose_number_it_says() {
    let story = |number: u32| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::NotPickedUp);
        story.sends(330, &format!("{MISSED} 12:05 PM EST."), None).sends(400, &paused(number), None).judge(1)
    };
    keeps(&story(3), "texted again");
    breaks(&story(1), "texted again");
}

#[test]
fn the_text_about_a_pause_that_is_tried_again_after_a_resume_is_about_no_other_pause() {
    let story = |occurrences: i64| {
        let (mut story, again) = (fast(), 1500 + 300 * occurrences);
        story.call(1500, 0, "pills", Talk::NotPickedUp);
        story.sends(1540, &paused(1), Some(UndeliveredCause::Passing));
        story.text(1600, Meaning::Resume(1), "Resumed: I'll call you in 3 minutes (12:30 PM), repeating: pills (#1).");
        for due in (1800..=again).step_by(300) {
            story.call(due, 0, "pills", Talk::NotPickedUp);
        }
        let missed = format!("{MISSED} 12:{} PM EST.", again / 60);
        story.sends(again + 40, &paused(1), None).sends(again + 60, &missed, None).judge(2)
    };
    keeps(&story(4), "texted again");
    breaks(&story(5), "texted again");
}

#[test]
fn a_series_whose_first_known_answer_is_that_to_a_resume_was_made_and_paused_before() {
    let resumed = || {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(5, Bound::Times(7)) };
        story.queued(0, every).sends(1540, &paused(1), None);
        let answer = "Resumed: I'll call you in 5 minutes (12:35 PM), repeating: pills (#1).";
        story.text(1800, Meaning::Resume(1), answer);
        story
    };
    let missed = format!("{MISSED} 12:35 PM EST.");
    keeps(&resumed().sends(2130, &missed, None).judge(2), "texted again");
    let alarm = |made: i64| {
        let mut story = resumed();
        story.sends(2130, &missed, Some(UndeliveredCause::Number)).alarm(2160, made).judge(2)
    };
    keeps(&alarm(0), "without call, text or alarm");
    breaks(&alarm(1900), "without call, text or alarm");
}

#[test]
fn the_next_occurrence_may_be_heard_while_the_text_about_the_one_before_waits() {
    let story = |next: i64| {
        let mut story = fast();
        story.call(780, 0, "pills", Talk::Silent(PickedUpBy::Mailbox)).call(next, 0, "pills", Talk::Keys(&['1']));
        story.sends(1400, &format!("{MISSED} 12:05 PM EST."), None).judge(1)
    };
    keeps(&story(905), "and texted");
    breaks(&story(925), "and texted");
}

#[test]
fn a_snooze_without_an_answer_may_be_due_together_with_its_series() {
    let story = |meaning: Meaning| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::Keys(&['1'])).queued(600, meaning);
        story.call(1200, 0, "pills", Talk::Keys(&['1']));
        story.sends(1400, &format!("{MISSED} 12:20 PM EST."), None).judge(2)
    };
    keeps(&story(Meaning::Snooze(10)), "heard and then texted");
    breaks(&story(Meaning::Snooze(9)), "heard and then texted");
}
