//! `cargo operate reminder`: shows the life of a person's reminders in plain words: states, dues, calls, texts with
//! their reports, and what comes next.

mod call_words;
mod instants;
mod life;
mod text_words;

use std::fmt::Write as _;

use anyhow::Result;
use aws::records::{self, Record};
use jiff::Timestamp;
use reminder::outgoing_text::{OutgoingText, TextKind};
use reminder::profile::{OptStatus, Profile, ZoneSource};
use reminder::record::Reminder;
use reminder::turn::PersonCalls;
use serde::Serialize;

use crate::access::Access;
use crate::person::{self, Who};
use crate::report::{Report, Words};
use crate::stack::Stack;
use crate::table::{Item, RecordTable, text_of};

pub use self::life::ReminderLife;

/// The lives of a person's reminders.
#[derive(Debug, Clone, Serialize)]
pub struct Lives {
    /// The person's id, as logs show it.
    pub person: String,
    /// Sentences about the person.
    pub about: Vec<String>,
    /// The reminders, the oldest first. Only the chosen one if the command named a reminder.
    pub reminders: Vec<ReminderLife>,
    /// Sentences about the answers that were sent as texts of their own.
    pub answers: Vec<String>,
    /// Items that this release can't read, each with the reason.
    pub unreadable: Vec<String>,
}

/// Reads the lives of the reminders of a person, or of one reminder.
///
/// # Errors
/// Fails if the person or the reminder is not stored, or if the table can't be read.
pub async fn show(access: &Access, who: &Who, words: Words, now: Timestamp) -> Result<Lives> {
    let stack = Stack::find(access).await?;
    let table = RecordTable::of(access, &stack)?;
    let (person, items) = person::find(access, &stack, &table, who).await?;
    let mut lives = Lives::of(&Items::read(&items), words, now);
    lives.person = person.to_string();
    if let Who::Reminder(chosen) = who {
        lives.reminders.retain(|life| life.id == chosen.as_str());
        lives.answers.clear();
    }
    Ok(lives)
}

/// The records of a person.
#[derive(Default)]
struct Items {
    profile: Option<Profile>,
    calls: Option<PersonCalls>,
    reminders: Vec<Reminder>,
    texts: Vec<OutgoingText>,
    unreadable: Vec<String>,
}

impl Items {
    fn read(items: &[Item]) -> Self {
        let mut all = Self::default();
        for item in items {
            match records::read(item) {
                Record::Profile(profile) => all.profile = Some(*profile),
                Record::Calls(calls) => all.calls = Some(*calls),
                Record::Reminder(reminder) => all.reminders.push(*reminder),
                Record::OutgoingText(text) => all.texts.push(*text),
                Record::IncomingText(_) => {}
                Record::Other { reason } => {
                    let is_aside = text_of(item, "aside").is_some();
                    let aside = if is_aside { " (set aside by the sweeper)" } else { "" };
                    all.unreadable.push(format!("{reason}{aside}"));
                }
            }
        }
        all
    }
}

impl Lives {
    fn of(items: &Items, words: Words, now: Timestamp) -> Self {
        let zone = items.profile.as_ref().map(|profile| profile.zone.clone());
        let about = items.profile.as_ref().map_or_else(
            || vec!["no profile is stored".to_owned()],
            |profile| about(profile, items.calls.as_ref(), now),
        );
        let is_answer = |text: &&OutgoingText| text.kind == TextKind::Answer;
        let answers = items.texts.iter().filter(is_answer);
        Self {
            person: String::new(),
            about,
            reminders: items
                .reminders
                .iter()
                .map(|reminder| life::of(reminder, items.profile.as_ref(), &items.texts, words, now))
                .collect(),
            answers: answers.flat_map(|text| text_words::sentences(text, zone.as_ref(), words, now)).collect(),
            unreadable: items.unreadable.clone(),
        }
    }
}

/// Describes a person without the number: zone, consent, confirmation and calls.
fn about(profile: &Profile, calls: Option<&PersonCalls>, now: Timestamp) -> Vec<String> {
    let zone_source = match profile.zone_source {
        ZoneSource::Guessed | ZoneSource::GuessTold => "guessed from the number",
        ZoneSource::Said => "texted by the person",
    };
    let at = |instant| instants::at(instant, Some(&profile.zone));
    let number = if profile.number.as_str() == records::ERASED_NUMBER {
        "number erased".to_owned()
    } else {
        format!("number {:?}", profile.number)
    };
    let mut about = vec![
        format!("{number}, time zone {} ({zone_source})", profile.zone.name()),
        match (profile.consent.status, profile.consent.opted_out_at) {
            (OptStatus::OptedIn, _) => "opted in: may be called and texted".to_owned(),
            (OptStatus::OptedOut, Some(when)) => {
                format!("OPTED OUT at {}: no call and no text until the person texts START", at(when))
            }
            (OptStatus::OptedOut, None) => "OPTED OUT: no call and no text until the person texts START".to_owned(),
        },
        match profile.confirmed_at {
            Some(when) => format!("number confirmed at {}", at(when)),
            None => "number not confirmed: no key was pressed on a call yet, so it gets 3 calls in all".to_owned(),
        },
    ];
    if let Some(calls) = calls {
        let within_hour = calls.counted.recent().iter().filter(|call| now.duration_since(**call).as_hours() < 1);
        let (hour, day) = (within_hour.count(), calls.counted.recent().len());
        about.push(format!(
            "calls counted: {hour} within the last hour, {day} within the last day, {} ever; the last turn for a call \
             was taken at {} and ends by {}",
            calls.counted.ever(),
            at(calls.turn.taken_at),
            at(calls.turn.until)
        ));
    }
    about
}

impl Report for Lives {
    fn lines(&self) -> String {
        let mut lines = String::new();
        // Writing to a `String` can't fail.
        let _ = writeln!(lines, "person {}", self.person);
        for sentence in &self.about {
            let _ = writeln!(lines, "  {sentence}");
        }
        if self.reminders.is_empty() {
            let _ = writeln!(lines, "no reminders are stored");
        }
        for life in &self.reminders {
            let _ = writeln!(lines, "\nreminder {} (#{}): {}", life.id, life.number, life.state);
            for sentence in &life.sentences {
                let _ = writeln!(lines, "  {sentence}");
            }
            let _ = writeln!(lines, "  next: {}", life.next);
        }
        if !self.answers.is_empty() {
            let _ = writeln!(lines, "\nanswers sent as texts of their own");
        }
        for sentence in &self.answers {
            let _ = writeln!(lines, "  {sentence}");
        }
        for reason in &self.unreadable {
            let _ = writeln!(lines, "\nunreadable: {reason}");
        }
        lines
    }
}

#[cfg(test)]
mod tests;
