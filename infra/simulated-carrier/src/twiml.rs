//! Parses TwiML documents of the service.
//!
//! Twilio ignores unknown attributes and verbs, with a warning in its console. This carrier refuses unknown verbs and
//! unknown attributes of verbs, so that a mistake is noticed in development.

use roxmltree::{Document, Node};
use thiserror::Error;

use super::number::Key;

/// Maximum size of a document in bytes, as at Twilio.
const MOST_BYTES: usize = 64 * 1024;
/// Maximum number of characters in a `Say`, as at Twilio.
const MOST_SPOKEN: usize = 4096;
/// Default timeout of a `Gather` in seconds.
const GATHER_TIMEOUT: u64 = 5;
/// Default length of a `Pause` in seconds.
const PAUSE: u64 = 1;
/// Number of repetitions of an endless `Say`. They last longer than any call of a reminder.
const ENDLESS_LOOP: u64 = 1000;

/// The HTTP method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// A verb of a document for a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum VoiceVerb {
    Prompt(Prompt),
    Gather(Gather),
    Redirect { url: String, method: Method },
    Hangup,
}

/// A spoken prompt or a pause.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Prompt {
    Say { words: String, times: u64 },
    Pause { seconds: u64 },
}

/// Collects pressed keys.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Gather {
    pub(super) prompts: Vec<Prompt>,
    pub(super) most_digits: Option<usize>,
    pub(super) timeout_s: u64,
    pub(super) finish_on: Option<Key>,
    /// URL to which the keys are sent. If it is absent, they are sent to the URL of this document.
    pub(super) action: Option<String>,
    pub(super) method: Method,
    /// Whether the action is also requested without keys.
    pub(super) action_on_empty: bool,
}

/// A verb of a document for a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MessagingVerb {
    /// Sends a text to the sender.
    Message { words: String, status_callback: Option<String> },
    /// Continues with another document.
    Redirect { url: String, method: Method },
}

