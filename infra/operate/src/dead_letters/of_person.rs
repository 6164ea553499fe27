//! The dead letters of one person.

use anyhow::Result;
use reminder::ids::{Number, PersonId};
use serde::Serialize;

use super::content::is_about;
use super::queue::{self, HeldMessage};
use super::unread::Unread;
use crate::access::Access;

/// What to do with the dead letters of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handling {
    /// They stay in their queues.
    Keep,
    /// They are deleted.
    Delete,
}

/// The dead letters of one person.
#[derive(Debug, Clone, Serialize)]
pub struct PersonLetters {
    /// The dead letters with their content.
    pub letters: Vec<PersonLetter>,
    /// A note for each queue that could not be read completely.
    pub unread: Vec<String>,
}

/// A dead letter of a person.
#[derive(Debug, Clone, Serialize)]
pub struct PersonLetter {
    /// Logical id of the dead-letter queue.
    pub queue: &'static str,
    /// The message id.
    pub id: String,
    /// The message as it is stored.
    pub body: String,
}

/// Finds the dead letters of a person, and handles them. Messages that can't be read are left alone.
pub(crate) async fn of_person(
    access: &Access,
    person: &PersonId,
    number: &Number,
    handling: Handling,
) -> Result<PersonLetters> {
    let (mut letters, mut unread) = (Vec::new(), Unread::default());
    for queue in queue::find(access).await? {
        let received = queue.receive().await?;
        unread.note(queue.name, &received);
        let is_theirs = |held: &HeldMessage| is_about(queue.kind, &held.body, person, number);
        let (theirs, others): (Vec<HeldMessage>, Vec<HeldMessage>) = received.messages.into_iter().partition(is_theirs);
        queue.release(&others).await?;
        match handling {
            Handling::Keep => queue.release(&theirs).await?,
            Handling::Delete => {
                for held in &theirs {
                    queue.delete(held).await?;
                }
            }
        }
        let letter = |held: HeldMessage| PersonLetter { queue: queue.name, id: held.dead.id, body: held.body };
        letters.extend(theirs.into_iter().map(letter));
    }
    Ok(PersonLetters { letters, unread: unread.lines().lines().map(str::to_owned).collect() })
}
