//! The way of a text: seen before? whose? what does it mean? one transaction, then what follows, then the answer.

use executor::{Context, log_transition};
use jiff::SignedDuration;
use reminder::event::{Effect, WakeUp};
use reminder::ids::{PersonId, PersonKey, ReminderId, ReminderKey, WriteId};
use reminder::incoming_text::{AnswerDelivery, IncomingText, PlannedWakeUp};
use reminder::ports::{Clock, Ids, Ports, ReadError, Replacement, Store, TextTransaction, Versioned, WriteError};
use reminder::profile::{Profile, ZoneSource};
use reminder::record::{Reminder, State};
use reminder::words::ServiceName;

use reminder::conversation::{self, Decision, Names, ReminderWrite, Reminders, Situation};
use reminder::conversation::{AnswerRoute, ReceivedText, Sender};

use crate::Settings;

/// How often a text is decided anew because another text of the same person was faster. Twenty at once is a person's
/// phone gone mad, and each round lets at least one of them through.
const ROUNDS: usize = 25;

/// How often a text is tried again whose writing got no certain answer: a table that is not well is not asked more.
const UNKNOWN_ROUNDS: usize = 1;

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
    /// Its record.
    pub(crate) message: Versioned<IncomingText>,
    /// Its sender.
    pub(crate) profile: Versioned<Profile>,
    /// What follows from it.
    pub(crate) effects: Vec<Effect>,
}

/// Takes in a text, at most once: its record is in the same transaction as all that it changes, so a repeat, also one
/// at the same moment, finds it and answers from it.
///
/// # Errors
/// It was not certainly stored: park it, or let it be delivered again.
pub(crate) async fn take<P: Ports>(
    context: Context<'_, P>,
    settings: &Settings,
    text: &ReceivedText,
) -> Result<Stored, NotStored> {
    let limit_s = context.policy.times().store_s;
    let stored = context.ports.clock().within(SignedDuration::from_secs(limit_s), store(context, settings, text)).await;
    stored.unwrap_or(Err(NotStored::TooSlow(limit_s)))
}

