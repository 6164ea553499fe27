//! Whether a person still wants to hear of a reminder.

use jiff::Timestamp;
use reminder::event::Event;
use reminder::ports::{Clock, Ports, Replacement, Store, Versioned};
use reminder::profile::{Consent, OptStatus, Profile};
use reminder::record::Reminder;

use crate::Context;

/// What ends a reminder whose person has left since it was made; nothing while they are here.
pub fn left(profile: &Profile, record: &Reminder) -> Option<Event> {
    let epoch = profile.consent.epoch;
    match profile.consent.status {
        OptStatus::OptedIn if record.is_wanted(epoch) => None,
        OptStatus::OptedIn => Some(Event::OptedOut { epoch }),
        // Whoever is gone has no reminder, whatever its epoch.
        OptStatus::OptedOut => Some(Event::OptedOut { epoch: epoch.max(record.epoch + 1) }),
    }
}

/// The carrier says that the person left, which no text has told us: they are gone from now on. Their other reminders
/// end when they are due, each by the same look at the profile.
pub(crate) async fn leave<P: Ports>(context: Context<'_, P>, profile: &Versioned<Profile>, record: &Reminder) -> Event {
    let gone = gone(profile, context.ports.clock().now());
    let epoch = gone.consent.epoch;
    tracing::warn!(person = %gone.person, "the carrier says that a person has opted out");
    if let Err(error) = context.ports.store().replace_profile(&gone).await {
        tracing::warn!(person = %gone.person, %error, "that a person left was not written; their next text will tell");
    }
    Event::OptedOut { epoch: epoch.max(record.epoch + 1) }
}

/// The profile of somebody who left at `now` by the carrier's word. Its `since` stays: a later word of their own, also
/// one that is on its way, counts more. No call that they asked for counts any more, since none is placed.
pub(crate) fn gone(profile: &Versioned<Profile>, now: Timestamp) -> Replacement<Profile> {
    let Consent { epoch, since, .. } = profile.consent;
    let consent = Consent { epoch: epoch + 1, status: OptStatus::OptedOut, since, opted_out_at: Some(now) };
    let mut limits = profile.limits.clone();
    limits.calls.take_all_back(now);
    profile.replaced_by(Profile { consent, limits, ..Profile::clone(profile) })
}

#[cfg(test)]
mod tests {
    use reminder::limits::Calls;
    use reminder::policy::after;
    use reminder::record::Zone;

    use super::*;

    #[test]
    fn an_opt_out_at_the_carrier_takes_back_the_calls_that_are_not_due_yet() {
        let now = Timestamp::UNIX_EPOCH;
        let (person, number) = ("0123456789abcdef0123456789abcdef".parse().unwrap(), "+12125550142".parse().unwrap());
        let mut profile = Profile::new_profile(person, number, Zone::UTC, now);
        profile.limits.calls = Calls::noted([after(now, -60), after(now, 60)]);
        let gone = gone(&Versioned::unwritten(profile), now);
        assert_eq!(gone.limits.calls.dues(), [after(now, -60)]);
        assert_eq!((gone.consent.epoch, gone.consent.status), (1, OptStatus::OptedOut));
    }
}