/// The error for an invalid document.
#[derive(Debug, Error)]
pub(super) enum BadTwiml {
    #[error("expected XML, found {0}")]
    NotXml(#[from] roxmltree::Error),
    #[error("expected at most {MOST_BYTES} bytes, found {0}")]
    TooLong(usize),
    #[error("expected <Response>, found <{0}>")]
    NotAResponse(String),
    #[error("expected {expected} in <{parent}>, found <{found}>")]
    UnknownVerb { parent: String, expected: &'static str, found: String },
    #[error("expected no text in <{parent}>, found {found:?}")]
    StrayText { parent: String, found: String },
    #[error("expected no attribute {name} on <{verb}>")]
    UnknownAttribute { verb: String, name: String },
    #[error("expected {expected} in {name} of <{verb}>, found {found:?}")]
    BadAttribute { verb: String, name: &'static str, expected: &'static str, found: String },
    #[error("expected at most {MOST_SPOKEN} characters in <Say>, found {0}")]
    TooMuchToSay(usize),
}

/// Parses a document for a call.
pub(super) fn voice(text: &str) -> Result<Vec<VoiceVerb>, BadTwiml> {
    let document = response(text)?;
    children(document.root_element(), "Say, Pause, Gather, Redirect or Hangup", voice_verb)
}

/// Parses a document for a text.
pub(super) fn messaging(text: &str) -> Result<Vec<MessagingVerb>, BadTwiml> {
    let document = response(text)?;
    children(document.root_element(), "Message or Redirect", messaging_verb)
}

fn response(text: &str) -> Result<Document<'_>, BadTwiml> {
    if text.len() > MOST_BYTES {
        return Err(BadTwiml::TooLong(text.len()));
    }
    let document = Document::parse(text)?;
    let root = document.root_element().tag_name().name();
    if root == "Response" { Ok(document) } else { Err(BadTwiml::NotAResponse(root.to_owned())) }
}

/// Parses each child of an element. `read` returns nothing for an unknown verb.
fn children<T>(
    parent: Node<'_, '_>,
    expected: &'static str,
    read: impl Fn(Node<'_, '_>) -> Result<Option<T>, BadTwiml>,
) -> Result<Vec<T>, BadTwiml> {
    let mut verbs = Vec::new();
    let name = |node: Node<'_, '_>| node.tag_name().name().to_owned();
    for child in parent.children() {
        match child.text() {
            Some(text) if child.is_text() && !text.trim().is_empty() => {
                return Err(BadTwiml::StrayText { parent: name(parent), found: text.trim().to_owned() });
            }
            _ if !child.is_element() => {}
            _ => match read(child)? {
                Some(verb) => verbs.push(verb),
                None => {
                    return Err(BadTwiml::UnknownVerb { parent: name(parent), expected, found: name(child) });
                }
            },
        }
    }
    Ok(verbs)
}

fn voice_verb(node: Node<'_, '_>) -> Result<Option<VoiceVerb>, BadTwiml> {
    Ok(Some(match node.tag_name().name() {
        "Gather" => VoiceVerb::Gather(gather(node)?),
        "Redirect" => {
            let (url, method) = redirect(node)?;
            VoiceVerb::Redirect { url, method }
        }
        "Hangup" => {
            known_attributes(node, &[])?;
            VoiceVerb::Hangup
        }
        _ => return Ok(prompt(node)?.map(VoiceVerb::Prompt)),
    }))
}

fn prompt(node: Node<'_, '_>) -> Result<Option<Prompt>, BadTwiml> {
    Ok(Some(match node.tag_name().name() {
        "Say" => {
            known_attributes(node, &["voice", "language", "loop"])?;
            let words = words(node);
            let spoken = words.chars().count();
            if spoken > MOST_SPOKEN {
                return Err(BadTwiml::TooMuchToSay(spoken));
            }
            let times = match whole_number(node, "loop", 1)? {
                0 => ENDLESS_LOOP,
                times => times,
            };
            Prompt::Say { words, times }
        }
        "Pause" => {
            known_attributes(node, &["length"])?;
            Prompt::Pause { seconds: whole_number(node, "length", PAUSE)? }
        }
        _ => return Ok(None),
    }))
}

fn gather(node: Node<'_, '_>) -> Result<Gather, BadTwiml> {
    known_attributes(
        node,
        &["input", "numDigits", "timeout", "finishOnKey", "action", "method", "actionOnEmptyResult", "language"],
    )?;
    if let Some(input) = node.attribute("input").filter(|input| *input != "dtmf") {
        return Err(bad_attribute(node, "input", "dtmf, the only supported input", input));
    }
    let most_digits = match node.attribute("numDigits") {
        None => None,
        Some(text) => Some(
            text.parse()
                .ok()
                .filter(|digits| *digits > 0)
                .ok_or_else(|| bad_attribute(node, "numDigits", "a number from 1", text))?,
        ),
    };
    let finish_on = match node.attribute("finishOnKey").unwrap_or("#") {
        "" => None,
        text => Some(
            Key::try_from(text.to_owned())
                .map_err(|_| bad_attribute(node, "finishOnKey", "one key, or nothing", text))?,
        ),
    };
    Ok(Gather {
        prompts: children(node, "Say or Pause", prompt)?,
        most_digits,
        timeout_s: whole_number(node, "timeout", GATHER_TIMEOUT)?,
        finish_on,
        action: node.attribute("action").filter(|action| !action.is_empty()).map(str::to_owned),
        method: method(node)?,
        action_on_empty: boolean(node, "actionOnEmptyResult")?,
    })
}

fn messaging_verb(node: Node<'_, '_>) -> Result<Option<MessagingVerb>, BadTwiml> {
    Ok(Some(match node.tag_name().name() {
        "Message" => {
            known_attributes(node, &["statusCallback"])?;
            let bodies = if node.children().any(|child| child.is_element()) {
                children(node, "Body", |child| Ok((child.tag_name().name() == "Body").then(|| words(child))))?
            } else {
                vec![words(node)]
            };
            let status_callback = node.attribute("statusCallback").filter(|url| !url.is_empty()).map(str::to_owned);
            MessagingVerb::Message { words: bodies.concat(), status_callback }
        }
        "Redirect" => {
            let (url, method) = redirect(node)?;
            MessagingVerb::Redirect { url, method }
        }
        _ => return Ok(None),
    }))
}

fn redirect(node: Node<'_, '_>) -> Result<(String, Method), BadTwiml> {
    known_attributes(node, &["method"])?;
    Ok((words(node), method(node)?))
}

/// Returns all text inside an element. A `Say` may contain SSML tags, whose text is spoken.
fn words(node: Node<'_, '_>) -> String {
    let texts = node.descendants().filter(Node::is_text).filter_map(|text| text.text());
    texts.collect::<String>().trim().to_owned()
}

fn method(node: Node<'_, '_>) -> Result<Method, BadTwiml> {
    match node.attribute("method").unwrap_or("POST") {
        "POST" => Ok(Method::Post),
        "GET" => Ok(Method::Get),
        found => Err(bad_attribute(node, "method", "GET or POST", found)),
    }
}

fn boolean(node: Node<'_, '_>, name: &'static str) -> Result<bool, BadTwiml> {
    match node.attribute(name).unwrap_or("false") {
        "true" => Ok(true),
        "false" => Ok(false),
        found => Err(bad_attribute(node, name, "true or false", found)),
    }
}

fn whole_number(node: Node<'_, '_>, name: &'static str, default: u64) -> Result<u64, BadTwiml> {
    match node.attribute(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| bad_attribute(node, name, "a whole number from 0", text)),
    }
}

