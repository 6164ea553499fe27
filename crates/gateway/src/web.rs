//! Requests and replies of API Gateway's HTTP API, payload version 2.0.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};

/// The header that carries Twilio's signature.
const SIGNATURE: &str = "x-twilio-signature";

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

/// The raw bytes of a request's body: API Gateway hands a form over in base64. A body that is not what it says is
/// handed on as it is, and fails its signature.
pub fn body(request: &ApiGatewayV2httpRequest) -> Vec<u8> {
    let body = request.body.as_deref().unwrap_or_default();
    if request.is_base64_encoded {
        STANDARD.decode(body).unwrap_or_else(|_| body.as_bytes().to_vec())
    } else {
        body.as_bytes().to_vec()
    }
}

/// Path and query as they were requested.
pub fn path(request: &ApiGatewayV2httpRequest) -> String {
    let path = request.raw_path.as_deref().unwrap_or("/");
    match request.raw_query_string.as_deref() {
        None | Some("") => path.to_owned(),
        Some(query) => format!("{path}?{query}"),
    }
}

/// The carrier's signature, if the request has one.
pub fn signature(request: &ApiGatewayV2httpRequest) -> Option<&str> {
    request.headers.get(SIGNATURE).and_then(|value| value.to_str().ok())
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
    use super::*;

    #[test]
    fn a_body_is_taken_out_of_base64() {
        let mut request = ApiGatewayV2httpRequest::default();
        request.body = Some("Qm9keT1oaQ==".to_owned());
        request.is_base64_encoded = true;
        assert_eq!(body(&request), b"Body=hi");
        request.is_base64_encoded = false;
        assert_eq!(body(&request), b"Qm9keT1oaQ==");
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
