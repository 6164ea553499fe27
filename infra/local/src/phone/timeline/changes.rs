//! The sentence of each transition of a reminder that the life cycle can produce.

use super::said::{Line, Said};

/// Returns the sentence about a stored transition of a reminder. `None` if the life cycle can't produce it.
pub(super) fn sentence(line: Line<'_>) -> Option<Said> {
    let (event, from, to) = (line.text("event")?, line.text("from")?, line.text("to")?);
    match line.text("end") {
        Some(end) => ended(line, event, from, to, end),
        None => went_on(line, event, from, to),
    }
}

/// The occurrence or the reminder ended.
fn ended(line: Line<'_>, event: &str, from: &str, to: &str, end: &str) -> Option<Said> {
    if from == "Paused" && end == "missed" {
        return Some(Said::bad("The person resumed the series, which has no later occurrence. It ends."));
    }
    let is_request = matches!(event, "Texted" | "Acknowledged" | "Deleted" | "Skipped" | "Rescheduled" | "OptedOut");
    let cause = if is_request { String::new() } else { cause(line, event, from, to)? + " " };
    let said = match end {
        "heard" => {
            let what = match (from, to) {
                ("Ended", _) => "Its last occurrence",
                ("Dialing", "Dialing") | ("Ringing", "Ringing") => "The occurrence before",
                (_, "Ended") => "The reminder",
                _ => "The occurrence",
            };
            let how = if is_request { "Acknowledged by a text, or by a key on a call to the service. " } else { "" };
            Said::good(format!("{cause}{how}{what} counts as heard."))
        }
        "unconfirmed" if event == "AnswererDetected(Person)" => Said::bad(format!("{cause}A text follows.")),
        "unconfirmed" => {
            Said::bad(format!("{cause}A person may have picked up a call, but no key was pressed, so a text follows."))
        }
        "missed" if may_have_rung(event, from) => {
            Said::bad(format!("{cause}The carrier reported no pickup by a person, so a text follows."))
        }
        "missed" => Said::bad(format!("{cause}A text replaces the call.")),
        "cancelled" => Said::step("Skipped, moved or deleted by the person."),
        "opted_out" => Said::step("Ended by an opt-out. After START, RESTORE brings it back within 30 days."),
        _ => return None,
    };
    Some(match to {
        "Paused" => {
            Said { words: said.words + " After five misses in a row, the series is paused until RESUME.", ..said }
        }
        "Waiting" => said.then("Calling"),
        _ => said,
    })
}

/// Whether the occurrence ends after a call of which the carrier has told.
fn may_have_rung(event: &str, from: &str) -> bool {
    event.starts_with("CallReported") || (event == "DeadlinePassed" && from == "Ringing")
}

/// Says what ended the occurrence.
fn cause(line: Line<'_>, event: &str, from: &str, to: &str) -> Option<String> {
    let call = line.call();
    Some(match (event, from) {
        ("Woken" | "Postponed", "Waiting") => "It is too late for a call.".to_owned(),
        ("SlotAssigned", "Waiting") => "The carrier has no free slot in time.".to_owned(),
        ("NoSlotInTime", "Waiting") => {
            "No call is possible in time: it is too late, no slot is free, or the calls of this hour are used up."
                .to_owned()
        }
        ("CallLimitReached", "Waiting") => "The person has had as many calls as a limit allows.".to_owned(),
        ("RefusedForNow", "Dialing") => {
            format!("The request for {call} was not carried out, and no other call follows.")
        }
        ("RefusedForGood", "Dialing") => "The carrier refuses to call this number.".to_owned(),
        ("CallReported(Completed)", "Dialing" | "Ringing") => {
            format!("The carrier reports that {call} is over.")
        }
        ("CallReported(NotReached)", "Dialing" | "Ringing") => {
            format!("The carrier reports that {call} is over and was not picked up.")
        }
        ("AnswererDetected(Person)", "Waiting") => {
            "The carrier reported late that a person had picked up, so the phone is not called again.".to_owned()
        }
        ("DeadlinePassed", "Waiting") => "The wake-up was lost too often, or it is too late for a call.".to_owned(),
        ("DeadlinePassed", "Dialing") => {
            "The carrier's answer is missing. The phone may have rung, so it is not dialed again.".to_owned()
        }

        ("DeadlinePassed", "Ringing") => format!("The end of {call} was never reported."),
        ("KeyPressed", "Dialing" | "Ringing") if from != to => "A key was pressed.".to_owned(),
        ("KeyPressed", _) => "The key of an earlier call arrived late. It counts.".to_owned(),
        _ => return None,
    })
}

