//! Skips the quarter of an hour after which a text that was not delivered is sent again. It is too long for a test.

use anyhow::Result;
use aws::ids::Ulids;
use jiff::Timestamp;
use reminder::ports::Ids;
use serde_json::{Value, json};

use local::endpoint::Service;
use local::stack::Stack;

/// Whether the item is a text whose newest try failed and which waits for another try.
#[must_use]
pub fn waits_after_failure(item: &Value) -> bool {
    let is = |name: &str, value: &str| item[name]["S"].as_str() == Some(value);
    item["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("TEXT#"))
        && is("state", "owed")
        && is("newest_try", "failed")
}

/// Moves the next try of a text to now. Like the service's writes, this write depends on the version of the item.
/// Returns false if another write came first.
///
/// # Errors
/// Fails if the table can't be written.
pub async fn move_to_now(stack: &Stack, item: &Value) -> Result<bool> {
    let input = json!({
        "TableName": stack.output("TableName")?,
        "Key": { "pk": item["pk"], "sk": item["sk"] },
        "UpdateExpression": "SET deadline = :now, write_id = :own ADD version :one",
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": {
            ":now": { "N": Timestamp::now().as_millisecond().to_string() },
            ":own": { "S": Ulids.write_id().to_string() },
            ":one": { "N": "1" },
            ":version": item["version"],
        },
    });
    match stack.endpoint().call(Service::DynamoDb, "UpdateItem", &input).await {
        Ok(_) => Ok(true),
        Err(error) if format!("{error:#}").contains("ConditionalCheckFailed") => Ok(false),
        Err(error) => Err(error),
    }
}

/// For every text whose delivery failed, moves the next try to now.
///
/// # Errors
/// Fails if the table can't be read or written.
pub(super) async fn move_all_to_now(stack: &Stack) -> Result<()> {
    for item in stack.items().await?.iter().filter(|item| waits_after_failure(item)) {
        move_to_now(stack, item).await?;
    }
    Ok(())
}
