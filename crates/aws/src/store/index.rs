//! The indexes of the table: queries for a person's reminders and for overdue records, and updates that take a record
//! out of the indexes or move its deadline.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;
use reminder::ids::PersonId;
use reminder::policy::ENDED_READ_MAX;
use reminder::ports::{Page, ReadError, Scope, WriteError};

use super::Table;
use super::conditions::placeholders;
use crate::failure::describe;
use crate::items::{Item, SCHEMA, keys, milliseconds_rounded_up, text};

/// The name of the index of live records, by shard and deadline.
const INDEX: &str = "deadlines";

/// Maximum number of overdue records in a page. A small page wastes few reads when a sweep runs out of time.
pub(super) const PAGE: i32 = 25;

/// The name of the index of a person's reminders. It sorts open reminders by id, ended reminders by the instant of
/// their end, and reminders that an opt-out has ended by the epoch of that opt-out. It is a local index, so it can be
/// read consistently.
const REMINDERS: &str = "reminders";

/// Maximum number of pages that are read of a person's open reminders, and of those that an opt-out ended. One page of
/// 1 MiB normally holds them all: a person has at most [`OPEN_MAX`](reminder::policy::OPEN_MAX). If there are more
/// pages than this maximum, the read fails, so that an incomplete list is not taken for a complete list.
const OPEN_PAGES: usize = 8;

impl Table {
    /// Reads the items of a person's reminders, sorted by id, so the oldest is first. Reminders that were set aside are
    /// never returned.
    ///
    /// `Open` is one consistent query that reads live items only. `Kept` and `Stopped` send a second query at the same
    /// time. That of `Kept` reads one page of the newest ended reminders, at most [`ENDED_READ_MAX`]. That of `Stopped`
    /// reads the reminders that one opt-out ended. They were open until then, so their number is limited as well. So no
    /// cost grows with the number of ended reminders.
    pub(super) async fn reminder_items(&self, person: &PersonId, scope: Scope) -> Result<Vec<Item>, ReadError> {
        let mut items = match scope {
            Scope::Open => self.all_items(person, keys::OPEN).await?,
            Scope::Stopped { epoch } => {
                let prefix = keys::stopped(epoch);
                let (open, stopped) = tokio::join!(self.all_items(person, keys::OPEN), self.all_items(person, &prefix));
                let mut items = open?;
                items.extend(stopped?);
                items
            }
            Scope::Kept => {
                let (open, ended) = tokio::join!(self.all_items(person, keys::OPEN), self.newest_ended_items(person));
                let mut items = open?;
                items.extend(ended?);
                items
            }
        };
        items.sort_by_cached_key(|item| key(item).map(|key| key.sort));
        Ok(items)
    }

    async fn all_items(&self, person: &PersonId, prefix: &str) -> Result<Vec<Item>, ReadError> {
        let mut items = Vec::new();
        let mut start = None;
        for _ in 0..OPEN_PAGES {
            let request = self.query_reminders(person, prefix).set_exclusive_start_key(start);
            let response = request.send().await.map_err(|error| ReadError::Transient(describe(&error)))?;
            items.extend(response.items.unwrap_or_default());
            start = response.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
        Err(ReadError::Transient(format!("expected at most {OPEN_PAGES} pages of reminders, found more")))
    }

    async fn newest_ended_items(&self, person: &PersonId) -> Result<Vec<Item>, ReadError> {
        let request =
            self.query_reminders(person, keys::ENDED).scan_index_forward(false).limit(i32::from(ENDED_READ_MAX));
        let response = request.send().await.map_err(|error| ReadError::Transient(describe(&error)))?;
        Ok(response.items.unwrap_or_default())
    }

    fn query_reminders(&self, person: &PersonId, prefix: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.config.table)
            .index_name(REMINDERS)
            .consistent_read(true)
            .key_condition_expression("#pk = :person AND begins_with(#listed, :prefix)")
            .set_expression_attribute_names(Some(placeholders(&["pk", "listed"])))
            .expression_attribute_values(":person", text(&keys::partition(person)))
            .expression_attribute_values(":prefix", text(prefix))
    }

