//! `cargo operate dead-letters`: lists the messages that could not be processed, and redrives them to their source
//! queues after the cause is fixed.

mod content;
#[cfg(test)]
mod failing_queue_tests;
mod of_person;
mod queue;
mod unread;

use std::fmt::Write as _;

use anyhow::{Result, bail};
use serde::Serialize;

pub use self::content::{Content, ContentKind};
pub(crate) use self::of_person::{Handling, of_person};
pub use self::of_person::{PersonLetter, PersonLetters};
pub use self::queue::{DeadLetter, MOST_READ};
pub use self::unread::Unread;

use self::queue::{HeldMessage, Queue};
use crate::access::Access;
use crate::report::Report;

/// The dead letters to redrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All dead letters of the stack.
    All,
    /// The dead letters with these message ids.
    Ids(Vec<String>),
}

/// Whether poison messages, which the functions of this tool's release can't read, are redriven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoisonHandling {
    /// Poison messages stay in the dead-letter queue, because they would fail again.
    Leave,
    /// Poison messages are redriven too, for a function that has been fixed.
    Redrive,
}

/// The dead letters of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The dead letters that were read.
    pub dead_letters: Vec<DeadLetter>,
    /// Dead letters that were not read.
    pub unread: Unread,
    location: String,
}

/// The result of a redrive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RedriveReport {
    /// Dead letters that were sent to their source queues.
    pub redriven: Vec<DeadLetter>,
    /// Selected poison messages that stay in their dead-letter queue.
    pub left: Vec<DeadLetter>,
    /// Selected ids that are not among the dead letters that were read.
    pub missing: Vec<String>,
    /// Dead letters that were not read.
    pub unread: Unread,
    /// Why the redrive was aborted. Absent if it looked at all queues.
    pub aborted: Option<String>,
    location: String,
}

/// Lists the dead letters of the stack. Each queue is read until it is empty, or until it gave [`MOST_READ`] messages.
/// The messages stay in their queues.
///
/// # Errors
/// Fails if the queues of the stack can't be found, or if their messages can't be read or released.
pub async fn list(access: &Access) -> Result<Listing> {
    let mut listed = Listing { dead_letters: Vec::new(), unread: Unread::default(), location: access.location() };
    for queue in queue::find(access).await? {
        let received = queue.receive().await?;
        queue.release(&received.messages).await?;
        listed.unread.note(queue.name, &received);
        listed.dead_letters.extend(received.messages.into_iter().map(|held| held.dead));
    }
    Ok(listed)
}

/// Sends dead letters to their source queues. The redrive is aborted if a queue can't be read, or if a message can't be
/// released, sent or deleted. The report then has the messages that were redriven before.
///
/// # Errors
/// Fails if the queues of the stack can't be found.
pub async fn redrive(access: &Access, selection: &Selection, poison: PoisonHandling) -> Result<RedriveReport> {
    let mut report = RedriveReport { location: access.location(), ..RedriveReport::default() };
    for queue in queue::find(access).await? {
        if let Err(error) = report.add(&queue, selection, poison).await {
            report.aborted = Some(format!("{error:#}"));
            // The report does not have all dead letters, so no id can be reported as missing.
            return Ok(report);
        }
    }
    if let Selection::Ids(ids) = selection {
        let found = |id: &String| report.redriven.iter().chain(&report.left).any(|dead| dead.id == *id);
        report.missing = ids.iter().filter(|id| !found(id)).cloned().collect();
    }
    Ok(report)
}

impl Selection {
    fn contains(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Ids(ids) => ids.iter().any(|wanted| wanted == id),
        }
    }
}

