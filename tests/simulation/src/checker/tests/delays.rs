//! Tries, deliveries and functions that are late or overtaken by others, and answers that are sent late or never.

use super::*;

#[test]
fn the_failure_of_a_try_that_reaches_the_carrier_late_is_not_the_failure_of_a_newer_try() {
    let replacement = "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let story = |cause| {
        let mut story = asked();
        story.sends(1850, replacement, Some(cause));
        let text = SentText::Sent(SentTextId::new("twilio", "SMlate").unwrap());
        let (to, body, cause) = (number(0), replacement.to_owned(), UndeliveredCause::Number);
        story.accepts(1920, text.clone(), text_route(100, 1), &body);
        story.at(1930, 0, Observation::TextUndelivered { text, to, body, code: 30006, cause });
        story.sends(2000, replacement, None).judge(3)
    };
    keeps(&story(UndeliveredCause::Passing), "texted again");
    breaks(&story(UndeliveredCause::Number), "texted again");
}

#[test]
fn a_start_that_is_delivered_again_may_be_obeyed_after_a_stop() {
    let story = |second_delivery: Option<i64>| {
        let mut story = asked();
        let id = MessageId::new("twilio", "SMagain").unwrap();
        let (person, meaning, route) = (0, Meaning::OptIn, AnswerRoute::Reply);
        story.at(60, 0, Observation::TextSent { id: id.clone(), person, meaning, route });
        story.at(60, 10, Observation::TextDelivered { id: id.clone() });
        story.fault(60, Fault::Crash);
        story.text(63, Meaning::OptOut, "");
        if let Some(second_delivery) = second_delivery {
            story.handled.insert(
                id.clone(),
                HandledText { at_ms: story.start_ms + second_delivery * 1000 + 50, answer: "Welcome back!".to_owned() },
            );
            story.at(second_delivery, 0, Observation::TextDelivered { id: id.clone() });
            story.at(second_delivery, 50, Observation::Reply { id: id.clone(), body: "Welcome back!".to_owned() });
        }
        story.at(66, 50, Observation::TextTaken { id });
        story.text(120, Meaning::Delete(1), "I can't find that reminder. Text LIST to see yours.");
        story.judge(1)
    };
    keeps(&story(Some(66)), "after an opt-out");
    breaks(&story(None), "after an opt-out");
}

#[test]
fn an_undo_without_a_delivered_answer_brings_a_reminder_back_only_if_it_was_handled() {
    let story = |is_handled: bool| {
        let mut story = asked();
        let deleted = "Deleted #1 pills.";
        story.queued(60, Meaning::Delete(1)).handles(61, deleted).queued(120, Meaning::Undo);
        if is_handled {
            story.handles(120, "Undone: I'll call you in 28 minutes (12:30 PM): pills (#2).");
        }
        // The carrier gets two copies of the answer to the deletion.
        story.sends(70, deleted, None).sends(400, deleted, None);
        story.call(1800, 120, "pills", Talk::Keys(&['1'])).judge(3)
    };
    keeps(&story(true), "without a promise");
    breaks(&story(false), "without a promise");
}

#[test]
fn a_conflict_may_look_like_a_later_release_to_a_function_that_froze() {
    let story = |fault: Fault| {
        let mut story = asked();
        let reminder = Some(story.reminder(0).to_string());
        story.at(60, 0, Observation::ItemSpoiled { reminder });
        story.fault(100, fault);
        story.fault(100, Fault::SpuriousConflict);
        let words = "a record is in use or waits for a later release".to_owned();
        story.at(150, 0, Observation::Alarm { reminder: None, outgoing: None, message: None, words });
        story.judge(1)
    };
    keeps(&story(Fault::Freeze), "waits for a later release");
    breaks(&story(Fault::Slow), "waits for a later release");
}

#[test]
fn an_answer_that_is_refused_for_a_day_is_given_up() {
    let story = |last_try: i64| {
        let mut story = Story::new();
        story.queued(0, Meaning::List).handles(0, "You have no reminders.");
        for second in [60, 43_200, last_try] {
            story.requests(second, "You have no reminders.", RequestOutcome::RefusedForNow);
        }
        story.gives_up(0, &[]).judge(48)
    };
    let lost = "never answered";
    keeps(&story(DAY - 600), lost);
    breaks(&story(DAY - 1000), lost);
}

