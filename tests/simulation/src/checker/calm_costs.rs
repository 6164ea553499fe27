//! Bounds on costs in a world without faults, exactly as the rules imply them.
//!
//! The whole life of a reminder with one call, which its person acknowledges, costs at most:
//!
//! - one transaction
//! - six conditional writes: the turn, the claim, the acceptance, the verdict, the end, and the confirmation of a
//!   schedule (or of a wake-up that was near when it was sent, although it was far when it was planned)
//! - one slot
//! - one schedule
//! - two messages on the dial queue: the message that the schedule sends, and the message that waits for the due
//!
//! A text to the person costs at most three writes: its only try, its acceptance and its delivery. A wait for a slot
//! costs two more writes, and a delivery that the carrier does not report costs one more.
//!
//! If a wake-up is delivered again, or if its person changes the reminder at the same instant, the wake-up may take a
//! turn and a slot before its write is refused. If a text is delivered again, the service sends the wake-up of the new
//! reminder again, because the function of the first delivery may have died before it sent that wake-up. Two copies of
//! a wake-up may be handled at the same time: then one copy waits for a slot while the other has an earlier slot, at
//! most once for each call.
//!
//! Each wait for a busy phone or for a slot costs further writes and a message. A reminder whose call was requested
//! soon before or after another call may have waited, and is judged only by the wider bound in [`super::costs`]. If a
//! text moved the reminder while it waited, the wait costs one write and one message. A wait for a slot also costs a
//! turn that was given back.

use std::collections::BTreeMap;

use reminder::channel::ChannelKind;
use reminder::ids::ReminderId;

use super::breach::Breaches;
use super::call_limits;
use super::evidence::Evidence;
use super::occurrence::RETRY_MS;
use super::person_history::{Call, CallRequest, PersonHistory, PersonText, replaces_a_call};
use crate::fakes::{Costs, PostponedCall};
use crate::history::PickedUpBy;
use crate::people::{Due, Meaning};

/// Writes for each call: the turn, the claim, the acceptance and the end. The write of the end also plans the next
/// attempt or the next occurrence.
const WRITES_OF_CALL: u32 = 4;

/// Two calls that are requested within this time, in milliseconds, may have competed for a slot: a slot lasts a second,
/// and a call with a later slot waits for its wake-up.
const SLOTS_MS: i64 = 10_000;

/// Of two calls to one person that are requested within this time, in milliseconds, one may have waited for the other:
/// the longest turn, and the wait after it.
const TURNS_MS: i64 = (23 + 90 + 60 + 60) * 1000;

/// Longest time for which a wake-up is on the dial queue before the request for its call, in milliseconds. A wake-up
/// that is farther ahead is a schedule, and a schedule that exists is not created again.
const NEAR_MS: i64 = 840_000 + 1000 + SLOTS_MS;

/// Writes of a text to a person that waits for nothing: its only try, its acceptance and its delivery.
const WRITES_OF_TEXT: u32 = 3;

/// Further writes of a text that waits for a slot of its channel: the write of the slot, and the write that counts the
/// try in this slot. The try that found no free slot does not stay counted.
const WRITES_OF_WAIT: u32 = 2;

/// Further writes of a text whose delivery the carrier never reports: the carrier is asked once, an hour later.
const WRITES_OF_INQUIRY: u32 = 1;

/// Judges the costs of a world without faults.
pub(super) fn judge(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    let costs: BTreeMap<&str, Costs> =
        evidence.remains.costs.iter().map(|(reminder, costs)| (reminder.as_str(), *costs)).collect();
    for history in &evidence.people {
        let mut calls: BTreeMap<&ReminderId, Vec<&CallRequest<'_>>> = BTreeMap::new();
        for request in &history.call_requests {
            calls.entry(&request.key.reminder).or_default().push(request);
        }
        for (reminder, requests) in calls {
            let waits = |request: &&CallRequest<'_>| may_wait(evidence, history, request);
            if let Some(costs) = costs.get(reminder.to_string().as_str())
                && !requests.iter().any(waits)
            {
                let postponed = postponed_with_reason(evidence, history, reminder);
                of_reminder(evidence, history, reminder, &requests, &postponed, *costs, breaches);
            }
        }
    }
    of_slots(evidence, breaches);
    of_texts(evidence, breaches);
}

/// Whether a call may have waited for a slot or for its person's phone, or the next attempt after it for that phone. A
/// text may end the next attempt while it waits. Then no request shows that attempt.
fn may_wait(evidence: &Evidence<'_>, history: &PersonHistory<'_>, request: &CallRequest<'_>) -> bool {
    let over_ms = history.calls.iter().find(|call| call.claim == request.claim).and_then(|call| call.over_ms);
    let next = over_ms.into_iter().flat_map(|over_ms| RETRY_MS.map(|retry_ms| over_ms + retry_ms));
    let is_near = |at_ms: i64| {
        let mut others = history.call_requests.iter().filter(|other| other.key != request.key);
        others.any(|other| (other.at_ms - at_ms).abs() < TURNS_MS)
    };
    evidence.requests_between(request.at_ms - SLOTS_MS, request.at_ms + SLOTS_MS) > 1
        || is_near(request.at_ms)
        || next.into_iter().any(is_near)
}

