//! The pure core of the service: the records, the lifecycle that decides the changes and effects of an event, the
//! conversation that decides the answer to a text, and the ports to external systems. It does no I/O, reads no clock
//! and logs nothing.

// A new event must not compile until every state handles it.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod call_limits;
pub mod channel;
pub mod confirmation;
pub mod conversation;
pub mod event;
pub mod ids;
pub mod incoming_text;
pub mod lifecycle;
pub mod limits;
pub mod metrics;
pub mod outgoing_text;
pub mod policy;
pub mod ports;
pub mod profile;
pub mod record;
pub mod turn;
pub mod wire;
pub mod words;
