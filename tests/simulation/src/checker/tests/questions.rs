//! The replies to the question whether the repeating reminders should move to another zone.

use super::*;

const LONDON: Place = Place { city: "London", zone: "Europe/London" };
const ASKS: &str = "OK, London time. Should your repeating reminder move to London time too? YES or NO";
const MOVES: &str = "OK, using London time. Now #1 rings every day at 12:30 PM, starting tomorrow at 12:30 PM GMT.";
const STAYS: &str = "Your repeating reminders stay on Chicago time.";
const UNCLEAR: &str = "Sorry, I didn't get that. Text me a task and a time.";

/// A daily series in the time of Chicago. At the second 5000, the person names London, and is asked.
fn asked_about_london() -> Story {
    let mut story = daily();
    story.text(30, Meaning::Zone(CHICAGO), DAILY_IN_CHICAGO).text(5000, Meaning::Zone(LONDON), ASKS);
    story
}

#[test]
fn a_yes_or_a_no_that_follows_the_question_replies_to_it() {
    let no_reply = "was no reply to the open question";
    let story =
        |second: i64, meaning: Meaning, answer: &str| asked_about_london().text(second, meaning, answer).judge(2);
    keeps(&story(5060, Meaning::Yes, MOVES), no_reply);
    keeps(&story(5060, Meaning::No, STAYS), no_reply);
    for meaning in [Meaning::Yes, Meaning::No] {
        breaks(&story(5060, meaning.clone(), UNCLEAR), no_reply);
        breaks(&story(5590, meaning.clone(), UNCLEAR), no_reply);
        keeps(&story(5602, meaning.clone(), UNCLEAR), no_reply);
        // It was sent before the question.
        let mut early = asked_about_london();
        keeps(&early.late_text(4990, 5060, meaning.clone(), UNCLEAR).judge(2), no_reply);
        // Another text was handled in between.
        let mut second = asked_about_london();
        second.text(5030, Meaning::No, STAYS).text(5060, meaning.clone(), UNCLEAR);
        keeps(&second.judge(2), no_reply);
        // A question could not be read, perhaps an earlier one of this person.
        for second in [40, 5050] {
            let mut spoiled = asked_about_london();
            spoiled.fault(second, Fault::QuestionSpoiled);
            keeps(&spoiled.text(5060, meaning.clone(), UNCLEAR).judge(2), no_reply);
        }
        let mut old = asked_about_london();
        old.at(5040, 0, Observation::RolledBack);
        keeps(&old.text(5060, meaning, UNCLEAR).judge(2), no_reply);
    }
}

#[test]
fn a_yes_moves_a_series_only_for_ten_minutes_after_the_question() {
    let late = "ms after the question moved a series";
    let story = |second: i64, answer: &str| asked_about_london().text(second, Meaning::Yes, answer).judge(2);
    keeps(&story(5600, MOVES), late);
    breaks(&story(5602, MOVES), late);
    keeps(&story(5602, UNCLEAR), late);
}
