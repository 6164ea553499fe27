//! UNDO: which reminders come back after a deletion or a move, and when they are due.

use super::*;

#[test]
fn undo_brings_back_a_deleted_reminder() {
    let story = || {
        let mut story = asked();
        story.text(60, Meaning::Delete(1), "Deleted #1 pills.").text(120, Meaning::Undo, "OK.");
        story
    };
    breaks(&story().judge(3), "did not come back");
    keeps(&story().call(1801, 120, "pills", Talk::Keys(&['1'])).judge(3), "did not come back");
}

/// A release that could not see the reminders of a newer one has accepted a fourth reminder from a new number.
#[test]
fn the_limit_of_a_new_number_may_refuse_an_undo_only_after_an_older_release_ran() {
    let refused = "Not saved: new numbers can have 3 reminders. Press 1 on a call from us, or DELETE one.";
    let story = |older: Option<(i64, i64)>, answer: &str| {
        let mut story = asked();
        if let Some((from, to)) = older {
            story.at(from, 0, Observation::RolledBack);
            story.at(to, 0, Observation::RolledForward);
        }
        story.text(60, Meaning::Delete(1), "Deleted #1 pills.").text(120, Meaning::Undo, answer);
        story.judge(3)
    };
    keeps(&story(Some((20, 40)), refused), "did not come back");
    breaks(&story(Some((20, 40)), "OK."), "did not come back");
    breaks(&story(Some((130, 150)), refused), "did not come back");
    breaks(&story(None, refused), "did not come back");
}

/// The person has left before the UNDO, but only the carrier knows. A refused text tells the service.
#[test]
fn an_opt_out_that_the_service_learns_of_from_a_refused_text_ends_what_came_back() {
    let story = |refused: Option<i64>, back: Option<i64>| {
        let mut story = asked();
        story.withheld(30, Meaning::OptOut);
        story.text(60, Meaning::Delete(1), "Deleted #1 pills.").text(120, Meaning::Undo, "OK.");
        if let Some(second) = refused {
            let missed = "Missed call: tea. It was due Mon, Mar 1 at 11:50 AM EST.";
            story.requests(second, missed, RequestOutcome::NumberRefused);
        }
        if let Some(second) = back {
            story.text(second, Meaning::OptIn, "Welcome back!");
        }
        story.judge(3)
    };
    keeps(&story(Some(150), None), "did not come back");
    keeps(&story(Some(100), None), "did not come back");
    breaks(&story(Some(40), Some(50)), "did not come back");
    // START does not bring back what the opt-out ended.
    keeps(&story(Some(150), Some(200)), "did not come back");
    // A refusal that the service learns of after the START is older than the START.
    breaks(&story(Some(250), Some(200)), "did not come back");
    breaks(&story(None, None), "did not come back");
}

#[test]
fn a_series_and_its_moved_occurrence_come_back_with_undo() {
    let mut story = daily();
    story.text(60, Meaning::Move(1, 10), "Moved: I'll call you in 10 minutes (12:11 PM): pills (#2).");
    story.text(120, Meaning::DeleteAll, "Deleted #1, #2.");
    let both =
        "Undone: I'll call you tomorrow at 12:30 PM EST, repeating: pills (#3); in 8 minutes (12:11 PM): pills (#4).";
    story.text(180, Meaning::Undo, both);
    story.call(660, 180, "pills", Talk::Keys(&['1']));
    keeps(&story.judge(1), "comes back");
}

#[test]
fn undo_takes_back_only_an_earlier_deletion() {
    let story = |delivered: i64| {
        let mut story = asked();
        story.late_text(60, delivered, Meaning::Delete(1), "Deleted #1 pills.");
        story.text(120, Meaning::Undo, "OK.").judge(3)
    };
    breaks(&story(60), "did not come back");
    keeps(&story(300), "did not come back");
}

#[test]
fn undo_takes_back_the_deletion_that_was_handled_last() {
    let story = |first: i64| {
        let mut story = asked();
        story.text(30, tea(), "OK, I'll call you in 30 minutes (12:30:30 PM): tea (#2).");
        // The person deletes #2 first, and the service handles that text at the second `first`.
        story.queued(60, Meaning::Delete(2)).handles(first, "Deleted #2 tea.").sends(200, "Deleted #2 tea.", None);
        story.text(90, Meaning::Delete(1), "Deleted #1 pills.").text(240, Meaning::Undo, "OK.").judge(3)
    };
    breaks(&story(60), "#1 pills did not come back");
    breaks(&story(150), "#2 tea did not come back");
    keeps(&story(150), "#1 pills did not come back");
}

