//! Causes: texts of a person, or other events, that may have ended a promise or one of its occurrences, so that no call
//! is expected.
//!
//! The stored answer to a text proves a cause, and a text that was not handled is no cause. Some causes are only
//! possible, and count as excuses: for example an opt-out that the service may not know, or a key 1 on a call to the
//! service's number, if the person heard no answer.

use super::answers::{self, Answer, PromiseKind};
use super::consent::{self, ConsentChange};
use super::dues::{FROZEN_MS, MINUTE_MS, RUN_MS, SKEW_MS, Window};
use super::evidence::Evidence;
use super::goes_on;
use super::pauses::Pause;
use super::person_history::{PersonHistory, PersonText, ServiceText, THANKS};
use super::promise::{PlannedAgain, Promise};
use super::shares::Excuse;
use super::traces::Trace;
use crate::history::RequestOutcome;
use crate::people::{Meaning, numbers};

/// A text, or another event, that may have ended a promise or a part of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause {
    /// When the text was sent, or when the event happened, in milliseconds.
    pub(super) from_ms: i64,
    /// Latest time of its effect, in milliseconds.
    pub(super) until_ms: i64,
    pub(super) of: Ended,
    /// Absent if its effect is proved.
    pub(super) excuse: Option<Excuse>,
}

/// The part of a promise that a cause may have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// All following occurrences.
    Whole,
    /// All following occurrences, and the texts that are still owed: the person opted out.
    Left {
        /// The service certainly did not know of the opt-out, and the occurrences that are due after this instant live,
        /// in milliseconds.
        lives_ms: i64,
    },
    /// The occurrences that are due after the first instant and before the second instant: the series was paused.
    Paused(i64, i64),
    /// One occurrence, even one that has not rung. A series continues after it.
    One {
        /// The text certainly did not end the occurrences that are due from this instant on, in milliseconds.
        left_ms: i64,
    },
    /// The occurrences that are due from the cause on until the latest time of its effect: each may be due in another
    /// zone.
    Corrected,
    /// The occurrence of this due, if it had not begun: its series was planned again in another zone.
    PlannedAgain(i64),
    /// One occurrence that had rung, or was ringing, when the text was received.
    Rung {
        /// Last delivery of the text, in milliseconds. The service received it then at the latest.
        received_ms: i64,
        /// Earliest time at which the acknowledgment may have been written, in milliseconds. The latest is that of the
        /// cause's effect.
        written_ms: i64,
    },
    /// One occurrence that had rung, or was tried, when a snooze was received. Another promise replaces the occurrence,
    /// so it does not matter whether a call reached the person.
    Postponed {
        /// Last delivery of the text, in milliseconds.
        received_ms: i64,
        /// When it was written, in milliseconds.
        written_ms: i64,
    },
}

