//! Tests of profiles with an optional part that can't be read.

use std::sync::{Arc, Mutex};

use super::*;

#[test]
fn an_optional_part_of_a_profile_that_cannot_be_read_is_treated_as_absent() {
    let complete = profile();
    let word = || AttributeValue::S(BODY.to_owned());
    let without_question = Profile { question: None, ..complete.clone() };
    let without_undoable = Profile { undoable: None, ..complete.clone() };
    let without_restorable = Profile { restorable: None, ..complete.clone() };
    for (name, value, expected) in [
        ("question", Some(word()), &without_question),
        ("question", Some(AttributeValue::N("5".to_owned())), &without_question),
        ("question", Some(AttributeValue::S("perhaps\nlater".to_owned())), &without_question),
        ("asked_at", None, &without_question),
        ("asked_at", Some(word()), &without_question),
        ("undoable_at", Some(word()), &without_undoable),
        ("undoable", None, &without_undoable),
        ("undoable", Some(AttributeValue::L(vec![word()])), &without_undoable),
        ("undoable", Some(AttributeValue::L(vec![AttributeValue::M(Item::new())])), &without_undoable),
        ("undoable_made", Some(word()), &without_undoable),
        ("restorable_epoch", Some(word()), &without_restorable),
        ("restorable_at", None, &without_restorable),
    ] {
        let mut item = profile::write(&complete, VERSION);
        match value {
            Some(value) => item.insert(name.to_owned(), value),
            None => item.remove(name),
        };
        assert_eq!(profile::read(&item), Ok(Versioned::read(expected.clone(), VERSION)), "{name}");
    }
}

/// Collects the logged lines.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Logged {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(line)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_optional_part_that_cannot_be_read_is_logged_as_an_error_without_its_words() {
    let logged = Logged::default();
    let writer = logged.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    let mut item = profile::write(&profile(), VERSION);
    item.insert("question".to_owned(), AttributeValue::S(BODY.to_owned()));
    tracing::subscriber::with_default(subscriber, || profile::read(&item)).unwrap();
    let logged = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("ERROR") && logged.contains("question: expected a question"), "{logged}");
    assert!(!logged.contains(BODY), "{logged}");
}
