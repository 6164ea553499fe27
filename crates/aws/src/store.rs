//! The truth, in one DynamoDB table.
//!
//! Every write is conditional. A write whose answer was lost is tried again by the SDK: a transaction carries a token and
//! succeeds again, a single write finds its own condition failed and is told as a conflict. Whoever asked for it reads
//! the record, and knows its own write by the mark. Throttling, too, is told as unknown: a try before the one that was
//! refused may have got through.

mod conditions;
mod index;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use jiff::Timestamp;
use reminder::ids::{MessageId, PersonId, ReminderKey};
use reminder::incoming_text::IncomingText;
use reminder::ports::{Overdue, Page, ReadError, Replacement, Scope, Store, TextTransaction, Versioned, WriteError};
use reminder::profile::Profile;
use reminder::record::Reminder;

use crate::configuration::StoreConfig;
use crate::failure::describe;
use crate::items::{self, Item, NotOurs, keys::Key};
use conditions::Condition;

/// The codes of a cancelled transaction which say that somebody else was faster.
const LOST_RACES: [&str; 2] = ["ConditionalCheckFailed", "TransactionConflict"];

/// The table, and its deadline index.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    settings: StoreConfig,
}

impl Table {
    pub(crate) fn new(client: Client, settings: StoreConfig) -> Self {
        Self { client, settings }
    }

    /// Makes the connection that the first request would otherwise wait for, by reading what is not there. Whether
    /// that works is for the first request to find out.
    pub async fn warm(&self) {
        let nothing = Key { partition: "WARM".to_owned(), sort: "WARM".to_owned() };
        if let Err(error) = self.read(&nothing).await {
            tracing::debug!(%error, "the connection to the table is not warm");
        }
    }

    async fn read(&self, key: &Key) -> Result<Option<Item>, ReadError> {
        let request = self.client.get_item().table_name(&self.settings.table).consistent_read(true);
        let request = request.key("pk", text(&key.partition)).key("sk", text(&key.sort));
        let answer = request.send().await.map_err(|error| ReadError::Transient(describe(&error)))?;
        Ok(answer.item)
    }

