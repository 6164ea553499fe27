//! Pauses: when a series is paused after missed occurrences, and how it goes on with RESUME.

use super::*;

#[test]
fn a_series_is_paused_after_five_occurrences_that_nobody_hears() {
    let story = |days: i64| {
        let mut story = daily();
        for day in 0..days {
            story.call(1800 + day * DAY, 0, "pills", Talk::NotPickedUp);
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
            story.call(1800 + day * DAY, 0, "pills", Talk::NotPickedUp);
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
fn a_pause_is_about_the_occurrence_whose_last_call_came_just_before_the_next_due() {
    let called_thrice = || {
        let mut story = quarter_hourly();
        for second in [900, 1040, 1799] {
            story.call(second, 0, "pills", Talk::NotPickedUp);
        }
        story
    };
    keeps(&called_thrice().sends(1820, &paused(1), None).judge(3), "without call, text or alarm");
    breaks(&called_thrice().judge(3), "without call, text or alarm");
}

/// A series of every 15 minutes that is paused after five occurrences and resumed. The answer to the text that made it
/// never arrives.
fn paused_and_resumed() -> Story {
    let mut story = Story::new();
    story.queued(0, every_quarter_hour());
    for occurrence in 1..=5 {
        story.call(occurrence * 900, 0, "pills", Talk::NotPickedUp);
    }
    story.sends(4530, &paused(1), None);
    story.text(5000, Meaning::Resume(1), "Resumed: I'll call you in 7 minutes (1:30 PM), repeating: pills (#1).");
    story
}

#[test]
fn a_paused_series_goes_on_after_done_but_not_after_a_call_that_may_be_about_another_reminder() {
    let story = |done: Option<&str>| {
        let mut story = Story::new();
        story.queued(0, every_quarter_hour());
        let tea = Meaning::Remind { task: "tea".to_owned(), due: Due::In(85) };
        story.text(60, tea, "OK, I'll call you in 85 minutes (1:26 PM): tea (#2).");
        let made = "OK, I'll call you every 15 minutes, starting in 13 minutes (12:15 PM): pills (#1).";
        story.sends(120, made, None);
        for (occurrence, due) in (1..=5).zip(["12:15", "12:30", "12:45", "1:00", ""]) {
            story.call(occurrence * 900, 0, "pills", Talk::NotPickedUp);
            let words = if due.is_empty() { paused(1) } else { format!("{MISSED} {due} PM EST.") };
            story.sends(occurrence * 900 + 30, &words, None);
        }
        if let Some(answer) = done {
            story.text(5000, Meaning::Done, answer);
        }
        // The tea was asked for before the answer about the pills, so this call may be about either.
        story.call(5160, 60, "tea", Talk::NotPickedUp);
        story.sends(5190, "Missed call: tea. It was due Mon, Mar 1 at 1:26 PM EST.", None).judge(4)
    };
    keeps(&story(None), "#1 pills was due");
    keeps(&story(Some("Done: #2 tea.")), "#1 pills was due");
    breaks(&story(Some("Done: #1 pills. Next call: in 7 minutes (1:30 PM).")), "#1 pills was due");
}

#[test]
fn the_text_about_a_pause_is_not_about_an_occurrence_that_is_due_after_that_text() {
    let missed = format!("{MISSED} 1:30 PM EST.");
    let story = || {
        let mut story = paused_and_resumed();
        story.call(5400, 0, "pills", Talk::NotPickedUp).sends(5430, &missed, None);
        story
    };
    keeps(&story().judge(3), "texted again");
    breaks(&story().sends(5500, &missed, None).judge(3), "texted again");
}

#[test]
fn the_calls_before_and_after_a_resume_are_of_the_same_series() {
    let story = |last_due: Option<&str>| {
        let mut story = paused_and_resumed();
        for (occurrence, due) in (6..).zip(["1:30", "1:45", "2:00", "2:15"]) {
            story.call(occurrence * 900, 0, "pills", Talk::NotPickedUp);
            story.sends(occurrence * 900 + 30, &format!("{MISSED} {due} PM EST."), None);
        }
        // Nobody picks up this call, so it could be about the series.
        let tea = Meaning::Remind { task: "tea".to_owned(), due: Due::In(4) };
        story.text(8150, tea, "OK, I'll call you in 4 minutes (2:19:50 PM): tea (#2).");
        story.call(8390, 8150, "tea", Talk::NotPickedUp).call(9000, 0, "pills", Talk::NotPickedUp);
        story.sends(9030, &paused(1), None);
        if let Some(last_due) = last_due {
            story.sends(9090, &format!("{MISSED} {last_due} PM EST."), None);
        }
        story.judge(4)
    };
    keeps(&story(None), "texted again");
    breaks(&story(Some("2:30")), "texted again");
}

#[test]
fn a_text_about_a_later_occurrence_shows_that_a_series_was_resumed() {
    // SNOOZE resumes the series if it is about the occurrence before the pause. Its answer does not say so.
    let story = |minutes: i64, snoozed: &str, texted: &[(i64, &str)]| {
        let mut story = quarter_hourly();
        for occurrence in 1..=5 {
            story.call(occurrence * 900, 0, "pills", Talk::NotPickedUp);
        }
        story.sends(4530, &paused(1), None);
        let answer = format!("OK, I'll call you again in {minutes} minutes ({snoozed} PM): pills (#2).");
        story.text(4800, Meaning::Snooze(minutes), &answer);
        for (occurrence, due) in texted {
            story.call(occurrence * 900, 0, "pills", Talk::NotPickedUp);
            story.sends(occurrence * 900 + 30, &format!("{MISSED} {due} PM EST."), None);
        }
        story.call(9000, 0, "pills", Talk::NotPickedUp).sends(9030, &paused(1), None);
        // Since this answer names no due, each call may be about a reminder that the UNDO made anew.
        story.text(9100, Meaning::Undo, "Undone: #3.").judge(4)
    };
    let texted = [(6, "1:30"), (7, "1:45"), (8, "2:00"), (9, "2:15")];
    keeps(&story(10, "1:30", &texted), "texted again");
    keeps(&story(10, "1:30", &texted[3..]), "texted again");
    // The snooze made a reminder that is due together with the series. So this text may be about that reminder.
    breaks(&story(55, "2:15", &texted[3..]), "texted again");
}

#[test]
fn the_text_about_a_pause_is_about_the_series_whose_number_it_names() {
    let story = |number: u32| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::NotPickedUp);
        story.sends(330, &format!("{MISSED} 12:05 PM EST."), None).sends(400, &paused(number), None).judge(1)
    };
    keeps(&story(3), "texted again");
    breaks(&story(1), "texted again");
}

#[test]
fn an_occurrence_may_be_texted_after_the_text_about_a_pause_only_if_a_later_occurrence_was_due() {
    let story = |called: i64| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::NotPickedUp);
        story.sends(330, &format!("{MISSED} 12:05 PM EST."), None);
        story.call(called, 0, "pills", Talk::NotPickedUp).sends(called + 30, &paused(1), None);
        story.sends(1100, &format!("{MISSED} 12:10 PM EST."), None).judge(1)
    };
    // The breaker was open at 12:10, so this is the call of 12:15.
    keeps(&story(960), "texted again");
    breaks(&story(660), "texted again");
}

