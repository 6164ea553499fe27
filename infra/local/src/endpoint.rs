//! A minimal client of the AWS API for the local stack. Requests are not signed: the emulator checks no signature.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};

/// Region of the local stack.
pub const REGION: &str = "us-east-1";
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// How long an idle connection is pooled. The emulator closes an idle connection after 75 s, and a request that is sent
/// at that instant would get no response.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// The numbers of visible, delayed and in-flight messages of a queue.
const MESSAGE_COUNTS: [&str; 3] =
    ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible"];

/// An AWS service with a JSON protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Amazon DynamoDB: the table.
    DynamoDb,
    /// Amazon SQS: the queues.
    Sqs,
    /// AWS Secrets Manager: the carrier's credentials.
    SecretsManager,
    /// Amazon CloudWatch Logs: the logs of the functions.
    Logs,
}

impl Service {
    /// Returns the name in the signature's scope, the prefix of the target header, and the version of the protocol.
    const fn dialect(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::DynamoDb => ("dynamodb", "DynamoDB_20120810", "1.0"),
            Self::Sqs => ("sqs", "AmazonSQS", "1.0"),
            Self::SecretsManager => ("secretsmanager", "secretsmanager", "1.1"),
            Self::Logs => ("logs", "Logs_20140328", "1.1"),
        }
    }
}

/// An endpoint of the AWS API.
#[derive(Debug, Clone)]
pub struct Endpoint {
    url: String,
    http: reqwest::Client,
}

impl Endpoint {
    /// Creates a client for the endpoint at this URL, as in `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn new(url: String) -> Self {
        // Building a client fails only if the TLS library can't be set up, and local endpoints use no TLS.
        let http = reqwest::Client::builder().pool_idle_timeout(POOL_IDLE_TIMEOUT).build().unwrap_or_default();
        Self { url: url.trim_end_matches('/').to_owned(), http }
    }

    /// Returns the URL without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns whether the endpoint answers.
    pub async fn is_up(&self) -> bool {
        self.http.get(&self.url).timeout(Duration::from_secs(5)).send().await.is_ok()
    }

    /// Calls an operation of a service with a JSON protocol.
    ///
    /// # Errors
    /// Fails without an answer, if the status is not 2xx, or if the answer is not JSON. The error contains the body of
    /// the response, if there is one.
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

    /// Calls an operation of a service with the query protocol: forms and XML.
    async fn query(&self, service: &str, form: &[(&str, &str)]) -> Result<String> {
        let operation = form.first().map_or("", |(_, operation)| operation);
        answer(self.post("/", service).form(form), operation).await
    }

    /// Invokes a function and returns its response.
    ///
    /// # Errors
    /// Fails if the function can't be invoked or fails, or if its response is not JSON. The message has the response,
    /// if there is one.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Result<Value> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let request = self.post(&path, "lambda").body(payload.to_string());
        let response = request.send().await.with_context(|| format!("could not invoke {function}"))?;
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
    /// Fails if the topic can't be reached or refuses the message.
    pub async fn publish(&self, topic: &str, message: &str) -> Result<()> {
        let form = [("Action", "Publish"), ("Version", "2010-03-31"), ("TopicArn", topic), ("Message", message)];
        self.query("sns", &form).await.map(drop)
    }

    /// Returns a deployed stack, or `None` if the stack does not exist.
    ///
    /// # Errors
    /// Fails without an answer, if the request is refused, or if the response can't be read.
    pub async fn stack(&self, name: &str) -> Result<Option<Deployed>> {
        let form = [("Action", "DescribeStacks"), ("Version", "2010-05-15"), ("StackName", name)];
        match self.query("cloudformation", &form).await {
            Ok(xml) => Deployed::read(&xml).map(Some),
            Err(error) if format!("{error:#}").contains("does not exist") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets the visibility timeout of a queue, in seconds. It applies to messages that are received afterwards.
    ///
    /// # Errors
    /// Fails if SQS refuses the request.
    pub async fn set_visibility_timeout(&self, queue_url: &str, seconds: u32) -> Result<()> {
        let input = json!({ "QueueUrl": queue_url, "Attributes": { "VisibilityTimeout": seconds.to_string() } });
        self.call(Service::Sqs, "SetQueueAttributes", &input).await.map(drop)
    }

    /// Returns whether a queue has no visible, delayed or in-flight message.
    ///
    /// # Errors
    /// Fails if SQS refuses the request.
    pub async fn is_queue_empty(&self, queue_url: &str) -> Result<bool> {
        let input = json!({ "QueueUrl": queue_url, "AttributeNames": MESSAGE_COUNTS });
        let found = self.call(Service::Sqs, "GetQueueAttributes", &input).await?;
        Ok(MESSAGE_COUNTS.iter().all(|count| found["Attributes"][*count] == "0"))
    }

    /// Returns the environment variables of a function.
    ///
    /// # Errors
    /// Fails if Lambda does not return them.
    pub async fn variables(&self, function: &str) -> Result<BTreeMap<String, String>> {
        let text = answer(self.request(Method::GET, &configuration(function), "lambda"), "GetFunctionConfiguration");
        let mut found: Value = serde_json::from_str(&text.await?).context("expected JSON of a function")?;
        let variables = found["Environment"]["Variables"].take();
        serde_json::from_value(variables).context("expected a function's environment variables")
    }

    /// Sets one environment variable of a function, and returns the previous value. The emulator then ends all
    /// processes of the function, even one that is handling a request.
    ///
    /// # Errors
    /// Fails if the variable was not set before, or if Lambda refuses the change.
    pub async fn set_variable(&self, function: &str, name: &str, value: &str) -> Result<String> {
        let mut variables = self.variables(function).await?;
        let before = variables.insert(name.to_owned(), value.to_owned());
        let before = before.with_context(|| format!("expected the variable {name} to be set"))?;
        let change = json!({ "Environment": { "Variables": variables } });
        let request = self.request(Method::PUT, &configuration(function), "lambda");
        let request = request.header("content-type", "application/json").body(change.to_string());
        answer(request, "UpdateFunctionConfiguration").await?;
        Ok(before)
    }

    fn post(&self, path: &str, service: &str) -> reqwest::RequestBuilder {
        self.request(Method::POST, path, service)
    }

    fn request(&self, method: Method, path: &str, service: &str) -> reqwest::RequestBuilder {
        // Emulators read the service and the account from the scope of the signature.
        let credential = format!("000000000000/20260101/{REGION}/{service}/aws4_request");
        self.http.request(method, format!("{}{path}", self.url)).timeout(REQUEST_TIMEOUT).header(
            "authorization",
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=local"),
        )
    }
}

/// Returns the path of a function's configuration.
fn configuration(function: &str) -> String {
    format!("/2015-03-31/functions/{function}/configuration")
}

async fn answer(request: reqwest::RequestBuilder, operation: &str) -> Result<String> {
    let response = request.send().await.with_context(|| format!("{operation} failed: no response"))?;
    let status = response.status();
    let text = response.text().await?;
    if !status.is_success() {
        bail!("{operation} failed with {status}: {text}");
    }
    Ok(text)
}

/// A stack as CloudFormation describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Status of the stack, for example `CREATE_COMPLETE`.
    pub status: String,
    /// Outputs of the template by their names.
    pub outputs: BTreeMap<String, String>,
    /// Tags of the stack by their keys.
    pub tags: BTreeMap<String, String>,
}

