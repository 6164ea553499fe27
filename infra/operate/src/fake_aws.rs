//! Answers like the AWS services of a stack, on a port of this machine: a table with items, a secret, and responses that
//! a test sets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::access::Access;

/// The key of people's ids in the fake secret.
pub(crate) const PERSON_KEY: &str = "0123456789abcdef";

/// The state of the fake, and what it was asked.
pub(crate) struct Fake {
    /// Items of the table, in DynamoDB's JSON.
    pub(crate) items: Vec<Value>,
    /// The JSON of the secret.
    pub(crate) secret: Value,
    pub(crate) parameters: BTreeMap<String, String>,
    /// Responses of other operations. The key is an operation (`DescribeTable`) or a method and a path.
    pub(crate) responses: BTreeMap<String, (u16, String)>,
    /// The tokens with which the carrier shows its account. Absent: the account is a response of the test.
    pub(crate) tokens: Option<Vec<String>>,
    /// The operations that were requested, each with its input.
    pub(crate) requests: Vec<(String, Value)>,
    /// The `Authorization` header of each of these requests.
    authorizations: Vec<String>,
    once: BTreeMap<String, (u16, String)>,
    outputs: BTreeMap<&'static str, String>,
}

/// The fake, shared with its server.
pub(crate) type FakeAws = Arc<Mutex<Fake>>;

/// Starts a fake with a stack, and returns it with access to it.
pub(crate) async fn start() -> (FakeAws, Access) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let outputs = [
        ("TableName", "table"),
        ("SecretId", "secret"),
        ("DialQueueUrl", "http://127.0.0.1/0/sixthirty-local-DialQueue-A"),
        ("DialDeadLettersUrl", "http://127.0.0.1/0/sixthirty-local-DialDeadLetters-A"),
        ("InboundDeadLettersUrl", "http://127.0.0.1/0/sixthirty-local-InboundDeadLetters-A"),
        ("ScheduleDeadLettersUrl", "http://127.0.0.1/0/sixthirty-local-ScheduleDeadLetters-A"),
        ("AlarmsTopicArn", "arn:aws:sns:us-east-1:000000000000:alarms"),
        ("ApiId", "api"),
        ("PublicUrl", "https://sixthirty.example"),
        ("InboundFunction", "inbound"),
        ("DialerFunction", "dialer"),
        ("CallbackFunction", "callback"),
        ("SweeperFunction", "sweeper"),
    ];
    let secret = json!({ "account_sid": "AC0123456789abcdef0123456789abcdef", "auth_token": "current-token",
        "previous_auth_token": "", "person_key": PERSON_KEY });
    let parameters = [("ServiceNumber", "+12125550100"), ("CarrierUrl", url.as_str()), ("RetentionDays", "30")];
    let fake = Fake {
        items: Vec::new(),
        secret,
        parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        responses: BTreeMap::new(),
        tokens: None,
        requests: Vec::new(),
        authorizations: Vec::new(),
        once: BTreeMap::new(),
        outputs: outputs.map(|(name, value)| (name, value.to_owned())).into(),
    };
    let fake = Arc::new(Mutex::new(fake));
    let router = Router::new().fallback(answer).with_state(Arc::clone(&fake));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (fake, Access::at(url))
}

