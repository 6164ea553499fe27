//! Alarms: a reminder that reached its person by neither call nor text must raise one.

use super::breach::Breaches;
use super::dues::SKEW_MS;
use super::evidence::{Alarm, Evidence};
use crate::engine::instant;

/// First words of an alarm about a reminder that reached its person in no way.
const FAILED: &str = "reminder failed";

/// Alarms about one reminder within this time are about the same end of it, in milliseconds. The occurrences of a series are
/// at least five minutes apart, so a longer time would take two failures for one.
const AGAIN_MS: i64 = 240_000;

/// The alarms about failed reminders, and the occurrences that need one. Each alarm serves one occurrence.
#[derive(Debug)]
pub(super) struct Alarms<'a> {
    raised: Vec<(i64, &'a str)>,
    needed: Vec<Needed>,
}

/// An occurrence that needs an alarm.
#[derive(Debug)]
struct Needed {
    due_ms: i64,
    /// Name of the promise.
    what: String,
    /// Indexes of the alarms that may name it.
    may_be: Vec<usize>,
}

impl<'a> Alarms<'a> {
    pub(super) fn of(evidence: &Evidence<'a>) -> Self {
        let failed =
            |alarm: &Alarm<'a>| Some((alarm.at_ms, alarm.reminder.filter(|_| alarm.words.starts_with(FAILED))?));
        let mut raised: Vec<(i64, &str)> = Vec::new();
        for (at_ms, reminder) in evidence.alarms.iter().filter_map(failed) {
            // If the write of the end failed, the alarm is raised again. Only the last one counts.
            raised.retain(|(before_ms, name)| *name != reminder || at_ms - before_ms > AGAIN_MS);
            raised.push((at_ms, reminder));
        }
        Self { raised, needed: Vec::new() }
    }

    /// Notes that an occurrence needs an alarm, and returns the time of the first one that may be it. `names` says which
    /// reminder ids may be the promise's. Alarms that name another reminder do not count.
    pub(super) fn need(&mut self, due_ms: i64, names: impl Fn(&str) -> bool, what: String) -> i64 {
        let of_it = |(_, (at_ms, reminder)): &(usize, &(i64, &str))| *at_ms >= due_ms - SKEW_MS && names(reminder);
        let may_be: Vec<usize> = self.raised.iter().enumerate().filter(of_it).map(|(place, _)| place).collect();
        let first_ms = may_be.first().map_or(due_ms, |place| self.raised[*place].0);
        self.needed.push(Needed { due_ms, what, may_be });
        first_ms
    }

    /// G1: every occurrence without a call or text has an alarm that names its reminder, and no two have the same.
    pub(super) fn report_missing(self, breaches: &mut Breaches) {
        let mut holders: Vec<Option<usize>> = vec![None; self.raised.len()];
        for (place, needed) in self.needed.iter().enumerate() {
            if !find_place(place, &self.needed, &mut holders, &mut vec![false; self.raised.len()]) {
                let Needed { due_ms, what, .. } = needed;
                breaches.add("G1", || format!("{what} was due {}, without call, text or alarm", instant(*due_ms)));
            }
        }
    }
}

/// Finds an alarm for an occurrence and moves other occurrences aside if necessary: an augmenting path of bipartite
/// matching.
fn find_place(needed: usize, all: &[Needed], holders: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for alarm in all[needed].may_be.iter().copied() {
        if tried[alarm] {
            continue;
        }
        tried[alarm] = true;
        if holders[alarm].is_none_or(|holder| find_place(holder, all, holders, tried)) {
            holders[alarm] = Some(needed);
            return true;
        }
    }
    false
}
