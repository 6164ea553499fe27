//! Tests of the page's server: its files, its routes, and the requests that it refuses.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use jiff::Timestamp;
use reqwest::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN};
use serde_json::{Value, json};

use super::assets::ASSETS;
use super::{
    FlowStep, LifeEvent, PageConfig, PageServer, PageUrl, Place, ReadFlow, ReadLog, ReadReminders, ReadTimeline,
    Reminder, ReminderState, Sign,
};
use crate::chaos_minute::MinuteRunner;
use crate::talk::{TalkReport, Telling};
use simulated_carrier::PhoneNumber;

/// A carrier that echoes requests.
fn carrier() -> Router {
    Router::new()
        .route("/_phone/text", post(|body: String| async { body }))
        .route("/_carrier/log", get(|| async { "log" }))
}

fn buy_milk(number: &PhoneNumber) -> Result<Vec<Reminder>, String> {
    if number.as_str().ends_with("199") {
        return Err("the table is unavailable".to_owned());
    }
    Ok(vec![Reminder {
        id: "01JZ0000000000000000000000".to_owned(),
        number: 1,
        task: "buy milk".to_owned(),
        due: "2026-03-06T23:30:00Z".parse().unwrap(),
        zone: "America/New_York".to_owned(),
        rule: None,
        state: ReminderState::Heard,
        attempt: None,
        wake_at: None,
        ended_at: Some("2026-03-06T23:30:09Z".parse().unwrap()),
    }])
}

/// An entry of the log: an answer that promises a call, long ago.
fn promise() -> Value {
    let words = "OK, I'll call you in 1 minute (6:30 PM): buy milk (#1).";
    json!({ "seq": 1, "at": "2026-03-06T23:29:00Z", "number": "+12125550142", "kind": "answer", "message": "SM1",
        "words": words })
}

/// A talk whose first step has not begun.
fn talk() -> TalkReport {
    TalkReport::new(Telling::Json)
}

fn accepted(at: Timestamp) -> LifeEvent {
    LifeEvent {
        id: "1".to_owned(),
        at,
        function: Place::Dialer,
        reminder: Some("R1".to_owned()),
        message: None,
        due: None,
        sign: Sign::Step,
        words: "The carrier accepted call 1.".to_owned(),
        next: None,
        until: None,
        fact: Some("Accepted twilio#CA1".to_owned()),
        called: true,
    }
}

async fn start_server() -> PageServer {
    let reminders: ReadReminders = Arc::new(|number| Box::pin(async move { buy_milk(&number) }));
    let service_number = PhoneNumber::parse("+12125550100").unwrap();
    let log: ReadLog = Arc::new(|| serde_json::from_value(json!([promise()])).unwrap());
    let minutes = Arc::new(MinuteRunner::new(Arc::new(|_, _, report| {
        report.note("Stopped AWS");
        Box::pin(std::future::pending())
    })));
    let flow: ReadFlow = Arc::new(|since| {
        Box::pin(async move {
            let path = &[Place::Table, Place::Queue];
            let words = "wake-up sent".to_owned();
            Ok(vec![FlowStep { id: "1".to_owned(), at: since, path, reminder: Some("R1".to_owned()), words }])
        })
    });
    let timeline: ReadTimeline = Arc::new(|since| {
        Box::pin(async move {
            if since.as_second() == 0 { Err("the log is unavailable".to_owned()) } else { Ok(vec![accepted(since)]) }
        })
    });
    let config =
        PageConfig { service_number, carrier: carrier(), reminders, flow, timeline, log, minutes, talk: Some(talk()) };
    PageUrl::reserve(0).await.unwrap().serve_with(config)
}

async fn ask(server: &PageServer, path: &str) -> reqwest::Response {
    reqwest::get(format!("{}{path}", server.url())).await.unwrap()
}

