//! Turns the pieces of time in a text into instants and rules.

pub(crate) mod candidates;
pub(crate) mod doubt;
pub(crate) mod event;
pub(crate) mod interpret;
pub(crate) mod intraday_series;
pub(crate) mod meridiem;
pub(crate) mod once;
pub(crate) mod reminders;
pub(crate) mod residue;
pub(crate) mod resolved;
pub(crate) mod series;
pub(crate) mod series_bounds;
pub(crate) mod task;
pub(crate) mod time_spec;

use crate::english::{
    grammar::{
        recurrence::{every::Every, without::Exception},
        request_words::PreferredHalf,
    },
    resolve::{once::single, resolved::Resolved, time_spec::TimeSpec},
    text::reader::Sender,
};
use crate::rule::Frequency;
use jiff::SignedDuration;

/// How far in the future a reminder may be due, in years.
const FARTHEST_YEARS: i64 = 100;

pub(crate) fn resolve(spec: &TimeSpec, sender: &Sender, preferred_half: PreferredHalf) -> Resolved {
    if spec.mismatch.is_some() {
        return Resolved::Nothing;
    }
    if spec.no_such_day {
        return Resolved::NoSuchDay;
    }
    let found = match spec.every {
        Some(ref every) if every.pattern.frequency == Frequency::Yearly && spec.days.len() > 1 => {
            each_day(spec, sender, preferred_half)
        }
        Some(ref every) => match without_exceptions(every, &spec.except) {
            Some(every) => series::series(spec, &every, sender, preferred_half),
            None => Resolved::Nothing,
        },
        None => single(spec, sender, preferred_half),
    };
    match found {
        Resolved::Times(mut times) => {
            for other in &spec.also {
                if let Resolved::Times(more) = resolve(other, sender, preferred_half) {
                    times.extend(more);
                }
            }
            times.sort_by_key(|(due, _)| *due);
            let farthest = sender.now.checked_add(SignedDuration::from_hours(FARTHEST_YEARS * 366 * 24));
            if times.is_empty() {
                Resolved::Nothing
            } else if times.iter().any(|(due, _)| farthest.as_ref().is_ok_and(|farthest| due > farthest)) {
                Resolved::TooFar
            } else {
                Resolved::Times(times)
            }
        }
        other @ (Resolved::Past(_)
        | Resolved::HowOften { .. }
        | Resolved::NoSuchDay
        | Resolved::TooFar
        | Resolved::Nothing) => other,
    }
}

/// Resolves a rule of years for each of its days apart. One rule would ring on the day of each date in the month of each
/// other: "every year on Dec 25 and Jan 1".
fn each_day(spec: &TimeSpec, sender: &Sender, preferred_half: PreferredHalf) -> Resolved {
    let mut all = Vec::new();
    for day in &spec.days {
        let one = TimeSpec { days: vec![*day], also: Vec::new(), ..spec.clone() };
        match resolve(&one, sender, preferred_half) {
            Resolved::Times(times) => all.extend(times),
            other @ (Resolved::Past(_)
            | Resolved::HowOften { .. }
            | Resolved::NoSuchDay
            | Resolved::TooFar
            | Resolved::Nothing) => return other,
        }
    }
    Resolved::Times(all)
}

/// Returns a rule without the days and months on which it does not ring. `None` if no rule can express that.
fn without_exceptions(every: &Every, exceptions: &[Exception]) -> Option<Every> {
    let mut every = every.clone();
    for exception in exceptions {
        exception.remove_from(&mut every.pattern)?;
    }
    Some(every)
}
