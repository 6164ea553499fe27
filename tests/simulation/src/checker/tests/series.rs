//! Series: their retries, and the effects of SKIP, RESTORE and a rolled-back release on them.

use super::*;

/// A series at second 0, due every five minutes from second 300 on.
fn fast() -> Story {
    let mut story = Story::new();
    let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(5, Bound::None) };
    story.text(0, every, "OK, I'll call you every 5 minutes, starting in 5 minutes (12:05 PM): pills (#1).");
    story
}

#[test]
fn the_next_occurrence_takes_the_place_of_a_call_that_would_come_after_its_due() {
    let mailbox = || Talk::Silent(PickedUpBy::Mailbox);
    breaks(&fast().call(300, 0, "pills", mailbox()).judge(1), "not called again");
    let twice = fast().call(300, 0, "pills", mailbox()).call(440, 0, "pills", mailbox()).judge(1);
    keeps(&twice, "not called again");
}

/// A call that was refused for now may be placed again after the next occurrence is due. The next occurrence is skipped
/// then.
#[test]
fn the_last_occurrence_of_a_series_is_passed_over_if_the_one_before_is_still_tried() {
    let mut story = Story::new();
    let twice = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(5, Bound::Times(2)) };
    let answer = "OK, I'll call you every 5 minutes until 12:10 PM, starting in 5 minutes (12:05 PM): pills (#1).";
    story.text(0, twice, answer).call(300, 0, "pills", Talk::NotPickedUp).call(610, 0, "pills", Talk::Keys(&['1']));
    keeps(&story.judge(3), "without call, text or alarm");
}

#[test]
fn a_late_call_that_runs_past_the_next_due_is_not_repeated() {
    let missed = "Missed call: pills. It was due Mon, Mar 1 at 12:05 PM EST.";
    let late = || {
        let mut story = fast();
        story.call(590, 0, "pills", Talk::NotPickedUp);
        story
    };
    // The next occurrence merges into it.
    keeps(&late().sends(611, missed, None).judge(1), "17:10:00");
    let repeated = late().call(731, 0, "pills", Talk::NotPickedUp).sends(752, missed, None).judge(1);
    breaks(&repeated, "17:10:00");
}

#[test]
fn an_occurrence_that_waits_past_the_next_due_merges_with_it_however_late_the_answer_to_done_comes() {
    let story = |refused: RequestOutcome, delayed: i64| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::NotPickedUp);
        let is_refused =
            |seen: &Observation| !matches!(seen, Observation::CallAccepted { .. } | Observation::CallEnded { .. });
        story.entries.retain(|entry| is_refused(&entry.seen));
        for entry in &mut story.entries {
            if let Observation::CallRequestOutcome { heard, .. } = &mut entry.seen {
                *heard = refused;
            }
        }
        story.fault(delayed, Fault::QueueLate);
        story.queued(580, Meaning::Done).sends(2400, "Done: #1 pills.", None).judge(2)
    };
    keeps(&story(RequestOutcome::RefusedForNow, 590), "17:10:00");
    breaks(&story(RequestOutcome::NumberRefused, 590), "17:10:00");
    breaks(&story(RequestOutcome::RefusedForNow, 200), "17:10:00");
}

#[test]
fn an_occurrence_whose_last_call_was_not_reported_over_merges_with_the_next_one() {
    let story = |unreported: i64, fault: Fault| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::NotPickedUp);
        story.fault(unreported, fault);
        story.queued(580, Meaning::Done).sends(2400, "Done: #1 pills.", None).judge(2)
    };
    keeps(&story(330, Fault::Throttled), "17:10:00");
    breaks(&story(200, Fault::Throttled), "17:10:00");
    breaks(&story(330, Fault::QueueLate), "17:10:00");
}

