//! The callback function: answers the carrier's callbacks of a call, and applies their events to the reminder.

mod answered;
mod pressed;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use executor::{Context, apply_by_key};
use lambda::carrier::{Accounts, PublicUrl, Verifier};
use lambda::{Body, reply};
use reminder::event::{Event, Report};
use reminder::ids::CallId;
use reminder::ports::Ports;
use reminder::wire::{CallRoute, CallStep};
use reminder::words::ServiceName;

/// The function's configuration, read once when it starts.
#[derive(Debug)]
pub struct CallbackConfig {
    /// Verifies that a callback was sent by the carrier.
    pub verifier: Verifier,
    /// The accounts whose callbacks are accepted.
    pub accounts: Accounts,
    /// The public URL of the service, which the carrier sends pressed keys to.
    pub public_url: PublicUrl,
    /// The name by which the service introduces itself.
    pub service_name: ServiceName,
}

/// Answers one callback of a call.
///
/// A callback may safely come twice, late or out of order. It names the claim that placed its call, and the lifecycle
/// ignores repeated events and events of another claim. A 503 asks the carrier to deliver the callback again.
pub async fn handle<P: Ports>(
    request: &ApiGatewayV2httpRequest,
    context: Context<'_, P>,
    config: &CallbackConfig,
) -> ApiGatewayV2httpResponse {
    let webhook = match lambda::signed_webhook(request, &config.verifier) {
        Ok(webhook) => webhook,
        Err(error) => {
            tracing::warn!(%error, "callback refused");
            return lambda::refusal(error);
        }
    };
    let (route, step) = match CallRoute::parse(&lambda::path(request)) {
        Ok(parsed) => parsed,
        Err(error) => return reply(404, Body::Text(&error.to_string())),
    };
    let callback = match webhook.call(&config.accounts) {
        Ok(callback) => callback,
        Err(error) => {
            tracing::warn!(%error, "callback refused");
            return reply(400, Body::Text(&error.to_string()));
        }
    };
    let api = webhook.api();
    match step {
        CallStep::Speech => answered::speak(context, config, api, &route, callback.call).await,
        CallStep::Key => pressed::answer_key(context, config, api, &route, callback.digits.as_deref()).await,
        CallStep::Status => match callback.report {
            Some(report) => status(context, &route, callback.call, report).await,
            None => reply(204, Body::Empty),
        },
        CallStep::OptOutKey | CallStep::AnsweredBy | CallStep::Message => {
            reply(404, Body::Text("expected the step of a call that the service asks for, found another"))
        }
    }
}

async fn status<P: Ports>(
    context: Context<'_, P>,
    route: &CallRoute,
    call: CallId,
    report: Report,
) -> ApiGatewayV2httpResponse {
    let id = &route.key.reminder;
    let reported = Event::CallReported { claim: route.claim.clone(), call: call.clone(), report };
    match apply_by_key(context, &route.key, |_| Some(reported)).await {
        Ok(_) => {
            tracing::info!(reminder.id = %id, call.id = %call, ?report, "call reported");
            reply(204, Body::Empty)
        }
        Err(error) => {
            tracing::warn!(reminder.id = %id, %error, "the report of a call was not written");
            reply(503, Body::Text("the report could not be written; please deliver it again"))
        }
    }
}
