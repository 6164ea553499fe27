//! Consent: which of two texts that opt out and in counts.

use super::*;

#[test]
fn an_opt_out_that_is_received_again_after_the_opt_in_counts() {
    let story = |again: Option<i64>| {
        let mut story = asked();
        let id = MessageId::new("twilio", "SMstop").unwrap();
        let (person, meaning, route) = (0, Meaning::OptOut, AnswerRoute::Reply);
        story.at(60, 0, Observation::TextSent { id: id.clone(), person, meaning, route });
        story.at(60, 10, Observation::TextDelivered { id: id.clone() });
        // The first delivery failed if there is another one.
        let taken = again.unwrap_or(60);
        again.iter().for_each(|second| story.at(*second, 10, Observation::TextDelivered { id: id.clone() }));
        story.at(taken, 60, Observation::TextTaken { id: id.clone() });
        story.at(taken, 60, Observation::Reply { id, body: String::new() });
        story.text(62, Meaning::OptIn, "").text(100, Meaning::List, "").judge(1)
    };
    keeps(&story(Some(65)), "never answered");
    breaks(&story(Some(61)), "never answered");
    breaks(&story(None), "never answered");
}