    /// Reads one page of the records of a shard that are overdue at `now`. `cursor` is [`Page::next`] of the page
    /// before, or `None` for the first page.
    pub(super) async fn overdue_page(
        &self,
        shard: u8,
        now: Timestamp,
        cursor: Option<&str>,
    ) -> Result<Page, ReadError> {
        let shard = keys::shard(shard);
        let start = cursor.map(|cursor| start_key(&shard, cursor)).transpose()?;
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
        let response = request.send().await.map_err(|error| ReadError::Transient(describe(&error)))?;
        let overdue = response.items().iter().filter_map(key).map(keys::Key::overdue).collect();
        Ok(Page { overdue, next: response.last_evaluated_key().and_then(cursor_after) })
    }

    /// Removes an item from both indexes. Its shard is kept in the attribute `aside`, so that an operator can find the
    /// item and put it back once it is readable.
    pub(super) async fn set_aside_item(&self, key: &keys::Key) -> Result<(), WriteError> {
        let request = self
            .update(key)
            .condition_expression("attribute_exists(#shard) AND (attribute_not_exists(#schema) OR #schema <= :schema)")
            .update_expression("SET #aside = #shard REMOVE #shard, #listed")
            .set_expression_attribute_names(Some(placeholders(&["shard", "aside", "schema", "listed"])))
            .expression_attribute_values(":schema", AttributeValue::N(SCHEMA.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                // If the item has left the index, nothing is left to do. If it is still in the index, a later release
                // wrote it.
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    let is_live = failed.item().is_some_and(|item| item.contains_key("shard"));
                    if is_live { Err(WriteError::Conflict) } else { Ok(()) }
                }
                _ => Err(not_updated(&error)),
            },
        }
    }

    /// Moves the deadline of a record that is overdue at `now`, and changes nothing else. Its version stays the same
    /// too, because a release that can read the record may be about to write it.
    pub(super) async fn move_deadline_of(
        &self,
        key: &keys::Key,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<(), WriteError> {
        let request = self
            .update(key)
            .condition_expression("attribute_exists(#shard) AND #deadline <= :now")
            .update_expression("SET #deadline = :until")
            .set_expression_attribute_names(Some(placeholders(&["shard", "deadline"])))
            .expression_attribute_values(":now", AttributeValue::N(now.as_millisecond().to_string()))
            .expression_attribute_values(":until", AttributeValue::N(milliseconds_rounded_up(until).to_string()));
        request.send().await.map(|_| ()).map_err(|error| not_updated(&error))
    }

    pub(crate) fn update(&self, key: &keys::Key) -> UpdateItemFluentBuilder {
        let request = self.client.update_item().table_name(&self.config.table);
        request.key("pk", text(&key.partition)).key("sk", text(&key.sort))
    }
}

fn not_updated(error: &SdkError<UpdateItemError>) -> WriteError {
    let lost = |refusal: &UpdateItemError| {
        refusal.is_conditional_check_failed_exception() || refusal.is_transaction_conflict_exception()
    };
    if error.as_service_error().is_some_and(lost) { WriteError::Conflict } else { WriteError::Unknown(describe(error)) }
}

fn key(item: &Item) -> Option<keys::Key> {
    let part = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    Some(keys::Key { partition: part("pk")?, sort: part("sk")? })
}

/// Returns the cursor of the page after this item: the deadline and the key of the item, as JSON.
fn cursor_after(last: &Item) -> Option<String> {
    let deadline = last.get("deadline")?.as_n().ok()?;
    let keys::Key { partition, sort } = key(last)?;
    serde_json::to_string(&(deadline, partition, sort)).ok()
}

fn start_key(shard: &str, cursor: &str) -> Result<Item, ReadError> {
    let (deadline, partition, sort): (String, String, String) = serde_json::from_str(cursor).map_err(|_| {
        ReadError::Unreadable("expected a cursor that this table returned, found other text".to_owned())
    })?;
    Ok(Item::from([
        ("shard".to_owned(), text(shard)),
        ("deadline".to_owned(), AttributeValue::N(deadline)),
        ("pk".to_owned(), text(&partition)),
        ("sk".to_owned(), text(&sort)),
    ]))
}
