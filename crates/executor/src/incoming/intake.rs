//! Takes in a text: looks up whether it was seen before, decides what it changes, and stores everything in one
//! transaction.

use jiff::SignedDuration;
use reminder::call_limits::UnconfirmedCalls;
use reminder::conversation::{self, Decision, FreshIds, ReceivedText, ReminderWrite, Reminders, Sender, Situation};
use reminder::ids::{PersonId, PersonKey, ReminderId, WriteId};
use reminder::incoming_text::IncomingText;
use reminder::ports::{
    Clock, Ids, Ports, ReadError, ReadReminders, Replacement, Store, TextTransaction, Versioned, WriteError,
};
use reminder::profile::{Profile, ZoneSource};
use reminder::record::Reminder;
use reminder::words::ServiceName;

use super::repeat::repeated;
use super::stored::{IntakeError, Stored, answer_text, digest, owes_text};
use crate::outcomes::StoredText;
use crate::{Context, log_transition, outcomes};

/// Maximum number of rounds in which one text is decided. Another round is needed if another write to the person's
/// records came first. This is enough for twenty texts that arrive at once, and for a few writes of calls.
const ROUNDS: usize = 25;

/// Maximum number of retries after a write whose outcome is unknown. A table that has problems must not get more load.
const UNKNOWN_ROUNDS: usize = 1;

/// The configuration that taking in a text needs.
#[derive(Debug, Clone, Copy)]
pub struct Intake<'a> {
    /// The key from which people's ids and the hashes of texts are derived.
    pub person_key: &'a PersonKey,
    /// The name by which the service introduces itself.
    pub service_name: &'a ServiceName,
}

/// Takes in a text at most once. The text's record is in the same transaction as all its changes. So a repeat finds the
/// record and returns its answer, even if both deliveries come at the same instant.
///
/// # Errors
/// Fails if it is not certain that the text was stored. A repeat also fails if the outgoing text of its answer may not
/// have been stored, or if a reminder can't be read now. The caller parks the text, or lets it be delivered again.
pub async fn take<P: Ports>(
    context: Context<'_, P>,
    intake: Intake<'_>,
    text: &ReceivedText,
) -> Result<Stored, IntakeError> {
    let limit_s = context.policy.times().store_s;
    let stored = context.ports.clock().within(SignedDuration::from_secs(limit_s), store(context, intake, text)).await;
    let stored = stored.unwrap_or(Err(IntakeError::TooSlow(limit_s)));
    if let Err(IntakeError::Unread(error @ ReadError::Newer(_))) = &stored {
        tracing::error!(message.id = %text.id, %error, "a text waits for a later release");
    }
    stored
}

async fn store<P: Ports>(
    context: Context<'_, P>,
    intake: Intake<'_>,
    text: &ReceivedText,
) -> Result<Stored, IntakeError> {
    let key = intake.person_key;
    let person = PersonId::of(&text.from, key);
    let mut failure = WriteError::Conflict;
    let mut unknown = 0;
    // The write id is the same in each round. If an earlier round stored the answer but got no response, a later round
    // recognizes it as its own.
    let write_id = context.ports.ids().write_id();
    for _ in 0..ROUNDS {
        if unknown > UNKNOWN_ROUNDS {
            break;
        }
        let now = context.ports.clock().now();
        let store = context.ports.store();
        let (seen, profile) = futures_util::join!(store.message(&person, &text.id, now), store.profile(&person));
        let (seen, profile) = (seen?, known(context, &person, profile?, text));
        if let Some(message) = seen {
            return repeated(context, key, profile, message, text, write_id).await;
        }
        let Decided { decision, kept } = decided(context, intake.service_name, &profile, text).await?;
        let answer = owes_text(text, &decision.answer)
            .then(|| answer_text(context, key, &decision.profile, text, decision.answer.clone(), write_id.clone()));
        let outcome = outcomes::text_stored(text, &decision, &kept, now);
        let transaction = TextTransaction {
            message: Replacement::creation(message(key, text, &person, &decision)),
            answer: answer.map(Replacement::creation),
            profile: profile.replaced_by(decision.profile),
            reminders: decision.writes.into_iter().map(|write| replacement(&kept, write)).collect(),
        };
        match context.ports.store().commit_text(&transaction).await {
            Ok(()) => {
                let TextTransaction { message, profile, answer, .. } = transaction;
                outcome.iter().for_each(StoredText::log);
                return Ok(Stored {
                    message: message.written(),
                    profile: profile.written(),
                    effects: decision.effects,
                    answer: answer.map(Replacement::written),
                });
            }
            // In the next round, the text's own record shows whether this write was stored after all.
            Err(error) => {
                unknown += usize::from(error != WriteError::Conflict);
                failure = error;
            }
        }
    }
    Err(failure.into())
}

