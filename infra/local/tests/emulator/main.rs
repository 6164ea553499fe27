//! Tests that the emulator serves only programs on this machine, and limits the memory of functions. A web page could
//! otherwise create and run a function.

#![expect(clippy::unwrap_used, reason = "a panic in a helper fails the test")]

use std::process::Command;

use local::emulator::Emulator;
use local::local_paths::LocalPaths;
use local::progress::Progress;
use local::tools::Tools;
use reqwest::header::{AUTHORIZATION, CONNECTION, HOST, HeaderName, ORIGIN, UPGRADE};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A header that browsers add to every request of a web page to this machine.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Python program that prints a zip archive as Base64. The archive contains the program in the argument, after a line
/// that names the Python interpreter.
const ZIP: &str = r##"
import base64, io, sys, zipfile
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as file:
    file.writestr("bootstrap", f"#!{sys.executable}\n{sys.argv[1]}")
print(base64.b64encode(archive.getvalue()).decode(), end="")
"##;

/// Memory size of the functions.
const MEMORY_MB: u64 = 256;

/// A running emulator without stored state.
struct Running {
    emulator: Emulator,
    tools: Tools,
    http: Client,
    _folder: TempDir,
}

impl Running {
    async fn start() -> Self {
        let tools = Tools::install(&LocalPaths::here(), &Progress::begin()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let emulator = Emulator::start(&tools, folder.path(), 0).await.unwrap();
        Self { emulator, tools, http: Client::new(), _folder: folder }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.emulator.endpoint().url())
    }

    /// Returns a request with valid credentials, so that only the emulator's check for web pages can refuse it.
    fn signed(&self, method: Method, path: &str, service: &str) -> reqwest::RequestBuilder {
        let credential = format!("000000000000/20260101/us-east-1/{service}/aws4_request");
        let signature = format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=test");
        self.http.request(method, self.url(path)).header(AUTHORIZATION, signature)
    }

    /// Requests a new queue with an additional header, and returns the status.
    async fn create_queue(&self, name: &str, header: HeaderName, value: &str) -> StatusCode {
        let form = [("Action", "CreateQueue"), ("QueueName", name)];
        self.signed(Method::POST, "/", "sqs").header(header, value).form(&form).send().await.unwrap().status()
    }

