//! `cargo operate dead-letters`: lists the messages that could not be handled, and sends them back to the queues they
//! came from once the cause is mended.

mod content;
#[cfg(test)]
mod failing_queue_tests;
mod queue;
mod unread;

use std::fmt::Write as _;

use anyhow::{Result, bail};

pub use self::content::{Content, ContentKind};
pub use self::queue::{DeadLetter, MOST_READ};
pub use self::unread::Unread;

use self::queue::{HeldMessage, Queue};
use crate::access::Access;

/// Which dead letters are redriven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    All,
    /// Those of these ids.
    Ids(Vec<String>),
}

/// Whether poison is redriven: messages that no function can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoisonHandling {
    /// Left where it is: it would fail again, and be back here.
    Leave,
    /// Redriven too, for a function that can read it by now.
    Redrive,
}

/// Every dead letter that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The dead letters.
    pub dead_letters: Vec<DeadLetter>,
    /// Dead letters that could not be read.
    pub unread: Unread,
    location: String,
}

/// What a redrive did, and what it left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RedriveReport {
    /// Dead letters that were redriven.
    pub redriven: Vec<DeadLetter>,
    /// Poison that was left where it is.
    pub left: Vec<DeadLetter>,
    /// Ids that no dead letter has.
    pub missing: Vec<String>,
    /// Dead letters that could not be read.
    pub unread: Unread,
    /// Why it was aborted before all was looked at.
    pub aborted: Option<String>,
    location: String,
}

/// Every dead letter of the stack. They stay where they are, and another reading finds them all again.
///
/// # Errors
/// There is no such stack, or its queues can't be read.
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

/// Sends dead letters back to the queues they came from. One that can't be sent or deleted aborts it; what was redriven
/// until then is in the report all the same.
///
/// # Errors
/// There is no such stack.
pub async fn redrive(access: &Access, wanted: &Selection, poison: PoisonHandling) -> Result<RedriveReport> {
    let mut report = RedriveReport { location: access.location(), ..RedriveReport::default() };
    for queue in queue::find(access).await? {
        if let Err(error) = report.add(&queue, wanted, poison).await {
            report.aborted = Some(format!("{error:#}"));
            // What was not looked at may be there.
            return Ok(report);
        }
    }
    if let Selection::Ids(ids) = wanted {
        let found = |id: &String| report.redriven.iter().chain(&report.left).any(|dead| dead.id == *id);
        report.missing = ids.iter().filter(|id| !found(id)).cloned().collect();
    }
    Ok(report)
}

impl Selection {
    fn has(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Ids(ids) => ids.iter().any(|wanted| wanted == id),
        }
    }
}

impl Listing {
    /// The dead letters as people read them, and how many could not be read.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for one in &self.dead_letters {
            let first = one.first_received_at.map_or_else(String::new, |at| format!(", first at {at:.0}"));
            let why = one.error.as_ref().map_or_else(String::new, |error| format!("; {error}"));
            let way = match one.receives {
                1 => format!("received once{first}{why}"),
                receives => format!("received {receives} times{first}{why}"),
            };
            // A `String` takes any text.
            let _ = writeln!(lines, "{} {}\n  {}\n  {way}", one.queue, one.id, one.content);
        }
        lines.push_str(&self.unread.lines());
        if lines.is_empty() { none_at(&self.location) } else { lines }
    }
}

/// Names the location, so that empty queues of another stack are not taken for those that were meant.
fn none_at(location: &str) -> String {
    format!("No dead letters at {location}.\n")
}

impl RedriveReport {
    async fn add(&mut self, queue: &Queue, wanted: &Selection, poison: PoisonHandling) -> Result<()> {
        let received = queue.receive().await?;
        self.unread.note(queue.name, &received);
        let (chosen, others): (Vec<HeldMessage>, Vec<HeldMessage>) =
            received.messages.into_iter().partition(|held| wanted.has(&held.dead.id));
        let refused = |held: &HeldMessage| poison == PoisonHandling::Leave && held.dead.content.is_poison();
        let (left, chosen): (Vec<HeldMessage>, Vec<HeldMessage>) = chosen.into_iter().partition(refused);
        queue.release(&others).await?;
        queue.release(&left).await?;
        self.left.extend(left.into_iter().map(|held| held.dead));
        for (index, held) in chosen.iter().enumerate() {
            if let Err(error) = queue.redrive(held).await {
                // Its own failure is what matters; what is not put back now shows again by itself.
                drop(queue.release(&chosen[index..]).await);
                return Err(error);
            }
            self.redriven.push(held.dead.clone());
        }
        Ok(())
    }

