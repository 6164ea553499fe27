//! A key was pressed.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use carriers::twilio::twiml;
use gateway::{Body, reply};
use perform::{Advanced, Failed, Service, advance_by_key};
use reminder::event::Event;
use reminder::ids::PersonId;
use reminder::life::{Speech, speech};
use reminder::ports::{Clock, Ports, ReadError, Store};
use reminder::profile::Profile;
use reminder::wire::CallRoute;
use reminder::words;

use crate::Settings;
use crate::answered::ask_for_key;

/// The key that means: heard.
const HEARD: &str = "1";

/// Obeys a key; another than those that mean something is asked for again.
pub(crate) async fn obey<P: Ports>(
    service: Service<'_, P>,
    settings: &Settings,
    route: &CallRoute,
    digits: Option<&str>,
) -> ApiGatewayV2httpResponse {
    let done = match digits {
        Some(HEARD) => heard(service, route).await.map(|()| twiml::say_and_hang_up(words::THANKS)),
        _ => again(service, settings, route).await,
    };
    match done {
        Ok(document) => reply(200, Body::Xml(&document)),
        Err(error) => {
            tracing::warn!(reminder.id = %route.key.reminder, %error, "a key was not written");
            reply(503, Body::Text("the key could not be written; please deliver it again"))
        }
    }
}

async fn heard<P: Ports>(service: Service<'_, P>, route: &CallRoute) -> Result<(), Failed> {
    let pressed = Event::KeyPressed { claim: route.claim.clone() };
    if advance_by_key(service, &route.key, |_| Some(pressed)).await? == Advanced::Gone {
        return Ok(());
    }
    tracing::info!(reminder.id = %route.key.reminder, "heard");
    if let Err(error) = confirm_number(service, &route.key.person).await {
        tracing::warn!(%error, "a confirmed number was not written; the next key will");
    }
    Ok(())
}

/// Whoever presses a key on a call to a number has that number: from now on it is not taken for forged.
async fn confirm_number<P: Ports>(service: Service<'_, P>, person: &PersonId) -> Result<(), ReadError> {
    let Some(profile) = service.ports.store().profile(person).await? else { return Ok(()) };
    if profile.confirmed_at.is_some() {
        return Ok(());
    }
    let confirmed = Profile { confirmed_at: Some(service.ports.clock().now()), ..Profile::clone(&profile) };
    // A text of the same person was faster: the next key confirms it.
    if let Err(error) = service.ports.store().replace_profile(&profile.replaced_by(confirmed)).await {
        tracing::info!(%error, "a confirmed number was not written; the next key will");
    }
    Ok(())
}

async fn again<P: Ports>(service: Service<'_, P>, settings: &Settings, route: &CallRoute) -> Result<String, Failed> {
    let reminder = service.ports.store().reminder(&route.key).await?;
    Ok(match reminder.filter(|reminder| speech(reminder, &route.claim) == Speech::Task) {
        Some(reminder) => ask_for_key(settings, route, &words::spoken(&reminder.task)),
        None => twiml::say_and_hang_up(words::GOODBYE),
    })
}
