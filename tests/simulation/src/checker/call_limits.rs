//! The limits of the calls to one person: at most 12 within an hour and 60 within a day, and at most 3 ever before the
//! person has pressed a key on a call or replied with the code of the number. Above them, texts replace the calls. A text
//! instead of a call is legal for this reason only if that many calls were made.
//!
//! The service counts a call in the run in which it requests the call. So a call counts from an instant between its
//! claim and its request, and each call below is a pair of these two instants, in milliseconds.

use super::answers::{Answer, CONFIRMED, PER_DAY, PER_HOUR, read};
use super::breach::Breaches;
use super::consent::{self, Consent};
use super::dues::{FROZEN_MS, HOUR_MS, RUN_MS, SKEW_MS};
use super::evidence::Evidence;
use super::pauses;
use super::person_history::{CallRequest, PersonHistory, PersonText, TextRequest, UNCALLED, replaces_a_call};
use super::replacement_texts::UNWRITTEN;
use super::replies::TOO_MANY_CODES;
use crate::fakes::Counted;
use crate::faults::Fault;
use crate::history::RequestOutcome;
use crate::people::{self, Meaning};

/// A limit of calls.
struct Limit {
    calls: usize,
    span_ms: i64,
    /// The words about it at the end of a text.
    words: &'static str,
}

const LIMITS: [Limit; 2] = [
    Limit { calls: 12, span_ms: HOUR_MS, words: PER_HOUR },
    Limit { calls: 60, span_ms: 24 * HOUR_MS, words: PER_DAY },
];

/// Number of calls that a person gets before they have confirmed their number.
pub(super) const UNCONFIRMED: usize = 3;

/// A span that holds every call of a world, in milliseconds.
const EVER_MS: i64 = 100 * 366 * 24 * HOUR_MS;

/// Maximum number of wrong codes within a day, after which no code confirms a number.
const WRONG_CODES: usize = 5;

/// Judges the calls to one person, and the texts that say that a limit was reached.
pub(super) fn judge(evidence: &Evidence<'_>, history: &PersonHistory<'_>, breaches: &mut Breaches) {
    for limit in &LIMITS {
        are_few(history, limit, breaches);
    }
    are_few_before_confirmation(history, breaches);
    are_confirmed_by_their_code(history, breaches);
    are_told_seldom(evidence, history, breaches);
    for request in &history.text_requests {
        for limit in LIMITS.iter().filter(|limit| request.body.ends_with(limit.words)) {
            was_reached(evidence, history, request, limit, breaches);
        }
        if tells_code(request) {
            was_reached_before_confirmation(evidence, history, request, breaches);
        }
    }
}

/// The bound on calls to an unconfirmed number: the carrier accepted at most three calls that were requested before a key
/// was pressed on a call, and before the person sent the code that a text had told them.
fn are_few_before_confirmation(history: &PersonHistory<'_>, breaches: &mut Breaches) {
    let keys_ms = history.calls.iter().flat_map(|call| &call.pressed).map(|(at_ms, _)| *at_ms);
    let codes_ms = history.texts.iter().filter(|text| is_told_code(history, text)).map(|text| text.at_ms);
    let until_ms = keys_ms.chain(codes_ms).min().unwrap_or(i64::MAX);
    let is_accepted = |claim| history.calls.iter().any(|call| call.claim == claim);
    let before = history.call_requests.iter().filter(|request| request.at_ms < until_ms && is_accepted(request.claim));
    let calls = before.count();
    breaches.unless(calls <= UNCONFIRMED, "bound", || {
        format!("person {} was called {calls} times before they pressed a key or texted their code", history.who)
    });
}

/// Whether the service certainly waits for a code: it has told one before this text, and the person has not pressed a key
/// or confirmed the number by the code.
pub(super) fn waits_for_code(history: &PersonHistory<'_>, text: &PersonText<'_>) -> bool {
    let is_confirmed = |other: &PersonText<'_>| other.stored.is_some_and(|(_, answer)| answer.starts_with(CONFIRMED));
    told_codes(history, text.at_ms).next().is_some()
        && !history.calls.iter().any(|call| !call.pressed.is_empty())
        && !history.texts.iter().any(is_confirmed)
}

/// Whether this text replaces a call and tells a code. Nobody asked for such a text, unlike an answer that tells a code.
fn tells_code(request: &TextRequest<'_>) -> bool {
    replaces_a_call(request.body) && people::code(request.body).is_some()
}

