//! Sends texts from people to the service, and from the service to people.

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Serialize;

use super::config::SnsText;
use super::delivery;
use super::delivery_script::DeliveryScript;
use super::document::{absolute, xml};
use super::fault::Fault;
use super::log::LogEvent;
use super::message::{Direction, Message, MessageStatus};
use super::number::PhoneNumber;
use super::sid::Sid;
use super::state::SharedState;
use super::twiml::{self, MessagingVerb, Method};
use super::webhook::{NoReply, Reply, Webhook};
use super::webhook_kind::WebhookKind;

/// Words with which a person opts out at Twilio, which then refuses the service's texts to this person.
const STOP_WORDS: [&str; 8] = ["STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "REVOKE", "OPTOUT", "CANCEL"];
/// Words with which a person opts in again.
const START_WORDS: [&str; 3] = ["START", "UNSTOP", "YES"];
/// The confirmation of an opt-out, in this carrier's own words.
const OPTED_OUT: &str = "You have been unsubscribed and will get no more messages. Reply START to get them again.";
/// The confirmation of an opt-in, in this carrier's own words.
const OPTED_IN: &str = "You have been subscribed again. Reply STOP to unsubscribe.";
/// Twilio's error code for a recipient who has opted out.
pub(super) const OPTED_OUT_CODE: u32 = 21610;
/// Maximum number of documents for a text, so that documents that redirect to each other come to an end.
const MOST_DOCUMENTS: usize = 10;

/// The result of a text that a person sent.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TextResult {
    /// HTTP status of the response to the last request for the text. 200 if SNS accepted the text. Absent if there was
    /// no response.
    pub(super) status: Option<u16>,
    /// The texts of the service's answer that are sent to the person.
    pub(super) answer: Vec<String>,
    /// The body of the response to the last request of the webhook. Absent if there was no response.
    pub(super) twiml: Option<String>,
    /// Why SNS did not get or accept the text, why the webhook got no valid response, or that the service redirected
    /// too often. Absent if there is no error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// The carrier's own answer to a word that opts out or in. Absent if the text is no such word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) carrier: Option<&'static str>,
}

impl TextResult {
    fn failed(error: String) -> Self {
        Self { status: None, answer: Vec::new(), twiml: None, error: Some(error), carrier: None }
    }
}

/// A text that a person sends.
pub(super) struct Incoming {
    pub(super) from: PhoneNumber,
    pub(super) body: String,
    pub(super) id: Sid,
    pub(super) copies: usize,
}

/// Sends all copies of a text to the service's webhook at the same time.
pub(super) async fn by_webhook(state: &SharedState, incoming: Incoming) -> Vec<TextResult> {
    let message = received(state, &incoming);
    log_incoming(state, &incoming, "webhook");
    let carrier = apply_opt_words(state, &message);
    state.add_message(message.clone());
    let results = join_all((0..incoming.copies).map(|_| send_copy(state, &message))).await;
    results.into_iter().map(|result| TextResult { carrier, ..result }).collect()
}

/// Publishes all copies of a text through SNS, like AWS End User Messaging. The answers come later as separate texts.
pub(super) async fn by_sns(state: &SharedState, incoming: Incoming) -> Vec<TextResult> {
    let Some(deliver) = state.sns() else {
        return vec![TextResult::failed(
            "expected an SNS topic to publish to, found none; this carrier runs without a stack".to_owned(),
        )];
    };
    log_incoming(state, &incoming, "sns");
    let text = SnsText {
        origination_number: incoming.from.clone(),
        destination_number: state.config.service_number.clone(),
        message_keyword: "KEYWORD_000000000000".to_owned(),
        message_body: incoming.body.clone(),
        inbound_message_id: incoming.id.to_string(),
    };
    join_all((0..incoming.copies).map(|_| async {
        match deliver(text.clone()).await {
            Ok(()) => TextResult { status: Some(200), answer: Vec::new(), twiml: None, error: None, carrier: None },
            Err(error) => TextResult::failed(error),
        }
    }))
    .await
}

/// Sends a text that the service requested through the REST API.
pub(super) fn send(state: &SharedState, order: MessageOrder, fault: Option<&Fault>) -> Message {
    let now = Timestamp::now();
    let message = Message {
        sid: state.sids.next("SM"),
        direction: Direction::Outbound,
        from: order.from,
        to: order.to,
        body: order.body,
        status: MessageStatus::Queued,
        error_code: None,
        created: now,
        updated: now,
        sent: None,
    };
    state.add_message(message.clone());
    let (sid, words) = (message.sid.clone(), message.body.clone());
    let fault = fault.map(|fault| fault.kind.name().to_owned());
    state.log.write(Some(&message.to), LogEvent::TextOut { message: sid, words, fault });
    delivery::start(state, message.clone(), order.callback);
    message
}

/// A request of the service to send a text.
pub(super) struct MessageOrder {
    pub(super) from: PhoneNumber,
    pub(super) to: PhoneNumber,
    pub(super) body: String,
    pub(super) callback: Option<String>,
}

fn received(state: &SharedState, incoming: &Incoming) -> Message {
    let now = Timestamp::now();
    Message {
        sid: incoming.id.clone(),
        direction: Direction::Inbound,
        from: incoming.from.clone(),
        to: state.config.service_number.clone(),
        body: incoming.body.clone(),
        status: MessageStatus::Received,
        error_code: None,
        created: now,
        updated: now,
        sent: Some(now),
    }
}