/// Returns the sender's profile, or a new profile for a new sender. A guessed zone that no answer has named is guessed
/// again, because the number may not have been served when its first text came.
fn known<P: Ports>(
    context: Context<'_, P>,
    person: &PersonId,
    found: Option<Versioned<Profile>>,
    text: &ReceivedText,
) -> Versioned<Profile> {
    let zone = text.sender.zone();
    match found {
        // The person's id is the hash of the number, so the sender's number is the person's. An operator may have erased
        // it from the profile.
        Some(profile) if profile.zone_source == ZoneSource::Guessed => {
            profile.map(|profile| Profile { zone, number: text.from.clone(), ..profile })
        }
        Some(profile) => profile.map(|profile| Profile { number: text.from.clone(), ..profile }),
        None => {
            let now = context.ports.clock().now();
            Versioned::unwritten(Profile::new_profile(person.clone(), text.from.clone(), zone, now))
        }
    }
}

/// A decision, and the reminders that were read for it.
struct Decided {
    decision: Decision,
    kept: Vec<Versioned<Reminder>>,
}

/// Decides about the text with the reminders that are stored now. The profile was read before the reminders, and its
/// version is a condition of the transaction. So the transaction fails if another text made a reminder in between.
async fn decided<P: Ports>(
    context: Context<'_, P>,
    service_name: &ServiceName,
    profile: &Versioned<Profile>,
    text: &ReceivedText,
) -> Result<Decided, ReadError> {
    // A number's code never changes, and its number of calls only chooses the words of the answer. So the transaction
    // needs no condition on them.
    let calls = if conversation::depends_on_calls(text, profile) {
        context.ports.store().unconfirmed_calls(&profile.person).await?
    } else {
        UnconfirmedCalls::default()
    };
    let request = conversation::read(text, profile, calls);
    let scope = conversation::scope(request.as_ref(), profile);
    let ReadReminders { readable: kept, has_newer } = context.ports.store().reminders(&profile.person, scope).await?;
    if !conversation::may_be_handled(request.as_ref(), has_newer) {
        return Err(ReadError::Newer("a reminder of the person".to_owned()));
    }
    let reminders = kept.iter().map(|reminder| Reminder::clone(reminder)).collect();
    let reminders = Reminders::of(profile, reminders, text.received_at).with_newer(has_newer);
    let situation = Situation {
        body: &text.body,
        carrier: text.id.carrier(),
        opt_out_type: text.opt_out_type,
        pressed: text.pressed.as_ref(),
        calls,
        profile: Profile::clone(profile),
        reminders: &reminders,
        received_at: text.received_at,
        now: context.ports.clock().now(),
        policy: context.policy,
        service_name,
        ids: &Fresh(context.ports.ids()),
    };
    let decision = match text.sender {
        Sender::Served { .. } => conversation::decide(situation, request.as_ref()),
        Sender::NotServed(reason) => conversation::turn_away(situation, request.as_ref(), reason, text.route),
    };
    decision.transitions.iter().copied().for_each(log_transition);
    Ok(Decided { decision, kept })
}

/// Returns the conditional write of a reminder, which replaces the version that was read. A reminder that was not read
/// has no version, so the store refuses to overwrite it.
fn replacement(kept: &[Versioned<Reminder>], write: ReminderWrite) -> Replacement<Reminder> {
    match write {
        ReminderWrite::Create(made) => Replacement::creation(made),
        ReminderWrite::Replace(next) => match kept.iter().find(|read| read.key == next.key) {
            Some(read) => read.replaced_by(next),
            None => Replacement::creation(next),
        },
    }
}

fn message(key: &PersonKey, text: &ReceivedText, person: &PersonId, decision: &Decision) -> IncomingText {
    IncomingText {
        id: text.id.clone(),
        person: person.clone(),
        digest: digest(key, text),
        received_at: text.received_at,
        answer: decision.answer.clone(),
        planned: decision.planned.clone(),
    }
}

struct Fresh<'a, I>(&'a I);

impl<I: Ids> FreshIds for Fresh<'_, I> {
    fn reminder(&self) -> ReminderId {
        self.0.reminder()
    }

    fn write_id(&self) -> WriteId {
        self.0.write_id()
    }
}

impl Stored {
    /// Returns how many wake-ups the text planned, for the log.
    pub fn planned(&self) -> usize {
        self.message.planned.len()
    }
}
