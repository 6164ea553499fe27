//! Reads the items of a table, for the operator's tool. The functions read items through [`crate::store`] instead.

use reminder::ids::PersonId;
use reminder::incoming_text::IncomingText;
use reminder::outgoing_text::OutgoingText;
use reminder::ports::{ReadError, Versioned};
use reminder::profile::Profile;
use reminder::record::Reminder;
use reminder::turn::PersonCalls;

use crate::items::{self, Item, keys};

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A person's profile.
    Profile(Box<Profile>),
    /// A reminder.
    Reminder(Box<Reminder>),
    /// A text that the service sent or will send.
    OutgoingText(Box<OutgoingText>),
    /// A person's turn for a call, which also counts the person's calls.
    Calls(Box<PersonCalls>),
    /// A text that the service received.
    IncomingText(Box<IncomingText>),
    /// An item that this release can't read, or that belongs to no person, such as a carrier's channel.
    Other {
        /// Why it can't be read. It holds no phone number and no words of a person.
        reason: String,
    },
}

/// Reads an item.
pub fn read(item: &Item) -> Record {
    let sort = item.get("sk").and_then(|value| value.as_s().ok()).map_or("", String::as_str);
    let read = match sort.split('#').next().unwrap_or_default() {
        keys::PROFILE => items::profile::read(item).map(|read| Record::Profile(Box::new(read.into_value()))),
        "REM" => items::reminder::read(item).map(|read| Record::Reminder(Box::new(read.into_value()))),
        "TEXT" => items::outgoing_text::read(item).map(|read| Record::OutgoingText(Box::new(read.into_value()))),
        "MSG" => items::incoming_text::read(item).map(|read| Record::IncomingText(Box::new(read.into_value()))),
        "CALLS" => items::turn::read(item).map(|(calls, _)| Record::Calls(Box::new(calls))),
        _ => return Record::Other { reason: "expected a record of a person, found another item".to_owned() },
    };
    read.unwrap_or_else(|error| Record::Other { reason: ReadError::from(error).to_string() })
}

/// Returns the version of a profile's item and the item with which another profile replaces it.
///
/// # Errors
/// Fails if the item can't be read.
pub fn replaced_profile(item: &Item, change: impl FnOnce(Profile) -> Profile) -> Result<(u64, Item), ReadError> {
    let profile: Versioned<Profile> = items::profile::read(item)?;
    let version = profile.version();
    let replaced = profile.replaced_by(change(profile.clone().into_value()));
    Ok((version, items::profile::write(&replaced, replaced.version())))
}

/// Returns the partition key of a person's profile, reminders, outgoing texts and turn.
pub fn partition(person: &PersonId) -> String {
    keys::partition(person)
}

/// Returns the sort key of the incoming texts of a person.
pub fn incoming_text_sort(person: &PersonId) -> String {
    keys::incoming_text_sort(person)
}
