//! From what a text says about the time to the instants it means.

pub(crate) mod interpret;
pub(crate) mod intraday_series;
pub(crate) mod meridiem;
pub(crate) mod once;
pub(crate) mod reminders;
pub(crate) mod resolved;
pub(crate) mod series;
pub(crate) mod series_bounds;
pub(crate) mod task;
pub(crate) mod time_spec;

use crate::english::{
    grammar::asking::Leaning,
    resolve::{once::single, resolved::Resolved, time_spec::When},
    text::reader::Here,
};
use jiff::SignedDuration;

/// Nobody should count on us for longer.
const FARTHEST_YEARS: i64 = 100;

pub(crate) fn resolve(when: &When, here: &Here, leaning: Leaning) -> Resolved {
    if when.no_such_day {
        return Resolved::NoSuchDay;
    }
    let found = match when.every {
        Some(ref every) => series::repeat(when, every, here, leaning),
        None => single(when, here, leaning),
    };
    match found {
        Resolved::Times(mut times) => {
            for other in &when.also {
                if let Resolved::Times(more) = resolve(other, here, leaning) {
                    times.extend(more);
                }
            }
            times.sort_by_key(|(due, _)| *due);
            let farthest = here.now.checked_add(SignedDuration::from_hours(FARTHEST_YEARS * 366 * 24));
            if times.is_empty() {
                Resolved::Nothing
            } else if times.iter().any(|(due, _)| farthest.as_ref().is_ok_and(|farthest| due > farthest)) {
                Resolved::TooFar
            } else {
                Resolved::Times(times)
            }
        }
        other => other,
    }
}
