//! Texts: which answers and missed-call texts a person gets, and which of them reach the person.

use super::*;

#[test]
fn a_text_that_the_service_has_taken_must_be_answered() {
    held(&Story::new().text(0, Meaning::List, "You have no reminders.").judge(1));
    broken(&Story::new().text(0, Meaning::List, "").judge(1), "G8");
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
        story.numbers.extend(who.map(|who| (story.reminder(0).to_string(), number(who).as_str().to_owned())));
        let judgement = story.alarm(2000, 0).judge(3);
        judgement.breaches.iter().any(|breach| breach.what.contains("without call, text or alarm"))
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
fn an_answer_that_names_a_task_belongs_to_a_text_after_the_request_for_that_task() {
    let story = |is_deleted: bool| {
        let mut story = asked();
        if is_deleted {
            story.queued(60, Meaning::DeleteAll);
        }
        story.text(120, tea(), TEA);
        // This answer names the tea, so it belongs to the second deletion. The first one may have deleted the pills.
        story.queued(180, Meaning::Delete(2)).sends(240, "Deleted #2 tea.", None);
        story.judge(3)
    };
    keeps(&story(true), "without call, text or alarm");
    breaks(&story(false), "without call, text or alarm");
}

#[test]
fn an_answer_may_belong_to_another_text_whose_own_answer_may_belong_to_a_third() {
    let story = |third: Meaning| {
        let mut story = asked();
        story.text(120, tea(), TEA).call(1800, 0, "pills", Talk::Silent(PickedUpBy::Mailbox));
        // "Done: #2 tea." may answer "done 2" only if the last answer may answer the third text. Then "done" has no
        // answer.
        story.queued(1860, Meaning::Done).queued(1870, Meaning::DoneWith(2)).queued(1880, third);
        story.sends(1890, "Done: #2 tea.", None);
        story.sends(1900, "I can't find that reminder. Text LIST to see yours.", None).judge(3)
    };
    keeps(&story(Meaning::Skip(2)), "#1 pills was due");
    breaks(&story(Meaning::List), "#1 pills was due");
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
