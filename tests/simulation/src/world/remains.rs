//! What is left of a world when it is over: all that its judge may look at.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Scale;
use crate::fakes::Cloud;
use crate::fault_profile::FaultProfile;
use crate::history::Entry;

/// Something in the store that waits for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Its name.
    pub name: String,
    /// What it is, for people.
    pub what: String,
    /// When it is due: what is not yet may wait.
    pub due_ms: i64,
}

/// What is left of a world: its history, what is still live, and what it cost.
#[derive(Debug)]
pub struct Remains {
    /// What was seen.
    pub entries: Vec<Entry>,
    /// What was still live when everything should have ended.
    pub live: Vec<Live>,
    /// The names of what had ended by then.
    pub ended: BTreeSet<String>,
    /// What was live when the last late thing had come.
    pub live_afterwards: Vec<Live>,
    /// Reminders that were made.
    pub reminders: u64,
    /// How often each reminder was written.
    pub writes: Vec<(String, u32)>,
    /// How much there was of it.
    pub scale: Scale,
    /// How many invocations of functions there were.
    pub invocations: u64,
    /// Whether it was broken off because there were too many.
    pub stormed: bool,
    /// When everything should have ended.
    pub end_ms: i64,
    /// The region, for what struck, and for the timeline.
    pub cloud: Rc<Cloud>,
    /// What kind of world it was.
    pub profile_of_faults: FaultProfile,
}
