//! Computes when the reminder of a text is due, from the meaning of the text and independently of the service. Each
//! delivery of the text may give another due.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::person_history::PersonText;
use crate::engine::instant;
use crate::people::{Bound, Due, Meaning, Rhythm};

/// An hour, in milliseconds.
pub(super) const HOUR_MS: i64 = 3_600_000;

/// Largest difference between a function's clock and the true time, in milliseconds.
pub(super) const CLOCK_MS: i64 = 500;

/// Largest rounding by the service, in milliseconds: it counts minutes from a whole second.
const SECOND_MS: i64 = 1000;

/// Largest difference between two clocks, in milliseconds.
pub(super) const SKEW_MS: i64 = 1000;

/// Longest time from a due to the end of its occurrence while nothing fails, in milliseconds: the maximum lateness of
/// 15 minutes, and 5 minutes for the last call and the text.
pub(super) const LATEST_MS: i64 = 20 * 60_000;

/// Longest run of a function, in milliseconds.
pub(super) const RUN_MS: i64 = 20_000;

/// Longest time for which a function is frozen, with its run before and after that, in milliseconds. After it thaws, it
/// may act on data that it read before.
pub(super) const FROZEN_MS: i64 = 3_600_000 + 2 * RUN_MS;

/// How long after the carrier accepted a text the service asks for its status, in milliseconds.
pub(super) const ASKED_MS: i64 = 3_600_000;

/// How long after a reply a function that had already started may still act, in milliseconds.
pub(super) const UNDER_WAY_MS: i64 = RUN_MS + SKEW_MS;

/// A minute, in milliseconds.
pub(super) const MINUTE_MS: i64 = 60_000;

/// A time span in which a reminder may be due, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
}

impl Window {
    /// The window of exactly this instant.
    pub(super) fn at(due_ms: i64) -> Self {
        Self { from_ms: due_ms, to_ms: due_ms }
    }

    pub(super) fn holds(self, due_ms: i64) -> bool {
        (self.from_ms..=self.to_ms).contains(&due_ms)
    }
}

/// How a series repeats.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    step: Step,
    /// The zones in which its times are read: the original zone, then the zone of each correction.
    zones: Vec<Reading>,
}

/// The zone in which the times of a series are read from an instant on.
#[derive(Debug, Clone, PartialEq)]
struct Reading {
    /// When the zone was corrected. `i64::MIN` for the original zone.
    from_ms: i64,
    /// The first due in this zone, as the answer to the correction stated it. `i64::MIN` if no answer stated it.
    first_ms: i64,
    zone: TimeZone,
}

/// The rule of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// At a time of day, on the days of a rhythm.
    Days(Rhythm, Time),
    /// At an interval in milliseconds, for a number of times, which is absent if the series has no end.
    Every(i64, Option<i64>),
}

impl Series {
    /// The series that a text asks for. `None` if the text asks for no series.
    pub(super) fn of(meaning: &Meaning, zone: &TimeZone) -> Option<Self> {
        let Meaning::Remind { due, .. } = meaning else { return None };
        let step = match *due {
            Due::In(_) | Due::At(_) => return None,
            Due::Each(rhythm, time) => Step::Days(rhythm, time),
            Due::Every(minutes, bound) => {
                let times = match bound {
                    Bound::None => None,
                    Bound::Times(times) => Some(i64::from(times)),
                    Bound::Hours(hours) => Some(hours * 60 / minutes),
                };
                Step::Every(minutes * MINUTE_MS, times)
            }
        };
        Some(Self { step, zones: Vec::new() }.read_in(zone))
    }

    /// The same series from a later due on: the dues before it no longer count.
    pub(super) fn from(&self, first_ms: i64, due_ms: i64) -> Self {
        let mut later = self.clone();
        if let Step::Every(apart_ms, Some(times)) = &mut later.step {
            *times -= (due_ms - first_ms) / *apart_ms;
        }
        later
    }

    /// The same series, whose times are all read in one zone.
    pub(super) fn read_in(self, zone: &TimeZone) -> Self {
        Self { zones: vec![Reading { from_ms: i64::MIN, first_ms: i64::MIN, zone: zone.clone() }], ..self }
    }

    /// The zone of its last correction, or its original zone if there is no correction.
    pub(super) fn zone(&self) -> Option<&TimeZone> {
        self.zones.last().map(|reading| &reading.zone)
    }

    /// Whether its times were read in another zone before. Then the dues that earlier answers named are in other zones.
    pub(super) fn has_moved(&self) -> bool {
        self.zones.len() > 1
    }

    /// Whether an occurrence may still be tried when the next is due: the calls of an occurrence and its text take
    /// up to the maximum lateness and the time of the last call.
    pub(super) fn is_fast(&self) -> bool {
        matches!(self.step, Step::Every(apart_ms, _) if apart_ms <= LATEST_MS)
    }