/// The causes that may have ended a promise or one of its occurrences. The stored answers decide.
pub(super) fn of(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    changes: &[ConsentChange],
    own: &[&Trace<'_>],
) -> Vec<Cause> {
    let mut causes: Vec<Cause> =
        changes.iter().flat_map(|change| opt_out(evidence, history, promise, changes, change)).collect();
    for answer in &history.answers {
        let text = answer.to.map(|to| &history.texts[to]);
        causes.extend(text.and_then(|text| by_answer(evidence, history, promise, own, text, answer)));
        causes.extend(text.and_then(|text| acknowledged_by_number(promise, text, answer)));
    }
    causes.extend(history.unheard_keys().filter_map(|key| by_key(promise, key)));
    let spoiled = evidence.spoiled.iter().filter(|(reminder, _)| promise.is_stored_as(evidence, history, reminder));
    if let Some(spoiled_ms) = spoiled.map(|(_, spoiled_ms)| *spoiled_ms).min() {
        // A record that the write spoiled that made it was never readable. It may have been made long after its due.
        let is_new = promise.stated.first().is_some_and(|first| spoiled_ms <= first.at_ms);
        let from_ms = if is_new { i64::MIN } else { spoiled_ms };
        causes.push(Cause { from_ms, until_ms: i64::MAX, of: Ended::Whole, excuse: Some(Excuse::ItemUnreadable) });
    }
    if let Some(Window { from_ms, to_ms: until_ms }) = promise.corrected {
        // The due of a one-off is compared in each zone, so it does not matter when the correction came.
        let from_ms = promise.series.as_ref().map_or(i64::MIN, |_| from_ms);
        let excuse = Some(Excuse::ZoneNotAnswered);
        causes.push(Cause { from_ms, until_ms, of: Ended::Corrected, excuse });
    }
    let is_it = |reminder: &str| {
        let rang = own.iter().any(|trace| trace.key.reminder.as_str() == reminder);
        rang || promise.is_stored_as(evidence, history, reminder)
    };
    let again = promise.planned_again.iter();
    causes.extend(again.filter_map(|again| planned_again(evidence, again, promise.known_ms(again.due_ms), is_it)));
    causes
}

/// A correction of the zone plans again each occurrence that has not begun. If faults delayed the first call of an
/// occurrence, its due may be long before the correction. But the answer to the correction is the same if that
/// occurrence was over and its text is lost. So the store must show that this occurrence was planned again.
///
/// `due_known_ms` is the due, or when the service handled the text that stated it, if that was later.
fn planned_again(
    evidence: &Evidence<'_>,
    again: &PlannedAgain,
    due_known_ms: i64,
    is_it: impl Fn(&str) -> bool,
) -> Option<Cause> {
    let PlannedAgain { due_ms, received_ms, known_ms } = *again;
    let is_stored =
        evidence.remains.replanned.iter().any(|planned| planned.due_ms == due_ms && is_it(&planned.reminder));
    let is_kept = is_stored
        && evidence.faulty_between(due_ms - SKEW_MS, received_ms)
        && received_ms <= evidence.settled_ms(due_known_ms);
    let (of, excuse) = (Ended::PlannedAgain(due_ms), Some(Excuse::ZoneNotAnswered));
    is_kept.then_some(Cause { from_ms: received_ms, until_ms: known_ms, of, excuse })
}

/// An opt-out ends every reminder that the person had. That is proved for a promise that was made before it if the
/// service handled it. If the service only learned of it from the carrier, it is proved from that instant on. If the
/// service did not know of it when the person opted in again, the reminders live.
fn opt_out(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    changes: &[ConsentChange],
    change: &ConsentChange,
) -> Vec<Cause> {
    let ends_nothing =
        || consent::is_never_learned(history, change) || is_named_again(evidence, history, promise, change);
    if !change.is_out || ends_nothing() {
        return Vec::new();
    }
    let obeyed_ms = change.obeyed_ms.filter(|_| !change.is_superseded(changes));
    let (from_ms, until_ms) = (change.sent_ms, obeyed_ms.unwrap_or(i64::MAX));
    let is_made_before = promise.stated.iter().all(|stated| stated.at_ms < from_ms);
    let lives_ms = returned_unknown_ms(history, changes, change).map_or(i64::MAX, |in_ms| in_ms + RUN_MS);
    let cause = |from_ms, excuse| Cause { from_ms, until_ms, of: Ended::Left { lives_ms }, excuse };
    let is_written = |learned_ms: &i64| !evidence.faulty_between(learned_ms - RUN_MS, learned_ms + RUN_MS);
    let known_ms = obeyed_ms.or(change.learned_ms.filter(is_written)).filter(|_| is_made_before);
    let proved = known_ms.map(|known_ms| cause(known_ms, None));
    proved.into_iter().chain([cause(from_ms, Some(Excuse::OptOutNotProved))]).collect()
}

/// When the service had obeyed the first opt-in after this opt-out, in milliseconds, if it certainly did not know of
/// the opt-out by then: the text was never delivered, and the carrier had refused no text because of it. Such an opt-in
/// changes nothing.
fn returned_unknown_ms(history: &PersonHistory<'_>, changes: &[ConsentChange], opt_out: &ConsentChange) -> Option<i64> {
    if opt_out.received_ms.is_some() || opt_out.learned_ms.is_some() {
        return None;
    }
    let opt_ins = changes.iter().filter(|change| !change.is_out && change.sent_ms > opt_out.sent_ms);
    let in_ms = opt_ins.filter_map(|opt_in| opt_in.obeyed_ms.filter(|_| opt_in.received_ms.is_some())).min()?;
    (!consent::is_refused(history, opt_out.sent_ms, in_ms + RUN_MS)).then_some(in_ms)
}

/// Whether a promise was made, moved or listed after the person had certainly opted in again. Then this opt-out did not
/// end the promise.
fn is_named_again(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    opt_out: &ConsentChange,
) -> bool {
    consent::changes(history).iter().filter(|change| !change.is_out).any(|opt_in| {
        let (Some(received_ms), Some(obeyed_ms)) = (opt_in.received_ms, opt_in.obeyed_ms) else { return false };
        // If this opt-out was never delivered, the service learns of it only when the carrier refuses a text.
        let is_known = match opt_out.received_ms {
            Some(_) => opt_out.obeyed_ms.is_some_and(|out_ms| out_ms < received_ms),
            None => !evidence.injected_between(&consent::DELAYS_TEXTS, opt_out.sent_ms - FROZEN_MS, obeyed_ms),
        };
        let is_later = received_ms > opt_out.sent_ms;
        is_later && is_known && promise.named_ms(history).any(|named_ms| named_ms > obeyed_ms)
    })
}

/// The part of the promise that the text of this answer has ended, or may have ended if its answer does not prove it.
fn by_answer(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    own: &[&Trace<'_>],
    text: &PersonText<'_>,
    answer: &ServiceText<'_>,
) -> Option<Cause> {
    let received_ms = *text.handed.last()?;
    if !text.may_be_about(promise.task) {
        return None;
    }
    let proves = |of| Some(Cause { from_ms: text.at_ms, until_ms: answer.at_ms, of, excuse: None });
    // An UNDO plans the occurrence again that this text ended.
    let undone_ms = || goes_on::undone_ms(history, promise, answer.at_ms);
    let proves_one = |left_ms: i64| proves(Ended::One { left_ms: left_ms.min(undone_ms()) });
    // The store shows when a text was handled, but of the key 1 on a call to the service only when it was answered.
    let is_done_key = text.is_key() && *text.meaning == Meaning::Done;
    let rung = Ended::Rung { received_ms, written_ms: if is_done_key { text.at_ms } else { answer.at_ms } };
    match answers::read(answer.body) {
        // An answer with " more" names only some of the deleted reminders. It deleted no reminder that was made later.
        Answer::Deleted { numbers, .. }
            if numbers.contains(&promise.number) || (answer.body.contains(" more") && is_made_by(promise, answer)) =>
        {
            proves(Ended::Whole)
        }
        Answer::Acknowledged { numbers } if numbers.contains(&promise.number) => match text.meaning {
            Meaning::DoneWith(_) => proves_one(left_ms(evidence, history, promise, text, answer)),
            _ => proves(rung),
        },
        // The key 1 on a call to the service's number. Its answer names no reminder.
        Answer::Other if is_done_key && answer.body == THANKS => proves(rung),
        // The key was posted again, perhaps because the function that wrote its effect had failed before it answered.
        Answer::Other if is_done_key && text.handed.len() > 1 => {
            let (from_ms, until_ms, excuse) = (text.at_ms, answer.at_ms, Some(Excuse::DoneNotAnswered));
            Some(Cause { from_ms, until_ms, of: rung, excuse })
        }
        Answer::Promise(again) if again.task == promise.task && again.number != promise.number => match again.kind {
            PromiseKind::Created | PromiseKind::Back => None,
            PromiseKind::Moved if text.meaning.moves(promise.number) => {
                proves_one(left_by_move(evidence, history, promise, own, text, answer))
            }
            PromiseKind::Moved => None,
            PromiseKind::Snoozed => proves(Ended::Postponed { received_ms, written_ms: answer.at_ms }),
        },
        // UNDO of a move deletes the reminder that the move made. A reminder that UNDO makes anew had ended before.
        Answer::Back(back) if *text.meaning == Meaning::Undo => {
            let is_other =
                |again: &answers::PromiseText<'_>| again.task == promise.task && again.number != promise.number;
            back.iter().any(is_other).then(|| proves(Ended::Whole))?
        }
        // Any other answer to a SKIP, for example that the series is paused, ends nothing.
        Answer::Other if *text.meaning == Meaning::Skip(promise.number) && answer.body.starts_with("Skipped") => {
            let is_its = numbers(answer.body).contains(&promise.number);
            is_its.then(|| proves_one(left_ms(evidence, history, promise, text, answer)))?
        }
        _ => None,
    }
}

/// Whether a promise was made when this answer was stored, or before.
fn is_made_by(promise: &Promise<'_>, answer: &ServiceText<'_>) -> bool {
    promise.stated.first().is_some_and(|stated| stated.at_ms <= answer.at_ms)
}

/// The due from which on a SKIP, a MOVE, or a DONE with a number certainly did not end the occurrences of a promise, in
/// milliseconds: the due with which the answer says that it goes on, but at most the due after the coming occurrence. If
/// the answer names no due, or a due that is not certain, the text ended at most the coming occurrence, which follows the
/// occurrences that earlier texts ended. In a series that was read in another zone before, the named due counts, because
/// dues of two zones can't be compared.
fn left_ms(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    text: &PersonText<'_>,
    answer: &ServiceText<'_>,
) -> i64 {
    let named_ms =
        |text: &PersonText<'_>, answer: &ServiceText<'_>| goes_on::due(evidence, history, promise, text, answer);
    if let Some(named_ms) = named_ms(text, answer) {
        let before_ms = goes_on::skipped_to_ms(evidence, history, promise, answer.at_ms);
        let next_ms = goes_on::after_coming(promise, answer.at_ms, before_ms);
        return if promise.may_be_corrected() || promise.has_moved() { named_ms } else { named_ms.min(next_ms) };
    }
    let earlier = history.answers.iter().filter(|earlier| earlier.at_ms < answer.at_ms);
    let left = earlier.filter_map(|earlier| {
        let named_ms = named_ms(&history.texts[earlier.to?], earlier)?;
        Some(named_ms.min(goes_on::undone_ms(history, promise, earlier.at_ms)))
    });
    let left_ms = left.max();
    goes_on::after_coming(promise, answer.at_ms, left_ms)
}

/// DONE with a number acknowledges an occurrence that rang within the hour, for example the one before a pause. Only if
/// there is no such occurrence does it skip the coming one.
fn acknowledged_by_number(promise: &Promise<'_>, text: &PersonText<'_>, answer: &ServiceText<'_>) -> Option<Cause> {
    let received_ms = *text.handed.last()?;
    let Answer::Acknowledged { numbers } = answers::read(answer.body) else { return None };
    let is_its = *text.meaning == Meaning::DoneWith(promise.number) && numbers.contains(&promise.number);
    let of = Ended::Rung { received_ms, written_ms: answer.at_ms };
    let (from_ms, until_ms) = (text.at_ms, answer.at_ms);
    is_its.then_some(Cause { from_ms, until_ms, of, excuse: None })
}

/// The due from which on a MOVE certainly did not end the occurrences of a series, in milliseconds.
///
/// The answer to the MOVE names the due with which the series goes on. A MOVE within the hour after a call is about the
/// occurrence of that call, or about an occurrence that has become due since then: the person wants to be called about
/// it at another time. The next occurrence is not affected.
fn left_by_move(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    own: &[&Trace<'_>],
    text: &PersonText<'_>,
    answer: &ServiceText<'_>,
) -> i64 {
    let Some(last_ms) = text.handed.last().copied() else { return i64::MAX };
    let named_ms = left_ms(evidence, history, promise, text, answer);
    let accepted = own.iter().flat_map(|trace| &trace.call_requests).filter(|request| {
        matches!(request.heard, Some((_, RequestOutcome::Accepted))) && request.claimed_ms() < text.at_ms - SKEW_MS
    });
    let Some(rang_ms) = accepted.map(|request| request.claimed_ms()).max() else { return named_ms };
    // Another text may have changed the series since that call. For example, a SKIP ends the occurrence that rings.
    // A text that was not handled changed nothing. A key 1 without an answer may have been handled.
    let is_settled = |(place, other): (usize, &PersonText<'_>)| match history.answer_to(place) {
        Some(answer) => answer.at_ms < rang_ms,
        None => !other.is_key() || *other.meaning != Meaning::Done,
    };
    let others = history.texts.iter().enumerate().filter(|(_, other)| !std::ptr::eq(*other, text));
    let is_changed = others
        .filter(|(_, other)| other.meaning.changes() && other.at_ms < answer.at_ms)
        .any(|other| !is_settled(other));
    let is_lately = last_ms - rang_ms < LATELY_MS - SKEW_MS;
    if is_lately && !is_changed { named_ms.min(answer.at_ms + SKEW_MS) } else { named_ms }
}

/// How long after a call a MOVE is about the occurrence of that call, in milliseconds.
const LATELY_MS: i64 = 3_600_000;

/// The part of the promise that a key 1 on a call to the service may have ended, if the person heard no answer.
fn by_key(promise: &Promise<'_>, key: &PersonText<'_>) -> Option<Cause> {
    let (received_ms, excuse) = (*key.handed.last()?, Some(Excuse::DoneNotAnswered));
    let of = Ended::Rung { received_ms, written_ms: key.at_ms };
    // A function that froze writes the key when it thaws, and its write may land a minute late.
    let (from_ms, until_ms) = (key.at_ms, received_ms + FROZEN_MS + MINUTE_MS);
    key.may_be_about(promise.task).then_some(Cause { from_ms, until_ms, of, excuse })
}

/// A MOVE that resumes a paused series within the hour after its last call is about the occurrence of that call. The
/// moved reminder replaces it, and its text, if that is still owed, is withdrawn.
pub(super) fn moved_after(history: &PersonHistory<'_>, promise: &Promise<'_>, pause: &Pause) -> Option<Cause> {
    history.answers.iter().filter(|answer| pause.is_resumed_at(answer.at_ms)).find_map(|answer| {
        let text = &history.texts[answer.to?];
        let Answer::Promise(again) = answers::read(answer.body) else { return None };
        let is_moved = again.kind == PromiseKind::Moved && again.task == promise.task;
        let is_its = is_moved && again.number != promise.number && text.meaning.moves(promise.number);
        let of = Ended::Postponed { received_ms: *text.handed.last()?, written_ms: answer.at_ms };
        let (from_ms, until_ms) = (text.at_ms, answer.at_ms);
        is_its.then_some(Cause { from_ms, until_ms, of, excuse: None })
    })
}

/// A paused series does not ring until it is resumed.
pub(super) fn of_pause(pause: &Pause) -> Cause {
    let of = Ended::Paused(pause.due_ms, pause.resumed_ms);
    Cause { from_ms: i64::MIN, until_ms: i64::MAX, of, excuse: None }
}
