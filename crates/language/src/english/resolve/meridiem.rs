//! Settles which half of the day "at 7" means.

use crate::english::{
    grammar::{
        clock::{Clock, Meridiem},
        request_words::PreferredHalf,
    },
    text::word::DayPart,
};
use jiff::civil::Time;

/// First hour at which people are awake. A time such as "at 5", without a part of the day, means an earlier hour only
/// if the text is sent in the night or suggests the morning.
const WAKING_HOUR: i8 = 6;

/// First hour that means AM on a named day other than today, or in a series: "Friday at 7" is 7 AM, "Friday at 6" is
/// 6 PM.
const MORNING_FROM: i8 = 7;

/// First hour that a text may mean if it suggests the morning, such as a request to be woken. A text that is sent from
/// 1 AM to 6 AM may mean an earlier hour.
const WAKE_FROM: i8 = 3;

/// First hour that is before midnight if it is said with "tonight": "tonight at 2" is after midnight, "tonight at 5" is
/// in the evening.
const NIGHT_UNTIL: i8 = 5;

/// A time of day whose half of the day is settled, and whether it is on the day after the named day ("tonight at 1").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SettledTime {
    pub(crate) time: Time,
    pub(crate) next_day: bool,
}

fn same_day(clock: Clock) -> Option<SettledTime> {
    Some(SettledTime { time: clock.time()?, next_day: false })
}

/// Settles a time by the part of the day that was named.
pub(crate) fn in_part(clock: Clock, part: DayPart) -> Option<SettledTime> {
    match part {
        DayPart::Dawn | DayPart::Breakfast | DayPart::Morning => same_day(clock.in_morning()),
        DayPart::Lunch if (10..12).contains(&clock.hour) => same_day(clock.in_morning()),
        DayPart::Lunch | DayPart::Afternoon | DayPart::Close | DayPart::Evening | DayPart::Dinner => {
            same_day(clock.in_afternoon())
        }
        DayPart::Night | DayPart::Bedtime => {
            let small = clock.hour % 12 < NIGHT_UNTIL;
            match clock.meridiem {
                Meridiem::Open if small => Some(SettledTime { time: clock.in_morning().time()?, next_day: true }),
                Meridiem::Open => same_day(clock.in_afternoon()),
                Meridiem::Known => Some(SettledTime { time: clock.time()?, next_day: clock.hour < NIGHT_UNTIL }),
            }
        }
    }
}

/// Settles a time on a day that is not today, or on every day.
pub(crate) fn on_a_day(clock: Clock, preferred_half: PreferredHalf) -> Option<SettledTime> {
    let morning = match preferred_half {
        PreferredHalf::Morning => (WAKE_FROM..12).contains(&clock.hour),
        PreferredHalf::Evening => false,
        PreferredHalf::None => (MORNING_FROM..12).contains(&clock.hour),
    };
    same_day(if morning { clock.in_morning() } else { clock.in_afternoon() })
}

/// Settles times in a row. If a time would not be later than the time before it, its PM is taken if that is later:
/// "8, 1 and 7" is 8:00, 13:00 and 19:00.
pub(crate) fn in_sequence(clocks: &[Clock], settle: impl Fn(Clock) -> Option<Time>) -> Vec<Time> {
    let mut times: Vec<Time> = Vec::with_capacity(clocks.len());
    for clock in clocks {
        let Some(mut time) = settle(*clock) else { continue };
        if let Some(last) = times.last()
            && time <= *last
            && clock.meridiem == Meridiem::Open
            && let Some(later) = clock.in_afternoon().time().filter(|later| later > last)
        {
            time = later;
        }
        times.push(time);
    }
    times
}

/// Settles a time as AM or PM: takes the first of the two that is after `now` on the same day, and at which people are
/// awake. A text that is sent from 1 AM to 6 AM may mean any hour of the morning. A text that suggests the morning,
/// such as a request to be woken, may mean 3 AM, and means no hour after 12 PM. Returns `None` if there is no such
/// time.
pub(crate) fn later_today(clock: Clock, now: Time, preferred_half: PreferredHalf) -> Option<SettledTime> {
    let (morning, evening) = (clock.in_morning(), clock.in_afternoon());
    let from = if preferred_half == PreferredHalf::Morning { WAKE_FROM } else { WAKING_HOUR };
    let may_be_morning =
        morning.meridiem == Meridiem::Known && (morning.hour >= from || now.hour() < WAKING_HOUR && now.hour() >= 1);
    let must_be_morning = preferred_half == PreferredHalf::Morning && evening.hour > 12;
    [may_be_morning.then_some(morning), (!must_be_morning).then_some(evening)]
        .into_iter()
        .flatten()
        .find(|clock| clock.time().is_some_and(|time| time > now))
        .and_then(same_day)
}

/// Settles a time tomorrow, which is meant if the time has passed today: as AM if people are awake then, otherwise as
/// PM. It is also AM from 3 AM on if the text suggests the morning, and PM if the text suggests the evening.
pub(crate) fn tomorrow(clock: Clock, preferred_half: PreferredHalf) -> Option<SettledTime> {
    let from = if preferred_half == PreferredHalf::Morning { WAKE_FROM } else { WAKING_HOUR };
    let morning = clock.in_morning();
    same_day(if morning.hour >= from && preferred_half != PreferredHalf::Evening {
        morning
    } else {
        clock.in_afternoon()
    })
}
