//! G4: after a deletion, a move or an opt-out is confirmed, the person is not called about the reminder. One call is
//! still allowed if the cancellation is an opt-out, if its confirmation warned of a call, or if a function froze before
//! it. If that call is picked up, the reminder must not be spoken.

use super::answers::{self, Answer, PromiseKind};
use super::breach::Breaches;
use super::consent::{self, ConsentChange};
use super::dues::{RUN_MS, SKEW_MS};
use super::evidence::Evidence;
use super::goes_on;
use super::person_history::{PersonHistory, PersonText, ServiceText};
use super::promise::Promise;
use super::replacement_texts::FROZEN_MS;
use super::shares::{Excuse, Guarantee, Shares};
use super::stated_dues;
use super::traces::Trace;
use crate::faults::Fault;
use crate::people::{Meaning, numbers};

/// How long after a claim its request may start, in milliseconds, including the difference of clocks.
const REQUEST_MS: i64 = 13_000;

/// Faults after which a text may be parked instead of stored. If it is, the reply to its webhook is empty.
const PARKS: [Fault; 7] = [
    Fault::StoreThrottled,
    Fault::StoreDown,
    Fault::Slow,
    Fault::WriteAnswerLost,
    Fault::WriteLandsLate,
    Fault::SpuriousConflict,
    Fault::Freeze,
];

/// A confirmed deletion, move or opt-out.
#[derive(Debug, Clone)]
pub(super) struct Cancellation {
    /// When it was confirmed, in milliseconds.
    at_ms: i64,
    /// Until when no call is allowed, in milliseconds.
    until_ms: i64,
    /// Whether the confirmation says that the phone may still ring. Always set for an opt-out.
    warned: bool,
}

/// Judges the calls after each opt-out.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    traces: &[(Trace<'_>, Vec<usize>)],
    shares: &mut Shares,
    breaches: &mut Breaches,
) {
    for cancellation in opt_outs(evidence, history, shares).into_iter().chain(learned(evidence, history)) {
        for (trace, _) in traces {
            judge_calls_after(evidence, trace, None, &cancellation, breaches);
        }
    }
}

/// Whether an answer says that a new reminder with the same task replaces this reminder or one of its occurrences.
fn is_replaced(again: &answers::PromiseText<'_>, promise: &Promise<'_>) -> bool {
    again.kind == PromiseKind::Moved && again.number > promise.number && again.task == promise.task
}

/// The confirmed deletions and moves of one promise.
pub(super) fn of_promise(history: &PersonHistory<'_>, promise: &Promise<'_>) -> Vec<Cancellation> {
    let mut cancellations = Vec::new();
    for answer in &history.answers {
        match answers::read(answer.body) {
            Answer::Deleted { numbers, warned } if numbers.contains(&promise.number) => {
                cancellations.push(Cancellation { at_ms: answer.at_ms, until_ms: i64::MAX, warned });
            }
            Answer::Promise(again) if is_replaced(&again, promise) => {
                // A separate answer does not name the text that it answers, but it states the due that the text asked
                // for.
                let moves = |(place, text): (usize, &PersonText<'_>)| {
                    text.meaning.moves(promise.number)
                        && answer.to.is_none_or(|to| to == place)
                        && stated_dues::due(history, text, &again, answer.at_ms).is_some()
                };
                if let Some((_, text)) = history.texts.iter().enumerate().find(|found| moves(*found)) {
                    // A MOVE before the first occurrence skips the first occurrence. A later MOVE may skip the current
                    // occurrence. The text was handled between its first delivery and its answer.
                    let next_after = |at_ms: i64| goes_on::after(promise, at_ms.max(promise.due_ms()));
                    let handed_ms = text.handed.first().copied().unwrap_or(answer.at_ms);
                    let next = next_after(handed_ms).into_iter().chain(next_after(answer.at_ms)).min();
                    // UNDO plans again the occurrence that the move skipped.
                    let undone = history.answers.iter().filter(|undone| {
                        undone.at_ms > answer.at_ms
                            && undone.body.starts_with("Undone: ")
                            && numbers(undone.body).contains(&promise.number)
                    });
                    let undone_ms = undone.map(|undone| undone.at_ms).min().unwrap_or(i64::MAX);
                    // A later correction of the zone plans the next occurrence of the series anew. It may be due on the
                    // same day again.
                    let zones =
                        history.texts.iter().filter(|text| matches!(text.meaning, Meaning::Zone(_) | Meaning::Yes));
                    let zones = zones.filter(|_| promise.may_be_corrected()).filter_map(PersonText::handled_ms);
                    let zones = zones.filter(|corrected_ms| *corrected_ms > answer.at_ms);
                    let corrected_ms = zones.min().unwrap_or(i64::MAX);
                    let named_ms = goes_on_at(history, promise, text, answer);
                    cancellations.push(Cancellation {
                        at_ms: answer.at_ms,
                        until_ms: next.unwrap_or(i64::MAX).min(undone_ms).min(corrected_ms).min(named_ms),
                        warned: again.warned,
                    });
                }
            }
            _ => {}
        }
    }
    cancellations
}

