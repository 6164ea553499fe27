//! Alarms: a reminder that reached its person by neither call nor text must raise one.

use super::breach::Breaches;
use super::dues::SKEW_MS;
use super::evidence::{Alarm, Evidence};
use crate::engine::instant;

/// First words of an alarm about a reminder that reached its person in no way.
const FAILED: &str = "reminder failed";

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

    /// Uses up the alarm about an occurrence and returns its time. `names` says which reminder ids are the promise's. Alarms
    /// that name another reminder do not count. If no such alarm is found, the occurrence is noted for `report_missing`.
    pub(super) fn take(&mut self, due_ms: i64, names: impl Fn(&str) -> bool, what: String) -> i64 {
        let of_it = |(at_ms, reminder): &(i64, &str)| *at_ms >= due_ms - SKEW_MS && names(reminder);
        if let Some(at) = self.raised.iter().position(of_it) {
            return self.raised.remove(at).0;
        }
        self.needed.push((due_ms, what));
        due_ms
    }

    /// G1: every occurrence without a call or text has an alarm that names its reminder.
    pub(super) fn report_missing(self, breaches: &mut Breaches) {
        for (due_ms, what) in self.needed {
            breaches.add("G1", || format!("{what} was due {}, without call, text or alarm", instant(due_ms)));
        }
    }
}
