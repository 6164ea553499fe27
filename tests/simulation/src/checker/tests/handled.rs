//! What the store shows about a person's texts: which ones were handled, and with which answer.

use super::*;
use crate::checker::Guarantee;

#[test]
fn the_answer_to_a_text_must_be_an_answer_to_what_it_asks_for() {
    let story = |answer: &str| asked().text(60, Meaning::List, answer).judge(1);
    keeps(&story("#1 today at 12:30 PM EST: pills"), "was answered");
    breaks(&story("Deleted #1 pills."), "\"list\" was answered \"Deleted #1 pills.\"");
}

#[test]
fn an_answer_may_be_given_up_only_if_its_text_was_handled() {
    let story = |is_handled: bool| {
        let mut story = Story::new();
        story.queued(0, Meaning::List);
        if is_handled {
            story.handles(1, "You have no reminders.");
        }
        for second in [60, 120, 240] {
            story.requests(second, "You have no reminders.", RequestOutcome::Unknown);
        }
        story.gives_up(1, &[60, 120, 240]).judge(3)
    };
    keeps(&story(true), "never answered");
    breaks(&story(false), "never answered");
}

/// Two answers in the same words are requested at almost the same time, and the response to the later request comes
/// first.
#[test]
fn the_outcome_of_a_request_is_that_of_its_own_text() {
    const WORDS: &str = "You have no reminders.";
    let story = |outcomes: [RequestOutcome; 2]| {
        let mut story = Story::new();
        story.queued(0, Meaning::List).handles(1, WORDS).gives_up(1, &[60, 120, 240]);
        for (tries, second) in [(1, 60), (2, 120)] {
            story.request(second, text_route(1, tries), WORDS, 90, RequestOutcome::Unknown);
        }
        story.request(238, text_route(2, 1), WORDS, 8000, outcomes[0]);
        story.request(240, text_route(1, 3), WORDS, 7000, outcomes[1]);
        story.judge(3)
    };
    keeps(&story([RequestOutcome::RefusedForNow, RequestOutcome::Unknown]), "never answered");
    breaks(&story([RequestOutcome::Unknown, RequestOutcome::RefusedForNow]), "never answered");
}

/// A person who opts out, but only the carrier knows. A text that the carrier refuses at the second 120 tells the
/// service.
fn learned() -> Story {
    let mut story = asked();
    story.withheld(60, Meaning::OptOut);
    story.requests(120, "Missed call: tea. It was due Mon, Mar 1 at 11:50 AM EST.", RequestOutcome::NumberRefused);
    story
}

#[test]
fn no_call_follows_after_a_refused_text_has_told_the_service_of_an_opt_out() {
    let story = |start: Option<i64>| {
        let mut story = learned();
        if let Some(start) = start {
            story.text(start, Meaning::OptIn, "Welcome back!");
        }
        story.call(1800, 0, "pills", Talk::NotPickedUp).judge(3)
    };
    breaks(&story(None), "after a confirmed cancellation");
    keeps(&story(Some(900)), "after a confirmed cancellation");
    // A fault may have kept the service from writing what it had learned.
    let mut faulty = learned();
    faulty.fault(121, Fault::Crash);
    keeps(&faulty.call(1800, 0, "pills", Talk::NotPickedUp).judge(3), "after a confirmed cancellation");
}

#[test]
fn a_refusal_of_a_text_from_before_the_last_opt_in_tells_nothing_of_a_later_opt_out() {
    let story = |requested: i64| {
        let mut story = asked();
        story.text(60, Meaning::OptIn, "").withheld(90, Meaning::OptOut);
        story.requests(
            requested,
            "Missed call: tea. It was due Mon, Mar 1 at 11:50 AM EST.",
            RequestOutcome::NumberRefused,
        );
        // The carrier's answer comes at the second 120.
        story.entries.last_mut().unwrap().at_ms = story.start_ms + 120_000;
        story.call(1800, 0, "pills", Talk::NotPickedUp).judge(3)
    };
    keeps(&story(50), "after a confirmed cancellation");
    breaks(&story(110), "after a confirmed cancellation");
}