    /// Whether its times are times of day. A correction of the zone moves only these: "every 15 minutes" does not
    /// depend on a zone.
    pub(super) fn is_local(&self) -> bool {
        matches!(self.step, Step::Days(..))
    }

    /// Reads its times in another zone from an instant on. `first_ms` is the first due in that zone, if the answer
    /// stated one. A series with an interval does not change.
    pub(super) fn correct(&mut self, from_ms: i64, first_ms: Option<i64>, zone: &TimeZone) {
        if self.is_local() {
            self.zones.push(Reading { from_ms, first_ms: first_ms.unwrap_or(i64::MIN), zone: zone.clone() });
        }
    }

    /// The due after `due_ms` of the series that is due first at `first_ms`. `None` after the last due.
    pub(super) fn next(&self, first_ms: i64, due_ms: i64) -> Option<i64> {
        match self.step {
            Step::Every(apart_ms, times) => {
                let dues_so_far = due_ms.saturating_sub(first_ms) / apart_ms + 1;
                times.is_none_or(|times| dues_so_far < times).then(|| due_ms.saturating_add(apart_ms))
            }
            Step::Days(rhythm, time) => Some(self.first_of_days(rhythm, time, due_ms)),
        }
    }

    /// The first due after an instant, read in another zone. `i64::MAX` for a series with an interval, whose dues do not
    /// depend on a zone.
    pub(super) fn first_in(&self, zone: &TimeZone, after_ms: i64) -> i64 {
        match self.step {
            Step::Days(rhythm, time) => first_after(after_ms, rhythm, time, zone),
            Step::Every(..) => i64::MAX,
        }
    }

    /// The last due up to an instant, or the first due if the instant is before it. `stated_ms` is the first due that
    /// an answer stated.
    pub(super) fn current(&self, stated_ms: i64, at_ms: i64) -> i64 {
        let first_ms = self.corrected_first(stated_ms);
        if let Step::Every(apart_ms, times) = self.step {
            let intervals = (at_ms.saturating_sub(first_ms) / apart_ms).max(0);
            return first_ms + times.map_or(intervals, |times| intervals.min(times - 1)) * apart_ms;
        }
        let mut due_ms = first_ms;
        while let Some(next_ms) = self.next(first_ms, due_ms).filter(|next_ms| *next_ms <= at_ms) {
            due_ms = next_ms;
        }
        due_ms
    }

    /// The last due up to an instant, even if it is before `stated_ms`. A due is before `stated_ms` if the first answer
    /// about the series gave only its reminder's number, so that the first stated due is that in the answer to a later
    /// RESUME. For a series at times of day, such an earlier due is not computed: the instant itself is returned.
    pub(super) fn last_up_to(&self, stated_ms: i64, at_ms: i64) -> i64 {
        let first_ms = self.corrected_first(stated_ms);
        match self.step {
            _ if first_ms <= at_ms => self.current(stated_ms, at_ms),
            Step::Every(apart_ms, _) => first_ms + (at_ms - first_ms).div_euclid(apart_ms) * apart_ms,
            Step::Days(..) => at_ms,
        }
    }

    /// The first due. An answer stated it as `stated_ms`. Each correction of the zone that came before the first due
    /// moves it. The next correction is compared with the moved due.
    pub(super) fn corrected_first(&self, stated_ms: i64) -> i64 {
        let Step::Days(rhythm, time) = self.step else { return stated_ms };
        self.zones[1..].iter().fold(stated_ms, |first_ms, reading| {
            let is_before = reading.from_ms < first_ms;
            if is_before { reading.first_after(reading.from_ms, rhythm, time) } else { first_ms }
        })
    }

    fn first_of_days(&self, rhythm: Rhythm, time: Time, due_ms: i64) -> i64 {
        let mut next = i64::MAX;
        for reading in &self.zones {
            if reading.from_ms < next {
                next = reading.first_after(due_ms.max(reading.from_ms), rhythm, time);
            }
        }
        next
    }
}

impl Reading {
    fn first_after(&self, after_ms: i64, rhythm: Rhythm, time: Time) -> i64 {
        first_after(after_ms.max(self.first_ms.saturating_sub(1)), rhythm, time, &self.zone)
    }
}

/// When the first occurrence that a text asks for may be due: windows for each of its deliveries, in each zone that the
/// person may be in.
pub(super) fn meant(text: &PersonText<'_>, zones: &[TimeZone]) -> Vec<Window> {
    let mut windows = Vec::new();
    for handed_ms in &text.handed {
        meant_at(text.meaning, *handed_ms, zones, &mut windows);
    }
    if text.is_key() {
        // A key that snoozes counts its minutes from an instant that is not rounded, but the answer states the due
        // without fractions of a second. The function reads that instant from its clock at most one run after the key
        // was posted.
        for window in &mut windows {
            (window.from_ms, window.to_ms) = (window.from_ms - SECOND_MS, window.to_ms + RUN_MS);
        }
    }
    windows
}

