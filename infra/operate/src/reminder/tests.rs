//! Lives of reminders, as they are shown from the items of a table.

use ::reminder::ids::{Number, PersonId, PersonKey};
use serde_json::{Value, json};

use super::*;
use crate::fake_aws::{self, Fake, PERSON_KEY, item};

const NUMBER: &str = "+12125550142";
const MILK: &str = "01JZ0000000000000000000001";
const PILLS: &str = "01JZ0000000000000000000002";
const CLAIM: &str = "01JZ0000000000000000000003";

fn now() -> Timestamp {
    "2026-03-01T17:00:00Z".parse().unwrap()
}

fn person() -> PersonId {
    let number: Number = NUMBER.parse().unwrap();
    PersonId::of(&number, &PersonKey::new(PERSON_KEY.as_bytes()).unwrap())
}

/// Returns a profile, a one-off that rings, and a series that waits after an occurrence that was missed.
fn items() -> Vec<Value> {
    let pk = format!("PERSON#{}", person());
    let mut profile = item(
        &pk,
        "PROFILE",
        &[
            ("state", "opted_in"),
            ("number", NUMBER),
            ("zone", "America/New_York"),
            ("zone_source", "said"),
            ("epoch", "0"),
            ("confirmed_at", "2026-02-01T12:00:00Z"),
            ("last_number", "2"),
            ("number_given_at", "2026-02-01T12:00:00Z"),
        ],
    );
    for list in ["calls_asked", "refusals", "unclear", "answers", "wrong_codes"] {
        profile[list] = json!({ "L": [] });
    }
    vec![profile, milk(&pk), pills(&pk), replacement(&pk)]
}

fn common(number: &'static str, task: &'static str, due: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("write_id", CLAIM),
        ("number", number),
        ("task", task),
        ("zone", "America/New_York"),
        ("due", due),
        ("due_source", "fixed"),
        ("created_at", "2026-02-01T12:00:00Z"),
        ("generation", "1"),
        ("epoch", "0"),
        ("missed_in_row", "1"),
        ("recoveries", "2"),
        ("shard", "live#0"),
    ]
}

fn milk(pk: &str) -> Value {
    let mut milk = common("1", "buy milk", "2026-03-01T16:59:00Z");
    milk.extend([
        ("state", "ringing"),
        ("attempt", "1"),
        ("claim", CLAIM),
        ("call", "twilio#CA1"),
        ("pickup", "machine"),
        ("answered", "nobody"),
        ("deadline", "1772384520000"),
    ]);
    item(pk, &format!("REM#{MILK}"), &milk)
}

fn pills(pk: &str) -> Value {
    let mut pills = common("2", "take the pills", "2026-03-02T14:00:00Z");
    pills.extend([
        ("state", "waiting"),
        ("rule", "DTSTART:20260201T090000\nRRULE:FREQ=DAILY"),
        ("attempt", "1"),
        ("wake_at", "2026-03-02T14:00:00Z"),
        ("answered", "nobody"),
        ("deadline", "1772460090000"),
        ("last_end", "missed"),
        ("last_end_due", "2026-03-01T14:00:00Z"),
        ("last_end_at", "2026-03-01T14:10:00Z"),
        ("last_end_claim", CLAIM),
        ("last_end_text", CLAIM),
    ]);
    item(pk, &format!("REM#{PILLS}"), &pills)
}

/// Returns the text that replaced the call of the series.
fn replacement(pk: &str) -> Value {
    item(
        pk,
        &format!("TEXT#{CLAIM}"),
        &[
            ("state", "undelivered"),
            ("write_id", CLAIM),
            ("words", "You missed a call: take the pills"),
            ("epoch", "0"),
            ("owed_since", "2026-03-01T14:10:00Z"),
            ("kind", "instead_of_call"),
            ("reminder", PILLS),
            ("code", "30034"),
            ("ended_at", "2026-03-01T14:11:00Z"),
        ],
    )
}

