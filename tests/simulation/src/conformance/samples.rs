//! Sample people, reminders and texts. Their fields mostly differ from the defaults, so that the suites notice a store
//! that loses a field.

use jiff::{SignedDuration, Timestamp};
use language::{Candidate, DueBasis, Question};
use reminder::channel::Slot;
use reminder::ids::{MessageId, Number, OutgoingTextId, OutgoingTextKey, PersonId, PersonKey, ReminderKey, SentTextId};
use reminder::incoming_text::{IncomingText, PlannedWakeUp};
use reminder::limits::{Answers, Calls, HourlyLimit, Limits, WrongCodes};
use reminder::outgoing_text::{NewestTry, OutgoingText, TextEnd, TextKind, TextLife, TextState};
use reminder::ports::{Ids, Replacement, TextTransaction, Versioned};
use reminder::profile::{
    Asked, Changed, Consent, LastMentioned, OptStatus, Profile, Restorable, SmallNumbers, Undoable, ZoneSource,
};
use reminder::record::{AnsweredBy, DueSource, End, LastEnd, Lifecycle, Reminder, State, Zone};

use super::rules::{NotHeld, succeed};

/// A person of one suite, and samples of their data.
#[derive(Debug)]
pub struct Samples<'a, I> {
    ids: &'a I,
    /// The current time in whole milliseconds, because a store may drop smaller units.
    pub now: Timestamp,
    /// Id of the person.
    pub person: PersonId,
    number: Number,
    zone: Zone,
}

impl<'a, I: Ids> Samples<'a, I> {
    /// Creates samples for a new person.
    pub(crate) fn new(ids: &'a I, now: Timestamp) -> Result<Self, NotHeld> {
        let number: Number = succeed("a fictional number is a number", "+12125550142".parse())?;
        let key = succeed("a claim's id makes a key", PersonKey::new(ids.claim().as_str().as_bytes()))?;
        let now = succeed("now is an instant", Timestamp::from_millisecond(now.as_millisecond()))?;
        let zone = succeed("New York has a zone", Zone::named("America/New_York"))?;
        Ok(Self { ids, now, person: PersonId::of(&number, &key), number, zone })
    }

    /// The instant `seconds` seconds from now.
    pub(crate) fn at(&self, seconds: i64) -> Timestamp {
        self.now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(self.now)
    }

    /// A profile in which every field is set.
    pub(crate) fn profile(&self) -> Profile {
        Profile {
            zone_source: ZoneSource::Said,
            consent: Consent {
                epoch: 2,
                status: OptStatus::OptedIn,
                since: Some(self.at(-60)),
                opted_out_at: Some(self.at(-90)),
            },
            confirmed_at: Some(self.at(-30)),
            limits: Limits {
                calls: Calls::noted([self.at(60), self.at(60)]),
                refusals: HourlyLimit::noted([self.at(-40)]),
                unclear: HourlyLimit::noted([self.at(-70), self.at(-50)]),
                answers: Answers::noted([self.at(-70), self.at(-60)]),
                wrong_codes: WrongCodes::noted([self.at(-80)]),
            },
            numbers: SmallNumbers { last: 7, given_at: self.at(-20) },
            question: Some(Asked {
                question: Question::When {
                    task: "feed the cat\nand \"Rex\" 🐈".to_owned(),
                    candidates: vec![Candidate {
                        due: self.at(900),
                        zone: None,
                        rule: None,
                        basis: DueBasis::LocalClock,
                    }],
                },
                at: self.now,
            }),
            last: Some(LastMentioned { reminder: self.ids.reminder(), at: self.at(-10), is_snooze: true }),
            undoable: Some(Undoable {
                at: self.at(-10),
                changed: vec![Changed {
                    reminder: self.ids.reminder(),
                    due: self.at(900),
                    source: DueSource::GuessedEnd,
                }],
                made: Some(self.ids.reminder()),
            }),
            restorable: Some(Restorable { epoch: 2, at: self.at(-90) }),
            ..Profile::new_profile(self.person.clone(), self.number.clone(), self.zone.clone(), self.now)
        }
    }

    /// A waiting reminder with this deadline.
    pub(crate) fn waiting(&self, deadline: Timestamp) -> Reminder {
        let state = State::Waiting {
            attempt: 2,
            wake_at: self.at(600),
            slot: Some(slot(self.at(599))),
            answered: AnsweredBy::Machine,
        };
        self.reminder(Lifecycle::Live { state, deadline, recoveries: 3 })
    }

    fn reminder(&self, life: Lifecycle) -> Reminder {
        Reminder {
            key: ReminderKey { person: self.person.clone(), reminder: self.ids.reminder() },
            number: 7,
            task: "buy milk; say \"hi\" to Zoë".to_owned(),
            zone: self.zone.clone(),
            rule: "DTSTART:20270314T183000\nRRULE:FREQ=WEEKLY;BYDAY=MO".parse().ok(),
            due: self.at(300),
            due_source: DueSource::GuessedClock,
            created_at: self.at(-1),
            generation: 4,
            epoch: 2,
            last_claim: Some(self.ids.claim()),
            last_end: Some(LastEnd {
                end: End::Missed,
                due: Timestamp::UNIX_EPOCH,
                at: Timestamp::UNIX_EPOCH,
                claim: Some(self.ids.claim()),
                text: self.text_id(),
            }),
            cancelled_claim: Some(self.ids.claim()),
            missed_in_row: 3,
            code: Some(self.ids.confirmation_code()),
            life,
            write_id: self.ids.write_id(),
        }
    }

