//! Every transition that the life cycle can produce has a sentence, and important sentences are right.

mod every_event;
mod every_record;
mod every_text;

use std::collections::BTreeSet;

use reminder::event::Event;
use reminder::lifecycle::{Transition, transition};
use reminder::outgoing_text::{self, TextTransition};
use reminder::policy::{Policy, Times};
use reminder::record::{End, Lifecycle, Reminder};
use serde_json::{Value, json};

use self::every_event::{EVENTS, every_event, is_request, place_of};
use self::every_record::{every_record, instants};
use self::every_text::{every_text, every_text_event, text_end};
use super::*;

fn policy() -> Policy {
    Policy::new(Times::DEFAULT).unwrap()
}

/// Names how an occurrence or a reminder ended, as the executor logs it.
fn end(before: &Reminder, after: &Reminder) -> Option<&'static str> {
    let last = after.last_end.as_ref().filter(|last| before.last_end.as_ref() != Some(last)).map(|last| last.end);
    let end = match (&before.life, &after.life) {
        (Lifecycle::Live { .. }, Lifecycle::Ended { end, .. }) => Some(*end),
        _ => last,
    };
    end.map(|end| match end {
        End::Heard => "heard",
        End::Unconfirmed => "unconfirmed",
        End::Missed => "missed",
        End::Cancelled => "cancelled",
        End::OptedOut { .. } => "opted_out",
    })
}

/// What the executor logs about an event of a reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Logged {
    Changed { event: &'static str, from: &'static str, to: &'static str, end: Option<&'static str> },
    Unchanged { event: &'static str, state: &'static str, outcome: &'static str },
}

impl Logged {
    /// Returns what is logged, or `None` for a confirmed wake-up that changes nothing.
    fn of(before: &Reminder, event: &Event, now: Timestamp) -> Option<Self> {
        let (name, state) = (event.name(), before.state_name());
        match transition(before, event, now, &policy()) {
            Transition::Change(change) => {
                let (to, end) = (change.next.state_name(), end(before, &change.next));
                Some(Self::Changed { event: name, from: state, to, end })
            }
            Transition::Ignore if matches!(event, Event::WakeUpSent { .. }) => None,
            other @ (Transition::Ignore | Transition::Act(_)) => {
                Some(Self::Unchanged { event: name, state, outcome: other.name() })
            }
        }
    }

    /// The same change by a text. A text changes several records in one transaction, which names no event.
    fn by_text(self) -> Option<Self> {
        let Self::Changed { from, to, end, .. } = self else { return None };
        Some(Self::Changed { event: "Texted", from, to, end })
    }

    fn sentence(self) -> Option<Said> {
        match self {
            Self::Changed { event, from, to, end } => {
                changes::sentence(Line(&json!({ "event": event, "from": from, "to": to, "end": end })))
            }
            Self::Unchanged { event, state, outcome } => {
                unchanged::sentence(Line(&json!({ "event": event, "state": state, "outcome": outcome })))
            }
        }
    }
}

#[test]
fn each_event_of_the_life_cycle_in_each_state_has_a_sentence() {
    let mut logged = BTreeSet::new();
    let events = every_event();
    for record in every_record() {
        for event in &events {
            let found = instants().into_iter().filter_map(|now| Logged::of(&record, event, now));
            for found in found {
                logged.insert(found);
                logged.extend(found.by_text().filter(|_| is_request(event)));
            }
        }
    }
    let missing: Vec<&Logged> = logged.iter().filter(|logged| logged.sentence().is_none()).collect();
    assert!(missing.is_empty(), "without a sentence: {missing:#?}");
    let places: BTreeSet<usize> = events.iter().map(place_of).collect();
    assert_eq!(places.len(), EVENTS, "each event is tried");
}

#[test]
fn each_event_of_a_text_in_each_state_has_a_sentence() {
    let mut missing = BTreeSet::new();
    for text in every_text() {
        for event in every_text_event() {
            for now in instants() {
                let (name, from) = (event.name(), text.state_name());
                let (line, found) = match outgoing_text::transition(&text, &event, now, &policy()) {
                    TextTransition::Change(after, _) => {
                        let (to, end) = (after.state_name(), text_end(&after));
                        let line = json!({ "event": name, "from": from, "to": to, "end": end });
                        let found = texts::sentence(Line(&line));
                        (line, found)
                    }
                    TextTransition::Ignore => {
                        let line = json!({ "event": name, "state": from, "outcome": "ignored" });
                        let found = unchanged::sentence(Line(&line));
                        (line, found)
                    }
                };
                if found.is_none() {
                    missing.insert(line.to_string());
                }
            }
        }
    }
    assert!(missing.is_empty(), "without a sentence: {missing:#?}");
}

