//! RESTORE: which reminders come back after an opt-out, and when they are due.

use super::*;

#[test]
fn restore_brings_back_a_reminder_that_an_opt_out_ended() {
    let story = || {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(180, Meaning::Restore, "OK.");
        story
    };
    breaks(&story().judge(3), "did not come back");
    keeps(&story().call(1801, 180, "pills", Talk::Keys(&['1'])).judge(3), "did not come back");
}

#[test]
fn a_restore_that_overtakes_its_start_brings_back_nothing() {
    let story = |delivered: i64| {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").late_text(120, delivered, Meaning::OptIn, "");
        story.text(240, Meaning::Restore, "").judge(3)
    };
    keeps(&story(300), "did not come back");
    breaks(&story(180), "did not come back");
}

#[test]
fn a_restore_that_the_service_handles_after_the_due_or_never_brings_back_nothing() {
    let story = |handled: Option<i64>| {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").queued(180, Meaning::Restore);
        if let Some(second) = handled {
            story.handles(second, "OK.");
        }
        story.judge(3)
    };
    keeps(&story(None), "did not come back");
    keeps(&story(Some(1800)), "did not come back");
    breaks(&story(Some(1700)), "did not come back");
}

#[test]
fn a_restored_series_of_minutes_has_no_local_time() {
    const QUARTER: i64 = 900;
    let mut story = quarter_hourly();
    story.text(60, Meaning::Zone(CHICAGO), "OK, I'll use Chicago time from now on.");
    story.text(120, Meaning::OptOut, "").text(180, Meaning::OptIn, "");
    story.text(240, Meaning::Restore, "Restored: I'll call you in 11 minutes (11:15 AM), repeating: pills (#2).");
    for occurrence in 1..=4 {
        story.call(occurrence * QUARTER, 240, "pills", Talk::Keys(&['1']));
    }
    held(&story.judge(1));
}

#[test]
fn only_the_restore_that_is_handled_first_brings_a_reminder_back() {
    const RESTORED: &str = "Restored: I'll call you in 26 minutes (12:30 PM): pills (#2).";
    let story = |first: Meaning, answer: &str| {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
        story.queued(150, first).handles(250, answer).sends(260, answer, None);
        story.late_text(180, 900, Meaning::Restore, "There is nothing to restore. Text LIST to see your reminders.");
        story
    };
    held(&story(Meaning::Restore, RESTORED).call(1801, 250, "pills", Talk::Keys(&['1'])).judge(3));
    breaks(&story(Meaning::List, "You have no reminders.").judge(3), "did not come back");
    breaks(&story(Meaning::List, RESTORED).judge(3), "no text asked for the answer");
}

/// The person sends this text, opts out and in again, and asks for the reminders back.
fn restored(mut story: Story, meaning: Meaning, answer: &str) -> Story {
    story.text(30, meaning, answer).text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
    story.text(180, Meaning::Restore, "OK.");
    story
}

#[test]
fn a_restored_series_goes_on_after_the_occurrence_that_was_skipped() {
    let move_answer =
        "Moved: I'll call you in 10 minutes (12:10:30 PM): pills (#2). Next call of #1: tomorrow at 12:30 PM EST.";
    for (meaning, answer) in [
        (Meaning::Skip(1), "Skipped. Next call: tomorrow at 12:30 PM EST, repeating: pills (#1)."),
        (Meaning::DoneWith(1), "Done: #1 pills. Next call: tomorrow at 12:30 PM EST."),
        (Meaning::Move(1, 10), move_answer),
    ] {
        let comes_back = |judgement: &Judgement| {
            let is_missing = |what: &str| what.contains("#1 pills did not come back");
            !judgement.breaches.iter().any(|breach| is_missing(&breach.description))
        };
        let story = || restored(daily(), meaning.clone(), answer);
        assert!(comes_back(&story().judge(3)), "{answer}");
        assert!(!comes_back(&story().judge(26)), "{answer}");
        assert!(comes_back(&story().call(1800 + DAY, 180, "pills", Talk::Keys(&['1'])).judge(26)), "{answer}");
    }
}

#[test]
fn a_series_whose_last_occurrence_was_moved_does_not_come_back() {
    let story = |ended_after: Option<i64>| {
        let mut story = Story::new();
        let due = Due::Every(30, Bound::Hours(1));
        let answer = "OK, I'll call you every 30 minutes until 1 PM, starting in 30 minutes (12:30 PM): pills (#1).";
        story.text(0, Meaning::Remind { task: "pills".to_owned(), due }, answer).numbers(0, 1);
        story.text(10, Meaning::DoneWith(1), "Done: #1 pills. Next call: in 59 minutes (1 PM).");
        story.text(30, Meaning::Move(1, 3), "Moved: I'll call you in 3 minutes (12:03:30 PM): pills (#2).");
        if let Some(due) = ended_after {
            story.ends(0, due, 30);
        }
        story.call(210, 30, "pills", Talk::Keys(&['1']));
        story.text(600, Meaning::OptOut, "").text(660, Meaning::OptIn, "");
        story.text(720, Meaning::Restore, "There is nothing to restore. Text LIST to see your reminders.");
        story.judge(3)
    };
    keeps(&story(Some(3600)), "did not come back");
    breaks(&story(None), "did not come back");
    // Another occurrence was left.
    breaks(&story(Some(1800)), "did not come back");
}

