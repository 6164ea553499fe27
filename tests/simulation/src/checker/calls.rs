//! G2, G4, G5 and G6: how often, when, and whether at all somebody is called.

use std::collections::BTreeMap;

use jiff::ToSpan;
use reminder::record::Reminder;

use super::Breaches;
use super::ends::says;
use super::evidence::{Ask, Call, Evidence, TextIn};
use crate::faults::Fault;
use crate::history::Heard;
use crate::people::{Meaning, numbers};

/// How far two clocks may differ, in milliseconds.
const SKEW_MS: i64 = 1000;

/// How late a call may be asked for where nothing goes wrong, in milliseconds.
const ON_TIME_MS: i64 = 5000;

/// How late a reminder may be rung, and how long the request for a call may start after that was decided.
const PATIENCE_MS: i64 = (900 + 12) * 1000;

/// Calls of an occurrence, at most.
const CALLS: usize = 3;

/// Texts in the place of a call, at most.
const TEXTS: usize = 3;

/// G2: a claim is asked for once, and taken once.
pub(super) fn claims(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    let mut asked = BTreeMap::new();
    for ask in &evidence.asks {
        *asked.entry(ask.claim).or_insert(0) += 1;
    }
    let mut taken = BTreeMap::new();
    for call in evidence.calls.values() {
        *taken.entry(call.claim).or_insert(0) += 1;
    }
    for (claim, times) in asked.iter().chain(&taken).filter(|(_, times)| **times > 1) {
        breaches.add("G2", || format!("claim {claim} was used {times} times"));
    }
}

/// Judges the calls of one reminder.
pub(super) fn judge(evidence: &Evidence<'_>, reminder: &Reminder, breaches: &mut Breaches) {
    let asks: Vec<_> = evidence.asks.iter().filter(|ask| *ask.key == reminder.key).collect();
    let calls = evidence.calls_of(&reminder.key);
    for due_ms in occurrences(evidence, reminder) {
        let asks: Vec<_> = asks.iter().copied().filter(|ask| is_of(reminder, due_ms, ask.at_ms)).collect();
        let calls: Vec<_> = calls.iter().copied().filter(|call| is_of(reminder, due_ms, call.taken_ms)).collect();
        let occurrence = Occurrence { evidence, reminder, due_ms, asks, calls };
        occurrence.are_few(breaches);
        occurrence.do_not_overlap(breaches);
        occurrence.end_with_a_pick_up(breaches);
        occurrence.end_with_an_unknown_outcome(breaches);
        occurrence.are_in_time(breaches);
    }
    after_no(evidence, reminder, breaches);
}

/// The instants for which a reminder was, one after the other.
fn occurrences(evidence: &Evidence<'_>, reminder: &Reminder) -> Vec<i64> {
    let last = reminder.due;
    if reminder.rule.is_none() {
        return vec![last.as_millisecond()];
    }
    // Every series is daily: each day before the one that is next, back to its making.
    let mut due = last.to_zoned(evidence.zone.clone());
    let mut all = vec![last.as_millisecond()];
    while let Ok(before) = due.checked_sub(1.day()) {
        if before.timestamp() <= reminder.created_at {
            break;
        }
        all.push(before.timestamp().as_millisecond());
        due = before;
    }
    all
}

/// Whether what was at this instant was of the occurrence due then: a one-off has but one.
fn is_of(reminder: &Reminder, due_ms: i64, at_ms: i64) -> bool {
    const DAY_MS: i64 = 23 * 3_600_000;
    reminder.rule.is_none() || (due_ms - SKEW_MS..due_ms + DAY_MS).contains(&at_ms)
}

struct Occurrence<'e> {
    evidence: &'e Evidence<'e>,
    reminder: &'e Reminder,
    due_ms: i64,
    asks: Vec<&'e Ask<'e>>,
    calls: Vec<&'e Call<'e>>,
}

