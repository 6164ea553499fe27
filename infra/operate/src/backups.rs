//! What backups keep of deleted items.

use anyhow::{Context as _, Result};
use aws_sdk_dynamodb::types::PointInTimeRecoveryStatus;

use crate::access::{Access, described};
use crate::stack::Stack;

/// How many days point-in-time recovery reaches back, unless the table says otherwise.
const KEPT_DAYS: i32 = 35;

/// Says where else something about a person is kept, and for how long.
pub(crate) async fn kept_elsewhere(access: &Access, stack: &Stack) -> Vec<String> {
    let history = match history_days(access, stack).await {
        Ok(Some(days)) => format!(
            "point-in-time recovery keeps every state of the table for {days} days: until then an administrator can \
             restore deleted items into a new table. To erase earlier, switch it off and on again, which discards \
             this history for everybody"
        ),
        Ok(None) => "point-in-time recovery is off, so it keeps nothing".to_owned(),
        Err(error) => format!("point-in-time recovery may keep deleted items for {KEPT_DAYS} days: {error:#}"),
    };
    vec![
        history,
        "backups that you made of the table keep what was in it at that time, until you delete them".to_owned(),
        "logs hold the person's id, a keyed hash, but no number and no words; they are kept for LogRetentionDays"
            .to_owned(),
        "Twilio keeps its own records of calls and texts, with numbers and words: delete them in its console or API"
            .to_owned(),
        "a text that could not be stored waits in the inbound queue for up to a day, and is then stored".to_owned(),
    ]
}

async fn history_days(access: &Access, stack: &Stack) -> Result<Option<i32>> {
    let name = stack.output("TableName")?;
    let found = access.dynamodb().describe_continuous_backups().table_name(name).send().await.map_err(described)?;
    let history = found
        .continuous_backups_description
        .and_then(|description| description.point_in_time_recovery_description)
        .context("expected the state of backups, found none")?;
    let is_on = history.point_in_time_recovery_status == Some(PointInTimeRecoveryStatus::Enabled);
    Ok(is_on.then(|| history.recovery_period_in_days.unwrap_or(KEPT_DAYS)))
}
