//! `X-Twilio-Signature`: how a webhook proves that it comes from Twilio
//! (<https://www.twilio.com/docs/usage/security#validating-requests>).
//!
//! No time is signed, so a signed request may be played again at any time. What it does must be safe to repeat.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::form;
use super::{AuthToken, PublicUrl, Tokens};

/// The header that carries the signature, as HTTP/2 and API Gateway spell it.
pub const HEADER: &str = "x-twilio-signature";

/// The query parameter that carries the digest of a body that is not a form.
const BODY_DIGEST: &[u8] = b"bodySHA256";

/// Tells Twilio's webhooks from everybody else's requests.
#[derive(Debug, Clone)]
pub struct Verifier {
    public_url: PublicUrl,
    tokens: Tokens,
}

/// A request that Twilio did not sign, or not for this address. The answer is 403, and nothing else happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// There is no signature.
    #[error("expected an X-Twilio-Signature header, found none")]
    Missing,
    /// The signature is of another form than Twilio's.
    #[error("expected 20 bytes of base64 in X-Twilio-Signature, found something else")]
    Malformed,
    /// It is a signature of something else, or by somebody else.
    #[error("expected a signature of this request by the account's token, found another")]
    Mismatch,
    /// The signed digest is not that of the body.
    #[error("expected the body whose digest is signed as bodySHA256, found another")]
    BodyMismatch,
}

impl Verifier {
    /// Takes what is signed for the configured public address by either token. The address is never taken from the
    /// request: whoever forges one chooses its `Host`.
    #[must_use]
    pub fn new(public_url: PublicUrl, tokens: Tokens) -> Self {
        Self { public_url, tokens }
    }

    /// Checks a request whose body is a form, or which has none.
    ///
    /// Every parameter is signed, also an empty or an unknown one, so `body` is the raw body.
    ///
    /// # Errors
    /// It is not signed by this account for this address.
    pub fn verify_form(&self, path_and_query: &str, body: &[u8], signature: Option<&str>) -> Result<(), NotSigned> {
        self.verify(path_and_query, &signed_parameters(body), signature)
    }

    /// Checks a request with any other body: its digest is in the query, and the URL alone is signed.
    ///
    /// # Errors
    /// It is not signed by this account for this address, or carries another body.
    pub fn verify_json(&self, path_and_query: &str, body: &[u8], signature: Option<&str>) -> Result<(), NotSigned> {
        self.verify(path_and_query, &[], signature)?;
        let query = path_and_query.split_once('?').map_or("", |(_, query)| query);
        let signed = form::pairs(query.as_bytes()).find(|(name, _)| name == BODY_DIGEST).map(|(_, digest)| digest);
        let digest: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let same = signed.is_some_and(|signed| bool::from(signed.to_ascii_lowercase().ct_eq(digest.as_bytes())));
        if same { Ok(()) } else { Err(NotSigned::BodyMismatch) }
    }

    fn verify(&self, path_and_query: &str, parameters: &[u8], signature: Option<&str>) -> Result<(), NotSigned> {
        let signature = STANDARD.decode(signature.ok_or(NotSigned::Missing)?).map_err(|_| NotSigned::Malformed)?;
        if signature.len() != 20 {
            return Err(NotSigned::Malformed);
        }
        let spellings = self.public_url.spellings(path_and_query);
        let tokens = [Some(&self.tokens.current), self.tokens.other.as_ref()];
        let genuine = tokens.into_iter().flatten().any(|token| {
            // `verify_slice` takes the same time wherever the first difference is.
            spellings
                .iter()
                .any(|url| mac(token, url, parameters).is_some_and(|mac| mac.verify_slice(&signature).is_ok()))
        });
        if genuine { Ok(()) } else { Err(NotSigned::Mismatch) }
    }
}

/// The signature of a request to `url` with a form as its body.
#[must_use]
pub fn sign_form(token: &AuthToken, url: &str, body: &[u8]) -> String {
    mac(token, url, &signed_parameters(body))
        .map(|mac| STANDARD.encode(mac.finalize().into_bytes()))
        .unwrap_or_default()
}

/// Names in order, each followed by its value; a name with several values once for each, in order; a pair that is
/// repeated counts once.
fn signed_parameters(body: &[u8]) -> Vec<u8> {
    let pairs: BTreeSet<(Vec<u8>, Vec<u8>)> = form::pairs(body).collect();
    pairs.into_iter().flat_map(|(name, value)| [name, value]).flatten().collect()
}

/// HMAC-SHA1 of the URL and the parameters. HMAC takes a key of any length, so there always is one.
fn mac(token: &AuthToken, url: &str, parameters: &[u8]) -> Option<Hmac<Sha1>> {
    let mac = Hmac::<Sha1>::new_from_slice(token.secret().as_bytes()).ok()?;
    Some(mac.chain_update(url).chain_update(parameters))
}
