//! `/_phone`: actions of people on their phones.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Call, CallDirection, CallStatus};
use super::call_action::CallAction;
use super::control::{Refusal, read};
use super::delivery_script::DeliveryScript;
use super::live_call;
use super::number::{Key, PhoneNumber};
use super::phone_setting::PhoneSetting;
use super::script::CallScript;
use super::sid::Sid;
use super::state::SharedState;
use super::texts::{self, Incoming, TextResult};

/// Maximum number of copies of a text.
const MOST_COPIES: usize = 200;
/// Maximum length of the id of a text, in bytes.
const MOST_ID: usize = 64;
/// Maximum number of characters in a text: more than a phone sends, so that the service's own limit can be tested.
const MOST_BODY: usize = 20_000;

/// Returns the routes of people's phones.
pub(super) fn routes() -> Router<SharedState> {
    Router::new()
        .route("/_phone/text", post(text))
        .route("/_phone/behaviour", post(behave))
        .route("/_phone/deliveries", post(deliver))
        .route("/_phone/setting", post(set_phone).get(show_phone))
        .route("/_phone/call", post(call))
        .route("/_phone/calls", get(open_calls))
        .route("/_phone/calls/{call}/{act}", post(act))
}

/// The way by which a text reaches the service.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Via {
    #[default]
    Webhook,
    Sns,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    from: PhoneNumber,
    body: String,
    id: Option<String>,
    #[serde(default)]
    via: Via,
    #[serde(default = "one")]
    copies: usize,
}

fn one() -> usize {
    1
}

async fn text(State(state): State<SharedState>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let text: Text = read(&body)?;
    if !(1..=MOST_COPIES).contains(&text.copies) {
        return Err(Refusal::bad(format!("copies: expected 1 to {MOST_COPIES}, found {}", text.copies)));
    }
    if text.body.chars().count() > MOST_BODY {
        return Err(Refusal::bad(format!("body: expected at most {MOST_BODY} characters, found more")));
    }
    let id = match (text.id, text.via) {
        (Some(id), _) if id.is_empty() || id.len() > MOST_ID => {
            return Err(Refusal::bad(format!("id: expected 1 to {MOST_ID} bytes")));
        }
        (Some(id), _) => Sid::given(&id),
        (None, Via::Webhook) => state.sids.next("SM"),
        (None, Via::Sns) => state.sids.next_uuid(),
    };
    let incoming = Incoming { from: text.from, body: text.body, id: id.clone(), copies: text.copies };
    // A separate task sends the text, so that all copies are sent even if the client disconnects.
    let (sent, result) = tokio::sync::oneshot::channel();
    let sender = state.clone();
    state.spawn(async move {
        let results = match text.via {
            Via::Webhook => texts::by_webhook(&sender, incoming).await,
            Via::Sns => texts::by_sns(&sender, incoming).await,
        };
        // An error means that the client has disconnected.
        let _ = sent.send(results);
    });
    let stopped = |_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the carrier has stopped");
    Ok(Json(shown(&id, &result.await.map_err(stopped)?)))
}

