//! The reminders that can't come back, as the answer to a RESTORE says.

use super::*;

const ONE: &str = "1 reminder can't come back: its time has passed, or you have too many.";
const TWO: &str = "2 reminders can't come back: their times have passed, or you have too many.";

/// Two reminders, the second of which is due in this number of minutes. The person opts out and in again, and texts
/// RESTORE.
fn restored(minutes: i64, when: &str, restore: (i64, &str)) -> Story {
    let mut story = asked();
    let due = Due::In(minutes);
    let answer = format!("OK, I'll call you {when}: tea (#2).");
    story.text(30, Meaning::Remind { task: "tea".to_owned(), due }, &answer);
    story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(restore.0, Meaning::Restore, restore.1);
    story
}

#[test]
fn no_limit_keeps_the_reminders_of_a_confirmed_number_from_coming_back() {
    let story = || restored(30, "in 30 minutes (12:30:30 PM)", (180, TWO));
    for lost in ["#1 pills did not come back", "#2 tea did not come back"] {
        keeps(&story().judge(3), lost);
        breaks(&story().confirm(0).judge(3), lost);
    }
    // Its time has passed.
    let passed = &restored(30, "in 30 minutes (12:30:30 PM)", (1900, TWO)).confirm(0).judge(3);
    keeps(passed, "did not come back");
}

#[test]
fn a_reminder_whose_time_has_passed_explains_the_absence_of_no_other_reminder() {
    let story = |answer: &str| restored(120, "today at 2:00:30 PM EST", (3600, answer)).judge(5);
    let lost = "#2 tea did not come back";
    keeps(&story(TWO), lost);
    breaks(&story(ONE), lost);
    // Its occurrence was over when the person opted out, so the answer does not count it.
    let mut over = asked();
    let tea = Meaning::Remind { task: "tea".to_owned(), due: Due::In(120) };
    over.text(30, tea, "OK, I'll call you today at 2:00:30 PM EST: tea (#2).");
    over.call(1800, 0, "pills", Talk::Keys(&['1'])).text(2000, Meaning::OptOut, "").text(2100, Meaning::OptIn, "");
    keeps(&over.text(3600, Meaning::Restore, ONE).judge(5), lost);
}
