//! The texts and events under test. A try and its text at the carrier have the same number.

use super::*;

pub(super) fn text(life: TextLife) -> OutgoingText {
    OutgoingText {
        key: OutgoingTextKey {
            person: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            text: "01JZ0000000000000000000007".parse().unwrap(),
        },
        kind: instead_of_call(),
        words: "Missed call: buy milk.".to_owned(),
        epoch: 2,
        owed_since: t(0),
        life,
        write_id: "01WRITE0000000000000000000".parse().unwrap(),
    }
}

pub(super) fn live(state: TextState, deadline_s: i64) -> TextLife {
    TextLife::Live { state, deadline: t(deadline_s) }
}

pub(super) fn ended(end: TextEnd, at_s: i64) -> TextLife {
    TextLife::Ended { end, at: t(at_s) }
}

pub(super) fn owing(tries: u8) -> TextState {
    TextState::Owed { tries, slot: None, newest: NewestTry::Open }
}

/// The newest of these tries was not delivered.
pub(super) fn failed(tries: u8) -> TextState {
    TextState::Owed { tries, slot: None, newest: NewestTry::Failed }
}

/// The text waits, because its newest try was not sent. Of the previous try, only a delivery still counts.
pub(super) fn not_counted(tries: u8, slot: Option<Slot>) -> TextState {
    let newest = if tries == 1 { NewestTry::Open } else { NewestTry::Failed };
    TextState::Owed { tries: tries - 1, slot, newest }
}

pub(super) fn accepted_state(tries: u8, inquiries: u8) -> TextState {
    TextState::Accepted { tries, sent: sent(tries), inquiries }
}

pub(super) fn owed(tries: u8) -> OutgoingText {
    text(live(owing(tries), 60))
}

pub(super) fn accepted_text(tries: u8) -> OutgoingText {
    text(live(accepted_state(tries, 0), TEXT_STATUS_WITHIN_S))
}

/// A text of which no failure was known an hour after the carrier had accepted it.
pub(super) fn sent_text(tries: u8) -> OutgoingText {
    text(ended(TextEnd::Sent { tries }, 4000))
}

pub(super) fn accepted(try_number: u8) -> TextEvent {
    TextEvent::Accepted { try_number, sent: sent(try_number) }
}

pub(super) fn refused_for_now(try_number: u8) -> TextEvent {
    TextEvent::RefusedForNow { try_number, retry_at: t(70) }
}

pub(super) fn slot_assigned(try_number: u8) -> TextEvent {
    TextEvent::SlotAssigned { try_number, slot: slot(700) }
}

pub(super) fn refused_for_good(try_number: u8) -> TextEvent {
    TextEvent::RefusedForGood { try_number, code: 21614 }
}

pub(super) fn reported(try_number: u8, status: TextStatus) -> TextEvent {
    TextEvent::StatusReported { try_number, sent: sent(try_number), status }
}

pub(super) fn undelivered(try_number: u8, cause: UndeliveredCause) -> TextEvent {
    reported(try_number, TextStatus::Undelivered(Undelivered { code: 30003, cause }))
}

pub(super) fn no_failure_known(try_number: u8) -> TextEvent {
    TextEvent::NoFailureKnown { try_number }
}

/// All events of one try.
pub(super) fn events_of_try(try_number: u8) -> Vec<TextEvent> {
    let sent =
        [accepted(try_number), refused_for_now(try_number), slot_assigned(try_number), refused_for_good(try_number)];
    let statuses =
        [TextStatus::Pending, TextStatus::Sent, TextStatus::Delivered].map(|status| reported(try_number, status));
    let failures = CAUSES.map(|cause| undelivered(try_number, cause));
    sent.into_iter().chain(statuses).chain(failures).chain([no_failure_known(try_number)]).collect()
}
