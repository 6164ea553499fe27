//! Series in a new zone: which of them move to it, and when they are due then.

use super::*;

const PHOENIX: Place = Place { city: "Phoenix", zone: "America/Phoenix" };

const TOKYO: Place = Place { city: "Tokyo", zone: "Asia/Tokyo" };

/// Answer that asks whether a series moves to Tokyo along with its person.
const ASKS_ABOUT_TOKYO: &str = "OK, Tokyo time. Should your repeating reminder move to Tokyo time too? YES or NO";

/// Answer that asks whether a series moves to Phoenix along with its person.
const ASKS_ABOUT_PHOENIX: &str = "OK, Phoenix time. Should your repeating reminder move to Phoenix time too? YES or NO";

#[test]
fn a_corrected_series_rings_in_the_corrected_zone() {
    let corrected = || {
        let mut story = daily();
        story.text(60, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO);
        story
    };
    held(&corrected().call(1800 + 3600, 0, "pills", Talk::Keys(&['1'])).judge(4));
    broken(&corrected().call(1800, 0, "pills", Talk::Keys(&['1'])).judge(4), "G5");
}

#[test]
fn a_rolled_back_release_leaves_reminders_of_the_newer_one_in_their_zone() {
    let story = |is_rolled_back: bool| {
        let mut story = daily();
        story.text(60, Meaning::Zone(CHICAGO), "OK, I'll use Chicago time from now on.");
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
fn a_series_that_rings_while_it_moves_along_is_due_in_the_new_zone_next() {
    let story = |yes: &str| {
        let mut story = daily();
        story.text(60, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO);
        story.text(5410, Meaning::Zone(PHOENIX), ASKS_ABOUT_PHOENIX).text(5420, Meaning::Yes, yes);
        story.call(1800 + 3600, 0, "pills", Talk::Keys(&['1']));
        story.call(1800 + 7200 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(28)
    };
    keeps(&story("OK, I'll use Phoenix time from now on."), "ms late");
    breaks(&story("Sorry, I didn't get that."), "ms late");
}

#[test]
fn only_series_in_the_zone_that_was_left_move_along() {
    let story = |yes: &str, due: i64| {
        let mut story = daily();
        story.text(60, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO);
        story.text(120, Meaning::Zone(TOKYO), ASKS_ABOUT_TOKYO);
        story.text(1200, Meaning::Zone(PHOENIX), ASKS_ABOUT_PHOENIX).text(1260, Meaning::Yes, yes);
        story.call(due, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    keeps(&story("OK, I'll use Phoenix time from now on.", 1800 + 3600), "ms early");
    let corrects = "OK, using Phoenix time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM MST.";
    breaks(&story(corrects, 1800 + 3600), "ms early");
}

#[test]
fn a_series_may_move_along_before_its_first_occurrence_but_after_the_due_that_was_promised_first() {
    let story = |yes: &str| {
        let mut story = daily();
        story.text(30, Meaning::Skip(1), "Skipped. Next call: tomorrow at 12:30 PM EST, repeating: pills (#1).");
        let corrects = "OK, using Chicago time. Now #1 rings tomorrow at 12:30 PM CST, repeating.";
        story.text(60, Meaning::Zone(CHICAGO), corrects);
        story.text(1900, Meaning::Zone(TOKYO), ASKS_ABOUT_TOKYO).text(1960, Meaning::Yes, yes);
        // 12:30 PM in Tokyo.
        story.call(1800 + 10 * 3600, 0, "pills", Talk::Keys(&['1'])).judge(12)
    };
    held(&story("OK, using Tokyo time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM JST."));
    breaks(&story("Sorry, I didn't get that."), "ms early");
}

#[test]
fn the_answers_to_two_yes_that_overlap_fit_both_of_them() {
    let story = |second: &str| {
        let mut story = daily();
        story.text(60, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO);
        // The first YES overtakes the text about Phoenix.
        story.queued(5410, Meaning::Zone(PHOENIX)).queued(5420, Meaning::Yes);
        story.sends(5440, ASKS_ABOUT_PHOENIX, None).queued(5450, Meaning::Yes);
        story.requests(5455, "Sorry, I didn't get that.", RequestOutcome::RefusedForNow);
        story.sends(5470, second, None).sends(5500, "Sorry, I didn't get that.", None);
        story.call(1800 + 3600, 0, "pills", Talk::Keys(&['1']));
        story.call(1800 + 7200 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(28)
    };
    keeps(&story("OK, I'll use Phoenix time from now on."), "ms late");
    breaks(&story("Nothing changes."), "ms late");
}
