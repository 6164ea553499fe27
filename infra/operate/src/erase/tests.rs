//! Exports and erasures of a person among others.

use ::reminder::ids::{PersonId, PersonKey};
use serde_json::{Value, json};

use super::*;
use crate::export::export;
use crate::fake_aws::{self, FakeAws, PERSON_KEY, item};

const NUMBER: &str = "+12125550142";

fn number() -> Number {
    NUMBER.parse().unwrap()
}

fn person_of(number: &str) -> PersonId {
    PersonId::of(&number.parse().unwrap(), &PersonKey::new(PERSON_KEY.as_bytes()).unwrap())
}

fn profile(number: &str, state: &str) -> Value {
    let pk = format!("PERSON#{}", person_of(number));
    let mut profile = item(
        &pk,
        "PROFILE",
        &[
            ("state", state),
            ("number", number),
            ("zone", "America/New_York"),
            ("zone_source", "said"),
            ("epoch", "3"),
            ("consent_since", "2026-02-02T12:00:00Z"),
            ("opted_out_at", "2026-02-02T12:00:00Z"),
            ("last_number", "2"),
            ("number_given_at", "2026-02-01T12:00:00Z"),
        ],
    );
    for list in ["calls_asked", "refusals", "unclear", "answers", "wrong_codes"] {
        profile[list] = json!({ "L": [] });
    }
    profile
}

