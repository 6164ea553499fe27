//! Handles the keys that are pressed during a call.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use executor::incoming::{self, Intake, IntakeError, StillOpen, follow_up};
use executor::{Applied, Context, Failed, apply_by_key};
use jiff::Timestamp;
use lambda::carrier::Api;
use lambda::{Body, reply};
use language::Country;
use reminder::conversation::{AnswerRoute, PressedKey, ReceivedText, Sender};
use reminder::event::Event;
use reminder::ids::{Malformed, MessageId, PersonId};
use reminder::lifecycle::{Speech, speech};
use reminder::ports::{Clock, Ports, ReadError, Store, WriteError};
use reminder::profile::Profile;
use reminder::record::Reminder;
use reminder::wire::{CallRoute, CallStep};
use reminder::words::{self, Spoken};

use crate::CallbackConfig;
use crate::answered::ask_for_key;

/// The key that acknowledges the reminder.
pub(crate) const ACKNOWLEDGE: &str = "1";

/// The key that requests another call in ten minutes.
pub(crate) const SNOOZE: &str = "2";

/// The key that stops all calls and texts, once it is pressed a second time.
const OPT_OUT: &str = "9";

/// Maximum number of tries of the write that confirms a number.
const CONFIRM_TRIES: usize = 3;

/// Why a number was not confirmed.
#[derive(Debug, thiserror::Error)]
enum NotConfirmed {
    /// The profile could not be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The profile could not be written.
    #[error(transparent)]
    Unwritten(#[from] WriteError),
}

/// Why a pressed key was not carried out. The carrier must deliver the key again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotPressed {
    /// The reminder or the profile could not be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The reminder could not be changed.
    #[error(transparent)]
    NotApplied(#[from] Failed),
    /// The changes that the key requests are not known to be stored.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The person opted out, but some of their reminders may not have ended.
    #[error(transparent)]
    StillOpen(#[from] StillOpen),
    /// The id of the pressed key is malformed.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

/// A key that makes the same request as a text.
pub(crate) struct Key<'a> {
    /// Identifies the call. It is part of the key's id, so that a repeated delivery is recognized.
    pub(crate) call: &'a str,
    /// The request that the key makes.
    pub(crate) pressed: PressedKey,
    /// When the carrier reported the key. "In ten minutes" counts from this instant, even if the table answers late.
    pub(crate) pressed_at: Timestamp,
}

/// Answers a key: 1 acknowledges the reminder, 2 requests another call, and 9 makes the service ask whether all calls
/// should stop. After any other key the reminder is spoken again, if it may still be spoken.
pub(crate) async fn answer_key<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    route: &CallRoute,
    digits: Option<&str>,
) -> ApiGatewayV2httpResponse {
    let document = match digits {
        Some(ACKNOWLEDGE) => acknowledge(context, route).await.map(|_| api.goodbye(&words::THANKS)),
        Some(SNOOZE) => snooze(context, config, route).await.map(|words| api.goodbye(&words)),
        Some(OPT_OUT) => Ok(api.menu(
            &words::confirm_opt_out(&config.service_name),
            &api.callback_url(&config.public_url, route, CallStep::OptOutKey),
            &words::FAREWELL,
        )),
        _ => speak_again(context, config, api, route).await,
    };
    respond(route, document)
}

/// Answers the key that is pressed after the question whether all calls should stop. 9 stops them. After any other key
/// the reminder is spoken again, if it may still be spoken.
pub(crate) async fn answer_opt_out_key<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    route: &CallRoute,
    digits: Option<&str>,
) -> ApiGatewayV2httpResponse {
    let document = match digits {
        Some(OPT_OUT) => opt_out(context, config, route).await.map(|words| api.goodbye(&words)),
        _ => speak_again(context, config, api, route).await,
    };
    respond(route, document)
}

fn respond(route: &CallRoute, document: Result<String, NotPressed>) -> ApiGatewayV2httpResponse {
    match document {
        Ok(document) => reply(200, Body::Xml(&document)),
        Err(error) => {
            tracing::warn!(reminder.id = %route.key.reminder, %error, "a pressed key was not written");
            reply(503, Body::Text("the pressed key could not be written; please deliver it again"))
        }
    }
}

/// Whether a key was pressed on a call that the service may have placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PressedOn {
    /// The claim in the key's URL is or was a claim of the reminder.
    OwnCall,
    /// The claim was never a claim of the reminder, or it is too old to be kept, or the reminder does not exist.
    UnknownCall,
}

/// Acknowledges the reminder. Also confirms the person's number, if the key was pressed on a call that the service
/// placed.
async fn acknowledge<P: Ports>(context: Context<'_, P>, route: &CallRoute) -> Result<PressedOn, NotPressed> {
    let pressed = Event::KeyPressed { claim: route.claim.clone() };
    let id = &route.key.reminder;
    let mut is_own_call = false;
    let press = |reminder: &Reminder| {
        is_own_call = reminder.is_or_was_claim(&route.claim);
        Some(pressed)
    };
    let reminder = match apply_by_key(context, &route.key, press).await? {
        Applied::Changed(reminder) => {
            tracing::info!(reminder.id = %id, "a pressed key was written");
            reminder
        }
        Applied::Unchanged(reminder) => {
            tracing::info!(reminder.id = %id, "a pressed key changed nothing: the reminder was heard before, or has changed");
            reminder
        }
        Applied::Gone => {
            tracing::warn!(reminder.id = %id, "pressed key ignored: its reminder does not exist");
            return Ok(PressedOn::UnknownCall);
        }
    };
    // Another event may have changed the claims since the first read.
    if !is_own_call && !reminder.is_or_was_claim(&route.claim) {
        return Ok(PressedOn::UnknownCall);
    }
    confirm_number_or_log(context, &route.key.person).await;
    Ok(PressedOn::OwnCall)
}

