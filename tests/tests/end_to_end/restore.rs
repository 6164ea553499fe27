//! The restore drill: the table is lost, and the stack is pointed at a copy that was restored from a backup.

use anyhow::{Context as _, Result, ensure};
use local::deploy::Accounts;
use local::endpoint::Service;
use local::progress::Progress;
use serde_json::{Value, json};
use simulated_carrier::LogEvent;
use tests::Stage;

const RESTORED: &str = "sixthirty-restored";

pub(crate) async fn a_stack_that_is_pointed_at_a_restored_table_still_rings() -> Result<()> {
    let stage = Stage::start(Accounts::One).await?;
    let person = stage.new_person()?;
    person.will_press_1()?;
    person.text("remind me to buy milk in 3 minutes").await?;
    let lost = stage.stack.output("TableName")?.to_owned();
    restore(&stage, &lost).await?;
    ensure!(delete(&stage, &lost).await.is_err(), "expected that a table can't be deleted by mistake");
    let unprotected = json!({ "TableName": lost, "DeletionProtectionEnabled": false });
    stage.stack.endpoint().call(Service::DynamoDb, "UpdateTable", &unprotected).await?;
    delete(&stage, &lost).await?;
    let deployed = stage.stack.deploy_with("ExistingTable", RESTORED, &Progress::begin()).await?;
    ensure!(deployed.output("TableName")? == RESTORED);

    person.wait_for("a ring", |event| matches!(event, LogEvent::CallRinging { .. })).await?;
    let is_heard = async || {
        let found = stage.stack.endpoint().call(Service::DynamoDb, "Scan", &json!({ "TableName": RESTORED })).await?;
        let items = found["Items"].as_array().context("expected items")?;
        Ok(items.iter().any(|item| item["end"]["S"] == "heard").then_some(()))
    };
    stage.until("the reminder is heard", is_heard).await?;
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    Ok(())
}

/// Makes a backup of a table, and restores it under another name.
async fn restore(stage: &Stage, table: &str) -> Result<()> {
    let endpoint = stage.stack.endpoint();
    let input = json!({ "TableName": table, "BackupName": "drill" });
    let made = endpoint.call(Service::DynamoDb, "CreateBackup", &input).await?;
    let backup = &made["BackupDetails"]["BackupArn"];
    let input = json!({ "TargetTableName": RESTORED, "BackupArn": backup });
    endpoint.call(Service::DynamoDb, "RestoreTableFromBackup", &input).await?;
    let is_active = async || {
        let found = endpoint.call(Service::DynamoDb, "DescribeTable", &json!({ "TableName": RESTORED })).await?;
        Ok((found["Table"]["TableStatus"] == "ACTIVE").then_some(()))
    };
    stage.until("the restored table is active", is_active).await
}

async fn delete(stage: &Stage, table: &str) -> Result<Value> {
    stage.stack.endpoint().call(Service::DynamoDb, "DeleteTable", &json!({ "TableName": table })).await
}
