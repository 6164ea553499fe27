//! The checker: finds every breach of the guarantees in the observations of a world. It shares no code with the
//! handlers and applies none of their rules.
//!
//! From the store it learns what can't be seen from outside: which texts were handled, when and with which answer;
//! which answers were given up, and when their tries were counted; whose the reminders are, and their numbers; which
//! items are live or ended; when a series was paused, resumed or went on to its next due; which calls were counted or
//! postponed, and which occurrences were planned again; which calls were stored as accepted by the carrier; and the
//! numbers of slots, writes and messages. It judges by itself whether each of these was right.

mod alarms;
mod answers;
mod bounds;
mod breach;
mod call_limits;
mod calls;
mod calm_costs;
mod cancellations;
mod candidates;
mod commands;
mod consent;
mod copies;
mod corrected;
mod costs;
mod dues;
mod ends;
mod evidence;
mod excuses;
mod frozen;
mod given_up;
mod goes_on;
mod handling_order;
mod isolation;
mod lines;
mod no_calls_left;
mod not_restored;
mod not_taken;
mod occurrence;
mod pauses;
mod person_history;
mod promise;
mod promises;
mod questions;
mod refusals;
mod replacement_texts;
mod replies;
mod shares;
mod stated_dues;
#[cfg(test)]
mod tests;
mod texts;
mod texts_in_an_hour;
mod traces;
mod undone;

pub use breach::Breach;
pub use ends::OccurrenceEnd;
pub use person_history::made_ms;
pub use shares::{Excuse, Guarantee, LONG, Shares};

use crate::world::{LIVENESS_MS, Live, Remains};
use alarms::Alarms;
use breach::Breaches;
use ends::Verdicts;
use evidence::Evidence;

/// The checker's result for one world.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judgement {
    /// Every breach that was found.
    pub breaches: Vec<Breach>,
    /// The end of each occurrence of a promised reminder.
    pub ends: Vec<OccurrenceEnd>,
    /// The numbers of judged and of excused cases.
    pub shares: Shares,
}

/// Judges a world's history.
pub fn judge(remains: &Remains) -> Judgement {
    let evidence = texts::gather(remains);
    let mut breaches = Breaches::default();
    if remains.cut_off {
        breaches
            .add("bound", || format!("functions were invoked {} times, so the world was cut off", remains.invocations));
        return Judgement { breaches: breaches.found, ..Judgement::default() };
    }
    let (mut shares, mut ends) = (Shares::default(), Vec::new());
    let (mut alarms, mut occurrences) = (Alarms::of(&evidence), 1);
    for history in &evidence.people {
        let promises = promises::of(&evidence, history, &mut breaches);
        let promise_dues = promises.all.iter().map(|promise| promise.occurrences(remains.over_ms).len() + 1);
        let candidates = candidates::of(&evidence, history, &promises);
        let candidate_dues = candidates.iter().map(|candidate| candidate.dues_up_to(remains.over_ms) + 1);
        let most = promise_dues.chain(candidate_dues).max().and_then(|most| u32::try_from(most).ok());
        occurrences = occurrences.max(most.unwrap_or(1));
        let changes = consent::changes(history);
        let traces = calls::judge(&evidence, history, &promises, &mut shares, &mut breaches);
        calls::claims(history, &mut breaches);
        cancellations::judge(&evidence, history, &traces, &mut shares, &mut breaches);
        texts::judge(&evidence, history, &promises, &mut shares, &mut breaches);
        commands::judge(&evidence, history, &promises, &changes, &mut breaches);
        refusals::judge(&evidence, history, &promises, &mut breaches);
        questions::judge(&evidence, history, &changes, &mut breaches);
        undone::judge(&evidence, history, &promises, &mut breaches);
        let verdicts =
            &mut Verdicts { alarms: &mut alarms, shares: &mut shares, breaches: &mut breaches, ends: &mut ends };
        ends::judge(&evidence, history, &promises, &changes, &traces, verdicts);
    }
    alarms.report_missing(&mut breaches);
    isolation::judge(&evidence, &mut shares, &mut breaches);
    costs::judge(&evidence, occurrences, &mut breaches);
    costs::rate(&evidence, &mut breaches);
    live(&evidence, &mut breaches);
    Judgement { breaches: breaches.found, ends, shares }
}

/// Liveness: a reminder or a text that was due long before the end is not live at the end. G3: no ended reminder is
/// live again.
fn live(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    /// First words of the alarm about an item that can't be read.
    const UNREADABLE: &str = "a record can't be handled";
    let remains = evidence.remains;
    let is_late = |live: &&Live| live.due_ms + LIVENESS_MS <= remains.end_ms;
    for live in remains.live.iter().chain(&remains.live_texts).filter(is_late) {
        let Some(spoiled_ms) = evidence.spoiled.get(live.id.as_str()) else {
            breaches.add("liveness", || format!("{} is still live", live.description));
            continue;
        };
        // An item that can't be read can't be ended, but the operator must be alarmed.
        let says_so = |alarm: &evidence::Alarm<'_>| alarm.at_ms >= *spoiled_ms && alarm.words.starts_with(UNREADABLE);
        breaches.unless(evidence.alarms.iter().any(says_so), "liveness", || {
            format!("{} can't be read, and no alarm says so", live.description)
        });
    }
    for live in remains.live_afterwards.iter().filter(|live| remains.ended.contains(&live.id)) {
        breaches.add("G3", || format!("{} had ended and is live again", live.description));
    }
}
