//! G2, G3, G4, G5 and G6: how often, when, and whether at all somebody is called. A reminder is known by the name that
//! stands in the URLs of its calls, which says nothing of what it is about; a history is legal where each such name can
//! be taken for another thing that was asked for.

use std::collections::BTreeMap;

use reminder::ids::ReminderKey;

use super::answers::Manner;
use super::dues::{self, Window};
use super::evidence::{Ask, Call, Dealings, Evidence};
use super::no::{self, No};
use super::occurrence::Occurrence;
use super::promises::{Promise, Promises};
use super::{Breach, Breaches};
use crate::people::{Due, Meaning, Rhythm};

/// How far two clocks may differ, in milliseconds.
pub(super) const SKEW_MS: i64 = 1000;

/// All that was done under one reminder's name.
#[derive(Debug)]
pub(super) struct Thread<'e> {
    pub(super) key: &'e ReminderKey,
    pub(super) asks: Vec<&'e Ask<'e>>,
    pub(super) calls: Vec<&'e Call<'e>>,
}

/// Something that a thread may be about.
#[derive(Debug)]
pub(super) struct Slot<'e> {
    /// What is spoken; not known of a text that puts something off.
    pub(super) task: Option<&'e str>,
    /// When it may be due first.
    pub(super) windows: Vec<Window>,
    /// The dues that were stated, where no other is possible, and when they were.
    pub(super) stated: Option<&'e Promise<'e>>,
    /// When it was taken back, and that was answered.
    pub(super) nos: Vec<No>,
    pub(super) rhythm: Option<(Rhythm, jiff::civil::Time)>,
}

impl Slot<'_> {
    /// How far an instant is from when it is due.
    fn lateness(&self, at_ms: i64) -> i64 {
        self.windows.iter().map(|window| (at_ms - window.to_ms).abs()).min().unwrap_or(i64::MAX)
    }
}

/// A person's threads.
fn threads<'e>(dealings: &'e Dealings<'_>) -> Vec<Thread<'e>> {
    let mut threads: BTreeMap<&ReminderKey, Thread<'e>> = BTreeMap::new();
    let empty = |key| Thread { key, asks: Vec::new(), calls: Vec::new() };
    for ask in &dealings.asks {
        threads.entry(ask.key).or_insert_with(|| empty(ask.key)).asks.push(ask);
    }
    for call in &dealings.calls {
        threads.entry(call.key).or_insert_with(|| empty(call.key)).calls.push(call);
    }
    threads.into_values().collect()
}

/// What a person's threads may be about: what was promised, and what their other texts may have come to.
fn slots<'e>(evidence: &Evidence<'_>, dealings: &'e Dealings<'_>, promises: &'e Promises<'_>) -> Vec<Slot<'e>> {
    let silent =
        || (0..dealings.texts.len()).filter(|text| !promises.answered[*text]).map(|text| &dealings.texts[text]);
    let mut slots = Vec::new();
    for promise in &promises.all {
        let mut windows: Vec<_> = promise.stated.iter().map(|stated| Window::at(stated.due_ms)).collect();
        let known = windows.len();
        for text in silent() {
            let about = match text.meaning {
                Meaning::Remind { task, .. } => task == promise.task,
                Meaning::Move(number, _) => *number == promise.number,
                Meaning::Snooze(_) => promise.manner != Manner::Made,
                _ => false,
            };
            if about {
                windows.extend(dues::meant(text, &evidence.zone));
            }
        }
        let stated = Some(promise).filter(|_| windows.len() == known);
        let nos = no::refusals(evidence, dealings, promise);
        slots.push(Slot { task: Some(promise.task), windows, stated, nos, rhythm: promise.rhythm });
    }
    for text in silent() {
        let (task, rhythm) = match text.meaning {
            Meaning::Remind { task, due: Due::Each(rhythm, time) } => (Some(task.as_str()), Some((*rhythm, *time))),
            Meaning::Remind { task, .. } => (Some(task.as_str()), None),
            Meaning::Move(..) | Meaning::Snooze(_) => (None, None),
            _ => continue,
        };
        slots.push(Slot { task, windows: dues::meant(text, &evidence.zone), stated: None, nos: Vec::new(), rhythm });
    }
    slots
}

