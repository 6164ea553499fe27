//! AWS Lambda: the start of a function, and its invocations by API Gateway's HTTP API and by batches of SQS messages.

mod batch;
#[cfg(feature = "runtime")]
pub mod start;
mod web;

pub use batch::{Delivery, each};
pub use web::{Body, path, refusal, reply, signed_form};
