//! Words for outgoing texts and their reports.

use jiff::Timestamp;
use reminder::outgoing_text::{NewestTry, OutgoingText, TextEnd, TextLife, TextState};
use reminder::record::Zone;

use super::instants::{at, overdue};
use crate::report::Words;

/// Twilio's codes that an operator meets most often, each with what to do
/// (<https://www.twilio.com/docs/api/errors>, with a page for each code).
const CODES: [(u32, &str); 11] = [
    (21408, "texts to this country are switched off: switch them on in Twilio's geographic permissions"),
    (21606, "the service number can't send texts: the command doctor checks its capabilities"),
    (21608, "a trial account texts verified numbers only: upgrade the account"),
    (21610, "the person opted out at the carrier: only the person can opt in again, with START"),
    (30003, "the phone is off or unreachable"),
    (30005, "the number is not in use"),
    (30006, "a landline, or its carrier can't be reached"),
    (30007, "filtered by the carrier: read the message log at Twilio, and the registration of the number"),
    (30032, "the toll-free number is not verified: verify it at Twilio"),
    (30034, "the US number is not registered (A2P 10DLC): every text is blocked until its campaign is approved"),
    (30035, "the US number is still being registered: wait, or ask Twilio"),
];

/// Describes a code of the carrier.
pub(super) fn code_meaning(code: u32) -> String {
    let known = CODES.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning);
    known.map_or_else(|| format!("see https://www.twilio.com/docs/api/errors/{code}"), str::to_owned)
}

/// Describes a text, its tries and the carrier's reports.
pub(super) fn sentences(text: &OutgoingText, zone: Option<&Zone>, words: Words, now: Timestamp) -> Vec<String> {
    let mut sentences =
        vec![format!("text {} is owed since {}: {}", text.key.text, at(text.owed_since, zone), state(text, zone, now))];
    if words == Words::Shown {
        sentences.push(format!("  its words: {}", text.words));
    }
    sentences
}

fn state(text: &OutgoingText, zone: Option<&Zone>, now: Timestamp) -> String {
    match &text.life {
        TextLife::Live { state: TextState::Owed { tries, newest, slot }, deadline } => {
            let newest = match (tries, newest) {
                (0, _) => "not tried yet".to_owned(),
                (tries, NewestTry::Open) => format!("{tries} of 3 tries, the newest without a known result"),
                (tries, NewestTry::Failed) => format!("{tries} of 3 tries, the newest failed"),
            };
            let slot = slot.as_ref().map_or("", |_| ", waiting for a free slot of the carrier");
            format!("{newest}{slot}; the next try is at {}{}", at(*deadline, zone), overdue(*deadline, now))
        }
        TextLife::Live { state: TextState::Accepted { tries, sent, inquiries }, deadline } => format!(
            "try {tries} was accepted by {} as {}; the report of its delivery is missing, the carrier was asked \
             {inquiries} of 5 times and is asked again at {}{}",
            sent.carrier(),
            sent.at_carrier(),
            at(*deadline, zone),
            overdue(*deadline, now)
        ),
        TextLife::Ended { end, at: when } => format!("{} at {}", end_words(*end), at(*when, zone)),
    }
}

fn end_words(end: TextEnd) -> String {
    match end {
        TextEnd::Delivered => "delivered, as the carrier reported".to_owned(),
        TextEnd::Sent { tries } => {
            format!("sent with try {tries}: the carrier passed it on and reported neither a delivery nor a failure")
        }
        TextEnd::Undelivered { code } => {
            format!("NOT DELIVERED, the carrier's code {code} ({})", code_meaning(code))
        }
        TextEnd::Withdrawn => {
            "withdrawn before its delivery was known: acknowledged, or the person opted out".to_owned()
        }
        TextEnd::GivenUp => "GIVEN UP: tried too often or for too long".to_owned(),
    }
}