impl Occurrence<'_> {
    fn name(&self) -> String {
        format!("#{} {}", self.reminder.number, self.reminder.task)
    }

    fn are_few(&self, breaches: &mut Breaches) {
        let calls = self.calls.len();
        breaches.unless(calls <= CALLS, "G2", || format!("{} was called {calls} times", self.name()));
        let texts =
            self.evidence.texts_about(self.reminder).filter(|text| is_of(self.reminder, self.due_ms, text.at_ms));
        let texts = texts.count();
        breaches.unless(texts <= TEXTS, "G2", || format!("{} was texted {texts} times", self.name()));
    }

    fn do_not_overlap(&self, breaches: &mut Breaches) {
        for pair in self.calls.windows(2) {
            let apart = pair[0].over_ms.is_some_and(|over_ms| over_ms <= pair[1].taken_ms);
            breaches.unless(apart, "G2", || {
                format!("two calls of {} overlap: claims {} and {}", self.name(), pair[0].claim, pair[1].claim)
            });
        }
    }

    fn end_with_a_pick_up(&self, breaches: &mut Breaches) {
        for call in &self.calls {
            let later = |ask: &&&Ask<'_>| call.picked_up_ms.is_some_and(|picked_up_ms| picked_up_ms < ask.at_ms);
            if let Some(ask) = self.asks.iter().find(later) {
                breaches.add("G2", || {
                    format!(
                        "{} was picked up in claim {}, and then dialed again: {}",
                        self.name(),
                        call.claim,
                        ask.claim
                    )
                });
            }
        }
    }

    fn end_with_an_unknown_outcome(&self, breaches: &mut Breaches) {
        for unknown in &self.asks {
            let heard_ms = match unknown.heard {
                Some((heard_ms, Heard::Nothing)) => heard_ms,
                // Whoever asked died before it heard anything.
                None => unknown.at_ms,
                Some((_, Heard::Accepted | Heard::Refused)) => continue,
            };
            for ask in self.asks.iter().filter(|ask| ask.at_ms > heard_ms && ask.claim != unknown.claim) {
                let resolved = self.calls.iter().any(|call| {
                    call.claim == unknown.claim && call.reported_ms.is_some_and(|reported_ms| reported_ms <= ask.at_ms)
                });
                breaches.unless(resolved, "G2", || {
                    format!("{}: claim {} is unknown, and {} dials again", self.name(), unknown.claim, ask.claim)
                });
            }
        }
    }

    fn are_in_time(&self, breaches: &mut Breaches) {
        let planned = self.asks.iter().filter(|ask| !self.is_moved_after(ask));
        for ask in planned {
            let late_ms = ask.at_ms - self.due_ms;
            breaches.unless(late_ms >= -SKEW_MS, "G5", || format!("{} was called {late_ms} ms late", self.name()));
            // A frozen function may send the one request its claim allowed when it thaws.
            let bounded = late_ms <= PATIENCE_MS + SKEW_MS || self.evidence.struck(Fault::Freeze);
            breaches.unless(bounded, "G6", || format!("{} was called {late_ms} ms late", self.name()));
        }
        let first = self.asks.iter().min_by_key(|ask| ask.at_ms).filter(|first| !self.is_moved_after(first));
        if let Some(first) = first.filter(|_| self.evidence.calm()) {
            let late_ms = first.at_ms - self.due_ms;
            breaches.unless(late_ms <= ON_TIME_MS, "G5", || {
                format!("{} was called {late_ms} ms late, nothing failing", self.name())
            });
        }
    }
}

impl Occurrence<'_> {
    /// Whether the person moved something after this call was asked for: what was refused may then be due later.
    fn is_moved_after(&self, ask: &Ask<'_>) -> bool {
        let moves = |text: &TextIn<'_>| {
            matches!(text.meaning, Meaning::Move(..)) && text.kept_ms.is_some_and(|kept_ms| kept_ms > ask.at_ms)
        };
        let person = self.evidence.person(self.reminder);
        person.is_some_and(|person| self.evidence.texts_of(person).any(moves))
    }
}

/// G4: after a delete, a move or an opt-out was answered nobody is dialed, but for a call of which the answer warned;
/// and whoever picks up then hears goodbye.
fn after_no(evidence: &Evidence<'_>, reminder: &Reminder, breaches: &mut Breaches) {
    let Some(person) = evidence.person(reminder) else { return };
    for text in evidence.texts_of(person).filter(|text| text.at_ms >= reminder.created_at.as_millisecond()) {
        let Some((answered_ms, answer)) = text.replies.first() else { continue };
        let named = || numbers(answer).contains(&reminder.number);
        let refused = match text.meaning {
            Meaning::Delete(_) | Meaning::DeleteAll => answer.starts_with("Deleted") && named(),
            // One that was parked is not obeyed yet; the carrier has said the rest.
            Meaning::Leave => {
                let kept = text.kept_ms.is_some_and(|kept_ms| kept_ms <= *answered_ms);
                kept && is_gone(evidence, person, *answered_ms)
            }
            _ => false,
        };
        if refused {
            let warned = answer.contains("may still ring") || *text.meaning == Meaning::Leave;
            // Whoever was frozen before the no may send its one request after it; what is said then is goodbye.
            let allowed = warned || evidence.struck(Fault::Freeze);
            silence(evidence, reminder, *answered_ms, usize::from(allowed), breaches);
        }
    }
}

/// Whether a person who left has not come back, so far as they have said by then.
fn is_gone(evidence: &Evidence<'_>, person: usize, at_ms: i64) -> bool {
    !evidence.texts_of(person).any(|text| *text.meaning == Meaning::Return && text.at_ms <= at_ms)
}

fn silence(evidence: &Evidence<'_>, reminder: &Reminder, since_ms: i64, allowed: usize, breaches: &mut Breaches) {
    let name = || format!("#{} {}", reminder.number, reminder.task);
    let asks = evidence.asks.iter().filter(|ask| *ask.key == reminder.key && ask.at_ms > since_ms).count();
    breaches.unless(asks <= allowed, "G4", || {
        format!("{} was dialed {asks} times after a no that was answered; expected at most {allowed}", name())
    });
    let claimed = evidence.claims.iter().find(|(at_ms, route)| route.key == reminder.key && *at_ms > since_ms);
    if let Some((_, route)) = claimed {
        breaches.add("G4", || format!("{} was claimed after a no that was answered: {}", name(), route.claim));
    }
    for call in evidence.calls_of(&reminder.key) {
        let picked_up = call.picked_up_ms.is_some_and(|picked_up_ms| picked_up_ms > since_ms);
        breaches.unless(!picked_up || !says(call.said.iter(), reminder), "G4", || {
            format!("{} was spoken after a no that was answered", name())
        });
    }
}
