//! The directed cases: each shows one situation and how the service handles it. The cases replay exactly, and their
//! phones, carriers and AWS behave like the real ones.

use std::rc::Rc;

use jiff::tz::TimeZone;
use simulation::cases::{CASES, Case};
use simulation::functions::Functions;
use simulation::history::{DeadLetterCause, Entry, Observation, PickedUpBy, Speech};
use simulation::world::ZONE;

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;

/// The observations of a case, with their times.
fn entries(case: &Case) -> Vec<Entry> {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let remains = case.run(SEED, &Rc::clone(&functions), &zone, |_| ());
    remains.entries
}

/// The observations of a case.
/// With this seed, no verdict of the machine detection is wrong, and nobody hangs up before the answer to their key.
const SEED: u64 = 5;

fn observations(case: &Case) -> Vec<Observation> {
    entries(case).into_iter().map(|entry| entry.seen).collect()
}

/// Number of observations of a case for which `fits` returns true.
fn count(name: &str, fits: impl Fn(&Observation) -> bool) -> usize {
    observations(find_case(name)).iter().filter(|fact| fits(fact)).count()
}

fn rings(fact: &Observation) -> bool {
    matches!(fact, Observation::Rings { .. })
}

fn acknowledges(fact: &Observation) -> bool {
    matches!(fact, Observation::KeyAnswered { digit: '1', .. })
}

fn is_dead_letter(fact: &Observation) -> bool {
    matches!(fact, Observation::DeadLetter { .. })
}

/// The days of a case on which the phone rings, from 0.
fn days_of_rings(name: &str) -> Vec<i64> {
    let entries = entries(find_case(name));
    let begins_ms = entries.first().map_or(0, |entry| entry.at_ms);
    let ringing = entries.iter().filter(|entry| rings(&entry.seen));
    let mut days: Vec<_> = ringing.map(|entry| (entry.at_ms - begins_ms) / DAY_MS).collect();
    days.dedup();
    days
}

fn find_case(name: &str) -> &'static Case {
    Case::named(name).unwrap_or_else(|| panic!("expected the case {name}, found none"))
}

#[test]
fn every_case_replays_exactly() {
    for case in &CASES {
        assert_eq!(observations(case), observations(case), "{}", case.name);
    }
}

#[test]
fn nobody_hears_a_call_that_only_a_screening_phone_answers() {
    let observations = observations(find_case("screener"));
    assert!(observations.iter().any(|fact| matches!(fact, Observation::PickedUp { by: PickedUpBy::Screener, .. })));
    assert!(!observations.iter().any(|fact| matches!(fact, Observation::Heard { .. } | Observation::Joined { .. })));
}

#[test]
fn a_person_who_joins_a_screened_call_can_press_a_key() {
    let observations = observations(find_case("screener-joined"));
    let joined = observations.iter().position(|fact| matches!(fact, Observation::Joined { .. }));
    let pressed = observations.iter().position(|fact| matches!(fact, Observation::KeyPressed { digit: '1', .. }));
    assert!(joined.is_some() && joined < pressed, "joined {joined:?}, pressed {pressed:?}");
}

#[test]
fn a_text_that_the_carrier_accepted_may_never_arrive() {
    let observations = observations(find_case("text-undelivered"));
    assert!(observations.iter().any(|fact| matches!(fact, Observation::TextUndelivered { .. })));
    assert!(!observations.iter().any(|fact| matches!(fact, Observation::TextArrived { .. })));
}

#[test]
fn lambda_stops_a_long_chain_if_the_template_does_not_allow_it() {
    let is_stopped = |fact: &Observation| matches!(fact, Observation::DeadLetter { cause: DeadLetterCause::Chain, .. });
    assert!(observations(find_case("chain-of-wake-ups")).iter().any(is_stopped));
    // A text is parked only once, so it forms no chain.
    for case in ["chain-of-parked-texts", "throttled-then-down"] {
        assert!(!observations(find_case(case)).iter().any(is_stopped), "{case}");
    }
}

