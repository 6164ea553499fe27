//! Handles the carrier's report about the status of a text that the service sent.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use executor::{Context, apply_text_status};
use lambda::carrier::TextStatusWebhook;
use lambda::{Body, reply};
use reminder::ports::Ports;
use reminder::wire::TextRoute;

/// Applies the status of a text. The status may safely come twice, late or out of order: it names its try, and a
/// failure counts only for the newest try.
pub(crate) async fn status<P: Ports>(
    context: Context<'_, P>,
    route: &TextRoute,
    webhook: TextStatusWebhook,
) -> ApiGatewayV2httpResponse {
    let TextStatusWebhook { text, status } = webhook;
    match apply_text_status(context, route, text, status).await {
        Ok(()) => {
            tracing::info!(text.id = %route.key.text, try = route.try_number, ?status, "text reported");
            reply(204, Body::Empty)
        }
        Err(error) => {
            tracing::warn!(text.id = %route.key.text, %error, "the status of a text was not written");
            reply(503, Body::Text("the status could not be written; please deliver it again"))
        }
    }
}
