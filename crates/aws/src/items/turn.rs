//! The item of a person's turn for a call.

use jiff::Timestamp;
use reminder::turn::Turn;

use super::attributes::{Fields, Item, NotOurs};

/// Reads the turn that an item holds.
pub(crate) fn read(item: &Item) -> Result<Turn, NotOurs> {
    let fields = Fields::of(item);
    Ok(Turn {
        reminder: fields.parsed("reminder", "a reminder's id")?,
        claim: fields.parsed("claim", "a claim's id")?,
        taken_at: instant(fields, "taken_ms")?,
        until: instant(fields, "until_ms")?,
    })
}

fn instant(fields: Fields<'_>, name: &str) -> Result<Timestamp, NotOurs> {
    let ms: i64 = fields.number(name)?;
    Timestamp::from_millisecond(ms).map_err(|_| fields.not_ours(name, "milliseconds since 1970", &ms.to_string()))
}