impl Deployed {
    fn read(xml: &str) -> Result<Self> {
        let document = roxmltree::Document::parse(xml).context("DescribeStacks: expected XML")?;
        let text =
            |name: &str| document.descendants().find(|node| node.has_local_name(name)).and_then(|node| node.text());
        let status = text("StackStatus").context("DescribeStacks: expected a StackStatus, found none")?.to_owned();
        Ok(Self {
            status,
            outputs: pairs(&document, "Outputs", "OutputKey", "OutputValue"),
            tags: pairs(&document, "Tags", "Key", "Value"),
        })
    }

    /// Returns an output of the template.
    ///
    /// # Errors
    /// Fails if the template has no such output.
    pub fn output(&self, name: &str) -> Result<&str> {
        let found = self.outputs.get(name).map(String::as_str);
        found
            .with_context(|| format!("expected the template to have an output {name}, found {:?}", self.outputs.keys()))
    }
}

/// Compares XML tags by their local name, because emulators use different namespaces.
trait LocalName {
    fn has_local_name(&self, name: &str) -> bool;
}

impl LocalName for roxmltree::Node<'_, '_> {
    fn has_local_name(&self, name: &str) -> bool {
        self.tag_name().name() == name
    }
}

fn pairs(document: &roxmltree::Document<'_>, list: &str, key: &str, value: &str) -> BTreeMap<String, String> {
    let members = document
        .descendants()
        .filter(|node| node.has_local_name(list))
        .flat_map(|node| node.children())
        .filter(roxmltree::Node::is_element);
    let text = |member: &roxmltree::Node<'_, '_>, name: &str| {
        let child = member.children().find(|child| child.has_local_name(name));
        child.and_then(|child| child.text()).map(str::to_owned)
    };
    members.filter_map(|member| Some((text(&member, key)?, text(&member, value).unwrap_or_default()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_described_stack_is_parsed_with_its_outputs_and_tags() {
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