#[tokio::test]
async fn every_file_has_its_type_and_headers_against_caching_and_foreign_resources() {
    let server = start_server().await;
    for asset in ASSETS {
        let response = ask(&server, asset.path).await;
        assert_eq!(response.status(), 200, "{}", asset.path);
        assert_eq!(response.headers()[CONTENT_TYPE], asset.media_type);
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert_eq!(response.text().await.unwrap(), asset.text);
    }
    assert_eq!(ask(&server, "/other").await.status(), 404);
}

#[test]
fn every_reference_in_the_page_is_a_file_of_the_page() {
    let is_served = |path: &str| ASSETS.iter().any(|asset| asset.path == path);
    for asset in ASSETS {
        for (start, end) in [(" src=\"", '"'), (" href=\"/", '"'), ("from \"./", '"')] {
            for reference in asset.text.split(start).skip(1).filter_map(|rest| rest.split(end).next()) {
                let path = format!("/{}", reference.trim_start_matches('/'));
                assert!(is_served(&path), "{} refers to {path}", asset.path);
            }
        }
        let without_namespace = asset.text.replace("http://www.w3.org/2000/svg", "");
        let refers_elsewhere = ["http:", "https:"].iter().any(|scheme| without_namespace.contains(scheme));
        assert!(!refers_elsewhere, "{}", asset.path);
        assert!(!asset.text.contains("innerHTML"), "{}", asset.path);
    }
}

#[tokio::test]
async fn the_page_is_told_that_a_talk_is_played_and_its_current_step() {
    let server = start_server().await;
    let told = ask(&server, "/api/talk").await.json::<Value>().await.unwrap();
    assert_eq!(told, json!({ "played": true, "step": null }));
    let url = format!("{}/api/talk", server.url());
    let foreign = reqwest::Client::new().get(url).header(ORIGIN, "https://other.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
}

#[tokio::test]
async fn the_carrier_is_served_on_the_same_origin() {
    let server = start_server().await;
    assert_eq!(ask(&server, "/_carrier/log").await.text().await.unwrap(), "log");
    let url = format!("{}/_phone/text", server.url());
    let response = reqwest::Client::new().post(url).header(ORIGIN, server.url()).body("hello").send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "hello");
}

#[tokio::test]
async fn a_request_with_the_origin_of_another_site_or_to_another_host_is_refused() {
    let server = start_server().await;
    let client = reqwest::Client::new();
    let port = server.addr.port();
    let status = async |name, value: &str| {
        let text = client.post(format!("{}/_phone/text", server.url())).header(name, value).body("hello");
        text.send().await.unwrap().status().as_u16()
    };
    for own_origin in [format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")] {
        assert_eq!(status(ORIGIN, &own_origin).await, 200, "{own_origin}");
    }
    let other_origins = ["null", "", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1"];
    let similar_origins = [format!("https://127.0.0.1:{port}"), format!("http://localhost:{port}.evil.example")];
    for origin in other_origins.into_iter().chain(similar_origins.iter().map(String::as_str)) {
        assert_eq!(status(ORIGIN, origin).await, 403, "{origin}");
    }
    for host in ["evil.example".to_owned(), format!("evil.example:{port}"), "localhost".to_owned()] {
        assert_eq!(status(HOST, &host).await, 421, "{host}");
    }
}

#[tokio::test]
async fn reminders_are_read_for_one_number_and_errors_are_reported() {
    let server = start_server().await;
    let read = async |number: &str| {
        let response = ask(&server, &format!("/api/reminders?number={number}")).await;
        let status = response.status().as_u16();
        (status, response.json::<Value>().await.unwrap())
    };
    let (status, body) = read("%2B12125550142").await;
    assert_eq!(status, 200);
    assert_eq!(body["reminders"][0]["state"], "heard");
    assert_eq!(body["reminders"][0]["task"], "buy milk");
    assert!(body["now"].is_string());
    let (status, body) = read("12125550142").await;
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().starts_with("expected a phone number like"));
    let (status, body) = read("%2B12125550199").await;
    assert_eq!((status, body["error"].as_str().unwrap()), (502, "the table is unavailable"));
}

#[tokio::test]
async fn the_page_learns_the_service_number() {
    let server = start_server().await;
    let service: Value = ask(&server, "/api/service").await.json().await.unwrap();
    assert_eq!(service["number"], "+12125550100");
    assert!(service["started"].is_string());
}

