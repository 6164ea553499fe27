//! Texts: which answers and missed-call texts a person gets, and which of them reach the person.

use super::*;

#[test]
fn a_text_that_the_service_has_taken_must_be_answered() {
    held(&Story::new().text(0, Meaning::List, "You have no reminders.").judge(1));
    broken(&Story::new().text(0, Meaning::List, "").judge(1), "G8");
}

#[test]
fn a_stored_answer_to_yes_no_start_or_noise_must_be_sent() {
    let story = |meaning: Meaning, stored: &str, is_sent: bool| {
        let mut story = daily();
        story.queued(60, meaning).handles(61, stored);
        if is_sent {
            story.sends(62, stored, None);
        }
        story.judge(4)
    };
    let moves = "OK, using London time. Now #1 rings every day at 12:30 PM, starting tomorrow at 12:30 PM GMT.";
    let stays = "OK. Your repeating reminders stay on New York time.";
    let unclear = "Sorry, I didn't get that.";
    for (meaning, stored) in [(Meaning::Yes, moves), (Meaning::No, stays), (Meaning::Noise, unclear)] {
        keeps(&story(meaning.clone(), stored, true), "never answered");
        breaks(&story(meaning.clone(), stored, false), "never answered");
        // The decision not to answer is stored too.
        if meaning != Meaning::Noise {
            keeps(&story(meaning, "", false), "never answered");
        }
    }
}

#[test]
fn a_stored_answer_to_a_start_must_be_sent_even_after_a_stop() {
    let story = |is_sent: bool| {
        let mut story = asked();
        let answer = "Welcome back! 1 reminder was stopped: text RESTORE to get it back.";
        story.text(60, Meaning::OptOut, "").queued(120, Meaning::OptIn).handles(121, answer);
        if is_sent {
            story.sends(122, answer, None);
        }
        story.judge(3)
    };
    keeps(&story(true), "never answered");
    breaks(&story(false), "never answered");
}

#[test]
fn noise_is_not_answered_only_if_three_others_came_and_the_store_says_so() {
    let story = |noises: i64, stored: &str| {
        let mut story = Story::new();
        for second in 0..noises {
            story.text(60 * second, Meaning::Noise, "Sorry, I didn't get that.");
        }
        story.queued(600, Meaning::Noise).handles(601, stored).judge(2)
    };
    keeps(&story(3, ""), "never answered");
    breaks(&story(2, ""), "never answered");
    breaks(&story(3, "Sorry, I didn't get that. "), "never answered");
}

/// The limit of the service counts texts that were received later, if they were handled before.
#[test]
fn noise_that_is_handled_late_is_not_answered_if_three_others_overtook_it() {
    let story = |noises: i64, handled: i64| {
        let mut story = Story::new();
        story.fault(1, Fault::StoreDown);
        story.queued(0, Meaning::Noise).handles(handled, "");
        for second in 0..noises {
            story.text(4000 + 60 * second, Meaning::Noise, "Sorry, I didn't get that.");
        }
        story.judge(4)
    };
    keeps(&story(3, 5000), "never answered");
    breaks(&story(2, 5000), "never answered");
    breaks(&story(3, 3900), "never answered");
}

