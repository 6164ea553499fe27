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
fn an_older_release_leaves_reminders_of_a_newer_release_in_their_zone() {
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
fn only_series_in_the_zone_that_the_person_leaves_move_along() {
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
fn of_two_yes_the_one_that_was_handled_after_the_question_moves_the_series() {
    let unclear = "Sorry, I didn't get that.";
    let story = |first: &str, second: &str| {
        let mut story = daily();
        story.text(60, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO);
        // The first YES overtakes the text about Phoenix, so no question is open when it is handled.
        story.queued(5410, Meaning::Zone(PHOENIX)).handles(5435, ASKS_ABOUT_PHOENIX);
        story.queued(5420, Meaning::Yes).handles(5425, first);
        story.queued(5450, Meaning::Yes).handles(5455, second);
        story.sends(5440, ASKS_ABOUT_PHOENIX, None).sends(5470, second, None).sends(5500, first, None);
        story.call(1800 + 3600, 0, "pills", Talk::Keys(&['1']));
        story.call(1800 + 7200 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(28)
    };
    let moves = "OK, I'll use Phoenix time from now on.";
    held(&story(unclear, moves));
    breaks(&story(moves, unclear), "ms late");
}

#[test]
fn a_yes_that_was_sent_before_the_question_leaves_it_open_but_a_no_closes_it() {
    let moves = "OK, I'll use Phoenix time from now on.";
    let story = |sent: i64, first: Meaning, answer: &str| {
        let mut story = daily();
        story.text(60, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO);
        story.queued(5410, Meaning::Zone(PHOENIX)).handles(5435, ASKS_ABOUT_PHOENIX);
        story.queued(sent, first).handles(5440, answer);
        story.queued(5450, Meaning::Yes).handles(5455, moves);
        story.sends(5445, ASKS_ABOUT_PHOENIX, None).sends(5460, answer, None).sends(5470, moves, None);
        story.call(1800 + 3600, 0, "pills", Talk::Keys(&['1']));
        story.call(1800 + 7200 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(28)
    };
    held(&story(5405, Meaning::Yes, "Sorry, I didn't get that."));
    breaks(&story(5438, Meaning::No, "Your repeating reminders stay on Chicago time."), "ms late");
}

#[test]
fn a_time_that_two_zones_share_is_read_in_the_zone_that_was_named_last() {
    let los_angeles = Place { city: "Los Angeles", zone: "America/Los_Angeles" };
    // Two weeks after the start, Phoenix has the time of Los Angeles. It is 10 AM there.
    const IN_SUMMER: i64 = 14 * DAY;
    let story = |first: Place, second: Place| {
        let mut story = Story::new();
        let zone = |place: Place| format!("OK, I'll use {} time from now on.", place.city);
        story.text(0, Meaning::Zone(first), &zone(first)).text(60, Meaning::Zone(second), &zone(second));
        let each = Meaning::Remind {
            task: "pills".to_owned(),
            due: Due::Each(Rhythm::Day, jiff::civil::Time::constant(10, 30, 0, 0)),
        };
        let answer = "OK, I'll call you every day at 10:30 AM, starting in 30 minutes (10:30 AM): pills (#1).";
        story.text(IN_SUMMER, each, answer);
        // The series rings while it moves along.
        story.call(IN_SUMMER + 1800, IN_SUMMER, "pills", Talk::Keys(&['1']));
        story.text(IN_SUMMER + 1802, Meaning::Zone(TOKYO), ASKS_ABOUT_TOKYO);
        story.text(IN_SUMMER + 1804, Meaning::Yes, "OK, I'll use Tokyo time from now on.");
        story.call(IN_SUMMER + 1800 + 8 * 3600, IN_SUMMER, "pills", Talk::Keys(&['1'])).judge(14 * 24 + 12)
    };
    held(&story(PHOENIX, los_angeles));
    held(&story(los_angeles, PHOENIX));
}
