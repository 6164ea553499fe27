//! The effects that keys and commands must have. Most of them are judged by the calls and texts that follow, and not by
//! the words of the answer.

use super::answers::{self, Answer, PromiseKind};
use super::bounds;
use super::breach::Breaches;
use super::call_limits;
use super::consent::{self, Consent, ConsentChange};
use super::copies::{LostCopies, may_be_copy};
use super::dues::{self, SKEW_MS, UNDER_WAY_MS};
use super::evidence::Evidence;
use super::frozen::thaws;
use super::goes_on;
use super::not_restored;
use super::person_history::{Call, CallRequest, PersonHistory, PersonText, STOPPED, made_ms};
use super::promise::{Promise, StatedDue};
use super::promises::Promises;
use crate::people::{Meaning, numbers};
use jiff::tz::TimeZone;
use reminder::ids::ReminderKey;

/// How long after the key 2 the phone rings again, in milliseconds.
const AGAIN_MS: i64 = 600_000;

/// How much later that call may come without a fault, in milliseconds: it may wait for another call to end, and for a
/// few slots. In a herd it may wait longer for its slot.
const LATER_MS: i64 = 300_000;

/// First words of an answer that refuses a request because the number is not confirmed.
const REFUSES_A_NEW_NUMBER: &str = "Not saved: new numbers ";

/// First words of the answer that a new number has too many reminders.
const REFUSES_A_FOURTH: &str = "Not saved: new numbers can have ";

/// First words of the answer to a text that skipped the only occurrence of a reminder.
const SKIPPED_AND_DELETED: &str = "Skipped and deleted: ";

/// First words of the answer to a RESTORE that brings back reminders.
const RESTORED: &str = "Restored: ";

/// How long UNDO can take back a change, in milliseconds.
const UNDO_MS: i64 = 600_000;

/// How long RESTORE can bring back the reminders that an opt-out ended, in milliseconds.
const RESTORE_MS: i64 = 30 * 24 * 3_600_000;

/// Judges the effects of a person's keys and commands.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promises: &Promises<'_>,
    changes: &[ConsentChange],
    breaches: &mut Breaches,
) {
    for call in &history.calls {
        key_two_rings_again(evidence, history, changes, call, breaches);
        two_nines_end_calls(evidence, history, changes, call, breaches);
    }
    for text in &history.texts {
        let Some(handled_ms) = text.handled_ms() else { continue };
        let may_come_back = |promise: &&Promise<'_>| match text.meaning {
            Meaning::Restore => {
                is_restorable(history, promises, changes, promise, text, handled_ms)
                    && !has_no_occurrence_left(evidence, history, promise, handled_ms)
            }
            Meaning::Undo => is_undone(evidence, history, promise, text, handled_ms),
            _ => false,
        };
        let mut copies = LostCopies::of(evidence, history, text, handled_ms);
        let back: Vec<&Promise<'_>> = promises.all.iter().filter(may_come_back).collect();
        let mut lost = not_restored::by_limit(evidence, history, promises, &back, (text, handled_ms));
        for promise in back {
            let Some(by_ms) = missing_by(evidence, history, promise, changes, text, handled_ms) else { continue };
            let is_lost = lost > 0;
            lost = lost.saturating_sub(1);
            breaches.unless(is_lost || copies.take(history, promise, by_ms), "G1", || {
                format!("{} did not come back after {:?}", promise.name(), text.meaning.text())
            });
        }
    }
    check_skip_keeps_series(history, promises, breaches);
}

