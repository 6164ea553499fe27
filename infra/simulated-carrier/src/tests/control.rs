//! Tests of the control routes.

use serde_json::json;

use super::*;

#[tokio::test]
async fn an_invalid_fault_is_refused() {
    let world = World::start().await;
    for (body, reason) in [
        (json!({"kind": "busy"}), "to"),
        (json!({"to": "milk", "kind": "busy"}), "+12125550123"),
        (json!({"to": number(1), "kind": "gone"}), "gone"),
        (json!({"to": number(1), "kind": "busy", "time": 2}), "time"),
        (json!({"to": number(1), "kind": "busy", "times": 0}), "times"),
        (json!({"to": number(1), "kind": "busy", "resource": "messages"}), "resource"),
        (json!({"to": number(1), "kind": "http-500", "ms": 5}), "ms"),
        (json!({"kind": "unreachable"}), "ms"),
        (json!({"kind": "unreachable", "ms": 0}), "ms"),
        (json!({"kind": "unreachable", "ms": 5, "to": number(1)}), "to"),
        (json!([]), "struct Fault"),
    ] {
        let refused = world.control("/_carrier/faults", body.clone()).await;
        assert_eq!(refused.status(), 400, "{body}");
        let error = refused.json::<Value>().await.unwrap()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(reason), "{reason}: {error}");
    }
}

#[tokio::test]
async fn an_invalid_script_is_refused() {
    let world = World::start().await;
    for calls in [json!([{"then": "sleep"}]), json!([{"then": "busy", "press": [{"digit": "1"}]}]), json!({})] {
        let refused = world.control("/_phone/behaviour", json!({"number": number(1), "calls": calls})).await;
        assert_eq!(refused.status(), 400, "{calls}");
    }
}

#[tokio::test]
async fn faults_are_listed_and_cleared_for_one_number_or_all() {
    let world = World::start().await;
    let url = format!("{}/_carrier/faults", world.carrier.url());
    for last in [1, 2, 3] {
        let added = world.control("/_carrier/faults", json!({"to": number(last), "kind": "busy", "times": 9})).await;
        assert_eq!(added.status(), 200);
    }
    let pending = async || world.client.get(&url).send().await.unwrap().json::<Value>().await.unwrap();
    assert_eq!(pending().await.as_array().unwrap().len(), 3);
    let cleared = world.client.delete(format!("{url}?to=%2B12125550101")).send().await.unwrap();
    assert_eq!(cleared.status(), 204);
    assert_eq!(pending().await[0]["to"], "+12125550102");
    world.client.delete(&url).send().await.unwrap();
    assert_eq!(pending().await, json!([]));
}

#[tokio::test]
async fn the_log_is_json_lines_of_one_number_or_all() {
    let world = World::start().await;
    for last in [1, 2] {
        world.request_text(&number(last), &[]).await.unwrap();
        world.delivered(&number(last), 1).await;
    }
    let log = async |query: &str| {
        let response = world.client.get(format!("{}/_carrier/log{query}", world.carrier.url())).send().await.unwrap();
        response.text().await.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    assert_eq!(log("").await.len(), 6);
    assert_eq!(log("?since=1").await.len(), 5);
    let [line, sent, delivered] = &log("?number=%2B12125550102").await[..] else { panic!("expected three lines") };
    assert_eq!((&line["kind"], &line["words"]), (&json!("text-out"), &json!("buy milk")));
    assert_eq!((&sent["kind"], &sent["status"]), (&json!("text-status"), &json!("sent")));
    assert_eq!((&delivered["status"], &delivered["message"]), (&json!("delivered"), &line["message"]));
    let refused = world.client.get(format!("{}/_carrier/log?number=milk", world.carrier.url())).send().await.unwrap();
    assert_eq!(refused.status(), 400);
}

#[tokio::test]
async fn a_client_follows_the_log_from_its_last_entry() {
    let world = World::start().await;
    for last in [1, 2] {
        world.request_text(&number(last), &[]).await.unwrap();
        world.delivered(&number(last), 1).await;
    }
    let url = format!("{}/_carrier/events?number=%2B12125550101", world.carrier.url());
    let mut stream = world.client.get(url).header("last-event-id", "0").send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut events = String::new();
    while events.matches("\n\n").count() < 3 {
        events += std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap();
    }
    world.request_text(&number(2), &[]).await.unwrap();
    world.delivered(&number(2), 2).await;
    world.request_text(&number(1), &[]).await.unwrap();
    while events.matches("\n\n").count() < 4 {
        events += std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap();
    }
    let ids: Vec<_> = events.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    assert_eq!(ids, ["1", "2", "3", "10"]);
    assert!(events.contains("\"kind\":\"text-out\""));
    world.delivered(&number(1), 2).await;
    let mut fresh = world.client.get(format!("{}/_carrier/events", world.carrier.url())).send().await.unwrap();
    world.request_text(&number(3), &[]).await.unwrap();
    let first = fresh.chunk().await.unwrap().unwrap();
    assert!(std::str::from_utf8(&first).unwrap().contains("+12125550103"), "{first:?}");
}

#[tokio::test]
async fn requests_are_recorded_without_their_credentials() {
    let world = World::start().await;
    world.request_text(&number(1), &[]).await.unwrap();
    let url = format!("{}/_carrier/requests", world.carrier.url());
    let text = world.client.get(url).send().await.unwrap().text().await.unwrap();
    let request: Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!((&request["method"], &request["form"][2]), (&json!("POST"), &json!(["Body", "buy milk"])));
    assert_eq!(request["content_type"], "application/x-www-form-urlencoded");
    assert!(!text.contains(TOKEN));
}

#[tokio::test]
async fn the_control_routes_on_another_port_make_the_carrier_reachable_again() {
    let world = World::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let page_addr = listener.local_addr().unwrap();
    let router = world.carrier.control_router();
    let page = tokio::spawn(async move { axum::serve(listener, router).await });
    world.carrier.be_unreachable();
    let cleared = world.client.delete(format!("http://{page_addr}/_carrier/faults")).send().await.unwrap();
    assert_eq!(cleared.status(), 204);
    world.until(|entry| matches!(entry.event, LogEvent::Reachable)).await;
    page.abort();
}

#[tokio::test]
async fn a_dropped_carrier_releases_its_port_and_ends_its_calls() {
    let world = World::start().await;
    world.call(&number(1), &[("Timeout", "1")]).await;
    let addr = world.carrier.addr;
    let World { carrier, service, client } = world;
    // A page that still serves the control routes neither keeps the port nor opens it again.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let page_addr = listener.local_addr().unwrap();
    let router = carrier.control_router();
    let page = tokio::spawn(async move { axum::serve(listener, router).await });
    drop(carrier);
    let refused = client.get(format!("http://{addr}/_carrier/log")).send().await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    client.delete(format!("http://{page_addr}/_carrier/faults")).send().await.unwrap().error_for_status().unwrap();
    assert!(service.got("/status").is_empty());
    let again = SimulatedCarrier::start(CarrierConfig { bind: addr, ..config() }).await.unwrap();
    assert_eq!(again.addr, addr);
    page.abort();
}

#[tokio::test]
async fn a_port_in_use_is_an_error() {
    let world = World::start().await;
    let taken = SimulatedCarrier::start(CarrierConfig { bind: world.carrier.addr, ..config() }).await;
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}
