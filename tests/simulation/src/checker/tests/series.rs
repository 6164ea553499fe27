//! Series: when each occurrence is called, and when it merges with the next occurrence.

use super::*;

#[test]
fn a_series_may_begin_with_the_second_delivery_of_its_text() {
    let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(60, Bound::None) };
    let story = |delivered: i64| {
        let mut story = Story::new();
        let answer = "OK, I'll call you every hour, starting in 60 minutes (1:20 PM): pills (#1).";
        story.late_text(0, delivered, every.clone(), answer);
        let id = MessageId::new("twilio", &format!("SM{:032}", story.texts)).unwrap();
        // The function that the first delivery had started died.
        story.at(0, 10, Observation::TextDelivered { id });
        for occurrence in 1..=3 {
            story.call(1200 + occurrence * 3600, delivered, "pills", Talk::Keys(&['1']));
        }
        story.judge(5)
    };
    keeps(&story(1200), "no text asked for");
    keeps(&story(1200), "without a promise");
    breaks(&story(200), "no text asked for");
}

#[test]
fn a_skip_does_not_delete_the_series() {
    let skipped = |answer: &str| daily().text(60, Meaning::Skip(1), answer).judge(1);
    keeps(&skipped("Skipped #1 pills. Next call: tomorrow at 12:30 PM EST."), "SKIP deleted");
    breaks(&skipped("Deleted #1 pills."), "SKIP deleted");
}

#[test]
fn the_next_occurrence_takes_the_place_of_a_call_that_would_come_after_its_due() {
    let mailbox = || Talk::Silent(PickedUpBy::Mailbox);
    breaks(&fast().call(300, 0, "pills", mailbox()).judge(1), "not called again");
    let twice = fast().call(300, 0, "pills", mailbox()).call(440, 0, "pills", mailbox()).judge(1);
    keeps(&twice, "not called again");
}

/// A call can be so late that the next occurrence is already due, for example because it was refused for now.
#[test]
fn the_last_occurrence_of_a_series_merges_into_the_previous_occurrence_if_that_is_still_tried() {
    let story = |is_merged: bool| {
        let mut story = Story::new();
        let twice = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(5, Bound::Times(2)) };
        let answer = "OK, I'll call you every 5 minutes until 12:10 PM, starting in 5 minutes (12:05 PM): pills (#1).";
        story.text(0, twice, answer).call(300, 0, "pills", Talk::NotPickedUp).call(610, 0, "pills", Talk::Keys(&['1']));
        if is_merged {
            story.ends(0, 300, 620);
        } else {
            // Then the second call is about the last occurrence, and nothing is known of the first.
            story.passes(0, 300, 600, 500).ends(0, 600, 620);
        }
        story.judge(3)
    };
    keeps(&story(true), "without call, text or alarm");
    breaks(&story(false), "17:05:00Z, without call, text or alarm");
}

#[test]
fn an_occurrence_merges_into_the_late_one_before_it_only_if_the_series_passed_over_it() {
    let story = |next: i64| {
        let mut story = fast();
        story.call(590, 0, "pills", Talk::NotPickedUp);
        story.sends(611, "Missed call: pills. It was due Mon, Mar 1 at 12:05 PM EST.", None);
        story.passes(0, 300, next, 611).judge(1)
    };
    keeps(&story(900), "17:10:00");
    breaks(&story(600), "17:10:00");
}

#[test]
fn an_occurrence_that_takes_longer_than_its_faults_explain_merges_with_no_other() {
    let story = |passed: i64, fault: Option<i64>| {
        let mut story = fast();
        if let Some(second) = fault {
            story.fault(second, Fault::QueueLate);
        }
        story.call(300, 0, "pills", Talk::NotPickedUp);
        story.queued(580, Meaning::Done).handles(passed, "Done: #1 pills.");
        story.passes(0, 300, 3600, passed).judge(3)
    };
    keeps(&story(639, None), "17:10:00");
    // The "done" should have been handled within a minute after its receipt.
    breaks(&story(700, None), "17:10:00");
    keeps(&story(3010, Some(590)), "17:10:00");
    breaks(&story(3010, Some(200)), "17:10:00");
}

#[test]
fn occurrences_that_were_due_before_a_parked_text_made_their_series_merge() {
    let story = |handled: i64| {
        let mut story = Story::new();
        story.fault(0, Fault::Freeze);
        let answer = "OK, I'll call you every 15 minutes, starting today at 12:15 PM EST: pills (#1).";
        story.queued(0, every_quarter_hour()).handles(handled, answer).sends(13602, answer, None);
        story.fault(20, Fault::QueueLate);
        story.sends(13603, "Sorry, I couldn't reach you by phone: pills. It was due Mon, Mar 1 at 12:15 PM EST.", None);
        story.numbers(0, 1).passes(0, 900, 14_400, 13602).judge(5)
    };
    keeps(&story(13600), "17:30:00");
    breaks(&story(60), "17:30:00");
}

#[test]
fn every_occurrence_that_was_due_when_its_series_passed_over_it_merges() {
    let story = |next: i64, passed: i64| {
        let mut story = quarter_hourly();
        story.call(1200, 0, "pills", Talk::NotPickedUp);
        story.fault(1230, Fault::Throttled);
        story.queued(1300, Meaning::Done).handles(passed, "Done: #1 pills.");
        story.passes(0, 900, next, passed).judge(2)
    };
    let merged = |judgement: &Judgement| {
        let lost = |due: &str| judgement.breaches.iter().any(|breach| breach.description.contains(due));
        (!lost("17:30:00"), !lost("17:45:00"), !lost("18:00:00"))
    };
    assert_eq!(merged(&story(3600, 3500)), (true, true, false));
    assert_eq!(merged(&story(4500, 3650)), (true, true, true));
    assert_eq!(merged(&story(1800, 1310)), (false, false, false));
    // The occurrence of 1 PM was not due yet.
    assert_eq!(merged(&story(4500, 3500)), (true, true, false));
}

