//! Whether a person still wants to hear of a reminder.

use reminder::event::Event;
use reminder::guard;
use reminder::profile::{Presence, Profile};
use reminder::record::Reminder;

/// What ends a reminder whose person has left since it was made; nothing while they are here.
pub fn left(profile: &Profile, record: &Reminder) -> Option<Event> {
    let epoch = profile.consent.epoch;
    match profile.consent.presence {
        Presence::Here if guard::is_wanted(record, epoch) => None,
        Presence::Here => Some(Event::Left { epoch }),
        // Whoever is gone has no reminder, whatever its epoch.
        Presence::Gone => Some(Event::Left { epoch: epoch.max(record.epoch + 1) }),
    }
}
