//! Tests of the items: each record is read as it was written, and an item that is not ours is refused.

use ::reminder::channel::Slot;
use ::reminder::ids::{ClaimId, MessageId, OutgoingTextKey, PersonId, ReminderId, ReminderKey};
use ::reminder::incoming_text::{IncomingText, PlannedWakeUp};
use ::reminder::limits::{Answers, Calls, HourlyLimit, Limits, WrongCodes};
use ::reminder::outgoing_text::{NewestTry, OutgoingText, TextEnd, TextKind, TextLife, TextState};
use ::reminder::ports::Versioned;
use ::reminder::profile::{
    Asked, Changed, Consent, LastMentioned, OptStatus, Profile, Restorable, SmallNumbers, Undoable, ZoneSource,
};
use ::reminder::record::{AnsweredBy, DueSource, End, LastEnd, Lifecycle, Reminder, State, Zone};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use language::Question;
use proptest::prelude::*;

use super::*;

mod profile_parts;
mod turns;
mod unreadable;
mod versions;

const PERSON: &str = "0123456789abcdef0123456789abcdef";
const ULID: &str = "01JZ0000000000000000000000";
const RULE: &str = "DTSTART:20270314T183000\nRRULE:FREQ=WEEKLY;BYDAY=MO";
const VERSION: u64 = 12;
const BODY: &str = "call the lawyer about it";