/// The codes that the service had told before an instant, in texts and in answers.
fn told_codes(history: &PersonHistory<'_>, before_ms: i64) -> impl Iterator<Item = u32> {
    let texts = history.text_requests.iter().map(|request| (request.at_ms, request.body));
    let answers = history.answers.iter().map(|answer| (answer.at_ms, answer.body));
    texts.chain(answers).filter(move |(at_ms, _)| *at_ms < before_ms).filter_map(|(_, body)| people::code(body))
}

/// Whether a text is the code that the service told before it.
fn is_told_code(history: &PersonHistory<'_>, text: &PersonText<'_>) -> bool {
    let Meaning::Code(code) = text.meaning else { return false };
    told_codes(history, text.at_ms).any(|told| told == *code)
}

/// The bound on codes: a text confirms its number only if it is the number's code, and if fewer than five wrong codes
/// were compared with it within a day before. A code is not compared above that limit, or if its sender has opted out:
/// then it gets no answer.
fn are_confirmed_by_their_code(history: &PersonHistory<'_>, breaches: &mut Breaches) {
    let changes = consent::changes(history);
    let confirming = |text: &&PersonText<'_>| text.stored.is_some_and(|(_, answer)| answer.starts_with(CONFIRMED));
    for text in history.texts.iter().filter(confirming) {
        breaches.unless(is_told_code(history, text), "bound", || {
            format!("person {} confirmed their number by {:?}, which is not its code", history.who, text.meaning.text())
        });
        let (Some(first_ms), Some(handled_ms)) = (text.handed.first(), text.handled_ms()) else { continue };
        let is_wrong = |other: &&PersonText<'_>| {
            let is_before = other.handled_ms().is_some_and(|other_ms| other_ms < handled_ms);
            let is_lately = other.handed.first().is_some_and(|at_ms| *at_ms > first_ms - 24 * HOUR_MS + SKEW_MS);
            let is_in = |at_ms| consent::between(&changes, other.first_ms(), at_ms) == Consent::In;
            let is_compared = other.stored.is_some_and(|(at_ms, answer)| {
                !answer.starts_with(TOO_MANY_CODES) && (!answer.is_empty() || is_in(at_ms))
            });
            let is_code = matches!(other.meaning, Meaning::Code(_)) && !is_told_code(history, other);
            is_before && is_lately && is_compared && is_code
        };
        let wrong = history.texts.iter().filter(is_wrong).count();
        breaches.unless(wrong < WRONG_CODES, "bound", || {
            format!("person {} confirmed their number after {wrong} wrong codes within a day", history.who)
        });
    }
}

/// G1: a text tells the code of a number only if three calls to it were requested before, and the number was not
/// certainly confirmed at the due of the call.
fn was_reached_before_confirmation(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    request: &TextRequest<'_>,
    breaches: &mut Breaches,
) {
    let (from_ms, to_ms) = written(evidence, history, request);
    breaches.unless(is_reached_before_confirmation(evidence, history, from_ms, to_ms), "G1", || {
        format!(
            "person {} was told a code, although there were fewer than {UNCONFIRMED} calls or the number was confirmed: {}",
            history.who, request.body
        )
    });
}

/// Whether a text that replaces a call which was due at `due_ms` is legal because the person has had all calls that an
/// unconfirmed number gets.
pub(super) fn is_reached_before_confirmation(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    due_ms: i64,
    texted_ms: i64,
) -> bool {
    !is_confirmed_before(evidence, history, due_ms)
        && most_between(evidence, history, EVER_MS, due_ms, texted_ms) >= UNCONFIRMED
}

/// Whether an answer that was stored at `to_ms`, to a text that was delivered at `from_ms`, may say that an unconfirmed
/// number has no calls left. A call whose turn was given back counted in between.
pub(super) fn may_have_none_left(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    from_ms: i64,
    to_ms: i64,
) -> bool {
    let counted_then = |counted: &&Counted| {
        let given_back_ms = counted.given_back_ms.unwrap_or(i64::MIN);
        evidence.is_of(&counted.reminder, history.who) && counted.at_ms <= to_ms && given_back_ms >= from_ms - SKEW_MS
    };
    let in_flight = evidence.remains.counted.iter().filter(counted_then).count();
    !is_confirmed_before(evidence, history, from_ms)
        && most_between(evidence, history, EVER_MS, from_ms, to_ms) + in_flight.min(1) >= UNCONFIRMED
}

