//! Handles texts from a carrier's webhook. The response to the webhook contains the answer, if the carrier reads
//! answers there.

use std::panic::AssertUnwindSafe;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use executor::incoming::{self, IntakeError, follow_up};
use executor::{Context, outcomes};
use futures_util::FutureExt;
use jiff::SignedDuration;
use lambda::carrier::{Api, BadWebhook, TextWebhook};
use lambda::{Body, reply};
use reminder::ids::{Number, PersonId};
use reminder::metrics::Metric;
use reminder::policy::PARKED_FIRST_S;
use reminder::ports::{Clock, Parking, Ports};
use reminder::wire::{AnswerStatusRoute, ParkedText};
use reminder::words::Answer;

use crate::config::InboundConfig;
use crate::numbers::admit;
use reminder::conversation::ReceivedText;

/// Answers the webhook of a text. Returns a 5xx only if the text may be neither stored nor parked, or if an opt-out is
/// not complete. The webhook's URL asks the carrier to retry after a 5xx.
pub(crate) async fn handle<P: Ports>(
    request: &ApiGatewayV2httpRequest,
    context: Context<'_, P>,
    config: &InboundConfig,
) -> ApiGatewayV2httpResponse {
    let received_at = context.ports.clock().now();
    let credentials = context.ports.credentials();
    let webhook = match lambda::signed_webhook(request, &config.verifier, credentials, received_at).await {
        Ok(webhook) => webhook,
        Err(error) => {
            outcomes::count(lambda::refusal_metric(error));
            tracing::warn!(%error, "webhook refused");
            return lambda::refusal(error);
        }
    };
    let incoming = match webhook.text() {
        Ok(incoming) => incoming,
        Err(error) => {
            tracing::warn!(%error, "webhook refused");
            let status = if matches!(error, BadWebhook::TooLong { .. }) { 413 } else { 400 };
            return reply(status, Body::Text(&error.to_string()));
        }
    };
    let admission = admit(incoming.from.as_str(), &config.own, &config.countries);
    let api = webhook.api();
    let Some((from, sender)) = admission.sender() else { return reply(200, Body::Xml(&api.no_answer())) };
    let TextWebhook { id, body, opt_out_type, .. } = incoming;
    take(
        context,
        config,
        api,
        &ReceivedText { id, from, sender, body, opt_out_type, received_at, route: api.answer_route(), pressed: None },
    )
    .await
}

/// Answers a text in the response to its webhook. The URL to which the carrier reports the status of the answer names
/// the person and this instant.
fn respond<P: Ports>(
    context: Context<'_, P>,
    config: &InboundConfig,
    api: Api,
    from: &Number,
    answer: &str,
) -> ApiGatewayV2httpResponse {
    let person = PersonId::of(from, &config.person_key);
    let route = AnswerStatusRoute { person, answered_at: context.ports.clock().now() };
    reply(200, Body::Xml(&api.answer(&config.public_url, &route, answer)))
}

async fn take<P: Ports>(
    context: Context<'_, P>,
    config: &InboundConfig,
    api: Api,
    text: &ReceivedText,
) -> ApiGatewayV2httpResponse {
    let taken = AssertUnwindSafe(incoming::take(context, config.intake(), text)).catch_unwind().await;
    let Ok(taken) = taken else {
        // Another delivery would panic again, so the text is answered. The person can use other words.
        tracing::error!(message.id = %text.id, "handling a text panicked");
        return respond(context, config, api, &text.from, &Answer::Unclear.render(text.received_at));
    };
    match taken {
        Ok(stored) => {
            tracing::info!(message.id = %text.id, planned = stored.planned(), "text stored");
            match follow_up(context, stored, text.route).await {
                Ok(answer) if answer.is_empty() => reply(200, Body::Xml(&api.no_answer())),
                Ok(answer) => respond(context, config, api, &text.from, &answer),
                Err(error) => {
                    tracing::error!(message.id = %text.id, %error, "a text was stored, but an opt-out is not complete");
                    reply(503, Body::Text("the opt-out is not complete; please deliver the text again"))
                }
            }
        }
        Err(error) => park(context, api, text, &error).await,
    }
}

/// Parks a text on the inbound queue because it may not have been stored. It is answered later by a separate text.
async fn park<P: Ports>(
    context: Context<'_, P>,
    api: Api,
    text: &ReceivedText,
    reason: &IntakeError,
) -> ApiGatewayV2httpResponse {
    let parked = ParkedText {
        id: text.id.clone(),
        from: text.from.clone().into(),
        body: text.body.clone(),
        opt_out_type: text.opt_out_type,
        received_at: text.received_at,
        times: 1,
    };
    let limit = SignedDuration::from_secs(context.policy.times().park_s);
    let parking = context.ports.parking();
    match context.ports.clock().within(limit, parking.park(&parked, PARKED_FIRST_S)).await {
        Some(Ok(())) => {
            outcomes::count(Metric::TextsParked);
            tracing::warn!(message.id = %text.id, %reason, "text parked");
            reply(200, Body::Xml(&api.no_answer()))
        }
        Some(Err(error)) => refuse(text, &error.to_string()),
        None => refuse(text, "parking took too long"),
    }
}

fn refuse(text: &ReceivedText, error: &str) -> ApiGatewayV2httpResponse {
    tracing::error!(message.id = %text.id, error, "a text may be neither stored nor parked");
    reply(503, Body::Text("the text may not have been stored; please deliver it again"))
}
