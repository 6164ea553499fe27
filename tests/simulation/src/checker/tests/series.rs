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
fn what_an_unanswered_text_may_have_deleted_need_not_come_back() {
    let story = |deletion: Option<Meaning>| {
        let mut story = asked();
        if let Some(deletion) = deletion {
            story.queued(20, deletion);
        }
        restored(story, Meaning::List, "#1 today at 12:30 PM EST: pills").judge(3)
    };
    keeps(&story(Some(Meaning::DeleteAll)), "did not come back");
    keeps(&story(Some(Meaning::Delete(1))), "did not come back");
    breaks(&story(Some(Meaning::Delete(2))), "did not come back");
    breaks(&story(None), "did not come back");
}

#[test]
fn what_could_not_be_read_does_not_come_back() {
    let story = |spoiled: bool| {
        let mut story = asked();
        let reminder = Some(story.reminder(0).to_string());
        if spoiled {
            story.at(10, 0, Observation::ItemSpoiled { reminder });
        }
        restored(story, Meaning::List, "OK.").judge(3)
    };
    keeps(&story(true), "did not come back");
    breaks(&story(false), "did not come back");
}

#[test]
fn done_with_a_number_ends_a_one_off_and_skips_an_occurrence_of_a_series() {
    let done = |story: Story, answer| restored(story, Meaning::DoneWith(1), answer);
    keeps(&done(asked(), "Done: #1 pills.").judge(3), "did not come back");
    breaks(&done(asked(), "Done: #2 milk.").judge(3), "did not come back");
    let skipped = || done(daily(), "Done: #1 pills. Next call: tomorrow at 12:30 PM EST.");
    keeps(&skipped().judge(3), "did not come back");
    breaks(&skipped().judge(26), "did not come back");
    // DONE without a next due is about an occurrence that rang, and ends none that comes.
    breaks(&done(daily(), "Done: #1 pills.").judge(3), "did not come back");
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

#[test]
fn a_pause_is_about_the_occurrence_whose_last_call_came_just_before_the_next_due() {
    let called = || {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::None) };
        story.text(0, every, "OK, I'll call you every 15 minutes, starting in 15 minutes (12:15 PM): pills (#1).");
        for second in [900, 1040, 1799] {
            story.call(second, 0, "pills", Talk::NotPickedUp);
        }
        story
    };
    let paused =
        "Missed call: pills. You missed it 5 times in a row, so it is paused. Text RESUME 1 to start it again.";
    keeps(&called().sends(1820, paused, None).judge(3), "without call, text or alarm");
    breaks(&called().judge(3), "without call, text or alarm");
}

#[test]
fn what_no_answer_has_promised_is_made_anew_by_restore() {
    let story = |meaning: Meaning| {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::None) };
        story.queued(0, every).call(900, 0, "pills", Talk::Keys(&['1']));
        story.text(1000, Meaning::OptOut, "").text(1100, Meaning::OptIn, "").queued(1200, meaning);
        story.call(1800, 1200, "pills", Talk::Keys(&['1'])).judge(1)
    };
    keeps(&story(Meaning::Restore), "without a promise");
    breaks(&story(Meaning::List), "without a promise");
}

#[test]
fn no_text_is_answered_with_a_task_that_was_asked_for_later() {
    let story = |is_deleted: bool| {
        let mut story = asked();
        if is_deleted {
            story.queued(60, Meaning::DeleteAll);
        }
        story.text(120, Meaning::Remind { task: "tea".to_owned(), due: Due::In(30) }, TEA);
        // This answers the second deletion, so that the first one may have deleted the pills.
        story.queued(180, Meaning::Delete(2)).sends(240, "Deleted #2 tea.", None);
        story.judge(3)
    };
    keeps(&story(true), "without call, text or alarm");
    breaks(&story(false), "without call, text or alarm");
}

#[test]
fn a_pause_before_the_first_known_due_is_about_none_of_its_occurrences() {
    const MISSED: &str = "Missed call: pills. Text SNOOZE 10 to be called again. It was due today at 1:30 PM EST.";
    let story = || {
        let mut story = Story::new();
        story.queued(0, Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::None) });
        for occurrence in 1..=5 {
            story.call(occurrence * 900, 0, "pills", Talk::NotPickedUp);
        }
        let paused =
            "Missed call: pills. You missed it 5 times in a row, so it is paused. Text RESUME 1 to start it again.";
        story.sends(4530, paused, None);
        story.text(5000, Meaning::Resume(1), "Resumed: I'll call you in 7 minutes (1:30 PM), repeating: pills (#1).");
        story.call(5400, 0, "pills", Talk::NotPickedUp).sends(5430, MISSED, None);
        story
    };
    keeps(&story().judge(3), "texted again");
    breaks(&story().sends(5500, MISSED, None).judge(3), "texted again");
}
