//! Tests of answers and of texts that replace a call. A text about one reminder whose task has an ordinary length fits
//! one segment. A list of reminders may take three.

mod changes;
mod zone;

use jiff::{Timestamp, tz::TimeZone};
use language::{Rule, in_second_person};
use proptest::prelude::*;

use super::segment::segments;
use super::task::shortened;
use super::*;
use crate::confirmation::ConfirmationCode;
use crate::ids::ReminderKey;
use crate::policy::{OPEN_MAX, REPEAT_MIN_S, REPEAT_UNCONFIRMED_MIN_S, TASK_MAX, after};
use crate::record::{DueSource, End, Lifecycle, Reminder, TextReason, Zone};

/// The longest ordinary task.
const TASK: &str = "call Dr. O'Neill about the test results!";

const WHYS: [TextReason; 5] = [
    TextReason::Unanswered,
    TextReason::Unconfirmed,
    TextReason::TooLate,
    TextReason::Unknown,
    TextReason::NumberRefused,
];

/// The codes and series of texts to an unconfirmed number without calls.
fn unconfirmed() -> impl Iterator<Item = (Option<ConfirmationCode>, SeriesAfterText)> {
    let code = ConfirmationCode::of_random(123_456);
    [Some(code), None]
        .into_iter()
        .flat_map(|code| [SeriesAfterText::GoesOn, SeriesAfterText::Paused].map(|series| (code, series)))
}

fn now() -> Timestamp {
    "2026-09-23T12:34:56Z".parse().unwrap()
}

fn reminder(task: &str, number: u32, due: Timestamp, zone: &str, rule: Option<Rule>) -> Reminder {
    Reminder {
        key: ReminderKey {
            person: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            reminder: "01JZ0000000000000000000000".parse().unwrap(),
        },
        number,
        task: task.to_owned(),
        zone: Zone::named(zone).unwrap(),
        rule,
        due,
        due_source: DueSource::Fixed,
        created_at: now(),
        generation: 1,
        epoch: 0,
        last_claim: None,
        last_end: None,
        cancelled_claim: None,
        missed_in_row: 0,
        code: None,
        life: Lifecycle::Ended { end: End::Missed, at: now() },
        write_id: "01MARK00000000000000000000".parse().unwrap(),
    }
}

fn daily() -> Option<Rule> {
    Some("DTSTART:20260302T133000\nRRULE:FREQ=DAILY".parse().unwrap())
}

/// A reminder whose due takes the most words: it is far ahead, has seconds, and repeats.
fn longest() -> Reminder {
    reminder(TASK, 100, "2027-11-24T17:58:59Z".parse().unwrap(), "America/Argentina/Buenos_Aires", daily())
}

fn longest_name() -> ServiceName {
    let name: ServiceName = "The Reminder Service".parse().unwrap();
    assert_eq!(name.as_str().len(), ServiceName::MAX);
    name
}

fn one_sms(text: &str) {
    assert_eq!(segments(text), 1, "{} characters: {text}", text.chars().count());
}

#[test]
fn an_answer_about_a_reminder_is_one_sms() {
    let (one, name) = (longest(), ServiceName::default());
    for answer in [
        Answer::Created(&[&one], ZoneNote::Known),
        Answer::Created(&[&one], ZoneNote::Guessed(&name)),
        Answer::List(&[&one]),
        Answer::Deleted(&[&one], CallInFlight::No),
        Answer::Deleted(&[&one], CallInFlight::MayRing),
        Answer::Moved(&one, CallInFlight::No),
        Answer::Moved(&one, CallInFlight::MayRing),
        Answer::MovedOnce(&one, &one, CallInFlight::No),
        Answer::MovedOnce(&one, &one, CallInFlight::MayRing),
        Answer::Snoozed(&one),
        Answer::Acknowledged { done: &[&one], snoozed: None },
        Answer::Acknowledged { done: &[&one], snoozed: Some(&one) },
        Answer::DoneUntilNext(&[&one]),
        Answer::NotRung(&one),
    ] {
        for left in [CallsLeft::Yes, CallsLeft::UsedUp(None), used_up()] {
            one_sms(&answer.render_for(left, now()));
        }
    }
}

/// The number has had all its calls, and its code is 123456.
fn used_up() -> CallsLeft {
    CallsLeft::UsedUp(Some(ConfirmationCode::of_random(123_456)))
}

