//! The store of all records, in one DynamoDB table.
//!
//! Every write is conditional. If the response to a write is lost, the SDK tries the write again. A transaction carries
//! a token, so its second try succeeds. The second try of a single put is reported as a conflict, because after the
//! first try its condition no longer holds. The caller then reads the record and recognizes its own write by the write
//! id. The outcome of a write that was throttled is reported as unknown, because an earlier try of the same request may
//! have succeeded.

mod conditions;
mod index;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::Timestamp;
use reminder::call_limits::UnconfirmedCalls;
use reminder::ids::{ClaimId, MessageId, OutgoingTextKey, PersonId, ReminderKey};
use reminder::incoming_text::IncomingText;
use reminder::outgoing_text::OutgoingText;
use reminder::ports::{
    Overdue, Page, ReadError, ReadReminders, Replacement, Scope, Store, TextTransaction, Versioned, WriteError,
};
use reminder::profile::Profile;
use reminder::record::Reminder;
use reminder::turn::{TurnOutcome, TurnRequest};

use crate::configuration::StoreConfig;
use crate::failure::describe;
use crate::items::{self, Item, keys::Key, text};
use conditions::Condition;

/// The codes of a canceled transaction that mean a conflict: an item is not as it was read, perhaps because of an
/// earlier write of the same caller, or another transaction holds the item.
const CONFLICTS: [&str; 2] = ["ConditionalCheckFailed", "TransactionConflict"];

/// The DynamoDB table with its two indexes, `deadlines` and `reminders`.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    config: StoreConfig,
}

impl Table {
    pub(crate) fn new(client: Client, config: StoreConfig) -> Self {
        Self { client, config }
    }

    /// Connects to the table by reading an item that does not exist, so that the first request finds an open
    /// connection. A failure is only logged: if the table can't be reached, the first request reports it.
    pub async fn warm(&self) {
        let absent = Key { partition: "WARM".to_owned(), sort: "WARM".to_owned() };
        if let Err(error) = self.read(&absent).await {
            tracing::debug!(%error, "connecting to the table failed");
        }
    }

    pub(crate) async fn read(&self, key: &Key) -> Result<Option<Item>, ReadError> {
        let request = self.client.get_item().table_name(&self.config.table).consistent_read(true);
        let request = request.key("pk", text(&key.partition)).key("sk", text(&key.sort));
        let response = request.send().await.map_err(|error| ReadError::Transient(describe(&error)))?;
        Ok(response.item)
    }

