//! Texts that are repeated, unsigned or unclear, and texts from numbers that are not served or over their limits.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use local::deploy::AUTH_TOKEN;
use local::parameters::PUBLIC_URL;
use serde_json::{Value, json};
use simulated_carrier::LogEvent;
use tests::Stage;
use twilio::AuthToken;
use twilio::signature::sign_form;

pub(crate) async fn twenty_copies_sent_at_the_same_time_make_one_reminder(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    let body = "remind me to buy milk in 10 seconds";
    let outcome = person.send(json!({ "from": person.number(), "body": body, "copies": 20 })).await?;
    let copies = outcome["copies"].as_array().context("expected copies")?;
    ensure!(copies.iter().all(|copy| copy["status"] == 200), "found {outcome}");
    let mut answers: BTreeSet<String> = copies.iter().map(|copy| copy["answer"].to_string()).collect();
    let id = outcome["id"].as_str().context("expected the text's id")?;
    // A copy for which AWS took too long is answered later, by a text.
    if person.was_slow(id) && answers.remove("[]") {
        answers.insert(json!([person.late_answer(id).await?]).to_string());
    }
    ensure!(answers.len() == 1 && answers.iter().all(|answer| answer.contains("buy milk")), "found {answers:?}");
    ensure!(person.end().await? == "heard");
    person.expect_nothing_more().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn repeated_texts_over_sns_make_one_reminder_and_get_one_answer(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    let body = "remind me to buy milk in 20 minutes";
    person.send(json!({ "from": person.number(), "body": body, "via": "sns", "copies": 5 })).await?;
    person.wait_for("an answer", |event| matches!(event, LogEvent::TextOut { .. })).await?;
    person.expect_nothing_more().await?;
    ensure!(person.reminders().await?.len() == 1 && person.texts().len() == 1, "found {:#?}", person.log());
    Ok(())
}

async fn post(stage: &Stage, signature: Option<String>, form: &str) -> Result<(u16, String)> {
    let url = format!("{}/sms", stage.stack.api_url()?);
    let mut request = stage.http.post(url).header("content-type", "application/x-www-form-urlencoded");
    if let Some(signature) = signature {
        request = request.header("x-twilio-signature", signature);
    }
    let response = request.body(form.to_owned()).send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

fn sign(form: &str) -> Result<String> {
    let token = AuthToken::new(AUTH_TOKEN).context("expected a token")?;
    Ok(sign_form(&token, &format!("{PUBLIC_URL}/sms"), form.as_bytes()))
}

pub(crate) async fn an_unsigned_webhook_is_refused_and_stores_nothing(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    let number = person.number().replace('+', "%2B");
    let form = |sid: &str| format!("MessageSid={sid}&From={number}&To=%2B12125550100&Body=remind+me+to+x+in+2+minutes");
    let other = form("SMother");
    for signature in [None, Some("bm8=".to_owned()), Some(sign(&other)?)] {
        let (status, _) = post(stage, signature, &form("SMforged")).await?;
        ensure!(status == 403, "expected 403, found {status}");
    }
    ensure!(person.items().await?.is_empty(), "expected nothing stored");
    let (status, answer) = post(stage, Some(sign(&other)?), &other).await?;
    ensure!(status == 200, "expected the signed webhook to be accepted, found {status} {answer}");
    // If AWS stalls, the answer is not in the reply but comes later.
    let stored = async || Ok((person.reminders().await?.len() == 1).then_some(()));
    stage.until("the signed text is stored", stored).await?;
    Ok(())
}

pub(crate) async fn a_signed_webhook_without_a_valid_text_is_refused(stage: &Stage) -> Result<()> {
    let long = format!("MessageSid=SMlong&From=%2B12125550101&To=%2B12125550100&Body={}", "a".repeat(1601));
    for (form, expected) in [("", 400), ("{}", 400), ("MessageSid=SM1&Body=hi", 400), (long.as_str(), 413)] {
        let (status, body) = post(stage, Some(sign(form)?), form).await?;
        ensure!(
            status == expected && body.contains("expected"),
            "{form:.40}: expected {expected}, found {status} {body}"
        );
    }
    Ok(())
}

pub(crate) async fn an_unclear_text_is_answered_with_an_example(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    for words in ["flurb the gronk", "", "💧💧💧", "HELP"] {
        let answer = person.text(words).await?;
        ensure!(answer.contains("remind me to"), "{words:?}: found {answer:?}");
        ensure!(answer.chars().count() <= 160, "{words:?}: expected one segment, found {answer:?}");
    }
    ensure!(person.reminders().await?.is_empty());
    Ok(())
}

pub(crate) async fn a_number_that_is_not_served_gets_a_polite_refusal(stage: &Stage) -> Result<()> {
    let ask = async |from: &str| -> Result<Value> {
        stage.person_with_number(from)?.send(json!({ "from": from, "body": "remind me to x in 2 minutes" })).await
    };
    let own = ask("+12125550100").await?;
    ensure!(own["status"] == 200 && own["answer"] == json!([]), "expected silence for our own number, found {own}");
    for (number, reason) in [("+442079460958", "country"), ("+19005550123", "kind of number")] {
        let outcome = ask(number).await?;
        let id = outcome["id"].as_str().context("expected the text's id")?;
        let person = stage.person_with_number(number)?;
        let answer = match outcome["answer"][0].as_str() {
            // If AWS stalled, the answer is only in the text's record: these numbers get no text from the service.
            None if person.was_slow(id) => stage.recorded_answer(person.id(), id).await?,
            answer => answer.unwrap_or_default().to_owned(),
        };
        ensure!(answer.contains(reason), "expected a polite refusal of {number}, found {outcome}");
    }
    Ok(())
}

pub(crate) async fn reminders_are_listed_and_deleted_by_number(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.text("remind me to buy milk in 2 hours").await?;
    person.text("remind me to call Ann tomorrow at 9 AM").await?;
    let list = person.text("LIST").await?;
    ensure!(
        list.contains("#1") && list.contains("buy milk") && list.contains("#2") && list.contains("call Ann"),
        "found {list:?}"
    );
    let deleted = person.text("DELETE 1").await?;
    ensure!(deleted.contains("#1"), "found {deleted:?}");
    let list = person.text("list").await?;
    ensure!(!list.contains("buy milk") && list.contains("call Ann"), "found {list:?}");
    let nothing = person.text("delete 7").await?;
    ensure!(nothing.contains("LIST"), "found {nothing:?}");
    Ok(())
}

pub(crate) async fn a_new_number_over_its_limit_is_refused_and_only_unclear_texts_get_no_answer(
    stage: &Stage,
) -> Result<()> {
    let person = stage.new_person()?;
    for task in ["buy milk", "call Ann", "feed the cat"] {
        let made = person.text(&format!("remind me to {task} in 2 hours")).await?;
        ensure!(made.contains("OK, I'll call you"), "found {made:?}");
    }
    let refused = person.text("remind me to feed the dog in 2 hours").await?;
    ensure!(refused.contains("Press 1") && refused.chars().count() <= 160, "found {refused:?}");
    let again = person.text("remind me to feed the dog in 2 hours").await?;
    ensure!(again.contains("Press 1"), "expected the same answer as before, found {again:?}");
    for _ in 0..3 {
        let unclear = person.text("flurb the gronk").await?;
        ensure!(unclear.contains("remind me to"), "found {unclear:?}");
    }
    let silent = person.text("flurb the gronk").await?;
    ensure!(silent.is_empty(), "expected silence, found {silent:?}");
    ensure!(person.reminders().await?.len() == 3, "found {:#?}", person.reminders().await?);
    let own = |items: Vec<Value>| items.iter().filter(|item| item["person"]["S"] == person.id().as_str()).count();
    let kept = own(stage.stack.items().await?);
    ensure!(kept == 9, "expected a record of each of 9 texts, found {kept}");
    let deleted = person.text("DELETE ALL").await?;
    ensure!(deleted.starts_with("Deleted"), "found {deleted:?}");
    let accepted = person.text("remind me to feed the dog in 2 hours").await?;
    ensure!(accepted.starts_with("OK, I'll call you"), "found {accepted:?}");
    Ok(())
}
