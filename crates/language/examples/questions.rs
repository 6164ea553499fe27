//! Prints which share of the texts in each file is answered by a question or is not understood, and why.
//!
//! ```text
//! questions [--texts] FILE.jsonl …
//! ```
//! A row has `text`, and perhaps `question` (an open question in its stored form), `now` and `tz`. A row without `now`
//! takes `now` (wall-clock time) and `zone` from the first line, as the files in `tests/corpus` have them. With
//! `--texts`, each such text follows its reason.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use language::{Country, Hints, Question, Request, Unclear, understand};
use serde_json::Value;
use std::{collections::BTreeMap, fs};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let (options, files): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let shows_texts = options.iter().any(|option| option == "--texts");
    for file in files {
        let mut head = Value::Null;
        let mut texts = 0;
        let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for line in fs::read_to_string(&file)?.lines() {
            let row: Value = serde_json::from_str(line)?;
            let Some(text) = row["text"].as_str() else {
                head = row;
                continue;
            };
            texts += 1;
            if let Some(reason) = reason(&understood(text, &row, &head)?) {
                by_reason.entry(reason).or_default().push(text.to_owned());
            }
        }
        report(&file, texts, &by_reason, shows_texts);
    }
    Ok(())
}

fn understood(text: &str, row: &Value, head: &Value) -> Result<Request, Failure> {
    let field = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let (zone, now): (String, Timestamp) = if row["tz"].is_string() {
        (field(row, "tz"), field(row, "now").parse()?)
    } else {
        let zone = field(head, "zone");
        let local: DateTime = field(head, "now").parse()?;
        let now = TimeZone::get(&zone)?.to_ambiguous_timestamp(local).compatible()?;
        (zone, now)
    };
    let question = row["question"].as_str().map(str::parse).transpose()?;
    let hints = Hints { country: Country::of_zone(&zone).unwrap_or(Country::US), question };
    Ok(understand(text, now, &TimeZone::get(&zone)?, &hints))
}

/// Returns why a request is answered by a question, or why nothing was understood. `None` for any other request.
fn reason(request: &Request) -> Option<&'static str> {
    match request {
        Request::Ask(Question::When { candidates, .. }) => Some(match candidates.as_slice() {
            [] => "asks when: the text gives no time, or none that a rule or an instant can express",
            [_] => "asks when, names the time: a part that may belong to it was not understood",
            [_, _, ..] => "asks which day: the date does not fit the weekday",
        }),
        Request::Ask(Question::Task { .. }) | Request::Time { .. } => Some("asks for the task: the text gives none"),
        Request::Ask(Question::Days { .. }) => Some("asks for the days: the text gives only how many"),
        Request::Ask(Question::Delete) => Some("asks which reminder to delete"),
        Request::Ask(Question::Move { .. }) => Some("asks for the time to move to"),
        Request::Ask(Question::Zone | Question::MoveSeries { .. }) => Some("asks for the zone"),
        Request::Past { .. } => Some("asks for another time: this one has passed"),
        Request::Unknown(Unclear::NoRequest) => Some("not understood: no request"),
        Request::Unknown(Unclear::NoSuchDay) => Some("not understood: no such day"),
        Request::Unknown(_) => Some("not understood: too far or too long"),
        Request::Remind(_)
        | Request::List
        | Request::Help
        | Request::Done(_)
        | Request::Skip { .. }
        | Request::Resume(_)
        | Request::Restore
        | Request::Undo
        | Request::Yes
        | Request::No
        | Request::OptOut
        | Request::OptIn
        | Request::DropQuestion
        | Request::Delete(_)
        | Request::Move { .. }
        | Request::Snooze { .. }
        | Request::Code(_)
        | Request::Zone(_)
        | Request::Pleasantry => None,
    }
}

fn report(file: &str, texts: usize, by_reason: &BTreeMap<&str, Vec<String>>, shows_texts: bool) {
    let count = |asks: bool| -> usize {
        by_reason.iter().filter(|(reason, _)| reason.starts_with("asks") == asks).map(|(_, texts)| texts.len()).sum()
    };
    let share = |count: usize| 100.0 * count as f64 / texts.max(1) as f64;
    let (asked, unknown) = (count(true), count(false));
    println!(
        "{file}: {texts} texts, {asked} asked ({:.1} %), {unknown} not understood ({:.1} %)",
        share(asked),
        share(unknown)
    );
    for (reason, found) in by_reason {
        println!("  {:4}  {reason}", found.len());
        if shows_texts {
            found.iter().for_each(|text| println!("          {text:?}"));
        }
    }
}
