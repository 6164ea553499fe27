//! `cargo operate restore-aside`: restores the table under another name, and says how the stack is pointed at it.
//! Point-in-time recovery and backups always restore into a new table, which lacks the settings of the old one. So this
//! command is run again after the restore: it then applies the settings.

use anyhow::{Context as _, Result, bail, ensure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::primitives::DateTime;
use aws_sdk_dynamodb::types::{PointInTimeRecoverySpecification, TableStatus, TimeToLiveSpecification};
use jiff::Timestamp;
use serde::Serialize;

use crate::access::{Access, described};
use crate::report::{Report, Run, done_and_next};
use crate::stack::Stack;

/// The attribute with which items expire. The template sets the same one.
const EXPIRES: &str = "expires";

/// What to restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestoreSource {
    /// The newest state that point-in-time recovery can restore, usually five minutes old.
    Latest,
    /// The state at an instant.
    At(Timestamp),
    /// The backup with this ARN. The only way if the table was deleted: DynamoDB makes a backup of a deleted table that
    /// had point-in-time recovery, and keeps it for 35 days.
    Backup(String),
}

/// What was done, and the next steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restoration {
    /// What was found and done.
    pub done: Vec<String>,
    /// The next steps.
    pub next: Vec<String>,
    #[serde(skip)]
    run: Option<Run>,
}

/// Starts the restore into a new table. If that table exists already, applies the settings that a restore leaves out.
///
/// # Errors
/// Fails if the name is the stack's own table, or if DynamoDB refuses the restore or a setting.
pub async fn restore(access: &Access, name: &str, source: &RestoreSource, run: Run) -> Result<Restoration> {
    let stack = Stack::find(access).await?;
    let table = stack.output("TableName")?;
    ensure!(name != table, "{name} is the table of the stack; choose another name, because a restore never overwrites");
    let client = access.dynamodb();
    let mut restoration = Restoration { done: Vec::new(), next: Vec::new(), run: Some(run) };
    match status(&client, name).await? {
        None => {
            restoration.done.push(format!("{name} does not exist yet: {} is restored into it.", origin(table, source)));
            if run == Run::Real {
                start(&client, table, name, source).await?;
                restoration.done.push("The restore has started. It takes from minutes to hours.".to_owned());
            }
            restoration.next = vec![
                format!("Stop calls meanwhile, if the old table is wrong: {}", access.command("stop-calls --yes")),
                format!(
                    "Run this until it says that the table is ready: {}",
                    access.command(&format!("restore-aside {name} --yes"))
                ),
            ];
        }
        Some(TableStatus::Active) => {
            restoration.done.push(format!("{name} is restored. A restore leaves out its settings."));
            if run == Run::Real {
                apply_settings(&client, name).await?;
                restoration.done.push(
                    "Expiry, point-in-time recovery and deletion protection are on now. The table is ready.".to_owned(),
                );
            }
            restoration.next = pointing(access, name, table);
        }
        Some(status) => {
            restoration.done.push(format!("{name} is not ready: its status is {status}."));
            restoration.next = vec!["Run this command again in some minutes.".to_owned()];
        }
    }
    Ok(restoration)
}

fn origin(table: &str, source: &RestoreSource) -> String {
    match source {
        RestoreSource::Latest => format!("the newest state of {table}"),
        RestoreSource::At(instant) => format!("the state of {table} at {instant:.0}"),
        RestoreSource::Backup(arn) => format!("the backup {arn}"),
    }
}

/// Says how the stack is pointed at the restored table.
fn pointing(access: &Access, name: &str, table: &str) -> Vec<String> {
    vec![
        format!("Stop calls: {}", access.command("stop-calls --yes")),
        format!("Point the stack at the table: {}", access.deploy_command(&format!("ExistingTable={name}"))),
        format!("Look at some reminders: {}", access.command("reminder NUMBER")),
        format!("Start calls: {}", access.command("start-calls --yes")),
        "Reminders that are too late by then are replaced by texts. What changed after the restored state is lost: a \
         reminder that has rung since may ring or be texted again."
            .to_owned(),
        format!("Keep {table} until you are sure, then delete it."),
    ]
}

/// Returns the status of a table. `None` if the table does not exist.
async fn status(client: &Client, name: &str) -> Result<Option<TableStatus>> {
    match client.describe_table().table_name(name).send().await {
        Ok(found) => Ok(found.table.and_then(|table| table.table_status)),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => Ok(None),
        Err(error) => Err(described(error)).with_context(|| format!("could not look for the table {name}")),
    }
}

async fn start(client: &Client, table: &str, name: &str, source: &RestoreSource) -> Result<()> {
    let point = client.restore_table_to_point_in_time().source_table_name(table).target_table_name(name);
    let refused = match source {
        RestoreSource::Latest => point
            .use_latest_restorable_time(true)
            .send()
            .await
            .err()
            .map(|error| (error.code().map(str::to_owned), described(error))),
        RestoreSource::At(instant) => {
            let instant = DateTime::from_secs(instant.as_second());
            point
                .restore_date_time(instant)
                .send()
                .await
                .err()
                .map(|error| (error.code().map(str::to_owned), described(error)))
        }
        RestoreSource::Backup(arn) => {
            let request = client.restore_table_from_backup().backup_arn(arn).target_table_name(name);
            request.send().await.err().map(|error| (error.code().map(str::to_owned), described(error)))
        }
    };
    let Some((code, error)) = refused else { return Ok(()) };
    let advice = match code.as_deref() {
        Some("TableNotFoundException") => {
            "the table was deleted; list its backups with `aws dynamodb list-backups --backup-type ALL`, then use \
             --backup ARN"
        }
        Some("InvalidRestoreTimeException") => {
            "the instant is outside of what can be restored, see `aws dynamodb describe-continuous-backups`"
        }
        Some("PointInTimeRecoveryUnavailableException") => {
            "point-in-time recovery is off; `aws dynamodb list-backups` shows whether there is a backup"
        }
        _ => "nothing was restored",
    };
    bail!("{error:#}; {advice}")
}

