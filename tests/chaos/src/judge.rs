//! The outside judge: by the carrier's log and the answers to the texts alone, what was lost, doubled, early or late.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::crowd::Sent;
use super::evidence::{self, Call, Evidence};
use simulated_carrier::{LogEntry, PhoneNumber};

/// The clock skew within which nothing rings early.
const SKEW: SignedDuration = SignedDuration::from_secs(1);
/// Calls of an occurrence, and tries of a text whose outcome is not known.
const MOST_CALLS: usize = 3;
const MOST_TEXTS: usize = 3;

/// Whether every text of a phase must be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acceptance {
    /// What is broken has nothing to do with accepting texts.
    All,
    /// A text may find nobody; then it must not be answered.
    WhatIsAnswered,
}

/// What was done, and to whom.
#[derive(Debug)]
pub(super) struct Phase {
    pub(super) name: &'static str,
    pub(super) acceptance: Acceptance,
    pub(super) sent: Vec<Sent>,
    pub(super) posted: usize,
    pub(super) note: String,
}

/// What became of a phase's reminders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// What was done.
    pub phase: &'static str,
    /// Webhooks posted, copies included.
    pub posted: usize,
    /// Different texts.
    pub texts: usize,
    /// Texts whose answer promises a call.
    pub accepted: usize,
    /// Of these, told on the phone.
    pub called: usize,
    /// Of these, texted instead, or texted too.
    pub texted: usize,
    /// Of these, neither.
    pub lost: usize,
    /// Whatever came twice.
    pub doubled: usize,
    /// Calls before their due.
    pub early: usize,
    /// Half of the first calls were placed at most so late.
    pub late_p50_ms: Option<i64>,
    /// 99 of 100 were.
    pub late_p99_ms: Option<i64>,
    /// The most calls placed within one second.
    pub most_calls_in_a_second: usize,
    /// What was broken, in figures.
    pub note: String,
    /// What is not as it should be.
    pub problems: Vec<String>,
}

/// One text's reminder and all that was seen of it.
struct Case<'a> {
    task: &'a str,
    answers: BTreeSet<&'a str>,
    due: Option<Timestamp>,
    calls: Vec<&'a Call>,
    told: bool,
    texts: usize,
}

/// Whether everything accepted has come to an end that the person noticed, and no call goes on.
pub(super) fn is_over(log: &[LogEntry], phase: &Phase) -> bool {
    let evidence = evidence::read(log);
    let nothing = Evidence::default();
    let pending = |case: &Case<'_>| case.due.is_some() && !case.told && case.texts == 0;
    let calling = |seen: &Evidence| seen.calls.iter().any(|call| call.ended.is_none());
    !cases(phase, &evidence, &nothing).iter().any(pending)
        && !numbers(phase).filter_map(|(number, _)| evidence.get(number)).any(calling)
}

/// Judges a phase by all that happened until now.
pub(super) fn judge(log: &[LogEntry], phase: &Phase) -> Figures {
    let evidence = evidence::read(log);
    let nothing = Evidence::default();
    let cases = cases(phase, &evidence, &nothing);
    let accepted: Vec<&Case<'_>> = cases.iter().filter(|case| case.due.is_some()).collect();
    let mut problems: Vec<String> = Vec::new();
    let lost = accepted.iter().filter(|case| !case.told && case.texts == 0);
    problems.extend(lost.map(|case| format!("lost: {}", case.task)));
    let lost = problems.len();
    problems.extend(cases.iter().flat_map(Case::doubled));
    let people = numbers(phase).filter_map(|(number, texts)| Some((evidence.get(number)?, texts)));
    problems.extend(people.flat_map(|(seen, texts)| doubled_calls(seen, texts)));
    let doubled = problems.len() - lost;
    let late = lateness(&accepted);
    let early = late.iter().filter(|late| **late < -SKEW).count();
    problems.extend((early > 0).then(|| format!("{early} called before they were due")));
    if phase.acceptance == Acceptance::All && accepted.len() < cases.len() {
        problems.push(format!("expected all {} texts to be accepted, found {}", cases.len(), accepted.len()));
    }
    Figures {
        phase: phase.name,
        posted: phase.posted,
        texts: cases.len(),
        accepted: accepted.len(),
        called: accepted.iter().filter(|case| case.told).count(),
        texted: accepted.iter().filter(|case| case.texts > 0).count(),
        lost,
        doubled,
        early,
        late_p50_ms: quantile(&late, 50),
        late_p99_ms: quantile(&late, 99),
        most_calls_in_a_second: densest(cases.iter().flat_map(|case| &case.calls).map(|call| call.requested)),
        note: phase.note.clone(),
        problems,
    }
}