#[test]
fn a_one_off_that_was_skipped_does_not_come_back() {
    let answer = "Skipped and deleted: #1 pills. It doesn't repeat.";
    keeps(&restored(asked(), Meaning::Skip(1), answer).judge(3), "did not come back");
    breaks(&restored(asked(), Meaning::List, "OK.").judge(3), "did not come back");
}

#[test]
fn a_reminder_that_was_deleted_does_not_come_back_although_the_answer_did_not_arrive() {
    let story = |deletion: Meaning, answer: Option<&str>| {
        let mut story = asked();
        story.queued(20, deletion);
        if let Some(answer) = answer {
            story.handles(25, answer);
        }
        restored(story, Meaning::Noise, "").judge(3)
    };
    keeps(&story(Meaning::DeleteAll, Some("Deleted #1 pills.")), "did not come back");
    keeps(&story(Meaning::Delete(1), Some("Deleted #1 pills.")), "did not come back");
    breaks(&story(Meaning::Delete(2), Some("I can't find that reminder.")), "did not come back");
    // The service did not handle the deletion.
    breaks(&story(Meaning::DeleteAll, None), "did not come back");
    breaks(&story(Meaning::Delete(1), None), "did not come back");
}

#[test]
fn a_restored_series_that_was_deleted_does_not_come_back_again() {
    let story = |first: Meaning, answer: &str| {
        let mut story = daily();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(180, first, answer);
        story.text(240, Meaning::Delete(2), "Deleted #2 pills.");
        story.text(300, Meaning::Restore, "There is nothing to restore. Text LIST to see your reminders.").judge(3)
    };
    let restored = "Restored: I'll call you in 27 minutes (12:30 PM), repeating: pills (#2).";
    keeps(&story(Meaning::Restore, restored), "did not come back");
    breaks(&story(Meaning::List, "You have no reminders."), "did not come back");
}

#[test]
fn a_second_restore_brings_back_the_series_that_the_first_restore_made() {
    let story = |is_restored: bool, hours: i64| {
        let mut story = daily();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
        if is_restored {
            let restored = "Restored: I'll call you in 27 minutes (12:30 PM), repeating: pills (#2).";
            let move_answer =
                "Moved: I'll call you in 5 minutes (12:09 PM): pills (#3). Next call of #2: tomorrow at 12:30 PM EST.";
            story.text(180, Meaning::Restore, restored).text(240, Meaning::Move(2, 5), move_answer);
        }
        story.text(300, Meaning::OptOut, "").text(360, Meaning::OptIn, "").text(420, Meaning::Restore, "OK.");
        story.judge(hours)
    };
    keeps(&story(true, 3), "#1 pills did not come back");
    breaks(&story(true, 26), "#2 pills did not come back");
    breaks(&story(false, 3), "#1 pills did not come back");
}

#[test]
fn a_reminder_that_cannot_be_read_does_not_come_back() {
    let story = |is_spoiled: bool| {
        let mut story = asked();
        let reminder = Some(story.reminder(0).to_string());
        if is_spoiled {
            story.at(10, 0, Observation::ItemSpoiled { reminder });
        }
        restored(story, Meaning::List, "OK.").judge(3)
    };
    keeps(&story(true), "did not come back");
    breaks(&story(false), "did not come back");
}

