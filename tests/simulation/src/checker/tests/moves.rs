//! Which reminder, and which occurrence of it, a MOVE and a SNOOZE are about.

use super::*;
use crate::checker::Guarantee;

#[test]
fn a_move_without_a_delivered_answer_moves_the_call_only_if_it_was_handled() {
    let story = |is_handled: bool| {
        let mut story = asked();
        story.queued(60, Meaning::Move(1, 10));
        if is_handled {
            story.handles(60, "Moved: I'll call you in 10 minutes (12:11 PM): pills (#1).");
        }
        story.call(660, 0, "pills", Talk::Keys(&['1'])).judge(1)
    };
    keeps(&story(true), "early");
    breaks(&story(false), "early");
}

#[test]
fn a_call_that_a_late_move_asked_for_is_late_from_when_the_move_was_handled() {
    let story = |handled: i64| {
        let mut story = asked();
        let answer = "Moved: I'll call you today at 12:03 PM EST: pills (#1).";
        story.queued(60, Meaning::Move(1, 2)).handles(handled, answer).sends(602, answer, None);
        story.call(602, 0, "pills", Talk::Keys(&['1'])).judge(1)
    };
    keeps(&story(600), "ms late, expected at most 5000 ms after these faults");
    breaks(&story(300), "ms late, expected at most 5000 ms after these faults");
}