/// Starts a fake with two people. Each has a profile, a reminder, and two incoming texts, one of an earlier release.
async fn start(state: &str) -> (FakeAws, Access) {
    let (fake, access) = fake_aws::start().await;
    let parked = |number: &str| {
        json!({ "parked": 1, "carrier": "twilio", "id": "SM1", "from": number, "body": "buy milk",
            "received_at": "2026-03-01T12:00:00Z", "times": 2 })
        .to_string()
    };
    {
        let mut fake = fake.lock().unwrap();
        for (at, number) in [NUMBER, "+12125550143"].into_iter().enumerate() {
            let person = person_of(number);
            let pk = format!("PERSON#{person}");
            fake.items.push(profile(number, state));
            fake.items.push(item(&pk, "REM#01JZ0000000000000000000001", &[("task", "buy milk")]));
            fake.items.push(item(&pk, "CALLS", &[("calls_ever", "2")]));
            fake.items.push(item(&format!("MSG#twilio#SM{at}"), &format!("MSG#{person}"), &[]));
            fake.items.push(item(&format!("MSG#twilio#OLD{at}"), "MSG", &[("person", person.as_str())]));
        }
        let names = ["InboundDeadLetters", "InboundQueue", "DialDeadLetters", "DialQueue", "ScheduleDeadLetters"];
        let urls = names.map(|name| format!("http://127.0.0.1/0/sixthirty-local-{name}-A"));
        fake.respond("ListQueues", 200, json!({ "QueueUrls": urls }));
        let message = |id: &str, number| json!({ "MessageId": id, "ReceiptHandle": id, "Body": parked(number) });
        let messages = [message("mine", NUMBER), message("theirs", "+12125550143")];
        fake.respond_once("ReceiveMessage", 200, json!({ "Messages": messages }));
        let counts = json!({ "Attributes": { "ApproximateNumberOfMessagesNotVisible": "0" } });
        fake.respond("GetQueueAttributes", 200, counts);
        fake.respond("ChangeMessageVisibilityBatch", 200, json!({ "Successful": [], "Failed": [] }));
        fake.respond("DescribeContinuousBackups", 200, json!({ "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 14 } } }));
    }
    (fake, access)
}

fn items_of(fake: &FakeAws, number: &str) -> Vec<Value> {
    let person = person_of(number).to_string();
    fake.lock().unwrap().items.iter().filter(|item| item.to_string().contains(&person)).cloned().collect()
}

#[tokio::test]
async fn an_export_has_everything_about_the_person_and_nothing_about_others() {
    let (_, access) = start("opted_in").await;
    let json = export(&access, &number()).await.unwrap().lines();
    for expected in [NUMBER, "buy milk", "MSG#twilio#SM0", "MSG#twilio#OLD0", "\"calls_ever\": 2", "\"id\": \"mine\""] {
        assert!(json.contains(expected), "expected {expected} in {json}");
    }
    assert!(json.contains("for 14 days"), "{json}");
    for unexpected in ["+12125550143", "SM1\"", "OLD1", "theirs"] {
        assert!(!json.replace("\\\"SM1\\\"", "").contains(unexpected), "found {unexpected} in {json}");
    }
}

#[tokio::test]
async fn a_dry_run_deletes_nothing() {
    let (fake, access) = start("opted_in").await;
    let lines = erase(&access, &number(), Run::Dry).await.unwrap().lines();
    assert!(lines.starts_with("Would erase of the person "), "{lines}");
    assert!(lines.contains(": 1 calls, 2 incoming texts, 1 profile, 1 reminders, 1 dead letters.\n"), "{lines}");
    assert!(lines.ends_with(Run::Dry.note()) && !lines.contains("2125550142"), "{lines}");
    assert_eq!(items_of(&fake, NUMBER).len(), 5);
    assert!(fake.lock().unwrap().inputs("DeleteMessage").is_empty());
}

#[tokio::test]
async fn an_erasure_deletes_everything_about_the_person_and_nothing_about_others() {
    let (fake, access) = start("opted_in").await;
    let lines = erase(&access, &number(), Run::Real).await.unwrap().lines();
    assert!(lines.starts_with("Erased of the person ") && lines.contains("Stays: nothing."), "{lines}");
    assert!(items_of(&fake, NUMBER).is_empty());
    assert_eq!(items_of(&fake, "+12125550143").len(), 5);
    let deleted: Vec<Value> =
        fake.lock().unwrap().inputs("DeleteMessage").iter().map(|input| input["ReceiptHandle"].clone()).collect();
    assert_eq!(deleted, ["mine"]);
}

/// A dead letter that somebody else reads at the moment may be about the person.
#[tokio::test]
async fn an_erasure_and_an_export_without_all_dead_letters_are_incomplete() {
    let (fake, access) = start("opted_in").await;
    assert!(export(&access, &number()).await.unwrap().is_complete());
    let counts = json!({ "Attributes": { "ApproximateNumberOfMessagesNotVisible": "4" } });
    fake.lock().unwrap().respond("GetQueueAttributes", 200, counts);
    assert!(!export(&access, &number()).await.unwrap().is_complete());
    let erased = erase(&access, &number(), Run::Real).await.unwrap();
    assert!(erased.lines().contains("Incomplete: ") && !erased.is_complete(), "{}", erased.lines());
}

#[tokio::test]
async fn an_opt_out_stays_without_the_number() {
    let (fake, access) = start("opted_out").await;
    let lines = erase(&access, &number(), Run::Real).await.unwrap().lines();
    assert!(lines.contains("Stays: the opt-out, under the person's id"), "{lines}");
    let left = items_of(&fake, NUMBER);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["state"]["S"], "opted_out");
    assert_eq!((&left[0]["epoch"]["N"], &left[0]["version"]["N"]), (&json!("3"), &json!("5")));
    assert_eq!(left[0]["opted_out_at"]["S"], "2026-02-02T12:00:00Z");
    let text = left[0].to_string();
    assert!(!text.contains("2125550142") && !text.contains("New_York"), "{text}");
    // A second run finds nothing more to erase.
    let again = erase(&access, &number(), Run::Real).await.unwrap().lines();
    assert!(again.starts_with("Nothing is stored about the person"), "{again}");
    assert_eq!(items_of(&fake, NUMBER), left);
}

#[tokio::test]
async fn a_profile_is_deleted_only_in_the_version_that_was_judged() {
    let (fake, access) = start("opted_in").await;
    erase(&access, &number(), Run::Real).await.unwrap();
    let deleted = fake.lock().unwrap().inputs("DeleteItem");
    let profile = deleted.iter().find(|input| input["Key"]["sk"]["S"] == "PROFILE").unwrap();
    assert_eq!(profile["ConditionExpression"], "#version = :version");
    assert_eq!(profile["ExpressionAttributeValues"][":version"], json!({ "N": "4" }));
}

#[tokio::test]
async fn an_opt_out_that_this_release_cannot_read_is_not_deleted() {
    let (fake, access) = start("opted_out").await;
    for item in &mut fake.lock().unwrap().items {
        if item["sk"]["S"] == "PROFILE" {
            item["zone"] = json!({ "N": "1" });
        }
    }
    let error = erase(&access, &number(), Run::Real).await.map(|erasure| erasure.lines()).unwrap_err();
    assert!(format!("{error:#}").starts_with("the profile can't be read"), "{error:#}");
    let left = items_of(&fake, NUMBER);
    assert_eq!((left.len(), &left[0]["state"]["S"]), (1, &json!("opted_out")));
}