/// Judges a person's calls, and tells of each thread what it may be about: promises by their places, then other texts.
pub(super) fn judge<'e>(
    evidence: &Evidence<'_>,
    dealings: &'e Dealings<'_>,
    promises: &Promises<'_>,
    breaches: &mut Breaches,
) -> Vec<(Thread<'e>, Vec<usize>)> {
    let threads = threads(dealings);
    let slots = slots(evidence, dealings, promises);
    let found: Vec<Vec<Vec<Breach>>> =
        threads.iter().map(|thread| slots.iter().map(|slot| as_one_of(evidence, thread, slot)).collect()).collect();
    let mut holders: Vec<Option<usize>> = vec![None; slots.len()];
    // What a thread fits best comes first: more is legal where functions freeze.
    let by_fit = |thread: usize| {
        let mut order: Vec<usize> = (0..slots.len()).collect();
        order.sort_by_key(|slot| threads[thread].asks.first().map_or(0, |ask| slots[*slot].lateness(ask.at_ms)));
        order
    };
    for thread in 0..threads.len() {
        let legal = |thread: usize, slot: usize| found[thread][slot].is_empty();
        if !find_place(thread, &legal, &by_fit, &mut holders, &mut vec![false; slots.len()]) {
            breaches.0.extend(illegal(&threads[thread], &found[thread]));
        }
    }
    let places = found.iter().map(|slots| (0..slots.len()).filter(|slot| slots[*slot].is_empty()).collect());
    threads.into_iter().zip(places).collect()
}

/// Finds a slot for a thread of which it can be one, moving others aside (an augmenting path).
fn find_place(
    thread: usize,
    legal: &impl Fn(usize, usize) -> bool,
    by_fit: &impl Fn(usize) -> Vec<usize>,
    holders: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for slot in by_fit(thread) {
        if tried[slot] || !legal(thread, slot) {
            continue;
        }
        tried[slot] = true;
        if holders[slot].is_none_or(|holder| find_place(holder, legal, by_fit, holders, tried)) {
            holders[slot] = Some(thread);
            return true;
        }
    }
    false
}

/// What is wrong with a thread that can't be taken for anything: the least of what would be wrong.
fn illegal(thread: &Thread<'_>, found: &[Vec<Breach>]) -> Vec<Breach> {
    let least = found.iter().filter(|breaches| !breaches.is_empty()).min_by_key(|breaches| breaches.len());
    let legal = found.iter().any(Vec::is_empty);
    least.filter(|_| !legal).cloned().unwrap_or_else(|| {
        let what = format!("reminder {} was dialed, for which there is no promise left", thread.key.reminder);
        vec![Breach { guarantee: "G2", what }]
    })
}

/// What is wrong with a thread if it is about this.
fn as_one_of(evidence: &Evidence<'_>, thread: &Thread<'_>, slot: &Slot<'_>) -> Vec<Breach> {
    let mut breaches = Breaches::default();
    if let Some(task) = slot.task {
        for call in thread.calls.iter().filter(|call| call.speaks_of_another(task)) {
            breaches.add("G1", || format!("{:?} was said instead of {task}", call.said));
        }
    }
    for no in &slot.nos {
        no::is_silent(evidence, thread, slot.task, no, &mut breaches);
    }
    let of = |at_ms| occurrence_of(evidence, slot, at_ms);
    let mut by_occurrence: BTreeMap<i64, Occurrence<'_>> = BTreeMap::new();
    for ask in &thread.asks {
        by_occurrence.entry(of(ask.at_ms)).or_default().asks.push(ask);
    }
    for call in &thread.calls {
        by_occurrence.entry(of(call.taken_ms)).or_default().calls.push(call);
    }
    for (due_ms, occurrence) in &by_occurrence {
        occurrence.judge(evidence, slot, *due_ms, &mut breaches);
    }
    breaches.0
}

/// The due of the occurrence of a series that it is at an instant; a one-off has but one.
fn occurrence_of(evidence: &Evidence<'_>, slot: &Slot<'_>, at_ms: i64) -> i64 {
    let Some(first) = slot.windows.first().map(|window| window.from_ms) else { return i64::MAX };
    let Some((rhythm, time)) = slot.rhythm else { return first };
    let mut due_ms = first;
    loop {
        let next = dues::first_after(due_ms, rhythm, time, &evidence.zone);
        if next > at_ms + SKEW_MS {
            return due_ms;
        }
        due_ms = next;
    }
}

/// G2: a claim is asked for once, and taken once.
pub(super) fn claims(dealings: &Dealings<'_>, breaches: &mut Breaches) {
    let mut asked = BTreeMap::new();
    for ask in &dealings.asks {
        *asked.entry(ask.claim).or_insert(0) += 1;
    }
    let mut taken = BTreeMap::new();
    for call in &dealings.calls {
        *taken.entry(call.claim).or_insert(0) += 1;
    }
    for (claim, times) in asked.iter().chain(&taken).filter(|(_, times)| **times > 1) {
        breaches.add("G2", || format!("claim {claim} was used {times} times"));
    }
}
