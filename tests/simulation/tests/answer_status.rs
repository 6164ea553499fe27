//! The status of an answer that was sent in the HTTP response to a webhook. Such an answer has no record, so it is not
//! tried again, and its failure is logged.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use callback::CallbackConfig;
use executor::Context;
use reminder::ids::PersonKey;
use reminder::policy::{Policy, Times};
use reminder::words::ServiceName;
use simulation::fakes::{self, Cloud, Invocation};
use simulation::twilio_forms::{self, ACCOUNTS, PUBLIC_URL, TOKEN};
use simulation::world::START;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use twilio::signature::Verifier;
use twilio::{Accounts, AuthToken, Tokens};

/// Collects the levels of the warnings and errors that one thread logs.
#[derive(Clone, Default)]
struct Levels(Arc<Mutex<Vec<Level>>>);

impl Levels {
    fn take(&self) -> Vec<Level> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Subscriber for Levels {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(*event.metadata().level());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Posts the status of an answer. Returns the HTTP status of the response, and the levels of the warnings and errors.
fn post_status(fields: &[(&str, &str)]) -> Result<(i64, Vec<Level>)> {
    let form = [&[("AccountSid", ACCOUNTS[0]), ("To", "+12125550142")], fields].concat();
    let request = twilio_forms::post("/answers/0123456789abcdef0123456789abcdef/1800000000123/status", &form);
    let config = CallbackConfig {
        person_key: PersonKey::new(b"a key for worlds")?,
        verifier: Verifier::new(PUBLIC_URL.parse()?, Tokens(vec![AuthToken::new(TOKEN).context("a token")?])),
        accounts: Accounts(vec![(ACCOUNTS[0].parse()?, "twilio".parse()?)]),
        public_url: PUBLIC_URL.parse()?,
        service_name: ServiceName::default(),
    };
    let policy = Policy::new(Times::DEFAULT)?;
    let cloud = Cloud::new(1, START);
    let ports = Invocation::new(&cloud);
    let levels = Levels::default();
    let status_code = tracing::subscriber::with_default(levels.clone(), || {
        fakes::run(&cloud, async move {
            callback::handle(&request, Context::new(&ports, &policy), &config).await.status_code
        })
    });
    Ok((status_code.context("a request takes more than a day of virtual time")?, levels.take()))
}

#[test]
fn the_failure_of_an_answer_is_logged_as_an_error_only_if_the_operator_must_act() -> Result<()> {
    let text = ("MessageSid", "SM1");
    for (status, code, expected) in [
        ("queued", None, vec![]),
        ("sent", None, vec![]),
        ("delivered", None, vec![]),
        ("undelivered", Some("30003"), vec![Level::WARN]),
        ("undelivered", Some("30005"), vec![Level::WARN]),
        ("failed", Some("21610"), vec![Level::WARN]),
        ("failed", None, vec![Level::WARN]),
        ("undelivered", Some("30034"), vec![Level::ERROR]),
        ("failed", Some("30032"), vec![Level::ERROR]),
    ] {
        let mut fields = vec![text, ("MessageStatus", status)];
        fields.extend(code.map(|code| ("ErrorCode", code)));
        assert_eq!(post_status(&fields)?, (204, expected), "{status} {code:?}");
    }
    Ok(())
}

#[test]
fn a_malformed_status_is_refused() -> Result<()> {
    assert_eq!(post_status(&[("MessageStatus", "sent")])?, (400, vec![Level::WARN]));
    assert_eq!(post_status(&[("MessageSid", "SM1"), ("MessageStatus", "lost")])?, (400, vec![Level::WARN]));
    Ok(())
}
