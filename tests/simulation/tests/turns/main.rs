//! A person's turn: when it ends, when it is kept, and when it is given back.

mod given_back;
mod stage;

use reminder::channel::{Breaker, OpenBreaker};
use reminder::policy::after;
use reminder::ports::Overdue;
use reminder::record::State;
use simulation::fakes::Release;
use simulation::faults::Fault;

use stage::{AGAIN_S, CALL_S, Stage};

/// Why a record does not show the end of its call.
#[derive(Clone, Copy)]
enum Hidden {
    Spoiled,
    WrittenLater,
    Cancelled,
}

#[test]
fn a_turn_whose_record_does_not_show_the_end_of_its_call_ends_when_the_call_must_be_over() {
    for cause in [Hidden::Spoiled, Hidden::WrittenLater, Hidden::Cancelled] {
        let stage = Stage::new();
        let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
        let second = stage.make("SM2", "remind me to feed the cat in 6 minutes");
        assert!(stage.wake(&first), "expected the first reminder to be called");
        let taken_at = stage.cloud.engine.now();
        match cause {
            Hidden::Spoiled => stage.cloud.table.borrow_mut().spoil(&first),
            Hidden::WrittenLater => {
                stage.cloud.table.borrow_mut().written_by(&Overdue::Reminder(first.clone()), Release::Later);
            }
            // The carrier may refuse to cancel the call.
            Hidden::Cancelled => stage.text("SM3", "delete 1"),
        }
        while !stage.wake(&second) {
            let now = stage.cloud.engine.now();
            assert!(now < after(taken_at, CALL_S + AGAIN_S), "expected the second reminder to be called by {now}");
        }
        assert!(
            stage.cloud.engine.now() >= after(taken_at, CALL_S - 1),
            "expected the second reminder to wait until the first call must be over"
        );
        stage.cloud.engine.clear();
    }
}

/// The carrier failed while the person was in a call. Only a reminder whose call can be placed now may find out whether
/// the carrier works again.
#[test]
fn a_reminder_that_waits_for_its_turn_leaves_the_probe_of_the_breaker_to_others() {
    let stage = Stage::new();
    let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
    let second = stage.make("SM2", "remind me to feed the cat in 6 minutes");
    assert!(stage.wake(&first), "expected the first reminder to be called");
    let taken_at = stage.cloud.engine.now();
    // The carrier may refuse to cancel the call, so the turn ends when the call must be over.
    stage.text("SM3", "delete 1");
    stage.breaker(move |closed| {
        let opened = OpenBreaker { until: after(taken_at, 30), for_s: 30, probe_until: None };
        Some(Breaker { opened: Some(opened), ..closed.clone() })
    });
    while !stage.wake(&second) {
        let now = stage.cloud.engine.now();
        assert!(now < after(taken_at, CALL_S + AGAIN_S), "expected the second reminder to be called by {now}");
        let breaker = stage.breaker(|_| None);
        assert_eq!(breaker.opened.map(|opened| opened.probe_until), Some(None), "{now}");
    }
    assert!(stage.cloud.engine.now() > after(taken_at, 60), "expected the second reminder to wait for its turn");
    assert_eq!(stage.breaker(|_| None), Breaker::default(), "expected a probe that found the carrier healthy");
    stage.cloud.engine.clear();
}

/// Both deliveries take the turn, and one of them is assigned a later slot. That delivery must not give the turn back,
/// because the other delivery places its call in that turn.
#[test]
fn a_wake_up_that_is_delivered_twice_keeps_the_turn_of_its_call() {
    let stage = Stage::new();
    let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
    let second = stage.make("SM2", "remind me to feed the cat in 5 minutes");
    assert!(stage.wake_twice(&first), "expected the first reminder to be called");
    let taken_at = stage.cloud.engine.now();
    while stage.cloud.engine.now() < after(taken_at, 60) {
        assert!(
            !stage.wake(&second),
            "expected the second reminder to wait while the person is called about the first"
        );
    }
    stage.cloud.engine.clear();
}

