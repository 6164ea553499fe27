//! People: the texts they send, and how they behave when the phone rings.

mod forged;
mod meaning;
mod phone;
mod unheard;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::engine::Engine;
use crate::events::WorldEvent;

pub use meaning::{Bound, Due, Meaning, OptOutWord, Place, Rhythm};
pub use phone::{Habit, Machine, Manners, Phone, PickupBehavior, Reply};

/// A person who texts the service.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Numbers of reminders that they have read in the service's texts.
    pub known: Vec<u32>,
    /// How many texts they will still send.
    pub texts_left: u32,
    /// How many reminders they have asked for.
    pub asked: u32,
    /// Whether their texts arrive through the inbound queue, and are answered by separate texts.
    pub by_queue: bool,
    /// Whether they have opted out, so that their next text probably opts in.
    pub opted_out: bool,
    /// After an opt-in, the number of their next texts that may be about older reminders.
    pub lookbacks: u32,
    /// The due of their first reminder, if the world sets it.
    pub wants: Option<Due>,
    /// Their phone, and their reaction when it rings.
    pub phone: Phone,
    /// What they mostly text about.
    pub interest: Interest,
    /// What they reply to a text with the code of their number.
    pub code_reply: CodeReply,
    /// How often they pressed 1 on a call.
    pub presses: u32,
    /// The city where they are, if they have named it in a text.
    pub place: Option<Place>,
}

/// What a person replies to the text with the code that confirms their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CodeReply {
    /// Nothing. Someone else may have asked for the reminders in their name.
    #[default]
    Nothing,
    /// The code that they were told.
    Code,
    /// The code that an answer told them. They ignore the texts that they did not ask for.
    ToAnswers,
    /// First this many wrong codes, and then the code that they were told.
    WrongCodes(u32),
}

/// What a person mostly texts about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interest {
    /// Everything, at random.
    #[default]
    Varied,
    /// As many open reminders as the service allows.
    Crowd,
    /// Series that ring every few minutes, and that may be paused.
    Series,
    /// Series that ring often until they are paused, and everything that can be texted about such a series.
    Unheard,
    /// A forger sends texts in their name: many requests, and many texts that only cost answers.
    Forged,
    /// The same as `Unheard`, but about series that ring once a day.
    UnheardDaily,
}

impl Interest {
    /// Whether they text about series that are paused.
    pub(crate) fn is_unheard(self) -> bool {
        matches!(self, Self::Unheard | Self::UnheardDaily)
    }
}

impl Person {
    /// The meaning of their next text. The first text asks for a reminder. `index` is the person's index.
    pub fn next_text(&mut self, index: usize, engine: &Engine<WorldEvent>, zone: &TimeZone) -> Meaning {
        if self.interest == Interest::Forged {
            return self.forged_text(index, engine);
        }
        if self.asked == 0 {
            return self.remind(index, engine, zone);
        }
        if self.interest.is_unheard() {
            return self.about_a_paused_series(index, engine, zone);
        }
        let minutes = engine.between(1, 20);
        if self.opted_out && engine.chance(6000) {
            (self.opted_out, self.lookbacks) = (false, 2);
            return Meaning::OptIn;
        }
        if self.lookbacks > 0 {
            self.lookbacks -= 1;
            match engine.between(0, 3) {
                3 => return Meaning::Restore,
                0 => return Meaning::List,
                1 => return engine.one_of(&self.known).map_or(Meaning::List, |number| Meaning::Move(number, minutes)),
                _ => {}
            }
        }
        match engine.between(0, 99) {
            0..=94 if self.interest == Interest::Crowd => self.remind(index, engine, zone),
            _ if self.interest == Interest::Crowd => self.about_a_reminder(engine),
            0..=49 if self.interest == Interest::Series => self.about_a_reminder(engine),
            0..=36 => self.remind(index, engine, zone),
            37..=39 => Meaning::RemindSometime { task: self.new_task(index) },
            40..=66 => self.about_a_reminder(engine),
            67..=70 => Meaning::DeleteAll,
            71..=76 => Meaning::Done,
            77..=82 => Meaning::Snooze(minutes),
            83..=85 => Meaning::List,
            86..=89 => {
                self.opted_out = true;
                let by_mistake = engine.chance(2500).then(|| engine.one_of(&OptOutWord::ALL)).flatten();
                by_mistake.map_or(Meaning::OptOut, Meaning::OptOutByMistake)
            }
            90..=91 => Meaning::OptIn,
            92..=94 => engine.one_of(&Place::ALL).map_or(Meaning::List, Meaning::Zone),
            95 => Meaning::Undo,
            96 => engine.one_of(&[Meaning::Yes, Meaning::No, Meaning::Restore]).unwrap_or(Meaning::Yes),
            _ => Meaning::Noise,
        }
    }

