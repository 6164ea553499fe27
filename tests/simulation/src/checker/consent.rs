//! Whether a person has opted in or out at an instant, as far as it can be known from outside.

use super::dues::CLOCK_MS;
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText};
use crate::faults::Fault;

/// Faults after which a text is parked, lost for a while or handled late. The reply to its webhook may be empty then.
pub(super) const DELAYS_TEXTS: [Fault; 12] = [
    Fault::Throttled,
    Fault::InitFails,
    Fault::StoreThrottled,
    Fault::StoreDown,
    Fault::Slow,
    Fault::WriteAnswerLost,
    Fault::WriteLandsLate,
    Fault::SpuriousConflict,
    Fault::Freeze,
    Fault::Crash,
    Fault::QueueLate,
    Fault::SendFails,
];

/// How soon a text is handled that is delivered through the queue, if no fault hits it: in milliseconds. The store's time
/// limit and a function's start fit in.
const HANDLED_MS: i64 = 20_000;

/// What the service knows about a person's consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// The person has opted in, or never opted out.
    In,
    /// The person has opted out.
    Out,
    /// One of both.
    Unsure,
}

/// A text that opts out or in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    /// When it was sent, in milliseconds.
    pub(super) sent_ms: i64,
    /// When it was received first, in milliseconds; absent if the carrier never delivered it.
    pub(super) received_ms: Option<i64>,
    /// When it was received last, in milliseconds.
    received_last_ms: i64,
    /// From when on the service has certainly obeyed it, in milliseconds; absent if that was not seen.
    pub(super) obeyed_ms: Option<i64>,
    pub(super) is_out: bool,
}

impl Turn {
    /// Whether this text may have been taken in after an opposite one that was sent later: its first delivery failed, and another
    /// one came after the opposite text. PROTOCOL, rule 13: what counts is when a text was received.
    fn may_overtake(&self, other: &Self) -> bool {
        let Some(other_ms) = other.received_ms.filter(|_| self.is_out != other.is_out) else { return false };
        let is_first = self.received_ms.is_some_and(|first_ms| first_ms < other_ms);
        is_first && self.received_last_ms > other_ms && self.obeyed_ms.is_none_or(|obeyed_ms| obeyed_ms > other_ms)
    }
}

/// The texts of a person that opt out and in, in the order in which they were received: the later one counts.
pub(super) fn turns(evidence: &Evidence<'_>, history: &PersonHistory<'_>) -> Vec<Turn> {
    let turn = |text: &PersonText<'_>| {
        let is_out = text.meaning.opts_out();
        if !is_out && !text.meaning.opts_in() {
            return None;
        }
        Some(Turn {
            sent_ms: text.at_ms,
            received_ms: text.handed.first().copied(),
            received_last_ms: text.handed.last().copied().unwrap_or(text.at_ms),
            obeyed_ms: handled_ms(evidence, text),
            is_out,
        })
    };
    let mut turns: Vec<Turn> = history.texts.iter().filter_map(turn).collect();
    turns.sort_by_key(|turn| turn.received_ms.unwrap_or(turn.sent_ms));
    turns
}

/// By when a text was certainly handled at its first delivery, in milliseconds. Absent if a fault may have parked or
/// delayed it.
pub(super) fn handled_ms(evidence: &Evidence<'_>, text: &PersonText<'_>) -> Option<i64> {
    let first_ms = *text.handed.first()?;
    let handled_ms = match text.replies.first() {
        Some((replied_ms, _)) => *replied_ms,
        None if text.by_queue => first_ms + HANDLED_MS,
        None => return None,
    };
    (!evidence.injected_between(&DELAYS_TEXTS, first_ms - CLOCK_MS, handled_ms)).then_some(handled_ms)
}

/// What the service knows about a person from `from_ms` to `to_ms`.
pub(super) fn between(turns: &[Turn], from_ms: i64, to_ms: i64) -> Consent {
    let mut consent = Consent::In;
    for turn in turns.iter().filter(|turn| turn.sent_ms <= to_ms) {
        let now = if turn.is_out { Consent::Out } else { Consent::In };
        let is_known = turn.obeyed_ms.is_some_and(|obeyed_ms| obeyed_ms < from_ms);
        let is_repeated = turn.received_last_ms >= from_ms;
        let is_overtaken = turns.iter().any(|other| other.may_overtake(turn));
        consent = match (is_known && !is_repeated && !is_overtaken, consent) {
            (true, _) => now,
            (false, before) if before == now => before,
            (false, _) => Consent::Unsure,
        };
    }
    consent
}
