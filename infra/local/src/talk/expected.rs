//! What a step of the talk promises about a person, and how it is checked.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use simulated_carrier::{LogEntry, LogEvent};

use crate::phone::{Reminder, ReminderState};

/// Tolerated clock skew: a ring up to this long before the due does not count as early.
const SKEW: SignedDuration = SignedDuration::from_secs(1);

/// What is known about a person after a step.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Facts {
    /// The due of the person's first reminder.
    pub(super) due: Option<Timestamp>,
    /// State of each reminder, in the order in which they were made.
    pub(super) states: Vec<ReminderState>,
    /// How many requests for a call the carrier has read.
    pub(super) requests: usize,
    /// When the phone began to ring.
    pub(super) rings: Vec<Timestamp>,
    /// What was said in calls.
    pub(super) said: Vec<String>,
    /// The texts of the service, except the answers in replies to webhooks.
    pub(super) texts: Vec<String>,
    /// The different answers in replies to webhooks, each once.
    pub(super) answers: Vec<String>,
}

impl Facts {
    /// Collects the facts from the carrier's log of a person and from their reminders.
    #[must_use]
    pub(super) fn of(log: &[LogEntry], reminders: &[Reminder]) -> Self {
        let mut facts = Self { due: reminders.first().map(|reminder| reminder.due), ..Self::default() };
        facts.states = reminders.iter().map(|reminder| reminder.state).collect();
        for LogEntry { at, event, .. } in log {
            match event {
                LogEvent::CallRequested { .. } | LogEvent::CallRefused { .. } | LogEvent::CallDropped { .. } => {
                    facts.requests += 1;
                }
                LogEvent::CallRinging { .. } => facts.rings.push(*at),
                LogEvent::Said { words, .. } => facts.said.push(words.clone()),
                LogEvent::TextOut { words, .. } => facts.texts.push(words.clone()),
                LogEvent::Answer { words, .. } if !facts.answers.contains(words) => facts.answers.push(words.clone()),
                _ => {}
            }
        }
        facts
    }

    /// Returns how late the phone rang first. Absent if it did not ring.
    #[must_use]
    pub(super) fn lateness(&self) -> Option<SignedDuration> {
        Some(self.rings.first()?.duration_since(self.due?))
    }
}