#[test]
fn each_delivery_that_was_not_taken_needs_a_cause_of_its_own() {
    let story_after = |left: Meaning, meaning: Meaning, faults: &[(i64, Fault)]| {
        let mut story = Story::new();
        story.text(0, left, "");
        let (id, route) = (MessageId::new("twilio", "SM7").unwrap(), AnswerRoute::Reply);
        story.at(60, 0, Observation::TextSent { id: id.clone(), person: 0, meaning, route });
        for second in [60, 65, 70] {
            story.at(second, 10, Observation::TextDelivered { id: id.clone() });
        }
        faults.iter().for_each(|(second, fault)| story.fault(*second, *fault));
        story.judge(2)
    };
    let story = |meaning, faults| story_after(Meaning::No, meaning, faults);
    use Fault::{Crash, Freeze, QueueDown, SendFails, StoreDown, StoreThrottled, TextStatusTwice, Throttled};
    let lost = "was not taken";
    keeps(&story(Meaning::List, &[(61, Crash), (66, Throttled), (71, Freeze)]), lost);
    keeps(&story(Meaning::List, &[(71, StoreThrottled), (72, SendFails)]), lost);
    keeps(&story(Meaning::List, &[(71, StoreDown), (72, QueueDown)]), lost);
    // A text that can't be stored is parked.
    breaks(&story(Meaning::List, &[(71, StoreThrottled), (72, StoreThrottled)]), lost);
    breaks(&story(Meaning::List, &[(71, QueueDown)]), lost);
    // No delivery after the first one met a fault.
    breaks(&story(Meaning::List, &[(61, Throttled)]), lost);
    breaks(&story(Meaning::List, &[(30, TextStatusTwice)]), lost);
    // An opt-out is delivered again until each reminder has ended.
    keeps(&story(Meaning::OptOut, &[(71, StoreThrottled)]), lost);
    breaks(&story(Meaning::OptOut, &[(71, QueueDown)]), lost);
    // So is each text of a person who has opted out.
    keeps(&story_after(Meaning::OptOut, Meaning::List, &[(71, StoreThrottled)]), lost);
    breaks(&story_after(Meaning::OptIn, Meaning::List, &[(71, StoreThrottled)]), lost);
}

/// An older release can't read a record that it needs for a text, so it parks the text, which the queue may refuse.
#[test]
fn a_text_that_waits_for_a_later_release_may_be_refused_if_it_can_not_be_parked() {
    let story = |waits: &[i64], refuses: &[i64]| {
        let mut story = asked();
        story.at(30, 0, Observation::RolledBack);
        let (id, route) = (MessageId::new("twilio", "SM7").unwrap(), AnswerRoute::Reply);
        story.at(60, 0, Observation::TextSent { id: id.clone(), person: 0, meaning: Meaning::Restore, route });
        for second in [60, 80, 100] {
            story.at(second, 10, Observation::TextDelivered { id: id.clone() });
        }
        for second in waits {
            let (message, words) = (Some(id.to_string()), "a text waits for a later release".to_owned());
            story.at(*second, 0, Observation::Alarm { reminder: None, outgoing: None, message, words });
        }
        refuses.iter().for_each(|second| story.fault(*second, Fault::QueueDown));
        story.judge(2)
    };
    let each = &[61, 81, 101];
    keeps(&story(each, each), "was not taken");
    breaks(&story(&[61, 81], each), "was not taken");
    breaks(&story(each, &[61, 81]), "was not taken");
}

/// An occurrence ends with a text while its call is under way, and then its key comes.
#[test]
fn a_text_that_was_owed_before_the_key_may_follow_if_a_fault_kept_it_from_being_withdrawn() {
    let story = |passed: Option<(i64, bool)>, fault: (i64, Fault)| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::Keys(&['1']));
        if let Some((second, is_texted)) = passed {
            story.passes(0, 300, 600, second);
            story.passed[0].is_texted = is_texted;
        }
        story.fault(fault.0, fault.1);
        story.sends(400, &format!("{MISSED} 12:05 PM EST."), None).judge(1)
    };
    let is_texted = "heard and then texted";
    let throttled = (310, Fault::StoreThrottled);
    keeps(&story(Some((305, true)), throttled), is_texted);
    // The key ended the occurrence, so no text is owed.
    breaks(&story(Some((305, false)), throttled), is_texted);
    breaks(&story(Some((311, true)), throttled), is_texted);
    breaks(&story(None, throttled), is_texted);
    // The fault did not hit the key.
    breaks(&story(Some((305, true)), (309, Fault::StoreThrottled)), is_texted);
    breaks(&story(Some((305, true)), (311, Fault::StoreThrottled)), is_texted);
    breaks(&story(Some((305, true)), (310, Fault::TextStatusTwice)), is_texted);
}

#[test]
fn a_text_that_is_reported_undelivered_reaches_no_one() {
    let texted = "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let story = || {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        story.sends(1900, texted, Some(UndeliveredCause::Operator));
        story
    };
    broken(&story().judge(3), "G1");
    let alarmed = story().alarm(2000, 0).judge(3);
    assert!(alarmed.breaches.iter().all(|breach| breach.guarantee != "G1"), "{:#?}", alarmed.breaches);
    broken(&story().alarm(2000, 7).judge(3), "G1");
}

