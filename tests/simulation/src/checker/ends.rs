//! G1, and that what has ended stays so: each occurrence of what was promised comes to one end, seen from outside.

use super::Breaches;
use super::answers::{self, Manner, Said};
use super::calls::{SKEW_MS, Thread};
use super::dues;
use super::evidence::{Dealings, Evidence, TextIn, Words, replaces_a_call};
use super::promises::{Promise, Promises};
use crate::faults::Fault;
use crate::history::Heard;
use crate::people::Meaning;
use crate::world::LIVENESS_MS;

/// How an occurrence ended, as seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It was spoken, and a key pressed.
    Heard,
    /// It was spoken without a key, and texted.
    Unconfirmed,
    /// It was texted instead.
    Missed,
    /// Its person deleted or moved it, said that it is done with, or left.
    Cancelled,
    /// Neither, and the operator was alarmed.
    Failed,
    /// One of a series whose moment came while the one before had not ended.
    Collapsed,
    /// It is due later.
    Open,
}

/// How long after the last that was seen of an occurrence its end is written, in milliseconds.
const WRITTEN_MS: i64 = 60_000;

/// How long after a key was thanked for a text may still be asked for, in milliseconds: it was under way.
const UNDER_WAY_MS: i64 = 21_000;

/// The longest that a request is on its way to the carrier, in milliseconds.
const LATE_MS: i64 = 1_900_000;

/// Alarms about one reminder that are less than this apart are about one end of it, in milliseconds.
const AGAIN_MS: i64 = 12 * 3_600_000;

/// What makes a function not write what it heard.
pub(super) const UNWRITTEN: [Fault; 8] = [
    Fault::Crash,
    Fault::Freeze,
    Fault::Slow,
    Fault::WriteAnswerLost,
    Fault::WriteLandsLate,
    Fault::StoreThrottled,
    Fault::StoreDown,
    Fault::SpuriousConflict,
];

/// Alarms that a reminder failed, each good for one occurrence, and the occurrences that need one.
#[derive(Debug)]
pub(super) struct Alarms<'a> {
    raised: Vec<(i64, &'a str)>,
    /// Due when, and what it is.
    needed: Vec<(i64, String)>,
}

impl<'a> Alarms<'a> {
    pub(super) fn of(evidence: &Evidence<'a>) -> Self {
        let failed = |(at_ms, reminder, words): &(i64, Option<&'a str>, &'a str)| {
            Some((*at_ms, reminder.filter(|_| words.starts_with("reminder failed"))?))
        };
        let mut raised: Vec<(i64, &str)> = Vec::new();
        for (at_ms, reminder) in evidence.alarms.iter().filter_map(failed) {
            // An end that could not be written is alarmed about once more.
            raised.retain(|(before_ms, name)| *name != reminder || at_ms - before_ms > AGAIN_MS);
            raised.push((at_ms, reminder));
        }
        Self { raised, needed: Vec::new() }
    }

    /// Takes one about an occurrence of one of these names; later, if there is none, one that may be about it.
    fn take(&mut self, due_ms: i64, names: impl Fn(&str) -> bool, what: String) -> i64 {
        let of_it = |(at_ms, reminder): &(i64, &str)| *at_ms >= due_ms - SKEW_MS && names(reminder);
        if let Some(at) = self.raised.iter().position(of_it) {
            return self.raised.remove(at).0;
        }
        self.needed.push((due_ms, what));
        let may_be = self.raised.iter().map(|(at_ms, _)| *at_ms).filter(|at_ms| *at_ms >= due_ms - SKEW_MS);
        may_be.min().unwrap_or(due_ms)
    }

    /// G1: of what nothing else came an alarm was raised. A reminder that was never dialed has a name in its alarm alone,
    /// so that any may be its own: those due last have the fewest to choose from, and come first.
    pub(super) fn suffice(mut self, breaches: &mut Breaches) {
        self.needed.sort_unstable_by_key(|(due_ms, _)| std::cmp::Reverse(*due_ms));
        for (due_ms, what) in self.needed {
            match self.raised.iter().rposition(|(at_ms, _)| *at_ms >= due_ms - SKEW_MS) {
                Some(at) => drop(self.raised.remove(at)),
                None => breaches
                    .add("G1", || format!("{what} was due {}, and nothing came of it", crate::engine::instant(due_ms))),
            }
        }
    }
}

