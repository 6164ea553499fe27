//! A person's phone, and what they do when it rings. The traits of a phone are drawn once in a world and kept.

use crate::engine::Engine;
use crate::events::WorldEvent;

/// What answers a phone if its person does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Machine {
    /// Nothing: it rings until the caller gives up.
    #[default]
    None,
    /// A mailbox.
    Mailbox {
        /// How long the phone rings before it picks up, in milliseconds.
        after_ms: i64,
        /// How long its greeting lasts, in milliseconds. Then it beeps, and records.
        greeting_ms: i64,
    },
    /// A phone that screens calls: it answers by itself at once, asks who is calling and why, and rings its person then.
    Screener,
}

/// A habit of a person when their phone rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Habit {
    /// They pick up, let it ring or decline, as it happens.
    #[default]
    Varied,
    /// They never pick up.
    Never,
    /// They always pick up after so many milliseconds.
    Always(i64),
}

/// A habit of a person on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manners {
    /// They press a key or hang up, as it happens.
    #[default]
    Varied,
    /// They always do the same.
    Same(Reply),
}

/// The traits of a person's phone and of its person.
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

/// A person's behavior after a speech.
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

    /// What the person does when the phone rings this time.
    pub fn pickup_behavior(self, engine: &Engine<WorldEvent>) -> PickupBehavior {
        match self.habit {
            Habit::Never => PickupBehavior::LetRing,
            Habit::Always(after_ms) => PickupBehavior::PickUp(after_ms),
            Habit::Varied => match engine.between(0, 99) {
                0..=54 => PickupBehavior::PickUp(engine.between(500, 25_000)),
                55..=84 => PickupBehavior::LetRing,
                _ => PickupBehavior::Decline,
            },
        }
    }

    /// What the person does after a speech that asks for a key.
    pub fn reply(self, engine: &Engine<WorldEvent>) -> Reply {
        let Manners::Varied = self.manners else {
            let Manners::Same(reply) = self.manners else { return Reply::Listen };
            return reply;
        };
        let soon_ms = engine.between(200, 12_000);
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
}
