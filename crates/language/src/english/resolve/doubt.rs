//! Pieces of time that were found and not taken, and that may belong to the time of the reminder.

use crate::{
    english::{
        grammar::{
            clock::{Clock, Meridiem},
            dates::{
                calendar,
                day::{Day, IfPast},
            },
            piece::{FoundPiece, Piece},
            recurrence::every::{Dates, Every},
            request_words::{self, PreferredHalf, RequestWords},
        },
        resolve::{self, residue, resolved::Resolved, time_spec::TimeSpec},
        text::{
            reader::{Reader, Sender},
            word::{DayPart, Word},
        },
    },
    rule::Frequency,
};
use jiff::civil::{Date, DateTime};

/// Whether a piece bounds a rule: "from monday", "to friday", "for 5 days".
pub(super) fn is_bound(found: &&FoundPiece) -> bool {
    matches!(&found.piece, Piece::Start(_) | Piece::Until(_))
        || matches!(&found.piece, Piece::Lasting(amount) if amount.is_of_days())
}

/// Returns the rule that a text may mean instead of the time that was taken.
pub(super) fn meant(r: &Reader, taken: &TimeSpec, bounds: &[(usize, Piece)], consumed: &[bool]) -> Option<TimeSpec> {
    as_series(taken, bounds, consumed).or_else(|| in_waking_hours(taken, r))
}

/// Whether a time is doubtful in every text that says it.
pub(super) fn is_doubtful(said: &TimeSpec) -> bool {
    said.mismatch.is_some()
        || said.every.as_ref().is_some_and(|every| every.dates == Dates::InNoRule)
        || is_rule_in_part_of_day(said)
        || contradicts_evening(said)
}

/// Returns the place of "either" directly before times that "or" joins: "either friday or saturday".
fn choice(r: &Reader, consumed: &[bool]) -> Option<usize> {
    (0..r.len()).find(|either| {
        let behind = (either + 1..r.len()).find(|at| !consumed[*at]).unwrap_or(r.len());
        r.spelling(*either) == "either" && (either + 1..behind).any(|at| r.word(at) == Word::Or)
    })
}

/// Whether "either" stands before times that "or" joins. Marks it, and a preposition before it, as words that say the
/// time. If the choice is what the sender tells or asks
/// another person, returns its tokens to the task: "ask Ann if either friday or saturday works".
pub(super) fn take_choice(r: &Reader, consumed: &mut [bool]) -> bool {
    let Some(either) = choice(r, consumed) else { return false };
    let behind = (either + 1..r.len()).find(|at| !consumed[*at]).unwrap_or(r.len());
    let is_told = either > 0 && matches!(r.spelling(either - 1), "if" | "whether" | "that")
        || matches!(
            r.spelling(behind),
            "works" | "work" | "is" | "are" | "would" | "will" | "can" | "suits" | "suit" | "fits" | "fit" | "sounds"
        );
    if is_told {
        consumed[either..behind].fill(false);
        return true;
    }
    let is_led = matches!(r.word_before(either), Some(Word::On | Word::At | Word::By | Word::For | Word::In));
    consumed[if is_led { either - 1 } else { either }..behind].fill(true);
    true
}

/// Returns the time with the first day of a range, if the last day was taken: "june 3rd to 5th", "3rd to 5th of june".
pub(super) fn from_first_day(r: &Reader, taken: &TimeSpec, days: &[(usize, Day)], said: &[bool]) -> Option<TimeSpec> {
    let is_first = |(start, _): &&(usize, Day)| !said[*start] && residue::begins_range(r, said, *start);
    let (start, first) = days.iter().find(is_first).filter(|_| taken.every.is_none())?;
    let (_, last) = days.iter().find(|(at, _)| at > start && said[*at])?;
    let date = match (first.if_past, last.if_past) {
        (IfPast::Monthly, IfPast::Yearly) => Date::new(last.date.year(), last.date.month(), first.date.day()).ok()?,
        (IfPast::Monthly, IfPast::Monthly) if first.date > last.date => return None,
        _ => first.date,
    };
    Some(TimeSpec { days: vec![Day { date, ..*first }], ..taken.clone() })
}