/// Applies the settings that a restored table lacks. Applying one twice is harmless.
async fn apply_settings(client: &Client, name: &str) -> Result<()> {
    let expiry = TimeToLiveSpecification::builder().attribute_name(EXPIRES).enabled(true).build()?;
    match client.update_time_to_live().table_name(name).time_to_live_specification(expiry).send().await {
        Ok(_) => {}
        // DynamoDB refuses a setting that is on already.
        Err(error) if error.message().is_some_and(|message| message.contains("already enabled")) => {}
        Err(error) => return Err(described(error)).context("could not switch on the expiry of items"),
    }
    let recovery = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true).build()?;
    let request = client.update_continuous_backups().table_name(name).point_in_time_recovery_specification(recovery);
    request.send().await.map_err(described).context("could not switch on point-in-time recovery")?;
    let request = client.update_table().table_name(name).deletion_protection_enabled(true);
    request.send().await.map(drop).map_err(described).context("could not switch on deletion protection")
}

impl Report for Restoration {
    fn lines(&self) -> String {
        done_and_next(&self.done, &self.next) + self.run.map_or("", Run::note)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fake_aws::{self, FakeAws};

    /// Starts a fake in which the table `aside` has this status, or does not exist.
    async fn start(status: Option<&str>) -> (FakeAws, Access) {
        let (fake, access) = fake_aws::start().await;
        let missing = json!({ "__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException" });
        match status {
            Some(status) => {
                let table = json!({ "Table": { "TableName": "aside", "TableStatus": status } });
                fake.lock().unwrap().respond("DescribeTable", 200, table);
            }
            None => fake.lock().unwrap().respond("DescribeTable", 400, missing),
        }
        (fake, access)
    }

    fn changes(fake: &FakeAws) -> Vec<(String, Value)> {
        let is_change = |(name, _): &&(String, Value)| name.starts_with("Restore") || name.starts_with("Update");
        fake.lock().unwrap().requests.iter().filter(is_change).cloned().collect()
    }

    #[tokio::test]
    async fn a_restore_is_started_from_the_chosen_source() {
        let at: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let table = json!({ "SourceTableName": "table", "TargetTableName": "aside" });
        let with = |name: &str, value: Value| {
            let mut input = table.clone();
            input[name] = value;
            input
        };
        let backup = json!({ "BackupArn": "arn:b", "TargetTableName": "aside" });
        for (source, operation, expected) in [
            (RestoreSource::Latest, "RestoreTableToPointInTime", with("UseLatestRestorableTime", json!(true))),
            (RestoreSource::At(at), "RestoreTableToPointInTime", with("RestoreDateTime", json!(1_772_366_400))),
            (RestoreSource::Backup("arn:b".to_owned()), "RestoreTableFromBackup", backup),
        ] {
            let (fake, access) = start(None).await;
            let lines = restore(&access, "aside", &source, Run::Dry).await.unwrap().lines();
            assert!(lines.ends_with(Run::Dry.note()) && changes(&fake).is_empty(), "{lines}");
            restore(&access, "aside", &source, Run::Real).await.unwrap();
            assert_eq!(changes(&fake), [(operation.to_owned(), expected)]);
        }
    }

    #[tokio::test]
    async fn a_restored_table_gets_its_settings_and_the_stack_is_pointed_at_it() {
        let (fake, access) = start(Some("ACTIVE")).await;
        let lines = restore(&access, "aside", &RestoreSource::Latest, Run::Real).await.unwrap().lines();
        let names: Vec<String> = changes(&fake).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["UpdateTimeToLive", "UpdateContinuousBackups", "UpdateTable"]);
        assert!(changes(&fake).iter().all(|(_, input)| input["TableName"] == "aside"));
        assert!(lines.contains("sam deploy --parameter-overrides ExistingTable=aside\n"), "{lines}");
    }

    #[tokio::test]
    async fn a_table_that_is_being_restored_is_left_alone() {
        let (fake, access) = start(Some("CREATING")).await;
        let lines = restore(&access, "aside", &RestoreSource::Latest, Run::Real).await.unwrap().lines();
        assert!(lines.starts_with("aside is not ready: its status is CREATING.\n"), "{lines}");
        assert!(changes(&fake).is_empty());
    }

    #[tokio::test]
    async fn a_refused_restore_says_what_to_do() {
        let (fake, access) = start(None).await;
        let refusal = json!({ "__type": "com.amazonaws.dynamodb.v20120810#TableNotFoundException", "message": "gone" });
        fake.lock().unwrap().respond("RestoreTableToPointInTime", 400, refusal);
        let error = format!("{:#}", restore(&access, "aside", &RestoreSource::Latest, Run::Real).await.unwrap_err());
        assert!(error.contains("gone") && error.ends_with("then use --backup ARN"), "{error}");
        let error = restore(&access, "table", &RestoreSource::Latest, Run::Real).await.unwrap_err().to_string();
        assert!(error.starts_with("table is the table of the stack"), "{error}");
    }
}
