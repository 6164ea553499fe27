//! The progress of the talk, for the terminal and for the page.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use simulated_carrier::PhoneNumber;

use super::code::Excerpt;
use super::happened::Happening;
use super::steps::{STEPS_COUNT, TalkStep};

/// How the talk is told on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// As text for people, in color if it is a terminal.
    Lines {
        /// Whether standard output is a terminal.
        is_terminal: bool,
    },
    /// One JSON object for each step, at its end.
    Json,
}

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepResult {
    /// Whether the step ended as promised.
    pub is_good: bool,
    /// The promise with the lateness, or why it was not kept.
    pub words: String,
}

/// A step of the talk, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownStep {
    /// Number of the step, from 1.
    pub step: usize,
    /// Number of all steps.
    pub of: usize,
    /// The words of the talk.
    pub section: &'static str,
    /// What the step is about.
    pub about: &'static str,
    /// The fault that is caused.
    pub fault: &'static str,
    /// The person whose phone the page shows.
    pub person: PhoneNumber,
    /// The due of the first reminder. Absent until it is known.
    pub due: Option<Timestamp>,
    /// What happened so far, in the order of its times.
    pub happened: Vec<Happening>,
    /// The result. Absent while the step runs.
    pub result: Option<StepResult>,
    /// The place in the code.
    pub code: Excerpt,
    /// Whether the talk waits for Enter in its terminal.
    pub waits: bool,
}

/// Tells the talk.
#[derive(Debug, Clone)]
pub struct TalkReport {
    telling: Telling,
    shown: Arc<Mutex<Option<ShownStep>>>,
}

impl TalkReport {
    /// Creates a report without a step.
    #[must_use]
    pub fn new(telling: Telling) -> Self {
        Self { telling, shown: Arc::default() }
    }

    /// Returns the current step. Absent before the first.
    #[must_use]
    pub fn shown(&self) -> Option<ShownStep> {
        self.lock().clone()
    }

    /// Begins a step.
    pub(super) fn begin(&self, number: usize, step: &TalkStep, person: PhoneNumber, code: Excerpt) {
        if let Telling::Lines { .. } = self.telling {
            println!("\nStep {number} of {STEPS_COUNT}: {}", step.section);
            println!("{}", wrapped("  ", step.about));
            println!("{}\n", wrapped("  ", &format!("Fault: {}", step.fault)));
        }
        *self.lock() = Some(ShownStep {
            step: number,
            of: STEPS_COUNT,
            section: step.section,
            about: step.about,
            fault: step.fault,
            person,
            due: None,
            happened: Vec::new(),
            result: None,
            code,
            waits: false,
        });
    }

    /// Notes the due of the first reminder.
    pub(super) fn set_due(&self, due: Timestamp) {
        self.change(|shown| shown.due = Some(due));
    }

    /// Adds what happened.
    pub(super) fn add(&self, happened: Vec<Happening>) {
        self.change(|shown| {
            for happening in happened {
                if let Telling::Lines { .. } = self.telling {
                    println!("{}", line(shown.due, &happening));
                }
                shown.happened.push(happening);
            }
        });
    }

    /// Ends a step.
    pub(super) fn end(&self, result: StepResult) {
        self.change(|shown| {
            if let Telling::Lines { is_terminal } = self.telling {
                println!("{}", ending(&result, &shown.code, is_terminal));
            }
            shown.result = Some(result);
            if self.telling == Telling::Json {
                println!("{}", json!(shown));
            }
        });
    }

    /// Notes whether the talk waits for Enter.
    pub(super) fn wait(&self, waits: bool) {
        self.change(|shown| shown.waits = waits);
    }

