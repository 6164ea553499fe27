//! Starts the callback function on AWS Lambda.

use std::cell::OnceCell;

use callback::CallbackConfig;
use jiff::Timestamp;
use lambda::start::{Function, Starting};
use lambda::{AnyEvent, Body, reply};
use lambda_runtime::{LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (starting, config) = (&Starting::start().await?, &OnceCell::new());
    run(service_fn(async |event: LambdaEvent<AnyEvent>| {
        let request = event.payload.read()?;
        let Some(function) = starting.function().await? else {
            return Ok(reply(503, Body::Text("the carrier's credentials are not written into the secret yet")));
        };
        let config = config.get_or_init(|| config_of(function));
        let context = function.context().until(Timestamp::try_from(event.context.deadline())?);
        lambda::start::within_request(&event.context, callback::handle(&request, context, config)).await
    }))
    .await
}

fn config_of(function: &Function) -> CallbackConfig {
    CallbackConfig {
        verifier: function.verifier.clone(),
        accounts: function.accounts.clone(),
        public_url: function.public_url.clone(),
        person_key: function.person_key.clone(),
        service_name: function.service_name.clone(),
    }
}