#[test]
fn the_alarm_of_an_earlier_occurrence_does_not_end_the_next_one() {
    let story = |last: i64| {
        let mut story = Story::new();
        let thrice = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::Times(3)) };
        let answer =
            "OK, I'll call you every 15 minutes until 12:45 PM, starting in 15 minutes (12:15 PM): pills (#1).";
        story.text(0, thrice, answer);
        // The first occurrence has ended before the second one is due, and its text is still tried then.
        let (to, body) = (number(0), "Missed call: pills. It was due Mon, Mar 1 at 12:15 PM EST.".to_owned());
        story.at(1300, 0, Observation::TextRequested { to: to.clone(), body: body.clone() });
        story.at(1300, 90, Observation::TextRequestOutcome { to, body, heard: RequestOutcome::Unknown });
        story.alarm(1850, 0).alarm(last, 0).judge(3)
    };
    // The second occurrence had not ended when the third one was due.
    keeps(&story(2720), "17:45:00");
    breaks(&story(2600), "17:45:00");
}

/// The person opts out and in again after this text, and asks for the reminders back.
fn restored(mut story: Story, meaning: Meaning, answer: &str) -> Story {
    story.text(30, meaning, answer).text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
    story.text(180, Meaning::Restore, "OK.");
    story
}

#[test]
fn what_comes_back_goes_on_after_the_occurrence_that_was_skipped() {
    let moved =
        "Moved: I'll call you in 10 minutes (12:10:30 PM): pills (#2). Next call of #1: tomorrow at 12:30 PM EST.";
    for (meaning, answer) in [
        (Meaning::Skip(1), "Skipped. Next call: tomorrow at 12:30 PM EST, repeating: pills (#1)."),
        (Meaning::DoneWith(1), "Done: #1 pills. Next call: tomorrow at 12:30 PM EST."),
        (Meaning::Move(1, 10), moved),
    ] {
        let back = |judgement: &Judgement| {
            let lost = |what: &str| what.contains("#1 pills did not come back");
            !judgement.breaches.iter().any(|breach| lost(&breach.what))
        };
        let story = || restored(daily(), meaning.clone(), answer);
        assert!(back(&story().judge(3)), "{answer}");
        assert!(!back(&story().judge(26)), "{answer}");
        assert!(back(&story().call(1800 + DAY, 180, "pills", Talk::Keys(&['1'])).judge(26)), "{answer}");
    }
}

#[test]
fn a_one_off_that_was_skipped_does_not_come_back() {
    let answer = "Skipped and deleted: #1 pills. It doesn't repeat.";
    keeps(&restored(asked(), Meaning::Skip(1), answer).judge(3), "did not come back");
    breaks(&restored(asked(), Meaning::List, "OK.").judge(3), "did not come back");
}

