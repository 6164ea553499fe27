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

#[test]
fn a_series_that_rings_while_it_moves_along_is_due_in_the_new_zone_next() {
    let story = |yes: &str| {
        let (chicago, phoenix) =
            (Place { city: "Chicago", zone: "America/Chicago" }, Place { city: "Phoenix", zone: "America/Phoenix" });
        let mut story = daily();
        let said = "OK, using Chicago time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM CST.";
        story.text(60, Meaning::Zone(chicago), said);
        let asks = "OK, Phoenix time. Should your repeating reminder move to Phoenix time too? YES or NO";
        story.text(5410, Meaning::Zone(phoenix), asks).text(5420, Meaning::Yes, yes);
        story.call(1800 + 3600, 0, "pills", Talk::Keys(&['1']));
        story.call(1800 + 7200 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(28)
    };
    keeps(&story("OK, I'll use Phoenix time from now on."), "ms late");
    breaks(&story("Sorry, I didn't get that."), "ms late");
}

#[test]
fn only_what_repeats_in_the_zone_that_was_left_moves_along() {
    let [chicago, tokyo, phoenix] =
        [("Chicago", "America/Chicago"), ("Tokyo", "Asia/Tokyo"), ("Phoenix", "America/Phoenix")]
            .map(|(city, zone)| Meaning::Zone(Place { city, zone }));
    let story = |yes: &str, due: i64| {
        let mut story = daily();
        let said = "OK, using Chicago time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM CST.";
        story.text(60, chicago.clone(), said);
        story.text(
            120,
            tokyo.clone(),
            "OK, Tokyo time. Should your repeating reminder move to Tokyo time too? YES or NO",
        );
        let asks = "OK, Phoenix time. Should your repeating reminder move to Phoenix time too? YES or NO";
        story.text(1200, phoenix.clone(), asks).text(1260, Meaning::Yes, yes);
        story.call(due, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    keeps(&story("OK, I'll use Phoenix time from now on.", 1800 + 3600), "ms early");
    breaks(
        &story(
            "OK, using Phoenix time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM MST.",
            1800 + 3600,
        ),
        "ms early",
    );
}

const PAUSED: &str =
    "Missed call: pills. You missed it 5 times in a row, so it is paused. Text RESUME 1 to start it again.";

/// Five occurrences that nobody hears, the last of which is called at this second.
fn missed(last: i64) -> Story {
    let mut story = fast();
    for due in [300, 600, 900, 1200] {
        let words = format!(
            "Missed call: pills. Text SNOOZE 10 to be called again. It was due today at 12:{:02} PM EST.",
            due / 60
        );
        story.call(due, 0, "pills", Talk::NotPickedUp).sends(due + 40, &words, None);
    }
    story.call(last, 0, "pills", Talk::NotPickedUp);
    story
}

#[test]
fn a_pause_is_about_the_occurrence_whose_call_was_late() {
    let story = |last: i64| missed(last).sends(last + 40, PAUSED, None).judge(2);
    keeps(&story(1500), "without call, text or alarm");
    keeps(&story(1810), "without call, text or alarm");
    breaks(&missed(1810).judge(2), "without call, text or alarm");
}

#[test]
fn the_text_about_a_pause_may_be_tried_again_after_its_series_was_resumed() {
    let story = |again: &str| {
        let mut story = missed(1500);
        // The carrier refuses the first try.
        let (to, body, heard) = (number(0), PAUSED.to_owned(), RequestOutcome::RefusedForNow);
        story.at(1540, 0, Observation::TextRequested { to: to.clone(), body: body.clone() });
        story.at(1540, 90, Observation::TextRequestOutcome { to, body, heard });
        story.text(1600, Meaning::Resume(1), "Resumed: I'll call you in 3 minutes (12:30 PM), repeating: pills (#1).");
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.sends(2000, again, None);
        story.call(2100, 0, "pills", Talk::Keys(&['1']));
        story.text(2200, Meaning::Delete(1), "Deleted #1 pills.").judge(2)
    };
    let missed = "Missed call: pills. Text SNOOZE 10 to be called again. It was due today at 12:30 PM EST.";
    keeps(&story(PAUSED), "heard and then texted");
    breaks(&story(missed), "heard and then texted");
}