/// Returns the lives that are shown for `who`, with the items after a change.
async fn shown(who: &str, words: Words, change: impl FnOnce(&mut Fake)) -> Result<Lives> {
    let (fake, access) = fake_aws::start().await;
    fake.lock().unwrap().items = items();
    change(&mut fake.lock().unwrap());
    show(&access, &who.parse().unwrap(), words, now()).await
}

#[tokio::test]
async fn a_life_is_found_by_the_number_and_told_in_plain_words() {
    let lines = shown("+1 212 555 0142", Words::Hidden, |_| {}).await.unwrap().lines();
    for expected in [
        &*format!("person {}\n", person()),
        "number +…42, time zone America/New_York (texted by the person)\n",
        "opted in: may be called and texted\n",
        "number confirmed at Sun Feb 1 2026, 7:00:00 AM EST\n",
        "reminder 01JZ0000000000000000000001 (#1): Ringing\n  one-off, task of 8 characters (--words shows it)\n",
        "call 1 was accepted by twilio as CA1: a mailbox, a fax machine or call screening picked up so far\n",
        "next: a key, or the end of the call; without a report, the sweeper asks the carrier after Sun Mar 1 2026, \
         12:02:00 PM EST; the sweeper took over 2 times so far\n",
        "reminder 01JZ0000000000000000000002 (#2): Waiting\n  series (every day at 9 AM), task of 14 characters",
        "last occurrence, due at Sun Mar 1 2026, 9:00:00 AM EST: ended at Sun Mar 1 2026, 9:10:00 AM EST as Missed",
        "NOT DELIVERED, the carrier's code 30034 (the US number is not registered (A2P 10DLC)",
        "next: call 1 at Mon Mar 2 2026, 9:00:00 AM EST; if its wake-up does not come, the sweeper sends it again",
    ] {
        assert!(lines.contains(expected), "expected {expected:?} in\n{lines}");
    }
    assert!(!lines.contains("2125550142") && !lines.contains("milk") && !lines.contains("pills"), "{lines}");
}

#[tokio::test]
async fn one_reminder_is_found_by_its_id_and_its_words_are_shown_on_demand() {
    let lives = shown(PILLS, Words::Shown, |_| {}).await.unwrap();
    assert_eq!(lives.reminders.iter().map(|life| life.id.as_str()).collect::<Vec<_>>(), [PILLS]);
    let lines = lives.lines();
    assert!(lines.contains("task: take the pills\n") && lines.contains("its words: You missed a call"), "{lines}");
}

#[tokio::test]
async fn an_overdue_reminder_an_opted_out_person_and_an_unreadable_item_are_pointed_out() {
    let person = person();
    let lives = shown(person.as_str(), Words::Hidden, |fake| {
        fake.items[0]["state"] = json!({ "S": "opted_out" });
        fake.items[0]["number"] = json!({ "S": records::ERASED_NUMBER });
        fake.items[1]["deadline"] = json!({ "N": "1772383800000" });
        fake.items[3]["schema"] = json!({ "N": "9" });
    });
    let lines = lives.await.unwrap().lines();
    for expected in [
        "number erased, time zone ",
        "OPTED OUT: no call and no text",
        "(OVERDUE by 10 min: the sweeper should have acted",
        "\nunreadable: an item was written by a later release",
    ] {
        assert!(lines.contains(expected), "expected {expected:?} in\n{lines}");
    }
}

#[tokio::test]
async fn an_unknown_number_or_reminder_is_reported_without_the_number() {
    for (who, expected) in [
        ("+12125550199", "nothing is stored about the number +…99 in the stack sixthirty-local"),
        ("01JZ0000000000000000000009", "no reminder 01JZ0000000000000000000009 is stored"),
    ] {
        let error = format!("{:#}", shown(who, Words::Hidden, |_| {}).await.unwrap_err());
        assert!(error.starts_with(expected) && !error.contains("2125550199"), "{error}");
    }
}
