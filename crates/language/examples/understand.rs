//! Reads JSON lines with `id`, `text`, `now`, `tz` and perhaps `question` (an open question in its stored form), and
//! writes the whole request of each text as a JSON line:
//!
//! ```text
//! "remind"                        "items": [{"due", "rrule", "task"}, …]
//! "time"                          "due"
//! "ask when"                      "task", "candidates": [{"due", "rrule"}, …]
//! "ask days"                      "task"
//! "ask task"                      "due", "rrule"
//! "done" | "delete" | "skip" | "resume"   "which": "#2 #3", words, "LAST", "NEXT" or "ALL"
//! "move"                          "which", "to": an instant, a date, "HH:MM" or "+30 min"
//! "snooze"                        "due"
//! "zone"                          "place" or "unknown"
//! "past"                          "task", "was"
//! "unknown"                       "why"
//! "ask delete" | "ask move" | "ask zone" | "ask move series" | "list" | "help" | "leave" | "return" | "forget"
//!     | "courtesy" | "restore" | "undo" | "yes" | "no"
//! ```
//! Each line also has the fields `due`, `rrule` and `task`. A field is null if the text does not give it. If the text
//! asks for several reminders, the fields are those of the first.
//!
//! The country decides the dates of some holidays and whether the day or the month comes first. It is derived from the
//! time zone, or is the United States if the zone is in no known country.

use jiff::{Timestamp, tz::TimeZone};
use language::{Country, Hints, NewReminder, NewTime, Place, Question, Request, Rule, Target, understand};
use serde_json::{Value, json};
use std::io::{BufRead, Write, stdin, stdout};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        writeln!(out, "{}", answer(&row)?)?;
    }
    Ok(())
}

fn answer(row: &Value) -> Result<Value, Box<dyn std::error::Error>> {
    let field = |name: &str| row[name].as_str().unwrap_or_default();
    let now: Timestamp = field("now").parse()?;
    let zone = TimeZone::get(field("tz"))?;
    let question = row["question"].as_str().map(str::parse).transpose()?;
    let hints = Hints { country: Country::of_zone(field("tz")).unwrap_or(Country::US), question };
    let Value::Object(fields) = written(&understand(field("text"), now, &zone, &hints), &zone) else {
        return Err("expected an object".into());
    };
    let mut line = json!({"id": row["id"], "due": null, "rrule": null, "task": null});
    for (name, value) in fields {
        line[name] = value;
    }
    Ok(line)
}

fn written(request: &Request, zone: &TimeZone) -> Value {
    match request {
        Request::Remind(reminders) => {
            let items: Vec<Value> = reminders.iter().map(|reminder| item(reminder, zone)).collect();
            let mut line = items[0].clone();
            line["request"] = json!("remind");
            line["items"] = json!(items);
            line
        }
        Request::Time { due, .. } => json!({"request": "time", "due": instant(*due, zone)}),
        Request::Ask(question) => asked(question, zone),
        Request::Snooze { until, .. } => json!({"request": "snooze", "due": instant(*until, zone)}),
        Request::Done(target) => json!({"request": "done", "which": which(target)}),
        Request::Delete(target) => json!({"request": "delete", "which": which(target)}),
        Request::Skip { target, .. } => json!({"request": "skip", "which": which(target)}),
        Request::Resume(target) => json!({"request": "resume", "which": which(target)}),
        Request::Code(digits) => json!({"request": "code", "code": digits}),
        Request::Move { target, to } => json!({"request": "move", "which": which(target), "to": moved(to, zone)}),
        Request::Zone(Place::Known(place)) => json!({"request": "zone", "place": place.iana_name()}),
        Request::Zone(Place::Unknown(name)) => json!({"request": "zone", "unknown": name}),
        Request::Past { task, was } => json!({"request": "past", "task": task, "was": instant(*was, zone)}),
        Request::Unknown(why) => json!({"request": "unknown", "why": format!("{why:?}")}),
        Request::List => json!({"request": "list"}),
        Request::Help => json!({"request": "help"}),
        Request::OptOut => json!({"request": "leave"}),
        Request::OptIn => json!({"request": "return"}),
        Request::DropQuestion => json!({"request": "forget"}),
        Request::Pleasantry => json!({"request": "courtesy"}),
        Request::Restore => json!({"request": "restore"}),
        Request::Undo => json!({"request": "undo"}),
        Request::Yes => json!({"request": "yes"}),
        Request::No => json!({"request": "no"}),
    }
}

fn asked(question: &Question, zone: &TimeZone) -> Value {
    match question {
        Question::When { task, candidates } => {
            let meant: Vec<Value> = candidates
                .iter()
                .map(|one| json!({"due": instant(one.due, zone), "rrule": one.rule.as_ref().map(Rule::rrule)}))
                .collect();
            json!({"request": "ask when", "task": task, "candidates": meant})
        }
        Question::Task { due, rule, .. } => {
            json!({"request": "ask task", "due": instant(*due, zone), "rrule": rule.as_ref().map(Rule::rrule)})
        }
        Question::Days { task, .. } => json!({"request": "ask days", "task": task}),
        Question::Delete => json!({"request": "ask delete"}),
        Question::Move { .. } => json!({"request": "ask move"}),
        Question::Zone => json!({"request": "ask zone"}),
        Question::MoveSeries { .. } => json!({"request": "ask move series"}),
    }
}

fn item(reminder: &NewReminder, zone: &TimeZone) -> Value {
    let rule = reminder.rule.as_ref().map(Rule::rrule);
    json!({"due": instant(reminder.due, zone), "rrule": rule, "task": reminder.task})
}

fn instant(due: Timestamp, zone: &TimeZone) -> String {
    due.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn which(target: &Target) -> String {
    match target {
        Target::Numbers(numbers) => numbers.iter().map(|number| format!("#{number}")).collect::<Vec<_>>().join(" "),
        Target::Words(words) => words.clone(),
        Target::Last => "LAST".to_owned(),
        Target::Next => "NEXT".to_owned(),
        Target::All => "ALL".to_owned(),
    }
}

fn moved(to: &NewTime, zone: &TimeZone) -> String {
    match to {
        NewTime::At { due, .. } => instant(*due, zone),
        NewTime::Day(day) => day.to_string(),
        NewTime::Time(time) => time.strftime("%H:%M").to_string(),
        NewTime::Later(by) => format!("{:+} min", by.as_mins()),
    }
}
