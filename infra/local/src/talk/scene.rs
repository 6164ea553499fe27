//! The stack of the talk, and what a step does and sees there.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulated_carrier::{CallScript, Fault, FaultKind, LogEntry, LogEvent, PhoneNumber, WebhookKind};
use tokio::time::sleep;

use super::expected::Facts;
use super::happened::{self, Happening};
use super::report::TalkReport;
use crate::endpoint::Service;
use crate::function_logs::{Function, FunctionLogs};
use crate::phone::{ReadReminders, Reminder, ReminderState};
use crate::stack::Stack;

/// Time limit of a wait. It is far longer than needed, so that a slow machine fails no step.
const LIMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(200);
/// How often what has happened is read.
const READ_EVERY: Duration = Duration::from_millis(700);
/// What happened is shown so much later, because a function's lines reach its log after its invocation. So most of it
/// is shown in the order of its times.
const SHOWN_AFTER: SignedDuration = SignedDuration::from_millis(1500);
/// How often the sweeper runs, instead of every minute.
const SWEEP_EVERY: Duration = Duration::from_secs(2);
/// Names of the people of a step.
const NAMES: [&str; 3] = ["Ann", "Ben", "Cleo"];
/// The outputs of the template that name the queues.
pub(super) const QUEUES: [&str; 2] = ["DialQueueUrl", "InboundQueueUrl"];
/// Calls to a person that are answered in a step.
const MOST_CALLS: usize = 4;
/// Statuses of a call that is over, as the carrier reports them.
const OVER: [&str; 5] = ["completed", "busy", "no-answer", "failed", "canceled"];
/// States of reminders to which something may still happen.
const LIVE: [ReminderState; 4] =
    [ReminderState::Waiting, ReminderState::Dialing, ReminderState::Ringing, ReminderState::Paused];

/// A step on the stack.
pub(super) struct Scene<'a> {
    /// The stack of the talk.
    pub(super) stack: &'a Stack,
    /// The people of the step.
    pub(super) people: Vec<PhoneNumber>,
    report: &'a TalkReport,
    logs: FunctionLogs,
    reminders: ReadReminders,
    http: reqwest::Client,
    started: Timestamp,
    /// Faults that were caused.
    notes: Mutex<Vec<Happening>>,
}

impl<'a> Scene<'a> {
    /// Begins a step with these people.
    ///
    /// # Errors
    /// Fails if the template does not name a function.
    pub(super) fn begin(
        stack: &'a Stack,
        report: &'a TalkReport,
        reminders: ReadReminders,
        people: Vec<PhoneNumber>,
    ) -> Result<Self> {
        let (logs, http) = (FunctionLogs::of(stack)?, reqwest::Client::new());
        Ok(Self { stack, people, report, logs, reminders, http, started: Timestamp::now(), notes: Mutex::default() })
    }

    /// Scripts the calls to a person. One call is expected. More are scripted, so that a doubled call is answered and
    /// seen in the log.
    pub(super) fn script(&self, person: usize, call: CallScript) -> Result<()> {
        self.stack.carrier().behave(self.number(person)?, vec![call; MOST_CALLS]).map_err(|reason| anyhow!(reason))
    }

    /// Adds a fault of the carrier for a person.
    pub(super) fn add_fault(&self, person: usize, kind: FaultKind, change: impl FnOnce(Fault) -> Fault) -> Result<()> {
        let fault = change(Fault::once(self.number(person)?.clone(), kind));
        self.stack.carrier().add_fault(fault).map_err(|reason| anyhow!(reason))
    }

