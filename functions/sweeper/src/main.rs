//! Starts the sweeper function on AWS Lambda.

use jiff::Timestamp;
use lambda::AnyEvent;
use lambda::start::Starting;
use lambda_runtime::{LambdaEvent, run, service_fn};
use sweeper::Swept;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let starting = &Starting::start().await?;
    run(service_fn(async |event: LambdaEvent<AnyEvent>| {
        let ends_at = Timestamp::try_from(event.context.deadline())?;
        let Some(function) = starting.function().await? else { return Ok(Swept::default()) };
        if event.payload.is_empty_batch() {
            return Ok(Swept::default());
        }
        let swept = lambda::start::within_request(&event.context, sweeper::handle(function.context(), ends_at)).await?;
        Ok::<_, lambda_runtime::Error>(swept?)
    }))
    .await
}
