//! Promises: the number, the task and the due that an answer stated. Numbers are not reused within 30 days, so a person
//! and a number identify one reminder.

mod corrections;

use super::answers::{self, Answer, PromiseKind, PromiseText, lists};
use super::breach::Breaches;
use super::dues::{self, Series};
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText, ServiceText, made_ms};
use crate::people::{Due, Meaning};
use jiff::tz::TimeZone;

/// A promise to call a person.
#[derive(Debug)]
pub(super) struct Promise<'a> {
    pub(super) number: u32,
    pub(super) task: &'a str,
    /// The kind of request that created it.
    pub(super) kind: PromiseKind,
    pub(super) series: Option<Series>,
    /// Whether a correction of the zone moves it, because its time was read off the local clock.
    pub(super) is_local: bool,
    /// The zone in which its time was read.
    zone: TimeZone,
    /// The first due that a correction of its zone may have moved, in milliseconds: the answer to the correction was
    /// not seen, or the reminder was due at about the same time. Absent if it is certain which zone counts.
    pub(super) corrected_from_ms: Option<i64>,
    /// Whether it is a series that had rung before its first known answer, which is the answer to a RESUME: the same
    /// reminder goes on, at the same intervals.
    pub(super) had_begun: bool,
    /// The first due that such a series may have had before its first known answer, in milliseconds. Absent unless UNDO
    /// or RESTORE may have made the series anew: the answer to them names only its number.
    pub(super) began_ms: Option<i64>,
    /// The stated dues, in order. A series has only one stated due: the due of its first occurrence.
    pub(super) stated: Vec<StatedDue>,
    /// Occurrences of a series that a correction of its zone may have planned again long after their dues.
    pub(super) planned_again: Vec<PlannedAgain>,
    /// First delivery of the text that may have made it, in milliseconds. That text may have no answer.
    asked_ms: i64,
}

/// A due that an answer stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatedDue {
    pub(super) at_ms: i64,
    /// First delivery of the text that was answered, in milliseconds.
    pub(super) requested_ms: i64,
    pub(super) due_ms: i64,
    /// Whether it was read off the local clock.
    is_local: bool,
}

/// The occurrence of a series that was the last one to be due when a text moved the series to another zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlannedAgain {
    pub(super) due_ms: i64,
    /// First delivery of the text that moved the series, in milliseconds.
    pub(super) received_ms: i64,
    /// Until when it had certainly not begun, in milliseconds. Its answer was seen then, or no answer was seen.
    pub(super) known_ms: i64,
}

/// The promises to a person.
#[derive(Debug, Default)]
pub(super) struct Promises<'a> {
    pub(super) all: Vec<Promise<'a>>,
}

