//! What was promised: a number, a task, and when, as the answers stated it. Small numbers are not given out again
//! within 30 days, so that person and number name one reminder.

use super::Breaches;
use super::answers::{self, Manner, Promised, Said};
use super::dues;
use super::evidence::{Dealings, Evidence, TextIn};
use crate::people::{Due, Meaning, Rhythm, numbers};

/// A promise to call.
#[derive(Debug)]
pub(super) struct Promise<'a> {
    pub(super) number: u32,
    pub(super) task: &'a str,
    /// How it first came about.
    pub(super) manner: Manner,
    pub(super) rhythm: Option<(Rhythm, jiff::civil::Time)>,
    /// When which due was stated, in order. A series has but one: its first.
    pub(super) stated: Vec<Stated>,
}

/// A due that was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stated {
    pub(super) at_ms: i64,
    /// When the text was first handed over to which this was the answer.
    asked_ms: i64,
    pub(super) due_ms: i64,
}

/// What was promised to a person, and which of their texts were not seen to be answered.
#[derive(Debug, Default)]
pub(super) struct Promises<'a> {
    pub(super) all: Vec<Promise<'a>>,
    /// For each text whether an answer to it was seen.
    pub(super) answered: Vec<bool>,
}

impl Promise<'_> {
    pub(super) fn name(&self) -> String {
        format!("#{} {}", self.number, self.task)
    }

    /// When the texts were first handed over whose answers promised this, moved it, or listed it.
    pub(super) fn named_ms<'e>(&'e self, dealings: &'e Dealings<'_>) -> impl Iterator<Item = i64> + 'e {
        let lists = dealings.answers.iter().filter_map(move |answer| {
            let text = &dealings.texts[answer.to?];
            let named = *text.meaning == Meaning::List && numbers(answer.body).contains(&self.number);
            text.handed.first().copied().filter(|_| named)
        });
        self.stated.iter().map(|stated| stated.asked_ms).chain(lists)
    }

    /// The due that was stated last.
    pub(super) fn due_ms(&self) -> i64 {
        self.stated.last().map_or(i64::MAX, |stated| stated.due_ms)
    }

    /// Each occurrence up to an instant: of a one-off the due in force, of a series all that follow from its first.
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

/// Reads a person's promises out of their answers.
pub(super) fn of<'a>(evidence: &Evidence<'a>, dealings: &Dealings<'a>, breaches: &mut Breaches) -> Promises<'a> {
    let answered = dealings.texts.iter().map(|text| text.replies.iter().any(|(_, body)| !body.is_empty())).collect();
    let mut promises = Promises { all: Vec::new(), answered };
    for answer in &dealings.answers {
        let Said::Promised(promised) = answers::read(answer.body) else { continue };
        let asked = (0..dealings.texts.len())
            .filter(|text| answer.to.is_none_or(|to| to == *text))
            .find_map(|text| Some((text, due(evidence, &dealings.texts[text], &promised, answer.at_ms)?)));
        let Some((text, due_ms)) = asked else {
            breaches.add("G1", || format!("{:?} was answered, which nobody asked for", answer.body));
            continue;
        };
        promises.answered[text] = true;
        let asked_ms = dealings.texts[text].handed.first().copied().unwrap_or(dealings.texts[text].at_ms);
        let stated = Stated { at_ms: answer.at_ms, asked_ms, due_ms };
        promises.add(&promised, dealings.texts[text].meaning, stated, breaches);
    }
    promises.are_few(dealings, breaches);
    promises
}

/// When what was promised is due, if it is what this text asked for.
pub(super) fn due(evidence: &Evidence<'_>, text: &TextIn<'_>, promised: &Promised<'_>, at_ms: i64) -> Option<i64> {
    let fits = match (text.meaning, promised.manner) {
        (Meaning::Remind { task, due }, Manner::Made) => {
            is_named(task, promised.task) && promised.repeats == matches!(due, Due::Each(..))
        }
        (Meaning::Move(..), Manner::Moved) | (Meaning::Snooze(_), Manner::Again) => !promised.repeats,
        _ => false,
    };
    let first = text.handed.first().filter(|_| fits)?;
    let windows = dues::meant(text, &evidence.zone);
    let mut day = dues::date_of(*first, &evidence.zone);
    let last = dues::date_of(at_ms, &evidence.zone);
    loop {
        let due_ms = answers::instant(promised.when, day, &evidence.zone);
        if let Some(due_ms) = due_ms.filter(|due_ms| windows.iter().any(|window| window.holds(*due_ms))) {
            return Some(due_ms);
        }
        day = day.tomorrow().ok().filter(|day| *day <= last)?;
    }
}

/// Whether a task is the one that was meant: "every day" may have stayed in it where it was not understood.
fn is_named(meant: &str, said: &str) -> bool {
    said == meant || said.strip_prefix(meant).is_some_and(|rest| rest.starts_with(' '))
}

impl<'a> Promises<'a> {
    fn add(&mut self, promised: &Promised<'a>, meaning: &Meaning, stated: Stated, breaches: &mut Breaches) {
        let Some(known) = self.all.iter_mut().find(|known| known.number == promised.number) else {
            let rhythm = match meaning {
                Meaning::Remind { due: Due::Each(rhythm, time), .. } => Some((*rhythm, *time)),
                _ => None,
            };
            self.all.push(Promise {
                number: promised.number,
                task: promised.task,
                manner: promised.manner,
                rhythm,
                stated: vec![stated],
            });
            return;
        };
        breaches.unless(known.task == promised.task, "G2", || {
            format!("{} and {:?} have the same number", known.name(), promised.task)
        });
        // An answer that comes again states again what may have changed since.
        if known.stated.iter().any(|earlier| earlier.due_ms == stated.due_ms) {
            return;
        }
        if promised.manner == Manner::Made {
            breaches
                .unless(known.manner != Manner::Made, "G2", || format!("{} was promised for two times", known.name()));
            // It comes late: what it was moved to was stated before.
            known.manner = Manner::Made;
            known.stated.insert(0, stated);
        } else {
            known.stated.push(stated);
        }
    }

    /// G2: a text makes what it asks for once; only putting it off or moving it makes another of the same task.
    fn are_few(&self, dealings: &Dealings<'_>, breaches: &mut Breaches) {
        let made = self.all.iter().filter(|promise| promise.manner == Manner::Made);
        for (at, promise) in made.clone().enumerate() {
            let again = made.clone().skip(at + 1).any(|other| other.task == promise.task);
            breaches.unless(!again, "G2", || format!("{} was made twice", promise.name()));
        }
        let others = self.all.len() - made.count();
        let moves = |text: &&TextIn<'_>| matches!(text.meaning, Meaning::Move(..) | Meaning::Snooze(_));
        let most = dealings.texts.iter().filter(moves).count();
        breaches
            .unless(others <= most, "G2", || format!("{most} texts put something off, and {others} were made by it"));
    }
}
