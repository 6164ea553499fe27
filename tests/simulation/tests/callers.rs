//! A person who calls the service is recognized as the person who texts, even if the number has a trunk prefix.

use anyhow::{Result, bail};
use simulation::engine::Step;
use simulation::events::{InvocationOutcome, WorldEvent};
use simulation::fakes::Cloud;
use simulation::functions::{Functions, SERVICE_NUMBER};
use simulation::twilio_forms::{self, ACCOUNTS};
use simulation::world::START;

/// Returns the body of the response to an invocation.
fn response(cloud: &Cloud) -> Result<String> {
    loop {
        match cloud.engine.step() {
            Step::Event(WorldEvent::InvocationEnded(7, InvocationOutcome::Http { status: 200, body })) => {
                return Ok(body);
            }
            Step::Idle => bail!("expected a response, found none"),
            Step::Event(_) | Step::Quiet => {}
        }
    }
}

#[test]
fn a_caller_whose_number_has_a_trunk_prefix_hears_about_their_reminders() -> Result<()> {
    let functions = Functions::new()?;
    let cloud = Cloud::new(1, START);
    let text = [
        ("MessageSid", "SM1"),
        ("From", "+12125550142"),
        ("To", SERVICE_NUMBER),
        ("Body", "remind me to buy milk in 20 minutes"),
    ];
    functions.text(&cloud, 7, twilio_forms::post("/sms", &text));
    response(&cloud)?;
    for (from, is_known) in [("+12125550142", true), ("+112125550142", true), ("+12125550143", false)] {
        let call = [
            ("AccountSid", ACCOUNTS[0]),
            ("CallSid", "CA1"),
            ("CallStatus", "ringing"),
            ("From", from),
            ("To", SERVICE_NUMBER),
        ];
        functions.callback(&cloud, 7, twilio_forms::post("/voice", &call));
        let body = response(&cloud)?;
        assert_eq!(body.contains("buy milk"), is_known, "{from}: {body}");
    }
    cloud.engine.clear();
    Ok(())
}