/// The occurrence goes on, or is planned again.
fn went_on(line: Line<'_>, event: &str, from: &str, to: &str) -> Option<Said> {
    let call = line.call();
    let same = from == to;
    Some(match (event, from, to) {
        ("Created", "None", "Waiting") => {
            Said::step("Accepted: the request and the reminder are stored in one transaction.").then("Calling")
        }
        ("WakeUpSent", "Waiting", "Waiting") => {
            Said::step("The wake-up is confirmed as sent. If it is lost, the sweeper sends it again.").then("Calling")
        }
        ("Woken", "Waiting", "Dialing") => {
            Said::step(format!("Claimed {call}. Its request is being sent to the carrier."))
        }
        ("SlotAssigned", "Waiting", "Waiting") => {
            Said::step("The carrier takes no more calls at this moment, so a slot is reserved.").then("Calling")
        }
        ("Postponed", "Waiting", "Waiting") => Said::step(
            "No call can be placed now: another call to this phone is under way, the carrier fails, or no slot could \
             be reserved. This uses up no attempt.",
        )
        .then("Trying again"),
        ("Accepted", "Dialing", "Ringing") => Said::step(format!("The carrier accepted {call}.")),
        ("RefusedForNow", "Dialing", "Waiting") => {
            let words = format!("The request for {call} was not carried out, for a reason that may pass.");
            Said::bad(words + " This uses up no attempt.").then("Trying again")
        }
        (_, _, "Waiting" | "Dialing" | "Ringing") if event.starts_with("CallReported") => {
            reported(&call, event, from, to)?
        }
        ("CallReported(Completed)" | "CallReported(NotReached)", "Paused" | "Ended", _) if same => {
            Said::step("A canceled call is over.")
        }
        (_, "Dialing" | "Ringing", "Ringing") if event.starts_with("AnswererDetected") => detected(event)?,
        ("AnswererDetected(Person)", "Waiting" | "Dialing", _) if same => {
            Said::step("The carrier reported late that a person had picked up an earlier call.")
        }
        ("KeyPressed", "Waiting" | "Dialing" | "Ringing", _) if same => {
            Said::step("A person picked up a canceled call and pressed a key.")
        }
        ("DeadlinePassed", "Waiting", "Waiting") => {
            Said::bad("The wake-up may be lost, so the sweeper sends it again.").then("Calling")
        }
        ("DeadlinePassed", "Ringing", "Ringing") => {
            Said::bad("No end of the call was reported, so the sweeper asks the carrier.").then("Checking")
        }
        ("DeadlinePassed", "Paused", "Paused") => Said::step("The series is still paused."),
        ("Resumed" | "Texted", "Paused", "Waiting") => Said::step("The person resumed the series.").then("Calling"),
        ("Skipped" | "Texted", "Dialing" | "Ringing", "Waiting") => {
            Said::step("The person skipped this occurrence.").then("Calling")
        }
        ("Skipped", "Waiting", "Waiting") => Said::step("The person skipped this occurrence.").then("Calling"),
        ("Rescheduled", "Waiting", "Waiting") => Said::step("The person moved it.").then("Calling"),
        ("ZoneCorrected" | "SeriesReplanned", _, _) if same => Said::step("The person changed its time or time zone."),
        ("Texted", "Waiting", "Waiting") => {
            Said::step("The person moved it, skipped an occurrence, or changed its time zone.").then("Calling")
        }
        ("Texted", "Dialing" | "Ringing" | "Paused", _) if same => Said::step("The person changed its time zone."),
        _ => return None,
    })
}

/// The carrier reported on a call, and the occurrence goes on.
fn reported(call: &str, event: &str, from: &str, to: &str) -> Option<Said> {
    Some(match (event, from, to) {
        ("CallReported(Initiated)", "Dialing", "Ringing") => {
            Said::step(format!("The carrier dials the number, which shows that it accepted {call}."))
        }
        ("CallReported(Initiated)", "Ringing", "Ringing") => Said::step("The carrier dials the number only now."),
        ("CallReported(PickedUp)", "Dialing", "Ringing") => {
            Said::step(format!("Picked up, which shows that the carrier accepted {call}."))
        }
        ("CallReported(PickedUp)", "Ringing", "Ringing") => Said::step("The call was picked up."),
        ("CallReported(PickedUp)", "Waiting", "Ringing") => Said::step(
            "A call was picked up although its end was reported. No other call rings meanwhile, and the carrier is \
             asked.",
        ),
        ("CallReported(Completed)", "Dialing" | "Ringing", "Waiting") => {
            Said::bad(format!("The carrier reports that {call} is over. No key was pressed.")).then("Calling again")
        }
        ("CallReported(NotReached)", "Dialing" | "Ringing", "Waiting") => {
            Said::bad(format!("The carrier reports that {call} is over and was not picked up.")).then("Calling again")
        }
        ("CallReported(Completed)" | "CallReported(NotReached)", _, _) if from == to => {
            Said::step("A canceled call is over.")
        }
        _ => return None,
    })
}

/// The carrier's machine detection says who answered.
pub(super) fn detected(event: &str) -> Option<Said> {
    Some(match event {
        "AnswererDetected(Person)" => Said::step("A person picked up, as the carrier detected."),
        "AnswererDetected(MachineStarted)" => {
            Said::step("A mailbox or call screening picked up, as the carrier detected.")
        }
        "AnswererDetected(MachineEnded)" => {
            Said::step("A mailbox or call screening picked up, and its greeting is over, as the carrier detected.")
        }
        "AnswererDetected(Fax)" => Said::step("A fax machine picked up, as the carrier detected."),
        "AnswererDetected(Unknown)" => Said::step("A person or a machine picked up: the carrier could not tell."),
        _ => return None,
    })
}