/// When a series may ring again after a MOVE, in milliseconds: from shortly before the due that its answer names, for
/// example "Next call of #1: in 3 minutes (3:52:34 PM)". Returns `i64::MAX` if the answer names no due.
///
/// A MOVE about an occurrence that rang within the hour before skips no later occurrence. If the answer to a RESUME is
/// the first to state a due of the series, such a MOVE seems to come before the first occurrence, although it does not.
fn goes_on_at(
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    text: &PersonText<'_>,
    answer: &ServiceText<'_>,
) -> i64 {
    let next_call = answers::next_after_move(answer.body).filter(|(number, _)| *number == promise.number);
    let due = next_call.and_then(|(_, when)| promise.due_again(history, when, text.first_ms(), answer));
    due.map_or(i64::MAX, |(due_ms, _)| due_ms - SKEW_MS)
}

impl Meaning {
    /// Whether it asks to move the reminder of this number.
    pub(super) fn moves(&self, number: u32) -> bool {
        matches!(self, Self::Move(moved, _) if *moved == number)
    }
}

/// The opt-outs that the service handled, by which all reminders of the person have ended. A reply to the webhook
/// confirms this, unless it may only mean that the text was parked. Without such a reply, the reminders have ended a
/// run later, or the dialer sees the opt-out. Leaves out opt-outs before whose confirmation an opt-in was received.
fn opt_outs(evidence: &Evidence<'_>, history: &PersonHistory<'_>, shares: &mut Shares) -> Vec<Cancellation> {
    let mut cancellations = Vec::new();
    let changes = consent::changes(history);
    for text in history.texts.iter().filter(|text| text.meaning.opts_out()) {
        let (Some(handled_ms), Some(handed_ms)) = (text.handled_ms(), text.handed.first()) else { continue };
        let is_own = |change: &&ConsentChange| change.is_out && change.sent_ms == text.at_ms;
        if changes.iter().find(is_own).is_some_and(|change| change.is_superseded(&changes)) {
            continue;
        }
        let opt_ins = history.texts.iter().filter(|text| text.meaning.opts_in());
        let later = opt_ins.flat_map(|text| &text.handed).copied().filter(|in_ms| in_ms >= handed_ms);
        let returned_ms = later.min().unwrap_or(i64::MAX);
        let replied_ms = text.replies.first().map(|(replied_ms, _)| *replied_ms);
        let is_parked = |replied_ms: &i64| evidence.injected_between(&PARKS, *handed_ms, *replied_ms);
        let at_ms = replied_ms.filter(|replied_ms| !is_parked(replied_ms)).unwrap_or(handled_ms + RUN_MS);
        shares.judge(Guarantee::G4);
        if returned_ms > at_ms {
            cancellations.push(Cancellation { at_ms, until_ms: returned_ms, warned: true });
        }
    }
    cancellations
}

