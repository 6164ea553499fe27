//! The sentence of each transition of a text that replaces a call.

use super::said::{Line, Said};

/// Returns the sentence about a stored transition of an outgoing text. `None` if the life cycle can't produce it.
pub(super) fn sentence(line: Line<'_>) -> Option<Said> {
    let (event, from, to) = (line.text("event")?, line.text("from")?, line.text("to")?);
    match line.text("end") {
        Some(end) => ended(line, event, end),
        None => went_on(line, event, from, to),
    }
}

fn ended(line: Line<'_>, event: &str, end: &str) -> Option<Said> {
    let code = line.code();
    Some(match (event, end) {
        ("TextStatusReported(Delivered)", "delivered") => {
            Said::good("The text was delivered, as the carrier reported.")
        }
        ("TextNoFailureKnown", "sent") => {
            Said::good("The carrier has passed the text on and knows of no failure. It counts as sent.")
        }
        ("TextDeadlinePassed", "sent") => Said::bad(
            "The carrier accepted the text, but reported neither a delivery nor a failure. It counts as sent.",
        ),
        ("TextDeadlinePassed", "given_up") => {
            Said::bad("The text was tried too often or for too long. It is given up.")
        }
        ("TextRefusedForGood", "undelivered") => Said::bad(format!("The carrier refuses to text this number{code}.")),
        ("TextStatusReported(Undelivered)", "undelivered") => {
            Said::bad(format!("The text was not delivered, as the carrier reported{code}."))
        }
        ("TextStatusReported(Undelivered)" | "TextOptedOut", "withdrawn") => {
            Said::step("The person opted out, so the text is not sent again.")
        }
        ("TextWithdrawn", "withdrawn") => {
            Said::step("The reminder was acknowledged, so the text is withdrawn. A try that was sent may still arrive.")
        }
        _ => return None,
    })
}

fn went_on(line: Line<'_>, event: &str, from: &str, to: &str) -> Option<Said> {
    let code = line.code();
    Some(match (event, from, to) {
        ("TextDeadlinePassed", "Owed", "Owed") => Said::step("A try of the text is counted, and then sent."),
        ("TextDeadlinePassed", "Accepted", "Accepted") => {
            Said::bad("No report about the text came, so the sweeper asks the carrier.").then("Checking")
        }
        ("TextAccepted", "Owed", "Accepted") => Said::step("The carrier accepted the text."),
        ("TextRefusedForNow", "Owed", "Owed") => {
            Said::bad("The text was not sent, for a reason that may pass. This uses up no try.").then("Trying again")
        }
        ("TextSlotAssigned", "Owed", "Owed") => {
            Said::step("The carrier takes no more texts at this moment, so a slot is reserved.").then("Texting")
        }
        ("TextStatusReported(Pending)", "Owed", "Accepted") => Said::step("The carrier reports that it has the text."),
        ("TextStatusReported(Undelivered)", _, "Owed") => {
            Said::bad(format!("The text was not delivered{code}, for a reason that may pass.")).then("Trying again")
        }
        _ => return None,
    })
}