    fn change(&self, change: impl FnOnce(&mut ShownStep)) {
        if let Some(shown) = self.lock().as_mut() {
            change(shown);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<ShownStep>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Formats something that happened, with its time before or after the due.
fn line(due: Option<Timestamp>, happening: &Happening) -> String {
    let seconds = |due| happening.at.duration_since(due).as_secs_f64();
    let at = due.map_or_else(String::new, |due| format!("due {:+.1} s", seconds(due)));
    format!("  {at:>12}  {:8}  {}", happening.who, happening.words)
}

/// Formats how long after the due a phone rang, or before it, because clocks may differ by up to a second.
pub(super) fn from_due(lateness: SignedDuration) -> String {
    let side = if lateness.is_negative() { "before" } else { "after" };
    format!("{:.1} s {side} the due", lateness.as_secs_f64().abs())
}

/// Formats the result and the place in the code.
fn ending(result: &StepResult, code: &Excerpt, is_terminal: bool) -> String {
    let (color, word) = if result.is_good { (32, "PASS") } else { (31, "FAIL") };
    let word = if is_terminal { format!("\u{1b}[1;{color}m{word}\u{1b}[0m") } else { word.to_owned() };
    let words = wrapped("  ", &format!("____  {}", result.words)).replacen("____", &word, 1);
    let first = code.line;
    let lines = code.lines.iter().enumerate().map(|(index, line)| format!("\n  {:>5}  {line}", first + index));
    format!("\n{words}\n\n  {}:{first}{}", code.path, lines.collect::<String>())
}

/// Width of the terminal that the text is wrapped for.
const WIDTH: usize = 100;

/// Wraps a text at spaces, with an indentation.
fn wrapped(indentation: &str, words: &str) -> String {
    let mut lines = vec![indentation.to_owned()];
    for word in words.split(' ') {
        let is_full = lines.last().is_some_and(|line| line.chars().count() + word.chars().count() > WIDTH);
        if is_full {
            lines.push(indentation.to_owned());
        }
        if let Some(line) = lines.last_mut() {
            let is_empty = line.len() == indentation.len();
            line.push_str(if is_empty { "" } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::steps::STEPS;

    fn happening(at: &str) -> Happening {
        Happening { at: at.parse().unwrap(), who: "Ann".to_owned(), words: "the phone rings".to_owned() }
    }

    #[test]
    fn what_happened_has_its_time_before_or_after_the_due() {
        let due = "2026-03-06T23:30:00Z".parse().unwrap();
        let told = |at| line(Some(due), &happening(at));
        assert_eq!(told("2026-03-06T23:30:00.250Z"), "    due +0.2 s  Ann       the phone rings");
        assert_eq!(told("2026-03-06T23:29:50Z"), "   due -10.0 s  Ann       the phone rings");
        assert_eq!(line(None, &happening("2026-03-06T23:30:00Z")), "                Ann       the phone rings");
    }

    #[test]
    fn a_step_ends_with_its_result_and_the_numbered_lines_of_code() {
        let code = Excerpt { path: "a.rs", line: 9, lines: vec!["if b {".to_owned(), "    c();".to_owned()] };
        let good = StepResult { is_good: true, words: "The phone rang once.".to_owned() };
        let expected = "\n  PASS  The phone rang once.\n\n  a.rs:9\n      9  if b {\n     10      c();";
        assert_eq!(ending(&good, &code, false), expected);
        let bad = StepResult { is_good: false, words: "Not as promised.".to_owned() };
        assert!(ending(&bad, &code, true).contains("\u{1b}[1;31mFAIL\u{1b}[0m  Not as promised."));
    }

    #[test]
    fn a_long_text_is_wrapped() {
        let text = wrapped("  ", STEPS[0].about);
        assert!(text.lines().count() > 1 && text.lines().all(|line| line.len() <= WIDTH + 1), "{text}");
        assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" "), STEPS[0].about);
    }

    #[test]
    fn the_current_step_is_shown_from_its_beginning_to_its_result() {
        let report = TalkReport::new(Telling::Lines { is_terminal: false });
        assert_eq!(report.shown(), None);
        let person = PhoneNumber::parse("+12015550100").unwrap();
        report.begin(2, &STEPS[1], person, STEPS[1].code.find().unwrap());
        report.add(vec![happening("2026-03-06T23:30:00Z")]);
        report.set_due("2026-03-06T23:30:00Z".parse().unwrap());
        report.wait(true);
        let shown = report.shown().unwrap();
        assert_eq!((shown.step, shown.of, shown.happened.len(), shown.waits), (2, STEPS_COUNT, 1, true));
        assert_eq!(shown.result, None);
        let result = StepResult { is_good: true, words: "The phone rang once.".to_owned() };
        report.end(result.clone());
        assert_eq!(report.shown().unwrap().result, Some(result));
    }
}
