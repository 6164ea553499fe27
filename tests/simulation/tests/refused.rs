//! A request that is too long or not signed is refused by both webhooks, and nothing is stored.

use anyhow::{Context as _, Result, bail};
use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use executor::Context;
use inbound::numbers::Countries;
use inbound::{Response, Trigger};
use reminder::ids::PersonKey;
use reminder::policy::{Policy, Times};
use simulation::fakes::{self, Cloud, Invocation};
use simulation::functions::SERVICE_NUMBER;
use simulation::twilio_forms::{self, PUBLIC_URL, TOKEN};
use twilio::signature::Verifier;
use twilio::{Accounts, AuthToken, Tokens, WEBHOOK_MAX};

/// An HMAC-SHA1 in base64, of something else.
const WRONG: &str = "L/OH5YylLD5NRKLltdqwSvS0BnU=";
const HEADER: &str = "x-twilio-signature";

/// The status with which each webhook answers a request, and that nothing was stored.
fn check(request: &ApiGatewayV2httpRequest, expected: i64) -> Result<()> {
    let cloud = Cloud::new(1, "2027-03-01T12:00:00Z".parse()?);
    let ports = Invocation::new(&cloud);
    let request = request.clone();
    let done = fakes::run(&cloud, async move {
        let verifier = Verifier::new(PUBLIC_URL.parse()?, Tokens(vec![AuthToken::new(TOKEN).context("a token")?]));
        let policy = Policy::new(Times::DEFAULT)?;
        let inbound = inbound::Settings {
            verifier: verifier.clone(),
            person_key: PersonKey::new(b"a key for worlds")?,
            own: vec![SERVICE_NUMBER.parse()?],
            countries: Countries(vec![]),
        };
        let callback = callback::Settings { verifier, accounts: Accounts(vec![]), public_url: PUBLIC_URL.parse()? };
        let context = || Context::new(&ports, &policy);
        let of_call = callback::handle(&request, context(), &callback).await;
        let Response::Webhook(of_text) =
            inbound::handle(Trigger::Webhook(Box::new(request)), context(), &inbound).await
        else {
            bail!("expected an answer to the webhook")
        };
        anyhow::Ok([of_text.status_code, of_call.status_code])
    });
    assert_eq!(done.context("two requests take over a day")??, [expected; 2]);
    assert_eq!(cloud.table.borrow().messages().count(), 0);
    Ok(())
}

/// A text with so many bytes of form in all, as the carrier signs it.
fn signed(length: usize) -> ApiGatewayV2httpRequest {
    let fields = [("MessageSid", "SM01"), ("From", "+12125550142"), ("To", SERVICE_NUMBER), ("Body", "hi")];
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let filling = "a".repeat(length - form.len() - "&Filling=".len());
    twilio_forms::post("/sms", &[fields.as_slice(), &[("Filling", filling.as_str())]].concat())
}

/// A form as anybody can send it, in both encodings in which API Gateway may hand it over.
fn sent(form: &str, signature: Option<&str>) -> Result<[ApiGatewayV2httpRequest; 2]> {
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
fn a_form_of_megabytes_is_too_long_whatever_its_signature_is() -> Result<()> {
    let fields = "a&b&".repeat(1_100_000);
    for signature in [None, Some("no signature"), Some(WRONG)] {
        for request in sent(&fields, signature)? {
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
fn a_form_within_the_limit_is_forbidden_unless_it_is_signed() -> Result<()> {
    for form in ["", "MessageSid=SM01&From=%2B12125550142&To=%2B12125550100&Body=hi", "a&b&"] {
        for signature in [None, Some(""), Some("no signature"), Some("bm8="), Some(WRONG)] {
            for request in sent(form, signature)? {
                check(&request, 403)?;
            }
        }
    }
    Ok(())
}
