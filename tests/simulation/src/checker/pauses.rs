//! The pauses of a series, as the texts about them state them.

mod missed;

use super::alarms::FAILED;
use super::answers;
use super::dues::{self, SKEW_MS, Series};
use super::evidence::Evidence;
use super::person_history::{Answered, CallRequest, PersonHistory, PersonText, TextRequest, replaces_a_call};
use super::promise::Promise;
use super::traces::{self, Trace};
use crate::faults::Fault;
use crate::people::{Meaning, numbers};
use jiff::tz::TimeZone;
use missed::{missed_before, missed_by, was_not_paused};
use std::iter;

/// Longest run of a function, in milliseconds.
const RUN_MS: i64 = 20_000;

/// How long after an acknowledged key a text may still be requested, in milliseconds: its function had already started.
pub(super) const UNDER_WAY_MS: i64 = 21_000;

/// A pause of a series whose calls were not picked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pause {
    /// Due of the last occurrence before the pause.
    pub(super) due_ms: i64,
    /// When the text about the pause was first requested, or when the last occurrence was missed if no text was.
    pub(super) texted_ms: i64,
    /// When an answer said that the series rings again, or a call or a text about a later occurrence showed it.
    pub(super) resumed_ms: i64,
}

/// Words of the text about a pause, which replaces the last call before it.
pub(super) const IS_PAUSED: &str = "so it is paused. Text RESUME ";

/// Number of occurrences in a row that are missed before a pause.
const MISSED_IN_ROW: usize = 5;

/// Whether a text says that the series of this number is paused. Another series may have the same task.
pub(super) fn is_about_pause(body: &str, promise: &Promise<'_>) -> bool {
    body.contains(promise.task) && body.contains(&format!("{IS_PAUSED}{} ", promise.number))
}

