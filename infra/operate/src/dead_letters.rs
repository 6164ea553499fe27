//! `cargo operate dead-letters`: what could not be handled is read, and sent back where it came from once the cause is mended.

mod content;
#[cfg(test)]
mod failing_queue_tests;
mod queue;
mod unread;

use std::fmt::Write as _;

use anyhow::{Result, bail};

pub use self::content::{Holds, Letter};
pub use self::queue::{Dead, MOST};
pub use self::unread::Unseen;

use self::queue::{Held, Queue};
use crate::access::Access;

/// Which letters are sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of them.
    All,
    /// Those of these ids.
    Ids(Vec<String>),
}

/// What becomes of letters that no function of ours reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poison {
    /// They stay: they would fail again, and be back here.
    Stays,
    /// They are sent back too, for a function that reads them by now.
    Goes,
}

/// Every dead letter that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The letters.
    pub dead: Vec<Dead>,
    /// What else there may be.
    pub unseen: Unseen,
    place: String,
}

/// What became of each letter that was wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redriven {
    /// Sent back.
    pub sent: Vec<Dead>,
    /// Left where they are, being poison.
    pub left: Vec<Dead>,
    /// Ids that no letter has.
    pub missing: Vec<String>,
    /// What else there may be.
    pub unseen: Unseen,
    /// Why it ended before all was looked at.
    pub broken_off: Option<String>,
    place: String,
}

/// Every dead letter of the stack. They stay where they are, and another reading finds them all again.
///
/// # Errors
/// There is no such stack, or its queues can't be read.
pub async fn list(access: &Access) -> Result<Listed> {
    let mut listed = Listed { dead: Vec::new(), unseen: Unseen::default(), place: access.place() };
    for queue in queue::find(access).await? {
        let reading = queue.hold().await?;
        queue.put_back(&reading.held).await?;
        listed.unseen.note(queue.name, &reading);
        listed.dead.extend(reading.held.into_iter().map(|held| held.dead));
    }
    Ok(listed)
}

/// Sends letters back to the queues they came from. One that can't be sent or deleted breaks it off; what was sent
/// until then is told all the same.
///
/// # Errors
/// There is no such stack.
pub async fn redrive(access: &Access, wanted: &Wanted, poison: Poison) -> Result<Redriven> {
    let mut redriven = Redriven { place: access.place(), ..Redriven::default() };
    for queue in queue::find(access).await? {
        if let Err(error) = redriven.add(&queue, wanted, poison).await {
            redriven.broken_off = Some(format!("{error:#}"));
            // What was not looked at may be there.
            return Ok(redriven);
        }
    }
    if let Wanted::Ids(ids) = wanted {
        let found = |id: &String| redriven.sent.iter().chain(&redriven.left).any(|dead| dead.id == *id);
        redriven.missing = ids.iter().filter(|id| !found(id)).cloned().collect();
    }
    Ok(redriven)
}

impl Wanted {
    fn has(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Ids(ids) => ids.iter().any(|wanted| wanted == id),
        }
    }
}

impl Listed {
    /// The letters as people read them, and what else there may be.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for one in &self.dead {
            let first = one.first_received_at.map_or_else(String::new, |at| format!(", first at {at:.0}"));
            let why = one.error.as_ref().map_or_else(String::new, |error| format!("; {error}"));
            let way = match one.receives {
                1 => format!("received once{first}{why}"),
                receives => format!("received {receives} times{first}{why}"),
            };
            // A `String` takes any text.
            let _ = writeln!(lines, "{} {}\n  {}\n  {way}", one.queue, one.id, one.letter);
        }
        lines.push_str(&self.unseen.lines());
        if lines.is_empty() { none_at(&self.place) } else { lines }
    }
}

/// Names the place: nobody is to be calmed by the queues of another.
fn none_at(place: &str) -> String {
    format!("No dead letters at {place}.\n")
}

impl Redriven {
    async fn add(&mut self, queue: &Queue, wanted: &Wanted, poison: Poison) -> Result<()> {
        let reading = queue.hold().await?;
        self.unseen.note(queue.name, &reading);
        let (chosen, others): (Vec<Held>, Vec<Held>) =
            reading.held.into_iter().partition(|held| wanted.has(&held.dead.id));
        let refused = |held: &Held| poison == Poison::Stays && held.dead.letter.is_poison();
        let (left, chosen): (Vec<Held>, Vec<Held>) = chosen.into_iter().partition(refused);
        queue.put_back(&others).await?;
        queue.put_back(&left).await?;
        self.left.extend(left.into_iter().map(|held| held.dead));
        for (index, held) in chosen.iter().enumerate() {
            if let Err(error) = queue.send_back(held).await {
                // Its own failure is what matters; what is not put back now shows again by itself.
                drop(queue.put_back(&chosen[index..]).await);
                return Err(error);
            }
            self.sent.push(held.dead.clone());
        }
        Ok(())
    }