#[test]
fn a_copy_that_cannot_be_read_explains_one_reminder_that_did_not_come_back() {
    let story = |tea: Option<i64>, made: i64, spoiled: i64, back: Meaning| {
        let mut story = asked();
        if let Some(minutes) = tea {
            let due = if minutes == 30 { "12:30:20 PM" } else { "12:05:20 PM" };
            let asks = Meaning::Remind { task: "tea".to_owned(), due: Due::In(minutes) };
            story.text(20, asks, &format!("OK, I'll call you in {minutes} minutes ({due}): tea (#2)."));
        }
        if back == Meaning::Undo {
            story.text(60, Meaning::DeleteAll, "Deleted #1, #2.");
        } else {
            story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
        }
        story.text(180, back, "OK.");
        let reminder = Some(story.reminder(made).to_string());
        story.at(spoiled, 40, Observation::ItemSpoiled { reminder });
        story
    };
    let missing = |story: &mut Story| {
        let breaches = story.judge(3).breaches;
        breaches.iter().filter(|breach| breach.description.contains("did not come back")).count()
    };
    for back in [Meaning::Restore, Meaning::Undo] {
        assert_eq!(missing(&mut story(None, 180, 180, back.clone())), 0);
        assert_eq!(missing(&mut story(None, 170, 180, back.clone())), 1, "the text did not make this copy");
        assert_eq!(
            missing(&mut story(None, 180, 10_000, back.clone())),
            1,
            "the copy was readable until long after its due"
        );
        assert_eq!(missing(&mut story(Some(30), 180, 180, back.clone())), 1, "there are two reminders and one copy");
        let spoken = &mut story(Some(5), 180, 400, back);
        assert_eq!(
            missing(spoken.call(320, 180, "tea", Talk::Keys(&['1']))),
            1,
            "the copy replaces the other reminder"
        );
    }
}

#[test]
fn done_with_a_number_ends_a_one_off_and_skips_an_occurrence_of_a_series() {
    let with_done = |story: Story, answer| restored(story, Meaning::DoneWith(1), answer);
    keeps(&with_done(asked(), "Done: #1 pills.").judge(3), "did not come back");
    breaks(&with_done(asked(), "Done: #2 milk.").judge(3), "did not come back");
    let skipped = || with_done(daily(), "Done: #1 pills. Next call: tomorrow at 12:30 PM EST.");
    keeps(&skipped().judge(3), "did not come back");
    breaks(&skipped().judge(26), "did not come back");
    // An answer to DONE without a next due is about an occurrence that rang. Such a DONE ends no later occurrence.
    breaks(&with_done(daily(), "Done: #1 pills.").judge(3), "did not come back");
}

#[test]
fn a_series_that_is_restored_after_a_correction_of_the_zone_rings_in_the_new_zone_each_day() {
    let mut story = daily();
    story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
    story.text(180, Meaning::Zone(CHICAGO), "OK, I'll use Chicago time from now on.");
    story.text(240, Meaning::Restore, "Restored: I'll call you today at 12:30 PM CST, repeating: pills (#2).");
    let (first, next) = (1800 + 3600, 1800 + 3600 + DAY);
    let keys = || Talk::Keys(&['1']);
    let story = story.call(first, 240, "pills", keys());
    keeps(&story.call(next, 240, "pills", keys()).judge(28), "without call, text or alarm");
    keeps(&story.judge(28), "ms late");
}

#[test]
fn restore_brings_back_a_series_although_no_answer_arrived() {
    const EVERY: &str = "OK, I'll call you every 15 minutes, starting in 15 minutes (12:15 PM): pills (#1).";
    let story = |made: &str, back: Option<&str>| {
        let mut story = Story::new();
        story.queued(0, every_quarter_hour()).handles(0, made).call(900, 0, "pills", Talk::Keys(&['1']));
        story.text(1000, Meaning::OptOut, "").text(1100, Meaning::OptIn, "").queued(1200, Meaning::Restore);
        if let Some(answer) = back {
            story.handles(1200, answer);
        }
        story.call(1800, 1200, "pills", Talk::Keys(&['1'])).judge(1)
    };
    let named = "Restored: I'll call you in 10 minutes (12:30 PM), repeating: pills (#2).";
    for answer in [named, "Restored: #2, #3. Text LIST to see them."] {
        keeps(&story(EVERY, Some(answer)), "without a promise");
        breaks(&story("Sorry, I didn't get that.", Some(answer)), "without a promise");
    }
    // The service did not handle the RESTORE.
    breaks(&story(EVERY, None), "without a promise");
}

#[test]
fn a_series_that_was_restored_without_a_stated_due_goes_on_with_resume() {
    let story = |back: Meaning, is_handled: bool| {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(30, Bound::None) };
        story.text(60, every, "OK, I'll call you every 30 minutes, starting in 30 minutes (12:31 PM): pills (#1).");
        story.text(120, Meaning::OptOut, "").text(180, Meaning::OptIn, "");
        story.queued(240, back);
        if is_handled {
            story.handles(240, "Restored: #2, #3. Text LIST to see them.");
        }
        // This answer names the next call of the series before the answer to the RESUME does.
        let move_answer =
            "Moved: I'll call you in 5 minutes (12:10 PM): pills (#4). Next call of #2: in 26 minutes (12:31 PM).";
        story.text(300, Meaning::Move(2, 5), move_answer).call(600, 300, "pills", Talk::Keys(&['1']));
        story.call(1860, 240, "pills", Talk::NotPickedUp);
        story.text(2000, Meaning::Resume(2), "Resumed: I'll call you in 28 minutes (1:01 PM), repeating: pills (#2).");
        for second in [3660, 5460, 7260, 9060] {
            story.call(second, 240, "pills", Talk::Keys(&['1']));
        }
        story.judge(3)
    };
    keeps(&story(Meaning::Restore, true), "#2 pills was due");
    // Without a RESTORE, the RESUME seems to have made #2. The calls are about an older reminder.
    breaks(&story(Meaning::List, true), "#2 pills was due");
    breaks(&story(Meaning::Restore, false), "#2 pills was due");
}

