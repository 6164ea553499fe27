//! Texts that a forger sends in the name of a person, who is the victim: floods of requests for calls, and of texts that
//! only cost answers. The victim gets the calls and the answers.

use super::{Bound, CodeReply, Due, Habit, Interest, Manners, Meaning, Person, Phone, Place, Reply};
use crate::engine::Engine;
use crate::events::WorldEvent;

impl Person {
    /// A victim. They never reply with a code, because they did not ask for the calls.
    pub(crate) fn victim(engine: &Engine<WorldEvent>) -> Self {
        let phone = match engine.between(0, 9) {
            0..=2 => Phone { habit: Habit::Never, ..Phone::random(engine) },
            3..=5 => same(engine, Reply::Listen),
            6 => same(engine, Reply::HangUp(engine.between(200, 20_000))),
            7 => same(engine, Reply::Press('9', 4000)),
            8 => same(engine, Reply::Press('1', 4000)),
            _ => Phone::random(engine),
        };
        let texts_left = u32::try_from(engine.between(3, 45)).unwrap_or(3);
        Self { phone, texts_left, interest: Interest::Forged, code_reply: CodeReply::Nothing, ..Self::default() }
    }

    /// The meaning of the next forged text.
    pub(super) fn forged_text(&mut self, index: usize, engine: &Engine<WorldEvent>) -> Meaning {
        let due = match engine.between(0, 99) {
            _ if self.asked < 3 => Due::Every(engine.one_of(&[15, 15, 20]).unwrap_or(15), Bound::None),
            0..=19 => Due::In(engine.between(1, 20)),
            20..=24 => return Meaning::DeleteAll,
            // A forger does not know the code.
            25..=34 => return Meaning::Code(u32::try_from(engine.between(0, 999_999)).unwrap_or(0)),
            35..=44 => return engine.one_of(&Place::ALL).map_or(Meaning::List, Meaning::Zone),
            _ => return Meaning::List,
        };
        Meaning::Remind { task: self.new_task(index), due }
    }
}

/// The phone of a person who always picks up and always does the same on a call.
fn same(engine: &Engine<WorldEvent>, reply: Reply) -> Phone {
    Phone { habit: Habit::Always(engine.between(500, 15_000)), manners: Manners::Same(reply), ..Phone::default() }
}
