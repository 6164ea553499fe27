//! Consent: when an opt-out counts, and that no call follows it.

use super::*;

#[test]
fn a_call_after_an_obeyed_opt_out_is_a_breach() {
    let opted_out = || {
        let mut story = asked();
        story.text(60, Meaning::OptOutByMistake(OptOutWord::Cancel), "");
        story
    };
    held(&opted_out().judge(3));
    broken(&opted_out().call(1800, 0, "pills", Talk::NotPickedUp).judge(3), "G4");
}

#[test]
fn the_key_nine_pressed_twice_ends_all_calls() {
    let story = || {
        let mut story = daily();
        story.call(1800, 0, "pills", Talk::Keys(&['9', '9']));
        story
    };
    keeps(&story().judge(26), "9 and 9 were pressed");
    breaks(&story().call(1800 + DAY, 0, "pills", Talk::NotPickedUp).judge(26), "9 and 9 were pressed");
}

#[test]
fn a_function_that_froze_before_the_second_key_nine_may_send_its_one_request_afterwards() {
    let stopped = "9 and 9 were pressed";
    let story = |claimed: i64, frozen: i64, talk: Talk| {
        let mut story = daily();
        story.call(1800, 0, "pills", Talk::Keys(&['9', '9'])).fault(frozen, Fault::Freeze);
        let others = story.entries.len();
        story.call(claimed, 0, "pills", talk);
        // The function thaws at second 5000.
        story.entries[others..].iter_mut().for_each(|entry| entry.at_ms += (5000 - claimed) * 1000);
        story.judge(26)
    };
    keeps(&story(1790, 1785, Talk::NotPickedUp), stopped);
    // Its reminder is spoken.
    breaks(&story(1790, 1785, Talk::Silent(PickedUpBy::Person)), stopped);
    // Another function froze, or the claim was made after the key.
    breaks(&story(1790, 1700, Talk::NotPickedUp), stopped);
    breaks(&story(1850, 1845, Talk::NotPickedUp), stopped);
}

#[test]
fn an_opt_out_that_is_received_with_an_opt_in_may_not_count() {
    let story = |delivered: i64| {
        let mut story = asked();
        story.text(60, Meaning::OptIn, "").late_text(55, delivered, Meaning::OptOut, "");
        story.text(100, Meaning::List, "You have no reminders.").judge(1)
    };
    keeps(&story(61), "answered after an opt-out");
    breaks(&story(70), "answered after an opt-out");
    let called = |delivered: i64| {
        let mut story = asked();
        story.text(60, Meaning::OptIn, "").late_text(55, delivered, Meaning::OptOut, "");
        story.call(1800, 0, "pills", Talk::NotPickedUp).judge(3)
    };
    keeps(&called(61), "after a confirmed cancellation");
    breaks(&called(70), "after a confirmed cancellation");
}

#[test]
fn each_function_that_froze_before_a_deletion_may_send_its_one_request_afterwards() {
    let story = |freezes: usize, claims: &[i64]| {
        let mut story = asked();
        (0..freezes).for_each(|_| story.fault(1800, Fault::Freeze));
        story.text(1810, Meaning::Delete(1), "Deleted #1 pills. Your phone may still ring once.");
        let others = story.entries.len();
        for claimed in claims {
            story.call(*claimed, 0, "pills", Talk::NotPickedUp);
        }
        // The functions thaw half an hour later.
        story.entries[others..].iter_mut().for_each(|entry| entry.at_ms += 1_800_000);
        story.judge(3)
    };
    keeps(&story(2, &[1801, 1802]), "G4");
    breaks(&story(1, &[1801, 1802]), "was dialed 2 times after a confirmed cancellation, expected at most 1");
    breaks(&story(2, &[1801, 1812]), "after a confirmed cancellation");
}

#[test]
fn an_opt_out_that_is_received_again_after_the_opt_in_may_count() {
    let story = |second_delivery: Option<i64>| {
        let mut story = asked();
        story.late_text(60, second_delivery.unwrap_or(60), Meaning::OptOut, "");
        // The first delivery failed if there is a second delivery.
        let id = story.last_text.clone().filter(|_| second_delivery.is_some());
        id.into_iter().for_each(|id| story.at(60, 10, Observation::TextDelivered { id }));
        story.text(64, Meaning::OptIn, "").text(100, Meaning::List, "").judge(1)
    };
    keeps(&story(Some(65)), "never answered");
    breaks(&story(Some(61)), "never answered");
    breaks(&story(None), "never answered");
}

#[test]
fn an_opt_out_counts_if_the_carrier_reports_it_for_the_answer_to_an_older_opt_in() {
    const BACK: &str = "Welcome back! 1 reminder was stopped: text RESTORE to get it back.";
    // The first START is delivered after the STOP that was sent later. The second START is delivered after both LISTs.
    let story = |is_told: bool, is_answered: bool| {
        let mut story = asked();
        story.late_text(60, 180, Meaning::OptIn, BACK);
        let text = SentText::ReplyTo { text: story.last_text.clone().unwrap(), copy: 0 };
        story.late_text(240, 900, Meaning::OptIn, BACK).text(120, Meaning::OptOut, "");
        let (to, body, cause) = (number(0), BACK.to_owned(), UndeliveredCause::OptedOut);
        story.at(183, 0, Observation::TextUndelivered { text: text.clone(), to, body, code: 21610, cause });
        if is_told {
            story.at(184, 0, Observation::TextStatusTaken { text, status: "failed" });
        }
        story.text(200, Meaning::List, if is_answered { "You have no reminders." } else { "" });
        story.text(600, Meaning::List, "").judge(1)
    };
    keeps(&story(true, false), "never answered");
    breaks(&story(true, true), "was answered after an opt-out");
    breaks(&story(false, false), "never answered");
    keeps(&story(false, true), "was answered after an opt-out");
}

