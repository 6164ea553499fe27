//! G4: after a deletion, a move, a skip or an opt-out is confirmed, the person is not called about the reminder. One
//! call is still allowed if the cancellation is an opt-out, if its confirmation warned of a call, or if a function froze
//! before it. If that call is picked up, the reminder must not be spoken. After a confirmed "done", no call about the
//! occurrence is claimed.

pub(super) mod confirmed;
pub(super) mod denied;

use super::breach::Breaches;
use super::consent::{self, CLOSE_MS, ConsentChange};
use super::dues::{RUN_MS, SKEW_MS};
use super::evidence::Evidence;
use super::frozen::{began_ms, thaws};
use super::person_history::{CallRequest, PersonHistory};
use super::shares::{Excuse, Guarantee, Shares};
use super::traces::Trace;
use crate::faults::Fault;

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

/// A confirmed deletion, move, skip, "done" or opt-out.
#[derive(Debug, Clone)]
pub(super) struct Cancellation {
    /// When it was confirmed, in milliseconds.
    at_ms: i64,
    /// Until when no call is allowed, in milliseconds.
    until_ms: i64,
    /// Whether the confirmation says that the phone may still ring. Always set for an opt-out.
    warned: bool,
    forbids: Forbidden,
}

/// The calls that a cancellation forbids.
#[derive(Debug, Clone, Copy)]
enum Forbidden {
    /// Calls that are requested afterwards, and the reminder's words on any call that is picked up afterwards.
    Requests,
    /// Calls that are claimed afterwards. "Done" does not end a call that is under way.
    Claims,
    /// The same, if the occurrence rang before: the carrier had accepted a call that was claimed after the first instant
    /// by the second instant, in milliseconds. Otherwise the "done" may have been about an earlier occurrence.
    ClaimsIfRang(i64, i64),
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

/// The opt-outs that the service handled, by which all reminders of the person have ended. A reply to the webhook
/// confirms this, unless it may only mean that the text was parked. Without such a reply, the reminders have ended a
/// run later, or the dialer sees the opt-out. Leaves out opt-outs before whose confirmation an opt-in was received. An
/// opt-in that was received at about the same time may count too, although it was received first.
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
        let later = opt_ins.flat_map(|text| &text.handed).copied().filter(|in_ms| *in_ms >= handed_ms - CLOSE_MS);
        let returned_ms = later.min().unwrap_or(i64::MAX);
        let replied_ms = text.replies.first().map(|(replied_ms, _)| *replied_ms);
        let is_parked = |replied_ms: &i64| evidence.injected_between(&PARKS, *handed_ms, *replied_ms);
        let at_ms = replied_ms.filter(|replied_ms| !is_parked(replied_ms)).unwrap_or(handled_ms + RUN_MS);
        shares.judge(Guarantee::G4);
        if returned_ms > at_ms {
            let forbids = Forbidden::Requests;
            cancellations.push(Cancellation { at_ms, until_ms: returned_ms, warned: true, forbids });
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
            Cancellation { at_ms: told_ms + RUN_MS, until_ms, warned: true, forbids: Forbidden::Requests }
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
        match cancellation.forbids {
            Forbidden::Requests => {}
            Forbidden::ClaimsIfRang(..) if !traces.clone().any(|trace| cancellation.is_about(trace)) => continue,
            Forbidden::Claims | Forbidden::ClaimsIfRang(..) => {
                shares.judge(Guarantee::G4);
                continue;
            }
        }
        let requests = traces.clone().flat_map(|trace| &trace.call_requests);
        let after: Vec<_> = requests.copied().filter(|request| cancellation.forbids(request.at_ms)).collect();
        let is_excused = after.len() > usize::from(cancellation.warned) && frozen(evidence, &after) > 0;
        shares.case(Guarantee::G4, is_excused.then_some(Excuse::FrozenBeforeCancellation));
    }
}

impl Cancellation {
    /// Whether no call is allowed at this instant.
    fn forbids(&self, at_ms: i64) -> bool {
        at_ms > self.at_ms && at_ms < self.until_ms
    }

    /// Whether it forbids calls at some instant of this time.
    pub(super) fn forbids_between(&self, from_ms: i64, to_ms: i64) -> bool {
        self.at_ms < to_ms && self.until_ms > from_ms
    }

    /// Whether it is about the calls of this trace, if the trace belongs to the cancelled reminder.
    fn is_about(&self, trace: &Trace<'_>) -> bool {
        let Forbidden::ClaimsIfRang(due_ms, received_ms) = self.forbids else { return true };
        let requests = trace.call_requests.iter().filter(|request| request.claimed_ms() >= due_ms);
        let is_accepted = |claim| trace.calls.iter().any(|call| call.claim == claim && call.taken_ms < received_ms);
        requests.map(|request| request.claim).any(is_accepted)
    }
}

/// How many functions may have frozen after they made the claims of these requests. Each sends its one request when it
/// thaws.
fn frozen(evidence: &Evidence<'_>, requests: &[&CallRequest<'_>]) -> usize {
    let began: Vec<(i64, i64)> = requests.iter().map(|request| began_ms(request)).collect();
    let from_ms = began.iter().map(|(from_ms, _)| *from_ms).min().unwrap_or(i64::MAX);
    let to_ms = began.iter().map(|(_, to_ms)| *to_ms).max().unwrap_or(i64::MIN);
    let is_near = |frozen_ms: &i64| began.iter().any(|(from_ms, to_ms)| (from_ms..=to_ms).contains(&frozen_ms));
    evidence.times_between(&[Fault::Freeze], from_ms, to_ms).filter(is_near).count()
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
    if !cancellation.is_about(trace) {
        return;
    }
    // A call that is claimed after the cancellation is never allowed.
    let claimed = trace.call_requests.iter().filter(|request| after(request.claimed_ms()));
    for request in claimed.filter(|request| request.claimed_ms() > cancellation.at_ms + SKEW_MS) {
        breaches.add("G4", || format!("{} was claimed as {} after a confirmed cancellation", name(), request.claim));
    }
    if let Forbidden::Claims | Forbidden::ClaimsIfRang(..) = cancellation.forbids {
        return;
    }
    let call_requests: Vec<_> = trace.call_requests.iter().copied().filter(|request| after(request.at_ms)).collect();
    // A function that froze after a claim before the cancellation may send its one request afterwards. But then the
    // reminder must not be spoken. One more function may be under way without a freeze, if the answer warned of its
    // call.
    let allowed = frozen(evidence, &call_requests).max(usize::from(cancellation.warned));
    breaches.unless(call_requests.len() <= allowed, "G4", || {
        format!(
            "{} was dialed {} times after a confirmed cancellation, expected at most {allowed}",
            name(),
            call_requests.len()
        )
    });
    let is_late =
        |request: &&CallRequest<'_>| request.at_ms > cancellation.at_ms + REQUEST_MS && !thaws(evidence, request);
    for request in call_requests.iter().copied().filter(is_late) {
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
