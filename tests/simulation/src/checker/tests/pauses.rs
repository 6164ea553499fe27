//! Pauses: when a series is paused after missed occurrences, and how it goes on.

use jiff::Timestamp;

use super::*;
use crate::history::{CallEnd, Speech};

/// The words of the text about the missed occurrence of this day. The first occurrence is that of day 0.
fn missed_text(day: i64) -> String {
    let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][usize::try_from(day % 7).unwrap()];
    format!("Missed call: pills. It was due {weekday}, Mar {} at 12:30 PM EST.", day + 1)
}

/// The second at which the occurrence of this day is due.
const fn due(day: i64) -> i64 {
    1800 + day * DAY
}

/// A daily series whose calls are not picked up on the first `days` days. After the calls of each of these days, a text
/// is sent. The text of the last day says that the series is paused.
fn unheard(days: i64) -> Story {
    let mut story = daily();
    story.numbers(0, 1);
    for day in 0..days {
        story.call(due(day), 0, "pills", Talk::NotPickedUp);
        let words = if day + 1 == days { paused(1) } else { missed_text(day) };
        story.sends(due(day) + 30, &words, None);
    }
    story
}

/// The second at which the store shows the pause after five days.
const PAUSED: i64 = due(4) + 25;

#[test]
fn a_series_is_paused_after_five_occurrences_that_nobody_hears() {
    let story = |days: i64| {
        let mut story = daily();
        for day in 0..days {
            story.call(due(day), 0, "pills", Talk::NotPickedUp);
        }
        story.judge(24 * days)
    };
    keeps(&story(5), "in a row that nobody");
    breaks(&story(6), "in a row that nobody");
}

#[test]
fn a_series_that_is_resumed_rings_again() {
    let story = |meaning: Meaning, answer: &str| {
        let mut story = daily();
        for day in (0..5).chain(7..9) {
            story.call(due(day), 0, "pills", Talk::NotPickedUp);
        }
        story.text(6 * DAY, meaning, answer);
        story.judge(24 * 9)
    };
    keeps(
        &story(Meaning::Resume(1), "Resumed: I'll call you tomorrow at 12:30 PM EST: pills (#1)."),
        "in a row that nobody",
    );
    breaks(
        &story(Meaning::List, "#1 every day at 12:30 PM, next tomorrow at 12:30 PM EST: pills"),
        "in a row that nobody",
    );
}

#[test]
fn a_paused_series_owes_no_calls() {
    keeps(&unheard(5).pause(0, due(4), PAUSED, None).judge(24 * 9), "#1 pills was due");
    breaks(&unheard(5).judge(24 * 9), "#1 pills was due 2027-03-06");
}

#[test]
fn a_series_is_paused_only_after_five_occurrences_with_a_call_that_nobody_heard() {
    let too_early = "was paused after";
    let after = |days: i64| unheard(days).pause(0, due(days - 1), due(days - 1) + 25, None).judge(24 * 9);
    keeps(&after(5), too_early);
    breaks(&after(4), "was paused after 4 missed");
    // A confirmed occurrence restarts the count.
    let confirmed_on = |day: i64, faulty_day: i64| {
        let mut story = daily();
        story.numbers(0, 1);
        story.fault(due(faulty_day) + 5, Fault::Slow);
        for missed in 0..6 {
            let talk = if missed == day { Talk::Keys(&['1']) } else { Talk::NotPickedUp };
            story.call(due(missed), 0, "pills", talk);
        }
        story.pause(0, due(5), due(5) + 25, None).judge(24 * 9)
    };
    keeps(&confirmed_on(0, 3), too_early);
    // A fault during the call may have made the key one of an occurrence that had ended. Other faults change nothing.
    keeps(&confirmed_on(1, 1), too_early);
    breaks(&confirmed_on(1, 3), "was paused after 4 missed");
}

#[test]
fn an_occurrence_counts_as_missed_only_if_a_call_was_accepted_or_the_number_was_refused() {
    let story = |heard: RequestOutcome| {
        let mut story = daily();
        story.numbers(0, 1);
        for day in 0..5 {
            story.claims(due(day), 0, heard);
        }
        story.pause(0, due(4), due(4) + 1000, None).judge(24 * 7)
    };
    keeps(&story(RequestOutcome::NumberRefused), "was paused after");
    breaks(&story(RequestOutcome::RefusedForNow), "was paused after 0 missed");
}

