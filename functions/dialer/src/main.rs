//! Starts the dialer function on AWS Lambda.

use jiff::Timestamp;
use lambda::AnyEvent;
use lambda::start::Function;
use lambda_runtime::{LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let function = Function::start().await?;
    // Most wake-ups that arrive on time place a call, which needs the system's certificates.
    function.warm_carrier()?;
    let function = &function;
    run(service_fn(async |event: LambdaEvent<AnyEvent>| {
        let ends_at = Timestamp::try_from(event.context.deadline())?;
        let batch = event.payload.read()?;
        lambda::start::within_request(&event.context, dialer::handle(&batch, function.context(), ends_at)).await
    }))
    .await
}
