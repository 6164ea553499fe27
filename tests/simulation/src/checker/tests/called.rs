//! Occurrences that are texted although no call was requested.

use super::*;

const TEXTED: &str = "was texted without a call";

/// The text about an occurrence that was due at this time on the first day.
fn unreached(time: &str) -> String {
    format!("Sorry, I couldn't reach you by phone: pills. It was due Mon, Mar 1 at {time}.")
}

#[test]
fn a_reminder_is_called_although_its_person_named_a_zone() {
    let story = |named: i64, answer: &str, due: i64, time: &str, called: bool| {
        let mut story = asked_for_a_time();
        story.text(named, Meaning::Zone(CHICAGO), answer);
        if called {
            story.call(due, 0, "pills", Talk::NotPickedUp);
        }
        story.sends(due + 910, &unreached(time), None).judge(4)
    };
    let (new_york, chicago) = ((1800, "12:30 PM EST"), (1800 + 3600, "12:30 PM CST"));
    let corrects = "OK, using Chicago time. Now #1 rings today at 12:30 PM CST.";
    breaks(&story(60, corrects, chicago.0, chicago.1, false), TEXTED);
    keeps(&story(60, corrects, chicago.0, chicago.1, true), TEXTED);
    // The answer names no reminder, so the due in the new zone is not certain.
    let unnamed = "OK, I'll use Chicago time from now on.";
    keeps(&story(60, unnamed, new_york.0, new_york.1, false), TEXTED);
    // The zone was named long after the text.
    breaks(&story(8000, unnamed, new_york.0, new_york.1, false), TEXTED);
}

#[test]
fn a_reminder_whose_due_depends_on_no_zone_is_called_although_its_person_named_a_zone() {
    let story = |called: bool| {
        let mut story = asked();
        story.text(60, Meaning::Zone(CHICAGO), "OK, I'll use Chicago time from now on.");
        if called {
            story.call(1800, 0, "pills", Talk::NotPickedUp);
        }
        story.sends(1800 + 910, &unreached("11:30 AM CST"), None).judge(4)
    };
    breaks(&story(false), TEXTED);
    keeps(&story(true), TEXTED);
}

#[test]
fn a_reminder_is_called_unless_an_undo_before_its_text_made_reminders_without_stating_their_dues() {
    let story = |second: i64, answer: &str| {
        let mut story = asked();
        story.text(second, Meaning::Undo, answer);
        story.sends(1800 + 910, &unreached("12:30 PM EST"), None).judge(4)
    };
    let unnamed = "Undone: #2, #3. Text LIST to see them.";
    keeps(&story(1200, unnamed), TEXTED);
    breaks(&story(8000, unnamed), TEXTED);
    breaks(&story(1200, "Nothing to undo: I can take back what you deleted."), TEXTED);
}
