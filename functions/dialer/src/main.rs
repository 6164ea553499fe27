//! The dialer λ: wiring.

use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, run, service_fn};
use startup::Function;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let function = Function::start().await?;
    // Every wake-up asks the carrier, and reading the system's certificates takes longer than all the rest.
    function.warm_carrier()?;
    let function = &function;
    run(service_fn(async |event: LambdaEvent<_>| {
        let ends_at = Timestamp::try_from(event.context.deadline())?;
        startup::within_request(&event.context, dialer::handle(&event.payload, function.service(), ends_at)).await
    }))
    .await
}
