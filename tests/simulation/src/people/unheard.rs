//! People who do not hear their series: the reminders that they ask for, and their texts once a series is paused.

use jiff::tz::TimeZone;

use super::{Bound, Due, Interest, Meaning, Person, Place, Rhythm, later};
use crate::engine::Engine;
use crate::events::WorldEvent;

/// Number of reminders after which such a person asks mostly for one-offs. Each series may ring for hours.
const SERIES_MAX: u32 = 2;

impl Person {
    /// The due of a new reminder: the first reminders are series, the later ones are one-offs. Until a number has
    /// pressed a key, each of its series may ring at most every 15 minutes.
    pub(super) fn unheard_series(&self, engine: &Engine<WorldEvent>, zone: &TimeZone) -> Due {
        let interval = if self.presses == 0 { 15 } else { engine.one_of(&[5, 5, 15, 20]).unwrap_or(5) };
        let daily = || Due::Each(Rhythm::Day, later(engine.now(), zone, engine.between(2, 120)));
        match engine.between(0, 99) {
            _ if self.asked > SERIES_MAX => Due::In(engine.between(1, 40)),
            _ if self.interest == Interest::UnheardDaily => daily(),
            0..=84 => Due::Every(interval, Bound::None),
            85..=92 => Due::Every(interval, Bound::Hours(engine.between(1, 3))),
            _ => daily(),
        }
    }

    /// The meaning of the next text of a person whose series may be paused.
    pub(super) fn about_a_paused_series(
        &mut self,
        index: usize,
        engine: &Engine<WorldEvent>,
        zone: &TimeZone,
    ) -> Meaning {
        let Some(number) = engine.one_of(&self.known) else { return self.remind(index, engine, zone) };
        if self.asked < SERIES_MAX && self.interest == Interest::Unheard {
            return self.remind(index, engine, zone);
        }
        let minutes = engine.between(1, 20);
        match engine.between(0, 99) {
            0..=14 => self.remind(index, engine, zone),
            15..=41 => Meaning::Resume(number),
            42 => Meaning::OptOut,
            43 => Meaning::OptIn,
            44 => Meaning::Restore,
            45..=52 => Meaning::Skip(number),
            53..=59 => Meaning::Undo,
            // A person with daily series names a city for the first time only after a pause.
            60..=69 if self.interest == Interest::Unheard || self.place.is_some() => {
                engine.one_of(&Place::ALL).map_or(Meaning::List, Meaning::Zone)
            }
            70..=75 => Meaning::Yes,
            76..=79 => Meaning::Done,
            80..=83 => Meaning::DoneWith(number),
            84..=86 => Meaning::Snooze(minutes),
            87..=90 => Meaning::Move(number, minutes),
            91..=94 => Meaning::List,
            _ => Meaning::Delete(number),
        }
    }

    /// The meaning of a text from a person who has just read that a series of theirs is paused. It is never RESUME.
    pub(crate) fn after_a_pause(number: u32, engine: &Engine<WorldEvent>) -> Meaning {
        match engine.between(0, 9) {
            0..=1 => Meaning::Done,
            2 => Meaning::DoneWith(number),
            3 => Meaning::Skip(number),
            4 => Meaning::Undo,
            5..=6 => engine.one_of(&Place::ALL).map_or(Meaning::List, Meaning::Zone),
            7 => Meaning::Move(number, engine.between(1, 20)),
            8 => Meaning::List,
            _ => Meaning::Delete(number),
        }
    }
}
