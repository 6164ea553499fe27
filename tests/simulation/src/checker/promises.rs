//! Promises: the number, the task and the due that an answer stated. Numbers are not reused within 30 days, so a person
//! and a number identify one reminder.

use super::answers::{self, Answer, PromiseKind, PromiseText};
use super::breach::Breaches;
use super::dues;
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText};
use crate::people::{Due, Meaning, Rhythm, numbers};

/// A promise to call a person.
#[derive(Debug)]
pub(super) struct Promise<'a> {
    pub(super) number: u32,
    pub(super) task: &'a str,
    /// The kind of request that created it.
    pub(super) kind: PromiseKind,
    pub(super) rhythm: Option<(Rhythm, jiff::civil::Time)>,
    /// The stated dues, in order. A series has only one: that of its first occurrence.
    pub(super) stated: Vec<StatedDue>,
}

/// A due that an answer stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatedDue {
    pub(super) at_ms: i64,
    /// First delivery of the text that was answered, in milliseconds.
    requested_ms: i64,
    pub(super) due_ms: i64,
}

/// The promises to a person, and which of their texts were answered.
#[derive(Debug, Default)]
pub(super) struct Promises<'a> {
    pub(super) all: Vec<Promise<'a>>,
    /// For each text: whether an answer to it was seen.
    pub(super) answered: Vec<bool>,
}

impl Promise<'_> {
    pub(super) fn name(&self) -> String {
        format!("#{} {}", self.number, self.task)
    }

    /// First deliveries of the texts whose answers made, moved or listed this promise.
    pub(super) fn named_ms<'e>(&'e self, history: &'e PersonHistory<'_>) -> impl Iterator<Item = i64> + 'e {
        let lists = history.answers.iter().filter_map(move |answer| {
            let text = &history.texts[answer.to?];
            let named = *text.meaning == Meaning::List && numbers(answer.body).contains(&self.number);
            text.handed.first().copied().filter(|_| named)
        });
        self.stated.iter().map(|stated| stated.requested_ms).chain(lists)
    }

    /// The due that was stated last.
    pub(super) fn due_ms(&self) -> i64 {
        self.stated.last().map_or(i64::MAX, |stated| stated.due_ms)
    }

    /// The dues up to an instant: of a one-off its last stated due, of a series those of all occurrences.
    pub(super) fn occurrences(&self, until_ms: i64, evidence: &Evidence<'_>) -> Vec<i64> {
        let mut all = vec![self.due_ms()];
        if let Some((rhythm, time)) = self.rhythm {
            while let Some(last) = all.last().copied().filter(|last| *last <= until_ms) {
                all.push(dues::first_after(last, rhythm, time, &evidence.zone));
            }
        }
        all.retain(|due_ms| *due_ms <= until_ms);
        all
    }
}

/// Reads the promises from a person's answers.
pub(super) fn of<'a>(evidence: &Evidence<'a>, history: &PersonHistory<'a>, breaches: &mut Breaches) -> Promises<'a> {
    let answered = history.texts.iter().map(|text| text.replies.iter().any(|(_, body)| !body.is_empty())).collect();
    let mut promises = Promises { all: Vec::new(), answered };
    for answer in &history.answers {
        let Answer::Promise(promised) = answers::read(answer.body) else { continue };
        let asked = (0..history.texts.len())
            .filter(|text| answer.to.is_none_or(|to| to == *text))
            .find_map(|text| Some((text, due(evidence, &history.texts[text], &promised, answer.at_ms)?)));
        let Some((text, due_ms)) = asked else {
            breaches.add("G1", || format!("no text asked for the answer {:?}", answer.body));
            continue;
        };
        promises.answered[text] = true;
        let requested_ms = history.texts[text].handed.first().copied().unwrap_or(history.texts[text].at_ms);
        let stated = StatedDue { at_ms: answer.at_ms, requested_ms, due_ms };
        promises.add(&promised, history.texts[text].meaning, stated, breaches);
    }
    promises.are_few(history, breaches);
    promises
}