/// Checks that the phone rings again ten minutes after the key 2.
fn key_two_rings_again(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    changes: &[ConsentChange],
    call: &Call<'_>,
    breaches: &mut Breaches,
) {
    let Some((pressed_ms, _, answer)) = call.answered_keys.iter().find(|(_, digit, _)| *digit == '2').copied() else {
        return;
    };
    // A key confirms the number. So no limit on new numbers refuses the request of the key.
    breaches.unless(!answer.starts_with(REFUSES_A_NEW_NUMBER), "G1", || {
        format!("the key 2 on claim {} was refused: {answer:?}", call.claim)
    });
    // The ten minutes begin when the key is received. That is at most one run of the function before its answer.
    let (from_ms, to_ms) = (pressed_ms + AGAIN_MS - UNDER_WAY_MS, pressed_ms + AGAIN_MS + LATER_MS);
    let is_it = |text: &PersonText<'_>| text.is_key() && text.at_ms <= pressed_ms;
    let mut others = history.texts.iter().filter(|text| !is_it(text));
    let is_near = |at_ms: &i64| (pressed_ms - AGAIN_MS..to_ms).contains(at_ms);
    let is_changed = others.any(|text| is_near(&text.at_ms) || text.handed.iter().any(is_near));
    // If the person has too many reminders, the answer refuses the new call. If the occurrence was cancelled, the
    // answer says goodbye.
    let is_promised = matches!(answers::read(answer), Answer::Promise(_));
    let is_in = consent::between(changes, pressed_ms, to_ms) == Consent::In;
    // If the reminder that the key made can't be read, the operator is alarmed. If a channel is busy or down for long,
    // the new reminder is judged like every other: it may ring within the max lateness, or a text replaces its call.
    let is_made = |at_ms: i64| (call.taken_ms..=pressed_ms + SKEW_MS).contains(&at_ms);
    let is_spoiled = evidence
        .spoiled
        .keys()
        .any(|reminder| made_ms(reminder).is_some_and(is_made) && !evidence.is_of_another(reminder, history.who));
    let is_undisturbed = !evidence.faulty_between(pressed_ms - SKEW_MS, to_ms)
        && !evidence.lingers(pressed_ms + AGAIN_MS)
        && !is_spoiled;
    // Above a limit of calls to one person, a text replaces the call. That is judged by `call_limits`.
    let is_limited = call_limits::is_reached(evidence, history, from_ms, to_ms);
    let is_judged = is_promised && is_in && !is_changed && is_undisturbed && !is_limited;
    if !is_judged || to_ms > evidence.remains.end_ms {
        return;
    }
    let is_again = |request: &CallRequest<'_>| {
        let slots_ms = bounds::slots_ms(evidence, &request.key.reminder, pressed_ms + AGAIN_MS, request.at_ms);
        let late_ms = request.at_ms - pressed_ms - AGAIN_MS;
        request.at_ms >= from_ms && late_ms <= LATER_MS.max(bounds::ON_TIME_MS + slots_ms)
    };
    if !history.call_requests.iter().any(is_again) {
        breaches.add("G1", || {
            format!("the key 2 on claim {} was answered, and the phone did not ring ten minutes later", call.claim)
        });
    }
}

/// Checks that a second key 9 ends all calls until the person opts in again.
fn two_nines_end_calls(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    changes: &[ConsentChange],
    call: &Call<'_>,
    breaches: &mut Breaches,
) {
    let stopped = call.answered_keys.iter().find(|(_, digit, words)| *digit == '9' && *words == STOPPED);
    let Some((second_ms, ..)) = stopped.copied() else { return };
    let opt_ins_ms =
        changes.iter().filter(|change| !change.is_out && change.sent_ms >= second_ms).map(|change| change.sent_ms);
    let until_ms = opt_ins_ms.min().unwrap_or(i64::MAX);
    let after = |request: &&CallRequest<'_>| request.at_ms > second_ms + UNDER_WAY_MS && request.at_ms < until_ms;
    let is_new = |request: &&CallRequest<'_>| !is_thawed(evidence, history, request, second_ms);
    if let Some(request) = history.call_requests.iter().filter(after).find(is_new) {
        breaches.add("G4", || {
            format!("9 and 9 were pressed in claim {}, and then claim {} was dialed", call.claim, request.claim)
        });
    }
}

/// Whether a function froze at the time of this request's claim, and the claim was made before the second key 9. That
/// function may have made the claim, and then it sends its one request when it thaws. If that call is picked up, the
/// reminder must not be spoken.
fn is_thawed(evidence: &Evidence<'_>, history: &PersonHistory<'_>, request: &CallRequest<'_>, second_ms: i64) -> bool {
    let claimed_ms = request.claimed_ms();
    let is_spoken = history.calls.iter().any(|call| call.claim == request.claim && call.speaks(""));
    claimed_ms <= second_ms + SKEW_MS && thaws(evidence, request) && !is_spoken
}

