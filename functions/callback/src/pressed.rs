//! A key was pressed.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use executor::{Applied, Context, Failed, apply_by_key};
use lambda::{Body, reply};
use reminder::event::Event;
use reminder::ids::PersonId;
use reminder::lifecycle::{Speech, speech};
use reminder::ports::{Clock, Ports, ReadError, Store};
use reminder::profile::Profile;
use reminder::wire::CallRoute;
use reminder::words;
use twilio::twiml;

use crate::Settings;
use crate::answered::ask_for_key;

/// The key that means: heard.
const HEARD: &str = "1";

/// Obeys a key; another than those that mean something is asked for again.
pub(crate) async fn obey<P: Ports>(
    context: Context<'_, P>,
    settings: &Settings,
    route: &CallRoute,
    digits: Option<&str>,
) -> ApiGatewayV2httpResponse {
    let done = match digits {
        Some(HEARD) => heard(context, route).await.map(|()| twiml::say_and_hang_up(words::THANKS)),
        _ => again(context, settings, route).await,
    };
    match done {
        Ok(document) => reply(200, Body::Xml(&document)),
        Err(error) => {
            tracing::warn!(reminder.id = %route.key.reminder, %error, "a key was not written");
            reply(503, Body::Text("the key could not be written; please deliver it again"))
        }
    }
}

async fn heard<P: Ports>(context: Context<'_, P>, route: &CallRoute) -> Result<(), Failed> {
    let pressed = Event::KeyPressed { claim: route.claim.clone() };
    if apply_by_key(context, &route.key, |_| Some(pressed)).await? == Applied::Gone {
        return Ok(());
    }
    tracing::info!(reminder.id = %route.key.reminder, "heard");
    if let Err(error) = confirm_number(context, &route.key.person).await {
        tracing::warn!(%error, "a confirmed number was not written; the next key will");
    }
    Ok(())
}

/// Whoever presses a key on a call to a number has that number: from now on it is not taken for forged.
async fn confirm_number<P: Ports>(context: Context<'_, P>, person: &PersonId) -> Result<(), ReadError> {
    let Some(profile) = context.ports.store().profile(person).await? else { return Ok(()) };
    if profile.confirmed_at.is_some() {
        return Ok(());
    }
    let confirmed = Profile { confirmed_at: Some(context.ports.clock().now()), ..Profile::clone(&profile) };
    // A text of the same person was faster: the next key confirms it.
    if let Err(error) = context.ports.store().replace_profile(&profile.replaced_by(confirmed)).await {
        tracing::info!(%error, "a confirmed number was not written; the next key will");
    }
    Ok(())
}

async fn again<P: Ports>(context: Context<'_, P>, settings: &Settings, route: &CallRoute) -> Result<String, Failed> {
    let reminder = context.ports.store().reminder(&route.key).await?;
    Ok(match reminder.filter(|reminder| speech(reminder, &route.claim) == Speech::Task) {
        Some(reminder) => ask_for_key(settings, route, &words::spoken(&reminder.task)),
        None => twiml::say_and_hang_up(words::GOODBYE),
    })
}
