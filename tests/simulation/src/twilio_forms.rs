//! The carrier's webhooks as it sends and signs them, and its reading of what it is told. Written from its
//! documentation, apart from what the service has for the same.

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The service's public address in every world.
pub const PUBLIC_URL: &str = "https://sixthirty.example";

/// The account's token in every world.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// The operator's account at each carrier.
pub const ACCOUNTS: [&str; 2] = ["AC00000000000000000000000000000001", "AC00000000000000000000000000000002"];

/// A signed POST of a form to a path of the service, as API Gateway hands it over.
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

/// HMAC-SHA1 of the URL and the parameters in order of their names, in base64.
fn signature(path: &str, form: &[(&str, &str)]) -> String {
    let mut sorted = form.to_vec();
    sorted.sort_unstable();
    let signed = sorted.iter().fold(format!("{PUBLIC_URL}{path}"), |signed, (name, value)| signed + name + value);
    let Ok(mac) = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()) else { return String::new() };
    STANDARD.encode(mac.chain_update(signed).finalize().into_bytes())
}

/// What a document tells the carrier to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// The words to be spoken, one after the other.
    pub words: String,
    /// Where a key is to be posted, if one is waited for.
    pub keys_to: Option<String>,
    /// The texts to be sent.
    pub texts: Vec<String>,
}

/// Reads a document; none if it can't be read.
pub fn read(document: &str) -> Option<Told> {
    let parsed = roxmltree::Document::parse(document).ok()?;
    let mut told = Told::default();
    for node in parsed.descendants() {
        let text = node.text().unwrap_or_default();
        match node.tag_name().name() {
            "Say" => told.words = format!("{} {text}", told.words).trim().to_owned(),
            "Message" => told.texts.push(text.to_owned()),
            "Gather" => told.keys_to = node.attribute("action").map(path_of),
            _ => {}
        }
    }
    Some(told)
}

/// The path of a URL of the service, without what stands behind it.
fn path_of(url: &str) -> String {
    let path = url.strip_prefix(PUBLIC_URL).unwrap_or(url);
    path.split('#').next().unwrap_or(path).to_owned()
}