#[test]
fn a_number_without_calls_is_promised_a_text_and_told_how_to_get_calls() {
    let due = "2026-09-23T22:30:00Z".parse().unwrap();
    let one = reminder("buy milk", 1, due, "America/New_York", None);
    let check = |answer: Answer<'_>, left, expected: &str| assert_eq!(answer.render_for(left, now()), expected);
    check(
        Answer::Created(&[&one], ZoneNote::Known),
        used_up(),
        "OK, I'll text you today at 6:30 PM EDT: buy milk (#1). New numbers get 3 calls. Reply 123456 and I'll call.",
    );
    check(
        Answer::Snoozed(&one),
        CallsLeft::UsedUp(None),
        "OK, I'll text you again today at 6:30 PM EDT: buy milk (#1). New numbers get 3 calls.",
    );
    check(
        Answer::Moved(&longest(), CallInFlight::MayRing),
        used_up(),
        "Moved: I'll text you Nov 24, 2027 at 2:58:59 PM UTC-3, repeating: call Dr. O'Neill abou... (#100). \
         Your phone may still ring once. Reply 123456 and I'll call.",
    );
    check(
        Answer::List(&[&one]),
        used_up(),
        "#1 today at 6:30 PM EDT: buy milk\nNew numbers get 3 calls. Reply 123456 and I'll call.",
    );
    check(
        Answer::Refused(Refused::TooManyUnconfirmed),
        used_up(),
        "Not saved: new numbers can have 3 reminders. Reply 123456, or DELETE one.",
    );
    check(
        Answer::Refused(Refused::TooManyUnconfirmed),
        CallsLeft::UsedUp(None),
        "Not saved: new numbers can have 3 reminders. Reply with the code from our texts, or DELETE one.",
    );
    check(
        Answer::Refused(Refused::TooManyUnconfirmed),
        CallsLeft::Yes,
        "Not saved: new numbers can have 3 reminders. Press 1 on a call from us, or DELETE one.",
    );
}

#[test]
fn an_answer_that_is_not_about_one_reminder_is_one_sms() {
    let name = longest_name();
    let when = local_time_words(longest().due, longest().zone.rules(), now());
    let daily = daily().unwrap();
    let rule = Some((&daily, &TimeZone::UTC));
    for answer in [
        Answer::List(&[]),
        Answer::NoSuch,
        Answer::NothingToAcknowledge,
        Answer::Confirmed(&[]),
        Answer::WrongCode,
        Answer::TooManyCodes,
        Answer::NoSuchZone(TASK),
        Answer::AskWhen(TASK, &[], &TimeZone::UTC),
        Answer::AskTask(&when, None),
        Answer::AskTask(&when, rule),
        Answer::AskTaskAgain(&when, rule),
        Answer::AskDays,
        Answer::AskWhich,
        Answer::AskWhere,
        Answer::AskZone,
        Answer::Past(&when),
        Answer::Help(&name),
        Answer::Unclear,
        Answer::Refused(Refused::NoSuchDay),
        Answer::Refused(Refused::TooFar),
        Answer::Refused(Refused::TooLong),
        Answer::Refused(Refused::TooMany(OPEN_MAX)),
        Answer::Refused(Refused::TooManyUnconfirmed),
        Answer::Refused(Refused::TooManyAtOnce),
        Answer::Refused(Refused::TooOften(REPEAT_MIN_S / 60)),
        Answer::Refused(Refused::TooOftenUnconfirmed(REPEAT_UNCONFIRMED_MIN_S / 60)),
        Answer::Refused(Refused::CountryNotServed),
        Answer::Refused(Refused::NotCallable),
    ] {
        one_sms(&answer.render(now()));
    }
}

#[test]
fn a_text_that_replaces_a_call_is_one_sms() {
    for why in WHYS {
        one_sms(&instead_of_call(&longest(), why, SeriesAfterText::GoesOn, now()));
        for (code, series) in unconfirmed() {
            one_sms(&instead_of_unconfirmed_call(&longest(), why, code, series, now()));
        }
    }
}

#[test]
fn a_text_about_a_pause_offers_texts_and_calls_to_an_unconfirmed_number() {
    let one = reminder("buy milk", 2, "2026-09-23T22:30:00Z".parse().unwrap(), "America/New_York", daily());
    let text = |code| instead_of_unconfirmed_call(&one, TextReason::TooLate, code, SeriesAfterText::Paused, now());
    let paused = "Reminder: buy milk. No answer 5 times in a row, so it is paused. Text RESUME 2.";
    assert_eq!(text(None), paused);
    let code = ConfirmationCode::of_random(123_456);
    assert_eq!(text(Some(code)), format!("{paused} Reply 123456 for calls."));
}

