//! The table of the stack, as the operator's tool reads and changes it.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use aws::records;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use reminder::ids::PersonId;

use crate::access::{Access, described};
use crate::stack::Stack;

/// An item, in the SDK's type.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The table with the records of all people.
pub(crate) struct RecordTable {
    client: Client,
    name: String,
}

impl RecordTable {
    pub(crate) fn of(access: &Access, stack: &Stack) -> Result<Self> {
        Ok(Self { client: access.dynamodb(), name: stack.output("TableName")?.to_owned() })
    }

    /// Reads all items of a person's partition: profile, reminders, outgoing texts and turn.
    pub(crate) async fn of_person(&self, person: &PersonId) -> Result<Vec<Item>> {
        let request = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", "pk")
            .expression_attribute_values(":pk", AttributeValue::S(records::partition(person)));
        let items: Result<Vec<Item>, _> = request.into_paginator().items().send().collect().await;
        items.map_err(described).with_context(|| format!("could not read the table {}", self.name))
    }

    /// Reads the items with this sort key. No index has the sort keys alone, so the whole table is read.
    pub(crate) async fn with_sort(&self, sort: &str) -> Result<Vec<Item>> {
        self.scan("#name = :value", "sk", sort).await
    }

    /// Reads the texts that the person sent, in the form of this release and of earlier ones. The whole table is read.
    pub(crate) async fn incoming_texts(&self, person: &PersonId) -> Result<Vec<Item>> {
        let mut items = self.with_sort(&records::incoming_text_sort(person)).await?;
        // Earlier releases named the person in an attribute only.
        let old = self.scan("#name = :value AND begins_with(pk, :message) AND sk = :old", "person", person.as_str());
        items.extend(old.await?);
        Ok(items)
    }

    /// Deletes an item, unless it was written again since it was read. Then nothing changes.
    pub(crate) async fn delete(&self, item: &Item) -> Result<()> {
        let key = |name: &str| item.get(name).cloned().with_context(|| format!("expected an item with a {name}"));
        let mut request = self.client.delete_item().table_name(&self.name).key("pk", key("pk")?).key("sk", key("sk")?);
        if let Some(version) = item.get("version") {
            request = request
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":version", version.clone());
        }
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error.as_service_error().is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            Err(error) => {
                Err(described(error)).with_context(|| format!("could not delete an item of the table {}", self.name))
            }
        }
    }

    /// Replaces an item if it still has this version. If it has another version, nothing changes.
    pub(crate) async fn replace(&self, item: Item, version: u64) -> Result<()> {
        let request = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", AttributeValue::N(version.to_string()));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => {
                Ok(())
            }
            Err(error) => {
                Err(described(error)).with_context(|| format!("could not replace an item of the table {}", self.name))
            }
        }
    }

    async fn scan(&self, filter: &str, name: &str, value: &str) -> Result<Vec<Item>> {
        let mut request = self
            .client
            .scan()
            .table_name(&self.name)
            .consistent_read(true)
            .filter_expression(filter)
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":value", AttributeValue::S(value.to_owned()));
        if filter.contains(":old") {
            request = request
                .expression_attribute_values(":message", AttributeValue::S("MSG#".to_owned()))
                .expression_attribute_values(":old", AttributeValue::S("MSG".to_owned()));
        }
        let items: Result<Vec<Item>, _> = request.into_paginator().items().send().collect().await;
        items.map_err(described).with_context(|| format!("could not read the table {}", self.name))
    }
}

/// Returns an attribute that is a text.
pub(crate) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}
