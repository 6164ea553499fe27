//! Plays every example of README's table of what people can text, in conversations.

mod conversations;

use anyhow::{Result, ensure};
use simulated_carrier::LogEvent;
use tests::{Person, Stage};

use self::conversations::{CONVERSATIONS, FIRST, TextAndAnswer, fits};
use crate::conversation::wait_for_keys;

const README: &str = include_str!("../../../README.md");

/// Sends a text, and compares its answer.
async fn check(person: &Person<'_>, (words, parts): &TextAndAnswer) -> Result<()> {
    let answer = person.text(words).await?;
    ensure!(fits(&answer, parts), "{words:?}: expected {parts:?}, found {answer:?}");
    Ok(())
}

pub(crate) async fn every_example_is_answered_as_its_conversation_expects(stage: &Stage) -> Result<()> {
    for conversation in CONVERSATIONS {
        let person = stage.new_person()?;
        for text_and_answer in *conversation {
            check(&person, text_and_answer).await?;
        }
        if conversation.iter().any(|(words, _)| *words == "STOP") {
            let by_carrier = person.count(|event| matches!(event, LogEvent::OptOut { .. }));
            ensure!(by_carrier == 2, "expected the carrier to answer STOP and START, found {:#?}", person.log());
        }
        // No reminder may ring while other tests of the stage run.
        check(&person, &("delete all", &["Deleted #"])).await?;
        person.expect_nothing_more().await?;
    }
    // The texts that only make sense after a call.
    let person = stage.new_person()?;
    person.will_press_1()?;
    check(&person, &("remind me to stretch in 2 seconds", &[FIRST])).await?;
    wait_for_keys(stage, &person, 1).await?;
    check(&person, &("DONE", &["Done: #1 stretch."])).await?;
    check(&person, &("SNOOZE 10", &["OK, I'll call you again ", "stretch (#2)"])).await?;
    check(&person, &("in an hour", &["OK, I'll call you again ", "stretch (#2)"])).await?;
    check(&person, &("delete all", &["Deleted #2 stretch."])).await?;
    person.expect_nothing_more().await?;
    Ok(())
}

/// The texts in the first column of README's table.
fn examples() -> Vec<String> {
    let rows = README.lines().skip_while(|line| *line != "| text | what happens |").skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let texts = rows.filter_map(|row| row.split('|').nth(1));
    texts.flat_map(|texts| texts.split(" · ").map(|text| text.trim().to_owned())).collect()
}

pub(crate) async fn every_example_of_the_table_is_in_a_conversation(_: &Stage) -> Result<()> {
    let texts = CONVERSATIONS.iter().flat_map(|conversation| conversation.iter()).map(|(words, _)| *words);
    let texts: Vec<&str> =
        texts.chain(["SNOOZE 10", "in an hour", "DONE, after or between calls", "the six digits of a code"]).collect();
    let examples = examples();
    ensure!(examples.len() > 20, "expected the table of README, found {examples:?}");
    let missing: Vec<&String> = examples.iter().filter(|example| !texts.contains(&example.as_str())).collect();
    ensure!(missing.is_empty(), "expected a conversation with each example, found none for {missing:?}");
    Ok(())
}
