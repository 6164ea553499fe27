//! From what is said about when to the instants it means.

use crate::{
    due_basis::DueBasis,
    english::{
        grammar::{
            amount::Amount,
            asking::Leaning,
            clock::{Clock, Half},
            dates::day::{Day, Grain, Roll},
            day_part,
        },
        resolve::{
            meridiem::{self, Settled},
            resolved::{DEFAULT_TIME, MOST_TIMES, Resolved},
            time_spec::When,
        },
        text::{reader::Here, word::Part},
    },
    zone::wall_clock,
};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
};

const WEEKEND_TIME: Time = Time::constant(10, 0, 0, 0);

/// "Today" and "this week" mean the first of these that is not just about to begin.
const LATER_TODAY: [Time; 6] = [
    Time::constant(9, 0, 0, 0),
    Time::constant(12, 0, 0, 0),
    Time::constant(15, 0, 0, 0),
    Time::constant(18, 0, 0, 0),
    Time::constant(20, 0, 0, 0),
    Time::constant(21, 0, 0, 0),
];

const NOT_AT_ONCE: SignedDuration = SignedDuration::from_mins(20);

const LATE_TODAY: SignedDuration = SignedDuration::from_hours(1);

/// "In 3 weeks" keeps the time of day, unless it is one to sleep at.
const WAKING: std::ops::Range<i8> = 8..22;

/// Whether the times that `when` comes to depend on the zone of `here`. They don't where a zone was named, nor where
/// they are counted from now.
pub(crate) fn basis(when: &When, here: &Here) -> DueBasis {
    let says_time = !when.clocks.is_empty() || when.part.is_some();
    let says_day = !when.days.is_empty() || when.start.is_some();
    let counts_from_now = match (&when.every, &when.from_now) {
        (Some(every), _) => every.pattern.counts_elapsed_time() && !says_time && !says_day,
        // "In 3 days" keeps the time of day, unless it is one to sleep at.
        (None, Some(amount)) if amount.is_of_days() => !says_time && WAKING.contains(&here.clock.hour()),
        (None, Some(_)) => true,
        (None, None) => false,
    };
    if when.zone.is_some() || counts_from_now { DueBasis::Fixed } else { DueBasis::LocalClock }
}