    async fn put(&self, item: Item, condition: Condition) -> Result<(), WriteError> {
        let request = self.client.put_item().table_name(&self.settings.table).set_item(Some(item));
        let request = request
            .condition_expression(condition.expression())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values());
        request.send().await.map(|_| ()).map_err(|error| not_written(&error))
    }

    fn conditional_put(&self, item: Item, condition: Condition) -> Result<TransactWriteItem, WriteError> {
        let put = Put::builder()
            .table_name(&self.settings.table)
            .set_item(Some(item))
            .condition_expression(condition.expression())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values());
        let put = put.build().map_err(|error| WriteError::Unknown(error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn reminder_item(&self, reminder: &Replacement<Reminder>) -> Item {
        items::reminder::write(reminder, reminder.version(), self.settings.retention_days)
    }
}

impl Store for Table {
    async fn profile(&self, person: &PersonId) -> Result<Option<Versioned<Profile>>, ReadError> {
        let item = self.read(&Key::of_profile(person)).await?;
        item.map(|item| items::profile::read(&item)).transpose().map_err(unreadable)
    }

    async fn reminder(&self, key: &ReminderKey) -> Result<Option<Versioned<Reminder>>, ReadError> {
        let item = self.read(&Key::of_reminder(key)).await?;
        item.map(|item| items::reminder::read(&item)).transpose().map_err(unreadable)
    }

    /// One that can't be read is told to the operator and left out: it can't be dialed either, and must not keep its
    /// person from all the others, or from opting out.
    async fn reminders(&self, person: &PersonId, scope: Scope) -> Result<Vec<Versioned<Reminder>>, ReadError> {
        let mut reminders = Vec::new();
        for item in self.reminder_items(person, scope).await? {
            match items::reminder::read(&item) {
                Ok(reminder) => reminders.push(reminder),
                Err(NotOurs(reason)) => tracing::error!(reason, "a reminder can't be read"),
            }
        }
        Ok(reminders)
    }

    async fn message(&self, id: &MessageId, now: Timestamp) -> Result<Option<Versioned<IncomingText>>, ReadError> {
        let Some(item) = self.read(&Key::of_message(id)).await? else { return Ok(None) };
        if items::has_expired(&item, now).map_err(unreadable)? {
            return Ok(None);
        }
        items::incoming_text::read(&item).map(Some).map_err(unreadable)
    }

    async fn commit_text(&self, transaction: &TextTransaction) -> Result<(), WriteError> {
        let TextTransaction { message, profile, reminders } = transaction;
        let message_item = items::incoming_text::write(message, message.version(), self.settings.retention_days);
        let profile_item = items::profile::write(profile, profile.version());
        let mut puts = vec![
            self.conditional_put(message_item, Condition::AbsentOrExpired { at: message.received_at })?,
            self.conditional_put(profile_item, Condition::of(profile))?,
        ];
        for reminder in reminders {
            puts.push(self.conditional_put(self.reminder_item(reminder), Condition::of(reminder))?);
        }
        let request = self.client.transact_write_items().set_transact_items(Some(puts));
        request.send().await.map(|_| ()).map_err(|error| not_accepted(&error))
    }

    async fn replace(&self, reminder: &Replacement<Reminder>) -> Result<(), WriteError> {
        self.put(self.reminder_item(reminder), Condition::of(reminder)).await
    }

    async fn replace_incoming_text(&self, message: &Replacement<IncomingText>) -> Result<(), WriteError> {
        let item = items::incoming_text::write(message, message.version(), self.settings.retention_days);
        self.put(item, Condition::of(message)).await
    }

    async fn replace_profile(&self, profile: &Replacement<Profile>) -> Result<(), WriteError> {
        self.put(items::profile::write(profile, profile.version()), Condition::of(profile)).await
    }

    async fn overdue(&self, shard: u8, now: Timestamp, page: Option<&str>) -> Result<Page, ReadError> {
        self.overdue_page(shard, now, page).await
    }

    async fn set_aside(&self, overdue: &Overdue) -> Result<(), WriteError> {
        self.take_out(&Key::of(overdue)).await
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn unreadable(NotOurs(reason): NotOurs) -> ReadError {
    ReadError::Unreadable(reason)
}

fn not_written(error: &SdkError<PutItemError>) -> WriteError {
    let lost = |refusal: &PutItemError| {
        refusal.is_conditional_check_failed_exception() || refusal.is_transaction_conflict_exception()
    };
    if error.as_service_error().is_some_and(lost) { WriteError::Conflict } else { WriteError::Unknown(describe(error)) }
}

fn not_accepted(error: &SdkError<TransactWriteItemsError>) -> WriteError {
    let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error() else {
        return WriteError::Unknown(describe(error));
    };
    let codes: Vec<&str> = canceled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
    if codes.iter().any(|code| LOST_RACES.contains(code)) {
        WriteError::Conflict
    } else {
        WriteError::Unknown(format!("the transaction was cancelled: {}", codes.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::http::HttpResponse;
    use aws_sdk_dynamodb::error::ErrorMetadata;
    use aws_sdk_dynamodb::types::CancellationReason;
    use aws_sdk_dynamodb::types::error::{
        ConditionalCheckFailedException, TransactionCanceledException, TransactionConflictException,
    };

    use super::*;

    fn refused<E>(refusal: E) -> SdkError<E> {
        SdkError::service_error(refusal, HttpResponse::new(400.try_into().unwrap(), "".into()))
    }

    fn canceled(codes: &[&str]) -> WriteError {
        let reasons = codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect();
        let canceled = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
        not_accepted(&refused(TransactWriteItemsError::TransactionCanceledException(canceled)))
    }

    #[test]
    fn a_transaction_that_lost_a_race_is_a_conflict() {
        assert_eq!(canceled(&["None", "ConditionalCheckFailed"]), WriteError::Conflict);
        assert_eq!(canceled(&["TransactionConflict", "None"]), WriteError::Conflict);
        assert_eq!(canceled(&["ThrottlingError", "ConditionalCheckFailed"]), WriteError::Conflict);
    }

    #[test]
    fn a_transaction_that_was_cancelled_otherwise_is_unknown() {
        for codes in [&["None", "ThrottlingError"][..], &["ProvisionedThroughputExceeded"], &["ValidationError"], &[]] {
            let told = format!("the transaction was cancelled: {}", codes.join(", "));
            assert_eq!(canceled(codes), WriteError::Unknown(told));
        }
    }

    #[test]
    fn a_transaction_without_a_certain_answer_is_unknown() {
        let told = "ThrottlingException (HTTP 400): slow down";
        let throttled = ErrorMetadata::builder().code("ThrottlingException").message("slow down").build();
        let throttled = TransactWriteItemsError::generic(throttled);
        assert_eq!(not_accepted(&refused(throttled)), WriteError::Unknown(told.to_owned()));
        let timed_out = not_accepted(&SdkError::timeout_error("no answer in time"));
        assert_eq!(timed_out, WriteError::Unknown("request has timed out: no answer in time".to_owned()));
    }

    #[test]
    fn a_write_is_a_conflict_only_if_it_lost_a_race() {
        let check = ConditionalCheckFailedException::builder().build();
        let transaction = TransactionConflictException::builder().build();
        let throttled = ErrorMetadata::builder().code("ThrottlingException").message("slow down").build();
        for (refusal, expected) in [
            (PutItemError::ConditionalCheckFailedException(check), None),
            (PutItemError::TransactionConflictException(transaction), None),
            (PutItemError::generic(throttled), Some("ThrottlingException (HTTP 400): slow down")),
        ] {
            let expected = expected.map_or(WriteError::Conflict, |told| WriteError::Unknown(told.to_owned()));
            assert_eq!(not_written(&refused(refusal)), expected);
        }
    }
}