    /// What became of each, as people read it, and what else there may be.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for dead in &self.sent {
            let _ = writeln!(lines, "sent back   {} {}: {}", dead.queue, dead.id, dead.letter);
        }
        for dead in &self.left {
            let _ = writeln!(lines, "left there  {} {}: {}", dead.queue, dead.id, dead.letter);
        }
        lines.push_str(&self.unseen.lines());
        let looked_at_all = self.missing.is_empty() && self.broken_off.is_none();
        if lines.is_empty() && looked_at_all { none_at(&self.place) } else { lines }
    }

    /// Whether all that was asked for was done.
    ///
    /// # Errors
    /// It was broken off, or a letter that was wanted is not there, is held by somebody else, or is poison and was left.
    pub fn judged(&self, wanted: &Wanted) -> Result<()> {
        let mut problems = Vec::new();
        if let Some(why) = &self.broken_off {
            problems.push(format!("{why}; sent back before: {}", self.sent.len()));
        }
        if !self.missing.is_empty() {
            problems.push(format!("no dead letter has the id {}", self.missing.join(", ")));
        }
        if *wanted == Wanted::All && self.unseen.elsewhere() > 0 {
            problems.push(format!("not sent back, as somebody is reading them: {}", self.unseen.elsewhere()));
        }
        if !self.left.is_empty() {
            let count = self.left.len();
            problems
                .push(format!("{count} not of ours would fail again and stay there; --poison sends them all the same"));
        }
        if problems.is_empty() { Ok(()) } else { bail!("{}", problems.join("; ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(id: &str, letter: Letter) -> Dead {
        let first_received_at = Some("2026-03-01T12:00:00.5Z".parse().unwrap());
        let queue = "DialDeadLetters";
        Dead { queue, id: id.to_owned(), letter, receives: 6, first_received_at, sent_at: None, error: None }
    }

    fn listed(dead: Vec<Dead>, unseen: Unseen) -> Listed {
        Listed { dead, unseen, place: "here".to_owned() }
    }

    #[test]
    fn a_letter_is_told_with_its_queue_its_id_and_its_way() {
        let poison = Letter::Poison { begins: "hello".to_owned() };
        let expected = "DialDeadLetters m-1\n  not ours: hello\n  received 6 times, first at 2026-03-01T12:00:00Z\n";
        assert_eq!(listed(vec![dead("m-1", poison)], Unseen::default()).lines(), expected);
    }

    #[test]
    fn that_there_are_none_is_said_of_a_place_and_only_where_all_was_seen() {
        let nothing = "No dead letters at here.\n";
        assert_eq!(listed(Vec::new(), Unseen::default()).lines(), nothing);
        let none = Redriven { place: "here".to_owned(), ..Redriven::default() };
        assert_eq!(none.lines(), nothing);
        let more = "There may be more in InboundDeadLetters: no more than 1000 are read at once.\n\
                    2 more in DialDeadLetters are being read by somebody; look again in a minute.\n";
        let unseen = Unseen { full: vec!["InboundDeadLetters"], elsewhere: vec![("DialDeadLetters", 2)] };
        assert_eq!(listed(Vec::new(), unseen.clone()).lines(), more);
        let redriven = Redriven { unseen, ..none };
        assert_eq!(redriven.lines(), more);
        assert!(redriven.judged(&Wanted::Ids(Vec::new())).is_ok());
        assert!(redriven.judged(&Wanted::All).unwrap_err().to_string().ends_with("somebody is reading them: 2"));
    }

    #[test]
    fn what_was_sent_before_it_broke_off_is_told() {
        let broken_off = Some("m-2 could not be sent to DialQueue".to_owned());
        let sent = vec![dead("m-1", Letter::Poison { begins: "hello".to_owned() })];
        let redriven = Redriven { sent, broken_off: broken_off.clone(), ..Redriven::default() };
        assert_eq!(redriven.lines(), "sent back   DialDeadLetters m-1: not ours: hello\n");
        let why = redriven.judged(&Wanted::All).unwrap_err().to_string();
        assert!(why.starts_with("m-2 could not be sent to DialQueue"), "{why}");
        let nothing_sent = Redriven { broken_off, ..Redriven::default() };
        assert_eq!(nothing_sent.lines(), "");
    }

    #[test]
    fn what_was_not_done_is_an_error_that_says_what() {
        let poison = dead("m-1", Letter::Poison { begins: String::new() });
        let done = Redriven { sent: vec![poison.clone()], ..Redriven::default() };
        assert!(done.judged(&Wanted::All).is_ok());
        let left = Redriven { left: vec![poison], ..Redriven::default() };
        assert!(left.judged(&Wanted::All).unwrap_err().to_string().contains("--poison"));
        let missing = Redriven { missing: vec!["m-2".to_owned()], ..Redriven::default() };
        assert!(missing.judged(&Wanted::All).unwrap_err().to_string().contains("m-2"));
    }
}
