//! The life of a reminder, pure: what is (records), what was learnt (events), what is next (a changed record and
//! effects as values), and what the outside must be able to do (ports). No I/O, no clock, no logging.

// A new event must not compile until every state has answered it.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod channel;
pub mod conversation;
pub mod event;
pub mod ids;
pub mod incoming_text;
pub mod lifecycle;
pub mod limits;
pub mod policy;
pub mod ports;
pub mod profile;
pub mod record;
pub mod wire;
pub mod words;