/// The different texts of each person.
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
            due: seen.promised(&sent.task),
            calls: seen.calls_about(&sent.task, texts.get(&sent.number).copied().unwrap_or(1)),
            told: seen.calls.iter().any(|call| call.told(&sent.task)),
            texts: seen.texts_about(&sent.task),
        });
        case.answers.extend(sent.answers.iter().map(String::as_str));
    }
    cases.into_values().collect()
}

impl Case<'_> {
    /// What came twice that may come once only.
    fn doubled(&self) -> Vec<String> {
        let mut doubled = Vec::new();
        let mut note = |what: String| doubled.push(format!("{what}: {}", self.task));
        let distinct =
            |part: fn(&Call) -> &str| self.calls.iter().map(|call| part(call)).collect::<BTreeSet<_>>().len();
        if distinct(|call| &call.reminder) > 1 {
            note("two reminders of one text".to_owned());
        }
        if self.texts > MOST_TEXTS {
            note(format!("{} texts", self.texts));
        }
        if self.answers.len() > 1 {
            note("one text, different answers".to_owned());
        }
        doubled
    }
}

/// What is wrong with a person's calls, of whichever text they are.
fn doubled_calls(seen: &Evidence, texts: usize) -> Vec<String> {
    let all = reminders(&seen.calls);
    let mut doubled = Vec::new();
    if all.len() > texts {
        doubled.push(format!(
            "{} reminders of {texts} texts: {}",
            all.len(),
            all.iter().copied().collect::<Vec<_>>().join(", ")
        ));
    }
    for reminder in all {
        let calls: Vec<&Call> = seen.calls.iter().filter(|call| call.reminder == reminder).collect();
        let mut note = |what: &str| doubled.push(format!("{what}: {reminder}"));
        let claims: BTreeSet<&str> = calls.iter().map(|call| call.claim.as_str()).collect();
        if claims.len() < calls.len() {
            note("two calls of one claim");
        }
        for (earlier, later) in calls.iter().zip(calls.iter().skip(1)) {
            if earlier.ended.is_none_or(|ended| later.requested < ended) {
                note("two calls at once");
            }
            if earlier.answered {
                note("called after it was picked up");
            }
        }
        if calls.len() > MOST_CALLS {
            note("called too often");
        }
    }
    doubled
}

/// The reminders that calls are about.
fn reminders<'a>(calls: impl IntoIterator<Item = &'a Call>) -> BTreeSet<&'a str> {
    calls.into_iter().map(|call| call.reminder.as_str()).collect()
}

/// How late the first call of each was placed, in order.
fn lateness(accepted: &[&Case<'_>]) -> Vec<SignedDuration> {
    let late = |case: &&Case<'_>| Some(case.calls.first()?.requested.duration_since(case.due?));
    let mut late: Vec<SignedDuration> = accepted.iter().filter_map(late).collect();
    late.sort();
    late
}

/// The least of these that so many of a hundred do not exceed, in milliseconds.
fn quantile(ordered: &[SignedDuration], percent: usize) -> Option<i64> {
    let rank = (ordered.len() * percent).div_ceil(100).max(1);
    ordered.get(rank - 1).and_then(|late| i64::try_from(late.as_millis()).ok())
}

/// The most instants that lie within one second.
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
