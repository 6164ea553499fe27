//! A person's phone, and their reaction when it rings. The traits of a phone are drawn once in a world and kept.

use crate::engine::Engine;
use crate::events::WorldEvent;

/// What answers a phone if the person does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Machine {
    /// Nothing: the phone rings until the caller gives up.
    #[default]
    None,
    /// A mailbox picks up.
    Mailbox {
        /// How long the phone rings before the mailbox picks up, in milliseconds.
        after_ms: i64,
        /// How long its greeting lasts, in milliseconds. Then it beeps, and records.
        greeting_ms: i64,
    },
    /// A phone that screens calls: it answers by itself at once, asks who is calling and why, and then rings for
    /// the person.
    Screener,
}

/// A habit of a person when their phone rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Habit {
    /// They pick up, let it ring or decline, at random. Before they have pressed 1 on a call, they mostly pick up.
    #[default]
    Varied,
    /// They never pick up.
    Never,
    /// They always pick up after so many milliseconds.
    Always(i64),
    /// They pick up after so many milliseconds until they have pressed 1 on a call, and then never again.
    Once(i64),
    /// Once they have pressed 1 on a call, they hardly ever pick up.
    Seldom,
}

/// A habit of a person on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manners {
    /// They press a key, listen to the end or hang up, at random. Before they have pressed 1 on a call, they mostly
    /// press it.
    #[default]
    Varied,
    /// They always behave in this way.
    Same(Reply),
    /// Once they have pressed 1 on a call, they mostly press a key late or hang up.
    Late,
    /// Once they have pressed 1 on a call, they mostly listen to the end or hang up, and seldom press 1 again.
    Silent,
}

/// The traits of a phone and of the person who uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Phone {
    /// What answers if the person does not.
    pub machine: Machine,
    /// What the person does when it rings.
    pub habit: Habit,
    /// What the person does on a call.
    pub manners: Manners,
}

/// A person's behavior when the phone rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickupBehavior {
    /// They pick up after so many milliseconds.
    PickUp(i64),
    /// They let it ring.
    LetRing,
    /// They decline the call.
    Decline,
}

/// A person's reaction to words that are spoken on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// They press a key after so many milliseconds.
    Press(char, i64),
    /// They hang up after so many milliseconds.
    HangUp(i64),
    /// They listen until the call is over.
    Listen,
}

impl Phone {
    /// A random phone.
    pub fn random(engine: &Engine<WorldEvent>) -> Self {
        let machine = match engine.between(0, 99) {
            0..=54 => Machine::None,
            55..=89 => {
                Machine::Mailbox { after_ms: engine.between(20_000, 25_000), greeting_ms: engine.between(4000, 20_000) }
            }
            _ => Machine::Screener,
        };
        let habit = if engine.chance(800) { Habit::Never } else { Habit::Varied };
        Self { machine, habit, manners: Manners::Varied }
    }

    /// The phone of a person who hardly ever picks up after their first key. They often decline, and then their mailbox
    /// picks up if they have one.
    pub fn unheard(engine: &Engine<WorldEvent>) -> Self {
        Self { habit: Habit::Seldom, manners: Manners::Late, ..Self::random(engine) }
    }

    /// The phone of a person whom machine detection takes for a machine, and who seldom presses a key after the first.
    pub fn mistaken() -> Self {
        Self { machine: Machine::None, habit: Habit::Varied, manners: Manners::Silent }
    }

    /// What the person does when the phone rings this time. `presses` is how often they have pressed 1 on a call.
    pub fn pickup_behavior(self, engine: &Engine<WorldEvent>, presses: u32) -> PickupBehavior {
        match self.habit {
            Habit::Always(after_ms) => PickupBehavior::PickUp(after_ms),
            Habit::Once(after_ms) if presses == 0 => PickupBehavior::PickUp(after_ms),
            Habit::Never | Habit::Once(_) => PickupBehavior::LetRing,
            Habit::Seldom if presses == 0 => PickupBehavior::PickUp(engine.between(500, 15_000)),
            Habit::Seldom => match engine.between(0, 99) {
                0..=5 => PickupBehavior::PickUp(engine.between(500, 20_000)),
                6..=59 => PickupBehavior::LetRing,
                _ => PickupBehavior::Decline,
            },
            // Most people pick up the first call that they have asked for.
            Habit::Varied if presses == 0 && engine.chance(6000) => PickupBehavior::PickUp(engine.between(500, 15_000)),
            Habit::Varied => match engine.between(0, 99) {
                0..=54 => PickupBehavior::PickUp(engine.between(500, 25_000)),
                55..=84 => PickupBehavior::LetRing,
                _ => PickupBehavior::Decline,
            },
        }
    }

    /// What the person does if the spoken words ask for a key. `presses` is how often they have pressed 1 on a call.
    pub fn reply(self, engine: &Engine<WorldEvent>, presses: u32) -> Reply {
        match self.manners {
            Manners::Same(reply) => return reply,
            Manners::Late | Manners::Silent if presses == 0 => return Reply::Press('1', engine.between(200, 12_000)),
            Manners::Silent => return Self::silent_reply(engine),
            Manners::Late => return Self::late_reply(engine),
            Manners::Varied => {}
        }
        let soon_ms = engine.between(200, 12_000);
        if presses == 0 && engine.chance(6000) {
            return Reply::Press('1', soon_ms);
        }
        match engine.between(0, 99) {
            0..=44 => Reply::Press('1', soon_ms),
            45..=49 => Reply::Press('1', engine.between(12_000, 40_000)),
            50..=55 => Reply::Press('2', soon_ms),
            56..=58 => Reply::Press('9', soon_ms),
            59..=65 => Reply::Press('7', soon_ms),
            66..=75 => Reply::Listen,
            _ => Reply::HangUp(engine.between(200, 20_000)),
        }
    }

    fn silent_reply(engine: &Engine<WorldEvent>) -> Reply {
        match engine.between(0, 99) {
            0..=19 => Reply::Press('1', engine.between(1000, 25_000)),
            20..=59 => Reply::HangUp(engine.between(8000, 25_000)),
            _ => Reply::Listen,
        }
    }

    fn late_reply(engine: &Engine<WorldEvent>) -> Reply {
        let late_ms = engine.between(2000, 30_000);
        match engine.between(0, 99) {
            0..=59 => Reply::Press('1', late_ms),
            60..=69 => Reply::Press('2', late_ms),
            70..=71 => Reply::Press('9', late_ms),
            72..=79 => Reply::Listen,
            _ => Reply::HangUp(engine.between(200, 20_000)),
        }
    }
}
