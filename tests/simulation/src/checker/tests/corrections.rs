//! Corrections of the zone whose effect on an occurrence is not certain.

use super::*;

/// 5:30 PM in London is 12:30 PM in New York. That passes before the text about the zone is handled.
#[test]
fn a_reminder_stays_if_its_time_in_the_new_zone_passes_before_the_correction_is_handled() {
    let story = |deleted: Option<i64>| {
        let mut story = Story::new();
        let due = Due::At(Time::constant(17, 30, 0, 0));
        let meaning = Meaning::Remind { task: "pills".to_owned(), due };
        story.text(0, meaning, "OK, I'll call you today at 5:30 PM EST: pills (#1).");
        let london = Place { city: "London", zone: "Europe/London" };
        story.queued(60, Meaning::Zone(london)).handles(3600, "OK, I'll use London time from now on.");
        if let Some(second) = deleted {
            story.text(second, Meaning::Delete(1), "Deleted #1 pills.");
        }
        story.judge(8)
    };
    let lost = "without call, text or alarm";
    keeps(&story(Some(12_000)), lost);
    breaks(&story(Some(5 * 3600 + 1800 + 2800)), lost);
    breaks(&story(None), lost);
}
