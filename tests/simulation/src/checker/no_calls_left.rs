//! What a number hears and gets once it has had all calls that an unconfirmed number gets: honest answers, and a pause of
//! each series instead of texts without end.

use super::answers::{CONFIRMED, promises_call, promises_text};
use super::breach::Breaches;
use super::call_limits::{UNCONFIRMED, is_reached_before_confirmation, may_have_none_left};
use super::dues::{LATEST_MS, SKEW_MS};
use super::evidence::Evidence;
use super::pauses::{self, IS_PAUSED, MISSED_IN_ROW, Pause};
use super::person_history::{PersonHistory, PersonText, ServiceText, TextRequest, UNCALLED, replaces_a_call};
use super::promise::Promise;
use crate::people::{self, Meaning};

/// Judges the answers to a person.
pub(super) fn judge(evidence: &Evidence<'_>, history: &PersonHistory<'_>, breaches: &mut Breaches) {
    for answer in &history.answers {
        let Some(text) = answer.to.map(|to| &history.texts[to]).filter(|_| !answer.body.starts_with(CONFIRMED)) else {
            continue;
        };
        is_honest(evidence, history, text, answer, breaches);
        is_no_false_denial(evidence, history, text, answer, breaches);
    }
}

/// G1: if a number has certainly had its three calls, and was certainly not confirmed, an answer promises no call, and an
/// answer that promises a text instead tells the code. An answer that is spoken must not tell the code: the number of a
/// caller can be forged.
fn is_honest(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    text: &PersonText<'_>,
    answer: &ServiceText<'_>,
    breaches: &mut Breaches,
) {
    let has_none = has_certainly_none(evidence, history, text.first_ms(), answer.at_ms);
    let who = history.who;
    breaches.unless(!has_none || !promises_call(answer.body), "G1", || {
        format!(
            "person {who} was promised a call, although an unconfirmed number had had {UNCONFIRMED}: {}",
            answer.body
        )
    });
    let tells = people::code(answer.body).is_some();
    breaches.unless(!promises_text(answer.body) || tells || text.is_key(), "G1", || {
        format!("person {who} was promised a text, and not told how to get calls: {}", answer.body)
    });
    breaches.unless(!tells || !text.is_key(), "bound", || {
        format!("person {who} was told a code on a call: {}", answer.body)
    });
}

/// Whether the carrier had accepted three calls before `from_ms`, and the number was certainly not confirmed at `to_ms`.
fn has_certainly_none(evidence: &Evidence<'_>, history: &PersonHistory<'_>, from_ms: i64, to_ms: i64) -> bool {
    let is_accepted = |claim| history.calls.iter().any(|call| call.claim == claim);
    let before = history.call_requests.iter().filter(|request| request.at_ms < from_ms - SKEW_MS);
    let calls = before.filter(|request| is_accepted(request.claim)).count();
    let mut keys_ms = history.calls.iter().flat_map(|call| &call.pressed).map(|(at_ms, _)| *at_ms);
    let mut stored = history.texts.iter().filter_map(|text| text.stored);
    calls >= UNCONFIRMED
        && !keys_ms.any(|at_ms| at_ms <= to_ms)
        && !stored.any(|(at_ms, answer)| at_ms <= to_ms && answer.starts_with(CONFIRMED))
        && !evidence.is_person_confirmed_at(history.who, to_ms)
}

/// G1: an answer says that no calls are left only if the person has had three calls, and was not certainly confirmed when
/// the text came.
fn is_no_false_denial(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    text: &PersonText<'_>,
    answer: &ServiceText<'_>,
    breaches: &mut Breaches,
) {
    let denies = promises_text(answer.body) || people::code(answer.body).is_some();
    let is_true = || may_have_none_left(evidence, history, text.first_ms(), answer.at_ms);
    breaches.unless(!denies || is_true(), "G1", || {
        format!("person {} was denied calls, although they had some left: {}", history.who, answer.body)
    });
}

