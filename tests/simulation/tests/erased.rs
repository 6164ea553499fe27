//! A person whose data an operator has erased stays opted out without a number, and is served again after opting in.

use anyhow::{Context as _, Result, bail};
use aws_lambda_events::encodings::Body;
use executor::Context;
use inbound::numbers::Countries;
use inbound::{InboundConfig, Response, Trigger};
use jiff::SignedDuration;
use reminder::ids::{Number, PersonId, PersonKey};
use reminder::policy::{Policy, Times};
use reminder::ports::{Ports, Replacement, Store};
use reminder::profile::{OptStatus, Profile};
use reminder::record::Zone;
use reminder::words::ServiceName;
use simulation::fakes::{self, Cloud, Invocation};
use simulation::functions::SERVICE_NUMBER;
use simulation::twilio_forms::{self, PUBLIC_URL, TOKEN};
use simulation::world::START;
use twilio::signature::Verifier;
use twilio::{AuthToken, Tokens};

const NUMBER: &str = "+12125550142";
/// The number that an erasure leaves in the profile.
const ERASED: &str = "+9990000000";

fn config(person_key: &PersonKey) -> Result<InboundConfig> {
    let verifier = Verifier::new(PUBLIC_URL.parse()?, Tokens(vec![AuthToken::new(TOKEN).context("a token")?]));
    Ok(InboundConfig {
        verifier,
        public_url: PUBLIC_URL.parse()?,
        person_key: person_key.clone(),
        own: vec![SERVICE_NUMBER.parse()?],
        countries: Countries(vec![]),
        service_name: ServiceName::default(),
    })
}

/// Sends a text, and returns the answer.
async fn text<P: Ports>(context: Context<'_, P>, key: &PersonKey, id: &str, words: &str) -> Result<String> {
    let form = [("MessageSid", id), ("From", NUMBER), ("To", SERVICE_NUMBER), ("Body", words)];
    let trigger = Trigger::Webhook(Box::new(twilio_forms::post("/sms", &form)));
    let Response::Webhook(response) = inbound::handle(trigger, context, &config(key)?).await else {
        bail!("expected a reply to the webhook")
    };
    assert_eq!(response.status_code, 200, "{:?}", response.body);
    let Some(Body::Text(document)) = response.body else { bail!("expected a TwiML document") };
    Ok(twilio_forms::read(&document).context("expected readable TwiML")?.texts.join(""))
}

#[test]
fn an_erased_person_stays_opted_out_until_start_and_is_then_called_at_the_real_number() -> Result<()> {
    let cloud = Cloud::new(1, START);
    let ports = Invocation::new(&cloud);
    let done = fakes::run(&cloud, async move {
        let key = PersonKey::new(b"a key for worlds")?;
        let number: Number = NUMBER.parse()?;
        let person = PersonId::of(&number, &key);
        let before = START.checked_sub(SignedDuration::from_hours(1))?;
        let mut erased = Profile::new_profile(person.clone(), ERASED.parse()?, Zone::named("Etc/UTC")?, before);
        erased.opt_out(before, before);
        ports.store().replace_profile(&Replacement::creation(erased)).await?;
        let policy = Policy::new(Times::DEFAULT)?;
        let context = Context::new(&ports, &policy);
        text(context, &key, "SM01", "remind me to buy milk in 2 minutes").await?;
        let profile = ports.store().profile(&person).await?.context("expected a profile")?;
        assert_eq!((profile.consent.status, profile.consent.epoch), (OptStatus::OptedOut, 1));
        text(context, &key, "SM02", "START").await?;
        let answer = text(context, &key, "SM03", "remind me to buy milk in 2 minutes").await?;
        assert!(answer.contains("milk"), "{answer}");
        let profile = ports.store().profile(&person).await?.context("expected a profile")?;
        assert_eq!((profile.consent.status, &profile.number), (OptStatus::OptedIn, &number));
        anyhow::Ok(())
    });
    done.context("the texts take more than a day of virtual time")?
}
