//! Reminders that come back by number: which calls and texts show that one of them came back.

use super::*;

/// Pills and tea, which an opt-out ended and a RESTORE at the second 300 brings back as #3 and #4. The store shows the
/// tasks of the two copies.
fn both_restored() -> Story {
    let mut story = asked();
    story.text(120, tea(), TEA).text(180, Meaning::OptOut, "").text(240, Meaning::OptIn, "");
    story.text(300, Meaning::Restore, "Restored: #3, #4. Text LIST to see them.");
    story.numbers(300, 3).has_task(300, "pills").numbers(301, 4).has_task(301, "tea");
    story
}

/// Whether pills did not come back.
fn misses_pills(story: &mut Story) -> bool {
    let breaches = story.judge(4).breaches;
    breaches.iter().any(|breach| breach.description.contains("#1 pills did not come back"))
}

#[test]
fn a_request_shows_that_a_reminder_came_back_only_if_it_is_about_its_copy() {
    assert!(misses_pills(both_restored().claims(1920, 301, RequestOutcome::RefusedForNow)));
    assert!(!misses_pills(both_restored().claims(1800, 300, RequestOutcome::RefusedForNow).claims(
        1920,
        301,
        RequestOutcome::Accepted
    )));
    // This call is about a reminder that an earlier text made.
    assert!(misses_pills(both_restored().call(1801, 0, "pills", Talk::NotPickedUp)));
}

#[test]
fn a_reminder_that_came_back_is_missing_unless_a_later_text_may_have_changed_it() {
    let after = |meaning: Meaning, answer: &str| misses_pills(both_restored().text(400, meaning, answer));
    assert!(after(Meaning::List, "#3 today at 12:30 PM EST: pills\n#4 today at 12:32 PM EST: tea"));
    assert!(after(Meaning::Done, "No reminder rang in the last hour. Text LIST to see yours."));
    assert!(!after(Meaning::Delete(3), "Deleted #3 pills."));
    assert!(!after(Meaning::OptOut, ""));
}