#[test]
fn a_reminder_is_not_owed_after_the_service_has_learned_of_an_opt_out() {
    let judged = |judgement: &Judgement| judgement.shares.of(Guarantee::G1);
    let known = learned().judge(3);
    keeps(&known, "#1 pills was due");
    assert_eq!(judged(&known), (1, 1));
    // Without the refused text, the service may not know of the opt-out.
    assert_eq!(judged(&asked().withheld(60, Meaning::OptOut).judge(3)), (0, 1));
}

#[test]
fn the_answer_to_done_with_a_number_may_say_that_this_number_is_paused() {
    let story = |number: u32| {
        daily().text(60, Meaning::DoneWith(number), "#1 is paused. To get it back, text RESUME 1.").judge(1)
    };
    keeps(&story(1), "was answered");
    breaks(&story(2), "was answered");
}

#[test]
fn a_text_that_waits_is_read_in_the_zone_that_was_named_last_before_it_is_handled() {
    const KINGSTON: Place = Place { city: "Kingston", zone: "America/Jamaica" };
    const NEW_YORK: Place = Place { city: "New York", zone: "America/New_York" };
    /// Noon on March 13. In the night after it, clocks go forward in New York, but not in Kingston.
    const NOON: i64 = 12 * DAY;
    let story = |named: i64, second_day: i64| {
        let mut story = Story::new();
        story.text(NOON - 3600, Meaning::Zone(NEW_YORK), "OK, I'll use New York time from now on.");
        story.text(named, Meaning::Zone(KINGSTON), "OK, I'll use Kingston time from now on.");
        let due = Due::Each(Rhythm::Day, jiff::civil::Time::constant(12, 30, 0, 0));
        story.queued(NOON, Meaning::Remind { task: "pills".to_owned(), due });
        let answer = "OK, I'll call you every day at 12:30 PM, starting in 28 minutes (12:30 PM): pills (#1).";
        story.handles(NOON + 120, answer).sends(NOON + 130, answer, None);
        story.call(NOON + 1800, NOON + 120, "pills", Talk::Keys(&['1']));
        story.call(second_day, NOON + 120, "pills", Talk::Keys(&['1'])).judge(13 * 24 + 3)
    };
    let (in_kingston, in_new_york) = (NOON + DAY + 1800, NOON + DAY - 1800);
    held(&story(NOON + 60, in_kingston));
    breaks(&story(NOON + 60, in_new_york), "#1 pills was due 2027-03-14T17:30:00Z");
    held(&story(NOON + 180, in_new_york));
    breaks(&story(NOON + 180, in_kingston), "ms late");
}

#[test]
fn a_new_due_counts_if_an_older_release_states_it_in_its_answer_about_the_zone() {
    const IN_CHICAGO: i64 = 1800 + 3600;
    let story = |answer: &str, due: Option<i64>| {
        let mut story = asked_for_a_time();
        story.at(30, 0, Observation::RolledBack);
        story.text(60, Meaning::Zone(CHICAGO), answer);
        story.at(90, 0, Observation::RolledForward);
        if let Some(due) = due {
            story.call(due, 0, "pills", Talk::Keys(&['1']));
        }
        story.judge(4)
    };
    let states = "OK, using Chicago time. Now #1 rings today at 12:30 PM CST.";
    held(&story(states, Some(IN_CHICAGO)));
    breaks(&story(states, Some(1800)), "early");
    breaks(&story(states, None), "#1 pills was due 2027-03-01T18:30:00Z");
    // An older release leaves out the reminders that it can't read. So the checker accepts a call in either zone.
    let leaves_out = "OK, I'll use Chicago time from now on.";
    held(&story(leaves_out, Some(IN_CHICAGO)));
    held(&story(leaves_out, Some(1800)));
    breaks(&story(leaves_out, None), "without call, text or alarm");
}

#[test]
fn an_occurrence_merges_into_the_one_before_it_if_it_became_due_before_the_series_passed_over_it() {
    let story = |called: i64, passed: i64, fault: Option<i64>| {
        let mut story = fast();
        if let Some(second) = fault {
            story.fault(second, Fault::QueueLate);
        }
        story.call(called, 0, "pills", Talk::NotPickedUp).passes(0, 300, 900, passed).judge(2)
    };
    let second = "#1 pills was due 2027-03-01T17:10:00Z";
    keeps(&story(590, 650, None), second);
    // The occurrence was not yet due.
    breaks(&story(520, 550, None), second);
    // The call was over at 320. So the series should have gone on then, unless a fault delayed it.
    breaks(&story(300, 650, None), second);
    keeps(&story(300, 650, Some(400)), second);
    // A fault at 200 does not explain a delay until 3300.
    breaks(&story(300, 3300, Some(200)), second);
}

