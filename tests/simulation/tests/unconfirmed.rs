//! The limit of the calls to an unconfirmed number: three calls in all. Then texts replace the calls, and one text an
//! hour tells the code that confirms the number.

use std::rc::Rc;

use jiff::tz::TimeZone;
use simulation::checker;
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::people::{Bound, CodeReply, Due, Habit, Machine, Manners, Meaning, Phone, Reply};
use simulation::world::script::{Script, act_with_code};
use simulation::world::{Remains, START, ZONE};

/// Maximum number of calls to an unconfirmed number.
const CALLS: usize = 3;

const DAY_S: i64 = 24 * 3600;

fn phone(habit: Habit, reply: Reply) -> Phone {
    Phone { machine: Machine::None, habit, manners: Manners::Same(reply) }
}

fn remind(letter: char, due: Due) -> Meaning {
    Meaning::Remind { task: format!("feed rabbit q{letter}"), due }
}

/// Three texts that ask for a call every 15 minutes.
fn three_series() -> Vec<(i64, Meaning)> {
    let every = |letter| remind(letter, Due::Every(15, Bound::None));
    vec![(0, every('a')), (10, every('b')), (20, every('c'))]
}

fn run(phone: Phone, texts: Vec<(i64, Meaning)>, days: u32, code_reply: CodeReply) -> Remains {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let script = Script { start: START, phone, by_queue: false, texts, calls_to_service: Vec::new(), days };
    act_with_code(1, &script, code_reply, &Rc::clone(&functions), &zone)
}

fn judged(remains: &Remains) {
    let judgement = checker::judge(remains);
    assert!(judgement.breaches.is_empty(), "{:#?}", judgement.breaches);
}

/// When each call was requested, in milliseconds after the start.
fn calls_ms(remains: &Remains) -> Vec<i64> {
    let calls = remains.entries.iter().filter(|entry| matches!(entry.seen, Observation::CallRequested { .. }));
    calls.map(|entry| entry.at_ms - START.as_millisecond()).collect()
}

/// When each text with these words arrived, in milliseconds after the start.
fn texts_ms(remains: &Remains, words: &str) -> Vec<i64> {
    let is_text = |seen: &Observation| matches!(seen, Observation::TextArrived { body, .. } if body.contains(words));
    let texts = remains.entries.iter().filter(|entry| is_text(&entry.seen));
    texts.map(|entry| entry.at_ms - START.as_millisecond()).collect()
}

const TELLS_CODE: &str = " for more.";

/// Words of a text about a pause.
const PAUSES: &str = "so it is paused.";

/// The stored answers that begin with these words.
fn answers_with<'a>(remains: &'a Remains, beginning: &str) -> Vec<&'a str> {
    let answers = remains.handled.values().map(|text| text.answer.as_str());
    answers.filter(|answer| answer.starts_with(beginning)).collect()
}

/// The forger also sends LIST once a day, so that the victim stays a person who texts.
#[test]
fn three_forged_texts_cause_three_calls_and_then_none_for_sixty_days() {
    let mut texts = three_series();
    texts.extend((1..60).map(|day| (day * DAY_S, Meaning::List)));
    let remains = run(phone(Habit::Always(3000), Reply::Listen), texts, 60, CodeReply::Nothing);
    assert!(!remains.cut_off);
    let calls = calls_ms(&remains);
    assert_eq!(calls.len(), CALLS, "{calls:?}");
    assert!(calls.iter().all(|at_ms| *at_ms < DAY_S * 1000), "{calls:?}");
    // Each series is paused after five texts in a row, so the texts end too.
    let texts = texts_ms(&remains, "");
    let unasked = texts.iter().filter(|at_ms| **at_ms % (DAY_S * 1000) > 3_600_000 || **at_ms < DAY_S * 1000);
    // Three answers, and for each series the text about an occurrence that was picked up, and five more.
    assert!(unasked.clone().count() <= 3 + 3 * 6, "{:?}", unasked.collect::<Vec<_>>());
    assert_eq!(texts_ms(&remains, PAUSES).len(), 3);
}

