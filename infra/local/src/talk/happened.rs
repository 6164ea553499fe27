//! What happens in a step of the talk, in words: from the carrier's log and from the functions' own lines.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use simulated_carrier::{LogEntry, LogEvent, WebhookKind};

use crate::function_logs::Function;

/// Longest part of a text that is shown, in characters.
const MOST_SHOWN: usize = 80;
/// Lines that say nothing about a step: the sweeper's count of each sweep, and lines that only carry metrics.
const NOT_SHOWN: [&str; 3] = ["swept", "measured", "carrier answered"];
/// Fields of a line that say more: why something happened, or what was reported.
const DETAILS: [&str; 4] = ["error", "reason", "report", "status"];

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happening {
    /// When it happened.
    pub at: Timestamp,
    /// The person, the carrier, a function, or the fault.
    pub who: String,
    /// What happened, as a sentence without its subject.
    pub words: String,
}

/// Reads an entry of the carrier's log. `name` is the name of its person. Returns nothing for an entry that is not
/// shown.
pub(super) fn of_carrier(entry: &LogEntry, name: &str) -> Option<Happening> {
    let (is_person, words) = match &entry.event {
        LogEvent::TextIn { words, .. } => (true, format!("texts {}", quoted(words))),
        LogEvent::Answer { words, .. } | LogEvent::TextOut { words, .. } => (true, format!("reads {}", quoted(words))),
        LogEvent::OptOut { words, .. } => (true, format!("reads, from the carrier: {}", quoted(words))),
        LogEvent::CallRequested { fault: None, .. } => (false, format!("accepts a call to {name}")),
        LogEvent::CallRequested { fault: Some(_), .. } => {
            (false, format!("accepts a call to {name}, but its answer does not arrive"))
        }
        LogEvent::CallDropped { .. } => {
            (false, format!("reads the request for a call to {name}, closes the connection, and places no call"))
        }
        LogEvent::CallRefused { code, .. } => (false, format!("refuses a call to {name}, code {code}")),
        LogEvent::CallRinging { .. } => (true, "the phone rings".to_owned()),
        LogEvent::CallAnswered { .. } => (true, "picks up".to_owned()),
        LogEvent::Said { words, .. } => (true, format!("hears {}", quoted(words))),
        LogEvent::Key { digit, .. } => (true, format!("presses {}", digit.as_char())),
        LogEvent::CallCancelled { .. } => (false, format!("ends the call to {name}, as the service asked")),
        LogEvent::CancelRefused { .. } => (false, format!("does not end the call to {name}, though the service asked")),
        LogEvent::CallEnded { .. } => (true, "the call is over".to_owned()),
        LogEvent::Webhook { about: WebhookKind::Status, told: Some(status), .. } => {
            (false, format!("reports the call to {name}: {status}"))
        }
        LogEvent::Unreachable => (false, "is down".to_owned()),
        LogEvent::Reachable => (false, "works again".to_owned()),
        _ => return None,
    };
    let who = if is_person { name } else { "carrier" };
    Some(Happening { at: entry.at, who: who.to_owned(), words })
}

/// Reads a line of a function. Returns nothing for a line that is not shown.
pub(super) fn of_function(function: Function, line: &Value) -> Option<Happening> {
    let text = |field: &str| line[field].as_str().filter(|text| !text.is_empty());
    let message = text("message").filter(|message| !NOT_SHOWN.contains(message))?;
    let words = match (message, text("from"), text("to")) {
        ("transition", Some(from), Some(to)) => {
            let record = if text("text.id").is_some() { "text" } else { "reminder" };
            let change = if from == "None" { to.to_owned() } else { format!("{from} → {to}") };
            format!("writes the {record}: {change}")
        }
        // A stored text has a second line, which carries its metrics.
        ("text stored", ..) if line.get("_aws").is_some() => return None,
        ("transition", ..) => return None,
        _ => match DETAILS.into_iter().find_map(text) {
            Some(reason) => format!("{message}: {}", shortened(reason)),
            None => message.to_owned(),
        },
    };
    Some(Happening { at: text("timestamp")?.parse().ok()?, who: function.name().to_owned(), words })
}

