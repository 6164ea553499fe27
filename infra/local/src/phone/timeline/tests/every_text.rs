//! Outgoing texts in every state, and every event of a text.

use reminder::ids::{OutgoingTextId, OutgoingTextKey, SentTextId};
use reminder::outgoing_text::{NewestTry, OutgoingText, TextEnd, TextEvent, TextKind, TextLife, TextState};
use reminder::ports::{TextStatus, Undelivered, UndeliveredCause};

use super::every_record::{every_record, t};

fn sent() -> SentTextId {
    "twilio#SM1".parse().unwrap()
}

/// Texts that replace a call, in all states.
pub(super) fn every_text() -> Vec<OutgoingText> {
    let mut lives = Vec::new();
    for deadline in [t(-60), t(600)] {
        for tries in 0..=3 {
            for newest in [NewestTry::Open, NewestTry::Failed] {
                lives.push(TextLife::Live { state: TextState::Owed { tries, slot: None, newest }, deadline });
            }
            for inquiries in [0, 5] {
                lives.push(TextLife::Live { state: TextState::Accepted { tries, sent: sent(), inquiries }, deadline });
            }
        }
    }
    let ends = [
        TextEnd::Delivered,
        TextEnd::Sent { tries: 1 },
        TextEnd::Sent { tries: 3 },
        TextEnd::Undelivered { code: 30003 },
        TextEnd::Withdrawn,
        TextEnd::GivenUp,
    ];
    lives.extend(ends.map(|end| TextLife::Ended { end, at: t(-10) }));
    let record = every_record().remove(0);
    let text = |life| OutgoingText {
        key: OutgoingTextKey {
            person: record.key.person.clone(),
            text: OutgoingTextId::of_occurrence(&record.key.reminder, 6),
        },
        kind: TextKind::InsteadOfCall(record.key.reminder.clone()),
        words: "buy milk".to_owned(),
        epoch: 2,
        owed_since: t(-60),
        life,
        write_id: record.write_id.clone(),
    };
    lives.into_iter().map(text).collect()
}

/// All events of texts. A new event must be added here: see the `match` at the end.
pub(super) fn every_text_event() -> Vec<TextEvent> {
    let mut events = vec![TextEvent::DeadlinePassed, TextEvent::Withdrawn, TextEvent::OptedOut];
    let causes =
        [UndeliveredCause::Passing, UndeliveredCause::Number, UndeliveredCause::Operator, UndeliveredCause::OptedOut];
    for try_number in 1..=3 {
        let slot = reminder::channel::Slot { at: t(300), carrier: "twilio".parse().unwrap() };
        events.push(TextEvent::Accepted { try_number, sent: sent() });
        events.push(TextEvent::RefusedForNow { try_number, retry_at: t(300) });
        events.push(TextEvent::SlotAssigned { try_number, slot });
        events.push(TextEvent::RefusedForGood { try_number, code: 21211 });
        events.push(TextEvent::NoFailureKnown { try_number });
        let mut statuses = vec![TextStatus::Pending, TextStatus::Sent, TextStatus::Delivered];
        statuses.extend(causes.map(|cause| TextStatus::Undelivered(Undelivered { code: 30003, cause })));
        for status in statuses {
            events.push(TextEvent::StatusReported { try_number, sent: sent(), status });
        }
    }
    for event in &events {
        match event {
            TextEvent::DeadlinePassed
            | TextEvent::Accepted { .. }
            | TextEvent::RefusedForNow { .. }
            | TextEvent::SlotAssigned { .. }
            | TextEvent::RefusedForGood { .. }
            | TextEvent::StatusReported { .. }
            | TextEvent::NoFailureKnown { .. }
            | TextEvent::Withdrawn
            | TextEvent::OptedOut => {}
        }
    }
    events
}

/// Names how a text ended, as the executor logs it.
pub(super) fn text_end(text: &OutgoingText) -> Option<&'static str> {
    let TextLife::Ended { end, .. } = &text.life else { return None };
    Some(match end {
        TextEnd::Delivered => "delivered",
        TextEnd::Sent { .. } => "sent",
        TextEnd::Undelivered { .. } => "undelivered",
        TextEnd::Withdrawn => "withdrawn",
        TextEnd::GivenUp => "given_up",
    })
}