/// The text is tried for a day, and a carrier may keep it for another day.
#[test]
fn a_text_that_replaces_a_call_states_a_date_that_is_true_on_any_day() {
    let due = "2026-09-23T22:30:00Z".parse().unwrap();
    let one = reminder("buy milk", 1, due, "America/New_York", None);
    for (why, expected) in [
        (TextReason::Unanswered, "Missed call: buy milk. Text SNOOZE 10 to be called again."),
        (TextReason::Unconfirmed, "In case you missed it: buy milk. Text SNOOZE 10 to be called again."),
        (TextReason::TooLate, "Sorry, I couldn't reach you by phone: buy milk."),
    ] {
        for after_s in [0, 900, 12 * 3600, 24 * 3600] {
            let text = instead_of_call(&one, why, SeriesAfterText::GoesOn, after(due, after_s));
            assert_eq!(text, format!("{expected} It was due Wed, Sep 23 at 6:30 PM EDT."));
        }
    }
    let last_year = reminder("buy milk", 1, "2027-01-01T04:59:00Z".parse().unwrap(), "America/New_York", None);
    let text = instead_of_call(&last_year, TextReason::TooLate, SeriesAfterText::GoesOn, after(last_year.due, 900));
    assert!(text.ends_with("It was due Dec 31, 2026 at 11:59 PM EST."), "{text}");
}

#[test]
fn the_first_answer_names_the_service_and_the_guessed_zone() {
    let name = ServiceName::default();
    let due = "2026-09-23T22:30:00Z".parse().unwrap();
    let short = reminder("buy milk", 1, due, "America/New_York", None);
    let check = |one: &Reminder, note, expected: &str| {
        assert_eq!(Answer::Created(&[one], note).render(now()), expected);
    };
    check(&short, ZoneNote::Known, "OK, I'll call you today at 6:30 PM EDT: buy milk (#1).");
    check(
        &short,
        ZoneNote::Guessed(&name),
        "sixthirty: OK, I'll call you today at 6:30 PM EDT: buy milk (#1). \
         Using New York time. Elsewhere? Text ZONE and your city.",
    );
    let soon = reminder("buy milk", 1, after(now(), 64), "America/New_York", None);
    check(
        &soon,
        ZoneNote::Guessed(&name),
        "sixthirty: OK, I'll call you in 1 minute (8:36 AM): buy milk (#1). \
         Using New York time. Elsewhere? Text ZONE and your city.",
    );
    check(
        &longest(),
        ZoneNote::Guessed(&name),
        "sixthirty: OK, I'll call you Nov 24, 2027 at 2:58:59 PM UTC-3, repeating: \
         call Dr. O'Neill about the test results! (#100). Not Buenos Aires time? Text ZONE.",
    );
    let next_week = reminder(TASK, 1, "2026-09-30T13:00:00Z".parse().unwrap(), "America/New_York", None);
    check(
        &next_week,
        ZoneNote::Guessed(&longest_name()),
        "The Reminder Service: OK, I'll call you Wed, Sep 30 at 9 AM EDT: \
         call Dr. O'Neill about the test results! (#1). Not in New York? Text ZONE and your city.",
    );
}

#[test]
fn a_series_is_stated_with_its_rule_if_there_is_room() {
    let due = "2026-09-24T13:00:00Z".parse().unwrap();
    let rule = "DTSTART:20260924T090000\nRRULE:FREQ=DAILY".parse().unwrap();
    let pills = Reminder { rule: Some(rule), ..reminder("take my pills", 2, due, "America/New_York", None) };
    let said = Answer::Created(&[&pills], ZoneNote::Known).render(now());
    assert_eq!(said, "OK, I'll call you every day at 9 AM, starting tomorrow at 9 AM EDT: take your pills (#2).");
}

#[test]
fn a_list_names_a_series_by_its_rule() {
    let check = |pattern: &str, expected: &str| {
        let rule = format!("DTSTART:20260924T080000\nRRULE:{pattern}").parse().unwrap();
        let due = "2026-09-24T12:00:00Z".parse().unwrap();
        let pills = Reminder { rule: Some(rule), ..reminder("take my pills", 2, due, "America/New_York", None) };
        let said = Answer::List(&[&pills]).render(now());
        assert_eq!(said, format!("#2 {expected}, next tomorrow at 8 AM EDT: take your pills"));
    };
    check("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday 8 AM");
    check("FREQ=WEEKLY;INTERVAL=3;BYDAY=TH", "every 3 weeks on Thursday at 8 AM");
    check("FREQ=MONTHLY;BYMONTHDAY=24", "on the 24th of every month at 8 AM");
    check("FREQ=YEARLY;BYWEEKNO=39;BYDAY=TH", "every year in week 39 at 8 AM");
}

