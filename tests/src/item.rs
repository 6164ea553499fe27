//! Items of the table in DynamoDB's JSON.

use reminder::ids::PersonId;
use serde_json::{Value, json};

/// The string attribute of this name; empty if the item has no such attribute.
pub(crate) fn string<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}

/// The key of the record of an incoming text from this person. `id` is the carrier's id of the text.
pub(crate) fn text_record_key(person: &PersonId, id: &str) -> Value {
    json!({ "pk": { "S": format!("MSG#twilio#{id}") }, "sk": { "S": format!("MSG#{person}") } })
}
