//! `cargo operate erase`: deletes everything that is stored about a person, except an opt-out. The opt-out stays under
//! the person's id, a keyed hash, without the number: without it the person could be called again after a forged text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Result, bail};
use aws::records;
use reminder::ids::Number;
use serde::Serialize;

use crate::access::Access;
use crate::backups;
use crate::dead_letters::{self, Handling, PersonLetters};
use crate::export::{PersonItems, kind};
use crate::report::{Report, Run};
use crate::stack::Stack;
use crate::table::{Item, RecordTable, text_of};

/// How often the person's items are read and deleted. Another round is needed if a function has written one meanwhile.
const ROUNDS: usize = 3;

/// What was erased, or would be.
#[derive(Debug, Clone, Serialize)]
pub struct Erasure {
    /// The person's id.
    pub person: String,
    /// Number of deleted items of the table, by the kind of record.
    pub items: BTreeMap<&'static str, usize>,
    /// Whether the person has opted out, so that the opt-out stays.
    pub keeps_opt_out: bool,
    /// The deleted dead letters, without their content.
    pub dead_letters: usize,
    /// A note for each queue that could not be read completely.
    pub unread: Vec<String>,
    /// Where else something about the person is kept, and for how long.
    pub kept_elsewhere: Vec<String>,
    #[serde(skip)]
    run: Option<Run>,
}

/// Deletes everything about the person with this number. Running it again is harmless, and completes an erasure that
/// was interrupted.
///
/// # Errors
/// Fails if something can't be read or deleted, or if functions keep writing items of the person.
pub async fn erase(access: &Access, number: &Number, run: Run) -> Result<Erasure> {
    let stack = Stack::find(access).await?;
    let table = RecordTable::of(access, &stack)?;
    let found = PersonItems::read(access, &stack, &table, number).await?;
    let mut items: BTreeMap<&'static str, usize> = BTreeMap::new();
    for item in found.all().filter(|item| !is_erased(item)) {
        *items.entry(kind(item)).or_default() += 1;
    }
    let keeps_opt_out = found.partition.iter().any(is_opted_out);
    let handling = if run == Run::Real { Handling::Delete } else { Handling::Keep };
    if run == Run::Real {
        delete_all(access, &stack, &table, number, found.all().cloned().collect()).await?;
    }
    let PersonLetters { letters, unread } = dead_letters::of_person(access, &found.person, number, handling).await?;
    Ok(Erasure {
        person: found.person.to_string(),
        items,
        keeps_opt_out,
        dead_letters: letters.len(),
        unread,
        kept_elsewhere: backups::kept_elsewhere(access, &stack).await,
        run: Some(run),
    })
}

/// Whether the item is an opt-out that an erasure has left.
fn is_erased(item: &Item) -> bool {
    kind(item) == "profile" && text_of(item, "number") == Some(records::ERASED_NUMBER)
}

fn is_opted_out(item: &Item) -> bool {
    kind(item) == "profile" && text_of(item, "state") == Some("opted_out")
}

/// Deletes the items. The profile is last, so that an interrupted erasure still shows that there is something left.
async fn delete_all(
    access: &Access,
    stack: &Stack,
    table: &RecordTable,
    number: &Number,
    mut items: Vec<Item>,
) -> Result<()> {
    for _ in 0..ROUNDS {
        items.retain(|item| !is_erased(item));
        if items.is_empty() {
            return Ok(());
        }
        items.sort_by_key(|item| kind(item) == "profile");
        for item in &items {
            match records::opt_out_alone(item) {
                // If the profile was written meanwhile, the next round sees it.
                Some((version, opt_out)) => table.replace(opt_out, version).await?,
                None if is_opted_out(item) => bail!(
                    "the profile can't be read, so its opt-out could not be kept alone; everything else is erased. \
                     Use the tool of the release that wrote it, or of a later one"
                ),
                None => table.delete(item).await?,
            }
        }
        let left = PersonItems::read(access, stack, table, number).await?;
        items = left.all().cloned().collect();
    }
    items.retain(|item| !is_erased(item));
    if items.is_empty() {
        return Ok(());
    }
    bail!("{} new items of the person were written meanwhile; run this command again", items.len())
}

impl Report for Erasure {
    fn lines(&self) -> String {
        let done = if self.run == Some(Run::Real) { "Erased" } else { "Would erase" };
        let mut lines = String::new();
        // Writing to a `String` can't fail.
        if self.items.is_empty() && self.dead_letters == 0 {
            let _ = writeln!(lines, "Nothing is stored about the person {} that can be erased.", self.person);
        } else {
            let mut counts: Vec<String> = self.items.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
            counts.push(format!("{} dead letters", self.dead_letters));
            let _ = writeln!(lines, "{done} of the person {}: {}.", self.person, counts.join(", "));
        }
        let _ = if self.keeps_opt_out {
            writeln!(lines, "Stays: the opt-out, under the person's id, a keyed hash, without the number.")
        } else {
            writeln!(lines, "Stays: nothing. The person may text again, and is then new.")
        };
        for note in &self.unread {
            let _ = writeln!(lines, "Incomplete: {note}");
        }
        for kept in &self.kept_elsewhere {
            let _ = writeln!(lines, "Kept elsewhere: {kept}.");
        }
        lines.push_str(self.run.map_or("", Run::note));
        lines
    }

    fn is_complete(&self) -> bool {
        self.unread.is_empty()
    }
}

#[cfg(test)]
mod tests;