#[test]
fn an_answer_is_given_up_if_the_store_refuses_nearly_every_access_for_a_day() {
    let story = |rate: u32, until: i64| {
        let mut story = Story::new();
        story.queued(0, Meaning::List).handles(0, "You have no reminders.");
        story.cloud.faults.set(Fault::StoreThrottled, rate);
        for second in (0..until).step_by(600) {
            story.fault(second, Fault::StoreThrottled);
        }
        story.gives_up(0, &[60]).judge(48)
    };
    let lost = "never answered";
    keeps(&story(9000, DAY), lost);
    breaks(&story(6000, DAY), lost);
    breaks(&story(9000, DAY - 3600), lost);
}

#[test]
fn an_answer_is_given_up_after_a_day_if_its_last_tries_found_each_breaker_open() {
    let story = |heard: RequestOutcome| {
        let mut story = Story::new();
        story.queued(0, Meaning::List).handles(0, "You have no reminders.");
        let own = ("You have no reminders.", RequestOutcome::RefusedForNow);
        let other = ("No reminder rang in the last hour.", heard);
        for (second, (body, heard)) in [(60, own), (DAY - 1000, own), (DAY - 600, other)] {
            story.requests(second, body, heard);
        }
        story.gives_up(0, &[]).judge(48)
    };
    let lost = "never answered";
    keeps(&story(RequestOutcome::RefusedForNow), lost);
    breaks(&story(RequestOutcome::Accepted), lost);
}

#[test]
fn an_undo_without_a_delivered_answer_deletes_a_reminder_only_if_it_was_handled() {
    let story = |is_handled: bool| {
        let mut story = asked();
        story.queued(60, Meaning::Undo);
        if is_handled {
            story.handles(60, "Deleted #1 pills.");
        }
        story.text(120, tea(), TEA);
        let deleted = "Deleted #2 tea.";
        story.queued(180, Meaning::Delete(2)).handles(181, deleted).sends(200, deleted, None).judge(3)
    };
    keeps(&story(true), "#1 pills was due");
    breaks(&story(false), "#1 pills was due");
}

#[test]
fn a_done_without_a_delivered_answer_ends_an_occurrence_only_if_it_was_handled() {
    let story = |is_handled: bool| {
        let mut story = asked();
        story.text(120, tea(), TEA);
        story.call(1800, 0, "pills", Talk::NotPickedUp).queued(1830, Meaning::Done);
        if is_handled {
            story.handles(1830, "Done: #1 pills.");
        }
        let done = "Done: #2 tea.";
        story.call(1920, 120, "tea", Talk::NotPickedUp).queued(1950, Meaning::Done).handles(1951, done);
        story.sends(1960, done, None).sends(2100, done, None).judge(3)
    };
    keeps(&story(true), "#1 pills was due");
    breaks(&story(false), "#1 pills was due");
}

#[test]
fn each_request_without_a_readable_response_uses_up_a_try() {
    let story = |second_request: i64, crash: i64| {
        let mut story = Story::new();
        story.queued(0, pills()).handles(0, PILLS);
        for second in [30, second_request] {
            story.requests(second, PILLS, RequestOutcome::Unknown);
        }
        story.fault(crash, Fault::Crash);
        story.gives_up(0, &[30, 63, 184]).judge(3)
    };
    keeps(&story(63, 184), "never answered");
    // Each try needs its own cause.
    breaks(&story(90, 184), "never answered");
    breaks(&story(63, 64), "never answered");
}

const LOS_ANGELES: Place = Place { city: "Los Angeles", zone: "America/Los_Angeles" };

#[test]
fn a_reminder_that_the_answer_to_a_correction_names_had_not_ended() {
    let story = |answer: &str| {
        let mut story = asked_for_a_time();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
        story.text(180, Meaning::Zone(LOS_ANGELES), answer).judge(5)
    };
    keeps(&story("OK, I'll use Los Angeles time from now on."), "#1 pills was due");
    breaks(&story("OK, using Los Angeles time. Now #1 rings today at 12:30 PM PST."), "#1 pills was due");
}

#[test]
fn the_correction_that_was_handled_first_moves_a_reminder_even_if_its_answer_arrives_later() {
    let story = |call_second: i64| {
        let mut story = asked_for_a_time();
        let moved = "OK, using Los Angeles time. Now #1 rings today at 12:30 PM PST.";
        let known = "OK, I'll use London time from now on.";
        let london = Place { city: "London", zone: "Europe/London" };
        story.queued(60, Meaning::Zone(LOS_ANGELES)).handles(61, moved);
        story.queued(100, Meaning::Zone(london)).handles(101, known);
        story.sends(105, known, None).sends(150, moved, None);
        story.call(call_second, 0, "pills", Talk::Keys(&['1'])).judge(5)
    };
    keeps(&story(3 * 3600 + 1800), "ms late");
    breaks(&story(1800), "ms early");
}

