//! Checks of the stack's parameters, table and alarms' mail.

use anyhow::{Context as _, Result};
use aws_sdk_dynamodb::types::{ContinuousBackupsStatus, PointInTimeRecoveryStatus, TableStatus};

use super::finding::Findings;
use crate::access::{Access, described};
use crate::api::{Api, QueryService, pairs};
use crate::stack::Stack;

pub(super) fn check_stack(stack: &Stack, findings: &mut Findings) {
    let check = "stack";
    match stack.status.as_str() {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" => findings.fine(check, stack.status.clone()),
        status if status.ends_with("_IN_PROGRESS") => findings.problem(
            check,
            format!("its status is {status}"),
            "possibly nothing; functions may be of two releases",
            "wait until the deployment ends, then run this command again",
        ),
        status => findings.problem(
            check,
            format!("its status is {status}: the last deployment failed"),
            "possibly nothing: the release before may still run",
            "read the events of the stack in CloudFormation's console, then deploy again",
        ),
    }
}

pub(super) fn check_parameters(stack: &Stack, findings: &mut Findings) {
    let check = "parameters";
    let before = findings.findings.len();
    if stack.parameter("SweepState") == Some("DISABLED") {
        findings.problem(
            check,
            "SweepState is DISABLED: the sweeper does not run",
            "a reminder whose wake-up is lost never rings, and no text replaces it",
            "deploy with SweepState=ENABLED",
        );
    }
    if stack.parameter("Timeouts").is_some_and(|timeouts| timeouts != "standard") {
        findings.problem(
            check,
            "Timeouts is not `standard`: the other values are for tests",
            "calls may be given up although the carrier would have placed them",
            "deploy with Timeouts=standard",
        );
    }
    for name in ["CarrierUrl", "PublicUrl", "SecondCarrierUrl"] {
        if stack.parameter(name).is_some_and(|url| url.starts_with("http://") && !is_local(url)) {
            findings.problem(
                check,
                format!("{name} has no TLS"),
                "nothing; but numbers, texts and the token can be read on their way",
                "deploy with an https:// URL",
            );
        }
    }
    findings.fine_unless_found(before, check, "");
}

fn is_local(url: &str) -> bool {
    ["http://127.", "http://localhost"].iter().any(|local| url.starts_with(local))
}

pub(super) async fn check_table(access: &Access, stack: &Stack, findings: &mut Findings) {
    for (check, result) in [
        ("table", table(access, stack, findings).await),
        ("point-in-time recovery", history(access, stack, findings).await),
    ] {
        if let Err(error) = result {
            findings.unchecked(check, &error);
        }
    }
}

async fn table(access: &Access, stack: &Stack, findings: &mut Findings) -> Result<()> {
    let (check, name) = ("table", stack.output("TableName")?);
    let described = access.dynamodb().describe_table().table_name(name).send().await.map_err(described)?;
    let table = described.table.context("expected the description of a table, found none")?;
    let before = findings.findings.len();
    if table.table_status != Some(TableStatus::Active) {
        findings.problem(
            check,
            format!("the table {name} is not active, but {:?}", table.table_status),
            "texts get no answer, and no phone rings",
            &format!(
                "wait until it is active; if it is being deleted, restore it: {}",
                access.command("restore-aside NEW-NAME --yes")
            ),
        );
    }
    if table.deletion_protection_enabled != Some(true) {
        let remedy =
            format!("aws dynamodb update-table --deletion-protection-enabled --table-name {name}{}", access.options());
        findings.problem(
            check,
            format!("the table {name} has no deletion protection"),
            "nothing, until one wrong command deletes all reminders",
            &remedy,
        );
    }
    findings.fine_unless_found(before, check, "active and protected");
    Ok(())
}

async fn history(access: &Access, stack: &Stack, findings: &mut Findings) -> Result<()> {
    let (check, name) = ("point-in-time recovery", stack.output("TableName")?);
    let found = access.dynamodb().describe_continuous_backups().table_name(name).send().await.map_err(described)?;
    let found = found.continuous_backups_description.context("expected the state of backups, found none")?;
    let recovery = found.point_in_time_recovery_description;
    let is_on = found.continuous_backups_status == ContinuousBackupsStatus::Enabled
        && recovery.as_ref().and_then(|recovery| recovery.point_in_time_recovery_status.as_ref())
            == Some(&PointInTimeRecoveryStatus::Enabled);
    if is_on {
        let days = recovery.and_then(|recovery| recovery.recovery_period_in_days).unwrap_or(35);
        findings.fine(check, format!("on, {days} days back"));
        return Ok(());
    }
    let remedy = format!(
        "aws dynamodb update-continuous-backups --point-in-time-recovery-specification \
         PointInTimeRecoveryEnabled=true --table-name {name}{}",
        access.options()
    );
    findings.problem(
        check,
        format!("off for the table {name}"),
        "nothing, until reminders are lost by a mistake and can't be restored",
        &remedy,
    );
    Ok(())
}

pub(super) async fn check_alarm_mail(access: &Access, stack: &Stack, findings: &mut Findings) {
    let check = "alarms' mail";
    let subscriptions = match subscriptions(access, stack).await {
        Ok(subscriptions) => subscriptions,
        Err(error) => return findings.unchecked(check, &error),
    };
    let is_pending = |(_, arn): &&(String, String)| !arn.starts_with("arn:");
    let pending: Vec<&str> = subscriptions.iter().filter(is_pending).map(|(endpoint, _)| endpoint.as_str()).collect();
    if subscriptions.is_empty() {
        findings.problem(
            check,
            "nobody subscribes to the alarms",
            "failures last until somebody complains",
            "deploy with AlarmEmail=you@…, then confirm the mail that AWS sends",
        );
    } else if pending.len() == subscriptions.len() {
        findings.problem(
            check,
            format!("not confirmed: {}", pending.join(", ")),
            "failures last until somebody complains, because no alarm arrives",
            "open the link in the mail \"AWS Notification - Subscription Confirmation\"; it is valid for 3 days, then \
             remove the subscription and deploy again",
        );
    } else {
        findings.fine(check, format!("confirmed subscriptions: {}", subscriptions.len() - pending.len()));
    }
}

/// Returns the endpoint of each subscription with its ARN, or `PendingConfirmation` in place of the ARN.
async fn subscriptions(access: &Access, stack: &Stack) -> Result<Vec<(String, String)>> {
    let topic = [("TopicArn", stack.output("AlarmsTopicArn")?)];
    let xml = Api::new(access).query(QueryService::Sns, "ListSubscriptionsByTopic", &topic).await?;
    pairs(&xml, "Endpoint", "SubscriptionArn")
}
