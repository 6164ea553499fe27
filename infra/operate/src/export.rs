//! `cargo operate export`: everything that is stored about a person, as JSON.

use std::collections::BTreeMap;

use anyhow::Result;
use aws_sdk_dynamodb::types::AttributeValue;
use reminder::ids::{Number, PersonId};
use serde::Serialize;
use serde_json::Value;

use crate::access::Access;
use crate::backups;
use crate::dead_letters::{self, Handling, PersonLetters};
use crate::person;
use crate::report::Report;
use crate::stack::Stack;
use crate::table::{Item, RecordTable};

/// Everything that is stored about a person. It holds the number and the words of the person.
#[derive(Debug, Clone, Serialize)]
pub struct Export {
    /// The person's id.
    pub person: String,
    /// The items of the table by the kind of record, as they are stored.
    pub items: BTreeMap<&'static str, Vec<Value>>,
    /// The dead letters of the person.
    pub dead_letters: PersonLetters,
    /// Where else something about the person is kept, and for how long.
    pub kept_elsewhere: Vec<String>,
}

/// The stored items of a person.
pub(crate) struct PersonItems {
    pub(crate) person: PersonId,
    pub(crate) partition: Vec<Item>,
    pub(crate) incoming_texts: Vec<Item>,
}

impl PersonItems {
    /// Reads all items of the person with this number. The whole table is read, because incoming texts are stored under
    /// the ids that the carrier gave them.
    pub(crate) async fn read(access: &Access, stack: &Stack, table: &RecordTable, number: &Number) -> Result<Self> {
        let person = person::of_number(access, stack, number).await?;
        let partition = table.of_person(&person).await?;
        let incoming_texts = table.incoming_texts(&person).await?;
        Ok(Self { person, partition, incoming_texts })
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Item> {
        self.partition.iter().chain(&self.incoming_texts)
    }
}

/// Returns the kind of record of an item, for people.
pub(crate) fn kind(item: &Item) -> &'static str {
    let sort = crate::table::text_of(item, "sk").unwrap_or_default();
    match sort.split('#').next().unwrap_or_default() {
        "PROFILE" => "profile",
        "REM" => "reminders",
        "TEXT" => "outgoing texts",
        "CALLS" => "calls",
        "MSG" => "incoming texts",
        _ => "others",
    }
}

/// Reads everything that is stored about the person with this number.
///
/// # Errors
/// Fails if the table or the dead letters can't be read.
pub async fn export(access: &Access, number: &Number) -> Result<Export> {
    let stack = Stack::find(access).await?;
    let table = RecordTable::of(access, &stack)?;
    let found = PersonItems::read(access, &stack, &table, number).await?;
    let mut items: BTreeMap<&'static str, Vec<Value>> = BTreeMap::new();
    for item in found.all() {
        items.entry(kind(item)).or_default().push(plain_item(item));
    }
    Ok(Export {
        person: found.person.to_string(),
        items,
        dead_letters: dead_letters::of_person(access, &found.person, number, Handling::Keep).await?,
        kept_elsewhere: backups::kept_elsewhere(access, &stack).await,
    })
}

fn plain_item(item: &Item) -> Value {
    item.iter().map(|(name, value)| (name.clone(), plain(value))).collect::<serde_json::Map<_, _>>().into()
}

/// Returns a stored value as plain JSON.
fn plain(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => Value::String(text.clone()),
        AttributeValue::N(number) => number.parse().map_or_else(|_| Value::String(number.clone()), Value::Number),
        AttributeValue::Bool(truth) => Value::Bool(*truth),
        AttributeValue::L(list) => list.iter().map(plain).collect(),
        AttributeValue::M(map) => plain_item(map),
        // No release stores other types.
        other => Value::String(format!("{other:?}")),
    }
}

impl Report for Export {
    fn lines(&self) -> String {
        serde_json::to_string_pretty(self).map_or_else(|error| format!("{error}\n"), |json| json + "\n")
    }

    fn is_complete(&self) -> bool {
        self.dead_letters.unread.is_empty()
    }
}
