//! The sentence of each event that changes nothing: repeats, late reports, and facts that need no change.

use super::changes::detected;
use super::said::{Line, Said};

/// Returns the sentence about an event that changed no record. `None` if the life cycle can't produce it.
pub(super) fn sentence(line: Line<'_>) -> Option<Said> {
    let (event, state) = (line.text("event")?, line.text("state")?);
    match line.text("outcome")? {
        "acted" => acted(event),
        "ignored" => ignored(event, state),
        _ => None,
    }
}

/// Nothing changes, but effects follow.
fn acted(event: &str) -> Option<Said> {
    Some(match event {
        // A late report of the call that rang is not a failure: it must not hide how the reminder ended.
        "Accepted" | "CallReported(Initiated)" => Said::step(
            "The carrier reports a call that the reminder no longer waits for. The service cancels that call, in case \
             it still rings.",
        ),
        "KeyPressed" | "Acknowledged" => {
            Said::ignored("Acknowledged again. The text that replaces the call is withdrawn again.")
        }
        _ => return None,
    })
}

fn ignored(event: &str, state: &str) -> Option<Said> {
    Some(match event {
        "Woken" | "SlotAssigned" | "NoSlotInTime" | "CallLimitReached" | "Postponed" => {
            Said::ignored("The wake-up came too late: the reminder no longer waits for it.")
        }
        "Accepted" => Said::ignored("The carrier's answer came again, or after a report about the same call."),
        "RefusedForNow" | "RefusedForGood" => {
            Said::ignored("A call was not placed, and the reminder no longer waits for it.")
        }
        "CallReported(Initiated)" => Said::step("The carrier dials the number."),
        "CallReported(PickedUp)" if state == "Ringing" => Said::step("The carrier reports a pickup."),
        "CallReported(PickedUp)" => Said::ignored("The carrier reports a pickup of an earlier call."),
        "CallReported(Completed)" | "CallReported(NotReached)" if state == "Ended" => {
            Said::step("The call is over, as the carrier reports. The reminder had ended before.")
        }
        "CallReported(Completed)" | "CallReported(NotReached)" => {
            Said::ignored("The carrier reports the end of an earlier call.")
        }
        "AnswererDetected(Unknown)" if state == "Ringing" => detected(event)?,
        event if event.starts_with("AnswererDetected") => {
            Said::ignored("The carrier's machine detection came again, or too late to matter.")
        }
        "KeyPressed" => Said::ignored("A key was pressed again, or on an earlier call."),
        "DeadlinePassed" => Said::ignored("The sweeper found nothing to recover."),
        "Acknowledged" | "Deleted" | "Rescheduled" | "ZoneCorrected" | "SeriesReplanned" | "Skipped" | "Resumed"
        | "OptedOut" => Said::ignored("The person's request changes nothing here."),
        "TextStatusReported(Pending)" if state == "Accepted" => Said::step("The carrier reports that it has the text."),
        event if event.starts_with("Text") => Said::ignored("A late or repeated event about the text."),
        _ => return None,
    })
}
