//! Checks that the functions accept what the carrier signs: the public URL and the token. A function that still uses an
//! older token reads the secret again for this check.

use anyhow::{Context as _, Result};
use aws::secret::Secret;
use aws_smithy_types::body::SdkBody;
use form_urlencoded::Serializer;
use http::header::CONTENT_TYPE;
use twilio::AuthToken;
use twilio::signature::{HEADER, sign_form};

use super::finding::Findings;
use crate::access::Access;
use crate::http::Http;
use crate::stack::Stack;

/// Sends a text as the carrier would, from the service's number to itself. The functions ignore such a text after they
/// have verified its signature, so nothing is stored and nothing is sent.
pub(super) async fn check(access: &Access, stack: &Stack, secret: &Secret, findings: &mut Findings) {
    let (check, effect) = ("a signed webhook", "texts get no answer, and calls are silent");
    match send(access, stack, secret).await {
        Ok(200) => findings.fine(check, "accepted"),
        Ok(403) => findings.problem(
            check,
            "the functions refuse it (403): they use another token or another public URL",
            effect,
            "wait for a minute and try again, because the functions read the secret at most once a minute; if that \
             changes nothing, compare auth_token with the primary token in Twilio's console, and the parameter \
             PublicUrl with the URL of the webhook",
        ),
        Ok(404) => findings.problem(
            check,
            "the public URL leads elsewhere (404)",
            effect,
            "compare the parameter PublicUrl, or the mapping of your domain in API Gateway, with the API of the stack",
        ),
        Ok(status) => findings.problem(
            check,
            format!("the functions answer with HTTP {status}"),
            effect,
            "read the log of the inbound function: it may not start",
        ),
        Err(error) => findings.problem(
            check,
            format!("the public URL can't be reached: {error:#}"),
            effect,
            "compare the parameter PublicUrl, and the DNS records of your domain, with the API of the stack",
        ),
    }
}

async fn send(access: &Access, stack: &Stack, secret: &Secret) -> Result<u16> {
    let public_url = stack.output("PublicUrl")?;
    let number = stack.parameter("ServiceNumber").context("expected the parameter ServiceNumber, found none")?;
    let token = AuthToken::new(secret.auth_token()).context("expected a token, found an empty text")?;
    let form = Serializer::new(String::new())
        .extend_pairs([
            ("MessageSid", "SM00000000000000000000000000000000"),
            ("AccountSid", secret.account_sid()),
            ("From", number),
            ("To", number),
            ("Body", "cargo operate doctor"),
        ])
        .finish();
    let signature = sign_form(&token, &format!("{public_url}/sms"), form.as_bytes());
    let request = http::Request::post(format!("{}/sms", access.webhooks(public_url, stack.output("ApiId")?)))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(HEADER, signature)
        .body(SdkBody::from(form))?;
    Ok(Http::new().send(request).await?.status)
}
