//! Both webhook functions refuse a request that is too long or not signed, and store nothing.

use anyhow::{Context as _, Result, bail};
use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use executor::Context;
use inbound::numbers::Countries;
use inbound::{Response, Trigger};
use reminder::ids::PersonKey;
use reminder::policy::{Policy, Times};
use reminder::words::ServiceName;
use simulation::fakes::{self, Cloud, Invocation};
use simulation::functions::SERVICE_NUMBER;
use simulation::twilio_forms::{self, PUBLIC_URL, TOKEN};
use simulation::world::START;
use twilio::signature::Verifier;
use twilio::{Accounts, AuthToken, Tokens, WEBHOOK_MAX};

/// A well-formed signature (base64 of an HMAC-SHA1) that does not match the request.
const WRONG: &str = "L/OH5YylLD5NRKLltdqwSvS0BnU=";
const HEADER: &str = "x-twilio-signature";

/// Sends a request to both webhook functions, and expects this status from each and no stored text.
fn check(request: &ApiGatewayV2httpRequest, expected: i64) -> Result<()> {
    let cloud = Cloud::new(1, START);
    let ports = Invocation::new(&cloud);
    let request = request.clone();
    let done = fakes::run(&cloud, async move {
        let verifier = Verifier::new(PUBLIC_URL.parse()?, Tokens(vec![AuthToken::new(TOKEN).context("a token")?]));
        let policy = Policy::new(Times::DEFAULT)?;
        let inbound = inbound::InboundConfig {
            verifier: verifier.clone(),
            public_url: PUBLIC_URL.parse()?,
            person_key: PersonKey::new(b"a key for worlds")?,
            own: vec![SERVICE_NUMBER.parse()?],
            countries: Countries(vec![]),
            service_name: ServiceName::default(),
        };
        let callback = callback::CallbackConfig {
            verifier,
            accounts: Accounts(vec![]),
            public_url: PUBLIC_URL.parse()?,
            person_key: PersonKey::new(b"a key for worlds")?,
            service_name: ServiceName::default(),
        };
        let context = || Context::new(&ports, &policy);
        let of_call = callback::handle(&request, context(), &callback).await;
        let Response::Webhook(of_text) =
            inbound::handle(Trigger::Webhook(Box::new(request)), context(), &inbound).await
        else {
            bail!("expected a reply to the webhook")
        };
        anyhow::Ok([of_text.status_code, of_call.status_code])
    });
    assert_eq!(done.context("two requests take more than a day of virtual time")??, [expected; 2]);
    assert_eq!(cloud.table.borrow().messages().count(), 0);
    Ok(())
}

/// Returns a correctly signed text whose form is `length` bytes long.
fn signed(length: usize) -> ApiGatewayV2httpRequest {
    let fields = [("MessageSid", "SM01"), ("From", "+12125550142"), ("To", SERVICE_NUMBER), ("Body", "hi")];
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let filling = "a".repeat(length - form.len() - "&Filling=".len());
    twilio_forms::post("/sms", &[fields.as_slice(), &[("Filling", filling.as_str())]].concat())
}

/// Returns a request with this form and signature, in both encodings that API Gateway uses: plain and base64.
fn in_both_encodings(form: &str, signature: Option<&str>) -> Result<[ApiGatewayV2httpRequest; 2]> {
    let mut plain = ApiGatewayV2httpRequest::default();
    plain.raw_path = Some("/sms".to_owned());
    plain.body = Some(form.to_owned());
    if let Some(signature) = signature {
        plain.headers.insert(HEADER, signature.parse()?);
    }
    let mut encoded = plain.clone();
    (encoded.body, encoded.is_base64_encoded) = (Some(STANDARD.encode(form)), true);
    Ok([plain, encoded])
}

#[test]
fn a_form_of_megabytes_is_too_long_with_any_signature() -> Result<()> {
    let fields = "a&b&".repeat(1_100_000);
    for signature in [None, Some("no signature"), Some(WRONG)] {
        for request in in_both_encodings(&fields, signature)? {
            check(&request, 413)?;
        }
    }
    Ok(())
}

#[test]
fn a_form_is_too_long_from_the_first_byte_over_the_limit() -> Result<()> {
    check(&signed(WEBHOOK_MAX + 1), 413)?;
    let mut unsigned = signed(WEBHOOK_MAX);
    unsigned.headers.remove(HEADER);
    check(&unsigned, 403)
}

#[test]
fn a_form_within_the_limit_without_a_valid_signature_is_forbidden() -> Result<()> {
    for form in ["", "MessageSid=SM01&From=%2B12125550142&To=%2B12125550100&Body=hi", "a&b&"] {
        for signature in [None, Some(""), Some("no signature"), Some("bm8="), Some(WRONG)] {
            for request in in_both_encodings(form, signature)? {
                check(&request, 403)?;
            }
        }
    }
    Ok(())
}
