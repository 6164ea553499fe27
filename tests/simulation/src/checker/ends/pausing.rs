//! A series is paused after five occurrences in a row in which no call was picked up.

use super::WRITTEN_MS;
use crate::checker::breach::Breaches;
use crate::checker::dues::SKEW_MS;
use crate::checker::pauses::{MISSED_IN_ROW, Pause};
use crate::checker::person_history::PersonText;
use crate::checker::replacement_texts::PromiseJudge;

impl PromiseJudge<'_, '_> {
    /// Checks that no call follows after five occurrences in a row in which no call was picked up.
    pub(super) fn check_pause(&self, dues: &[i64], breaches: &mut Breaches) {
        let mut unheard = 0;
        for (place, due_ms) in dues.iter().enumerate() {
            let next_ms = dues.get(place + 1).copied().unwrap_or(i64::MAX);
            let calls = self.own.iter().flat_map(|trace| &trace.calls);
            let calls: Vec<_> = calls.filter(|call| (*due_ms..next_ms).contains(&call.taken_ms)).collect();
            // A key, or a text that may change reminders, starts the count again, whether it comes before or after the
            // call. RESUME, for example, comes after the last call.
            let is_act = |text: &&PersonText<'_>| text.meaning.changes() && (*due_ms..next_ms).contains(&text.at_ms);
            let was_paused = |pause: &Pause| (*due_ms..next_ms).contains(&pause.paused_ms);
            if self.pauses.iter().any(was_paused)
                || calls.iter().any(|call| call.picked_up_ms.is_some())
                || self.history.texts.iter().any(|text| is_act(&text))
            {
                unheard = 0;
                continue;
            }
            let Some(over_ms) = calls.iter().map(|call| call.over_ms.unwrap_or(i64::MAX)).max() else { continue };
            // After a fault, the outcome of a call may stay unknown, which says nothing about the person.
            if self.evidence.faulty_between(due_ms - SKEW_MS, over_ms.saturating_add(WRITTEN_MS)) {
                continue;
            }
            unheard += 1;
            if unheard == MISSED_IN_ROW + 1 {
                breaches.add("bound", || {
                    format!("{} rang for {unheard} occurrences in a row that nobody picked up", self.promise.name())
                });
            }
        }
    }
}
