//! The limits of the answers of an hour: silence is legal only above them.

use super::*;

const LISTED: &str = "You have no reminders.";

/// The person texts LIST this many times, one each ten seconds. Each text is answered.
fn lists(many: i64) -> Story {
    let mut story = Story::new();
    for place in 0..many {
        story.text(10 * place, Meaning::List, LISTED);
    }
    story
}

#[test]
fn a_list_may_stay_without_an_answer_only_after_thirty_answers() {
    let then = |many: i64, second: i64, answer: &str| {
        let mut story = lists(many);
        story.text(second, Meaning::List, answer);
        story.judge(6)
    };
    held(&then(30, 400, ""));
    breaks(&then(29, 400, ""), "never answered");
    held(&then(29, 400, LISTED));
    breaks(&then(30, 400, LISTED), "after 30 answers within an hour");
    held(&then(30, 400 + 3600, LISTED));
    breaks(&then(30, 400 + 3600, ""), "never answered");
}

#[test]
fn a_text_about_the_zone_may_stay_without_an_answer_only_after_sixty_answers() {
    let zones = |many: i64, last: &str| {
        let mut story = lists(30);
        let answer = "OK, I'll use Chicago time from now on.";
        for place in 0..many {
            story.text(400 + 10 * place, Meaning::Zone(CHICAGO), answer);
        }
        story.text(1000, Meaning::Zone(TOKYO), last);
        story.judge(6)
    };
    held(&zones(30, ""));
    breaks(&zones(29, ""), "never answered");
    breaks(&zones(30, "OK, I'll use Tokyo time from now on."), "after 60 answers within an hour");
}

/// The second text about the same city changes nothing.
#[test]
fn a_text_that_names_the_same_city_again_may_stay_without_an_answer_after_thirty_answers() {
    let zones = |lists_before: i64, first: Place| {
        let mut story = lists(lists_before);
        story.text(400, Meaning::Zone(first), &format!("OK, I'll use {} time from now on.", first.city));
        story.text(1000, Meaning::Zone(CHICAGO), "");
        story.judge(6)
    };
    held(&zones(29, CHICAGO));
    breaks(&zones(28, CHICAGO), "never answered");
    breaks(&zones(29, TOKYO), "never answered");
}

/// A city whose zone is not Chicago's.
const TOKYO: Place = Place { city: "Tokyo", zone: "Asia/Tokyo" };
