//! Whether a person still wants to hear of a reminder.

use jiff::Timestamp;
use reminder::event::Event;
use reminder::guard;
use reminder::ports::{Clock, Ports, Store};
use reminder::profile::{Consent, Presence, Profile};
use reminder::record::Reminder;

use crate::Service;

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

/// The carrier says that the person left, which no text has told us: they are gone from now on. Their other reminders
/// end when they are due, each by the same look at the profile.
pub(crate) async fn leave<P: Ports>(service: Service<'_, P>, profile: Profile, record: &Reminder) -> Event {
    let gone = gone(profile, service.ports.clock().now());
    let epoch = gone.consent.epoch;
    tracing::warn!(person = %gone.person, "the carrier says that a person has opted out");
    if let Err(error) = service.ports.store().replace_profile(&gone).await {
        tracing::warn!(person = %gone.person, %error, "that a person left was not written; their next text will tell");
    }
    Event::Left { epoch: epoch.max(record.epoch + 1) }
}

/// The profile of somebody who left at `now` by the carrier's word. Its `since` stays: a later word of their own, also
/// one that is on its way, counts more.
pub(crate) fn gone(profile: Profile, now: Timestamp) -> Profile {
    let Consent { epoch, since, .. } = profile.consent;
    let consent = Consent { epoch: epoch + 1, presence: Presence::Gone, since, left_at: Some(now) };
    Profile { consent, version: profile.version + 1, ..profile }
}
