//! Creates the people of a world, and plans their first texts.

use super::planned::PlannedEvent;
use super::{SWEEP_MS, Scale, World};
use crate::fakes::number;
use crate::people::{self, Due, Habit, Interest, Machine, Manners, Person, Phone, Reply, Rhythm};

impl World {
    pub(super) fn populate(&mut self) {
        let engine = &self.cloud.engine;
        let people = match self.scale {
            Scale::Herd(people) => i64::from(people),
            Scale::Days(days) if days > 7 => 1,
            Scale::Days(_) => engine.between(1, 2),
            Scale::Flood(_) | Scale::Crowd(_) => 1,
            Scale::Hours if engine.chance(50) => engine.between(30, 90),
            Scale::Hours => engine.between(1, 3),
        };
        let together = people::later(engine.now(), &self.zone, engine.between(40, 100));
        for who in 0..usize::try_from(people).unwrap_or(1) {
            let engine = &self.cloud.engine;
            let texts = if people > 3 { 1 } else { engine.between(1, 9) };
            let by_queue = engine.chance(if matches!(self.scale, Scale::Crowd(_)) { 1000 } else { 3000 });
            let texts_left = u32::try_from(texts).unwrap_or(1);
            let wants = match self.scale {
                Scale::Herd(_) => Some(Due::At(together)),
                Scale::Days(_) => self.rhythm(),
                Scale::Crowd(_) => Some(Due::In(1)),
                Scale::Hours | Scale::Flood(_) => None,
            };
            let person = Person { texts_left, by_queue, wants, ..Person::default() };
            let person = match self.scale {
                Scale::Crowd(reminders) => Person {
                    texts_left: reminders + 5,
                    interest: Interest::Crowd,
                    // Who presses a key may have as many.
                    phone: Phone {
                        machine: Machine::None,
                        habit: Habit::Always(2000),
                        manners: Manners::Same(Reply::Press('1', 3000)),
                    },
                    ..person
                },
                // Most of them do not pick up, so that their series are paused.
                Scale::Hours | Scale::Days(_) if self.cloud.engine.chance(400) => {
                    let phone = Phone::random(&self.cloud.engine);
                    let habit = if self.cloud.engine.chance(8000) { Habit::Never } else { phone.habit };
                    Person { interest: Interest::Series, phone: Phone { habit, ..phone }, ..person }
                }
                Scale::Herd(_) | Scale::Days(_) | Scale::Hours | Scale::Flood(_) => {
                    Person { phone: Phone::random(&self.cloud.engine), ..person }
                }
            };
            self.add_person(person);
            let within_ms = if people > 100 { 1_800_000 } else { 120_000 };
            let first_ms = self.cloud.engine.between(0, within_ms);
            self.plan(first_ms, PlannedEvent::NextText(who));
        }
        self.plan_first_sweep();
    }

    pub(super) fn plan_first_sweep(&mut self) {
        let to_minute = SWEEP_MS - self.cloud.engine.now_ms().rem_euclid(SWEEP_MS);
        self.plan(to_minute + self.cloud.engine.between(0, 3000), PlannedEvent::Sweep);
    }

    /// Adds a person, whose number follows from their place among the people.
    pub(super) fn add_person(&mut self, person: Person) {
        self.by_number.insert(number(self.people.len()), self.people.len());
        self.people.push(person);
    }

    /// A due for a person's first reminder in a world of several days: mostly a repeating one.
    fn rhythm(&self) -> Option<Due> {
        let engine = &self.cloud.engine;
        let rhythm = if engine.chance(6000) { Rhythm::Day } else { Rhythm::Weekday };
        let time = people::later(engine.now(), &self.zone, engine.between(2, 24 * 60 - 1));
        engine.chance(8000).then_some(Due::Each(rhythm, time))
    }
}
