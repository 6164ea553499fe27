//! Records of a reminder in every state, with everything on which a transition depends.

use jiff::{SignedDuration, Timestamp};
use reminder::ids::{CallId, ClaimId, OutgoingTextId, ReminderKey};
use reminder::policy::{MISSED_IN_ROW_MAX, RECOVERIES_MAX};
use reminder::record::{AnsweredBy, DueSource, End, LastEnd, Lifecycle, Reminder, State, Zone};

pub(super) const GENERATION: u32 = 7;

/// A series whose first occurrence is the one under test, and a series without a later occurrence.
const DAILY: Option<&str> = Some("DTSTART:20260302T133000\nRRULE:FREQ=DAILY");
const ONCE: Option<&str> = Some("DTSTART:20260302T133000\nRRULE:FREQ=DAILY;COUNT=1");

/// An instant, in seconds after the due.
pub(super) fn t(seconds: i64) -> Timestamp {
    "2026-03-02T18:30:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// The instants at which events come: before the due, at the next call, and long after the max lateness.
pub(super) fn instants() -> [Timestamp; 3] {
    [t(-30), t(130), t(80_000)]
}

pub(super) fn claim(number: u32) -> ClaimId {
    format!("01CLAIM{number:019}").parse().unwrap()
}

pub(super) fn call(number: u32) -> CallId {
    format!("twilio#CA{number}").parse().unwrap()
}

/// All states. Claim 1 is that of the live call, 0 that of the previous call, 2 that of the cancelled call, and 3 that
/// of the occurrence that ended last.
fn every_life() -> Vec<Lifecycle> {
    let all = [AnsweredBy::Nobody, AnsweredBy::Machine, AnsweredBy::Unknown, AnsweredBy::Person];
    let mut states = vec![State::Paused];
    for attempt in [1, 3] {
        for answered in [AnsweredBy::Nobody, AnsweredBy::Person] {
            for wake_at in [t(0), t(120)] {
                states.push(State::Waiting { attempt, wake_at, slot: None, answered });
            }
            states.push(State::Dialing { attempt, claim: claim(1), answered });
            states.extend(all.map(|pickup| State::Ringing {
                attempt,
                claim: claim(1),
                call: call(1),
                pickup,
                answered,
            }));
        }
    }
    let mut lives: Vec<Lifecycle> = Vec::new();
    for state in states {
        for (deadline, recoveries) in [(t(-60), 0), (t(-60), RECOVERIES_MAX), (t(600), 0)] {
            lives.push(Lifecycle::Live { state: state.clone(), deadline, recoveries });
        }
    }
    let ends = [End::Heard, End::Unconfirmed, End::Missed, End::Cancelled, End::OptedOut { epoch: 3 }];
    lives.extend(ends.map(|end| Lifecycle::Ended { end, at: t(-10) }));
    lives
}

fn last_ends() -> Vec<Option<LastEnd>> {
    let text: Option<OutgoingTextId> = Some(OutgoingTextId::of_occurrence(&key().reminder, 6));
    let last = |end, text| LastEnd { end, due: t(-600), at: t(-500), claim: Some(claim(3)), text };
    vec![None, Some(last(End::Heard, text.clone())), Some(last(End::Missed, text))]
}

fn key() -> ReminderKey {
    ReminderKey {
        person: "0123456789abcdef0123456789abcdef".parse().unwrap(),
        reminder: "01JZ0000000000000000000000".parse().unwrap(),
    }
}

/// All records: one-offs and series, with and without earlier calls and ends.
pub(super) fn every_record() -> Vec<Reminder> {
    let mut records = Vec::new();
    for life in every_life() {
        for last_end in last_ends() {
            for (rule, due_source) in
                [(None, DueSource::Fixed), (DAILY, DueSource::GuessedClock), (ONCE, DueSource::Fixed)]
            {
                for (missed_in_row, cancelled) in [(0, None), (MISSED_IN_ROW_MAX - 1, Some(2))] {
                    records.push(Reminder {
                        key: key(),
                        number: 3,
                        task: "buy milk".to_owned(),
                        zone: Zone::named("America/New_York").unwrap(),
                        rule: rule.map(|rule: &str| rule.parse().unwrap()),
                        due: t(0),
                        due_source,
                        created_at: t(-900),
                        generation: GENERATION,
                        epoch: 2,
                        last_claim: Some(claim(0)),
                        last_end: last_end.clone(),
                        cancelled_claim: cancelled.map(claim),
                        code: None,
                        missed_in_row,
                        life: life.clone(),
                        write_id: "01WRITE0000000000000000000".parse().unwrap(),
                    });
                }
            }
        }
    }
    records
}
