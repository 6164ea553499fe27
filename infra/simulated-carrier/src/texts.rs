//! Texts on their way: from a person to the service, and from the service to a person.

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Serialize;

use super::config::SnsText;
use super::fault::Fault;
use super::log::What;
use super::message::{Direction, Message, MessageStatus};
use super::number::PhoneNumber;
use super::sid::Sid;
use super::state::Board;
use super::talk::{absolute, xml};
use super::twiml::{self, MessagingVerb, Method};
use super::webhook::{About, NoReply, Reply, Webhook};

/// Words after which Twilio itself sends a person no more texts, whatever the service does.
const STOP_WORDS: [&str; 8] = ["STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "REVOKE", "OPTOUT", "CANCEL"];
/// Words after which it does again.
const START_WORDS: [&str; 2] = ["START", "UNSTOP"];
/// What a person is told who opted out.
const OPTED_OUT: &str = "You have been unsubscribed and will get no more messages. Reply START to get them again.";
/// What a person is told who opted in again.
const OPTED_IN: &str = "You have been subscribed again. Reply STOP to unsubscribe.";
/// Documents one text may run that redirect to each other.
const MOST_DOCUMENTS: usize = 10;

/// What became of a text that a person sent.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Outcome {
    /// HTTP status of the webhook's last answer; 200 when SNS took the text.
    pub(super) status: Option<u16>,
    /// The texts that came back in the answer.
    pub(super) answer: Vec<String>,
    /// The answer as it came.
    pub(super) twiml: Option<String>,
    /// Why there is no answer, or none that can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

impl Outcome {
    fn failed(error: String) -> Self {
        Self { status: None, answer: Vec::new(), twiml: None, error: Some(error) }
    }
}

/// A text that a person sends.
pub(super) struct Incoming {
    pub(super) from: PhoneNumber,
    pub(super) body: String,
    pub(super) id: Sid,
    pub(super) copies: usize,
}

/// Brings a text to the service by its webhook, as many copies of it as asked, at once.
pub(super) async fn by_webhook(board: &Board, incoming: Incoming) -> Vec<Outcome> {
    let message = received(board, &incoming);
    note_incoming(board, &incoming, "webhook");
    obey_opt_words(board, &message);
    board.add_message(message.clone());
    join_all((0..incoming.copies).map(|_| bring(board, &message))).await
}

/// Brings a text to the service by SNS, as AWS End User Messaging does; the answer will come as a text of its own.
pub(super) async fn by_sns(board: &Board, incoming: Incoming) -> Vec<Outcome> {
    let Some(deliver) = board.sns() else {
        return vec![Outcome::failed("expected a topic to publish on, found none on this stack".to_owned())];
    };
    note_incoming(board, &incoming, "sns");
    let text = SnsText {
        origination_number: incoming.from.clone(),
        destination_number: board.settings.service_number.clone(),
        message_keyword: "KEYWORD_000000000000".to_owned(),
        message_body: incoming.body.clone(),
        inbound_message_id: incoming.id.to_string(),
    };
    join_all((0..incoming.copies).map(|_| async {
        match deliver(text.clone()).await {
            Ok(()) => Outcome { status: Some(200), answer: Vec::new(), twiml: None, error: None },
            Err(error) => Outcome::failed(error),
        }
    }))
    .await
}

/// Sends a text that the service asked for by the REST API.
pub(super) fn send(board: &Board, order: MessageOrder, fault: Option<&Fault>) -> Message {
    let now = Timestamp::now();
    let message = Message {
        sid: board.sids.next("SM"),
        direction: Direction::Outbound,
        from: order.from,
        to: order.to,
        body: order.body,
        status: MessageStatus::Queued,
        created: now,
        updated: now,
        sent: None,
    };
    board.add_message(message.clone());
    let (sid, words) = (message.sid.clone(), message.body.clone());
    let fault = fault.map(|fault| fault.kind.name().to_owned());
    board.log.write(Some(&message.to), What::TextOut { message: sid, words, fault });
    board.spawn(deliver(Arc::clone(board), message.clone(), order.callback));
    message
}

/// What the service asked for.
pub(super) struct MessageOrder {
    pub(super) from: PhoneNumber,
    pub(super) to: PhoneNumber,
    pub(super) body: String,
    pub(super) callback: Option<String>,
}

async fn deliver(board: Board, message: Message, callback: Option<String>) {
    for status in [MessageStatus::Sent, MessageStatus::Delivered] {
        tokio::time::sleep(board.settings.pace.dial_after).await;
        board.advance_message(&message.sid, status);
        let Some(url) = callback.clone() else { continue };
        let webhook = Webhook {
            about: About::Delivery,
            sid: message.sid.clone(),
            number: message.to.clone(),
            url,
            method: Method::Post,
            form: message.delivery_form(&board.settings.account, status),
        };
        drop(board.send(&webhook).await);
    }
}

fn received(board: &Board, incoming: &Incoming) -> Message {
    let now = Timestamp::now();
    Message {
        sid: incoming.id.clone(),
        direction: Direction::Inbound,
        from: incoming.from.clone(),
        to: board.settings.service_number.clone(),
        body: incoming.body.clone(),
        status: MessageStatus::Received,
        created: now,
        updated: now,
        sent: Some(now),
    }
}

fn note_incoming(board: &Board, incoming: &Incoming, via: &str) {
    let (message, words, via) = (incoming.id.clone(), incoming.body.clone(), via.to_owned());
    board.log.write(Some(&incoming.from), What::TextIn { message, words, via });
}

/// Twilio acts on these words itself, before the service hears of them.
fn obey_opt_words(board: &Board, message: &Message) {
    let word = message.body.trim().to_uppercase();
    let (refused, words) = if STOP_WORDS.contains(&word.as_str()) && !board.has_opted_out(&message.from) {
        board.opt_out(&message.from);
        (true, OPTED_OUT)
    } else if START_WORDS.contains(&word.as_str()) && board.has_opted_out(&message.from) {
        board.opt_in(&message.from);
        (false, OPTED_IN)
    } else {
        return;
    };
    board.log.write(Some(&message.from), What::OptOut { refused, words: words.to_owned() });
}

/// One copy of a text, to the end of what its answer asks for.
async fn bring(board: &Board, message: &Message) -> Outcome {
    let mut outcome = Outcome { status: None, answer: Vec::new(), twiml: None, error: None };
    let mut next = Some((board.settings.sms_url.clone(), Method::Post));
    for _ in 0..MOST_DOCUMENTS {
        let Some((url, method)) = next else { return outcome };
        next = match ask(board, message, &url, method, &mut outcome).await {
            Ok(verbs) => obey(board, message, &url, verbs, &mut outcome),
            Err(reason) => return refuse(board, message, reason, outcome),
        };
    }
    refuse(board, message, format!("expected at most {MOST_DOCUMENTS} documents for a text"), outcome)
}

async fn ask(
    board: &Board,
    message: &Message,
    url: &str,
    method: Method,
    outcome: &mut Outcome,
) -> Result<Vec<MessagingVerb>, String> {
    let webhook = Webhook {
        about: About::Sms,
        sid: message.sid.clone(),
        number: message.from.clone(),
        url: url.to_owned(),
        method,
        form: message.incoming_form(&board.settings.account),
    };
    let reply = board.send(&webhook).await;
    outcome.status = reply.as_ref().ok().map(|reply| reply.status);
    outcome.twiml = reply.as_ref().ok().map(|reply| reply.body.clone());
    read(reply)
}

/// Does what a document says; where it leads to another, returns that one's address.
fn obey(
    board: &Board,
    message: &Message,
    url: &str,
    verbs: Vec<MessagingVerb>,
    outcome: &mut Outcome,
) -> Option<(String, Method)> {
    for verb in verbs {
        match verb {
            MessagingVerb::Message { words } => answer(board, message, words, outcome),
            MessagingVerb::Redirect { url: to, method } => return Some((absolute(url, &to), method)),
        }
    }
    None
}

fn answer(board: &Board, message: &Message, words: String, outcome: &mut Outcome) {
    if board.has_opted_out(&message.from) {
        let what = What::TextRefused { code: super::rest::problem::OPTED_OUT, status: 400 };
        board.log.write(Some(&message.from), what);
        return;
    }
    let now = Timestamp::now();
    board.add_message(Message {
        sid: board.sids.next("SM"),
        direction: Direction::Reply,
        from: message.to.clone(),
        to: message.from.clone(),
        body: words.clone(),
        status: MessageStatus::Delivered,
        created: now,
        updated: now,
        sent: Some(now),
    });
    board.log.write(Some(&message.from), What::Answer { message: message.sid.clone(), words: words.clone() });
    outcome.answer.push(words);
}

fn refuse(board: &Board, message: &Message, reason: String, outcome: Outcome) -> Outcome {
    let what = What::TwimlRefused { call: None, message: Some(message.sid.clone()), reason: reason.clone() };
    board.log.write(Some(&message.from), what);
    Outcome { error: Some(reason), ..outcome }
}

/// Reads an answer to a text. One without a body is an answer too: nothing is to be said.
fn read(reply: Result<Reply, NoReply>) -> Result<Vec<MessagingVerb>, String> {
    let reply = reply.map_err(|none| none.to_string())?;
    if (200..300).contains(&reply.status) && reply.body.trim().is_empty() {
        return Ok(Vec::new());
    }
    twiml::messaging(xml(&reply)?).map_err(|bad| bad.to_string())
}
