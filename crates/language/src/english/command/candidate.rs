//! Reads the answer to "did you mean …?": yes, no, one of the candidates, or another time, which changes them.
//!
//! ```text
//! choice = yes | no | [lead] ("the first"|"the second" | weekday | day-number | month | new-time)
//! ```

use crate::{
    due_basis::DueBasis,
    english::{
        command::{new_time, politeness, yes_or_no},
        grammar::{
            dates::{month, weekday},
            number,
        },
        text::{
            phrases::Phrases,
            reader::Reader,
            word::{Form, Word},
        },
    },
    new_time::NewTime,
    question::{Candidate, Question},
    request::{NewReminder, Request},
    rule::{Pattern, Rule},
};
use jiff::{
    Timestamp,
    civil::{Date, Time},
};

/// Words that may precede the choice: "no, I meant June 29".
#[rustfmt::skip]
static LEAD: Phrases = Phrases::of(&[
    "no", "nope", "yes", "yeah", "yep", "ok", "okay", "i meant", "i mean", "meant", "make it", "actually", "oh", "sorry",
    "please", "but", "its", "rather", "the one", "remind me", "call me",
]);

static FIRST: Phrases = Phrases::of(&["the first", "first", "the first one", "first one", "the former", "former"]);

#[rustfmt::skip]
static SECOND: Phrases = Phrases::of(&[
    "the second", "second", "the second one", "second one", "the latter", "latter", "the last one", "the other one",
]);

/// Short replies that agree if there is only one candidate.
static AGREES: Phrases = Phrases::of(&["ok", "okay", "k", "kk", "alright", "perfect", "sounds good", "works", "good"]);

/// Returns the request that an answer makes, or `None` if it says nothing about the candidates.
pub(crate) fn answer(r: &Reader, task: &str, candidates: &[Candidate]) -> Option<Request> {
    let ask = |candidates| Request::Ask(Question::When { task: task.to_owned(), candidates });
    let [first, others @ ..] = candidates else { return None };
    let agrees = others.is_empty() && r.says_any(0, &AGREES).is_some_and(|end| politeness::is_end(r, end));
    match yes_or_no::yes_or_no(r) {
        Some(Request::No) => return Some(ask(Vec::new())),
        Some(_) if !others.is_empty() => return Some(ask(candidates.to_vec())),
        Some(_) => return Some(settled(r, task, first)),
        None if agrees => return Some(settled(r, task, first)),
        None => {}
    }
    let mut start = 0;
    while let Some(next) = r.says_any(start, &LEAD) {
        start = r.skip_mark(next, b',');
    }
    let rest = r.slice(start.min(r.len()), r.len());
    if let Some(one) = picked(&rest, candidates) {
        return Some(settled(r, task, one));
    }
    let to = new_time::answered(&rest)?;
    let mut changed = candidates.iter().map(|one| changed(r, one, &to)).collect::<Option<Vec<Candidate>>>()?;
    changed.dedup();
    match changed.as_slice() {
        [one] => Some(settled(r, task, one)),
        _ => Some(ask(changed)),
    }
}

/// Returns the candidate that a reply names by its place, weekday, day or month.
fn picked<'c>(r: &Reader, candidates: &'c [Candidate]) -> Option<&'c Candidate> {
    let is_whole = |end: usize| politeness::is_end(r, end);
    if let [first, second] = candidates {
        if r.says_any(0, &FIRST).is_some_and(is_whole) {
            return Some(first);
        }
        if r.says_any(0, &SECOND).is_some_and(is_whole) {
            return Some(second);
        }
    }
    let only = |fits: &dyn Fn(Date) -> bool| {
        let mut fitting = candidates.iter().filter(|one| {
            let zone = one.zone.as_ref().unwrap_or(&r.sender.zone);
            one.rule.is_none() && fits(zone.to_datetime(one.due).date())
        });
        fitting.next().filter(|_| fitting.next().is_none())
    };
    let start = if matches!(r.word(0), Word::On | Word::In) { 1 } else { 0 };
    let start = r.skip(start, Word::The);
    if let Some((weekday, _)) = weekday::name(r, start, Form::Doubtful).filter(|(_, end)| is_whole(*end)) {
        return only(&|date| date.weekday() == weekday);
    }
    if let Some((month, _)) = month::month(r, start).filter(|(_, end)| is_whole(*end)) {
        return only(&|date| date.month() == month);
    }
    let (day, _) = number::ordinal(r, start).or_else(|| number::whole(r, start)).filter(|(_, end)| is_whole(*end))?;
    only(&|date| u32::from(date.day().unsigned_abs()) == day)
}

/// Returns a candidate with another day or time of day. `None` if the reply does not change a candidate, but is a whole
/// time of its own.
fn changed(r: &Reader, one: &Candidate, to: &NewTime) -> Option<Candidate> {
    let zone = one.zone.as_ref().unwrap_or(&r.sender.zone);
    let basis = if one.zone.is_some() { one.basis } else { DueBasis::LocalClock };
    match (to, &one.rule) {
        (NewTime::Time(at), Some(rule)) => {
            let rule = at_time(rule, *at)?;
            let due = rule.next_after(r.sender.now, zone)?;
            Some(Candidate { due, zone: one.zone.clone(), rule: Some(rule), basis })
        }
        (NewTime::Time(_) | NewTime::Day(_), None) => {
            let due = to.applied_to(one.due, zone, r.sender.now)?;
            Some(Candidate { due, zone: one.zone.clone(), rule: None, basis })
        }
        (NewTime::At { due, basis }, None) => Some(Candidate { due: *due, zone: None, rule: None, basis: *basis }),
        (NewTime::Later(_), None) | (NewTime::Day(_) | NewTime::Later(_) | NewTime::At { .. }, Some(_)) => None,
    }
}

/// Returns a rule at another time of day. `None` if the rule has no time of day.
pub(crate) fn at_time(rule: &Rule, at: Time) -> Option<Rule> {
    if rule.counts_elapsed_time() {
        return None;
    }
    let mut pattern = Pattern::clone(&rule.pattern);
    (pattern.hours, pattern.minutes) = (Vec::new(), Vec::new());
    Some(Rule { start: rule.start.date().to_datetime(at), pattern: Box::new(pattern) })
}

/// Returns the request for a candidate that was confirmed. Its time may have passed since the question.
fn settled(r: &Reader, task: &str, one: &Candidate) -> Request {
    let zone = one.zone.as_ref().unwrap_or(&r.sender.zone);
    let is_ahead = |due: &Timestamp| *due > r.sender.now;
    let due = Some(one.due)
        .filter(is_ahead)
        .or_else(|| one.rule.as_ref().and_then(|rule| rule.next_after(r.sender.now, zone)));
    match due {
        Some(due) => remind_of(task, Candidate { due, ..one.clone() }),
        None => Request::Past { task: task.to_owned(), was: one.due },
    }
}

/// Returns the request to remind of a task at a time, or asks for the task if there is none.
pub(crate) fn remind_of(task: &str, at: Candidate) -> Request {
    let Candidate { due, zone, rule, basis } = at;
    if task.is_empty() {
        return Request::Ask(Question::Task { due, zone, rule, basis });
    }
    Request::Remind(vec![NewReminder { task: task.to_owned(), due, zone, basis, rule }])
}
