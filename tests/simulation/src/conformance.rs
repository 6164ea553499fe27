//! Conformance suites: the rules that every implementation of a port must follow. They run on the simulation's fakes
//! and on the real adapters, so that results of the simulation apply to the deployed service.
//!
//! Each suite uses new ids, so it can run repeatedly on the same table. A suite that reads queues must be their only
//! reader. A broken rule is an `Err` with the rule, the expected and the found value.

mod channels;
mod rules;
mod samples;
mod sending;
mod store;

pub use channels::channels;
pub use rules::{NotHeld, Pause, succeed};
pub use samples::Samples;
pub use sending::{Deliveries, parking, queues, wake_ups};
pub use store::{Planted, store};