#[test]
fn a_pause_is_not_about_an_occurrence_whose_text_was_sent_before_the_text_about_the_pause() {
    let story = |last_due: Option<&str>| {
        let mut story = fast();
        story.call(300, 0, "pills", Talk::NotPickedUp);
        story.sends(330, &format!("{MISSED} 12:05 PM EST."), None);
        // The checker can't tell to which reminder this call belongs.
        story.call(600, 200, "pills", Talk::NotPickedUp).sends(640, &paused(1), None);
        if let Some(last_due) = last_due {
            story.sends(700, &format!("{MISSED} {last_due} PM EST."), None);
        }
        story.judge(1)
    };
    keeps(&story(None), "texted again");
    breaks(&story(Some("12:05")), "texted again");
    breaks(&story(Some("12:10")), "texted again");
}

#[test]
fn the_text_about_a_pause_that_is_tried_again_after_a_resume_is_about_no_other_pause() {
    let story = |occurrences: i64| {
        let (mut story, last_due) = (fast(), 1500 + 300 * occurrences);
        story.call(1500, 0, "pills", Talk::NotPickedUp);
        story.sends(1540, &paused(1), Some(UndeliveredCause::Passing));
        story.text(1600, Meaning::Resume(1), "Resumed: I'll call you in 3 minutes (12:30 PM), repeating: pills (#1).");
        for due in (1800..=last_due).step_by(300) {
            story.call(due, 0, "pills", Talk::NotPickedUp);
        }
        let missed = format!("{MISSED} 12:{} PM EST.", last_due / 60);
        story.sends(last_due + 40, &paused(1), None).sends(last_due + 60, &missed, None).judge(2)
    };
    keeps(&story(4), "texted again");
    breaks(&story(5), "texted again");
}

