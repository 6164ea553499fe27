//! Resolves the time of reminders that are due once.

use crate::{
    due_basis::DueBasis,
    english::{
        grammar::{
            amount::Amount,
            clock::{Clock, Meridiem},
            dates::day::{Day, Grain, IfPast},
            day_part,
            request_words::PreferredHalf,
        },
        resolve::{
            meridiem::{self, SettledTime},
            resolved::{DEFAULT_TIME, MOST_TIMES, Resolved},
            time_spec::TimeSpec,
        },
        text::{reader::Sender, word::DayPart},
    },
    zone::wall_clock,
};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
};

const WEEKEND_TIME: Time = Time::constant(10, 0, 0, 0);

/// Words such as "today" and "this week" mean the first of these times that is more than [`NOT_AT_ONCE`] away.
const LATER_TODAY: [Time; 6] = [
    Time::constant(9, 0, 0, 0),
    Time::constant(12, 0, 0, 0),
    Time::constant(15, 0, 0, 0),
    Time::constant(18, 0, 0, 0),
    Time::constant(20, 0, 0, 0),
    Time::constant(21, 0, 0, 0),
];

/// "Today" never means an instant that is as near as this.
const NOT_AT_ONCE: SignedDuration = SignedDuration::from_mins(20);

/// If no time of [`LATER_TODAY`] is left, "today" means this long from now.
const LATE_TODAY: SignedDuration = SignedDuration::from_hours(1);

/// Hours at which people are awake. "In 3 weeks" keeps the time of day if its hour is in this range.
const WAKING: std::ops::Range<i8> = 8..22;

/// Returns whether the times of `spec` depend on the sender's zone. They do not if the text names a zone, or if they
/// count from now. "Every 30 minutes until 6 PM" counts from now, but ends on the sender's clock.
pub(crate) fn basis(spec: &TimeSpec, sender: &Sender) -> DueBasis {
    let says_time = !spec.clocks.is_empty() || spec.part.is_some();
    let says_day = !spec.days.is_empty() || spec.start.is_some();
    let counts_from_now = match (&spec.every, &spec.from_now) {
        (Some(every), _) => every.pattern.counts_elapsed_time() && !says_time && !says_day,
        // "In 3 days" keeps the time of day, unless people are asleep then.
        (None, Some(amount)) if amount.is_of_days() => !says_time && WAKING.contains(&sender.clock.hour()),
        (None, Some(_)) => true,
        (None, None) => false,
    };
    match (&spec.zone, counts_from_now, &spec.until_time) {
        (Some(_), ..) | (None, true, None) => DueBasis::Fixed,
        (None, true, Some(_)) => DueBasis::LocalEnd,
        (None, false, _) => DueBasis::LocalClock,
    }
}

pub(crate) fn single(spec: &TimeSpec, sender: &Sender, preferred_half: PreferredHalf) -> Resolved {
    if let Some(day) = after_begun_day(spec, sender) {
        let resolved = single(&TimeSpec { days: vec![day], offset: None, ..spec.clone() }, sender, preferred_half);
        let is_on_day = |due: &Timestamp| day.date > sender.today() || sender.zone.to_datetime(*due).date() == day.date;
        if let Resolved::Times(times) = &resolved
            && times.iter().all(|(due, _)| is_on_day(due))
        {
            return resolved;
        }
    }
    let mut instants = Vec::with_capacity(1);
    let mut gone_by = None;
    let offset = spec.offset.unwrap_or_default();
    let bases = match bases(spec, sender, preferred_half) {
        Ok(bases) => bases,
        Err(resolved) => return resolved,
    };
    for base in bases {
        let Some(due) = offset.after(base, &sender.zone) else { return Resolved::TooFar };
        if due > sender.now {
            instants.push((due, None));
        } else {
            gone_by = Some(due);
        }
    }
    instants.sort_unstable_by_key(|(due, _)| *due);
    instants.dedup();
    match gone_by {
        Some(due) if instants.is_empty() => Resolved::Past(due),
        _ => Resolved::Times(instants),
    }
}

