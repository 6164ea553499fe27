//! The inbound λ: wiring.

use inbound::Settings;
use inbound::numbers::{self, Countries};
use lambda_runtime::{LambdaEvent, run, service_fn};
use reminder::ports::Ports;
use startup::Function;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let function = Function::start().await?;
    let settings = Settings {
        verifier: function.verifier.clone(),
        person_key: function.person_key.clone(),
        own: function.own_numbers.clone(),
        countries: countries(&function),
    };
    // Each text is from a number that is looked up, and most send a wake-up.
    settings.own.iter().for_each(numbers::warm);
    function.ports.wakeups().warm().await;
    let (function, settings) = (&function, &settings);
    run(service_fn(async |event: LambdaEvent<_>| {
        startup::within_request(&event.context, inbound::handle(event.payload, function.service(), settings)).await
    }))
    .await
}

fn countries(function: &Function) -> Countries {
    match &function.countries {
        startup::Countries::OfServiceNumber => Countries(vec![]),
        startup::Countries::These(countries) => Countries(countries.clone()),
    }
}
