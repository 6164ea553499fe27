//! The AWS API as far as the local stack itself needs it: a few requests, not signed, since an emulator asks for none.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// The region of everything on this machine.
pub const REGION: &str = "us-east-1";
const REQUEST_LIMIT: Duration = Duration::from_secs(60);
/// How long a connection is kept for the next request. The emulator closes one after 75 s without a word: a request that
/// crosses its closing would get no answer.
const KEPT: Duration = Duration::from_secs(20);

/// The services asked by name; each has its own dialect of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The table.
    DynamoDb,
    /// The queues.
    Sqs,
    /// The carrier's credentials.
    SecretsManager,
    /// What the functions wrote.
    Logs,
}

impl Service {
    /// Name in a signature's scope, prefix of the target, version of its JSON.
    const fn dialect(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::DynamoDb => ("dynamodb", "DynamoDB_20120810", "1.0"),
            Self::Sqs => ("sqs", "AmazonSQS", "1.0"),
            Self::SecretsManager => ("secretsmanager", "secretsmanager", "1.1"),
            Self::Logs => ("logs", "Logs_20140328", "1.1"),
        }
    }
}

/// Something that speaks the AWS API.
#[derive(Debug, Clone)]
pub struct Endpoint {
    url: String,
    http: reqwest::Client,
}

impl Endpoint {
    /// An endpoint by its address, as in `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn new(url: String) -> Self {
        // Only a TLS library that can't be set up fails a client, and this one is asked for nothing special.
        let http = reqwest::Client::builder().pool_idle_timeout(KEPT).build().unwrap_or_default();
        Self { url: url.trim_end_matches('/').to_owned(), http }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether anything answers there.
    pub async fn is_up(&self) -> bool {
        self.http.get(&self.url).timeout(Duration::from_secs(5)).send().await.is_ok()
    }

    /// Calls an operation of a service that speaks JSON.
    ///
    /// # Errors
    /// No answer, or one that is not 2xx: the message has what the service says.
    pub async fn call(&self, service: Service, operation: &str, input: &Value) -> Result<Value> {
        let (name, target, version) = service.dialect();
        let request = self
            .post("/", name)
            .header("content-type", format!("application/x-amz-json-{version}"))
            .header("x-amz-target", format!("{target}.{operation}"))
            .body(input.to_string());
        let text = answer(request, operation).await?;
        if text.is_empty() {
            return Ok(json!({}));
        }
        serde_json::from_str(&text).with_context(|| format!("{operation}: expected JSON, found {text:?}"))
    }

    /// Calls an operation of a service that speaks forms and XML.
    async fn query(&self, service: &str, form: &[(&str, &str)]) -> Result<String> {
        let operation = form.first().map_or("", |(_, operation)| operation);
        answer(self.post("/", service).form(form), operation).await
    }

