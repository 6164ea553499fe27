//! Takes in texts: each becomes a reminder, a change, an answer or a question.

mod config;
pub mod numbers;
mod queue;
mod webhook;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use executor::Context;
use lambda::{Body, reply};
use reminder::ports::Ports;
use serde::{Deserialize, Serialize};

pub use config::InboundConfig;
pub use executor::incoming::IntakeError;

/// An invocation of the function.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Trigger {
    /// Messages of the inbound queue: texts from SNS, and parked texts.
    Queue(SqsEvent),
    /// The carrier's webhook of one text.
    Webhook(Box<ApiGatewayV2httpRequest>),
}

/// The result of an invocation.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// The messages that must be delivered again.
    Queue(SqsBatchResponse),
    /// The response to the webhook.
    Webhook(Box<ApiGatewayV2httpResponse>),
}

/// Returns the response to an invocation that comes before the operator has written the carrier's credentials: the
/// carrier and SQS deliver again.
pub fn not_ready(trigger: &Trigger) -> Response {
    match trigger {
        Trigger::Queue(event) => Response::Queue(lambda::all_failed(event)),
        Trigger::Webhook(_) => {
            let body = Body::Text("the carrier's credentials are not written into the secret yet");
            Response::Webhook(Box::new(reply(503, body)))
        }
    }
}

/// Handles one invocation. It never fails as a whole: a webhook gets a status, and each message its own result.
///
/// Handling a text twice is safe: its record is in one transaction with its changes, and its effects may be repeated.
pub async fn handle<P: Ports>(trigger: Trigger, context: Context<'_, P>, config: &InboundConfig) -> Response {
    match trigger {
        Trigger::Queue(event) => Response::Queue(queue::handle(&event, context, config).await),
        Trigger::Webhook(request) => Response::Webhook(Box::new(webhook::handle(&request, context, config).await)),
    }
}