/// Returns the instants that the text names, before an offset such as "15 minutes before" is applied. They may have
/// passed.
fn bases(spec: &TimeSpec, sender: &Sender, preferred_half: PreferredHalf) -> Result<Vec<Timestamp>, Resolved> {
    if let Some(amount) = spec.from_now {
        return from_now(&amount, spec, sender, preferred_half).map(|due| vec![due]).ok_or(Resolved::TooFar);
    }
    let days: Vec<Option<Day>> =
        if spec.days.is_empty() { vec![spec.start] } else { spec.days.iter().copied().map(Some).collect() };
    let mut bases = Vec::with_capacity(1);
    let clocks = across_noon(&spec.clocks).ok_or(Resolved::Nothing)?;
    // "One hour from Thursday" counts from midnight.
    let from_midnight = spec.from_midnight && spec.part.is_none() && spec.clocks.is_empty();
    for day in days {
        if let (Some(day), true) = (day, from_midnight) {
            bases.extend(wall_clock(day.date, Time::midnight(), &sender.zone));
        } else if spec.clocks.is_empty() {
            bases.extend(without_clock(day, spec.part, sender));
        }
        for clock in &clocks {
            bases.extend(with_clock(day, *clock, spec.part.map(|(part, _)| part), sender, preferred_half));
        }
    }
    bases.truncate(MOST_TIMES);
    Ok(bases)
}

/// Settles times in a row that go past noon or midnight: "at 8, 2 and 8" is 8 AM, 2 PM and 8 PM. Returns other times
/// unchanged. `None` if three or more times have no such order.
fn across_noon(clocks: &[Clock]) -> Option<Vec<Clock>> {
    let hours = |clock: &Clock| (clock.hour % 12, clock.minute);
    // "6 and 6" are the two halves of the day.
    if let [first, second] = clocks
        && first == second
        && first.meridiem == Meridiem::Open
    {
        return Some(vec![first.in_morning(), second.in_afternoon()]);
    }
    let goes_on = clocks.windows(2).all(|pair| hours(&pair[0]) < hours(&pair[1]));
    if goes_on || !clocks.iter().any(|clock| clock.meridiem == Meridiem::Open) {
        return Some(clocks.to_vec());
    }
    let settle = |clock: Clock| match clock.meridiem {
        Meridiem::Known => clock.time(),
        Meridiem::Open => Some(meridiem::on_a_day(clock, PreferredHalf::None)?.time),
    };
    let times = meridiem::in_sequence(clocks, settle);
    let in_order = times.len() == clocks.len() && times.windows(2).all(|pair| pair[0] < pair[1]);
    if in_order {
        let settled = |(clock, time): (&Clock, Time)| Clock { hour: time.hour(), meridiem: Meridiem::Known, ..*clock };
        return Some(clocks.iter().zip(times).map(settled).collect());
    }
    (clocks.len() < 3).then(|| clocks.to_vec())
}

/// Returns the day that is some days after a named day, if the named day has come and the day after it has not: "2 days
/// after christmas", said on December 26. The day after may be today if the text names a time.
fn after_begun_day(spec: &TimeSpec, sender: &Sender) -> Option<Day> {
    let offset = spec.offset.filter(|offset| offset.is_of_days() && offset.duration() > SignedDuration::ZERO)?;
    let [day] = spec.days.as_slice() else { return None };
    let last_year = day.in_year(day.date.year().checked_sub(1)?);
    let begun = last_year.into_iter().chain([day.date]).filter(|date| *date <= sender.today());
    begun
        .filter_map(|date| Some(offset.after_clock(date.to_datetime(Time::midnight()))?.date()))
        .find(|due| *due > sender.today() || *due == sender.today() && !spec.clocks.is_empty())
        .map(Day::fixed)
}

fn from_now(amount: &Amount, spec: &TimeSpec, sender: &Sender, preferred_half: PreferredHalf) -> Option<Timestamp> {
    if !amount.is_of_days() {
        return amount.after(sender.now, &sender.zone);
    }
    let clock = amount.after_clock(sender.clock)?;
    let day = Day::fixed(clock.date());
    if let Some(at) = spec.clocks.first() {
        return with_clock(Some(day), *at, spec.part.map(|(part, _)| part), sender, preferred_half);
    }
    let time = match spec.part {
        Some((_, time)) => time,
        None if WAKING.contains(&clock.hour()) => clock.time(),
        None => DEFAULT_TIME,
    };
    wall_clock(clock.date(), time, &sender.zone)
}

