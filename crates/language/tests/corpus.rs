//! Every text of `tests/corpus` is understood as its row says.

mod rendered;

use rendered::Sender;
use serde_json::{Map, Value};
use std::{fs, path::Path};

/// Minimum number of texts that the corpus must have.
const FEWEST_TEXTS: usize = 500;

/// Fields of a row that are input; the others are the expected result.
const GIVEN: [&str; 4] = ["text", "question", "now", "zone"];

#[test]
fn the_corpus_is_understood_as_its_rows_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let mut texts = 0;
    let mut wrong = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let mut head = Value::Null;
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let row: Value = serde_json::from_str(line).unwrap();
            let Some(text) = row["text"].as_str() else {
                head = row;
                continue;
            };
            texts += 1;
            let question = row["question"].as_str().map(|stored| stored.parse().unwrap());
            let understood = Sender::of(&head).unwrap().understood(text, question);
            let expected: Map<String, Value> = row
                .as_object()
                .unwrap()
                .clone()
                .into_iter()
                .filter(|(key, _)| !GIVEN.contains(&key.as_str()))
                .collect();
            if understood != Value::Object(expected) {
                let file = path.file_name().unwrap_or_default().display();
                wrong.push(format!("{file}:{}: {row}\n  understood: {understood}", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {texts} texts:\n{}", wrong.len(), wrong.join("\n"));
    assert!(texts >= FEWEST_TEXTS, "only {texts} texts");
}
