//! A person's turn for a call: one item, which is read and then replaced by one conditional update.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use reminder::call_limits::UnconfirmedCalls;
use reminder::ids::{ClaimId, PersonId};
use reminder::ports::{ReadError, WriteError};
use reminder::turn::{PersonCalls, TurnDecision, TurnOutcome, TurnRequest};

use crate::failure::describe;
use crate::items::keys::Key;
use crate::items::turn::{self, Attributes};
use crate::store::Table;

/// Maximum number of tries of one request. Another try is needed if another function wrote the item in between, or if
/// the response to this function's own write was lost. A person has few calls at once.
const TRIES: usize = 3;

/// An item as it was read, with its version.
type Stored = Option<(PersonCalls, u64)>;

impl Table {
    pub(crate) async fn take_turn_of(&self, request: &TurnRequest) -> Result<TurnOutcome, WriteError> {
        for _ in 0..TRIES {
            let stored = self.turn(&request.person).await?;
            let TurnDecision { outcome, write } = request.decide(stored.as_ref().map(|(calls, _)| calls));
            let Some(next) = write else { return Ok(outcome) };
            if self.replace_turn(&request.person, &stored, &next).await? {
                return Ok(outcome);
            }
        }
        Err(WriteError::Conflict)
    }

    pub(crate) async fn give_back_turn_of(
        &self,
        person: &PersonId,
        claim: &ClaimId,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        for _ in 0..TRIES {
            let stored = self.turn(person).await?;
            let next = stored.as_ref().and_then(|(calls, _)| calls.given_back(claim, now));
            let Some(next) = next else { return Ok(()) };
            if self.replace_turn(person, &stored, &next).await? {
                return Ok(());
            }
        }
        Err(WriteError::Conflict)
    }

    /// An item that can't be read counts no calls and has no code. Then a text of six digits is read as any other text.
    pub(crate) async fn unconfirmed_calls_of(&self, person: &PersonId) -> Result<UnconfirmedCalls, ReadError> {
        let item = self.read(&Key::of_turn(person)).await?;
        let calls = item.map(|item| turn::read(&item)).transpose().unwrap_or_else(|error| {
            tracing::error!(
                ?error,
                "the item of a person's turn can't be read; treating its calls and its code as absent"
            );
            None
        });
        Ok(calls.map(|(calls, _)| calls.unconfirmed()).unwrap_or_default())
    }

    async fn turn(&self, person: &PersonId) -> Result<Stored, WriteError> {
        let item = self.read(&Key::of_turn(person)).await.map_err(|error| WriteError::Unknown(error.to_string()))?;
        item.map(|item| turn::read(&item)).transpose().map_err(|error| WriteError::Unknown(format!("{error:?}")))
    }

    /// Replaces the item that was read. Returns `false` if it has changed since then. The claim and the lease are part
    /// of the condition, because releases before the limits of calls write no version.
    async fn replace_turn(&self, person: &PersonId, stored: &Stored, next: &PersonCalls) -> Result<bool, WriteError> {
        let version = stored.as_ref().map_or(0, |(_, version)| *version);
        let attributes = turn::write(next, version + 1);
        let mut update = self.update(&Key::of_turn(person)).update_expression(expression(&attributes));
        for (name, value) in attributes {
            update = update.expression_attribute_names(format!("#{name}"), name);
            if let Some(value) = value {
                update = update.expression_attribute_values(format!(":{name}"), value);
            }
        }
        let update = match stored {
            None => update.condition_expression("attribute_not_exists(#claim)"),
            Some((calls, version)) => {
                let unchanged = "#claim = :stored_claim AND #until_ms = :stored_until";
                let update = update
                    .expression_attribute_values(":stored_claim", AttributeValue::S(calls.turn.claim.to_string()))
                    .expression_attribute_values(":stored_until", turn::milliseconds(calls.turn.until));
                match version {
                    0 => update.condition_expression(format!("{unchanged} AND attribute_not_exists(#version)")),
                    version => update
                        .condition_expression(format!("{unchanged} AND #version = :stored_version"))
                        .expression_attribute_values(":stored_version", AttributeValue::N(version.to_string())),
                }
            }
        };
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error) if has_changed(&error) => Ok(false),
            Err(error) => Err(WriteError::Unknown(describe(&error))),
        }
    }
}

/// Returns the expression that sets the attributes with a value and removes the others.
fn expression(attributes: &Attributes) -> String {
    let names = |has_value: bool| attributes.iter().filter(move |(_, value)| value.is_some() == has_value);
    let set: Vec<String> = names(true).map(|(name, _)| format!("#{name} = :{name}")).collect();
    let removed: Vec<String> = names(false).map(|(name, _)| format!("#{name}")).collect();
    let remove = if removed.is_empty() { String::new() } else { format!(" REMOVE {}", removed.join(", ")) };
    format!("SET {}{remove}", set.join(", "))
}

/// Whether an update was refused because the item has changed since it was read.
fn has_changed(error: &SdkError<UpdateItemError>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}