impl Listing {
    /// Formats the dead letters for the terminal, with one more line for each queue with unread messages.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for dead in &self.dead_letters {
            let first = dead.first_received_at.map_or_else(String::new, |at| format!(", first at {at:.0}"));
            let why = dead.error.as_ref().map_or_else(String::new, |error| format!("; {error}"));
            let history = match dead.receives {
                1 => format!("received once{first}{why}"),
                receives => format!("received {receives} times{first}{why}"),
            };
            // Writing to a `String` can't fail.
            let _ = writeln!(lines, "{} {}\n  {}\n  {history}", dead.queue, dead.id, dead.content);
        }
        lines.push_str(&self.unread.lines());
        if lines.is_empty() { no_dead_letters_at(&self.location) } else { lines }
    }
}

/// Names the location, so that an operator notices if these are the queues of the wrong stack.
fn no_dead_letters_at(location: &str) -> String {
    format!("No dead letters at {location}.\n")
}

impl Report for RedriveReport {
    fn lines(&self) -> String {
        self.lines()
    }
}

impl RedriveReport {
    async fn add(&mut self, queue: &Queue, selection: &Selection, poison: PoisonHandling) -> Result<()> {
        let received = queue.receive().await?;
        self.unread.note(queue.name, &received);
        let (chosen, others): (Vec<HeldMessage>, Vec<HeldMessage>) =
            received.messages.into_iter().partition(|held| selection.contains(&held.dead.id));
        let stays = |held: &HeldMessage| poison == PoisonHandling::Leave && held.dead.content.is_poison();
        let (left, chosen): (Vec<HeldMessage>, Vec<HeldMessage>) = chosen.into_iter().partition(stays);
        queue.release(&others).await?;
        queue.release(&left).await?;
        self.left.extend(left.into_iter().map(|held| held.dead));
        for (index, held) in chosen.iter().enumerate() {
            if let Err(error) = queue.redrive(held).await {
                // Report the first failure. Messages that are not released become visible after their timeout.
                drop(queue.release(&chosen[index..]).await);
                return Err(error);
            }
            self.redriven.push(held.dead.clone());
        }
        Ok(())
    }

