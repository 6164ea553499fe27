//! The lifecycle, transition by transition. A row is a record, an event at some seconds after the record's due, and the
//! result.

mod any_state;
mod call_speech;
mod dialing;
mod ended;
mod events;
mod paused;
mod properties;
mod ringing;
mod series;
mod verdicts;
mod waiting;

use jiff::Timestamp;

use events::*;

use super::*;
use crate::call_limits::ReachedLimit;
use crate::channel::Slot;
use crate::confirmation::ConfirmationCode;
use crate::event::{Effect, Report, Verdict, WakeUp};
use crate::ids::{CallId, ClaimId, OutgoingTextId, OutgoingTextKey, ReminderKey};
use crate::outgoing_text::{NewestTry, OutgoingText, TextKind, TextLife, TextState};
use crate::policy::{MISSED_IN_ROW_MAX, PAUSED_CHECK_S, RECOVERIES_MAX, RING_STRETCH_S, Times, after};
use crate::record::{AnsweredBy, DueSource, End, LastEnd, TextReason, Zone};
use crate::words::{self, SeriesAfterText};

const MAX_LATENESS_S: i64 = Times::DEFAULT.max_lateness_s;
const RINGING_S: i64 = Times::DEFAULT.ring_s + RING_STRETCH_S + Times::DEFAULT.talk_s + Times::DEFAULT.ringing_margin_s;
const GENERATION: u32 = 7;

/// Number of occurrences in a row that were missed before the occurrence under test.
const MISSED: u8 = 2;

fn policy() -> Policy {
    Policy::new(Times::DEFAULT).unwrap()
}

/// An instant, in seconds after the reminder's due.
/// A "done" that is received now, or late.
fn done(second: i64) -> Event {
    Event::Acknowledged { received_at: t(second) }
}

fn t(seconds: i64) -> Timestamp {
    after("2026-03-02T18:30:00Z".parse().unwrap(), seconds)
}

fn claim(n: u32) -> ClaimId {
    format!("01CLAIM{n:019}").parse().unwrap()
}

fn call(n: u32) -> CallId {
    format!("twilio#CA{n}").parse().unwrap()
}

/// Returns the record under test. Claim 1 belongs to the live call, if there is one, and claim 0 to the previous call.
/// Claim 9 is unknown to the record.
fn reminder(state: State, deadline_s: i64) -> Reminder {
    Reminder {
        key: ReminderKey {
            person: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            reminder: "01JZ0000000000000000000000".parse().unwrap(),
        },
        number: 3,
        task: "buy milk".to_owned(),
        zone: Zone::named("America/New_York").unwrap(),
        rule: None,
        due: t(0),
        due_source: DueSource::Fixed,
        created_at: t(-600),
        generation: GENERATION,
        epoch: 2,
        last_claim: Some(claim(0)),
        last_end: None,
        cancelled_claim: None,
        code: None,
        missed_in_row: MISSED,
        life: live(state, deadline_s),
        write_id: "01WRITE0000000000000000000".parse().unwrap(),
    }
}

fn live(state: State, deadline_s: i64) -> Lifecycle {
    Lifecycle::Live { state, deadline: t(deadline_s), recoveries: 0 }
}

fn recovered(state: State, deadline_s: i64, recoveries: u32) -> Lifecycle {
    Lifecycle::Live { state, deadline: t(deadline_s), recoveries }
}

fn ended(end: End, at_s: i64) -> Lifecycle {
    Lifecycle::Ended { end, at: t(at_s) }
}

fn awaiting(attempt: u8, wake_at_s: i64) -> State {
    awaiting_after(AnsweredBy::Nobody, attempt, wake_at_s)
}

/// Returns the state that waits for a call, after the earlier calls of the occurrence were answered like this.
fn awaiting_after(answered: AnsweredBy, attempt: u8, wake_at_s: i64) -> State {
    State::Waiting { attempt, wake_at: t(wake_at_s), slot: None, answered }
}

fn dialed(attempt: u8) -> State {
    dialed_after(AnsweredBy::Nobody, attempt)
}

fn dialed_after(answered: AnsweredBy, attempt: u8) -> State {
    State::Dialing { attempt, claim: claim(1), answered }
}

fn rung(attempt: u8, pickup: AnsweredBy) -> State {
    rung_after(AnsweredBy::Nobody, attempt, pickup)
}

fn rung_after(answered: AnsweredBy, attempt: u8, pickup: AnsweredBy) -> State {
    State::Ringing { attempt, claim: claim(1), call: call(1), pickup, answered }
}

fn slot(at_s: i64) -> Slot {
    Slot { at: t(at_s), carrier: "twilio".parse().unwrap() }
}

