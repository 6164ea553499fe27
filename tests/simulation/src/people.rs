//! People: what they text and when, and what they do when the phone rings.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::engine::Engine;
use crate::fakes::Happening;

/// What a person means by a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// To be called about this.
    Remind {
        /// What about: no two texts of a world name the same.
        task: String,
        /// When.
        due: Due,
    },
    /// Not to be called about the one of this number.
    Delete(u32),
    /// Not to be called about anything.
    DeleteAll,
    /// The one that rang is done with.
    Done,
    /// The one that rang is to ring again in so many minutes.
    Snooze(i64),
    /// The one of this number is to ring in so many minutes instead.
    Move(u32, i64),
    /// What is open?
    List,
    /// No more of this.
    Leave,
    /// More of this after all.
    Return,
    /// Nothing that anybody could make out.
    Noise,
}

/// When a person wants to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// In so many minutes.
    In(i64),
    /// At this time of the day.
    At(Time),
    /// Again and again at this time.
    Each(Rhythm, Time),
}

/// On which days somebody wants to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// On each.
    Day,
    /// From Monday to Friday.
    Weekday,
}

impl Meaning {
    /// The text that says so.
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
            Self::Leave => "STOP".to_owned(),
            Self::Return => "START".to_owned(),
            Self::Noise => "the quick brown fox".to_owned(),
        }
    }
}

/// "6:05 PM".
fn clock(time: Time) -> String {
    time.strftime("%-I:%M %p").to_string()
}

/// A person.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The small numbers they have read in answers.
    pub known: Vec<u32>,
    /// Texts they have still to send.
    pub texts_left: u32,
    /// Reminders they have asked for so far.
    pub asked: u32,
    /// Whether their texts come by a queue, and are answered by texts.
    pub by_queue: bool,
    /// Whether they have left and not come back yet.
    pub left: bool,
    /// So many of their next texts may ask for what is open since they came back.
    pub looks: u32,
    /// When they want to be called first, where that is not for them to choose.
    pub wants: Option<Due>,
}

/// What they do when the phone rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickupBehavior {
    /// They pick up after so many milliseconds.
    PickUp(i64),
    /// They let it ring.
    LetRing,
    /// They are on the phone, or decline.
    Busy,
}

/// What they do when they have heard what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// They press a key after so many milliseconds.
    Press(char, i64),
    /// They hang up, after so many milliseconds.
    HangUp(i64),
}

impl Person {
    /// Their next text. The first one asks for a reminder.
    pub fn next_text(&mut self, who: usize, engine: &Engine<Happening>, zone: &TimeZone) -> Meaning {
        if self.asked == 0 {
            return self.remind(who, engine, zone);
        }
        let minutes = engine.between(1, 20);
        if self.left && engine.chance(6000) {
            (self.left, self.looks) = (false, 2);
            return Meaning::Return;
        }
        if self.looks > 0 {
            self.looks -= 1;
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
                self.left = true;
                Meaning::Leave
            }
            94..=96 => Meaning::Return,
            _ => Meaning::Noise,
        }
    }

    /// One more reminder that they want.
    pub(crate) fn remind(&mut self, who: usize, engine: &Engine<Happening>, zone: &TimeZone) -> Meaning {
        self.asked += 1;
        // Letters, so that no part of it reads as a time.
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

    /// What they do when the phone rings.
    pub fn pickup_behavior(engine: &Engine<Happening>) -> PickupBehavior {
        match engine.between(0, 99) {
            0..=54 => PickupBehavior::PickUp(engine.between(500, 25_000)),
            55..=84 => PickupBehavior::LetRing,
            _ => PickupBehavior::Busy,
        }
    }

    /// What they do when they have heard something that asks for a key.
    pub fn reply(engine: &Engine<Happening>) -> Reply {
        match engine.between(0, 99) {
            0..=54 => Reply::Press('1', engine.between(200, 12_000)),
            55..=64 => Reply::Press('7', engine.between(200, 12_000)),
            _ => Reply::HangUp(engine.between(200, 20_000)),
        }
    }

    /// Learns the numbers that an answer names.
    pub fn read(&mut self, answer: &str) {
        for number in numbers(answer) {
            if !self.known.contains(&number) {
                self.known.push(number);
            }
        }
    }
}

/// The time of the day so many minutes from now.
pub(crate) fn later(now: Timestamp, zone: &TimeZone, minutes: i64) -> Time {
    let then = now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(now);
    let time = zone.to_datetime(then).time();
    Time::new(time.hour(), time.minute(), 0, 0).unwrap_or(time)
}

/// The numbers that stand behind a `#` in an answer.
pub fn numbers(answer: &str) -> Vec<u32> {
    let digits = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count();
    answer.split('#').skip(1).filter_map(|part| part[..digits(part)].parse().ok()).collect()
}
