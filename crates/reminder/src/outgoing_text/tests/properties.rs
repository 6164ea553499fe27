//! Properties of an outgoing text that hold after any events in any order, under a clock that jumps.

use proptest::prelude::*;

use super::*;

/// Events, each with two steps of the clock before it: some seconds, and whether the clock goes on to the text's
/// deadline. An event is about the newest try or about any try.
fn random_events() -> impl Strategy<Value = Vec<(i64, bool, TextEvent)>> {
    let try_number = prop_oneof![4 => Just(None), 1 => (0_u8..5).prop_map(Some)];
    let kind = prop_oneof![
        4 => Just(None),
        6 => (0_usize..12).prop_map(Some),
    ];
    let other = prop_oneof![12 => Just(TextEvent::DeadlinePassed), 1 => Just(TextEvent::Withdrawn), 1 => Just(TextEvent::OptedOut)];
    let event = (try_number, kind, other).prop_map(|(try_number, kind, other)| match kind {
        Some(kind) => events_of_try(try_number.unwrap_or(NEWEST))[kind].clone(),
        None => other,
    });
    let elapse = prop_oneof![4 => 0_i64..5, 2 => 5_i64..4000, 1 => Just(DAY_S), 1 => -400_i64..0];
    prop::collection::vec((elapse, any::<bool>(), event), 0..40)
}

/// A number that stands for the newest try.
const NEWEST: u8 = 200;

fn tries(text: &OutgoingText) -> u8 {
    match &text.life {
        TextLife::Live { state: TextState::Owed { tries, .. } | TextState::Accepted { tries, .. }, .. }
        | TextLife::Ended { end: TextEnd::Sent { tries }, .. } => *tries,
        TextLife::Ended { .. } => 0,
    }
}

/// Whether the text ended because no failure was known. A status that comes later still counts.
fn is_only_sent(text: &OutgoingText) -> bool {
    matches!(text.life, TextLife::Ended { end: TextEnd::Sent { .. }, .. })
}

/// Returns the event with the number of the newest try in place of [`NEWEST`].
fn about_newest(event: &TextEvent, newest: u8) -> TextEvent {
    let resolved = |try_number: &u8| if *try_number == NEWEST { newest } else { *try_number };
    match event {
        TextEvent::Accepted { try_number, .. } => accepted(resolved(try_number)),
        TextEvent::RefusedForNow { try_number, .. } => refused_for_now(resolved(try_number)),
        TextEvent::SlotAssigned { try_number, .. } => slot_assigned(resolved(try_number)),
        TextEvent::RefusedForGood { try_number, .. } => refused_for_good(resolved(try_number)),
        TextEvent::StatusReported { try_number, status, .. } => reported(resolved(try_number), *status),
        TextEvent::NoFailureKnown { try_number } => no_failure_known(resolved(try_number)),
        TextEvent::DeadlinePassed | TextEvent::Withdrawn | TextEvent::OptedOut => event.clone(),
    }
}

/// Checks the guarantees of one change.
fn check_guarantees(before: &OutgoingText, event: &TextEvent, next: &OutgoingText, effects: &[TextEffect]) {
    let OutgoingText { life, .. } = next.clone();
    assert_eq!(*next, OutgoingText { life, ..before.clone() }, "only its life may change");
    assert!(tries(next) <= TEXT_TRIES);
    let sends = effects.iter().any(|effect| matches!(effect, TextEffect::Send { .. }));
    let is_counted = tries(next) == tries(before) + 1;
    assert_eq!(sends, is_counted, "{event:?}: a try is counted before it is sent, and no other change counts a try");
    let is_failure = matches!(next.life, TextLife::Ended { end: TextEnd::Undelivered { .. } | TextEnd::GivenUp, .. });
    let is_instead_of_call = matches!(next.kind, TextKind::InsteadOfCall(_));
    assert_eq!(effects.contains(&TextEffect::RaiseAlarm), is_failure && is_instead_of_call, "{event:?}: {effects:?}");
    if let TextEvent::StatusReported { try_number, status, .. } = event {
        let is_older = *try_number < tries(before);
        assert!(
            *status == TextStatus::Delivered || !is_older,
            "a status of an older try, other than a delivery, changed {:?}",
            before.life
        );
    }
}

proptest! {
    #[test]
    fn no_sequence_of_events_breaks_a_guarantee(is_answer in any::<bool>(), events in random_events()) {
        let kind = if is_answer { TextKind::Answer } else { instead_of_call() };
        let mut given = OutgoingText { kind, ..owed(0) };
        let (mut now, mut unsent) = (t(0), 0_u8);
        let mut requests = 0_u8;
        for (elapse_s, to_deadline, event) in events {
            now = after(now, elapse_s);
            if to_deadline {
                now = given.deadline().map_or(now, |deadline| now.max(deadline));
            }
            let event = about_newest(&event, tries(&given));
            let TextTransition::Change(next, effects) = transition(&given, &event, now, &policy()) else { continue };
            let may_change = given.state().is_some() || is_only_sent(&given);
            prop_assert!(may_change, "{:?} changed an ended text", event);
            check_guarantees(&given, &event, &next, &effects);
            requests += u8::from(effects.iter().any(|effect| matches!(effect, TextEffect::Send { .. })));
            unsent += u8::from(matches!(event, TextEvent::RefusedForNow { .. } | TextEvent::SlotAssigned { .. }));
            prop_assert!(requests - unsent <= TEXT_TRIES, "{} requests, {} certainly sent nothing", requests, unsent);
            given = *next;
        }
    }

    #[test]
    fn a_delivery_of_any_try_ends_the_text(events in random_events()) {
        let mut given = owed(0);
        let mut now = t(0);
        for (elapse_s, _, event) in events {
            now = after(now, elapse_s);
            for try_number in 1..=tries(&given) {
                let transition = transition(&given, &reported(try_number, TextStatus::Delivered), now, &policy());
                let life = TextLife::Ended { end: TextEnd::Delivered, at: now };
                let delivered = OutgoingText { life, ..given.clone() };
                prop_assert_eq!(transition, TextTransition::Change(Box::new(delivered), vec![]));
            }
            let event = about_newest(&event, tries(&given));
            if let TextTransition::Change(next, _) = transition(&given, &event, now, &policy()) {
                given = *next;
            }
        }
    }

    #[test]
    fn passed_deadlines_alone_bring_every_text_to_its_end(events in random_events()) {
        let mut given = owed(0);
        let mut now = t(0);
        for (elapse_s, _, event) in events {
            now = after(now, elapse_s);
            let event = about_newest(&event, tries(&given));
            if let TextTransition::Change(next, _) = transition(&given, &event, now, &policy()) {
                given = *next;
            }
        }
        for _ in 0..8 {
            let Some(deadline) = given.deadline() else { return Ok(()) };
            now = now.max(deadline);
            let transition = transition(&given, &TextEvent::DeadlinePassed, now, &policy());
            let TextTransition::Change(next, _) = transition else { panic!("{:?} stays", given.life) };
            given = *next;
        }
        prop_assert!(given.state().is_none(), "still {:?}", given.life);
    }
}