/// Returns the text's id and the result of its first copy, and the results of all copies if there are several.
fn shown(id: &Sid, results: &[TextResult]) -> Value {
    let mut shown = json!(results.first());
    shown["id"] = json!(id);
    if results.len() > 1 {
        shown["copies"] = json!(results);
    }
    shown
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Behavior {
    number: PhoneNumber,
    calls: Vec<CallScript>,
}

async fn behave(State(state): State<SharedState>, body: Bytes) -> Result<StatusCode, Refusal> {
    let behavior: Behavior = read(&body)?;
    for (index, script) in behavior.calls.iter().enumerate() {
        script.check().map_err(|reason| Refusal::bad(format!("calls[{index}]: {reason}")))?;
    }
    state.scripts.set(behavior.number, behavior.calls);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deliveries {
    number: PhoneNumber,
    texts: Vec<DeliveryScript>,
}

async fn deliver(State(state): State<SharedState>, body: Bytes) -> Result<StatusCode, Refusal> {
    let deliveries: Deliveries = read(&body)?;
    for (index, script) in deliveries.texts.iter().enumerate() {
        script.check().map_err(|reason| Refusal::bad(format!("texts[{index}]: {reason}")))?;
    }
    state.deliveries.set(deliveries.number, deliveries.texts);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    number: PhoneNumber,
    setting: PhoneSetting,
}

async fn set_phone(State(state): State<SharedState>, body: Bytes) -> Result<StatusCode, Refusal> {
    let Setting { number, setting } = read(&body)?;
    setting.check().map_err(Refusal::bad)?;
    state.phone_settings.set(number, setting);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneNumber {
    number: PhoneNumber,
}

async fn show_phone(State(state): State<SharedState>, Query(query): Query<OneNumber>) -> Json<PhoneSetting> {
    Json(state.phone_settings.of(&query.number))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallIn {
    from: PhoneNumber,
    script: Option<CallScript>,
}

async fn call(State(state): State<SharedState>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let CallIn { from, script } = read(&body)?;
    let call = call_in(&state, from, script).map_err(|reason| Refusal::new(StatusCode::CONFLICT, reason))?;
    Ok(Json(json!({ "call": call })))
}

/// Lets a person call the service's number. Fails if the script is invalid, or if the phone is in another call.
pub(super) fn call_in(state: &SharedState, from: PhoneNumber, script: Option<CallScript>) -> Result<Sid, String> {
    if let Some(script) = &script {
        script.check()?;
    }
    // `is_engaged` leaves out the call with this id. No call has an empty id, so every call counts.
    if state.is_engaged(&from, &Sid::given("")) {
        return Err("the phone can’t call now: expected it to be free, found it in another call".to_owned());
    }
    Ok(live_call::call_in(state, from, script).sid)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NumberQuery {
    number: Option<PhoneNumber>,
}

/// Lists the calls of one person, or of all, that have not ended. Their ids are needed for the actions on a call.
async fn open_calls(State(state): State<SharedState>, Query(query): Query<NumberQuery>) -> Json<Value> {
    let mut calls = state.open_calls();
    calls.retain(|call| query.number.as_ref().is_none_or(|number| call.order.person() == number));
    let shown = calls.iter().map(|call| {
        json!({
            "call": call.sid,
            "number": call.order.person(),
            "from": call.order.from,
            "status": call.status,
            "direction": call.order.direction.as_str(),
            "screener_rings": call.screener_rings,
        })
    });
    Json(shown.collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pressed {
    digit: Key,
}

async fn act(
    State(state): State<SharedState>,
    Path((call, action)): Path<(String, String)>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let sid = Sid::given(&call);
    let found = state.call(&sid);
    let found =
        found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, format!("expected a known call, found {sid}")))?;
    let (wanted_status, action) = match action.as_str() {
        "answer" => (rings(&found), CallAction::Answer),
        "decline" => (rings(&found), CallAction::Decline),
        "press" => (CallStatus::InProgress, CallAction::Press(read::<Pressed>(&body)?.digit)),
        // A person may also hang up before the service has answered their call.
        "hangup" if is_calling(&found) => (CallStatus::Ringing, CallAction::HangUp),
        "hangup" => (CallStatus::InProgress, CallAction::HangUp),
        unknown => {
            let reason = format!("expected answer, decline, press or hangup, found {unknown}");
            return Err(Refusal::new(StatusCode::NOT_FOUND, reason));
        }
    };
    let reacts_to_own_call = is_calling(&found) && matches!(action, CallAction::Answer | CallAction::Decline);
    if reacts_to_own_call {
        return Err(Refusal::new(StatusCode::CONFLICT, "the person placed this call"));
    }
    if found.status != wanted_status || !state.send_action(&sid, action) {
        let status = state.call(&sid).map_or(found.status, |call| call.status);
        let reason = format!(
            "the call can’t do that now: expected it to be {}, found {}",
            wanted_status.as_str(),
            status.as_str()
        );
        return Err(Refusal::new(StatusCode::CONFLICT, reason));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the status that a call has while it rings its person. A screened call is in progress by then, because the
/// phone has answered it.
fn rings(call: &Call) -> CallStatus {
    if call.screener_rings { CallStatus::InProgress } else { CallStatus::Ringing }
}

/// Whether a person is calling the service, and the service has not answered yet.
fn is_calling(call: &Call) -> bool {
    call.order.direction == CallDirection::Inbound && call.status == CallStatus::Ringing
}