/// The answer promises a text instead of a call, and tells the code. The code resumes what was paused.
#[test]
fn a_person_without_calls_is_told_so_and_the_code_of_the_answer_resumes_their_series() {
    let late = 6 * 3600;
    let texts = vec![(0, remind('a', Due::Every(15, Bound::None))), (late, remind('b', Due::In(30)))];
    let remains = run(phone(Habit::Never, Reply::Listen), texts, 1, CodeReply::Nothing);
    judged(&remains);
    assert_eq!(answers_with(&remains, "OK, I'll text you in 30 minutes").len(), 1);
    assert_eq!(texts_ms(&remains, PAUSES).len(), 1);
    let texts = vec![(0, remind('a', Due::Every(15, Bound::None))), (late, remind('b', Due::In(30)))];
    let remains = run(phone(Habit::Never, Reply::Listen), texts, 1, CodeReply::ToAnswers);
    judged(&remains);
    let resumed = answers_with(&remains, "Thanks, this number is confirmed. I'll call you from now on. Resumed: #1.");
    assert_eq!(resumed.len(), 1);
    assert!(calls_ms(&remains).len() > CALLS);
}

/// The three calls about one reminder are not picked up. The text after them tells the code at once.
#[test]
fn the_text_after_the_third_call_tells_the_code() {
    let texts = vec![(0, remind('a', Due::In(1)))];
    let remains = run(phone(Habit::Never, Reply::Listen), texts, 0, CodeReply::Nothing);
    judged(&remains);
    assert_eq!((calls_ms(&remains).len(), texts_ms(&remains, TELLS_CODE).len()), (CALLS, 1));
}

#[test]
fn the_calls_and_texts_of_a_day_to_a_victim_are_judged() {
    for victim in [phone(Habit::Never, Reply::Listen), phone(Habit::Always(3000), Reply::HangUp(9000))] {
        let mut texts = three_series();
        texts.push((5 * 3600, Meaning::DeleteAll));
        let remains = run(victim, texts, 1, CodeReply::Nothing);
        judged(&remains);
        assert_eq!(calls_ms(&remains).len(), CALLS);
    }
}

#[test]
fn a_victim_who_presses_9_twice_is_neither_called_nor_texted_again() {
    let remains = run(phone(Habit::Always(3000), Reply::Press('9', 4000)), three_series(), 1, CodeReply::Nothing);
    judged(&remains);
    // On the first call the victim may hang up before they can press 9 a second time.
    let calls = calls_ms(&remains);
    assert!((1..=2).contains(&calls.len()), "{calls:?}");
    let texts = texts_ms(&remains, "");
    assert!(texts.iter().all(|at_ms| *at_ms < 3_600_000), "{texts:?}");
}

/// The person does not hear the phone, replies with the code, and is called again.
#[test]
fn the_code_confirms_the_number_and_then_the_phone_rings_again() {
    for (code_reply, is_confirmed) in [
        (CodeReply::Code, true),
        (CodeReply::WrongCodes(4), true),
        (CodeReply::WrongCodes(5), false),
        (CodeReply::Nothing, false),
    ] {
        let texts =
            vec![(0, remind('a', Due::In(1))), (3600, remind('b', Due::In(1))), (7400, remind('c', Due::In(1)))];
        let remains = run(phone(Habit::Never, Reply::Listen), texts, 0, code_reply);
        judged(&remains);
        let calls = calls_ms(&remains);
        assert_eq!(calls.len() > CALLS, is_confirmed, "{code_reply:?} {calls:?}");
        assert_eq!(texts_ms(&remains, TELLS_CODE).len(), if is_confirmed { 1 } else { 2 }, "{code_reply:?}");
    }
}
