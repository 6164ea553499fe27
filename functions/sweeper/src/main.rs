//! The sweeper λ: wiring.

use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde_json::Value;
use startup::Function;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let function = Function::start().await?;
    let function = &function;
    run(service_fn(async |event: LambdaEvent<Value>| {
        let ends_at = Timestamp::try_from(event.context.deadline())?;
        startup::within_request(&event.context, sweeper::handle(function.service(), ends_at)).await
    }))
    .await
}
