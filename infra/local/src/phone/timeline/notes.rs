//! The sentence of each other line that explains the life of a reminder.

use super::said::{Line, Said};

/// Returns the sentence about a line that tells neither a transition nor an event without one. `None` for a line that
/// adds nothing to a timeline.
pub(super) fn sentence(line: Line<'_>, message: &str) -> Option<Said> {
    Some(match message {
        "text stored before: nothing is stored twice" => {
            Said::ignored("The text is stored already, so nothing is stored twice. It only gets its answer.")
        }
        "wake-up sent" => Said::step("The wake-up was put into the queue.").then("Calling"),
        "wake-up scheduled" => Said::step("The wake-up was put into a schedule.").then("Calling"),
        "early wake-up sent again" => {
            Said::step("The wake-up came early, so it is sent on for the exact second.").then("Calling")
        }
        "stale wake-up ignored" => Said::ignored("Ignored a wake-up that is a repeat or belongs to an older plan."),
        "call answered" if line.0["speaks"] == true => {
            Said::step("The call was answered. The reminder was read again from the table, and is spoken.")
        }
        "call answered" => Said::step("The call was answered, but is not wanted any more. It only says goodbye."),
        "carrier answered" => answered(line)?,
        "reminder failed: neither a call nor a text reached its person" => {
            Said::bad("Neither a call nor a text reached the person.")
        }
        message if message.starts_with("wake-up may not have been sent") => {
            Said::bad("The wake-up may not have been sent. If it does not arrive, the sweeper sends it again.")
        }
        _ => return None,
    })
}

/// How the carrier answered a request. The transition that follows tells the other answers.
fn answered(line: Line<'_>) -> Option<Said> {
    let is_text = line.text("text.id").is_some();
    Some(match (line.text("outcome")?, is_text) {
        ("unknown", false) => {
            Said::bad("The carrier's answer was lost. The phone may have rung, so it is not dialed again.")
                .then("Checking")
        }
        ("unknown", true) => Said::bad(
            "The carrier's answer about the text was lost. It may arrive, so it is tried at most three times.",
        ),
        ("refused until the operator acts", false) => {
            Said::bad(format!("The carrier refuses calls until the operator acts{}.", line.code()))
        }
        ("refused until the operator acts", true) => {
            Said::bad(format!("The carrier refuses texts until the operator acts{}.", line.code()))
        }
        _ => return None,
    })
}
