//! The checks that fence something. Each is one named predicate, so that its removal can be tested.

use jiff::Timestamp;

use crate::ids::{CarrierName, ClaimId};
use crate::line::Slot;
use crate::policy::{HOUR_S, Policy, TEXT_TRIES};
use crate::record::{DueSource, Pickup, Reminder, State, Why};

/// A wake-up of an older generation is stale: the reminder was planned anew since.
pub fn is_planned(reminder: &Reminder, generation: u32) -> bool {
    reminder.generation == generation
}

/// Nothing rings before its moment.
pub fn is_time(wake_at: Timestamp, now: Timestamp) -> bool {
    wake_at <= now
}

/// Past its patience a reminder is texted, not rung.
pub fn has_patience(reminder: &Reminder, policy: &Policy, now: Timestamp) -> bool {
    now <= policy.last_ring(reminder.due)
}

/// A reminder made before its person left is not theirs any more.
pub fn is_wanted(reminder: &Reminder, epoch: u32) -> bool {
    reminder.epoch >= epoch
}

/// Only the claim that the record holds moves it.
pub fn holds(state: &State, claim: &ClaimId) -> bool {
    state.claim() == Some(claim)
}

/// The claim of the last call that is over may still report what happened in it.
pub fn held_last(reminder: &Reminder, claim: &ClaimId) -> bool {
    reminder.last_claim.as_ref() == Some(claim)
}

/// After a pick-up nothing leads to another call.
pub fn may_ring_again(pickup: Pickup) -> bool {
    pickup == Pickup::Unseen
}

/// Once a text was tried, the call must not say it as well.
pub fn is_untexted(tries: u8) -> bool {
    tries == 0
}

/// A text whose answers stay unknown is not sent for ever, since each may have arrived.
pub fn may_text_again(tries: u8, since: Timestamp, policy: &Policy, now: Timestamp) -> bool {
    tries < TEXT_TRIES && now < policy.text_give_up(since)
}

/// "Later" is about an occurrence whose phone has rung, or is ringing, or is being texted.
pub fn has_begun(state: &State) -> bool {
    match state {
        State::Waiting { attempt, .. } => *attempt > 1,
        State::Dialing { .. } | State::Ringing { .. } | State::Texting { .. } => true,
    }
}

/// "Done" without a number settles an occurrence only if its person may have heard of it within the last hour: a call of
/// it was asked for, or a text in the place of a call was tried. A text that was put off each time reached nobody.
pub fn may_have_rung(state: &State, received_at: Timestamp) -> bool {
    match state {
        State::Waiting { attempt, .. } => *attempt > 1,
        State::Dialing { .. } | State::Ringing { .. } => true,
        State::Texting { why, tries, since, .. } => {
            let called = match why {
                Why::Unanswered | Why::Unconfirmed | Why::Unknown => true,
                Why::TooLate | Why::NumberRefused => false,
            };
            (called || !is_untexted(*tries)) && received_at.duration_since(*since).as_secs() <= HOUR_S
        }
    }
}

/// A one-off whose phone has not rung is moved as it is; a series, or what has begun, keeps its own time.
pub fn moves_in_place(reminder: &Reminder, state: &State) -> bool {
    reminder.rule.is_none() && !has_begun(state)
}

/// Correcting a guessed zone moves what was read off its clock, and nothing else.
pub fn is_off_guessed_clock(reminder: &Reminder) -> bool {
    reminder.due_source == DueSource::GuessedClock
}

/// Of two words about leaving and coming back, the one received later counts.
pub fn is_newer(received_at: Timestamp, consent_at: Option<Timestamp>) -> bool {
    consent_at.is_none_or(|consent_at| received_at >= consent_at)
}

/// A command is about what its sender could know: reminders made, and questions asked, before it was received.
pub fn is_known_by(made_at: Timestamp, received_at: Timestamp) -> bool {
    made_at < received_at
}

/// Another carrier's slot is none of this line's: to use it would be over the pace of this one.
pub fn is_of_line(slot: &Slot, carrier: &CarrierName) -> bool {
    slot.carrier == *carrier
}

/// A slot that is older has been overtaken by those behind it: to use it too would be over the pace.
pub fn is_fresh(slot: Timestamp, fresh_s: i64, now: Timestamp) -> bool {
    now.duration_since(slot).as_secs() <= fresh_s
}

/// Nobody asks a line whose breaker is open before its instant.
pub fn has_cooled(until: Timestamp, now: Timestamp) -> bool {
    until <= now
}

/// One at a time tries whether a line works again; the lease of one who is lost lapses.
pub fn has_lapsed(probe_until: Timestamp, now: Timestamp) -> bool {
    probe_until <= now
}

/// Only what has waited past its deadline is taken back; a record that moved on meanwhile is not.
pub fn is_overdue(deadline: Timestamp, now: Timestamp) -> bool {
    deadline <= now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn done_is_about_what_rang_or_was_texted_within_the_hour() {
        let texting = |why, tries| State::Texting { why, tries, since: at(100), slot: None };
        let waiting = |attempt| State::Waiting { attempt, wake_at: at(100), slot: None };
        for (state, second, expected) in [
            (waiting(1), 100, false),
            (waiting(2), 100, true),
            (texting(Why::Unanswered, 0), 100 + HOUR_S, true),
            (texting(Why::Unanswered, 0), 101 + HOUR_S, false),
            (texting(Why::TooLate, 0), 100, false),
            (texting(Why::TooLate, 1), 100, true),
            (texting(Why::TooLate, 1), 101 + HOUR_S, false),
            (texting(Why::NumberRefused, 0), 100, false),
        ] {
            assert_eq!(may_have_rung(&state, at(second)), expected, "{state:?} at {second}");
        }
    }

    #[test]
    fn a_slot_is_of_its_own_carrier() {
        let slot = Slot { at: at(100), carrier: "twilio".parse().unwrap() };
        assert!(is_of_line(&slot, &"twilio".parse().unwrap()));
        assert!(!is_of_line(&slot, &"twilio2".parse().unwrap()));
    }

    #[test]
    fn a_slot_is_fresh_for_its_time_and_before_it() {
        for (now, expected) in [(90, true), (100, true), (110, true), (111, false), (5000, false)] {
            assert_eq!(is_fresh(at(100), 10, at(now)), expected, "at {now}");
        }
    }
}