#[test]
fn a_call_that_was_picked_up_without_a_verdict_of_a_machine_restarts_the_count() {
    let told = |by: PickedUpBy, verdict: Option<&'static str>, fault: Option<i64>, meaning: Meaning, answer: &str| {
        let mut story = daily();
        story.numbers(0, 1);
        story.text(due(2) + 10, meaning, answer);
        for day in 0..5 {
            story.call(due(day), 0, "pills", if day == 2 { Talk::Silent(by) } else { Talk::NotPickedUp });
            if let Some(verdict) = verdict.filter(|_| day == 2) {
                let call = CallId::new("twilio", &format!("CA{:032}", story.calls)).unwrap();
                story.at(due(day) + 10, 0, Observation::VerdictPosted { call, verdict });
            }
            // A call that was picked up without a key is followed by two others.
            for again in [140, 460].into_iter().filter(|_| day == 2) {
                story.call(due(day) + again, 0, "pills", Talk::NotPickedUp);
            }
        }
        if let Some(second) = fault {
            story.fault(second, Fault::CallbackLost);
        }
        story.pause(0, due(4), PAUSED, None).judge(24 * 7)
    };
    let story = |by, verdict, fault| told(by, verdict, fault, Meaning::List, "#1 every day at 12:30 PM: pills");
    let too_early = "was paused after 2 missed";
    breaks(&story(PickedUpBy::Person, None, None), too_early);
    breaks(&story(PickedUpBy::Person, Some("unknown"), None), too_early);
    keeps(&story(PickedUpBy::Mailbox, Some("machine_end_beep"), None), too_early);
    // The service may not know that the call was picked up.
    keeps(&story(PickedUpBy::Person, None, Some(due(2) + 6)), too_early);
    breaks(&story(PickedUpBy::Person, None, Some(due(3))), too_early);
    // A text that ends an occurrence leaves the count.
    let skipped = "Skipped. Next call: tomorrow at 12:30 PM, repeating: pills (#1).";
    keeps(&told(PickedUpBy::Person, None, None, Meaning::Skip(1), skipped), too_early);
}

/// A call that is requested at the second `requested`, reaches the carrier only at the second `taken`, and is picked up
/// by a screener. Its occurrence is over by then.
fn too_late(story: &mut Story, requested: i64, taken: i64) {
    let call = CallId::new("twilio", "CAlate").unwrap();
    let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let key = ReminderKey { person, reminder: story.reminder(0) };
    let claim = format!("{}{:016}", &story.reminder(requested).to_string()[..10], 99).parse().unwrap();
    let (route, to, carrier) = (CallRoute { key, claim }, number(0), "twilio".parse().unwrap());
    story.fault(requested, Fault::CarrierLate);
    story.at(requested, 0, Observation::CallRequested { carrier, to: to.clone(), route: route.clone() });
    let heard = RequestOutcome::Unknown;
    story.at(requested + 8, 0, Observation::CallRequestOutcome { route: route.clone(), heard });
    story.at(taken, 0, Observation::CallAccepted { call: call.clone(), to, route });
    story.at(taken + 5, 0, Observation::PickedUp { call: call.clone(), by: PickedUpBy::Screener });
    let words = "Hi, it's sixthirty. There's nothing to remind you about right now. Goodbye.".to_owned();
    story.at(taken + 5, 50, Observation::Spoke { call: call.clone(), speech: Speech::Words(words) });
    story.at(taken + 6, 0, Observation::CallEnded { call, end: CallEnd::Completed });
}

#[test]
fn a_call_that_the_carrier_takes_after_its_occurrence_has_ended_leaves_the_count() {
    let due = |place: i64| 900 * (place + 1);
    let story = |went_on: Option<(i64, i64)>| {
        let mut story = quarter_hourly();
        story.numbers(0, 1);
        for place in [0, 1, 3, 4] {
            story.call(due(place), 0, "pills", Talk::NotPickedUp);
        }
        too_late(&mut story, due(2), due(3) + 600);
        if let Some((of, at)) = went_on {
            story.passes(0, due(of), due(of + 1), at);
        }
        story.pause(0, due(4), due(4) + 25, None).judge(4)
    };
    let too_early = "was paused after";
    keeps(&story(Some((2, due(2) + 70))), too_early);
    breaks(&story(None), "was paused after 1 missed");
    // The series went on before the claim, or after the carrier had taken the call.
    breaks(&story(Some((1, due(1) + 70))), "was paused after 1 missed");
    breaks(&story(Some((2, due(3) + 700))), "was paused after 1 missed");
}

