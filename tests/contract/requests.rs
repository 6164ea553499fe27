//! Sends every kind of request of our Twilio client to a carrier, so that the contract test can validate them. The
//! argument is the carrier's URL. The outcomes are printed as lines of JSON.

use std::time::Duration;

use anyhow::{Context, anyhow};
use reminder::ids::{CallId, Number};
use reminder::ports::{CallStatus, Carrier, Dial, MachineDetection};
use reminder::wire::{CallRoute, TextRoute};
use serde_json::json;
use twilio::{AccountSid, AuthToken, Authorization, Twilio, TwilioConfig};

const ROUTE: &str =
    "/calls/0123456789abcdef0123456789abcdef/01JZ0000000000000000000000/01JZ0000000000000000000001/speech";
const TEXT_ROUTE: &str = "/texts/0123456789abcdef0123456789abcdef/01JZ0000000000000000000000/1/status";

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let base_url = std::env::args().nth(1).context("expected the carrier's URL, found no argument")?;
    let account_sid: AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
    let token = AuthToken::new("primary").context("expected a token that is not empty")?;
    let client = Twilio::new(TwilioConfig {
        base_url,
        name: twilio::NAME.parse()?,
        authorization: Authorization::of_token(&account_sid, &token),
        account_sid,
        service_number: number("+12125550100")?,
        public_url: "https://sixthirty.example".parse()?,
        ring_s: 18,
        talk_s: 90,
        machine_detection: MachineDetection::Enabled,
        timeout: Duration::from_secs(8),
    })?;
    let (route, _) = CallRoute::parse(ROUTE).context("expected the path of a call's callback")?;
    let dial = Dial { to: number("+12125550181")?, route };

    for status in [CallStatus::Queued, CallStatus::UnderWay] {
        let call: CallId = client.place(&dial).await?;
        println!("{}", json!({ "placed": call.as_str() }));
        println!("{}", json!({ "status": format!("{:?}", client.status(&call).await?) }));
        client.end(&call, status).await?;
        println!("{}", json!({ "ended": call.as_str() }));
    }
    let call = client.place(&dial).await?;
    client.leave_message(&call, &dial.route).await?;
    println!("{}", json!({ "redirected": call.as_str() }));
    client.end(&call, CallStatus::UnderWay).await?;

    let text_route = TextRoute::parse(TEXT_ROUTE).context("expected the path of a text's callback")?;
    let text = client.send_text(&dial.to, "milk & <bread>, 6:30 🥛\nand cheese", &text_route).await?;
    println!("{}", json!({ "texted": text.as_str() }));
    println!("{}", json!({ "text_status": format!("{:?}", client.text_status(&text).await?) }));

    let refused = client.send_text(&number("+12125550182")?, "", &text_route).await;
    println!("{}", json!({ "refused": format!("{:?}", refused.err()) }));
    Ok(())
}

fn number(text: &str) -> anyhow::Result<Number> {
    text.parse().map_err(|_| anyhow!("expected a number, found {text}"))
}
