//! Alarms: a reminder that reached its person by neither call nor text must raise one.

use std::collections::BTreeMap;

use super::breach::Breaches;
use super::dues::SKEW_MS;
use super::evidence::Evidence;
use crate::engine::instant;

/// First words of an alarm about a reminder that reached its person in no way.
pub(super) const FAILED: &str = "reminder failed";

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
    /// The first of them that can't be that of an occurrence before.
    first: Option<usize>,
}

impl<'a> Alarms<'a> {
    pub(super) fn of(evidence: &Evidence<'a>) -> Self {
        let mut raised: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
        for alarm in evidence.alarms.iter().filter(|alarm| alarm.words.starts_with(FAILED)) {
            // If the write of the end failed, the alarm is raised again for the same text. Only the last one counts.
            if let (Some(text), Some(reminder)) = (alarm.outgoing, alarm.reminder) {
                raised.insert(text, (alarm.at_ms, reminder));
            }
        }
        Self { raised: raised.into_values().collect(), needed: Vec::new() }
    }

    /// Notes that an occurrence needs an alarm, and returns the time of the first one that may be it. `names` says which
    /// reminder ids may be the promise's. Alarms that name another reminder do not count.
    ///
    /// An alarm may be raised after the next due: the text was tried until then. The id of a text that replaces a call ends
    /// with the generation of its reminder, which only grows, and the alarms are in the order of their texts. So the
    /// occurrences of a reminder, which are noted in order, have theirs in that order as well.
    pub(super) fn need(&mut self, due_ms: i64, names: impl Fn(&str) -> bool, what: String) -> i64 {
        let of_it = |(_, (at_ms, reminder)): &(usize, &(i64, &str))| *at_ms >= due_ms - SKEW_MS && names(reminder);
        let may_be: Vec<usize> = self.raised.iter().enumerate().filter(of_it).map(|(place, _)| place).collect();
        let earlier = || self.needed.iter().filter(|needed| needed.what == what).filter_map(|needed| needed.first);
        let is_later =
            |place: &&usize| earlier().all(|other| self.raised[other].1 != self.raised[**place].1 || other < **place);
        let first = may_be.iter().find(is_later).copied();
        let first_ms = first.map_or(due_ms, |place| self.raised[place].0);
        self.needed.push(Needed { due_ms, what, may_be, first });
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