#[test]
fn a_series_whose_first_known_answer_is_the_answer_to_a_resume_was_made_and_paused_before() {
    let resumed = || {
        let mut story = Story::new();
        let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(5, Bound::Times(7)) };
        story.queued(0, every).sends(1540, &paused(1), None);
        let answer = "Resumed: I'll call you in 5 minutes (12:35 PM), repeating: pills (#1).";
        story.text(1800, Meaning::Resume(1), answer);
        story
    };
    let missed = format!("{MISSED} 12:35 PM EST.");
    keeps(&resumed().sends(2130, &missed, None).judge(2), "texted again");
    let alarm = |made: i64| {
        let mut story = resumed();
        story.sends(2130, &missed, Some(UndeliveredCause::Number)).alarm(2160, made).judge(2)
    };
    keeps(&alarm(0), "without call, text or alarm");
    breaks(&alarm(1900), "without call, text or alarm");
}

/// Five missed occurrences in a row. The call about the fifth is at the second `last`.
fn missed(last: i64) -> Story {
    let mut story = fast();
    for due in [300, 600, 900, 1200] {
        let words = format!("{MISSED} 12:{:02} PM EST.", due / 60);
        story.call(due, 0, "pills", Talk::NotPickedUp).sends(due + 40, &words, None);
    }
    story.call(last, 0, "pills", Talk::NotPickedUp);
    story
}

#[test]
fn a_pause_is_about_the_occurrence_whose_call_was_late() {
    let story = |last: i64| missed(last).sends(last + 40, &paused(1), None).judge(2);
    keeps(&story(1500), "without call, text or alarm");
    keeps(&story(1810), "without call, text or alarm");
    breaks(&missed(1810).judge(2), "without call, text or alarm");
}

#[test]
fn the_text_about_a_pause_may_be_tried_again_after_its_series_was_resumed() {
    let story = |again: &str| {
        let mut story = missed(1500);
        // The carrier refuses the first try.
        story.requests(1540, &paused(1), RequestOutcome::RefusedForNow);
        story.text(1600, Meaning::Resume(1), "Resumed: I'll call you in 3 minutes (12:30 PM), repeating: pills (#1).");
        story.call(1800, 0, "pills", Talk::Keys(&['1']));
        story.sends(2000, again, None);
        story.call(2100, 0, "pills", Talk::Keys(&['1']));
        story.text(2200, Meaning::Delete(1), "Deleted #1 pills.").judge(2)
    };
    keeps(&story(&paused(1)), "heard and then texted");
    breaks(&story(&format!("{MISSED} 12:30 PM EST.")), "heard and then texted");
}

#[test]
fn a_series_is_paused_although_the_text_about_it_could_not_be_sent() {
    let story = |missed: i64, is_alarmed: bool| {
        let mut story = daily();
        for day in 0..missed {
            story.call(1800 + day * DAY, 0, "pills", Talk::NotPickedUp);
        }
        for (day, date) in (0..missed - 1).zip(["Mon, Mar 1", "Tue, Mar 2", "Wed, Mar 3", "Thu, Mar 4"]) {
            let words = "Missed call: pills. Text SNOOZE 10 to be called again.";
            story.sends(1830 + day * DAY, &format!("{words} It was due {date} at 12:30 PM EST."), None);
        }
        if is_alarmed {
            story.alarm(3600 + (missed - 1) * DAY, 0);
        }
        story.judge(24 * 8)
    };
    keeps(&story(5, true), "#1 pills was due");
    // Without an alarm, neither the person nor the operator learns of the pause. And four misses do not pause a series.
    breaks(&story(5, false), "#1 pills was due 2027-03-06");
    breaks(&story(4, true), "#1 pills was due 2027-03-06");
}

