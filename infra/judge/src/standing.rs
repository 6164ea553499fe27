//! Judges everything in a log: what the answers promised, and whether it was kept.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::doubled::{self, MOST_TEXTS};
use crate::evidence::{self, Call, Evidence, SentText, mentions};
use crate::late::{SKEW, percentile};
use crate::promise::{self, Promise};
use simulated_carrier::LogEntry;

/// The figures of all reminders since the start of the log. A repeating reminder counts once, by its first occurrence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Number of reminders that answers promised.
    pub accepted: usize,
    /// Number of these whose task was spoken on a call.
    pub called: usize,
    /// Number of these for which a text was delivered instead of a call, or in addition to it.
    pub texted: usize,
    /// Number of these whose bound has passed without a call or a text. A reminder that the person deleted, moved,
    /// skipped or acknowledged, or whose person opted out, is not lost.
    pub lost: usize,
    /// Number of calls, texts or reminders that were doubled.
    pub doubled: usize,
    /// Median lateness of first calls, in milliseconds. Absent without calls.
    pub late_p50_ms: Option<i64>,
    /// Descriptions of everything that was lost or doubled.
    pub problems: Vec<String>,
}

/// A promised reminder, and the person's changes of it.
struct Case {
    number: u32,
    /// The promises, in order: the first, and one for each move and snooze.
    plans: Vec<Plan>,
}

/// A promise, and until when it was in force.
struct Plan {
    promise: Promise,
    made_at: Timestamp,
    /// When the person changed or ended the reminder. Absent if it is in force.
    changed_at: Option<Timestamp>,
}

/// Judges all reminders in a log. A reminder is lost if it was neither spoken nor texted within `bound` after its due.
#[must_use]
pub fn standing(log: &[LogEntry], now: Timestamp, bound: SignedDuration) -> Standing {
    let mut all = Standing::default();
    let Some(began_at) = log.first().map(|entry| entry.at) else { return all };
    let mut late = Vec::new();
    for seen in evidence::read(log).values() {
        // Reminders from before the log were promised in an earlier log.
        let calls: Vec<&Call> = seen.calls.iter().filter(|call| !is_older(&call.reminder, began_at)).collect();
        let cases = cases(seen);
        let mut used: BTreeSet<&str> = BTreeSet::new();
        for (index, case) in cases.iter().enumerate() {
            let about: Vec<&Call> = case.calls(&calls).filter(|call| !used.contains(call.reminder.as_str())).collect();
            // If the same task was promised twice, its calls are about two reminders.
            let own = about.first().map(|call| call.reminder.as_str());
            used.extend(own);
            let texts: Vec<&SentText> = case.texts(seen, &cases[index + 1..]).collect();
            let is_texted = texts.iter().any(|text| text.is_delivered);
            all.accepted += 1;
            all.called += usize::from(own.is_some());
            all.texted += usize::from(is_texted);
            if own.is_none() && !is_texted && case.is_overdue(now, bound) {
                all.lost += 1;
                all.problems.push(format!("lost: {}", case.task()));
            }
            if texts.len() > MOST_TEXTS {
                all.doubled += 1;
                all.problems.push(format!("{} texts: {}", texts.len(), case.task()));
            }
            let first = calls.iter().find(|call| Some(call.reminder.as_str()) == own);
            let due = case.plans.first().and_then(|plan| plan.promise.due);
            late.extend(first.zip(due).map(|(call, due)| call.requested_at.duration_since(due)));
        }
        let doubled = doubled::calls(&calls, seen, cases.len());
        all.doubled += doubled.len();
        all.problems.extend(doubled);
    }
    late.sort();
    all.late_p50_ms = percentile(&late, 50);
    all
}

/// Returns the reminders that answers promised to a person, in order.
fn cases(seen: &Evidence) -> Vec<Case> {
    let answers = seen.texts.iter().filter(|text| text.is_answer).map(|text| (text.at, text.words.as_str()));
    let mut said: Vec<(Timestamp, &str)> =
        seen.promises.iter().map(|(at, words)| (*at, words.as_str())).chain(answers).collect();
    said.extend(seen.opted_out.iter().map(|at| (*at, EVERYTHING[0])));
    said.sort_by_key(|(at, _)| *at);
    let mut cases: Vec<Case> = Vec::new();
    let mut repeated: BTreeSet<&str> = BTreeSet::new();
    for (at, words) in said {
        let promises = promise::read(words, at);
        if promises.is_empty() {
            change(&mut cases, words, at);
        } else if promise::is_new(words) {
            // The same answer again answers a text that was delivered again.
            let is_repeat = !repeated.insert(words);
            promises.into_iter().filter(|_| !is_repeat).for_each(|promise| {
                cases.push(Case {
                    number: promise.number,
                    plans: vec![Plan { promise, made_at: at, changed_at: None }],
                });
            });
        } else {
            for promise in promises {
                let Some(case) = newest(&mut cases, promise.number) else { continue };
                case.end(at);
                case.plans.push(Plan { promise, made_at: at, changed_at: None });
            }
        }
    }
    cases
}

