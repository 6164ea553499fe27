//! The callback function: answers the carrier's callbacks and the calls of people, and applies the reported events.

mod answer_status;
mod answered;
mod detected;
mod pressed;
mod text_status;
mod voice;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use executor::{Context, apply_by_key, outcomes};
use lambda::carrier::{Accounts, BadWebhook, PublicUrl, SignedWebhook, Verifier};
use lambda::{Body, reply};
use reminder::event::{Event, Report};
use reminder::ids::{CallId, PersonKey};
use reminder::ports::{Clock, Ports};
use reminder::wire::{CallRoute, CallStep, CallbackRoute};
use reminder::words::ServiceName;

/// The function's configuration, read once when it starts.
#[derive(Debug)]
pub struct CallbackConfig {
    /// Verifies that a callback was sent by the carrier.
    pub verifier: Verifier,
    /// The accounts whose callbacks are accepted.
    pub accounts: Accounts,
    /// The public URL of the service, to which the carrier sends pressed keys.
    pub public_url: PublicUrl,
    /// The key that people's ids are derived with.
    pub person_key: PersonKey,
    /// The name by which the service introduces itself.
    pub service_name: ServiceName,
}

/// Answers one callback.
///
/// A callback may safely come twice, late or out of order. The callback of a call names the claim of that call, and the
/// lifecycle ignores repeated events and events of another claim. A 503 asks the carrier to deliver the callback again.
pub async fn handle<P: Ports>(
    request: &ApiGatewayV2httpRequest,
    context: Context<'_, P>,
    config: &CallbackConfig,
) -> ApiGatewayV2httpResponse {
    let (credentials, now) = (context.ports.credentials(), context.ports.clock().now());
    let webhook = match lambda::signed_webhook(request, &config.verifier, credentials, now).await {
        Ok(webhook) => webhook,
        Err(error) => {
            outcomes::count(lambda::refusal_metric(error));
            tracing::warn!(%error, "callback refused");
            return lambda::refusal(error);
        }
    };
    match CallbackRoute::parse(&lambda::path(request)) {
        Ok(CallbackRoute::Call(route, step)) => call(context, config, &webhook, &route, step).await,
        Ok(CallbackRoute::AnswerStatus(route)) => match webhook.text_status(&config.accounts) {
            Ok(status) => answer_status::answer(context, &route, status).await,
            Err(error) => refuse(&error),
        },
        Ok(CallbackRoute::Text(route)) => match webhook.text_status(&config.accounts) {
            Ok(status) => text_status::status(context, &route, status).await,
            Err(error) => refuse(&error),
        },
        Ok(CallbackRoute::Voice) => match webhook.incoming_call(&config.accounts) {
            Ok(call) => voice::answer(context, config, webhook.api(), &call).await,
            Err(error) => refuse(&error),
        },
        Ok(CallbackRoute::VoiceKey(route)) => match webhook.incoming_call(&config.accounts) {
            Ok(call) => voice::key(context, config, webhook.api(), &route, &call).await,
            Err(error) => refuse(&error),
        },
        Err(error) => reply(404, Body::Text(&error.to_string())),
    }
}

async fn call<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    webhook: &SignedWebhook,
    route: &CallRoute,
    step: CallStep,
) -> ApiGatewayV2httpResponse {
    let api = webhook.api();
    if step == CallStep::AnsweredBy {
        return match webhook.answered_by(&config.accounts) {
            Ok(verdict) => detected::verdict(context, route, verdict).await,
            Err(error) => refuse(&error),
        };
    }
    let callback = match webhook.call(&config.accounts) {
        Ok(callback) => callback,
        Err(error) => return refuse(&error),
    };
    let digits = callback.digits.as_deref();
    match step {
        CallStep::Speech => answered::speak(context, config, api, route, callback.call).await,
        CallStep::Key => pressed::answer_key(context, config, api, route, digits).await,
        CallStep::OptOutKey => pressed::answer_opt_out_key(context, config, api, route, digits).await,
        CallStep::Message => detected::message(context, config, api, route).await,
        CallStep::Status | CallStep::AnsweredBy => match callback.report {
            Some(report) => status(context, route, callback.call, report).await,
            None => reply(204, Body::Empty),
        },
    }
}

fn refuse(error: &BadWebhook) -> ApiGatewayV2httpResponse {
    tracing::warn!(%error, "callback refused");
    reply(400, Body::Text(&error.to_string()))
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
