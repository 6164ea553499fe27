//! How records are stored: one item for each, of named attributes.
//!
//! | record | `pk` | `sk` |
//! |---|---|---|
//! | a profile | `PERSON#<id>` | `PROFILE` |
//! | a reminder | `PERSON#<id>` | `REM#<ulid>` |
//! | a text | `MSG#<carrier>#<message id>` | `MSG` |
//! | a carrier's line | `CARRIER#<carrier>`, for texts with `/sms` | `LINE` |
//!
//! Every item but a line's has `schema`, `version` and `state`. What is live has `shard` and `deadline` too, the keys of the index
//! `deadlines`; what has ended has `expires`, DynamoDB's time to live, instead. Instants are RFC 3339 texts, but for those
//! two: a deadline is in milliseconds since 1970, rounded up, an expiry in seconds.

mod attributes;
pub(crate) mod channel;
pub(crate) mod incoming_text;
pub(crate) mod keys;
pub(crate) mod profile;
pub(crate) mod reminder;

pub(crate) use attributes::{Item, NotOurs, milliseconds_rounded_up};

use jiff::{SignedDuration, Timestamp};

/// The shape that is written, and the only one that is read. A change that an older function would misread takes the
/// next number, and is first deployed to be read, then to be written.
pub(crate) const SCHEMA: u32 = 1;

/// A text's record is kept at least so long, in days: the window in which a repeat of it is recognised.
pub(crate) const MESSAGE_DAYS_MIN: u32 = 30;

/// When something that is kept for `days` from `start` on expires, in seconds since 1970.
fn expiry_s(start: Timestamp, days: u32) -> i64 {
    let kept = SignedDuration::from_hours(24 * i64::from(days));
    start.saturating_add(kept).unwrap_or(Timestamp::MAX).as_second()
}

/// Whether an item has expired by `now`. DynamoDB deletes what has expired within days, and shows it until then.
pub(crate) fn has_expired(item: &Item, now: Timestamp) -> Result<bool, NotOurs> {
    let expires_s = attributes::Fields::of(item).maybe_number::<i64>("expires")?;
    Ok(expires_s.is_some_and(|expires_s| expires_s <= now.as_second()))
}

#[cfg(test)]
mod tests;