/// Merges equal happenings into the first of them, with how often it happened.
#[must_use]
pub(super) fn merged(happened: impl IntoIterator<Item = Happening>) -> Vec<Happening> {
    let mut merged: Vec<(Happening, usize)> = Vec::new();
    for happening in happened {
        let is_equal =
            |(known, _): &&mut (Happening, usize)| (&known.who, &known.words) == (&happening.who, &happening.words);
        match merged.iter_mut().find(is_equal) {
            Some((_, times)) => *times += 1,
            None => merged.push((happening, 1)),
        }
    }
    let with_times = |(happening, times): (Happening, usize)| match times {
        1 => happening,
        _ => Happening { words: format!("{}, {times} times", happening.words), ..happening },
    };
    merged.into_iter().map(with_times).collect()
}

fn quoted(words: &str) -> String {
    format!("“{}”", shortened(words))
}

fn shortened(words: &str) -> String {
    let line = words.replace('\n', " ");
    if line.chars().count() <= MOST_SHOWN {
        return line;
    }
    line.chars().take(MOST_SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(line: &Value) -> Option<String> {
        let mut line = line.clone();
        line["timestamp"] = json!("2026-03-06T23:30:00.123456Z");
        of_function(Function::Dialer, &line).map(|happening| format!("{} {}", happening.who, happening.words))
    }

    #[test]
    fn a_line_of_a_function_is_told_with_its_change_or_its_reason() {
        let transition = json!({ "message": "transition", "from": "Dialing", "to": "Ringing" });
        assert_eq!(shown(&transition).as_deref(), Some("dialer writes the reminder: Dialing → Ringing"));
        let made = json!({ "message": "transition", "from": "None", "to": "Owed", "text.id": "T1" });
        assert_eq!(shown(&made).as_deref(), Some("dialer writes the text: Owed"));
        let failed = json!({ "message": "call refused", "error": "no connection" });
        assert_eq!(shown(&failed).as_deref(), Some("dialer call refused: no connection"));
        assert_eq!(shown(&json!({ "message": "call placed" })).as_deref(), Some("dialer call placed"));
        let reported = json!({ "message": "call reported", "report": "Completed" });
        assert_eq!(shown(&reported).as_deref(), Some("dialer call reported: Completed"));
        let counted = json!({ "message": "text stored", "_aws": {} });
        for other in [json!({ "message": "swept" }), json!({ "message": "transition" }), json!({}), counted] {
            assert_eq!(shown(&other), None, "{other}");
        }
    }

    #[test]
    fn equal_happenings_are_told_once_with_their_number() {
        let happening = |who: &str, words: &str| Happening {
            at: "2026-03-06T23:30:00Z".parse().unwrap(),
            who: who.to_owned(),
            words: words.to_owned(),
        };
        let told = merged([happening("Ann", "a"), happening("Ben", "a"), happening("Ann", "a"), happening("Ann", "b")]);
        assert_eq!(told, [happening("Ann", "a, 2 times"), happening("Ben", "a"), happening("Ann", "b")]);
    }

    #[test]
    fn an_entry_of_the_carrier_is_told_of_its_person_or_of_the_carrier() {
        let told = |event: Value| {
            let mut entry = json!({ "seq": 1, "at": "2026-03-06T23:30:00Z", "number": "+12015550100" });
            for (name, value) in event.as_object().unwrap() {
                entry[name] = value.clone();
            }
            let happening = of_carrier(&serde_json::from_value(entry).unwrap(), "Ann");
            happening.map(|happening| format!("{}: {}", happening.who, happening.words))
        };
        let said = told(json!({ "kind": "said", "call": "CA1", "words": "buy\nmilk" }));
        assert_eq!(said.as_deref(), Some("Ann: hears “buy milk”"));
        let lost = told(json!({ "kind": "call-requested", "call": "CA1", "fault": "close-after-accept" }));
        assert_eq!(lost.as_deref(), Some("carrier: accepts a call to Ann, but its answer does not arrive"));
        assert_eq!(told(json!({ "kind": "call-initiated", "call": "CA1" })), None);
        let long = told(json!({ "kind": "text-in", "message": "SM1", "via": "webhook", "words": "a".repeat(200) }));
        assert_eq!(long.unwrap(), format!("Ann: texts “{}…”", "a".repeat(MOST_SHOWN)));
    }
}
