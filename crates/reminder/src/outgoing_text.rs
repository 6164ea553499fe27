//! An outgoing text: the record of a text that the service owes to a person, and its lifecycle.
//!
//! Answers that are sent as texts, and texts that replace a call, are the same thing: a record that is written in one
//! transaction with the change that owes it (a transactional outbox), and is sent afterwards.
//!
//! ```text
//!             try counted, then sent        accepted                    delivered
//! Owed{tries} ───────────────────────▶ Owed ─────────▶ Accepted ─────────────────────────────────────▶ Delivered
//!   ▲   ▲ refused for now, no slot yet │                  │ undelivered, can be tried again: Owed
//!   │   └──────────────────────────────┘                  │ undelivered otherwise
//!   └─────────────────────────────────────────────────────┤
//!       Withdrawn · GivenUp                               ▼
//!                                                    Undelivered
//! ```
//!
//! From an hour after the carrier accepted a text, it is asked for the status of the text, up to five times. The text
//! ends as `Sent` when the carrier has passed it on and knows of no failure, or after the fifth question. A report that
//! comes after that still counts, because the phone may be off for hours. A text that is undelivered because the person
//! opted out of the service ends as `Withdrawn`. If the person has opted out of the second carrier's number only, or has
//! opted in again since, the failure is one that may pass.

mod lifecycle;
mod record;

pub use lifecycle::{TextEffect, TextEvent, TextTransition, transition};
pub use record::{NewestTry, OutgoingText, TextEnd, TextKind, TextLife, TextState};

#[cfg(test)]
mod tests;
