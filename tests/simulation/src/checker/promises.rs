//! Reads the promises to a person from the answers.

mod coming_back;
mod corrections;

use jiff::tz::TimeZone;

use super::answers::{self, Answer, PromiseKind, PromiseText};
use super::breach::Breaches;
use super::dues::Series;
use super::evidence::Evidence;
use super::person_history::PersonHistory;
use super::promise::{Promise, StatedDue};
use super::stated_dues::due;
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
        let text = answer.to.map(|to| &history.texts[to]);
        let request = text.and_then(|text| Some((text, due(history, text, &promised, answer.at_ms)?)));
        let Some((text, (due_ms, zone))) = request else {
            breaches.add("G1", || format!("no text asked for the answer {:?}", answer.body));
            continue;
        };
        let requested_ms = text.first_ms();
        let meaning = text.meaning;
        let is_local = matches!(meaning, Meaning::Remind { due: Due::At(_) | Due::Each(..), .. });
        let stated = StatedDue { at_ms: answer.at_ms, requested_ms, due_ms, is_local };
        promises.add(&promised, meaning, stated, zone, breaches);
    }
    promises.allow_made_anew(history);
    promises.correct(evidence, history, breaches);
    promises
}

impl<'a> Promises<'a> {
    /// Notes which promises an earlier UNDO or RESTORE may have made, and the dues that they had until an answer named
    /// them. A move in place and a snooze are about one occurrence, so these are the dues of promises that ring once.
    fn allow_made_anew(&mut self, history: &PersonHistory<'_>) {
        for place in 0..self.all.len() {
            let promise = &self.all[place];
            let Some(made_ms) = promise.made_anew_ms(history) else { continue };
            let is_origin = |other: &&Promise<'_>| {
                other.task == promise.task && other.number < promise.number && other.series.is_none()
            };
            let named_ms = promise.stated.first().map_or(made_ms, |stated| stated.at_ms);
            let stated = self.all.iter().filter(is_origin).flat_map(|origin| &origin.stated);
            let earlier_ms = stated.filter(|stated| stated.at_ms < named_ms).map(|stated| stated.due_ms).collect();
            let promise = &mut self.all[place];
            promise.asked_ms = promise.asked_ms.min(made_ms);
            promise.earlier_ms = earlier_ms;
        }
    }

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
                corrected: None,
                had_begun: false,
                began_ms: None,
                stated: vec![stated],
                earlier_ms: Vec::new(),
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
        breaches.unless(promised.kind != PromiseKind::Created, "G2", || {
            format!("{} was promised for two times", known.name())
        });
        known.is_local = stated.is_local;
        known.stated.push(stated);
    }
}