/// Whether a number was certainly confirmed before an instant: the store says so, or the service answered the key 1 on a
/// call and no fault can have kept it from writing that, or it made a reminder for the key 2, or answered the right code.
fn is_confirmed_before(evidence: &Evidence<'_>, history: &PersonHistory<'_>, at_ms: i64) -> bool {
    let is_stored = || evidence.is_person_confirmed_at(history.who, at_ms);
    let again = history.calls.iter().flat_map(|call| &call.answered_keys);
    let mut again = again.filter(|(_, digit, words)| *digit == '2' && matches!(read(words), Answer::Promise(_)));
    let is_called_again = again.any(|(key_ms, ..)| *key_ms < at_ms - SKEW_MS);
    let mut calls = history.calls.iter().filter_map(|call| call.thanked_ms);
    let mut texts = history.texts.iter().filter_map(|text| text.stored);
    is_stored()
        || is_called_again
        || calls.any(|key_ms| {
            key_ms < at_ms - SKEW_MS && !evidence.injected_between(&UNWRITTEN, key_ms - RUN_MS, key_ms + SKEW_MS)
        })
        || texts.any(|(stored_ms, answer)| stored_ms < at_ms - SKEW_MS && answer.starts_with(CONFIRMED))
}

/// The bound on calls. Calls that the carrier accepted count: each of them is counted once, from its claim at the
/// earliest and its request at the latest.
fn are_few(history: &PersonHistory<'_>, limit: &Limit, breaches: &mut Breaches) {
    let is_accepted = |claim| history.calls.iter().any(|call| call.claim == claim);
    let accepted = history.call_requests.iter().filter(|request| is_accepted(request.claim));
    let mut calls: Vec<(i64, i64)> = accepted.map(|request| (request.claimed_ms(), request.at_ms)).collect();
    calls.sort_unstable();
    for some in calls.windows(limit.calls + 1) {
        let (Some((first_ms, _)), Some((_, last_ms))) = (some.first(), some.last()) else { continue };
        breaches.unless(last_ms - first_ms >= limit.span_ms - SKEW_MS, "bound", || {
            format!("person {} was called {} times within {} ms", history.who, some.len(), last_ms - first_ms)
        });
    }
}

/// Texts say at most once an hour that a limit was reached. Each try of a text repeats its words, so the texts are told
/// apart by their words.
fn are_told_seldom(evidence: &Evidence<'_>, history: &PersonHistory<'_>, breaches: &mut Breaches) {
    let is_telling = |request: &&TextRequest<'_>| {
        LIMITS.iter().any(|limit| request.body.ends_with(limit.words)) || tells_code(request)
    };
    let mut told: Vec<&TextRequest<'_>> = Vec::new();
    for request in history.text_requests.iter().filter(is_telling) {
        if !told.iter().any(|first| first.body == request.body) {
            told.push(request);
        }
    }
    // The words were written between the due and the request. A text may be requested long after that, even after a text
    // that was written later.
    let due_ms = |request: &&TextRequest<'_>| written(evidence, history, request).0;
    told.sort_by_key(due_ms);
    for two in told.windows(2) {
        // Only a confirmed number reaches a limit of an hour or a day after its code was told.
        if tells_code(two[0]) && !tells_code(two[1]) {
            continue;
        }
        if is_of_later_last_call(evidence, history, two[0], two[1])
            || is_of_later_last_call(evidence, history, two[1], two[0])
        {
            continue;
        }
        let apart_ms = two[1].at_ms - due_ms(&two[0]);
        breaches.unless(apart_ms >= HOUR_MS - SKEW_MS, "bound", || {
            format!("person {} was told twice within {apart_ms} ms that a limit of calls was reached", history.who)
        });
    }
}

/// Whether `last` is the text about the last call that an unconfirmed number gets, and `uncalled` may have been written
/// before that call was claimed. The text about the last call always tells the code, because no call can follow it. The
/// other text told it because another call counted as the last one then, and was not placed.
fn is_of_later_last_call(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    uncalled: &TextRequest<'_>,
    last: &TextRequest<'_>,
) -> bool {
    let is_uncalled = |request: &TextRequest<'_>| request.body.starts_with(UNCALLED);
    let from_ms = written(evidence, history, uncalled).0;
    let mut claimed = history.call_requests.iter().map(CallRequest::claimed_ms);
    is_uncalled(uncalled)
        && !is_uncalled(last)
        && tells_code(last)
        && claimed.any(|claimed_ms| from_ms < claimed_ms && claimed_ms <= last.at_ms)
}