/// The opt-outs that the service did not handle and learned of from a text that the carrier refused. Leaves out those
/// for which a fault may have kept the service from writing what it learned: then it learns it again from the next
/// refusal.
fn learned(evidence: &Evidence<'_>, history: &PersonHistory<'_>) -> Vec<Cancellation> {
    let changes = consent::changes(history);
    let opt_outs = changes.iter().filter(|change| change.is_out && change.obeyed_ms.is_none());
    let told = opt_outs.filter_map(|change| Some((change.sent_ms, change.learned_ms?)));
    let is_written = |told_ms: i64| !evidence.faulty_between(told_ms - RUN_MS, told_ms + RUN_MS);
    told.filter(|(_, told_ms)| is_written(*told_ms))
        .map(|(sent_ms, told_ms)| {
            let opt_ins = history.texts.iter().filter(|text| text.meaning.opts_in() && text.at_ms >= sent_ms);
            let until_ms = opt_ins.flat_map(|text| &text.handed).copied().min().unwrap_or(i64::MAX);
            Cancellation { at_ms: told_ms + RUN_MS, until_ms, warned: true }
        })
        .collect()
}

/// Counts the confirmed cancellations of a reminder. `traces` are all traces that may belong to the reminder.
pub(super) fn count<'e>(
    evidence: &Evidence<'_>,
    cancellations: &[Cancellation],
    traces: impl Iterator<Item = &'e Trace<'e>> + Clone,
    shares: &mut Shares,
) {
    for cancellation in cancellations {
        let requests = traces.clone().flat_map(|trace| &trace.call_requests);
        let after = requests.filter(|request| cancellation.forbids(request.at_ms)).count();
        let is_excused = after > usize::from(cancellation.warned) && thaws(evidence, cancellation);
        shares.case(Guarantee::G4, is_excused.then_some(Excuse::FrozenBeforeCancellation));
    }
}

impl Cancellation {
    /// Whether no call is allowed at this instant.
    fn forbids(&self, at_ms: i64) -> bool {
        at_ms > self.at_ms && at_ms < self.until_ms
    }
}

/// Whether a function froze before a cancellation and may send its one request afterwards.
fn thaws(evidence: &Evidence<'_>, cancellation: &Cancellation) -> bool {
    frozen(evidence, cancellation) > 0
}

/// How many functions froze before a cancellation. Each may send its one request afterwards, for a claim that it made
/// before the cancellation.
fn frozen(evidence: &Evidence<'_>, cancellation: &Cancellation) -> usize {
    evidence.times_between(&[Fault::Freeze], cancellation.at_ms - FROZEN_MS, cancellation.at_ms).count()
}

/// Judges the calls of a trace after a cancellation. `task` is the reminder's task, if it is known.
pub(super) fn judge_calls_after(
    evidence: &Evidence<'_>,
    trace: &Trace<'_>,
    task: Option<&str>,
    cancellation: &Cancellation,
    breaches: &mut Breaches,
) {
    let name = || format!("reminder {} {}", trace.key.reminder, task.unwrap_or_default());
    let after = |at_ms: i64| cancellation.forbids(at_ms);
    let call_requests: Vec<_> = trace.call_requests.iter().filter(|request| after(request.at_ms)).collect();
    // A call that is claimed after the cancellation is never allowed.
    for request in call_requests.iter().filter(|request| request.claimed_ms() > cancellation.at_ms + SKEW_MS) {
        breaches.add("G4", || format!("{} was claimed as {} after a confirmed cancellation", name(), request.claim));
    }
    // A function that froze before the cancellation may send its one request afterwards. But then the reminder must not
    // be spoken. One more function may be under way without a freeze, if the answer warned of its call.
    let frozen = frozen(evidence, cancellation);
    let thaws = frozen > 0;
    let allowed = frozen.max(usize::from(cancellation.warned));
    breaches.unless(call_requests.len() <= allowed, "G4", || {
        format!(
            "{} was dialed {} times after a confirmed cancellation, expected at most {allowed}",
            name(),
            call_requests.len()
        )
    });
    for request in call_requests.iter().filter(|request| !thaws && request.at_ms > cancellation.at_ms + REQUEST_MS) {
        breaches.add("G4", || {
            format!("{} was dialed {} ms after a confirmed cancellation", name(), request.at_ms - cancellation.at_ms)
        });
    }
    for call in &trace.calls {
        let picked_up = call.picked_up_ms.is_some_and(after);
        let spoke = call.speaks(task.unwrap_or_default());
        breaches.unless(!picked_up || !spoke, "G4", || format!("{} was spoken after a confirmed cancellation", name()));
    }
}