    async fn put(&self, item: Item, condition: Condition) -> Result<(), WriteError> {
        let request = self.client.put_item().table_name(&self.config.table).set_item(Some(item));
        let request = request
            .condition_expression(condition.expression())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values());
        request.send().await.map(|_| ()).map_err(|error| put_error(&error))
    }

    fn conditional_put(&self, item: Item, condition: Condition) -> Result<TransactWriteItem, WriteError> {
        let put = Put::builder()
            .table_name(&self.config.table)
            .set_item(Some(item))
            .condition_expression(condition.expression())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values());
        let put = put.build().map_err(|error| WriteError::Unknown(error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    async fn transact(&self, puts: Vec<TransactWriteItem>) -> Result<(), WriteError> {
        let request = self.client.transact_write_items().set_transact_items(Some(puts));
        request.send().await.map(|_| ()).map_err(|error| transaction_error(&error))
    }

    fn outgoing_text_item(&self, text: &Replacement<OutgoingText>) -> Item {
        items::outgoing_text::write(text, text.version(), self.config.retention_days)
    }

    fn reminder_item(&self, reminder: &Replacement<Reminder>) -> Item {
        items::reminder::write(reminder, reminder.version(), self.config.retention_days)
    }
}

impl Store for Table {
    async fn profile(&self, person: &PersonId) -> Result<Option<Versioned<Profile>>, ReadError> {
        let item = self.read(&Key::of_profile(person)).await?;
        item.map(|item| items::profile::read(&item)).transpose().map_err(ReadError::from)
    }

    async fn reminder(&self, key: &ReminderKey) -> Result<Option<Versioned<Reminder>>, ReadError> {
        let item = self.read(&Key::of_reminder(key)).await?;
        item.map(|item| items::reminder::read(&item)).transpose().map_err(ReadError::from)
    }

    /// Leaves out a reminder that can't be read or that a later release wrote, and logs an error for the operator. This
    /// release can't dial such a reminder either, and it must not prevent its person from using the other reminders or
    /// from opting out. Only RESTORE waits for the later release, see `conversation::may_be_handled`.
    async fn reminders(&self, person: &PersonId, scope: Scope) -> Result<ReadReminders, ReadError> {
        let mut reminders = ReadReminders::default();
        for item in self.reminder_items(person, scope).await? {
            match items::reminder::read(&item).map_err(ReadError::from) {
                Ok(reminder) => reminders.readable.push(reminder),
                Err(error) => {
                    reminders.has_newer |= matches!(error, ReadError::Newer(_));
                    tracing::error!(%error, "a reminder is left out, because it can't be read");
                }
            }
        }
        Ok(reminders)
    }

    /// Earlier releases stored a text under a key without its person. That key is read too, so that a text that comes
    /// again after a deployment is recognized. Once the items of those releases have expired, that read can be removed.
    async fn message(
        &self,
        person: &PersonId,
        id: &MessageId,
        now: Timestamp,
    ) -> Result<Option<Versioned<IncomingText>>, ReadError> {
        let (key, old_key) = (Key::of_message(person, id), Key::of_old_message(id));
        let (item, old_item) = tokio::try_join!(self.read(&key), self.read(&old_key))?;
        let item = match (item, old_item) {
            (Some(item), _) => item,
            (None, Some(old)) if items::incoming_text::is_from(&old, person).map_err(ReadError::from)? => old,
            (None, Some(_) | None) => return Ok(None),
        };
        if items::has_expired(&item, now).map_err(ReadError::from)? {
            return Ok(None);
        }
        items::incoming_text::read(&item).map(Some).map_err(ReadError::from)
    }

    async fn commit_text(&self, transaction: &TextTransaction) -> Result<(), WriteError> {
        let TextTransaction { message, profile, reminders, answer } = transaction;
        let message_item = items::incoming_text::write(message, message.version(), self.config.retention_days);
        let profile_item = items::profile::write(profile, profile.version());
        let mut puts = vec![
            self.conditional_put(message_item, Condition::AbsentOrExpired { at: message.received_at })?,
            self.conditional_put(profile_item, Condition::of(profile))?,
        ];
        for reminder in reminders {
            puts.push(self.conditional_put(self.reminder_item(reminder), Condition::of(reminder))?);
        }
        if let Some(answer) = answer {
            puts.push(self.conditional_put(self.outgoing_text_item(answer), Condition::of(answer))?);
        }
        self.transact(puts).await
    }

    async fn outgoing_text(&self, key: &OutgoingTextKey) -> Result<Option<Versioned<OutgoingText>>, ReadError> {
        let item = self.read(&Key::of_outgoing_text(key)).await?;
        item.map(|item| items::outgoing_text::read(&item)).transpose().map_err(ReadError::from)
    }

    async fn replace(
        &self,
        reminder: &Replacement<Reminder>,
        text: Option<&Replacement<OutgoingText>>,
    ) -> Result<(), WriteError> {
        let item = self.reminder_item(reminder);
        let Some(text) = text else { return self.put(item, Condition::of(reminder)).await };
        let reminder = self.conditional_put(item, Condition::of(reminder))?;
        let text = self.conditional_put(self.outgoing_text_item(text), Condition::of(text))?;
        self.transact(vec![reminder, text]).await
    }

    async fn replace_outgoing_text(&self, text: &Replacement<OutgoingText>) -> Result<(), WriteError> {
        self.put(self.outgoing_text_item(text), Condition::of(text)).await
    }

    async fn give_back_turn(&self, person: &PersonId, claim: &ClaimId, now: Timestamp) -> Result<(), WriteError> {
        self.give_back_turn_of(person, claim, now).await
    }

    async fn take_turn(&self, request: &TurnRequest) -> Result<TurnOutcome, WriteError> {
        self.take_turn_of(request).await
    }

    async fn unconfirmed_calls(&self, person: &PersonId) -> Result<UnconfirmedCalls, ReadError> {
        self.unconfirmed_calls_of(person).await
    }

    async fn replace_profile(&self, profile: &Replacement<Profile>) -> Result<(), WriteError> {
        self.put(items::profile::write(profile, profile.version()), Condition::of(profile)).await
    }

    async fn overdue(&self, shard: u8, now: Timestamp, cursor: Option<&str>) -> Result<Page, ReadError> {
        self.overdue_page(shard, now, cursor).await
    }

    async fn set_aside(&self, overdue: &Overdue) -> Result<(), WriteError> {
        self.set_aside_item(&Key::of(overdue)).await
    }

    async fn move_deadline(&self, overdue: &Overdue, now: Timestamp, until: Timestamp) -> Result<(), WriteError> {
        self.move_deadline_of(&Key::of(overdue), now, until).await
    }
}

fn put_error(error: &SdkError<PutItemError>) -> WriteError {
    let lost = |refusal: &PutItemError| {
        refusal.is_conditional_check_failed_exception() || refusal.is_transaction_conflict_exception()
    };
    if error.as_service_error().is_some_and(lost) { WriteError::Conflict } else { WriteError::Unknown(describe(error)) }
}

fn transaction_error(error: &SdkError<TransactWriteItemsError>) -> WriteError {
    let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error() else {
        return WriteError::Unknown(describe(error));
    };
    let codes: Vec<&str> = canceled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect();
    if codes.iter().any(|code| CONFLICTS.contains(code)) {
        WriteError::Conflict
    } else {
        WriteError::Unknown(format!("the transaction was canceled: {}", codes.join(", ")))
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
        transaction_error(&refused(TransactWriteItemsError::TransactionCanceledException(canceled)))
    }

    #[test]
    fn a_canceled_transaction_is_a_conflict_if_a_condition_failed_or_an_item_was_held() {
        assert_eq!(canceled(&["None", "ConditionalCheckFailed"]), WriteError::Conflict);
        assert_eq!(canceled(&["TransactionConflict", "None"]), WriteError::Conflict);
        assert_eq!(canceled(&["ThrottlingError", "ConditionalCheckFailed"]), WriteError::Conflict);
    }

    #[test]
    fn the_outcome_of_a_transaction_that_was_canceled_for_another_reason_is_unknown() {
        for codes in [&["None", "ThrottlingError"][..], &["ProvisionedThroughputExceeded"], &["ValidationError"], &[]] {
            let reason = format!("the transaction was canceled: {}", codes.join(", "));
            assert_eq!(canceled(codes), WriteError::Unknown(reason));
        }
    }

    #[test]
    fn the_outcome_of_a_transaction_that_was_throttled_or_timed_out_is_unknown() {
        let reason = "ThrottlingException (HTTP 400): slow down";
        let throttled = ErrorMetadata::builder().code("ThrottlingException").message("slow down").build();
        let throttled = TransactWriteItemsError::generic(throttled);
        assert_eq!(transaction_error(&refused(throttled)), WriteError::Unknown(reason.to_owned()));
        let timed_out = transaction_error(&SdkError::timeout_error("no response in time"));
        assert_eq!(timed_out, WriteError::Unknown("request has timed out: no response in time".to_owned()));
    }

    #[test]
    fn a_refused_put_is_a_conflict_only_if_its_condition_failed_or_its_item_was_held() {
        let check = ConditionalCheckFailedException::builder().build();
        let transaction = TransactionConflictException::builder().build();
        let throttled = ErrorMetadata::builder().code("ThrottlingException").message("slow down").build();
        for (refusal, expected) in [
            (PutItemError::ConditionalCheckFailedException(check), None),
            (PutItemError::TransactionConflictException(transaction), None),
            (PutItemError::generic(throttled), Some("ThrottlingException (HTTP 400): slow down")),
        ] {
            let expected = expected.map_or(WriteError::Conflict, |reason| WriteError::Unknown(reason.to_owned()));
            assert_eq!(put_error(&refused(refusal)), expected);
        }
    }
}