#[test]
fn a_series_whose_pause_could_not_be_texted_rings_again_after_a_resume() {
    let story = |is_alarmed: bool, answer: &str| {
        let mut story = daily();
        for day in (0..5).chain([7]) {
            story.call(1800 + day * DAY, 0, "pills", Talk::NotPickedUp);
        }
        for (day, date) in
            [(0, "Mon, Mar 1"), (1, "Tue, Mar 2"), (2, "Wed, Mar 3"), (3, "Thu, Mar 4"), (7, "Mon, Mar 8")]
        {
            let words = "Missed call: pills. Text SNOOZE 10 to be called again.";
            story.sends(1830 + day * DAY, &format!("{words} It was due {date} at 12:30 PM EST."), None);
        }
        if is_alarmed {
            story.alarm(3600 + 4 * DAY, 0);
        }
        story.text(6 * DAY + 3600, Meaning::Resume(1), answer).judge(24 * 8)
    };
    let resumed = "Resumed: I'll call you tomorrow at 12:30 PM EST, repeating: pills (#1).";
    keeps(&story(true, resumed), "#1 pills was due");
    breaks(&story(false, resumed), "#1 pills was due 2027-03-06");
    breaks(&story(true, "#1 isn't paused. Next call: tomorrow at 12:30 PM EST."), "#1 pills was due 2027-03-06");
}

/// Who or what picked up the calls of an occurrence.
#[derive(Clone, Copy)]
enum Met {
    /// Nobody picked up.
    Nobody,
    /// A mailbox, and whether the carrier said so.
    Mailbox { is_said: bool },
    /// Nobody picked up, and the next request was refused for now.
    NobodyThenRefused,
}

impl Story {
    /// Adds the calls of one occurrence of the reminder that was made at second 0. The first call is at `second`.
    fn met(&mut self, second: i64, met: Met) {
        match met {
            Met::Nobody => {
                self.call(second, 0, "pills", Talk::NotPickedUp);
            }
            Met::Mailbox { is_said } => {
                for second in [0, 140, 460].map(|after| second + after) {
                    self.call(second, 0, "pills", Talk::Silent(PickedUpBy::Mailbox));
                    let call = CallId::new("twilio", &format!("CA{:032}", self.calls)).unwrap();
                    let verdict = if is_said { "machine_end_beep" } else { "unknown" };
                    self.at(second + 12, 0, Observation::VerdictPosted { call, verdict });
                }
            }
            Met::NobodyThenRefused => {
                self.call(second, 0, "pills", Talk::NotPickedUp);
                let before = self.entries.len();
                self.call(second + 150, 0, "pills", Talk::NotPickedUp);
                let mut refused = self.entries.split_off(before);
                refused.retain_mut(|entry| {
                    if let Observation::CallRequestOutcome { heard, .. } = &mut entry.seen {
                        *heard = RequestOutcome::RefusedForNow;
                    }
                    !matches!(entry.seen, Observation::CallAccepted { .. } | Observation::CallEnded { .. })
                });
                self.entries.extend(refused);
            }
        }
    }
}

/// Judges a series that is missed five days in a row and then paused, while the text about the pause can't be sent.
/// `third` is who picked up on the third day, and the text about that day begins with `opening`. If `resume` is given,
/// a RESUME two hours after the call of the third day has this answer.
fn paused_in_silence(third: Met, opening: &str, resume: Option<&str>) -> Judgement {
    let mut story = missed_in_silence(third, opening);
    if let Some(answer) = resume {
        story.text(9000 + 2 * DAY, Meaning::Resume(1), answer);
    }
    story.judge(24 * 8)
}

/// The same story without the RESUME.
fn missed_in_silence(third: Met, opening: &str) -> Story {
    let mut story = daily();
    for (day, date) in (0..).zip(["Mon, Mar 1", "Tue, Mar 2", "Wed, Mar 3", "Thu, Mar 4", ""]) {
        let (met, opening) = if day == 2 { (third, opening) } else { (Met::Nobody, "Missed call: pills.") };
        story.met(1800 + day * DAY, met);
        if !date.is_empty() {
            story.sends(2400 + day * DAY, &format!("{opening} It was due {date} at 12:30 PM EST."), None);
        }
    }
    story.alarm(3600 + 4 * DAY, 0);
    story
}

