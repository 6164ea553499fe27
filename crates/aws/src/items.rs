//! How records are stored: each record is one item with named attributes.
//!
//! | record | `pk` | `sk` |
//! |---|---|---|
//! | profile | `PERSON#<id>` | `PROFILE` |
//! | reminder | `PERSON#<id>` | `REM#<ulid>` |
//! | outgoing text | `PERSON#<id>` | `TEXT#<ulid>` |
//! | turn for a call | `PERSON#<id>` | `CALLS` |
//! | incoming text | `MSG#<carrier>#<message id>` | `MSG#<person's id>`; `MSG` if an earlier release wrote it |
//! | channel of a carrier | `CARRIER#<carrier>` for voice, `CARRIER#<carrier>/sms` for SMS | `CHANNEL` |
//!
//! Every item except a channel's and a turn's has `schema`, `version` and `state`. While reminders and outgoing texts
//! are live, they also have `shard` and `deadline`, the keys of the index `deadlines`. Once they have ended, they have
//! `expires` instead, DynamoDB's time to live. Incoming texts have `expires` from the start. Reminders have `listed`,
//! the sort key of the index `reminders`: `open#REM#<ulid>`, `ended#<milliseconds>`, or `stopped#<epoch>#REM#<ulid>`
//! after an opt-out. A record that was set aside has neither `shard` nor `listed`, and keeps its shard in `aside`.
//! Instants are RFC 3339 texts, except the following. `deadline`, a channel's `next_ms` and `free_ms` and the instants
//! of a turn are in milliseconds since 1970, rounded up. The instant in `listed` is in milliseconds since 1970, and
//! `expires` is in seconds since 1970.

mod attributes;
pub(crate) mod channel;
pub(crate) mod incoming_text;
pub(crate) mod keys;
pub(crate) mod outgoing_text;
pub(crate) mod profile;
pub(crate) mod reminder;
mod schema;
pub(crate) mod turn;

pub(crate) use attributes::{Item, NotOurs, milliseconds_rounded_up, text};
pub(crate) use schema::SCHEMA;

use ::reminder::policy::RESTORE_WITHIN_S;
use jiff::Timestamp;

/// Minimum time for which an incoming text's record is kept, in days. A repeat of the text is recognized until its
/// record expires.
pub(crate) const MESSAGE_DAYS_MIN: u32 = 30;

/// Minimum time for which a reminder that an opt-out ended is kept, in days: RESTORE can make the reminder anew for 30
/// days, and the text with RESTORE may be handled a day late.
pub(crate) const STOPPED_DAYS_MIN: u32 = 31;

const _: () = assert!(STOPPED_DAYS_MIN as i64 * 86_400 >= RESTORE_WITHIN_S + 86_400);

/// Whether an item has expired by `now`. DynamoDB may delete an expired item days later, and returns it until then.
pub(crate) fn has_expired(item: &Item, now: Timestamp) -> Result<bool, NotOurs> {
    let expires_s = attributes::Fields::of(item).maybe_number::<i64>("expires")?;
    Ok(expires_s.is_some_and(|expires_s| expires_s <= now.as_second()))
}

#[cfg(test)]
mod tests;