/// Answers after which no earlier promise is in force. The first also stands for an opt-out at the carrier.
const EVERYTHING: [&str; 2] = ["You won't hear from me again", "OK, using "];
/// Beginnings of answers that name reminders and change none of them.
const NOTHING: [&str; 3] = ["#", "Not ", "Too late"];

/// Applies an answer that promises no call: the reminders that it names have been changed.
fn change(cases: &mut [Case], words: &str, at: Timestamp) {
    if EVERYTHING.iter().any(|everything| words.contains(everything)) {
        cases.iter_mut().for_each(|case| case.end(at));
    } else if !words.ends_with('?') && !NOTHING.iter().any(|start| words.starts_with(start)) {
        if words.contains(" more") {
            // The answer names only the first of many reminders.
            cases.iter_mut().for_each(|case| case.end(at));
        }
        for number in words.split('#').skip(1) {
            let digits = number.split(|next: char| !next.is_ascii_digit()).next().unwrap_or_default();
            if let Some(case) = digits.parse().ok().and_then(|number| newest(cases, number)) {
                case.end(at);
            }
        }
    }
}

/// Returns the newest reminder with this number. Numbers are used again.
fn newest(cases: &mut [Case], number: u32) -> Option<&mut Case> {
    cases.iter_mut().rev().find(|case| case.number == number)
}

impl Case {
    fn end(&mut self, at: Timestamp) {
        if let Some(plan) = self.plans.last_mut() {
            plan.changed_at.get_or_insert(at);
        }
    }

    /// Returns the task. The answer to a snooze may leave it out.
    fn task(&self) -> &str {
        self.plans.iter().map(|plan| plan.promise.task.as_str()).find(|task| !task.is_empty()).unwrap_or_default()
    }

    fn is_about(&self, words: &str) -> bool {
        let task = self.task();
        // A long task is shortened in an answer, but not on a call.
        match task.strip_suffix('…').or_else(|| task.strip_suffix("...")) {
            Some(beginning) => words.contains(beginning),
            None => mentions(words, task),
        }
    }

    /// Returns the calls on which the task was spoken while the promise was in force.
    fn calls<'a>(&'a self, calls: &'a [&'a Call]) -> impl Iterator<Item = &'a Call> {
        let from = self.plans.first().map(|plan| plan.made_at);
        let until = self.plans.last().and_then(|plan| plan.changed_at);
        calls.iter().copied().filter(move |call| {
            from.is_some_and(|from| from <= call.requested_at)
                && until.is_none_or(|until| call.requested_at <= until)
                && call.words.iter().any(|words| self.is_about(words))
        })
    }

    /// Returns the texts about the task that were sent after its due, and before the due of a later reminder with the
    /// same task.
    fn texts<'a>(&'a self, seen: &'a Evidence, later: &'a [Self]) -> impl Iterator<Item = &'a SentText> {
        let due = self.plans.first().and_then(|plan| plan.promise.due);
        let next =
            later.iter().find(|case| case.task() == self.task()).and_then(|case| case.plans.first()?.promise.due);
        seen.texts.iter().filter(move |text| {
            !text.is_answer
                && due.is_some_and(|due| text.at >= due - SKEW)
                && next.is_none_or(|next| text.at < next)
                && self.is_about(&text.words)
        })
    }

    fn is_overdue(&self, now: Timestamp, bound: SignedDuration) -> bool {
        let in_force = self.plans.last().filter(|plan| plan.changed_at.is_none());
        in_force.and_then(|plan| plan.promise.due).is_some_and(|due| due + bound < now)
    }
}

/// Returns whether a reminder was made before an instant. Ids of reminders are ULIDs, which begin with their time.
fn is_older(reminder: &str, than: Timestamp) -> bool {
    const DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let time = reminder.get(..10).filter(|_| reminder.len() == 26);
    let digits = time.map(|time| time.chars().map(|digit| DIGITS.find(digit)));
    let made_at = digits
        .and_then(|mut digits| digits.try_fold(0_i64, |time, digit| Some(time * 32 + i64::try_from(digit?).ok()?)));
    made_at.is_some_and(|made_at| made_at < than.as_millisecond())
}

#[cfg(test)]
mod tests;