#[test]
fn what_an_unanswered_text_may_have_deleted_need_not_come_back() {
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
fn what_came_back_and_was_deleted_then_does_not_come_back_again() {
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
fn what_came_back_under_a_new_number_comes_back_from_that_one() {
    let story = |first: Meaning, answer: &str, delayed: Option<Fault>, hours: i64| {
        let mut story = daily();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(180, first, answer);
        let moved =
            "Moved: I'll call you in 5 minutes (12:09 PM): pills (#3). Next call of #2: tomorrow at 12:30 PM EST.";
        story.text(240, Meaning::Move(2, 5), moved);
        story.text(300, Meaning::OptOut, "").text(360, Meaning::OptIn, "").text(420, Meaning::Restore, "OK.");
        // Then nothing proves when the service obeyed the first opt-out.
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
fn what_could_not_be_read_does_not_come_back() {
    let story = |spoiled: bool| {
        let mut story = asked();
        let reminder = Some(story.reminder(0).to_string());
        if spoiled {
            story.at(10, 0, Observation::ItemSpoiled { reminder });
        }
        restored(story, Meaning::List, "OK.").judge(3)
    };
    keeps(&story(true), "did not come back");
    breaks(&story(false), "did not come back");
}

#[test]
fn done_with_a_number_ends_a_one_off_and_skips_an_occurrence_of_a_series() {
    let done = |story: Story, answer| restored(story, Meaning::DoneWith(1), answer);
    keeps(&done(asked(), "Done: #1 pills.").judge(3), "did not come back");
    breaks(&done(asked(), "Done: #2 milk.").judge(3), "did not come back");
    let skipped = || done(daily(), "Done: #1 pills. Next call: tomorrow at 12:30 PM EST.");
    keeps(&skipped().judge(3), "did not come back");
    breaks(&skipped().judge(26), "did not come back");
    // The answer to this DONE names no next due: the DONE is about an occurrence that rang, and ends no later one.
    breaks(&done(daily(), "Done: #1 pills.").judge(3), "did not come back");
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
fn undo_takes_back_only_what_was_deleted_before_it() {
    let story = |deleted: i64| {
        let mut story = asked();
        let id = MessageId::new("twilio", "SMlate").unwrap();
        let (person, meaning, route) = (0, Meaning::Delete(1), AnswerRoute::Reply);
        story.at(60, 0, Observation::TextSent { id: id.clone(), person, meaning, route });
        story.at(deleted, 10, Observation::TextDelivered { id: id.clone() });
        story.at(deleted, 60, Observation::TextTaken { id: id.clone() });
        story.at(deleted, 60, Observation::Reply { id, body: "Deleted #1 pills.".to_owned() });
        story.text(120, Meaning::Undo, "OK.").judge(3)
    };
    breaks(&story(60), "did not come back");
    keeps(&story(300), "did not come back");
}

#[test]
fn undo_brings_back_what_a_key_has_snoozed_without_an_answer() {
    let story = |key: &'static [char]| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(key));
        story.entries.retain(|entry| !matches!(entry.seen, Observation::KeyAnswered { .. }));
        story.text(1900, Meaning::DeleteAll, "Deleted #2 pills.");
        story.text(1930, Meaning::Undo, "Undone: I'll call you in 8 minutes (12:40:10 PM): pills (#3).");
        story.call(2410, 1930, "pills", Talk::Keys(&['1'])).judge(3)
    };
    keeps(&story(&['2']), "nothing that was promised comes back");
    breaks(&story(&['7']), "nothing that was promised comes back");
}

#[test]
fn undo_brings_back_what_a_text_has_snoozed_although_its_answer_comes_later() {
    let story = |minutes: i64| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::Keys(&['1'])).queued(1860, Meaning::Snooze(minutes));
        story.text(1900, Meaning::DeleteAll, "Deleted #2 pills.");
        story.text(1930, Meaning::Undo, "Undone: I'll call you in 9 minutes (12:41 PM): pills (#3).");
        story.sends(2000, "OK, I'll call you again in 10 minutes (12:41 PM): pills (#2).", None);
        story.call(2460, 1930, "pills", Talk::Keys(&['1'])).judge(3)
    };
    held(&story(10));
    breaks(&story(14), "nothing that was promised comes back");
}

#[test]
fn what_is_restored_after_a_correction_of_the_zone_is_due_there_each_day() {
    let mut story = daily();
    let place = Place { city: "Chicago", zone: "America/Chicago" };
    story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
    story.text(180, Meaning::Zone(place), "OK, I'll use Chicago time from now on.");
    story.text(240, Meaning::Restore, "Restored: I'll call you today at 12:30 PM CST, repeating: pills (#2).");
    let (first, next) = (1800 + 3600, 1800 + 3600 + DAY);
    let keys = || Talk::Keys(&['1']);
    let story = story.call(first, 240, "pills", keys());
    keeps(&story.call(next, 240, "pills", keys()).judge(28), "without call, text or alarm");
    keeps(&story.judge(28), "ms late");
}

#[test]
fn a_pause_is_about_the_occurrence_whose_last_call_came_just_before_the_next_due() {
    let called = || {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::None) };
        story.text(0, every, "OK, I'll call you every 15 minutes, starting in 15 minutes (12:15 PM): pills (#1).");
        for second in [900, 1040, 1799] {
            story.call(second, 0, "pills", Talk::NotPickedUp);
        }
        story
    };
    let paused =
        "Missed call: pills. You missed it 5 times in a row, so it is paused. Text RESUME 1 to start it again.";
    keeps(&called().sends(1820, paused, None).judge(3), "without call, text or alarm");
    breaks(&called().judge(3), "without call, text or alarm");
}