fn log_incoming(state: &SharedState, incoming: &Incoming, via: &str) {
    let (message, words, via) = (incoming.id.clone(), incoming.body.clone(), via.to_owned());
    state.log.write(Some(&incoming.from), LogEvent::TextIn { message, words, via });
}

/// Applies an opt-out or opt-in word that changes the person's state, as Twilio does before it sends the webhook. Other
/// words have no effect and no confirmation. Returns the confirmation.
fn apply_opt_words(state: &SharedState, message: &Message) -> Option<&'static str> {
    let word = message.body.trim().to_uppercase();
    let (refused, words) = if STOP_WORDS.contains(&word.as_str()) && !state.has_opted_out(&message.from) {
        state.opt_out(&message.from);
        (true, OPTED_OUT)
    } else if START_WORDS.contains(&word.as_str()) && state.has_opted_out(&message.from) {
        state.opt_in(&message.from);
        (false, OPTED_IN)
    } else {
        return None;
    };
    state.log.write(Some(&message.from), LogEvent::OptOut { refused, words: words.to_owned() });
    Some(words)
}

/// Sends one copy of a text to the service, and runs the documents of its answer.
async fn send_copy(state: &SharedState, message: &Message) -> TextResult {
    let mut result = TextResult { status: None, answer: Vec::new(), twiml: None, error: None, carrier: None };
    let mut next = (state.config.sms_url.clone(), Method::Post);
    for _ in 0..MOST_DOCUMENTS {
        let (url, method) = next;
        let verbs = match ask(state, message, &url, method, &mut result).await {
            Ok(verbs) => verbs,
            Err(reason) => return refuse(state, message, reason, result),
        };
        let Some(redirect) = run_verbs(state, message, &url, verbs, &mut result) else { return result };
        next = redirect;
    }
    refuse(state, message, format!("expected at most {MOST_DOCUMENTS} documents for a text, found more"), result)
}

async fn ask(
    state: &SharedState,
    message: &Message,
    url: &str,
    method: Method,
    result: &mut TextResult,
) -> Result<Vec<MessagingVerb>, String> {
    let webhook = Webhook {
        kind: WebhookKind::Sms,
        sid: message.sid.clone(),
        number: message.from.clone(),
        url: url.to_owned(),
        method,
        form: message.incoming_form(&state.config.account),
    };
    let reply = state.send(&webhook).await;
    result.status = reply.as_ref().ok().map(|reply| reply.status);
    result.twiml = reply.as_ref().ok().map(|reply| reply.body.clone());
    read(reply)
}

/// Runs the verbs of a document. Returns the URL of the next document if it redirects.
fn run_verbs(
    state: &SharedState,
    message: &Message,
    url: &str,
    verbs: Vec<MessagingVerb>,
    result: &mut TextResult,
) -> Option<(String, Method)> {
    for verb in verbs {
        match verb {
            MessagingVerb::Message { words, status_callback } => {
                let status_callback = status_callback.map(|callback| absolute(url, &callback));
                answer(state, message, words, status_callback, result);
            }
            MessagingVerb::Redirect { url: to, method } => return Some((absolute(url, &to), method)),
        }
    }
    None
}

fn answer(
    state: &SharedState,
    message: &Message,
    words: String,
    status_callback: Option<String>,
    result: &mut TextResult,
) {
    let now = Timestamp::now();
    let reply = Message {
        sid: state.sids.next("SM"),
        direction: Direction::Reply,
        from: message.to.clone(),
        to: message.from.clone(),
        body: words.clone(),
        status: MessageStatus::Queued,
        error_code: None,
        created: now,
        updated: now,
        sent: None,
    };
    state.add_message(reply.clone());
    // Twilio accepts the answer to a person who has opted out, and reports that it failed.
    if state.has_opted_out(&message.from) {
        let event = LogEvent::TextRefused { code: OPTED_OUT_CODE, status: 400 };
        state.log.write(Some(&message.from), event);
        return delivery::start_as(state, reply, status_callback, DeliveryScript::failed(OPTED_OUT_CODE));
    }
    let event = LogEvent::Answer { message: message.sid.clone(), reply: Some(reply.sid.clone()), words: words.clone() };
    state.log.write(Some(&message.from), event);
    delivery::start(state, reply, status_callback);
    result.answer.push(words);
}

fn refuse(state: &SharedState, message: &Message, reason: String, result: TextResult) -> TextResult {
    let event = LogEvent::TwimlRefused { call: None, message: Some(message.sid.clone()), reason: reason.clone() };
    state.log.write(Some(&message.from), event);
    TextResult { error: Some(reason), ..result }
}

/// Reads the response to a text. A 2xx response with an empty body is valid: the service sends no answer.
fn read(reply: Result<Reply, NoReply>) -> Result<Vec<MessagingVerb>, String> {
    let reply = reply.map_err(|no_reply| no_reply.to_string())?;
    if (200..300).contains(&reply.status) && reply.body.trim().is_empty() {
        return Ok(Vec::new());
    }
    twiml::messaging(xml(&reply)?).map_err(|error| error.to_string())
}