#[test]
fn a_call_that_an_older_release_could_not_read_leaves_the_count() {
    let story = |words: &str, older_from: Option<i64>| {
        let mut story = daily();
        story.numbers(0, 1);
        if let Some(from) = older_from {
            story.at(from, 0, Observation::RolledBack);
            story.at(from + 60, 0, Observation::RolledForward);
        }
        for day in 0..5 {
            story.call(due(day), 0, "pills", Talk::NotPickedUp);
            if day == 2 {
                let call = CallId::new("twilio", &format!("CA{:032}", story.calls)).unwrap();
                story.at(due(2) + 5, 0, Observation::PickedUp { call: call.clone(), by: PickedUpBy::Person });
                story.at(due(2) + 5, 50, Observation::Spoke { call, speech: Speech::Words(words.to_owned()) });
            }
        }
        story.pause(0, due(4), PAUSED, None).judge(24 * 7)
    };
    let too_early = "was paused after 2 missed";
    let unread = "Hi, it's sixthirty with a reminder. I'll call again, or text it to you. Goodbye.";
    keeps(&story(unread, Some(due(2) + 1)), too_early);
    breaks(&story(unread, None), too_early);
    // The older release ran on another day.
    breaks(&story(unread, Some(due(1) + 1)), too_early);
    breaks(&story("Hi, it's sixthirty with your reminder: pills. Press 1 to confirm.", Some(due(2) + 1)), too_early);
}

#[test]
fn a_move_after_a_pause_is_about_the_last_occurrence_before_it() {
    // The text about the pause does not arrive, and the service does not learn that before the MOVE withdraws it.
    let story = |moved: i64, resumed: i64, meaning: Meaning| {
        let mut story = quarter_hourly();
        story.confirm(0);
        let clock = |story: &Story, second: i64| {
            let at = Timestamp::from_millisecond(story.start_ms + second * 1000).unwrap();
            at.in_tz("America/New_York").unwrap().strftime("%-I:%M %p").to_string()
        };
        for due in [900, 1800, 2700, 3600] {
            story.call(due, 0, "pills", Talk::NotPickedUp);
            let words = format!("{MISSED} {} EST.", clock(&story, due));
            story.sends(due + 30, &words, None);
        }
        story.call(4500, 0, "pills", Talk::NotPickedUp);
        story.sends(4530, &paused(1), Some(UndeliveredCause::Operator));
        let next = 900 * (moved / 900 + 1);
        let answer = format!(
            "Moved: I'll call you in 10 minutes ({}): pills (#2). Next call of #1: in 5 minutes ({}).",
            clock(&story, moved + 600),
            clock(&story, next)
        );
        story.pause(0, 4500, 4525, Some((resumed, next))).text(moved, meaning, &answer);
        story.call(next, 0, "pills", Talk::Keys(&['1']));
        story.text(next + 60, Meaning::Delete(1), "Deleted #1 pills.");
        story.call(moved + 600, moved, "pills", Talk::Keys(&['1'])).judge(12)
    };
    let lost = "#1 pills was due 2027-03-01T18:15:00Z, without call, text or alarm";
    keeps(&story(6900, 6900, Meaning::Move(1, 10)), lost);
    // The MOVE came hours later, another text had resumed the series, or the text moved another reminder.
    breaks(&story(36_900, 36_900, Meaning::Move(1, 10)), lost);
    breaks(&story(6900, 6300, Meaning::Move(1, 10)), lost);
    breaks(&story(6900, 6900, Meaning::Move(3, 10)), lost);
}

#[test]
fn a_series_does_not_ring_while_it_is_paused() {
    let story = |day: i64| {
        let mut story = unheard(5);
        story.pause(0, due(4), PAUSED, Some((6 * DAY, due(6))));
        story.call(due(day), 0, "pills", Talk::Keys(&['1'])).judge(24 * 7)
    };
    keeps(&story(6), "rang while it was paused");
    breaks(&story(5), "rang while it was paused");
}

#[test]
fn a_resumed_series_rings_at_its_next_due() {
    let story = |resumed: i64, next: i64, called: i64| {
        let mut story = unheard(5);
        story.pause(0, due(4), PAUSED, Some((resumed, next)));
        story.call(called, 0, "pills", Talk::Keys(&['1'])).judge(24 * 7)
    };
    keeps(&story(6 * DAY, due(6), due(6)), "#1 pills was due");
    breaks(&story(5 * DAY, due(5), due(6)), "#1 pills was due 2027-03-06");
    // The due that the store shows is too late: the series was resumed before an earlier due.
    breaks(&story(5 * DAY, due(6), due(6)), "#1 pills was due 2027-03-06");
}

