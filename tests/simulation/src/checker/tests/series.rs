//! Series: when each occurrence is called, and when it merges with the next occurrence.

use super::*;

#[test]
fn a_series_begins_with_any_delivery_of_its_text() {
    let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(60, Bound::None) };
    let story = |delivered: i64| {
        let mut story = Story::new();
        let id = MessageId::new("twilio", "SM1").unwrap();
        let (person, route) = (0, AnswerRoute::Reply);
        story.at(0, 0, Observation::TextSent { id: id.clone(), person, meaning: every.clone(), route });
        for second in [0, delivered] {
            story.at(second, 10, Observation::TextDelivered { id: id.clone() });
        }
        story.at(delivered, 60, Observation::TextTaken { id });
        for occurrence in 1..=3 {
            story.call(1200 + occurrence * 3600, delivered, "pills", Talk::Keys(&['1']));
        }
        story.judge(5)
    };
    keeps(&story(1200), "was called");
    breaks(&story(200), "was called");
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

/// A call may come only after the next occurrence is due, for example because it was refused for now.
#[test]
fn the_last_occurrence_of_a_series_merges_into_the_previous_occurrence_if_that_is_still_tried() {
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
    // The next occurrence merges into the late one.
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
fn an_occurrence_whose_last_call_was_not_reported_as_over_merges_with_the_next_occurrence() {
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
fn every_occurrence_that_is_due_while_an_unreported_call_counts_as_ringing_merges() {
    let story = |unreported: i64, answered: i64| {
        let mut story = quarter_hourly();
        story.call(1200, 0, "pills", Talk::NotPickedUp);
        story.fault(unreported, Fault::Throttled);
        story.queued(1300, Meaning::Done).sends(answered, "Done: #1 pills.", None).judge(2)
    };
    let merged = |judgement: &Judgement| {
        let lost = |due: &str| judgement.breaches.iter().any(|breach| breach.what.contains(due));
        (!lost("17:30:00"), !lost("17:45:00"), !lost("18:00:00"))
    };
    assert_eq!(merged(&story(1230, 3500)), (true, true, false));
    assert_eq!(merged(&story(1230, 3650)), (true, true, true));
    assert_eq!(merged(&story(1000, 3650)), (false, false, false));
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
        story.alarm(1850, 0).alarm(last, 0).judge(3)
    };
    // The second occurrence had not ended when the third was due.
    keeps(&story(2720), "17:45:00");
    breaks(&story(2600), "17:45:00");
}

#[test]
fn a_call_that_was_claimed_for_an_earlier_due_does_not_repeat_a_late_call() {
    let missed = "Missed call: pills. It was due Mon, Mar 1 at 12:15 PM EST.";
    let story = |claimed: i64| {
        let mut story = quarter_hourly();
        story.call(claimed, 0, "pills", Talk::NotPickedUp);
        // The carrier accepts this request late.
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
fn a_done_that_was_received_before_a_due_is_not_about_the_occurrence_of_that_due() {
    let story = |answered: i64| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::Silent(PickedUpBy::Mailbox)).queued(590, Meaning::Done);
        story.sends(620, "Done: #1 pills.", None);
        // The occurrence of 12:10 PM ends only after the next one is due, so that both merge.
        story.call(630, 0, "pills", Talk::Silent(PickedUpBy::Mailbox)).queued(700, Meaning::Done);
        story.sends(answered, "Done: #1 pills.", None).judge(2)
    };
    keeps(&story(1000), "#1 pills was due 2027-03-01T17:15");
    breaks(&story(720), "#1 pills was due 2027-03-01T17:15");
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
