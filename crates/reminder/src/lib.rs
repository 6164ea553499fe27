//! The lifecycle of a reminder, as a pure core. It holds the records, the events, the changed record and effects that
//! follow from an event, and the ports to external systems. No I/O, no clock, no logging.

// A new event must not compile until every state handles it.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod channel;
pub mod conversation;
pub mod event;
pub mod ids;
pub mod incoming_text;
pub mod lifecycle;
pub mod limits;
pub mod outgoing_text;
pub mod policy;
pub mod ports;
pub mod profile;
pub mod record;
pub mod turn;
pub mod wire;
pub mod words;
