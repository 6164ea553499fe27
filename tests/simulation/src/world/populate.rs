//! Creates the people of a world, and plans their first texts.

use super::planned::PlannedEvent;
use super::{SWEEP_MS, Scale, World};
use crate::fakes::number;
use crate::fault_profile::MISTAKEN_RATE;
use crate::faults::Fault;
use crate::people::{
    self, Bound, CodeReply, Due, Habit, Interest, Machine, Manners, Meaning, Person, Phone, Place, Reply, Rhythm,
};

impl World {
    pub(super) fn populate(&mut self) {
        let engine = &self.cloud.engine;
        let people = match self.scale {
            Scale::Herd(people) => i64::from(people),
            Scale::Days(days) if days > 7 => 1,
            Scale::Days(_) => engine.between(1, 2),
            Scale::Flood(_) | Scale::Crowd(_) => 1,
            Scale::Unheard(_) => 1,
            Scale::Hours if engine.chance(50) => engine.between(30, 90),
            Scale::Hours => engine.between(1, 3),
        };
        let herd_time = people::later(engine.now(), &self.zone, engine.between(40, 100));
        for index in 0..usize::try_from(people).unwrap_or(1) {
            let engine = &self.cloud.engine;
            let texts = if people > 3 { 1 } else { engine.between(1, 9) };
            let by_queue = engine.chance(if matches!(self.scale, Scale::Crowd(_)) { 1000 } else { 3000 });
            let texts_left = u32::try_from(texts).unwrap_or(1);
            let wants = match self.scale {
                Scale::Herd(_) => Some(Due::At(herd_time)),
                Scale::Days(_) => self.rhythm(),
                Scale::Crowd(_) => Some(Due::In(1)),
                Scale::Unheard(days) => self.unheard(days),
                Scale::Hours | Scale::Flood(_) => None,
            };
            let code_reply = self.code_reply();
            let person = Person { texts_left, by_queue, wants, code_reply, ..Person::default() };
            let person = match self.scale {
                Scale::Crowd(reminders) => Person {
                    texts_left: reminders + 5,
                    interest: Interest::Crowd,
                    // A person may have this many reminders only after they have pressed a key.
                    phone: Phone {
                        machine: Machine::None,
                        habit: Habit::Always(2000),
                        manners: Manners::Same(Reply::Press('1', 3000)),
                    },
                    ..person
                },
                Scale::Unheard(0) => Person {
                    texts_left: texts_left + 4,
                    interest: Interest::Unheard,
                    phone: self.unheard_phone(),
                    ..person
                },
                Scale::Unheard(_) => {
                    let phone = self.mostly_unheard();
                    let interest = Interest::UnheardDaily;
                    Person { texts_left: texts_left.div_ceil(3), interest, phone, ..person }
                }
                // Most of these people do not pick up, so that their series are paused.
                Scale::Hours | Scale::Days(_) if self.cloud.engine.chance(400) => {
                    Person { interest: Interest::Series, phone: self.mostly_unheard(), ..person }
                }
                Scale::Herd(_) | Scale::Days(_) | Scale::Hours | Scale::Flood(_) => {
                    Person { phone: Phone::random(&self.cloud.engine), ..person }
                }
            };
            let person = if self.is_forged(index, people) { self.forged(people) } else { person };
            self.add_person(person);
            // Some people have replied STOP to an earlier text from the second carrier.
            if self.cloud.injects(Fault::SecondOptOutNotReported) {
                self.leaves_second(index);
            }
            let within_ms = if people > 100 { 1_800_000 } else { 120_000 };
            let first_ms = self.cloud.engine.between(0, within_ms);
            self.plan(first_ms, PlannedEvent::NextText(index));
            if matches!(self.scale, Scale::Unheard(1..)) && self.cloud.engine.chance(5000) {
                let zone_ms = self.cloud.engine.between(0, 3_600_000);
                let place = self.cloud.engine.one_of(&Place::ALL);
                place.into_iter().for_each(|at| self.plan(zone_ms, PlannedEvent::SendText(index, Meaning::Zone(at))));
            }
        }
        self.plan_first_sweep();
    }