    /// One line for each dead letter that was redriven or left, and how many could not be read.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for dead in &self.redriven {
            let _ = writeln!(lines, "sent back   {} {}: {}", dead.queue, dead.id, dead.content);
        }
        for dead in &self.left {
            let _ = writeln!(lines, "left there  {} {}: {}", dead.queue, dead.id, dead.content);
        }
        lines.push_str(&self.unread.lines());
        let looked_at_all = self.missing.is_empty() && self.aborted.is_none();
        if lines.is_empty() && looked_at_all { none_at(&self.location) } else { lines }
    }

    /// Whether all that was asked for was done.
    ///
    /// # Errors
    /// It was aborted, or a selected message is not there, is held by another reader, or is poison and was left.
    pub fn check_complete(&self, wanted: &Selection) -> Result<()> {
        let mut problems = Vec::new();
        if let Some(why) = &self.aborted {
            problems.push(format!("{why}; sent back before: {}", self.redriven.len()));
        }
        if !self.missing.is_empty() {
            problems.push(format!("no dead letter has the id {}", self.missing.join(", ")));
        }
        if *wanted == Selection::All && self.unread.in_flight() > 0 {
            problems.push(format!("not sent back, as somebody is reading them: {}", self.unread.in_flight()));
        }
        if !self.left.is_empty() {
            let count = self.left.len();
            problems.push(format!(
                "{count} poison messages would fail again and were left there; --poison redrives them too"
            ));
        }
        if problems.is_empty() { Ok(()) } else { bail!("{}", problems.join("; ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(id: &str, letter: Content) -> DeadLetter {
        let first_received_at = Some("2026-03-01T12:00:00.5Z".parse().unwrap());
        let queue = "DialDeadLetters";
        DeadLetter {
            queue,
            id: id.to_owned(),
            content: letter,
            receives: 6,
            first_received_at,
            sent_at: None,
            error: None,
        }
    }

    fn listed(dead: Vec<DeadLetter>, unread: Unread) -> Listing {
        Listing { dead_letters: dead, unread, location: "here".to_owned() }
    }

    #[test]
    fn a_letter_is_told_with_its_queue_its_id_and_its_way() {
        let poison = Content::Poison { reason: "no text".to_owned(), begins: "hello".to_owned() };
        let expected =
            "DialDeadLetters m-1\n  poison (no text): hello\n  received 6 times, first at 2026-03-01T12:00:00Z\n";
        assert_eq!(listed(vec![dead("m-1", poison)], Unread::default()).lines(), expected);
    }

    #[test]
    fn that_there_are_none_is_said_of_a_place_and_only_where_all_was_seen() {
        let nothing = "No dead letters at here.\n";
        assert_eq!(listed(Vec::new(), Unread::default()).lines(), nothing);
        let none = RedriveReport { location: "here".to_owned(), ..RedriveReport::default() };
        assert_eq!(none.lines(), nothing);
        let more = "There may be more in InboundDeadLetters: no more than 1000 are read at once.\n\
                    2 more in DialDeadLetters are being read by somebody; look again in a minute.\n";
        let unread = Unread { full: vec!["InboundDeadLetters"], in_flight: vec![("DialDeadLetters", 2)] };
        assert_eq!(listed(Vec::new(), unread.clone()).lines(), more);
        let redriven = RedriveReport { unread, ..none };
        assert_eq!(redriven.lines(), more);
        assert!(redriven.check_complete(&Selection::Ids(Vec::new())).is_ok());
        assert!(
            redriven.check_complete(&Selection::All).unwrap_err().to_string().ends_with("somebody is reading them: 2")
        );
    }

    #[test]
    fn what_was_sent_before_it_broke_off_is_told() {
        let aborted = Some("m-2 could not be sent to DialQueue".to_owned());
        let sent = vec![dead("m-1", Content::Poison { reason: "no text".to_owned(), begins: "hello".to_owned() })];
        let redriven = RedriveReport { redriven: sent, aborted: aborted.clone(), ..RedriveReport::default() };
        assert_eq!(redriven.lines(), "sent back   DialDeadLetters m-1: poison (no text): hello\n");
        let why = redriven.check_complete(&Selection::All).unwrap_err().to_string();
        assert!(why.starts_with("m-2 could not be sent to DialQueue"), "{why}");
        let nothing_sent = RedriveReport { aborted, ..RedriveReport::default() };
        assert_eq!(nothing_sent.lines(), "");
    }

    #[test]
    fn what_was_not_done_is_an_error_that_says_what() {
        let poison = dead("m-1", Content::Poison { reason: String::new(), begins: String::new() });
        let done = RedriveReport { redriven: vec![poison.clone()], ..RedriveReport::default() };
        assert!(done.check_complete(&Selection::All).is_ok());
        let left = RedriveReport { left: vec![poison], ..RedriveReport::default() };
        assert!(left.check_complete(&Selection::All).unwrap_err().to_string().contains("--poison"));
        let missing = RedriveReport { missing: vec!["m-2".to_owned()], ..RedriveReport::default() };
        assert!(missing.check_complete(&Selection::All).unwrap_err().to_string().contains("m-2"));
    }
}
