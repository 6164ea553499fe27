//! A rule and its parts, named after the parts of an RFC 5545 rule.

use crate::zone::wall_clock;
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};

/// An RFC 5545 recurrence rule together with its start.
///
/// Start and dates are wall-clock times without a zone; the reminder's zone is given when an instant is asked for, so
/// that "every day at 9" is at 9 in winter and in summer. A rule is shown and parsed as two lines:
///
/// ```
/// let rule: language::Rule = "DTSTART:20270314T183000\nRRULE:FREQ=WEEKLY;BYDAY=MO".parse()?;
/// assert_eq!(rule.to_string(), "DTSTART:20270314T183000\nRRULE:FREQ=WEEKLY;BYDAY=MO");
/// # Ok::<(), language::ParseRuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub(crate) start: DateTime,
    pub(crate) pattern: Box<Pattern>,
}

/// A rule without its start. An empty list allows any value. If the frequency needs a value, as a monthly rule needs a
/// day, it is the start's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) frequency: Frequency,
    /// The number of periods from one period in which the rule rings to the next such period: 2 for every other week.
    /// At least 1.
    pub(crate) interval: u32,
    pub(crate) months: Vec<i8>,
    pub(crate) weeks: Vec<i8>,
    pub(crate) year_days: Vec<i16>,
    /// Days of the month, counted from the month's end if negative.
    pub(crate) month_days: Vec<i8>,
    pub(crate) weekdays: Vec<NthWeekday>,
    /// Positions among the dates of each period, counted from the last date if negative (BYSETPOS).
    pub(crate) positions: Vec<i8>,
    pub(crate) hours: Vec<i8>,
    pub(crate) minutes: Vec<i8>,
    pub(crate) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Frequency {
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A weekday: every such day if `nth` is 0, otherwise the nth of its month or year, counted from the end if negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NthWeekday {
    pub(crate) nth: i8,
    pub(crate) weekday: Weekday,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Never,
    /// After a number of times, including the first.
    Count(u32),
    /// After this day, which is still included.
    Until(Date),
}

/// Maximum number of times after which a rule may end. The limit keeps the counting of the times quick.
pub(crate) const MOST_TIMES: u32 = 10_000;

impl Pattern {
    pub(crate) fn every(interval: u32, frequency: Frequency) -> Pattern {
        Pattern {
            frequency,
            interval: interval.max(1),
            months: Vec::new(),
            weeks: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            positions: Vec::new(),
            hours: Vec::new(),
            minutes: Vec::new(),
            end: End::Never,
        }
    }

    /// Whether the pattern counts hours or minutes that pass, rather than times that clocks show.
    pub(crate) fn counts_elapsed_time(&self) -> bool {
        self.frequency < Frequency::Daily && self.hours.is_empty()
    }

    /// Whether the rule's times do not depend on the day on which it starts: it rings in each period, on days that it
    /// says itself, any number of times.
    pub(crate) fn is_same_from_every_start(&self) -> bool {
        let says_days = !(self.weekdays.is_empty() && self.month_days.is_empty() && self.year_days.is_empty());
        let is_counted = matches!(self.end, End::Count(_));
        self.interval == 1 && !is_counted && (self.frequency == Frequency::Daily || says_days)
    }

    /// Returns the time from one step to the next of a rule of hours or minutes, in minutes.
    pub(crate) fn step_minutes(&self) -> i64 {
        let unit = if self.frequency == Frequency::Minutely { 1 } else { 60 };
        unit * i64::from(self.interval)
    }
}

impl Rule {
    /// Returns a rule that counts hours or minutes that pass, and whose next time is `first`. When clocks are set back,
    /// they show an hour twice, and a rule's start means the first of the two. So if `first` is in the second of the
    /// two hours, the rule starts at the last step before that hour, and its number of times includes the extra steps.
    pub(crate) fn counting_from(first: Timestamp, pattern: &Pattern, zone: &TimeZone) -> Rule {
        let earlier = |(steps, at): &(u32, Timestamp)| {
            Some((steps + 1, at.checked_sub(SignedDuration::from_mins(pattern.step_minutes())).ok()?))
        };
        let is_clear = |at: Timestamp| {
            let clock = zone.to_datetime(at);
            wall_clock(clock.date(), clock.time(), zone) == Some(at)
        };
        let mut steps = std::iter::successors(Some((0, first)), earlier);
        let (before, start) = steps.find(|(_, at)| is_clear(*at)).unwrap_or((0, first));
        let end = match pattern.end {
            End::Count(times) => End::Count(times.saturating_add(before).min(MOST_TIMES)),
            end @ (End::Never | End::Until(_)) => end,
        };
        Rule { start: zone.to_datetime(start), pattern: Box::new(Pattern { end, ..pattern.clone() }) }
    }

    /// Returns the wall-clock time at which the rule starts.
    #[must_use]
    pub fn start(&self) -> DateTime {
        self.start
    }

    /// Whether the rule counts hours or minutes that pass. Then its times are the same instants in every zone, once it
    /// has started.
    #[must_use]
    pub fn counts_elapsed_time(&self) -> bool {
        self.pattern.counts_elapsed_time()
    }

    /// Returns a rule that counts hours or minutes that pass, from its occurrence at `due` on. Its last time, such as
    /// 6 PM in "every 30 minutes until 6 PM", was on the clocks of `from`, and is now on the clocks of `to`. If that
    /// time has passed on the clocks of `to`, `due` is the last time. Any other rule is returned unchanged.
    #[must_use]
    pub fn ending_in(&self, to: &TimeZone, from: &TimeZone, due: Timestamp) -> Rule {
        if !self.counts_elapsed_time() {
            return self.clone();
        }
        let mut pattern = Pattern::clone(&self.pattern);
        if let End::Count(times) = pattern.end {
            let step_s = 60 * pattern.step_minutes();
            let from_start = |n: i64| SignedDuration::from_secs(n.saturating_mul(step_s));
            let last = wall_clock(self.start.date(), self.start.time(), from)
                .and_then(|first| first.checked_add(from_start(i64::from(times) - 1)).ok())
                .map(|last| from.to_datetime(last))
                .and_then(|last| wall_clock(last.date(), last.time(), to));
            let more = last.map_or(0, |last| last.duration_since(due).as_secs().div_euclid(step_s).max(0));
            pattern.end = End::Count(u32::try_from(more + 1).unwrap_or(MOST_TIMES).min(MOST_TIMES));
        }
        Rule::counting_from(due, &pattern, to)
    }

    /// Returns the rule's RFC 5545 line without its start: `FREQ=WEEKLY;BYDAY=MO`.
    #[must_use]
    pub fn rrule(&self) -> String {
        self.pattern.to_string()
    }
}
