//! Judges the texts of one scenario, all of which are known.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::evidence::{self, Call, Evidence};
use simulated_carrier::{LogEntry, PhoneNumber};

/// Tolerated clock skew: a call up to this long before its due does not count as early.
const SKEW: SignedDuration = SignedDuration::from_secs(1);
/// Maximum number of calls of an occurrence.
const MOST_CALLS: usize = 3;
/// Maximum number of tries of a text whose outcome is unknown.
const MOST_TEXTS: usize = 3;

/// A text that was sent, with the answers to all its copies.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Number of the person who sends it.
    pub number: PhoneNumber,
    /// The carrier's id of the text.
    pub id: String,
    /// The task, which no other text has.
    pub task: String,
    /// The answers. A copy whose webhook failed has none.
    pub answers: Vec<String>,
}

/// Whether all texts of a phase must be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// Every text must be accepted, because the scenario does not affect accepting texts.
    All,
    /// A text may fail. Only a text whose answer promises a call must lead to a call or a delivered text.
    MayFail,
}

/// The texts that were sent in a scenario.
#[derive(Debug)]
pub struct Phase {
    /// Name of the scenario.
    pub name: &'static str,
    /// Whether all texts must be accepted.
    pub acceptance: Acceptance,
    /// The texts, with their answers.
    pub sent: Vec<Sent>,
    /// Number of posted webhooks, including copies.
    pub posted: usize,
    /// Details of the scenario, for example how many processes were killed.
    pub note: String,
}

/// The results of a phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Name of the phase.
    pub phase: &'static str,
    /// Number of posted webhooks, including copies.
    pub posted: usize,
    /// Number of different texts.
    pub texts: usize,
    /// Number of texts whose answer promises a call.
    pub accepted: usize,
    /// Number of accepted texts whose task was spoken on a call.
    pub called: usize,
    /// Number of accepted texts whose task was delivered as a text, instead of a call or in addition to it.
    pub texted: usize,
    /// Number of accepted texts that led to neither a call nor a delivered text.
    pub lost: usize,
    /// Number of calls, texts or reminders that were doubled.
    pub doubled: usize,
    /// Number of reminders whose first call was more than a second before the due.
    pub early: usize,
    /// Median lateness of first calls, in milliseconds. Absent without calls.
    pub late_p50_ms: Option<i64>,
    /// 99th percentile of the lateness of first calls, in milliseconds. Absent without calls.
    pub late_p99_ms: Option<i64>,
    /// Maximum number of calls within one second.
    pub most_calls_in_a_second: usize,
    /// Details of the scenario, for example how many processes were killed.
    pub note: String,
    /// Descriptions of all problems. Empty if the phase passed.
    pub problems: Vec<String>,
}

/// A text from a person, and the service's calls and texts about its task.
struct Case<'a> {
    task: &'a str,
    answers: BTreeSet<&'a str>,
    due: Option<Timestamp>,
    calls: Vec<&'a Call>,
    spoken: bool,
    /// Number of texts about the task that the carrier accepted.
    texts: usize,
    /// Number of texts about the task that the carrier delivered.
    delivered: usize,
}

/// Returns whether every accepted reminder was spoken or its text delivered, and no call is in progress.
#[must_use]
pub fn is_over(log: &[LogEntry], phase: &Phase) -> bool {
    let evidence = evidence::read(log);
    let nothing = Evidence::default();
    let pending = |case: &Case<'_>| case.due.is_some() && !case.spoken && case.delivered == 0;
    let calling = |seen: &Evidence| seen.calls.iter().any(|call| call.ended_at.is_none());
    !cases(phase, &evidence, &nothing).iter().any(pending)
        && !numbers(phase).filter_map(|(number, _)| evidence.get(number)).any(calling)
}

/// Judges a phase by the log so far.
#[must_use]
pub fn judge(log: &[LogEntry], phase: &Phase) -> Figures {
    let evidence = evidence::read(log);
    let nothing = Evidence::default();
    let cases = cases(phase, &evidence, &nothing);
    let accepted: Vec<&Case<'_>> = cases.iter().filter(|case| case.due.is_some()).collect();
    let mut problems: Vec<String> = Vec::new();
    let lost = accepted.iter().filter(|case| !case.spoken && case.delivered == 0);
    problems.extend(lost.map(|case| format!("lost: {}", case.task)));
    let lost = problems.len();
    problems.extend(cases.iter().flat_map(Case::doubled));
    let people = numbers(phase).filter_map(|(number, texts)| Some((evidence.get(number)?, texts)));
    problems.extend(people.flat_map(|(seen, texts)| doubled_calls(seen, texts)));
    let doubled = problems.len() - lost;
    let late = lateness(&accepted);
    let early = late.iter().filter(|late| **late < -SKEW).count();
    problems.extend((early > 0).then(|| format!("{early} calls before the due")));
    if phase.acceptance == Acceptance::All && accepted.len() < cases.len() {
        problems.push(format!("expected all {} texts to be accepted, found {}", cases.len(), accepted.len()));
    }
    Figures {
        phase: phase.name,
        posted: phase.posted,
        texts: cases.len(),
        accepted: accepted.len(),
        called: accepted.iter().filter(|case| case.spoken).count(),
        texted: accepted.iter().filter(|case| case.delivered > 0).count(),
        lost,
        doubled,
        early,
        late_p50_ms: percentile(&late, 50),
        late_p99_ms: percentile(&late, 99),
        most_calls_in_a_second: densest(cases.iter().flat_map(|case| &case.calls).map(|call| call.requested_at)),
        note: phase.note.clone(),
        problems,
    }
}

