//! `cargo local dlq`: what could not be handled is read, and sent back where it came from once the cause is mended.

mod access;
mod letter;
mod queue;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Result, bail};

pub use self::access::Access;
pub use self::letter::{Holds, Letter};
pub use self::queue::{Dead, MOST};

use self::queue::{Held, Queue};

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

/// What became of each letter that was wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redriven {
    /// Sent back.
    pub sent: Vec<Dead>,
    /// Left where they are, being poison.
    pub left: Vec<Dead>,
    /// Ids that no letter has.
    pub missing: Vec<String>,
}

/// Every dead letter of the stack. They stay where they are, and another reading finds them all again.
///
/// # Errors
/// There is no such stack, or its queues can't be read.
pub async fn list(access: &Access) -> Result<Vec<Dead>> {
    let mut dead = Vec::new();
    for queue in queue::find(access).await? {
        let held = queue.hold().await?;
        queue.put_back(&held).await?;
        dead.extend(held.into_iter().map(|held| held.dead));
    }
    Ok(dead)
}

/// Sends letters back to the queues they came from.
///
/// # Errors
/// There is no such stack, or a letter could not be sent or deleted. What came before it was sent.
pub async fn redrive(access: &Access, wanted: &Wanted, poison: Poison) -> Result<Redriven> {
    let mut redriven = Redriven::default();
    for queue in queue::find(access).await? {
        let held = queue.hold().await?;
        let (chosen, others): (Vec<Held>, Vec<Held>) = held.into_iter().partition(|held| wanted.has(&held.dead.id));
        let refused = |held: &Held| poison == Poison::Stays && held.dead.letter.is_poison();
        let (left, chosen): (Vec<Held>, Vec<Held>) = chosen.into_iter().partition(refused);
        queue.put_back(&others).await?;
        queue.put_back(&left).await?;
        redriven.left.extend(left.into_iter().map(|held| held.dead));
        redriven.sent.extend(send_back(&queue, chosen).await?);
    }
    if let Wanted::Ids(ids) = wanted {
        let found = |id: &String| redriven.sent.iter().chain(&redriven.left).any(|dead| dead.id == *id);
        redriven.missing = ids.iter().filter(|id| !found(id)).cloned().collect();
    }
    Ok(redriven)
}

async fn send_back(queue: &Queue, chosen: Vec<Held>) -> Result<Vec<Dead>> {
    for (index, held) in chosen.iter().enumerate() {
        if let Err(error) = queue.send_back(held).await {
            // Its own failure is what matters; what is not put back now shows again by itself.
            drop(queue.put_back(&chosen[index..]).await);
            return Err(error);
        }
    }
    Ok(chosen.into_iter().map(|held| held.dead).collect())
}

impl Wanted {
    fn has(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Ids(ids) => ids.iter().any(|wanted| wanted == id),
        }
    }
}

/// Dead letters as people read them.
#[must_use]
pub fn lines(dead: &[Dead]) -> String {
    if dead.is_empty() {
        return "No dead letters.\n".to_owned();
    }
    let mut lines = String::new();
    for one in dead {
        let first = one.first_received_at.map_or_else(String::new, |at| format!(", first at {at:.0}"));
        let why = one.error.as_ref().map_or_else(String::new, |error| format!("; {error}"));
        let way = match one.receives {
            1 => format!("received once{first}{why}"),
            receives => format!("received {receives} times{first}{why}"),
        };
        // A `String` takes any text.
        let _ = writeln!(lines, "{} {}\n  {}\n  {way}", one.queue, one.id, one.letter);
    }
    for full in cut_short(dead) {
        let _ = writeln!(lines, "There may be more in {full}: no more than {MOST} are read at once.");
    }
    lines
}

/// The queues of which as much was read as is read at once.
fn cut_short(dead: &[Dead]) -> BTreeSet<&'static str> {
    let of = |queue: &str| dead.iter().filter(|one| one.queue == queue).count();
    dead.iter().map(|one| one.queue).filter(|queue| of(queue) >= MOST).collect()
}

impl Redriven {
    /// What became of each, as people read it.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for dead in &self.sent {
            let _ = writeln!(lines, "sent back   {} {}: {}", dead.queue, dead.id, dead.letter);
        }
        for dead in &self.left {
            let _ = writeln!(lines, "left there  {} {}: {}", dead.queue, dead.id, dead.letter);
        }
        if lines.is_empty() && self.missing.is_empty() {
            lines.push_str("No dead letters.\n");
        }
        lines
    }

    /// Whether all that was asked for was done.
    ///
    /// # Errors
    /// A letter that was wanted is not there, or is poison and was left.
    pub fn judged(&self) -> Result<()> {
        let mut problems = Vec::new();
        if !self.missing.is_empty() {
            problems.push(format!("no dead letter has the id {}", self.missing.join(", ")));
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

    #[test]
    fn a_letter_is_told_with_its_queue_its_id_and_its_way() {
        let poison = Letter::Poison { begins: "hello".to_owned() };
        let expected = "DialDeadLetters m-1\n  not ours: hello\n  received 6 times, first at 2026-03-01T12:00:00Z\n";
        assert_eq!(lines(&[dead("m-1", poison)]), expected);
        assert_eq!(lines(&[]), "No dead letters.\n");
    }

    #[test]
    fn what_was_not_done_is_an_error_that_says_what() {
        let poison = dead("m-1", Letter::Poison { begins: String::new() });
        let done = Redriven { sent: vec![poison.clone()], ..Redriven::default() };
        assert!(done.judged().is_ok());
        let left = Redriven { left: vec![poison], ..Redriven::default() };
        assert!(left.judged().unwrap_err().to_string().contains("--poison"));
        let missing = Redriven { missing: vec!["m-2".to_owned()], ..Redriven::default() };
        assert!(missing.judged().unwrap_err().to_string().contains("m-2"));
    }
}
