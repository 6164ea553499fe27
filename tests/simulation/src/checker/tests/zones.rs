//! Zones: which text corrects the guessed zone, and which reminders it moves.

use super::*;

const LONDON: Place = Place { city: "London", zone: "Europe/London" };

/// A one-off that is asked for at second 0 and due at 12:30 PM local time. Its answer states the wait of 30 minutes.
fn at_half_past() -> Story {
    let mut story = Story::new();
    let once = Meaning::Remind { task: "pills".to_owned(), due: Due::At(jiff::civil::Time::constant(12, 30, 0, 0)) };
    story.text(0, once, PILLS);
    story
}

/// 12:30 PM in Chicago, in seconds after the start.
const IN_CHICAGO: i64 = 1800 + 3600;

/// Answer to a text about Chicago that corrects the guessed zone.
const CORRECTS: &str = "OK, using Chicago time. Now #1 rings today at 12:30 PM CST.";

/// Answer to a text about London that plans no reminder again.
const LEAVES: &str = "OK, I'll use London time from now on.";

#[test]
fn tomorrow_in_the_answer_to_a_correction_is_the_day_after_the_correction_was_received() {
    const MIDNIGHT_IN_CHICAGO: i64 = 13 * 3600;
    let time = jiff::civil::Time::constant(4, 30, 0, 0);
    let story = |heard: i64| {
        let once = Meaning::Remind { task: "pills".to_owned(), due: Due::At(time) };
        let answer = "OK, using Chicago time. Now #1 rings tomorrow at 4:30 AM CST.";
        let mut story = Story::new();
        story.text(0, once, "OK, I'll call you tomorrow at 4:30 AM EST: pills (#1).");
        // It is received ten seconds before midnight in Chicago, and handled after midnight.
        story.queued(MIDNIGHT_IN_CHICAGO - 10, Meaning::Zone(CHICAGO)).handles(MIDNIGHT_IN_CHICAGO + 5, answer);
        story.sends(MIDNIGHT_IN_CHICAGO + 10, answer, None);
        story.call(heard, 0, "pills", Talk::Keys(&['1'])).judge(52)
    };
    held(&story(MIDNIGHT_IN_CHICAGO + 16_200));
    breaks(&story(MIDNIGHT_IN_CHICAGO + 16_200 + DAY), "ms late");
}

