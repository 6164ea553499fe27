//! An outgoing text: the record of a text that the service owes to a person, and its lifecycle.
//!
//! Answers that are sent as texts, and texts that replace a call, are the same thing: a record that is written in one
//! transaction with the change that owes it (a transactional outbox), and is sent afterwards.
//!
//! ```text
//!             try counted, then sent        accepted                    delivered
//! Owed{tries} ───────────────────────▶ Owed ─────────▶ Accepted ─────────────────────────────────────▶ Delivered
//!   ▲   ▲ refused for now, no slot yet │                  │ undelivered, a code that may pass: Owed
//!   │   └──────────────────────────────┘                  │ undelivered, any other code
//!   └─────────────────────────────────────────────────────┤
//!       Withdrawn · GivenUp                               ▼
//!                                                    Undelivered
//! ```
//!
//! An hour after the carrier accepted a text, it is asked for the status of the text. If no failure is known then, the
//! text ends as `Sent`. It still ends `Undelivered`, or is owed again, if the carrier reports a failure after that: a
//! phone that is off gets its texts for a day.

mod lifecycle;
mod record;

pub use lifecycle::{TextEffect, TextEvent, TextTransition, transition};
pub use record::{NewestTry, OutgoingText, TextEnd, TextKind, TextLife, TextState};

#[cfg(test)]
mod tests;