fn meant_at(meaning: &Meaning, handed_ms: i64, zones: &[TimeZone], windows: &mut Vec<Window>) {
    let (rhythm, time) = match meaning {
        Meaning::Remind { due: Due::In(minutes) | Due::Every(minutes, _), .. }
        | Meaning::Move(_, minutes)
        | Meaning::Snooze(minutes) => {
            let due_ms = handed_ms + minutes * MINUTE_MS;
            windows.push(Window { from_ms: due_ms - CLOCK_MS, to_ms: due_ms + CLOCK_MS + SECOND_MS });
            return;
        }
        Meaning::Remind { due: Due::At(time), .. } => (Rhythm::Day, *time),
        Meaning::Remind { due: Due::Each(rhythm, time), .. } => (*rhythm, *time),
        _ => return,
    };
    for zone in zones {
        let at = |from_ms| Window::at(first_after(from_ms, rhythm, time, zone));
        windows.extend([at(handed_ms - CLOCK_MS), at(handed_ms + CLOCK_MS + SECOND_MS)]);
    }
}

/// The due of a one-off after a correction of its zone: the same local time on the same day in the new zone. If that
/// instant has passed, the due does not change.
pub(super) fn in_zone(due_ms: i64, old: &TimeZone, new: &TimeZone, now_ms: i64) -> i64 {
    let moved_ms = new.to_timestamp(old.to_datetime(instant(due_ms))).map_or(due_ms, Timestamp::as_millisecond);
    if moved_ms > now_ms { moved_ms } else { due_ms }
}

/// The first occurrence after this instant.
pub(super) fn first_after(after_ms: i64, rhythm: Rhythm, time: Time, zone: &TimeZone) -> i64 {
    let mut date = date_of(after_ms, zone);
    // Eight days contain every weekday after the given instant.
    for _ in 0..8 {
        let due_ms = on(date, time, zone);
        let fits = rhythm == Rhythm::Day || !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        if fits && due_ms > after_ms {
            return due_ms;
        }
        date = date.checked_add(1.day()).unwrap_or(Date::MAX);
    }
    i64::MAX
}

/// The local date at an instant.
pub(super) fn date_of(at_ms: i64, zone: &TimeZone) -> Date {
    zone.to_datetime(instant(at_ms)).date()
}

/// The instant of a local time. A local time in a gap is moved forward. In a fold, the earlier instant is returned.
fn on(date: Date, time: Time, zone: &TimeZone) -> i64 {
    zone.to_timestamp(date.to_datetime(time)).map_or(i64::MAX, Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn ms(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn remind(due: Due) -> Meaning {
        Meaning::Remind { task: "x".to_owned(), due }
    }

    #[test]
    fn a_series_of_days_goes_on_in_the_corrected_zone() {
        let (new_york, los_angeles) = (zone("America/New_York"), zone("America/Los_Angeles"));
        let each = remind(Due::Each(Rhythm::Day, Time::constant(8, 0, 0, 0)));
        let mut series = Series::of(&each, &new_york).unwrap();
        let first = ms("2027-03-01T13:00:00Z");
        assert_eq!(series.next(first, first), Some(ms("2027-03-02T13:00:00Z")));
        series.correct(ms("2027-03-01T12:00:00Z"), None, &los_angeles);
        assert_eq!(series.corrected_first(first), ms("2027-03-01T16:00:00Z"));
        assert_eq!(series.next(first, ms("2027-03-01T16:00:00Z")), Some(ms("2027-03-02T16:00:00Z")));
    }

    #[test]
    fn a_series_with_an_interval_ends_after_its_number_of_times() {
        let new_york = zone("America/New_York");
        for (bound, times) in [(Bound::Times(3), 3), (Bound::Hours(1), 4), (Bound::None, 100)] {
            let series = Series::of(&remind(Due::Every(15, bound)), &new_york).unwrap();
            let dues = std::iter::successors(Some(0), |due| series.next(0, *due)).take(100);
            assert_eq!(dues.count(), times, "{bound:?}");
        }
    }

    #[test]
    fn a_one_off_moves_with_its_zone_unless_its_new_time_has_passed() {
        let (new_york, tokyo) = (zone("America/New_York"), zone("Asia/Tokyo"));
        let due = ms("2027-03-01T22:00:00Z");
        assert_eq!(in_zone(due, &new_york, &zone("America/Chicago"), 0), ms("2027-03-01T23:00:00Z"));
        assert_eq!(in_zone(due, &new_york, &tokyo, ms("2027-03-01T12:00:00Z")), due);
    }
}
