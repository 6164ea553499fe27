//! The life of one reminder in plain words.

use jiff::Timestamp;
use language::rule_in_words;
use reminder::outgoing_text::{OutgoingText, TextKind};
use reminder::profile::Profile;
use reminder::record::{Lifecycle, Reminder, State};
use serde::Serialize;

use super::call_words::{answered, end};
use super::instants::{at, overdue};
use super::text_words;
use crate::report::Words;

/// The life of one reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReminderLife {
    /// Its id, a ULID.
    pub id: String,
    /// The number by which the person names it.
    pub number: u32,
    /// The name of its state in logs and tables.
    pub state: &'static str,
    /// The due of its occurrence.
    pub due: Timestamp,
    /// What happened so far.
    pub sentences: Vec<String>,
    /// What happens next.
    pub next: String,
}

/// Describes a reminder, with the texts that replaced its calls.
pub(super) fn of(
    reminder: &Reminder,
    profile: Option<&Profile>,
    texts: &[OutgoingText],
    words: Words,
    now: Timestamp,
) -> ReminderLife {
    let zone = Some(&reminder.zone);
    let mut sentences = vec![what(reminder, words), format!("created at {}", at(reminder.created_at, zone))];
    sentences.push(format!("due at {} ({})", at(reminder.due, zone), reminder.zone.name()));
    if let Some(last) = &reminder.last_end {
        let rang = if last.has_rung() { "" } else { ", certainly without a call" };
        sentences.push(format!(
            "last occurrence, due at {}: ended at {}{rang} as {}",
            at(last.due, zone),
            at(last.at, zone),
            end(last.end)
        ));
    }
    if reminder.missed_in_row > 0 {
        sentences.push(format!("missed in a row: {} (a series pauses after 5)", reminder.missed_in_row));
    }
    sentences.extend(calls(reminder));
    let is_ours = |text: &&OutgoingText| text.kind == TextKind::InsteadOfCall(reminder.key.reminder.clone());
    let texts = texts.iter().filter(is_ours);
    sentences.extend(texts.flat_map(|text| text_words::sentences(text, zone, words, now)));
    ReminderLife {
        id: reminder.key.reminder.to_string(),
        number: reminder.number,
        state: reminder.state_name(),
        due: reminder.due,
        sentences,
        next: next(reminder, profile, now),
    }
}

fn what(reminder: &Reminder, words: Words) -> String {
    let task = match words {
        Words::Shown => format!("task: {}", reminder.task),
        Words::Hidden => format!("task of {} characters (--words shows it)", reminder.task.chars().count()),
    };
    match &reminder.rule {
        Some(rule) => format!("series ({}), {task}", rule_in_words(rule, reminder.zone.rules())),
        None => format!("one-off, {task}"),
    }
}

/// Describes the calls of the occurrence.
fn calls(reminder: &Reminder) -> Vec<String> {
    match reminder.state() {
        Some(State::Waiting { attempt, answered: by, .. }) if *attempt > 1 => {
            vec![format!("{} calls of this occurrence are over: {}", attempt - 1, answered(*by))]
        }
        Some(State::Dialing { attempt, claim, .. }) => {
            vec![format!("call {attempt} was claimed ({claim}), and its request was or is being sent to the carrier")]
        }
        Some(State::Ringing { attempt, call, pickup, .. }) => vec![format!(
            "call {attempt} was accepted by {} as {}: {} so far",
            call.carrier(),
            call.at_carrier(),
            answered(*pickup)
        )],
        Some(State::Waiting { .. } | State::Paused) | None => Vec::new(),
    }
}

/// Says what happens next.
fn next(reminder: &Reminder, profile: Option<&Profile>, now: Timestamp) -> String {
    let zone = Some(&reminder.zone);
    let Lifecycle::Live { state, deadline, recoveries } = &reminder.life else {
        let Lifecycle::Ended { end: how, at: when } = &reminder.life else { return String::new() };
        return format!("nothing; it ended at {} as {}", at(*when, zone), end(*how));
    };
    let epoch = profile.map_or(0, |profile| profile.consent.epoch);
    if !reminder.is_wanted(epoch) {
        return "it ends without a call, because the person opted out after it was made".to_owned();
    }
    let recovered = match recoveries {
        0 => String::new(),
        count => format!("; the sweeper took over {count} times so far"),
    };
    let by = format!("{}{recovered}{}", at(*deadline, zone), overdue(*deadline, now));
    match state {
        State::Waiting { attempt, wake_at, slot, .. } => {
            let slot = slot.as_ref().map_or(String::new(), |slot| {
                format!(", with a slot of {} reserved for {}", slot.carrier, at(slot.at, zone))
            });
            format!(
                "call {attempt} at {}{slot}; if its wake-up does not come, the sweeper sends it again after {by}",
                at(*wake_at, zone)
            )
        }
        State::Dialing { .. } => format!(
            "the carrier's answer; without one, a text replaces the call after {by}. The phone is not called again, \
             because it may have rung"
        ),
        State::Ringing { .. } => {
            format!("a key, or the end of the call; without a report, the sweeper asks the carrier after {by}")
        }
        State::Paused => format!("nothing rings until the person texts RESUME or DONE; checked again after {by}"),
    }
}
