//! How functions are invoked: requests of API Gateway's HTTP API, and batches of SQS.

mod batch;
#[cfg(feature = "runtime")]
pub mod start;
mod web;

pub use batch::{Delivery, each};
pub use web::{Body, path, refusal, reply, signed_form};
