//! The pauses of a series, as the store shows them. A paused series owes no calls. The checker finds out by itself
//! whether a series may be paused, and until when.

use super::answers::{self, Answer};
use super::breach::Breaches;
use super::dues::{self, FROZEN_MS, LATEST_MS, MINUTE_MS, RUN_MS, SKEW_MS, UNDER_WAY_MS};
use super::evidence::Evidence;
use super::person_history::{Call, CallRequest, PersonHistory, PersonText, TextRequest};
use super::promise::Promise;
use super::traces::Trace;
use crate::fakes::{Resumed, StoredPause};
use crate::faults::Fault;
use crate::history::RequestOutcome;
use crate::people::Meaning;
use jiff::tz::TimeZone;
use reminder::ids::ClaimId;

/// A pause of a series whose calls were not picked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pause {
    /// Due of the last occurrence before the pause.
    pub(super) due_ms: i64,
    /// When the pause was written.
    pub(super) paused_ms: i64,
    /// The first instant at which the series may be due again. `i64::MAX` if it was not resumed.
    pub(super) resumed_ms: i64,
    /// When its end was written. `i64::MAX` if it was not resumed.
    over_ms: i64,
}

impl Pause {
    /// Whether its end was written at this instant, as a clock that may be ahead or behind says.
    pub(super) fn is_resumed_at(&self, at_ms: i64) -> bool {
        (at_ms - SKEW_MS..=at_ms + SKEW_MS).contains(&self.over_ms)
    }

    /// The first instant at which an occurrence after this pause may be due, in milliseconds. A function decides that the
    /// series goes on, and then writes it. A due between the two counts. If no fault delayed the write, the decision was
    /// made at most a run before it.
    fn first_due_ms(&self, evidence: &Evidence<'_>) -> i64 {
        /// How long a write that lands late may take, in milliseconds.
        const LANDS_MS: i64 = MINUTE_MS + UNDER_WAY_MS;
        let delays = [(Fault::Freeze, FROZEN_MS), (Fault::WriteLandsLate, LANDS_MS)];
        let is_injected = |(fault, delay_ms): &(Fault, i64)| {
            evidence.injected_between(&[*fault], self.over_ms.saturating_sub(*delay_ms), self.over_ms)
        };
        let delay_ms =
            delays.into_iter().filter(is_injected).map(|(_, delay_ms)| delay_ms).max().unwrap_or(UNDER_WAY_MS);
        self.resumed_ms.max(self.over_ms.saturating_sub(delay_ms)).max(self.due_ms.saturating_add(1))
    }
}

/// Words of the text about a pause, which replaces the last call before it.
pub(super) const IS_PAUSED: &str = "so it is paused. Text RESUME ";

/// Number of occurrences in a row that are missed before a pause.
pub(super) const MISSED_IN_ROW: usize = 5;

/// Whether a text says that the series of this number is paused. Another series may have the same task.
pub(super) fn is_about_pause(body: &str, promise: &Promise<'_>) -> bool {
    body.contains(promise.task) && paused_number(body) == Some(promise.number)
}

