//! Tests of items of other releases, of a profile's optional parts, and of the sort keys of the index of a person's
//! reminders.

use crate::items::SCHEMA;
use crate::items::keys::{ENDED, OPEN};

use super::*;

fn of_schema(item: &Item, schema: u64) -> Item {
    let mut item = item.clone();
    item.insert("schema".to_owned(), AttributeValue::N(schema.to_string()));
    item
}

#[test]
fn an_item_of_a_later_release_is_recognized_as_newer_even_if_it_is_also_malformed() {
    let reminder = reminder::write(&reminder(live(waiting())), VERSION, 30);
    let message = incoming_text::write(&message(), VERSION, 30);
    let profile = profile::write(&profile(), VERSION);
    type Read = fn(&Item) -> Result<(), NotOurs>;
    for (item, read) in
        [(&reminder, read_reminder as Read), (&message, read_message as Read), (&profile, read_profile as Read)]
    {
        let mut newer = of_schema(item, u64::from(SCHEMA) + 1);
        assert!(matches!(read(&newer), Err(NotOurs::Newer(_))));
        newer.insert("state".to_owned(), AttributeValue::S("a state of the future".to_owned()));
        assert!(matches!(read(&newer), Err(NotOurs::Newer(_))));
        assert!(matches!(read(&of_schema(item, 0)), Err(NotOurs::Malformed(_))));
        for readable in 1..=u64::from(SCHEMA) {
            assert_eq!(read(&of_schema(item, readable)), Ok(()));
        }
    }
}

#[test]
fn a_question_or_a_last_reminder_that_cannot_be_read_is_treated_as_absent() {
    let item = profile::write(&profile(), VERSION);
    let foreign = AttributeValue::S(BODY.to_owned());
    for (name, value) in
        [("question", Some(&foreign)), ("asked_at", None), ("asked_at", Some(&foreign)), ("question", None)]
    {
        let read = profile::read(&changed(&item, name, value)).unwrap();
        assert_eq!((&read.question, &read.last), (&None, &profile().last), "{name}");
    }
    for (name, value) in [("last_reminder", Some(&foreign)), ("last_at", None)] {
        let read = profile::read(&changed(&item, name, value)).unwrap();
        assert_eq!((&read.question, &read.last), (&profile().question, &None), "{name}");
    }
}

fn changed(item: &Item, name: &str, value: Option<&AttributeValue>) -> Item {
    let mut item = item.clone();
    match value {
        Some(value) => item.insert(name.to_owned(), value.clone()),
        None => item.remove(name),
    };
    item
}

fn listed(life: Lifecycle) -> String {
    reminder::write(&reminder(life), VERSION, 30)["listed"].as_s().unwrap().clone()
}

#[test]
fn live_reminders_are_listed_by_id_and_ended_reminders_by_the_instant_of_their_end() {
    for state in states() {
        assert_eq!(listed(live(state)), format!("{OPEN}REM#{ULID}"));
    }
    let ended = |text| listed(Lifecycle::Ended { end: End::Heard, at: at(text) });
    let sorted = [
        ended("1970-01-01T00:00:00Z"),
        ended("2001-09-09T01:46:39.999Z"),
        ended("2001-09-09T01:46:40Z"),
        ended("2026-03-01T18:31:00Z"),
        ended("2026-03-01T18:31:00.5Z"),
        ended("2200-01-01T00:00:00Z"),
    ];
    assert!(sorted.is_sorted() && sorted.iter().all(|key| key.starts_with(ENDED)), "{sorted:?}");
}
