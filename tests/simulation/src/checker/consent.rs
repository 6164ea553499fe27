//! Whether a person had opted in or out at an instant, as far as the service could know it.

use reminder::ports::UndeliveredCause;

use super::dues::{ASKED_MS, CLOCK_MS, SKEW_MS, UNDER_WAY_MS};
use super::evidence::{Alarm, Evidence};
use super::person_history::{PersonHistory, PersonText, ServiceText};
use crate::faults::Fault;
use crate::history::RequestOutcome;
use crate::people::Meaning;

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

/// Longest time in which the service handles a text from the queue if no fault hits it, in milliseconds. This includes
/// the start of a function and the time limit of the store.
const HANDLED_MS: i64 = 20_000;

/// Largest difference between the receipts of an opt-out and an opt-in at which the service may count the opt-in in any
/// order, in milliseconds: a second by its clocks, and the difference of two clocks.
pub(super) const CLOSE_MS: i64 = 1000 + 2 * CLOCK_MS;

/// What the service knows about a person's consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// The person has opted in, or never opted out.
    In,
    /// The person has opted out.
    Out,
    /// The person may have opted in or out. It is not certain which of the two the service has recorded, because a text
    /// was not handled, or was handled late or delivered again.
    Unsure,
}

/// A text that opts out or in, or the carrier's report of an opt-out.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConsentChange {
    /// When it was sent, in milliseconds.
    pub(super) sent_ms: i64,
    /// When it was received first, in milliseconds; absent if it was never delivered to the service.
    pub(super) received_ms: Option<i64>,
    /// When it was received last, in milliseconds.
    received_last_ms: i64,
    /// When the service had certainly obeyed it, in milliseconds; absent if it did not handle it, or if that is not
    /// certain.
    pub(super) obeyed_ms: Option<i64>,
    /// When the service learned from a refused text of an opt-out that it did not handle, in milliseconds.
    pub(super) learned_ms: Option<i64>,
    pub(super) is_out: bool,
}

impl ConsentChange {
    /// When it was first received, or when it was sent if it was never received.
    fn at_ms(&self) -> i64 {
        self.received_ms.unwrap_or(self.sent_ms)
    }

    /// Whether an opposite text that was received later was handled before this text. Then this text does not count.
    pub(super) fn is_superseded(&self, changes: &[Self]) -> bool {
        changes.iter().filter(|other| other.is_out != self.is_out).any(|other| {
            let is_later = other.received_ms.zip(self.received_ms).is_some_and(|(other_ms, own_ms)| other_ms > own_ms);
            is_later && other.obeyed_ms.zip(self.obeyed_ms).is_some_and(|(other_ms, own_ms)| other_ms <= own_ms)
        })
    }

    /// Whether this text and the opposite text `other` were received at about the same time. If the clocks of two
    /// functions leave open which of them came first, the service counts the opt-in.
    fn is_close_to(&self, other: &Self) -> bool {
        let both = self.received_ms.zip(other.received_ms).filter(|_| self.is_out != other.is_out);
        both.is_some_and(|(own_ms, other_ms)| (own_ms - other_ms).abs() <= CLOSE_MS)
    }

    /// Whether the service may have stored this text after the opposite text `other`, although this text was received
    /// first: its first delivery may have failed, and it was delivered again after `other`. Then it is not certain
    /// which of the two counts.
    fn may_overtake(&self, other: &Self) -> bool {
        let Some(other_ms) = other.received_ms.filter(|_| self.is_out != other.is_out) else { return false };
        let is_first = self.received_ms.is_some_and(|first_ms| first_ms < other_ms);
        is_first && self.received_last_ms > other_ms && self.obeyed_ms.is_none_or(|obeyed_ms| obeyed_ms > other_ms)
    }
}

/// A person's opt-outs and opt-ins in the order in which the service received them, and the opt-outs that it learned of
/// from the carrier. A later change replaces an earlier change.
pub(super) fn changes(history: &PersonHistory<'_>) -> Vec<ConsentChange> {
    let change = |text: &PersonText<'_>| {
        let is_out = text.meaning.opts_out();
        if !is_out && !text.meaning.opts_in() {
            return None;
        }
        Some(ConsentChange {
            sent_ms: text.at_ms,
            received_ms: text.handed.first().copied(),
            received_last_ms: text.handed.last().copied().unwrap_or(text.at_ms),
            obeyed_ms: text.handled_ms(),
            learned_ms: learned_ms(history, text).filter(|_| is_out),
            is_out,
        })
    };
    let mut changes: Vec<ConsentChange> = history.texts.iter().filter_map(change).collect();
    changes.sort_by_key(ConsentChange::at_ms);
    let by_carrier: Vec<ConsentChange> =
        refusals(history).filter_map(|refusal| told_by_carrier(&changes, &refusal)).collect();
    changes.extend(by_carrier);
    changes.sort_by_key(ConsentChange::at_ms);
    changes
}

