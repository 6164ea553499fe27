//! README's table of what people can text, line by line.

use anyhow::{Result, ensure};
use simulated_carrier::LogEvent;
use tests::{Person, Stage};

use crate::conversation::wait_for_keys;

const README: &str = include_str!("../../../README.md");

const MAKES: &str = "OK, I'll call you ";
const FIRST: &str = "sixthirty: OK, I'll call you ";
const MILK: &str = "remind me to buy milk at 6:30 PM";
const PILLS: &str = "take my pills every day at 12:01 am";

/// A text, and the parts of its answer in their order. The answer begins with the first part.
type Said = (&'static str, &'static [&'static str]);

/// Each conversation is one person's. Together they have every example of the table that needs no call.
const CONVERSATIONS: &[&[Said]] = &[
    &[("Remind me to buy milk at 6:30 PM", &[FIRST, "6:30 PM", "buy milk (#1)"])],
    &[("milk 630pm", &[FIRST, "6:30 PM", "milk (#1)"])],
    &[("call me in 20 min about the oven", &[FIRST, "oven (#1)"])],
    &[("pls dont let me forget gym tmrw at noon", &[FIRST, "tomorrow at noon", "gym (#1)"])],
    &[(
        "I need to pick Reed up tomorrow at 5; call me 15 minutes before",
        &[FIRST, "tomorrow at 4:45 PM", "pick Reed up (#1)"],
    )],
    &[("take my pills every weekday at 8am", &[FIRST, "every weekday at 8 AM", "take your pills (#1)"])],
    &[("rent on the 1st of each month at 9", &[FIRST, "on the 1st", "rent (#1)"])],
    &[("yoga every other friday at 6 until june", &[FIRST, "every other Friday", "yoga (#1)"])],
    &[("Remind me to buy milk", &["When should I remind you: buy milk?"]), ("6:30", &[FIRST, "6:30", "buy milk (#1)"])],
    &[
        ("Remind me at 6:30", &["OK, ", "6:30", "What should I remind you about?"]),
        ("buy milk", &[FIRST, "6:30", "buy milk (#1)"]),
    ],
    &[
        (MILK, &[FIRST]),
        ("no, tomorrow", &["Moved: I'll call you tomorrow at 6:30 PM", "buy milk (#1)"]),
        ("make it 7pm", &["Moved: I'll call you ", "7 PM", "buy milk (#1)"]),
        ("call Ann tomorrow at noon", &[MAKES, "call Ann (#2)"]),
        ("MOVE 2 to friday", &["Moved: I'll call you ", "call Ann (#2)"]),
    ],
    &[
        (MILK, &[FIRST]),
        // At every time of day after the milk, since LIST is in the order of time.
        ("call Ann tomorrow at 7 PM", &[MAKES, "#2"]),
        ("LIST", &["#1 ", "buy milk", "#2 ", "call Ann"]),
        ("DELETE 2", &["Deleted #2 call Ann."]),
        ("drop the milk one", &["Deleted #1 buy milk."]),
        ("call Bob tomorrow at noon", &[MAKES]),
        ("delete all", &["Deleted #"]),
        ("LIST", &["You have no reminders."]),
        ("UNDO", &["Undone: I'll call you tomorrow at noon", "call Bob"]),
    ],
    &[
        (MILK, &[FIRST]),
        (PILLS, &[MAKES, "take your pills (#2)"]),
        ("skip tomorrow's pills", &["Skipped. Next call: ", "12:01 AM", "take your pills (#2)"]),
        ("UNDO", &["Undone: I'll call you tomorrow at 12:01 AM", "take your pills (#2)"]),
        ("SKIP 2", &["Skipped. Next call: ", "take your pills (#2)"]),
        ("MOVE 1 to friday", &["Moved: I'll call you ", "buy milk (#1)"]),
        ("UNDO", &["Undone: I'll call you ", "6:30 PM", "buy milk (#1)"]),
        ("RESUME 3", &["You have no paused reminders."]),
    ],
    &[
        ("ZONE Paris", &["OK, I'll use Paris time from now on."]),
        (PILLS, &["OK, I'll call you "]),
        ("I'm in Berlin", &["OK, Berlin time. Should your repeating reminder move to Berlin time too? YES or NO"]),
        ("YES", &["OK, "]),
        ("ZONE Tokyo", &["OK, Tokyo time. Should your repeating reminder move to Tokyo time too? YES or NO"]),
        ("NO", &["Your repeating reminders stay on Berlin time."]),
    ],
    &[
        ("HELP", &["sixthirty: I call you with reminders. Try: remind me to buy milk at 6:30 PM"]),
        (MILK, &[FIRST]),
        ("STOP", &[""]),
        ("LIST", &[""]),
        ("START", &["Welcome back! 1 reminder was stopped: text RESTORE to get it back."]),
        ("RESTORE", &["Restored: I'll call you ", "6:30 PM", "buy milk"]),
    ],
];

/// Sends a text, and compares its answer. An empty beginning means no answer.
async fn check(person: &Person<'_>, (words, parts): &Said) -> Result<()> {
    let answer = person.text(words).await?;
    let mut rest = answer.as_str();
    for (index, part) in parts.iter().enumerate() {
        let found = rest.find(part).filter(|place| index > 0 || *place == 0);
        ensure!(found.is_some(), "{words:?}: expected {parts:?}, found {answer:?}");
        rest = found.map_or("", |place| &rest[place + part.len()..]);
    }
    ensure!(parts != &[""] || answer.is_empty(), "{words:?}: expected no answer, found {answer:?}");
    Ok(())
}

pub(crate) async fn every_example_is_answered_as_the_table_says(stage: &Stage) -> Result<()> {
    for conversation in CONVERSATIONS {
        let person = stage.new_person()?;
        for said in *conversation {
            check(&person, said).await?;
        }
        if conversation.iter().any(|(words, _)| *words == "STOP") {
            let by_carrier = person.count(|event| matches!(event, LogEvent::OptOut { .. }));
            ensure!(by_carrier == 2, "expected the carrier to answer STOP and START, found {:#?}", person.log());
        }
        // No reminder may ring while other tests of the stage run.
        check(&person, &("delete all", &["Deleted #"])).await?;
        person.expect_nothing_more().await?;
    }
    // The texts after a call.
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

/// The texts of README's table: everything in its first column, and what the second column tells people to text.
fn examples() -> Vec<String> {
    let rows = README.lines().skip_while(|line| *line != "| text | what happens |").skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let texts = rows.filter_map(|row| row.split('|').nth(1));
    texts.flat_map(|texts| texts.split(" · ").map(|text| text.trim().to_owned())).collect()
}

pub(crate) async fn every_example_of_the_table_is_texted_here(_: &Stage) -> Result<()> {
    let said = CONVERSATIONS.iter().flat_map(|conversation| conversation.iter()).map(|(words, _)| *words);
    let said: Vec<&str> = said.chain(["SNOOZE 10", "in an hour", "DONE, after or between calls"]).collect();
    let examples = examples();
    ensure!(examples.len() > 20, "expected the table of README, found {examples:?}");
    let missing: Vec<&String> = examples.iter().filter(|example| !said.contains(&example.as_str())).collect();
    ensure!(missing.is_empty(), "expected each example to be texted here, found none for {missing:?}");
    Ok(())
}
