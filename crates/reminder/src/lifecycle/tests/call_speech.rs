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
fn a_waiting_paused_or_ended_reminder_says_goodbye() {
    let ends = [End::Heard, End::Unconfirmed, End::Missed, End::Cancelled].map(ended_reminder);
    for given in [due_now(), between_calls(), paused()].iter().chain(&ends) {
        assert_eq!([0, 1, 9].map(|n| says(given, n)), [Speech::Goodbye; 3], "{:?}", given.life);
    }
}

/// A pickup may be reported after a status said that the call was over. The pickup is applied first, and then the call
/// speaks.
#[test]
fn a_call_that_is_under_way_again_speaks_the_task() {
    let event = reported(0, Report::PickedUp);
    let Transition::Change(change) = transition(&between_calls(), &event, t(60), &policy()) else { panic!() };
    assert_eq!(says(&change.next, 0), Speech::Task);
}
