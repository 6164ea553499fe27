//! Tests the client against a carrier on loopback that fails in many ways. The client must distinguish a call that was
//! certainly not placed from a call whose outcome is unknown. It must use only one connection and one request for a
//! call.

mod authorization;
mod loopback;
mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use crate::{AuthToken, Authorization, Twilio, TwilioConfig};
use loopback::{Loopback, Script, Seen, unreachable_address};
use reminder::ids::{CallId, Number, SentTextId};
use reminder::ports::{
    CallStatus, Carrier, CarrierError, Dial, MachineDetection, RefusalScope, Remedy, TextStatus, Undelivered,
    UndeliveredCause,
};
use reminder::wire::{CallRoute, TextRoute};

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const AUTHORIZATION: &str = "Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjoxMjM0NQ==";
const CALL: &str = "CA0123456789abcdef0123456789abcdef";

fn call_id() -> CallId {
    CallId::new("twilio", CALL).unwrap()
}

/// Longer than any request on loopback takes.
const LONG: Duration = Duration::from_secs(20);
/// A timeout that is short enough for a test to wait for it.
const SHORT: Duration = Duration::from_secs(1);

fn config(base_url: String, timeout: Duration) -> TwilioConfig {
    TwilioConfig {
        base_url,
        name: crate::NAME.parse().unwrap(),
        account_sid: ACCOUNT.parse().unwrap(),
        authorization: authorization("12345"),
        service_number: number("+12125550100"),
        public_url: "https://sixthirty.example".parse().unwrap(),
        ring_s: 18,
        talk_s: 90,
        machine_detection: MachineDetection::Enabled,
        timeout,
    }
}

fn authorization(token: &str) -> Authorization {
    Authorization::of_token(&ACCOUNT.parse().unwrap(), &AuthToken::new(token).unwrap())
}

fn client_at(address: SocketAddr, timeout: Duration) -> Twilio {
    Twilio::new(config(format!("http://{address}"), timeout)).unwrap()
}

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

fn dial() -> Dial {
    let path = "/calls/0123456789abcdef0123456789abcdef/01JZ0000000000000000000000/01JZ0000000000000000000001/speech";
    let (route, _) = CallRoute::parse(path).unwrap();
    Dial { to: number("+12125550142"), route }
}

fn text_route() -> TextRoute {
    TextRoute::parse("/texts/0123456789abcdef0123456789abcdef/01JZ0000000000000000000002/3/status").unwrap()
}

fn json(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
}

