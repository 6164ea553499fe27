//! `cargo operate stop-calls` and `start-calls`: stops all calls, and starts them again.
//!
//! A stop disables the mapping of the dial queue to the dialer, the only function that places calls. Nothing is lost
//! meanwhile: wake-ups wait in the queue for four days, and the sweeper, which keeps running, replaces each call by a
//! text once the call is too late. So people are told, although no phone rings.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use aws_sdk_sqs::types::QueueAttributeName;
use serde::Serialize;

use crate::access::{Access, described};
use crate::event_sources;
use crate::report::{Report, Run};
use crate::stack::Stack;

/// Default of the parameter `MaxLatenessSeconds`.
const MAX_LATENESS_S: u64 = 900;

/// What to do with dialing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// No more calls are placed.
    Stop,
    /// Calls are placed again.
    Start,
}

/// What was done, and what happens to reminders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DialingReport {
    change: Change,
    /// Lambda's state of the mapping before.
    before: Vec<String>,
    /// Lambda's state of the mapping afterwards. Absent in a dry run, and if nothing had to be changed.
    after: Option<Vec<String>>,
    /// Approximate number of wake-ups that wait in the dial queue.
    waiting: u64,
    /// Approximate number of wake-ups that are not due yet.
    delayed: u64,
    max_lateness_s: u64,
    /// The command that starts calls again. Absent if they are started now.
    next: Option<String>,
    #[serde(skip)]
    run: Option<Run>,
}

/// Stops or starts calls.
///
/// # Errors
/// Fails if the mapping can't be found or changed.
pub async fn change(access: &Access, change: Change, run: Run) -> Result<DialingReport> {
    let stack = Stack::find(access).await?;
    let sources = event_sources::of(access, &stack, "DialerFunction").await?;
    if sources.is_empty() {
        bail!("no queue invokes the dialer; deploy the template again to restore the mapping");
    }
    let enable = change == Change::Start;
    let (waiting, delayed) = waiting(access, &stack).await?;
    let is_needed = sources.iter().any(|source| source.is_on() != enable);
    let mut report = DialingReport {
        change,
        before: sources.iter().map(|source| source.state.clone()).collect(),
        after: None,
        waiting,
        delayed,
        max_lateness_s: stack
            .parameter("MaxLatenessSeconds")
            .and_then(|seconds| seconds.parse().ok())
            .unwrap_or(MAX_LATENESS_S),
        next: (change == Change::Stop).then(|| access.command("start-calls --yes")),
        run: is_needed.then_some(run),
    };
    if is_needed && run == Run::Real {
        let mut after = Vec::new();
        for source in &sources {
            let changed = source.set(access, enable).await;
            after.push(changed.with_context(|| format!("could not change the mapping {}", source.id))?);
        }
        report.after = Some(after);
    }
    Ok(report)
}

/// Returns how many messages wait in the dial queue, and how many are delayed.
async fn waiting(access: &Access, stack: &Stack) -> Result<(u64, u64)> {
    let url = stack.output("DialQueueUrl")?;
    let request = access.sqs().get_queue_attributes().queue_url(url);
    let found = request.attribute_names(QueueAttributeName::All).send().await.map_err(described);
    let found = found.context("could not read the dial queue")?;
    let count = |name: QueueAttributeName| -> u64 {
        found.attributes().and_then(|all| all.get(&name)).and_then(|count| count.parse().ok()).unwrap_or(0)
    };
    let visible = count(QueueAttributeName::ApproximateNumberOfMessages);
    Ok((visible, count(QueueAttributeName::ApproximateNumberOfMessagesDelayed)))
}

