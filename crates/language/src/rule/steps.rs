//! The steps of rules of hours or minutes.

use super::pattern::{End, Pattern, Rule};
use crate::zone::wall_clock;
use jiff::{
    SignedDuration, Timestamp,
    civil::{DateTime, Time},
    tz::TimeZone,
};

/// Maximum number of steps in a row that are read although the rule does not ring at them: a week of minutes. The steps
/// of a day or an hour that the rule leaves out count as one. If none of the steps is a time of the rule, the rule is
/// taken to have no further time.
const MOST_STEPS: u32 = 7 * 24 * 60 + 1;

/// Returns the times of a rule of hours or minutes that is limited to hours of the day, from about `from` on. Its steps
/// are counted on the clock.
pub(super) fn on_the_clock(rule: &Rule, from: DateTime) -> impl Iterator<Item = DateTime> + '_ {
    let step_s = rule.pattern.step_minutes() * 60;
    let mut n = (from.duration_since(rule.start).as_secs() / step_s).max(0);
    std::iter::from_fn(move || {
        for _ in 0..MOST_STEPS {
            let at = rule.start.checked_add(SignedDuration::from_secs(n.checked_mul(step_s)?)).ok()?;
            let left_out = time_left_out(&rule.pattern, at)?;
            n += steps_in(left_out, step_s);
            if left_out.is_zero() {
                return Some(at);
            }
        }
        None
    })
}

/// Returns the first time after an instant of a rule that counts the time that passes.
pub(super) fn next_elapsed(rule: &Rule, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let start = wall_clock(rule.start.date(), rule.start.time(), zone)?;
    let step_s = rule.pattern.step_minutes() * 60;
    let elapsed_s = after.as_second() - start.as_second();
    let mut n = if after < start { 0 } else { elapsed_s / step_s + 1 };
    for _ in 0..MOST_STEPS {
        let instant = start.checked_add(SignedDuration::from_secs(n.checked_mul(step_s)?)).ok()?;
        let at = zone.to_datetime(instant);
        let left_out = time_left_out(&rule.pattern, at)?;
        if left_out.is_zero() {
            return match rule.pattern.end {
                End::Never => Some(instant),
                End::Count(times) => (n < i64::from(times)).then_some(instant),
                End::Until(day) => (at.date() <= day).then_some(instant),
            };
        }
        // If the clocks change within the part that is left out, its length differs, so the search goes one step.
        let is_clear = zone.to_offset(instant.checked_add(left_out).ok()?) == zone.to_offset(instant);
        n += if is_clear { steps_in(left_out, step_s) } else { 1 };
    }
    None
}

/// Returns the number of steps from a time to the first step at or after the end of a duration, at least 1.
fn steps_in(duration: SignedDuration, step_s: i64) -> i64 {
    ((duration.as_secs() + step_s - 1) / step_s).max(1)
}

/// Returns the time from `at` to the end of the day, hour or minute that it is in and that the rule leaves out. It is
/// zero if the rule rings at `at`.
fn time_left_out(pattern: &Pattern, at: DateTime) -> Option<SignedDuration> {
    let allows = |list: &[i8], value: i8| list.is_empty() || list.contains(&value);
    let weekday = at.date().weekday();
    let on_day = allows(&pattern.months, at.month())
        && (pattern.weekdays.is_empty() || pattern.weekdays.iter().any(|nth| nth.weekday == weekday));
    let second = i64::from(at.second());
    let seconds = if !on_day {
        return Some(at.date().tomorrow().ok()?.to_datetime(Time::midnight()).duration_since(at));
    } else if !allows(&pattern.hours, at.hour()) {
        3600 - 60 * i64::from(at.minute()) - second
    } else if !allows(&pattern.minutes, at.minute()) {
        60 - second
    } else {
        0
    };
    Some(SignedDuration::from_secs(seconds))
}
