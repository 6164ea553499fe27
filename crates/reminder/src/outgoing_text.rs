//! An outgoing text: the record of a text that the service owes to a person, and its lifecycle.
//!
//! Answers that are sent as texts, and texts that replace a call, are the same thing: a record that is written in one
//! transaction with the change that owes it (a transactional outbox), and is sent afterwards.
//!
//! ```text
//!             try counted, then sent        accepted                    delivered, or no status in time
//! Owed{tries} ───────────────────────▶ Owed ─────────▶ Accepted ─────────────────────────────────────▶ Delivered
//!   ▲   ▲ refused for now, no slot yet │                  │ undelivered, a code that may pass: Owed
//!   │   └──────────────────────────────┘                  │ undelivered, any other code
//!   └─────────────────────────────────────────────────────┤
//!       Withdrawn · GivenUp                               ▼
//!                                                    Undelivered
//! ```

mod lifecycle;
mod record;

pub use lifecycle::{TextEffect, TextEvent, TextTransition, transition};
pub use record::{NewestTry, OutgoingText, TextEnd, TextKind, TextLife, TextState};

#[cfg(test)]
mod tests;
