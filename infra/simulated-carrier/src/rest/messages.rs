//! `/Messages`: requests about texts.

use super::form::Form;
use super::problem::Problem;
use crate::number::PhoneNumber;
use crate::state::SharedState;
use crate::texts::{MessageOrder, OPTED_OUT_CODE};

/// Maximum number of characters in the body of a text, as at Twilio.
const MOST_CHARACTERS: usize = 1600;

/// Reads a request to send a text. Fails with Twilio's error code if it is invalid.
pub(super) fn read_order(state: &SharedState, form: &Form) -> Result<MessageOrder, Problem> {
    let to = form.get("To").ok_or_else(|| Problem::bad(21604, "A 'To' phone number is required."))?;
    let from = form.get("From").ok_or_else(|| Problem::bad(21603, "A 'From' phone number is required."))?;
    let body = form.get("Body").ok_or_else(|| Problem::bad(21602, "Message body is required."))?;
    let to = PhoneNumber::parse(to).map_err(|_| Problem::bad(21211, format!("Invalid 'To' Phone Number: {to}")))?;
    let from =
        PhoneNumber::parse(from).map_err(|_| Problem::bad(21212, format!("Invalid 'From' Phone Number: {from}")))?;
    if from != state.config.service_number {
        let message = format!("The 'From' phone number {from} is not a valid, SMS-capable number for your account.");
        return Err(Problem::bad(21606, message));
    }
    if body.chars().count() > MOST_CHARACTERS {
        return Err(Problem::bad(21617, format!("The concatenated message body exceeds the {MOST_CHARACTERS} limit.")));
    }
    if state.has_opted_out(&to) {
        return Err(Problem::bad(OPTED_OUT_CODE, "Attempt to send to unsubscribed recipient"));
    }
    let callback = form.url("StatusCallback", 21609)?;
    Ok(MessageOrder { from, to, body: body.to_owned(), callback })
}