#[test]
fn each_restore_may_make_a_series_anew_without_a_stated_due() {
    let story = |back: Meaning, words: &str| {
        let mut story = quarter_hourly();
        let calls = |story: &mut Story, first: i64, made: i64| {
            story.call(first, made, "pills", Talk::NotPickedUp);
            story.call(first + 900, made, "pills", Talk::Keys(&['1']));
        };
        story.call(900, 0, "pills", Talk::Keys(&['1']));
        story.text(1000, Meaning::OptOut, "").text(1100, Meaning::OptIn, "");
        story.text(1200, Meaning::Restore, "Restored: #2, #3. Text LIST to see them.");
        calls(&mut story, 1800, 1200);
        story.text(2800, Meaning::OptOut, "").text(2900, Meaning::OptIn, "").text(3000, back, words);
        calls(&mut story, 3600, 3000);
        story.judge(2)
    };
    keeps(&story(Meaning::Restore, "Restored: #4, #5. Text LIST to see them."), "without a promise");
    breaks(&story(Meaning::Restore, "There is nothing to restore."), "without a promise");
    breaks(&story(Meaning::List, "You have no reminders."), "without a promise");
}

#[test]
fn a_restored_one_off_is_not_owed_if_its_time_in_the_zone_that_was_named_has_passed() {
    const LONDON: Place = Place { city: "London", zone: "Europe/London" };
    let story = |named: Option<i64>| {
        let mut story = asked_for_a_time();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(300, Meaning::Restore, "OK.");
        story.queued(180, Meaning::Zone(LONDON));
        if let Some(second) = named {
            story.handles(second, "OK, I'll use London time from now on.");
        }
        story.judge(3)
    };
    keeps(&story(Some(180)), "did not come back");
    breaks(&story(Some(360)), "did not come back");
    breaks(&story(None), "did not come back");
}

#[test]
fn only_the_last_opt_out_that_ended_a_reminder_can_be_taken_back() {
    let story = |between: Meaning, answer: &str| {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(150, between, answer);
        story.text(180, Meaning::OptOut, "").text(240, Meaning::OptIn, "").text(300, Meaning::Restore, "OK.").judge(3)
    };
    let another = story(tea(), "OK, I'll call you in 30 minutes (12:32:30 PM): tea (#2).");
    breaks(&another, "#2 tea did not come back");
    keeps(&another, "#1 pills did not come back");
    // The second opt-out ended no reminder.
    breaks(&story(Meaning::List, "You have no reminders."), "#1 pills did not come back");
}

#[test]
fn an_alarm_about_the_copy_explains_why_a_restored_reminder_was_not_called() {
    let story = |made: i64| {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(180, Meaning::Restore, "Restored: #3.");
        story.alarm(2400, made).judge(3)
    };
    keeps(&story(180), "did not come back");
    breaks(&story(0), "did not come back");
}

#[test]
fn as_many_reminders_stay_away_as_the_answer_to_a_restore_says() {
    let story = |answer: &str| {
        let mut story = asked();
        story.text(30, tea(), "OK, I'll call you in 30 minutes (12:30:30 PM): tea (#2).");
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(180, Meaning::Restore, answer).judge(3)
    };
    keeps(&story("2 reminders can't come back: their times have passed, or you have too many."), "did not come back");
    breaks(&story("1 reminder can't come back: its time has passed, or you have too many."), "did not come back");
}

#[test]
fn restore_takes_back_the_opt_out_that_ended_a_reminder_made_after_that_opt_out_was_sent() {
    let lost = "#1 pills did not come back";
    let story = |second_handled: i64| {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "Welcome back!");
        story.queued(180, Meaning::OptOut).handles(second_handled, "");
        story.text(240, tea(), "OK, I'll call you in 30 minutes (12:34 PM): tea (#2).");
        story.text(360, Meaning::OptIn, "Welcome back!");
        let restored = "Restored: I'll call you in 27 minutes (12:34 PM): tea (#3).";
        story.text(420, Meaning::Restore, restored).judge(4)
    };
    keeps(&story(300), lost);
    // The second opt-out was handled before the reminder about tea was made, so it ended no reminder.
    breaks(&story(200), lost);
}