/// Whether a RESTORE must bring this promise back: of the opt-outs before it, the last one that ended any reminder
/// certainly ended this promise.
fn is_restorable(
    history: &PersonHistory<'_>,
    promises: &Promises<'_>,
    changes: &[ConsentChange],
    promise: &Promise<'_>,
    restore: &PersonText<'_>,
    handled_ms: i64,
) -> bool {
    let before: Vec<&ConsentChange> = changes.iter().filter(|change| change.sent_ms < handled_ms).collect();
    let [.., opt_out, opt_in] = before[..] else { return false };
    // An opt-out that only the carrier reported may have ended no reminder. Then the reminders that an earlier opt-out
    // ended stay restorable.
    let is_text = opt_out.received_ms.is_some();
    // A person who has opted out is not answered, so a RESTORE that overtakes its START changes nothing.
    let is_in = !opt_in.is_out && opt_in.obeyed_ms.is_some_and(|obeyed_ms| obeyed_ms <= restore.first_ms());
    let is_sure = is_text && opt_out.is_out && is_in && opt_out.obeyed_ms < opt_in.received_ms;
    let Some(out_ms) = opt_out.obeyed_ms.filter(|out_ms| is_sure && handled_ms - out_ms < RESTORE_MS) else {
        return false;
    };
    // The first opt-out after the dues of this promise were stated ended it.
    let ends =
        |change: &&&ConsentChange| change.is_out && promise.stated.iter().all(|stated| stated.at_ms < change.sent_ms);
    let Some(own) = before.iter().find(ends) else { return false };
    // Only the last opt-out that ended a reminder can be taken back. An opt-out also ends a reminder that was made
    // after it was sent, but before it was handled.
    let last_ms = if own.sent_ms < opt_out.sent_ms { out_ms } else { opt_out.sent_ms };
    let is_later = |stated: &StatedDue| (own.sent_ms..last_ms).contains(&stated.at_ms);
    if promises.all.iter().any(|other| other.stated.iter().any(is_later)) {
        return false;
    }
    // RESTORE makes anew each reminder that the opt-out ended, with a new number, and clears the restorable epoch. So
    // an earlier RESTORE has already brought this promise back, and it does not come back a second time.
    let ended_ms = own.obeyed_ms.unwrap_or(own.sent_ms);
    let is_restored = history
        .answers
        .iter()
        .any(|answer| answer.body.starts_with(RESTORED) && (ended_ms..handled_ms).contains(&answer.at_ms));
    let is_sure = !is_restored && promise.stated.iter().all(|stated| stated.at_ms < opt_out.sent_ms);
    is_sure && !is_named_deleted(history, promise, out_ms)
}

/// Whether the store shows that a series had no occurrence left at this instant. A MOVE of the last occurrence ends the
/// series even before that occurrence is due. Then nothing is left to restore.
fn has_no_occurrence_left(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    before_ms: i64,
) -> bool {
    let Some(series) = &promise.series else { return false };
    evidence.remains.passed.iter().any(|passed| {
        passed.next_ms.is_none()
            && passed.at_ms <= before_ms
            && series.next(promise.first_ms(), passed.due_ms).is_none()
            && promise.is_stored_as(evidence, history, &passed.reminder)
    })
}

/// Whether an answer up to an instant says that this promise was deleted, or that it was replaced or ended otherwise.
fn is_named_deleted(history: &PersonHistory<'_>, promise: &Promise<'_>, until_ms: i64) -> bool {
    history.answers.iter().filter(|answer| answer.at_ms <= until_ms).any(|answer| match answers::read(answer.body) {
        Answer::Deleted { numbers, .. } => numbers.contains(&promise.number) || answer.body.contains(" more"),
        // SKIP, and DONE with a number, can end an occurrence that has not rung. A one-off has only one occurrence, so
        // they end the one-off.
        Answer::Other if promise.series.is_none() && answer.body.starts_with(SKIPPED_AND_DELETED) => {
            numbers(answer.body).contains(&promise.number)
        }
        Answer::Acknowledged { numbers } => promise.series.is_none() && numbers.contains(&promise.number),
        // A move or a snooze of one occurrence does not end its series.
        Answer::Promise(again) if promise.series.is_none() => {
            let replaces = matches!(again.kind, PromiseKind::Moved | PromiseKind::Snoozed);
            replaces && again.task == promise.task && again.number != promise.number
        }
        _ => false,
    })
}