/// Returns the phone number of each person, and how many different texts this person sent.
fn numbers(phase: &Phase) -> impl Iterator<Item = (&PhoneNumber, usize)> {
    let mut ids: BTreeMap<&PhoneNumber, BTreeSet<&str>> = BTreeMap::new();
    for sent in &phase.sent {
        ids.entry(&sent.number).or_default().insert(&sent.id);
    }
    ids.into_iter().map(|(number, ids)| (number, ids.len()))
}

fn cases<'a>(phase: &'a Phase, evidence: &'a BTreeMap<PhoneNumber, Evidence>, nothing: &'a Evidence) -> Vec<Case<'a>> {
    let texts: BTreeMap<&PhoneNumber, usize> = numbers(phase).collect();
    let mut cases: BTreeMap<&str, Case<'a>> = BTreeMap::new();
    for sent in &phase.sent {
        let seen = evidence.get(&sent.number).unwrap_or(nothing);
        let case = cases.entry(&sent.task).or_insert_with(|| Case {
            task: &sent.task,
            answers: BTreeSet::new(),
            due: seen.promised_due(&sent.task),
            calls: seen.calls_about(&sent.task, texts.get(&sent.number).copied().unwrap_or(1)),
            spoken: seen.calls.iter().any(|call| call.spoke(&sent.task)),
            texts: seen.texts_about(&sent.task).count(),
            delivered: seen.texts_about(&sent.task).filter(|text| text.is_delivered).count(),
        });
        case.answers.extend(sent.answers.iter().map(String::as_str));
    }
    cases.into_values().collect()
}

impl Case<'_> {
    /// Returns descriptions of everything that was doubled.
    fn doubled(&self) -> Vec<String> {
        let mut doubled = Vec::new();
        let mut note = |problem: String| doubled.push(format!("{problem}: {}", self.task));
        let distinct =
            |part: fn(&Call) -> &str| self.calls.iter().map(|call| part(call)).collect::<BTreeSet<_>>().len();
        if distinct(|call| &call.reminder) > 1 {
            note("two reminders for one text".to_owned());
        }
        if self.texts > MOST_TEXTS {
            note(format!("{} texts", self.texts));
        }
        if self.answers.len() > 1 {
            note("different answers to one text".to_owned());
        }
        doubled
    }
}

/// Returns descriptions of doubled reminders and calls of a person, over all texts.
fn doubled_calls(seen: &Evidence, texts: usize) -> Vec<String> {
    let all = reminders(&seen.calls);
    let mut doubled = Vec::new();
    if all.len() > texts {
        doubled.push(format!(
            "{} reminders for {texts} texts: {}",
            all.len(),
            all.iter().copied().collect::<Vec<_>>().join(", ")
        ));
    }
    // A phone is in one call at a time, even if the calls are about several reminders.
    for (earlier, later) in seen.calls.iter().zip(seen.calls.iter().skip(1)) {
        if earlier.ended_at.is_none_or(|ended_at| later.requested_at < ended_at) {
            doubled.push(format!("two calls at once: {} and {}", earlier.reminder, later.reminder));
        }
    }
    for reminder in all {
        let calls: Vec<&Call> = seen.calls.iter().filter(|call| call.reminder == reminder).collect();
        let mut note = |problem: &str| doubled.push(format!("{problem}: {reminder}"));
        let claims: BTreeSet<&str> = calls.iter().map(|call| call.claim.as_str()).collect();
        if claims.len() < calls.len() {
            note("two calls with one claim");
        }
        for (earlier, later) in calls.iter().zip(calls.iter().skip(1)) {
            // Without a key the reminder may ring again, because a mailbox may have picked up.
            if earlier.key_handled_at.is_some_and(|handled_at| handled_at < later.requested_at) {
                note("called again after a key");
            }
        }
        if calls.len() > MOST_CALLS {
            note("more than three calls");
        }
    }
    doubled
}

/// Returns the ids of the reminders of calls.
fn reminders<'a>(calls: impl IntoIterator<Item = &'a Call>) -> BTreeSet<&'a str> {
    calls.into_iter().map(|call| call.reminder.as_str()).collect()
}

/// Returns the lateness of each first call, in ascending order.
fn lateness(accepted: &[&Case<'_>]) -> Vec<SignedDuration> {
    let late = |case: &&Case<'_>| Some(case.calls.first()?.requested_at.duration_since(case.due?));
    let mut late: Vec<SignedDuration> = accepted.iter().filter_map(late).collect();
    late.sort();
    late
}

/// Returns a percentile of ascending durations, in milliseconds.
pub(crate) fn percentile(ordered: &[SignedDuration], percent: usize) -> Option<i64> {
    let rank = (ordered.len() * percent).div_ceil(100).max(1);
    ordered.get(rank - 1).and_then(|late| i64::try_from(late.as_millis()).ok())
}

/// Returns the maximum number of instants within one second.
fn densest(instants: impl Iterator<Item = Timestamp>) -> usize {
    let mut instants: Vec<Timestamp> = instants.collect();
    instants.sort();
    let within = |start: usize| {
        let until = instants[start] + SignedDuration::from_secs(1);
        instants[start..].iter().take_while(|instant| **instant < until).count()
    };
    (0..instants.len()).map(within).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