#[test]
fn the_alarm_of_an_earlier_occurrence_does_not_end_the_next_one() {
    let story = |last: i64| {
        let mut story = Story::new();
        let thrice = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::Times(3)) };
        let answer =
            "OK, I'll call you every 15 minutes until 12:45 PM, starting in 15 minutes (12:15 PM): pills (#1).";
        story.text(0, thrice, answer);
        // The first occurrence ended before the second was due, but the text about the first was still being tried.
        let missed = "Missed call: pills. It was due Mon, Mar 1 at 12:15 PM EST.";
        story.requests(1300, missed, RequestOutcome::Unknown);
        story.passes(0, 900, 1800, 1290).alarm(1850, 0);
        // If the second occurrence had not ended when the third was due, they merge.
        let story = if last > 2700 { story.ends(0, 1800, last) } else { story.passes(0, 1800, 2700, last) };
        story.alarm(last, 0).judge(3)
    };
    keeps(&story(2720), "17:45:00");
    breaks(&story(2600), "17:45:00");
}

#[test]
fn a_done_that_was_received_before_a_due_is_not_about_the_occurrence_of_that_due() {
    let story = |received: i64| {
        let mut story = fast();
        for second in [300, 601] {
            story.call(second, 0, "pills", Talk::Silent(PickedUpBy::Mailbox));
        }
        story.queued(received, Meaning::Done).handles(640, "Done: #1 pills.");
        story.passes(0, 300, 600, 590).passes(0, 600, 900, 640).judge(2)
    };
    keeps(&story(630), "#1 pills was due 2027-03-01T17:10");
    breaks(&story(590), "#1 pills was due 2027-03-01T17:10");
}

#[test]
fn a_call_just_before_the_next_due_may_be_the_last_attempt_of_the_previous_occurrence() {
    let story = |earlier: &[i64]| {
        let mut story = quarter_hourly();
        for second in earlier {
            story.call(*second, 0, "pills", Talk::NotPickedUp);
        }
        // The occurrence that is due at second 1800.
        for second in [1860, 1990, 2310] {
            story.call(second, 0, "pills", Talk::NotPickedUp);
        }
        story.judge(1)
    };
    let too_many = "was called 4 times";
    keeps(&story(&[900, 1040, 1799]), too_many);
    // The last of these calls is not before the due.
    breaks(&story(&[900, 1040, 1800]), too_many);
    // The previous occurrence already had three calls.
    breaks(&story(&[900, 1040, 1360, 1799]), too_many);
}

#[test]
fn a_call_is_not_repeated_after_the_next_due_of_its_series() {
    let story = |second: i64, repeated: i64| {
        let mut story = quarter_hourly();
        story.numbers(0, 1).call(second, 0, "pills", Talk::NotPickedUp).call(repeated, 0, "pills", Talk::NotPickedUp);
        story.passes(0, 900, 2700, repeated + 30).judge(2)
    };
    keeps(&story(1650, 1790), "was repeated after the next due");
    // The call is over at 12:29:40, and two minutes later the next occurrence has been due since 12:30.
    breaks(&story(1760, 1900), "was repeated after the next due");
}

/// The end of an occurrence, the plan of the next one and the text are one transaction. So a series never waits for its
/// text, even if carriers refuse the text for hours.
#[test]
fn a_series_goes_on_before_the_text_about_its_occurrence_is_requested() {
    let story = |next: i64, passed: i64| {
        let mut story = quarter_hourly();
        story.numbers(0, 1).call(900, 0, "pills", Talk::NotPickedUp);
        let missed = format!("{MISSED} 12:15 PM EST.");
        for refused in (0..9).map(|time| 1820 + time * 800) {
            story.fault(refused, Fault::RefusedForNow);
            story.requests(refused, &missed, RequestOutcome::RefusedForNow);
        }
        story.sends(9000, &missed, None).passes(0, 900, next, passed).judge(2)
    };
    let lost = "#1 pills was due 2027-03-01T17:30:00Z, without call, text or alarm";
    keeps(&story(2700, 1820), lost);
    breaks(&story(9900, 9000), lost);
}

/// The text about a series waited for two hours, and the write that made the series spoiled its record.
#[test]
fn a_record_that_was_never_readable_excuses_each_occurrence_but_one_that_was_spoiled_later_does_not() {
    let story = |spoiled: i64| {
        let mut story = Story::new();
        story.fault(0, Fault::QueueLate);
        let answer = "OK, I'll call you every 15 minutes, starting today at 12:15 PM EST: pills (#1).";
        story.queued(0, every_quarter_hour()).handles(7200, answer).sends(7205, answer, None);
        let reminder = Some(story.reminder(7200).to_string());
        story.numbers(7200, 1).at(spoiled, 50, Observation::ItemSpoiled { reminder });
        story.judge(4)
    };
    let lost = "#1 pills was due 2027-03-01T17:15:00Z, without call, text or alarm";
    keeps(&story(7200), lost);
    breaks(&story(7205), lost);
}
