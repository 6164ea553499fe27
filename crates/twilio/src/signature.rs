//! Verifies `X-Twilio-Signature`, the proof that Twilio sent a webhook
//! (<https://www.twilio.com/docs/usage/security#validating-requests>).
//!
//! The signature covers no time, so anyone who has seen a signed request can send it again at any time. Therefore it
//! must be safe to handle a request twice.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::account::{AuthToken, Tokens};
use crate::current::Current;
use crate::form;
use crate::limits::WEBHOOK_MAX;
use crate::public_url::PublicUrl;

/// The header with the signature, in lower case as in HTTP/2 and API Gateway.
pub const HEADER: &str = "x-twilio-signature";

/// The length of a signature, in bytes: HMAC-SHA1 makes 20.
const SIGNATURE_BYTES: usize = 20;

/// The query parameter with the digest of a body that is not a form.
const BODY_DIGEST: &[u8] = b"bodySHA256";

/// A well-formed value of an `X-Twilio-Signature` header. It is not verified yet.
#[derive(Debug, Clone, Copy)]
pub struct Signature([u8; SIGNATURE_BYTES]);

impl Signature {
    /// Reads the value of a request's header.
    ///
    /// # Errors
    /// Fails if the request has no such header, or if its value is not the base64 of 20 bytes.
    pub fn parse(header: Option<&str>) -> Result<Self, NotSigned> {
        let bytes = STANDARD.decode(header.ok_or(NotSigned::Missing)?).map_err(|_| NotSigned::Malformed)?;
        bytes.try_into().map(Self).map_err(|_| NotSigned::Malformed)
    }
}

/// The raw body of a form that Twilio signed. Only [`Verifier::verify_form`] makes one, so no unsigned form is read
/// as a webhook.
#[derive(Clone)]
pub struct SignedForm(Vec<u8>);

impl SignedForm {
    pub(super) fn raw(&self) -> &[u8] {
        &self.0
    }

    #[cfg(test)]
    pub(super) fn unchecked(raw: &[u8]) -> Self {
        Self(raw.to_vec())
    }
}

/// Verifies that requests were signed by Twilio for the service's public URL. All clones use the same tokens.
#[derive(Debug, Clone)]
pub struct Verifier {
    public_url: PublicUrl,
    tokens: Current<Tokens>,
}

/// Why a request was not accepted as signed by Twilio for this URL. The request is refused with 403, or with 413 if it
/// is too long, and has no other effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// The body is longer than any that Twilio sends, so it is not verified. It is refused with 413.
    #[error("expected a body of at most {expected} bytes, found {found}")]
    TooLong {
        /// Maximum length in bytes: of the base64 text if the body was refused before it was decoded, and otherwise of
        /// the decoded body.
        expected: usize,
        /// Length of this body in bytes, measured like `expected`.
        found: usize,
    },
    /// The request has no signature.
    #[error("expected an X-Twilio-Signature header, found none")]
    Missing,
    /// The signature is malformed.
    #[error("expected the base64 of 20 bytes in X-Twilio-Signature, found something else")]
    Malformed,
    /// The signature is of another request, or was made with another token.
    #[error("expected a signature of this request by the account's token, found another")]
    Mismatch,
    /// The signed URL has the digest of another body, or no digest.
    #[error("expected the digest of the body as bodySHA256 in the signed URL, found another or none")]
    BodyMismatch,
}

impl Verifier {
    /// Returns a verifier that accepts signatures by any of the tokens for the configured public URL. Its scheme, host
    /// and port are never taken from the request, because the sender of a forged request chooses its `Host`.
    #[must_use]
    pub fn new(public_url: PublicUrl, tokens: Tokens) -> Self {
        Self { public_url, tokens: Current::new(tokens) }
    }

    /// Returns the tokens whose signatures this verifier and its clones accept. They can be replaced.
    #[must_use]
    pub fn tokens(&self) -> &Current<Tokens> {
        &self.tokens
    }