fn slot(text: &str) -> Slot {
    Slot { at: at(text), carrier: "twilio2".parse().unwrap() }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn deadline() -> Timestamp {
    at("2026-03-01T18:31:30.250Z")
}

fn reminder(life: Lifecycle) -> Reminder {
    Reminder {
        key: ReminderKey { person: PERSON.parse().unwrap(), reminder: ULID.parse().unwrap() },
        number: 3,
        task: BODY.to_owned(),
        zone: Zone::named("America/New_York").unwrap(),
        rule: Some(RULE.parse().unwrap()),
        due: at("2026-03-01T18:30:00Z"),
        due_source: DueSource::GuessedClock,
        created_at: at("2026-03-01T12:00:00.123456789Z"),
        generation: 7,
        epoch: 1,
        last_claim: Some(ULID.parse().unwrap()),
        last_end: Some(last_end(End::Missed)),
        cancelled_claim: Some(ULID.parse().unwrap()),
        missed_in_row: 4,
        code: "123456".parse().ok(),
        life,
        write_id: ULID.parse().unwrap(),
    }
}

fn last_end(end: End) -> LastEnd {
    LastEnd {
        end,
        due: Timestamp::UNIX_EPOCH,
        at: Timestamp::UNIX_EPOCH,
        claim: Some(ULID.parse().unwrap()),
        text: Some("01JZ0000000000000000000007".parse().unwrap()),
    }
}

fn live(state: State) -> Lifecycle {
    Lifecycle::Live { state, deadline: deadline(), recoveries: 2 }
}

fn waiting() -> State {
    State::Waiting { attempt: 2, wake_at: at("2026-03-01T18:30:00.5Z"), slot: None, answered: AnsweredBy::Machine }
}

fn dialing(answered: AnsweredBy) -> State {
    State::Dialing { attempt: 1, claim: ULID.parse().unwrap(), answered }
}

fn states() -> Vec<State> {
    let claim: ClaimId = ULID.parse().unwrap();
    let all_answers = [AnsweredBy::Nobody, AnsweredBy::Machine, AnsweredBy::Unknown, AnsweredBy::Person];
    let ringing = |pickup, answered| {
        let call = "twilio#CA1".parse().unwrap();
        State::Ringing { attempt: 3, claim: claim.clone(), call, pickup, answered }
    };
    let wake_at = at("2026-03-01T18:30:00Z");
    let with_slot =
        |answered| State::Waiting { attempt: 1, wake_at, slot: Some(slot("2026-03-01T18:30:04Z")), answered };
    let mut states = vec![waiting(), State::Paused];
    states.extend(all_answers.map(with_slot));
    states.extend(all_answers.map(dialing));
    states.extend(all_answers.map(|pickup| ringing(pickup, AnsweredBy::Nobody)));
    states.extend(all_answers.map(|answered| ringing(AnsweredBy::Unknown, answered)));
    states
}

fn lifecycles() -> Vec<Lifecycle> {
    let ends = [End::Heard, End::Unconfirmed, End::Missed, End::Cancelled, End::OptedOut { epoch: 3 }];
    let ended = ends.map(|end| Lifecycle::Ended { end, at: at("2026-03-01T18:31:00Z") });
    states().into_iter().map(live).chain(ended).collect()
}

fn message() -> IncomingText {
    IncomingText {
        id: MessageId::new("twilio", "SM0001").unwrap(),
        person: PERSON.parse().unwrap(),
        digest: "c0ffee".to_owned(),
        received_at: at("2026-03-01T12:00:00Z"),
        answer: BODY.to_owned(),
        planned: vec![PlannedWakeUp { reminder: ULID.parse().unwrap(), generation: 1 }],
    }
}

fn outgoing(life: TextLife) -> OutgoingText {
    OutgoingText {
        key: OutgoingTextKey { person: PERSON.parse().unwrap(), text: ULID.parse().unwrap() },
        kind: TextKind::InsteadOfCall(ULID.parse().unwrap()),
        words: BODY.to_owned(),
        epoch: 3,
        owed_since: at("2026-03-01T18:40:00.123456789Z"),
        life,
        write_id: ULID.parse().unwrap(),
    }
}

fn text_lives() -> Vec<TextLife> {
    let accepted = |inquiries| TextState::Accepted { tries: 2, sent: "twilio#SM2".parse().unwrap(), inquiries };
    let text_slot = Some(slot("2026-03-01T18:45:00Z"));
    let states = [
        TextState::Owed { tries: 0, slot: text_slot, newest: NewestTry::Open },
        TextState::Owed { tries: 3, slot: None, newest: NewestTry::Open },
        TextState::Owed { tries: 1, slot: None, newest: NewestTry::Failed },
        accepted(0),
        accepted(2),
    ];
    let undelivered = TextEnd::Undelivered { code: 30007 };
    let ends = [TextEnd::Delivered, TextEnd::Sent { tries: 2 }, undelivered, TextEnd::Withdrawn, TextEnd::GivenUp];
    let live = states.into_iter().map(|state| TextLife::Live { state, deadline: deadline() });
    live.chain(ends.map(|end| TextLife::Ended { end, at: at("2026-03-01T18:50:00.5Z") })).collect()
}

fn profile() -> Profile {
    Profile {
        person: PERSON.parse().unwrap(),
        number: "+12125550142".parse().unwrap(),
        zone: Zone::named("America/New_York").unwrap(),
        zone_source: ZoneSource::GuessTold,
        consent: Consent {
            epoch: 2,
            status: OptStatus::OptedIn,
            since: Some(at("2026-02-01T12:00:00Z")),
            opted_out_at: Some(at("2026-01-31T12:00:00Z")),
        },
        confirmed_at: Some(at("2026-02-02T12:00:00Z")),
        limits: Limits {
            calls: Calls::noted(["2026-03-01T12:10:00Z", "2026-03-01T12:10:00Z", "2026-03-01T12:20:00.5Z"].map(at)),
            refusals: HourlyLimit::noted([at("2026-03-01T11:50:00Z")]),
            unclear: HourlyLimit::noted(["2026-03-01T11:00:00Z", "2026-03-01T11:10:00Z"].map(at)),
            answers: Answers::noted(["2026-03-01T11:00:00Z", "2026-03-01T11:20:00Z"].map(at)),
            wrong_codes: WrongCodes::noted([at("2026-03-01T10:00:00Z")]),
        },
        numbers: SmallNumbers { last: 3, given_at: at("2026-03-01T12:00:00Z") },
        question: Some(Asked {
            question: Question::When { task: BODY.to_owned(), candidates: Vec::new() },
            at: at("2026-03-01T12:00:00Z"),
        }),
        last: Some(LastMentioned { reminder: ULID.parse().unwrap(), at: at("2026-03-01T12:00:00Z"), is_snooze: true }),
        undoable: Some(Undoable {
            at: at("2026-03-01T12:00:00Z"),
            changed: vec![Changed {
                reminder: ULID.parse().unwrap(),
                due: at("2026-03-02T12:00:00Z"),
                source: DueSource::GuessedEnd,
            }],
            made: Some(ULID.parse().unwrap()),
        }),
        restorable: Some(Restorable { epoch: 2, at: at("2026-01-31T12:00:00Z") }),
    }
}

fn text(item: &Item, name: &str) -> String {
    item[name].as_s().unwrap().clone()
}

fn number(item: &Item, name: &str) -> i64 {
    item[name].as_n().unwrap().parse().unwrap()
}

/// Returns the error after one attribute of a readable item was removed or replaced.
fn unreadable(
    item: &Item,
    name: &str,
    value: Option<AttributeValue>,
    read: fn(&Item) -> Result<(), NotOurs>,
) -> String {
    let mut item = item.clone();
    match value {
        Some(value) => item.insert(name.to_owned(), value),
        None => item.remove(name),
    };
    let Err(NotOurs::Malformed(reason)) = read(&item) else { panic!("readable without a correct {name}") };
    reason
}

fn read_reminder(item: &Item) -> Result<(), NotOurs> {
    reminder::read(item).map(drop)
}

fn read_outgoing(item: &Item) -> Result<(), NotOurs> {
    outgoing_text::read(item).map(drop)
}

fn read_profile(item: &Item) -> Result<(), NotOurs> {
    profile::read(item).map(drop)
}

fn read_message(item: &Item) -> Result<(), NotOurs> {
    incoming_text::read(item).map(drop)
}

#[test]
fn every_state_of_a_reminder_is_read_as_it_was_written() {
    for life in lifecycles() {
        let written = reminder(life);
        assert_eq!(reminder::read(&reminder::write(&written, VERSION, 30)), Ok(Versioned::read(written, VERSION)));
    }
}

#[test]
fn a_reminder_without_a_due_source_has_a_fixed_due() {
    let written = reminder(live(waiting()));
    let mut item = reminder::write(&written, VERSION, 30);
    assert_eq!(text(&item, "due_source"), "guessed_clock");
    item.remove("due_source");
    let expected = Reminder { due_source: DueSource::Fixed, ..written };
    assert_eq!(reminder::read(&item), Ok(Versioned::read(expected, VERSION)));
}

#[test]
fn every_end_of_the_last_occurrence_is_read_as_it_was_written() {
    let without_claim_and_text = LastEnd { claim: None, text: None, ..last_end(End::Missed) };
    for last_end in [None, Some(without_claim_and_text), Some(last_end(End::Unconfirmed)), Some(last_end(End::Heard))] {
        let written = Reminder { last_end, ..reminder(live(waiting())) };
        assert_eq!(reminder::read(&reminder::write(&written, VERSION, 30)), Ok(Versioned::read(written, VERSION)));
    }
}

#[test]
fn every_outgoing_text_is_read_as_it_was_written() {
    for life in text_lives() {
        for kind in [TextKind::Answer, TextKind::InsteadOfCall(ULID.parse().unwrap())] {
            let written = OutgoingText { kind, ..outgoing(life.clone()) };
            let item = outgoing_text::write(&written, VERSION, 30);
            assert_eq!(outgoing_text::read(&item), Ok(Versioned::read(written, VERSION)));
        }
    }
}

#[test]
fn an_incoming_text_is_read_as_it_was_written() {
    let written = message();
    let item = incoming_text::write(&written, VERSION, 30);
    assert_eq!(incoming_text::read(&item), Ok(Versioned::read(written, VERSION)));
}

#[test]
fn an_incoming_text_of_an_earlier_release_is_read_and_belongs_only_to_its_sender() {
    let written = message();
    let mut item = incoming_text::write(&written, VERSION, 30);
    assert_eq!((text(&item, "pk"), text(&item, "sk")), ("MSG#twilio#SM0001".to_owned(), format!("MSG#{PERSON}")));
    item.insert("sk".to_owned(), AttributeValue::S("MSG".to_owned()));
    assert_eq!(incoming_text::read(&item), Ok(Versioned::read(written.clone(), VERSION)));
    let other: PersonId = "f".repeat(32).parse().unwrap();
    assert_eq!(incoming_text::is_from(&item, &written.person), Ok(true));
    assert_eq!(incoming_text::is_from(&item, &other), Ok(false));
    item.insert("sk".to_owned(), AttributeValue::S(format!("MSG#{other}")));
    assert!(incoming_text::read(&item).is_err(), "the key names another person");
}

#[test]
fn every_profile_is_read_as_it_was_written() {
    let complete = profile();
    let new_profile = Profile {
        zone_source: ZoneSource::Guessed,
        consent: Consent { epoch: 0, status: OptStatus::OptedOut, since: None, opted_out_at: None },
        confirmed_at: None,
        limits: Limits::default(),
        question: None,
        last: None,
        undoable: None,
        restorable: None,
        ..complete.clone()
    };
    let with_zone_said = Profile { zone_source: ZoneSource::Said, ..complete.clone() };
    for written in [complete, new_profile, with_zone_said] {
        assert_eq!(profile::read(&profile::write(&written, VERSION)), Ok(Versioned::read(written, VERSION)));
    }
}

#[test]
fn a_reminder_is_in_the_deadline_index_exactly_while_it_is_live() {
    for life in lifecycles() {
        let item = reminder::write(&reminder(life.clone()), VERSION, 30);
        match life {
            Lifecycle::Live { .. } => {
                assert!(text(&item, "shard").starts_with("live#"));
                assert_eq!(number(&item, "deadline"), deadline().as_millisecond());
                assert!(!item.contains_key("expires"));
            }
            Lifecycle::Ended { end, at } => {
                assert!(!item.contains_key("shard") && !item.contains_key("deadline"));
                let days = if matches!(end, End::OptedOut { .. }) { 31 } else { 30 };
                assert_eq!(number(&item, "expires"), at.as_second() + days * 86_400);
            }
        }
    }
}

/// For 30 days, RESTORE can make such a reminder anew, even if other ended reminders are deleted earlier.
#[test]
fn a_reminder_that_an_opt_out_ended_is_kept_for_at_least_thirty_one_days_and_listed_by_its_epoch() {
    let ended_at = at("2026-03-01T18:31:00Z");
    let stopped = reminder(Lifecycle::Ended { end: End::OptedOut { epoch: 3 }, at: ended_at });
    for (retention_days, kept_days) in [(1, 31), (30, 31), (90, 90)] {
        let item = reminder::write(&stopped, VERSION, retention_days);
        assert_eq!(number(&item, "expires"), ended_at.as_second() + kept_days * 86_400);
        assert!(text(&item, "listed").starts_with("stopped#0000000003#REM#"));
    }
}

#[test]
fn an_outgoing_text_is_in_the_deadline_index_exactly_while_it_is_live() {
    for life in text_lives() {
        let item = outgoing_text::write(&outgoing(life.clone()), VERSION, 30);
        let is_live = matches!(life, TextLife::Live { .. });
        for name in ["shard", "deadline"] {
            assert_eq!(item.contains_key(name), is_live, "{name}");
        }
        assert_eq!(item.contains_key("expires"), !is_live);
    }
}

#[test]
fn an_incoming_text_is_kept_for_at_least_thirty_days() {
    for (retention_days, kept_days) in [(1, 30), (30, 30), (90, 90)] {
        let item = incoming_text::write(&message(), VERSION, retention_days);
        let received_at = at("2026-03-01T12:00:00Z");
        let expires = received_at.as_second() + kept_days * 86_400;
        assert_eq!(number(&item, "expires"), expires);
        let expired = |second| has_expired(&item, Timestamp::from_second(second).unwrap()).unwrap();
        assert!(!expired(expires - 1) && expired(expires));
    }
}

#[test]
fn an_item_without_a_time_to_live_never_expires() {
    let owed = outgoing_text::write(&outgoing(text_lives().remove(0)), VERSION, 30);
    assert_eq!(has_expired(&owed, Timestamp::MAX), Ok(false));
    assert_eq!(has_expired(&profile::write(&profile(), VERSION), Timestamp::MAX), Ok(false));
}

#[test]
fn a_deadline_is_rounded_up_to_the_millisecond() {
    for (deadline, stored) in [
        ("2026-03-01T12:00:00.000000001Z", "2026-03-01T12:00:00.001Z"),
        ("2026-03-01T12:00:00.001Z", "2026-03-01T12:00:00.001Z"),
        ("1969-12-31T23:59:59.9995Z", "1970-01-01T00:00:00Z"),
    ] {
        let life = Lifecycle::Live { state: waiting(), deadline: at(deadline), recoveries: 0 };
        let read = reminder::read(&reminder::write(&reminder(life), VERSION, 30)).unwrap();
        assert_eq!(read.deadline(), Some(at(stored)));
    }
}

#[test]
fn only_a_profile_holds_a_phone_number() {
    let reminder = format!("{:?}", reminder::write(&reminder(live(waiting())), VERSION, 30));
    let message = format!("{:?}", incoming_text::write(&message(), VERSION, 30));
    let text = format!("{:?}", outgoing_text::write(&outgoing(text_lives().remove(0)), VERSION, 30));
    assert!([reminder, message, text].iter().all(|item| !item.contains("5550142")));
}

fn instants() -> impl Strategy<Value = Timestamp> {
    // Whole milliseconds from 1970 to 2200, as the clock returns them.
    (0..7_258_118_400_000_i64).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap())
}