    /// Notes that a fault was caused.
    pub(super) fn note(&self, words: &str) {
        let note = Happening { at: Timestamp::now(), who: "fault".to_owned(), words: words.to_owned() };
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    /// Sends a text of a person, and returns the carrier's report. Shows the due of the first person's first reminder.
    ///
    /// # Errors
    /// Fails if the service does not take the text.
    pub(super) async fn text(&self, person: usize, words: &str) -> Result<Value> {
        let outcome = self.send(json!({ "from": self.number(person)?, "body": words })).await?;
        ensure!(outcome["status"] == 200, "expected the service to take the text {words:?}, found {outcome}");
        if person == 0 {
            self.show_due().await?;
        }
        Ok(outcome)
    }

    /// Delivers copies of one text of a person, so many at the same moment as each item says.
    pub(super) async fn repeat_text(&self, person: usize, words: &str, together: &[usize]) -> Result<()> {
        let from = self.number(person)?;
        // Only this text of the talk has an id of its own.
        let id = format!("SM{:032x}", Timestamp::now().as_millisecond());
        for copies in together {
            self.send(json!({ "from": from, "body": words, "id": id, "copies": copies })).await?;
        }
        self.show_due().await
    }

    async fn send(&self, request: Value) -> Result<Value> {
        let url = format!("{}/_phone/text", self.stack.carrier().url());
        let response = self.http.post(url).json(&request).send().await?.error_for_status()?;
        Ok(response.json().await?)
    }

    /// Shows a due until the stored one is known.
    pub(super) fn expect_due(&self, due: Timestamp) {
        self.report.set_due(due);
    }

    /// Shows the due of the first person's first reminder, if it is stored.
    pub(super) async fn show_due(&self) -> Result<()> {
        if let Some(reminder) = self.reminders_of(0).await?.first() {
            self.report.set_due(reminder.due);
        }
        Ok(())
    }

    /// Waits for an event of a person in the carrier's log.
    pub(super) async fn wait_for(&self, person: usize, what: &str, wanted: impl Fn(&LogEvent) -> bool) -> Result<()> {
        let number = self.number(person)?;
        let is_wanted = |entry: &LogEntry| entry.number.as_ref() == Some(number) && wanted(&entry.event);
        let found = self.stack.carrier().wait_for(LIMIT, is_wanted).await;
        found.map(drop).with_context(|| format!("expected {what} within {} s, found none", LIMIT.as_secs()))
    }

    /// Waits until a function has logged a line that begins with these words.
    pub(super) async fn wait_for_line(&self, begin: &str) -> Result<()> {
        let is_logged = async || {
            let lines = self.logs.since(self.started).await?;
            Ok(lines.iter().any(|(_, line)| line["message"].as_str().is_some_and(|words| words.starts_with(begin))))
        };
        self.until(&format!("a line of a function that begins with {begin:?}"), is_logged).await
    }

    /// Waits until the reminder of a person has this state.
    pub(super) async fn wait_for_state(&self, person: usize, state: ReminderState) -> Result<()> {
        let has_state = async || Ok(self.reminders_of(person).await?.iter().any(|reminder| reminder.state == state));
        self.until(&format!("a reminder in the state {state:?}"), has_state).await
    }

    /// Waits until all reminders and calls have ended, and the queues have no message.
    pub(super) async fn wait_for_end(&self) -> Result<()> {
        for person in 0..self.people.len() {
            let has_ended = async || {
                let reminders = self.reminders_of(person).await?;
                Ok(!reminders.is_empty() && reminders.iter().all(|reminder| !LIVE.contains(&reminder.state)))
            };
            self.until("the reminders to end", has_ended).await?;
            let number = self.number(person)?;
            let is_over = async || Ok(are_calls_over(&self.stack.carrier().log(Some(number))));
            self.until("the calls to end", is_over).await?;
        }
        for name in QUEUES {
            let queue = self.stack.output(name)?;
            let is_empty = async || self.stack.endpoint().is_queue_empty(queue).await;
            self.until(&format!("{name} to be empty"), is_empty).await?;
        }
        Ok(())
    }

    /// Kills the processes of a function.
    pub(super) fn kill(&self, function: Function) -> Result<()> {
        let name = self.stack.output(function.output())?;
        let processes = self.stack.function_processes()?;
        let killed = processes.iter().filter(|process| process.function == name && process.kill()).count();
        ensure!(killed > 0, "expected a process of the {}, found none to kill", function.name());
        Ok(())
    }

    /// Deletes all messages of a queue that this output of the template names.
    pub(super) async fn empty_queue(&self, output: &str) -> Result<()> {
        let input = json!({ "QueueUrl": self.stack.output(output)? });
        self.stack.endpoint().call(Service::Sqs, "PurgeQueue", &input).await.map(drop)
    }

    /// Returns what is known about each person.
    pub(super) async fn facts(&self) -> Result<Vec<Facts>> {
        let mut facts = Vec::new();
        for (person, number) in self.people.iter().enumerate() {
            facts.push(Facts::of(&self.stack.carrier().log(Some(number)), &self.reminders_of(person).await?));
        }
        Ok(facts)
    }

    /// Shows what happens, and runs the sweeper, until it is dropped.
    pub(super) async fn follow(&self, told: &mut Told) {
        let show = async {
            loop {
                sleep(READ_EVERY).await;
                self.show_until(Timestamp::now() - SHOWN_AFTER, told).await;
            }
        };
        let sweep = async {
            loop {
                sleep(SWEEP_EVERY).await;
                // It fails while AWS is stopped. The next one runs soon.
                drop(self.stack.sweep().await);
            }
        };
        tokio::join!(show, sweep);
    }

    /// Shows what has happened until an instant and is not shown yet.
    pub(super) async fn show_until(&self, until: Timestamp, told: &mut Told) {
        let log = self.stack.carrier().log(None).into_iter().filter(|entry| entry.at >= self.started);
        let of_carrier = log.filter_map(|entry| {
            let name = self.name_of(entry.number.as_ref())?;
            Some((format!("{}", entry.seq), happened::of_carrier(&entry, name)?))
        });
        // The logs can't be read while AWS is stopped. They are read again soon.
        let lines = self.logs.since(self.started).await.unwrap_or_default();
        let of_functions = lines.iter().filter_map(|(function, line)| {
            let happening = happened::of_function(*function, line)?;
            Some((line.to_string(), happening))
        });
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let notes = notes.into_iter().map(|note| (format!("{} {}", note.at, note.words), note));
        let all = of_carrier.chain(of_functions).chain(notes);
        let mut new: Vec<(String, Happening)> =
            all.filter(|(id, happening)| happening.at <= until && !told.0.contains(id)).collect();
        new.sort_by_key(|(_, happening)| happening.at);
        told.0.extend(new.iter().map(|(id, _)| id.clone()));
        self.report.add(happened::merged(new.into_iter().map(|(_, happening)| happening)));
    }

    /// Returns the name of a person of the step. Returns nothing for other people.
    fn name_of(&self, number: Option<&PhoneNumber>) -> Option<&'static str> {
        let Some(number) = number else { return Some("carrier") };
        NAMES.get(self.people.iter().position(|person| person == number)?).copied()
    }