/// Whether an UNDO takes back the deletion of this promise: of the texts that were handled before the UNDO, the
/// deletion was handled last. Its answer is the last one too, so this is the deletion that the person means.
///
/// UNDO takes back a deletion for ten minutes, and a text counts from when the service received it. So an UNDO that its
/// carrier delivered late may be too late, although it was sent in time.
fn is_undone(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    undo: &PersonText<'_>,
    handled_ms: i64,
) -> bool {
    // An older release does not see the reminders that a newer release wrote, so it may accept more reminders than a
    // new number may have. UNDO obeys that limit.
    let is_refused = undo.stored.is_some_and(|(_, answer)| answer.starts_with(REFUSES_A_FOURTH));
    if is_refused && evidence.rolled_back.iter().any(|(from_ms, _)| *from_ms < handled_ms) {
        return false;
    }
    let texts = history.texts.iter().enumerate();
    let handled = texts.filter_map(|(place, text)| Some((place, text, text.handled_ms()?)));
    let before = handled.filter(|(_, _, before_ms)| *before_ms < handled_ms);
    let Some((place, text, _)) = before.max_by_key(|(_, _, before_ms)| *before_ms) else { return false };
    let deletes = matches!(text.meaning, Meaning::Delete(_) | Meaning::DeleteAll);
    // A deletion that was delivered after the UNDO is not taken back. A deletion that was answered before the UNDO was
    // sent was certainly delivered before it.
    let mut confirmed = history.answers.iter().filter(|answer| answer.to == Some(place) && answer.at_ms < undo.at_ms);
    let is_named = confirmed.any(|answer| {
        matches!(answers::read(answer.body), Answer::Deleted { numbers, .. } if numbers.contains(&promise.number))
    });
    deletes && is_named && handled_ms - text.first_ms() < UNDO_MS
}

/// The instant by which a promise that came back should have been called or texted, in milliseconds. `None` if it was
/// called or texted, or if it need not have been, for example because a later text may have ended it again.
fn missing_by(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    changes: &[ConsentChange],
    text: &PersonText<'_>,
    handled_ms: i64,
) -> Option<i64> {
    // The service does not know the content of a record that can't be read. The operator is alarmed.
    if evidence
        .spoiled
        .iter()
        .any(|(reminder, at_ms)| promise.is_stored_as(evidence, history, reminder) && *at_ms <= handled_ms)
    {
        return None;
    }
    let old_ms = promise.series.as_ref().map_or(promise.due_ms(), |_| {
        let due_ms = goes_on::after(promise, handled_ms).unwrap_or(0);
        // A series that comes back goes on where it was: a skipped occurrence stays skipped.
        due_ms.max(skipped_to_ms(evidence, history, promise, handled_ms).unwrap_or(due_ms))
    });
    let new_ms = corrected_ms(evidence, history, promise, old_ms, handled_ms);
    let (due_ms, last_ms) = (old_ms.min(new_ms), old_ms.max(new_ms));
    let by_ms = evidence.settled_ms(last_ms);
    // An earlier text that is handled later may end the reminder again.
    let is_later = |other: &PersonText<'_>| {
        let is_handled_later = || other.handled_ms().is_some_and(|other_ms| other_ms > handled_ms);
        let is_sent_later = other.at_ms > text.at_ms;
        (ends(other.meaning) && (is_sent_later || is_handled_later())) || (may_change(other.meaning) && is_sent_later)
    };
    let is_changed = history.texts.iter().any(|other| is_later(other) && other.at_ms < by_ms);
    // The person had left before, and the service learned it from a refused text. That opt-out ends what comes back,
    // unless the service received an opt-in after it.
    let known_ms = |change: &ConsentChange| {
        if change.is_out { change.learned_ms } else { change.obeyed_ms.or(change.received_ms) }
    };
    let known = changes.iter().filter_map(|change| Some((known_ms(change)?, change.is_out)));
    let is_left = known.filter(|(at_ms, _)| *at_ms < by_ms).max().is_some_and(|(_, is_out)| is_out);
    // If the service learned of the opt-out after UNDO had made the reminder again, the opt-out ended that reminder. Only
    // RESTORE brings it back; a later opt-in does not.
    let is_ended = changes.iter().filter_map(|change| change.learned_ms).any(|ms| (handled_ms..by_ms).contains(&ms));
    if is_changed || is_left || is_ended || due_ms <= handled_ms + SKEW_MS || by_ms > evidence.remains.end_ms {
        return None;
    }
    let is_copy =
        |key: &ReminderKey| may_be_copy(evidence, history, promise, (text, handled_ms), key.reminder.as_str());
    let mut calls = history.calls.iter().filter(|call| is_copy(call.key));
    let is_called = calls.any(|call| call.taken_ms >= due_ms - SKEW_MS && call.speaks(promise.task));
    let mut requests = history.call_requests.iter().filter(|request| is_copy(request.key));
    let is_requested = requests.any(|request| (due_ms - SKEW_MS..=by_ms).contains(&request.at_ms));
    let is_texted = history
        .text_requests
        .iter()
        .any(|request| request.at_ms >= due_ms - SKEW_MS && request.body.contains(promise.task));
    (!(is_called || is_requested || is_texted)).then_some(by_ms)
}