    /// Creates a function that runs a Python program.
    async fn create_function(&self, name: &str, program: &str) {
        let mut python = Command::new(self.tools.emulator_python());
        let zipped = python.args(["-c", ZIP, program]).output().unwrap();
        assert!(zipped.status.success(), "{zipped:?}");
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [
                { "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" },
            ],
        });
        let trust = trust.to_string();
        let role = [("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", &*trust)];
        let created = self.signed(Method::POST, "/", "iam").form(&role).send().await.unwrap();
        created.error_for_status().unwrap();
        let function = json!({
            "FunctionName": name,
            "Runtime": "provided.al2023",
            "Handler": "bootstrap",
            "Role": format!("arn:aws:iam::000000000000:role/{name}"),
            "Timeout": 30,
            "MemorySize": MEMORY_MB,
            "Code": { "ZipFile": String::from_utf8(zipped.stdout).unwrap() },
        });
        let created = self.signed(Method::POST, "/2015-03-31/functions", "lambda").body(function.to_string());
        created.send().await.unwrap().error_for_status().unwrap();
    }

    /// Returns the names of all queues.
    async fn queues(&self) -> Vec<String> {
        let request = self.signed(Method::POST, "/", "sqs").form(&[("Action", "ListQueues")]);
        let xml = request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap();
        let document = roxmltree::Document::parse(&xml).unwrap();
        let urls = document.descendants().filter(|node| node.tag_name().name() == "QueueUrl");
        urls.map(|node| node.text().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn a_program_can_create_a_queue_but_a_web_page_cannot() {
    let running = Running::start().await;
    let hosts = ["127.0.0.1", "127.0.0.1:4566", "localhost", "LocalHost:4566", "[::1]", "[::1]:4566"];
    for (index, host) in hosts.iter().enumerate() {
        let status = running.create_queue(&format!("of-program-{index}"), HOST, host).await;
        assert_eq!(status, StatusCode::OK, "{host}");
    }
    let foreign_hosts =
        ["rebound.example", "rebound.example:4566", "localhost.rebound.example", "127.0.0.1.rebound.example"];
    let malformed_hosts =
        ["", "127.0.0.1:", "127.0.0.1:4566:1", "0.0.0.0", "127.0.0.1@rebound.example", "bucket.localhost"];
    for host in foreign_hosts.iter().chain(&malformed_hosts) {
        assert_eq!(running.create_queue("of-page", HOST, host).await, StatusCode::FORBIDDEN, "{host:?}");
    }
    for origin in ["https://other.example", "null", "", &running.url("")] {
        assert_eq!(running.create_queue("of-page", ORIGIN, origin).await, StatusCode::FORBIDDEN, "{origin:?}");
    }
    for site in ["cross-site", "same-site", "same-origin", "none"] {
        assert_eq!(running.create_queue("of-page", SEC_FETCH_SITE, site).await, StatusCode::FORBIDDEN, "{site}");
    }
    let mut queues = running.queues().await;
    queues.sort();
    assert_eq!(queues, (0..hosts.len()).map(|index| format!("of-program-{index}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn every_path_and_method_is_closed_to_web_pages() {
    let running = Running::start().await;
    let paths = ["/", "/_ministack/health", "/_ministack/reset", "/_localstack/health", "/2015-03-31/functions"];
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];
    for path in paths.into_iter().chain(["/_aws/execute-api/0123456789/$default/sms", "/bucket/key"]) {
        for method in &methods {
            let request = running.signed(method.clone(), path, "s3").header(ORIGIN, "https://other.example");
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{method} {path}");
            assert!(!response.headers().contains_key("access-control-allow-origin"), "{method} {path}");
        }
    }
    // A request with a large body must be answered too, although the check for web pages does not read the body.
    let large = running.signed(Method::POST, "/", "s3").header(ORIGIN, "null").body(vec![0; 1 << 20]);
    assert_eq!(large.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_program_can_open_a_web_socket_but_a_web_page_cannot() {
    let running = Running::start().await;
    let post = async |path: &str, body: Value| -> Value {
        let request = running.signed(Method::POST, path, "apigateway").body(body.to_string());
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    };
    let selection = "$request.body.action";
    let api = json!({ "name": "sockets", "protocolType": "WEBSOCKET", "routeSelectionExpression": selection });
    let api = post("/v2/apis", api).await;
    let api = api["apiId"].as_str().unwrap();
    post(&format!("/v2/apis/{api}/stages"), json!({ "stageName": "prod" })).await;
    let handshake = || {
        let request = running.signed(Method::GET, &format!("/_aws/execute-api/{api}/prod"), "execute-api");
        let request = request.header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
        request.header("sec-websocket-version", "13").header("sec-websocket-key", "MDEyMzQ1Njc4OWFiY2RlZg==")
    };
    assert_eq!(handshake().send().await.unwrap().status(), StatusCode::SWITCHING_PROTOCOLS);
    let web_page_handshake = handshake().header(ORIGIN, "https://other.example");
    assert_eq!(web_page_handshake.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_web_page_cannot_receive_the_event_of_a_function() {
    let running = Running::start().await;
    running.create_function("asking", include_str!("bootstrap.py")).await;
    let statuses = running.emulator.endpoint().invoke("asking", &json!({})).await.unwrap();
    assert_eq!(statuses, json!([403, 403, 403]));
}

#[tokio::test]
async fn a_function_cannot_use_more_than_its_memory_size() {
    let running = Running::start().await;
    running.create_function("growing", include_str!("memory.py")).await;
    let grow = async |megabytes: u64| {
        running.emulator.endpoint().invoke("growing", &json!({ "megabytes": megabytes })).await.unwrap()
    };
    assert_eq!(grow(MEMORY_MB / 2).await, json!("allocated"));
    assert_eq!(grow(MEMORY_MB + 1).await, json!("refused"));
}

#[tokio::test]
async fn an_emulator_runs_again_whatever_an_interrupted_stop_or_start_has_left() {
    let running = Running::start().await;
    let emulator = &running.emulator;
    let ensure_up = async |state: &str| {
        emulator.ensure_up().await.unwrap();
        assert!(emulator.endpoint().is_up().await, "{state}");
        emulator.process_id()
    };
    let first = emulator.process_id();
    assert_eq!(ensure_up("running").await, first);
    emulator.stop().await.unwrap();
    let second = ensure_up("stopped").await;
    assert_ne!(second, first);
    // The stop is interrupted after its first step.
    tokio::time::timeout(std::time::Duration::ZERO, emulator.stop()).await.unwrap_err();
    let third = ensure_up("stopping").await;
    assert_ne!(third, second);
    emulator.kill().unwrap();
    assert_ne!(ensure_up("killed").await, third);
}