    /// Returns one line for each dead letter that was redriven or kept, and for each queue with unread messages.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for dead in &self.redriven {
            let _ = writeln!(lines, "redriven  {} {}: {}", dead.queue, dead.id, dead.content);
        }
        for dead in &self.left {
            let _ = writeln!(lines, "kept      {} {}: {}", dead.queue, dead.id, dead.content);
        }
        lines.push_str(&self.unread.lines());
        let complete = self.missing.is_empty() && self.aborted.is_none();
        if lines.is_empty() && complete { no_dead_letters_at(&self.location) } else { lines }
    }

    /// Checks that every selected dead letter was redriven.
    ///
    /// # Errors
    /// Fails if the redrive was aborted, or a selected message is missing or kept as poison. If all were selected, also
    /// fails if a message is in use by another reader, or if a queue may have more than [`MOST_READ`] messages.
    pub fn check_complete(&self, selection: &Selection) -> Result<()> {
        let mut problems = Vec::new();
        if let Some(why) = &self.aborted {
            problems.push(format!("{why}; redriven before that: {}", self.redriven.len()));
        }
        if !self.missing.is_empty() {
            problems.push(format!("found no dead letter with the id {}", self.missing.join(", ")));
        }
        if *selection == Selection::All && !self.unread.full.is_empty() {
            let queues = self.unread.full.join(", ");
            problems.push(format!(
                "{queues} may have more messages, because one run reads at most {MOST_READ}; run this command again"
            ));
        }
        if *selection == Selection::All && self.unread.in_flight() > 0 {
            problems.push(format!("not redriven, in use by another reader: {}", self.unread.in_flight()));
        }
        if !self.left.is_empty() {
            let count = self.left.len();
            problems.push(format!(
                "not redriven, poison messages: {count}; they would fail again, add --poison to redrive them anyway"
            ));
        }
        if problems.is_empty() { Ok(()) } else { bail!("{}", problems.join("; ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(id: &str, content: Content) -> DeadLetter {
        let first_received_at = Some("2026-03-01T12:00:00.5Z".parse().unwrap());
        let queue = "DialDeadLetters";
        DeadLetter { queue, id: id.to_owned(), content, receives: 6, first_received_at, sent_at: None, error: None }
    }

    fn listed(dead: Vec<DeadLetter>, unread: Unread) -> Listing {
        Listing { dead_letters: dead, unread, location: "here".to_owned() }
    }

    #[test]
    fn a_dead_letter_is_listed_with_its_queue_its_id_and_its_history() {
        let poison = Content::Poison { reason: "no text".to_owned(), begins: "hello".to_owned() };
        let expected = "DialDeadLetters m-1\n  poison message (no text): hello\n  received 6 times, first at 2026-03-01T12:00:00Z\n";
        assert_eq!(listed(vec![dead("m-1", poison)], Unread::default()).lines(), expected);
    }

    #[test]
    fn an_empty_list_names_its_location_if_every_message_was_read() {
        let nothing = "No dead letters at here.\n";
        assert_eq!(listed(Vec::new(), Unread::default()).lines(), nothing);
        let none = RedriveReport { location: "here".to_owned(), ..RedriveReport::default() };
        assert_eq!(none.lines(), nothing);
        let more = "InboundDeadLetters may have more messages: one run reads at most 1000.\n\
                    2 more messages of DialDeadLetters in use by another reader. Try again in a minute.\n";
        let unread = Unread { full: vec!["InboundDeadLetters"], in_flight: vec![("DialDeadLetters", 2)] };
        assert_eq!(listed(Vec::new(), unread.clone()).lines(), more);
        let redriven = RedriveReport { unread, ..none };
        assert_eq!(redriven.lines(), more);
        assert!(redriven.check_complete(&Selection::Ids(Vec::new())).is_ok());
        assert!(
            redriven.check_complete(&Selection::All).unwrap_err().to_string().ends_with("in use by another reader: 2")
        );
    }

    #[test]
    fn an_aborted_redrive_lists_the_messages_that_were_redriven_before() {
        let aborted = Some("could not send m-2 to DialQueue".to_owned());
        let sent = vec![dead("m-1", Content::Poison { reason: "no text".to_owned(), begins: "hello".to_owned() })];
        let redriven = RedriveReport { redriven: sent, aborted: aborted.clone(), ..RedriveReport::default() };
        assert_eq!(redriven.lines(), "redriven  DialDeadLetters m-1: poison message (no text): hello\n");
        let why = redriven.check_complete(&Selection::All).unwrap_err().to_string();
        assert!(why.starts_with("could not send m-2 to DialQueue"), "{why}");
        let nothing_sent = RedriveReport { aborted, ..RedriveReport::default() };
        assert_eq!(nothing_sent.lines(), "");
    }

    #[test]
    fn a_redrive_of_all_is_incomplete_while_a_queue_may_have_more_messages() {
        let full = vec!["InboundDeadLetters", "DialDeadLetters"];
        let unread = Unread { full, ..Unread::default() };
        let redriven = RedriveReport { unread, ..RedriveReport::default() };
        assert_eq!(
            redriven.check_complete(&Selection::All).unwrap_err().to_string(),
            "InboundDeadLetters, DialDeadLetters may have more messages, because one run reads at most 1000; \
             run this command again"
        );
        assert!(redriven.check_complete(&Selection::Ids(vec!["m-1".to_owned()])).is_ok());
    }

    #[test]
    fn an_incomplete_redrive_is_an_error_with_the_reason() {
        let poison = dead("m-1", Content::Poison { reason: String::new(), begins: String::new() });
        let done = RedriveReport { redriven: vec![poison.clone()], ..RedriveReport::default() };
        assert!(done.check_complete(&Selection::All).is_ok());
        let left = RedriveReport { left: vec![poison], ..RedriveReport::default() };
        assert!(left.check_complete(&Selection::All).unwrap_err().to_string().contains("--poison"));
        let missing = RedriveReport { missing: vec!["m-2".to_owned()], ..RedriveReport::default() };
        assert!(missing.check_complete(&Selection::All).unwrap_err().to_string().contains("m-2"));
    }
}
