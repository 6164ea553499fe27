//! Zones: which text corrects the guessed one, and what it moves.

use super::*;

const CHICAGO: Place = Place { city: "Chicago", zone: "America/Chicago" };
const LONDON: Place = Place { city: "London", zone: "Europe/London" };

/// A one-off at 12:30 PM, asked for at second 0.
fn at_half_past() -> Story {
    let mut story = Story::new();
    let once = Meaning::Remind { task: "pills".to_owned(), due: Due::At(jiff::civil::Time::constant(12, 30, 0, 0)) };
    story.text(0, once, PILLS);
    story
}

/// Half past twelve in Chicago, in seconds after the start.
const IN_CHICAGO: i64 = 1800 + 3600;

/// Answers to the texts about Chicago and London, if Chicago corrected the guess.
const CORRECTS: &str = "OK, using Chicago time. Now #1 rings today at 12:30 PM CST.";
const LEAVES: &str = "OK, I'll use London time from now on.";

#[test]
fn an_answer_about_the_zone_belongs_to_the_text_that_names_its_city() {
    let story = |heard: i64| {
        let mut story = at_half_past();
        // Both texts are handled before the first answer comes.
        story.queued(60, Meaning::Zone(LONDON)).queued(50, Meaning::Zone(CHICAGO));
        story.sends(90, CORRECTS, None).sends(120, LEAVES, None);
        story.call(heard, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    held(&story(IN_CHICAGO));
    breaks(&story(1800), "ms early");
}

#[test]
fn a_zone_is_never_refused() {
    let story = |is_asked: bool| {
        let mut story = at_half_past();
        story.queued(60, Meaning::Zone(CHICAGO));
        let tea = Meaning::Remind { task: "tea".to_owned(), due: Due::In(30) };
        if is_asked {
            story.queued(70, tea);
        }
        story.sends(90, "Not saved: new numbers can have 3 reminders.", None);
        // The answer about the zone never came, so its reminder may have moved.
        story.call(IN_CHICAGO, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    keeps(&story(true), "ms late");
    keeps(&story(true), "no text is left");
    breaks(&story(false), "no text is left");
}

#[test]
fn the_zone_whose_answer_plans_reminders_again_was_obeyed_first() {
    let story = |answered: i64, heard: i64| {
        let mut story = at_half_past();
        story.queued(60, Meaning::Zone(CHICAGO)).queued(100, Meaning::Zone(LONDON));
        story.sends(answered, CORRECTS, None).sends(200, LEAVES, None);
        story.call(heard, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    for answered in [150, 300] {
        held(&story(answered, IN_CHICAGO));
        breaks(&story(answered, 1800), "ms early");
    }
    // What is lost after the correction is still seen.
    let mut lost = at_half_past();
    lost.queued(60, Meaning::Zone(CHICAGO)).queued(100, Meaning::Zone(LONDON));
    lost.sends(300, CORRECTS, None).sends(200, LEAVES, None);
    breaks(&lost.judge(4), "without call, text or alarm");
}