/// A text that may have ended something.
struct Excuse {
    from_ms: i64,
    until_ms: i64,
    /// Whether a series goes on after it.
    whole: bool,
}

/// What is needed to judge one promise's ends.
struct Life<'e, 'a> {
    evidence: &'e Evidence<'a>,
    dealings: &'e Dealings<'a>,
    promises: &'e Promises<'a>,
    promise: &'e Promise<'a>,
    /// What was done under names that may be this promise's.
    possible: Vec<&'e Thread<'e>>,
    /// What was done under names that can be no other's.
    own: Vec<&'e Thread<'e>>,
    excuses: Vec<Excuse>,
}

/// Judges the ends of all that was promised to a person.
pub(super) fn judge<'a>(
    evidence: &Evidence<'a>,
    dealings: &Dealings<'a>,
    promises: &Promises<'a>,
    threads: &[(Thread<'_>, Vec<usize>)],
    alarms: &mut Alarms<'a>,
    breaches: &mut Breaches,
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (place, promise) in promises.all.iter().enumerate() {
        let possible = threads.iter().filter(|(_, places)| places.contains(&place));
        let life = Life {
            evidence,
            dealings,
            promises,
            promise,
            possible: possible.clone().map(|(thread, _)| thread).collect(),
            own: possible.filter(|(_, places)| places.len() == 1).map(|(thread, _)| thread).collect(),
            excuses: excuses(dealings, promises, promise),
        };
        life.judge(alarms, breaches, &mut outcomes);
    }
    outcomes
}

/// The texts that may have ended a promise or an occurrence of it: by their answers, or where none was seen, by what
/// they ask for.
fn excuses(dealings: &Dealings<'_>, promises: &Promises<'_>, promise: &Promise<'_>) -> Vec<Excuse> {
    let mut excuses: Vec<_> =
        dealings.answers.iter().filter_map(|answer| by_answer(dealings, promise, answer)).collect();
    for (place, text) in dealings.texts.iter().enumerate() {
        let answered = promises.answered[place];
        let from_ms = text.at_ms;
        let about = match text.meaning {
            Meaning::Leave => Some(true),
            Meaning::Delete(number) if !answered && *number == promise.number => Some(true),
            Meaning::DeleteAll if !answered => Some(true),
            Meaning::Move(number, _) if *number == promise.number => Some(false),
            Meaning::Done | Meaning::Snooze(_) if !answered => Some(false),
            _ => None,
        };
        excuses.extend(about.map(|whole| Excuse { from_ms, until_ms: i64::MAX, whole }));
    }
    excuses
}

fn by_answer(dealings: &Dealings<'_>, promise: &Promise<'_>, answer: &Words<'_>) -> Option<Excuse> {
    let from_ms = dealings.texts.iter().find(|text| Some(text.id) == answer.to.map(|to| dealings.texts[to].id));
    let from_ms = from_ms.map_or(0, |text| text.at_ms);
    let ends = |whole| Some(Excuse { from_ms, until_ms: answer.at_ms, whole });
    match answers::read(answer.body) {
        // More are deleted than are named.
        Said::Deleted { numbers, .. } if numbers.contains(&promise.number) || answer.body.contains(" more") => {
            ends(true)
        }
        Said::Settled { numbers } if numbers.contains(&promise.number) || answer.body.contains(" more") => ends(false),
        Said::Promised(again) => {
            let other = again.task == promise.task && again.number != promise.number;
            if other && again.manner != Manner::Made { ends(false) } else { None }
        }
        _ => None,
    }
}

impl Life<'_, '_> {
    fn judge(&self, alarms: &mut Alarms<'_>, breaches: &mut Breaches, outcomes: &mut Vec<Outcome>) {
        let end_ms = self.evidence.remains.end_ms;
        let dues = self.promise.occurrences(end_ms - LIVENESS_MS, self.evidence);
        if dues.is_empty() {
            outcomes.push(Outcome::Open);
        }
        let mut busy_until = 0;
        let mut is_over = false;
        for (at, due_ms) in dues.iter().copied().enumerate() {
            let next_ms = match (self.promise.rhythm, dues.get(at + 1)) {
                (_, Some(next_ms)) => *next_ms,
                (Some((rhythm, time)), None) => dues::first_after(due_ms, rhythm, time, &self.evidence.zone),
                (None, None) => i64::MAX,
            };
            let before_ms = if at == 0 { 0 } else { dues[at - 1] };
            let span = Span { before_ms, due_ms, next_ms };
            let outcome = if let Some(outcome) = self.seen(span, breaches) {
                outcome
            } else if is_over || self.is_excused(span) {
                Outcome::Cancelled
            } else if due_ms <= busy_until {
                Outcome::Collapsed
            } else {
                let own = |name: &str| self.own.iter().any(|thread| thread.key.reminder.to_string() == name);
                busy_until = busy_until.max(alarms.take(due_ms, own, self.promise.name()) + WRITTEN_MS);
                Outcome::Failed
            };
            outcomes.push(outcome);
            busy_until = busy_until.max(self.last_seen(span) + WRITTEN_MS);
            is_over |= self.is_refused(span);
        }
        self.is_texted_once(&dues, breaches);
    }

    /// The end of an occurrence, where it was heard or texted.
    fn seen(&self, span: Span, breaches: &mut Breaches) -> Option<Outcome> {
        let calls = self.possible.iter().flat_map(|thread| &thread.calls);
        let calls = || calls.clone().filter(|call| span.holds(call.taken_ms));
        let heard = calls().find(|call| call.speaks(self.promise.task) && call.pressed.contains(&'1'));
        let texts: Vec<_> = self.notices(span).collect();
        let own = |claim| self.own.iter().any(|thread| thread.calls.iter().any(|call| call.claim == claim));
        if let Some((heard, text)) = heard.filter(|heard| own(heard.claim)).zip(texts.first()) {
            breaches.unless(!self.evidence.calm(), "G1", || {
                format!(
                    "{} was heard in claim {} and texted ({:?}), nothing failing",
                    self.promise.name(),
                    heard.claim,
                    text.body
                )
            });
        }
        let text = texts.first().map(|text| {
            if text.body.starts_with("In case you missed it") { Outcome::Unconfirmed } else { Outcome::Missed }
        });
        heard.map(|_| Outcome::Heard).or(text)
    }

    /// The texts in the place of this occurrence's call.
    fn notices(&self, span: Span) -> impl Iterator<Item = &Words<'_>> {
        self.dealings.notices.iter().filter(move |notice| {
            let begun = notice.at_ms >= span.due_ms - SKEW_MS;
            begun && notice.body.contains(self.promise.task) && self.is_of(notice, span.due_ms)
        })
    }

    /// Whether a text names the due of this occurrence, or one that an earlier answer stated, or one to which it may have
    /// been moved by a text of which no answer was seen.
    fn is_of(&self, notice: &Words<'_>, due_ms: i64) -> bool {
        let named = self.named(notice);
        if named.contains(&due_ms) {
            return true;
        }
        if self.promise.rhythm.is_some() {
            return false;
        }
        let silent = (0..self.dealings.texts.len()).filter(|text| !self.promises.answered[*text]);
        let moved = silent.map(|text| &self.dealings.texts[text]).filter(|text| self.may_move(text));
        let windows: Vec<_> = moved.flat_map(|text| dues::meant(text, &self.evidence.zone)).collect();
        let stated = |named: i64| self.promise.stated.iter().any(|stated| stated.due_ms == named);
        let stated = |named| !self.evidence.calm() && stated(named);
        named.into_iter().any(|named| stated(named) || windows.iter().any(|window| window.holds(named)))
    }

    fn may_move(&self, text: &TextIn<'_>) -> bool {
        match text.meaning {
            Meaning::Move(number, _) => *number == self.promise.number,
            Meaning::Snooze(_) => self.promise.manner != Manner::Made,
            _ => false,
        }
    }

    fn names(&self, notice: &Words<'_>, due_ms: i64) -> bool {
        self.named(notice).contains(&due_ms)
    }

    /// What a text in the place of a call may mean by its "today".
    fn named(&self, notice: &Words<'_>) -> Vec<i64> {
        let zone = &self.evidence.zone;
        let Some(when) = answers::was_due(notice.body) else { return Vec::new() };
        let days = [notice.said_ms, notice.said_ms - SKEW_MS].map(|at_ms| dues::date_of(at_ms, zone));
        days.iter().filter_map(|day| answers::instant(when, *day, zone)).collect()
    }

    fn is_excused(&self, span: Span) -> bool {
        self.excuses.iter().any(|excuse| {
            let begun = span.next_ms > excuse.from_ms;
            begun && (excuse.whole || span.before_ms <= excuse.until_ms)
        })
    }

    /// When something was last seen of an occurrence.
    fn last_seen(&self, span: Span) -> i64 {
        let asks = self
            .possible
            .iter()
            .flat_map(|thread| &thread.asks)
            .map(|ask| ask.heard.map_or(ask.at_ms, |heard| heard.0));
        let about = |at_ms, body| {
            let words = Words { at_ms, said_ms: at_ms, body, to: None };
            replaces_a_call(body) && self.names(&words, span.due_ms)
        };
        let sends = self.dealings.sends.iter().filter(|send| send.body.contains(self.promise.task));
        let sends = sends.filter(|send| about(send.at_ms, send.body));
        let sends = sends.map(|send| send.heard.map_or(send.at_ms, |heard| heard.0));
        let calls = self.possible.iter().flat_map(|thread| &thread.calls).filter_map(|call| call.over_ms);
        asks.chain(calls).filter(|at_ms| span.holds(*at_ms)).chain(sends).max().unwrap_or(0)
    }

    /// Whether the carrier refused the number itself: a series would only fail again, and ends.
    fn is_refused(&self, span: Span) -> bool {
        let refused = |heard: Option<(i64, Heard)>| heard.is_some_and(|(_, heard)| heard == Heard::NumberRefused);
        let mut asks = self.possible.iter().flat_map(|thread| &thread.asks);
        let mut sends = self.dealings.sends.iter().filter(|send| send.body.contains(self.promise.task));
        asks.any(|ask| span.holds(ask.at_ms) && refused(ask.heard))
            || sends.any(|send| span.holds(send.at_ms) && refused(send.heard))
    }

    /// G2 and G3 of texts: three for an occurrence at most, and none once it is known that one was accepted or a key was
    /// thanked for, unless whoever knew it could not write it.
    fn is_texted_once(&self, dues: &[i64], breaches: &mut Breaches) {
        /// Texts in the place of a call, at most.
        const TEXTS: usize = 3;
        let task = self.promise.task;
        for due_ms in dues {
            let about = |said_ms, body: &str| {
                let words = Words { at_ms: said_ms, said_ms, body, to: None };
                replaces_a_call(body) && body.contains(task) && self.names(&words, *due_ms)
            };
            let texts = self.dealings.notices.iter().filter(|notice| about(notice.said_ms, notice.body)).count();
            breaches.unless(texts <= TEXTS, "G2", || format!("{} was texted {texts} times", self.promise.name()));
            let sends: Vec<_> = self.dealings.sends.iter().filter(|send| about(send.at_ms, send.body)).collect();
            for pair in sends.windows(2) {
                let Some((heard_ms, Heard::Accepted)) = pair[0].heard.filter(|(heard_ms, _)| *heard_ms < pair[1].at_ms)
                else {
                    continue;
                };
                let unwritten = self.evidence.struck_between(&UNWRITTEN, heard_ms - LATE_MS, pair[1].at_ms);
                breaches.unless(unwritten, "G2", || {
                    format!("{} was texted again although it was known to be accepted", self.promise.name())
                });
            }
            let span = Span { before_ms: 0, due_ms: *due_ms, next_ms: i64::MAX };
            let calls = self.own.iter().flat_map(|thread| &thread.calls);
            let calls = calls.filter(|call| call.speaks(task) && span.holds(call.taken_ms));
            let Some(thanked_ms) = calls.filter_map(|call| call.thanked_ms).min() else { continue };
            let thaws = self.evidence.struck_between(&[Fault::Freeze], 0, thanked_ms);
            let late = sends.iter().any(|send| send.at_ms > thanked_ms + UNDER_WAY_MS);
            breaches.unless(!late || thaws, "G3", || format!("{} was heard, and then texted", self.promise.name()));
        }
    }
}

/// An occurrence between its neighbours.
#[derive(Clone, Copy)]
struct Span {
    before_ms: i64,
    due_ms: i64,
    next_ms: i64,
}

impl Span {
    /// Whether what was at this instant may be about this occurrence.
    fn holds(self, at_ms: i64) -> bool {
        at_ms >= self.due_ms - SKEW_MS && at_ms < self.next_ms - SKEW_MS
    }
}