#[tokio::test]
async fn the_header_shows_what_was_promised_and_done_since_the_start() {
    let server = start_server().await;
    let header: Value = ask(&server, "/api/totals").await.json().await.unwrap();
    assert_eq!(header["totals"], json!({ "accepted": 1, "called": 0, "texted": 0, "late_p50_ms": null }));
    assert!(header["since"].is_string() && header["chaos"].is_null(), "{header}");
}

#[tokio::test]
async fn the_steps_since_an_instant_are_read_and_without_an_instant_only_the_time() {
    let server = start_server().await;
    let first: Value = ask(&server, "/api/flow").await.json().await.unwrap();
    assert_eq!((first["steps"].clone(), first["now"].is_string()), (json!([]), true));
    let next: Value = ask(&server, "/api/flow?since=2026-03-06T23:30:00Z").await.json().await.unwrap();
    assert_eq!(next["steps"][0]["path"], json!(["table", "queue"]));
    assert_eq!(ask(&server, "/api/flow?since=yesterday").await.status(), 400);
}

#[tokio::test]
async fn the_events_of_timelines_are_read_since_an_instant_or_since_the_start() {
    let server = start_server().await;
    let first: Value = ask(&server, "/api/timeline").await.json().await.unwrap();
    let service: Value = ask(&server, "/api/service").await.json().await.unwrap();
    assert_eq!(first["events"][0]["at"], service["started"]);
    let next: Value = ask(&server, "/api/timeline?since=2026-03-06T23:30:00Z").await.json().await.unwrap();
    let expected = json!({
        "id": "1", "at": "2026-03-06T23:30:00Z", "function": "dialer", "reminder": "R1", "sign": "step",
        "words": "The carrier accepted call 1.", "fact": "Accepted twilio#CA1", "called": true,
    });
    assert_eq!((next["events"].clone(), next["now"].is_string()), (json!([expected]), true));
    let refused = ask(&server, "/api/timeline?since=1970-01-01T00:00:00Z").await;
    assert_eq!(
        (refused.status().as_u16(), refused.text().await.unwrap().contains("the log is unavailable")),
        (502, true)
    );
}

#[tokio::test]
async fn one_chaos_minute_is_started_at_a_time() {
    let server = start_server().await;
    let newest: Value = ask(&server, "/api/chaos").await.json().await.unwrap();
    assert!(newest["minute"].is_null() && newest["people"] == json!([]), "{newest}");
    let start = async || reqwest::Client::new().post(format!("{}/api/chaos", server.url())).send().await.unwrap();
    assert_eq!(start().await.status(), 202);
    let newest: Value = ask(&server, "/api/chaos").await.json().await.unwrap();
    assert_eq!(newest["minute"]["step"], "breaking");
    assert_eq!(newest["minute"]["notes"][0]["words"], "Stopped AWS");
    assert_eq!(newest["people"].as_array().unwrap().len(), 20);
    let again = start().await;
    assert_eq!(again.status(), 409);
    let refused: Value = again.json().await.unwrap();
    assert_eq!(refused["error"], "Another chaos minute is running.");
}

#[tokio::test]
async fn no_chaos_minute_is_started_while_the_server_stops() {
    let server = start_server().await;
    server.minutes.close().await;
    let answer = reqwest::Client::new().post(format!("{}/api/chaos", server.url())).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"], "cargo local is being stopped.");
}

#[tokio::test]
async fn a_port_in_use_is_an_error_and_a_dropped_server_frees_its_port() {
    let server = start_server().await;
    let SocketAddr::V4(addr) = server.addr else { panic!("expected an IPv4 address") };
    assert!(addr.ip().is_loopback());
    let refused = PageUrl::reserve(addr.port()).await.unwrap_err();
    assert_eq!(refused.to_string(), crate::port_in_use(addr.port()));
    drop(server);
    let port_is_free = async {
        while PageUrl::reserve(addr.port()).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), port_is_free).await.unwrap();
}
