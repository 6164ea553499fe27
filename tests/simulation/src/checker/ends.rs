//! G1, and that what has ended stays so: each occurrence of what was promised comes to one end, seen from outside.

use super::Breaches;
use super::alarms::Alarms;
use super::answers::{self, Manner};
use super::calls::{SKEW_MS, Thread};
use super::dues;
use super::evidence::{Dealings, Evidence, TextIn, Words, replaces_a_call};
use super::excuses::{self, Excuse, Excused};
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

/// How long after it rang "done" may be about an occurrence, in milliseconds: an hour, and the time that it may take
/// until the end of a call is known.
const LATELY_MS: i64 = 3_600_000 + LIVENESS_MS;

/// How long before they are sent words are found, in milliseconds.
const FOUND_BEFORE_MS: i64 = 100;

/// The longest that a request is on its way to the carrier, in milliseconds.
const LATE_MS: i64 = 1_900_000;

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

/// What is needed to judge one promise's ends.
struct Lifecycle<'e, 'a> {
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
        let life = Lifecycle {
            evidence,
            dealings,
            promises,
            promise,
            possible: possible.clone().map(|(thread, _)| thread).collect(),
            own: possible.filter(|(_, places)| places.len() == 1).map(|(thread, _)| thread).collect(),
            excuses: excuses::of(evidence, dealings, promises, promise),
        };
        life.judge(alarms, breaches, &mut outcomes);
    }
    outcomes
}

impl Lifecycle<'_, '_> {
    fn judge(&self, alarms: &mut Alarms<'_>, breaches: &mut Breaches, outcomes: &mut Vec<Outcome>) {
        let end_ms = self.evidence.remains.end_ms;
        let dues = self.promise.occurrences(end_ms - LIVENESS_MS, self.evidence);
        if dues.is_empty() {
            outcomes.push(Outcome::Open);
        }
        let passed_over = self.excuses.iter().filter(|excuse| excuse.of == Excused::One).count().max(1);
        let mut busy_until = 0;
        let mut is_over = false;
        for (at, due_ms) in dues.iter().copied().enumerate() {
            let next_ms = match (self.promise.rhythm, dues.get(at + 1)) {
                (_, Some(next_ms)) => *next_ms,
                (Some((rhythm, time)), None) => dues::first_after(due_ms, rhythm, time, &self.evidence.zone),
                (None, None) => i64::MAX,
            };
            // Each word that a series is moved, or put off, passes over one more of those that are next.
            let before_ms = at.checked_sub(passed_over).map_or(0, |before| dues[before]);
            let span = Span { before_ms, from_ms: self.first_due(due_ms), due_ms, next_ms };
            let outcome = if let Some(outcome) = self.seen(span, breaches) {
                outcome
            } else if is_over || self.is_excused(span) {
                Outcome::Cancelled
            } else if due_ms <= busy_until {
                Outcome::Collapsed
            } else {
                let own = |name: &str| self.own.iter().any(|thread| thread.key.reminder.to_string() == name);
                busy_until = busy_until.max(alarms.take(span.from_ms, own, self.promise.name()) + WRITTEN_MS);
                self.was_tried(breaches);
                Outcome::Failed
            };
            outcomes.push(outcome);
            busy_until = busy_until.max(self.last_seen(span) + WRITTEN_MS);
            is_over |= self.is_refused(span);
        }
        self.is_texted_once(&dues, breaches);
    }

    /// G1: nothing is given up without the carrier having been asked for a text, unless whoever counted the tries may have
    /// died over each of them.
    fn was_tried(&self, breaches: &mut Breaches) {
        let tried = self.dealings.sends.iter().any(|send| send.body.contains(self.promise.task));
        let died = UNWRITTEN.iter().any(|fault| self.evidence.struck(*fault));
        breaches.unless(tried || died, "G1", || {
            format!("{} was given up without the carrier having been asked for a text", self.promise.name())
        });
    }

    /// The first instant at which an occurrence may have been due: answers that are texts overtake each other, so that the
    /// last one stated need not be the one in force.
    fn first_due(&self, due_ms: i64) -> i64 {
        let stated = self.promise.stated.iter().map(|stated| stated.due_ms);
        let any = self.promise.rhythm.is_none() && !self.evidence.calm();
        stated.filter(|_| any).min().map_or(due_ms, |first_ms| first_ms.min(due_ms))
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
            let begun = notice.at_ms >= span.from_ms - SKEW_MS;
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
        // Words are found a moment before they are sent, by a clock that may be behind.
        let behind_ms = if self.evidence.struck(Fault::ClockSkew) { SKEW_MS } else { FOUND_BEFORE_MS };
        let days = [notice.said_ms, notice.said_ms - behind_ms].map(|at_ms| dues::date_of(at_ms, zone));
        days.iter().filter_map(|day| answers::instant(when, *day, zone)).collect()
    }

    fn is_excused(&self, span: Span) -> bool {
        self.excuses.iter().any(|excuse| {
            let begun = span.next_ms > excuse.from_ms;
            begun
                && match excuse.of {
                    Excused::Whole => true,
                    Excused::One => span.before_ms <= excuse.until_ms,
                    Excused::Rung { received_ms } => self.had_rung(span, excuse, received_ms),
                }
        })
    }

    /// Whether an occurrence was due when a "done" was received, and its person may have heard of it within the hour
    /// before: a call or a text of it was asked for, or whoever was to ask may have died over it.
    fn had_rung(&self, span: Span, excuse: &Excuse, received_ms: i64) -> bool {
        if span.from_ms > received_ms + SKEW_MS {
            return false;
        }
        let asks = self.possible.iter().flat_map(|thread| &thread.asks).filter(|ask| span.holds(ask.at_ms));
        let asks = asks.map(|ask| (ask.at_ms, ask.heard));
        let sends = self.dealings.sends.iter().filter(|send| {
            let words = Words { at_ms: send.at_ms, said_ms: send.at_ms, body: send.body, to: None };
            replaces_a_call(send.body) && send.body.contains(self.promise.task) && self.is_of(&words, span.due_ms)
        });
        let sends = sends.map(|send| (send.at_ms, send.heard));
        let over = self.possible.iter().flat_map(|thread| &thread.calls).filter(|call| span.holds(call.taken_ms));
        let over = over.filter_map(|call| Some((call.over_ms?, None)));
        // Of a request that was refused before the "done" came nobody heard.
        let reached = |(at_ms, heard): (i64, Option<(i64, Heard)>)| {
            let refused = heard.is_some_and(|(heard_ms, heard)| {
                matches!(heard, Heard::NumberRefused | Heard::RefusedForNow) && heard_ms < excuse.from_ms
            });
            let lately = at_ms + LATELY_MS >= excuse.from_ms && at_ms <= excuse.until_ms.saturating_add(UNDER_WAY_MS);
            lately && !refused
        };
        asks.chain(sends).chain(over).any(reached)
            || self.evidence.struck_between(&UNWRITTEN, span.from_ms, excuse.until_ms)
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
            let span = Span { before_ms: 0, from_ms: *due_ms, due_ms: *due_ms, next_ms: i64::MAX };
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
    /// Before this nothing is about it.
    from_ms: i64,
    due_ms: i64,
    next_ms: i64,
}

impl Span {
    /// Whether what was at this instant may be about this occurrence.
    fn holds(self, at_ms: i64) -> bool {
        at_ms >= self.from_ms - SKEW_MS && at_ms < self.next_ms - SKEW_MS
    }
}