impl Promise<'_> {
    pub(super) fn name(&self) -> String {
        format!("#{} {}", self.number, self.task)
    }

    /// The zone in which its time was read.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// First deliveries of the texts whose answers made, moved or listed this promise.
    pub(super) fn named_ms<'e>(&'e self, history: &'e PersonHistory<'_>) -> impl Iterator<Item = i64> + 'e {
        let lists = history.answers.iter().filter_map(move |answer| {
            let text = &history.texts[answer.to?];
            let named = *text.meaning == Meaning::List && lists(answer.body, self.number);
            text.handed.first().copied().filter(|_| named)
        });
        self.stated.iter().map(|stated| stated.requested_ms).chain(lists)
    }

    /// Whether a correction of its zone may have moved it.
    pub(super) fn may_be_corrected(&self) -> bool {
        self.corrected_from_ms.is_some()
    }

    /// Notes that a correction of its zone may have moved each of its dues from this one on.
    fn may_be_corrected_from(&mut self, from_ms: i64) {
        self.corrected_from_ms = Some(self.corrected_from_ms.map_or(from_ms, |before_ms| before_ms.min(from_ms)));
    }

    /// The due that was stated last.
    pub(super) fn due_ms(&self) -> i64 {
        self.stated.last().map_or(i64::MAX, |stated| stated.due_ms)
    }

    /// The first due of its series, or its only due.
    pub(super) fn first_ms(&self) -> i64 {
        let stated_ms = self.due_ms();
        self.series.as_ref().map_or(stated_ms, |series| series.corrected_first(stated_ms))
    }

    /// The dues up to an instant: the last stated due of a one-off, or the dues of all occurrences of a series.
    pub(super) fn occurrences(&self, until_ms: i64) -> Vec<i64> {
        let first_ms = self.first_ms();
        let mut all = Vec::new();
        let mut next = Some(first_ms).filter(|due_ms| *due_ms <= until_ms);
        while let Some(due_ms) = next {
            all.push(due_ms);
            let series = self.series.as_ref();
            next = series.and_then(|series| series.next(first_ms, due_ms)).filter(|due_ms| *due_ms <= until_ms);
        }
        all
    }

    /// The due at which it rings again, by the words of an answer, and the zone in which the words state it. It must be
    /// a due that was stated before, or a due of its series.
    pub(super) fn due_again<'h>(
        &self,
        history: &'h PersonHistory<'_>,
        when: &str,
        requested_ms: i64,
        answer: &ServiceText<'_>,
    ) -> Option<(i64, &'h TimeZone)> {
        let is_known = |due_ms: i64| match &self.series {
            None => self.is_stated(due_ms) || self.is_moved_to(history, due_ms),
            Some(series) if self.had_begun => series.last_up_to(self.due_ms(), due_ms) == due_ms,
            Some(series) => series.current(self.due_ms(), due_ms) == due_ms,
        };
        // RESTORE reads its time in the zone that the person has named since then. UNDO of a move brings back the time
        // to which a correction of the zone had moved it.
        let is_moved = self.stated.iter().any(|stated| stated.is_local) && history.zones.len() > 1;
        said_due(history, when, requested_ms, answer, |due_ms| is_known(due_ms) || is_moved)
    }

    /// The place of the last stated due if an UNDO put that due back after a text that was received at this instant:
    /// the answer to the UNDO arrived before the answer to the move that it took back.
    fn put_back_after(&self, received_ms: i64) -> Option<usize> {
        let (last, before) = self.stated.split_last()?;
        let is_put_back = before.iter().any(|stated| stated.due_ms == last.due_ms);
        (is_put_back && last.requested_ms > received_ms).then_some(before.len())
    }

    /// Whether two of its dues were stated by answers to texts that were handled at the same time: a text was received
    /// before another text and answered after it. Then either of the two may have been obeyed last.
    pub(super) fn is_stated_at_once(&self) -> bool {
        self.stated.windows(2).any(|pair| pair[1].requested_ms < pair[0].requested_ms && pair[1].at_ms > pair[0].at_ms)
    }

    fn is_stated(&self, due_ms: i64) -> bool {
        self.stated.iter().any(|stated| stated.due_ms == due_ms)
    }

    /// Whether a MOVE by its number asks for this due. The answer to that text may have been refused, or arrive later.
    fn is_moved_to(&self, history: &PersonHistory<'_>, due_ms: i64) -> bool {
        let moves = history.texts.iter().filter(|text| text.meaning.moves(self.number));
        moves.flat_map(|text| dues::meant(text, &history.zones)).any(|window| window.holds(due_ms))
    }
}

/// The due that the words of an answer state, with the zone in which they are read.
fn said_due<'h>(
    history: &'h PersonHistory<'_>,
    when: &str,
    requested_ms: i64,
    answer: &ServiceText<'_>,
    is_due: impl Fn(i64) -> bool,
) -> Option<(i64, &'h TimeZone)> {
    let is_due = |due_ms: &i64| is_due(*due_ms) && is_so_far_away(when, *due_ms, requested_ms, answer.at_ms);
    history.zones.iter().find_map(|zone| {
        let mut day = dues::date_of(requested_ms, zone);
        let last = dues::date_of(answer.at_ms, zone);
        loop {
            if let Some(due_ms) = answers::instants(when, day, zone).into_iter().find(is_due) {
                return Some((due_ms, zone));
            }
            day = day.tomorrow().ok().filter(|day| *day <= last)?;
        }
    })
}