/// Judges the costs of one reminder that was called.
fn of_reminder(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    reminder: &ReminderId,
    requests: &[&CallRequest<'_>],
    postponed: &[PostponedCall],
    costs: Costs,
    breaches: &mut Breaches,
) {
    let calls = count(requests.len());
    let verdicts: u32 = requests.iter().map(|request| verdicts(history, request)).sum();
    // Each text that may change reminders may change this reminder, or end it in a write of its own.
    let texts = count(history.texts.iter().filter(|text| may_change(text)).count());
    // When a call is reported as over without a key, the next attempt is planned. If the service receives a key or a
    // verdict after that, it ends the occurrence or plans the next occurrence.
    let late_keys = count(requests.iter().filter(|request| is_late(history, request, key_ms)).count());
    let late_verdicts = count(requests.iter().filter(|request| is_late(history, request, verdict_ms)).count());
    let repeats = history.texts.iter().any(|text| repeats(text));
    // Each call may be about another occurrence of the series, and one more occurrence is planned.
    let limited = count(texts_at_limit(evidence, history));
    let occurrences = if repeats { 1 + calls + limited } else { 1 };
    let mut at_most = |items: &str, found: u32, most: u32| {
        breaches.unless(found <= most, "bound", || {
            format!("{reminder} cost {found} {items} without any fault, expected at most {most} for {calls} calls")
        });
    };
    at_most("transactions", costs.by_texts, 1 + texts);
    at_most("transactions with a text to the person", costs.with_text, occurrences);
    // Before each write that was refused, a turn was taken. If another copy of the wake-up then waited for a slot, that
    // copy took a turn too, and wrote its slot.
    let waits = costs.lost.min(calls);
    let slots = count(postponed.iter().filter(|postponed| postponed.has_slot).count());
    let postponed = count(postponed.len());
    let confirmations = costs.schedules + costs.came_near;
    let most = WRITES_OF_CALL * calls
        + verdicts
        + late_keys
        + confirmations
        + texts
        + costs.lost
        + 2 * waits
        + postponed
        + slots
        + limited;
    at_most("writes", costs.writes + costs.turns, most);
    at_most("turns given back", costs.turns_given_back, costs.lost + waits + slots);
    at_most("schedules", costs.schedules, occurrences + texts);
    let sent_again = count(wake_ups_sent_again(history, requests, texts > 0));
    let most = calls
        + costs.on_the_way
        + costs.schedules
        + texts
        + late_keys
        + late_verdicts
        + waits
        + sent_again
        + postponed
        + limited;
    at_most("dial messages", costs.messages, most);
}

/// How many texts may have replaced calls of this person because a limit of calls was reached. Each such occurrence costs
/// a message, and one of them an hour a write that notes that its text names the limit.
fn texts_at_limit(evidence: &Evidence<'_>, history: &PersonHistory<'_>) -> usize {
    let requests = history.text_requests.iter().filter(|request| replaces_a_call(request.body));
    let at_limit = requests.filter(|request| call_limits::is_reached(evidence, history, request.at_ms, request.at_ms));
    at_limit.count()
}

/// The waits of a reminder that have a reason: another call rang on its person's phone, or other calls took its
/// channel's slots.
fn postponed_with_reason(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    reminder: &ReminderId,
) -> Vec<PostponedCall> {
    let requests_in = |from_ms: i64, to_ms: i64, is_own: bool| {
        let requests = history.call_requests.iter().filter(|request| (request.key.reminder == *reminder) == is_own);
        requests.filter(|request| (from_ms..to_ms).contains(&request.at_ms)).count()
    };
    let has_reason = |postponed: &PostponedCall| {
        let (from_ms, to_ms) = (postponed.from_ms - SLOTS_MS, postponed.from_ms + SLOTS_MS);
        if postponed.has_slot {
            evidence.requests_between(from_ms, to_ms) > i64::from(count(requests_in(from_ms, to_ms, true)))
        } else {
            requests_in(postponed.from_ms - TURNS_MS, to_ms, false) > 0
        }
    };
    let all = evidence.remains.postponed_calls.iter().filter(|(name, _)| *name == reminder.to_string());
    all.map(|(_, postponed)| *postponed).filter(has_reason).collect()
}

/// How many slots were reserved for calls that a text then moved before they used their slots.
fn slots_before_moves(evidence: &Evidence<'_>) -> u32 {
    let requests = || evidence.people.iter().flat_map(|history| &history.call_requests);
    let is_used = |reminder: &str, postponed: &PostponedCall| {
        let used = postponed.to_ms..postponed.to_ms + SLOTS_MS;
        requests().any(|request| used.contains(&request.at_ms) && request.key.reminder.to_string() == reminder)
    };
    let unused = |(reminder, postponed): &&(String, PostponedCall)| postponed.has_slot && !is_used(reminder, postponed);
    count(evidence.remains.postponed_calls.iter().filter(unused).count())
}

/// How many repeated deliveries of texts may have sent the wake-up of one of these calls through the dial queue again.
/// If the person changed the reminder, the wake-up may have been planned for an earlier instant.
fn wake_ups_sent_again(history: &PersonHistory<'_>, requests: &[&CallRequest<'_>], is_changed: bool) -> usize {
    let is_near = |handed_ms: &&i64| {
        let mut ahead_ms = requests.iter().map(|request| request.at_ms - **handed_ms);
        ahead_ms.any(|ahead_ms| ahead_ms >= 0 && (is_changed || ahead_ms <= NEAR_MS))
    };
    history.texts.iter().flat_map(|text| text.handed.iter().skip(1)).filter(is_near).count()
}

