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

/// A signed webhook after which a function stores and sends nothing.
struct Webhook {
    /// Name of the check.
    check: &'static str,
    path: &'static str,
    /// The name of the field with the id of the text or call, and that id.
    id: (&'static str, &'static str),
    /// The function that answers it.
    function: &'static str,
    /// What people notice if the function does not accept it.
    effect: &'static str,
}

/// The inbound function ignores a text from the service's number to itself.
const TEXT: Webhook = Webhook {
    check: "a signed webhook",
    path: "/sms",
    id: ("MessageSid", "SM00000000000000000000000000000000"),
    function: "inbound",
    effect: "texts get no answer",
};

/// The callback function says to a caller without reminders that there are none.
const CALL: Webhook = Webhook {
    check: "a signed webhook of a call",
    path: "/voice",
    id: ("CallSid", "CA00000000000000000000000000000000"),
    function: "callback",
    effect: "the phone rings, but says nothing",
};

/// Sends a text and a call as the carrier would, from the service's number to itself, because each goes to a function of
/// its own.
pub(super) async fn check(access: &Access, stack: &Stack, secret: &Secret, findings: &mut Findings) {
    for webhook in [TEXT, CALL] {
        check_one(access, stack, secret, &webhook, findings).await;
    }
}

async fn check_one(access: &Access, stack: &Stack, secret: &Secret, webhook: &Webhook, findings: &mut Findings) {
    let Webhook { check, effect, function, .. } = *webhook;
    match send(access, stack, secret, webhook).await {
        Ok(200) => findings.fine(check, "accepted"),
        Ok(403) => findings.problem(
            check,
            format!("the {function} function refuses it (403): it uses another token or another public URL"),
            effect,
            "wait for a minute and try again, because the functions read the secret at most once a minute; if that \
             changes nothing, compare auth_token with the primary token in Twilio's console, and the parameter \
             PublicUrl with the URL of the webhook",
        ),
        Ok(404) => findings.problem(
            check,
            format!("the public URL with {} leads elsewhere (404)", webhook.path),
            effect,
            "compare the parameter PublicUrl, or the mapping of your domain in API Gateway, with the API of the stack",
        ),
        Ok(status) => findings.problem(
            check,
            format!("the {function} function answers with HTTP {status}"),
            effect,
            &format!("read the log of the {function} function: it may not start, or be throttled"),
        ),
        Err(error) => findings.problem(
            check,
            format!("the public URL can't be reached: {error:#}"),
            effect,
            "compare the parameter PublicUrl, and the DNS records of your domain, with the API of the stack",
        ),
    }
}

async fn send(access: &Access, stack: &Stack, secret: &Secret, webhook: &Webhook) -> Result<u16> {
    let public_url = stack.output("PublicUrl")?;
    let number = stack.parameter("ServiceNumber").context("expected the parameter ServiceNumber, found none")?;
    let token = AuthToken::new(secret.auth_token()).context("expected a token, found an empty text")?;
    let form = Serializer::new(String::new())
        .extend_pairs([
            webhook.id,
            ("AccountSid", secret.account_sid()),
            ("From", number),
            ("To", number),
            ("Body", "cargo operate doctor"),
        ])
        .finish();
    let path = webhook.path;
    let signature = sign_form(&token, &format!("{public_url}{path}"), form.as_bytes());
    let request = http::Request::post(format!("{}{path}", access.webhooks(public_url, stack.output("ApiId")?)))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(HEADER, signature)
        .body(SdkBody::from(form))?;
    Ok(Http::new().send(request).await?.status)
}