impl<'a> Promise<'a> {
    /// A promise that comes back by the answer to this text although no earlier answer has promised it: the answer to
    /// the text that asked for it did not arrive.
    fn that_was_asked_for(
        history: &PersonHistory<'a>,
        known: &[Self],
        promised: &PromiseText<'a>,
        back: &PersonText<'_>,
        answer: &ServiceText<'a>,
    ) -> Option<Self> {
        let requested_ms = back.first_ms();
        history.texts.iter().find_map(|text| {
            let is_local = match text.meaning {
                Meaning::Remind { task, due } if is_named(task, promised.task) => {
                    matches!(due, Due::At(_) | Due::Each(..))
                }
                // A snooze rings once, ten minutes after the key 2 on a call, or as many minutes after a text as it
                // says. The answer to the key is lost if the call ends meanwhile. The answer to the text may arrive
                // after this answer.
                Meaning::Snooze(_) if text.may_be_about(promised.task) && !promised.repeats => false,
                // The MOVE of an occurrence also makes a reminder that rings once.
                Meaning::Move(number, _) if !promised.repeats && may_have_task(known, *number, promised.task) => false,
                _ => return None,
            };
            let windows = dues::meant(text, &history.zones);
            let is_meant = |due_ms| promised.repeats || windows.iter().any(|window| window.holds(due_ms));
            let (due_ms, zone) = said_due(history, promised.when, requested_ms, answer, is_meant)?;
            let first_ms = windows.first().map_or(due_ms, |window| window.from_ms);
            // UNDO and RESTORE make a new reminder. RESUME continues the reminder that the first text made.
            let is_same = matches!(back.meaning, Meaning::Resume(_));
            let series = Series::of(text.meaning, zone).map(|series| series.from(first_ms, due_ms));
            Some(Promise {
                number: promised.number,
                task: promised.task,
                kind: PromiseKind::Back,
                had_begun: is_same && series.as_ref().is_some_and(|series| !series.is_local()),
                began_ms: None,
                series,
                is_local,
                zone: zone.clone(),
                corrected_from_ms: (is_local && history.zones.len() > 1).then_some(i64::MIN),
                stated: vec![StatedDue { at_ms: answer.at_ms, requested_ms, due_ms, is_local }],
                planned_again: Vec::new(),
                asked_ms: if is_same { text.first_ms() } else { requested_ms },
            })
        })
    }
}

impl Promise<'_> {
    /// First delivery of the text that may have made it. If the answer that made it was not seen, a moved reminder may
    /// be the reminder that an earlier text asked for.
    fn asked_ms(&self, history: &PersonHistory<'_>) -> i64 {
        let stated_ms = self.stated.iter().map(|stated| stated.requested_ms).min().unwrap_or(i64::MIN);
        let asked = history.texts.iter().filter(|text| match text.meaning {
            Meaning::Remind { task, .. } => is_named(task, self.task),
            _ => false,
        });
        let first_ms = asked.filter_map(|text| text.handed.first().copied()).min();
        if matches!(self.kind, PromiseKind::Created | PromiseKind::Back) {
            stated_ms
        } else {
            first_ms.unwrap_or(stated_ms).min(stated_ms)
        }
    }

    /// Whether the reminder of this id may be this promise: its id, a ULID, tells when it was made.
    pub(super) fn was_made_as(&self, reminder: &str) -> bool {
        let Some(first) = self.stated.first() else { return false };
        let answered_ms = self.stated.iter().map(|stated| stated.at_ms).min().unwrap_or(first.at_ms);
        made_ms(reminder).is_some_and(|made_ms| (self.asked_ms..=answered_ms).contains(&made_ms))
    }
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
        let asked = (0..history.texts.len())
            .filter(|text| answer.to.map_or(!history.texts[*text].is_key(), |to| to == *text))
            .find_map(|text| Some((text, due(history, &history.texts[text], &promised, answer.at_ms)?)));
        let Some((text, (due_ms, zone))) = asked else {
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

/// The due of a promise and the zone of its words, if this text asked for it.
pub(super) fn due<'h>(
    history: &'h PersonHistory<'_>,
    text: &PersonText<'_>,
    promised: &PromiseText<'_>,
    at_ms: i64,
) -> Option<(i64, &'h TimeZone)> {
    let fits = match (text.meaning, promised.kind) {
        (Meaning::Remind { task, due }, PromiseKind::Created) => {
            is_named(task, promised.task) && promised.repeats == matches!(due, Due::Each(..) | Due::Every(..))
        }
        (Meaning::Move(..), PromiseKind::Moved) | (Meaning::Snooze(_), PromiseKind::Snoozed) => !promised.repeats,
        _ => false,
    };
    let first = text.handed.first().filter(|_| fits)?;
    last_named_first(history, *first).into_iter().find_map(|zone| {
        let windows = dues::meant(text, std::slice::from_ref(zone));
        let is_meant = |due_ms: &i64| {
            windows.iter().any(|window| window.holds(*due_ms)) && is_so_far_away(promised.when, *due_ms, *first, at_ms)
        };
        let mut day = dues::date_of(*first, zone);
        let last = dues::date_of(at_ms, zone);
        loop {
            if let Some(due_ms) = answers::instants(promised.when, day, zone).into_iter().find(is_meant) {
                return Some((due_ms, zone));
            }
            day = day.tomorrow().ok().filter(|day| *day <= last)?;
        }
    })
}

