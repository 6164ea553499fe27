use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_wake_up_up_to_fourteen_minutes_ahead_goes_straight_to_the_queue() {
    let now = at("2026-03-01T12:00:00Z");
    for (wake_at, expected) in [
        ("2026-03-01T11:59:00Z", Route::Queue { delay_s: 0 }),
        ("2026-03-01T12:00:00Z", Route::Queue { delay_s: 0 }),
        ("2026-03-01T12:00:00.001Z", Route::Queue { delay_s: 1 }),
        ("2026-03-01T12:14:00Z", Route::Queue { delay_s: 840 }),
        ("2026-03-01T12:14:00.5Z", Route::Schedule { at: at("2026-03-01T12:13:00Z") }),
        ("2026-03-01T18:30:59Z", Route::Schedule { at: at("2026-03-01T18:29:00Z") }),
    ] {
        assert_eq!(route(now, at(wake_at)), expected, "{wake_at}");
    }
}

fn changed(change: fn(&mut Times)) -> Result<Policy, BrokenRelation> {
    let mut times = Times::DEFAULT;
    change(&mut times);
    Policy::new(times)
}

#[test]
fn times_that_break_a_relation_are_refused() {
    let good: [fn(&mut Times); 11] = [
        |_| (),
        |times| times.carrier_s = 15,
        |times| times.dialing_s = 21,
        |times| times.visibility_s = 120,
        |times| times.max_lateness_s = 900,
        |times| times.retry_delays_s = RetryDelays::new([900]),
        |times| times.retry_delays_s = RetryDelays::new([900, 900]),
        |times| times.retry_delays_s = RetryDelays::new([900, 900, 900, 900]),
        |times| times.store_s = 13,
        |times| (times.text_backoff_s, times.recovery_backoff_s) = (900, 900),
        |times| times.text_give_up_s = TIME_MAX_S,
    ];
    for (row, change) in good.into_iter().enumerate() {
        assert!(changed(change).is_ok(), "row {row}");
    }
    type Row = (fn(&mut Times), &'static str);
    let bad: [Row; 14] = [
        (|times| (times.function_s, times.visibility_s) = (30, 180), "FUNCTION_TIMEOUT_S"),
        (|times| times.carrier_s = 16, "CARRIER_TIMEOUT_S"),
        (|times| times.dialing_s = 20, "DIALING_S"),
        (|times| times.visibility_s = 119, "VISIBILITY_S"),
        (|times| times.max_lateness_s = 901, "MAX_LATENESS_S"),
        (|times| times.retry_delays_s = RetryDelays::new([901]), "RETRY_DELAYS_S"),
        (|times| times.retry_delays_s = RetryDelays::new([901, 300]), "RETRY_DELAYS_S"),
        (|times| times.retry_delays_s = RetryDelays::new([120, 901]), "RETRY_DELAYS_S"),
        (|times| times.retry_delays_s = RetryDelays::new([120, 300, 901]), "RETRY_DELAYS_S"),
        (|times| times.retry_delays_s = RetryDelays::new([120, 300, 300, 901]), "RETRY_DELAYS_S"),
        (|times| times.store_s = 14, "STORE_S"),
        (|times| times.text_backoff_s = 901, "TEXT_BACKOFF_S"),
        (|times| times.recovery_backoff_s = 901, "RECOVERY_BACKOFF_S"),
        (|times| times.text_give_up_s = TIME_MAX_S + 1, "at most a week"),
    ];
    for (row, (change, named)) in bad.into_iter().enumerate() {
        let message = changed(change).unwrap_err().to_string();
        assert!(message.contains(named), "row {row}: {message}");
    }
}

#[test]
fn a_time_below_a_second_or_above_a_week_is_refused() {
    let fields: [fn(&mut Times) -> &mut i64; 17] = [
        |times| &mut times.function_s,
        |times| &mut times.carrier_s,
        |times| &mut times.visibility_s,
        |times| &mut times.dialing_s,
        |times| &mut times.ring_s,
        |times| &mut times.talk_s,
        |times| &mut times.ringing_margin_s,
        |times| &mut times.max_lateness_s,
        |times| &mut times.refused_backoff_s,
        |times| &mut times.text_backoff_s,
        |times| &mut times.text_give_up_s,
        |times| &mut times.unconfirmed_wait_s,
        |times| &mut times.wake_up_sent_within_s,
        |times| &mut times.wake_up_margin_s,
        |times| &mut times.recovery_backoff_s,
        |times| &mut times.store_s,
        |times| &mut times.park_s,
    ];
    for (row, field) in fields.into_iter().enumerate() {
        for value in [i64::MIN, -1, 0, i64::MAX] {
            let mut times = Times::DEFAULT;
            *field(&mut times) = value;
            assert!(Policy::new(times).is_err(), "field {row} at {value}");
        }
    }
    for (length, index) in (1..=RETRY_DELAYS_MAX).flat_map(|length| (0..length).map(move |index| (length, index))) {
        for value in [i64::MIN, -1, 0, i64::MAX] {
            let mut delays_s = vec![120; length];
            delays_s[index] = value;
            let retry_delays_s = RetryDelays::from_slice(&delays_s).unwrap();
            assert!(Policy::new(Times { retry_delays_s, ..Times::DEFAULT }).is_err(), "{delays_s:?}");
        }
    }
}

#[test]
fn a_request_may_start_while_it_can_still_end_before_its_function() {
    let policy = Policy::new(Times::DEFAULT).unwrap();
    assert_eq!(policy.last_start(at("2026-03-01T12:00:00Z")), at("2026-03-01T12:00:12Z"));
}

#[test]
fn there_is_a_retry_delay_for_each_call_except_the_first() {
    let now = at("2026-03-01T12:00:00Z");
    for delays_s in [&[120][..], &[120, 300], &[120, 300, 60], &[120, 300, 60, 900]] {
        let retry_delays_s = RetryDelays::from_slice(delays_s).unwrap();
        let policy = Policy::new(Times { retry_delays_s, ..Times::DEFAULT }).unwrap();
        let wait = |attempt| policy.next_attempt(attempt, now).map(|again| again.duration_since(now).as_secs());
        assert_eq!(usize::from(policy.attempts()), delays_s.len() + 1);
        let waits: Vec<i64> = (1..policy.attempts()).filter_map(wait).collect();
        assert_eq!(waits, delays_s);
        assert_eq!([0, policy.attempts(), u8::MAX].map(wait), [None; 3]);
    }
}

#[test]
fn an_occurrence_has_three_calls_by_default() {
    assert_eq!(Policy::new(Times::DEFAULT).unwrap().attempts(), 3);
    assert_eq!(Times::DEFAULT.retry_delays_s.as_slice(), [120, 300]);
}

#[test]
fn the_wait_after_a_refused_call_grows_with_its_lateness_up_to_two_minutes() {
    let policy = Policy::new(Times::DEFAULT).unwrap();
    let wait = |late_s| policy.refused_backoff(SignedDuration::from_secs(late_s)).as_secs();
    assert_eq!([-5, 0, 15, 16, 60, 120, 900].map(wait), [15, 15, 15, 16, 60, 120, 120]);
}

#[test]
fn a_backoff_doubles_up_to_a_quarter_of_an_hour() {
    let policy = Policy::new(Times::DEFAULT).unwrap();
    let now = at("2026-03-01T12:00:00Z");
    let wait = |recoveries| policy.recovery_deadline(recoveries, now).duration_since(now).as_secs();
    let first_s = Times::DEFAULT.recovery_backoff_s;
    assert_eq!([wait(0), wait(1), wait(2), wait(255)], [first_s, 2 * first_s, 4 * first_s, 900]);
}

#[test]
fn the_last_try_of_a_text_comes_after_an_outage_of_nine_minutes() {
    let policy = Policy::new(Times::DEFAULT).unwrap();
    let now = at("2026-03-01T12:00:00Z");
    let wait = |try_number| policy.text_deadline(try_number, now).duration_since(now).as_secs();
    assert_eq!([1, 2, 3].map(wait), [60, 480, 120]);
    let wait = |try_number| policy.answer_deadline(try_number, now).duration_since(now).as_secs();
    assert_eq!([1, 2, 3].map(wait), [60, 60, 120]);
}

#[test]
fn a_refused_text_is_tried_often_in_its_first_hour() {
    let policy = Policy::new(Times::DEFAULT).unwrap();
    let wait = |late_s| policy.text_refused_backoff(SignedDuration::from_secs(late_s)).as_secs();
    assert_eq!([-5, 0, 60, 150, 3599, 3600, 80_000].map(wait), [60, 60, 120, 300, 300, 900, 900]);
}

/// The template and [`Times::broken_relation`] accept all the times of this test.
#[test]
fn no_try_of_a_text_starts_while_the_previous_try_may_still_be_in_flight() {
    let now = at("2026-03-01T12:00:00Z");
    for function_s in [12, 20, 29] {
        for text_backoff_s in 1..=BACKOFF_MAX_S {
            let times = Times { function_s, carrier_s: 4, text_backoff_s, store_s: 5, ..Times::DEFAULT };
            let policy = Policy::new(Times { visibility_s: 6 * function_s, ..times }).unwrap();
            let deadlines =
                [1, 2, 3].map(|number| [policy.text_deadline(number, now), policy.answer_deadline(number, now)]);
            let waits_s = deadlines.as_flattened().iter().map(|at| at.duration_since(now).as_secs());
            let waits_s: Vec<i64> = waits_s.collect();
            assert!(waits_s.iter().all(|wait_s| *wait_s > function_s), "{text_backoff_s} s: {waits_s:?}");
        }
    }
}

#[test]
fn an_early_recovery_is_repeated_while_there_is_time() {
    let policy = Policy::new(Times::DEFAULT).unwrap();
    let now = at("2026-03-01T12:00:00Z");
    let next = |wake_at| policy.early_recovery_deadline(9, at(wake_at), now);
    assert_eq!(next("2026-03-02T12:00:00Z"), at("2026-03-01T12:15:00Z"));
    assert_eq!(next("2026-03-01T12:20:00Z"), at("2026-03-01T12:10:00Z"));
    assert_eq!(next("2026-03-01T12:05:00Z"), at("2026-03-01T12:00:30Z"));
}