pub(crate) fn single(when: &When, here: &Here, leaning: Leaning) -> Resolved {
    let mut instants = Vec::with_capacity(1);
    let mut gone_by = None;
    let offset = when.offset.unwrap_or_default();
    let bases = match bases(when, here, leaning) {
        Ok(bases) => bases,
        Err(resolved) => return resolved,
    };
    for base in bases {
        let Some(due) = offset.after(base, &here.zone) else { return Resolved::TooFar };
        if due > here.now {
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

/// The instants said, before "15 minutes before" is taken off. They may have gone by.
fn bases(when: &When, here: &Here, leaning: Leaning) -> Result<Vec<Timestamp>, Resolved> {
    if let Some(amount) = when.from_now {
        return from_now(&amount, when, here, leaning).map(|due| vec![due]).ok_or(Resolved::TooFar);
    }
    let days: Vec<Option<Day>> =
        if when.days.is_empty() { vec![when.start] } else { when.days.iter().copied().map(Some).collect() };
    let mut bases = Vec::with_capacity(1);
    // "One hour from Thursday" is counted from its beginning.
    let from_midnight = when.from_midnight && when.part.is_none() && when.clocks.is_empty();
    for day in days {
        if let (Some(day), true) = (day, from_midnight) {
            bases.extend(wall_clock(day.date, Time::midnight(), &here.zone));
        } else if when.clocks.is_empty() {
            bases.extend(without_clock(day, when.part, here));
        }
        for clock in &when.clocks {
            bases.extend(with_clock(day, *clock, when.part.map(|(part, _)| part), here, leaning));
        }
    }
    bases.truncate(MOST_TIMES);
    Ok(bases)
}

fn from_now(amount: &Amount, when: &When, here: &Here, leaning: Leaning) -> Option<Timestamp> {
    if !amount.is_of_days() {
        return amount.after(here.now, &here.zone);
    }
    let clock = amount.after_clock(here.clock)?;
    let day = Day::fixed(clock.date());
    if let Some(at) = when.clocks.first() {
        return with_clock(Some(day), *at, when.part.map(|(part, _)| part), here, leaning);
    }
    let time = match when.part {
        Some((_, time)) => time,
        None if WAKING.contains(&clock.hour()) => clock.time(),
        None => DEFAULT_TIME,
    };
    wall_clock(clock.date(), time, &here.zone)
}

/// A day, or a part of one, without a time.
fn without_clock(day: Option<Day>, part: Option<(Part, Time)>, here: &Here) -> Option<Timestamp> {
    let said = part.map(|(_, time)| time);
    let Some(day) = day else {
        let (_, time) = part?;
        let today = wall_clock(here.today(), time, &here.zone)?;
        return if today > here.now {
            Some(today)
        } else {
            wall_clock(here.today().tomorrow().ok()?, time, &here.zone)
        };
    };
    let named = day.part.map(day_part::hour_of);
    let default = if day.grain == Grain::Weekend { WEEKEND_TIME } else { DEFAULT_TIME };
    let time = said.or(named).unwrap_or(default);
    let date = match day.grain {
        // On Saturday evening "the weekend" is still Sunday.
        Grain::Weekend if day.date == here.today() && here.clock.time() > LATER_TODAY[3] => {
            here.today().tomorrow().ok()?
        }
        _ => day.date,
    };
    if date > here.today() {
        return wall_clock(date, time, &here.zone);
    }
    let due = wall_clock(date, time, &here.zone)?;
    let is_open = said.is_none() && named.is_none();
    match (due > here.now, date == here.today()) {
        (true, _) if !is_open || due.duration_since(here.now) > NOT_AT_ONCE => Some(due),
        // What is left of today, also of tonight.
        (_, true) if is_open || matches!(day.part, Some(Part::Night)) && said.is_none() => left_of_today(here),
        _ => Some(due),
    }
}

fn left_of_today(here: &Here) -> Option<Timestamp> {
    let soon = here.now.checked_add(NOT_AT_ONCE).ok()?;
    LATER_TODAY
        .iter()
        .filter_map(|time| wall_clock(here.today(), *time, &here.zone))
        .find(|due| *due > soon)
        .or_else(|| here.now.checked_add(LATE_TODAY).ok())
}

/// A time of day on a day, or the next time the clocks show it.
fn with_clock(day: Option<Day>, clock: Clock, part: Option<Part>, here: &Here, leaning: Leaning) -> Option<Timestamp> {
    let part = part.or(day.and_then(|day| day.part));
    let at = |date: Date, settled: Settled| {
        let date = if settled.next_day { date.tomorrow().ok()? } else { date };
        wall_clock(date, settled.time, &here.zone)
    };
    let today = here.today();
    let known = match (clock.half, part) {
        (_, Some(part)) => meridiem::in_part(clock, part),
        (Half::Known, None) => clock.time().map(|time| Settled { time, next_day: false }),
        (Half::Open, None) => None,
    };
    match (day, known) {
        (Some(day), Some(settled)) => {
            // The midnight of today is the one to come.
            let midnight = settled.time == Time::midnight() && day.date == today && day.grain == Grain::Day;
            let due = at(day.date, if midnight { Settled { next_day: true, ..settled } } else { settled })?;
            // "9am today" said at ten can only mean the next one.
            let fixed = day.roll == Roll::Fixed && day.grain == Grain::Day && day.date != today;
            if due > here.now || fixed { Some(due) } else { at(rolled(&day)?, settled) }
        }
        (Some(day), None) if day.date == today => {
            let soon = meridiem::later_today(clock, here.clock.time(), leaning);
            match (soon, day.next()) {
                (Some(settled), _) => at(today, settled),
                (None, Some(next)) => at(next, meridiem::on_a_day(clock, leaning)?),
                (None, None) => at(today.tomorrow().ok()?, meridiem::tomorrow(clock, leaning)?),
            }
        }
        (Some(day), None) => at(day.date, meridiem::on_a_day(clock, leaning)?),
        (None, Some(settled)) => {
            // The night that is going on may hold it still.
            let begun = if settled.next_day { today.yesterday().ok()? } else { today };
            [begun, begun.tomorrow().ok()?, begun.checked_add(2.days()).ok()?]
                .into_iter()
                .filter_map(|date| at(date, settled))
                .find(|due| *due > here.now)
        }
        (None, None) => meridiem::later_today(clock, here.clock.time(), leaning)
            .and_then(|settled| at(today, settled))
            .filter(|due| *due > here.now)
            .or_else(|| at(today.tomorrow().ok()?, meridiem::tomorrow(clock, leaning)?)),
    }
}

fn rolled(day: &Day) -> Option<Date> {
    match day.grain {
        Grain::Soon | Grain::Weekend => day.date.tomorrow().ok(),
        Grain::Day if day.roll == Roll::Fixed => day.date.tomorrow().ok(),
        _ => day.next().or(Some(day.date)),
    }
}
