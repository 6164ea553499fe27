//! The due that the words of an answer state, and the task that they name.

use std::iter;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::answers::{self, PromiseKind, PromiseText};
use super::dues;
use super::person_history::{PersonHistory, PersonText, ServiceText};
use crate::people::{Due, Meaning};

/// The due that an answer promises, and the zone in which its words are read. `None` if this text did not ask for that
/// due. `at_ms` is when the text was handled.
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
    text.handed.first().filter(|_| fits)?;
    let from_ms = written_from_ms(text.first_ms(), at_ms);
    let zones = match (text.meaning, promised.kind) {
        (Meaning::Remind { due: Due::At(_) | Due::Each(..), .. }, PromiseKind::Created) => {
            home(history, at_ms).into_iter().collect()
        }
        _ => last_named_first(history, at_ms),
    };
    zones.into_iter().find_map(|zone| {
        let windows = dues::meant(text, std::slice::from_ref(zone));
        let is_meant = |due_ms: &i64| {
            windows.iter().any(|window| window.holds(*due_ms)) && is_so_far_away(promised.when, *due_ms, from_ms, at_ms)
        };
        first_by_words(promised.when, zone, from_ms, at_ms, is_meant).map(|due_ms| (due_ms, zone))
    })
}

/// The earliest instant at which an answer that was stored at `stored_ms` may have been written, in milliseconds: in
/// the run that stored it, and not before the receipt of the text.
pub(super) fn written_from_ms(received_ms: i64, stored_ms: i64) -> i64 {
    /// Longest time from the decision about a text until it is stored, in milliseconds: a run, and the minute for which
    /// a write may be on its way.
    const STORED_MS: i64 = (20 + 60) * 1000;
    received_ms.max(stored_ms - STORED_MS)
}

/// The due for which `is_due` holds and that the words of an answer state, and the zone in which the words are read.
pub(super) fn said_due<'h>(
    history: &'h PersonHistory<'_>,
    when: &str,
    requested_ms: i64,
    answer: &ServiceText<'_>,
    is_due: impl Fn(i64) -> bool,
) -> Option<(i64, &'h TimeZone)> {
    let from_ms = written_from_ms(requested_ms, answer.at_ms);
    let is_due = |due_ms: &i64| is_due(*due_ms) && is_so_far_away(when, *due_ms, from_ms, answer.at_ms);
    history
        .zones
        .iter()
        .find_map(|zone| first_by_words(when, zone, from_ms, answer.at_ms, is_due).map(|due_ms| (due_ms, zone)))
}

/// The first due that the words of an answer may state in a zone and for which `is_due` holds. A day such as "today" is
/// counted from each day between the receipt of the text and its answer.
pub(super) fn first_by_words(
    when: &str,
    zone: &TimeZone,
    received_ms: i64,
    answered_ms: i64,
    is_due: impl Fn(&i64) -> bool,
) -> Option<i64> {
    let last = dues::date_of(answered_ms, zone);
    let next = |day: &Date| day.tomorrow().ok().filter(|day| *day <= last);
    let mut days = iter::successors(Some(dues::date_of(received_ms, zone)), next);
    days.find_map(|day| answers::instants(when, day, zone).into_iter().find(&is_due))
}

/// The zone in which the service reads a new time of day at this instant: the zone that the text about a zone that it
/// obeyed last has named, or else the guessed zone. The zone is written in one transaction with the answer to that text.
fn home<'h>(history: &'h PersonHistory<'_>, at_ms: i64) -> Option<&'h TimeZone> {
    let named = |text: &PersonText<'_>| match (text.meaning, text.stored) {
        (Meaning::Zone(place), Some((handled_ms, answer))) if answer.starts_with("OK, ") => {
            Some((handled_ms, place.zone))
        }
        _ => None,
    };
    let before = history.texts.iter().filter_map(named).filter(|(handled_ms, _)| *handled_ms <= at_ms);
    match before.max_by_key(|(handled_ms, _)| *handled_ms) {
        Some((_, name)) => history.zones.iter().find(|zone| zone.iana_name() == Some(name)),
        None => history.zones.first(),
    }
}

/// The zones of a person, beginning with the zone that the person had named last by this instant. The order matters
/// because the same words may mean the same instant in two zones: in summer, Phoenix has the time of Los Angeles.
fn last_named_first<'h>(history: &'h PersonHistory<'_>, at_ms: i64) -> Vec<&'h TimeZone> {
    let named_ms = |zone: &TimeZone| {
        let names = |text: &&PersonText<'_>| match text.meaning {
            Meaning::Zone(place) => zone.iana_name() == Some(place.zone),
            _ => false,
        };
        let handled = history.texts.iter().filter(names).filter_map(PersonText::handled_ms);
        handled.filter(|handled_ms| *handled_ms <= at_ms).max()
    };
    let mut zones: Vec<&TimeZone> = history.zones.iter().collect();
    zones.sort_by_key(|zone| std::cmp::Reverse(named_ms(zone)));
    zones
}

/// Whether the wait that an answer states ends at this due. The wait begins when the answer is written, which is
/// between `from_ms` and `to_ms`.
fn is_so_far_away(when: &str, due_ms: i64, from_ms: i64, to_ms: i64) -> bool {
    let Some(wait) = answers::wait(when) else { return true };
    let slack_ms = wait.rounded_ms + dues::CLOCK_MS;
    (from_ms - slack_ms..=to_ms + slack_ms).contains(&(due_ms - wait.wait_ms))
}

/// Whether an answer names the task of a text. Words such as "every day" may still be part of the task if the service
/// did not understand them.
pub(super) fn is_named(meant: &str, said: &str) -> bool {
    said == meant || said.strip_prefix(meant).is_some_and(|rest| rest.starts_with(' '))
}
