//! Carriers as the functions use them: signed webhooks, the documents that answer them, and the URLs of callbacks.
//!
//! To add a carrier with another API, change this module and the module `start::accounts`, which makes the clients. Here,
//! add a variant to [`Api`], [`SignedWebhook`] and `Signature`, and replace the types that are re-exported from the crate
//! `twilio` by types of this module for both APIs. The functions use only the names of this module, so they do not
//! change.

use http::HeaderMap;
use reminder::conversation::AnswerRoute;
use reminder::wire::{AnswerStatusRoute, CallRoute, CallStep, VoiceRoute};
use reminder::words::Spoken;
use twilio::signature::{HEADER, Signature as TwilioSignature, SignedForm};
use twilio::twiml;

pub use twilio::signature::{NotSigned, Verifier};
pub use twilio::webhook::{
    AnsweredByWebhook, BadWebhook, CallWebhook, IncomingCallWebhook, TextStatusWebhook, TextWebhook,
};
pub use twilio::{Accounts, PublicUrl, WEBHOOK_MAX};

/// The API of a carrier: the format of its webhooks, and of the documents that answer them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// Webhooks are forms, and documents are TwiML.
    Twilio,
}

impl Api {
    /// Returns how a text is answered. [`AnswerRoute::Text`] is for a carrier that ignores the response to its webhook.
    #[must_use]
    pub fn answer_route(self) -> AnswerRoute {
        match self {
            Self::Twilio => AnswerRoute::Reply,
        }
    }

    /// Returns the document for a text that gets no answer.
    #[must_use]
    pub fn no_answer(self) -> String {
        match self {
            Self::Twilio => twiml::empty(),
        }
    }

    /// Returns the document that answers a text with one text. The carrier reports the status of the answer to
    /// `route`.
    #[must_use]
    pub fn answer(self, public_url: &PublicUrl, route: &AnswerStatusRoute, text: &str) -> String {
        match self {
            Self::Twilio => twiml::message(text, &public_url.webhook(&route.path())),
        }
    }

    /// Returns the document of a reminder's call: it speaks the words at least twice and then waits for a key, which is
    /// posted to `key_url`. With the pauses and the wait, this takes at least 25 s. If no key is pressed, it speaks
    /// `goodbye` and hangs up.
    #[must_use]
    pub fn speech_with_key(self, words: &Spoken, key_url: &str, goodbye: &Spoken) -> String {
        match self {
            Self::Twilio => twiml::reminder(words, key_url, goodbye),
        }
    }

    /// Returns the document for a person who called the service or has just pressed a key: it speaks the words twice
    /// and waits for a key, which is posted to `key_url`. If no key is pressed, it speaks `goodbye` and hangs up.
    #[must_use]
    pub fn menu(self, words: &Spoken, key_url: &str, goodbye: &Spoken) -> String {
        match self {
            Self::Twilio => twiml::menu(words, key_url, goodbye),
        }
    }

    /// Returns the document that leaves the words on an answering machine once, after its beep, and hangs up.
    #[must_use]
    pub fn mailbox_message(self, words: &Spoken) -> String {
        match self {
            Self::Twilio => twiml::mailbox_message(words),
        }
    }

    /// Returns the document that speaks the words and hangs up.
    #[must_use]
    pub fn goodbye(self, words: &Spoken) -> String {
        match self {
            Self::Twilio => twiml::say_and_hang_up(words),
        }
    }

    /// Returns the URL that the carrier calls for one step of a call.
    #[must_use]
    pub fn callback_url(self, public_url: &PublicUrl, route: &CallRoute, step: CallStep) -> String {
        match self {
            Self::Twilio => public_url.callback(route, step),
        }
    }

    /// Returns the URL to which the carrier posts the key that a caller pressed on a call to the service's number.
    #[must_use]
    pub fn voice_key_url(self, public_url: &PublicUrl, route: &VoiceRoute) -> String {
        match self {
            Self::Twilio => public_url.webhook(&route.path()),
        }
    }
}

/// A webhook that a carrier signed. Only [`signed_webhook`](crate::signed_webhook) returns one, so no unsigned webhook
/// is read.
#[derive(Clone)]
pub enum SignedWebhook {
    /// A form that Twilio signed.
    Twilio(SignedForm),
}

impl SignedWebhook {
    /// Returns the API of the carrier that sent the webhook. The reply must be in its format.
    #[must_use]
    pub fn api(&self) -> Api {
        match self {
            Self::Twilio(_) => Api::Twilio,
        }
    }

    /// Reads the webhook of an incoming text.
    ///
    /// # Errors
    /// Fails if a field is missing, repeated, malformed or too long.
    pub fn text(&self) -> Result<TextWebhook, BadWebhook> {
        match self {
            Self::Twilio(form) => TextWebhook::parse(form),
        }
    }

    /// Reads the webhook of a call.
    ///
    /// # Errors
    /// Fails if a field is missing, repeated or malformed, or if the call belongs to another account.
    pub fn call(&self, accounts: &Accounts) -> Result<CallWebhook, BadWebhook> {
        match self {
            Self::Twilio(form) => CallWebhook::parse(form, accounts),
        }
    }

    /// Reads the webhook with the verdict of machine detection ([`CallStep::AnsweredBy`]).
    ///
    /// # Errors
    /// Fails if a field is missing, repeated or malformed, or if the call belongs to another account.
    pub fn answered_by(&self, accounts: &Accounts) -> Result<AnsweredByWebhook, BadWebhook> {
        match self {
            Self::Twilio(form) => AnsweredByWebhook::parse(form, accounts),
        }
    }

    /// Reads the webhook with the status of a text that the service sent, or of an answer.
    ///
    /// # Errors
    /// Fails if a field is missing, repeated or malformed, or if the text belongs to another account.
    pub fn text_status(&self, accounts: &Accounts) -> Result<TextStatusWebhook, BadWebhook> {
        match self {
            Self::Twilio(form) => TextStatusWebhook::parse(form, accounts),
        }
    }

    /// Reads the webhook of a call to the service's number, or of a key pressed on it.
    ///
    /// # Errors
    /// Fails if a field is missing, repeated or malformed, or if the call belongs to another account.
    pub fn incoming_call(&self, accounts: &Accounts) -> Result<IncomingCallWebhook, BadWebhook> {
        match self {
            Self::Twilio(form) => IncomingCallWebhook::parse(form, accounts),
        }
    }
}

/// A well-formed signature of a request. It is not verified yet.
pub(crate) enum Signature {
    Twilio(TwilioSignature),
}

impl Signature {
    /// Reads the signature from the headers of a request. The headers show which carrier's API the request follows.
    ///
    /// # Errors
    /// Fails if the request has no signature, or if it is malformed.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, NotSigned> {
        TwilioSignature::parse(headers.get(HEADER).and_then(|value| value.to_str().ok())).map(Self::Twilio)
    }

    /// Returns the webhook if the signature is of this request.
    ///
    /// # Errors
    /// Fails if the body is too long, or if the carrier did not sign it for this path.
    pub(crate) fn verify(
        &self,
        verifier: &Verifier,
        path_and_query: &str,
        body: Vec<u8>,
    ) -> Result<SignedWebhook, NotSigned> {
        match self {
            Self::Twilio(signature) => verifier.verify_form(path_and_query, body, signature).map(SignedWebhook::Twilio),
        }
    }
}