#[test]
fn a_deletion_that_is_handled_after_the_undo_ends_the_reminder_again() {
    let story = |meaning: Meaning, handled: Option<i64>| {
        let mut story = asked();
        story.text(60, Meaning::Delete(1), "Deleted #1 pills.").queued(90, meaning);
        if let Some(second) = handled {
            story.handles(second, "OK.");
        }
        story.text(120, Meaning::Undo, "OK.").judge(3)
    };
    keeps(&story(Meaning::DeleteAll, Some(200)), "did not come back");
    breaks(&story(Meaning::DeleteAll, None), "did not come back");
    breaks(&story(Meaning::List, Some(200)), "did not come back");
}

#[test]
fn the_answer_to_an_undo_may_arrive_before_the_answer_to_the_move() {
    const MOVED: &str = "Moved: I'll call you in 10 minutes (12:11 PM): pills (#1).";
    const UNDONE: &str = "Undone: I'll call you today at 12:30 PM EST: pills (#1).";
    let story = |moved: i64| {
        let mut story = asked_for_a_time();
        story.queued(60, Meaning::Move(1, 10)).handles(60, MOVED).queued(120, Meaning::Undo).handles(120, UNDONE);
        story.sends(130, UNDONE, None).sends(moved, MOVED, None);
        story.text(240, Meaning::Zone(CHICAGO), "OK, using Chicago time. Now #1 rings today at 12:30 PM CST.");
        story
    };
    for moved in [70, 180] {
        held(&story(moved).call(1800 + 3600, 0, "pills", Talk::Keys(&['1'])).judge(4));
        breaks(&story(moved).call(660, 0, "pills", Talk::Keys(&['1'])).judge(4), "early");
    }
}

#[test]
fn undo_takes_back_an_earlier_text_that_was_delivered_after_the_deletion() {
    let story = |delivered: i64, answer: &str| {
        let mut story = asked();
        story.late_text(30, delivered, tea(), answer).text(60, Meaning::Delete(1), "Deleted #1 pills.");
        story.text(150, Meaning::Undo, "Deleted #2 tea.").judge(3)
    };
    keeps(&story(120, TEA), "did not come back");
    breaks(&story(30, "OK, I'll call you in 30 minutes (12:30:30 PM): tea (#2)."), "did not come back");
}

#[test]
fn undo_brings_back_a_reminder_that_a_key_had_snoozed_although_its_answer_was_not_heard() {
    let story = |key: &'static [char]| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(key));
        story.entries.retain(|entry| !matches!(entry.seen, Observation::KeyAnswered { .. }));
        story.text(1900, Meaning::DeleteAll, "Deleted #2 pills.");
        story.text(1930, Meaning::Undo, "Undone: I'll call you in 8 minutes (12:40:10 PM): pills (#3).");
        story.call(2410, 1930, "pills", Talk::Keys(&['1'])).judge(3)
    };
    keeps(&story(&['2']), "a reminder that was never asked for comes back");
    breaks(&story(&['7']), "a reminder that was never asked for comes back");
}

#[test]
fn undo_brings_back_a_reminder_that_a_text_snoozed_although_its_answer_comes_later() {
    let story = |is_handled: bool| {
        let snoozed = "OK, I'll call you again in 10 minutes (12:41 PM): pills (#2).";
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1'])).queued(1860, Meaning::Snooze(10));
        if is_handled {
            story.handles(1860, snoozed).sends(2000, snoozed, None);
        }
        story.text(1900, Meaning::DeleteAll, "Deleted #2 pills.");
        story.text(1930, Meaning::Undo, "Undone: I'll call you in 9 minutes (12:41 PM): pills (#3).");
        story.call(2460, 1930, "pills", Talk::Keys(&['1'])).judge(3)
    };
    held(&story(true));
    breaks(&story(false), "a reminder that was never asked for comes back");
}

#[test]
fn a_reminder_that_undo_moved_back_has_a_local_time_again() {
    let mut story = asked_for_a_time();
    story.text(60, Meaning::Move(1, 10), "Moved: I'll call you in 10 minutes (12:11 PM): pills (#1).");
    story.text(120, Meaning::Undo, "Undone: I'll call you today at 12:30 PM EST: pills (#1).");
    story.text(180, Meaning::Zone(CHICAGO), "OK, using Chicago time. Now #1 rings today at 12:30 PM CST.");
    keeps(&story.call(1800 + 3600, 0, "pills", Talk::Keys(&['1'])).judge(4), "ms late");
}