#[test]
fn a_key_of_a_person_who_calls_back_confirms_only_the_reminder_that_was_spoken() {
    let story = |task: &str| {
        let mut story = missed_in_silence(Met::Nobody, "Missed call: pills.");
        let call = CallId::new("twilio", "CAback").unwrap();
        let words = format!("Hi, it's sixthirty. Your last reminder was: {task}. Press 1 to confirm.");
        let second = 9000 + 2 * DAY;
        story.at(second, 0, Observation::CalledBack { call: call.clone(), person: 0 });
        story.at(second, 50, Observation::CallBackAnswered { call: call.clone(), speech: Speech::Words(words) });
        story.at(second + 5, 0, Observation::KeyPressed { call, digit: '1' });
        story.judge(24 * 8)
    };
    keeps(&story("tea"), "#1 pills was due 2027-03-06");
    breaks(&story("pills"), "#1 pills was due 2027-03-06");
}

#[test]
fn a_call_that_a_machine_picked_up_counts_toward_a_pause() {
    let missed = "Missed call: pills.";
    keeps(&paused_in_silence(Met::Mailbox { is_said: true }, missed, None), "#1 pills was due");
    // After the verdict "unknown", the service can't know that it was a machine.
    breaks(&paused_in_silence(Met::Mailbox { is_said: false }, missed, None), "#1 pills was due 2027-03-06");
}

#[test]
fn an_occurrence_counts_toward_a_pause_although_its_last_request_was_refused_for_now() {
    keeps(&paused_in_silence(Met::NobodyThenRefused, "Missed call: pills.", None), "#1 pills was due");
    // These words do not say that nobody picked up.
    let unreached = "Sorry, I couldn't reach you by phone: pills.";
    breaks(&paused_in_silence(Met::NobodyThenRefused, unreached, None), "#1 pills was due 2027-03-06");
}

#[test]
fn a_resume_of_a_series_that_is_not_paused_does_not_restart_the_count_of_missed_occurrences() {
    let story = |answer: &str| paused_in_silence(Met::Nobody, "Missed call: pills.", Some(answer));
    keeps(&story("You have no paused reminders. Text LIST to see yours."), "#1 pills was due");
    keeps(&story("#1 isn't paused. Next call: tomorrow at 12:30 PM EST."), "#1 pills was due");
    breaks(
        &story("Resumed: I'll call you tomorrow at 12:30 PM EST, repeating: pills (#1)."),
        "#1 pills was due 2027-03-06",
    );
}

#[test]
fn a_missed_occurrence_counts_toward_a_pause_although_its_text_was_given_up_before_its_first_request() {
    let story = |is_requested: bool, is_alarmed: bool| {
        let mut story = daily();
        for (day, date) in (0..).zip(["Mon, Mar 1", "Tue, Mar 2", "Wed, Mar 3", "Thu, Mar 4", ""]) {
            let words = format!("Missed call: pills. It was due {date} at 12:30 PM EST.");
            story.call(1800 + day * DAY, 0, "pills", Talk::NotPickedUp);
            match day {
                0 if is_requested => drop(story.requests(2400, &words, RequestOutcome::Unknown)),
                1 => (),
                _ if date.is_empty() => (),
                _ => drop(story.sends(2400 + day * DAY, &words, None)),
            }
        }
        if is_alarmed {
            story.alarm(3600 + DAY, 0);
        }
        story.alarm(3600 + 4 * DAY, 0).judge(24 * 8)
    };
    keeps(&story(false, true), "#1 pills was due 2027-03-06");
    breaks(&story(false, false), "#1 pills was due 2027-03-06");
    // The alarm may be about the text of the first day.
    breaks(&story(true, true), "#1 pills was due 2027-03-06");
}

#[test]
fn a_pause_is_about_the_occurrence_that_rang_before_the_delayed_text_about_the_occurrence_before_it() {
    let story = |is_paused: bool, missed: Option<&str>| {
        let mut story = quarter_hourly();
        // The second call of 12:15 can't be repeated before 12:30, so the third call is that of 12:30.
        for second in [900, 1690, 1840] {
            story.call(second, 0, "pills", Talk::NotPickedUp);
        }
        story.sends(2500, &format!("{MISSED} 12:15 PM EST."), None);
        if is_paused {
            // 12:45 has passed.
            story.sends(2800, &paused(1), None);
        }
        if let Some(due) = missed {
            story.sends(2900, &format!("{MISSED} {due} PM EST."), None);
        }
        story.judge(3)
    };
    keeps(&story(true, None), "without call, text or alarm");
    breaks(&story(false, None), "#1 pills was due 2027-03-01T17:30:00Z, without call, text or alarm");
    breaks(&story(true, Some("12:30")), "texted again");
}