/// The due of a promise, if this text asked for it.
pub(super) fn due(
    evidence: &Evidence<'_>,
    text: &PersonText<'_>,
    promised: &PromiseText<'_>,
    at_ms: i64,
) -> Option<i64> {
    let fits = match (text.meaning, promised.kind) {
        (Meaning::Remind { task, due }, PromiseKind::Created) => {
            is_named(task, promised.task) && promised.repeats == matches!(due, Due::Each(..))
        }
        (Meaning::Move(..), PromiseKind::Moved) | (Meaning::Snooze(_), PromiseKind::Snoozed) => !promised.repeats,
        _ => false,
    };
    let first = text.handed.first().filter(|_| fits)?;
    let windows = dues::meant(text, &evidence.zone);
    let is_meant = |due_ms: &i64| {
        windows.iter().any(|window| window.holds(*due_ms)) && is_so_far_away(promised.when, *due_ms, *first, at_ms)
    };
    let mut day = dues::date_of(*first, &evidence.zone);
    let last = dues::date_of(at_ms, &evidence.zone);
    loop {
        if let Some(due_ms) = answers::instants(promised.when, day, &evidence.zone).into_iter().find(is_meant) {
            return Some(due_ms);
        }
        day = day.tomorrow().ok().filter(|day| *day <= last)?;
    }
}

/// Whether the wait that a promise states ends at its due. The wait begins between the first delivery of the text and the
/// answer.
fn is_so_far_away(when: &str, due_ms: i64, handed_ms: i64, at_ms: i64) -> bool {
    let Some(wait) = answers::wait(when) else { return true };
    let slack_ms = wait.rounded_ms + dues::CLOCK_MS;
    (handed_ms - slack_ms..=at_ms + slack_ms).contains(&(due_ms - wait.wait_ms))
}

/// Whether an answer names the task of a text. Words such as "every day" may still be part of the task if the service
/// did not understand them.
fn is_named(meant: &str, said: &str) -> bool {
    said == meant || said.strip_prefix(meant).is_some_and(|rest| rest.starts_with(' '))
}

impl<'a> Promises<'a> {
    fn add(&mut self, promised: &PromiseText<'a>, meaning: &Meaning, stated: StatedDue, breaches: &mut Breaches) {
        let Some(known) = self.all.iter_mut().find(|known| known.number == promised.number) else {
            let rhythm = match meaning {
                Meaning::Remind { due: Due::Each(rhythm, time), .. } => Some((*rhythm, *time)),
                _ => None,
            };
            self.all.push(Promise {
                number: promised.number,
                task: promised.task,
                kind: promised.kind,
                rhythm,
                stated: vec![stated],
            });
            return;
        };
        breaches.unless(known.task == promised.task, "G2", || {
            format!("{} and {:?} have the same number", known.name(), promised.task)
        });
        // A repeated answer states its due again, although the due may have changed since.
        if known.stated.iter().any(|earlier| earlier.due_ms == stated.due_ms) {
            return;
        }
        if promised.kind == PromiseKind::Created {
            breaches.unless(known.kind != PromiseKind::Created, "G2", || {
                format!("{} was promised for two times", known.name())
            });
            // The answer is late: the due to which the reminder was moved is already known.
            known.kind = PromiseKind::Created;
            known.stated.insert(0, stated);
        } else {
            known.stated.push(stated);
        }
    }

    /// G2: a text creates one reminder. Only a move or a snooze creates another one with the same task.
    fn are_few(&self, history: &PersonHistory<'_>, breaches: &mut Breaches) {
        let made = self.all.iter().filter(|promise| promise.kind == PromiseKind::Created);
        for (at, promise) in made.clone().enumerate() {
            let again = made.clone().skip(at + 1).any(|other| other.task == promise.task);
            breaches.unless(!again, "G2", || format!("{} was made twice", promise.name()));
        }
        let others = self.all.len() - made.count();
        let moves = |text: &&PersonText<'_>| matches!(text.meaning, Meaning::Move(..) | Meaning::Snooze(_));
        let most = history.texts.iter().filter(moves).count();
        breaches.unless(others <= most, "G2", || {
            format!("{most} texts move or snooze, and they created {others} reminders")
        });
    }
}