impl Report for DialingReport {
    fn lines(&self) -> String {
        let (before, minutes) = (self.before.join(", "), self.max_lateness_s / 60);
        let mut lines = String::new();
        // Writing to a `String` can't fail.
        let _ = match (&self.after, self.run, self.change) {
            (Some(after), _, _) => writeln!(lines, "The dialer's mapping was {before} and is {}.", after.join(", ")),
            (None, Some(_), Change::Stop) => writeln!(lines, "Calls are placed ({before}) and would be stopped."),
            (None, Some(_), Change::Start) => writeln!(lines, "Calls are stopped ({before}) and would be started."),
            (None, None, Change::Stop) => writeln!(lines, "Calls are stopped already ({before})."),
            (None, None, Change::Start) => writeln!(lines, "Calls are placed already ({before})."),
        };
        let _ = writeln!(lines, "Wake-ups in the dial queue: {} due, {} not due yet.", self.waiting, self.delayed);
        let meanwhile = match self.change {
            Change::Stop => format!(
                "Within a minute no new call is placed; calls that ring go on. The sweeper keeps running: a call \
                 that is more than {minutes} min late is replaced by a text, and texts that wait in the dial queue are \
                 sent late. Texts to the service are answered as always. Wake-ups wait for 4 days; later the sweeper \
                 finds their reminders by their deadlines. A deployment does not start calls again."
            ),
            Change::Start => format!(
                "Within a minute calls are placed again, at the rate of CallsPerSecond. Reminders that are at most \
                 {minutes} min late ring at once; later ones were or are replaced by texts. Series ring at their next \
                 time."
            ),
        };
        let _ = writeln!(lines, "{meanwhile}");
        lines.extend(self.next.iter().map(|next| format!("To start them: {next}\n")));
        lines.push_str(self.run.map_or("", Run::note));
        lines
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fake_aws::{self, FakeAws};

    const MAPPINGS: &str = "GET /2015-03-31/event-source-mappings/?FunctionName=dialer";
    const MAPPING: &str = "PUT /2015-03-31/event-source-mappings/m-1";

    async fn start(state: &str) -> (FakeAws, Access) {
        let (fake, access) = fake_aws::start().await;
        {
            let mut fake = fake.lock().unwrap();
            fake.respond(MAPPINGS, 200, json!({ "EventSourceMappings": [{ "UUID": "m-1", "State": state }] }));
            fake.respond(MAPPING, 202, json!({ "UUID": "m-1", "State": "Disabling" }));
            let counts = json!({ "ApproximateNumberOfMessages": "3", "ApproximateNumberOfMessagesDelayed": "2" });
            fake.respond("GetQueueAttributes", 200, json!({ "Attributes": counts }));
        }
        (fake, access)
    }

    fn changes(fake: &FakeAws) -> Vec<Value> {
        fake.lock().unwrap().inputs(MAPPING)
    }

    #[tokio::test]
    async fn a_stop_disables_the_mapping_and_says_what_happens_to_reminders() {
        let (fake, access) = start("Enabled").await;
        let lines = change(&access, Change::Stop, Run::Real).await.unwrap().lines();
        assert_eq!(changes(&fake), [json!({ "Enabled": false })]);
        assert!(lines.starts_with("The dialer's mapping was Enabled and is Disabling.\n"), "{lines}");
        assert!(lines.contains("3 due, 2 not due yet") && lines.contains("more than 15 min late"), "{lines}");
        assert!(lines.ends_with("\nTo start them: cargo operate start-calls --yes\n"), "{lines}");
    }

    #[tokio::test]
    async fn with_a_canary_the_mapping_of_the_alias_is_disabled() {
        let (fake, access) = start("Enabled").await;
        {
            let mut fake = fake.lock().unwrap();
            fake.parameters.insert("Canary".to_owned(), "ENABLED".to_owned());
            let mappings = fake.responses.remove(MAPPINGS).unwrap();
            fake.responses.insert(format!("{MAPPINGS}%3Alive"), mappings);
        }
        change(&access, Change::Stop, Run::Real).await.unwrap();
        assert_eq!(changes(&fake), [json!({ "Enabled": false })]);
    }

    #[tokio::test]
    async fn a_start_enables_the_mapping() {
        let (fake, access) = start("Disabled").await;
        change(&access, Change::Start, Run::Real).await.unwrap();
        assert_eq!(changes(&fake), [json!({ "Enabled": true })]);
    }

    #[tokio::test]
    async fn a_dry_run_and_an_unneeded_change_change_nothing() {
        let (fake, access) = start("Enabled").await;
        let lines = change(&access, Change::Stop, Run::Dry).await.unwrap().lines();
        assert!(lines.starts_with("Calls are placed (Enabled) and would be stopped.\n"), "{lines}");
        assert!(lines.ends_with("Dry run: nothing was changed. Add --yes to do it.\n"), "{lines}");
        let lines = change(&access, Change::Start, Run::Real).await.unwrap().lines();
        assert!(lines.starts_with("Calls are placed already (Enabled).\n") && !lines.contains("Dry run"), "{lines}");
        assert!(changes(&fake).is_empty());
    }
}
