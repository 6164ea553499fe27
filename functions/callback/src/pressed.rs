//! A key was pressed during a call.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use executor::{Applied, Context, Failed, apply_by_key};
use lambda::carrier::Api;
use lambda::{Body, reply};
use reminder::event::Event;
use reminder::ids::PersonId;
use reminder::lifecycle::{Speech, speech};
use reminder::ports::{Clock, Ports, ReadError, Store};
use reminder::profile::Profile;
use reminder::wire::CallRoute;
use reminder::words;

use crate::CallbackConfig;
use crate::answered::ask_for_key;

/// The key that acknowledges the reminder.
const ACKNOWLEDGE: &str = "1";

/// Acknowledges the reminder if the right key was pressed. After any other key the reminder is spoken again.
pub(crate) async fn answer_key<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    route: &CallRoute,
    digits: Option<&str>,
) -> ApiGatewayV2httpResponse {
    let document = match digits {
        Some(ACKNOWLEDGE) => acknowledge(context, route).await.map(|()| api.goodbye(words::THANKS)),
        _ => speak_again(context, config, api, route).await,
    };
    match document {
        Ok(document) => reply(200, Body::Xml(&document)),
        Err(error) => {
            tracing::warn!(reminder.id = %route.key.reminder, %error, "a key was not written");
            reply(503, Body::Text("the key could not be written; please deliver it again"))
        }
    }
}

async fn acknowledge<P: Ports>(context: Context<'_, P>, route: &CallRoute) -> Result<(), Failed> {
    let pressed = Event::KeyPressed { claim: route.claim.clone() };
    if apply_by_key(context, &route.key, |_| Some(pressed)).await? == Applied::Gone {
        return Ok(());
    }
    tracing::info!(reminder.id = %route.key.reminder, "reminder heard");
    if let Err(error) = confirm_number(context, &route.key.person).await {
        tracing::warn!(%error, "a number was not confirmed; the next pressed key will confirm it");
    }
    Ok(())
}

/// Marks the person's number as confirmed. A person who presses a key on a call to a number owns that number, so it was
/// not forged.
async fn confirm_number<P: Ports>(context: Context<'_, P>, person: &PersonId) -> Result<(), ReadError> {
    let Some(profile) = context.ports.store().profile(person).await? else { return Ok(()) };
    if profile.confirmed_at.is_some() {
        return Ok(());
    }
    let confirmed = Profile { confirmed_at: Some(context.ports.clock().now()), ..Profile::clone(&profile) };
    // This fails if a text of the same person changed the profile in between. The next pressed key confirms the number.
    if let Err(error) = context.ports.store().replace_profile(&profile.replaced_by(confirmed)).await {
        tracing::info!(%error, "a number was not confirmed; the next pressed key will confirm it");
    }
    Ok(())
}

async fn speak_again<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    route: &CallRoute,
) -> Result<String, Failed> {
    let reminder = context.ports.store().reminder(&route.key).await?;
    Ok(match reminder.filter(|reminder| speech(reminder, &route.claim) == Speech::Task) {
        Some(reminder) => ask_for_key(config, api, route, &words::spoken(&config.service_name, &reminder.task)),
        None => api.goodbye(&words::goodbye(&config.service_name)),
    })
}
