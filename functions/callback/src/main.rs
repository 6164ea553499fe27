//! Starts the callback function on AWS Lambda.

use callback::CallbackConfig;
use lambda::AnyEvent;
use lambda::start::Function;
use lambda_runtime::{LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let function = Function::start().await?;
    let config = CallbackConfig {
        verifier: function.verifier.clone(),
        accounts: function.accounts.clone(),
        public_url: function.public_url.clone(),
        person_key: function.person_key.clone(),
        service_name: function.service_name.clone(),
    };
    let (function, config) = (&function, &config);
    run(service_fn(async |event: LambdaEvent<AnyEvent>| {
        let request = event.payload.read()?;
        lambda::start::within_request(&event.context, callback::handle(&request, function.context(), config)).await
    }))
    .await
}