/// The pauses of a series, as texts state them. The calls before such a text belong to the last occurrence before the
/// pause, or to earlier occurrences.
///
/// A text that did not arrive is tried again, even after a RESUME. The text about another pause has the same words, but
/// between two pauses five occurrences are due. `others_ms` are the dues of the person's other reminders with the same
/// task.
pub(super) fn of(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    own: &[&Trace<'_>],
    possible: &[&Trace<'_>],
    others_ms: &[i64],
) -> Vec<Pause> {
    let mut pauses: Vec<Pause> = Vec::new();
    let Some(series) = &promise.series else { return pauses };
    for request in history.text_requests.iter().filter(|request| is_about_pause(request.body, promise)) {
        if pauses.last().is_some_and(|last| request.at_ms < last.resumed_ms) {
            continue;
        }
        let calls = possible.iter().flat_map(|trace| &trace.call_requests).map(|call| call.claimed_ms());
        let before: Vec<i64> = calls.filter(|called_ms| *called_ms < request.at_ms).collect();
        let due_ms = last_due(evidence, history, promise, series, request, own, &before);
        let next = |due_ms: i64, _| series.next(promise.first_ms(), due_ms);
        let is_another =
            |last: &Pause| (0..MISSED_IN_ROW).try_fold(last.due_ms, next).is_some_and(|fifth_ms| fifth_ms <= due_ms);
        if pauses.last().is_some_and(|last| !is_another(last)) {
            continue;
        }
        let resumed =
            history.answers.iter().filter(|answer| answer.at_ms > request.at_ms && answer.is_resumed(promise.number));
        // A call proves that the series rings again, even if the answer did not arrive. A call that may be about
        // another reminder proves it only if a text or a key of the person may have resumed the series before.
        let after_ms = request.at_ms + UNDER_WAY_MS;
        let resuming =
            history.texts.iter().zip(&history.answered).filter(|(text, answered)| {
                text.first_ms() > request.at_ms && resumes(history, promise, text, answered)
            });
        let resuming_ms = resuming.map(|(text, _)| text.first_ms()).min().unwrap_or(i64::MAX);
        let calls = |traces: &[&Trace<'_>]| {
            let calls = traces.iter().flat_map(|trace| &trace.call_requests).map(|call| call.claimed_ms());
            calls.filter(|called_ms| *called_ms > after_ms).collect::<Vec<_>>()
        };
        let possible_calls = calls(possible).into_iter().filter(|called_ms| *called_ms > resuming_ms);
        let called_ms = calls(own).into_iter().chain(possible_calls).min();
        let texted_ms = next_texted_due(history, promise, series, request, others_ms);
        let resumed_ms = resumed.map(|answer| answer.at_ms).chain(called_ms).chain(texted_ms).min();
        pauses.push(Pause { due_ms, texted_ms: request.at_ms, resumed_ms: resumed_ms.unwrap_or(i64::MAX) });
    }
    pauses
}

/// The first due after the text about a pause that a replacement text names, if only this series was due then.
///
/// A paused series owes neither calls nor texts. So a text about an occurrence that was due later proves that the
/// series had been resumed by then, even if no answer names the series and its calls may be about another reminder.
/// Not only RESUME resumes a series: SNOOZE, MOVE, "done" and a key do so too if they are about the occurrence before
/// the pause.
fn next_texted_due(
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    series: &Series,
    paused: &TextRequest<'_>,
    others_ms: &[i64],
) -> Option<i64> {
    let later = history.text_requests.iter().filter(|request| request.at_ms > paused.at_ms);
    let about = later.filter(|request| replaces_a_call(request.body) && request.body.contains(promise.task));
    about
        .flat_map(|request| named_dues(history, request.at_ms, request.body))
        .filter(|due_ms| *due_ms > paused.at_ms + SKEW_MS)
        .filter(|due_ms| series.current(promise.due_ms(), *due_ms) == *due_ms)
        .filter(|due_ms| promise.others_due_at(*due_ms, history, others_ms) == 0)
        .min()
}

/// Whether a text, or the key that it stands for, may have resumed this series if it was paused.
fn resumes(history: &PersonHistory<'_>, promise: &Promise<'_>, text: &PersonText<'_>, answered: &Answered) -> bool {
    let is_about = text.is_key() || matches!(text.meaning, Meaning::Done | Meaning::DoneWith(_));
    let names = |place: usize| numbers(history.answers[place].body).contains(&promise.number);
    match (text.meaning, answered) {
        (Meaning::Resume(number), _) => *number == promise.number && !was_not_paused(history, answered),
        (_, Answered::With(place)) if !text.is_key() => is_about && names(*place),
        _ => is_about && text.may_be_about(promise.task),
    }
}

/// The pauses of a series without a request for the text about them: the tries were counted, but a fault stopped each
/// of them before its request.
///
/// A series is paused after five occurrences in a row in which no person picked up, even if the text about the pause
/// can't be sent. A paused series owes no call. The failure of the text raises an alarm. So the calls must show the
/// fifth of these occurrences, a later alarm must name the reminder, and no call may follow before a RESUME whose answer
/// says that the series is resumed. `own` is the only reminder with this task.
pub(super) fn without_a_text(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    own: &Trace<'_>,
    pauses: &[Pause],
) -> Vec<Pause> {
    let resumed = history.texts.iter().zip(&history.answered).filter(|(text, answered)| match answered {
        Answered::With(place) => {
            matches!(text.meaning, Meaning::Resume(_)) && history.answers[*place].is_resumed(promise.number)
        }
        Answered::Refused | Answered::No => false,
    });
    let until = resumed.map(|(text, _)| text.first_ms()).chain([i64::MAX]);
    let last_before = |until_ms: i64| {
        let requests = own.call_requests.iter().filter(|request| request.claimed_ms() < until_ms);
        requests.copied().max_by_key(|request| request.claimed_ms())
    };
    let mut last: Vec<&CallRequest<'_>> = until.filter_map(last_before).collect();
    last.dedup_by_key(|request| request.claimed_ms());
    last.into_iter().filter_map(|last| pause_after(evidence, history, promise, own, pauses, last)).collect()
}

/// The pause after the occurrence of this request, if no text was requested about it.
fn pause_after(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    own: &Trace<'_>,
    pauses: &[Pause],
    last: &CallRequest<'_>,
) -> Option<Pause> {
    let series = promise.series.as_ref()?;
    let missed_ms = missed_by(own, last)?;
    let is_it = |pause: &Pause| pause.due_ms <= last.claimed_ms() + SKEW_MS && pause.resumed_ms > last.claimed_ms();
    let is_known = pauses.iter().any(is_it);
    let is_alarmed = evidence.alarms.iter().any(|alarm| {
        alarm.words.starts_with(FAILED)
            && alarm.reminder == Some(own.key.reminder.as_str())
            && alarm.outgoing.is_some()
            && alarm.at_ms > missed_ms
    });
    if is_known || !is_alarmed || missed_before(evidence, history, promise, own, last) + 1 < MISSED_IN_ROW {
        return None;
    }
    let resumed = history.answers.iter().filter(|answer| answer.at_ms > missed_ms && answer.is_resumed(promise.number));
    let resumed_ms = resumed.map(|answer| answer.at_ms).min().unwrap_or(i64::MAX);
    let due_ms = series.last_up_to(promise.due_ms(), last.claimed_ms());
    Some(Pause { due_ms, texted_ms: missed_ms, resumed_ms })
}

/// The due of the last occurrence before a pause. In a fast series it is the first due after the previous occurrence's
/// text, unless a later text names that due. If that text was delayed and a call shows that the next occurrence had rung by
/// then, it is that occurrence. The calls may come so late that more occurrences are due by then. A call
/// before the previous text does not count: it belongs to an earlier occurrence or to another reminder. If there is no
/// previous text, the last call decides.
fn last_due(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    series: &Series,
    paused: &TextRequest<'_>,
    own: &[&Trace<'_>],
    calls: &[i64],
) -> i64 {
    let last_ms = calls.iter().copied().max().unwrap_or(paused.at_ms);
    // A call comes before its due only if a clock is ahead. Otherwise it belongs to the previous occurrence.
    let is_ahead = evidence.injected_between(&[Fault::ClockSkew], last_ms - RUN_MS, last_ms);
    let of_last_call = series.last_up_to(promise.due_ms(), last_ms + if is_ahead { SKEW_MS } else { 0 });
    if !series.is_fast() {
        return of_last_call;
    }
    let mut first_requests: Vec<&TextRequest<'_>> = Vec::new();
    for request in history.text_requests.iter().filter(|request| request.at_ms < paused.at_ms) {
        let is_before =
            replaces_a_call(request.body) && request.body.contains(promise.task) && request.body != paused.body;
        if is_before && first_requests.iter().all(|first| first.body != request.body) {
            first_requests.push(request);
        }
    }
    let Some(last_text) = first_requests.last() else { return of_last_call };
    let since_ms = over_before_its_text(history, promise, series, own, &first_requests).unwrap_or(last_text.at_ms);
    let first_ms = calls.iter().copied().filter(|called_ms| *called_ms >= since_ms).min().unwrap_or(paused.at_ms);
    let next = |due_ms: &i64| series.next(promise.first_ms(), *due_ms);
    let is_begun = |due_ms: &i64| *due_ms <= first_ms + SKEW_MS;
    let mut dues = iter::successors(next(&series.last_up_to(promise.due_ms(), since_ms)), next).take_while(is_begun);
    let Some(next_ms) = dues.clone().next() else { return of_last_call };
    let is_said = |due_ms: &i64| says_after(history, promise, paused, *due_ms);
    dues.find(|due_ms| !is_said(due_ms)).unwrap_or(next_ms)
}

/// An instant at which the occurrence of the last of these texts was over although its text was requested later: just
/// before the next due. Faults delayed the text, and a call shows that the next occurrence has rung meanwhile. `None` if
/// no call shows it, or if a text about the next occurrence was requested too.
fn over_before_its_text(
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    series: &Series,
    own: &[&Trace<'_>],
    first_requests: &[&TextRequest<'_>],
) -> Option<i64> {
    let last_text = first_requests.last()?;
    let names = |request: &TextRequest<'_>| named_dues(history, request.at_ms, request.body);
    let is_due = |due_ms: &i64| series.last_up_to(promise.due_ms(), *due_ms) == *due_ms;
    names(last_text).into_iter().filter(is_due).find_map(|due_ms| {
        let next_ms = series.next(promise.first_ms(), due_ms)?;
        let later_ms = series.next(promise.first_ms(), next_ms).unwrap_or(i64::MAX);
        let is_texted = first_requests.iter().any(|request| names(request).contains(&next_ms));
        let until_ms = last_text.at_ms.min(later_ms - SKEW_MS);
        (!is_texted && traces::has_rung_again(own, due_ms, next_ms, until_ms)).then_some(next_ms - 1)
    })
}

/// Whether a text that was requested after the text about a pause names this due itself. An occurrence ends with one
/// text, which carriers may delay for longer than the text about a later occurrence. So if there is such a text, the
/// occurrence with this due is not the last occurrence before the pause.
fn says_after(history: &PersonHistory<'_>, promise: &Promise<'_>, paused: &TextRequest<'_>, due_ms: i64) -> bool {
    let later = history.text_requests.iter().filter(|request| request.at_ms > paused.at_ms);
    later
        .filter(|request| replaces_a_call(request.body) && request.body.contains(promise.task))
        .any(|request| named_dues(history, request.at_ms, request.body).contains(&due_ms))
}

/// The instants that the words of a replacement text may name: a date and time, as each of the person's zones reads it.
pub(super) fn named_dues(history: &PersonHistory<'_>, said_ms: i64, body: &str) -> Vec<i64> {
    let Some(when) = answers::was_due(body) else { return Vec::new() };
    // A date without a year is read as of the day on which the words were written, or the day before. The due had
    // passed when they were written.
    let due = |zone: &TimeZone| {
        let day = dues::date_of(said_ms, zone);
        let has_passed = |due_ms: &i64| *due_ms <= said_ms + SKEW_MS;
        let dues = [Some(day), day.yesterday().ok()].into_iter().flatten();
        dues.filter_map(|day| answers::instant(when, day, zone)).find(has_passed)
    };
    history.zones.iter().filter_map(due).collect()
}
