//! Opt-outs by a text or at the carrier.

use jiff::Timestamp;
use reminder::event::Event;
use reminder::ids::SentTextId;
use reminder::ports::{Carrier, Clock, Ports, Replacement, Scope, Store, Versioned, WriteError};
use reminder::profile::{OptStatus, Profile};
use reminder::record::Reminder;
use reminder::wire::AnswerStatusRoute;

use crate::Context;
use crate::applied::Failed;

/// Returns the event that ends a reminder whose person has opted out since it was made. `None` if the person has not.
pub fn opt_out_event(profile: &Profile, record: &Reminder) -> Option<Event> {
    let epoch = profile.consent.epoch;
    match profile.consent.status {
        OptStatus::OptedIn if record.is_wanted(epoch) => None,
        OptStatus::OptedIn => Some(Event::OptedOut { epoch }),
        // All reminders of an opted-out person end, including those of the current epoch.
        OptStatus::OptedOut => Some(Event::OptedOut { epoch: epoch.max(record.epoch + 1) }),
    }
}

/// Records an opt-out that only the carrier knows of. Each of the person's reminders ends when it is due, because the
/// profile is read then.
///
/// # Errors
/// Fails if the opt-out may not have been written.
pub(crate) async fn record_opt_out<P: Ports>(
    context: Context<'_, P>,
    profile: &Versioned<Profile>,
) -> Result<(), WriteError> {
    let written = opt_out_at_carrier(context, profile).await;
    if let Err(error) = &written {
        tracing::warn!(person = %profile.person, %error, "an opt-out at the carrier was not written");
    }
    written
}

/// Records that a person has opted out at the carrier, because an answer to them failed for this reason. It may even be
/// the answer to an opt-in, because some words that the service accepts as an opt-in are unknown to the carrier. Does
/// nothing if the person has opted out or in since the answer, or if the second carrier sent it.
///
/// # Errors
/// Fails if the opt-out may not have been written. The status of the answer must be delivered again.
pub async fn answer_opted_out<P: Ports>(
    context: Context<'_, P>,
    route: &AnswerStatusRoute,
    answer: &SentTextId,
) -> Result<(), Failed> {
    if !is_of_first_carrier(context, answer) {
        return Ok(());
    }
    let Some(profile) = context.ports.store().profile(&route.person).await? else { return Ok(()) };
    if profile.consent.since.is_some_and(|since| route.is_before(since)) {
        return Ok(());
    }
    opt_out_at_carrier(context, &profile).await.map_err(Failed::Unwritten)
}

/// Whether a text was sent by the first carrier. An opt-out at the second carrier concerns only that carrier's number.
pub(crate) fn is_of_first_carrier<P: Ports>(context: Context<'_, P>, sent: &SentTextId) -> bool {
    context.ports.carriers().first().is_some_and(|first| first.name().as_str() == sent.carrier())
}

async fn opt_out_at_carrier<P: Ports>(context: Context<'_, P>, profile: &Versioned<Profile>) -> Result<(), WriteError> {
    if profile.consent.status == OptStatus::OptedOut {
        return Ok(());
    }
    let store = context.ports.store();
    // If a reminder can't be read, assume that the opt-out ends it.
    let open = store.reminders(&profile.person, Scope::Open).await;
    let ends_nothing = open.is_ok_and(|open| open.readable.is_empty() && !open.has_newer);
    let profile = opted_out(profile, ends_nothing, context.ports.clock().now());
    tracing::warn!(person = %profile.person, "the carrier reports that a person has opted out");
    store.replace_profile(&profile).await
}

/// Returns the profile of a person who opted out at the carrier at `now`. Its `since` does not change, so an opt-in
/// text that is already on its way is still accepted. Their future calls no longer count toward the limit, because
/// these calls are not placed. If the opt-out ends no reminder, the reminders that an earlier opt-out ended stay
/// restorable.
fn opted_out(profile: &Versioned<Profile>, ends_nothing: bool, now: Timestamp) -> Replacement<Profile> {
    let mut next = Profile::clone(profile);
    next.opt_out(now, now);
    next.restorable = profile.restorable.filter(|_| ends_nothing).or(next.restorable);
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
        let next = opted_out(&Versioned::unwritten(profile), false, now);
        assert_eq!(next.limits.calls.dues(), [after(now, -60)]);
        assert_eq!((next.consent.epoch, next.consent.status), (1, OptStatus::OptedOut));
    }

    #[test]
    fn an_opt_out_at_the_carrier_that_ends_no_reminder_leaves_those_of_an_earlier_opt_out_restorable() {
        let now = Timestamp::UNIX_EPOCH;
        let (person, number) = ("0123456789abcdef0123456789abcdef".parse().unwrap(), "+12125550142".parse().unwrap());
        let mut profile = Profile::new_profile(person, number, Zone::UTC, now);
        profile.opt_out(now, now);
        profile.consent.status = OptStatus::OptedIn;
        for (ends_nothing, epoch) in [(true, 1), (false, 2)] {
            let next = opted_out(&Versioned::unwritten(profile.clone()), ends_nothing, after(now, 60));
            assert_eq!(next.restorable.map(|last| last.epoch), Some(epoch), "{ends_nothing}");
            assert_eq!((next.consent.epoch, next.consent.status), (2, OptStatus::OptedOut));
        }
    }
}
