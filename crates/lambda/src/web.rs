//! Requests and replies of API Gateway's HTTP API, payload version 2.0.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use twilio::WEBHOOK_MAX;
use twilio::signature::{HEADER, NotSigned, Signature, SignedForm, Verifier};

/// The body of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// Nothing.
    Empty,
    /// Words for whoever looks at the carrier's debugger.
    Text(&'a str),
    /// A document for the carrier.
    Xml(&'a str),
}

/// The form of a request, if the carrier signed it.
///
/// Anybody can send a request, so the cheapest checks come first: the length of the body as it arrived, then the form of
/// the signature. Only then is base64 decoded, and the fields of a body are split, to verify its signature, only if it is
/// no longer than [`WEBHOOK_MAX`]. Path, query and headers need no limit here: API Gateway refuses more than 10 240 bytes
/// of them in all (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>).
///
/// # Errors
/// The request is too long, or not signed by the carrier for this address; [`refusal`] is the answer.
pub fn signed_form(request: &ApiGatewayV2httpRequest, verifier: &Verifier) -> Result<SignedForm, NotSigned> {
    let encoded = request.body.as_deref().unwrap_or_default();
    let expected = if request.is_base64_encoded { WEBHOOK_MAX.div_ceil(3) * 4 } else { WEBHOOK_MAX };
    if encoded.len() > expected {
        return Err(NotSigned::TooLong { expected, found: encoded.len() });
    }
    let signature = Signature::parse(request.headers.get(HEADER).and_then(|value| value.to_str().ok()))?;
    verifier.verify_form(&path(request), body(encoded, request.is_base64_encoded), &signature)
}

/// The answer to a request that was refused.
pub fn refusal(error: NotSigned) -> ApiGatewayV2httpResponse {
    match error {
        NotSigned::TooLong { .. } => reply(413, Body::Text(&error.to_string())),
        NotSigned::Missing | NotSigned::Malformed | NotSigned::Mismatch | NotSigned::BodyMismatch => {
            reply(403, Body::Text("expected a request signed by the carrier for this address"))
        }
    }
}

/// The raw bytes of a body: API Gateway hands a form over in base64. A body that is said to be base64 and is not is taken
/// as it is, and fails its signature.
fn body(encoded: &str, is_base64: bool) -> Vec<u8> {
    let raw = || encoded.as_bytes().to_vec();
    if is_base64 { STANDARD.decode(encoded).unwrap_or_else(|_| raw()) } else { raw() }
}

/// Path and query as they were requested.
pub fn path(request: &ApiGatewayV2httpRequest) -> String {
    let path = request.raw_path.as_deref().unwrap_or("/");
    match request.raw_query_string.as_deref() {
        None | Some("") => path.to_owned(),
        Some(query) => format!("{path}?{query}"),
    }
}

/// A reply of this status.
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
    use twilio::signature::sign_form;
    use twilio::{AuthToken, Tokens};

    use super::*;

    const URL: &str = "https://sixthirty.example/sms";

    fn token() -> AuthToken {
        AuthToken::new("12345").unwrap()
    }

    /// A request with this body and this value of the signature's header.
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
        signed_form(request, &verifier).map(drop)
    }

    fn form(length: usize) -> String {
        format!("Body={}", "a".repeat(length - 5))
    }

    #[test]
    fn a_signed_form_is_taken_in_either_encoding_up_to_the_limit() {
        for length in [7, WEBHOOK_MAX] {
            let form = form(length);
            let signature = sign_form(&token(), URL, form.as_bytes());
            for encoding in [Encoding::Plain, Encoding::Base64] {
                assert_eq!(checked(&request(encoding, &form, Some(&signature))), Ok(()), "{encoding:?} {length}");
            }
        }
    }

    #[test]
    fn a_form_over_the_limit_is_too_long_whatever_its_signature_is() {
        let just_over = form(WEBHOOK_MAX + 1);
        let right = sign_form(&token(), URL, just_over.as_bytes());
        for (form, signature) in [
            (&just_over, None),
            (&just_over, Some("x")),
            (&just_over, Some("L/OH5YylLD5NRKLltdqwSvS0BnU=")),
            (&just_over, Some(right.as_str())),
            (&form(WEBHOOK_MAX + 3), None),
            (&"a&b&".repeat(1_100_000), None),
        ] {
            let checked = checked(&request(Encoding::Plain, form, signature));
            let expected = NotSigned::TooLong { expected: WEBHOOK_MAX, found: form.len() };
            assert_eq!(checked, Err(expected), "{signature:?}");
            assert_eq!(refusal(expected).status_code, 413);
        }
    }

    /// Base64 is as long for this body as for one of two bytes less, and a body is only as long as it is when decoded.
    #[test]
    fn base64_is_measured_before_and_after_it_is_decoded() {
        let encoded_max = WEBHOOK_MAX.div_ceil(3) * 4;
        let slightly_over = form(encoded_max / 4 * 3);
        assert!(slightly_over.len() > WEBHOOK_MAX);
        let right = sign_form(&token(), URL, slightly_over.as_bytes());
        for (form, signature, expected) in [
            (&slightly_over, None, NotSigned::Missing),
            (&slightly_over, Some("x"), NotSigned::Malformed),
            (
                &slightly_over,
                Some(right.as_str()),
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
    fn a_form_within_the_limit_is_forbidden_unless_it_is_signed() {
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
    fn a_body_that_is_not_in_its_encoding_is_forbidden() {
        let mut request = request(Encoding::Plain, "Body=hi", Some(&sign_form(&token(), URL, b"Body=hi")));
        assert_eq!(checked(&request), Ok(()));
        request.is_base64_encoded = true;
        request.body = Some("Body=hi, in no base64".to_owned());
        assert_eq!(checked(&request), Err(NotSigned::Mismatch));
    }

    #[test]
    fn a_path_keeps_its_query() {
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
