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
        story.text(60, Meaning::OptOut, "").text(240, Meaning::Restore, "");
        let id = MessageId::new("twilio", "SMstart").unwrap();
        let (meaning, route) = (Meaning::OptIn, AnswerRoute::Reply);
        story.at(120, 0, Observation::TextSent { id: id.clone(), person: 0, meaning, route });
        story.at(delivered, 10, Observation::TextDelivered { id: id.clone() });
        story.at(delivered, 60, Observation::TextTaken { id: id.clone() });
        story.at(delivered, 60, Observation::Reply { id, body: String::new() });
        story.judge(3)
    };
    keeps(&story(300), "did not come back");
    breaks(&story(180), "did not come back");
}

#[test]
fn a_restore_that_waits_for_a_later_release_may_come_after_the_due() {
    let story = |words: &str| {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(180, Meaning::Restore, "");
        let message = Some(MessageId::new("twilio", &format!("SM{:032}", story.texts)).unwrap().to_string());
        story.at(180, 40, Observation::Alarm { reminder: None, outgoing: None, message, words: words.to_owned() });
        story.judge(3)
    };
    keeps(&story("a text waits for a later release"), "did not come back");
    breaks(&story("a record is in use or waits for a later release"), "did not come back");
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
fn a_restore_that_is_delivered_after_the_answer_to_another_restore_has_no_part_in_it() {
    let story = |delivered: i64, meaning: Meaning| {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").queued(240, meaning);
        let id = MessageId::new("twilio", "SMlate").unwrap();
        let (person, meaning, route) = (0, Meaning::Restore, AnswerRoute::Reply);
        story.at(180, 0, Observation::TextSent { id: id.clone(), person, meaning, route });
        story.at(delivered, 10, Observation::TextDelivered { id: id.clone() });
        story.at(delivered, 60, Observation::TextTaken { id: id.clone() });
        story.at(delivered, 60, Observation::Reply { id, body: "There is nothing to restore.".to_owned() });
        story.sends(250, "Restored: I'll call you in 26 minutes (12:30 PM): pills (#2).", None);
        story.call(1801, 240, "pills", Talk::Keys(&['1'])).judge(3)
    };
    held(&story(900, Meaning::Restore));
    held(&story(245, Meaning::Restore));
    breaks(&story(900, Meaning::List), "no text asked for the answer");
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
            !judgement.breaches.iter().any(|breach| is_missing(&breach.what))
        };
        let story = || restored(daily(), meaning.clone(), answer);
        assert!(comes_back(&story().judge(3)), "{answer}");
        assert!(!comes_back(&story().judge(26)), "{answer}");
        assert!(comes_back(&story().call(1800 + DAY, 180, "pills", Talk::Keys(&['1'])).judge(26)), "{answer}");
    }
}

#[test]
fn a_one_off_that_was_skipped_does_not_come_back() {
    let answer = "Skipped and deleted: #1 pills. It doesn't repeat.";
    keeps(&restored(asked(), Meaning::Skip(1), answer).judge(3), "did not come back");
    breaks(&restored(asked(), Meaning::List, "OK.").judge(3), "did not come back");
}

#[test]
fn a_reminder_that_an_unanswered_text_may_have_deleted_need_not_come_back() {
    let story = |deletion: Option<Meaning>| {
        let mut story = asked();
        if let Some(deletion) = deletion {
            story.queued(20, deletion);
        }
        restored(story, Meaning::List, "#1 today at 12:30 PM EST: pills").judge(3)
    };
    keeps(&story(Some(Meaning::DeleteAll)), "did not come back");
    keeps(&story(Some(Meaning::Delete(1))), "did not come back");
    breaks(&story(Some(Meaning::Delete(2))), "did not come back");
    breaks(&story(None), "did not come back");
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
    let story = |first: Meaning, answer: &str, delayed: Option<Fault>, hours: i64| {
        let mut story = daily();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(180, first, answer);
        let move_answer =
            "Moved: I'll call you in 5 minutes (12:09 PM): pills (#3). Next call of #2: tomorrow at 12:30 PM EST.";
        story.text(240, Meaning::Move(2, 5), move_answer);
        story.text(300, Meaning::OptOut, "").text(360, Meaning::OptIn, "").text(420, Meaning::Restore, "OK.");
        // After a fault, nothing proves when the service obeyed the first opt-out.
        delayed.into_iter().for_each(|fault| story.fault(60, fault));
        story.judge(hours)
    };
    let restored = "Restored: I'll call you in 27 minutes (12:30 PM), repeating: pills (#2).";
    for delayed in [None, Some(Fault::WriteAnswerLost)] {
        keeps(&story(Meaning::Restore, restored, delayed, 3), "#1 pills did not come back");
        breaks(&story(Meaning::Restore, restored, delayed, 26), "#2 pills did not come back");
    }
    breaks(&story(Meaning::List, "You have no reminders.", None, 3), "#1 pills did not come back");
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
        breaches.iter().filter(|breach| breach.what.contains("did not come back")).count()
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
fn restore_brings_back_a_series_that_no_answer_had_promised() {
    let story = |meaning: Meaning| {
        let mut story = Story::new();
        story.queued(0, every_quarter_hour()).call(900, 0, "pills", Talk::Keys(&['1']));
        story.text(1000, Meaning::OptOut, "").text(1100, Meaning::OptIn, "").queued(1200, meaning);
        story.call(1800, 1200, "pills", Talk::Keys(&['1'])).judge(1)
    };
    keeps(&story(Meaning::Restore), "without a promise");
    breaks(&story(Meaning::List), "without a promise");
}

#[test]
fn a_series_that_was_restored_without_a_stated_due_goes_on_with_resume() {
    let story = |back: Meaning| {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(30, Bound::None) };
        story.text(60, every, "OK, I'll call you every 30 minutes, starting in 30 minutes (12:31 PM): pills (#1).");
        story.text(120, Meaning::OptOut, "").text(180, Meaning::OptIn, "");
        story.text(240, back, "Restored: #2, #3. Text LIST to see them.");
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
    keeps(&story(Meaning::Restore), "#2 pills was due");
    // Without a RESTORE, the RESUME seems to have made #2. The calls are about an older reminder.
    breaks(&story(Meaning::List), "#2 pills was due");
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