/// Whether a text with this meaning may end a reminder that has not rung.
fn ends(meaning: &Meaning) -> bool {
    match meaning {
        Meaning::Delete(_) | Meaning::DeleteAll | Meaning::Skip(_) | Meaning::DoneWith(_) | Meaning::Move(..) => true,
        other => other.opts_out(),
    }
}

/// Whether a text with this meaning may change a reminder that has not rung without ending it, or bring it back again.
fn may_change(meaning: &Meaning) -> bool {
    matches!(meaning, Meaning::Zone(_) | Meaning::Yes | Meaning::Undo | Meaning::Restore | Meaning::Resume(_))
}

/// When a promise that comes back is due. If texts about the zone were handled before an instant, and its zone was
/// guessed, that is the same local time in the zone that was named last. Otherwise it is its old due.
fn corrected_ms(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    due_ms: i64,
    until_ms: i64,
) -> i64 {
    let is_guessed = promise.is_local && promise.zone == evidence.zone;
    let home = history.texts.iter().filter_map(|text| match text.meaning {
        Meaning::Zone(place) => Some((text.handled_ms().filter(|at_ms| *at_ms < until_ms)?, place.zone)),
        _ => None,
    });
    let home = home.max().filter(|_| is_guessed).and_then(|(_, zone)| TimeZone::get(zone).ok());
    home.map_or(due_ms, |home| dues::in_zone(due_ms, &promise.zone, &home, i64::MIN))
}

/// The latest due with which a series goes on after a SKIP, a MOVE or a DONE, as the answers before an instant state
/// it.
fn skipped_to_ms(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    until_ms: i64,
) -> Option<i64> {
    let answers = history.answers.iter().filter(|answer| answer.at_ms <= until_ms);
    let next_ms =
        answers.filter_map(|answer| goes_on::due(evidence, history, promise, &history.texts[answer.to?], answer));
    next_ms.max()
}

/// Checks that SKIP never deletes a series.
fn check_skip_keeps_series(history: &PersonHistory<'_>, promises: &Promises<'_>, breaches: &mut Breaches) {
    for answer in &history.answers {
        let Some(Meaning::Skip(number)) = answer.to.map(|to| history.texts[to].meaning) else { continue };
        let series = promises.all.iter().find(|promise| promise.number == *number && promise.series.is_some());
        let deleted = matches!(answers::read(answer.body), Answer::Deleted { .. });
        if let Some(promise) = series.filter(|_| deleted) {
            breaches.add("G1", || format!("SKIP deleted the series {}", promise.name()));
        }
    }
}
