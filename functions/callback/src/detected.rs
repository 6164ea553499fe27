//! Handles the verdict of machine detection, and leaves a message on an answering machine.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use executor::{Context, apply_by_key};
use lambda::carrier::{AnsweredByWebhook, Api};
use lambda::{Body, reply};
use reminder::event::Event;
use reminder::lifecycle::{Speech, speech};
use reminder::ports::{Ports, Store};
use reminder::wire::CallRoute;
use reminder::words;

use crate::CallbackConfig;

/// Applies a verdict of machine detection. Once a key was pressed, the verdict changes nothing. Once the call is over,
/// only the verdict that a person answered may still count.
pub(crate) async fn verdict<P: Ports>(
    context: Context<'_, P>,
    route: &CallRoute,
    webhook: AnsweredByWebhook,
) -> ApiGatewayV2httpResponse {
    let AnsweredByWebhook { call, verdict } = webhook;
    let detected = Event::AnswererDetected { claim: route.claim.clone(), call, verdict };
    match apply_by_key(context, &route.key, |_| Some(detected)).await {
        Ok(_) => {
            tracing::info!(reminder.id = %route.key.reminder, ?verdict, "the carrier detected who answered");
            reply(204, Body::Empty)
        }
        Err(error) => {
            tracing::warn!(reminder.id = %route.key.reminder, %error, "a verdict of machine detection was not written");
            reply(503, Body::Text("the verdict could not be written; please deliver it again"))
        }
    }
}

/// Returns the document that leaves the reminder on an answering machine. As with the speech of a call, the reminder is
/// read now: if it can't be read or must not be spoken any more, no task is left on the machine.
pub(crate) async fn message<P: Ports>(
    context: Context<'_, P>,
    config: &CallbackConfig,
    api: Api,
    route: &CallRoute,
) -> ApiGatewayV2httpResponse {
    let words = match context.ports.store().reminder(&route.key).await {
        Ok(Some(reminder)) if speech(&reminder, &route.claim) == Speech::Task => {
            words::mailbox(&config.service_name, &reminder.task)
        }
        Ok(_) => words::goodbye(&config.service_name),
        Err(error) => {
            tracing::warn!(reminder.id = %route.key.reminder, %error, "a message without the task was left on an answering machine: the reminder could not be read");
            words::unreadable(&config.service_name)
        }
    };
    reply(200, Body::Xml(&api.mailbox_message(&words)))
}