#[test]
fn undo_brings_back_a_moved_reminder_although_the_answer_to_the_move_did_not_arrive() {
    let story = |is_handled: bool| {
        let mut story = asked();
        story.queued(60, Meaning::Move(1, 20));
        if is_handled {
            story.handles(60, "Moved: I'll call you in 20 minutes (12:21 PM): pills (#1).");
        }
        story.text(120, Meaning::Delete(1), "Deleted #1 pills.");
        story.text(180, Meaning::Undo, "Undone: I'll call you in 18 minutes (12:21 PM): pills (#2).");
        story.call(1260, 180, "pills", Talk::Keys(&['1'])).judge(3)
    };
    keeps(&story(true), "a reminder that was never asked for comes back");
    breaks(&story(false), "a reminder that was never asked for comes back");
}

/// Words of the breach if the first occurrence of [`daily`] is lost.
const FIRST_IS_LOST: &str = "#1 pills was due 2027-03-01T17:30:00Z, without call, text or alarm";

const SKIPPED: &str = "Skipped. Next call: tomorrow at 12:30 PM EST, repeating: pills (#1).";

const PLANNED_AGAIN: &str = "Undone: I'll call you today at 12:30 PM EST, repeating: pills (#1).";

#[test]
fn an_occurrence_that_undo_plans_again_rings() {
    let moved = "Moved: I'll call you in 10 minutes (12:11 PM): pills (#2). Next call of #1: tomorrow at 12:30 PM EST.";
    let done = "Done: #1 pills. Next call: tomorrow at 12:30 PM EST.";
    for (change, answer) in [(Meaning::Skip(1), SKIPPED), (Meaning::Move(1, 10), moved), (Meaning::DoneWith(1), done)] {
        let story = |undone: Option<&str>, first: Option<i64>| {
            let mut story = daily();
            story.text(60, change.clone(), answer);
            if let Some(undone) = undone {
                story.text(120, Meaning::Undo, undone);
            }
            if let Some(second) = first {
                story.call(second, 0, "pills", Talk::Keys(&['1']));
            }
            story.call(1800 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(28)
        };
        held(&story(Some(PLANNED_AGAIN), Some(1800)));
        breaks(&story(Some(PLANNED_AGAIN), None), FIRST_IS_LOST);
        keeps(&story(Some("Nothing to undo: I can take back what you deleted."), None), FIRST_IS_LOST);
        keeps(&story(None, None), FIRST_IS_LOST);
    }
}

#[test]
fn undo_takes_back_only_the_last_of_two_skips() {
    let second = "Skipped. Next call: Wed, Mar 3 at 12:30 PM EST, repeating: pills (#1).";
    let undone = "Undone: I'll call you tomorrow at 12:30 PM EST, repeating: pills (#1).";
    let story = |days: &[i64]| {
        let mut story = daily();
        story.text(60, Meaning::Skip(1), SKIPPED).text(90, Meaning::Skip(1), second).text(120, Meaning::Undo, undone);
        for day in days {
            story.call(1800 + day * DAY, 0, "pills", Talk::Keys(&['1']));
        }
        story.judge(52)
    };
    held(&story(&[1, 2]));
    breaks(&story(&[2]), "#1 pills was due 2027-03-02T17:30:00Z, without call, text or alarm");
}

#[test]
fn a_text_after_the_undo_may_end_the_occurrence_again() {
    let story = |meaning: Meaning, answer: &str| {
        let mut story = daily();
        story.text(60, Meaning::Skip(1), SKIPPED).text(120, Meaning::Undo, PLANNED_AGAIN).text(180, meaning, answer);
        story.call(1800 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(28)
    };
    held(&story(Meaning::Skip(1), SKIPPED));
    breaks(&story(Meaning::List, "#1 every day at 12:30 PM, next today at 12:30 PM EST: pills"), FIRST_IS_LOST);
}

#[test]
fn undo_of_a_skip_plans_an_earlier_occurrence() {
    let story = |undone: &str, first: bool| {
        let mut story = daily();
        story.text(60, Meaning::Skip(1), SKIPPED).text(120, Meaning::Undo, undone);
        if first {
            story.call(1800, 0, "pills", Talk::Keys(&['1']));
        }
        story.call(1800 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(28)
    };
    held(&story(PLANNED_AGAIN, true));
    let same = "Undone: I'll call you tomorrow at 12:30 PM EST, repeating: pills (#1).";
    breaks(&story(same, false), "UNDO planned #1 pills for 2027-03-02T17:30:00Z, which no text had skipped");
}
