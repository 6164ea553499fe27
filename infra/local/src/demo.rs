//! `cargo local demo`: sends a text, answers the call a minute later, presses a key, and checks the result.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use crate::build::Build;
use crate::handset;
use crate::progress::Progress;
use crate::stack::{Options, Stack};
use simulated_carrier::{CallScript, LogEntry, LogEvent, PhoneNumber};

/// Phone number of the person; reserved for fiction.
const PERSON: &str = "+12125550123";
const TEXT: &str = "Remind me to buy milk in 1 minute";
const TASK: &str = "buy milk";
const KEY: &str = "1";
/// Tolerated clock skew: a ring up to this long before the due does not count as early.
const SKEW: SignedDuration = SignedDuration::from_secs(1);
/// Time limit: one minute until the due, and one more for a slow machine.
const LIMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(200);
/// Time between two messages about when the phone rings.
const COUNTDOWN: Duration = Duration::from_secs(15);
/// Zone of the person's number, in which the answer and the timeline show times.
const ZONE: &str = "America/New_York";

/// The course of the demo, as seen on the person's phone and in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timeline {
    text: String,
    text_at: Timestamp,
    answer: Vec<String>,
    answer_at: Timestamp,
    due: Timestamp,
    rings: Vec<Timestamp>,
    lateness_ms: Option<i64>,
    words: Vec<String>,
    texts: Vec<String>,
    end: String,
    end_at: Timestamp,
    problems: Vec<String>,
}

/// Starts a stack of its own with the functions of this build, runs the demo, stops the stack and prints the timeline.
/// Returns whether the timeline is as expected.
///
/// # Errors
/// Fails if a step fails.
pub async fn run(build: Build, format: Format) -> Result<bool> {
    let progress = Progress::begin();
    let stack = Stack::start(Options { build, ..Options::temporary() }, &progress).await?;
    let timeline = play(&stack, &progress).await;
    progress.say("Stopping everything");
    tokio::task::spawn_blocking(move || drop(stack)).await?;
    let timeline = timeline?;
    match format {
        Format::Lines => println!("{}\n{}", timeline.lines(), timeline.result(std::io::stdout().is_terminal())),
        Format::Json => println!("{}", serde_json::to_string(&timeline)?),
    }
    Ok(timeline.problems.is_empty())
}

/// Output format of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text for people.
    Lines,
    /// One JSON object for programs.
    Json,
}

async fn play(stack: &Stack, progress: &Progress) -> Result<Timeline> {
    let person = PhoneNumber::parse(PERSON)?;
    let result = stack.carrier().behave(&person, vec![CallScript::press(KEY)?]);
    result.map_err(|reason| anyhow!(reason))?;
    progress.say(&format!("Sending the text {TEXT:?}"));
    let text_at = Timestamp::now();
    let answer = handset::text(&stack.carrier().url(), PERSON, TEXT).await?.answer;
    let answer_at = Timestamp::now();
    progress.say(&format!("Received the answer {:?}. Waiting for the call", answer.join(" ")));
    let record = wait_for_end(stack, progress).await?;
    let entries = stack.carrier().log(Some(&person));
    let mut timeline = Timeline {
        text: TEXT.to_owned(),
        text_at,
        answer,
        answer_at,
        due: record.due,
        rings: times(&entries, |event| matches!(event, LogEvent::CallRinging { .. })),
        lateness_ms: None,
        words: entries.iter().filter_map(|entry| spoken_words(&entry.event)).collect(),
        texts: entries.iter().filter_map(|entry| sent_text(&entry.event)).collect(),
        end: record.end,
        end_at: Timestamp::now(),
        problems: Vec::new(),
    };
    let lateness = timeline.rings.first().map(|ring| ring.duration_since(timeline.due));
    timeline.lateness_ms = lateness.and_then(|lateness| i64::try_from(lateness.as_millis()).ok());
    timeline.problems = timeline.find_problems();
    Ok(timeline)
}

/// The ended reminder, as read from the table.
struct Record {
    due: Timestamp,
    end: String,
}

/// Waits until the reminder has ended, and returns it. Says now and then when the phone will ring.
async fn wait_for_end(stack: &Stack, progress: &Progress) -> Result<Record> {
    let started = Instant::now();
    let mut said_at: Option<Instant> = None;
    loop {
        let items = stack.items().await?;
        let reminders = items.iter().filter(|item| item["sk"]["S"].as_str().is_some_and(|key| key.starts_with("REM#")));
        // If the stack runs on an existing endpoint, the table may have older reminders. The newest reminder has the
        // greatest id, because ids begin with their time.
        let reminder = reminders.max_by_key(|item| item["sk"]["S"].as_str().map(str::to_owned));
        let reminder = reminder.context("expected a reminder in the table after the answer, found none")?;
        if let Some(end) = reminder["end"]["S"].as_str() {
            return Ok(Record { due: time_of(&reminder["due"])?, end: end.to_owned() });
        }
        let left_s = time_of(&reminder["due"])?.duration_since(Timestamp::now()).as_secs();
        if left_s > 0 && said_at.is_none_or(|said_at| said_at.elapsed() >= COUNTDOWN) {
            progress.say(&format!("  The phone rings in {left_s} s"));
            said_at = Some(Instant::now());
        }
        if started.elapsed() > LIMIT {
            bail!("expected the reminder to end within {LIMIT:?}, found it in the state {}", reminder["state"]);
        }
        tokio::time::sleep(POLL).await;
    }
}

fn time_of(attribute: &Value) -> Result<Timestamp> {
    let time = attribute["S"].as_str().and_then(|text| text.parse().ok());
    time.with_context(|| format!("expected an instant, found {attribute}"))
}