/// The number of the series that a text says is paused.
fn paused_number(body: &str) -> Option<u32> {
    let (_, words) = body.split_once(IS_PAUSED)?;
    words.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

/// The pause that a text tells of: when its last occurrence was due and when it was written, in milliseconds. `None` if
/// the text tells of no pause.
pub(super) fn told_by(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    request: &TextRequest<'_>,
) -> Option<(i64, i64)> {
    let number = paused_number(request.body)?;
    let is_its = |pause: &&StoredPause| {
        evidence.is_numbered(&pause.reminder, history.who, number) == Some(true)
            && pause.paused_ms <= request.first_requested_ms
    };
    let pause = evidence.remains.pauses.iter().rfind(is_its)?;
    Some((pause.due_ms, pause.paused_ms))
}

/// The pauses of a series.
///
/// The store shows when a pause began and ended, and with which due the series goes on. That due must be the first due
/// after the end of the pause, so a later due is not believed. If an answer says that the series is resumed, it must
/// ring again, even if the store shows no end of the pause.
pub(super) fn of(evidence: &Evidence<'_>, history: &PersonHistory<'_>, promise: &Promise<'_>) -> Vec<Pause> {
    let is_its = |pause: &&StoredPause| promise.is_stored_as(evidence, history, &pause.reminder);
    let stored = evidence.remains.pauses.iter().filter(is_its);
    stored
        .map(|StoredPause { due_ms, paused_ms, resumed, .. }| {
            let (over_ms, resumed_ms) = match resumed {
                Some(Resumed { at_ms, due_ms }) => (*at_ms, due_ms.unwrap_or(*at_ms).min(at_ms + UNDER_WAY_MS)),
                None => (i64::MAX, said_to_be_resumed(history, promise, *paused_ms)),
            };
            Pause { due_ms: *due_ms, paused_ms: *paused_ms, resumed_ms, over_ms }
        })
        .collect()
}

/// When an answer to a text that was received after an instant said that the series is resumed. `i64::MAX` if none did.
fn said_to_be_resumed(history: &PersonHistory<'_>, promise: &Promise<'_>, paused_ms: i64) -> i64 {
    let is_later = |to: usize| history.texts[to].first_ms() > paused_ms;
    let answers = history.answers.iter().filter(|answer| answer.to.is_some_and(is_later));
    answers.filter(|answer| answer.is_resumed(promise.number)).map(|answer| answer.at_ms).min().unwrap_or(i64::MAX)
}

/// Judges the pauses of a series. G1: a series is paused only if five occurrences in a row were missed, or had no call
/// because the unconfirmed number had had all its calls (`uncalled_ms`), and a RESUME finds a paused series. G3: a
/// paused series does not ring.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    own: &[&Trace<'_>],
    pauses: &[Pause],
    uncalled_ms: &[i64],
    breaches: &mut Breaches,
) {
    let Some(series) = &promise.series else { return };
    let claims = || own.iter().flat_map(|trace| &trace.call_requests).map(|request| request.claimed_ms());
    let calls = || own.iter().flat_map(|trace| trace.calls.iter().map(move |call| (trace, call)));
    let heard_ms = || calls().filter_map(|(trace, call)| heard_ms(evidence, history, trace, call));
    let (mut resumed_ms, mut resumed_due_ms) = (i64::MIN, i64::MIN);
    for pause in pauses {
        let heard_ms = heard_ms().filter(|heard_ms| (resumed_ms..pause.paused_ms).contains(heard_ms)).max();
        let done_ms = done_ms(history, promise, resumed_ms, pause.paused_ms);
        let since_ms = heard_ms.unwrap_or(resumed_ms).max(done_ms);
        let missed = missed_ms(own).into_iter().filter(|missed_ms| (since_ms..pause.paused_ms).contains(missed_ms));
        // A claim just before a due may be about that due if the clock of its function is ahead.
        let mut dues: Vec<i64> = missed.map(|at_ms| series.last_up_to(promise.due_ms(), at_ms + SKEW_MS)).collect();
        // A DONE is also about an occurrence that was over without a call.
        let is_open = |due_ms: i64| evidence.settled_ms(due_ms) >= done_ms;
        dues.extend(uncalled_ms.iter().filter(|due_ms| **due_ms <= pause.due_ms && is_open(**due_ms)));
        // A further call about an occurrence that was picked up before does not count.
        let heard_due_ms = heard_ms.map(|heard_ms| series.last_up_to(promise.due_ms(), heard_ms));
        dues.retain(|due_ms| heard_due_ms.map_or(*due_ms >= resumed_due_ms, |heard_ms| *due_ms > heard_ms));
        dues.sort_unstable();
        dues.dedup();
        breaches.unless(promise.may_be_corrected() || dues.len() >= MISSED_IN_ROW, "G1", || {
            format!("{} was paused after {} missed occurrences", promise.name(), dues.len())
        });
        let rings = claims().any(|at_ms| (pause.paused_ms + SKEW_MS..pause.over_ms - SKEW_MS).contains(&at_ms));
        breaches.unless(!rings, "G3", || format!("{} rang while it was paused", promise.name()));
        let resume = history.texts.iter().filter(|text| *text.meaning == Meaning::Resume(promise.number));
        let mut handled = resume.filter_map(|text| text.stored);
        let is_missed = handled.any(|(at_ms, answer)| {
            (pause.paused_ms + SKEW_MS..pause.over_ms).contains(&at_ms) && says_nothing_is_paused(answer)
        });
        // A record that can't be read is not found.
        let is_read = !evidence.spoiled.keys().any(|reminder| promise.is_stored_as(evidence, history, reminder));
        breaches.unless(!is_missed || !is_read || !evidence.rolled_back.is_empty(), "G1", || {
            format!("{} was paused, and RESUME did not find it", promise.name())
        });
        (resumed_ms, resumed_due_ms) = (pause.over_ms, pause.first_due_ms(evidence));
    }
}