/// Checks the event that a line tells: its sign, its words, and what happens next.
fn check(mut line: Value, expected: Option<(Sign, &str, Option<&str>)>) {
    line["timestamp"] = json!("2026-03-06T23:30:00.2Z");
    line["reminder.id"] = json!("R1");
    let found = event(Place::Dialer, &line);
    let found = found.as_ref().map(|found| (found.sign, found.words.as_str(), found.next));
    assert_eq!(found, expected, "{line}");
}

fn changed(event: &str, from: &str, to: &str, end: Option<&str>) -> Value {
    json!({ "message": "transition", "event": event, "from": from, "to": to, "end": end, "attempt": 1 })
}

#[test]
fn the_reasons_are_those_of_the_events() {
    let lost = "The carrier's answer was lost. The phone may have rung, so it is not dialed again.";
    check(json!({ "message": "carrier answered", "outcome": "unknown" }), Some((Sign::Bad, lost, Some("Checking"))));
    check(json!({ "message": "carrier answered", "outcome": "accepted" }), None);
    let over = "The carrier's answer is missing. The phone may have rung, so it is not dialed again. \
                A text replaces the call.";
    check(changed("DeadlinePassed", "Dialing", "Ended", Some("missed")), Some((Sign::Bad, over, None)));
    let no_pickup = "The carrier reports that call 1 is over and was not picked up.";
    let again = (Sign::Bad, no_pickup, Some("Calling again"));
    check(changed("CallReported(NotReached)", "Ringing", "Waiting", None), Some(again));
    let missed = format!("{no_pickup} The carrier reported no pickup by a person, so a text follows.");
    let of_series = (Sign::Bad, missed.as_str(), Some("Calling"));
    check(changed("CallReported(NotReached)", "Ringing", "Waiting", Some("missed")), Some(of_series));
    let heard = (Sign::Good, "A key was pressed. The reminder counts as heard.", None);
    check(changed("KeyPressed", "Ringing", "Ended", Some("heard")), Some(heard));
    let resumed = "The person resumed the series, which has no later occurrence. It ends.";
    check(changed("Texted", "Paused", "Ended", Some("missed")), Some((Sign::Bad, resumed, None)));
    let stale = "Ignored a wake-up that is a repeat or belongs to an older plan.";
    check(json!({ "message": "stale wake-up ignored" }), Some((Sign::Ignored, stale, None)));
    let unknown = (Sign::Step, "Dreamed: Waiting → Ringing.", None);
    check(changed("Dreamed", "Waiting", "Ringing", None), Some(unknown));
}

#[test]
fn an_event_tells_its_due_its_plan_and_whether_a_call_was_accepted() {
    let line = json!({
        "timestamp": "2026-03-06T23:30:00.2Z", "reminder.id": "R1", "call.id": "twilio#CA1", "message": "transition",
        "event": "Accepted", "from": "Dialing", "to": "Ringing", "due": "2026-03-06T23:30:00Z",
        "deadline": "2026-03-06T23:32:00Z",
    });
    let found = event(Place::Dialer, &line).unwrap();
    assert_eq!(found.due, Some("2026-03-06T23:30:00Z".parse().unwrap()));
    assert_eq!(found.until, Some("2026-03-06T23:32:00Z".parse().unwrap()));
    assert_eq!(found.fact.as_deref(), Some("Accepted twilio#CA1"));
    assert!(found.called);
    // The due in a line about a text is the instant since which the text is owed.
    let text = json!({
        "timestamp": "2026-03-06T23:30:00.2Z", "reminder.id": "R1", "text.id": "T1", "message": "transition",
        "event": "TextAccepted", "from": "Owed", "to": "Accepted", "due": "2026-03-06T23:30:00Z",
    });
    assert_eq!(event(Place::Dialer, &text).unwrap().due, None);
    let repeated = json!({
        "timestamp": "2026-03-06T23:30:00.2Z", "message.id": "SM1",
        "message": "text stored before: nothing is stored twice",
    });
    let repeated = event(Place::Inbound, &repeated).unwrap();
    assert_eq!((repeated.reminder, repeated.message.as_deref()), (None, Some("SM1")));
    assert_eq!(event(Place::Sweeper, &json!({ "timestamp": "2026-03-06T23:30:00Z", "message": "swept" })), None);
}
