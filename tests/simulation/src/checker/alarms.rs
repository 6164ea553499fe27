//! Alarms: if a reminder reached its person by neither a call nor a text, the service must have raised an alarm.

use std::collections::BTreeMap;

use super::breach::Breaches;
use super::dues::SKEW_MS;
use super::evidence::Evidence;
use crate::engine::instant;

/// First words of the alarm about a reminder that reached its person by neither a call nor a text.
pub(super) const FAILED: &str = "reminder failed";

/// The alarms about failed reminders, and the occurrences that need an alarm. Each alarm counts for one occurrence.
#[derive(Debug)]
pub(super) struct Alarms<'a> {
    /// The time of each alarm, and the id of the reminder that it names.
    raised: Vec<(i64, &'a str)>,
    needed: Vec<Needed>,
}

/// An occurrence that needs an alarm.
#[derive(Debug)]
struct Needed {
    due_ms: i64,
    /// Name of the promise.
    description: String,
    /// Indexes of the alarms that may be about it.
    possible: Vec<usize>,
}

impl<'a> Alarms<'a> {
    pub(super) fn of(evidence: &Evidence<'a>) -> Self {
        let mut raised: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
        for alarm in evidence.alarms.iter().filter(|alarm| alarm.words.starts_with(FAILED)) {
            // If the write of the end failed, the alarm is raised again for the same text. Only the last alarm counts.
            if let (Some(text), Some(reminder)) = (alarm.outgoing, alarm.reminder) {
                raised.insert(text, (alarm.at_ms, reminder));
            }
        }
        Self { raised: raised.into_values().collect(), needed: Vec::new() }
    }

    /// Records that an occurrence needs an alarm. `names` tells whether a reminder id belongs to the promise. An alarm
    /// that names another reminder does not count. An alarm may come even after the next due, because the text was
    /// tried until then.
    pub(super) fn need(&mut self, due_ms: i64, names: impl Fn(&str) -> bool, description: String) {
        let may_be_about_it =
            |(_, (at_ms, reminder)): &(usize, &(i64, &str))| *at_ms >= due_ms - SKEW_MS && names(reminder);
        let possible = self.raised.iter().enumerate().filter(may_be_about_it).map(|(place, _)| place).collect();
        self.needed.push(Needed { due_ms, description, possible });
    }

    /// G1: each occurrence without a call or text has an alarm of its own that names its reminder.
    pub(super) fn report_missing(self, breaches: &mut Breaches) {
        let mut holders: Vec<Option<usize>> = vec![None; self.raised.len()];
        for (place, needed) in self.needed.iter().enumerate() {
            if !find_place(place, &self.needed, &mut holders, &mut vec![false; self.raised.len()]) {
                let Needed { due_ms, description, .. } = needed;
                breaches
                    .add("G1", || format!("{description} was due {}, without call, text or alarm", instant(*due_ms)));
            }
        }
    }
}

/// Finds an alarm for an occurrence. If necessary, other occurrences get other alarms: this is an augmenting path of
/// bipartite matching.
fn find_place(needed: usize, all: &[Needed], holders: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for alarm in all[needed].possible.iter().copied() {
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