#[test]
fn what_no_answer_has_promised_is_made_anew_by_restore() {
    let story = |meaning: Meaning| {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::None) };
        story.queued(0, every).call(900, 0, "pills", Talk::Keys(&['1']));
        story.text(1000, Meaning::OptOut, "").text(1100, Meaning::OptIn, "").queued(1200, meaning);
        story.call(1800, 1200, "pills", Talk::Keys(&['1'])).judge(1)
    };
    keeps(&story(Meaning::Restore), "without a promise");
    breaks(&story(Meaning::List), "without a promise");
}

#[test]
fn no_text_is_answered_with_a_task_that_was_asked_for_later() {
    let story = |is_deleted: bool| {
        let mut story = asked();
        if is_deleted {
            story.queued(60, Meaning::DeleteAll);
        }
        story.text(120, Meaning::Remind { task: "tea".to_owned(), due: Due::In(30) }, TEA);
        // This answers the second deletion, so that the first one may have deleted the pills.
        story.queued(180, Meaning::Delete(2)).sends(240, "Deleted #2 tea.", None);
        story.judge(3)
    };
    keeps(&story(true), "without call, text or alarm");
    breaks(&story(false), "without call, text or alarm");
}

#[test]
fn a_pause_before_the_first_known_due_is_about_none_of_its_occurrences() {
    const MISSED: &str = "Missed call: pills. Text SNOOZE 10 to be called again. It was due Mon, Mar 1 at 1:30 PM EST.";
    let story = || {
        let mut story = Story::new();
        story.queued(0, Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::None) });
        for occurrence in 1..=5 {
            story.call(occurrence * 900, 0, "pills", Talk::NotPickedUp);
        }
        let paused =
            "Missed call: pills. You missed it 5 times in a row, so it is paused. Text RESUME 1 to start it again.";
        story.sends(4530, paused, None);
        story.text(5000, Meaning::Resume(1), "Resumed: I'll call you in 7 minutes (1:30 PM), repeating: pills (#1).");
        story.call(5400, 0, "pills", Talk::NotPickedUp).sends(5430, MISSED, None);
        story
    };
    keeps(&story().judge(3), "texted again");
    breaks(&story().sends(5500, MISSED, None).judge(3), "texted again");
}

#[test]
fn the_calls_before_and_after_a_resume_are_of_the_same_series() {
    let story = |again: Option<&str>| {
        let mut story = Story::new();
        story.queued(0, Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::None) });
        for occurrence in 1..=5 {
            story.call(occurrence * 900, 0, "pills", Talk::NotPickedUp);
        }
        story.sends(4530, &paused(1), None);
        story.text(5000, Meaning::Resume(1), "Resumed: I'll call you in 7 minutes (1:30 PM), repeating: pills (#1).");
        for (occurrence, due) in (6..).zip(["1:30", "1:45", "2:00", "2:15"]) {
            story.call(occurrence * 900, 0, "pills", Talk::NotPickedUp);
            story.sends(occurrence * 900 + 30, &format!("{MISSED} {due} PM EST."), None);
        }
        // This call could be one of the series: nobody picked it up.
        let tea = Meaning::Remind { task: "tea".to_owned(), due: Due::In(4) };
        story.text(8150, tea, "OK, I'll call you in 4 minutes (2:19:50 PM): tea (#2).");
        story.call(8390, 8150, "tea", Talk::NotPickedUp).call(9000, 0, "pills", Talk::NotPickedUp);
        story.sends(9030, &paused(1), None);
        if let Some(again) = again {
            story.sends(9090, &format!("{MISSED} {again} PM EST."), None);
        }
        story.judge(4)
    };
    keeps(&story(None), "texted again");
    breaks(&story(Some("2:30")), "texted again");
}