/// Marks the person's number as confirmed. If that fails, the next pressed key confirms it.
async fn confirm_number_or_log<P: Ports>(context: Context<'_, P>, person: &PersonId) {
    if let Err(error) = confirm_number(context, person).await {
        tracing::warn!(%error, "a number was not confirmed; the next pressed key will confirm it");
    }
}

/// Marks the person's number as confirmed. A person who presses a key on a call to a number owns that number, so texts
/// from it are not forged.
async fn confirm_number<P: Ports>(context: Context<'_, P>, person: &PersonId) -> Result<(), NotConfirmed> {
    let store = context.ports.store();
    let mut failure = WriteError::Conflict;
    for _ in 0..CONFIRM_TRIES {
        let Some(profile) = store.profile(person).await? else { return Ok(()) };
        if profile.confirmed_at.is_some() {
            return Ok(());
        }
        let confirmed = Profile { confirmed_at: Some(context.ports.clock().now()), ..Profile::clone(&profile) };
        match store.replace_profile(&profile.replaced_by(confirmed)).await {
            Ok(()) => return Ok(()),
            // A text of the same person changed the profile in between, the write failed, or its response was lost.
            Err(error) => failure = error,
        }
    }
    Err(failure.into())
}

/// Acknowledges the reminder and makes a new one that rings in ten minutes, in one transaction. Returns the words of
/// the answer.
async fn snooze<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    route: &CallRoute,
) -> Result<Spoken, NotPressed> {
    let pressed_at = context.ports.clock().now();
    let store = context.ports.store();
    let (Some(reminder), Some(profile)) = (store.reminder(&route.key).await?, store.profile(&route.key.person).await?)
    else {
        return Ok(words::goodbye(&config.service_name));
    };
    // An occurrence that was cancelled meanwhile must not come back.
    if !reminder.is_claim_of_what_rang(&route.claim) {
        return Ok(words::goodbye(&config.service_name));
    }
    let pressed = PressedKey::Snooze { reminder: route.key.reminder.clone(), claim: Some(route.claim.clone()) };
    let key = Key { call: route.claim.as_str(), pressed, pressed_at };
    // The decision about the key also confirms the number, unless a text settled the occurrence in between. So the
    // number is confirmed here as well.
    let words = take_key(context, config, &profile, key).await?;
    confirm_number_or_log(context, &route.key.person).await;
    Ok(words)
}

/// Opts the person out. The reminder is acknowledged first, so that its call is not hung up before the answer is
/// spoken. A key under a claim that never was opts nobody out. Returns the words of the answer.
async fn opt_out<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    route: &CallRoute,
) -> Result<Spoken, NotPressed> {
    let pressed_at = context.ports.clock().now();
    match acknowledge(context, route).await? {
        PressedOn::OwnCall => {}
        PressedOn::UnknownCall => {
            tracing::warn!(reminder.id = %route.key.reminder, "opt-out by key ignored: no call was placed under its claim");
            return Ok(words::goodbye(&config.service_name));
        }
    }
    let Some(profile) = context.ports.store().profile(&route.key.person).await? else { return Ok(words::OPTED_OUT) };
    let key = Key { call: route.claim.as_str(), pressed: PressedKey::OptOut, pressed_at };
    take_key(context, config, &profile, key).await.map(|_| words::OPTED_OUT)
}

/// Stores and applies a key that makes the same request as a text. Returns the words of the answer.
pub(crate) async fn take_key<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    profile: &Profile,
    Key { call, pressed, pressed_at }: Key<'_>,
) -> Result<Spoken, NotPressed> {
    let digit = match pressed {
        PressedKey::Snooze { .. } => SNOOZE,
        PressedKey::OptOut => OPT_OUT,
    };
    let text = ReceivedText {
        id: MessageId::new("key", &format!("{call}-{digit}"))?,
        from: profile.number.clone(),
        // A key has no words, so the country does not matter.
        sender: Sender::Served { country: Country::US, zone: profile.zone.clone() },
        body: String::new(),
        opt_out_type: None,
        received_at: pressed_at,
        route: AnswerRoute::Reply,
        pressed: Some(pressed),
    };
    let intake = Intake { person_key: &config.person_key, service_name: &config.service_name };
    let stored = incoming::take(context, intake, &text).await?;
    let words = follow_up(context, stored, AnswerRoute::Reply).await?;
    Ok(if words.is_empty() { words::FAREWELL } else { Spoken::english(words.into()) })
}

async fn speak_again<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    route: &CallRoute,
) -> Result<String, NotPressed> {
    let store = context.ports.store();
    let (reminder, profile) = (store.reminder(&route.key).await?, store.profile(&route.key.person).await?);
    let to_speak = reminder.filter(|reminder| speech(reminder, &route.claim) == Speech::Task);
    Ok(match (to_speak, profile) {
        (Some(reminder), Some(profile)) => ask_for_key(config, api, route, &reminder, &profile),
        _ => api.goodbye(&words::goodbye(&config.service_name)),
    })
}