/// A text to a person that the carrier did not deliver, perhaps because the person had opted out at the carrier.
struct Refusal {
    /// When the service requested the text, or sent it as a reply, in milliseconds.
    said_ms: i64,
    /// When the carrier refused it, in milliseconds.
    refused_ms: i64,
    /// When the service learned of the refusal, in milliseconds.
    told_ms: i64,
    /// Whether the service has certainly recorded the opt-out at `told_ms`. That is so for a report about a reply,
    /// because the service responds to such a report only after it has written the opt-out.
    is_recorded: bool,
}

/// The texts to a person that the carrier did not deliver.
fn refusals(history: &PersonHistory<'_>) -> impl Iterator<Item = Refusal> {
    let requests = history.text_requests.iter().filter_map(|request| match request.heard {
        Some((told_ms, RequestOutcome::NumberRefused)) => {
            let (said_ms, refused_ms) = (request.at_ms, request.at_ms);
            Some(Refusal { said_ms, refused_ms, told_ms, is_recorded: false })
        }
        _ => None,
    });
    let texts = history.sent_answers.iter().chain(&history.replacement_texts);
    let reports = texts.filter_map(|text| {
        let (refused_ms, cause) = text.undelivered?;
        let told_ms = text.reported_ms.filter(|_| cause == UndeliveredCause::OptedOut)?;
        Some(Refusal { said_ms: text.said_ms, refused_ms, told_ms, is_recorded: text.to.is_some() })
    });
    requests.chain(reports)
}

/// Whether the carrier refused a text to a person, in this time, because of the number or of an opt-out. The service may
/// have learned of the refusal even if no report of it was received in time.
pub(super) fn is_refused(history: &PersonHistory<'_>, from_ms: i64, to_ms: i64) -> bool {
    let requests = history.text_requests.iter().filter_map(|request| match request.heard {
        Some((told_ms, RequestOutcome::NumberRefused)) => Some((request.at_ms, told_ms)),
        _ => None,
    });
    let texts = history.sent_answers.iter().chain(&history.replacement_texts);
    let reports = texts.filter_map(|text| {
        let (refused_ms, cause) = text.undelivered?;
        (cause == UndeliveredCause::OptedOut).then_some((refused_ms, refused_ms))
    });
    requests.chain(reports).any(|(asked_ms, refused_ms)| refused_ms >= from_ms && asked_ms <= to_ms)
}

/// When the service learned of this opt-out from a text that the carrier refused, in milliseconds: before the next
/// opt-in of the person, the carrier refuses each text to them. The refusal of a text that was written before the
/// previous opt-in tells the service nothing: that opt-in is newer.
fn learned_ms(history: &PersonHistory<'_>, opt_out: &PersonText<'_>) -> Option<i64> {
    let opt_ins = || history.texts.iter().filter(|text| text.meaning.opts_in());
    let until_ms = opt_ins().map(|text| text.at_ms).filter(|at_ms| *at_ms > opt_out.at_ms).min().unwrap_or(i64::MAX);
    let before = opt_ins().filter(|text| text.at_ms <= opt_out.at_ms);
    let since_ms = before.filter_map(|text| text.handed.last().copied()).max().unwrap_or(i64::MIN);
    let tells = |refusal: &Refusal| {
        refusal.said_ms >= since_ms
            && refusal.refused_ms >= opt_out.at_ms
            && (opt_out.at_ms..until_ms).contains(&refusal.told_ms)
    };
    refusals(history).filter(tells).map(|refusal| refusal.told_ms).min()
}

/// The opt-out that the service learns of from a refusal (Twilio's error 21610). It counts only if the person sent an
/// opt-in and later an opt-out, and the service received the opt-out before the opt-in. Then the service regards the
/// person as opted in, but the carrier does not. An opt-in that was received after the refused text was sent is newer
/// than the refusal, so the refusal does not count.
fn told_by_carrier(changes: &[ConsentChange], refusal: &Refusal) -> Option<ConsentChange> {
    let Refusal { said_ms, refused_ms, told_ms, is_recorded } = *refusal;
    let opt_in = changes.iter().rfind(|change| change.received_ms.is_some_and(|received_ms| received_ms <= told_ms))?;
    let is_late = || {
        changes.iter().any(|change| change.is_out && change.sent_ms > opt_in.sent_ms && change.at_ms() < opt_in.at_ms())
    };
    if opt_in.is_out || opt_in.at_ms() > said_ms || !is_late() {
        return None;
    }
    let is_certain = is_recorded && opt_in.obeyed_ms.is_some_and(|in_ms| in_ms <= said_ms);
    let (received_ms, obeyed_ms) = (None, is_certain.then_some(told_ms));
    let (sent_ms, received_last_ms, learned_ms) = (refused_ms, told_ms, Some(told_ms));
    Some(ConsentChange { sent_ms, received_ms, received_last_ms, obeyed_ms, learned_ms, is_out: true })
}

