//! People: the texts they send, and how they behave when the phone rings.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::engine::Engine;
use crate::events::WorldEvent;

/// The request that a person's text makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Create a reminder.
    Remind {
        /// Its task, unique in a world.
        task: String,
        /// When the person wants to be called.
        due: Due,
    },
    /// Delete the reminder of this number.
    Delete(u32),
    /// Delete every reminder.
    DeleteAll,
    /// Acknowledge the reminder that rang.
    Done,
    /// Call again in so many minutes about the reminder that rang.
    Snooze(i64),
    /// Move the reminder of this number to so many minutes from now.
    Move(u32, i64),
    /// List the open reminders.
    List,
    /// Opt out of calls and texts.
    OptOut,
    /// Opt in again after an opt-out.
    OptIn,
    /// Words that the service does not understand.
    Noise,
}

/// When a person wants to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// In so many minutes.
    In(i64),
    /// At this time of the day.
    At(Time),
    /// Repeatedly at this time of the day.
    Each(Rhythm, Time),
}

/// Days on which a reminder repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// On every day.
    Day,
    /// From Monday to Friday.
    Weekday,
}

impl Meaning {
    /// The body of the text.
    pub fn text(&self) -> String {
        match self {
            Self::Remind { task, due: Due::In(minutes) } => format!("Remind me to {task} in {minutes} minutes"),
            Self::Remind { task, due: Due::At(time) } => format!("remind me to {task} at {}", clock(*time)),
            Self::Remind { task, due: Due::Each(Rhythm::Day, time) } => {
                format!("remind me to {task} every day at {}", clock(*time))
            }
            Self::Remind { task, due: Due::Each(Rhythm::Weekday, time) } => {
                format!("remind me to {task} every weekday at {}", clock(*time))
            }
            Self::Delete(number) => format!("delete {number}"),
            Self::DeleteAll => "DELETE ALL".to_owned(),
            Self::Done => "done".to_owned(),
            Self::Snooze(minutes) => format!("snooze {minutes} minutes"),
            Self::Move(number, minutes) => format!("move {number} to in {minutes} minutes"),
            Self::List => "list".to_owned(),
            Self::OptOut => "STOP".to_owned(),
            Self::OptIn => "START".to_owned(),
            Self::Noise => "the quick brown fox".to_owned(),
        }
    }
}

/// Formats a time as in "6:05 PM".
fn clock(time: Time) -> String {
    time.strftime("%-I:%M %p").to_string()
}

/// A person who texts the service.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Numbers of reminders that they have read in answers.
    pub known: Vec<u32>,
    /// How many texts they will still send.
    pub texts_left: u32,
    /// How many reminders they have asked for.
    pub asked: u32,
    /// Whether their texts arrive through the inbound queue, and are answered by separate texts.
    pub by_queue: bool,
    /// Whether they have opted out and not opted in again yet.
    pub opted_out: bool,
    /// After an opt-in: how many of their next texts may ask about reminders from before.
    pub lookbacks: u32,
    /// The due of their first reminder, if the world sets it.
    pub wants: Option<Due>,
}

/// A person's behavior when the phone rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickupBehavior {
    /// They pick up after so many milliseconds.
    PickUp(i64),
    /// They let it ring.
    LetRing,
    /// They are on the phone, or decline.
    Busy,
}

/// A person's behavior after the speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// They press a key after so many milliseconds.
    Press(char, i64),
    /// They hang up after so many milliseconds.
    HangUp(i64),
}

impl Person {
    /// The meaning of their next text. The first one asks for a reminder.
    pub fn next_text(&mut self, who: usize, engine: &Engine<WorldEvent>, zone: &TimeZone) -> Meaning {
        if self.asked == 0 {
            return self.remind(who, engine, zone);
        }
        let minutes = engine.between(1, 20);
        if self.opted_out && engine.chance(6000) {
            (self.opted_out, self.lookbacks) = (false, 2);
            return Meaning::OptIn;
        }
        if self.lookbacks > 0 {
            self.lookbacks -= 1;
            match engine.between(0, 2) {
                0 => return Meaning::List,
                1 => return engine.one_of(&self.known).map_or(Meaning::List, |number| Meaning::Move(number, minutes)),
                _ => {}
            }
        }
        match engine.between(0, 99) {
            0..=44 => self.remind(who, engine, zone),
            45..=56 => engine.one_of(&self.known).map_or(Meaning::List, Meaning::Delete),
            57..=60 => Meaning::DeleteAll,
            61..=68 => Meaning::Done,
            69..=75 => Meaning::Snooze(minutes),
            76..=84 => engine.one_of(&self.known).map_or(Meaning::List, |number| Meaning::Move(number, minutes)),
            85..=88 => Meaning::List,
            89..=93 => {
                self.opted_out = true;
                Meaning::OptOut
            }
            94..=96 => Meaning::OptIn,
            _ => Meaning::Noise,
        }
    }

    /// The meaning of a text that asks for one more reminder.
    pub(crate) fn remind(&mut self, who: usize, engine: &Engine<WorldEvent>, zone: &TimeZone) -> Meaning {
        self.asked += 1;
        // Letters, so that no part of the task is read as a time.
        let name = |number: u32| char::from(b'a' + u8::try_from(number % 26).unwrap_or(0));
        let who = u32::try_from(who).unwrap_or(0);
        let task = format!("feed rabbit q{}{}{}", name(who / 26), name(who), name(self.asked));
        let wanted = self.wants.take();
        let due = match engine.between(0, 9) {
            _ if wanted.is_some() => wanted.unwrap_or(Due::In(1)),
            0..=5 => Due::In(engine.between(1, 40)),
            6..=7 => Due::At(later(engine.now(), zone, engine.between(2, 180))),
            8 => Due::In(engine.between(60, 180)),
            _ => {
                let rhythm = if engine.chance(7000) { Rhythm::Day } else { Rhythm::Weekday };
                Due::Each(rhythm, later(engine.now(), zone, engine.between(2, 120)))
            }
        };
        Meaning::Remind { task, due }
    }

    /// A random behavior when the phone rings.
    pub fn pickup_behavior(engine: &Engine<WorldEvent>) -> PickupBehavior {
        match engine.between(0, 99) {
            0..=54 => PickupBehavior::PickUp(engine.between(500, 25_000)),
            55..=84 => PickupBehavior::LetRing,
            _ => PickupBehavior::Busy,
        }
    }

    /// A random behavior after a speech that asks for a key.
    pub fn reply(engine: &Engine<WorldEvent>) -> Reply {
        match engine.between(0, 99) {
            0..=54 => Reply::Press('1', engine.between(200, 12_000)),
            55..=64 => Reply::Press('7', engine.between(200, 12_000)),
            _ => Reply::HangUp(engine.between(200, 20_000)),
        }
    }

    /// Remembers the numbers of reminders in an answer.
    pub fn read(&mut self, answer: &str) {
        for number in numbers(answer) {
            if !self.known.contains(&number) {
                self.known.push(number);
            }
        }
    }
}

/// The time of the day so many minutes after `now`.
pub(crate) fn later(now: Timestamp, zone: &TimeZone, minutes: i64) -> Time {
    let then = now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(now);
    let time = zone.to_datetime(then).time();
    Time::new(time.hour(), time.minute(), 0, 0).unwrap_or(time)
}

/// The numbers after each `#` in an answer.
pub fn numbers(answer: &str) -> Vec<u32> {
    let digits = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count();
    answer.split('#').skip(1).filter_map(|part| part[..digits(part)].parse().ok()).collect()
}