/// Both deliveries take the turn, and only one of them writes its claim. The carrier may refuse to cancel its call, so
/// the second reminder must wait until that call must be over, whichever delivery has taken the turn last.
#[test]
fn a_wake_up_that_is_delivered_twice_keeps_the_turn_of_its_cancelled_call() {
    let mut calls = 0;
    for seed in 1..=8 {
        let stage = Stage::with_seed(seed);
        let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
        let second = stage.make("SM2", "remind me to feed the cat in 6 minutes");
        // The delivery that is assigned a later slot may write first. Then no call is placed.
        if !stage.wake_twice(&first) {
            stage.cloud.engine.clear();
            continue;
        }
        calls += 1;
        let taken_at = stage.cloud.engine.now();
        stage.text("SM3", "delete 1");
        while !stage.wake(&second) {
            let now = stage.cloud.engine.now();
            assert!(now < after(taken_at, CALL_S + AGAIN_S), "expected the second reminder to be called by {now}");
        }
        assert!(
            stage.cloud.engine.now() >= after(taken_at, CALL_S - 1),
            "expected the second reminder to wait until the first call must be over, with seed {seed}"
        );
        stage.cloud.engine.clear();
    }
    assert!(calls > 0, "expected a call with some seed");
}

/// The slot is minutes away, and the first reminder is not called until then. Its turn must not delay the second
/// reminder.
#[test]
fn a_reminder_that_waits_for_a_slot_gives_its_turn_back() {
    let stage = Stage::new();
    let first = stage.make("SM1", "remind me to buy milk in 5 minutes");
    let second = stage.make("SM2", "remind me to feed the cat in 5 minutes");
    stage.reserve_slots_until(after(stage.cloud.engine.now(), 600));
    for key in [first, second] {
        assert!(!stage.wake(&key), "expected no call before the slot");
        let stored = stage.stored(&key);
        let has_slot = matches!(stored.state(), Some(State::Waiting { slot: Some(_), .. }));
        assert!(has_slot, "expected a slot for {key:?}, found {:?}", stored.state());
    }
    stage.cloud.engine.clear();
}

/// The next occurrence of a series is due seconds after the last call of the occurrence before it, and takes the turn
/// of that call. It is not called then, because its slot is minutes away.
#[test]
fn a_turn_that_was_given_back_is_not_taken_by_another_reminder_within_a_minute_of_the_last_call() {
    let stage = Stage::new();
    let first = stage.make("SM1", "remind me to buy milk every 15 minutes");
    let second = stage.make("SM2", "remind me to feed the cat in 30 minutes");
    stage.wait_until(after(stage.wake_at(&second), -30));
    assert!(stage.wake(&first), "expected the first reminder to be called late");
    let taken_at = stage.cloud.engine.now();
    stage.report_no_answer(&first);
    stage.reserve_slots_until(after(taken_at, 600));
    for key in [&first, &second] {
        assert!(!stage.wake(key), "expected no call before the slot");
    }
    let first = stage.stored(&first);
    assert!(matches!(first.state(), Some(State::Waiting { slot: Some(_), .. })), "{first:?}");
    let second = stage.stored(&second);
    let Some(State::Waiting { slot: None, wake_at, .. }) = second.state() else {
        panic!("expected a reminder that waits for its turn, found {second:?}")
    };
    assert!(*wake_at >= after(taken_at, 60), "{second:?}");
    stage.cloud.engine.clear();
}

/// The carrier does not respond in time to the request that hangs up the call under way. The opt-out is complete all the
/// same, so its delivery is not refused.
#[test]
fn an_opt_out_is_taken_even_if_the_carrier_does_not_hang_up_in_time() {
    let stage = Stage::new();
    let key = stage.make("SM1", "remind me to buy milk in 5 minutes");
    assert!(stage.wake(&key), "expected a call");
    stage.cloud.faults.set(Fault::CarrierLate, 10_000);
    stage.text("SM2", "STOP");
    assert!(stage.stored(&key).state().is_none(), "expected the reminder to have ended");
    stage.cloud.engine.clear();
}
