//! The table, as a test looks at it and lets time pass in it.

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use local::endpoint::Service;
use serde_json::{Value, json};

use crate::stage::Stage;

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

    /// Moves all its times by as much, as if they had passed.
    ///
    /// # Errors
    /// The table does not take it: somebody else wrote in between.
    pub async fn shift(&self, stage: &Stage, by: SignedDuration) -> Result<()> {
        let mut item = self.0.clone();
        for name in ["due", "wake_at"] {
            let moved = text(&self.0, name).parse::<Timestamp>()? + by;
            item[name] = json!({ "S": moved.to_string() });
        }
        let deadline: i64 = self.0["deadline"]["N"].as_str().context("expected a deadline")?.parse()?;
        item["deadline"] = json!({ "N": (deadline + i64::try_from(by.as_millis())?).to_string() });
        let input = json!({
            "TableName": stage.stack.output("TableName")?,
            "Item": item,
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": { ":version": self.0["version"] },
        });
        stage.stack.endpoint().call(Service::DynamoDb, "PutItem", &input).await.map(drop)
    }
}

pub(crate) fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}
