//! The table, as a test looks at it and lets time pass in it.

use anyhow::{Context, Result};
use aws::ids::Ulids;
use jiff::{SignedDuration, Timestamp};
use local::endpoint::Service;
use reminder::ports::Ids;
use serde_json::{Value, json};

use crate::stage::Stage;

/// How far time is to pass for a reminder.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// Until it is due so soon.
    DueIn(SignedDuration),
    /// Until its deadline has passed: the sweeper acts.
    Overdue,
}

/// A reminder's item.
#[derive(Debug, Clone)]
pub struct Record(Value);

impl Record {
    pub(crate) fn all(items: &[Value]) -> Vec<Self> {
        items.iter().filter(|item| text(item, "sk").starts_with("REM#")).cloned().map(Self).collect()
    }

    /// `waiting`, `dialing`, `ringing`, `texting` or `ended`.
    #[must_use]
    pub fn state(&self) -> &str {
        text(&self.0, "state")
    }

    /// How it ended; empty while it is live.
    #[must_use]
    pub fn end(&self) -> &str {
        text(&self.0, "end")
    }

    /// What it is about.
    #[must_use]
    pub fn task(&self) -> &str {
        text(&self.0, "task")
    }

    /// Which call of the occurrence is next or under way.
    #[must_use]
    pub fn attempt(&self) -> &str {
        self.0["attempt"]["N"].as_str().unwrap_or_default()
    }

    /// How often it was planned.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.0["generation"]["N"].as_str().and_then(|digits| digits.parse().ok()).unwrap_or_default()
    }

    /// When it is due.
    ///
    /// # Errors
    /// The item has no such instant.
    pub fn due(&self) -> Result<Timestamp> {
        text(&self.0, "due").parse().with_context(|| format!("expected a due, found {}", self.0))
    }

    /// The reminder's own id.
    #[must_use]
    pub fn id(&self) -> &str {
        text(&self.0, "sk").trim_start_matches("REM#")
    }

    /// When the sweeper takes it back.
    ///
    /// # Errors
    /// The item has no such instant.
    pub fn deadline(&self) -> Result<Timestamp> {
        Ok(Timestamp::from_millisecond(self.number("deadline")?)?)
    }

    fn number(&self, name: &str) -> Result<i64> {
        let digits = self.0[name]["N"].as_str();
        digits.and_then(|digits| digits.parse().ok()).with_context(|| format!("expected a {name}, found {}", self.0))
    }

    /// Moves all its times by as much, as if they had passed. It is a new version with a write id of its own: whoever read
    /// the one before has lost. Nothing when somebody else wrote in between.
    pub(crate) async fn shift(&self, stage: &Stage, goal: Goal) -> Result<Option<Self>> {
        let by = match goal {
            Goal::DueIn(ahead) => Timestamp::now().duration_since(self.due()?) + ahead,
            Goal::Overdue => Timestamp::now().duration_since(self.deadline()?) - SignedDuration::from_secs(1),
        };
        let mut item = self.0.clone();
        for name in ["due", "wake_at"] {
            let moved = text(&self.0, name).parse::<Timestamp>()? + by;
            item[name] = json!({ "S": moved.to_string() });
        }
        let deadline = (self.deadline()? + by).as_millisecond();
        item["deadline"] = json!({ "N": deadline.to_string() });
        item["version"] = json!({ "N": (self.number("version")? + 1).to_string() });
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

pub(crate) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}