/// Returns each of several days or times of day by itself.
pub(super) fn each_alone(taken: &TimeSpec, sender: &Sender) -> Vec<TimeSpec> {
    // Three or more weekdays were read as a rule.
    if let (Some(every), []) = (&taken.every, taken.days.as_slice())
        && every.pattern.frequency == Frequency::Weekly
    {
        let coming = every.pattern.weekdays.iter().filter_map(|nth| calendar::after(sender.today(), nth.weekday));
        let mut dates: Vec<Date> = coming.collect();
        dates.sort_unstable();
        let on = |date| TimeSpec { every: None, days: vec![Day::recurring(date, IfPast::Weekly)], ..taken.clone() };
        return dates.into_iter().map(on).collect();
    }
    let first = TimeSpec { also: Vec::new(), ..taken.clone() };
    let mut all: Vec<TimeSpec> = if taken.days.len() > 1 {
        taken.days.iter().map(|day| TimeSpec { days: vec![*day], ..first.clone() }).collect()
    } else if taken.clocks.len() > 1 {
        taken.clocks.iter().map(|clock| TimeSpec { clocks: vec![*clock], ..first.clone() }).collect()
    } else {
        vec![first]
    };
    all.extend(taken.also.iter().cloned());
    all
}

/// Returns a rule of hours or minutes with an end in the evening, if the text limits it to weekdays that come later or
/// to several days, and does not say when it ends: "every 2 hours on mondays", "every hour this weekend". Without these
/// hours, it would ring in the night.
fn in_waking_hours(taken: &TimeSpec, r: &Reader) -> Option<TimeSpec> {
    let pattern = &taken.every.as_ref()?.pattern;
    let today = r.sender.today().weekday();
    let begins = taken.clocks.len() == 1 && taken.range_end.is_none();
    let on_weekdays = !pattern.weekdays.is_empty()
        && pattern.weekdays.iter().all(|nth| nth.weekday != today)
        && taken.days.is_empty();
    let has_end = taken.until.is_some() || taken.lasting.is_some() || taken.count.is_some();
    let lasts_days = |day: &Day| day.last_date().is_some_and(|last| last > day.date);
    let on_several_days = taken.days.len() == 1 && taken.days.iter().all(lasts_days) && !has_end;
    let is_open = pattern.frequency < Frequency::Daily
        && (on_weekdays || on_several_days)
        && taken.start.is_none()
        && taken.until_time.is_none()
        && (says_no_hour(taken) || begins && taken.part.is_none());
    let clocks = if begins { taken.clocks.clone() } else { vec![Clock::known(9, 0)] };
    is_open.then(|| TimeSpec { clocks, range_end: Some(Clock::known(21, 0)), ..taken.clone() })
}

/// Returns the time as a rule of days, if the text bounds a rule that it does not name: "from monday to friday at 7",
/// "at 9 for 5 days".
fn as_series(said: &TimeSpec, bounds: &[(usize, Piece)], consumed: &[bool]) -> Option<TimeSpec> {
    let is_range = bounds.iter().any(|(_, piece)| matches!(piece, Piece::Start(_)))
        && bounds.iter().any(|(_, piece)| matches!(piece, Piece::Until(_)));
    // "Rent a car for 3 days, call at 4" is no series.
    let touches = |start: usize| (start.saturating_sub(2)..start).any(|at| consumed[at]);
    let lasts =
        |(start, piece): &(usize, Piece)| matches!(piece, Piece::Lasting(_)) && !consumed[*start] && touches(*start);
    let is_series = said.every.is_none()
        && said.from_now.is_none()
        && said.offset.is_none()
        && !said.clocks.is_empty()
        && (is_range || bounds.iter().any(lasts));
    if !is_series {
        return None;
    }
    let mut series = TimeSpec { every: Some(Every::new(1, Frequency::Daily)), ..said.clone() };
    bounds.iter().for_each(|(_, piece)| series.add(piece));
    Some(series)
}

/// Returns when a reminder that is due once is due, on the sender's clock.
pub(super) fn due(said: &TimeSpec, sender: &Sender, preferred_half: PreferredHalf) -> Option<DateTime> {
    let Resolved::Times(times) = resolve::resolve(said, sender, preferred_half) else { return None };
    let [(due, None)] = times.as_slice() else { return None };
    Some(sender.zone.to_datetime(*due))
}

