//! Reads the items of a table, for the operator's tool. The functions read items through [`crate::store`] instead.

use jiff::Timestamp;
use reminder::ids::PersonId;
use reminder::incoming_text::IncomingText;
use reminder::outgoing_text::OutgoingText;
use reminder::ports::{ReadError, Versioned};
use reminder::profile::{OptStatus, Profile};
use reminder::record::{Reminder, Zone};
use reminder::turn::PersonCalls;

use crate::items::{self, Item, keys};

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A person's profile.
    Profile(Box<Profile>),
    /// A reminder of a person.
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

/// The number in the profile of an erased person. No person has it: the country code 999 is not assigned
/// (<https://www.itu.int/pub/T-SP-E.164D>). A profile must have a number, because an earlier release can't read it
/// without one. The next text of the person brings the real number back.
pub const ERASED_NUMBER: &str = "+9990000000";

/// Returns the item that keeps only the opt-out of a person: the id, the consent and its epoch. Also returns the version
/// of the profile that it replaces. `None` if the item is not the profile of a person who has opted out.
pub fn opt_out_alone(item: &Item) -> Option<(u64, Item)> {
    let Record::Profile(profile) = read(item) else { return None };
    if profile.consent.status == OptStatus::OptedIn {
        return None;
    }
    let version: u64 = item.get("version")?.as_n().ok()?.parse().ok()?;
    // The zone is guessed again from the number of the next text.
    let zone = Zone::named("Etc/UTC").ok()?;
    let since = profile.consent.since.or(profile.consent.opted_out_at).unwrap_or(Timestamp::UNIX_EPOCH);
    let erased = Profile::new_profile(profile.person.clone(), ERASED_NUMBER.parse().ok()?, zone, since);
    let replaced = Versioned::read(erased.clone(), version);
    let replaced = replaced.replaced_by(Profile { consent: profile.consent, ..erased });
    Some((version, items::profile::write(&replaced, replaced.version())))
}

/// Returns the partition key of a person's profile, reminders, outgoing texts and turn.
pub fn partition(person: &PersonId) -> String {
    keys::partition(person)
}

/// Returns the sort key of the incoming texts of a person.
pub fn incoming_text_sort(person: &PersonId) -> String {
    keys::incoming_text_sort(person)
}
