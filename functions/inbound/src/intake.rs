//! The way of a text: seen before? whose? what does it mean? one transaction, then what follows, then the answer.

use futures_util::future::join_all;
use jiff::SignedDuration;
use perform::{Service, advance, send_answer, wake_up};
use reminder::event::{Effect, Event, Wake};
use reminder::ids::{Mark, PersonId, PersonKey, ReminderId, ReminderKey};
use reminder::message::{Delivery, Made, Message};
use reminder::policy::{self, Route, after};
use reminder::ports::{Acceptance, CallStatus, Carrier, Clock, Ids, Ports, ReadError, Scope, Store, WriteError};
use reminder::profile::{Presence, Profile};
use reminder::record::State;

use crate::decide::{self, Decision, Names, Situation};
use crate::text::{Text, Via};

/// How often a text is decided anew because another text of the same person was faster. Twenty at once is a person's
/// phone gone mad, and each round lets at least one of them through.
const ROUNDS: usize = 25;

/// How often a text is tried again whose writing got no certain answer: a table that is not well is not asked more.
const UNKNOWN_ROUNDS: usize = 1;

/// How long before its function ends what follows a text that is answered by a text is given up, in seconds.
const RESERVE_S: i64 = 1;

/// The text could not be stored. Nothing of it is, unless its own record says so.
#[derive(Debug, thiserror::Error)]
pub enum NotStored {
    /// The store could not be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The store did not take it.
    #[error(transparent)]
    Unwritten(#[from] WriteError),
    /// It took longer than a sender can wait.
    #[error("storing took over {0} s")]
    TooSlow(i64),
}

/// A text that is stored, and its answer.
pub(crate) struct Stored {
    message: Message,
    profile: Profile,
    effects: Vec<Effect>,
}

/// Takes in a text, at most once: its record is in the same transaction as all that it changes, so a repeat, also one
/// at the same moment, finds it and answers from it.
///
/// # Errors
/// It was not certainly stored: park it, or let it be delivered again.
pub(crate) async fn take<P: Ports>(service: Service<'_, P>, key: &PersonKey, text: &Text) -> Result<Stored, NotStored> {
    let limit_s = service.policy.times().store_s;
    let stored = service.ports.clock().within(SignedDuration::from_secs(limit_s), store(service, key, text)).await;
    stored.unwrap_or(Err(NotStored::TooSlow(limit_s)))
}

async fn store<P: Ports>(service: Service<'_, P>, key: &PersonKey, text: &Text) -> Result<Stored, NotStored> {
    let person = PersonId::of(&text.from, key);
    let mut failure = WriteError::Conflict;
    let mut unknown = 0;
    for _ in 0..ROUNDS {
        if unknown > UNKNOWN_ROUNDS {
            break;
        }
        let now = service.ports.clock().now();
        let (seen, profile) =
            futures_util::join!(service.ports.store().message(&text.id, now), service.ports.store().profile(&person));
        let (seen, profile) = (seen?, profile?);
        if let Some(message) = seen {
            let profile = profile.unwrap_or_else(|| stranger(service, &person, text));
            return repeated(service, key, profile, message, text).await;
        }
        let profile = profile.unwrap_or_else(|| stranger(service, &person, text));
        let decision = decided(service, profile, text).await?;
        let acceptance = acceptance(service, key, text, &person, &decision);
        match service.ports.store().accept(&acceptance).await {
            Ok(()) => {
                let Acceptance { message, profile, .. } = acceptance;
                return Ok(Stored { message, profile, effects: decision.effects });
            }
            // Its own record tells, in the next round, whether this try was the one that was stored.
            Err(error) => {
                unknown += usize::from(error != WriteError::Conflict);
                failure = error;
            }
        }
    }
    Err(failure.into())
}

fn stranger<P: Ports>(service: Service<'_, P>, person: &PersonId, text: &Text) -> Profile {
    Profile::stranger(person.clone(), text.from.clone(), text.zone.clone(), service.ports.clock().now())
}

/// Decides on what is open now. The profile was read before the query, and its version is a condition of the
/// transaction, so nothing can have been made in between.
async fn decided<P: Ports>(service: Service<'_, P>, profile: Profile, text: &Text) -> Result<Decision, ReadError> {
    let request = decide::read(text, &profile);
    let scope = decide::scope(request.as_ref());
    let kept = service.ports.store().reminders(&profile.person, scope).await?;
    let open = kept.iter().filter(|reminder| reminder.state().is_some()).count();
    let known: Vec<_> = kept
        .into_iter()
        .filter(|reminder| reminder::guard::is_known_by(reminder.created_at, text.received_at))
        .collect();
    let situation = Situation {
        body: &text.body,
        profile,
        reminders: &known,
        open,
        received_at: text.received_at,
        now: service.ports.clock().now(),
        policy: service.policy,
        names: &Fresh(service.ports.ids()),
    };
    Ok(decide::decide(situation, request.as_ref()))
}

fn acceptance<P: Ports>(
    service: Service<'_, P>,
    key: &PersonKey,
    text: &Text,
    person: &PersonId,
    decision: &Decision,
) -> Acceptance {
    let message = Message {
        id: text.id.clone(),
        person: person.clone(),
        digest: digest(key, text),
        received_at: text.received_at,
        answer: decision.answer.clone(),
        delivery: delivery(service, &decision.answer, text.via),
        made: decision.made.clone(),
        version: 1,
    };
    Acceptance { message, profile: decision.profile.clone(), reminders: decision.writes.clone() }
}

/// A keyed hash of a text's words: whoever reads the table can't tell what they were.
fn digest(key: &PersonKey, text: &Text) -> String {
    key.digest(&text.body)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn delivery<P: Ports>(service: Service<'_, P>, answer: &str, via: Via) -> Delivery {
    match via {
        Via::Sms if !answer.is_empty() => {
            Delivery::Owed { tries: 0, deadline: service.policy.text_deadline(0, service.ports.clock().now()) }
        }
        Via::Sms | Via::Reply => Delivery::Replied,
    }
}

/// The same text once more: the same answer, and the same wake-ups, for the generations it made. One whose reply may
/// never have been read is now answered by a text.
async fn repeated<P: Ports>(
    service: Service<'_, P>,
    key: &PersonKey,
    profile: Profile,
    mut message: Message,
    text: &Text,
) -> Result<Stored, NotStored> {
    if message.digest != digest(key, text) {
        tracing::warn!(message.id = %message.id, "a text came again with other words; its first ones count");
    }
    let mut effects = Vec::new();
    for made in &message.made {
        effects.extend(wake_again(service, &profile.person, made).await?.map(Effect::SendWake));
    }
    let owed = delivery(service, &message.answer, text.via);
    if message.delivery == Delivery::Replied && owed != Delivery::Replied {
        message.delivery = owed;
        message.version += 1;
        service.ports.store().replace_message(&message).await?;
    }
    Ok(Stored { message, profile, effects })
}

async fn wake_again<P: Ports>(
    service: Service<'_, P>,
    person: &PersonId,
    made: &Made,
) -> Result<Option<Wake>, ReadError> {
    let key = ReminderKey { person: person.clone(), reminder: made.reminder.clone() };
    let reminder = service.ports.store().reminder(&key).await?;
    Ok(reminder.and_then(|reminder| match reminder.state() {
        Some(State::Waiting { wake_at, .. }) if reminder::guard::is_planned(&reminder, made.generation) => {
            Some(Wake { key, generation: made.generation, wake_at: *wake_at })
        }
        _ => None,
    }))
}

/// Somebody left, and it is not certain that nothing of theirs can be claimed any more: no answer may say so yet. The
/// text is to be delivered again, which goes on where this stopped.
#[derive(Debug, thiserror::Error)]
#[error("not every reminder of a person who left is known to have ended")]
pub(crate) struct StillOpen;

/// Does what follows from a stored text, and gives its answer. What fails here is not lost: each reminder has its
/// deadline, an answer that is owed stands in the index, and a call that can't be cancelled says goodbye.
///
/// # Errors
/// Only for one who left, and whose reminders could not all be ended in time.
pub(crate) async fn follow_up<P: Ports>(
    service: Service<'_, P>,
    stored: Stored,
    via: Via,
) -> Result<String, StillOpen> {
    let Stored { message, profile, effects } = stored;
    let answer = message.answer.clone();
    let is_gone = profile.consent.presence == Presence::Gone;
    let everything = async {
        join_all(effects.iter().map(|effect| follow(service, &profile.person, effect))).await;
        if is_gone {
            cancel_all(service, &profile).await?;
        }
        if via == Via::Sms
            && is_to_be_sent(&message, service.ports.clock().now())
            && let Err(error) = send_answer(service, &profile, message).await
        {
            tracing::warn!(%error, "answer put off");
        }
        Ok(())
    };
    let limit_s = follow_up_limit_s(service, via);
    match service.ports.clock().within(SignedDuration::from_secs(limit_s), everything).await {
        Some(done) => done.map(|()| answer),
        None if is_gone => Err(StillOpen),
        None => {
            tracing::warn!(limit_s, "not all that follows from a text was done in time; the sweeper goes on");
            Ok(answer)
        }
    }
}

/// An answer is sent with its text, and again only when the wait since the last try is over.
fn is_to_be_sent(message: &Message, now: jiff::Timestamp) -> bool {
    match message.delivery {
        Delivery::Owed { tries, deadline } => tries == 0 || deadline <= now,
        Delivery::Replied | Delivery::Sent | Delivery::GivenUp => false,
    }
}

/// How long what follows may take. Before a reply: as long as parking would have taken, which leaves Twilio's 15 s some
/// air. Otherwise nobody waits.
fn follow_up_limit_s<P: Ports>(service: Service<'_, P>, via: Via) -> i64 {
    let times = service.policy.times();
    match via {
        Via::Reply => times.park_s,
        Via::Sms => times.function_s - times.store_s - RESERVE_S,
    }
}

async fn follow<P: Ports>(service: Service<'_, P>, person: &PersonId, effect: &Effect) {
    match effect {
        Effect::SendWake(wake) => {
            let is_far = matches!(policy::route(service.ports.clock().now(), wake.wake_at), Route::Schedule { .. });
            // The deadline of a near one was written with it.
            let Some(event) = wake_up(service, wake).await.filter(|_| is_far) else { return };
            let key = ReminderKey { person: person.clone(), reminder: wake.key.reminder.clone() };
            apply(service, &key, event).await;
        }
        Effect::CancelCall(call) => {
            if let Err(error) = service.ports.carrier().end(call, CallStatus::UnderWay).await {
                tracing::warn!(call.id = %call, %error, "call not cancelled; it says goodbye");
            }
        }
        // A text from a person leads to neither; each is the life cycle's own.
        Effect::SendText | Effect::AskCarrier { .. } | Effect::RaiseAlarm => {}
    }
}

/// Ends what a person who left has open. The profile says so already, so nothing new is claimed meanwhile.
async fn cancel_all<P: Ports>(service: Service<'_, P>, profile: &Profile) -> Result<(), StillOpen> {
    let open = service.ports.store().reminders(&profile.person, Scope::Open).await.map_err(|error| {
        tracing::warn!(%error, "the reminders of a person who left were not read");
        StillOpen
    })?;
    let left = Event::Left { epoch: profile.consent.epoch };
    for ended in join_all(open.into_iter().map(|reminder| advance(service, reminder, left.clone()))).await {
        ended.map_err(|error| {
            tracing::warn!(%error, "a reminder of a person who left was not ended");
            StillOpen
        })?;
    }
    Ok(())
}

async fn apply<P: Ports>(service: Service<'_, P>, key: &ReminderKey, event: Event) {
    let applied = match service.ports.store().reminder(key).await {
        Ok(Some(reminder)) => advance(service, reminder, event).await.err().map(|error| error.to_string()),
        Ok(None) => None,
        Err(error) => Some(error.to_string()),
    };
    if let Some(error) = applied {
        tracing::warn!(reminder.id = %key.reminder, error, "a sent wake-up was not confirmed; the sweeper sends another");
    }
}

/// When a parked text that still can't be stored comes back: twice as late each time.
pub(crate) fn park_delay_s(times: u32) -> u32 {
    const FIRST_S: u32 = 15;
    const LONGEST_S: u32 = 900;
    FIRST_S.saturating_mul(1 << times.min(10)).min(LONGEST_S)
}

/// Whether a text that can't be stored is still worth parking: a day in all.
pub(crate) fn is_worth_parking(text: &Text, now: jiff::Timestamp) -> bool {
    const PARKED_MAX_S: i64 = 24 * 3600;
    now < after(text.received_at, PARKED_MAX_S)
}

struct Fresh<'a, I>(&'a I);

impl<I: Ids> Names for Fresh<'_, I> {
    fn reminder(&self) -> ReminderId {
        self.0.reminder()
    }

    fn mark(&self) -> Mark {
        self.0.mark()
    }
}

impl Stored {
    /// The reminders it made, for a log line.
    pub(crate) fn made(&self) -> usize {
        self.message.made.len()
    }
}
