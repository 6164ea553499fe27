//! Corrections of the zone whose effect on an occurrence is not certain.

use super::*;

/// The daily series at 12:30 PM is corrected on its second day, five minutes after its due and before its first call.
/// The answer says that it rings at 12:30 PM in Chicago, which is an hour later.
fn corrected(calls: &[i64]) -> Judgement {
    let mut story = daily();
    story.numbers(0, 1).fault(DAY + 1800, Fault::RequestRefused);
    story.text(DAY + 2100, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO);
    for second in calls {
        story.call(*second, 0, "pills", Talk::Keys(&['1']));
    }
    story.judge(52)
}

/// The second of 12:30 PM in Chicago on the first day.
const IN_CHICAGO: i64 = 1800 + 3600;

#[test]
fn from_the_due_on_that_the_answer_to_a_correction_states_a_series_rings_in_the_new_zone() {
    held(&corrected(&[1800, DAY + IN_CHICAGO, 2 * DAY + IN_CHICAGO]));
    let lost = |day: &str| format!("#1 pills was due 2027-03-{day}T18:30:00Z, without call, text or alarm");
    breaks(&corrected(&[1800, 2 * DAY + IN_CHICAGO]), &lost("02"));
    breaks(&corrected(&[1800, DAY + IN_CHICAGO]), &lost("03"));
    breaks(&corrected(&[1800]), &lost("03"));
}

#[test]
fn an_unsure_correction_excuses_only_the_calls_before_the_due_that_its_answer_states() {
    let story = |first: i64, second: i64| corrected(&[first, second, 2 * DAY + IN_CHICAGO]);
    for unsure in [DAY + 1900, DAY + 2090] {
        let judgement = story(1800, unsure);
        keeps(&judgement, "ms early");
        keeps(&judgement, "ms late");
    }
    breaks(&story(1700, DAY + IN_CHICAGO), "ms early");
    breaks(&story(1800 + 1000, DAY + IN_CHICAGO), "ms late");
    breaks(&story(1800, DAY + IN_CHICAGO + 1000), "ms late");
}

/// 5:30 PM in London is 12:30 PM in New York. That passes before the text about the zone is handled.
#[test]
fn a_reminder_stays_if_its_time_in_the_new_zone_passes_before_the_correction_is_handled() {
    let story = |deleted: Option<i64>| {
        let mut story = Story::new();
        let due = Due::At(Time::constant(17, 30, 0, 0));
        let meaning = Meaning::Remind { task: "pills".to_owned(), due };
        story.text(0, meaning, "OK, I'll call you today at 5:30 PM EST: pills (#1).");
        let london = Place { city: "London", zone: "Europe/London" };
        story.queued(60, Meaning::Zone(london)).handles(3600, "OK, I'll use London time from now on.");
        if let Some(second) = deleted {
            story.text(second, Meaning::Delete(1), "Deleted #1 pills.");
        }
        story.judge(8)
    };
    let lost = "without call, text or alarm";
    keeps(&story(Some(12_000)), lost);
    breaks(&story(Some(5 * 3600 + 1800 + 2800)), lost);
    breaks(&story(None), lost);
}

/// An older release may leave the series in its zone.
#[test]
fn a_series_that_may_be_due_in_either_zone_is_lost_if_two_dues_in_a_row_bring_nothing_in_either() {
    let story = |calls: &[i64], paused: bool| {
        let mut story = daily();
        story.numbers(0, 1).at(30, 0, Observation::RolledBack);
        story.text(60, Meaning::Zone(CHICAGO), "OK, I'll use Chicago time from now on.");
        story.at(90, 0, Observation::RolledForward);
        for second in calls {
            story.call(*second, 0, "pills", Talk::Keys(&['1']));
        }
        if paused {
            story.pause(0, 1800, 1830, None);
        }
        story.judge(78)
    };
    let lost = "without call, text or alarm";
    keeps(&story(&[1800, DAY + 1800, 2 * DAY + 1800, 3 * DAY + 1800], false), lost);
    keeps(&story(&[IN_CHICAGO, DAY + IN_CHICAGO, 2 * DAY + IN_CHICAGO], false), lost);
    breaks(&story(&[1800], false), lost);
    breaks(&story(&[IN_CHICAGO], false), lost);
    keeps(&story(&[1800], true), lost);
}

