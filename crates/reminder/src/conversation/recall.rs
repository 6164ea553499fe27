//! The answer to a person who calls the service's number.

use jiff::Timestamp;

use crate::policy::HOUR_S;
use crate::profile::{OptStatus, Profile};
use crate::record::{End, Lifecycle, Reminder, State};

/// The answer to a caller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Recall<'a> {
    /// This reminder rang within the last hour, or was texted because it could not ring. It is not acknowledged.
    Last(&'a Reminder),
    /// There was no such reminder within the last hour. This is the next reminder.
    Next(&'a Reminder),
    /// There is no reminder to tell the caller about.
    Nothing,
}

/// Returns the answer to a person who calls at `now`.
pub fn recall<'a>(profile: &Profile, reminders: &'a [Reminder], now: Timestamp) -> Recall<'a> {
    if profile.consent.status == OptStatus::OptedOut {
        return Recall::Nothing;
    }
    let wanted = || reminders.iter().filter(|one| one.is_wanted(profile.consent.epoch));
    let last = wanted().filter_map(|one| Some((begun_or_ended_at(one, now)?, one))).max_by_key(|(at, _)| *at);
    if let Some((_, reminder)) = last {
        return Recall::Last(reminder);
    }
    let waits = |one: &&Reminder| matches!(one.state(), Some(State::Waiting { .. }));
    wanted().filter(waits).min_by_key(|one| one.due).map_or(Recall::Nothing, Recall::Next)
}

/// Returns the due of the occurrence that has begun, or else the end of the last occurrence, if that was within the
/// last hour and the person has not acknowledged the occurrence. `None` for a reminder that was cancelled or ended by
/// an opt-out.
fn begun_or_ended_at(reminder: &Reminder, now: Timestamp) -> Option<Timestamp> {
    if matches!(reminder.life, Lifecycle::Ended { end: End::Cancelled | End::OptedOut { .. }, .. }) {
        return None;
    }
    let rings = reminder.state().is_some_and(State::has_begun).then_some(reminder.due);
    let ended = reminder.last_end.as_ref().filter(|last| last.end != End::Heard).map(|last| last.at);
    rings.or(ended).filter(|at| now.duration_since(*at).as_secs() <= HOUR_S)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ReminderKey;
    use crate::policy::{Policy, Times, after};
    use crate::record::{AnsweredBy, DueSource, LastEnd, Zone};

    fn at(second: i64) -> Timestamp {
        after("2026-03-01T12:00:00Z".parse().unwrap(), second)
    }

    fn reminder(n: u32, due_s: i64) -> Reminder {
        let policy = Policy::new(Times::DEFAULT).unwrap();
        Reminder {
            key: ReminderKey {
                person: "0123456789abcdef0123456789abcdef".parse().unwrap(),
                reminder: format!("01REM{n:021}").parse().unwrap(),
            },
            number: n,
            task: "buy milk".to_owned(),
            zone: Zone::UTC,
            rule: None,
            due: at(due_s),
            due_source: DueSource::Fixed,
            created_at: at(-9000),
            generation: 1,
            epoch: 0,
            last_claim: None,
            last_end: None,
            cancelled_claim: None,
            missed_in_row: 0,
            code: None,
            life: crate::lifecycle::waiting(at(due_s), at(0), &policy),
            write_id: "01WRITE0000000000000000000".parse().unwrap(),
        }
    }

    fn ended(n: u32, end: End, at_s: i64) -> Reminder {
        let last = LastEnd { end, due: at(at_s), at: at(at_s), claim: None, text: None };
        let life = Lifecycle::Ended { end, at: at(at_s) };
        Reminder { life, last_end: Some(last), ..reminder(n, at_s) }
    }

    #[test]
    fn a_caller_hears_the_last_reminder_of_the_hour_or_the_next_one() {
        let number = "+12125550142".parse().unwrap();
        let profile = Profile::new_profile(reminder(1, 0).key.person, number, Zone::UTC, at(-9000));
        let ringing = State::Waiting { attempt: 2, wake_at: at(60), slot: None, answered: AnsweredBy::Nobody };
        let ringing = Lifecycle::Live { state: ringing, deadline: at(90), recoveries: 0 };
        let check = |reminders: &[Reminder], expected: Option<(&str, u32)>| {
            let found = match recall(&profile, reminders, at(0)) {
                Recall::Last(one) => Some(("last", one.number)),
                Recall::Next(one) => Some(("next", one.number)),
                Recall::Nothing => None,
            };
            assert_eq!(found, expected, "{reminders:?}");
        };
        check(&[], None);
        check(&[reminder(1, 900), reminder(2, 600)], Some(("next", 2)));
        check(&[reminder(1, 900), ended(2, End::Missed, -3600)], Some(("last", 2)));
        check(&[reminder(1, 900), ended(2, End::Missed, -3601)], Some(("next", 1)));
        check(&[reminder(1, 900), ended(2, End::Heard, -60)], Some(("next", 1)));
        check(&[Reminder { life: ringing, ..reminder(1, -60) }, ended(2, End::Missed, -30)], Some(("last", 2)));
        for end in [End::Cancelled, End::OptedOut { epoch: 1 }] {
            let taken_back = Reminder { life: Lifecycle::Ended { end, at: at(-30) }, ..ended(1, End::Missed, -60) };
            check(std::slice::from_ref(&taken_back), None);
            check(&[reminder(2, 900), taken_back.clone()], Some(("next", 2)));
            check(&[taken_back, ended(2, End::Missed, -90)], Some(("last", 2)));
        }
        check(&[Reminder { epoch: 0, ..reminder(1, 900) }], Some(("next", 1)));
    }
}
