//! A text becomes a reminder, an answer to a command, or a question back.

mod envelope;
mod follow_up;
mod intake;
pub mod numbers;
mod queue;
mod webhook;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use executor::Context;
use numbers::Countries;
use reminder::ids::{Number, PersonKey};
use reminder::ports::Ports;
use reminder::words::ServiceName;
use serde::{Deserialize, Serialize};
use twilio::signature::Verifier;

pub use intake::NotStored;

/// What the function is told once, when it starts.
#[derive(Debug)]
pub struct Settings {
    /// Checks that a webhook is the carrier's.
    pub verifier: Verifier,
    /// Names people.
    pub person_key: PersonKey,
    /// The service's own numbers, which get no answer.
    pub own: Vec<Number>,
    /// Whose numbers are called.
    pub countries: Countries,
    /// The name by which the service introduces itself.
    pub service_name: ServiceName,
}

/// What invokes the function.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Trigger {
    /// Texts from SNS, and parked ones.
    Queue(SqsEvent),
    /// The carrier's webhook.
    Webhook(Box<ApiGatewayV2httpRequest>),
}

/// What it returns.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// Which messages are to be delivered again.
    Queue(SqsBatchResponse),
    /// The answer to the webhook.
    Webhook(Box<ApiGatewayV2httpResponse>),
}

/// Handles what invoked the function. Never fails as a whole: a webhook gets a status, a message its own failure.
///
/// Twice it is safe because a text's record is written in one transaction with all that the text changes.
pub async fn handle<P: Ports>(trigger: Trigger, context: Context<'_, P>, settings: &Settings) -> Response {
    match trigger {
        Trigger::Queue(event) => Response::Queue(queue::handle(&event, context, settings).await),
        Trigger::Webhook(request) => Response::Webhook(Box::new(webhook::handle(&request, context, settings).await)),
    }
}