#[test]
fn no_call_is_owed_after_a_refused_text_that_tells_of_an_opt_out() {
    // The carrier does not report the opt-out. A text that it refuses before the service calls again tells of it.
    let story = |left: Meaning, refused: i64| {
        let mut story = daily();
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        let (id, person, route) = (MessageId::new("aws", "m-stop").unwrap(), 0, AnswerRoute::Text);
        story.at(3600, 0, Observation::TextSent { id, person, meaning: left, route });
        story.call(1800 + DAY, 0, "pills", Talk::Silent(PickedUpBy::Screener));
        let answer = "OK, I'll call you in 30 minutes (1:01 PM): tea (#2).";
        story.queued(1860 + DAY, tea()).handles(1860 + DAY, answer);
        story.requests(refused + DAY, answer, RequestOutcome::NumberRefused).judge(26)
    };
    keeps(&story(Meaning::OptOut, 1861), "not called again");
    breaks(&story(Meaning::List, 1861), "not called again");
    breaks(&story(Meaning::OptOut, 2600), "not called again");
}

#[test]
fn an_opt_out_ends_a_text_that_was_on_its_way() {
    let missed = format!("{MISSED} 12:15 PM EST.");
    let story = |opted_out: i64, cause: UndeliveredCause| {
        let mut story = quarter_hourly();
        story.call(900, 0, "pills", Talk::NotPickedUp).requests(940, &missed, RequestOutcome::RefusedForNow);
        for due in [1800, 2700] {
            story.call(due, 0, "pills", Talk::Keys(&['1']));
        }
        // The carrier says 30 seconds after the second try that the text did not arrive.
        story.sends(3010, &missed, Some(cause)).text(opted_out, Meaning::OptOut, "").judge(3)
    };
    keeps(&story(3020, UndeliveredCause::OptedOut), "without call, text or alarm");
    breaks(&story(3020, UndeliveredCause::Operator), "without call, text or alarm");
    breaks(&story(3050, UndeliveredCause::OptedOut), "without call, text or alarm");
}

/// The function of the first try freezes, and requests it after the second try. Only the second try decides whether the
/// person was still owed a text when they opted out.
#[test]
fn a_failure_of_an_older_try_does_not_settle_the_text() {
    let missed = format!("{MISSED} 12:15 PM EST.");
    let story = |is_older: bool| {
        let mut story = quarter_hourly();
        story.call(900, 0, "pills", Talk::NotPickedUp).fault(940, Fault::Freeze);
        story.requests(945, &missed, RequestOutcome::Unknown);
        story.sends(1000, &missed, Some(UndeliveredCause::Passing));
        for due in [1800, 2700, 3600, 4500] {
            story.call(due, 0, "pills", Talk::Keys(&['1']));
        }
        if is_older {
            story.tries_anew(&missed);
        }
        story.sends(4400, &missed, Some(UndeliveredCause::Number));
        story.text(5100, Meaning::OptOut, "");
        story.judge(4)
    };
    keeps(&story(true), "without call, text or alarm");
    breaks(&story(false), "without call, text or alarm");
}

#[test]
fn a_reminder_lives_on_after_an_opt_out_that_the_service_did_not_know_of_when_its_person_came_back() {
    const REFUSED: &str = "Missed call: tea. It was due Mon, Mar 1 at 11:50 AM EST.";
    let story = |refused: Option<i64>, came_back: Option<i64>, is_called: bool| {
        let mut story = asked();
        // Only the carrier knows of the opt-out.
        let (id, person, route) = (MessageId::new("aws", "m-stop").unwrap(), 0, AnswerRoute::Text);
        story.at(60, 0, Observation::TextSent { id, person, meaning: Meaning::OptOut, route });
        if let Some(second) = refused {
            story.requests(second, REFUSED, RequestOutcome::NumberRefused);
        }
        if let Some(second) = came_back {
            story.text(second, Meaning::OptIn, "Welcome back!");
        }
        if is_called {
            story.call(1800, 0, "pills", Talk::Keys(&['1']));
        }
        story.judge(3)
    };
    let lost = "without call, text or alarm";
    breaks(&story(None, Some(900), false), lost);
    keeps(&story(None, Some(900), true), lost);
    // The carrier refused a text before the person came back.
    keeps(&story(Some(120), Some(900), false), lost);
    breaks(&story(Some(30), Some(900), false), lost);
    // The person came back after the due. The service did not know of the opt-out, so it had to call.
    breaks(&story(None, Some(1900), false), lost);
    // The person did not come back.
    keeps(&story(None, None, false), lost);
}
