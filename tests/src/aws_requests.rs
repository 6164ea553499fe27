//! Requests to AWS that only tests send.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use local::endpoint::{REGION, Service};
use reminder::ids::PersonId;
use serde_json::{Value, json};

use crate::item::{string, text_record_key};
use crate::stage::Stage;

impl Stage {
    /// Sends a request to a service with a REST API, and returns the answer, or null if it is not JSON.
    ///
    /// # Errors
    /// Fails without an answer, or if the status is not 2xx.
    pub async fn rest(&self, method: reqwest::Method, service: &str, path: &str, body: &Value) -> Result<Value> {
        let credential = format!("000000000000/20260101/{REGION}/{service}/aws4_request");
        let url = format!("{}{path}", self.stack.endpoint().url());
        let signature = format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=test");
        let mut request = self.http.request(method, url).header("authorization", signature);
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        ensure!(status.is_success(), "{service} {path}: {status}: {text}");
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// How many requests the functions have sent so far, by operation, and how many the carrier has sent to them
    /// (`webhook`). Only the emulator that `cargo local` starts counts them.
    ///
    /// # Errors
    /// Fails if the emulator does not count requests.
    pub async fn requests(&self) -> Result<BTreeMap<String, u32>> {
        let url = format!("{}/_sixthirty/requests", self.stack.endpoint().url());
        Ok(self.http.get(url).send().await?.error_for_status()?.json().await?)
    }

    /// All schedules with this part in their names.
    ///
    /// # Errors
    /// Fails if EventBridge Scheduler does not list them.
    pub async fn schedules(&self, part: &str) -> Result<Vec<Value>> {
        let mut found = self.rest(reqwest::Method::GET, "scheduler", "/schedules", &Value::Null).await?;
        let Value::Array(all) = found["Schedules"].take() else { return Ok(vec![]) };
        Ok(all
            .into_iter()
            .filter(|schedule| schedule["Name"].as_str().is_some_and(|name| name.contains(part)))
            .collect())
    }

    /// Deletes a schedule, so that its wake-up is lost.
    ///
    /// # Errors
    /// Fails if there is no schedule of this name.
    pub async fn delete_schedule(&self, name: &str) -> Result<()> {
        self.rest(reqwest::Method::DELETE, "scheduler", &format!("/schedules/{name}"), &Value::Null).await.map(drop)
    }

    /// Sets the time of a schedule to now, so that it fires.
    ///
    /// # Errors
    /// Fails if there is no schedule of this name.
    pub async fn fire_schedule(&self, name: &str) -> Result<()> {
        let path = format!("/schedules/{name}");
        let mut schedule = self.rest(reqwest::Method::GET, "scheduler", &path, &Value::Null).await?;
        let now = jiff::Timestamp::now().strftime("at(%Y-%m-%dT%H:%M:%S)").to_string();
        schedule["ScheduleExpression"] = json!(now);
        self.rest(reqwest::Method::PUT, "scheduler", &path, &schedule).await.map(drop)
    }

    /// Waits until a text of this person has a record, and returns the answer in that record. `id` is the carrier's id
    /// of the text.
    ///
    /// # Errors
    /// Fails if the text gets no record.
    pub async fn recorded_answer(&self, person: &PersonId, id: &str) -> Result<String> {
        let key = text_record_key(person, id);
        let find_record = async || Ok(Some(self.item(&key).await?).filter(|item| !item.is_null()));
        Ok(string(&self.until("the text is handled", find_record).await?, "answer").to_owned())
    }

    /// Reads an item of the table consistently; null if there is no such item.
    ///
    /// # Errors
    /// Fails if the table can't be read.
    pub async fn item(&self, key: &Value) -> Result<Value> {
        let input = json!({ "TableName": self.stack.output("TableName")?, "Key": key, "ConsistentRead": true });
        let mut found = self.stack.endpoint().call(Service::DynamoDb, "GetItem", &input).await?;
        Ok(found["Item"].take())
    }

    /// Sets the instant until which the circuit breaker of a carrier's voice channel is open, and returns the previous
    /// instant.
    ///
    /// # Errors
    /// Fails if the breaker is not open.
    pub async fn move_breaker(&self, carrier: &str, until: Timestamp) -> Result<Timestamp> {
        let input = json!({
            "TableName": self.stack.output("TableName")?,
            "Key": { "pk": { "S": format!("CARRIER#{carrier}") }, "sk": { "S": "CHANNEL" } },
            "UpdateExpression": "SET open_until = :until, breaker_version = breaker_version + :one REMOVE probe_until",
            "ConditionExpression": "attribute_exists(open_until)",
            "ExpressionAttributeValues": { ":until": { "S": until.to_string() }, ":one": { "N": "1" } },
            "ReturnValues": "UPDATED_OLD",
        });
        let found = self.stack.endpoint().call(Service::DynamoDb, "UpdateItem", &input).await?;
        let before = found["Attributes"]["open_until"]["S"].as_str();
        before.and_then(|text| text.parse().ok()).with_context(|| format!("expected an instant, found {found}"))
    }

    /// Sets the visibility timeout of a queue, in seconds, and returns the previous value. The new value applies to
    /// messages that are received afterwards.
    ///
    /// # Errors
    /// Fails if SQS rejects a request.
    pub async fn set_visibility_timeout(&self, output: &str, seconds: u32) -> Result<u32> {
        const NAME: &str = "VisibilityTimeout";
        let (endpoint, url) = (self.stack.endpoint(), self.stack.output(output)?);
        let input = json!({ "QueueUrl": url, "AttributeNames": [NAME] });
        let found = endpoint.call(Service::Sqs, "GetQueueAttributes", &input).await?;
        let before = found["Attributes"][NAME].as_str().and_then(|text| text.parse().ok());
        endpoint.set_visibility_timeout(url, seconds).await?;
        before.with_context(|| format!("expected a {NAME}, found {found}"))
    }

    /// Waits until a queue has no visible, delayed or in-flight message.
    ///
    /// # Errors
    /// Fails if the queue does not become empty.
    pub async fn wait_until_empty(&self, output: &str) -> Result<()> {
        let url = self.stack.output(output)?;
        let is_empty = async || Ok(self.stack.endpoint().is_queue_empty(url).await?.then_some(()));
        self.until("the queue is empty", is_empty).await
    }

    /// Sends messages to a queue in one batch. `output` is the stack's output that has the queue's URL.
    ///
    /// # Errors
    /// Fails if SQS rejects the batch.
    pub async fn send_messages(&self, output: &str, bodies: &[String]) -> Result<()> {
        let entries = bodies.iter().enumerate().map(|(id, body)| json!({ "Id": id.to_string(), "MessageBody": body }));
        let input = json!({ "QueueUrl": self.stack.output(output)?, "Entries": entries.collect::<Vec<_>>() });
        self.stack.endpoint().call(Service::Sqs, "SendMessageBatch", &input).await.map(drop)
    }

    /// Bodies of up to ten messages in a dead-letter queue. The messages stay there.
    ///
    /// # Errors
    /// Fails if the queue can't be read.
    pub async fn dead_letters(&self, output: &str) -> Result<Vec<String>> {
        let input =
            json!({ "QueueUrl": self.stack.output(output)?, "MaxNumberOfMessages": 10, "VisibilityTimeout": 0 });
        let received = self.stack.endpoint().call(Service::Sqs, "ReceiveMessage", &input).await?;
        let messages = received["Messages"].as_array().cloned().unwrap_or_default();
        Ok(messages.iter().filter_map(|message| message["Body"].as_str().map(str::to_owned)).collect())
    }

    /// Waits until a function has logged an error whose line has all of these parts, and returns that line.
    ///
    /// # Errors
    /// Fails if there is no such line.
    pub async fn logged_error(&self, function_output: &str, parts: &[&str]) -> Result<String> {
        let input = json!({
            "logGroupName": format!("/aws/lambda/{}", self.stack.output(function_output)?),
            "filterPattern": "\"ERROR\"",
        });
        let find_line = async || {
            let found = self.stack.endpoint().call(Service::Logs, "FilterLogEvents", &input).await?;
            let lines = found["events"].as_array().into_iter().flatten().filter_map(|event| event["message"].as_str());
            let mut errors = lines.filter(|line| line.contains("\"level\":\"ERROR\""));
            Ok(errors.find(|line| parts.iter().all(|part| line.contains(part))).map(str::to_owned))
        };
        self.until(&format!("an error with {parts:?} in the log of {function_output}"), find_line).await
    }

    /// Waits until a function has logged a line that counts in this metric and has all of these parts. Returns that line.
    ///
    /// # Errors
    /// Fails if there is no such line.
    pub async fn counted(&self, function_output: &str, metric: &str, parts: &[&str]) -> Result<Value> {
        let input = json!({
            "logGroupName": format!("/aws/lambda/{}", self.stack.output(function_output)?),
            "filterPattern": format!("\"{metric}\""),
        });
        let is_counted = |line: &Value| {
            let directives = line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten();
            let metrics = directives.flat_map(|directive| directive["Metrics"].as_array().into_iter().flatten());
            metrics.into_iter().any(|found| found["Name"] == metric) && line[metric].is_i64()
        };
        let find_line = async || {
            let found = self.stack.endpoint().call(Service::Logs, "FilterLogEvents", &input).await?;
            let lines = found["events"].as_array().into_iter().flatten().filter_map(|event| event["message"].as_str());
            let lines = lines.filter(|line| parts.iter().all(|part| line.contains(part)));
            Ok(lines.filter_map(|line| serde_json::from_str(line.trim()).ok()).find(is_counted))
        };
        self.until(&format!("a line that counts {metric} with {parts:?} in the log of {function_output}"), find_line)
            .await
    }

    /// Sets one environment variable of a function, and returns the previous value.
    ///
    /// # Errors
    /// Fails if the variable was not set before, or Lambda rejects the change.
    pub async fn set_variable(&self, function_output: &str, name: &str, value: &str) -> Result<String> {
        self.stack.endpoint().set_variable(self.stack.output(function_output)?, name, value).await
    }

    /// The environment variables of a function.
    ///
    /// # Errors
    /// Fails if Lambda does not return them.
    pub async fn variables(&self, function_output: &str) -> Result<BTreeMap<String, String>> {
        self.stack.endpoint().variables(self.stack.output(function_output)?).await
    }

    /// Creates an empty table with the keys and indexes of the deployed table.
    ///
    /// # Errors
    /// Fails if DynamoDB does not create it.
    pub(crate) async fn create_table_like_deployed(&self, name: &str) -> Result<()> {
        let endpoint = self.stack.endpoint();
        let input = json!({ "TableName": self.stack.output("TableName")? });
        let described = endpoint.call(Service::DynamoDb, "DescribeTable", &input).await?;
        let table = &described["Table"];
        let indexes = |kind: &str| table[kind].as_array().with_context(|| format!("expected {kind}, found none"));
        let index_input = |index: &Value| {
            json!({
                "IndexName": index["IndexName"], "KeySchema": index["KeySchema"], "Projection": index["Projection"],
            })
        };
        let input = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": table["AttributeDefinitions"],
            "KeySchema": table["KeySchema"],
            "GlobalSecondaryIndexes": indexes("GlobalSecondaryIndexes")?.iter().map(index_input).collect::<Vec<_>>(),
            "LocalSecondaryIndexes": indexes("LocalSecondaryIndexes")?.iter().map(index_input).collect::<Vec<_>>(),
        });
        endpoint.call(Service::DynamoDb, "CreateTable", &input).await.map(drop)
    }

    /// Creates a queue, and returns its URL and its ARN.
    ///
    /// # Errors
    /// Fails if SQS does not create it.
    pub(crate) async fn create_queue(&self, name: &str) -> Result<(String, String)> {
        let endpoint = self.stack.endpoint();
        let made = endpoint.call(Service::Sqs, "CreateQueue", &json!({ "QueueName": name })).await?;
        let url = made["QueueUrl"].as_str().context("expected a queue's URL")?.to_owned();
        let input = json!({ "QueueUrl": url, "AttributeNames": ["QueueArn"] });
        let found = endpoint.call(Service::Sqs, "GetQueueAttributes", &input).await?;
        let arn = found["Attributes"]["QueueArn"].as_str().context("expected a queue's ARN")?.to_owned();
        Ok((url, arn))
    }
}