#[test]
fn a_series_rings_again_if_an_answer_says_that_it_is_resumed() {
    let story = |received: i64, answer: &str| {
        let mut story = unheard(5);
        story.text(received, Meaning::Resume(1), answer);
        story.pause(0, due(4), PAUSED, None).judge(24 * 7)
    };
    let resumed = "Resumed: I'll call you today at 12:30 PM EST, repeating: pills (#1).";
    breaks(&story(5 * DAY, resumed), "#1 pills was due 2027-03-06");
    keeps(&story(5 * DAY, "You have no paused reminders. Text LIST to see yours."), "#1 pills was due");
    // This text was received before the pause.
    keeps(&story(4 * DAY, resumed), "#1 pills was due");
}

#[test]
fn a_pause_of_another_reminder_excuses_no_occurrence() {
    let story = |number: u32| {
        let mut story = unheard(5);
        story.numbers(0, number);
        story.pause(0, due(4), PAUSED, None).judge(24 * 7)
    };
    keeps(&story(1), "#1 pills was due");
    breaks(&story(2), "#1 pills was due 2027-03-06");
}

#[test]
fn the_text_about_a_pause_is_about_the_last_occurrence_before_it() {
    let story = |last_due: i64| {
        let mut story = unheard(5);
        story.pause(0, due(4), PAUSED, None);
        story.sends(due(4) + 90, &missed_text(last_due), None).judge(24 * 7)
    };
    keeps(&story(5), "texted again");
    breaks(&story(4), "texted again");
}

#[test]
fn the_text_about_a_pause_is_about_the_series_whose_number_it_names() {
    let story = |number: u32| {
        let mut story = unheard(5);
        story.pause(0, due(4), PAUSED, None);
        story.sends(due(4) + 90, &paused(number), None).judge(24 * 7)
    };
    keeps(&story(3), "texted again");
    breaks(&story(1), "texted again");
}

#[test]
fn the_text_about_a_pause_stays_about_it_if_its_series_is_paused_again_in_the_same_words() {
    let story = |first_is_tried_before: bool| {
        let mut story = daily();
        story.numbers(0, 1);
        for day in 0..10 {
            story.call(due(day), 0, "pills", Talk::NotPickedUp);
        }
        story.pause(0, due(4), PAUSED, Some((due(4) + 60, due(5))));
        story.pause(0, due(9), due(9) + 25, None);
        // The carrier refuses the text about the first pause. It is tried again after the text about the second one.
        let first = if first_is_tried_before { due(4) } else { due(9) } + 30;
        story.requests(first, &paused(1), RequestOutcome::RefusedForNow);
        story.tries_anew(&paused(1));
        story.sends(due(9) + 40, &paused(1), None);
        story.request(due(9) + 200, text_route(100, 2), &paused(1), 90, RequestOutcome::Accepted);
        story.judge(24 * 12)
    };
    keeps(&story(true), "texted again");
    // Two texts are about the second pause.
    breaks(&story(false), "texted again");
}

#[test]
fn the_text_about_a_pause_may_be_tried_again_after_its_series_was_resumed() {
    let story = |again: &str| {
        let mut story = daily();
        story.numbers(0, 1);
        for day in 0..5 {
            story.call(due(day), 0, "pills", Talk::NotPickedUp);
        }
        // The carrier refuses the first try.
        story.requests(due(4) + 30, &paused(1), RequestOutcome::RefusedForNow);
        story.pause(0, due(4), PAUSED, Some((due(4) + 60, due(5))));
        story.call(due(5), 0, "pills", Talk::Keys(&['1']));
        story.sends(due(5) + 200, again, None);
        story.text(due(5) + 400, Meaning::Delete(1), "Deleted #1 pills.").judge(24 * 6)
    };
    keeps(&story(&paused(1)), "heard and then texted");
    breaks(&story(&missed_text(5)), "heard and then texted");
}

#[test]
fn a_resume_finds_a_paused_series() {
    let story = |received: i64| {
        let mut story = unheard(5);
        story.text(received, Meaning::Resume(1), "You have no paused reminders. Text LIST to see yours.");
        story.pause(0, due(4), PAUSED, None).judge(24 * 7)
    };
    keeps(&story(4 * DAY), "RESUME did not find it");
    breaks(&story(5 * DAY), "RESUME did not find it");
}

#[test]
fn a_paused_series_that_ends_is_owed_unless_its_person_ended_it() {
    let story = |is_deleted: bool| {
        let mut story = unheard(5);
        story.pause(0, due(4), PAUSED, None);
        let at_ms = story.start_ms + 5 * DAY * 1000;
        story.pauses[0].resumed = Some(Resumed { at_ms, due_ms: None });
        if is_deleted {
            story.text(5 * DAY, Meaning::Delete(1), "Deleted #1 pills.");
        }
        story.judge(24 * 7)
    };
    keeps(&story(true), "#1 pills was due");
    breaks(&story(false), "#1 pills was due 2027-03-06");
}
