//! Answers that deny a request: a refusal, and "I can't find that reminder".

use super::*;

/// A one-off of an unconfirmed number. Then a text asks for another reminder, and is refused.
fn refused(due: Due, answer: &str) -> Story {
    let mut story = asked();
    story.numbers(0, 1).text(60, Meaning::Remind { task: "tea".to_owned(), due }, answer);
    story
}

#[test]
fn a_limit_refuses_a_reminder_only_if_it_may_be_reached() {
    const THREE: &str = "Not saved: new numbers can have 3 reminders. Press 1 on a call from us, or DELETE one.";
    const EIGHTY: &str = "Not saved: you have 80 reminders, the most I can keep. DELETE one first.";
    const AT_ONCE: &str = "Not saved: new numbers can get 5 calls in 15 minutes. Press 1 on a call from us, or pick a \
                           later time.";
    const NEW_EVERY: &str = "Not saved: new numbers can get a call every 15 minutes at most. Press 1 on a call from us, \
                             or pick a longer time between calls.";
    const TOO_OFTEN: &str = "Not saved: that's too often. I can call you every 5 minutes at most.";
    let (every, often) = (|minutes| Due::Every(minutes, Bound::None), "was refused without a reason");
    for (due, answer) in [(Due::In(30), AT_ONCE), (every(5), NEW_EVERY)] {
        keeps(&refused(due, answer).judge(1), often);
        breaks(&refused(due, answer).confirm(0).judge(1), often);
    }
    for answer in [THREE, EIGHTY, NEW_EVERY, TOO_OFTEN, "Not saved: no."] {
        breaks(&refused(Due::In(30), answer).judge(1), often);
    }
    breaks(&refused(every(15), NEW_EVERY).judge(1), often);
    keeps(&refused(every(4), TOO_OFTEN).judge(1), often);
    breaks(&refused(every(5), TOO_OFTEN).judge(1), often);
    let full = |reminders: i64| {
        let mut story = asked();
        for number in 2..=reminders {
            let answer = format!("OK, I'll call you in 30 minutes (12:30 PM): tea (#{number}).");
            story.text(0, tea(), &answer);
        }
        story.numbers(0, 1).text(60, tea(), if reminders < 9 { THREE } else { EIGHTY });
        story
    };
    keeps(&full(3).judge(1), often);
    breaks(&full(2).judge(1), often);
    breaks(&full(3).confirm(0).judge(1), often);
    keeps(&full(80).judge(1), often);
    breaks(&full(79).judge(1), often);
}

#[test]
fn a_reminder_that_a_deletion_did_not_find_never_rings() {
    const NO_SUCH: &str = "I can't find that reminder. Text LIST to see yours.";
    let after = "after a confirmed cancellation";
    let story = |number: u32| {
        let mut story = asked();
        story.text(60, Meaning::Delete(number), NO_SUCH);
        story
    };
    let rings = |story: &mut Story| story.call(1800, 0, "pills", Talk::Keys(&['1'])).judge(3);
    breaks(&rings(&mut story(1)), after);
    held(&rings(&mut story(2)));
    // Its call is over, and it is deleted afterwards.
    held(&asked().call(1800, 0, "pills", Talk::Keys(&['1'])).text(1900, Meaning::Delete(1), NO_SUCH).judge(3));
    // The deletion was sent before the reminder was made.
    let mut early = Story::new();
    early.text(60, pills(), "OK, I'll call you in 30 minutes (12:31 PM): pills (#1).");
    early.late_text(50, 90, Meaning::Delete(1), NO_SUCH);
    keeps(&early.call(1860, 60, "pills", Talk::Keys(&['1'])).judge(3), after);
    keeps(&rings(story(1).text(120, Meaning::Undo, "Undone: #1.")), after);
    // An older release can't read the record of the reminder.
    let mut old = story(1);
    old.at(30, 0, Observation::RolledBack);
    old.at(90, 0, Observation::RolledForward);
    keeps(&rings(&mut old), after);
    let mut unreadable = story(1);
    let reminder = Some(unreadable.reminder(0).to_string());
    unreadable.at(10, 0, Observation::ItemSpoiled { reminder });
    keeps(&rings(&mut unreadable), after);
}

#[test]
fn delete_all_ends_each_reminder_that_was_made_before_it_and_no_other() {
    const LATER: &str = "OK, I'll call you in 30 minutes (12:32 PM): tea (#5).";
    let after = "after a confirmed cancellation";
    let rings = |answer: &str, made: i64| {
        let mut story = asked();
        story.text(60, Meaning::DeleteAll, answer).text(made, tea(), LATER);
        story.call(made + 1800, made, "tea", Talk::Keys(&['1'])).judge(3)
    };
    let more = "Deleted #1 pills, #2, #3 and 2 more.";
    for answer in ["Deleted #1 pills.", more] {
        held(&rings(answer, 120));
        breaks(&deleted_all(answer).call(1820, 20, "tea", Talk::Keys(&['1'])).judge(3), after);
    }
    let lost = "tea was due";
    keeps(&deleted_all(more).judge(3), lost);
    let mut later = asked();
    later.text(60, Meaning::DeleteAll, more).text(120, tea(), LATER);
    breaks(&later.judge(3), lost);
}

/// Two reminders, of which the second is made at the second 20. Then a DELETE ALL has this answer.
fn deleted_all(answer: &str) -> Story {
    let mut story = asked();
    story.text(20, tea(), "OK, I'll call you in 30 minutes (12:30:20 PM): tea (#5).");
    story.text(60, Meaning::DeleteAll, answer);
    story
}
