//! The status of an answer that was the reply to a webhook. Such an answer has no record, so its failure is only logged.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use lambda::carrier::{Accounts, SignedWebhook};
use lambda::{Body, reply};
use reminder::ports::{TextStatus, UndeliveredCause};

/// Logs that an answer was not delivered. If every answer fails until the operator acts, it is logged as an error.
pub(crate) fn answer(webhook: &SignedWebhook, accounts: &Accounts) -> ApiGatewayV2httpResponse {
    let report = match webhook.text_status(accounts) {
        Ok(report) => report,
        Err(error) => {
            tracing::warn!(%error, "callback refused");
            return reply(400, Body::Text(&error.to_string()));
        }
    };
    let text = &report.text;
    match report.status {
        TextStatus::Pending | TextStatus::Sent | TextStatus::Delivered => {}
        TextStatus::Undelivered(undelivered) => match undelivered.cause {
            UndeliveredCause::Operator => {
                tracing::error!(text.id = %text, code = undelivered.code, "answer not delivered: the carrier delivers no answers until the operator acts; look up the error code");
            }
            UndeliveredCause::Passing | UndeliveredCause::Number | UndeliveredCause::OptedOut => {
                tracing::warn!(text.id = %text, code = undelivered.code, "answer not delivered");
            }
        },
    }
    reply(204, Body::Empty)
}
