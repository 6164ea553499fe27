//! Texts that the carrier accepts or refuses, and its reports about their delivery.

use anyhow::{Result, ensure};
use jiff::Timestamp;
use simulated_carrier::{DeliveryEnd, DeliveryScript, Fault, FaultKind, LogEvent, Reports, ResourceKind};
use tests::{PAST_MAX_LATENESS, Person, Stage, TargetTime};

use crate::conversation::{say, wait_for_keys};

/// Twilio's code for a text from a US number that is not registered. No text from such a number is delivered.
const UNREGISTERED: u32 = 30034;
/// Twilio's code for a country to which the account may not send texts. The refusal is not about one number.
const NOT_ENABLED: u32 = 21408;
/// Twilio's code for a phone that is off.
const PHONE_OFF: u32 = 30003;
fn undelivered(code: u32) -> DeliveryScript {
    DeliveryScript { then: DeliveryEnd::Undelivered, code: Some(code), ..DeliveryScript::default() }
}

/// Lets the call of the person's only reminder come too late, so that a text replaces it.
async fn let_call_come_too_late(person: &Person<'_>) -> Result<()> {
    person.let_time_pass(TargetTime::AfterDue(PAST_MAX_LATENESS)).await.map(drop)
}

pub(crate) async fn a_text_of_an_unregistered_number_alarms_the_operator_and_the_series_goes_on(
    stage: &Stage,
) -> Result<()> {
    let person = stage.new_person()?;
    say(&person, "remind me to take my pills every day at 9am", &["every day at 9 AM"]).await?;
    person.script_deliveries(vec![undelivered(UNREGISTERED)])?;
    let before = person.open_reminder().await?;
    let_call_come_too_late(&person).await?;
    let text = person.text_instead("undelivered").await?;
    ensure!(text.code() == UNREGISTERED.to_string() && text.words().contains("take your pills"), "found {text:?}");
    let failed = "reminder failed: neither a call nor a text reached its person";
    stage.logged_error("CallbackFunction", &[failed, before.id()]).await?;
    stage.logged_error("CallbackFunction", &["until the operator acts", &UNREGISTERED.to_string()]).await?;
    stage.counted("CallbackFunction", "TextsUndeliveredOperator", &[before.id()]).await?;
    stage.counted("CallbackFunction", "RemindersFailed", &[]).await?;
    let next = person.wait_until("waiting").await?;
    ensure!(next.id() == before.id() && next.due()? > Timestamp::now(), "found {next:?}");
    say(&person, "LIST", &["#1 every day 9 AM"]).await?;
    ensure!(person.texts().len() == 1 && person.dials() == 0, "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_text_to_a_phone_that_is_off_is_sent_again_until_it_is_delivered(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    say(&person, "remind me to call Ann in 5 minutes", &["call Ann"]).await?;
    // The statuses of the first try come twice, and the statuses of the second try in the wrong order.
    person.script_deliveries(vec![
        DeliveryScript { reports: Reports::Doubled, ..undelivered(PHONE_OFF) },
        DeliveryScript { reports: Reports::LastFirst, ..DeliveryScript::default() },
    ])?;
    let_call_come_too_late(&person).await?;
    ensure!(person.end().await? == "missed");
    // The next try is a quarter of an hour later.
    person.let_next_try_come().await?;
    let texts = person.texts_once_delivered().await?;
    let expected = "Sorry, I couldn't reach you by phone: call Ann.";
    ensure!(texts.len() == 2 && texts.iter().all(|words| words.starts_with(expected)), "found {texts:?}");
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_text_that_is_refused_for_now_does_not_delay_the_next_call(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    say(&person, "remind me to take my pills every day at 9am", &["every day at 9 AM"]).await?;
    let no_texts =
        |fault| Fault { resource: Some(ResourceKind::Messages), code: Some(NOT_ENABLED), times: 100, ..fault };
    person.add_fault(no_texts, FaultKind::RefuseNumber)?;
    let_call_come_too_late(&person).await?;
    person.text_instead("owed").await?;
    person.wait_for("a refusal", |event| matches!(event, LogEvent::TextRefused { .. })).await?;
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    person.wait_for("a ring", |event| matches!(event, LogEvent::CallRinging { .. })).await?;
    wait_for_keys(stage, &person, 1).await?;
    say(&person, "delete pills", &["Deleted #1"]).await?;
    Ok(())
}