#[test]
fn a_text_that_is_refused_does_not_delay_the_next_call() {
    assert_eq!(days_of_rings("texts-refused"), [0, 1, 2]);
    // The first occurrence is heard. Then the series rings every two hours until it is paused: five occurrences with three
    // calls each.
    assert_eq!(count("texts-refused-two-hours", rings), 16);
}

#[test]
fn a_person_is_called_again_after_a_mailbox_or_a_screening_phone_picked_up() {
    assert_eq!(count("mailbox", rings), 3);
    assert_eq!(count("screener", rings), 3);
}

#[test]
fn a_text_that_is_not_delivered_raises_an_alarm_about_its_reminder() {
    let is_alarm = |fact: &Observation| matches!(fact, Observation::Alarm { reminder: Some(_), .. });
    assert_eq!(count("text-undelivered", is_alarm), 1);
}

/// The carrier is asked an hour after it accepted the text, and knows of no failure then.
#[test]
fn a_text_that_fails_hours_after_it_was_accepted_raises_an_alarm() {
    let is_alarm = |fact: &Observation| matches!(fact, Observation::Alarm { reminder: Some(_), .. });
    assert_eq!(count("text-fails-late", is_alarm), 1);
    let is_undelivered = |fact: &Observation| matches!(fact, Observation::TextUndelivered { .. });
    assert!(count("text-fails-late", is_undelivered) > 0);
}

#[test]
fn a_text_is_not_lost_if_a_delivery_is_throttled_and_then_store_and_queue_are_down() {
    assert_eq!(count("throttled-then-down", is_dead_letter), 0);
    assert_eq!(count("throttled-then-down", acknowledges), 1);
}

#[test]
fn a_person_with_many_kept_reminders_can_still_delete_them_and_opt_out() {
    assert_eq!(count("many-kept-reminders", is_dead_letter), 0);
    assert_eq!(count("many-kept-reminders", rings), 0);
}

#[test]
fn a_person_whose_open_question_cannot_be_read_is_still_answered() {
    let is_answer = |fact: &Observation| matches!(fact, Observation::Reply { body, .. } if !body.is_empty());
    assert_eq!(count("unreadable-question", is_dead_letter), 0);
    assert_eq!(count("unreadable-question", is_answer), 3);
}

#[test]
fn a_reminder_that_an_older_release_cannot_read_rings_when_the_later_release_runs_again() {
    assert_eq!(count("rollback", acknowledges), 2);
    assert_eq!(count("rollback", is_dead_letter), 0);
}

#[test]
fn a_series_that_nobody_hears_is_paused_after_five_occurrences() {
    assert_eq!(count("unheard-series", rings), 1 + 15);
}

#[test]
fn two_reminders_that_are_due_at_the_same_second_are_called_one_after_the_other() {
    assert_eq!(count("two-at-once", |fact| matches!(fact, Observation::LineBusy { .. })), 0);
    assert_eq!(count("two-at-once", acknowledges), 2);
}

#[test]
fn skipping_leaves_out_one_day_of_a_series() {
    assert_eq!(days_of_rings("skip"), [1, 2]);
}

#[test]
fn reminders_that_were_ended_by_a_mistaken_opt_out_can_be_restored() {
    assert_eq!(count("cancel-is-an-opt-out", acknowledges), 1);
}

#[test]
fn a_request_for_a_reminder_is_always_answered() {
    let is_silent = |fact: &Observation| matches!(fact, Observation::Reply { body, .. } if body.is_empty());
    assert_eq!(count("silence", is_silent), 0);
}

#[test]
fn a_person_who_calls_back_hears_the_reminder_of_the_missed_calls() {
    let is_about_pills = |fact: &Observation| {
        matches!(fact, Observation::CallToServiceAnswered { speech: Speech::Words(words), .. }
            if words.contains("take the pills"))
    };
    assert_eq!(count("calling-back", is_about_pills), 1);
}