    /// The meaning of a text that names a reminder by its number; LIST if they know no number.
    fn about_a_reminder(&self, engine: &Engine<WorldEvent>) -> Meaning {
        let Some(number) = engine.one_of(&self.known) else { return Meaning::List };
        match engine.between(0, 26) {
            0..=12 if self.interest == Interest::Series => Meaning::Resume(number),
            0..=10 => Meaning::Delete(number),
            11..=18 => Meaning::Move(number, engine.between(1, 20)),
            19..=22 => Meaning::Skip(number),
            23..=24 => Meaning::DoneWith(number),
            _ => Meaning::Resume(number),
        }
    }

    /// The meaning of a text that asks for one more reminder. `index` is the person's index.
    pub(crate) fn remind(&mut self, index: usize, engine: &Engine<WorldEvent>, zone: &TimeZone) -> Meaning {
        let task = self.new_task(index);
        let wanted = self.wants.take();
        let due = match engine.between(0, 9) {
            _ if wanted.is_some() => wanted.unwrap_or(Due::In(1)),
            _ if self.interest == Interest::Crowd => Due::In(engine.between(100, 360)),
            _ if self.interest.is_unheard() && engine.chance(9000) => self.unheard_series(engine, zone),
            _ if self.interest == Interest::Series && engine.chance(7000) => {
                Due::Every(engine.one_of(&[5, 15, 15]).unwrap_or(15), Bound::None)
            }
            0..=5 => Due::In(engine.between(1, 40)),
            6..=7 => Due::At(later(engine.now(), zone, engine.between(2, 180))),
            8 if engine.chance(6000) => Due::In(engine.between(60, 180)),
            8 => interval_series(engine),
            _ => {
                let rhythm = if engine.chance(7000) { Rhythm::Day } else { Rhythm::Weekday };
                Due::Each(rhythm, later(engine.now(), zone, engine.between(2, 120)))
            }
        };
        Meaning::Remind { task, due }
    }

    /// A task that no person in this world has texted yet.
    fn new_task(&mut self, index: usize) -> String {
        self.asked += 1;
        // Letters instead of digits, so that no part of the task is read as a time.
        let name = |number: u32| char::from(b'a' + u8::try_from(number % 26).unwrap_or(0));
        let index = u32::try_from(index).unwrap_or(0);
        let [high, low] = [name(self.asked / 26), name(self.asked)];
        format!("feed rabbit q{}{}{high}{low}", name(index / 26), name(index))
    }

    /// Remembers the numbers of reminders in a text from the service.
    pub fn read(&mut self, answer: &str) {
        for number in numbers(answer) {
            if !self.known.contains(&number) {
                self.known.push(number);
            }
        }
    }
}

/// A random series with an interval in minutes. Most of these series end.
fn interval_series(engine: &Engine<WorldEvent>) -> Due {
    let interval = engine.one_of(&[5, 15, 20, 30]).unwrap_or(5);
    let bound = match engine.between(0, 9) {
        0..=4 => Bound::Times(u8::try_from(engine.between(2, 6)).unwrap_or(2)),
        5..=8 => Bound::Hours(engine.between(1, 3)),
        _ => Bound::None,
    };
    Due::Every(interval, bound)
}

/// The time of day this many minutes after `now`, without its seconds.
pub(crate) fn later(now: Timestamp, zone: &TimeZone, minutes: i64) -> Time {
    let instant = now.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(now);
    let time = zone.to_datetime(instant).time();
    Time::new(time.hour(), time.minute(), 0, 0).unwrap_or(time)
}

/// The number after RESUME in a text that says how to resume a series.
pub(crate) fn resumes(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("RESUME ")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok()
}

/// The code that a text tells a person: "Reply 123456 for more."
pub(crate) fn code(text: &str) -> Option<u32> {
    let (_, rest) = text.rsplit_once("Reply ")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok().filter(|_| digits == 6)
}

/// The number after each `#` in an answer.
pub fn numbers(answer: &str) -> Vec<u32> {
    let digits = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count();
    answer.split('#').skip(1).filter_map(|part| part[..digits(part)].parse().ok()).collect()
}
