//! Alarms to the operator: the end of what reached nobody.

use super::Breaches;
use super::calls::SKEW_MS;
use super::evidence::Evidence;
use crate::engine::instant;

/// Alarms about one reminder that are less than this apart are about one end of it, in milliseconds.
const AGAIN_MS: i64 = 12 * 3_600_000;

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
    pub(super) fn take(&mut self, due_ms: i64, names: impl Fn(&str) -> bool, what: String) -> i64 {
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
                None => breaches.add("G1", || format!("{what} was due {}, and nothing came of it", instant(due_ms))),
            }
        }
    }
}
