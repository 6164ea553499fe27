//! The result of a world: everything that the checker may read.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Scale;
use crate::fakes::{Cloud, Costs};
use crate::fault_profile::FaultProfile;
use crate::history::Entry;

/// A live reminder or text in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// Id of the reminder or of the text.
    pub name: String,
    /// Description to print.
    pub what: String,
    /// When the reminder is due, or since when the text is owed, in milliseconds since 1970. Until then it may be live.
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
    /// The id of each reminder, and the telephone number of its person.
    pub numbers: BTreeMap<String, String>,
    /// Items that were live at the end of the run, hours after `end_ms`.
    pub live_afterwards: Vec<Live>,
    /// Texts that had not ended at the end of the run.
    pub live_texts: Vec<Live>,
    /// Number of reminders that were created.
    pub reminders: u64,
    /// The id and the costs of each reminder.
    pub costs: Vec<(String, Costs)>,
    /// The id of each outgoing text, and how often it was written alone.
    pub text_writes: Vec<(String, u32)>,
    /// Size of the world.
    pub scale: Scale,
    /// Number of function invocations.
    pub invocations: u64,
    /// Whether the world was cut off after too many invocations.
    pub cut_off: bool,
    /// When everything should have ended, in milliseconds since 1970.
    pub end_ms: i64,
    /// When the run was over, hours after `end_ms`, in milliseconds since 1970. Writes and messages are counted until
    /// then.
    pub over_ms: i64,
    /// The cloud, with its injected faults and its timeline.
    pub cloud: Rc<Cloud>,
    /// How many faults the world had.
    pub fault_profile: FaultProfile,
}

/// The telephone number of each reminder's person.
pub(super) fn numbers(cloud: &Cloud) -> BTreeMap<String, String> {
    let table = cloud.table.borrow();
    let numbers: BTreeMap<_, _> = table.profiles().map(|profile| (&profile.person, &profile.number)).collect();
    let reminders = table.reminders().filter_map(|reminder| {
        let number = numbers.get(&reminder.key.person)?;
        Some((reminder.key.reminder.to_string(), number.as_str().to_owned()))
    });
    reminders.collect()
}

/// The costs of each reminder.
pub(super) fn costs(cloud: &Cloud) -> Vec<(String, Costs)> {
    let table = cloud.table.borrow();
    let mut costs: BTreeMap<String, Costs> =
        table.reminders().map(|reminder| (reminder.key.reminder.to_string(), table.costs(&reminder.key))).collect();
    let mut count = |body: &String, add: fn(&mut Costs)| {
        let message: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        if let Some(reminder_costs) = message["reminder"].as_str().and_then(|reminder| costs.get_mut(reminder)) {
            add(reminder_costs);
        }
    };
    cloud.scheduled.borrow().iter().for_each(|body| count(body, |costs| costs.schedules += 1));
    cloud.dialed.borrow().iter().for_each(|body| count(body, |costs| costs.messages += 1));
    cloud.came_near.borrow().iter().for_each(|body| count(body, |costs| costs.came_near += 1));
    costs.into_iter().collect()
}