#[test]
fn what_undo_moves_back_is_read_off_the_clock_again() {
    let time = jiff::civil::Time::constant(12, 30, 0, 0);
    let once = Meaning::Remind { task: "pills".to_owned(), due: Due::At(time) };
    let place = Place { city: "Chicago", zone: "America/Chicago" };
    let mut story = Story::new();
    story.text(0, once, "OK, I'll call you today at 12:30 PM EST: pills (#1).");
    story.text(60, Meaning::Move(1, 10), "Moved: I'll call you in 10 minutes (12:11 PM): pills (#1).");
    story.text(120, Meaning::Undo, "Undone: I'll call you today at 12:30 PM EST: pills (#1).");
    story.text(180, Meaning::Zone(place), "OK, using Chicago time. Now #1 rings today at 12:30 PM CST.");
    keeps(&story.call(1800 + 3600, 0, "pills", Talk::Keys(&['1'])).judge(4), "ms late");
}

/// The text after five missed occurrences in a row of the series with this number.
fn paused(number: u32) -> String {
    format!(
        "Missed call: pills. You missed it 5 times in a row, so it is paused. Text RESUME {number} to start it again."
    )
}

const MISSED: &str = "Missed call: pills. Text SNOOZE 10 to be called again. It was due Mon, Mar 1 at";

#[test]
fn the_text_about_a_pause_is_about_the_series_whose_number_it_says() {
    let story = |number: u32| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::NotPickedUp);
        story.sends(330, &format!("{MISSED} 12:05 PM EST."), None).sends(400, &paused(number), None).judge(1)
    };
    keeps(&story(3), "texted again");
    breaks(&story(1), "texted again");
}

#[test]
fn an_occurrence_whose_text_is_put_off_until_after_a_pause_is_not_the_one_that_the_pause_ended() {
    let story = |called: i64| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::NotPickedUp);
        story.sends(330, &format!("{MISSED} 12:05 PM EST."), None);
        story.call(called, 0, "pills", Talk::NotPickedUp).sends(called + 30, &paused(1), None);
        story.sends(1100, &format!("{MISSED} 12:10 PM EST."), None).judge(1)
    };
    // The breaker was open at 12:10, so this is the call of 12:15.
    keeps(&story(960), "texted again");
    breaks(&story(660), "texted again");
}

#[test]
fn the_text_about_a_pause_that_is_tried_again_after_a_resume_is_about_no_other_pause() {
    let story = |occurrences: i64| {
        let (mut story, again) = (fast(), 1500 + 300 * occurrences);
        story.call(1500, 0, "pills", Talk::NotPickedUp);
        story.sends(1540, &paused(1), Some(UndeliveredCause::Passing));
        story.text(1600, Meaning::Resume(1), "Resumed: I'll call you in 3 minutes (12:30 PM), repeating: pills (#1).");
        for due in (1800..=again).step_by(300) {
            story.call(due, 0, "pills", Talk::NotPickedUp);
        }
        let missed = format!("{MISSED} 12:{} PM EST.", again / 60);
        story.sends(again + 40, &paused(1), None).sends(again + 60, &missed, None).judge(2)
    };
    keeps(&story(4), "texted again");
    breaks(&story(5), "texted again");
}

#[test]
fn a_series_whose_first_known_answer_is_that_to_a_resume_was_made_and_paused_before() {
    let resumed = || {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(5, Bound::Times(7)) };
        story.queued(0, every).sends(1540, &paused(1), None);
        let answer = "Resumed: I'll call you in 5 minutes (12:35 PM), repeating: pills (#1).";
        story.text(1800, Meaning::Resume(1), answer);
        story
    };
    let missed = format!("{MISSED} 12:35 PM EST.");
    keeps(&resumed().sends(2130, &missed, None).judge(2), "texted again");
    let alarm = |made: i64| {
        let mut story = resumed();
        story.sends(2130, &missed, Some(UndeliveredCause::Number)).alarm(2160, made).judge(2)
    };
    keeps(&alarm(0), "without call, text or alarm");
    breaks(&alarm(1900), "without call, text or alarm");
}

