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

#[test]
fn a_late_call_that_runs_past_the_next_due_is_not_repeated() {
    let missed = "Missed call: pills. It was due today at 12:05 PM EST.";
    let late = || {
        let mut story = fast();
        story.call(590, 0, "pills", Talk::NotPickedUp);
        story
    };
    // The next occurrence merges into it.
    keeps(&late().sends(611, missed, None).judge(1), "17:10:00");
    let repeated = late().call(731, 0, "pills", Talk::NotPickedUp).sends(752, missed, None).judge(1);
    breaks(&repeated, "17:10:00");
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
