//! Queries for more than one record: a person's reminders, and the shards of the deadline index.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use reminder::ids::PersonId;
use reminder::ports::{Page, ReadError, Scope, WriteError};

use super::conditions::placeholders;
use super::{Table, text};
use crate::failure::describe;
use crate::items::{Item, keys};

/// The name of the index of live records, by shard and deadline.
const INDEX: &str = "deadlines";

/// Maximum number of overdue records in a page. A small page wastes few reads when a sweep runs out of time.
pub(super) const PAGE: i32 = 25;

/// Maximum number of pages that are read for a person's reminders. A page is 1 MiB, which is over a thousand reminders,
/// including ended ones. If there are more pages, the read fails, so that an incomplete list is not taken for all.
const REMINDER_PAGES: usize = 8;

impl Table {
    /// Reads the items of a person's reminders, sorted by id, so the oldest is first. Reminders that were set aside are
    /// in no scope.
    pub(super) async fn reminder_items(&self, person: &PersonId, scope: Scope) -> Result<Vec<Item>, ReadError> {
        let (filter, names) = match scope {
            Scope::Open => ("attribute_exists(#shard)", &["shard"][..]),
            Scope::Kept => ("attribute_exists(#shard) OR attribute_exists(#expires)", &["shard", "expires"][..]),
        };
        let mut items = Vec::new();
        let mut start = None;
        for _ in 0..REMINDER_PAGES {
            let request = self
                .client
                .query()
                .table_name(&self.config.table)
                .consistent_read(true)
                .key_condition_expression("pk = :person AND begins_with(sk, :reminder)")
                .filter_expression(filter)
                .set_expression_attribute_names(Some(placeholders(names)))
                .expression_attribute_values(":person", text(&keys::partition(person)))
                .expression_attribute_values(":reminder", text(keys::REMINDER))
                .set_exclusive_start_key(start);
            let answer = request.send().await.map_err(|error| ReadError::Transient(describe(&error)))?;
            items.extend(answer.items.unwrap_or_default());
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
        Err(ReadError::Transient(format!(
            "expected at most {REMINDER_PAGES} pages of a person's reminders, found more"
        )))
    }

    /// Reads one page of the records of a shard that are overdue at `now`. `page` is the previous page's `next`.
    pub(super) async fn overdue_page(&self, shard: u8, now: Timestamp, page: Option<&str>) -> Result<Page, ReadError> {
        let shard = keys::shard(shard);
        let start = page.map(|page| start_key(&shard, page)).transpose()?;
        let request = self
            .client
            .query()
            .table_name(&self.config.table)
            .index_name(INDEX)
            .limit(PAGE)
            .key_condition_expression("#shard = :shard AND #deadline <= :now")
            .set_expression_attribute_names(Some(placeholders(&["shard", "deadline"])))
            .expression_attribute_values(":shard", text(&shard))
            .expression_attribute_values(":now", AttributeValue::N(now.as_millisecond().to_string()))
            .set_exclusive_start_key(start);
        let answer = request.send().await.map_err(|error| ReadError::Transient(describe(&error)))?;
        let overdue = answer.items().iter().filter_map(key).map(keys::Key::overdue).collect();
        Ok(Page { overdue, next: answer.last_evaluated_key().and_then(next_page) })
    }

    /// Takes an item out of the index. Its shard is kept in the attribute `aside`, so that an operator can find the
    /// item and put it back once it is readable.
    pub(super) async fn take_out(&self, key: &keys::Key) -> Result<(), WriteError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.config.table)
            .key("pk", text(&key.partition))
            .key("sk", text(&key.sort))
            .condition_expression("attribute_exists(#shard)")
            .update_expression("SET #aside = #shard REMOVE #shard")
            .set_expression_attribute_names(Some(placeholders(&["shard", "aside"])));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_transaction_conflict_exception()) => {
                Err(WriteError::Conflict)
            }
            Err(error) => Err(WriteError::Unknown(describe(&error))),
        }
    }
}

fn key(item: &Item) -> Option<keys::Key> {
    let part = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Some(keys::Key { partition: part("pk")?, sort: part("sk")? })
}

/// Returns the start of the next page: the deadline and the key of this page's last item, as JSON.
fn next_page(last: &Item) -> Option<String> {
    let deadline = last.get("deadline")?.as_n().ok()?;
    let keys::Key { partition, sort } = key(last)?;
    serde_json::to_string(&(deadline, partition, sort)).ok()
}

fn start_key(shard: &str, page: &str) -> Result<Item, ReadError> {
    let (deadline, partition, sort): (String, String, String) = serde_json::from_str(page).map_err(|_| {
        ReadError::Unreadable("expected the start of a page that this table returned, found other text".to_owned())
    })?;
    Ok(Item::from([
        ("shard".to_owned(), text(shard)),
        ("deadline".to_owned(), AttributeValue::N(deadline)),
        ("pk".to_owned(), text(&partition)),
        ("sk".to_owned(), text(&sort)),
    ]))
}