    /// Whether a forger sends texts in the name of the person with this index, out of this many people.
    fn is_forged(&self, index: usize, people: i64) -> bool {
        match self.scale {
            // About half of the numbers of a crowd are forged.
            Scale::Hours if people > 3 => index > 0 && self.cloud.engine.chance(5000),
            Scale::Hours => self.cloud.engine.chance(400),
            Scale::Days(days) if days < 7 => self.cloud.engine.chance(300),
            Scale::Days(_) | Scale::Herd(_) | Scale::Flood(_) | Scale::Crowd(_) | Scale::Unheard(_) => false,
        }
    }

    /// A person in whose name a forger sends texts: many texts, or a few if many numbers are forged.
    fn forged(&self, people: i64) -> Person {
        let victim = Person::victim(&self.cloud.engine);
        if people <= 3 {
            return victim;
        }
        let wants = Some(Due::Every(15, Bound::Hours(self.cloud.engine.between(1, 3))));
        Person { texts_left: 3, interest: Interest::Varied, wants, ..victim }
    }

    /// Most people reply with the code of their number. The others may be the victims of a forger.
    fn code_reply(&self) -> CodeReply {
        match self.cloud.engine.between(0, 99) {
            0..=69 => CodeReply::Code,
            70..=89 => CodeReply::WrongCodes(u32::try_from(self.cloud.engine.between(1, 6)).unwrap_or(1)),
            _ => CodeReply::Nothing,
        }
    }

    pub(super) fn plan_first_sweep(&mut self) {
        let to_minute = SWEEP_MS - self.cloud.engine.now_ms().rem_euclid(SWEEP_MS);
        self.plan(to_minute + self.cloud.engine.between(0, 3000), PlannedEvent::Sweep);
    }

    /// Adds a person. The person's number follows from their index.
    pub(super) fn add_person(&mut self, person: Person) {
        self.by_number.insert(number(self.people.len()), self.people.len());
        self.people.push(person);
    }

    /// A due for the first reminder of a person in a world of unheard series. In a world of days, the reminder is a
    /// daily series, which is paused after five missed days in a row. In other worlds, the reminder rings soon, so that
    /// a key confirms the number, or it is a series that rings every 15 minutes.
    fn unheard(&self, days: u32) -> Option<Due> {
        let engine = &self.cloud.engine;
        if days > 0 {
            let time = people::later(engine.now(), &self.zone, engine.between(2, 24 * 60 - 1));
            return Some(Due::Each(Rhythm::Day, time));
        }
        Some(if engine.chance(7000) { Due::In(1) } else { Due::Every(15, Bound::None) })
    }

    /// The phone of a person who hardly ever picks up, or whom machine detection takes for a machine.
    fn unheard_phone(&self) -> Phone {
        if self.cloud.faults.rate(Fault::VerdictWrong) == MISTAKEN_RATE {
            return Phone::mistaken();
        }
        Phone::unheard(&self.cloud.engine)
    }

    /// The phone of a person who mostly does not pick up after their first key. That key is needed, because a number that
    /// never pressed one is called only three times, and no series is paused after so few calls.
    fn mostly_unheard(&self) -> Phone {
        let phone = Phone::random(&self.cloud.engine);
        if self.cloud.engine.chance(8000) {
            Phone { habit: Habit::Seldom, manners: Manners::Late, ..phone }
        } else {
            phone
        }
    }

    /// A due for a person's first reminder in a world of several days: mostly that of a series. If it is absent, the
    /// due is random.
    fn rhythm(&self) -> Option<Due> {
        let engine = &self.cloud.engine;
        let rhythm = if engine.chance(6000) { Rhythm::Day } else { Rhythm::Weekday };
        let time = people::later(engine.now(), &self.zone, engine.between(2, 24 * 60 - 1));
        engine.chance(8000).then_some(Due::Each(rhythm, time))
    }
}
