//! Words for calls and for the ends of occurrences.

use reminder::record::{AnsweredBy, End};

/// Says who answered a call, or the calls of an occurrence.
pub(super) fn answered(by: AnsweredBy) -> &'static str {
    match by {
        AnsweredBy::Nobody => "nobody picked up",
        AnsweredBy::Machine => "a mailbox, a fax machine or call screening picked up",
        AnsweredBy::Unknown => "a person or a machine picked up",
        AnsweredBy::Person => "a person picked up",
    }
}

/// Says how an occurrence ended.
pub(super) fn end(end: End) -> &'static str {
    match end {
        End::Heard => "Heard: a key was pressed, or the person texted DONE",
        End::Unconfirmed => "Unconfirmed: a person may have picked up, but no key was pressed; a text follows",
        End::Missed => "Missed: no person is known to have picked up; a text follows",
        End::Cancelled => "Cancelled: skipped, moved or deleted by the person",
        End::OptedOut { .. } => "ended by an opt-out; RESTORE can make it anew within 30 days",
    }
}
