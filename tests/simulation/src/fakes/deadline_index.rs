//! The deadline index. It is updated some time after the items.

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::Timestamp;
use reminder::ports::{Overdue, Page, SHARDS};

/// Maximum number of items in a page of the index. It is small, so that there are several pages.
const PAGE: usize = 5;

/// Sorts after every item's name.
const LAST: &str = "\u{10ffff}";

/// An update that has not reached the index yet: an item's new deadline, or `None` to remove the item.
#[derive(Debug, Clone)]
pub(crate) struct IndexUpdate {
    pub(crate) item: Overdue,
    pub(crate) deadline: Option<Timestamp>,
    order: u64,
}

/// An item's deadline in the index, and the number of the update that set it.
#[derive(Debug, Clone, Copy)]
struct Indexed {
    deadline: Option<Timestamp>,
    order: u64,
}

/// The index of the items by shard and deadline.
#[derive(Debug, Default)]
pub(super) struct DeadlineIndex {
    index: BTreeMap<(u8, Timestamp, String), Overdue>,
    places: BTreeMap<Overdue, Indexed>,
    updates: u64,
}

impl DeadlineIndex {
    /// Returns the earliest deadline.
    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.index.keys().map(|(_, deadline, _)| *deadline).min()
    }

    /// Returns the deadline of an item.
    pub(super) fn of(&self, item: &Overdue) -> Option<Timestamp> {
        self.places.get(item)?.deadline
    }

    pub(super) fn update(&mut self, item: Overdue, deadline: Option<Timestamp>) -> IndexUpdate {
        self.updates += 1;
        IndexUpdate { item, deadline, order: self.updates }
    }

    /// Applies an update to the index, unless a newer update of the same item was applied before.
    pub(super) fn apply(&mut self, update: IndexUpdate) {
        let IndexUpdate { item, deadline, order } = update;
        let shard = shard(&item);
        if let Some(place) = self.places.get(&item) {
            if place.order > order {
                return;
            }
            if let Some(old) = place.deadline {
                self.index.remove(&(shard, old, name(&item)));
            }
        }
        self.places.insert(item.clone(), Indexed { deadline, order });
        if let Some(deadline) = deadline {
            self.index.insert((shard, deadline, name(&item)), item);
        }
    }

    /// Returns a page of the overdue items. It begins after the last item of the page before, which `cursor` names,
    /// even if items have moved since.
    pub(super) fn page(&self, shard: u8, now: Timestamp, cursor: Option<&str>) -> Page {
        let begin =
            cursor.and_then(|cursor| cursor.split_once(' ')).and_then(|(at, name)| Some((at.parse().ok()?, name)));
        let (from, after) = begin.unwrap_or((Timestamp::MIN, ""));
        let range = (Bound::Excluded((shard, from, after.to_owned())), Bound::Included((shard, now, LAST.to_owned())));
        let mut found = self.index.range(range).take(PAGE + 1);
        let page: Vec<_> = found.by_ref().take(PAGE).collect();
        let next = page.last().filter(|_| found.next().is_some()).map(|((_, at, name), _)| format!("{at} {name}"));
        Page { overdue: page.into_iter().map(|(_, item)| item.clone()).collect(), next }
    }
}

/// Returns the shard of an item. It follows from the FNV-1a hash of the item's name.
pub fn shard(item: &Overdue) -> u8 {
    let hash = name(item)
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    u8::try_from(hash % u64::from(SHARDS)).unwrap_or(0)
}

fn name(item: &Overdue) -> String {
    match item {
        Overdue::Reminder(key) => format!("{} {}", key.person, key.reminder),
        Overdue::OutgoingText(key) => format!("{} {}", key.person, key.text),
        Overdue::UnknownKey { partition, sort } => format!("{partition} {sort}"),
    }
}
