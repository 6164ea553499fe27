//! Persons, reminders and texts to write: whole ones, each field with something in it that could get lost.

use jiff::{SignedDuration, Timestamp};
use language::Question;
use reminder::budget::{Budget, Calls, Hourly};
use reminder::ids::{MessageId, Number, PersonId, PersonKey, ReminderKey};
use reminder::line::Slot;
use reminder::message::{Delivery, Made, Message};
use reminder::ports::{Acceptance, Ids, Replacement, Versioned};
use reminder::profile::{Asked, Consent, LastOne, Presence, Profile, SmallNumbers, ZoneSource};
use reminder::record::{DueSource, End, Life, Pickup, Reminder, State, Why, Zone};

use super::{NotHeld, succeed};

/// A person of the suite's own, and what they have.
#[derive(Debug)]
pub struct Samples<'a, I> {
    ids: &'a I,
    /// Now, in whole milliseconds: no store need keep more.
    pub now: Timestamp,
    /// Who.
    pub person: PersonId,
    number: Number,
    zone: Zone,
}

impl<'a, I: Ids> Samples<'a, I> {
    /// A person whom nobody has met.
    pub(crate) fn new(ids: &'a I, now: Timestamp) -> Result<Self, NotHeld> {
        let number: Number = succeed("a fictional number is a number", "+12125550142".parse())?;
        let key = succeed("a claim's id makes a key", PersonKey::new(ids.claim().as_str().as_bytes()))?;
        let now = succeed("now has milliseconds", Timestamp::from_millisecond(now.as_millisecond()))?;
        let zone = succeed("New York has a zone", Zone::named("America/New_York"))?;
        Ok(Self { ids, now, person: PersonId::of(&number, &key), number, zone })
    }

    /// So many seconds from now.
    pub(crate) fn at(&self, seconds: i64) -> Timestamp {
        self.now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(self.now)
    }

    /// A profile as the first text makes it, with everything in it that a profile can have.
    pub(crate) fn profile(&self) -> Profile {
        Profile {
            zone_source: ZoneSource::Said,
            consent: Consent {
                epoch: 2,
                presence: Presence::Here,
                since: Some(self.at(-60)),
                left_at: Some(self.at(-90)),
            },
            confirmed_at: Some(self.at(-30)),
            budget: Budget {
                calls: Calls::noted([self.at(60), self.at(60)]),
                refusals: Hourly::noted([self.at(-40)]),
                unclear: Hourly::noted([self.at(-70), self.at(-50)]),
            },
            numbers: SmallNumbers { last: 7, given_at: self.at(-20) },
            question: Some(Asked {
                question: Question::When { task: "feed the cat\nand \"Rex\" 🐈".to_owned() },
                at: self.now,
            }),
            last: Some(LastOne { reminder: self.ids.reminder(), at: self.at(-10) }),
            ..Profile::stranger(self.person.clone(), self.number.clone(), self.zone.clone(), self.now)
        }
    }

    /// A reminder that waits, and is looked at at `deadline`.
    pub(crate) fn waiting(&self, deadline: Timestamp) -> Reminder {
        let state = State::Waiting { attempt: 2, wake_at: self.at(600), slot: Some(slot(self.at(599))) };
        self.reminder(Life::Live { state, deadline, nudges: 3 })
    }

    fn reminder(&self, life: Life) -> Reminder {
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
            last_end_at: Some(jiff::Timestamp::UNIX_EPOCH),
            life,
            mark: self.ids.mark(),
        }
    }

    /// A reminder in each state, and at each end.
    pub(crate) fn lives(&self) -> Vec<Reminder> {
        let (claim, deadline) = (self.ids.claim(), self.at(3600));
        let states = [
            State::Waiting { attempt: 1, wake_at: self.at(600), slot: None },
            State::Waiting { attempt: 2, wake_at: self.at(600), slot: Some(slot(self.at(610))) },
            State::Dialing { attempt: 1, claim: claim.clone() },
            ringing(claim.clone(), Pickup::Unseen),
            ringing(claim, Pickup::Seen),
            State::Texting { why: Why::Unanswered, tries: 0, since: self.now, slot: None },
            State::Texting { why: Why::Unconfirmed, tries: 1, since: self.now, slot: None },
            State::Texting { why: Why::TooLate, tries: 2, since: self.now, slot: Some(slot(self.now)) },
            State::Texting { why: Why::Unknown, tries: 3, since: self.now, slot: None },
            State::Texting { why: Why::NumberRefused, tries: 1, since: self.now, slot: None },
        ];
        let ends = [End::Heard, End::Unconfirmed, End::Missed, End::Cancelled, End::Failed];
        let live = states.into_iter().map(|state| Life::Live { state, deadline, nudges: 1 });
        let ended = ends.into_iter().map(|end| Life::Ended { end, at: self.now });
        live.chain(ended).map(|life| self.reminder(life)).collect()
    }

    /// A text with this delivery of its answer.
    pub(crate) fn message(&self, delivery: Delivery) -> Result<Message, NotHeld> {
        let id = MessageId::new("twilio", &format!("SM{}", self.ids.mark()));
        Ok(Message {
            id: succeed("a fresh id is a message's id", id)?,
            person: self.person.clone(),
            digest: "9f86d081884c7d659a2feaa0c55ad015".to_owned(),
            received_at: self.now,
            answer: "OK, #7: buy milk at 6:30 PM 🥛".to_owned(),
            delivery,
            made: vec![Made { reminder: self.ids.reminder(), generation: 1 }],
        })
    }

    /// The person's first text, which makes these reminders.
    pub(crate) fn first_text(&self, reminders: &[Reminder]) -> Result<Acceptance, NotHeld> {
        let reminders = reminders.iter().cloned().map(Replacement::creation).collect();
        let message = Replacement::creation(self.message(Delivery::Replied)?);
        Ok(Acceptance { message, profile: Replacement::creation(self.profile()), reminders })
    }
}

fn ringing(claim: reminder::ids::ClaimId, pickup: Pickup) -> State {
    let Ok(call) = "twilio#CA0123456789abcdef0123456789abcdef".parse() else { unreachable!("it is a call's id") };
    State::Ringing { attempt: 3, claim, call, pickup }
}

/// The same reminder, written once more by whoever has this mark.
pub(crate) fn rewritten(reminder: &Versioned<Reminder>, ids: &impl Ids) -> Replacement<Reminder> {
    reminder.replaced_by(Reminder { mark: ids.mark(), ..Reminder::clone(reminder) })
}

/// A slot of the second carrier's.
fn slot(at: Timestamp) -> Slot {
    let Ok(carrier) = "twilio2".parse() else { unreachable!("it is a carrier's name") };
    Slot { at, carrier }
}
