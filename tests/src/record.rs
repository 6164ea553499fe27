//! A reminder's item in the table. Tests read it, and move its times as if time had passed.

use anyhow::{Context, Result};
use aws::ids::Ulids;
use jiff::{SignedDuration, Timestamp};
use local::endpoint::Service;
use reminder::ports::Ids;
use serde_json::{Value, json};

use crate::item::string;
use crate::stage::Stage;

/// So long after its due that no call may ring any more: the max lateness of the tests is five minutes.
pub const PAST_MAX_LATENESS: SignedDuration = SignedDuration::from_mins(6);

/// The instant of a reminder that becomes now when a test moves the reminder's times.
#[derive(Debug, Clone, Copy)]
pub enum TargetTime {
    /// This long before the due.
    BeforeDue(SignedDuration),
    /// This long after the due.
    AfterDue(SignedDuration),
    /// One second after the deadline, when the sweeper recovers the reminder.
    AfterDeadline,
}

/// A reminder's item, as it was read.
#[derive(Debug, Clone)]
pub struct Record(Value);

impl Record {
    pub(crate) fn all(items: &[Value]) -> Vec<Self> {
        items.iter().filter(|item| string(item, "sk").starts_with("REM#")).cloned().map(Self).collect()
    }

    /// The state: `waiting`, `dialing`, `ringing`, `paused` or `ended`.
    #[must_use]
    pub fn state(&self) -> &str {
        string(&self.0, "state")
    }

    /// How the reminder ended; empty if it has not ended.
    #[must_use]
    pub fn end(&self) -> &str {
        string(&self.0, "end")
    }

    /// The task, such as "buy milk".
    #[must_use]
    pub fn task(&self) -> &str {
        string(&self.0, "task")
    }

    /// Number of the call that is next or in progress, from 1.
    #[must_use]
    pub fn attempt(&self) -> &str {
        self.0["attempt"]["N"].as_str().unwrap_or_default()
    }

    /// Time zone of the reminder, by its IANA name.
    #[must_use]
    pub fn zone(&self) -> &str {
        string(&self.0, "zone")
    }

    /// Number of occurrences in a row that the person missed.
    #[must_use]
    pub fn missed_in_row(&self) -> &str {
        self.0["missed_in_row"]["N"].as_str().unwrap_or_default()
    }

    /// Number of the current plan, from 1.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.0["generation"]["N"].as_str().and_then(|digits| digits.parse().ok()).unwrap_or_default()
    }

    /// When the reminder is due.
    ///
    /// # Errors
    /// Fails if the item has no such instant.
    pub fn due(&self) -> Result<Timestamp> {
        string(&self.0, "due").parse().with_context(|| format!("expected a due, found {}", self.0))
    }

    /// The reminder's own id, without the person's id.
    #[must_use]
    pub fn id(&self) -> &str {
        string(&self.0, "sk").trim_start_matches("REM#")
    }

    /// The instant after which the sweeper recovers the reminder.
    ///
    /// # Errors
    /// Fails if the item has no such instant.
    pub fn deadline(&self) -> Result<Timestamp> {
        Ok(Timestamp::from_millisecond(self.integer("deadline")?)?)
    }

    fn integer(&self, name: &str) -> Result<i64> {
        let digits = self.0[name]["N"].as_str();
        digits.and_then(|digits| digits.parse().ok()).with_context(|| format!("expected a {name}, found {}", self.0))
    }

    /// Moves the due, the wake-up and the deadline of the reminder by the same duration, as if time had passed. The
    /// write has a new version and a write id of its own, so a function that read the previous version can't write.
    /// Returns `None` if another write came first.
    pub(crate) async fn shift(&self, stage: &Stage, target: TargetTime) -> Result<Option<Self>> {
        let by = match target {
            TargetTime::BeforeDue(ahead) => Timestamp::now().duration_since(self.due()?) + ahead,
            TargetTime::AfterDue(late) => Timestamp::now().duration_since(self.due()?) - late,
            TargetTime::AfterDeadline => {
                Timestamp::now().duration_since(self.deadline()?) - SignedDuration::from_secs(1)
            }
        };
        let mut item = self.0.clone();
        for name in ["due", "wake_at"] {
            let moved = string(&self.0, name).parse::<Timestamp>()? + by;
            item[name] = json!({ "S": moved.to_string() });
        }
        let deadline = (self.deadline()? + by).as_millisecond();
        item["deadline"] = json!({ "N": deadline.to_string() });
        item["version"] = json!({ "N": (self.integer("version")? + 1).to_string() });
        item["write_id"] = json!({ "S": Ulids.write_id().to_string() });
        let input = json!({
            "TableName": stage.stack.output("TableName")?,
            "Item": item,
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": { ":version": self.0["version"] },
        });
        match stage.stack.endpoint().call(Service::DynamoDb, "PutItem", &input).await {
            Ok(_) => Ok(Some(Self(item))),
            Err(error) if format!("{error:#}").contains("ConditionalCheckFailed") => Ok(None),
            Err(error) => Err(error),
        }
    }
}