    /// Runs a function and returns what it answers.
    ///
    /// # Errors
    /// It can't be called, or it failed: the message has its error.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Result<Value> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let request = self.post(&path, "lambda").body(payload.to_string());
        let response = request.send().await.with_context(|| format!("can't invoke {function}"))?;
        let failed = response.headers().contains_key("x-amz-function-error");
        let status = response.status();
        let text = response.text().await?;
        if failed || !status.is_success() {
            bail!("{function} failed: {text}");
        }
        serde_json::from_str(&text).with_context(|| format!("{function}: expected JSON, found {text:?}"))
    }

    /// Publishes a message on a topic.
    ///
    /// # Errors
    /// The topic does not take it.
    pub async fn publish(&self, topic: &str, message: &str) -> Result<()> {
        let form = [("Action", "Publish"), ("Version", "2010-03-31"), ("TopicArn", topic), ("Message", message)];
        self.query("sns", &form).await.map(drop)
    }

    /// A deployed stack, if there is one that is complete.
    ///
    /// # Errors
    /// No answer, or one that is not understood.
    pub async fn stack(&self, name: &str) -> Result<Option<Deployed>> {
        let form = [("Action", "DescribeStacks"), ("Version", "2010-05-15"), ("StackName", name)];
        match self.query("cloudformation", &form).await {
            Ok(xml) => Deployed::read(&xml).map(Some),
            Err(error) if format!("{error:#}").contains("does not exist") => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn post(&self, path: &str, service: &str) -> reqwest::RequestBuilder {
        // Emulators read the service and the account from where a signature would have them.
        let credential = format!("000000000000/20260101/{REGION}/{service}/aws4_request");
        self.http.post(format!("{}{path}", self.url)).timeout(REQUEST_LIMIT).header(
            "authorization",
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=local"),
        )
    }
}

async fn answer(request: reqwest::RequestBuilder, operation: &str) -> Result<String> {
    let response = request.send().await.with_context(|| format!("{operation}: no answer"))?;
    let status = response.status();
    let text = response.text().await?;
    if !status.is_success() {
        bail!("{operation}: {status}: {text}");
    }
    Ok(text)
}

/// A stack as CloudFormation describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// `CREATE_COMPLETE`, for one.
    pub status: String,
    /// The template's outputs.
    pub outputs: BTreeMap<String, String>,
    /// The stack's tags.
    pub tags: BTreeMap<String, String>,
}

impl Deployed {
    fn read(xml: &str) -> Result<Self> {
        let document = roxmltree::Document::parse(xml).context("DescribeStacks: expected XML")?;
        let text =
            |name: &str| document.descendants().find(|node| node.has_tag_name_any(name)).and_then(|node| node.text());
        let status = text("StackStatus").context("DescribeStacks: expected a StackStatus")?.to_owned();
        Ok(Self {
            status,
            outputs: pairs(&document, "Outputs", "OutputKey", "OutputValue"),
            tags: pairs(&document, "Tags", "Key", "Value"),
        })
    }

    /// An output by its name.
    ///
    /// # Errors
    /// The template has no such output.
    pub fn output(&self, name: &str) -> Result<&str> {
        let found = self.outputs.get(name).map(String::as_str);
        found.with_context(|| format!("expected an output {name} of the template, found {:?}", self.outputs.keys()))
    }
}

/// Tag names by their local part: emulators differ in the namespace they give.
trait LocalName {
    fn has_tag_name_any(&self, name: &str) -> bool;
}

impl LocalName for roxmltree::Node<'_, '_> {
    fn has_tag_name_any(&self, name: &str) -> bool {
        self.tag_name().name() == name
    }
}

fn pairs(document: &roxmltree::Document<'_>, list: &str, key: &str, value: &str) -> BTreeMap<String, String> {
    let members = document
        .descendants()
        .filter(|node| node.has_tag_name_any(list))
        .flat_map(|node| node.children())
        .filter(roxmltree::Node::is_element);
    let text = |member: &roxmltree::Node<'_, '_>, name: &str| {
        let child = member.children().find(|child| child.has_tag_name_any(name));
        child.and_then(|child| child.text()).map(str::to_owned)
    };
    members.filter_map(|member| Some((text(&member, key)?, text(&member, value).unwrap_or_default()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_read_with_its_outputs_and_tags() {
        let xml = r#"<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
          <DescribeStacksResult><Stacks><member><StackStatus>CREATE_COMPLETE</StackStatus>
            <Outputs><member><OutputKey>ApiId</OutputKey><OutputValue>52611dec</OutputValue></member></Outputs>
            <Tags><member><Key>fingerprint</Key><Value>f00</Value></member></Tags>
          </member></Stacks></DescribeStacksResult></DescribeStacksResponse>"#;
        let stack = Deployed::read(xml).unwrap();
        assert_eq!(stack.status, "CREATE_COMPLETE");
        assert_eq!(stack.output("ApiId").unwrap(), "52611dec");
        assert_eq!(stack.tags["fingerprint"], "f00");
        assert!(stack.output("Other").unwrap_err().to_string().contains("ApiId"));
    }
}
