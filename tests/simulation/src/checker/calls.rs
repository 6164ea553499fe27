//! G2 to G6: how often, when and whether a person is called.
//!
//! A call names its reminder only by the id in its callback path, and that id appears in no answer. A history is
//! therefore legal if each reminder id can be matched with a different promise or unanswered text.

use std::collections::BTreeMap;

use reminder::ids::ReminderKey;

use super::answers::PromiseKind;
use super::cancellations::{self, Cancellation};
use super::dues::{self, Window};
use super::evidence::{Call, CallRequest, Evidence, PersonHistory};
use super::occurrence::Occurrence;
use super::promises::{Promise, Promises};
use super::{Breach, Breaches};
use crate::people::{Due, Meaning, Rhythm};

/// Largest difference between two clocks, in milliseconds.
pub(super) const SKEW_MS: i64 = 1000;

/// All requests and calls of one reminder id.
#[derive(Debug)]
pub(super) struct Trace<'e> {
    pub(super) key: &'e ReminderKey,
    pub(super) call_requests: Vec<&'e CallRequest<'e>>,
    pub(super) calls: Vec<&'e Call<'e>>,
}

/// A promise or an unanswered text that a reminder id may belong to.
#[derive(Debug)]
pub(super) struct Candidate<'e> {
    /// The task that is spoken; absent for an unanswered text that moves or snoozes a reminder.
    pub(super) task: Option<&'e str>,
    /// When its first occurrence may be due.
    pub(super) windows: Vec<Window>,
    /// The promise, if no due but the stated ones is possible.
    pub(super) stated: Option<&'e Promise<'e>>,
    /// Confirmed cancellations of the promise.
    pub(super) cancellations: Vec<Cancellation>,
    pub(super) rhythm: Option<(Rhythm, jiff::civil::Time)>,
}

impl Candidate<'_> {
    /// Distance between an instant and the nearest possible due, in milliseconds.
    fn lateness(&self, at_ms: i64) -> i64 {
        self.windows.iter().map(|window| (at_ms - window.to_ms).abs()).min().unwrap_or(i64::MAX)
    }
}

/// Groups a person's requests and calls by reminder id.
fn traces<'e>(history: &'e PersonHistory<'_>) -> Vec<Trace<'e>> {
    let mut traces: BTreeMap<&ReminderKey, Trace<'e>> = BTreeMap::new();
    let empty = |key| Trace { key, call_requests: Vec::new(), calls: Vec::new() };
    for request in &history.call_requests {
        traces.entry(request.key).or_insert_with(|| empty(request.key)).call_requests.push(request);
    }
    for call in &history.calls {
        traces.entry(call.key).or_insert_with(|| empty(call.key)).calls.push(call);
    }
    traces.into_values().collect()
}

/// The promises to a person, and the reminders that their unanswered texts may have created.
fn candidates<'e>(
    evidence: &Evidence<'_>,
    history: &'e PersonHistory<'_>,
    promises: &'e Promises<'_>,
) -> Vec<Candidate<'e>> {
    let silent = || (0..history.texts.len()).filter(|text| !promises.answered[*text]).map(|text| &history.texts[text]);
    let mut candidates = Vec::new();
    for promise in &promises.all {
        let mut windows: Vec<_> = promise.stated.iter().map(|stated| Window::at(stated.due_ms)).collect();
        let known = windows.len();
        for text in silent() {
            let about = match text.meaning {
                Meaning::Remind { task, .. } => task == promise.task,
                Meaning::Move(number, _) => *number == promise.number,
                Meaning::Snooze(_) => promise.kind != PromiseKind::Created,
                _ => false,
            };
            if about {
                windows.extend(dues::meant(text, &evidence.zone));
            }
        }
        let stated = Some(promise).filter(|_| windows.len() == known);
        let cancellations = cancellations::of_promise(evidence, history, promise);
        candidates.push(Candidate { task: Some(promise.task), windows, stated, cancellations, rhythm: promise.rhythm });
    }
    for text in silent() {
        let (task, rhythm) = match text.meaning {
            Meaning::Remind { task, due: Due::Each(rhythm, time) } => (Some(task.as_str()), Some((*rhythm, *time))),
            Meaning::Remind { task, .. } => (Some(task.as_str()), None),
            Meaning::Move(..) | Meaning::Snooze(_) => (None, None),
            _ => continue,
        };
        candidates.push(Candidate {
            task,
            windows: dues::meant(text, &evidence.zone),
            stated: None,
            cancellations: Vec::new(),
            rhythm,
        });
    }
    candidates
}

