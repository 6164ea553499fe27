//! Opt-outs by a text or at the carrier.

use jiff::Timestamp;
use reminder::event::Event;
use reminder::ports::{Clock, Ports, Replacement, Store, Versioned};
use reminder::profile::{OptStatus, Profile};
use reminder::record::Reminder;

use crate::Context;

/// Returns the event that ends a reminder whose person has opted out since it was made. `None` if they have not.
pub fn left(profile: &Profile, record: &Reminder) -> Option<Event> {
    let epoch = profile.consent.epoch;
    match profile.consent.status {
        OptStatus::OptedIn if record.is_wanted(epoch) => None,
        OptStatus::OptedIn => Some(Event::OptedOut { epoch }),
        // All reminders of an opted-out person end, including those of the current epoch.
        OptStatus::OptedOut => Some(Event::OptedOut { epoch: epoch.max(record.epoch + 1) }),
    }
}

/// Records an opt-out that only the carrier knows of. Each of the person's reminders ends when it is due, since the
/// profile is read then.
pub(crate) async fn record_opt_out<P: Ports>(context: Context<'_, P>, profile: &Versioned<Profile>) {
    if profile.consent.status == OptStatus::OptedOut {
        return;
    }
    let profile = opted_out(profile, context.ports.clock().now());
    tracing::warn!(person = %profile.person, "the carrier reports that a person has opted out");
    if let Err(error) = context.ports.store().replace_profile(&profile).await {
        tracing::warn!(person = %profile.person, %error, "an opt-out at the carrier was not written");
    }
}

/// Returns the profile of a person who opted out at the carrier at `now`. Its `since` does not change, so an opt-in
/// text that is already on its way is still accepted. Their future calls no longer count toward the limit, because
/// these calls are not placed.
pub(crate) fn opted_out(profile: &Versioned<Profile>, now: Timestamp) -> Replacement<Profile> {
    let mut next = Profile::clone(profile);
    next.opt_out(now, now);
    profile.replaced_by(next)
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
        let next = opted_out(&Versioned::unwritten(profile), now);
        assert_eq!(next.limits.calls.dues(), [after(now, -60)]);
        assert_eq!((next.consent.epoch, next.consent.status), (1, OptStatus::OptedOut));
    }
}
