//! The lifecycle, transition by transition. A row is a record, an event some seconds after its due, and the result.

mod any_state;
mod dialing;
mod ended;
mod pickup_speech;
mod properties;
mod ringing;
mod series;
mod texting;
mod waiting;

use jiff::Timestamp;

use super::*;
use crate::channel::Slot;
use crate::event::{Effect, Report, WakeUp};
use crate::ids::{CallId, ClaimId, ReminderKey};
use crate::policy::{RECOVERIES_MAX, RING_STRETCH_S, Times, after};
use crate::record::{DueSource, End, Pickup, TextReason, Zone};

const MAX_LATENESS_S: i64 = Times::DEFAULT.max_lateness_s;
const RINGING_S: i64 = Times::DEFAULT.ring_s + RING_STRETCH_S + Times::DEFAULT.talk_s + Times::DEFAULT.ringing_margin_s;
const GENERATION: u32 = 7;

fn policy() -> Policy {
    Policy::new(Times::DEFAULT).unwrap()
}

/// An instant, in seconds after the reminder's due.
fn t(seconds: i64) -> Timestamp {
    after("2026-03-02T18:30:00Z".parse().unwrap(), seconds)
}

fn claim(n: u32) -> ClaimId {
    format!("01CLAIM{n:019}").parse().unwrap()
}

fn call(n: u32) -> CallId {
    format!("twilio#CA{n}").parse().unwrap()
}

/// In the state under test claim 1 is live, claim 0 is that of the call before, and claim 9 is unknown to the record.
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
        last_end_at: None,
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
    State::Waiting { attempt, wake_at: t(wake_at_s), slot: None }
}

fn dialed(attempt: u8) -> State {
    State::Dialing { attempt, claim: claim(1) }
}

fn rung(attempt: u8, pickup: Pickup) -> State {
    State::Ringing { attempt, claim: claim(1), call: call(1), pickup }
}

fn slot(at_s: i64) -> Slot {
    Slot { at: t(at_s), carrier: "twilio".parse().unwrap() }
}

fn texted(why: TextReason, tries: u8, since_s: i64) -> State {
    State::Texting { why, tries, since: t(since_s), slot: None }
}

/// A reminder whose first call is due now. The functions below give it in its other states.
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
    reminder(rung(1, Pickup::Unseen), RINGING_S)
}

fn picked_up() -> Reminder {
    reminder(rung(1, Pickup::Seen), RINGING_S)
}

fn untexted() -> Reminder {
    reminder(texted(TextReason::Unconfirmed, 0, 0), 10)
}

fn texting() -> Reminder {
    reminder(texted(TextReason::Unanswered, 1, 0), 60)
}

fn ended_reminder(end: End) -> Reminder {
    Reminder { life: ended(end, 0), ..due_now() }
}

fn every(rule: &str, given: Reminder) -> Reminder {
    let rule = format!("DTSTART:20260302T133000\nRRULE:{rule}").parse().unwrap();
    Reminder { rule: Some(rule), ..given }
}

fn woken(generation: u32) -> Event {
    Event::Woken { generation, claim: claim(1) }
}

fn accepted(n: u32) -> Event {
    Event::Accepted { claim: claim(n), call: call(n) }
}

fn reported(n: u32, report: Report) -> Event {
    Event::CallReported { claim: claim(n), call: call(n), report }
}

fn pressed(n: u32) -> Event {
    Event::KeyPressed { claim: claim(n) }
}

fn refused_for_now(n: u32, retry_at_s: i64) -> Event {
    Event::RefusedForNow { claim: claim(n), retry_at: t(retry_at_s) }
}

fn refused_for_good(n: u32) -> Event {
    Event::RefusedForGood { claim: claim(n) }
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
    /// The lifecycle changes, and the live claim becomes the last one.
    CallEnds(Lifecycle, Vec<Effect>),
    /// Another call is planned and its wake-up sent. The live claim becomes the last one, if there is one.
    Planned(Lifecycle, i64),
}
use Next::{Acts, CallEnds, Changes, Ignored, Planned};
fn hang_up_on(n: u32) -> Vec<Effect> {
    vec![Effect::CancelCall(call(n))]
}

/// The wake-up of the record's generation.
fn wake_again(given: &Reminder, wake_at_s: i64) -> Effect {
    Effect::SendWakeUp(WakeUp { key: given.key.clone(), generation: given.generation, wake_at: t(wake_at_s) })
}

fn check(given: &Reminder, at_s: i64, event: &Event, expected: Next) {
    let live_claim = given.state().and_then(State::claim).cloned().or_else(|| given.last_claim.clone());
    let change = |next: Reminder, effects| Transition::Change(Box::new(next), effects);
    let expected = match expected {
        Ignored => Transition::Ignore,
        Acts(effects) => Transition::Act(effects),
        Changes(life, effects) => change(Reminder { life, ..given.clone() }, effects),
        CallEnds(life, effects) => change(Reminder { life, last_claim: live_claim, ..given.clone() }, effects),
        Planned(life, wake_at_s) => {
            let next = Reminder { life, last_claim: live_claim, generation: GENERATION + 1, ..given.clone() };
            let wake = wake_again(&next, wake_at_s);
            change(next, vec![wake])
        }
    };
    assert_eq!(transition(given, event, t(at_s), &policy()), expected, "{event:?} at {at_s} s on {:?}", given.life);
}

fn check_all(given: &Reminder, at_s: i64, rows: impl IntoIterator<Item = (Event, Next)>) {
    for (event, expected) in rows {
        check(given, at_s, &event, expected);
    }
}
