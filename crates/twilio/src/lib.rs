//! Twilio: its REST API as a [`Carrier`](reminder::ports::Carrier), its webhooks and their signatures, and TwiML, the
//! documents that tell Twilio what to do.

mod account;
mod authorization;
mod call_progress;
mod client;
mod codes;
mod current;
mod form;
mod limits;
mod message_progress;
mod public_url;
pub mod signature;
pub mod twiml;
pub mod webhook;

pub use account::{AccountSid, Accounts, AuthToken, NAME, NotAnAccountSid, SECOND_NAME, Tokens};
pub use authorization::{ApiKey, Authorization, NotAnApiKey};
pub use client::{Twilio, TwilioConfig, TwilioConfigError};
pub use current::Current;
pub use limits::{TEXT_MAX, WEBHOOK_MAX, fitting};
pub use public_url::{NotAPublicUrl, PublicUrl};