/// A reminder whose first call is due now. The functions below return it in its other states.
fn due_now() -> Reminder {
    reminder(awaiting(1, 0), 90)
}

fn between_calls() -> Reminder {
    reminder(awaiting(2, 120), 210)
}

fn claimed() -> Reminder {
    reminder(dialed(1), 60)
}

fn ringing() -> Reminder {
    reminder(rung(1, AnsweredBy::Nobody), RINGING_S)
}

fn picked_up() -> Reminder {
    reminder(rung(1, AnsweredBy::Unknown), RINGING_S)
}

/// The last call of an occurrence, whose earlier calls were answered like this.
fn last_call(answered: AnsweredBy, pickup: AnsweredBy) -> Reminder {
    reminder(rung_after(answered, 3, pickup), RINGING_S)
}

/// The end of the occurrence whose last call had claim 0.
fn last_end(end: End, at_s: i64) -> LastEnd {
    let text = matches!(end, End::Unconfirmed | End::Missed).then(text_id);
    LastEnd { end, due: t(0), at: t(at_s), claim: Some(claim(0)), text }
}

fn text_id() -> OutgoingTextId {
    OutgoingTextId::of_occurrence(&due_now().key.reminder, GENERATION)
}

fn ended_reminder(end: End) -> Reminder {
    let last_end = (end != End::Cancelled).then(|| last_end(end, 0));
    Reminder { life: ended(end, 0), last_end, ..due_now() }
}

/// A series that was paused when the occurrence of claim 0 was missed.
fn paused() -> Reminder {
    let (state, last_end) = (State::Paused, Some(last_end(End::Missed, 0)));
    Reminder { last_end, missed_in_row: MISSED_IN_ROW_MAX, ..every("FREQ=DAILY", reminder(state, PAUSED_CHECK_S)) }
}

fn every(rule: &str, given: Reminder) -> Reminder {
    let rule = format!("DTSTART:20260302T133000\nRRULE:{rule}").parse().unwrap();
    Reminder { rule: Some(rule), ..given }
}

/// The expected result of one event.
#[derive(Clone)]
enum Next {
    /// The event is ignored.
    Ignored,
    /// Only these effects follow.
    Acts(Vec<Effect>),
    /// The lifecycle changes; the generation and the last claim stay.
    Changes(Lifecycle, Vec<Effect>),
    /// The lifecycle changes, and the live claim, if there is one, becomes the last claim.
    CallEnds(Lifecycle, Vec<Effect>),
    /// Another call is planned and its wake-up sent. The live claim, if there is one, becomes the last claim.
    Planned(Lifecycle, i64),
    /// Another call is planned and its wake-up sent. The last claim stays, because the live claim placed no call.
    PlannedAgain(Lifecycle, i64),
    /// The occurrence of a one-off ends as heard.
    Heard(Vec<Effect>),
    /// The occurrence of a one-off ends in this way for this reason, with a text that is sent at once.
    Texted(End, TextReason),
    /// The occurrence of a one-off ends in this way for this reason. Its text waits for a key that the report of the
    /// end of the call may have overtaken.
    TextedLater(End, TextReason),
}
use Next::{Acts, CallEnds, Changes, Heard, Ignored, Planned, PlannedAgain, Texted, TextedLater};

fn hang_up_on(n: u32) -> Vec<Effect> {
    vec![Effect::CancelCall(call(n))]
}

/// The wake-up of the record's generation.
fn wake_again(given: &Reminder, wake_at_s: i64) -> Effect {
    Effect::SendWakeUp(WakeUp { key: given.key.clone(), generation: given.generation, wake_at: t(wake_at_s) })
}

/// Returns the last claim of the record after an event that ends its live call.
fn newest_claim(given: &Reminder) -> Option<ClaimId> {
    given.state().and_then(State::claim).cloned().or_else(|| given.last_claim.clone())
}

/// Returns the last claim of the record after an event by which the person acknowledged or skipped the occurrence. The
/// claim of a key of the previous call stays the last claim.
fn last_claim_after(given: &Reminder, event: &Event) -> Option<ClaimId> {
    let is_key_of_last = matches!(event, Event::KeyPressed { claim } if given.is_last_claim(claim));
    if is_key_of_last { given.last_claim.clone() } else { newest_claim(given) }
}

