//! Which occurrences of a series count as missed: no person picked up their calls.

use std::collections::BTreeMap;

use crate::checker::alarms::FAILED;
use crate::checker::evidence::Evidence;
use crate::checker::person_history::{
    Answered, Call, CallRequest, PersonHistory, PersonText, TextRequest, replaces_a_call,
};
use crate::checker::promise::Promise;
use crate::checker::traces::Trace;
use crate::history::RequestOutcome;
use crate::people::Meaning;

/// First words of the text about an occurrence that rang without a person picking up.
const MISSED: &str = "Missed call: ";

/// When an occurrence was missed with this last request: the carrier refused the number, or no person picked up the
/// call. `None` if it was not missed.
///
/// An occurrence whose calls only machines picked up is missed. About a pickup, the service knows only the carrier's
/// verdict. Without a verdict, it must assume that a person picked up.
pub(super) fn missed_by(own: &Trace<'_>, last: &CallRequest<'_>) -> Option<i64> {
    let outcome = last.heard?;
    if let (heard_ms, RequestOutcome::NumberRefused) = outcome {
        return Some(heard_ms);
    }
    let call = own.calls.iter().find(|call| call.claim == last.claim)?;
    // If the outcome of its request is not known, the service learns of the call only from a callback.
    let is_known = outcome.1 == RequestOutcome::Accepted || call.reported_ms.is_some();
    call.over_ms.filter(|_| is_known && !may_be_a_person(call))
}

/// Whether the service must assume that a person picked up a call: no verdict during the call named a machine, or a
/// verdict named a person, or a key was pressed.
fn may_be_a_person(call: &Call<'_>) -> bool {
    let is_machine = call.machine_ms.is_some_and(|posted_ms| call.over_ms.is_none_or(|over_ms| posted_ms <= over_ms));
    call.picked_up_ms.is_some() && (!is_machine || call.person_known_ms.is_some() || !call.pressed.is_empty())
}

/// Number of occurrences that were missed in a row before the occurrence of this request, by the texts about them, and
/// by the alarms about texts that were given up before their first request. Each call that a person may have picked up
/// restarts the count, and so does a text that acknowledges, snoozes or resumes.
/// A key on a call to the service's number restarts it only for the reminder that was spoken. A RESUME does not restart
/// it if the answer says that nothing was paused.
pub(super) fn missed_before(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    own: &Trace<'_>,
    last: &CallRequest<'_>,
) -> usize {
    let confirms = |text: &PersonText<'_>, answered: &Answered| match text.meaning {
        Meaning::Done | Meaning::Snooze(_) => text.may_be_about(promise.task),
        Meaning::DoneWith(number) => *number == promise.number,
        Meaning::Resume(number) => *number == promise.number && !was_not_paused(history, answered),
        _ => false,
    };
    let picked_up = own.calls.iter().filter(|call| may_be_a_person(call)).filter_map(|call| call.picked_up_ms);
    let texts = history.texts.iter().zip(&history.answered).filter(|(text, answered)| confirms(text, answered));
    let confirmed = texts.map(|(text, _)| text.handed.last().copied().unwrap_or(text.at_ms));
    let before = |at_ms: &i64| *at_ms < last.claimed_ms();
    let since_ms = picked_up.chain(confirmed).filter(before).max().unwrap_or(i64::MIN);
    let first_requests = first_requests(history, promise, last.claimed_ms());
    let unsent = unsent(evidence, history, own, &first_requests, last.claimed_ms());
    let texted = first_requests.iter().map(|first| (first.at_ms, first.body.starts_with(MISSED)));
    let mut ends: Vec<(i64, bool)> = texted.chain(unsent.into_iter().map(|at_ms| (at_ms, false))).collect();
    ends.sort_unstable();
    let mut begun_ms = since_ms;
    let mut missed = 0;
    for (ended_ms, says_missed) in ends {
        let requests = own.call_requests.iter().filter(|call| (begun_ms..ended_ms).contains(&call.claimed_ms()));
        let is_missed = |call: &&CallRequest<'_>| missed_by(own, call).is_some();
        // These words say that the phone rang and no person picked up. A later request may have been refused for now
        // until it was too late for another call.
        let is_counted = if says_missed {
            requests.copied().any(|call| is_missed(&call))
        } else {
            requests.copied().max_by_key(|call| call.claimed_ms()).is_some_and(|last| is_missed(&last))
        };
        missed += usize::from(is_counted);
        begun_ms = begun_ms.max(ended_ms);
    }
    missed
}

/// Whether the answer to a RESUME says that the series was not paused.
pub(super) fn was_not_paused(history: &PersonHistory<'_>, answered: &Answered) -> bool {
    let Answered::With(place) = answered else { return false };
    let body = history.answers[*place].body;
    body.starts_with("You have no paused reminders") || body.contains(" isn't paused. ")
}

/// The first request for each replacement text about the task of this promise, before an instant.
fn first_requests<'h>(
    history: &'h PersonHistory<'_>,
    promise: &Promise<'_>,
    before_ms: i64,
) -> Vec<&'h TextRequest<'h>> {
    let mut first_requests: Vec<&TextRequest<'_>> = Vec::new();
    for request in history.text_requests.iter().filter(|request| request.at_ms < before_ms) {
        let is_about = replaces_a_call(request.body) && request.body.contains(promise.task);
        if is_about && first_requests.iter().all(|first| first.body != request.body) {
            first_requests.push(request);
        }
    }
    first_requests
}

/// When alarms before an instant showed that a text about this reminder had been given up without a request for it.
///
/// A text fails with one alarm, and a text that was accepted at each request and arrived does not fail. So if there are
/// more alarms than other texts that were requested by then, one of the alarms is about a text that was never requested.
fn unsent(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    own: &Trace<'_>,
    first_requests: &[&TextRequest<'_>],
    before_ms: i64,
) -> Vec<i64> {
    let mut alarms: BTreeMap<&str, i64> = BTreeMap::new();
    for alarm in evidence.alarms.iter().filter(|alarm| alarm.words.starts_with(FAILED) && alarm.at_ms < before_ms) {
        let is_own = alarm.reminder == Some(own.key.reminder.as_str());
        if let Some(text) = alarm.outgoing.filter(|_| is_own) {
            // If the write of the end failed, the alarm is raised again for the same text.
            alarms.entry(text).or_insert(alarm.at_ms);
        }
    }
    let mut raised: Vec<i64> = alarms.into_values().collect();
    raised.sort_unstable();
    let may_have_failed = |first: &&&TextRequest<'_>| {
        let mut tries = history.text_requests.iter().filter(|request| request.body == first.body);
        let arrived =
            history.replacement_texts.iter().any(|text| text.body == first.body && text.undelivered.is_none());
        !arrived || tries.any(|request| !matches!(request.heard, Some((_, RequestOutcome::Accepted))))
    };
    let mut unsent = Vec::new();
    for (place, raised_ms) in raised.into_iter().enumerate() {
        let requested = first_requests.iter().filter(|first| first.at_ms < raised_ms);
        let failed = requested.filter(may_have_failed).count();
        if place + 1 > failed + unsent.len() {
            unsent.push(raised_ms);
        }
    }
    unsent
}
