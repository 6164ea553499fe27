//! Starts the dialer function on AWS Lambda.

use jiff::Timestamp;
use lambda::AnyEvent;
use lambda::start::Starting;
use lambda_runtime::{LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let starting = &Starting::start().await?;
    if let Some(function) = starting.started() {
        // Most wake-ups that arrive on time place a call, which needs the system's certificates.
        function.warm_carrier()?;
    }
    run(service_fn(async |event: LambdaEvent<AnyEvent>| {
        let ends_at = Timestamp::try_from(event.context.deadline())?;
        let batch = event.payload.read()?;
        let Some(function) = starting.function().await? else { return Ok(lambda::all_failed(&batch)) };
        lambda::start::within_request(&event.context, dialer::handle(&batch, function.context(), ends_at)).await
    }))
    .await
}
