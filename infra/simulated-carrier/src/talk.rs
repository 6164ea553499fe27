//! Runs the service's TwiML during a call.

use std::time::Duration;

use super::call::{CallDirection, CallOrder, CallStatus, Source};
use super::document::{absolute, xml};
use super::live_call::{Interruption, KeyInput, LiveCall, WaitEnd};
use super::log::LogEvent;
use super::number::Key;
use super::twiml::{self, Gather, Prompt, VoiceVerb};
use super::webhook::{NoReply, Reply, Webhook};
use super::webhook_kind::WebhookKind;

/// Maximum number of documents in a call, so that documents that redirect to each other come to an end.
const MOST_DOCUMENTS: usize = 100;
/// Twilio's words on a call without valid TwiML.
const APPLICATION_ERROR: &str = "We are sorry, an application error has occurred. Goodbye.";

/// The next document to fetch.
struct Next {
    source: Source,
    kind: WebhookKind,
    /// Additional parameters of the request for the document.
    extra: Vec<(String, String)>,
}

impl Next {
    fn document(source: Source) -> Self {
        Self { source, kind: WebhookKind::Twiml, extra: Vec::new() }
    }

    fn first(order: &CallOrder) -> Self {
        let kind = match order.direction {
            CallDirection::Outbound => WebhookKind::Twiml,
            CallDirection::Inbound => WebhookKind::Voice,
        };
        Self { kind, ..Self::document(order.source.clone()) }
    }
}

impl LiveCall {
    /// Runs documents until the call is ended or the last document is done, and returns the final status of the call.
    pub(super) async fn talk(&mut self) -> CallStatus {
        let mut next = Next::first(&self.order);
        for _ in 0..MOST_DOCUMENTS {
            next = match self.run_document(next).await {
                Ok(Some(next)) => next,
                Ok(None) => return CallStatus::Completed,
                Err(Interruption::Redirected(source)) => Next::document(source),
                Err(Interruption::Over(ending)) => return ending,
            };
        }
        self.refuse(format!("expected at most {MOST_DOCUMENTS} documents in a call, found more"));
        CallStatus::Completed
    }

