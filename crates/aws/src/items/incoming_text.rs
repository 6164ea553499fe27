//! The item of an incoming text.

use aws_sdk_dynamodb::types::AttributeValue;
use reminder::ids::PersonId;
use reminder::incoming_text::{IncomingText, PlannedWakeUp};
use reminder::ports::Versioned;

use super::MESSAGE_DAYS_MIN;
use super::attributes::{Draft, Fields, Item, NotOurs, shown};
use super::keys::Key;

/// The state of every incoming text. It never changes, because the item is complete when it is created.
const STORED: &str = "stored";

/// Returns the item of a text. It is kept for `retention_days` days, but at least for [`MESSAGE_DAYS_MIN`], so that a
/// repeat of the text is recognized.
pub(crate) fn write(message: &IncomingText, version: u64, retention_days: u32) -> Item {
    Draft::new(Key::of_message(&message.person, &message.id), version, STORED)
        .text("person", &message.person)
        .text("digest", &message.digest)
        .text("received_at", message.received_at)
        .text("answer", &message.answer)
        .with("made", AttributeValue::L(message.planned.iter().map(write_wake_up).collect()))
        .kept(message.received_at, retention_days.max(MESSAGE_DAYS_MIN))
        .done()
}

fn write_wake_up(planned: &PlannedWakeUp) -> AttributeValue {
    AttributeValue::M(Item::from([
        ("reminder".to_owned(), AttributeValue::S(planned.reminder.to_string())),
        ("generation".to_owned(), AttributeValue::N(planned.generation.to_string())),
    ]))
}

/// Whether a text is from this person. For the items of earlier releases, whose key does not name the person.
pub(crate) fn is_from(item: &Item, person: &PersonId) -> Result<bool, NotOurs> {
    Ok(Fields::of_schema(item)?.parsed::<PersonId>("person", "a person's id")? == *person)
}

/// Reads the text of an item.
pub(crate) fn read(item: &Item) -> Result<Versioned<IncomingText>, NotOurs> {
    let fields = Fields::of_schema(item)?;
    let person = fields.parsed("person", "a person's id")?;
    let id = fields.key()?.message(&person);
    let state = fields.text("state")?;
    if state != STORED {
        return Err(fields.not_ours("state", "the state of a stored text", &shown(state)));
    }
    let message = IncomingText {
        id: id.ok_or_else(|| fields.not_ours("pk, sk", "the key of this person's text", "another"))?,
        person,
        digest: fields.text("digest")?.to_owned(),
        received_at: fields.instant("received_at")?,
        answer: fields.text("answer")?.to_owned(),
        planned: fields.maps("made")?.into_iter().map(read_wake_up).collect::<Result<_, _>>()?,
    };
    Ok(Versioned::read(message, fields.number("version")?))
}

fn read_wake_up(fields: Fields<'_>) -> Result<PlannedWakeUp, NotOurs> {
    Ok(PlannedWakeUp {
        reminder: fields.parsed("reminder", "a reminder's id")?,
        generation: fields.number("generation")?,
    })
}