async fn answer(State(fake): State<FakeAws>, method: Method, uri: Uri, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()?.rsplit('.').next());
    let form: Value = form_urlencoded::parse(body.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect::<Map<_, _>>()
        .into();
    let (operation, input) = match (target, form["Action"].as_str()) {
        (Some(operation), _) => (operation.to_owned(), serde_json::from_str(&body).unwrap()),
        (None, Some(action)) => (action.to_owned(), form.clone()),
        (None, None) => {
            let input = serde_json::from_str(&body).unwrap_or(form.clone());
            (format!("{method} {}", uri.path_and_query().unwrap()), input)
        }
    };
    let mut fake = fake.lock().unwrap();
    fake.requests.push((operation.clone(), input.clone()));
    let presented = headers.get("authorization").and_then(|header| header.to_str().ok()).unwrap_or_default().to_owned();
    fake.authorizations.push(presented.clone());
    if let (Some(tokens), true) = (&fake.tokens, operation.starts_with("GET /2010-04-01/Accounts/")) {
        let sid = fake.secret["account_sid"].as_str().unwrap();
        let known = tokens.iter().any(|token| basic(sid, token) == presented);
        let status = if known { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
        return (status, "{}").into_response();
    }
    let once = fake.once.remove(&operation);
    let (status, body) = match once.or_else(|| fake.responses.get(&operation).cloned()) {
        Some(response) => response,
        None => (200, fake.default_answer(&operation, &input)),
    };
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

impl Fake {
    /// Sets the response of an operation.
    pub(crate) fn respond(&mut self, operation: &str, status: u16, body: impl ToString) {
        self.responses.insert(operation.to_owned(), (status, body.to_string()));
    }

    /// Sets the response of the next request of an operation. Later requests get the default.
    pub(crate) fn respond_once(&mut self, operation: &str, status: u16, body: impl ToString) {
        self.once.insert(operation.to_owned(), (status, body.to_string()));
    }

    /// Returns the inputs of the requests of an operation.
    pub(crate) fn inputs(&self, operation: &str) -> Vec<Value> {
        let of_operation = self.requests.iter().filter(|(name, _)| name == operation);
        of_operation.map(|(_, input)| input.clone()).collect()
    }

    /// Whether requests of an operation were sent, all with this user and password.
    pub(crate) fn is_authorized_by(&self, operation: &str, user: &str, password: &str) -> bool {
        let of_operation = self.requests.iter().zip(&self.authorizations).filter(|((name, _), _)| name == operation);
        let mut presented = of_operation.map(|(_, presented)| presented).peekable();
        presented.peek().is_some() && presented.all(|presented| *presented == basic(user, password))
    }

    fn default_answer(&mut self, operation: &str, input: &Value) -> String {
        let key = |item: &Value| (item["pk"].clone(), item["sk"].clone());
        match operation {
            "DescribeStacks" => self.stack_xml(),
            "GetSecretValue" => json!({ "SecretString": self.secret.to_string() }).to_string(),
            "PutSecretValue" => {
                self.secret = serde_json::from_str(input["SecretString"].as_str().unwrap()).unwrap();
                "{}".to_owned()
            }
            "Query" => {
                let pk = &input["ExpressionAttributeValues"][":pk"];
                let found: Vec<&Value> = self.items.iter().filter(|item| item["pk"] == *pk).collect();
                json!({ "Items": found }).to_string()
            }
            "Scan" => {
                let values = &input["ExpressionAttributeValues"];
                let name = input["ExpressionAttributeNames"]["#name"].as_str().unwrap();
                let is_old = |item: &&Value| values[":old"].is_null() || item["sk"] == values[":old"];
                let found = self.items.iter().filter(|item| item[name] == values[":value"]).filter(is_old);
                json!({ "Items": found.collect::<Vec<_>>() }).to_string()
            }
            "PutItem" => {
                let item = input["Item"].clone();
                self.items.retain(|old| key(old) != key(&item));
                self.items.push(item);
                "{}".to_owned()
            }
            "DeleteItem" => {
                self.items.retain(|old| key(old) != key(&input["Key"]));
                "{}".to_owned()
            }
            _ => "{}".to_owned(),
        }
    }

    fn stack_xml(&self) -> String {
        let member = |kind: &str, name: &str, value: &str| {
            format!("<member><{kind}Key>{name}</{kind}Key><{kind}Value>{value}</{kind}Value></member>")
        };
        let outputs: String = self.outputs.iter().map(|(name, value)| member("Output", name, value)).collect();
        let parameters = self.parameters.iter().map(|(name, value)| member("Parameter", name, value));
        let parameters: String = parameters.collect();
        format!(
            "<R><StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>{outputs}</Outputs>\
             <Parameters>{parameters}</Parameters></R>"
        )
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// Returns an item in DynamoDB's JSON. A value is a text, or a number if it consists of digits only.
pub(crate) fn item(pk: &str, sk: &str, attributes: &[(&str, &str)]) -> Value {
    let mut item = json!({ "pk": { "S": pk }, "sk": { "S": sk }, "schema": { "N": "1" }, "version": { "N": "4" } });
    for (name, value) in attributes {
        let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        item[name] = if is_number { json!({ "N": value }) } else { json!({ "S": value }) };
    }
    item
}
