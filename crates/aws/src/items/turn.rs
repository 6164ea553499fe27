//! The item of a person's turn for a call, which also counts the person's calls.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use reminder::call_limits::CountedCalls;
use reminder::ids::ClaimId;
use reminder::turn::{OccurrenceCall, PersonCalls, ToldFor, Turn};

use super::attributes::{Fields, Item, NotOurs, milliseconds_rounded_up};

/// The attributes of the item, each with its value. An attribute without a value is removed.
pub(crate) type Attributes = [(&'static str, Option<AttributeValue>); 18];

/// Returns the attributes of an item. It has no time to live: the calls of a person who never returns must stay
/// counted. Other attributes, which a later release may have written, stay as they are.
pub(crate) fn write(calls: &PersonCalls, version: u64) -> Attributes {
    let PersonCalls { turn, replaced_at, counted_at, held_by, counted, told_at, told_for, code } = calls;
    let claims = held_by.iter().map(|claim| AttributeValue::S(claim.to_string())).collect();
    let list = counted.recent().iter().copied().map(milliseconds).collect();
    [
        ("version", Some(AttributeValue::N(version.to_string()))),
        ("reminder", Some(AttributeValue::S(turn.reminder.to_string()))),
        ("claim", Some(AttributeValue::S(turn.claim.to_string()))),
        ("due_ms", turn.call.map(|call| milliseconds(call.due))),
        ("attempt", turn.call.map(|call| AttributeValue::N(call.attempt.to_string()))),
        ("generation", turn.generation.map(|generation| AttributeValue::N(generation.to_string()))),
        ("taken_ms", Some(milliseconds(turn.taken_at))),
        ("until_ms", Some(milliseconds(turn.until))),
        ("replaced_ms", Some(milliseconds(*replaced_at))),
        ("counted_ms", counted_at.map(milliseconds)),
        ("held_by", Some(AttributeValue::L(claims))),
        ("calls_ms", Some(AttributeValue::L(list))),
        ("calls_ever", Some(AttributeValue::N(counted.ever().to_string()))),
        ("told_ms", told_at.map(milliseconds)),
        ("told_reminder", told_for.as_ref().map(|told| AttributeValue::S(told.reminder.to_string()))),
        ("told_due_ms", told_for.as_ref().map(|told| milliseconds(told.call.due))),
        ("told_attempt", told_for.as_ref().map(|told| AttributeValue::N(told.call.attempt.to_string()))),
        ("code", code.map(|code| AttributeValue::S(code.to_string()))),
    ]
}

/// Reads an item and its version. The version is 0 if a release before the limits of calls wrote the item. Such an item
/// counts no calls, and neither does an item of a release before the limit of calls to unconfirmed numbers count the
/// calls ever.
pub(crate) fn read(item: &Item) -> Result<(PersonCalls, u64), NotOurs> {
    let fields = Fields::of(item);
    let taken_at = instant(fields, "taken_ms")?;
    let call = match (maybe_instant(fields, "due_ms")?, fields.maybe_number("attempt")?) {
        (Some(due), Some(attempt)) => Some(OccurrenceCall { due, attempt }),
        (None, _) | (_, None) => None,
    };
    let turn = Turn {
        reminder: fields.parsed("reminder", "a reminder's id")?,
        call,
        generation: fields.maybe_number("generation")?,
        claim: fields.parsed("claim", "a claim's id")?,
        taken_at,
        until: instant(fields, "until_ms")?,
    };
    let counted_at = maybe_instant(fields, "counted_ms")?;
    let mut held_by: Vec<ClaimId> = fields.texts("held_by", "claims' ids")?;
    // An earlier release writes the turn, but not who holds it.
    if !held_by.contains(&turn.claim) && (counted_at.is_some() || !item.contains_key("held_by")) {
        held_by = vec![turn.claim.clone()];
    }
    let told_call = (maybe_instant(fields, "told_due_ms")?, fields.maybe_number("told_attempt")?);
    let told_for = match (fields.maybe("told_reminder", "a reminder's id")?, told_call) {
        (Some(reminder), (Some(due), Some(attempt))) => {
            Some(ToldFor { reminder, call: OccurrenceCall { due, attempt } })
        }
        (None, _) | (_, (None, _) | (_, None)) => None,
    };
    let calls = PersonCalls {
        turn,
        replaced_at: maybe_instant(fields, "replaced_ms")?.unwrap_or(taken_at),
        counted_at,
        held_by,
        counted: CountedCalls::noted(instants(fields, "calls_ms")?, fields.maybe_number("calls_ever")?.unwrap_or(0)),
        told_at: maybe_instant(fields, "told_ms")?,
        told_for,
        code: fields.maybe("code", "a code of 6 digits")?,
    };
    Ok((calls, fields.maybe_number("version")?.unwrap_or(0)))
}

/// Returns an instant in milliseconds since 1970, rounded up.
pub(crate) fn milliseconds(instant: Timestamp) -> AttributeValue {
    AttributeValue::N(milliseconds_rounded_up(instant).to_string())
}

fn instant(fields: Fields<'_>, name: &str) -> Result<Timestamp, NotOurs> {
    maybe_instant(fields, name)?.ok_or_else(|| fields.not_ours(name, "milliseconds since 1970", "nothing"))
}

fn maybe_instant(fields: Fields<'_>, name: &str) -> Result<Option<Timestamp>, NotOurs> {
    fields.maybe_number(name)?.map(|ms| of_ms(fields, name, ms)).transpose()
}

fn instants(fields: Fields<'_>, name: &str) -> Result<Vec<Timestamp>, NotOurs> {
    fields.numbers(name)?.into_iter().map(|ms| of_ms(fields, name, ms)).collect()
}

fn of_ms(fields: Fields<'_>, name: &str, ms: i64) -> Result<Timestamp, NotOurs> {
    Timestamp::from_millisecond(ms).map_err(|_| fields.not_ours(name, "milliseconds since 1970", &ms.to_string()))
}
