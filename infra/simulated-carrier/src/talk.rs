//! What is said and asked in a call: the carrier runs the service's TwiML.

use std::time::Duration;

use super::call::{CallStatus, Source};
use super::live_call::{Ear, Line, Stop, Waited};
use super::log::What;
use super::number::Key;
use super::twiml::{self, Gather, Prompt, VoiceVerb};
use super::webhook::{About, NoReply, Reply, Webhook};

/// Documents one call may run: a pair that redirect to each other should not ring up a bill, or fill the log.
const MOST_DOCUMENTS: usize = 100;
/// What Twilio says when it gets no TwiML that it can run.
const APPLICATION_ERROR: &str = "We are sorry, an application error has occurred. Goodbye.";
/// Kinds of content that Twilio reads as TwiML.
const XML: [&str; 3] = ["text/xml", "application/xml", "text/html"];

/// Where the next words come from.
struct Next {
    source: Source,
    about: About,
    /// Parameters beside those that every request about a call carries.
    extra: Vec<(String, String)>,
}

impl Next {
    fn words(source: Source) -> Self {
        Self { source, about: About::Twiml, extra: Vec::new() }
    }
}

impl Line {
    /// Talks until somebody ends the call or nothing is left to say.
    pub(super) async fn talk(&mut self) -> CallStatus {
        let mut next = Next::words(self.order.source.clone());
        for _ in 0..MOST_DOCUMENTS {
            next = match self.run_document(next).await {
                Ok(Some(next)) => next,
                Ok(None) => return CallStatus::Completed,
                Err(Stop::Redirected(source)) => Next::words(source),
                Err(Stop::Over(ending)) => return ending,
            };
        }
        self.refuse(format!("expected at most {MOST_DOCUMENTS} documents in a call"));
        CallStatus::Completed
    }

    async fn run_document(&mut self, next: Next) -> Result<Option<Next>, Stop> {
        let address = match &next.source {
            Source::Url { url, .. } => url.clone(),
            Source::Inline(_) => String::new(),
        };
        let verbs = match self.fetch(next).await? {
            Ok(verbs) => verbs,
            Err(reason) => {
                self.refuse(reason);
                self.say(APPLICATION_ERROR, Ear::Shut).await?;
                return Ok(None);
            }
        };
        for verb in verbs {
            match verb {
                VoiceVerb::Prompt(prompt) => {
                    self.prompt(&prompt, Ear::Shut).await?;
                }
                VoiceVerb::Gather(gather) => {
                    if let Some(next) = self.gather(&gather, &address).await? {
                        return Ok(Some(next));
                    }
                }
                VoiceVerb::Redirect { url, method } => {
                    let url = absolute(&address, &url);
                    return Ok(Some(Next::words(Source::Url { url, method })));
                }
                VoiceVerb::Hangup => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Gets a document; what is wrong with it comes back as a sentence.
    async fn fetch(&mut self, next: Next) -> Result<Result<Vec<VoiceVerb>, String>, Stop> {
        let (url, method) = match next.source {
            Source::Inline(text) => return Ok(twiml::voice(&text).map_err(|bad| bad.to_string())),
            Source::Url { url, method } => (url, method),
        };
        let Some(call) = self.board.call(&self.sid) else { return Err(Stop::Over(CallStatus::Completed)) };
        let mut form = call.form(&self.board.settings.account, CallStatus::InProgress);
        form.extend(next.extra);
        let number = self.order.to.clone();
        let webhook = Webhook { about: next.about, sid: self.sid.clone(), number, url, method, form };
        if webhook.about == About::Key && self.overtake(&webhook) {
            self.wait(std::future::pending::<()>(), Ear::Shut).await?;
        }
        let answer = self.board.send_apart(webhook);
        match self.wait(answer, Ear::Shut).await? {
            Waited::Done(Ok(reply)) => Ok(read(reply)),
            // The other end is dropped only when the carrier stops; no key is heard with the ear shut.
            Waited::Done(Err(_)) | Waited::Key(_) => Err(Stop::Over(CallStatus::Completed)),
        }
    }

    /// Asks for keys. Without any, what follows in the document goes on.
    async fn gather(&mut self, gather: &Gather, address: &str) -> Result<Option<Next>, Stop> {
        let mut keys = Keys { pressed: String::new(), finished_by: None };
        let mut waiting = true;
        for prompt in &gather.prompts {
            if let Some(key) = self.prompt(prompt, Ear::Open).await? {
                waiting = keys.take(key, gather);
                break;
            }
        }
        while waiting {
            match self.pause(self.seconds(gather.timeout_s), Ear::Open).await? {
                Waited::Key(key) => waiting = keys.take(key, gather),
                Waited::Done(()) => break,
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
        Ok(Some(Next { source, about: About::Key, extra }))
    }

    /// Lets something be heard, until a key interrupts it.
    async fn prompt(&mut self, prompt: &Prompt, ear: Ear) -> Result<Option<Key>, Stop> {
        match prompt {
            Prompt::Pause { seconds } => match self.pause(self.seconds(*seconds), ear).await? {
                Waited::Key(key) => Ok(Some(key)),
                Waited::Done(()) => Ok(None),
            },
            Prompt::Say { words, times } => {
                for _ in 0..*times {
                    if let Some(key) = self.say(words, ear).await? {
                        return Ok(Some(key));
                    }
                }
                Ok(None)
            }
        }
    }

    async fn say(&mut self, words: &str, ear: Ear) -> Result<Option<Key>, Stop> {
        self.note(What::Said { call: self.sid.clone(), words: words.to_owned() });
        let characters = u32::try_from(words.chars().count()).unwrap_or(u32::MAX);
        let time: Duration = self.board.settings.pace.speech_per_character.saturating_mul(characters);
        match self.pause(time, ear).await? {
            Waited::Key(key) => Ok(Some(key)),
            Waited::Done(()) => Ok(None),
        }
    }

    fn refuse(&self, reason: String) {
        self.note(What::TwimlRefused { call: Some(self.sid.clone()), message: None, reason });
    }
}

/// The keys of one `Gather`.
struct Keys {
    pressed: String,
    finished_by: Option<Key>,
}

impl Keys {
    /// Takes a key; says whether more are awaited.
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

/// The XML of an answer that has some.
pub(super) fn xml(reply: &Reply) -> Result<&str, String> {
    if !(200..300).contains(&reply.status) {
        return Err(format!("expected a status of the 200s, found {}", reply.status));
    }
    let content_type = reply.content_type.as_deref().unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if XML.contains(&essence) {
        Ok(&reply.body)
    } else {
        Err(format!("expected a content type of {}, found {content_type:?}", XML.join(", ")))
    }
}

/// A URL in a document may be relative to where the document came from. One that is not stays exactly as it is: it is
/// what will be signed.
pub(super) fn absolute(address: &str, url: &str) -> String {
    if url.contains("://") {
        return url.to_owned();
    }
    let base = address.split('#').next().unwrap_or_default();
    match reqwest::Url::parse(base).and_then(|base| base.join(url)) {
        Ok(joined) => joined.to_string(),
        Err(_) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_url_is_beside_its_document_and_an_absolute_one_stays_as_it_is() {
        let at = "https://sixthirty.example/calls/a/b/c/twiml?x=1#rc=2";
        for (url, expected) in [
            ("key", "https://sixthirty.example/calls/a/b/c/key"),
            ("/key?y=2", "https://sixthirty.example/key?y=2"),
            ("https://sixthirty.example", "https://sixthirty.example"),
        ] {
            assert_eq!(absolute(at, url), expected);
        }
    }
}