#[test]
fn a_question_about_the_task_of_a_series_says_that_it_repeats() {
    let asked = |rule: &str| {
        let rule = rule.parse().unwrap();
        Answer::AskTask("tomorrow at 9 AM EDT", Some((&rule, &TimeZone::UTC))).render(now())
    };
    assert_eq!(
        asked("DTSTART:20260924T090000\nRRULE:FREQ=DAILY"),
        "OK, every day at 9 AM, starting tomorrow at 9 AM EDT. What should I remind you about?"
    );
    let long =
        asked("DTSTART:20260924T090000\nRRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15;BYMINUTE=5,25,45");
    assert_eq!(long, "OK, tomorrow at 9 AM EDT, repeating. What should I remind you about?");
}

#[test]
fn a_long_list_is_three_sms_and_counts_the_reminders_that_it_leaves_out() {
    let open: Vec<Reminder> = (1..=80).map(|number| Reminder { number, ..longest() }).collect();
    let list = Answer::List(&open.iter().collect::<Vec<_>>()).render(now());
    assert_eq!(segments(&list), 3, "{list}");
    let lines: Vec<&str> = list.lines().collect();
    let (last, shown) = lines.split_last().unwrap();
    assert_eq!(*last, format!("and {} more", open.len() - shown.len()));
    assert!(shown.len() >= 4, "{list}");
}

#[test]
fn all_of_a_short_list_is_shown() {
    let open: Vec<Reminder> = (1..=5).map(|number| Reminder { number, ..longest() }).collect();
    let open: Vec<&Reminder> = open.iter().collect();
    for count in 1..=5 {
        assert_eq!(Answer::List(&open[..count]).render(now()).lines().count(), count);
    }
}

#[test]
fn several_reminders_are_named_by_their_numbers() {
    let gone: Vec<Reminder> = (1..=80).map(|number| Reminder { number: 1000 + number, ..longest() }).collect();
    let gone: Vec<&Reminder> = gone.iter().collect();
    let said = |count: usize| Answer::Deleted(&gone[..count], CallInFlight::MayRing).render(now());
    assert_eq!(said(2), "Deleted #1001, #1002. Your phone may still ring once.");
    assert!(said(13).contains(", #1012, and 1 more."), "{}", said(13));
    (2..=80).for_each(|count| one_sms(&said(count)));
}

#[test]
fn a_short_text_stays_whole_and_a_long_text_ends_with_dots() {
    assert_eq!(shortened("buy milk", 8), "buy milk");
    assert_eq!(shortened("buy some milk", 8), "buy s...");
}

proptest! {
    /// This holds at any hour of any day, in zones with long and short names.
    #[test]
    fn an_ordinary_reminder_is_one_sms_when_it_is_made_or_moved_or_its_call_is_replaced(
        task in "[A-Za-z0-9 .,!?'-]{1,40}",
        number in 1_u32..1000,
        ahead_s in 1_i64..500 * 24 * 3600,
        zone in prop::sample::select(vec![
            "America/New_York", "America/Los_Angeles", "America/Port-au-Prince", "America/Sao_Paulo",
            "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "Etc/UTC",
        ]),
        rule in prop::sample::select(vec![None, daily()]),
    ) {
        // What is said back may be longer than what was texted: "I'm" becomes "you're".
        prop_assume!(in_second_person(&task).chars().count() <= 40);
        let one = reminder(&task, number, after(now(), ahead_s), zone, rule);
        one_sms(&Answer::Created(&[&one], ZoneNote::Guessed(&ServiceName::default())).render(now()));
        one_sms(&Answer::Moved(&one, CallInFlight::MayRing).render(now()));
        for left in [used_up(), CallsLeft::UsedUp(None)] {
            one_sms(&Answer::Created(&[&one], ZoneNote::Known).render_for(left, now()));
            one_sms(&Answer::Created(&[&one], ZoneNote::Guessed(&ServiceName::default())).render_for(left, now()));
            one_sms(&Answer::Moved(&one, CallInFlight::MayRing).render_for(left, now()));
            one_sms(&Answer::Snoozed(&one).render_for(left, now()));
        }
        for why in WHYS {
            one_sms(&instead_of_call(&one, why, SeriesAfterText::GoesOn, now()));
            for (code, series) in unconfirmed() {
                one_sms(&instead_of_unconfirmed_call(&one, why, code, series, now()));
            }
        }
    }

    #[test]
    fn a_list_of_any_tasks_is_three_sms_at_most(
        tasks in prop::collection::vec(".{1,300}", 1..20), number in 1_u32..100_000,
    ) {
        let open: Vec<Reminder> = tasks.iter().map(|task| Reminder { task: clean(task), number, ..longest() }).collect();
        let list = Answer::List(&open.iter().collect::<Vec<_>>()).render(now());
        prop_assert!(segments(&list) <= 3, "{}", list);
    }

    #[test]
    fn a_shortened_task_is_not_longer_than_the_limit(task in ".{0,400}", length in 3_usize..TASK_MAX) {
        prop_assert!(shortened(&task, length).chars().count() <= length);
    }
}