#[test]
fn an_alarm_about_another_persons_reminder_does_not_excuse_a_lost_reminder() {
    let is_reported_lost = |who: Option<usize>| {
        let mut story = asked();
        if let Some(who) = who {
            let (phone, task) = (number(who).as_str().to_owned(), "pills".to_owned());
            let stored = StoredReminder { phone, number: 1, task, confirmed_ms: None };
            story.stored.insert(story.reminder(0).to_string(), stored);
        }
        let judgement = story.alarm(2000, 0).judge(3);
        judgement.breaches.iter().any(|breach| breach.description.contains("without call, text or alarm"))
    };
    assert_eq!([None, Some(0), Some(1)].map(is_reported_lost), [false, false, true]);
}

#[test]
fn a_confirmed_reminder_is_not_texted_again() {
    let texted = "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let story = |again: i64| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        story.sends(1900, texted, Some(UndeliveredCause::Passing));
        story.text(2000, Meaning::Done, "Done: #1 pills.");
        story.sends(again, texted, None);
        story.judge(3)
    };
    breaks(&story(2830), "was confirmed and then texted");
    keeps(&story(1990), "was confirmed and then texted");
}

#[test]
fn a_failure_of_the_newest_try_is_followed_by_another_although_an_older_try_was_accepted_later() {
    let texted = "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let story = |newest: Option<UndeliveredCause>, freezes: bool| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        // The function of the first try freezes before its request, and sends it after the second try was accepted.
        if freezes {
            story.fault(1890, Fault::Freeze);
        }
        story.sends(1950, texted, newest).sends(4000, texted, None).sends(8000, texted, None).judge(3)
    };
    keeps(&story(Some(UndeliveredCause::Passing), true), "texted again");
    breaks(&story(Some(UndeliveredCause::Passing), false), "texted again");
    breaks(&story(Some(UndeliveredCause::Number), true), "texted again");
    breaks(&story(None, true), "texted again");
}

#[test]
fn two_reminders_that_are_due_at_once_have_a_text_each() {
    let texted = "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.";
    let story = |moved: &str| {
        let mut story = daily();
        story.text(600, Meaning::Move(1, 20), moved);
        for text in [1850, 1950] {
            story.sends(text, texted, None);
        }
        story.judge(3)
    };
    keeps(&story("Moved: I'll call you in 20 minutes (12:30 PM): pills (#2)."), "texted again");
    breaks(&story("I can't find that reminder."), "texted again");
}

#[test]
fn nobody_gets_more_texts_in_an_hour_than_they_asked_for() {
    let texted = |times: i64| {
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        for place in 0..times {
            story.sends(1900 + 60 * place, "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.", None);
        }
        story.judge(3)
    };
    keeps(&texted(1), "texts in an hour");
    breaks(&texted(3), "texts in an hour");
}

#[test]
fn a_text_ends_a_reminder_only_if_the_service_handles_it() {
    let story = |answer: Option<&str>| {
        let mut story = asked();
        story.queued(60, Meaning::DeleteAll);
        if let Some(answer) = answer {
            story.handles(60, answer);
        }
        story.judge(3)
    };
    keeps(&story(Some("Deleted #1 pills.")), "without call, text or alarm");
    breaks(&story(Some("You have no reminders.")), "without call, text or alarm");
    breaks(&story(None), "without call, text or alarm");
}

#[test]
fn a_missed_call_text_is_about_a_reminder_that_a_handled_text_made() {
    let story = |is_handled: bool| {
        let mut story = Story::new();
        story.queued(0, pills());
        if is_handled {
            story.handles(0, PILLS);
        }
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        story.sends(1900, "Missed call: pills. It was due Mon, Mar 1 at 12:30 PM EST.", None).judge(3)
    };
    keeps(&story(true), "no text asked for the text");
    breaks(&story(false), "no text asked for the text");
}