#[test]
fn a_handled_correction_makes_a_series_ring_on_the_day_of_a_moved_occurrence() {
    let story = |is_handled: bool| {
        let mut story = daily();
        story.text(60, Meaning::Move(1, 10), "Moved: I'll call you in 10 minutes (12:11 PM): pills (#2).");
        story.queued(300, Meaning::Zone(LOS_ANGELES));
        if is_handled {
            let answer = "Now #1 rings every day at 12:30 PM, starting today at 12:30 PM PST.";
            story.handles(300, &format!("OK, using Los Angeles time. {answer}"));
        }
        story.call(3 * 3600 + 1800, 0, "pills", Talk::Keys(&['1'])).judge(5)
    };
    keeps(&story(true), "ms late");
    breaks(&story(false), "ms late");
}

#[test]
fn a_try_is_used_up_if_the_write_that_takes_its_count_back_meets_a_conflict_each_time() {
    let story = |conflicts: i64| {
        let mut story = Story::new();
        story.queued(0, pills()).handles(0, PILLS);
        for (run, conflict) in [60, 180, 360].into_iter().flat_map(|run| (0..conflicts).map(move |at| (run, at))) {
            story.fault(run + conflict, Fault::SpuriousConflict);
        }
        story.gives_up(0, &[60, 180, 360]).judge(4)
    };
    keeps(&story(6), "never answered");
    breaks(&story(5), "never answered");
}

#[test]
fn an_answer_is_given_up_only_if_the_store_shows_three_tries_that_were_used_up() {
    let story = |counted: Option<&[i64]>, answer: &str| {
        let mut story = Story::new();
        story.queued(0, Meaning::List).handles(0, answer);
        for (second, fault) in [(1800, Fault::Crash), (4200, Fault::Slow), (7200, Fault::StoreThrottled)] {
            story.fault(second, fault);
        }
        if let Some(counted) = counted {
            story.gives_up(0, counted);
        }
        story.judge(6)
    };
    let (lost, none) = ("never answered", "You have no reminders.");
    keeps(&story(Some(&[1800, 4200, 7200]), none), lost);
    // The outgoing text was never written, or it ended otherwise.
    breaks(&story(None, none), lost);
    breaks(&story(Some(&[1800, 4200]), none), lost);
    // No fault is near the second try.
    breaks(&story(Some(&[1800, 3000, 7200]), none), lost);
    // A LIST is always answered.
    breaks(&story(Some(&[1800, 4200, 7200]), ""), lost);
}

#[test]
fn each_freeze_uses_up_only_one_try() {
    let story = |freezes: &[i64]| {
        let mut story = Story::new();
        story.queued(0, Meaning::List).handles(0, "You have no reminders.");
        story.requests(60, "You have no reminders.", RequestOutcome::Unknown);
        freezes.iter().for_each(|second| story.fault(*second, Fault::Freeze));
        story.gives_up(0, &[60, 2000, 3500]).judge(6)
    };
    keeps(&story(&[300, 310]), "never answered");
    breaks(&story(&[300]), "never answered");
}

#[test]
fn a_text_that_its_carrier_still_posts_when_the_simulation_ends_is_not_lost() {
    let story = |second: i64| {
        let mut story = asked();
        let (id, person) = (MessageId::new("twilio", "SM7").unwrap(), 0);
        story.at(
            second,
            0,
            Observation::TextSent { id: id.clone(), person, meaning: Meaning::List, route: AnswerRoute::Reply },
        );
        story.at(second, 20, Observation::TextDelivered { id });
        story.call(1800, 0, "pills", Talk::Keys(&['1'])).judge(1)
    };
    held(&story(3590));
    breaks(&story(3580), "was not taken");
}

#[test]
fn an_undo_that_is_delivered_late_may_be_too_late() {
    let story = |delivered: i64| {
        let mut story = asked();
        story.text(60, Meaning::Delete(1), "Deleted #1 pills.");
        let answer = "Nothing to undo: I can take back what you deleted, moved or skipped in the last 10 minutes.";
        story.late_text(120, delivered, Meaning::Undo, answer).judge(3)
    };
    keeps(&story(670), "did not come back");
    breaks(&story(650), "did not come back");
}
