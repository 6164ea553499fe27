//! Directed cases: scripted worlds that each show one situation of real people. `cargo simulate --case NAME` prints the
//! timeline of a case.

use std::rc::Rc;

use jiff::civil::time;
use jiff::tz::TimeZone;

use crate::fakes::{Cloud, Deployment, QueueSettings, Recursion};
use crate::faults::Fault;
use crate::functions::Functions;
use crate::people::{Bound, Due, Habit, Machine, Manners, Meaning, OptOutWord, Phone, Reply, Rhythm};
use crate::world::script::{Script, act};
use crate::world::{Remains, START};

/// How long after its start a case may have faults, in milliseconds: two days and a half.
const FAULTY_MS: i64 = 60 * 3_600_000;

/// A directed case.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Name on the command line.
    pub name: &'static str,
    /// The behavior that the case shows.
    pub about: &'static str,
    script: fn() -> Script,
    faults: fn(&Rc<Cloud>),
}

/// All directed cases.
pub const CASES: [Case; 19] = [
    Case {
        name: "texts-refused",
        about: "every text is refused until the operator acts; a daily reminder that only its first call reached still rings the next day",
        script: || Script { days: 2, ..answers_once(&[(0, daily())]) },
        faults: |cloud| for_days(cloud, Fault::OperatorRefused),
    },
    Case {
        name: "texts-refused-two-hours",
        about: "every text is refused until the operator acts; a series that rings every two hours still rings after its first call",
        script: || Script { days: 1, ..answers_once(&[(0, every(120, Bound::None))]) },
        faults: |cloud| for_days(cloud, Fault::OperatorRefused),
    },
    Case {
        name: "mailbox",
        about: "a mailbox picks up after 22 s of ringing; the person is called again",
        script: || Script { phone: with(mailbox()), ..nobody_answers(&[(0, remind("take the pills", 5))]) },
        faults: |_| (),
    },
    Case {
        name: "screener",
        about: "a phone answers by itself to screen the call; its person does not join, and is called again",
        script: || Script { phone: with(Machine::Screener), ..nobody_answers(&[(0, remind("take the pills", 5))]) },
        faults: |_| (),
    },
    Case {
        name: "screener-joined",
        about: "a phone screens the call, and its person joins after 5 s",
        script: || Script {
            phone: Phone { machine: Machine::Screener, habit: Habit::Always(5000), manners: presses_1() },
            ..nobody_answers(&[(0, remind("take the pills", 5))])
        },
        faults: |_| (),
    },
    Case {
        name: "text-undelivered",
        about: "the text after three missed calls is accepted and never delivered; the operator gets an alarm",
        script: || nobody_answers(&[(0, remind("take the pills", 5))]),
        faults: |cloud| for_days(cloud, Fault::TextUndeliveredOperator),
    },
    Case {
        name: "text-fails-late",
        about: "the phone is off for a day; the carrier says hours later that the text was not delivered; the operator gets an alarm",
        script: || nobody_answers(&[(0, remind("take the pills", 5))]),
        faults: |cloud| for_days(cloud, Fault::TextFailsLate),
    },
    Case {
        name: "chain-of-parked-texts",
        about: "the store is down for five hours, and Lambda stops chains of 16 invocations; a parked text starts no such chain",
        script: || Script { by_queue: true, ..answers(&[(60, remind("take the pills", 600))]) },
        faults: |cloud| {
            stop_chains(cloud);
            outage(cloud, Fault::StoreDown, 0, 5 * 3600);
        },
    },
    Case {
        name: "chain-of-wake-ups",
        about: "the carrier refuses each request for a call until 13 minutes after the due, and Lambda stops chains of 16 invocations; no false alarm",
        script: || answers(&[(0, remind("take the pills", 5))]),
        faults: |cloud| {
            stop_chains(cloud);
            outage(cloud, Fault::RequestRefused, 200, 1100);
        },
    },
    Case {
        name: "throttled-then-down",
        about: "one throttled delivery, then store and queue are down for ten minutes; the text is not lost",
        script: || Script { by_queue: true, ..answers(&[(60, remind("take the pills", 60))]) },
        faults: |cloud| {
            outage(cloud, Fault::Throttled, 0, 100);
            outage(cloud, Fault::StoreDown, 100, 700);
            outage(cloud, Fault::QueueDown, 100, 700);
        },
    },
    Case {
        name: "many-kept-reminders",
        about: "a person's reminders, open and ended, fill nine pages of a query; STOP is still obeyed",
        script: || {
            let three = |at_s: i64| (0..3_i64).map(move |nth| (at_s + nth * 20, remind("take the pills", 600)));
            let round = |at_s: i64| three(at_s).chain([(at_s + 80, Meaning::DeleteAll)]);
            let texts = (0..3_i64).flat_map(|nth| round(nth * 7200)).chain([(20_000, Meaning::OptOut)]).collect();
            Script { texts, ..answers(&[]) }
        },
        faults: |cloud| cloud.table.borrow_mut().set_page_of_reminders(1),
    },
    Case {
        name: "unreadable-question",
        about: "the open question in a person's profile can't be read; their texts are still answered",
        script: || {
            answers(&[
                (0, Meaning::RemindSometime { task: "take the pills".to_owned() }),
                (120, remind("feed rabbit", 60)),
                (240, Meaning::List),
                (360, Meaning::OptOut),
            ])
        },
        faults: |cloud| outage(cloud, Fault::QuestionSpoiled, 0, 60),
    },
    Case {
        name: "rollback",
        about: "a reminder comes due after a rollback to a release that can't read it; it rings when the later release runs again",
        script: || answers(&[(0, remind("take the pills", 10)), (5, remind("feed rabbit", 12))]),
        faults: |cloud| {
            let (older, newer) = (Rc::clone(cloud), Rc::clone(cloud));
            cloud.engine.run_in(500_000, move || older.roll_back());
            cloud.engine.run_in(1_400_000, move || newer.roll_forward());
        },
    },
    Case {
        name: "unheard-series",
        about: "a series that rings every 15 minutes is answered once: it is paused, and the phone does not ring for 30 days",
        script: || Script { days: 30, ..answers_once(&[(0, every(15, Bound::None))]) },
        faults: |_| (),
    },
    Case {
        name: "two-at-once",
        about: "two reminders of one person are due at the same second; the phone has a mailbox",
        script: || Script {
            phone: Phone { machine: mailbox(), habit: Habit::Always(3000), manners: presses_1() },
            ..answers(&[(0, Meaning::Remind { task: "take the pills".to_owned(), due: Due::At(time(7, 10, 0, 0)) }), {
                (5, Meaning::Remind { task: "feed rabbit".to_owned(), due: Due::At(time(7, 10, 0, 0)) })
            }])
        },
        faults: |_| (),
    },
    Case {
        name: "skip",
        about: "\"skip 1\" about a daily reminder leaves out exactly one day",
        script: || Script { days: 2, ..answers(&[(0, daily()), (60, Meaning::Skip(1)), (120, Meaning::List)]) },
        faults: |_| (),
    },
    Case {
        name: "cancel-is-an-opt-out",
        about: "CANCEL is an opt-out at the carrier; START and RESTORE bring back the reminders that it ended",
        script: || {
            let cancel = Meaning::OptOutByMistake(OptOutWord::Cancel);
            answers(&[
                (0, remind("take the pills", 30)),
                (60, cancel),
                (120, Meaning::OptIn),
                (180, Meaning::Restore),
                (240, Meaning::List),
            ])
        },
        faults: |_| (),
    },
    Case {
        name: "silence",
        about: "after a refused request, each further request within the hour is still answered",
        script: || {
            let ask = |at_s: i64| (at_s, remind(&format!("task {}", at_s / 60), 300));
            answers(&[ask(0), ask(60), ask(120), ask(180), ask(240), ask(300)])
        },
        faults: |_| (),
    },
    Case {
        name: "calling-back",
        about: "a person who missed a call calls the number back, and hears the reminder",
        script: || Script { calls_to_service: vec![420], ..nobody_answers(&[(0, remind("take the pills", 5))]) },
        faults: |_| (),
    },
];