    fn number(&self, person: usize) -> Result<&PhoneNumber> {
        self.people.get(person).with_context(|| format!("expected a person {person} in this step, found none"))
    }

    /// Returns the reminders of a person, in the order in which they were made.
    async fn reminders_of(&self, person: usize) -> Result<Vec<Reminder>> {
        let mut reminders = (self.reminders)(self.number(person)?.clone()).await.map_err(|reason| anyhow!(reason))?;
        reminders.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(reminders)
    }

    async fn until(&self, what: &str, is_reached: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let started = Instant::now();
        while !is_reached().await? {
            if started.elapsed() > LIMIT {
                bail!("expected {what} within {} s", LIMIT.as_secs());
            }
            sleep(POLL).await;
        }
        Ok(())
    }
}

/// Returns whether every call that the carrier has accepted is over, and its end was reported.
fn are_calls_over(log: &[LogEntry]) -> bool {
    let count = |wanted: fn(&LogEvent) -> bool| log.iter().filter(|entry| wanted(&entry.event)).count();
    let accepted = count(|event| matches!(event, LogEvent::CallRequested { .. }));
    let reported = |event: &LogEvent| match event {
        LogEvent::Webhook { about: WebhookKind::Status, told: Some(told), .. } => OVER.contains(&told.as_str()),
        _ => false,
    };
    accepted <= count(reported)
}

/// What was shown in a step.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeSet<String>);