#[test]
fn an_occurrence_that_was_called_before_the_correction_was_handled_is_read_in_the_old_zone() {
    let story = |called: i64| {
        let mut story = daily();
        story.numbers(0, 1);
        // It is received before 12:30 PM in New York, and handled after that.
        story.queued(1790, Meaning::Zone(CHICAGO)).call(called, 0, "pills", Talk::Keys(&['1']));
        story.handles(2400, DAILY_IN_CHICAGO).sends(2410, DAILY_IN_CHICAGO, None);
        story.call(1800 + 3600, 0, "pills", Talk::Keys(&['1'])).judge(4)
    };
    held(&story(1800));
    breaks(&story(1700), "ms early");
}

#[test]
fn today_in_the_answer_to_a_correction_may_be_the_day_on_which_it_was_handled() {
    const MIDNIGHT_IN_CHICAGO: i64 = 13 * 3600;
    let story = |heard: i64| {
        let mut story = Story::new();
        let each = Due::Each(Rhythm::Day, Time::constant(23, 30, 0, 0));
        let answer = "OK, I'll call you every day at 11:30 PM, starting today at 11:30 PM EST: pills (#1).";
        story.text(0, Meaning::Remind { task: "pills".to_owned(), due: each }, answer).numbers(0, 1);
        story.call(11 * 3600 + 1800, 0, "pills", Talk::Keys(&['1']));
        // It is received before 11:30 PM in Chicago, and handled after midnight there.
        let answer = "OK, using Chicago time. Now #1 rings every day at 11:30 PM, starting today at 11:30 PM CST.";
        story.queued(MIDNIGHT_IN_CHICAGO - 3000, Meaning::Zone(CHICAGO)).handles(MIDNIGHT_IN_CHICAGO + 600, answer);
        story.sends(MIDNIGHT_IN_CHICAGO + 610, answer, None);
        story.call(heard, 0, "pills", Talk::Keys(&['1'])).judge(40)
    };
    keeps(&story(MIDNIGHT_IN_CHICAGO - 1800 + DAY), "without call, text or alarm");
    breaks(&story(MIDNIGHT_IN_CHICAGO - 1800), "without call, text or alarm");
}

/// A one-off with a guessed zone. The answer to ZONE Chicago states its new time, and a call comes at that time.
#[test]
fn a_correction_leaves_a_one_off_at_its_time_of_day_or_at_its_due() {
    let story = |when: &str, called: i64| {
        let mut story = asked_for_a_time();
        story.text(60, Meaning::Zone(CHICAGO), &format!("OK, using Chicago time. Now #1 rings {when}."));
        story.call(called, 0, "pills", Talk::Keys(&['1'])).judge(8)
    };
    held(&story("today at 12:30 PM CST", IN_CHICAGO));
    held(&story("in 89 minutes (12:30 PM)", IN_CHICAGO));
    let wrong = "#1 pills was planned at another time of day";
    breaks(&story("today at 2:30 PM CST", IN_CHICAGO + 2 * 3600), wrong);
    breaks(&story("tomorrow at 12:30 PM CST", IN_CHICAGO + DAY), wrong);
    // It was moved before the correction, and the move was undone.
    let undone = |when: &str, called: i64| {
        let mut story = asked_for_a_time();
        story.text(60, Meaning::Move(1, 10), "Moved: I'll call you in 10 minutes (12:11 PM): pills (#1).");
        story.text(120, Meaning::Undo, "Undone: I'll call you today at 12:30 PM EST: pills (#1).");
        story.text(180, Meaning::Zone(CHICAGO), &format!("OK, using Chicago time. Now #1 rings {when}."));
        story.call(called, 0, "pills", Talk::Keys(&['1'])).judge(8)
    };
    held(&undone("today at 12:30 PM CST", IN_CHICAGO));
    breaks(&undone("today at 1:30 PM CST", IN_CHICAGO + 3600), wrong);
}

