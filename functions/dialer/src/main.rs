//! The dialer λ: wiring.

use lambda_runtime::{LambdaEvent, run, service_fn};
use startup::Function;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let function = Function::start().await?;
    let function = &function;
    run(service_fn(async |event: LambdaEvent<_>| {
        startup::within_request(&event.context, dialer::handle(&event.payload, function.service())).await
    }))
    .await
}
