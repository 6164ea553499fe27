//! AWS Lambda: starts a function, and translates HTTP API requests and batches of SQS messages for its handler.

mod batch;
pub mod carrier;
pub mod credentials;
mod event;
#[cfg(feature = "numbers")]
pub mod numbers;
#[cfg(feature = "runtime")]
pub mod start;
mod web;

pub use batch::{Delivery, all_failed, each};
pub use event::{AnyEvent, UnreadableEvent};
pub use web::{Body, path, refusal, refusal_metric, reply, signed_webhook};