    /// Verifies a request whose body is a form or empty.
    ///
    /// `body` is the raw body, because the signature covers every parameter, also empty and unknown ones. All of its
    /// fields must be split and sorted before it is known who sent them, so the length is checked first.
    ///
    /// # Errors
    /// Fails if the body is longer than [`WEBHOOK_MAX`], or if Twilio did not sign the request for this URL.
    pub fn verify_form(
        &self,
        path_and_query: &str,
        body: Vec<u8>,
        signature: &Signature,
    ) -> Result<SignedForm, NotSigned> {
        check_length(&body)?;
        self.verify(path_and_query, &signed_parameters(&body), signature)?;
        Ok(SignedForm(body))
    }

    /// Verifies a request with any other body: the body's digest is in the query, and only the URL is signed.
    ///
    /// # Errors
    /// Fails if the body is longer than [`WEBHOOK_MAX`] or does not have the signed digest, or if Twilio did not sign
    /// the request for this URL.
    pub fn verify_digest(&self, path_and_query: &str, body: &[u8], signature: &Signature) -> Result<(), NotSigned> {
        check_length(body)?;
        self.verify(path_and_query, &[], signature)?;
        let query = path_and_query.split_once('?').map_or("", |(_, query)| query);
        let signed = form::pairs(query.as_bytes()).find(|(name, _)| name == BODY_DIGEST).map(|(_, digest)| digest);
        let digest: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let same = signed.is_some_and(|signed| bool::from(signed.to_ascii_lowercase().ct_eq(digest.as_bytes())));
        if same { Ok(()) } else { Err(NotSigned::BodyMismatch) }
    }

    fn verify(&self, path_and_query: &str, parameters: &[u8], signature: &Signature) -> Result<(), NotSigned> {
        let spellings = self.public_url.spellings(path_and_query);
        let genuine = self.tokens.get().0.iter().any(|token| {
            // `verify_slice` takes the same time for every wrong signature.
            spellings
                .iter()
                .any(|url| mac(token, url, parameters).is_some_and(|mac| mac.verify_slice(&signature.0).is_ok()))
        });
        if genuine { Ok(()) } else { Err(NotSigned::Mismatch) }
    }
}

fn check_length(body: &[u8]) -> Result<(), NotSigned> {
    if body.len() > WEBHOOK_MAX {
        return Err(NotSigned::TooLong { expected: WEBHOOK_MAX, found: body.len() });
    }
    Ok(())
}

/// Returns the signature of a request to `url` with a form as its body.
#[must_use]
pub fn sign_form(token: &AuthToken, url: &str, body: &[u8]) -> String {
    mac(token, url, &signed_parameters(body))
        .map(|mac| STANDARD.encode(mac.finalize().into_bytes()))
        .unwrap_or_default()
}

/// Returns the parameters in the form that is signed: sorted by name and value, each name followed by its value,
/// without repeated pairs.
fn signed_parameters(body: &[u8]) -> Vec<u8> {
    let pairs: BTreeSet<(Vec<u8>, Vec<u8>)> = form::pairs(body).collect();
    pairs.into_iter().flat_map(|(name, value)| [name, value]).flatten().collect()
}