/// The dues of a series of which a text legally replaces the call, because the unconfirmed number had had all its calls.
/// After a RESUME, the dues before it are known only from texts that name them.
pub(super) fn uncalled_dues(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    pauses: &[Pause],
) -> Vec<i64> {
    if pauses.is_empty() {
        return Vec::new();
    }
    let is_uncalled = |due_ms: &i64| is_reached_before_confirmation(evidence, history, *due_ms, *due_ms + LATEST_MS);
    let named = history
        .text_requests
        .iter()
        .filter(|request| replaces_a_call(request.body) && request.body.contains(promise.task))
        .flat_map(|request| pauses::named_dues(history, request.at_ms, request.body));
    let dues = promise.occurrences(evidence.remains.end_ms).into_iter().chain(named);
    dues.chain(pauses.iter().map(|pause| pause.due_ms)).filter(is_uncalled).collect()
}

/// The bound on texts about a series whose number has no calls left: after five such occurrences in a row it is paused, so
/// only four of them have a text that names a due. A text or a key of the person that may acknowledge or change a reminder
/// restarts the count, and so may a call.
pub(super) fn judge_series(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    pauses: &[Pause],
    others_ms: &[i64],
    breaches: &mut Breaches,
) {
    let Some(series) = promise.series.as_ref().filter(|_| !promise.may_be_corrected()) else { return };
    // A function may have died after it counted its call, and before it requested the call.
    let counted = evidence.remains.counted.iter().filter(|counted| evidence.is_of(&counted.reminder, history.who));
    let requested_ms = history.call_requests.iter().map(|request| request.at_ms);
    let called_ms = requested_ms.chain(counted.map(|counted| counted.at_ms)).max().unwrap_or(i64::MIN);
    let is_its = |due_ms: &i64| {
        let goes_on = series.next(promise.first_ms(), *due_ms).is_some();
        let is_due = series.last_up_to(promise.due_ms(), *due_ms) == *due_ms;
        goes_on && is_due && *due_ms > called_ms && !others_ms.contains(due_ms)
    };
    let is_instead =
        |body: &str| body.starts_with(UNCALLED) && body.contains(promise.task) && !body.contains(IS_PAUSED);
    let texted = history.text_requests.iter().filter(|request| is_instead(request.body));
    // In several zones, the words may name several dues of the series.
    let only_due = |request: &TextRequest<'_>| {
        let mut named = pauses::named_dues(history, request.at_ms, request.body);
        named.retain(is_its);
        named.dedup();
        let [due_ms] = named[..] else { return None };
        Some((due_ms, request.at_ms))
    };
    let mut dues: Vec<(i64, i64)> = texted.filter_map(only_due).collect();
    dues.sort_unstable();
    dues.dedup_by_key(|(due_ms, _)| *due_ms);
    for some in dues.windows(MISSED_IN_ROW) {
        let (Some((first_ms, _)), Some((_, last_ms))) = (some.first(), some.last()) else { continue };
        let span = first_ms - SKEW_MS..=*last_ms;
        let is_restarted = pauses.iter().any(|pause| span.contains(&pause.paused_ms))
            || history.texts.iter().any(|text| restarted_ms(text).is_some_and(|at_ms| span.contains(&at_ms)));
        breaches.unless(is_restarted, "bound", || {
            format!("{} was texted {} times in a row without a call, and not paused", promise.name(), some.len())
        });
    }
}

/// When a text was handled that may acknowledge an occurrence, resume or change a series, or confirm the number. `None` if
/// it does none of these. The store does not show when a key on a call to the service was handled.
fn restarted_ms(text: &PersonText<'_>) -> Option<i64> {
    let restarts = match text.meaning {
        Meaning::Remind { .. } | Meaning::RemindSometime { .. } | Meaning::List | Meaning::Noise | Meaning::Zone(_) => {
            false
        }
        Meaning::Code(_) => text.stored.is_some_and(|(_, answer)| answer.starts_with(CONFIRMED)),
        _ => true,
    };
    text.handled_ms().or(text.is_key().then_some(text.at_ms)).filter(|_| restarts)
}