/// The zones of a person, beginning with the one that the person had named last at this instant. The same words may
/// mean the same instant in two zones: in summer, Phoenix has the time of Los Angeles.
fn last_named_first<'h>(history: &'h PersonHistory<'_>, at_ms: i64) -> Vec<&'h TimeZone> {
    let named_ms = |zone: &TimeZone| {
        let names = |text: &&PersonText<'_>| match text.meaning {
            Meaning::Zone(place) => zone.iana_name() == Some(place.zone),
            _ => false,
        };
        let named = history.texts.iter().filter(names).flat_map(|text| text.handed.first());
        named.copied().filter(|named_ms| *named_ms <= at_ms).max()
    };
    let mut zones: Vec<&TimeZone> = history.zones.iter().collect();
    zones.sort_by_key(|zone| std::cmp::Reverse(named_ms(zone)));
    zones
}

/// Whether the wait that a promise states ends at its due. The wait begins between the first delivery of the text and
/// the answer.
fn is_so_far_away(when: &str, due_ms: i64, handed_ms: i64, at_ms: i64) -> bool {
    let Some(wait) = answers::wait(when) else { return true };
    let slack_ms = wait.rounded_ms + dues::CLOCK_MS;
    (handed_ms - slack_ms..=at_ms + slack_ms).contains(&(due_ms - wait.wait_ms))
}

