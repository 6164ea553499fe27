//! The keys of items, and the shards of the deadline index.

use jiff::Timestamp;
use reminder::channel::Channel;
use reminder::ids::{MessageId, OutgoingTextKey, PersonId, ReminderKey};
use reminder::ports::{Overdue, SHARDS};

/// The sort key of every profile.
pub(crate) const PROFILE: &str = "PROFILE";

/// The prefix of the sort keys of reminders.
pub(crate) const REMINDER: &str = "REM#";

const PERSON: &str = "PERSON#";
const CARRIER: &str = "CARRIER#";
const CHANNEL_SORT: &str = "CHANNEL";
const MESSAGE: &str = "MSG#";
const MESSAGE_SORT: &str = "MSG#";
const OLD_MESSAGE_SORT: &str = "MSG";
const OUTGOING_TEXT: &str = "TEXT#";
const TURN: &str = "CALLS";

/// The key of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// The partition key, `pk`.
    pub(crate) partition: String,
    /// The sort key, `sk`.
    pub(crate) sort: String,
}

/// The part of the index of a person's reminders in which a reminder is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    /// The reminder is live.
    Open,
    /// The reminder has ended without an opt-out.
    Ended {
        /// When it ended.
        at: Timestamp,
    },
    /// An opt-out has ended the reminder, which RESTORE may make anew.
    Stopped {
        /// The epoch of the opt-out.
        epoch: u32,
    },
}

/// The prefix of the sort keys of live reminders in the index of a person's reminders.
pub(crate) const OPEN: &str = "open#";

/// The prefix of the sort keys of reminders that ended without an opt-out, in the index of a person's reminders.
pub(crate) const ENDED: &str = "ended#";

/// The prefix of the sort keys of reminders that an opt-out ended, in the index of a person's reminders.
const STOPPED: &str = "stopped#";

/// Returns the prefix of the sort keys of the reminders that the opt-out of this epoch ended. Epochs have a fixed
/// width, so that no epoch is the beginning of another.
pub(crate) fn stopped(epoch: u32) -> String {
    format!("{STOPPED}{epoch:010}#")
}

impl Listing {
    /// Returns the sort key in the index. Instants have a fixed width, so that they sort by time.
    pub(crate) fn sort_key(self, key: &Key) -> String {
        match self {
            Self::Open => format!("{OPEN}{}", key.sort),
            Self::Stopped { epoch } => format!("{}{}", stopped(epoch), key.sort),
            Self::Ended { at } => format!("{ENDED}{:015}", at.as_millisecond()),
        }
    }
}

/// Returns the partition key of a person's profile, reminders, outgoing texts and turn.
pub(crate) fn partition(person: &PersonId) -> String {
    format!("{PERSON}{person}")
}

/// Returns the sort key of the incoming texts of a person.
pub(crate) fn incoming_text_sort(person: &PersonId) -> String {
    format!("{MESSAGE_SORT}{person}")
}

impl Key {
    pub(crate) fn of_profile(person: &PersonId) -> Self {
        Self { partition: partition(person), sort: PROFILE.to_owned() }
    }

    pub(crate) fn of_reminder(key: &ReminderKey) -> Self {
        Self { partition: partition(&key.person), sort: format!("{REMINDER}{}", key.reminder) }
    }

    /// Returns the key of the text with this id that this person sent.
    pub(crate) fn of_message(person: &PersonId, id: &MessageId) -> Self {
        Self { partition: format!("{MESSAGE}{id}"), sort: incoming_text_sort(person) }
    }

    /// Returns the key under which earlier releases stored the text with this id, whoever sent it.
    pub(crate) fn of_old_message(id: &MessageId) -> Self {
        Self { partition: format!("{MESSAGE}{id}"), sort: OLD_MESSAGE_SORT.to_owned() }
    }

    pub(crate) fn of_outgoing_text(key: &OutgoingTextKey) -> Self {
        Self { partition: partition(&key.person), sort: format!("{OUTGOING_TEXT}{}", key.text) }
    }

