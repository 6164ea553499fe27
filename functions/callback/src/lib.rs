//! What the carrier asks and says about a call moves the reminder on.

mod answered;
mod pressed;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use executor::{Context, apply_by_key};
use lambda::{Body, reply};
use reminder::event::{Event, Report};
use reminder::ids::CallId;
use reminder::ports::Ports;
use reminder::wire::{CallRoute, CallStep};
use twilio::signature::Verifier;
use twilio::webhook::CallCallback;
use twilio::{Accounts, PublicUrl};

/// What the function is told once, when it starts.
#[derive(Debug)]
pub struct Settings {
    /// Checks that a callback is the carrier's.
    pub verifier: Verifier,
    /// Whose callbacks these can be.
    pub accounts: Accounts,
    /// Where the carrier is told to send keys.
    pub public_url: PublicUrl,
}

/// Answers one callback of a call.
///
/// Twice, late or out of order it is safe: it names the claim that placed its call, and the life cycle ignores what it
/// has seen and what is not its own. A 503 says: deliver it again.
pub async fn handle<P: Ports>(
    request: &ApiGatewayV2httpRequest,
    context: Context<'_, P>,
    settings: &Settings,
) -> ApiGatewayV2httpResponse {
    let form = match lambda::signed_form(request, &settings.verifier) {
        Ok(form) => form,
        Err(error) => {
            tracing::warn!(%error, "callback refused");
            return lambda::refusal(error);
        }
    };
    let (route, step) = match CallRoute::parse(&lambda::path(request)) {
        Ok(parsed) => parsed,
        Err(error) => return reply(404, Body::Text(&error.to_string())),
    };
    let callback = match CallCallback::parse(&form, &settings.accounts) {
        Ok(callback) => callback,
        Err(error) => {
            tracing::warn!(%error, "callback refused");
            return reply(400, Body::Text(&error.to_string()));
        }
    };
    match step {
        CallStep::Twiml => answered::speak(context, settings, &route, callback.call).await,
        CallStep::Key => pressed::obey(context, settings, &route, callback.digits.as_deref()).await,
        CallStep::Status => match callback.progress.report() {
            Some(report) => status(context, &route, callback.call, report).await,
            None => reply(204, Body::Empty),
        },
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
            tracing::warn!(reminder.id = %id, %error, "a call's report was not written");
            reply(503, Body::Text("the report could not be written; please deliver it again"))
        }
    }
}