fn call_json(status: &str) -> String {
    format!(r#"{{"sid":"{CALL}","status":"{status}","to":"+12125550142","price":null}}"#)
}

fn refusal_json(code: u32) -> String {
    format!(r#"{{"code":{code},"message":"The number +12125550142 is …","more_info":"https://…","status":400}}"#)
}

/// Places one call at a carrier that runs `script`. Returns the result, and the connections and requests that the
/// carrier saw.
async fn place(script: Script, timeout: Duration) -> (Result<String, CarrierError>, Seen) {
    let carrier = Loopback::start(script);
    let placed = client_at(carrier.address(), timeout).place(&dial()).await;
    (placed.map(|call| call.as_str().to_owned()), carrier.finish())
}

/// Places one call at a carrier that sends this response, and returns the result. Fails unless there was exactly one
/// connection and one request.
async fn outcome(response: String) -> Result<String, CarrierError> {
    let (placed, seen) = place(Script::Respond(response), LONG).await;
    assert_eq!((seen.connections, seen.requests.len()), (1, 1));
    placed
}

fn refused(reason: &str, scope: RefusalScope, remedy: Remedy) -> Result<String, CarrierError> {
    Err(CarrierError::RefusedForNow { reason: reason.to_owned(), retry_after: None, scope, remedy })
}

#[tokio::test]
async fn an_accepted_call_has_the_carriers_id() {
    assert_eq!(outcome(json("201 Created", &call_json("queued"))).await, Ok(format!("twilio#{CALL}")));
}

#[tokio::test]
async fn a_response_is_read_completely_even_if_the_connection_stays_open() {
    let (placed, seen) = place(Script::RespondAndWait(json("201 Created", &call_json("queued"))), LONG).await;
    assert_eq!(placed, Ok(format!("twilio#{CALL}")));
    assert_eq!((seen.connections, seen.requests.len()), (1, 1));
}

#[tokio::test]
async fn a_call_is_requested_as_twilio_documents_it() {
    let (_, seen) = place(Script::Respond(json("201 Created", &call_json("queued"))), LONG).await;
    let (head, body) = seen.requests[0].split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some(&*format!("POST /2010-04-01/Accounts/{ACCOUNT}/Calls.json HTTP/1.1")));
    let headers: Vec<&str> = lines.collect();
    for expected in [
        &*format!("authorization: {AUTHORIZATION}"),
        "content-type: application/x-www-form-urlencoded",
        "connection: close",
    ] {
        assert!(headers.contains(&expected), "{expected} in {headers:?}");
    }
    let callback = |step| {
        format!(
            "https://sixthirty.example/calls/0123456789abcdef0123456789abcdef/01JZ0000000000000000000000/\
             01JZ0000000000000000000001/{step}#rc=2&rp=all"
        )
    };
    let form: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let expected = [
        ("To", "+12125550142"),
        ("From", "+12125550100"),
        ("Url", &callback("speech")),
        ("Method", "POST"),
        ("StatusCallback", &callback("status")),
        ("StatusCallbackMethod", "POST"),
        ("StatusCallbackEvent", "initiated"),
        ("StatusCallbackEvent", "completed"),
        ("Timeout", "18"),
        ("TimeLimit", "90"),
        ("MachineDetection", "DetectMessageEnd"),
        ("AsyncAmd", "true"),
        ("AsyncAmdStatusCallback", &callback("answered-by")),
        ("AsyncAmdStatusCallbackMethod", "POST"),
    ];
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn machine_detection_is_not_asked_for_if_it_is_disabled() {
    let carrier = Loopback::start(Script::Respond(json("201 Created", &call_json("queued"))));
    let config = config(format!("http://{}", carrier.address()), LONG);
    let client = Twilio::new(TwilioConfig { machine_detection: MachineDetection::Disabled, ..config }).unwrap();
    client.place(&dial()).await.unwrap();
    let seen = carrier.finish();
    let (_, body) = seen.requests[0].split_once("\r\n\r\n").unwrap();
    assert!(body.ends_with("&Timeout=18&TimeLimit=90"), "{body}");
}

#[tokio::test]
async fn the_path_of_the_base_url_precedes_the_path_of_the_api() {
    let carrier = Loopback::start(Script::Respond(json("200 OK", &call_json("queued"))));
    let base_url = format!("http://{}/twilio/", carrier.address());
    let client = Twilio::new(config(base_url, LONG)).unwrap();
    client.status(&call_id()).await.unwrap();
    let request = &carrier.finish().requests[0];
    assert!(request.starts_with(&format!("GET /twilio/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json ")), "{request}");
}

#[tokio::test]
async fn a_refusal_of_the_number_is_final() {
    for code in [21202, 21211, 21214, 21217, 21265, 21614, 21635] {
        let placed = outcome(json("400 Bad Request", &refusal_json(code))).await;
        assert_eq!(placed, Err(CarrierError::NumberRefused { code }));
    }
}

#[tokio::test]
async fn a_refusal_of_the_account_is_reported_as_refused_for_now() {
    for (response, reason, remedy) in [
        (json("401 Unauthorized", &refusal_json(20003)), "HTTP 401, code 20003", Remedy::Operator),
        (json("401 Unauthorized", ""), "HTTP 401", Remedy::Operator),
        (json("403 Forbidden", "<html>no</html>"), "HTTP 403", Remedy::Operator),
        (json("404 Not Found", &refusal_json(20404)), "HTTP 404, code 20404", Remedy::Wait),
        (json("429 Too Many Requests", "slow down"), "HTTP 429", Remedy::Wait),
        (json("429 Too Many Requests", &refusal_json(20429)), "HTTP 429, code 20429", Remedy::Wait),
    ] {
        assert_eq!(outcome(response).await, refused(reason, RefusalScope::Account, remedy), "{reason}");
    }
}

#[tokio::test]
async fn a_refusal_of_one_request_is_not_a_refusal_of_the_account() {
    for (code, remedy) in [
        (13224, Remedy::Wait),
        (21205, Remedy::Wait),
        (21215, Remedy::Operator),
        (21216, Remedy::Wait),
        (21408, Remedy::Operator),
        (21606, Remedy::Operator),
        (21608, Remedy::Operator),
        (30034, Remedy::Operator),
    ] {
        let response = json("400 Bad Request", &refusal_json(code));
        let expected = refused(&format!("HTTP 400, code {code}"), RefusalScope::Request, remedy);
        assert_eq!(outcome(response).await, expected, "{code}");
    }
}

#[tokio::test]
async fn the_retry_after_header_is_read_in_seconds() {
    let response = |retry_after: &str| {
        let body = refusal_json(20429);
        format!(
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: {retry_after}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    for (retry_after, seconds) in
        [("7", Some(7)), ("0", Some(0)), ("soon", None), ("-1", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)]
    {
        let expected = CarrierError::RefusedForNow {
            reason: "HTTP 429, code 20429".to_owned(),
            retry_after: seconds.map(jiff::SignedDuration::from_secs),
            scope: RefusalScope::Account,
            remedy: Remedy::Wait,
        };
        assert_eq!(outcome(response(retry_after)).await, Err(expected), "{retry_after}");
    }
}

#[tokio::test]
async fn the_outcome_is_unknown_if_the_response_does_not_say_whether_a_call_was_placed() {
    let oversized = format!(r#"{{"sid":"{CALL}","status":"queued","pad":"{}"}}"#, "x".repeat(70_000));
    for response in [
        json("500 Internal Server Error", &refusal_json(20500)),
        json("500 Internal Server Error", &refusal_json(21211)),
        json("502 Bad Gateway", ""),
        json("503 Service Unavailable", &refusal_json(21610)),
        json("201 Created", "{"),
        json("201 Created", "[]"),
        json("201 Created", r#"{"status":"queued"}"#),
        json("201 Created", r#"{"sid":"../CA1","status":"queued"}"#),
        json("201 Created", &oversized),
        json("204 No Content", ""),
        json("302 Found", &refusal_json(21211)),
        json("400 Bad Request", "<html>no</html>"),
        json("408 Request Timeout", ""),
    ] {
        let line = response.lines().next().unwrap().to_owned();
        assert!(matches!(outcome(response).await, Err(CarrierError::Unknown(_))), "{line}");
    }
}

#[tokio::test]
async fn the_outcome_is_unknown_if_the_response_is_incomplete() {
    let complete = json("201 Created", &call_json("queued"));
    for end in [0, 5, 12, 30, complete.len() - 1] {
        assert!(matches!(outcome(complete[..end].to_owned()).await, Err(CarrierError::Unknown(_))), "{end}");
    }
    let refusal = json("400 Bad Request", &refusal_json(21211));
    let placed = outcome(refusal[..refusal.len() - 1].to_owned()).await;
    assert!(matches!(placed, Err(CarrierError::Unknown(_))), "{placed:?}");
}

#[tokio::test]
async fn the_outcome_is_unknown_if_the_response_is_not_http() {
    for response in ["SSH-2.0-OpenSSH_9.2\r\n", "\0\0\0\0", "HTTP/9.9 abc\r\n\r\n"] {
        assert!(matches!(outcome(response.to_owned()).await, Err(CarrierError::Unknown(_))), "{response:?}");
    }
}

#[tokio::test]
async fn a_call_at_an_unreachable_carrier_is_refused_for_now() {
    let placed = client_at(unreachable_address(), LONG).place(&dial()).await;
    assert!(matches!(placed, Err(CarrierError::RefusedForNow { .. })), "{placed:?}");
}

#[tokio::test]
async fn a_call_at_a_host_without_an_address_is_refused_for_now() {
    let client = Twilio::new(config("http://carrier.invalid:1".to_owned(), LONG)).unwrap();
    let placed = client.place(&dial()).await;
    assert!(matches!(placed, Err(CarrierError::RefusedForNow { .. })), "{placed:?}");
}

#[tokio::test]
async fn the_outcome_is_unknown_if_the_connection_is_closed_before_the_request_is_read() {
    let (placed, seen) = place(Script::CloseUnread, LONG).await;
    assert!(matches!(placed, Err(CarrierError::Unknown(_))), "{placed:?}");
    assert_eq!((seen.connections, seen.requests.len()), (1, 0));
}

#[tokio::test]
async fn a_request_without_a_response_has_an_unknown_outcome_and_is_not_repeated() {
    let (placed, seen) = place(Script::CloseAfterReading, LONG).await;
    assert!(matches!(placed, Err(CarrierError::Unknown(_))), "{placed:?}");
    assert_eq!((seen.connections, seen.requests.len()), (1, 1));
}

#[tokio::test]
async fn the_outcome_is_unknown_if_no_complete_response_comes_in_time() {
    for script in
        [Script::Silence, Script::RespondAndWait("HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{".to_owned())]
    {
        let (placed, seen) = place(script, SHORT).await;
        assert_eq!(placed, Err(CarrierError::Unknown("no response within 1000 ms".to_owned())));
        assert_eq!((seen.connections, seen.requests.len()), (1, 1));
    }
}

#[tokio::test]
async fn an_error_shows_no_number() {
    for response in [
        json("400 Bad Request", &refusal_json(21211)),
        json("400 Bad Request", &refusal_json(20001)),
        json("500 No", "+12125550142"),
    ] {
        let error = outcome(response).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("2125550"), "{error:?}");
    }
}

#[tokio::test]
async fn a_text_is_sent_once_and_cut_to_twilios_limit() {
    let carrier = Loopback::start(Script::Respond(json("201 Created", r#"{"sid":"SM1","status":"queued"}"#)));
    let sent =
        client_at(carrier.address(), LONG).send_text(&number("+12125550142"), &"ä".repeat(1700), &text_route()).await;
    assert_eq!(sent, Ok(SentTextId::new("twilio", "SM1").unwrap()));
    let seen = carrier.finish();
    assert_eq!((seen.connections, seen.requests.len()), (1, 1));
    let (head, body) = seen.requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with(&format!("POST /2010-04-01/Accounts/{ACCOUNT}/Messages.json ")), "{head}");
    let form: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let words = "ä".repeat(1600);
    let status = "https://sixthirty.example/texts/0123456789abcdef0123456789abcdef/01JZ0000000000000000000002/3/status\
                  #rc=2&rp=all";
    let expected = [("To", "+12125550142"), ("From", "+12125550100"), ("Body", &words), ("StatusCallback", status)];
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn a_refused_text_to_a_person_who_opted_out_is_reported_as_opted_out() {
    let carrier = Loopback::start(Script::Respond(json("400 Bad Request", &refusal_json(21610))));
    let sent = client_at(carrier.address(), LONG).send_text(&number("+12125550142"), "buy milk", &text_route()).await;
    assert_eq!(sent, Err(CarrierError::OptedOut { code: 21610 }));
}

#[tokio::test]
async fn the_status_of_a_text_is_read() {
    let undelivered = |code, cause| TextStatus::Undelivered(Undelivered { code, cause });
    for (fields, expected) in [
        (r#""status":"queued","error_code":null"#, Ok(TextStatus::Pending)),
        (r#""status":"sent""#, Ok(TextStatus::Sent)),
        (r#""status":"delivered","error_code":null"#, Ok(TextStatus::Delivered)),
        (r#""status":"undelivered","error_code":30003"#, Ok(undelivered(30003, UndeliveredCause::Passing))),
        (r#""status":"failed","error_code":30034"#, Ok(undelivered(30034, UndeliveredCause::Operator))),
        (r#""status":"failed""#, Ok(undelivered(0, UndeliveredCause::Passing))),
        (r#""status":"dreaming""#, Err(())),
    ] {
        let carrier = Loopback::start(Script::Respond(json("200 OK", &format!(r#"{{"sid":"SM1",{fields}}}"#))));
        let text = SentTextId::new("twilio", "SM1").unwrap();
        let text_status = client_at(carrier.address(), LONG).text_status(&text).await;
        assert_eq!(text_status.map_err(drop), expected, "{fields}");
        let seen = carrier.finish();
        let line = format!("GET /2010-04-01/Accounts/{ACCOUNT}/Messages/SM1.json HTTP/1.1\r\n");
        assert!(seen.requests[0].starts_with(&line), "{}", seen.requests[0]);
    }
}

#[tokio::test]
async fn a_call_is_redirected_to_the_message_for_an_answering_machine() {
    let carrier = Loopback::start(Script::Respond(json("200 OK", &call_json("in-progress"))));
    let result = client_at(carrier.address(), LONG).leave_message(&call_id(), &dial().route).await;
    assert_eq!(result, Ok(()));
    let seen = carrier.finish();
    let (head, body) = seen.requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with(&format!("POST /2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json ")), "{head}");
    let form: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let url = "https://sixthirty.example/calls/0123456789abcdef0123456789abcdef/01JZ0000000000000000000000/\
               01JZ0000000000000000000001/message#rc=2&rp=all";
    assert_eq!(form, [("Url", url), ("Method", "POST")].map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn the_status_of_a_call_is_read() {
    for (status, expected) in [
        ("queued", CallStatus::Queued),
        ("in-progress", CallStatus::UnderWay),
        ("completed", CallStatus::Completed),
        ("no-answer", CallStatus::NotReached),
    ] {
        let carrier = Loopback::start(Script::Respond(json("200 OK", &call_json(status))));
        let call_status = client_at(carrier.address(), LONG).status(&call_id()).await;
        assert_eq!(call_status, Ok(expected), "{status}");
        let seen = carrier.finish();
        assert_eq!(seen.connections, 1);
        let line = format!("GET /2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json HTTP/1.1\r\n");
        assert!(seen.requests[0].starts_with(&line), "{}", seen.requests[0]);
    }
}

#[tokio::test]
async fn a_queued_call_is_canceled_and_a_call_under_way_is_ended() {
    for (status, form) in [(CallStatus::Queued, "Status=canceled"), (CallStatus::UnderWay, "Status=completed")] {
        let carrier = Loopback::start(Script::Respond(json("200 OK", &call_json("canceled"))));
        let result = client_at(carrier.address(), LONG).end(&call_id(), status).await;
        assert_eq!(result, Ok(()));
        let seen = carrier.finish();
        let (head, body) = seen.requests[0].split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("POST /2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json ")), "{head}");
        assert_eq!((seen.connections, body), (1, form));
    }
}

#[tokio::test]
async fn a_call_that_is_over_needs_no_request_to_end() {
    let carrier = Loopback::start(Script::Silence);
    for status in [CallStatus::Completed, CallStatus::NotReached] {
        assert_eq!(client_at(carrier.address(), SHORT).end(&call_id(), status).await, Ok(()));
    }
    assert_eq!(carrier.finish().connections, 0);
}

#[test]
fn a_malformed_base_url_is_refused() {
    for bad in
        ["", "api.twilio.com", "ftp://api.twilio.com", "https://", "https://a:b@c.example", "http://c.example?x=1"]
    {
        let refused = Twilio::new(config(bad.to_owned(), LONG)).err().map(|error| error.to_string());
        let expected = format!("expected http:// or https:// and a host as the carrier's URL, found {bad:?}");
        assert_eq!(refused, Some(expected));
    }
}