#[test]
fn the_answer_to_a_text_that_waits_for_a_later_release_may_come_later() {
    let story = |words: &str| {
        let mut story = Story::new();
        story.text(60, Meaning::List, "");
        let message = story.last_text.as_ref().map(ToString::to_string);
        story.at(60, 40, Observation::Alarm { reminder: None, outgoing: None, message, words: words.to_owned() });
        let answer = "You have no reminders.";
        story.handles(300, answer).sends(310, answer, None).judge(1)
    };
    keeps(&story("a text waits for a later release"), "no text is left");
    breaks(&story("a record is in use or waits for a later release"), "no text is left");
}

#[test]
fn the_next_occurrence_may_be_heard_while_the_text_about_the_one_before_waits() {
    // The occurrence of 12:10 PM merges with that of 12:05 PM. The call is about 12:15 PM, unless that merges too.
    let story = |next: i64, passed: i64| {
        let mut story = fast();
        story.call(780, 0, "pills", Talk::Silent(PickedUpBy::Mailbox)).call(905, 0, "pills", Talk::Keys(&['1']));
        story.passes(0, 300, next, passed).sends(1400, &format!("{MISSED} 12:05 PM EST."), None).judge(1)
    };
    keeps(&story(900, 810), "and texted");
    breaks(&story(1200, 930), "and texted");
}

#[test]
fn a_snooze_may_be_due_together_with_its_series_although_its_answer_did_not_arrive() {
    let story = |minutes: i64, answer: Option<&str>| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::Keys(&['1'])).queued(600, Meaning::Snooze(minutes));
        if let Some(answer) = answer {
            story.handles(600, answer);
        }
        story.call(1200, 0, "pills", Talk::Keys(&['1']));
        story.sends(1400, &format!("{MISSED} 12:20 PM EST."), None).judge(2)
    };
    let ten = "OK, I'll call you again in 10 minutes (12:20 PM): pills (#2).";
    let nine = "OK, I'll call you again in 9 minutes (12:19 PM): pills (#2).";
    keeps(&story(10, Some(ten)), "heard and then texted");
    breaks(&story(9, Some(nine)), "heard and then texted");
    // The service did not handle the snooze.
    breaks(&story(10, None), "heard and then texted");
}

#[test]
fn a_text_that_was_delivered_again_after_an_alarm_must_be_answered() {
    let story = |is_answered: bool| {
        let mut story = Story::new();
        story.texts += 1;
        let id = MessageId::new("twilio", "SM00000000000000000000000000000001").unwrap();
        let (meaning, route) = (Meaning::List, AnswerRoute::Reply);
        story.at(60, 0, Observation::TextSent { id: id.clone(), person: 0, meaning, route });
        story.at(60, 10, Observation::TextDelivered { id: id.clone() });
        story.fault(60, Fault::StoreDown);
        let (message, words) = (Some(id.to_string()), "a text may be neither stored nor parked".to_owned());
        story.at(60, 40, Observation::Alarm { reminder: None, outgoing: None, message, words });
        // The carrier delivers it again, and the service takes it.
        story.at(90, 10, Observation::TextDelivered { id: id.clone() });
        story.at(90, 60, Observation::TextTaken { id: id.clone() });
        story.last_text = Some(id);
        story.handles(90, "You have no reminders.");
        if is_answered {
            story.sends(120, "You have no reminders.", None);
        }
        story.judge(6)
    };
    keeps(&story(true), "never answered");
    breaks(&story(false), "never answered");
}

#[test]
fn a_text_that_waited_for_a_later_release_must_be_answered_soon_after_its_deployment() {
    let story = |answered: Option<i64>| {
        let mut story = Story::new();
        story.at(30, 0, Observation::RolledBack);
        story.queued(60, Meaning::List);
        let message = story.last_text.as_ref().map(ToString::to_string);
        let words = "a text waits for a later release".to_owned();
        story.at(61, 0, Observation::Alarm { reminder: None, outgoing: None, message, words });
        story.at(5 * 3600, 0, Observation::RolledForward);
        if let Some(second) = answered {
            let answer = "You have no reminders.";
            story.handles(second, answer).sends(second, answer, None);
        }
        story
    };
    keeps(&story(Some(5 * 3600 + 600)).judge(12), "never answered");
    breaks(&story(None).judge(12), "never answered");
    // The later release has just been deployed.
    keeps(&story(None).judge(5), "never answered");
}