async fn store<P: Ports>(
    context: Context<'_, P>,
    settings: &Settings,
    text: &ReceivedText,
) -> Result<Stored, NotStored> {
    let key = &settings.person_key;
    let person = PersonId::of(&text.from, key);
    let mut failure = WriteError::Conflict;
    let mut unknown = 0;
    for _ in 0..ROUNDS {
        if unknown > UNKNOWN_ROUNDS {
            break;
        }
        let now = context.ports.clock().now();
        let (seen, profile) =
            futures_util::join!(context.ports.store().message(&text.id, now), context.ports.store().profile(&person));
        let (seen, profile) = (seen?, known(context, &person, profile?, text));
        if let Some(message) = seen {
            return repeated(context, key, profile, message, text).await;
        }
        let Decided { decision, kept } = decided(context, &settings.service_name, &profile, text).await?;
        let transaction = TextTransaction {
            message: Replacement::creation(message(context, key, text, &person, &decision)),
            profile: profile.replaced_by(decision.profile),
            reminders: decision.writes.into_iter().map(|write| replacement(&kept, write)).collect(),
        };
        match context.ports.store().commit_text(&transaction).await {
            Ok(()) => {
                let TextTransaction { message, profile, .. } = transaction;
                return Ok(Stored {
                    message: message.written(),
                    profile: profile.written(),
                    effects: decision.effects,
                });
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

/// Who sent a text, as far as is known. A zone that was only guessed, and that they have not been told, is guessed anew:
/// their number may not have been served when they first texted.
fn known<P: Ports>(
    context: Context<'_, P>,
    person: &PersonId,
    found: Option<Versioned<Profile>>,
    text: &ReceivedText,
) -> Versioned<Profile> {
    let zone = text.sender.zone();
    match found {
        Some(profile) if profile.zone_source == ZoneSource::Guessed => {
            profile.map(|profile| Profile { zone, ..profile })
        }
        Some(profile) => profile,
        None => {
            let now = context.ports.clock().now();
            Versioned::unwritten(Profile::new_profile(person.clone(), text.from.clone(), zone, now))
        }
    }
}

/// What was decided, and the reminders that were read for it.
struct Decided {
    decision: Decision,
    kept: Vec<Versioned<Reminder>>,
}

/// Decides on what is open now. The profile was read before the query, and its version is a condition of the
/// transaction, so nothing can have been made in between.
async fn decided<P: Ports>(
    context: Context<'_, P>,
    service_name: &ServiceName,
    profile: &Versioned<Profile>,
    text: &ReceivedText,
) -> Result<Decided, ReadError> {
    let request = conversation::read(text, profile);
    let scope = conversation::scope(request.as_ref());
    let kept = context.ports.store().reminders(&profile.person, scope).await?;
    let theirs = kept.iter().map(|reminder| Reminder::clone(reminder)).collect();
    let reminders = Reminders::of(profile, theirs, text.received_at);
    let situation = Situation {
        body: &text.body,
        profile: Profile::clone(profile),
        reminders: &reminders,
        received_at: text.received_at,
        now: context.ports.clock().now(),
        policy: context.policy,
        service_name,
        names: &Fresh(context.ports.ids()),
    };
    let decision = match text.sender {
        Sender::Served { .. } => conversation::decide(situation, request.as_ref()),
        Sender::Refused(refusal) => conversation::turn_away(situation, request.as_ref(), refusal, text.route),
    };
    decision.transitions.iter().copied().for_each(log_transition);
    Ok(Decided { decision, kept })
}

/// The write of a decision about a reminder: it replaces the version that the decision was made on. A change of a
/// reminder that was not read names no version, so that the store refuses it as a creation of what exists.
fn replacement(kept: &[Versioned<Reminder>], write: ReminderWrite) -> Replacement<Reminder> {
    match write {
        ReminderWrite::Create(made) => Replacement::creation(made),
        ReminderWrite::Replace(next) => match kept.iter().find(|read| read.key == next.key) {
            Some(read) => read.replaced_by(next),
            None => Replacement::creation(next),
        },
    }
}

fn message<P: Ports>(
    context: Context<'_, P>,
    key: &PersonKey,
    text: &ReceivedText,
    person: &PersonId,
    decision: &Decision,
) -> IncomingText {
    IncomingText {
        id: text.id.clone(),
        person: person.clone(),
        digest: digest(key, text),
        received_at: text.received_at,
        answer: decision.answer.clone(),
        delivery: delivery(context, &decision.answer, text),
        made: decision.made.clone(),
    }
}

/// A keyed hash of a text's words: whoever reads the table can't tell what they were.
fn digest(key: &PersonKey, text: &ReceivedText) -> String {
    key.digest(&text.body)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How an answer goes out. Whoever is not served gets no text of its own: it would cost what their number costs.
fn delivery<P: Ports>(context: Context<'_, P>, answer: &str, text: &ReceivedText) -> AnswerDelivery {
    match (&text.sender, text.route) {
        (Sender::Served { .. }, AnswerRoute::Sms) if !answer.is_empty() => {
            AnswerDelivery::Owed { tries: 0, deadline: context.policy.text_deadline(0, context.ports.clock().now()) }
        }
        (Sender::Served { .. } | Sender::Refused(_), AnswerRoute::Sms | AnswerRoute::Reply) => AnswerDelivery::Replied,
    }
}

/// The same text once more: the same answer, and the same wake-ups, for the generations it made. One whose reply may
/// never have been read is now answered by a text.
async fn repeated<P: Ports>(
    context: Context<'_, P>,
    key: &PersonKey,
    profile: Versioned<Profile>,
    mut message: Versioned<IncomingText>,
    text: &ReceivedText,
) -> Result<Stored, NotStored> {
    if message.digest != digest(key, text) {
        tracing::warn!(message.id = %message.id, "a text came again with other words; its first ones count");
    }
    let mut effects = Vec::new();
    for made in &message.made {
        effects.extend(wake_again(context, &profile.person, made).await?.map(Effect::SendWakeUp));
    }
    let owed = delivery(context, &message.answer, text);
    if message.delivery == AnswerDelivery::Replied && owed != AnswerDelivery::Replied {
        let answered = message.replaced_by(IncomingText { delivery: owed, ..IncomingText::clone(&message) });
        context.ports.store().replace_incoming_text(&answered).await?;
        message = answered.written();
    }
    Ok(Stored { message, profile, effects })
}

async fn wake_again<P: Ports>(
    context: Context<'_, P>,
    person: &PersonId,
    made: &PlannedWakeUp,
) -> Result<Option<WakeUp>, ReadError> {
    let key = ReminderKey { person: person.clone(), reminder: made.reminder.clone() };
    let reminder = context.ports.store().reminder(&key).await?;
    Ok(reminder.and_then(|reminder| match reminder.state() {
        Some(State::Waiting { wake_at, .. }) if reminder.is_planned(made.generation) => {
            Some(WakeUp { key, generation: made.generation, wake_at: *wake_at })
        }
        _ => None,
    }))
}

struct Fresh<'a, I>(&'a I);

impl<I: Ids> Names for Fresh<'_, I> {
    fn reminder(&self) -> ReminderId {
        self.0.reminder()
    }

    fn write_id(&self) -> WriteId {
        self.0.write_id()
    }
}

impl Stored {
    /// The reminders it made, for a log line.
    pub(crate) fn made(&self) -> usize {
        self.message.made.len()
    }
}