fn times(entries: &[LogEntry], wanted: impl Fn(&LogEvent) -> bool) -> Vec<Timestamp> {
    entries.iter().filter(|entry| wanted(&entry.event)).map(|entry| entry.at).collect()
}

fn spoken_words(event: &LogEvent) -> Option<String> {
    if let LogEvent::Said { words, .. } = event { Some(words.clone()) } else { None }
}

fn sent_text(event: &LogEvent) -> Option<String> {
    if let LogEvent::TextOut { words, .. } = event { Some(words.clone()) } else { None }
}

impl Timeline {
    /// Returns descriptions of everything that differs from the expected course.
    fn find_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.rings.len() != 1 {
            problems.push(format!("expected one ring, found {}", self.rings.len()));
        }
        if self.rings.iter().any(|ring| ring.duration_since(self.due) < -SKEW) {
            problems.push(format!("expected no ring before {}, found one at {}", self.due, self.rings[0]));
        }
        if !self.words.iter().any(|words| words.contains(TASK)) {
            problems.push(format!("expected the call to say {TASK:?}, found {:?}", self.words));
        }
        if !self.texts.is_empty() {
            problems.push(format!("expected no text after an acknowledged call, found {:?}", self.texts));
        }
        if self.end != "heard" {
            problems.push(format!("expected the reminder to end as heard, found {}", self.end));
        }
        problems
    }

    /// Returns the last line of the output: PASS or FAIL, in color for a terminal, and why.
    fn result(&self, is_terminal: bool) -> String {
        let colored = |color: u8, word: &str| {
            if is_terminal { format!("\u{1b}[1;{color}m{word}\u{1b}[0m") } else { word.to_owned() }
        };
        match (self.problems.is_empty(), self.lateness_ms) {
            (true, Some(late_ms)) => format!("{}  rang once, {late_ms} ms after its due time", colored(32, "PASS")),
            _ => format!("{}  {}", colored(31, "FAIL"), self.problems.join("; ")),
        }
    }

    fn lines(&self) -> String {
        let time = |at: &Timestamp| match at.in_tz(ZONE) {
            Ok(local) => local.strftime("%H:%M:%S%.3f %Z").to_string(),
            Err(_) => at.strftime("%H:%M:%S%.3f UTC").to_string(),
        };
        let mut rows = vec![("text", time(&self.text_at), self.text.clone())];
        rows.extend(self.answer.iter().map(|answer| ("answer", time(&self.answer_at), answer.clone())));
        rows.push(("due", time(&self.due), String::new()));
        rows.extend(self.rings.iter().map(|ring| ("ring", time(ring), String::new())));
        if let Some(lateness_ms) = self.lateness_ms {
            rows.push(("lateness", format!("{lateness_ms} ms"), String::new()));
        }
        rows.extend(self.words.iter().map(|words| ("heard", String::new(), words.clone())));
        rows.push(("end", time(&self.end_at), self.end.clone()));
        rows.iter().map(|(step, at, words)| format!("{step:9} {at:16} {words}\n")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Timeline {
        let due: Timestamp = "2026-03-01T18:30:00Z".parse().unwrap();
        Timeline {
            text: TEXT.to_owned(),
            text_at: due - SignedDuration::from_secs(60),
            answer: vec!["OK".to_owned()],
            answer_at: due - SignedDuration::from_secs(59),
            due,
            rings: vec![due + SignedDuration::from_millis(300)],
            lateness_ms: Some(300),
            words: vec!["Hi, it's sixthirty with your reminder: buy milk.".to_owned()],
            texts: Vec::new(),
            end: "heard".to_owned(),
            end_at: due + SignedDuration::from_secs(5),
            problems: Vec::new(),
        }
    }

    fn check(change: impl FnOnce(&mut Timeline), expected: &[&str]) {
        let mut timeline = good();
        change(&mut timeline);
        let problems = timeline.find_problems();
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        assert!(problems.iter().zip(expected).all(|(problem, start)| problem.starts_with(start)), "{problems:?}");
    }

    #[test]
    fn the_demo_passes_only_with_one_punctual_ring_and_the_expected_words_and_end() {
        check(|_| (), &[]);
        check(|t| t.rings.clear(), &["expected one ring, found 0"]);
        check(|t| t.rings.push(t.due), &["expected one ring, found 2"]);
        check(|t| t.rings[0] = t.due - SignedDuration::from_millis(1001), &["expected no ring before"]);
        check(|t| t.rings[0] = t.due - SignedDuration::from_millis(999), &[]);
        check(|t| t.words = vec!["Goodbye.".to_owned()], &["expected the call to say \"buy milk\""]);
        check(|t| t.texts.push("buy milk".to_owned()), &["expected no text"]);
        check(|t| t.end = "missed".to_owned(), &["expected the reminder to end as heard, found missed"]);
    }

    #[test]
    fn the_last_line_says_pass_with_the_lateness_or_fail_with_the_problems() {
        assert_eq!(good().result(false), "PASS  rang once, 300 ms after its due time");
        assert!(good().result(true).starts_with("\u{1b}[1;32mPASS\u{1b}[0m"), "{}", good().result(true));
        let bad = Timeline { problems: vec!["expected one ring, found 2".to_owned()], ..good() };
        assert_eq!(bad.result(false), "FAIL  expected one ring, found 2");
    }

    #[test]
    fn the_timeline_is_printed_in_chronological_order() {
        let lines = good().lines();
        let steps: Vec<&str> = lines.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(steps, ["text", "answer", "due", "ring", "lateness", "heard", "end"]);
        assert!(lines.contains("lateness  300 ms"), "{lines}");
    }
}
