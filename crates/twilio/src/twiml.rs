//! TwiML: the documents that tell Twilio what to say in a call, and how to answer a text
//! (<https://www.twilio.com/docs/voice/twiml>, <https://www.twilio.com/docs/messaging/twiml>).
//!
//! Building a document never fails: characters that XML can't contain are removed, and texts that are too long are cut.

use reminder::words::Spoken;

use crate::limits::fitting;

/// The media type of a document.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// The longest text of one `<Say>`, in characters. Twilio refuses a document with a longer text.
const SAY_MAX: usize = 4096;

/// How long to wait for a key after the words, in seconds. The person has heard the words at least twice by then, and
/// needs only the time to find the keypad.
const KEY_WAIT_S: u32 = 5;

/// The pause before the words are said again, in seconds. In a pause this long, a phone that screens calls can also
/// connect its person.
const REPEAT_PAUSE_S: u32 = 3;

/// Shortest duration of a call without a key, in seconds. A phone that screens calls answers by itself and asks for the
/// caller's reason, which takes about 6 s. After that it rings for its person, who needs time to pick up and to
/// listen.
const SPEECH_MIN_S: u32 = 25;

/// Fastest speech, in characters per second. Twilio's voices speak about 15.
const CHARACTERS_PER_S: usize = 18;

/// Maximum number of times that the words are said. The words of a call are never so short that this limit is reached.
const REPEATS_MAX: usize = 8;

/// The pause before a message on an answering machine, in seconds. The recording may start a moment after the beep.
const BEEP_PAUSE_S: u32 = 1;

/// One instruction for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb<'a> {
    /// Speak the words.
    Say(&'a Spoken),
    /// Be silent for this number of seconds.
    Pause(u32),
    /// Carry out the prompts, and wait for one key during the prompts and for some seconds after them. If a key is
    /// pressed, Twilio skips the rest of the document and requests the next document from `action`.
    GatherKey {
        /// The URL that the key is posted to.
        action: &'a str,
        /// How long to wait for a key after the prompts, in seconds.
        timeout_s: u32,
        /// The instructions while Twilio waits for the key.
        prompts: &'a [Prompt<'a>],
    },
    /// End the call.
    Hangup,
}

/// One instruction while Twilio waits for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt<'a> {
    /// Speak the words.
    Say(&'a Spoken),
    /// Be silent for this number of seconds.
    Pause(u32),
}

/// Returns a document that speaks the words at least twice and then waits for a key, which is posted to `action`. With
/// the pauses and the wait, this takes at least 25 s. If no key is pressed, it speaks `goodbye` and hangs up.
#[must_use]
pub fn reminder(words: &Spoken, action: &str, goodbye: &Spoken) -> String {
    ask_for_key(words, repeats(&words.words), action, goodbye)
}

/// Returns a document that speaks the words twice and waits for a key, which is posted to `action`. If no key is
/// pressed, it speaks `goodbye` and hangs up. It is for a person who called the service or has just pressed a key. Such
/// a person already listens, so the document may be short.
#[must_use]
pub fn menu(words: &Spoken, action: &str, goodbye: &Spoken) -> String {
    ask_for_key(words, 2, action, goodbye)
}

fn ask_for_key(words: &Spoken, times: usize, action: &str, goodbye: &Spoken) -> String {
    let mut prompts = vec![Prompt::Say(words)];
    for _ in 1..times {
        prompts.extend([Prompt::Pause(REPEAT_PAUSE_S), Prompt::Say(words)]);
    }
    voice(&[Verb::GatherKey { action, timeout_s: KEY_WAIT_S, prompts: &prompts }, Verb::Say(goodbye), Verb::Hangup])
}

/// Returns how many times the words are said, so that a call without a key lasts at least [`SPEECH_MIN_S`].
fn repeats(words: &str) -> usize {
    let words_ms = words.chars().count() * 1000 / CHARACTERS_PER_S;
    let pause_ms = REPEAT_PAUSE_S as usize * 1000;
    let rest_ms = (SPEECH_MIN_S - KEY_WAIT_S) as usize * 1000;
    (rest_ms + pause_ms).div_ceil(words_ms + pause_ms).clamp(2, REPEATS_MAX)
}

