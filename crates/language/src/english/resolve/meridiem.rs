//! The sensible half of the day for "at 7".

use crate::english::{
    grammar::{
        asking::Leaning,
        clock::{Clock, Half},
    },
    text::word::Part,
};
use jiff::civil::Time;

/// People sleep before this hour, so a clock that leaves its half open does not mean it.
const WAKING_HOUR: i8 = 6;

/// "Friday at 7" is in the morning from this hour on, before it in the afternoon.
const MORNING_FROM: i8 = 7;

/// Those who ask to be woken may mean any hour from here on.
const WAKE_FROM: i8 = 3;

/// "Tonight at 2" is after midnight; "tonight at 6" before.
const NIGHT_UNTIL: i8 = 5;

/// A time of day, and whether it is the day after the one that was said ("tonight at 1").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    pub(crate) time: Time,
    pub(crate) next_day: bool,
}

fn same_day(clock: Clock) -> Option<Settled> {
    Some(Settled { time: clock.time()?, next_day: false })
}

/// With the part of the day that was said.
pub(crate) fn in_part(clock: Clock, part: Part) -> Option<Settled> {
    match part {
        Part::Dawn | Part::Breakfast | Part::Morning => same_day(clock.in_morning()),
        Part::Lunch if (10..12).contains(&clock.hour) => same_day(clock.in_morning()),
        Part::Lunch | Part::Afternoon | Part::Close | Part::Evening | Part::Dinner => same_day(clock.after_noon()),
        Part::Night | Part::Bedtime => {
            let small = clock.hour % 12 < NIGHT_UNTIL;
            match clock.half {
                Half::Open if small => Some(Settled { time: clock.in_morning().time()?, next_day: true }),
                Half::Open => same_day(clock.after_noon()),
                Half::Known => Some(Settled { time: clock.time()?, next_day: clock.hour < NIGHT_UNTIL }),
            }
        }
    }
}

/// On a day that is not today, or on every day.
pub(crate) fn on_a_day(clock: Clock, leaning: Leaning) -> Option<Settled> {
    let morning = match leaning {
        Leaning::Morning => (WAKE_FROM..12).contains(&clock.hour),
        Leaning::Evening => false,
        Leaning::None => (MORNING_FROM..12).contains(&clock.hour),
    };
    same_day(if morning { clock.in_morning() } else { clock.after_noon() })
}

/// Times said one after the other come one after the other: "8, 1 and 7" is 8:00, 13:00 and 19:00.
pub(crate) fn in_sequence(clocks: &[Clock], settle: impl Fn(Clock) -> Option<Time>) -> Vec<Time> {
    let mut times: Vec<Time> = Vec::with_capacity(clocks.len());
    for clock in clocks {
        let Some(mut time) = settle(*clock) else { continue };
        if let Some(last) = times.last()
            && time <= *last
            && clock.half == Half::Open
            && let Some(later) = clock.after_noon().time().filter(|later| later > last)
        {
            time = later;
        }
        times.push(time);
    }
    times
}

/// The first after `now` on the same day that people are awake at, if there is one.
pub(crate) fn later_today(clock: Clock, now: Time, leaning: Leaning) -> Option<Settled> {
    let (morning, evening) = (clock.in_morning(), clock.after_noon());
    let from = if leaning == Leaning::Morning { WAKE_FROM } else { WAKING_HOUR };
    let awake = morning.half == Half::Known && (morning.hour >= from || now.hour() < WAKING_HOUR && now.hour() >= 1);
    let wakes = leaning == Leaning::Morning && evening.hour > 12;
    [awake.then_some(morning), (!wakes).then_some(evening)]
        .into_iter()
        .flatten()
        .find(|clock| clock.time().is_some_and(|time| time > now))
        .and_then(same_day)
}

/// The first one tomorrow that people are awake at.
pub(crate) fn tomorrow(clock: Clock, leaning: Leaning) -> Option<Settled> {
    let from = if leaning == Leaning::Morning { WAKE_FROM } else { WAKING_HOUR };
    let morning = clock.in_morning();
    same_day(if morning.hour >= from && leaning != Leaning::Evening { morning } else { clock.after_noon() })
}