/// Returns the cancelled claim of the record after an event. The live call is cancelled if the person ended the
/// occurrence by a text, or by a key of an earlier call.
fn cancelled_claim(given: &Reminder, event: &Event) -> Option<ClaimId> {
    let live = given.state().and_then(State::claim);
    let is_key_of_another = matches!(event, Event::KeyPressed { claim } if live != Some(claim));
    let is_text = matches!(
        event,
        Event::Acknowledged { .. }
            | Event::Deleted
            | Event::Skipped
            | Event::Rescheduled { .. }
            | Event::OptedOut { .. }
    );
    let is_cancelled = is_key_of_another || is_text;
    live.filter(|_| is_cancelled).or(given.cancelled_claim.as_ref()).cloned()
}

/// Returns the end of the occurrence. Before its first call, the last claim belongs to the previous occurrence.
fn end_of(given: &Reminder, end: End, at_s: i64, text: Option<OutgoingTextId>) -> LastEnd {
    let has_begun = !matches!(given.state(), Some(State::Waiting { attempt: 1, .. }));
    LastEnd { end, due: given.due, at: t(at_s), claim: newest_claim(given).filter(|_| has_begun), text }
}

/// The text that replaces the occurrence's call. A text that is sent at once has its first try counted.
fn owed_text(given: &Reminder, why: TextReason, series: SeriesAfterText, at_s: i64, tries: u8) -> OutgoingText {
    let deadline = t(at_s + if tries == 0 { 10 } else { 60 });
    OutgoingText {
        key: OutgoingTextKey { person: given.key.person.clone(), text: text_id() },
        kind: TextKind::InsteadOfCall(given.key.reminder.clone()),
        words: words::instead_of_call(given, why, series, t(at_s)),
        epoch: given.epoch,
        owed_since: t(at_s),
        life: TextLife::Live { state: TextState::Owed { tries, slot: None, newest: NewestTry::Open }, deadline },
        write_id: given.write_id.clone(),
    }
}

/// The end of an occurrence, with its text in the same change.
fn texted(given: &Reminder, end: End, why: TextReason, at_s: i64, tries: u8) -> Change {
    let text = owed_text(given, why, SeriesAfterText::GoesOn, at_s, tries);
    let missed_in_row = match (end, why) {
        (End::Missed, TextReason::Unanswered | TextReason::NumberRefused) => given.missed_in_row + 1,
        (End::Missed, _) => given.missed_in_row,
        (End::Unconfirmed | End::Heard | End::Cancelled | End::OptedOut { .. }, _) => 0,
    };
    let last_end = Some(end_of(given, end, at_s, Some(text.key.text.clone())));
    let life = ended(end, at_s);
    let next = Reminder { life, last_claim: newest_claim(given), last_end, missed_in_row, ..given.clone() };
    Change { next, text: Some(text), effects: vec![] }
}

fn change(next: Reminder, effects: Vec<Effect>) -> Transition {
    Transition::Change(Box::new(Change { next, text: None, effects }))
}

/// Another call of this record is planned, and its wake-up sent.
fn planned(next: Reminder, wake_at_s: i64) -> Transition {
    let next = Reminder { generation: GENERATION + 1, ..next };
    let wake = wake_again(&next, wake_at_s);
    change(next, vec![wake])
}

fn check(given: &Reminder, at_s: i64, event: &Event, expected: Next) {
    let last_claim = newest_claim(given);
    let expected = match expected {
        Ignored => Transition::Ignore,
        Acts(effects) => Transition::Act(effects),
        Changes(life, effects) => change(Reminder { life, ..given.clone() }, effects),
        CallEnds(life, effects) => {
            let cancelled_claim = cancelled_claim(given, event);
            change(Reminder { life, last_claim, cancelled_claim, ..given.clone() }, effects)
        }
        Planned(life, wake_at_s) => planned(Reminder { life, last_claim, ..given.clone() }, wake_at_s),
        PlannedAgain(life, wake_at_s) => planned(Reminder { life, ..given.clone() }, wake_at_s),
        Heard(effects) => {
            let last_end = Some(end_of(given, End::Heard, at_s, None));
            let life = ended(End::Heard, at_s);
            let cancelled_claim = cancelled_claim(given, event);
            let last_claim = last_claim_after(given, event);
            let heard = Reminder { life, last_claim, cancelled_claim, last_end, missed_in_row: 0, ..given.clone() };
            change(heard, effects)
        }
        Texted(end, why) => Transition::Change(Box::new(texted(given, end, why, at_s, 1))),
        TextedLater(end, why) => Transition::Change(Box::new(texted(given, end, why, at_s, 0))),
    };
    assert_eq!(transition(given, event, t(at_s), &policy()), expected, "{event:?} at {at_s} s on {:?}", given.life);
}

fn check_all(given: &Reminder, at_s: i64, rows: impl IntoIterator<Item = (Event, Next)>) {
    for (event, expected) in rows {
        check(given, at_s, &event, expected);
    }
}