#[test]
fn only_a_move_soon_after_a_call_leaves_the_next_occurrence_unchanged() {
    for next in ["", " Next call of #1: tomorrow at 12:30 PM EST.", " Next call of #1: Wed, Mar 3 at 12:30 PM EST."] {
        let moved = |second: i64, clock: &str| {
            let mut story = daily();
            story.call(1800, 0, "pills", Talk::Keys(&['1']));
            let answer = format!("Moved: I'll call you in 10 minutes ({clock}): pills (#2).{next}");
            story.text(second, Meaning::Move(1, 10), &answer);
            story.call(second + 600, second, "pills", Talk::Keys(&['1']));
            story
        };
        let soon_after = || moved(2400, "12:50 PM");
        held(&soon_after().call(1800 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(26));
        broken(&soon_after().judge(26), "G1");
        // A MOVE more than an hour after the call skips the next occurrence, so its answer must not name that one.
        let judgement = moved(6000, "1:50 PM").judge(26);
        if next.contains("tomorrow") { broken(&judgement, "G1") } else { held(&judgement) }
    }
}

#[test]
fn a_series_does_not_ring_at_the_due_that_a_move_left_out_although_its_zone_was_named_before() {
    const MOVED: &str = "Moved: I'll call you in 10 minutes (12:21 PM): pills (#2). Next call of #1: tomorrow at";
    let story = |named: i64, rings: bool| {
        let mut story = daily();
        // The older release may leave the series in its zone.
        story.at(named - 30, 0, Observation::RolledBack);
        story.text(named, Meaning::Zone(CHICAGO), "OK, I'll use Chicago time from now on.");
        story.at(named + 30, 0, Observation::RolledForward);
        story.text(660, Meaning::Move(1, 10), &format!("{MOVED} 12:30 PM EST."));
        story.call(1260, 660, "pills", Talk::Keys(&['1']));
        if rings {
            story.call(1800, 0, "pills", Talk::NotPickedUp);
        }
        story.judge(3)
    };
    breaks(&story(60, true), "after a confirmed cancellation");
    keeps(&story(60, false), "after a confirmed cancellation");
    // A zone that is named after the MOVE may plan the occurrence again.
    keeps(&story(900, true), "after a confirmed cancellation");
}

#[test]
fn it_is_not_judged_how_late_a_call_is_if_its_zone_is_not_certain() {
    let judged = |is_old: bool| {
        let mut story = daily();
        if is_old {
            story.at(30, 0, Observation::RolledBack);
        }
        story.text(60, Meaning::Zone(CHICAGO), "OK, I'll use Chicago time from now on.");
        let judgement = story.call(5400, 0, "pills", Talk::Keys(&['1'])).judge(3);
        [Guarantee::G5, Guarantee::G6].map(|guarantee| judgement.shares.of(guarantee))
    };
    assert_eq!(judged(false), [(1, 1); 2]);
    assert_eq!(judged(true), [(0, 1); 2]);
}

#[test]
fn a_snooze_does_not_move_another_reminder_with_the_same_task() {
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

#[test]
fn restore_brings_back_a_reminder_with_the_due_of_a_move_whose_answer_was_not_delivered() {
    let story = |first: Story, number: u32, restored: &str| {
        let mut story = first;
        // The MOVE of an occurrence of a series makes a reminder of its own.
        let is_series = restored.contains("repeating");
        let (task, moved) = if number == 2 { ("tea", 2) } else { ("pills", 1 + u32::from(is_series)) };
        let answer = format!("Moved: I'll call you in 10 minutes (12:11 PM): {task} (#{moved}).");
        story.queued(60, Meaning::Move(number, 10)).handles(60, &answer).text(120, Meaning::OptOut, "").text(
            180,
            Meaning::OptIn,
            "",
        );
        story.text(240, Meaning::Restore, &format!("Restored: I'll call you {restored}."));
        story.call(660, 240, "pills", Talk::Keys(&['1'])).judge(1)
    };
    let nothing = "a reminder that was never asked for comes back";
    held(&story(asked(), 1, "in 7 minutes (12:11 PM): pills (#2)"));
    breaks(&story(asked(), 1, "in 6 minutes (12:10 PM): pills (#2)"), nothing);
    let both = |moved: &str| format!("in 26 minutes (12:30 PM), repeating: pills (#3); {moved}: pills (#4)");
    keeps(&story(daily(), 1, &both("in 7 minutes (12:11 PM)")), nothing);
    breaks(&story(daily(), 1, &both("in 6 minutes (12:10 PM)")), nothing);
    // A MOVE of another reminder does not move this reminder.
    let with_tea = || {
        let mut story = asked();
        story.text(30, tea(), "OK, I'll call you in 30 minutes (12:30:30 PM): tea (#2).");
        story
    };
    breaks(&story(with_tea(), 2, "in 7 minutes (12:11 PM): pills (#3)"), nothing);
}

#[test]
fn undo_of_a_move_brings_back_the_due_even_if_the_answer_to_restore_did_not_state_it() {
    let story = |heard: bool| {
        let mut story = asked();
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
        story.text(180, Meaning::Restore, "Restored: #2. Text LIST to see it.");
        story.text(240, Meaning::Move(2, 10), "Moved: I'll call you in 10 minutes (12:14 PM): pills (#2).");
        story.text(300, Meaning::Undo, "Undone: I'll call you in 25 minutes (12:30 PM): pills (#2).");
        if heard {
            story.call(1800, 180, "pills", Talk::Keys(&['1']));
        }
        story.judge(3)
    };
    held(&story(true));
    let lost = story(false);
    let lost = lost.breaches.iter().filter(|breach| breach.description.contains("without call, text or alarm"));
    assert_eq!(lost.count(), 1);
}

#[test]
fn a_reminder_that_came_back_by_its_number_may_be_called_at_its_old_due_until_a_move() {
    let story = |number: u32, refused: i64, restore: Meaning| {
        let mut story = asked();
        story.text(30, tea(), "OK, I'll call you in 30 minutes (12:30:30 PM): tea (#2).");
        story.text(60, Meaning::OptOut, "").text(120, Meaning::OptIn, "");
        story.text(180, restore, "Restored: #3, #4. Text LIST to see them.");
        let task = if number == 3 { "pills" } else { "tea" };
        story.fault(refused, Fault::RefusedForNow);
        story.claims(refused, 180, RequestOutcome::RefusedForNow).numbers(180, number).has_task(180, task);
        let answer = format!("Moved: I'll call you in 10 minutes (12:41 PM): {task} (#{number}).");
        story.text(1860, Meaning::Move(number, 10), &answer);
        story.call(2460, 180, task, Talk::Keys(&['1'])).judge(3)
    };
    keeps(&story(3, 1801, Meaning::Restore), "early");
    keeps(&story(4, 1831, Meaning::Restore), "early");
    // Its old due was the due of its own task, and nothing else brings it back.
    breaks(&story(3, 1790, Meaning::Restore), "early");
    breaks(&story(4, 1801, Meaning::Restore), "early");
}

/// Midnight after the first day, in seconds after the start.
const MIDNIGHT: i64 = 12 * 3600;

/// A daily series whose answer says when it is first due.
fn each_day_at(hour: i8, minute: i8, first: &str) -> Story {
    let mut story = Story::new();
    let time = jiff::civil::Time::constant(hour, minute, 0, 0);
    let each = Meaning::Remind { task: "pills".to_owned(), due: Due::Each(Rhythm::Day, time) };
    story.text(0, each, &format!("OK, I'll call you every day at {first}, starting {first}: pills (#1)."));
    story
}

#[test]
fn tomorrow_in_the_answer_to_a_move_is_the_day_after_the_answer_was_written() {
    // The store is down at 11:55 PM, and the text is answered at 12:03 AM.
    let move_sent = MIDNIGHT - 300;
    let story = |next: &str| {
        let mut story = each_day_at(1, 7, "tomorrow at 1:07 AM EST");
        story.queued(move_sent, Meaning::Move(1, 14));
        let answer = format!(
            "Moved: I'll call you in 6 minutes (12:09 AM): pills (#2). Next call of #1: {next} at 1:07 AM EST."
        );
        story.handles(move_sent + 480, &answer).sends(move_sent + 500, &answer, None);
        story.call(move_sent + 840, move_sent + 480, "pills", Talk::Keys(&['1']));
        story.call(MIDNIGHT + 4020 + DAY, 0, "pills", Talk::Keys(&['1'])).judge(38)
    };
    keeps(&story("tomorrow"), "without call, text or alarm");
    breaks(&story("today"), "without call, text or alarm");
}

#[test]
fn an_answer_written_near_midnight_names_the_occurrence_after_the_moved_occurrence() {
    let lost = "without call, text or alarm";
    // The MOVE is received half a minute before midnight, and it is handled four seconds after midnight.
    let moved = |mut story: Story, day: i64, at: &str| {
        let move_sent = day * DAY + MIDNIGHT - 30;
        story.queued(move_sent, Meaning::Move(1, 14));
        let answer = format!(
            "Moved: I'll call you in 14 minutes (12:13:30 AM): pills (#2). Next call of #1: tomorrow at {at} EST."
        );
        story.handles(move_sent + 34, &answer).sends(move_sent + 35, &answer, None);
        story.call(move_sent + 840, move_sent, "pills", Talk::Keys(&['1']));
        story
    };
    let calls = |mut story: Story, seconds: &[i64]| {
        for second in seconds {
            story.call(*second, 0, "pills", Talk::Keys(&['1']));
        }
        story
    };
    let at_seven_past_one = MIDNIGHT + 4020;
    let early = || each_day_at(1, 7, "tomorrow at 1:07 AM EST");
    // The first occurrence was moved, so the series goes on after it.
    keeps(&calls(moved(early(), 0, "1:07 AM"), &[at_seven_past_one + DAY]).judge(38), lost);
    breaks(&calls(moved(early(), 0, "1:07 AM"), &[]).judge(38), lost);
    // The occurrence of the morning was heard, so the MOVE in the following night moved the occurrence after it.
    let heard = || calls(early(), &[at_seven_past_one]);
    keeps(&calls(moved(heard(), 1, "1:07 AM"), &[at_seven_past_one + 2 * DAY]).judge(62), lost);
    breaks(&calls(moved(heard(), 1, "1:07 AM"), &[]).judge(62), lost);
    // The occurrence of 11:55 PM is still to be called, so the MOVE was about it, and the next occurrence stays.
    let late = || each_day_at(23, 55, "today at 11:55 PM EST");
    let at_five_to_midnight = MIDNIGHT - 300;
    keeps(&calls(moved(late(), 0, "11:55 PM"), &[at_five_to_midnight + DAY]).judge(40), lost);
    breaks(&calls(moved(late(), 0, "11:55 PM"), &[]).judge(40), lost);
}

#[test]
fn tomorrow_in_the_answer_to_a_skip_is_not_the_day_after_the_answer_arrived() {
    let story = |calls: &[i64]| {
        let mut story = each_day_at(23, 55, "today at 11:55 PM EST");
        story.call(MIDNIGHT - 300, 0, "pills", Talk::NotPickedUp);
        story.queued(MIDNIGHT - 120, Meaning::Skip(1));
        let answer = "Skipped. Next call: tomorrow at 11:55 PM EST, repeating: pills (#1).";
        story.handles(MIDNIGHT - 119, answer).sends(MIDNIGHT + 30, answer, None);
        story.text(MIDNIGHT + 60, Meaning::Delete(1), "Deleted #1 pills.");
        story.text(MIDNIGHT + 120, Meaning::Undo, "OK.");
        for second in calls {
            story.call(*second, MIDNIGHT + 120, "pills", Talk::Keys(&['1']));
        }
        story.judge(62)
    };
    keeps(&story(&[MIDNIGHT - 300 + DAY]), "did not come back");
    breaks(&story(&[]), "did not come back");
}

#[test]
fn the_answer_to_a_move_says_when_a_resumed_series_goes_on() {
    let story = |next: &str| {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(60, Bound::None) };
        let answer = "OK, I'll call you every hour, starting in 60 minutes (1:01 PM): pills (#1).";
        story.text(60, every, answer).call(3660, 60, "pills", Talk::NotPickedUp);
        story.pause(60, 3660, 3700, Some((3780, 7260)));
        let resumed = "Resumed: I'll call you in 58 minutes (2:01 PM), repeating: pills (#1).";
        story.text(3780, Meaning::Resume(1), resumed);
        let move_answer = "Moved: I'll call you in 10 minutes (2:06 PM): pills (#2).";
        story.text(6960, Meaning::Move(1, 10), &format!("{move_answer} Next call of #1: {next}."));
        for (second, made) in [(7560, 6960), (10_860, 60)] {
            story.call(second, made, "pills", Talk::Keys(&['1']));
        }
        story.judge(4)
    };
    let at_two = "#1 pills was due 2027-03-01T19:01";
    keeps(&story("in 65 minutes (3:01 PM)"), at_two);
    // By this answer, the MOVE was about the occurrence before the RESUME, so the series rings at 2:01 PM too.
    breaks(&story("in 5 minutes (2:01 PM)"), at_two);
}

/// The minutes of a snooze, and the local time to which it snoozes.
type Snooze = (i64, &'static str);

#[test]
fn of_two_snoozes_the_one_that_is_handled_last_is_obeyed() {
    const SHORT: Snooze = (17, "12:48:40");
    const LONG: Snooze = (18, "12:49:40");
    let story = |(first, second): (Snooze, Snooze), first_handled: i64, call_second: i64| {
        let words = |(minutes, clock): Snooze| {
            format!("OK, I'll call you again in {minutes} minutes ({clock} PM): pills (#2).")
        };
        let mut story = asked();
        story.call(1800, 0, "pills", Talk::NotPickedUp);
        story.queued(1900, Meaning::Snooze(first.0)).handles(first_handled, &words(first));
        story.queued(1900, Meaning::Snooze(second.0)).handles(1902, &words(second));
        story.call(call_second, 1900, "pills", Talk::Keys(&['1'])).judge(3)
    };
    for (first_handled, texts) in [(1901, (LONG, SHORT)), (1903, (SHORT, LONG))] {
        keeps(&story(texts, first_handled, 2920), "early");
        keeps(&story(texts, first_handled, 2920), "late");
        breaks(&story(texts, first_handled, 2980), "late");
    }
    for (first_handled, texts) in [(1901, (SHORT, LONG)), (1903, (LONG, SHORT))] {
        keeps(&story(texts, first_handled, 2980), "late");
        breaks(&story(texts, first_handled, 2920), "early");
    }
}
