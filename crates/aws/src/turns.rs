//! A person's turn for a call: one item, taken by one conditional update.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;
use reminder::ids::{ClaimId, PersonId};
use reminder::ports::WriteError;
use reminder::turn::{Turn, TurnOutcome, TurnRequest};

use crate::failure::describe;
use crate::items::keys::Key;
use crate::items::{Item, milliseconds_rounded_up, turn};
use crate::store::Table;

/// Writes a turn, and [`TurnRequest::replaced_at`] in `replaced_ms`. If the SDK tries the write again after a lost
/// response, the turn replaces itself. If it is then given back, other calls wait up to a minute longer.
const TAKE: &str = "SET replaced_ms = if_not_exists(taken_ms, :before), \
                    reminder = :reminder, claim = :claim, taken_ms = :now, until_ms = :until";

/// The condition of [`TurnRequest::may_take`], or that there is no turn yet. The second line replaces the turn of an
/// earlier call of the same reminder, unless the person may still talk on that call. The third line replaces the turn
/// of any call that is over, if that turn was taken at least [`CALL_SPACING_S`] ago.
const FREE: &str = "attribute_not_exists(claim) \
                    OR (reminder = :reminder AND taken_ms <= :now AND claim <> :own) \
                    OR (taken_ms <= :before AND (until_ms <= :now OR claim = :over))";

impl Table {
    pub(crate) async fn take(&self, request: &TurnRequest) -> Result<TurnOutcome, WriteError> {
        let key = Key::of_turn(&request.person);
        let turn = &request.turn;
        let own = request.own_call.as_ref().map_or("", |claim| claim.as_str());
        let over = request.over.as_ref().map_or("", |claim| claim.as_str());
        let update = self
            .update(&key)
            .update_expression(TAKE)
            .condition_expression(FREE)
            .expression_attribute_values(":reminder", AttributeValue::S(turn.reminder.to_string()))
            .expression_attribute_values(":claim", AttributeValue::S(turn.claim.to_string()))
            .expression_attribute_values(":now", milliseconds(turn.taken_at))
            .expression_attribute_values(":until", milliseconds(turn.until))
            .expression_attribute_values(":before", milliseconds(request.latest_before()))
            .expression_attribute_values(":over", AttributeValue::S(over.to_owned()))
            .expression_attribute_values(":own", AttributeValue::S(own.to_owned()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match update.send().await {
            Ok(_) => Ok(TurnOutcome::Taken),
            Err(error) => refused(&error),
        }
    }

    /// Writes [`Turn::given_back`], if this claim has the turn. Then [`TAKE`] has set `replaced_ms` for this claim.
    pub(crate) async fn give_back(&self, person: &PersonId, claim: &ClaimId, now: Timestamp) -> Result<(), WriteError> {
        let update = self
            .update(&Key::of_turn(person))
            .update_expression("SET taken_ms = replaced_ms, until_ms = :now")
            .condition_expression("claim = :claim")
            .expression_attribute_values(":claim", AttributeValue::S(claim.to_string()))
            .expression_attribute_values(":now", milliseconds(now));
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_other_turn(&error) => Ok(()),
            Err(error) => Err(WriteError::Unknown(describe(&error))),
        }
    }
}

/// Whether an update was refused because its claim does not have the turn.
fn is_other_turn(error: &SdkError<UpdateItemError>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

fn milliseconds(instant: Timestamp) -> AttributeValue {
    AttributeValue::N(milliseconds_rounded_up(instant).to_string())
}

fn refused(error: &SdkError<UpdateItemError>) -> Result<TurnOutcome, WriteError> {
    let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() else {
        return Err(WriteError::Unknown(describe(error)));
    };
    let read = |item: &Item| -> Option<Turn> { turn::read(item).ok() };
    match failed.item().and_then(read) {
        Some(turn) => Ok(TurnOutcome::Busy(turn)),
        None => Err(WriteError::Unknown("expected the turn of another call, found no readable turn".to_owned())),
    }
}