/// The span in which the words of a text were written. A text about a pause names no due: its words were written together
/// with the pause. Any other text was written between the due and its request.
fn written(evidence: &Evidence<'_>, history: &PersonHistory<'_>, request: &TextRequest<'_>) -> (i64, i64) {
    pauses::told_by(evidence, history, request).unwrap_or_else(|| {
        let dues = pauses::named_dues(history, request.first_requested_ms, request.body);
        (dues.into_iter().min().unwrap_or(request.at_ms), request.at_ms)
    })
}

/// G1: a text says that a limit was reached only if that many calls were requested within its span, before the text.
fn was_reached(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    request: &TextRequest<'_>,
    limit: &Limit,
    breaches: &mut Breaches,
) {
    let (from_ms, to_ms) = written(evidence, history, request);
    let is_reached = most_between(evidence, history, limit.span_ms, from_ms, to_ms) >= limit.calls;
    breaches.unless(is_reached, "G1", || {
        format!(
            "person {} was texted, although there were fewer than {} calls: {}",
            history.who, limit.calls, request.body
        )
    });
}

/// Whether a text that replaces a call is legal because of a limit. The occurrence was due at `due_ms`, and its text was
/// requested at `texted_ms`.
pub(super) fn is_reached(evidence: &Evidence<'_>, history: &PersonHistory<'_>, due_ms: i64, texted_ms: i64) -> bool {
    LIMITS.iter().any(|limit| most_between(evidence, history, limit.span_ms, due_ms, texted_ms) >= limit.calls)
        || is_reached_before_confirmation(evidence, history, due_ms, texted_ms)
}

/// The largest number of calls that may count within one span that ends between `due_ms` and `until_ms`. A call that the
/// carrier refused for now does not count. If a fault kept a function from requesting its call, or from giving its turn
/// back, the call counts nevertheless: the store shows that it was counted. If a second delivery of the wake-up took the
/// turn of a call again, the call counts from that time, for one span: the store shows this, too.
fn most_between(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    span_ms: i64,
    due_ms: i64,
    until_ms: i64,
) -> usize {
    let is_refused = |heard: (i64, RequestOutcome)| heard.1 == RequestOutcome::RefusedForNow;
    let placed = || history.call_requests.iter().filter(|request| !request.heard.is_some_and(is_refused));
    let counted = || evidence.remains.counted.iter().filter(|counted| evidence.is_of(&counted.reminder, history.who));
    let times_of = |request: &CallRequest<'_>| {
        // The second delivery read the record before the first one claimed it.
        let claimed_ms = request.claimed_ms();
        let is_frozen = evidence.injected_between(&[Fault::Freeze], claimed_ms - FROZEN_MS, claimed_ms + FROZEN_MS);
        let latest_ms = claimed_ms + if is_frozen { FROZEN_MS } else { RUN_MS };
        let again = counted().filter(|counted| counted.claims.contains(request.claim)).map(|counted| counted.at_ms);
        let latest = again.filter(|at_ms| *at_ms <= latest_ms).chain([request.at_ms]).max();
        (claimed_ms, latest.unwrap_or(request.at_ms), i64::MAX)
    };
    let mut calls: Vec<(i64, i64, i64)> = placed().map(times_of).collect();
    if evidence.injected_between(&UNWRITTEN, due_ms - span_ms, until_ms) {
        let others = counted().filter(|counted| !placed().any(|request| counted.claims.contains(request.claim)));
        let until = |counted: &Counted| counted.given_back_ms.unwrap_or(i64::MAX);
        calls.extend(others.map(|counted| (counted.at_ms, counted.at_ms, until(counted))));
    }
    // The number falls only when a call stops to count.
    let ends =
        calls.iter().flat_map(|(claimed_ms, at_ms, until_ms)| [claimed_ms + span_ms, at_ms + span_ms, until_ms - 1]);
    let ends = ends.chain([due_ms, until_ms]).filter(|end_ms| (due_ms - SKEW_MS..=until_ms).contains(end_ms));
    let within = |end_ms: i64| {
        let counts = |(claimed_ms, at_ms, until_ms): &&(i64, i64, i64)| {
            *at_ms + SKEW_MS > end_ms - span_ms && *claimed_ms <= end_ms + SKEW_MS && *until_ms > end_ms
        };
        calls.iter().filter(counts).count()
    };
    ends.map(within).max().unwrap_or(0)
}
