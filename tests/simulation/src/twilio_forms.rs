//! Twilio's side of a webhook: it signs and posts forms, and reads TwiML. Written from Twilio's documentation,
//! independently of the service's code.

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The service's public URL in every world.
pub const PUBLIC_URL: &str = "https://sixthirty.example";

/// Twilio's auth token in every world.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// The operator's account at each carrier.
pub const ACCOUNTS: [&str; 2] = ["AC00000000000000000000000000000001", "AC00000000000000000000000000000002"];

/// A signed form that is posted to a path of the service, as API Gateway delivers it.
pub fn post(path: &str, form: &[(&str, &str)]) -> ApiGatewayV2httpRequest {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = ApiGatewayV2httpRequest::default();
    request.raw_path = Some(path.to_owned());
    request.body = Some(STANDARD.encode(body));
    request.is_base64_encoded = true;
    if let Ok(signature) = signature(path, form).parse() {
        request.headers.insert("x-twilio-signature", signature);
    }
    request
}

/// Base64 of the HMAC-SHA1 over the URL and the parameters sorted by name.
fn signature(path: &str, form: &[(&str, &str)]) -> String {
    let mut sorted = form.to_vec();
    sorted.sort_unstable();
    let signed = sorted.iter().fold(format!("{PUBLIC_URL}{path}"), |signed, (name, value)| signed + name + value);
    let Ok(mac) = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()) else { return String::new() };
    STANDARD.encode(mac.chain_update(signed).finalize().into_bytes())
}

/// The instructions of a TwiML document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Twiml {
    /// Words to speak, in order.
    pub words: String,
    /// The same words, split into utterances with their times.
    pub utterances: Vec<Utterance>,
    /// How long the document takes if nobody presses a key, in milliseconds.
    pub lasts_ms: i64,
    /// Path to which a pressed key is posted; absent if the document waits for no key.
    pub keys_to: Option<String>,
    /// When the document stops taking keys, in milliseconds after it began.
    pub keys_until_ms: i64,
    /// Path of the document that follows; absent if the call ends.
    pub redirects_to: Option<String>,
    /// Texts to send.
    pub texts: Vec<String>,
    /// Path to which the status of the texts is posted.
    pub status_to: Option<String>,
}

/// Words that are spoken without a pause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utterance {
    /// The words to speak.
    pub words: String,
    /// When they begin, in milliseconds after the document began.
    pub from_ms: i64,
    /// When they end, in milliseconds after the document began.
    pub to_ms: i64,
}

/// How long a character takes to speak, in milliseconds: 150 words a minute.
const CHARACTER_MS: i64 = 66;

/// How long `<Gather>` waits for a key unless the document says otherwise, in seconds.
const GATHER_S: i64 = 5;

/// Reads a TwiML document; `None` if it is not XML.
pub fn read(document: &str) -> Option<Twiml> {
    let parsed = roxmltree::Document::parse(document).ok()?;
    let mut twiml = Twiml::default();
    for verb in parsed.root_element().children() {
        twiml.follow(verb);
    }
    Some(twiml)
}

impl Twiml {
    fn follow(&mut self, verb: roxmltree::Node<'_, '_>) {
        let text = verb.text().unwrap_or_default();
        let seconds = |name, default| verb.attribute(name).and_then(|value| value.parse().ok()).unwrap_or(default);
        match verb.tag_name().name() {
            "Say" => {
                self.words = format!("{} {text}", self.words).trim().to_owned();
                let length = i64::try_from(text.chars().count()).unwrap_or(0);
                let (from_ms, to_ms) = (self.lasts_ms, self.lasts_ms + length * CHARACTER_MS);
                self.utterances.push(Utterance { words: text.to_owned(), from_ms, to_ms });
                self.lasts_ms = to_ms;
            }
            "Pause" => self.lasts_ms += seconds("length", 1) * 1000,
            "Message" => {
                self.texts.push(text.to_owned());
                self.status_to = verb.attribute("statusCallback").map(path_of);
            }
            "Redirect" => self.redirects_to = Some(path_of(text)),
            "Gather" => {
                for prompt in verb.children() {
                    self.follow(prompt);
                }
                self.lasts_ms += seconds("timeout", GATHER_S) * 1000;
                self.keys_to = verb.attribute("action").map(path_of);
                self.keys_until_ms = self.lasts_ms;
            }
            _ => {}
        }
    }
}

/// The path of one of the service's URLs, without its fragment.
fn path_of(url: &str) -> String {
    let path = url.strip_prefix(PUBLIC_URL).unwrap_or(url);
    path.split('#').next().unwrap_or(path).to_owned()
}
