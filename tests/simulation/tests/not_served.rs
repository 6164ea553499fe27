//! A text from a number that is not served gets a refusal in the HTTP response to the webhook, at most once an hour.
//! The number is never called.

use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use aws_lambda_events::encodings::Body;
use executor::Context;
use inbound::numbers::Countries;
use inbound::{InboundConfig, Response, Trigger};
use jiff::SignedDuration;
use reminder::ids::PersonKey;
use reminder::policy::{Policy, Times};
use reminder::ports::{Clock, Ports};
use reminder::words::ServiceName;
use simulation::fakes::{self, Cloud, Invocation};
use simulation::functions::SERVICE_NUMBER;
use simulation::twilio_forms::{self, PUBLIC_URL, TOKEN};
use simulation::world::START;
use twilio::signature::Verifier;
use twilio::{AuthToken, Tokens};

const ABROAD: &str = "+442079460958";
const TOLL_FREE: &str = "+18005550142";
const NOWHERE: &str = "+11115550142";

fn config() -> Result<InboundConfig> {
    let verifier = Verifier::new(PUBLIC_URL.parse()?, Tokens(vec![AuthToken::new(TOKEN).context("a token")?]));
    let person_key = PersonKey::new(b"a key for worlds")?;
    let own = vec![SERVICE_NUMBER.parse()?];
    let countries = Countries(vec![]);
    let service_name = ServiceName::default();
    Ok(InboundConfig { verifier, public_url: PUBLIC_URL.parse()?, person_key, own, countries, service_name })
}

/// Sends texts and checks how each answer begins. Each row: second, message id, sender, body, expected beginning.
fn check(texts: &'static [(i64, &str, &str, &str, &str)]) -> Result<Rc<Cloud>> {
    let start = START;
    let cloud = Cloud::new(1, start);
    let ports = Invocation::new(&cloud);
    let done = fakes::run(&cloud, async move {
        let (settings, policy) = (config()?, Policy::new(Times::DEFAULT)?);
        for (second, id, from, words, expected) in texts {
            let wait = SignedDuration::from_secs(*second) - ports.clock().now().duration_since(start);
            ports.clock().within(wait, std::future::pending::<()>()).await;
            let request = twilio_forms::post(
                "/sms",
                &[("MessageSid", *id), ("From", *from), ("To", SERVICE_NUMBER), ("Body", *words)],
            );
            let trigger = Trigger::Webhook(Box::new(request));
            let Response::Webhook(response) = inbound::handle(trigger, Context::new(&ports, &policy), &settings).await
            else {
                bail!("expected a reply to the webhook")
            };
            assert_eq!(response.status_code, 200, "{:?}", response.body);
            let Some(Body::Text(document)) = response.body else { bail!("expected a TwiML document") };
            let answer = twilio_forms::read(&document).context("expected readable TwiML")?.texts.join("");
            let fits = if expected.is_empty() { answer.is_empty() } else { answer.starts_with(expected) };
            assert!(fits, "{second} s, {from}, {words:?}: expected {expected:?}, found {answer:?}");
        }
        anyhow::Ok(())
    });
    done.context("the texts take more than a day of virtual time")??;
    Ok(cloud)
}

#[test]
fn a_number_that_is_not_served_gets_one_refusal_an_hour_and_a_repeated_text_gets_the_same_answer() -> Result<()> {
    const COUNTRY: &str = "Sorry, I can't call numbers in your country.";
    const KIND: &str = "Sorry, I can't call this kind of number.";
    let cloud = check(&[
        (0, "SM01", ABROAD, "remind me to x in 2 minutes", COUNTRY),
        (1, "SM02", TOLL_FREE, "remind me to x in 2 minutes", KIND),
        (2, "SM03", NOWHERE, "remind me to x in 2 minutes", KIND),
        (3, "SM04", ABROAD, "remind me to x in 2 minutes", ""),
        (4, "SM05", TOLL_FREE, "thank you for your message", ""),
        (5, "SM06", NOWHERE, "list", ""),
        (6, "SM01", ABROAD, "remind me to x in 2 minutes", COUNTRY),
        (7, "SM04", ABROAD, "remind me to x in 2 minutes", ""),
        (8, "SM02", TOLL_FREE, "remind me to x in 2 minutes", KIND),
        (3700, "SM07", TOLL_FREE, "thank you for your message", KIND),
        (3701, "SM08", TOLL_FREE, "thank you for your message", ""),
        (3702, "SM04", ABROAD, "remind me to x in 2 minutes", ""),
    ])?;
    assert_eq!(cloud.table.borrow().reminders().count(), 0);
    assert_eq!(cloud.table.borrow().messages().count(), 8);
    Ok(())
}