fn ids() -> impl Strategy<Value = ReminderId> {
    "[0-9A-HJKMNP-TV-Z]{26}".prop_map(|text| text.parse().unwrap())
}

fn any_lifecycle() -> impl Strategy<Value = Lifecycle> {
    let live = (prop::sample::select(states()), instants(), any::<u32>())
        .prop_map(|(state, deadline, recoveries)| Lifecycle::Live { state, deadline, recoveries });
    let ended = instants().prop_map(|at| Lifecycle::Ended { end: End::Heard, at });
    prop_oneof![live, ended]
}

proptest! {
    #[test]
    fn any_reminder_is_read_as_it_was_written(
        (id, task, life) in (ids(), ".{0,300}", any_lifecycle()),
        (due, created_at) in (instants(), instants()),
        (number, generation, epoch, version) in (any::<u32>(), any::<u32>(), any::<u32>(), any::<u64>()),
    ) {
        let mut written = reminder(life);
        written.key.reminder = id;
        written.task = task;
        (written.due, written.created_at) = (due, created_at);
        (written.number, written.generation, written.epoch) = (number, generation, epoch);
        prop_assert_eq!(reminder::read(&reminder::write(&written, version, 30)), Ok(Versioned::read(written, version)));
    }

    #[test]
    fn any_incoming_text_is_read_as_it_was_written(
        id in "[0-9A-Za-z_-]{1,100}",
        answer in ".{0,500}",
        person in "[0-9a-f]{32}",
        made in prop::collection::vec((ids(), any::<u32>()), 0..5),
    ) {
        let mut written = message();
        written.id = MessageId::new("twilio", &id).unwrap();
        written.answer = answer;
        written.person = person.parse::<PersonId>().unwrap();
        written.planned = made.into_iter().map(|(reminder, generation)| PlannedWakeUp { reminder, generation }).collect();
        prop_assert_eq!(incoming_text::read(&incoming_text::write(&written, VERSION, 30)), Ok(Versioned::read(written, VERSION)));
    }
}