impl Case {
    /// The case of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        CASES.iter().find(|case| case.name == name)
    }

    /// Runs the case. `cloud` can change the cloud before the world begins.
    pub fn run(
        &self,
        seed: u64,
        functions: &Rc<Functions>,
        zone: &TimeZone,
        cloud: impl FnOnce(&Rc<Cloud>),
    ) -> Remains {
        act(seed, &(self.script)(), functions, zone, |region| {
            region.faults.stop_at(region.engine.now_ms() + FAULTY_MS);
            (self.faults)(region);
            cloud(region);
        })
    }
}

fn script(phone: Phone, texts: &[(i64, Meaning)]) -> Script {
    Script { start: START, phone, by_queue: false, texts: texts.to_vec(), calls_to_service: Vec::new(), days: 0 }
}

/// A person who never picks up.
fn nobody_answers(texts: &[(i64, Meaning)]) -> Script {
    script(with(Machine::None), texts)
}

/// A person who picks up the first call and presses 1, and then never picks up again.
fn answers_once(texts: &[(i64, Meaning)]) -> Script {
    script(Phone { machine: Machine::None, habit: Habit::Once(3000), manners: presses_1() }, texts)
}

/// A person who picks up after 3 s and presses 1.
fn answers(texts: &[(i64, Meaning)]) -> Script {
    script(Phone { machine: Machine::None, habit: Habit::Always(3000), manners: presses_1() }, texts)
}

/// The phone of a person who never picks up. Only this machine, if any, answers it.
fn with(machine: Machine) -> Phone {
    Phone { machine, habit: Habit::Never, manners: presses_1() }
}

fn mailbox() -> Machine {
    Machine::Mailbox { after_ms: 22_000, greeting_ms: 9000 }
}

fn presses_1() -> Manners {
    Manners::Same(Reply::Press('1', 4000))
}

fn remind(task: &str, minutes: i64) -> Meaning {
    Meaning::Remind { task: task.to_owned(), due: Due::In(minutes) }
}

/// Every day at 8:00.
fn daily() -> Meaning {
    Meaning::Remind { task: "take the pills".to_owned(), due: Due::Each(Rhythm::Day, time(8, 0, 0, 0)) }
}

fn every(minutes: i64, bound: Bound) -> Meaning {
    Meaning::Remind { task: "take the pills".to_owned(), due: Due::Every(minutes, bound) }
}

fn for_days(cloud: &Rc<Cloud>, fault: Fault) {
    cloud.faults.set(fault, 10_000);
}

/// Injects a fault at every opportunity, between these seconds after the start.
fn outage(cloud: &Rc<Cloud>, fault: Fault, from_s: i64, to_s: i64) {
    for (at_s, rate) in [(from_s, 10_000), (to_s, 0)] {
        let target = Rc::clone(cloud);
        cloud.engine.run_in(at_s * 1000, move || target.faults.set(fault, rate));
    }
}

/// Deploys a template without `RecursiveLoop`.
fn stop_chains(cloud: &Rc<Cloud>) {
    let stops = |settings: QueueSettings| QueueSettings { recursion: Recursion::Terminated, ..settings };
    let Deployment { dial, inbound } = cloud.deployment.get();
    cloud.deployment.set(Deployment { dial: stops(dial), inbound: stops(inbound) });
}