/// Whether the reminder of this number may have this task. If no answer has named the number yet, it may have any task.
fn may_have_task(known: &[Promise<'_>], number: u32, task: &str) -> bool {
    known.iter().find(|known| known.number == number).is_none_or(|known| known.task == task)
}

/// Whether an answer names the task of a text. Words such as "every day" may still be part of the task if the service
/// did not understand them.
fn is_named(meant: &str, said: &str) -> bool {
    said == meant || said.strip_prefix(meant).is_some_and(|rest| rest.starts_with(' '))
}

/// The first delivery of the first UNDO or RESTORE, if it came before this RESUME: it may have made the reminder that
/// goes on. `None` for any other text, because UNDO and RESTORE make a reminder themselves.
fn made_anew_before(history: &PersonHistory<'_>, resume: &PersonText<'_>) -> Option<i64> {
    let is_back = |text: &&PersonText<'_>| matches!(text.meaning, Meaning::Undo | Meaning::Restore);
    let made_ms = history.texts.iter().filter(is_back).map(PersonText::first_ms).min();
    made_ms.filter(|made_ms| matches!(resume.meaning, Meaning::Resume(_)) && *made_ms < resume.first_ms())
}

impl<'a> Promises<'a> {
    /// Adds the reminders that ring again by this answer. UNDO and RESTORE make new reminders, with new numbers.
    /// RESUME, and UNDO of a move or a skip, change the old reminders.
    fn come_back(
        &mut self,
        history: &PersonHistory<'a>,
        answer: &ServiceText<'a>,
        back: &[PromiseText<'a>],
        breaches: &mut Breaches,
    ) {
        let meant =
            |text: &&PersonText<'_>| matches!(text.meaning, Meaning::Undo | Meaning::Restore | Meaning::Resume(_));
        let mut asked = history.texts.iter().enumerate();
        let asked = asked.find(|(place, text)| answer.to.map_or(meant(text), |to| to == *place) && meant(text));
        let Some((_, text)) = asked else {
            breaches.add("G1", || format!("no text asked for the answer {:?}", answer.body));
            return;
        };
        let requested_ms = text.first_ms();
        for promised in back {
            let same = |known: &&Promise<'a>| known.number == promised.number;
            let due = |old: &Promise<'_>| old.due_again(history, promised.when, requested_ms, answer);
            // Several reminders may have the same task: a series, and an occurrence of the series that was moved.
            let named = self.all.iter().rev().filter(|known| known.task == promised.task);
            let old = match self.all.iter().find(same) {
                Some(old) => due(old).map(|due| (old, due)),
                None => named.into_iter().find_map(|old| due(old).map(|due| (old, due))),
            };
            let Some((old, (due_ms, zone))) = old else {
                match Promise::that_was_asked_for(history, &self.all, promised, text, answer) {
                    Some(again) => self.add_back(again),
                    None => {
                        breaches.add("G1", || format!("nothing that was promised comes back: {:?}", answer.body));
                    }
                }
                continue;
            };
            let is_local = old.is_local && (old.is_stated(due_ms) || !old.is_moved_to(history, due_ms));
            let stated = StatedDue { at_ms: answer.at_ms, requested_ms, due_ms, is_local };
            if old.number != promised.number {
                // RESUME makes no reminder: it resumes a reminder that an earlier UNDO or RESTORE made.
                let made_ms = made_anew_before(history, text);
                let is_interval = old.series.as_ref().is_some_and(|series| !series.is_local());
                let had_begun = made_ms.is_some() && is_interval;
                let again = Promise {
                    number: promised.number,
                    task: promised.task,
                    kind: PromiseKind::Back,
                    // After a correction of the zone, its times are read in the new zone, and the answer names that
                    // zone.
                    series: old.series.as_ref().map(|series| series.from(old.first_ms(), due_ms).read_in(zone)),
                    is_local,
                    zone: zone.clone(),
                    corrected_from_ms: old.corrected_from_ms,
                    had_begun,
                    began_ms: Some(old.first_ms()).filter(|_| had_begun),
                    stated: vec![stated],
                    planned_again: Vec::new(),
                    asked_ms: made_ms.unwrap_or(requested_ms),
                };
                self.all.push(again);
            } else if let Some(known) = self.all.iter_mut().find(|known| known.number == promised.number)
                && known.series.is_none()
            {
                // UNDO of a move plans it again at the due before the move. That due is local again if it was local
                // then. The answer to the move may arrive later.
                known.is_local = known.stated.iter().any(|before| before.due_ms == due_ms && before.is_local);
                known.stated.push(StatedDue { is_local: known.is_local, ..stated });
            }
        }
    }

    /// Adds a promise that comes back although no earlier answer has promised it. A one-off with a known number and
    /// task is the same reminder: an answer that names no due had brought it back, and it was moved since then.
    fn add_back(&mut self, again: Promise<'a>) {
        let is_it = |known: &&mut Promise<'_>| {
            known.number == again.number && known.task == again.task && known.series.is_none() && again.series.is_none()
        };
        let Some(known) = self.all.iter_mut().find(is_it) else {
            self.all.push(again);
            return;
        };
        known.is_local = again.is_local;
        known.zone = again.zone;
        if let Some(from_ms) = again.corrected_from_ms {
            known.may_be_corrected_from(from_ms);
        }
        known.stated.extend(again.stated);
    }

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
        // A repeated answer states the same due again, although the due may have changed since then.
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
        } else if let Some(place) = known.put_back_after(stated.requested_ms) {
            known.stated.insert(place, stated);
        } else {
            known.is_local = false;
            known.stated.push(stated);
        }
    }

    /// G2: a text creates one reminder. Only a move or a snooze creates another reminder with the same task.
    fn are_few(&self, history: &PersonHistory<'_>, breaches: &mut Breaches) {
        let made = self.all.iter().filter(|promise| promise.kind == PromiseKind::Created);
        for promise in made.clone() {
            let times = made.clone().filter(|other| other.task == promise.task).count();
            let asks = |text: &&PersonText<'_>| matches!(text.meaning, Meaning::Remind { task, .. } if is_named(task, promise.task));
            let asked = history.texts.iter().filter(asks).count();
            breaches.unless(times <= asked, "G2", || {
                format!("{} was made {times} times, and asked for {asked} times", promise.name())
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
