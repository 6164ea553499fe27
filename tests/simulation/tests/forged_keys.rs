//! Keys under claims that never were: a request with a right signature can name any person, reminder and claim.

use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use reminder::ids::{ClaimId, PersonId, ReminderKey};
use reminder::ports::{Ports, Store};
use reminder::profile::{OptStatus, Profile};
use reminder::record::{AnsweredBy, End, LastEnd, Lifecycle, Reminder, State};
use reminder::wire::{CallRoute, CallStep};
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, WorldEvent};
use simulation::fakes::{self, Cloud, Invocation};
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms::{self, ACCOUNTS};
use simulation::world::START;

const ANN: &str = "+12125550142";
const BOB: &str = "+12125550143";

/// The claim of Ann's first call; it is over.
const LAST: &str = "01CLAIM0000000000000000001";
/// The claim of Ann's second call; it is under way.
const LIVE: &str = "01CLAIM0000000000000000002";
/// The claim of the last call of Ann's previous occurrence.
const PREVIOUS: &str = "01CLAIM0000000000000000003";
/// The claim of a call of Ann that the person cancelled.
const CANCELLED: &str = "01CLAIM0000000000000000004";
/// The claim of a call of an occurrence long over.
const OLD: &str = "01CLAIM0000000000000000005";
/// The claim of Bob's call, which is under way.
const OF_BOB: &str = "01CLAIM0000000000000000006";
/// The claim of the call of Ann's other reminder, which is under way.
const OF_OTHER: &str = "01CLAIM0000000000000000007";
/// A claim that no record ever held.
const NEVER: &str = "01CLAIM0000000000000000008";

struct World {
    functions: Rc<Functions>,
    cloud: Rc<Cloud>,
}

impl World {
    /// Two people who never pressed a key. Ann has two reminders and Bob has one, and all of them ring.
    fn new() -> Result<Self> {
        let world = Self { functions: Functions::new()?, cloud: Cloud::new(1, START) };
        for (sid, from, task) in [("SM1", ANN, "feed cat"), ("SM2", ANN, "other"), ("SM3", BOB, "walk dog")] {
            let body = format!("remind me to {task} in 3 hours");
            let form = [("MessageSid", sid), ("From", from), ("To", SERVICE_NUMBER), ("Body", &body)];
            world.functions.text(&world.cloud, 7, twilio_forms::post("/sms", &form));
            world.answer()?;
        }
        world.ring("feed cat", LIVE)?;
        world.ring("other", OF_OTHER)?;
        world.ring("walk dog", OF_BOB)?;
        Ok(world)
    }

    fn answer(&self) -> Result<String> {
        loop {
            match self.cloud.engine.step() {
                Step::Event(WorldEvent::InvocationEnded(7, InvocationOutcome::Http { status: 200, body })) => {
                    return Ok(body);
                }
                Step::Idle => bail!("expected a response, found none"),
                Step::Event(_) | Step::Quiet => {}
            }
        }
    }

    fn reminder(&self, task: &str) -> Result<Reminder> {
        let table = self.cloud.table.borrow();
        table.reminders().find(|one| one.task == task).cloned().with_context(|| format!("no reminder {task:?}"))
    }

    fn profile(&self, person: &PersonId) -> Result<Profile> {
        self.cloud.table.borrow().profiles().find(|one| one.person == *person).cloned().context("no profile")
    }

    /// Writes that the call of this claim is under way.
    fn ring(&self, task: &str, claim: &str) -> Result<()> {
        let key = self.reminder(task)?.key;
        let now = self.cloud.engine.now();
        let (live, ports) = (claim.parse()?, Invocation::new(&self.cloud));
        let (last, previous, cancelled) = (LAST.parse()?, PREVIOUS.parse()?, CANCELLED.parse()?);
        let written = fakes::run(&self.cloud, async move {
            let read = ports.store().reminder(&key).await?.context("the reminder exists")?;
            let call = "twilio#CA1".parse()?;
            let answered = AnsweredBy::Nobody;
            let state = State::Ringing { attempt: 2, claim: live, call, pickup: AnsweredBy::Unknown, answered };
            let mut next = Reminder::clone(&read);
            next.life = Lifecycle::Live { state, deadline: now, recoveries: 0 };
            if next.task == "feed cat" {
                (next.last_claim, next.cancelled_claim) = (Some(last), Some(cancelled));
                let end = End::Unconfirmed;
                next.last_end = Some(LastEnd { end, due: now, at: now, claim: Some(previous), text: None });
            }
            ports.store().replace(&read.replaced_by(next), None).await?;
            anyhow::Ok(())
        });
        written.context("a write takes more than a day of virtual time")?
    }