    pub(crate) fn of_turn(person: &PersonId) -> Self {
        Self { partition: partition(person), sort: TURN.to_owned() }
    }

    pub(crate) fn of_channel(channel: &Channel) -> Self {
        Self { partition: format!("{CARRIER}{channel}"), sort: CHANNEL_SORT.to_owned() }
    }

    pub(crate) fn of(overdue: &Overdue) -> Self {
        match overdue {
            Overdue::Reminder(key) => Self::of_reminder(key),
            Overdue::OutgoingText(key) => Self::of_outgoing_text(key),
            Overdue::UnknownKey { partition, sort } => Self { partition: partition.clone(), sort: sort.clone() },
        }
    }

    /// Returns the person if this is the key of a profile.
    pub(crate) fn profile(&self) -> Option<PersonId> {
        if self.sort == PROFILE { self.person() } else { None }
    }

    /// Returns the reminder's key if this is the key of a reminder.
    pub(crate) fn reminder(&self) -> Option<ReminderKey> {
        let reminder = self.sort.strip_prefix(REMINDER)?.parse().ok()?;
        Some(ReminderKey { person: self.person()?, reminder })
    }

    /// Returns the text's key if this is the key of an outgoing text.
    pub(crate) fn outgoing_text(&self) -> Option<OutgoingTextKey> {
        let text = self.sort.strip_prefix(OUTGOING_TEXT)?.parse().ok()?;
        Some(OutgoingTextKey { person: self.person()?, text })
    }

    /// Returns the text's id if this is the key of an incoming text from this person. The key of an earlier release
    /// names no person.
    pub(crate) fn message(&self, sender: &PersonId) -> Option<MessageId> {
        let is_theirs = self.sort.strip_prefix(MESSAGE_SORT) == Some(sender.as_str());
        let id = (is_theirs || self.sort == OLD_MESSAGE_SORT).then(|| self.partition.strip_prefix(MESSAGE))??;
        id.parse().ok()
    }

    /// Returns the record that an entry of the deadline index with this key points to.
    pub(crate) fn overdue(self) -> Overdue {
        if let Some(key) = self.reminder() {
            Overdue::Reminder(key)
        } else if let Some(key) = self.outgoing_text() {
            Overdue::OutgoingText(key)
        } else {
            Overdue::UnknownKey { partition: self.partition, sort: self.sort }
        }
    }

    /// Returns the key for a log. A key that no release writes is only measured, because it may hold anything.
    pub(crate) fn shown(&self) -> String {
        if self.is_ours() {
            format!("{} / {}", self.partition, self.sort)
        } else {
            format!("a key of {} and {} bytes", self.partition.len(), self.sort.len())
        }
    }

    /// Whether this is the key of a record of this service.
    fn is_ours(&self) -> bool {
        let is_record = self.profile().is_some() || self.reminder().is_some() || self.outgoing_text().is_some();
        let is_turn = self.sort == TURN && self.person().is_some();
        let sender = self.sort.strip_prefix(MESSAGE_SORT).map(str::parse::<PersonId>);
        let is_message = matches!(sender, Some(Ok(_))) || self.sort == OLD_MESSAGE_SORT;
        let message = self.partition.strip_prefix(MESSAGE).map(str::parse::<MessageId>);
        let is_channel = self.sort == CHANNEL_SORT && self.partition.starts_with(CARRIER) && self.partition.len() < 32;
        is_record || is_turn || is_channel || is_message && matches!(message, Some(Ok(_)))
    }

    /// Returns the item's shard of the deadline index. It depends only on the key, so it never changes.
    pub(crate) fn shard(&self) -> String {
        let hash = fnv1a(self.partition.bytes().chain(self.sort.bytes()));
        shard(u8::try_from(hash % u64::from(SHARDS)).unwrap_or(0))
    }

    fn person(&self) -> Option<PersonId> {
        self.partition.strip_prefix(PERSON)?.parse().ok()
    }
}