#[test]
fn the_next_occurrence_may_be_heard_while_the_text_about_the_one_before_waits() {
    let story = |next: i64| {
        let mut story = fast();
        story.call(780, 0, "pills", Talk::Silent(PickedUpBy::Mailbox)).call(next, 0, "pills", Talk::Keys(&['1']));
        story.sends(1400, &format!("{MISSED} 12:05 PM EST."), None).judge(1)
    };
    keeps(&story(905), "and texted");
    breaks(&story(925), "and texted");
}

#[test]
fn a_snooze_without_an_answer_may_be_due_together_with_its_series() {
    let story = |meaning: Meaning| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::Keys(&['1'])).queued(600, meaning);
        story.call(1200, 0, "pills", Talk::Keys(&['1']));
        story.sends(1400, &format!("{MISSED} 12:20 PM EST."), None).judge(2)
    };
    keeps(&story(Meaning::Snooze(10)), "heard and then texted");
    breaks(&story(Meaning::Snooze(9)), "heard and then texted");
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
fn only_what_repeats_in_the_zone_that_was_left_moves_along() {
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

const PAUSED: &str =
    "Missed call: pills. You missed it 5 times in a row, so it is paused. Text RESUME 1 to start it again.";

/// Five occurrences that are not heard. The last one is called at this second.
fn missed(last: i64) -> Story {
    let mut story = fast();
    for due in [300, 600, 900, 1200] {
        let words = format!(
            "Missed call: pills. Text SNOOZE 10 to be called again. It was due Mon, Mar 1 at 12:{:02} PM EST.",
            due / 60
        );
        story.call(due, 0, "pills", Talk::NotPickedUp).sends(due + 40, &words, None);
    }
    story.call(last, 0, "pills", Talk::NotPickedUp);
    story
}

#[test]
fn a_pause_is_about_the_occurrence_whose_call_was_late() {
    let story = |last: i64| missed(last).sends(last + 40, PAUSED, None).judge(2);
    keeps(&story(1500), "without call, text or alarm");
    keeps(&story(1810), "without call, text or alarm");
    breaks(&missed(1810).judge(2), "without call, text or alarm");
}

#[test]
fn the_text_about_a_pause_may_be_tried_again_after_its_series_was_resumed() {
    let story = |again: &str| {
        let mut story = missed(1500);
        // The carrier refuses the first try.
        let (to, body, heard) = (number(0), PAUSED.to_owned(), RequestOutcome::RefusedForNow);
        story.at(1540, 0, Observation::TextRequested { to: to.clone(), body: body.clone() });
        story.at(1540, 90, Observation::TextRequestOutcome { to, body, heard });
        story.text(1600, Meaning::Resume(1), "Resumed: I'll call you in 3 minutes (12:30 PM), repeating: pills (#1).");
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.sends(2000, again, None);
        story.call(2100, 0, "pills", Talk::Keys(&['1']));
        story.text(2200, Meaning::Delete(1), "Deleted #1 pills.").judge(2)
    };
    let missed = "Missed call: pills. Text SNOOZE 10 to be called again. It was due Mon, Mar 1 at 12:30 PM EST.";
    keeps(&story(PAUSED), "heard and then texted");
    breaks(&story(missed), "heard and then texted");
}

#[test]
fn a_series_is_paused_although_the_text_about_it_could_not_be_sent() {
    let story = |missed: i64, is_alarmed: bool| {
        let mut story = daily();
        for day in 0..missed {
            story.call(1800 + day * DAY, 0, "pills", Talk::NotPickedUp);
        }
        for (day, date) in (0..missed - 1).zip(["Mon, Mar 1", "Tue, Mar 2", "Wed, Mar 3", "Thu, Mar 4"]) {
            let words = "Missed call: pills. Text SNOOZE 10 to be called again.";
            story.sends(1830 + day * DAY, &format!("{words} It was due {date} at 12:30 PM EST."), None);
        }
        if is_alarmed {
            story.alarm(3600 + (missed - 1) * DAY, 0);
        }
        story.judge(24 * 8)
    };
    keeps(&story(5, true), "#1 pills was due");
    // Without an alarm, neither the person nor the operator would learn of it. And four misses do not pause the series.
    breaks(&story(5, false), "#1 pills was due 2027-03-06");
    breaks(&story(4, true), "#1 pills was due 2027-03-06");
}

#[test]
fn what_was_restored_without_a_stated_due_goes_on_with_resume() {
    let story = |back: Meaning| {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(30, Bound::None) };
        story.text(60, every, "OK, I'll call you every 30 minutes, starting in 30 minutes (12:31 PM): pills (#1).");
        story.text(120, Meaning::OptOut, "").text(180, Meaning::OptIn, "");
        story.text(240, back, "Restored: #2, #3. Text LIST to see them.");
        // Its next call is named before the answer to RESUME states the due with which it goes on.
        let moved =
            "Moved: I'll call you in 5 minutes (12:10 PM): pills (#4). Next call of #2: in 26 minutes (12:31 PM).";
        story.text(300, Meaning::Move(2, 5), moved).call(600, 300, "pills", Talk::Keys(&['1']));
        story.call(1860, 240, "pills", Talk::NotPickedUp);
        story.text(2000, Meaning::Resume(2), "Resumed: I'll call you in 28 minutes (1:01 PM), repeating: pills (#2).");
        for second in [3660, 5460, 7260, 9060] {
            story.call(second, 240, "pills", Talk::Keys(&['1']));
        }
        story.judge(3)
    };
    keeps(&story(Meaning::Restore), "#2 pills was due");
    // Then RESUME would have made a reminder.
    breaks(&story(Meaning::List), "#2 pills was due");
}

