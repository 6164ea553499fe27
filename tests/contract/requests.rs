//! Sends every kind of request of our Twilio client to a carrier, so that the contract test can validate them. The
//! arguments are the carrier's URL, and the user name and password of requests: those of the account or of an API key.
//! The outcomes are printed as lines of JSON.

use std::time::Duration;

use anyhow::{Context, anyhow};
use reminder::ids::{CallId, Number};
use reminder::ports::{CallStatus, Carrier, Dial, MachineDetection};
use reminder::wire::{CallRoute, TextRoute};
use serde_json::json;
use twilio::{AccountSid, ApiKey, AuthToken, Authorization, Twilio, TwilioConfig};

const ROUTE: &str =
    "/calls/0123456789abcdef0123456789abcdef/01JZ0000000000000000000000/01JZ0000000000000000000001/speech";
const TEXT_ROUTE: &str = "/texts/0123456789abcdef0123456789abcdef/01JZ0000000000000000000000/1/status";

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |what| arguments.next().with_context(|| format!("expected {what}, found no further argument"));
    let base_url = argument("the carrier's URL")?;
    let (user, password) = (argument("a user name")?, argument("a password")?);
    let account_sid: AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
    let authorization = if user == account_sid.as_str() {
        let token = AuthToken::new(password).context("expected a token that is not empty")?;
        Authorization::of_token(&account_sid, &token)
    } else {
        Authorization::of_api_key(&ApiKey::new(&user, &password)?)
    };
    let client = Twilio::new(TwilioConfig {
        base_url,
        name: twilio::NAME.parse()?,
        authorization,
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
