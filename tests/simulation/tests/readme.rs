//! README's examples of what people can text are answered as README's table says, at every hour of a week and throughout
//! a year. The end-to-end suite sends the same texts, but only at the hour at which it runs.

#[path = "../../tests/end_to_end/readme/conversations.rs"]
mod conversations;

use anyhow::{Context as _, Result, bail, ensure};
use aws_lambda_events::encodings::Body;
use executor::Context;
use inbound::numbers::Countries;
use inbound::{InboundConfig, Response, Trigger};
use jiff::{SignedDuration, Timestamp};
use reminder::ids::PersonKey;
use reminder::policy::{Policy, Times};
use reminder::words::ServiceName;
use simulation::fakes::{self, Cloud, Invocation};
use simulation::functions::SERVICE_NUMBER;
use simulation::twilio_forms::{self, PUBLIC_URL, TOKEN};
use twilio::signature::Verifier;
use twilio::{AuthToken, Tokens};

use self::conversations::{CONVERSATIONS, TextAndAnswer, fits};

/// Number of hours in a week.
const HOURS_OF_WEEK: i64 = 168;

/// Number of hours in a year.
const HOURS_OF_YEAR: i64 = 8760;

/// Hours between two starts of a year. Together they have each hour of the day and each day of the week.
const STEP_HOURS: usize = 61;

fn config() -> Result<InboundConfig> {
    let verifier = Verifier::new(PUBLIC_URL.parse()?, Tokens(vec![AuthToken::new(TOKEN).context("a token")?]));
    Ok(InboundConfig {
        verifier,
        public_url: PUBLIC_URL.parse()?,
        person_key: PersonKey::new(b"a key for worlds")?,
        own: vec![SERVICE_NUMBER.parse()?],
        countries: Countries(vec![]),
        service_name: ServiceName::default(),
    })
}

/// Sends the texts of one conversation, beginning at this instant, and compares each answer.
fn check_conversation(conversation: &'static [TextAndAnswer], start: Timestamp) -> Result<()> {
    let cloud = Cloud::new(1, start);
    let ports = Invocation::new(&cloud);
    let done = fakes::run(&cloud, async move {
        let (config, policy) = (config()?, Policy::new(Times::DEFAULT)?);
        for (index, (words, parts)) in conversation.iter().enumerate() {
            let id = format!("SM{index:032x}");
            let mut form = vec![("MessageSid", id.as_str()), ("From", "+12125550142"), ("To", SERVICE_NUMBER)];
            form.push(("Body", words));
            if ["STOP", "START"].contains(words) {
                form.push(("OptOutType", words));
            }
            let trigger = Trigger::Webhook(Box::new(twilio_forms::post("/sms", &form)));
            let Response::Webhook(response) = inbound::handle(trigger, Context::new(&ports, &policy), &config).await
            else {
                bail!("expected a reply to the webhook")
            };
            let Some(Body::Text(document)) = response.body else { bail!("expected a TwiML document") };
            let answer = twilio_forms::read(&document).context("expected readable TwiML")?.texts.join("\n");
            ensure!(fits(&answer, parts), "from {start}, {words:?}: expected {parts:?}, found {answer:?}");
        }
        Ok(())
    });
    done.context("the conversation takes more than a day of virtual time")?
}

/// Holds all conversations from each start on.
fn check_all(hours: impl Iterator<Item = i64>) -> Result<()> {
    let first: Timestamp = "2027-03-01T00:17:00Z".parse()?;
    let starts = hours.map(|hour| first + SignedDuration::from_hours(hour));
    let results =
        starts.flat_map(|start| CONVERSATIONS.iter().map(move |conversation| check_conversation(conversation, start)));
    let wrong: Vec<String> = results.filter_map(Result::err).map(|error| error.to_string()).collect();
    ensure!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

#[test]
fn every_example_is_answered_as_its_conversation_expects_at_every_hour_of_a_week() -> Result<()> {
    check_all(0..HOURS_OF_WEEK)
}

/// Shortly before a month begins, "until" that month may leave no occurrence.
#[test]
fn every_example_is_answered_as_its_conversation_expects_throughout_a_year() -> Result<()> {
    check_all((0..HOURS_OF_YEAR).step_by(STEP_HOURS))
}
