//! Tests of items that can't be read: which attribute the error names, and that it quotes no text of a person.

use super::*;

#[test]
fn an_item_without_a_required_attribute_is_unreadable() {
    let always = ["pk", "sk", "schema", "version", "state"];
    let check = |item: &Item, names: &[&str], read| {
        for name in always.iter().chain(names) {
            let reason = unreadable(item, name, None, read);
            assert!(reason.contains(&format!("{name}: expected ")) && reason.ends_with("found nothing"), "{reason}");
        }
    };
    let shared = ["write_id", "number", "task", "zone", "due", "created_at", "generation", "epoch", "missed_in_row"];
    for life in lifecycles() {
        let names: &[&str] = match &life {
            Lifecycle::Live { state: State::Waiting { .. }, .. } => {
                &["deadline", "recoveries", "attempt", "wake_at", "answered"]
            }
            Lifecycle::Live { state: State::Dialing { .. }, .. } => {
                &["deadline", "recoveries", "attempt", "claim", "answered"]
            }
            Lifecycle::Live { state: State::Ringing { .. }, .. } => {
                &["deadline", "recoveries", "attempt", "claim", "call", "pickup", "answered"]
            }
            Lifecycle::Live { state: State::Paused, .. } => &["deadline", "recoveries"],
            Lifecycle::Ended { .. } => &["end", "ended_at"],
        };
        check(&reminder::write(&reminder(life), VERSION, 30), &[&shared, names].concat(), read_reminder);
    }
    let names = ["number", "zone", "zone_source", "epoch", "last_number", "number_given_at"];
    check(&profile::write(&profile(), VERSION), &names, read_profile);
    let names = ["person", "digest", "received_at", "answer", "made"];
    check(&incoming_text::write(&message(), VERSION, 30), &names, read_message);
    let shared = ["write_id", "words", "epoch", "owed_since", "kind", "reminder"];
    for life in text_lives() {
        let names: &[&str] = match &life {
            TextLife::Live { state: TextState::Owed { .. }, .. } => &["deadline", "tries", "newest_try"],
            TextLife::Live { state: TextState::Accepted { .. }, .. } => &["deadline", "tries", "sent", "inquiries"],
            TextLife::Ended { end: TextEnd::Sent { .. }, .. } => &["ended_at", "tries"],
            TextLife::Ended { end: TextEnd::Undelivered { .. }, .. } => &["ended_at", "code"],
            TextLife::Ended { .. } => &["ended_at"],
        };
        check(&outgoing_text::write(&outgoing(life), VERSION, 30), &[&shared, names].concat(), read_outgoing);
    }
}

#[test]
fn a_malformed_attribute_is_unreadable_and_is_not_quoted_in_the_error() {
    let word = || Some(AttributeValue::S(BODY.to_owned()));
    let digits = |digits: &str| Some(AttributeValue::N(digits.to_owned()));
    let item = reminder::write(&reminder(live(dialing(AnsweredBy::Nobody))), VERSION, 30);
    for (name, value, found) in [
        ("schema", digits("0"), "found 0"),
        ("schema", word(), "found a text"),
        ("version", digits("-1"), "found -1"),
        ("version", digits("1.5"), "found 1.5"),
        ("version", word(), "found a text"),
        ("attempt", digits("256"), "found 256"),
        ("deadline", digits("9223372036854775807"), "found a number of 19 characters"),
        ("generation", digits("12125550142"), "found a number of 11 characters"),
        ("state", word(), "found a text of 24 characters"),
        ("zone", word(), "found a text of 24 characters"),
        ("rule", word(), "found a text of 24 characters"),
        ("due", word(), "found a text of 24 characters"),
        ("claim", word(), "found a text of 24 characters"),
        ("write_id", word(), "found a text of 24 characters"),
        ("last_claim", digits("5"), "found a number"),
        ("last_end", word(), "found a text of 24 characters"),
        ("last_end_text", word(), "found a text of 24 characters"),
        ("answered", word(), "found a text of 24 characters"),
        ("task", Some(AttributeValue::Null(true)), "found null"),
        ("task", Some(AttributeValue::Bool(true)), "found a boolean"),
        ("task", Some(AttributeValue::L(Vec::new())), "found a list"),
        ("task", Some(AttributeValue::M(Item::new())), "found a map"),
        ("task", Some(AttributeValue::Ss(Vec::new())), "found a set"),
    ] {
        let reason = unreadable(&item, name, value, read_reminder);
        let start = format!("PERSON#{PERSON} / REM#{ULID}: {name}: expected ");
        assert!(reason.starts_with(&start) && reason.ends_with(found), "{reason}");
        assert!(!reason.contains(BODY), "{reason}");
    }
    let item = incoming_text::write(&message(), VERSION, 30);
    for (name, value, found) in [
        ("made", digits("1"), "found a number"),
        ("made", Some(AttributeValue::L(word().into_iter().collect())), "found a text"),
        ("state", word(), "found a text of 24 characters"),
        ("person", word(), "found a text of 24 characters"),
    ] {
        let reason = unreadable(&item, name, value, read_message);
        assert!(reason.ends_with(found) && !reason.contains(BODY), "{reason}");
    }
    let item = outgoing_text::write(&outgoing(text_lives().remove(0)), VERSION, 30);
    for name in ["state", "kind", "reminder", "newest_try", "owed_since", "slot_of"] {
        let reason = unreadable(&item, name, word(), read_outgoing);
        assert!(reason.ends_with("found a text of 24 characters") && !reason.contains(BODY), "{reason}");
    }
    let item = profile::write(&profile(), VERSION);
    let list = AttributeValue::L(word().into_iter().collect());
    let reason = unreadable(&item, "refusals", digits("5"), read_profile);
    assert!(reason.ends_with("refusals: expected a list of instants, found a number"), "{reason}");
    for (name, value) in [
        ("number", word()),
        ("state", word()),
        ("zone_source", word()),
        ("calls_asked", Some(list.clone())),
        ("refusals", Some(list.clone())),
        ("unclear", Some(list)),
    ] {
        let reason = unreadable(&item, name, value, read_profile);
        assert!(reason.ends_with("found a text of 24 characters") && !reason.contains(BODY), "{reason}");
    }
}

#[test]
fn an_item_with_the_key_of_another_kind_of_record_is_unreadable() {
    let profile = profile::write(&profile(), VERSION);
    let reminder = reminder::write(&reminder(live(waiting())), VERSION, 30);
    let message = incoming_text::write(&message(), VERSION, 30);
    assert!(
        reminder::read(&profile).is_err()
            && incoming_text::read(&reminder).is_err()
            && profile::read(&message).is_err()
            && outgoing_text::read(&reminder).is_err()
    );
    assert!(reminder::read(&Item::new()).is_err());
}