#[test]
fn what_a_move_without_an_answer_moved_comes_back_with_undo() {
    let story = |minutes: i64| {
        let mut story = asked();
        story.queued(60, Meaning::Move(1, minutes)).text(120, Meaning::Delete(1), "Deleted #1 pills.");
        story.text(180, Meaning::Undo, "Undone: I'll call you in 18 minutes (12:21 PM): pills (#2).");
        story.call(1260, 180, "pills", Talk::Keys(&['1'])).judge(3)
    };
    keeps(&story(20), "nothing that was promised comes back");
    breaks(&story(40), "nothing that was promised comes back");
}

#[test]
fn a_call_that_was_claimed_for_an_earlier_due_does_not_repeat_a_late_one() {
    let missed = "Missed call: pills. It was due Mon, Mar 1 at 12:15 PM EST.";
    let story = |claimed: i64| {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::None) };
        story.text(0, every, "OK, I'll call you every 15 minutes, starting in 15 minutes (12:15 PM): pills (#1).");
        story.call(claimed, 0, "pills", Talk::NotPickedUp);
        // The carrier takes this request in late.
        for entry in &mut story.entries {
            match entry.seen {
                Observation::CallAccepted { .. } => entry.at_ms += (1640 - claimed) * 1000,
                Observation::CallEnded { .. } => entry.at_ms = story.start_ms + 1690 * 1000,
                _ => {}
            }
        }
        story.call(1815, 0, "pills", Talk::NotPickedUp).sends(1840, missed, None).judge(2)
    };
    keeps(&story(890), "17:30:00");
    breaks(&story(1640), "17:30:00");
}

#[test]
fn an_older_release_does_not_bring_back_reminders_of_the_newer_one() {
    let nothing = "There is nothing to restore. Text LIST to see your reminders.";
    let story = |rolled_back: i64, answer: &str| {
        let mut story = asked();
        story.at(rolled_back, 0, Observation::RolledBack);
        story.at(rolled_back + 200, 0, Observation::RolledForward);
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "").text(180, Meaning::Restore, answer);
        story.judge(3)
    };
    keeps(&story(30, nothing), "did not come back");
    // The older release made the reminder, or no longer ran.
    breaks(&story(-30, nothing), "did not come back");
    breaks(&story(-300, nothing), "did not come back");
    // Nothing comes back after a RESTORE that made something anew.
    breaks(&story(30, "Restored: I'll call you in 27 minutes (12:30 PM): tea (#2)."), "did not come back");
}