/// Judges a person's calls. For each reminder id it returns the indexes of the candidates that fit; the promises come
/// first.
pub(super) fn judge<'e>(
    evidence: &Evidence<'_>,
    history: &'e PersonHistory<'_>,
    promises: &Promises<'_>,
    breaches: &mut Breaches,
) -> Vec<(Trace<'e>, Vec<usize>)> {
    let traces = traces(history);
    let candidates = candidates(evidence, history, promises);
    let found: Vec<Vec<Vec<Breach>>> = traces
        .iter()
        .map(|trace| candidates.iter().map(|candidate| as_one_of(evidence, trace, candidate)).collect())
        .collect();
    let mut holders: Vec<Option<usize>> = vec![None; candidates.len()];
    // The best fit is tried first, since several candidates are legal if functions freeze.
    let by_fit = |trace: usize| {
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by_key(|candidate| {
            traces[trace].call_requests.first().map_or(0, |request| candidates[*candidate].lateness(request.at_ms))
        });
        order
    };
    for trace in 0..traces.len() {
        let legal = |trace: usize, candidate: usize| found[trace][candidate].is_empty();
        if !find_place(trace, &legal, &by_fit, &mut holders, &mut vec![false; candidates.len()]) {
            breaches.0.extend(illegal(&traces[trace], &found[trace]));
        }
    }
    let places = found
        .iter()
        .map(|candidates| (0..candidates.len()).filter(|candidate| candidates[*candidate].is_empty()).collect());
    traces.into_iter().zip(places).collect()
}

/// Assigns a legal candidate to a trace and moves other traces aside if necessary: an augmenting path of bipartite
/// matching.
fn find_place(
    trace: usize,
    legal: &impl Fn(usize, usize) -> bool,
    by_fit: &impl Fn(usize) -> Vec<usize>,
    holders: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for candidate in by_fit(trace) {
        if tried[candidate] || !legal(trace, candidate) {
            continue;
        }
        tried[candidate] = true;
        if holders[candidate].is_none_or(|holder| find_place(holder, legal, by_fit, holders, tried)) {
            holders[candidate] = Some(trace);
            return true;
        }
    }
    false
}

/// The breaches of a trace without a candidate: those of the candidate with the fewest breaches.
fn illegal(trace: &Trace<'_>, found: &[Vec<Breach>]) -> Vec<Breach> {
    let least = found.iter().filter(|breaches| !breaches.is_empty()).min_by_key(|breaches| breaches.len());
    let legal = found.iter().any(Vec::is_empty);
    least.filter(|_| !legal).cloned().unwrap_or_else(|| {
        let what = format!("reminder {} was dialed without a promise for it", trace.key.reminder);
        vec![Breach { guarantee: "G2", what }]
    })
}

/// The breaches of a trace if it belongs to this candidate.
fn as_one_of(evidence: &Evidence<'_>, trace: &Trace<'_>, candidate: &Candidate<'_>) -> Vec<Breach> {
    let mut breaches = Breaches::default();
    if let Some(task) = candidate.task {
        for call in trace.calls.iter().filter(|call| call.speaks_of_another(task)) {
            breaches.add("G1", || format!("{:?} was said instead of {task}", call.said));
        }
    }
    for cancellation in &candidate.cancellations {
        cancellations::judge_calls_after(evidence, trace, candidate.task, cancellation, &mut breaches);
    }
    let of = |at_ms| occurrence_of(evidence, candidate, at_ms);
    let mut by_occurrence: BTreeMap<i64, Occurrence<'_>> = BTreeMap::new();
    for request in &trace.call_requests {
        by_occurrence.entry(of(request.at_ms)).or_default().call_requests.push(request);
    }
    for call in &trace.calls {
        by_occurrence.entry(of(call.taken_ms)).or_default().calls.push(call);
    }
    for (due_ms, occurrence) in &by_occurrence {
        occurrence.judge(evidence, candidate, *due_ms, &mut breaches);
    }
    breaches.0
}

/// The due of the occurrence that is current at an instant. A one-off has only one occurrence.
fn occurrence_of(evidence: &Evidence<'_>, candidate: &Candidate<'_>, at_ms: i64) -> i64 {
    let Some(first) = candidate.windows.first().map(|window| window.from_ms) else { return i64::MAX };
    let Some((rhythm, time)) = candidate.rhythm else { return first };
    let mut due_ms = first;
    loop {
        let next = dues::first_after(due_ms, rhythm, time, &evidence.zone);
        if next > at_ms + SKEW_MS {
            return due_ms;
        }
        due_ms = next;
    }
}

/// G2: each claim is requested once and accepted once.
pub(super) fn claims(history: &PersonHistory<'_>, breaches: &mut Breaches) {
    let mut asked = BTreeMap::new();
    for request in &history.call_requests {
        *asked.entry(request.claim).or_insert(0) += 1;
    }
    let mut taken = BTreeMap::new();
    for call in &history.calls {
        *taken.entry(call.claim).or_insert(0) += 1;
    }
    for (claim, times) in asked.iter().chain(&taken).filter(|(_, times)| **times > 1) {
        breaches.add("G2", || format!("claim {claim} was used {times} times"));
    }
}