/// The claims with which an occurrence may count as missed: the carrier accepted the call or refused the number. A call
/// that was refused for now, or never requested, says nothing about the person.
fn missed_ms(own: &[&Trace<'_>]) -> Vec<i64> {
    let is_accepted = |trace: &Trace<'_>, claim: &ClaimId| trace.calls.iter().any(|call| call.claim == claim);
    let counts = |trace: &Trace<'_>, request: &CallRequest<'_>| {
        let is_refused = matches!(request.heard, Some((_, RequestOutcome::NumberRefused)));
        is_refused || is_accepted(trace, request.claim)
    };
    let requests = own.iter().flat_map(|trace| trace.call_requests.iter().map(move |request| (trace, request)));
    requests.filter(|(trace, request)| counts(trace, request)).map(|(_, request)| request.claimed_ms()).collect()
}

/// When a call restarted the count of missed occurrences. `None` if it did not, or if that is not certain.
///
/// A key restarts the count, and so does the verdict that a person picked up, unless a fault made it a key or a verdict
/// of an occurrence that had ended before. A pickup without the verdict of a machine may be that of a person, so it
/// restarts the count too, unless a fault or an older release may have hidden the pickup from the service, or a text
/// ended the occurrence: an occurrence that is cancelled leaves the count. A call whose request reached the carrier only
/// after its occurrence had ended announces no reminder, so its pickup does not restart the count.
fn heard_ms(evidence: &Evidence<'_>, history: &PersonHistory<'_>, trace: &Trace<'_>, call: &Call<'_>) -> Option<i64> {
    let known_ms = [call.thanked_ms, call.person_known_ms].into_iter().flatten().min();
    let known_ms = known_ms.filter(|known_ms| !evidence.faulty_between(call.taken_ms, *known_ms));
    let is_older = |at_ms: i64| {
        evidence.rolled_back.iter().any(|(from_ms, to_ms)| (*from_ms..=to_ms.saturating_add(RUN_MS)).contains(&at_ms))
    };
    let is_unread = || call.was_unread() && call.picked_up_ms.is_some_and(is_older);
    let picked_up_ms = call.picked_up_ms.filter(|_| {
        let over_ms = call.over_ms.unwrap_or(i64::MAX);
        let cancels = |text: &PersonText<'_>| {
            let is_then = |handled_ms| (call.taken_ms..=call.taken_ms + LATEST_MS).contains(&handled_ms);
            text.meaning.changes() && text.handled_ms().is_some_and(is_then)
        };
        let is_known = !evidence.faulty_between(call.taken_ms, over_ms.saturating_add(RUN_MS));
        let counts = call.machine_ms.is_none() && is_known && !is_unread() && !is_too_late(evidence, trace, call);
        counts && !history.texts.iter().any(cancels)
    });
    known_ms.or(picked_up_ms)
}

/// When the last DONE by text restarted the count of missed occurrences before a pause, in milliseconds: it was received
/// then, and its answer names the series. `i64::MIN` if there is none after the end of the previous pause. A DONE with a
/// number may skip the coming occurrence, which restarts nothing.
fn done_ms(history: &PersonHistory<'_>, promise: &Promise<'_>, resumed_ms: i64, paused_ms: i64) -> i64 {
    let done = history.answers.iter().filter_map(|answer| {
        let text = &history.texts[answer.to?];
        let Answer::Acknowledged { numbers } = answers::read(answer.body) else { return None };
        // The answer names a snooze of the acknowledged reminder only at its end.
        let is_its = *text.meaning == Meaning::Done && numbers.first() == Some(&promise.number);
        let is_before = (resumed_ms..paused_ms - SKEW_MS).contains(&answer.at_ms);
        // A claim may carry the time of a function whose clock is behind.
        (is_its && is_before).then(|| text.first_ms() - SKEW_MS)
    });
    done.max().unwrap_or(i64::MIN)
}

/// Whether the carrier took a call only after its occurrence had ended: the store shows that the series went on between
/// the claim of this call and its acceptance. A claim is made for one occurrence, and while it is unknown whether the
/// carrier has the call, nothing else goes on.
fn is_too_late(evidence: &Evidence<'_>, trace: &Trace<'_>, call: &Call<'_>) -> bool {
    let Some(request) = trace.call_requests.iter().find(|request| request.claim == call.claim) else { return false };
    let ended = request.claimed_ms() + SKEW_MS..call.taken_ms;
    evidence
        .remains
        .passed
        .iter()
        .any(|passed| passed.reminder == request.key.reminder.as_str() && ended.contains(&passed.at_ms))
}

/// Whether the answer to a RESUME says that there was nothing to resume.
fn says_nothing_is_paused(answer: &str) -> bool {
    answer.starts_with("You have no paused reminders") || answer.contains(" isn't paused. ")
}

/// The instants that the words of a replacement text may name: a date and time, as each of the person's zones reads it.
pub(super) fn named_dues(history: &PersonHistory<'_>, first_requested_ms: i64, body: &str) -> Vec<i64> {
    let Some(when) = answers::was_due(body) else { return Vec::new() };
    // A date without a year is read as of the day on which the words were written, or the day before. The due had
    // passed when they were written.
    let due = |zone: &TimeZone| {
        let day = dues::date_of(first_requested_ms, zone);
        let has_passed = |due_ms: &i64| *due_ms <= first_requested_ms + SKEW_MS;
        let dues = [Some(day), day.yesterday().ok()].into_iter().flatten();
        dues.filter_map(|day| answers::instant(when, day, zone)).find(has_passed)
    };
    history.zones.iter().filter_map(due).collect()
}