/// Returns a document that speaks the words and hangs up.
#[must_use]
pub fn say_and_hang_up(words: &Spoken) -> String {
    voice(&[Verb::Say(words), Verb::Hangup])
}

/// Returns a document that leaves the words on an answering machine, after its beep, and hangs up.
#[must_use]
pub fn mailbox_message(words: &Spoken) -> String {
    voice(&[Verb::Pause(BEEP_PAUSE_S), Verb::Say(words), Verb::Hangup])
}

/// Returns a document with instructions for a call.
#[must_use]
pub fn voice(verbs: &[Verb<'_>]) -> String {
    let mut document = Document::open();
    for verb in verbs {
        match *verb {
            Verb::Say(words) => document.prompt(Prompt::Say(words)),
            Verb::Pause(seconds) => document.prompt(Prompt::Pause(seconds)),
            Verb::GatherKey { action, timeout_s, prompts } => document.gather_key(action, timeout_s, prompts),
            Verb::Hangup => document.0.push_str("<Hangup/>"),
        }
    }
    document.close()
}

/// Returns a document that does not answer a text.
#[must_use]
pub fn empty() -> String {
    messages::<&str>(&[], "")
}

/// Returns a document that answers a text with one text. Twilio reports the status of the answer to `status_url`.
#[must_use]
pub fn message(text: &str, status_url: &str) -> String {
    messages(&[text], status_url)
}

/// Returns a document that answers a text with several texts, each cut to the length that Twilio sends. Twilio reports
/// the status of each of them to `status_url`.
#[must_use]
pub fn messages<T: AsRef<str>>(texts: &[T], status_url: &str) -> String {
    let mut document = Document::open();
    for text in texts {
        document.message(fitting(text.as_ref()), status_url);
    }
    document.close()
}

struct Document(String);

impl Document {
    fn open() -> Self {
        Self(r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#.to_owned())
    }

    fn close(mut self) -> String {
        self.0.push_str("</Response>");
        self.0
    }

    fn prompt(&mut self, prompt: Prompt<'_>) {
        match prompt {
            Prompt::Say(Spoken { words, language }) => {
                self.0.push_str(&format!(r#"<Say language="{language}">"#));
                escape(first(words, SAY_MAX), &mut self.0);
                self.0.push_str("</Say>");
            }
            Prompt::Pause(seconds) => self.0.push_str(&format!(r#"<Pause length="{seconds}"/>"#)),
        }
    }

    fn gather_key(&mut self, action: &str, timeout_s: u32, prompts: &[Prompt<'_>]) {
        self.0.push_str(r#"<Gather input="dtmf" numDigits="1" finishOnKey="" method="POST" action=""#);
        escape(action, &mut self.0);
        self.0.push_str(&format!(r#"" timeout="{timeout_s}">"#));
        for prompt in prompts {
            self.prompt(*prompt);
        }
        self.0.push_str("</Gather>");
    }

    fn message(&mut self, text: &str, status_url: &str) {
        self.0.push_str(r#"<Message statusCallback=""#);
        escape(status_url, &mut self.0);
        self.0.push_str(r#"">"#);
        escape(text, &mut self.0);
        self.0.push_str("</Message>");
    }
}

/// Returns the first `length` characters of a text, or all of them if it is shorter.
fn first(text: &str, length: usize) -> &str {
    text.char_indices().nth(length).map_or(text, |(end, _)| &text[..end])
}

/// Escapes text for an element or an attribute, so that an XML reader returns it unchanged. Characters that XML 1.0
/// (section 2.2) does not allow even as references are removed. Tabs and line breaks are written as references, because
/// an XML reader would turn a carriage return into a line feed, and any of them in an attribute into a space.
fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(character))),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            _ => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roxmltree::Document as Xml;

    use super::*;

    fn spoken(words: &str) -> Spoken {
        Spoken::english(words.to_owned().into())
    }

    const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

    #[test]
    fn each_document_has_its_documented_form() {
        for (document, expected) in [
            (empty(), "<Response></Response>"),
            (
                message("OK", "https://a.example/s#rc=2&rp=5xx"),
                "<Response><Message statusCallback=\"https://a.example/s#rc=2&amp;rp=5xx\">OK</Message></Response>",
            ),
            (
                messages(&["a", "b"], "/s"),
                "<Response><Message statusCallback=\"/s\">a</Message><Message statusCallback=\"/s\">b</Message></Response>",
            ),
            (
                say_and_hang_up(&spoken("Goodbye.")),
                "<Response><Say language=\"en-US\">Goodbye.</Say><Hangup/></Response>",
            ),
            (
                mailbox_message(&spoken("Buy milk.")),
                "<Response><Pause length=\"1\"/><Say language=\"en-US\">Buy milk.</Say><Hangup/></Response>",
            ),
            (
                menu(&spoken("Buy milk & bread. Press 1."), "https://a.example/key#rc=2&rp=5xx", &spoken("Goodbye.")),
                "<Response>\
                 <Gather input=\"dtmf\" numDigits=\"1\" finishOnKey=\"\" method=\"POST\" \
                 action=\"https://a.example/key#rc=2&amp;rp=5xx\" timeout=\"5\">\
                 <Say language=\"en-US\">Buy milk &amp; bread. Press 1.</Say><Pause length=\"3\"/>\
                 <Say language=\"en-US\">Buy milk &amp; bread. Press 1.</Say></Gather>\
                 <Say language=\"en-US\">Goodbye.</Say><Hangup/></Response>",
            ),
        ] {
            assert_eq!(document, format!("{HEAD}{expected}"));
        }
    }

    #[test]
    fn a_call_without_a_key_lasts_at_least_25_seconds_and_at_most_as_long_as_a_call_may() {
        const TALK_MAX_S: usize = 90;
        const SLOW_CHARACTERS_PER_S: usize = 12;
        for length in 20..=450 {
            let words = "w".repeat(length);
            let document = reminder(&spoken(&words), "/key", &spoken("Goodbye."));
            let said = document.matches(&format!("<Say language=\"en-US\">{words}</Say>")).count();
            let pauses = document.matches(&format!("<Pause length=\"{REPEAT_PAUSE_S}\"/>")).count();
            let lasts_s =
                |per_s: usize| said * length / per_s + (pauses * REPEAT_PAUSE_S as usize) + KEY_WAIT_S as usize;
            // `lasts_s` rounds down, so it may be a second less than the true duration.
            assert!(said >= 2 && lasts_s(CHARACTERS_PER_S) >= SPEECH_MIN_S as usize - 1, "{length}: {said} times");
            assert!(lasts_s(SLOW_CHARACTERS_PER_S) <= TALK_MAX_S, "{length}: {said} times");
        }
    }

    #[test]
    fn characters_that_xml_forbids_are_removed() {
        let document = message("a\u{0}b\u{1B}c\u{FFFE}d\te\r\nf\u{85}", "/s");
        let xml = Xml::parse(&document).unwrap();
        assert_eq!(xml.root_element().first_element_child().unwrap().text(), Some("abcd\te\r\nf\u{85}"));
    }

    #[test]
    fn a_text_that_is_too_long_is_cut() {
        let document = say_and_hang_up(&spoken(&"ä".repeat(5000)));
        assert_eq!(document.matches('ä').count(), 4096);
        assert_eq!(message(&"ä".repeat(5000), "/s").matches('ä').count(), 1600);
    }

    /// Returns the characters of a text that XML can contain.
    fn readable(text: &str) -> String {
        text.chars()
            .filter(|character| {
                !matches!(character, '\u{0}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
            })
            .collect()
    }

    proptest! {
        #[test]
        fn any_words_are_read_by_an_xml_reader_unchanged(words in "(?s).{1,60}", action in "(?s).{0,60}") {
            let document = menu(&spoken(&words), &action, &spoken(&words));
            let xml = Xml::parse(&document).unwrap();
            let gather = xml.descendants().find(|node| node.has_tag_name("Gather")).unwrap();
            let action = readable(&action);
            prop_assert_eq!(gather.attribute("action"), Some(action.as_str()));
            let said: Vec<String> = xml
                .descendants()
                .filter(|node| node.has_tag_name("Say"))
                .map(|say| say.text().unwrap_or_default().to_owned())
                .collect();
            prop_assert_eq!(said, vec![readable(&words); 3]);
        }
    }
}