/// A key or a verdict that comes less than this before the end of its call, in milliseconds, may be handled after the
/// report of that end.
const REPORTS_MS: i64 = 1000;

/// Whether the instant that `at_ms` returns is shortly before the call was over, or later.
fn is_late(history: &PersonHistory<'_>, request: &CallRequest<'_>, at_ms: fn(&Call<'_>) -> Option<i64>) -> bool {
    let call = history.calls.iter().find(|call| call.claim == request.claim);
    call.is_some_and(|call| at_ms(call).zip(call.over_ms).is_some_and(|(at_ms, over_ms)| at_ms > over_ms - REPORTS_MS))
}

/// When the last key was pressed.
fn key_ms(call: &Call<'_>) -> Option<i64> {
    call.pressed.last().map(|(at_ms, _)| *at_ms)
}

/// When the service learned that a person had picked up.
fn verdict_ms(call: &Call<'_>) -> Option<i64> {
    call.person_known_ms
}

/// Maximum number of verdicts about a call that are written: there may be two about a machine, one when it starts to
/// speak and one when it stops.
fn verdicts(history: &PersonHistory<'_>, request: &CallRequest<'_>) -> u32 {
    let call = history.calls.iter().find(|call| call.claim == request.claim);
    match call.and_then(|call| call.picked_up_by) {
        None => 0,
        Some(PickedUpBy::Person) => 1,
        Some(_) => 2,
    }
}

/// Whether a text asks for a series.
fn repeats(text: &PersonText<'_>) -> bool {
    matches!(text.meaning, Meaning::Remind { due: Due::Each(..) | Due::Every(..), .. })
}

/// Whether a text may change reminders that exist.
fn may_change(text: &PersonText<'_>) -> bool {
    !matches!(
        text.meaning,
        Meaning::Remind { .. } | Meaning::RemindSometime { .. } | Meaning::Code(_) | Meaning::List | Meaning::Noise
    )
}

/// Judges the number of slots. Each slot is used by one call, or was taken for a call whose write was refused or that a
/// text then moved. A reminder that has waited for its slot may then find the phone busy, and need another slot.
fn of_slots(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    let slots = evidence.remains.cloud.channels.borrow().slots(ChannelKind::Voice);
    let waits = |history: &&PersonHistory<'_>| {
        count(history.call_requests.iter().filter(|request| may_wait(evidence, history, request)).count())
    };
    let waits: u32 = evidence.people.iter().map(|history| waits(&history)).sum();
    let calls = count(evidence.requested_ms().len());
    let lost: u32 = evidence.remains.costs.iter().map(|(_, costs)| costs.lost).sum();
    let unused = slots_before_moves(evidence);
    breaches.unless(slots <= calls + waits + lost + unused, "bound", || {
        format!(
            "{slots} slots were taken without any fault, expected one for each of {calls} calls, {waits} waits, {lost} \
             refused writes and {unused} moved calls"
        )
    });
}

/// Judges the writes of the texts to people.
fn of_texts(evidence: &Evidence<'_>, breaches: &mut Breaches) {
    let waits = if may_wait_for_slots(evidence) { WRITES_OF_WAIT } else { 0 };
    let asks = if evidence.remains.cloud.hides_deliveries.get() { WRITES_OF_INQUIRY } else { 0 };
    let most = WRITES_OF_TEXT + waits + asks;
    for (text, writes) in &evidence.remains.text_writes {
        breaches.unless(*writes <= most, "bound", || {
            format!("the text {text} cost {writes} writes without any fault, expected at most {most}")
        });
    }
}

/// Whether two texts that replace calls may have competed for a slot of their channel. Answers take no slots.
fn may_wait_for_slots(evidence: &Evidence<'_>) -> bool {
    let requests = evidence.people.iter().flat_map(|history| &history.text_requests);
    let mut requested_ms: Vec<i64> =
        requests.filter(|request| replaces_a_call(request.body)).map(|request| request.at_ms).collect();
    requested_ms.sort_unstable();
    requested_ms.windows(2).any(|two| two[1] - two[0] < SLOTS_MS)
}

fn count(things: usize) -> u32 {
    u32::try_from(things).unwrap_or(u32::MAX)
}