/// Returns the HMAC-SHA1 of the URL and the parameters. It is never `None`, because HMAC accepts keys of any length.
fn mac(token: &AuthToken, url: &str, parameters: &[u8]) -> Option<Hmac<Sha1>> {
    let mac = Hmac::<Sha1>::new_from_slice(token.secret().as_bytes()).ok()?;
    Some(mac.chain_update(url).chain_update(parameters))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMS: &str = "https://sixthirty.example/sms";
    const FORM: &[u8] = b"Body=&From=%2B12125550142&To=%2B12125550100&Unknown=&MessageSid=SM1";
    const JSON: &[u8] = br#"{"property": "value", "boolean": true}"#;
    const JSON_PATH: &str = "/sms?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";

    fn token(secret: &str) -> AuthToken {
        AuthToken::new(secret).unwrap()
    }

    fn verifier(public_url: &str, current: &str, other: Option<&str>) -> Verifier {
        let tokens = Tokens([Some(current), other].into_iter().flatten().map(token).collect());
        Verifier::new(public_url.parse().unwrap(), tokens)
    }

    fn verified(verifier: &Verifier, form: &[u8], signature: &str) -> Result<(), NotSigned> {
        verifier.verify_form("/sms", form.to_vec(), &Signature::parse(Some(signature))?).map(drop)
    }

    /// The first signature is from Twilio's documentation. The others were made with its Python library, version
    /// 9.13.0.
    #[test]
    fn signatures_equal_twilios_own() {
        let documented =
            "CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310&To=%2B18005551212";
        for (url, form, expected) in [
            ("https://example.com/myapp.php?foo=1&bar=2", documented.as_bytes(), "L/OH5YylLD5NRKLltdqwSvS0BnU="),
            (SMS, FORM, "9PXwcpCNB0gv/12gmJtyak5F5XU="),
            (SMS, b"MediaUrl=b&MediaUrl=a&MediaUrl=b&Body=caf%C3%A9+%F0%9F%A5%9B", "MUQEdRl9o61kXajbTIolyKKJIsE="),
            ("https://sixthirty.example:443/sms", b"Body=milk", "bO4vli61dTedcFEi4cRfi66I4k4="),
        ] {
            assert_eq!(sign_form(&token("12345"), url, form), expected, "{url}");
        }
    }

    #[test]
    fn a_signed_form_is_accepted_with_and_without_a_port_in_its_url() {
        let signature = |url| sign_form(&token("12345"), url, FORM);
        for (configured, signed) in [
            ("https://sixthirty.example", SMS),
            ("https://sixthirty.example", "https://sixthirty.example:443/sms"),
            ("https://sixthirty.example:443", SMS),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/sms"),
            ("http://127.0.0.1:8080", "http://127.0.0.1/sms"),
        ] {
            let verifier = verifier(configured, "12345", None);
            assert_eq!(verified(&verifier, FORM, &signature(signed)), Ok(()), "{configured} {signed}");
        }
        for signed in ["http://sixthirty.example/sms", "https://sixthirty.example/", "https://sixthirty.example:80/sms"]
        {
            let verifier = verifier("https://sixthirty.example", "12345", None);
            assert_eq!(verified(&verifier, FORM, &signature(signed)), Err(NotSigned::Mismatch), "{signed}");
        }
    }

    #[test]
    fn either_token_is_accepted_during_a_rotation() {
        let signature = sign_form(&token("old"), SMS, FORM);
        let verified =
            |current, other| verified(&verifier("https://sixthirty.example", current, other), FORM, &signature);
        assert_eq!(verified("old", None), Ok(()));
        assert_eq!(verified("new", Some("old")), Ok(()));
        assert_eq!(verified("new", None), Err(NotSigned::Mismatch));
        assert_eq!(verified("new", Some("older")), Err(NotSigned::Mismatch));
    }

    #[test]
    fn a_replaced_token_counts_for_every_clone_of_a_verifier() {
        let verifier = verifier("https://sixthirty.example", "old", None);
        let clone = verifier.clone();
        let by = |secret| sign_form(&token(secret), SMS, FORM);
        assert!(verifier.tokens().replace(Tokens(vec![token("new")])));
        for verifier in [&verifier, &clone] {
            assert_eq!(verified(verifier, FORM, &by("new")), Ok(()));
            assert_eq!(verified(verifier, FORM, &by("old")), Err(NotSigned::Mismatch));
        }
    }

    #[test]
    fn a_malformed_signature_and_a_wrong_signature_give_different_errors() {
        assert_eq!(Signature::parse(None).err(), Some(NotSigned::Missing));
        for malformed in ["", "x", "bm8=", "L/OH5YylLD5NRKLltdqwSvS0Bn", "L/OH5YylLD5NRKLltdqwSvS0BnU=AAAA", "ÄÖÜ"] {
            assert_eq!(Signature::parse(Some(malformed)).err(), Some(NotSigned::Malformed), "{malformed}");
        }
        let wrong = "L/OH5YylLD5NRKLltdqwSvS0BnU=";
        let verifier = verifier("https://sixthirty.example", "12345", None);
        assert_eq!(verified(&verifier, FORM, wrong), Err(NotSigned::Mismatch));
    }

    #[test]
    fn a_signed_body_that_is_too_long_is_refused() {
        let verifier = verifier("https://sixthirty.example", "12345", None);
        let form = |length| [b"Body=".as_slice(), &vec![b'a'; length - 5]].concat();
        let verify = |form: &[u8]| verified(&verifier, form, &sign_form(&token("12345"), SMS, form));
        let too_long = NotSigned::TooLong { expected: WEBHOOK_MAX, found: WEBHOOK_MAX + 1 };
        assert_eq!(verify(&form(WEBHOOK_MAX)), Ok(()));
        assert_eq!(verify(&form(WEBHOOK_MAX + 1)), Err(too_long));
        let signature = Signature::parse(Some("4QLymRsAL9GW1R0VM42o0WBE/Io=")).unwrap();
        assert_eq!(verifier.verify_digest(JSON_PATH, &form(WEBHOOK_MAX), &signature), Err(NotSigned::BodyMismatch));
        assert_eq!(verifier.verify_digest(JSON_PATH, &form(WEBHOOK_MAX + 1), &signature), Err(too_long));
    }

    #[test]
    fn a_json_body_is_signed_by_its_digest() {
        let verifier = verifier("https://sixthirty.example", "12345", None);
        let signature = Signature::parse(Some("4QLymRsAL9GW1R0VM42o0WBE/Io=")).unwrap();
        assert_eq!(verifier.verify_digest(JSON_PATH, JSON, &signature), Ok(()));
        assert_eq!(verifier.verify_digest(JSON_PATH, b"{}", &signature), Err(NotSigned::BodyMismatch));
        assert_eq!(verifier.verify_digest("/sms", JSON, &signature), Err(NotSigned::Mismatch));
        let without_digest = Signature::parse(Some(&sign_form(&token("12345"), SMS, b""))).unwrap();
        assert_eq!(verifier.verify_digest("/sms", JSON, &without_digest), Err(NotSigned::BodyMismatch));
    }

    fn encoded(pairs: &[(String, String)]) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    proptest! {
        #[test]
        fn the_order_and_the_repetition_of_parameters_do_not_change_the_signature(mut pairs in prop::collection::vec((".{1,8}", ".{0,8}"), 1..6), by in 0_usize..6) {
            let signature = sign_form(&token("12345"), SMS, encoded(&pairs).as_bytes());
            let length = pairs.len();
            pairs.rotate_left(by % length);
            pairs.push(pairs[0].clone());
            prop_assert_eq!(sign_form(&token("12345"), SMS, encoded(&pairs).as_bytes()), signature);
        }

        #[test]
        fn an_added_parameter_invalidates_the_signature(pairs in prop::collection::vec(("[a-z]{1,8}", ".{0,8}"), 0..6), added in "[A-Z]{1,8}") {
            let verifier = verifier("https://sixthirty.example", "12345", None);
            let signature = sign_form(&token("12345"), SMS, encoded(&pairs).as_bytes());
            prop_assert_eq!(verified(&verifier, encoded(&pairs).as_bytes(), &signature), Ok(()));
            let mut more = pairs.clone();
            more.push((added, String::new()));
            prop_assert_eq!(verified(&verifier, encoded(&more).as_bytes(), &signature), Err(NotSigned::Mismatch));
        }

        #[test]
        fn any_bytes_are_refused_without_a_panic(
            path in "/.{0,20}", body in prop::collection::vec(any::<u8>(), 0..80), header in ".{0,40}", bytes: [u8; 20],
        ) {
            prop_assert!(Signature::parse(Some(&header)).is_err());
            let verifier = verifier("https://sixthirty.example", "12345", None);
            prop_assert!(verifier.verify_digest(&path, &body, &Signature(bytes)).is_err());
            prop_assert!(verifier.verify_form(&path, body, &Signature(bytes)).is_err());
        }
    }
}