/// Whether the text says no time of day.
pub(super) fn says_no_hour(said: &TimeSpec) -> bool {
    said.clocks.is_empty()
        && said.part.is_none()
        && said.from_now.is_none()
        && said.offset.is_none()
        && said.every.as_ref().is_none_or(|every| every.pattern.hours.is_empty() && every.part.is_none())
}

/// Whether a rule of months or years, or the text beside it, names no day.
pub(super) fn lacks_days(said: &TimeSpec) -> bool {
    said.days.is_empty()
        && said.every.as_ref().is_some_and(|every| {
            every.pattern.frequency >= Frequency::Monthly
                && every.pattern.weekdays.is_empty()
                && every.pattern.month_days.is_empty()
                && every.pattern.year_days.is_empty()
        })
}

/// Whether a text is about a range of days and says no time of day: "on vacation from monday to friday". Beside another
/// time, it says when something else is.
pub(super) fn is_range_of_days(r: &Reader, said: &TimeSpec) -> bool {
    let to = |at: usize| matches!(r.word(at), Word::To | Word::Until | Word::Through | Word::Mark(b'-'));
    let is_day = |at: usize| matches!(r.word(at), Word::Weekday(..) | Word::NthSuffix | Word::Month(..));
    says_no_hour(said) && (1..r.len()).any(|at| to(at) && is_day(at - 1) && (at + 1..at + 5).any(is_day))
}

/// Whether the time that was taken stands with words of its own before the request, which has another time of day:
/// "flight at 6:30am saturday remind me to leave at 4".
pub(super) fn is_before_request(r: &Reader, request_words: &RequestWords, said: &[bool], left: Option<usize>) -> bool {
    let Some((start, end)) = request_words.spans.first().copied() else { return false };
    let Some(first) = said.iter().position(|said| *said) else { return false };
    left.is_some_and(|left| left >= end)
        && !said[end..].contains(&true)
        && (request_words::skip_polite(r, 0)..first.min(start)).any(|at| r.word(at) == Word::Other)
}

/// Whether the text names a rule and a range of times of day, or a rule of hours or minutes and several days: "every 20
/// minutes from 8:30 to 12:30", "today and tomorrow every hour".
pub(super) fn limits_rule(said: &TimeSpec) -> bool {
    said.every.as_ref().is_some_and(|every| {
        said.range_end.is_some() || every.pattern.frequency < Frequency::Daily && said.days.len() > 1
    })
}

/// Whether the text names a rule of hours or minutes and a part of the day, whose end it does not say: "every hour
/// tomorrow afternoon".
fn is_rule_in_part_of_day(said: &TimeSpec) -> bool {
    said.part.is_some() && said.every.as_ref().is_some_and(|every| every.pattern.frequency < Frequency::Daily)
}

/// Whether a time of day in the morning stands beside an evening: in "sunday night before monday 8am", it is of Monday.
fn contradicts_evening(said: &TimeSpec) -> bool {
    let is_evening = |day: &Day| matches!(day.part, Some(DayPart::Evening | DayPart::Night));
    said.days.iter().any(is_evening)
        && said.clocks.iter().any(|clock| clock.meridiem == Meridiem::Known && (5..=12).contains(&clock.hour))
}

/// Whether the text names no day.
pub(super) fn leaves_day_open(said: &TimeSpec) -> bool {
    said.days.is_empty() && said.from_now.is_none() && said.every.is_none() && said.start.is_none()
}

/// Whether a time of day that was not taken may be the time of the reminder: in a text without request words beside
/// another that was ("take 2 at 8 and 1 at noon"), or beside a rule without a time ("take my 5pm pill every day").
pub(super) fn takes_clock(said: &TimeSpec, request_words: &RequestWords) -> bool {
    let is_rule_alone = said.every.as_ref().is_some_and(|every| every.part.is_none() && every.pattern.hours.is_empty())
        && said.clocks.is_empty()
        && said.part.is_none();
    request_words.spans.is_empty() && !said.clocks.is_empty() || is_rule_alone
}