#[test]
fn a_series_rings_on_the_first_day_in_the_new_zone_even_if_the_answer_names_a_later_day() {
    let starting = |day: &str| {
        format!("OK, using Chicago time. Now #1 rings every day at 12:30 PM, starting {day} at 12:30 PM CST.")
    };
    let story = |skips: bool, day: &str, called: i64| {
        let mut story = daily();
        if skips {
            let answer = "Skipped. Next call: tomorrow at 12:30 PM EST, repeating: pills (#1).";
            story.text(30, Meaning::Skip(1), answer);
        }
        story.text(60, Meaning::Zone(CHICAGO), &starting(day));
        for day in called..3 {
            story.call(IN_CHICAGO + day * DAY, 0, "pills", Talk::Keys(&['1']));
        }
        story.judge(53)
    };
    let lost = |day: &str| format!("#1 pills was due 2027-03-{day}T18:30:00Z, without call, text or alarm");
    held(&story(false, "today", 0));
    breaks(&story(false, "Wed, Mar 3", 2), &lost("01"));
    held(&story(true, "tomorrow", 1));
    breaks(&story(true, "Wed, Mar 3", 2), &lost("02"));
}

#[test]
fn an_answer_without_calls_left_states_the_first_due_in_the_new_zone_after_two_skips() {
    let story = |verb: &str, day: &str, called: i64| {
        let mut story = daily();
        for (second, next) in [(30, "tomorrow"), (40, "Wed, Mar 3")] {
            let answer = format!("Skipped. Next call: {next} at 12:30 PM EST, repeating: pills (#1).");
            story.text(second, Meaning::Skip(1), &answer);
        }
        let answer =
            format!("OK, using Chicago time. Now #1 {verb} every day at 12:30 PM, starting {day} at 12:30 PM CST.");
        story.text(60, Meaning::Zone(CHICAGO), &answer);
        story.call(IN_CHICAGO + called * DAY, 0, "pills", Talk::Keys(&['1'])).judge(77)
    };
    for verb in ["rings", "is due"] {
        keeps(&story(verb, "Wed, Mar 3", 2), "#1 pills was due 2027-03-01");
        keeps(&story(verb, "Wed, Mar 3", 2), "#1 pills was due 2027-03-02");
        keeps(&story(verb, "Wed, Mar 3", 2), "#1 pills was due 2027-03-03");
        breaks(&story(verb, "Thu, Mar 4", 3), "#1 pills was due 2027-03-03T18:30:00Z, without call, text or alarm");
    }
}

#[test]
fn a_new_time_of_day_is_read_in_the_zone_that_the_service_has_said_that_it_uses() {
    const LONDON: Place = Place { city: "London", zone: "Europe/London" };
    // 8 PM: the second after the start, and the abbreviation of the zone.
    const NEW_YORK_TIME: (i64, &str) = (8 * 3600, "EST");
    const CHICAGO_TIME: (i64, &str) = (9 * 3600, "CST");
    const LONDON_TIME: (i64, &str) = (3 * 3600, "GMT");
    let time = Time::constant(20, 0, 0, 0);
    let story = |zones: &[(Place, &str)], due: Due, (called, zone): (i64, &str)| {
        let mut story = Story::new();
        for (second, (place, answer)) in (0..).zip(zones) {
            story.text(second, Meaning::Zone(*place), answer);
        }
        let often = if matches!(due, Due::Each(..)) { "every day at 8 PM, starting " } else { "" };
        let answer = format!("OK, I'll call you {often}today at 8 PM {zone}: pills (#1).");
        story.text(60, Meaning::Remind { task: "pills".to_owned(), due }, &answer);
        story.call(called, 60, "pills", Talk::Keys(&['1'])).judge(11)
    };
    let chicago = (CHICAGO, "OK, I'll use Chicago time from now on.");
    let london = (LONDON, "OK, London time.");
    let unheeded = "no text asked for the answer";
    for due in [Due::At(time), Due::Each(Rhythm::Day, time)] {
        held(&story(&[], due, NEW_YORK_TIME));
        held(&story(&[chicago], due, CHICAGO_TIME));
        held(&story(&[chicago, london], due, LONDON_TIME));
        held(&story(&[london, chicago], due, CHICAGO_TIME));
        // The decision not to answer changes nothing.
        keeps(&story(&[(CHICAGO, "")], due, NEW_YORK_TIME), unheeded);
        breaks(&story(&[chicago], due, NEW_YORK_TIME), unheeded);
        breaks(&story(&[chicago, london], due, CHICAGO_TIME), unheeded);
        breaks(&story(&[(CHICAGO, "")], due, CHICAGO_TIME), unheeded);
    }
}
