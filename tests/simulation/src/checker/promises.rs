//! Reads the promises to a person from the answers.

mod coming_back;
mod corrections;

use jiff::tz::TimeZone;

use super::answers::{self, Answer, PromiseKind, PromiseText};
use super::breach::Breaches;
use super::dues::Series;
use super::evidence::Evidence;
use super::handling_order;
use super::person_history::{PersonHistory, PersonText};
use super::promise::{Promise, StatedDue};
use super::stated_dues::{due, is_named};
use crate::people::{Due, Meaning};

/// The promises to a person.
#[derive(Debug, Default)]
pub(super) struct Promises<'a> {
    pub(super) all: Vec<Promise<'a>>,
}

/// Reads the promises from a person's answers.
pub(super) fn of<'a>(evidence: &Evidence<'a>, history: &PersonHistory<'a>, breaches: &mut Breaches) -> Promises<'a> {
    let mut promises = Promises::default();
    for answer in &history.answers {
        let promised = match answers::read(answer.body) {
            Answer::Promise(promised) => promised,
            Answer::Back(back) => {
                promises.come_back(history, answer, &back, breaches);
                continue;
            }
            _ => continue,
        };
        let request = (0..history.texts.len())
            .filter(|text| answer.to.map_or(!history.texts[*text].is_key(), |to| to == *text))
            .find_map(|text| Some((text, due(history, &history.texts[text], &promised, answer.at_ms)?)));
        let Some((text, (due_ms, zone))) = request else {
            breaches.add("G1", || format!("no text asked for the answer {:?}", answer.body));
            continue;
        };
        let requested_ms = history.texts[text].first_ms();
        let meaning = history.texts[text].meaning;
        let is_local = matches!(meaning, Meaning::Remind { due: Due::At(_) | Due::Each(..), .. });
        let stated = StatedDue { at_ms: answer.at_ms, requested_ms, due_ms, is_local };
        promises.add(&promised, meaning, stated, zone, breaches);
    }
    for promise in &mut promises.all {
        promise.asked_ms = promise.asked_ms.min(promise.asked_ms(history));
    }
    promises.correct(evidence, history);
    promises.are_few(history, breaches);
    promises
}

impl<'a> Promises<'a> {
    /// Adds a promise, or another due of a known promise, as an answer states it.
    fn add(
        &mut self,
        promised: &PromiseText<'a>,
        meaning: &Meaning,
        stated: StatedDue,
        zone: &TimeZone,
        breaches: &mut Breaches,
    ) {
        let Some(known) = self.all.iter_mut().find(|known| known.number == promised.number) else {
            self.all.push(Promise {
                number: promised.number,
                task: promised.task,
                kind: promised.kind,
                series: Series::of(meaning, zone),
                is_local: stated.is_local,
                zone: zone.clone(),
                corrected_from_ms: None,
                had_begun: false,
                began_ms: None,
                stated: vec![stated],
                planned_again: Vec::new(),
                asked_ms: stated.requested_ms,
            });
            return;
        };
        breaches.unless(known.task == promised.task, "G2", || {
            format!("{} and {:?} have the same number", known.name(), promised.task)
        });
        // A reminder that another text asked for is not the snoozed one, even if both have the same task: a snooze
        // makes a reminder of its own.
        let kinds = [known.kind, promised.kind];
        let is_taken = kinds.contains(&PromiseKind::Created) && kinds.contains(&PromiseKind::Snoozed);
        breaches.unless(!is_taken, "G1", || format!("a snooze moved {}, which it had not made", known.name()));
        // An answer that is sent again states the same due again, although the due may have changed since then.
        if known.stated.iter().any(|earlier| earlier.due_ms == stated.due_ms) {
            return;
        }
        if promised.kind == PromiseKind::Created {
            breaches.unless(known.kind != PromiseKind::Created, "G2", || {
                format!("{} was promised for two times", known.name())
            });
            // This answer is late: the due to which the reminder was moved afterwards is already known.
            known.kind = PromiseKind::Created;
            known.stated.insert(0, stated);
        } else {
            known.stated.push(stated);
            handling_order::put_right_dues(&mut known.stated);
            known.is_local = known.stated.last().is_some_and(|last| last.is_local);
        }
    }

    /// G2: a text creates one reminder. Apart from UNDO and RESTORE, only a move or a snooze creates another reminder
    /// with the same task.
    fn are_few(&self, history: &PersonHistory<'_>, breaches: &mut Breaches) {
        let made = self.all.iter().filter(|promise| promise.kind == PromiseKind::Created);
        for promise in made.clone() {
            let made = made.clone().filter(|other| other.task == promise.task).count();
            let asks = |text: &&PersonText<'_>| matches!(text.meaning, Meaning::Remind { task, .. } if is_named(task, promise.task));
            let asked_for = history.texts.iter().filter(asks).count();
            breaches.unless(made <= asked_for, "G2", || {
                format!("{} was made {made} times, and asked for {asked_for} times", promise.name())
            });
        }
        let others =
            self.all.iter().filter(|promise| matches!(promise.kind, PromiseKind::Moved | PromiseKind::Snoozed)).count();
        let moves = |text: &&PersonText<'_>| matches!(text.meaning, Meaning::Move(..) | Meaning::Snooze(_));
        let most = history.texts.iter().filter(moves).count();
        breaches.unless(others <= most, "G2", || {
            format!("{most} texts move or snooze, and they created {others} reminders")
        });
    }
}