    async fn run_document(&mut self, next: Next) -> Result<Option<Next>, Interruption> {
        let address = match &next.source {
            Source::Url { url, .. } => url.clone(),
            Source::Inline(_) => String::new(),
        };
        let fetched = self.fetch(next).await?;
        self.service_answers()?;
        let verbs = match fetched {
            Ok(verbs) => verbs,
            Err(reason) => {
                self.refuse(reason);
                self.say(APPLICATION_ERROR, KeyInput::Ignored).await?;
                return Ok(None);
            }
        };
        for verb in verbs {
            match verb {
                VoiceVerb::Prompt(prompt) => {
                    self.prompt(&prompt, KeyInput::Ignored).await?;
                }
                VoiceVerb::Gather(gather) => {
                    if let Some(next) = self.gather(&gather, &address).await? {
                        return Ok(Some(next));
                    }
                }
                VoiceVerb::Redirect { url, method } => {
                    let url = absolute(&address, &url);
                    return Ok(Some(Next::document(Source::Url { url, method })));
                }
                VoiceVerb::Hangup => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Fetches and parses a document. The inner error says why there is no valid document.
    async fn fetch(&mut self, next: Next) -> Result<Result<Vec<VoiceVerb>, String>, Interruption> {
        let (url, method) = match next.source {
            Source::Inline(text) => return Ok(twiml::voice(&text).map_err(|bad| bad.to_string())),
            Source::Url { url, method } => (url, method),
        };
        let Some(call) = self.state.call(&self.sid) else { return Err(Interruption::Over(CallStatus::Completed)) };
        let mut form = call.form(&self.state.config.account, call.status);
        form.extend(next.extra);
        let number = self.person.clone();
        let webhook = Webhook { kind: next.kind, sid: self.sid.clone(), number, url, method, form };
        if webhook.kind == WebhookKind::Key && self.overtake(&webhook) {
            // Wait for the scripted hang-up.
            self.wait(std::future::pending::<()>(), KeyInput::Ignored).await?;
        }
        let answer = self.state.send_apart(webhook);
        match self.wait(answer, KeyInput::Ignored).await? {
            WaitEnd::Done(Ok(reply)) => Ok(read(reply)),
            // The sender is dropped only when the carrier stops. A key can't end this wait, because keys are ignored.
            WaitEnd::Done(Err(_)) | WaitEnd::Key(_) => Err(Interruption::Over(CallStatus::Completed)),
        }
    }

    /// Waits for keys. Returns the next document, or nothing to continue with the current document.
    async fn gather(&mut self, gather: &Gather, address: &str) -> Result<Option<Next>, Interruption> {
        let mut keys = Keys { pressed: String::new(), finished_by: None };
        let mut waiting = true;
        for prompt in &gather.prompts {
            if let Some(key) = self.prompt(prompt, KeyInput::Heard).await? {
                waiting = keys.take(key, gather);
                break;
            }
        }
        while waiting {
            match self.pause(self.seconds(gather.timeout_s), KeyInput::Heard).await? {
                WaitEnd::Key(key) => waiting = keys.take(key, gather),
                WaitEnd::Done(()) => break,
            }
        }
        if keys.pressed.is_empty() && !gather.action_on_empty {
            return Ok(None);
        }
        let pair = |name: &str, value: String| (name.to_owned(), value);
        let extra = vec![
            pair("Digits", keys.pressed),
            pair("FinishedOnKey", keys.finished_by.map_or_else(String::new, |key| key.as_char().to_string())),
            pair("msg", "Gather End".to_owned()),
        ];
        let url = gather.action.as_ref().map_or_else(|| address.to_owned(), |action| absolute(address, action));
        let source = Source::Url { url, method: gather.method };
        Ok(Some(Next { source, kind: WebhookKind::Key, extra }))
    }

    /// Speaks or pauses to the end, or until a key is heard. Returns that key.
    async fn prompt(&mut self, prompt: &Prompt, key_input: KeyInput) -> Result<Option<Key>, Interruption> {
        match prompt {
            Prompt::Pause { seconds } => match self.pause(self.seconds(*seconds), key_input).await? {
                WaitEnd::Key(key) => Ok(Some(key)),
                WaitEnd::Done(()) => Ok(None),
            },
            Prompt::Say { words, times } => {
                for _ in 0..*times {
                    if let Some(key) = self.say(words, key_input).await? {
                        return Ok(Some(key));
                    }
                }
                Ok(None)
            }
        }
    }

    async fn say(&mut self, words: &str, key_input: KeyInput) -> Result<Option<Key>, Interruption> {
        self.note(LogEvent::Said { call: self.sid.clone(), words: words.to_owned() });
        self.record(words);
        let characters = u32::try_from(words.chars().count()).unwrap_or(u32::MAX);
        let time: Duration = self.state.config.timing.speech_per_character.saturating_mul(characters);
        match self.pause(time, key_input).await? {
            WaitEnd::Key(key) => Ok(Some(key)),
            WaitEnd::Done(()) => Ok(None),
        }
    }

    fn refuse(&self, reason: String) {
        self.note(LogEvent::TwimlRefused { call: Some(self.sid.clone()), message: None, reason });
    }
}

/// The keys of one `Gather`.
struct Keys {
    pressed: String,
    finished_by: Option<Key>,
}

impl Keys {
    /// Adds a key. Returns whether more keys are expected.
    fn take(&mut self, key: Key, gather: &Gather) -> bool {
        if gather.finish_on == Some(key) {
            self.finished_by = Some(key);
            return false;
        }
        self.pressed.push(key.as_char());
        gather.most_digits.is_none_or(|most| self.pressed.len() < most)
    }
}

fn read(reply: Result<Reply, NoReply>) -> Result<Vec<VoiceVerb>, String> {
    let reply = reply.map_err(|none| none.to_string())?;
    twiml::voice(xml(&reply)?).map_err(|bad| bad.to_string())
}
