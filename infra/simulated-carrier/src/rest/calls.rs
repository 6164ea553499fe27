//! `/Calls`: requests about calls.

use std::collections::BTreeSet;

use super::form::{Form, invalid};
use super::problem::Problem;
use crate::call::{Call, CallDirection, CallOrder, CallStatus, Event, Source, StatusCallback};
use crate::call_action::CallAction;
use crate::detection::{Detection, DetectionMode, DetectionReport};
use crate::log::LogEvent;
use crate::number::PhoneNumber;
use crate::sid::Sid;
use crate::state::SharedState;

/// Maximum number of characters of TwiML in the request itself, as at Twilio.
const MOST_TWIML: usize = 4000;
/// Default ring timeout in seconds, as at Twilio.
const RING_S: u64 = 60;
/// Bounds of the ring timeout in seconds, as at Twilio.
const RING_BOUNDS_S: std::ops::RangeInclusive<u64> = 1..=600;
/// Default time limit of a call in seconds, as at Twilio: four hours.
const LIMIT_S: u64 = 4 * 3600;
/// Twilio's error code for a call that can't be changed in its current state.
const NOT_IN_PROGRESS: u32 = 21220;

/// Reads a request to place a call. Fails with Twilio's error code if it is invalid.
pub(super) fn read_order(state: &SharedState, form: &Form) -> Result<CallOrder, Problem> {
    let to = form.get("To").ok_or_else(|| Problem::bad(21201, "No 'To' number is specified"))?;
    let from = form.get("From").ok_or_else(|| Problem::bad(21213, "Caller phone number is required"))?;
    let to = PhoneNumber::parse(to).map_err(|_| {
        Problem::bad(21211, format!("The phone number you are attempting to call, {to}, is not valid."))
    })?;
    let from = PhoneNumber::parse(from)
        .map_err(|_| Problem::bad(21212, format!("The caller phone number, {from}, is not valid.")))?;
    if from != state.config.service_number {
        let message = format!("The source phone number provided, {from}, is not yet verified for your account.");
        return Err(Problem::bad(21210, message));
    }
    let source = read_source(form)?.ok_or_else(|| Problem::bad(21205, "Url parameter is required."))?;
    Ok(CallOrder {
        to,
        from,
        source,
        callback: read_callback(form)?,
        ring_s: form.seconds("Timeout", RING_S, RING_BOUNDS_S)?,
        limit_s: form.seconds("TimeLimit", LIMIT_S, 1..=LIMIT_S * 6)?,
        detection: read_detection(form)?,
        direction: CallDirection::Outbound,
    })
}

fn read_detection(form: &Form) -> Result<Option<Detection>, Problem> {
    let mode = match form.get("MachineDetection") {
        None => return Ok(None),
        Some("Enable") => DetectionMode::Enable,
        Some("DetectMessageEnd") => DetectionMode::MessageEnd,
        Some(found) => return Err(invalid("MachineDetection", "Enable or DetectMessageEnd", found)),
    };
    let url = form.url("AsyncAmdStatusCallback", 21609)?;
    let method = form.method("AsyncAmdStatusCallbackMethod")?;
    let report = match (form.get("AsyncAmd").unwrap_or("false"), url) {
        ("true", Some(url)) => DetectionReport::Callback { url, method },
        ("true", None) => DetectionReport::Lost,
        ("false", _) => DetectionReport::WithWebhooks,
        (found, _) => return Err(invalid("AsyncAmd", "true or false", found)),
    };
    Ok(Some(Detection { mode, report }))
}

fn read_source(form: &Form) -> Result<Option<Source>, Problem> {
    let url = form.url("Url", 21205)?;
    let method = form.method("Method")?;
    match (form.get("Twiml"), url) {
        (Some(twiml), _) if twiml.chars().count() > MOST_TWIML => {
            Err(invalid("Twiml", &format!("at most {MOST_TWIML} characters"), &twiml.chars().count().to_string()))
        }
        (Some(twiml), _) => Ok(Some(Source::Inline(twiml.to_owned()))),
        (None, Some(url)) => Ok(Some(Source::Url { url, method })),
        (None, None) => Ok(None),
    }
}

fn read_callback(form: &Form) -> Result<Option<StatusCallback>, Problem> {
    let url = form.url("StatusCallback", 21609)?;
    let method = form.method("StatusCallbackMethod")?;
    let mut events = BTreeSet::new();
    for event in form.all("StatusCallbackEvent") {
        let read = Event::parse(event);
        events.insert(read.ok_or_else(|| Problem::bad(21626, format!("Invalid StatusCallbackEvent: {event}")))?);
    }
    if events.is_empty() {
        events.insert(Event::Completed);
    }
    Ok(url.map(|url| StatusCallback { url, method, events }))
}

/// Ends a call, or redirects it to another document.
pub(super) fn update(state: &SharedState, sid: &Sid, form: &Form, path: &str) -> Result<Call, Problem> {
    let call = state.call(sid).ok_or_else(|| Problem::not_found(path))?;
    match form.get("Status") {
        Some("canceled") => cancel(state, &call, path),
        Some("completed") => complete(state, &call, path),
        Some(found) => Err(invalid("Status", "canceled or completed", found)),
        None => {
            let source = read_source(form)?.ok_or_else(|| Problem::bad(21205, "Url parameter is required."))?;
            if !state.send_action(sid, CallAction::Redirect(source)) {
                return Err(not_in_progress());
            }
            shown(state, sid, path)
        }
    }
}

/// Cancels a call that was not answered. A call in progress continues, as Twilio documents.
fn cancel(state: &SharedState, call: &Call, path: &str) -> Result<Call, Problem> {
    end(state, call, path, |status| before_answer(status).then_some(CallStatus::Canceled))
}

/// Ends a call, whether it was answered or not.
fn complete(state: &SharedState, call: &Call, path: &str) -> Result<Call, Problem> {
    end(state, call, path, |status| match status {
        CallStatus::InProgress => Some(CallStatus::Completed),
        status => before_answer(status).then_some(CallStatus::Canceled),
    })
}

fn before_answer(status: CallStatus) -> bool {
    matches!(status, CallStatus::Queued | CallStatus::Initiated | CallStatus::Ringing)
}

fn end(
    state: &SharedState,
    call: &Call,
    path: &str,
    ending: impl Fn(CallStatus) -> Option<CallStatus>,
) -> Result<Call, Problem> {
    if call.status.is_final() || state.faults.on_cancel(call.order.person()).is_some() {
        return Err(refused(state, call));
    }
    let Some(actions) = state.end_call(&call.sid, ending) else { return shown(state, &call.sid, path) };
    state.log.write(Some(call.order.person()), LogEvent::CallCancelled { call: call.sid.clone() });
    // An error means that the call's task has just ended. The call's record already has the end.
    let _ = actions.send(CallAction::End);
    shown(state, &call.sid, path)
}

fn refused(state: &SharedState, call: &Call) -> Problem {
    let problem = not_in_progress();
    let event = LogEvent::CancelRefused { call: call.sid.clone(), code: problem.code };
    state.log.write(Some(call.order.person()), event);
    problem
}

fn not_in_progress() -> Problem {
    Problem::bad(NOT_IN_PROGRESS, "Unable to update record. Call is not in-progress. Cannot redirect")
}

fn shown(state: &SharedState, sid: &Sid, path: &str) -> Result<Call, Problem> {
    state.call(sid).ok_or_else(|| Problem::not_found(path))
}
