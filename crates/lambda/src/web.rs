//! Requests and replies of API Gateway's HTTP API, with payload version 2.0.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use jiff::Timestamp;
use reminder::metrics::Metric;
use reminder::ports::{Credentials, Renewal};

use crate::carrier::{NotSigned, Signature, SignedWebhook, Verifier, WEBHOOK_MAX};

/// The body of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// An empty body.
    Empty,
    /// Plain text, which an operator sees in the carrier's debugger.
    Text(&'a str),
    /// An XML document with instructions for the carrier.
    Xml(&'a str),
}

/// Returns the webhook of a request that the carrier signed. If the signature does not match, the operator may have
/// changed the credentials: they are read again, and if they have changed, the signature is verified once more.
///
/// Anyone can send a request, so the cheapest checks come first: the length of the body as it arrived, then the format
/// of the signature. Only then is base64 decoded. If the decoded body is not longer than [`WEBHOOK_MAX`], its fields
/// are split and the signature is verified. Path, query and headers need no limit here: API Gateway refuses more than
/// 10 240 bytes of them in total (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>).
///
/// # Errors
/// Fails if the request is too long, or if the carrier did not sign it for this URL. Reply with [`refusal`] then.
pub async fn signed_webhook(
    request: &ApiGatewayV2httpRequest,
    verifier: &Verifier,
    credentials: &impl Credentials,
    now: Timestamp,
) -> Result<SignedWebhook, NotSigned> {
    let used = credentials.changes();
    match verified(request, verifier) {
        Err(NotSigned::Mismatch) if credentials.renew(used, now).await == Renewal::Renewed => {
            verified(request, verifier)
        }
        webhook => webhook,
    }
}

fn verified(request: &ApiGatewayV2httpRequest, verifier: &Verifier) -> Result<SignedWebhook, NotSigned> {
    let encoded = request.body.as_deref().unwrap_or_default();
    let expected = if request.is_base64_encoded { WEBHOOK_MAX.div_ceil(3) * 4 } else { WEBHOOK_MAX };
    if encoded.len() > expected {
        return Err(NotSigned::TooLong { expected, found: encoded.len() });
    }
    let signature = Signature::read(&request.headers)?;
    signature.verify(verifier, &path(request), body(encoded, request.is_base64_encoded))
}

/// Returns the reply to a request that [`signed_webhook`] refused.
pub fn refusal(error: NotSigned) -> ApiGatewayV2httpResponse {
    match error {
        NotSigned::TooLong { .. } => reply(413, Body::Text(&error.to_string())),
        NotSigned::Missing | NotSigned::Malformed | NotSigned::Mismatch | NotSigned::BodyMismatch => {
            reply(403, Body::Text("expected a request signed by the carrier for this address"))
        }
    }
}

/// Returns the metric that counts such a request. Anyone can send a request without a signature. A signature that does
/// not match can be the sign of a wrong token or public URL, because of which nothing works.
pub fn refusal_metric(error: NotSigned) -> Metric {
    match error {
        NotSigned::Mismatch | NotSigned::BodyMismatch => Metric::SignaturesRefused,
        NotSigned::Missing | NotSigned::Malformed | NotSigned::TooLong { .. } => Metric::RequestsUnsigned,
    }
}

/// Returns the raw bytes of a body. API Gateway passes forms in base64. A body that is marked as base64 but is not
/// valid base64 is returned unchanged, and its signature does not match.
fn body(encoded: &str, is_base64: bool) -> Vec<u8> {
    let raw = || encoded.as_bytes().to_vec();
    if is_base64 { STANDARD.decode(encoded).unwrap_or_else(|_| raw()) } else { raw() }
}

/// Returns the path and query of a request, as they were requested.
pub fn path(request: &ApiGatewayV2httpRequest) -> String {
    let path = request.raw_path.as_deref().unwrap_or("/");
    match request.raw_query_string.as_deref() {
        None | Some("") => path.to_owned(),
        Some(query) => format!("{path}?{query}"),
    }
}

/// Returns a reply with an HTTP status and a body.
pub fn reply(status: i64, body: Body<'_>) -> ApiGatewayV2httpResponse {
    let (content_type, text) = match body {
        Body::Empty => (None, None),
        Body::Text(text) => (Some("text/plain; charset=utf-8"), Some(text)),
        Body::Xml(text) => (Some("text/xml; charset=utf-8"), Some(text)),
    };
    let mut headers = HeaderMap::new();
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = status;
    response.headers = headers;
    response.body = text.map(|text| aws_lambda_events::encodings::Body::Text(text.to_owned()));
    response
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::FutureExt;
    use twilio::signature::{HEADER, sign_form};
    use twilio::{AuthToken, Tokens};

    use super::*;

    const URL: &str = "https://sixthirty.example/sms";

    fn token() -> AuthToken {
        AuthToken::new("12345").unwrap()
    }

    /// Returns a request with this body and this signature header.
    fn request(encoding: Encoding, body: &str, signature: Option<&str>) -> ApiGatewayV2httpRequest {
        let mut request = ApiGatewayV2httpRequest::default();
        request.raw_path = Some("/sms".to_owned());
        request.is_base64_encoded = encoding == Encoding::Base64;
        request.body = Some(if request.is_base64_encoded { STANDARD.encode(body) } else { body.to_owned() });
        if let Some(signature) = signature {
            request.headers.insert(HEADER, signature.parse().unwrap());
        }
        request
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Encoding {
        Plain,
        Base64,
    }

    fn checked(request: &ApiGatewayV2httpRequest) -> Result<(), NotSigned> {
        let verifier = Verifier::new("https://sixthirty.example".parse().unwrap(), Tokens(vec![token()]));
        verified(request, &verifier).map(drop)
    }

    /// Credentials that never change.
    struct Unchanged {
        renewals: Cell<u32>,
    }

    impl Credentials for Unchanged {
        fn changes(&self) -> u64 {
            0
        }

        async fn renew(&self, _: u64, _: Timestamp) -> Renewal {
            self.renewals.set(self.renewals.get() + 1);
            Renewal::Unchanged
        }
    }

    #[test]
    fn only_a_signature_that_does_not_match_reads_the_credentials_again() {
        let verifier = Verifier::new("https://sixthirty.example".parse().unwrap(), Tokens(vec![token()]));
        let (short, long) = (form(7), form(WEBHOOK_MAX + 1));
        let valid = sign_form(&token(), URL, short.as_bytes());
        for (form, signature, renewals) in [
            (&short, Some(&*valid), 0),
            (&short, Some("L/OH5YylLD5NRKLltdqwSvS0BnU="), 1),
            (&short, Some("x"), 0),
            (&short, None, 0),
            (&long, Some("L/OH5YylLD5NRKLltdqwSvS0BnU="), 0),
        ] {
            let credentials = Unchanged { renewals: Cell::new(0) };
            let request = request(Encoding::Plain, form, signature);
            let webhook = signed_webhook(&request, &verifier, &credentials, Timestamp::UNIX_EPOCH);
            assert_eq!(webhook.now_or_never().unwrap().is_ok(), signature == Some(&*valid), "{signature:?}");
            assert_eq!(credentials.renewals.get(), renewals, "{signature:?}");
        }
    }

    fn form(length: usize) -> String {
        format!("Body={}", "a".repeat(length - 5))
    }

    #[test]
    fn a_signed_form_is_accepted_in_either_encoding_up_to_the_limit() {
        for length in [7, WEBHOOK_MAX] {
            let form = form(length);
            let signature = sign_form(&token(), URL, form.as_bytes());
            for encoding in [Encoding::Plain, Encoding::Base64] {
                assert_eq!(checked(&request(encoding, &form, Some(&signature))), Ok(()), "{encoding:?} {length}");
            }
        }
    }

    #[test]
    fn a_form_over_the_limit_is_refused_even_if_its_signature_is_valid() {
        let just_over = form(WEBHOOK_MAX + 1);
        let valid_signature = sign_form(&token(), URL, just_over.as_bytes());
        for (form, signature) in [
            (&just_over, None),
            (&just_over, Some("x")),
            (&just_over, Some("L/OH5YylLD5NRKLltdqwSvS0BnU=")),
            (&just_over, Some(valid_signature.as_str())),
            (&form(WEBHOOK_MAX + 3), None),
            (&"a&b&".repeat(1_100_000), None),
        ] {
            let checked = checked(&request(Encoding::Plain, form, signature));
            let expected = NotSigned::TooLong { expected: WEBHOOK_MAX, found: form.len() };
            assert_eq!(checked, Err(expected), "{signature:?}");
            assert_eq!(refusal(expected).status_code, 413);
        }
    }

    /// In base64, the body `slightly_over` is as long as a body of [`WEBHOOK_MAX`] bytes. So it is known to be too long
    /// only after decoding.
    #[test]
    fn the_length_of_a_base64_body_is_checked_before_and_after_decoding() {
        let encoded_max = WEBHOOK_MAX.div_ceil(3) * 4;
        let slightly_over = form(encoded_max / 4 * 3);
        assert!(slightly_over.len() > WEBHOOK_MAX);
        let valid_signature = sign_form(&token(), URL, slightly_over.as_bytes());
        for (form, signature, expected) in [
            (&slightly_over, None, NotSigned::Missing),
            (&slightly_over, Some("x"), NotSigned::Malformed),
            (
                &slightly_over,
                Some(valid_signature.as_str()),
                NotSigned::TooLong { expected: WEBHOOK_MAX, found: slightly_over.len() },
            ),
            (
                &form(slightly_over.len() + 1),
                None,
                NotSigned::TooLong { expected: encoded_max, found: encoded_max + 4 },
            ),
            (&"a&b&".repeat(1_100_000), None, NotSigned::TooLong { expected: encoded_max, found: 5_866_668 }),
        ] {
            assert_eq!(checked(&request(Encoding::Base64, form, signature)), Err(expected), "{signature:?}");
        }
    }

    #[test]
    fn an_unsigned_form_within_the_limit_is_forbidden() {
        let form = form(WEBHOOK_MAX);
        for (signature, expected) in [
            (None, NotSigned::Missing),
            (Some("x"), NotSigned::Malformed),
            (Some("bm8="), NotSigned::Malformed),
            (Some("L/OH5YylLD5NRKLltdqwSvS0BnU="), NotSigned::Mismatch),
        ] {
            for encoding in [Encoding::Plain, Encoding::Base64] {
                assert_eq!(checked(&request(encoding, &form, signature)), Err(expected), "{encoding:?} {signature:?}");
            }
            assert_eq!(refusal(expected).status_code, 403);
        }
    }

    #[test]
    fn a_body_that_is_not_valid_base64_is_forbidden() {
        let mut request = request(Encoding::Plain, "Body=hi", Some(&sign_form(&token(), URL, b"Body=hi")));
        assert_eq!(checked(&request), Ok(()));
        request.is_base64_encoded = true;
        request.body = Some("Body=hi, not base64".to_owned());
        assert_eq!(checked(&request), Err(NotSigned::Mismatch));
    }

    #[test]
    fn a_path_includes_its_query() {
        let mut request = ApiGatewayV2httpRequest::default();
        request.raw_path = Some("/sms".to_owned());
        assert_eq!(path(&request), "/sms");
        request.raw_query_string = Some("a=1&b=2".to_owned());
        assert_eq!(path(&request), "/sms?a=1&b=2");
    }

    #[test]
    fn a_document_is_sent_as_xml() {
        let response = reply(200, Body::Xml("<Response/>"));
        assert_eq!(
            (response.status_code, response.headers[CONTENT_TYPE].as_bytes()),
            (200, &b"text/xml; charset=utf-8"[..])
        );
    }
}
