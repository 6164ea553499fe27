//! The first time of a rule, and its end.

use crate::{
    english::{
        grammar::dates::day::{Day, Grain, IfPast},
        resolve::{resolved::Resolved, time_spec::TimeSpec},
        text::reader::Sender,
    },
    rule::{End, Frequency, Pattern, Rule},
    zone::wall_clock,
};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, DateTime, Time},
};

/// Sets the rule's end, if the text names an end. Returns `None` if that end lies beyond the calendar's last day.
pub(crate) fn set_end(spec: &TimeSpec, pattern: &mut Pattern, from: Date, sender: &Sender) -> Option<()> {
    if let Some(until) = spec.until {
        // "starting in april until march" ends in the March after that April, and "from monday to friday" on the Friday
        // after that Monday.
        let mut last = until.date;
        let is_yearly = matches!(until.if_past, IfPast::Yearly | IfPast::OnHoliday(_));
        let comes_again =
            is_yearly || until.grain == Grain::Month || spec.start.is_some() && until.if_past == IfPast::Weekly;
        while last < from && comes_again {
            let said = Day { date: last, ..until };
            last = said.next().or_else(|| last.checked_add(1.year()).ok())?;
        }
        pattern.end = End::Until(last);
    } else if let Some(lasting) = spec.lasting {
        let from = if spec.start.is_some() { from } else { sender.today() };
        pattern.end = End::Until(lasting.after_clock(from.to_datetime(sender.clock.time()))?.date());
    } else if let Some(count) = spec.count {
        pattern.end = End::Count(count);
    }
    Some(())
}

/// Returns the first time of a rule at or after the instant `first` and after now, with the rule. See [`first_time`].
pub(crate) fn first_after(pattern: &Pattern, first: Timestamp, sender: &Sender) -> Option<(Timestamp, Option<Rule>)> {
    if !pattern.counts_elapsed_time() {
        return first_time(pattern, sender.zone.to_datetime(first), sender);
    }
    let before = first.checked_sub(SignedDuration::from_nanos(1)).ok()?.max(sender.now);
    let due = Rule::counting_from(first, &endless(pattern), &sender.zone).next_after(before, &sender.zone)?;
    Some((due, Some(Rule::counting_from(due, pattern, &sender.zone))))
}

/// Returns the first time of a rule at or after `start` and after now, with the rule. The rule starts on the day of
/// that time, or at `start` if that day is not a day of the rule. But if `start` is today and the rule is the same from
/// every start, the rule starts yesterday: after a change of the zone, its first time may be on an earlier day.
pub(crate) fn first_time(pattern: &Pattern, start: DateTime, sender: &Sender) -> Option<(Timestamp, Option<Rule>)> {
    if pattern.counts_elapsed_time() {
        let first = wall_clock(start.date(), start.time(), &sender.zone)?;
        return first_after(pattern, first, sender);
    }
    let rule = Rule { start, pattern: Box::new(pattern.clone()) };
    let due = Rule { start, pattern: Box::new(endless(pattern)) }.next_after(sender.now, &sender.zone)?;
    let local = sender.zone.to_datetime(due);
    // If the clocks skip the first time, the rule keeps the time that was named.
    let time = if pattern.hours.is_empty() { start.time() } else { local.time() };
    let begun = Rule { start: local.date().to_datetime(time), ..rule.clone() };
    // If a zone skips a whole day, the first time is on the day after, which is not a day of the rule.
    let skipped = begun.next_after(sender.now, &sender.zone) != Some(due);
    let yesterday = sender.today().yesterday().ok();
    let is_free = start.date() == sender.today() && pattern.is_same_from_every_start();
    if let Some(yesterday) = yesterday.filter(|_| is_free && !skipped) {
        return Some((due, Some(Rule { start: yesterday.to_datetime(time), ..rule })));
    }
    Some((due, Some(if skipped { rule } else { begun })))
}

/// Returns the pattern by which the first time is found. It has no number of times, because times before now do not
/// count.
fn endless(pattern: &Pattern) -> Pattern {
    let says_days = !(pattern.weekdays.is_empty() && pattern.month_days.is_empty() && pattern.year_days.is_empty());
    Pattern {
        // "every other tuesday" starts on the next Tuesday. The steps of "every 30 minutes on weekdays" stay.
        interval: if says_days && pattern.frequency >= Frequency::Daily { 1 } else { pattern.interval },
        end: match pattern.end {
            End::Count(_) => End::Never,
            end @ (End::Never | End::Until(_)) => end,
        },
        ..pattern.clone()
    }
}

/// Returns why a rule has no first time: its end has passed or is not after its start, no day of it comes before its
/// end, or its day does not exist.
pub(crate) fn why_no_first_time(pattern: &Pattern, from: Date, time: Time, sender: &Sender) -> Resolved {
    match pattern.end {
        End::Until(day) => match wall_clock(day, time, &sender.zone) {
            Some(last) if last <= sender.now || day <= from => Resolved::Past(last.min(sender.now)),
            _ => Resolved::Nothing,
        },
        End::Never | End::Count(_) => Resolved::NoSuchDay,
    }
}
