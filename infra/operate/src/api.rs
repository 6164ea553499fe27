//! Signed requests to the AWS services of which this tool needs a few operations only: CloudFormation and SNS, which
//! answer with XML, and Lambda and EventBridge Scheduler, which answer with JSON.

use std::time::SystemTime;

use anyhow::{Context as _, Result, anyhow, bail};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_types::body::SdkBody;
use form_urlencoded::Serializer;
use http::Method;
use http::header::{CONTENT_TYPE, HOST};
use serde_json::Value;

use crate::access::Access;
use crate::http::{Http, Reply};

/// Number of characters that are shown of an error response of unknown form.
const SHOWN_CHARS: usize = 200;

/// A client of several AWS services.
pub(crate) struct Api<'a> {
    access: &'a Access,
    http: Http,
}

/// A service that answers with XML, with the version of its API.
#[derive(Debug, Clone, Copy)]
pub(crate) enum QueryService {
    CloudFormation,
    Sns,
}

impl QueryService {
    fn name_and_version(self) -> (&'static str, &'static str) {
        match self {
            Self::CloudFormation => ("cloudformation", "2010-05-15"),
            Self::Sns => ("sns", "2010-03-31"),
        }
    }
}

impl<'a> Api<'a> {
    pub(crate) fn new(access: &'a Access) -> Self {
        Self { access, http: Http::new() }
    }

    /// Calls an operation with the query protocol, and returns the XML of its response.
    pub(crate) async fn query(
        &self,
        service: QueryService,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<String> {
        let (name, version) = service.name_and_version();
        let form = Serializer::new(String::new())
            .extend_pairs([("Action", action), ("Version", version)])
            .extend_pairs(parameters)
            .finish();
        let reply = self.send(Method::POST, name, "/", "application/x-www-form-urlencoded", form).await?;
        accepted(reply).with_context(|| action.to_owned())
    }

    /// Sends a request to Lambda, and returns the JSON of its response.
    pub(crate) async fn lambda(&self, method: Method, path: &str, input: Option<&Value>) -> Result<Value> {
        let body = input.map(Value::to_string).unwrap_or_default();
        self.rest("lambda", method, path, body).await.context("Lambda")
    }

    /// Reads a resource of EventBridge Scheduler.
    pub(crate) async fn scheduler(&self, path: &str) -> Result<Value> {
        self.rest("scheduler", Method::GET, path, String::new()).await.context("EventBridge Scheduler")
    }

    /// Sends a request to a service with a REST API, and returns the JSON of its response.
    async fn rest(&self, service: &str, method: Method, path: &str, body: String) -> Result<Value> {
        let body = accepted(self.send(method, service, path, "application/json", body).await?)?;
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&body).context("expected JSON, found another text")
    }

    async fn send(&self, method: Method, service: &str, path: &str, content: &str, body: String) -> Result<Reply> {
        let url = format!("{}{path}", self.access.base_url(service));
        let mut request =
            http::Request::builder().method(method).uri(&url).header(CONTENT_TYPE, content).body(body.clone())?;
        let host = request.uri().authority().context("expected a host in the URL of the endpoint")?.as_str().to_owned();
        request.headers_mut().insert(HOST, host.parse()?);
        let identity = self.access.credentials().clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.access.region())
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let headers = [("host", host.as_str()), ("content-type", content)].into_iter();
        let signable = SignableRequest::new(
            request.method().as_str(),
            url.as_str(),
            headers,
            SignableBody::Bytes(body.as_bytes()),
        )?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        self.http.send(request.map(SdkBody::from)).await
    }
}

/// Returns the body of a response that reports success.
fn accepted(reply: Reply) -> Result<String> {
    if reply.is_success() { Ok(reply.body) } else { bail!("{}", refusal(&reply)) }
}

/// Describes a response that reports a failure, with the message of the service if there is one.
fn refusal(reply: &Reply) -> String {
    let xml = roxmltree::Document::parse(&reply.body).ok();
    let message = xml.as_ref().and_then(|xml| text_of(xml.root(), "Message"));
    let json = serde_json::from_str::<Value>(&reply.body).ok();
    let message = message.or_else(|| {
        let json = json.as_ref()?;
        json["Message"].as_str().or(json["message"].as_str()).map(str::to_owned)
    });
    let message = message.unwrap_or_else(|| reply.body.chars().take(SHOWN_CHARS).collect());
    format!("HTTP {}: {message}", reply.status)
}

/// Returns the text of the first element with this name, at or below a node.
pub(crate) fn text_of(node: roxmltree::Node<'_, '_>, name: &str) -> Option<String> {
    let found = node.descendants().find(|element| element.tag_name().name() == name)?;
    Some(found.text().unwrap_or_default().trim().to_owned())
}

/// Returns for each element with the name of the key its text and that of the value beside it.
pub(crate) fn pairs(xml: &str, key: &str, value: &str) -> Result<Vec<(String, String)>> {
    let document = roxmltree::Document::parse(xml).map_err(|error| anyhow!("expected XML, found {error}"))?;
    let keys = document.descendants().filter(|element| element.tag_name().name() == key);
    let pair = |element: roxmltree::Node<'_, '_>| {
        let value = text_of(element.parent()?, value).unwrap_or_default();
        Some((element.text()?.trim().to_owned(), value))
    };
    Ok(keys.filter_map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_described_with_the_message_of_the_service() {
        for (body, expected) in [
            ("<ErrorResponse><Error><Message>no such stack</Message></Error></ErrorResponse>", "no such stack"),
            (r#"{"Message":"no such function"}"#, "no such function"),
            (r#"{"__type":"X","message":"denied"}"#, "denied"),
            ("bad gateway", "bad gateway"),
        ] {
            let reply = Reply { status: 400, body: body.to_owned() };
            assert_eq!(refusal(&reply), format!("HTTP 400: {expected}"));
        }
    }

    #[test]
    fn pairs_of_an_xml_list_are_read() {
        let xml = "<R><Outputs><member><OutputKey>A</OutputKey><OutputValue>1</OutputValue></member>\
                   <member><OutputKey>B</OutputKey><OutputValue/></member></Outputs></R>";
        let expected = [("A".to_owned(), "1".to_owned()), ("B".to_owned(), String::new())];
        assert_eq!(pairs(xml, "OutputKey", "OutputValue").unwrap(), expected);
    }
}
