//! Answers about the person's zone.

use jiff::Timestamp;

use super::naming::{Series, city, due_words, numbers, rule_of, series_words, shortest_needed};
use crate::record::Reminder;
use crate::words::CallsLeft;
use crate::words::answer::WhyKept;

/// Names the new zone, and says when each moved reminder rings now if that fits one segment. Otherwise lists only the
/// numbers of the moved reminders.
pub(super) fn changed(
    zone: &str,
    moved: &[&Reminder],
    kept: &str,
    tail: &str,
    left: CallsLeft,
    now: Timestamp,
) -> String {
    let tail = if tail.is_empty() { String::new() } else { format!(" {tail}") };
    let answer = |moved: String| format!("OK, using {} time.{moved}{kept}{tail}", city(zone));
    if moved.is_empty() {
        return answer(String::new());
    }
    let each = |series| {
        let dues: Vec<String> =
            moved.iter().map(|one| format!("#{} {} {}", one.number, verb(left), rings(one, series, now))).collect();
        answer(format!(" Now {}.", dues.join("; ")))
    };
    let shortest = answer(format!(" Moved: {}.", numbers(moved)));
    shortest_needed([each(Series::ByRule), each(Series::InShort), shortest])
}

/// Says which reminders keep their old time, and why. Returns an empty text if there are none.
pub(super) fn kept(kept: &[&Reminder], why: WhyKept, left: CallsLeft, now: Timestamp) -> String {
    match (kept, why) {
        ([], _) => String::new(),
        ([one], WhyKept::Passed) => format!(
            " #{} still {} {} because its new time has passed.",
            one.number,
            verb(left),
            rings(one, Series::InShort, now)
        ),
        ([_, _, ..], WhyKept::Passed) => {
            format!(" {} still ring as before because their new times have passed.", numbers(kept))
        }
        ([one], WhyKept::TooManyAtOnce) => format!(
            " #{} still {} {} because its new time is too busy.",
            one.number,
            verb(left),
            rings(one, Series::InShort, now)
        ),
        ([_, _, ..], WhyKept::TooManyAtOnce) => {
            format!(" {} still ring as before because their new times are too busy.", numbers(kept))
        }
    }
}

/// Asks whether repeating reminders should move to the new zone too.
pub(super) fn ask_move_series(zone: &str, series: usize) -> String {
    let zone = city(zone);
    match series {
        1 => format!("Should your repeating reminder move to {zone} time too? YES or NO"),
        _ => format!("Should your {series} repeating reminders move to {zone} time too? YES or NO"),
    }
}

/// The verb for a reminder whose phone rings, or that is texted because no calls are left.
fn verb(left: CallsLeft) -> &'static str {
    match left {
        CallsLeft::Yes => "rings",
        CallsLeft::UsedUp(_) => "is due",
    }
}

fn rings(one: &Reminder, series: Series, now: Timestamp) -> String {
    series_words(&due_words(one, now), rule_of(one), series)
}
