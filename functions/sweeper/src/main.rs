//! Starts the sweeper function on AWS Lambda.

use jiff::Timestamp;
use lambda::AnyEvent;
use lambda::start::Function;
use lambda_runtime::{LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let function = Function::start().await?;
    let function = &function;
    run(service_fn(async |event: LambdaEvent<AnyEvent>| {
        let ends_at = Timestamp::try_from(event.context.deadline())?;
        let swept = lambda::start::within_request(&event.context, sweeper::handle(function.context(), ends_at)).await?;
        Ok::<_, lambda_runtime::Error>(swept?)
    }))
    .await
}