fn known_attributes(node: Node<'_, '_>, known: &[&str]) -> Result<(), BadTwiml> {
    match node.attributes().find(|attribute| !known.contains(&attribute.name())) {
        None => Ok(()),
        Some(attribute) => Err(BadTwiml::UnknownAttribute {
            verb: node.tag_name().name().to_owned(),
            name: attribute.name().to_owned(),
        }),
    }
}

fn bad_attribute(node: Node<'_, '_>, name: &'static str, expected: &'static str, found: &str) -> BadTwiml {
    BadTwiml::BadAttribute { verb: node.tag_name().name().to_owned(), name, expected, found: found.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(words: &str) -> Prompt {
        Prompt::Say { words: words.to_owned(), times: 1 }
    }

    #[test]
    fn the_document_of_a_reminder_is_parsed() {
        let verbs = voice(
            r#"<?xml version="1.0" encoding="UTF-8"?>
            <Response>
              <Pause/>
              <Gather numDigits="1" timeout="8" action="/calls/a/b/c/key" actionOnEmptyResult="true">
                <Say voice="Polly.Joanna">buy milk &amp; bread</Say><Pause length="2"/><Say>Press 1.</Say>
              </Gather>
              <Redirect method="GET">https://sixthirty.example/again?a=1&amp;b=2</Redirect>
              <Hangup/>
            </Response>"#,
        )
        .unwrap();
        let [VoiceVerb::Prompt(pause), VoiceVerb::Gather(gather), redirect, VoiceVerb::Hangup] = &verbs[..] else {
            panic!("{verbs:?}")
        };
        assert_eq!(*pause, Prompt::Pause { seconds: 1 });
        assert_eq!(gather.prompts, [say("buy milk & bread"), Prompt::Pause { seconds: 2 }, say("Press 1.")]);
        assert_eq!((gather.most_digits, gather.timeout_s, gather.action_on_empty), (Some(1), 8, true));
        assert_eq!(gather.finish_on.map(Key::as_char), Some('#'));
        assert_eq!(gather.action.as_deref(), Some("/calls/a/b/c/key"));
        let url = "https://sixthirty.example/again?a=1&b=2".to_owned();
        assert_eq!(*redirect, VoiceVerb::Redirect { url, method: Method::Get });
    }

    #[test]
    fn an_empty_response_does_nothing() {
        assert_eq!(voice("<Response/>").unwrap(), []);
        assert_eq!(messaging("<Response></Response>").unwrap(), []);
    }

    #[test]
    fn an_answer_may_have_several_texts() {
        let document = "<Response><Message>one</Message>\
                        <Message statusCallback=\"/s?a=1&amp;b=2\"><Body>two</Body></Message></Response>";
        let message = |words: &str, status_callback: Option<&str>| MessagingVerb::Message {
            words: words.to_owned(),
            status_callback: status_callback.map(str::to_owned),
        };
        assert_eq!(messaging(document).unwrap(), [message("one", None), message("two", Some("/s?a=1&b=2"))]);
    }

    #[test]
    fn speech_markup_is_spoken_without_its_tags() {
        let verbs = voice("<Response><Say>at <say-as interpret-as=\"time\">6:30</say-as> PM</Say></Response>").unwrap();
        assert_eq!(verbs, [VoiceVerb::Prompt(say("at 6:30 PM"))]);
    }

    #[test]
    fn an_invalid_document_is_an_error_that_names_the_problem() {
        for (document, reason) in [
            ("buy milk", "expected XML"),
            ("<Reply/>", "expected <Response>, found <Reply>"),
            ("<Response><say>x</say></Response>", "found <say>"),
            ("<Response>x</Response>", "expected no text in <Response>"),
            ("<Response><Message>x</Message></Response>", "found <Message>"),
            ("<Response><Gather><Hangup/></Gather></Response>", "in <Gather>, found <Hangup>"),
            ("<Response><Gather num=\"1\"/></Response>", "no attribute num on <Gather>"),
            ("<Response><Gather numDigits=\"0\"/></Response>", "numDigits"),
            ("<Response><Gather timeout=\"auto\"/></Response>", "timeout"),
            ("<Response><Pause length=\"-1\"/></Response>", "length"),
            ("<Response><Redirect method=\"PUT\">u</Redirect></Response>", "method"),
        ] {
            let refused = voice(document).unwrap_err().to_string();
            assert!(refused.contains(reason), "{document}: {refused}");
        }
        let refused = messaging("<Response><Say>x</Say></Response>").unwrap_err().to_string();
        assert!(refused.contains("expected Message or Redirect"), "{refused}");
    }
}
