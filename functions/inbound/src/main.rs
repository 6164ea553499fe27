//! Starts the inbound function.

use std::cell::OnceCell;

use inbound::InboundConfig;
use inbound::numbers::{self, Countries};
use jiff::Timestamp;
use lambda::AnyEvent;
use lambda::start::{Function, Starting};
use lambda_runtime::{LambdaEvent, run, service_fn};
use reminder::ports::Ports;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (starting, config) = (&Starting::start().await?, &OnceCell::new());
    if let Some(function) = starting.started() {
        // Load the rules for numbers and connect for wake-ups before the first text: each text looks up a number, and
        // most texts send a wake-up.
        config.get_or_init(|| config_of(function)).own.iter().for_each(numbers::warm);
        function.ports.wake_ups().warm().await;
    }
    run(service_fn(async |event: LambdaEvent<AnyEvent>| {
        let trigger = event.payload.read()?;
        let Some(function) = starting.function().await? else { return Ok(inbound::not_ready(&trigger)) };
        let config = config.get_or_init(|| config_of(function));
        let context = function.context().until(Timestamp::try_from(event.context.deadline())?);
        lambda::start::within_request(&event.context, inbound::handle(trigger, context, config)).await
    }))
    .await
}

fn config_of(function: &Function) -> InboundConfig {
    InboundConfig {
        verifier: function.verifier.clone(),
        public_url: function.public_url.clone(),
        person_key: function.person_key.clone(),
        own: function.own_numbers.clone(),
        countries: countries(function),
        service_name: function.service_name.clone(),
    }
}

fn countries(function: &Function) -> Countries {
    match &function.countries {
        lambda::start::Countries::OfServiceNumber => Countries(vec![]),
        lambda::start::Countries::These(countries) => Countries(countries.clone()),
    }
}
