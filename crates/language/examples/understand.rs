//! Reads JSON lines with `id`, `text`, `now` and `tz`, and writes JSON lines with `id`, `due`, `rrule` and `task`. A
//! field is null if the text does not give it, or asks for something else than a reminder or a snooze. If the text asks
//! for several reminders, the fields are those of the first.
//!
//! The country decides the dates of some holidays and whether the day or the month comes first. It is derived from the
//! time zone, or is the United States if the zone is in no known country.

use jiff::{Timestamp, tz::TimeZone};
use language::{Country, Hints, Question, Request, understand};
use serde_json::{Value, json};
use std::io::{BufRead, Write, stdin, stdout};

fn main() -> std::io::Result<()> {
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        writeln!(out, "{}", answer(&row).map_err(std::io::Error::other)?)?;
    }
    Ok(())
}

fn answer(row: &Value) -> Result<Value, jiff::Error> {
    let field = |name: &str| row[name].as_str().unwrap_or_default();
    let now: Timestamp = field("now").parse()?;
    let zone = TimeZone::get(field("tz"))?;
    let hints = Hints { country: Country::of_zone(field("tz")).unwrap_or(Country::US), question: None };
    let request = understand(field("text"), now, &zone, &hints);
    let (due, rule, task) = match request {
        Request::Remind(reminders) => {
            let first = &reminders[0];
            (Some(first.due), first.rule.as_ref().map(language::Rule::rrule), Some(first.task.clone()))
        }
        Request::Time { due, .. } => (Some(due), None, None),
        Request::Ask(Question::Task { due, rule, .. }) => (Some(due), rule.as_ref().map(language::Rule::rrule), None),
        Request::Ask(Question::When { task } | Question::Days { task, .. }) => (None, None, Some(task)),
        Request::Snooze { until: due, .. } => (Some(due), None, None),
        _ => (None, None, None),
    };
    Ok(
        json!({"id": row["id"], "due": due.map(|due| due.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()), "rrule": rule, "task": task}),
    )
}