/// A promise about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// The states of the person's reminders at the end, in the order in which they were made.
    Ends(&'static [ReminderState]),
    /// The carrier has read so many requests for a call.
    Requests(usize),
    /// The phone has rung so often, and never early.
    Rings(usize),
    /// The first ring came at most so many seconds after the due.
    WithinSeconds(i64),
    /// A call has said these words.
    Says(&'static str),
    /// No call has said these words.
    NeverSays(&'static str),
    /// The service has sent so many texts, besides answers.
    Texts(usize),
    /// One of these texts has these words.
    TextSays(&'static str),
    /// All answers were the same, or came later as one text.
    SameAnswers,
}

impl Expected {
    /// Returns a description of what differs from the promise. Absent if nothing differs.
    #[must_use]
    pub(super) fn problem(&self, facts: &Facts) -> Option<String> {
        match *self {
            Self::Ends(states) => differs("the reminders to end as", &states, &facts.states.as_slice()),
            Self::Requests(count) => differs("requests for calls:", &count, &facts.requests),
            Self::Rings(count) => differs("rings:", &count, &facts.rings.len()).or_else(|| early(facts)),
            Self::WithinSeconds(most) => {
                let is_in_time = facts.lateness().is_some_and(|late| late <= SignedDuration::from_secs(most));
                let found = || facts.lateness().map_or("no ring".to_owned(), |late| format!("{late:#}"));
                (!is_in_time).then(|| format!("expected a ring within {most} s after the due, found {}", found()))
            }
            Self::Says(words) => {
                let is_said = facts.said.iter().any(|said| said.contains(words));
                (!is_said).then(|| format!("expected a call to say {words:?}, found {:?}", facts.said))
            }
            Self::NeverSays(words) => {
                let said = facts.said.iter().find(|said| said.contains(words));
                said.map(|said| format!("expected no call to say {words:?}, found {said:?}"))
            }
            Self::Texts(count) => differs("texts:", &count, &facts.texts.len()),
            Self::TextSays(words) => {
                let is_sent = facts.texts.iter().any(|text| text.contains(words));
                (!is_sent).then(|| format!("expected a text with {words:?}, found {:?}", facts.texts))
            }
            Self::SameAnswers => {
                let all: BTreeSet<&String> = facts.answers.iter().chain(&facts.texts).collect();
                (all.len() != 1).then(|| format!("expected one answer, found {:?} {:?}", facts.answers, facts.texts))
            }
        }
    }
}

fn differs<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Option<String> {
    (expected != found).then(|| format!("expected {what} {expected:?}, found {found:?}"))
}

fn early(facts: &Facts) -> Option<String> {
    let due = facts.due?;
    let early = facts.rings.iter().find(|ring| ring.duration_since(due) < -SKEW)?;
    Some(format!("expected no ring before {due}, found one at {early}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn due() -> Timestamp {
        "2026-03-06T23:30:00Z".parse().unwrap()
    }

    fn good() -> Facts {
        Facts {
            due: Some(due()),
            states: vec![ReminderState::Heard],
            requests: 1,
            rings: vec![due() + SignedDuration::from_millis(300)],
            said: vec!["Your reminder: buy milk.".to_owned()],
            texts: Vec::new(),
            answers: vec!["OK".to_owned()],
        }
    }

    fn check(expected: Expected, change: impl FnOnce(&mut Facts), problem: &str) {
        assert_eq!(expected.problem(&good()), None, "{expected:?}");
        let mut facts = good();
        change(&mut facts);
        assert_eq!(expected.problem(&facts).as_deref(), Some(problem));
    }

    #[test]
    fn each_promise_is_kept_by_good_facts_and_broken_by_others() {
        let heard = Expected::Ends(&[ReminderState::Heard]);
        check(heard, |f| f.states.clear(), "expected the reminders to end as [Heard], found []");
        check(
            heard,
            |f| f.states = vec![ReminderState::Missed],
            "expected the reminders to end as [Heard], found [Missed]",
        );
        check(Expected::Requests(1), |f| f.requests = 2, "expected requests for calls: 1, found 2");
        check(Expected::Rings(1), |f| f.rings.push(due()), "expected rings: 1, found 2");
        check(
            Expected::Rings(1),
            |f| f.rings = vec![due() - SignedDuration::from_millis(1001)],
            "expected no ring before 2026-03-06T23:30:00Z, found one at 2026-03-06T23:29:58.999Z",
        );
        check(
            Expected::WithinSeconds(1),
            |f| f.rings[0] = due() + SignedDuration::from_secs(2),
            "expected a ring within 1 s after the due, found 2s",
        );
        check(
            Expected::WithinSeconds(1),
            |f| f.rings.clear(),
            "expected a ring within 1 s after the due, found no ring",
        );
        check(Expected::Says("milk"), |f| f.said.clear(), "expected a call to say \"milk\", found []");
        check(
            Expected::NeverSays("tea"),
            |f| f.said.push("buy tea".to_owned()),
            "expected no call to say \"tea\", found \"buy tea\"",
        );
        check(Expected::Texts(0), |f| f.texts.push("x".to_owned()), "expected texts: 0, found 1");
        check(Expected::SameAnswers, |f| f.answers.clear(), "expected one answer, found [] []");
        check(
            Expected::SameAnswers,
            |f| f.answers.push("no".to_owned()),
            "expected one answer, found [\"OK\", \"no\"] []",
        );
        let text = Expected::TextSays("milk");
        assert_eq!(text.problem(&good()).as_deref(), Some("expected a text with \"milk\", found []"));
        assert_eq!(text.problem(&Facts { texts: vec!["buy milk".to_owned()], ..good() }), None);
    }

    #[test]
    fn facts_are_collected_from_the_carriers_log() {
        let entry = |kind: &str, rest: &str| {
            let mut entry =
                json!({ "seq": 1, "at": "2026-03-06T23:30:00.300Z", "number": "+12015550100", "kind": kind });
            let more: serde_json::Value = serde_json::from_str(rest).unwrap();
            for (name, value) in more.as_object().unwrap() {
                entry[name] = value.clone();
            }
            serde_json::from_value::<LogEntry>(entry).unwrap()
        };
        let log = [
            entry("answer", r#"{"message":"SM1","words":"OK"}"#),
            entry("answer", r#"{"message":"SM1","words":"OK"}"#),
            entry("call-requested", r#"{"call":"CA1"}"#),
            entry("call-ringing", r#"{"call":"CA1"}"#),
            entry("said", r#"{"call":"CA1","words":"Your reminder: buy milk."}"#),
            entry("call-dropped", r#"{"fault":"close-before"}"#),
            entry("text-out", r#"{"message":"SM2","words":"buy milk"}"#),
        ];
        let expected =
            Facts { due: None, states: Vec::new(), requests: 2, texts: vec!["buy milk".to_owned()], ..good() };
        assert_eq!(Facts::of(&log, &[]), expected);
    }
}
