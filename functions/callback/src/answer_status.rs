//! Handles the status of an answer that was sent in the response to a webhook. Such an answer has no record, so its
//! failure is only logged, unless the person has opted out at the carrier.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use executor::{Context, answer_opted_out, outcomes};
use lambda::carrier::TextStatusWebhook;
use lambda::{Body, reply};
use reminder::ports::{Ports, TextStatus, UndeliveredCause};
use reminder::wire::AnswerStatusRoute;

/// Logs that an answer was not delivered, as an error if every answer fails until the operator acts. If the person has
/// opted out at the carrier, also records the opt-out.
pub(crate) async fn answer<P: Ports>(
    context: Context<'_, P>,
    route: &AnswerStatusRoute,
    webhook: TextStatusWebhook,
) -> ApiGatewayV2httpResponse {
    let TextStatusWebhook { text, status } = webhook;
    let TextStatus::Undelivered(undelivered) = status else { return reply(204, Body::Empty) };
    let metric = outcomes::undelivered(undelivered.cause);
    outcomes::count(metric);
    match undelivered.cause {
        UndeliveredCause::Operator => {
            tracing::error!(text.id = %text, code = undelivered.code, alarm = metric.name(), "answer not delivered: the carrier delivers no answers until the operator acts; look up the error code");
        }
        UndeliveredCause::Passing | UndeliveredCause::Number | UndeliveredCause::OptedOut => {
            tracing::warn!(text.id = %text, code = undelivered.code, "answer not delivered");
        }
    }
    if undelivered.cause == UndeliveredCause::OptedOut
        && let Err(error) = answer_opted_out(context, route, &text).await
    {
        tracing::warn!(person = %route.person, %error, "an opt-out at the carrier was not written");
        return reply(503, Body::Text("the opt-out could not be written; please deliver the status again"));
    }
    reply(204, Body::Empty)
}
