//! The calls of one occurrence: how many, one after the other, until when, and when at all.

use super::Breaches;
use super::calls::{SKEW_MS, Slot};
use super::dues::Window;
use super::evidence::{Ask, Call, Evidence};
use super::promises::Promise;
use crate::faults::Fault;
use crate::history::Heard;

/// How late a call may be asked for where nothing goes wrong and nobody else is called, in milliseconds.
const ON_TIME_MS: i64 = 5000;

/// How late a reminder may be rung, and how long the request for a call may start after that was decided.
const MAX_LATENESS_MS: i64 = (900 + 12) * 1000;

/// The longest that a function stands still, and runs before and after that, in milliseconds.
const FROZEN_MS: i64 = (3600 + 2 * 20) * 1000;

/// Calls of an occurrence, at most.
const CALLS: usize = 3;

/// What each call of others may make one late where calls are paced, in milliseconds: one a second.
const SECOND_MS: i64 = 1000;

/// What was done about one occurrence.
#[derive(Debug, Default)]
pub(super) struct Occurrence<'e> {
    pub(super) asks: Vec<&'e Ask<'e>>,
    pub(super) calls: Vec<&'e Call<'e>>,
}

impl Occurrence<'_> {
    /// Judges them, if they are about this, and were due then.
    pub(super) fn judge(&self, evidence: &Evidence<'_>, slot: &Slot<'_>, due_ms: i64, breaches: &mut Breaches) {
        self.are_few(breaches);
        self.do_not_overlap(breaches);
        self.end_with_a_pick_up(breaches);
        self.end_with_an_unknown_outcome(breaches);
        self.are_in_time(evidence, slot, due_ms, breaches);
    }

    /// Calls that are not over with a goodbye: those count by their claims alone.
    fn speaking(&self) -> Vec<&Call<'_>> {
        self.calls.iter().copied().filter(|call| !call.says_goodbye()).collect()
    }

    fn are_few(&self, breaches: &mut Breaches) {
        let calls = self.speaking().len();
        breaches.unless(calls <= CALLS, "G2", || format!("{} was called {calls} times", self.name()));
    }

    fn name(&self) -> String {
        let ask = self.asks.first().map(|ask| ask.key);
        let key = ask.or_else(|| self.calls.first().map(|call| call.key));
        key.map_or_else(String::new, |key| format!("reminder {}", key.reminder))
    }

    fn do_not_overlap(&self, breaches: &mut Breaches) {
        for pair in self.speaking().windows(2) {
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
                Some((_, Heard::Accepted | Heard::NumberRefused | Heard::RefusedForNow)) => continue,
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

    fn are_in_time(&self, evidence: &Evidence<'_>, slot: &Slot<'_>, due_ms: i64, breaches: &mut Breaches) {
        let series = [Window { from_ms: due_ms, to_ms: due_ms }];
        let windows: &[Window] = if slot.rhythm.is_some() { &series } else { &slot.windows };
        for ask in &self.asks {
            let begun = |window: &&Window| ask.at_ms >= window.from_ms - SKEW_MS;
            let early_ms = || windows.iter().map(|window| window.from_ms - ask.at_ms).min().unwrap_or(0);
            breaches.unless(windows.iter().any(|window| begun(&window)), "G5", || {
                format!("{} was called {} ms early", self.name(), early_ms())
            });
            let late_ms = windows.iter().filter(begun).map(|window| ask.at_ms - window.to_ms).min().unwrap_or(0);
            // A frozen function may send the one request its claim allowed when it thaws.
            let thaws = evidence.struck_between(&[Fault::Freeze], ask.at_ms - FROZEN_MS, ask.at_ms);
            let most_ms = MAX_LATENESS_MS + SKEW_MS + if thaws { FROZEN_MS } else { 0 };
            let bounded = late_ms <= most_ms;
            breaches.unless(bounded, "G6", || format!("{} was called {late_ms} ms late", self.name()));
        }
        if let (true, Some(promise)) = (evidence.calm(), slot.stated) {
            self.is_on_time(evidence, promise, due_ms, breaches);
        }
    }

    /// Where nothing fails each call comes when it was stated last, and at once.
    fn is_on_time(&self, evidence: &Evidence<'_>, promise: &Promise<'_>, due_ms: i64, breaches: &mut Breaches) {
        let Some(first) = self.asks.first() else { return };
        let stated = promise.stated.iter().rev().find(|stated| stated.at_ms <= first.at_ms);
        let due_ms = if promise.rhythm.is_some() { due_ms } else { stated.map_or(due_ms, |stated| stated.due_ms) };
        let late_ms = first.at_ms - due_ms;
        breaches.unless(late_ms >= -SKEW_MS, "G5", || format!("{} was called {} ms early", self.name(), -late_ms));
        let waited_ms = evidence.asks_between(due_ms - ON_TIME_MS, first.at_ms) * SECOND_MS;
        breaches.unless(late_ms <= ON_TIME_MS + waited_ms, "G5", || {
            format!("{} was called {late_ms} ms late, nothing failing", self.name())
        });
    }
}