#[test]
fn a_heard_reminder_is_not_texted_but_another_reminder_with_its_task_and_due_may_be() {
    let story = |minutes: i64, answer: &str| {
        let mut story = asked();
        let other = Meaning::Remind { task: "pills".to_owned(), due: Due::In(minutes) };
        story.text(60, other, answer).numbers(0, 1).numbers(60, 2);
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        for second in [1920, 2060, 2380] {
            story.call(second, 60, "pills", Talk::NotPickedUp);
        }
        story.sends(2420, "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.", None).judge(3)
    };
    keeps(&story(29, "OK, I'll call you in 29 minutes (12:30 PM): pills (#2)."), "was heard on the call");
    breaks(&story(30, "OK, I'll call you in 30 minutes (12:31 PM): pills (#2)."), "was heard on the call");
}

#[test]
fn a_move_after_a_call_may_end_the_next_occurrence_only_if_another_text_was_handled_since_the_call() {
    let story = |is_handled: bool| {
        let mut story = quarter_hourly();
        story.call(900, 0, "pills", Talk::NotPickedUp).queued(1000, Meaning::Skip(1));
        if is_handled {
            story.handles(1000, "Skipped. Next call: in 28 minutes (12:45 PM), repeating: pills (#1).");
        }
        let moved =
            "Moved: I'll call you in 20 minutes (12:40 PM): pills (#2). Next call of #1: in 25 minutes (12:45 PM).";
        story.text(1200, Meaning::Move(1, 20), moved).judge(2)
    };
    keeps(&story(true), "#1 pills was due 2027-03-01T17:30:00Z");
    breaks(&story(false), "#1 pills was due 2027-03-01T17:30:00Z");
}

#[test]
fn each_answer_that_a_person_gets_is_stored() {
    let story = |answer: &str| {
        let mut story = asked();
        story.queued(60, Meaning::List).handles(61, "#1 today at 12:30 PM EST: pills").sends(62, answer, None).judge(1)
    };
    keeps(&story("#1 today at 12:30 PM EST: pills"), "is not stored");
    breaks(&story("You have no reminders."), "is not stored");
}

#[test]
fn a_stop_that_is_handled_after_a_later_start_proves_nothing() {
    let story = |handled: i64| {
        let mut story = asked();
        story.queued(60, Meaning::OptOut).handles(handled, "");
        story.text(120, Meaning::OptIn, "Welcome back!").judge(3).shares.of(Guarantee::G1)
    };
    assert_eq!((story(61), story(180)), ((1, 1), (0, 1)));
}

#[test]
fn no_call_follows_after_a_stop_that_was_handled_without_a_reply() {
    let story = |is_handled: bool| {
        let mut story = asked();
        if is_handled {
            story.queued(60, Meaning::OptOut).handles(61, "");
        } else {
            story.withheld(60, Meaning::OptOut);
        }
        story.call(1800, 0, "pills", Talk::NotPickedUp).judge(3)
    };
    keeps(&story(false), "after a confirmed cancellation");
    breaks(&story(true), "after a confirmed cancellation");
}

#[test]
fn a_stop_or_a_start_that_was_taken_must_be_handled() {
    let lost = "was taken and never handled";
    for meaning in [Meaning::OptOut, Meaning::OptIn] {
        let taken = |second: i64| {
            let mut story = asked();
            story.queued(second, meaning.clone());
            story
        };
        keeps(&taken(60).handles(61, "").judge(3), lost);
        breaks(&taken(60).judge(3), lost);
        // The phone goes on ringing after a STOP.
        breaks(&taken(60).call(1800, 0, "pills", Talk::Keys(&['1'])).judge(3), lost);
        // The carrier did not deliver it, a fault may still delay it, or the world ended soon after it.
        keeps(&asked().withheld(60, meaning.clone()).judge(3), lost);
        let mut frozen = taken(60);
        frozen.fault(61, Fault::Freeze);
        keeps(&frozen.judge(1), lost);
        keeps(&taken(3000).judge(1), lost);
    }
}
