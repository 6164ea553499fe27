//! People to whom nothing more may happen.

use anyhow::Result;

use crate::stage::Stage;

/// What had happened to somebody when all of theirs was over.
#[derive(Debug)]
pub(crate) struct Quiet {
    pub(crate) number: String,
    pub(crate) seen: Seen,
}

/// What a person can notice, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) dials: usize,
    pub(crate) texts: usize,
    pub(crate) reminders: usize,
}

impl Quiet {
    /// What happened all the same, if something did.
    pub(crate) async fn broken(&self, stage: &Stage) -> Result<Option<String>> {
        let person = stage.somebody_at(&self.number)?;
        let (before, after) = (self.seen, person.seen().await?);
        Ok((before != after)
            .then(|| format!("expected quiet, found {before:?} become {after:?} in {:#?}", person.log())))
    }
}