/// Resolves a day, or a part of a day, without a time of day.
fn without_clock(day: Option<Day>, part: Option<(DayPart, Time)>, sender: &Sender) -> Option<Timestamp> {
    let said = part.map(|(_, time)| time);
    let Some(day) = day else {
        let (_, time) = part?;
        let today = wall_clock(sender.today(), time, &sender.zone)?;
        return if today > sender.now {
            Some(today)
        } else {
            wall_clock(sender.today().tomorrow().ok()?, time, &sender.zone)
        };
    };
    let named = day.part.map(day_part::usual_time);
    let default = if day.grain == Grain::Weekend { WEEKEND_TIME } else { DEFAULT_TIME };
    let time = said.or(named).unwrap_or(default);
    let date = match day.grain {
        // In the evening, "the weekend" means the next day: on Saturday it means Sunday.
        Grain::Weekend if day.date == sender.today() && sender.clock.time() > LATER_TODAY[3] => {
            sender.today().tomorrow().ok()?
        }
        Grain::Day | Grain::Week | Grain::Month | Grain::Year | Grain::Soon | Grain::Weekend => day.date,
    };
    if date > sender.today() {
        return wall_clock(date, time, &sender.zone);
    }
    let due = wall_clock(date, time, &sender.zone)?;
    let is_open = said.is_none() && named.is_none();
    match (due > sender.now, date == sender.today()) {
        (true, _) if !is_open || due.duration_since(sender.now) > NOT_AT_ONCE => Some(due),
        // The usual time has passed or is too near, so "today" or "tonight" means a later time of the day.
        (_, true) if is_open || matches!(day.part, Some(DayPart::Night)) && said.is_none() => left_of_today(sender),
        _ => Some(due),
    }
}

fn left_of_today(sender: &Sender) -> Option<Timestamp> {
    let soon = sender.now.checked_add(NOT_AT_ONCE).ok()?;
    LATER_TODAY
        .iter()
        .filter_map(|time| wall_clock(sender.today(), *time, &sender.zone))
        .find(|due| *due > soon)
        .or_else(|| sender.now.checked_add(LATE_TODAY).ok())
}

/// Resolves a time of day on a day. Without a day, this is the next instant at which the clocks show the time. If AM or
/// PM is open, people must be awake at that instant, unless the text is sent in the night.
fn with_clock(
    day: Option<Day>,
    clock: Clock,
    part: Option<DayPart>,
    sender: &Sender,
    preferred_half: PreferredHalf,
) -> Option<Timestamp> {
    let part = part.or(day.and_then(|day| day.part));
    let at = |date: Date, settled: SettledTime| {
        let date = if settled.next_day { date.tomorrow().ok()? } else { date };
        wall_clock(date, settled.time, &sender.zone)
    };
    let today = sender.today();
    let known = match (clock.meridiem, part) {
        (_, Some(part)) => meridiem::in_part(clock, part),
        (Meridiem::Known, None) => clock.time().map(|time| SettledTime { time, next_day: false }),
        (Meridiem::Open, None) => None,
    };
    match (day, known) {
        (Some(day), Some(settled)) => {
            // "Midnight" today means the coming midnight.
            let midnight = settled.time == Time::midnight() && day.date == today && day.grain == Grain::Day;
            let due = at(day.date, if midnight { SettledTime { next_day: true, ..settled } } else { settled })?;
            // "9am today" said at ten can only mean tomorrow.
            let fixed = day.if_past == IfPast::Fixed && day.grain == Grain::Day && day.date != today;
            if due > sender.now || fixed { Some(due) } else { at(next_day_meant(&day)?, settled) }
        }
        (Some(day), None) if day.date == today => {
            let soon = meridiem::later_today(clock, sender.clock.time(), preferred_half);
            match (soon, day.next()) {
                (Some(settled), _) => at(today, settled),
                (None, Some(next)) => at(next, meridiem::on_a_day(clock, preferred_half)?),
                (None, None) => at(today.tomorrow().ok()?, meridiem::tomorrow(clock, preferred_half)?),
            }
        }
        (Some(day), None) => at(day.date, meridiem::on_a_day(clock, preferred_half)?),
        (None, Some(settled)) => {
            // The time may still be in the current night.
            let begun = if settled.next_day { today.yesterday().ok()? } else { today };
            [begun, begun.tomorrow().ok()?, begun.checked_add(2.days()).ok()?]
                .into_iter()
                .filter_map(|date| at(date, settled))
                .find(|due| *due > sender.now)
        }
        (None, None) => meridiem::later_today(clock, sender.clock.time(), preferred_half)
            .and_then(|settled| at(today, settled))
            .filter(|due| *due > sender.now)
            .or_else(|| at(today.tomorrow().ok()?, meridiem::tomorrow(clock, preferred_half)?)),
    }
}

fn next_day_meant(day: &Day) -> Option<Date> {
    match day.grain {
        Grain::Soon | Grain::Weekend => day.date.tomorrow().ok(),
        Grain::Day if day.if_past == IfPast::Fixed => day.date.tomorrow().ok(),
        Grain::Day | Grain::Week | Grain::Month | Grain::Year => day.next().or(Some(day.date)),
    }
}