/// Returns the partition key of one shard of the deadline index.
pub(crate) fn shard(number: u8) -> String {
    format!("live#{number}")
}

/// Returns the 64-bit FNV-1a hash of the bytes. It is the same in every process and release, and spreads the items
/// evenly enough over the shards.
fn fnv1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use reminder::ids::ReminderId;

    use super::*;

    const PERSON_ID: &str = "0123456789abcdef0123456789abcdef";

    fn reminder_key(reminder: &str) -> ReminderKey {
        ReminderKey { person: PERSON_ID.parse().unwrap(), reminder: reminder.parse().unwrap() }
    }

    #[test]
    fn an_index_key_names_the_record_that_it_points_to() {
        let reminder = Overdue::Reminder(reminder_key("01JZ0000000000000000000000"));
        let text = "01JZ0000000000000000000000".parse().unwrap();
        let text = Overdue::OutgoingText(OutgoingTextKey { person: PERSON_ID.parse().unwrap(), text });
        for overdue in [reminder, text] {
            assert_eq!(Key::of(&overdue).overdue(), overdue);
        }
        for (partition, sort) in [
            ("PERSON#short", "REM#01JZ0000000000000000000000"),
            (&*format!("PERSON#{PERSON_ID}"), "REM#1"),
            (&*format!("PERSON#{PERSON_ID}"), "PROFILE"),
            (&*format!("PERSON#{PERSON_ID}"), "TEXT#1"),
            (&*format!("PERSON#{PERSON_ID}"), "CALLS"),
            ("MSG#twilio", "MSG"),
            ("MSG#twilio#SM1", "MSG"),
            ("MSG#twilio#SM1", "MSG#"),
            ("", ""),
        ] {
            let key = Key { partition: partition.to_owned(), sort: sort.to_owned() };
            let unreadable = Overdue::UnknownKey { partition: partition.to_owned(), sort: sort.to_owned() };
            assert_eq!(key.clone().overdue(), unreadable);
            assert_eq!(Key::of(&unreadable), key);
        }
    }

    #[test]
    fn a_key_is_logged_only_if_it_is_ours() {
        let person: PersonId = PERSON_ID.parse().unwrap();
        let text = OutgoingTextKey { person: person.clone(), text: "01JZ0000000000000000000000".parse().unwrap() };
        let id = MessageId::new("twilio", "SM1").unwrap();
        for key in [
            Key::of_profile(&person),
            Key::of_reminder(&reminder_key("01JZ0000000000000000000000")),
            Key::of_outgoing_text(&text),
            Key::of_turn(&person),
            Key::of_message(&person, &id),
            Key::of_old_message(&id),
        ] {
            assert_eq!(key.shown(), format!("{} / {}", key.partition, key.sort));
        }
        for (partition, sort) in [
            ("PERSON#+12125550142", "PROFILE"),
            ("call mom", "MSG"),
            ("MSG#twilio#SM1", "MSG#call mom"),
            ("MSG#+12125550142", "MSG"),
            (&*format!("PERSON#{PERSON_ID}"), "REM#call mom"),
        ] {
            let shown = Key { partition: partition.to_owned(), sort: sort.to_owned() }.shown();
            assert_eq!(shown, format!("a key of {} and {} bytes", partition.len(), sort.len()));
        }
    }

    #[test]
    fn the_shard_of_a_key_never_changes() {
        let key = Key::of_reminder(&reminder_key("01JZ0000000000000000000000"));
        assert_eq!(key.shard(), "live#3");
    }

    #[test]
    fn reminders_spread_over_the_shards() {
        let mut counts = BTreeMap::new();
        for n in 0..800 {
            let reminder: ReminderId = format!("01JZ{n:022}").parse().unwrap();
            *counts.entry(Key::of_reminder(&reminder_key(reminder.as_str())).shard()).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), usize::from(SHARDS));
        assert!(counts.values().all(|count| (50..=150).contains(count)), "{counts:?}");
    }
}
