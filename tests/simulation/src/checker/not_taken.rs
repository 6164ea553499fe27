//! Whether the service may have refused each delivery of a text, so that the carrier gives the text up.
//!
//! The function stores a text within 6 s, or else parks it on the queue within 3 s. It refuses a delivery only if
//! neither succeeds, or if an opt-out is not complete: while a person has opted out, each of their texts ends what the
//! opt-out should have ended. A function of an older release does not store a text for which it can't read a record: it
//! parks the text, with an alarm. So each refused delivery has a cause of its own, within the time for which its carrier
//! waits.

use super::consent::{self, Consent, ConsentChange};
use super::evidence::Evidence;
use super::person_history::PersonText;
use crate::faults::Fault;

/// How long a carrier waits for the reply to a webhook, in milliseconds.
pub(super) const WEBHOOK_MS: i64 = 15_000;

/// Faults after which a delivery gets no response in time: its function does not start, dies, freezes, or waits too
/// long for a response.
const NO_RESPONSE: [Fault; 5] = [Fault::Throttled, Fault::InitFails, Fault::Crash, Fault::Freeze, Fault::Slow];

/// Faults after which a text may not be stored, or an opt-out may not be complete.
const NOT_STORED: [Fault; 5] =
    [Fault::StoreThrottled, Fault::StoreDown, Fault::WriteAnswerLost, Fault::WriteLandsLate, Fault::SpuriousConflict];

/// Faults after which a text may not be parked.
const NOT_PARKED: [Fault; 2] = [Fault::QueueDown, Fault::SendFails];

/// Whether each delivery of this text may have been refused.
pub(super) fn may_be_refused(evidence: &Evidence<'_>, changes: &[ConsentChange], text: &PersonText<'_>) -> bool {
    text.handed.iter().all(|handed_ms| {
        let ends_reminders = || {
            let consent = consent::between(changes, *handed_ms, handed_ms + WEBHOOK_MS);
            text.meaning.opts_out() || consent != Consent::In
        };
        let meets = |faults: &[Fault]| evidence.injected_between(faults, *handed_ms, handed_ms + WEBHOOK_MS);
        let is_due = |at_ms: i64| (*handed_ms..handed_ms + WEBHOOK_MS).contains(&at_ms);
        let may_not_be_stored = || meets(&NOT_STORED) || consent::waits_ms(evidence, text).any(is_due);
        meets(&NO_RESPONSE) || (meets(&NOT_STORED) && ends_reminders()) || (meets(&NOT_PARKED) && may_not_be_stored())
    })
}
