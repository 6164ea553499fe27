//! A product that runs in a world: the service, or the example that it is compared with.

use std::fmt;
use std::rc::Rc;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;

use crate::events::QueueName;
use crate::fakes::{Cloud, Received};

/// The functions of a product, as the cloud invokes them. Each invocation with this `id` ends with
/// [`InvocationEnded`](crate::events::WorldEvent::InvocationEnded).
pub trait Product: fmt::Debug {
    /// Invokes the function that handles the webhook of a text.
    fn text(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64, request: ApiGatewayV2httpRequest);

    /// Invokes a queue's function with a batch of messages.
    fn batch(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64, queue: QueueName, batch: &[Received]);

    /// Invokes the function that handles a carrier's request about a call or a text.
    fn callback(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64, request: ApiGatewayV2httpRequest);

    /// Invokes the function that runs every minute.
    fn sweep(self: Rc<Self>, cloud: &Rc<Cloud>, id: u64);
}