    /// Posts a key on a call about this reminder. Returns the words that follow.
    fn press(&self, key: &ReminderKey, claim: &str, step: CallStep, digit: &str) -> Result<String> {
        let route = CallRoute { key: key.clone(), claim: claim.parse::<ClaimId>()? };
        let form = [
            ("AccountSid", ACCOUNTS[0]),
            ("CallSid", "CA1"),
            ("CallStatus", "in-progress"),
            ("Digits", digit),
            ("To", ANN),
        ];
        self.functions.callback(&self.cloud, 7, twilio_forms::post(&route.path(step), &form));
        Ok(twilio_forms::read(&self.answer()?).context("expected readable TwiML")?.words)
    }
}

/// The claims in keys about Ann's reminder, and whether each of them is or was live. Only the claims that are about
/// what rings or rang count for key 2.
const CLAIMS: [(&str, bool); 8] = [
    (LIVE, true),
    (LAST, true),
    (PREVIOUS, true),
    (CANCELLED, true),
    (OLD, false),
    (OF_BOB, false),
    (OF_OTHER, false),
    (NEVER, false),
];

#[test]
fn key_1_confirms_a_number_only_under_a_claim_that_is_or_was_live() -> Result<()> {
    for (claim, is_own) in CLAIMS {
        let world = World::new()?;
        let ann = world.reminder("feed cat")?;
        world.press(&ann.key, claim, CallStep::Key, "1")?;
        assert_eq!(world.profile(&ann.key.person)?.confirmed_at.is_some(), is_own, "{claim}");
        if !is_own {
            assert_eq!(world.reminder("feed cat")?, ann, "{claim}");
        }
        world.cloud.engine.clear();
    }
    Ok(())
}

#[test]
fn key_2_makes_no_call_and_confirms_no_number_under_a_claim_that_never_was() -> Result<()> {
    for (claim, is_own) in CLAIMS {
        let world = World::new()?;
        let ann = world.reminder("feed cat")?;
        world.press(&ann.key, claim, CallStep::Key, "2")?;
        let is_about_what_rang = is_own && claim != CANCELLED;
        assert_eq!(world.profile(&ann.key.person)?.confirmed_at.is_some(), is_about_what_rang, "{claim}");
        let made = if is_about_what_rang { 4 } else { 3 };
        assert_eq!(world.cloud.table.borrow().reminders().count(), made, "{claim}");
        world.cloud.engine.clear();
    }
    Ok(())
}

#[test]
fn key_9_twice_opts_out_only_under_a_claim_that_is_or_was_live() -> Result<()> {
    for (claim, is_own) in CLAIMS {
        let world = World::new()?;
        let (ann, bob) = (world.reminder("feed cat")?, world.reminder("walk dog")?);
        let words = world.press(&ann.key, claim, CallStep::OptOutKey, "9")?;
        let status = if is_own { OptStatus::OptedOut } else { OptStatus::OptedIn };
        assert_eq!(world.profile(&ann.key.person)?.consent.status, status, "{claim}");
        assert_eq!(words.starts_with("You won't be called or texted again"), is_own, "{claim}: {words}");
        assert_eq!(world.profile(&ann.key.person)?.confirmed_at.is_some(), is_own, "{claim}");
        assert_eq!(world.reminder("walk dog")?, bob, "{claim}");
        assert_eq!(world.profile(&bob.key.person)?.consent.status, OptStatus::OptedIn, "{claim}");
        world.cloud.engine.clear();
    }
    Ok(())
}

/// The carrier delivers a key again if the first delivery got no answer.
#[test]
fn key_9_twice_of_the_previous_call_is_obeyed_again_when_it_is_delivered_again() -> Result<()> {
    let world = World::new()?;
    let ann = world.reminder("feed cat")?;
    world.press(&ann.key, LAST, CallStep::Key, "1")?;
    for _ in 0..2 {
        let words = world.press(&ann.key, LAST, CallStep::OptOutKey, "9")?;
        assert!(words.starts_with("You won't be called or texted again"), "{words}");
        assert_eq!(world.profile(&ann.key.person)?.consent.status, OptStatus::OptedOut);
    }
    world.cloud.engine.clear();
    Ok(())
}

#[test]
fn a_key_about_the_reminder_of_another_person_or_of_no_one_changes_nothing() -> Result<()> {
    let world = World::new()?;
    let (ann, bob) = (world.reminder("feed cat")?, world.reminder("walk dog")?);
    let nobody = "f".repeat(32).parse()?;
    for (person, reminder) in
        [(&ann.key.person, &bob.key.reminder), (&bob.key.person, &ann.key.reminder), (&nobody, &ann.key.reminder)]
    {
        let key = ReminderKey { person: person.clone(), reminder: reminder.clone() };
        for (claim, _) in CLAIMS {
            for (step, digit) in [(CallStep::Key, "1"), (CallStep::Key, "2"), (CallStep::OptOutKey, "9")] {
                world.press(&key, claim, step, digit)?;
            }
        }
    }
    for one in [ann, bob] {
        let profile = world.profile(&one.key.person)?;
        assert_eq!((profile.confirmed_at, profile.consent.status), (None, OptStatus::OptedIn));
        assert_eq!(world.reminder(&one.task)?, one);
    }
    world.cloud.engine.clear();
    Ok(())
}