    /// At least one reminder in each live state, and one with each end except [`End::OptedOut`].
    pub(crate) fn in_each_state(&self) -> Vec<Reminder> {
        let (claim, deadline) = (self.ids.claim(), self.at(3600));
        let answered = AnsweredBy::Unknown;
        let states = [
            State::Waiting { attempt: 1, wake_at: self.at(600), slot: None, answered: AnsweredBy::Nobody },
            State::Waiting { attempt: 2, wake_at: self.at(600), slot: Some(slot(self.at(610))), answered },
            State::Dialing { attempt: 1, claim: claim.clone(), answered },
            ringing(claim.clone(), AnsweredBy::Nobody),
            ringing(claim, AnsweredBy::Person),
            State::Paused,
        ];
        let ends = [End::Heard, End::Unconfirmed, End::Missed, End::Cancelled];
        let live = states.into_iter().map(|state| Lifecycle::Live { state, deadline, recoveries: 1 });
        let ended = ends.into_iter().map(|end| Lifecycle::Ended { end, at: self.now });
        live.chain(ended).map(|life| self.reminder(life)).collect()
    }

    /// An incoming text.
    pub(crate) fn message(&self) -> Result<IncomingText, NotHeld> {
        let id = MessageId::new("twilio", &format!("SM{}", self.ids.write_id()));
        Ok(IncomingText {
            id: succeed("a fresh id is a message's id", id)?,
            person: self.person.clone(),
            digest: "9f86d081884c7d659a2feaa0c55ad015".to_owned(),
            received_at: self.now,
            answer: "OK, #7: buy milk at 6:30 PM 🥛".to_owned(),
            planned: vec![PlannedWakeUp { reminder: self.ids.reminder(), generation: 1 }],
        })
    }

    fn text_id(&self) -> Option<OutgoingTextId> {
        self.ids.reminder().as_str().parse().ok()
    }

    /// An outgoing text with this life.
    pub(crate) fn text(&self, kind: TextKind, life: TextLife) -> Result<OutgoingText, NotHeld> {
        let id = self.ids.reminder().as_str().parse();
        Ok(OutgoingText {
            key: OutgoingTextKey { person: self.person.clone(), text: succeed("a fresh id is a text's id", id)? },
            kind,
            words: "Missed call: \"buy\" milk 🥛".to_owned(),
            epoch: 2,
            owed_since: self.at(-5),
            life,
            write_id: self.ids.write_id(),
        })
    }

    /// Two outgoing texts in each live state, and one with each end.
    pub(crate) fn texts_in_each_state(&self) -> Result<Vec<OutgoingText>, NotHeld> {
        let sent = succeed("a sample is a sent text's id", SentTextId::new("twilio", "SM1"))?;
        let live = |state| TextLife::Live { state, deadline: self.at(-60) };
        let ended = |end| TextLife::Ended { end, at: self.now };
        let lives = [
            live(TextState::Owed { tries: 0, slot: None, newest: NewestTry::Open }),
            live(TextState::Owed { tries: 2, slot: Some(slot(self.now)), newest: NewestTry::Failed }),
            live(TextState::Accepted { tries: 1, sent: sent.clone(), inquiries: 0 }),
            live(TextState::Accepted { tries: 3, sent, inquiries: 3 }),
            ended(TextEnd::Delivered),
            ended(TextEnd::Sent { tries: 2 }),
            ended(TextEnd::Undelivered { code: 30_034 }),
            ended(TextEnd::Withdrawn),
            ended(TextEnd::GivenUp),
        ];
        let kind = |at: usize| {
            if at.is_multiple_of(2) { TextKind::Answer } else { TextKind::InsteadOfCall(self.ids.reminder()) }
        };
        lives.into_iter().enumerate().map(|(at, life)| self.text(kind(at), life)).collect()
    }

    /// The transaction of the person's first text, which creates these reminders.
    pub(crate) fn first_text(&self, reminders: &[Reminder]) -> Result<TextTransaction, NotHeld> {
        let reminders = reminders.iter().cloned().map(Replacement::creation).collect();
        let message = Replacement::creation(self.message()?);
        Ok(TextTransaction { message, profile: Replacement::creation(self.profile()), reminders, answer: None })
    }
}

fn ringing(claim: reminder::ids::ClaimId, pickup: AnsweredBy) -> State {
    let Ok(call) = "twilio#CA0123456789abcdef0123456789abcdef".parse() else { unreachable!("it is a call's id") };
    State::Ringing { attempt: 3, claim, call, pickup, answered: AnsweredBy::Machine }
}

/// A replacement of the reminder in which only the write id differs.
pub(crate) fn rewritten(reminder: &Versioned<Reminder>, ids: &impl Ids) -> Replacement<Reminder> {
    reminder.replaced_by(Reminder::clone(reminder)).with_write_id(ids.write_id())
}

/// A slot of the second carrier.
fn slot(at: Timestamp) -> Slot {
    let Ok(carrier) = "twilio2".parse() else { unreachable!("it is a carrier's name") };
    Slot { at, carrier }
}
