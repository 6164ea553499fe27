//! Which reminder, and which occurrence of it, a MOVE and a SNOOZE are about.

use crate::people::{Due, Meaning};

use super::{DAY, Talk, asked, breaks, broken, daily, held};

#[test]
fn a_move_after_a_call_leaves_the_next_occurrence() {
    for next in ["", " Next call of #1: tomorrow at 12:30 PM EST.", " Next call of #1: Wed, Mar 3 at 12:30 PM EST."] {
        let moved = |second: i64, clock: &str| {
            let mut story = daily();
            story.call(1800, 0, "pills", Talk::Keys(&['1']));
            let answer = format!("Moved: I'll call you in 10 minutes ({clock}): pills (#2).{next}");
            story.text(second, Meaning::Move(1, 10), &answer);
            story.call(second + 600, second, "pills", Talk::Keys(&['1']));
            story
        };
        let lately = || moved(2400, "12:50 PM");
        held(&lately().call(1800 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(26));
        broken(&lately().judge(26), "G1");
        // More than an hour after the call, the coming occurrence is skipped. Its answer says which one is the next.
        let judgement = moved(6000, "1:50 PM").judge(26);
        if next.contains("tomorrow") { broken(&judgement, "G1") } else { held(&judgement) }
    }
}

#[test]
fn a_snooze_moves_no_reminder_that_it_did_not_make() {
    let story = |number: u32| {
        let mut story = asked();
        let later = Meaning::Remind { task: "pills".to_owned(), due: Due::In(120) };
        story.text(60, later, "OK, I'll call you today at 2:01 PM EST: pills (#2).");
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        let answer = format!("OK, I'll call you again in 10 minutes (12:41 PM): pills (#{number}).");
        story.text(1860, Meaning::Snooze(10), &answer);
        story
    };
    let kept =
        story(3).call(2460, 1860, "pills", Talk::Keys(&['1'])).call(7260, 60, "pills", Talk::Keys(&['1'])).judge(4);
    held(&kept);
    breaks(&story(2).call(2460, 60, "pills", Talk::Keys(&['1'])).judge(4), "a snooze moved #2 pills");
}
