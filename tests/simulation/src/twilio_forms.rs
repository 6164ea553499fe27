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
    /// Path to which a pressed key is posted; absent if the document waits for none.
    pub keys_to: Option<String>,
    /// Texts to send.
    pub texts: Vec<String>,
}

/// Reads a TwiML document; `None` if it is not XML.
pub fn read(document: &str) -> Option<Twiml> {
    let parsed = roxmltree::Document::parse(document).ok()?;
    let mut twiml = Twiml::default();
    for node in parsed.descendants() {
        let text = node.text().unwrap_or_default();
        match node.tag_name().name() {
            "Say" => twiml.words = format!("{} {text}", twiml.words).trim().to_owned(),
            "Message" => twiml.texts.push(text.to_owned()),
            "Gather" => twiml.keys_to = node.attribute("action").map(path_of),
            _ => {}
        }
    }
    Some(twiml)
}

/// The path of one of the service's URLs, without its fragment.
fn path_of(url: &str) -> String {
    let path = url.strip_prefix(PUBLIC_URL).unwrap_or(url);
    path.split('#').next().unwrap_or(path).to_owned()
}
