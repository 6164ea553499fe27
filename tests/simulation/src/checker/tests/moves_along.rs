//! Series in a new zone: which of them move to it, and when they are due then.

use super::*;

#[test]
fn a_corrected_series_rings_in_the_corrected_zone() {
    let corrected = || {
        let mut story = daily();
        let place = Place { city: "Chicago", zone: "America/Chicago" };
        let answer = "OK, using Chicago time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM CST.";
        story.text(60, Meaning::Zone(place), answer);
        story
    };
    held(&corrected().call(1800 + 3600, 0, "pills", Talk::Keys(&['1'])).judge(4));
    broken(&corrected().call(1800, 0, "pills", Talk::Keys(&['1'])).judge(4), "G5");
}

#[test]
fn a_rolled_back_release_leaves_reminders_of_the_newer_one_in_their_zone() {
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
fn only_series_in_the_zone_that_was_left_move_along() {
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