/// Whether the service may have learned from a refused text, in this time, that the person had opted out at the
/// carrier. The carrier handles an opt-out itself, and may not report it. The error 21610 tells of the opt-out, which
/// ends the person's reminders.
pub(super) fn is_learned(history: &PersonHistory<'_>, from_ms: i64, to_ms: i64) -> bool {
    let is_left = |at_ms: i64| {
        let mut before = history.texts.iter().rev().filter(|text| text.at_ms <= at_ms);
        let last = before.find(|text| text.meaning.opts_out() || text.meaning.opts_in());
        last.is_some_and(|text| text.meaning.opts_out())
    };
    refusals(history).any(|refusal| (from_ms..to_ms).contains(&refusal.told_ms) && is_left(refusal.refused_ms))
}

/// Whether the service certainly never learned of this opt-out, so that it ended nothing. The opt-out was not delivered,
/// the person's next text about consent was START, and until the service had handled the START, it knew of no text that
/// the carrier had refused. A refusal that it learns of later is older than the START, so it no longer counts.
pub(super) fn is_never_learned(history: &PersonHistory<'_>, opt_out: &ConsentChange) -> bool {
    let mut later = history.texts.iter().filter(|text| text.at_ms > opt_out.sent_ms);
    let next = later.find(|text| text.meaning.opts_out() || text.meaning.opts_in());
    let Some(start) = next.filter(|text| *text.meaning == Meaning::OptIn) else { return false };
    let Some(received_ms) = start.handed.first().copied() else { return false };
    let Some(handled_ms) = start.handled_ms() else { return false };
    let known_ms = handled_ms + UNDER_WAY_MS;
    let is_refused = history.text_requests.iter().any(|request| {
        matches!(request.heard, Some((_, RequestOutcome::NumberRefused)))
            && request.heard.is_some_and(|(told_ms, _)| told_ms >= opt_out.sent_ms)
            && request.at_ms <= known_ms
    });
    let mut failed = history.sent_answers.iter().chain(&history.replacement_texts).filter(|text| {
        text.undelivered.is_some_and(|(failed_ms, cause)| {
            cause == UndeliveredCause::OptedOut && (opt_out.sent_ms..=known_ms).contains(&failed_ms)
        })
    });
    let is_unknown = |text: &ServiceText<'_>| {
        text.said_ms + SKEW_MS < received_ms
            && text.at_ms + ASKED_MS > known_ms
            && text.posted_ms.is_none_or(|posted_ms| posted_ms > known_ms)
    };
    let is_undelivered = opt_out.received_ms.is_none() && opt_out.learned_ms.is_none();
    is_undelivered && !is_refused && failed.all(is_unknown)
}

/// Words of the alarm about a text that was parked, because a function of an older release can't read what it needs.
const WAITS: &str = "a text waits for a later release";

/// The time of each alarm that says that this text waits for a later release, in milliseconds.
pub(super) fn waits_ms(evidence: &Evidence<'_>, text: &PersonText<'_>) -> impl Iterator<Item = i64> {
    let says_so = |alarm: &&Alarm<'_>| alarm.message == Some(text.id.as_str()) && alarm.words == WAITS;
    evidence.alarms.iter().filter(says_so).map(|alarm| alarm.at_ms)
}

/// When the first delivery of a text had certainly been handled, in milliseconds: at the time of the first reply to its
/// webhook, or after the longest time that a text from the queue takes. Absent if its webhook got no reply, if a fault
/// may have parked or delayed the text, or if an alarm says that the text was parked.
pub(super) fn answered_ms(evidence: &Evidence<'_>, text: &PersonText<'_>) -> Option<i64> {
    let first_ms = *text.handed.first()?;
    let handled_ms = match text.replies.first() {
        Some((replied_ms, _)) => *replied_ms,
        None if text.by_queue => first_ms + HANDLED_MS,
        None => return None,
    };
    let is_delayed = evidence.injected_between(&DELAYS_TEXTS, first_ms - CLOCK_MS, handled_ms)
        || waits_ms(evidence, text).any(|at_ms| at_ms <= handled_ms);
    (!is_delayed).then_some(handled_ms)
}

/// What the service knows about a person's consent from `from_ms` to `to_ms`.
pub(super) fn between(changes: &[ConsentChange], from_ms: i64, to_ms: i64) -> Consent {
    let mut consent = Consent::In;
    for change in changes.iter().filter(|change| change.sent_ms <= to_ms) {
        let now = if change.is_out { Consent::Out } else { Consent::In };
        let is_known = change.obeyed_ms.is_some_and(|obeyed_ms| obeyed_ms < from_ms);
        let is_repeated = change.received_last_ms >= from_ms;
        let is_overtaken = changes.iter().any(|other| other.may_overtake(change) || change.is_close_to(other));
        consent = match (is_known && !is_repeated && !is_overtaken, consent) {
            (true, _) => now,
            (false, before) if before == now => before,
            (false, _) => Consent::Unsure,
        };
    }
    consent
}
