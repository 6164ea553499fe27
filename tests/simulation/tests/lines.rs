//! The lines from which the life of one reminder can be told: transitions, and events that change nothing.

mod logged;

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use simulation::cases::Case;
use simulation::functions::Functions;
use simulation::world::ZONE;
use tracing::{Level, Metadata};

use logged::Line;

/// Returns the lines of a directed case.
fn lines_of(name: &str) -> Vec<Line> {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let case = Case::named(name).unwrap_or_else(|| panic!("expected the case {name}, found none"));
    // The level at which functions log.
    let is_wanted = |metadata: &Metadata<'_>| *metadata.level() <= Level::INFO;
    logged::lines(is_wanted, || drop(case.run(0, &functions, &zone, |_| ())))
}

fn field<'l>(line: &'l Line, name: &str) -> Option<&'l str> {
    line.get(name).map(String::as_str)
}

fn of_message<'l>(lines: &'l [Line], message: &'l str) -> impl Iterator<Item = &'l Line> {
    lines.iter().filter(move |line| field(line, "message") == Some(message))
}

#[test]
fn a_transition_tells_its_text_its_call_its_end_and_what_is_planned() {
    let lines = lines_of("mailbox");
    let transitions: Vec<&Line> = of_message(&lines, "transition").collect();
    let made = transitions.iter().find(|line| field(line, "event") == Some("Created")).unwrap();
    assert!(made.contains_key("message.id") && made.contains_key("wake_at"), "{made:?}");
    for line in &transitions {
        let to = field(line, "to");
        assert_eq!(to == Some("Waiting"), line.contains_key("wake_at"), "only a planned call has a time: {line:?}");
        let is_over = matches!(to, Some("Ended" | "TextEnded"));
        assert_ne!(is_over, line.contains_key("deadline"), "each live record has a deadline: {line:?}");
        assert_eq!(is_over, line.contains_key("end"), "the end is told: {line:?}");
        if field(line, "event").is_some_and(|event| event == "Accepted" || event.starts_with("CallReported")) {
            assert!(line.contains_key("call.id"), "{line:?}");
        }
    }
    let ends: BTreeSet<_> = transitions.iter().filter_map(|line| field(line, "end")).collect();
    assert_eq!(ends, BTreeSet::from(["delivered", "missed"]));
}

#[test]
fn an_event_that_changes_nothing_has_a_line() {
    let lines = lines_of("mailbox");
    let unchanged: Vec<&Line> = of_message(&lines, "nothing changed").collect();
    let names = ["reminder.id", "call.id", "attempt", "due", "late_ms"];
    let of_call = |line: &&&Line| field(line, "event").is_some_and(|event| event.starts_with("CallReported"));
    for line in unchanged.iter().filter(of_call) {
        assert!(names.iter().all(|name| line.contains_key(name)), "{line:?}");
    }
    let told: BTreeSet<_> =
        unchanged.iter().map(|line| (field(line, "event"), field(line, "state"), field(line, "outcome"))).collect();
    assert!(told.contains(&(Some("CallReported(Initiated)"), Some("Ringing"), Some("ignored"))), "{told:?}");
    assert!(told.iter().all(|(event, ..)| *event != Some("WakeUpSent")), "{told:?}");
}
