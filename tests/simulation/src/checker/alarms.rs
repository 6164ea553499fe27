//! Alarms: a reminder that reached its person by neither call nor text must raise one.

use super::breach::Breaches;
use super::dues::SKEW_MS;
use super::evidence::Evidence;
use crate::engine::instant;

/// Alarms about one reminder within this time are about the same end of it, in milliseconds.
const AGAIN_MS: i64 = 12 * 3_600_000;

/// The alarms about failed reminders, and the occurrences that need one. Each alarm serves one occurrence.
#[derive(Debug)]
pub(super) struct Alarms<'a> {
    raised: Vec<(i64, &'a str)>,
    /// Due in milliseconds, and name of the promise, of each occurrence that still needs an alarm.
    needed: Vec<(i64, String)>,
}

impl<'a> Alarms<'a> {
    pub(super) fn of(evidence: &Evidence<'a>) -> Self {
        let failed = |(at_ms, reminder, words): &(i64, Option<&'a str>, &'a str)| {
            Some((*at_ms, reminder.filter(|_| words.starts_with("reminder failed"))?))
        };
        let mut raised: Vec<(i64, &str)> = Vec::new();
        for (at_ms, reminder) in evidence.alarms.iter().filter_map(failed) {
            // If the write of the end failed, the alarm is raised again. Only the last one counts.
            raised.retain(|(before_ms, name)| *name != reminder || at_ms - before_ms > AGAIN_MS);
            raised.push((at_ms, reminder));
        }
        Self { raised, needed: Vec::new() }
    }

    /// Uses up the alarm about an occurrence and returns its time. `names` says which reminder ids are the promise's.
    /// If no such alarm is found, the occurrence is noted for `report_missing`.
    pub(super) fn take(&mut self, due_ms: i64, names: impl Fn(&str) -> bool, what: String) -> i64 {
        let of_it = |(at_ms, reminder): &(i64, &str)| *at_ms >= due_ms - SKEW_MS && names(reminder);
        if let Some(at) = self.raised.iter().position(of_it) {
            return self.raised.remove(at).0;
        }
        self.needed.push((due_ms, what));
        let may_be = self.raised.iter().map(|(at_ms, _)| *at_ms).filter(|at_ms| *at_ms >= due_ms - SKEW_MS);
        may_be.min().unwrap_or(due_ms)
    }

    /// G1: every occurrence without a call or text has an alarm. The id of a reminder that was never dialed appears
    /// only in its alarm, so any remaining alarm may be about it. Occurrences that were due last are matched first,
    /// since the fewest alarms fit them.
    pub(super) fn report_missing(mut self, breaches: &mut Breaches) {
        self.needed.sort_unstable_by_key(|(due_ms, _)| std::cmp::Reverse(*due_ms));
        for (due_ms, what) in self.needed {
            match self.raised.iter().rposition(|(at_ms, _)| *at_ms >= due_ms - SKEW_MS) {
                Some(at) => drop(self.raised.remove(at)),
                None => {
                    breaches.add("G1", || format!("{what} was due {}, without call, text or alarm", instant(due_ms)))
                }
            }
        }
    }
}