#[test]
fn a_text_about_the_zone_is_never_refused() {
    let story = |answer: &str| {
        let mut story = at_half_past();
        story.queued(60, Meaning::Zone(CHICAGO)).handles(80, answer).sends(90, answer, None);
        story.call(IN_CHICAGO, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    held(&story(CORRECTS));
    breaks(&story("Not saved: new numbers can have 3 reminders."), "was taken and never answered");
}

#[test]
fn a_text_about_the_zone_without_an_answer_moves_a_reminder_only_if_it_was_handled() {
    let story = |is_handled: bool, heard: i64| {
        let mut story = at_half_past();
        story.queued(60, Meaning::Zone(CHICAGO));
        if is_handled {
            story.handles(80, CORRECTS);
        }
        story.call(heard, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    keeps(&story(true, IN_CHICAGO), "ms late");
    breaks(&story(true, 1800), "ms early");
    keeps(&story(false, 1800), "ms early");
    breaks(&story(false, IN_CHICAGO), "ms late");
}

#[test]
fn of_two_texts_about_zones_the_one_that_was_handled_first_corrects_the_guess() {
    // `received` and `answered` are the seconds at which the text about Chicago is received and its answer is sent.
    let two = |received: i64, answered: i64| {
        let mut story = at_half_past();
        story.queued(received, Meaning::Zone(CHICAGO)).handles(130, CORRECTS);
        story.queued(100, Meaning::Zone(LONDON)).handles(140, LEAVES);
        story.sends(answered, CORRECTS, None).sends(200, LEAVES, None);
        story
    };
    for (received, answered) in [(60, 150), (60, 300), (120, 150), (120, 300)] {
        let story = |heard: i64| two(received, answered).call(heard, 0, "pills", Talk::Keys(&['1'])).judge(4);
        held(&story(IN_CHICAGO));
        breaks(&story(1800), "ms early");
    }
    // The checker still finds that a reminder is lost after the correction.
    breaks(&two(60, 300).judge(4), "without call, text or alarm");
}

#[test]
fn after_the_undo_of_a_move_a_correction_of_the_zone_moves_the_reminder() {
    let story = |back: &'static str, heard: i64| {
        let mut story = at_half_past();
        story.text(60, Meaning::Move(1, 10), "Moved: I'll call you in 10 minutes (12:11 PM): pills (#1).");
        if !back.is_empty() {
            story.text(120, Meaning::Undo, back);
        }
        let answer = if back.is_empty() { "OK, I'll use Chicago time from now on." } else { CORRECTS };
        story.text(180, Meaning::Zone(CHICAGO), answer);
        story.call(heard, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    let back = "Undone: I'll call you in 28 minutes (12:30 PM): pills (#1).";
    held(&story(back, IN_CHICAGO));
    breaks(&story(back, 1800), "early");
    held(&story("", 660));
    breaks(&story("", 660 + 3600), "late");
}

#[test]
fn a_reminder_that_may_be_due_in_either_zone_is_lost_if_neither_brings_a_call() {
    let story = |called: Option<i64>| {
        let mut story = at_half_past();
        // The older release may leave the reminder in its zone.
        story.at(30, 0, Observation::RolledBack);
        story.text(60, Meaning::Zone(CHICAGO), "OK, I'll use Chicago time from now on.");
        story.at(90, 0, Observation::RolledForward);
        if let Some(second) = called {
            story.call(second, 0, "pills", Talk::Keys(&['1']));
        }
        story
    };
    let lost = "without call, text or alarm";
    keeps(&story(Some(1800)).judge(4), lost);
    keeps(&story(Some(IN_CHICAGO)).judge(4), lost);
    breaks(&story(None).judge(4), lost);
    breaks(&story(Some(600)).judge(4), lost);
    keeps(&story(None).alarm(1900, 0).judge(4), lost);
    keeps(&story(None).text(120, Meaning::Delete(1), "Deleted #1 pills.").judge(4), lost);
    keeps(&story(None).text(5000, Meaning::OptOut, "").judge(4), lost);
    breaks(&story(None).text(9000, Meaning::OptOut, "").judge(4), lost);
    // In Chicago it is not due yet.
    keeps(&story(None).judge(2), lost);
}

#[test]
fn a_reminder_that_waits_for_its_first_call_moves_to_another_zone_only_if_the_text_about_it_is_handled() {
    let story = |handled: Option<i64>, answer: &str| {
        let mut story = at_half_past();
        story.fault(1800, Fault::RequestRefused);
        let corrected = handled.unwrap_or(1800 + 180);
        story.queued(corrected, Meaning::Zone(CHICAGO));
        if let Some(second) = handled {
            story.handles(second + 5, answer).sends(second + 10, answer, None);
        }
        story.call(IN_CHICAGO, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    let silent = "OK, I'll use Chicago time from now on.";
    for lost in ["ms late", "without call, text or alarm"] {
        keeps(&story(Some(1800 + 180), CORRECTS), lost);
        breaks(&story(None, CORRECTS), lost);
        // By then it is too late for the first call, and the answer does not name the reminder.
        breaks(&story(Some(1800 + 921), silent), lost);
    }
}

#[test]
fn undo_of_a_move_brings_back_the_time_in_the_corrected_zone() {
    let story = |back: &'static str, heard: i64| {
        let mut story = at_half_past();
        story.text(60, Meaning::Zone(CHICAGO), CORRECTS);
        story.text(120, Meaning::Move(1, 10), "Moved: I'll call you in 10 minutes (11:12 AM): pills (#1).");
        story.text(180, Meaning::Undo, back);
        story.call(heard, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    let back = "Undone: I'll call you today at 12:30 PM CST: pills (#1).";
    held(&story(back, IN_CHICAGO));
    breaks(&story(back, 720), "early");
    breaks(&story("OK.", IN_CHICAGO), "late");
}

#[test]
fn an_answer_that_asks_whether_a_series_moves_along_corrects_no_guess() {
    let story = |is_moved: bool, heard: i64| {
        let time = jiff::civil::Time::constant(18, 30, 0, 0);
        let each = Meaning::Remind { task: "pills".to_owned(), due: Due::Each(Rhythm::Day, time) };
        let mut story = Story::new();
        // Neither the answer to this text nor the answer to the YES is sent.
        story.queued(60, Meaning::Zone(LONDON)).handles(60, LEAVES);
        story.text(120, each, "OK, I'll call you every day at 6:30 PM, starting today at 6:30 PM GMT: pills (#1).");
        let asks = "OK, Chicago time. Should your repeating reminder move to Chicago time too? YES or NO";
        story.text(200, Meaning::Zone(CHICAGO), asks).queued(260, Meaning::Yes);
        if is_moved {
            let moves = "OK, using Chicago time. Now #1 rings every day at 6:30 PM, starting today at 6:30 PM CST.";
            story.handles(260, moves);
        }
        story.call(heard, 120, "pills", Talk::Keys(&['1'])).judge(9)
    };
    let (in_london, in_chicago) = (5400, 5400 + 6 * 3600);
    keeps(&story(true, in_chicago), "ms late");
    breaks(&story(true, in_london), "ms early");
    breaks(&story(false, in_chicago), "ms late");
    keeps(&story(false, in_london), "ms early");
}

#[test]
fn an_occurrence_that_faults_kept_from_its_first_call_may_be_planned_again_in_the_corrected_zone() {
    let lost = "without call, text or alarm";
    let planned = |faulty: &[i64], called: Option<i64>, answer: &str, due: i64| {
        let mut story = daily();
        for second in faulty {
            story.fault(*second, Fault::QueueNever);
        }
        story.plan_again(0, due);
        if let Some(second) = called {
            story.call(second, 0, "pills", Talk::NotPickedUp);
        }
        // This is 20 minutes after the due in New York.
        story.text(3000, Meaning::Zone(CHICAGO), answer);
        if answer == DAILY_IN_CHICAGO {
            story.call(IN_CHICAGO, 0, "pills", Talk::Keys(&['1']));
        }
        story.judge(5)
    };
    let story = |faulty: &[i64], called, answer: &str| planned(faulty, called, answer, 1800);
    let faults = [1790, 2400];
    keeps(&story(&faults, None, DAILY_IN_CHICAGO), lost);
    breaks(&story(&[], None, DAILY_IN_CHICAGO), lost);
    breaks(&story(&[600], None, DAILY_IN_CHICAGO), lost);
    // The occurrence had begun, so it stays, and its person must get a text.
    breaks(&story(&faults, Some(2000), DAILY_IN_CHICAGO), lost);
    // A request that the carrier refused for now is not a call: the occurrence still waits.
    let mut refused = daily();
    faults.iter().for_each(|second| refused.fault(*second, Fault::QueueNever));
    refused.plan_again(0, 1800).call(1900, 0, "pills", Talk::NotPickedUp);
    refused
        .entries
        .retain(|entry| !matches!(entry.seen, Observation::CallAccepted { .. } | Observation::CallEnded { .. }));
    for entry in &mut refused.entries {
        if let Observation::CallRequestOutcome { heard, .. } = &mut entry.seen {
            *heard = RequestOutcome::RefusedForNow;
        }
    }
    refused.text(3000, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO);
    keeps(&refused.call(IN_CHICAGO, 0, "pills", Talk::Keys(&['1'])).judge(5), lost);
    // This answer does not plan the occurrence again.
    breaks(&story(&faults, None, "OK, I'll use Chicago time from now on."), lost);
    // The occurrence was over, and its text is lost: the next one was planned again.
    breaks(&planned(&faults, None, DAILY_IN_CHICAGO, DAY + 1800), lost);
    // The next occurrence is still checked.
    let mut next = daily();
    next.fault(1790, Fault::QueueNever);
    next.fault(2400, Fault::QueueNever);
    next.plan_again(0, 1800);
    breaks(&next.text(3000, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO).judge(9), lost);
}

/// The text is handled after its first due, so the occurrence may wait for its first call until 20 minutes later.
#[test]
fn an_occurrence_whose_text_was_handled_late_may_be_planned_again_in_the_corrected_zone() {
    let story = |handled: i64| {
        let mut story = Story::new();
        let each =
            Meaning::Remind { task: "pills".to_owned(), due: Due::Each(Rhythm::Day, Time::constant(12, 30, 0, 0)) };
        let answer = "OK, I'll call you every day at 12:30 PM, starting today at 12:30 PM EST: pills (#1).";
        story.late_text(0, handled, each, answer).fault(1790, Fault::QueueNever);
        story.plan_again(handled, 1800).numbers(handled, 1);
        story.text(7200, Meaning::Zone(CHICAGO), "OK, using Chicago time. Moved: #1.");
        story.judge(5)
    };
    let lost = "#1 pills was due 2027-03-01T17:30:00Z, without call, text or alarm";
    keeps(&story(7000), lost);
    breaks(&story(1000), lost);
}

#[test]
fn a_text_about_the_zone_that_was_not_handled_excuses_no_occurrence() {
    let lost = "#1 pills was due 2027-03-01T17:30:00Z, without call, text or alarm";
    let story = |faulty: &[i64], corrected: i64, is_handled: bool| {
        let mut story = daily();
        for second in faulty {
            story.fault(*second, Fault::QueueNever);
        }
        story.queued(corrected, Meaning::Zone(CHICAGO));
        story.plan_again(0, 1800);
        if is_handled {
            story.handles(corrected + 5, DAILY_IN_CHICAGO);
        }
        story.judge(5)
    };
    // Before the due, while the occurrence may wait for its first call, and after faults kept it from its first call.
    for (faulty, corrected) in [(&[][..], 60), (&[][..], 1800 + 180), (&[1790, 2400][..], 3000)] {
        keeps(&story(faulty, corrected, true), lost);
        breaks(&story(faulty, corrected, false), lost);
    }
    // No fault kept it from its first call for so long.
    breaks(&story(&[], 1800 + 921, true), lost);
}

#[test]
fn a_yes_counts_only_for_a_question_about_the_zone_that_was_handled_before_it() {
    let moves = "OK, using London time. Now #1 rings every day at 12:30 PM, starting tomorrow at 12:30 PM GMT.";
    let in_london = NEXT_IN_LONDON;
    // `handled` is the second at which the text about London is handled.
    let story = |handled: i64, asks: &str, heard: i64| {
        let mut story = daily();
        story.text(30, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO);
        story.queued(700, Meaning::Zone(LONDON)).handles(handled, asks);
        // The answer to the YES is sent before the question.
        story.queued(800, Meaning::Yes).handles(805, moves).sends(810, moves, None).sends(900, asks, None);
        story.call(heard, 0, "pills", Talk::Keys(&['1'])).judge(24)
    };
    let asks = ASKS_ABOUT_LONDON;
    held(&story(705, asks, in_london));
    breaks(&story(705, asks, IN_CHICAGO), "#1 pills was due 2027-03-02T12:30:00Z");
    // The YES was handled before the question.
    breaks(&story(820, asks, in_london), "#1 pills was due 2027-03-01T18:30:00Z");
    // The answer about London asks no question.
    breaks(&story(705, LEAVES, in_london), "#1 pills was due 2027-03-01T18:30:00Z");
}

/// Half past twelve in London on the second day, in seconds after the start.
const NEXT_IN_LONDON: i64 = DAY + 1800 - 5 * 3600;

/// Half past twelve in Chicago on the second day, in seconds after the start.
const NEXT_IN_CHICAGO: i64 = DAY + IN_CHICAGO;

/// Answer to ZONE London of a person with a daily reminder in another zone.
const ASKS_ABOUT_LONDON: &str = "OK, London time. Should your repeating reminder move to London time too? YES or NO";

/// A daily series in the time of Chicago, which the person had named before. Its first call was heard.
fn heard_in_chicago() -> Story {
    let mut story = Story::new();
    story.text(0, Meaning::Zone(CHICAGO), "OK, I'll use Chicago time from now on.");
    let time = jiff::civil::Time::constant(12, 30, 0, 0);
    let each = Meaning::Remind { task: "pills".to_owned(), due: Due::Each(Rhythm::Day, time) };
    story.text(60, each, "OK, I'll call you every day at 12:30 PM, starting today at 12:30 PM CST: pills (#1).");
    story.call(IN_CHICAGO, 60, "pills", Talk::Keys(&['1']));
    story
}

#[test]
fn a_copy_of_the_reply_to_a_yes_does_not_answer_the_text_about_the_zone() {
    let moves = "OK, using London time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM GMT.";
    let story = |is_copy: bool, is_asked: bool, heard: i64| {
        let mut story = heard_in_chicago();
        story.queued(2 * 3600, Meaning::Zone(LONDON)).handles(7210, ASKS_ABOUT_LONDON);
        let id = MessageId::new("twilio", "SMyes").unwrap();
        let (person, meaning, route) = (0, Meaning::Yes, AnswerRoute::Reply);
        story.at(7260, 0, Observation::TextSent { id: id.clone(), person, meaning, route });
        // The first delivery is parked, so its answer is a separate text.
        for (second, body) in [(7260, ""), (7400, moves)] {
            story.at(second, 10, Observation::TextDelivered { id: id.clone() });
            story.at(second, 60, Observation::TextTaken { id: id.clone() });
            story.at(second, 60, Observation::Reply { id: id.clone(), body: body.to_owned() });
        }
        story.last_text = Some(id);
        story.handles(7290, moves);
        if is_copy {
            story.sends(7300, moves, None);
        }
        story.fault(7260, Fault::StoreThrottled);
        if is_asked {
            story.sends(7350, ASKS_ABOUT_LONDON, None);
        }
        story.call(heard, 60, "pills", Talk::Keys(&['1'])).judge(28)
    };
    for is_copy in [true, false] {
        held(&story(is_copy, true, NEXT_IN_LONDON));
        breaks(&story(is_copy, false, NEXT_IN_LONDON), "\"ZONE London\" of aws#m-3 was taken and never answered");
        breaks(&story(is_copy, true, NEXT_IN_CHICAGO), "ms late");
    }
}

#[test]
fn a_yes_may_be_answered_before_or_after_the_question_about_the_zone_is_sent() {
    let moves = "OK, using London time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM GMT.";
    let story = |asked: i64, heard: i64| {
        let mut story = heard_in_chicago();
        story.queued(7200, Meaning::Zone(LONDON)).handles(7205, ASKS_ABOUT_LONDON);
        story.queued(7260, Meaning::Yes).handles(7265, moves);
        story.sends(7300, moves, None).sends(asked, ASKS_ABOUT_LONDON, None);
        story.call(heard, 60, "pills", Talk::Keys(&['1'])).judge(28)
    };
    for asked in [7210, 7500] {
        held(&story(asked, NEXT_IN_LONDON));
        breaks(&story(asked, NEXT_IN_CHICAGO), "ms late");
    }
}

#[test]
fn a_yes_moves_a_series_after_an_occurrence_that_has_begun_but_a_no_does_not() {
    let asked = DAY + IN_CHICAGO + 30;
    let stays = "Your repeating reminders stay on Chicago time.";
    // The answer to the YES names no due, as the occurrence of the second day has begun. It is sent before the
    // question.
    let story = |replied: Meaning, answer: &str, heard: i64| {
        let mut story = heard_in_chicago();
        story.call(DAY + IN_CHICAGO, 60, "pills", Talk::NotPickedUp);
        story.queued(asked, Meaning::Zone(LONDON)).handles(asked + 10, ASKS_ABOUT_LONDON);
        story.queued(asked + 20, replied).handles(asked + 30, answer);
        story.sends(asked + 40, answer, None).sends(asked + 240, ASKS_ABOUT_LONDON, None);
        story.call(asked + 100, 60, "pills", Talk::Keys(&['1']));
        story.call(heard, 60, "pills", Talk::Keys(&['1'])).judge(51)
    };
    held(&story(Meaning::Yes, LEAVES, DAY + NEXT_IN_LONDON));
    held(&story(Meaning::No, stays, DAY + NEXT_IN_CHICAGO));
    breaks(&story(Meaning::No, stays, DAY + NEXT_IN_LONDON), "was due 2027-03-03T18:30:00Z");
}

#[test]
fn a_yes_without_an_answer_moves_a_series_only_if_it_was_handled() {
    let moves = "OK, using London time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM GMT.";
    let story = |is_handled: bool| {
        let mut story = heard_in_chicago();
        story.queued(7200, Meaning::Zone(LONDON)).handles(7205, ASKS_ABOUT_LONDON);
        story.queued(7260, Meaning::Yes);
        if is_handled {
            story.handles(7265, moves);
        }
        story.sends(7500, ASKS_ABOUT_LONDON, None);
        story.call(NEXT_IN_LONDON, 60, "pills", Talk::Keys(&['1'])).judge(28)
    };
    keeps(&story(true), "#1 pills was due");
    breaks(&story(false), "#1 pills was due");
}

#[test]
fn a_reminder_stays_if_its_new_time_passes_before_the_correction_is_handled() {
    let story = |kept: &str, heard: i64| {
        let once =
            Meaning::Remind { task: "pills".to_owned(), due: Due::At(jiff::civil::Time::constant(17, 30, 0, 0)) };
        let mut story = Story::new();
        story.text(0, once, "OK, I'll call you today at 5:30 PM EST: pills (#1).");
        // It is received before 5:30 PM in London, and handled after that.
        story.queued(60, Meaning::Zone(LONDON)).handles(2400, kept).sends(2410, kept, None);
        story.call(heard, 0, "pills", Talk::Keys(&['1'])).judge(8)
    };
    let stays = "OK, using London time. #1 still rings today at 10:30 PM GMT because its new time has passed. \
                 What time should I move it to?";
    held(&story(stays, 1800 + 5 * 3600));
    breaks(&story(stays, 1800 + 7 * 3600), "ms late");
}
