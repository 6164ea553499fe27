//! The result of a world: everything that the checker may read.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Scale;
use crate::fakes::Cloud;
use crate::fault_profile::FaultProfile;
use crate::history::Entry;

/// A live reminder or text in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Id of the reminder or of the text.
    pub name: String,
    /// Description for people.
    pub what: String,
    /// When it is due, in milliseconds since 1970. Before that it may be live.
    pub due_ms: i64,
}

/// The result of a world: its history, its live items, and its costs.
#[derive(Debug)]
pub struct Remains {
    /// All observations, in order.
    pub entries: Vec<Entry>,
    /// Items that were live at `end_ms`.
    pub live: Vec<Live>,
    /// Ids of the reminders that had ended at `end_ms`.
    pub ended: BTreeSet<String>,
    /// Items that were live at the end of the run, hours after `end_ms`.
    pub live_afterwards: Vec<Live>,
    /// Texts that had not ended at the end of the run.
    pub live_texts: Vec<Live>,
    /// Number of reminders that were created.
    pub reminders: u64,
    /// Each reminder's id, and how often it was written.
    pub writes: Vec<(String, u32)>,
    /// Size of the world.
    pub scale: Scale,
    /// Number of function invocations.
    pub invocations: u64,
    /// Whether the world was cut off after too many invocations.
    pub cut_off: bool,
    /// When everything should have ended, in milliseconds since 1970.
    pub end_ms: i64,
    /// When the run was over, hours after `end_ms`, in milliseconds since 1970. Until then writes and messages are counted.
    pub over_ms: i64,
    /// The cloud, with its injected faults and its timeline.
    pub cloud: Rc<Cloud>,
    /// How many faults the world had.
    pub fault_profile: FaultProfile,
}
