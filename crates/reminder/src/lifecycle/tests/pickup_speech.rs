//! The speech is decided when the call is picked up.

use super::*;

fn says(given: &Reminder, n: u32) -> Speech {
    speech(given, &claim(n))
}

#[test]
fn only_the_live_call_speaks_the_task() {
    for given in [claimed(), ringing(), picked_up()] {
        assert_eq!(
            [says(&given, 1), says(&given, 0), says(&given, 9)],
            [Speech::Task, Speech::Goodbye, Speech::Goodbye]
        );
    }
}

#[test]
fn a_call_that_is_over_speaks_the_task_until_a_text_is_tried() {
    for why in [
        TextReason::Unanswered,
        TextReason::Unconfirmed,
        TextReason::TooLate,
        TextReason::Unknown,
        TextReason::NumberRefused,
    ] {
        for (tries, expected) in [(0, Speech::Task), (1, Speech::Goodbye), (2, Speech::Goodbye), (3, Speech::Goodbye)] {
            let given = reminder(texted(why, tries, 0), 60);
            assert_eq!(says(&given, 0), expected, "{why:?} after {tries} tries");
            assert_eq!([says(&given, 1), says(&given, 9)], [Speech::Goodbye; 2]);
        }
    }
}

#[test]
fn a_waiting_or_ended_reminder_says_goodbye() {
    let ends = [End::Heard, End::Unconfirmed, End::Missed, End::Cancelled, End::Failed].map(ended_reminder);
    for given in [due_now(), between_calls()].iter().chain(&ends) {
        assert_eq!([0, 1, 9].map(|n| says(given, n)), [Speech::Goodbye; 3], "{:?}", given.life);
    }
}
