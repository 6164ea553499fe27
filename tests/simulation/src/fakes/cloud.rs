//! The cloud of a world: everything outside the handlers.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;
use reminder::ids::Number;

use super::calls::Phone;
use super::channel_items::ChannelItems;
use super::deployment::Deployment;
use super::messages::Queue;
use super::names::carrier_name;
use super::rotation::Rotation;
use super::schedules::Scheduler;
use super::sent_texts::SentMessage;
use super::table::{Conditions, Table};
use crate::engine::Engine;
use crate::events::{QueueName, WorldEvent};
use crate::faults::{Fault, Faults};
use crate::history::{History, Observation, SentText};

/// Everything outside the handlers: the AWS region and the carriers.
#[derive(Debug)]
pub struct Cloud {
    /// Virtual time and random numbers.
    pub engine: Engine<WorldEvent>,
    /// Faults to inject.
    pub faults: Faults,
    /// Observations so far.
    pub history: History,
    /// State of the store.
    pub table: RefCell<Table>,
    /// Whether the store checks the versions of reminders.
    pub conditions: Cell<Conditions>,
    /// The dial queue: wake-ups that come within the next minutes.
    pub dial: RefCell<Queue>,
    /// The inbound queue: texts from SNS, and parked texts.
    pub inbound: RefCell<Queue>,
    /// Schedules for later wake-ups.
    pub scheduler: RefCell<Scheduler>,
    /// The channels' slots and circuit breakers.
    pub channels: RefCell<ChannelItems>,
    /// Number of carriers that the operator has, 1 or 2.
    pub carriers: Cell<usize>,
    /// The operator's credentials, if they change. Otherwise each request is authorized.
    pub(super) rotation: RefCell<Option<Rc<Rotation>>>,
    /// The calls that the carriers know.
    pub phone: RefCell<Phone>,
    /// The texts that the carriers know.
    pub sent_texts: RefCell<BTreeMap<SentText, SentMessage>>,
    /// Whether the carriers tell the service who or what picked up.
    pub detects_machines: Cell<bool>,
    /// Whether the carrier never reports that a text was delivered.
    pub hides_deliveries: Cell<bool>,
    /// The template's settings of queues and functions.
    pub deployment: Cell<Deployment>,
    /// How many invocations may run at once, of all functions together.
    pub concurrency: Cell<usize>,
    /// Numbers that opted out at the first carrier, which sends them no text.
    pub opted_out: RefCell<BTreeSet<Number>>,
    /// Numbers that opted out at the second carrier. They get texts from the first carrier, unless they have opted out
    /// there too.
    pub opted_out_of_second: RefCell<BTreeSet<Number>>,
    /// Number of times that the service sent each message. The key is the body of a wake-up or the id of a parked text.
    pub sent: RefCell<BTreeMap<String, u32>>,
    /// The body of each message that was put on the dial queue.
    pub(crate) dialed: RefCell<Vec<String>>,
    /// The wake-up of each schedule that was created.
    pub(crate) scheduled: RefCell<Vec<String>>,
    /// The wake-ups that were too far ahead for the dial queue when they were planned, but not when they were sent.
    pub(crate) came_near: RefCell<BTreeSet<String>>,
}

impl Cloud {
    /// Creates a cloud without faults.
    pub fn new(seed: u64, start: Timestamp) -> Rc<Self> {
        Rc::new(Self {
            engine: Engine::new(seed, start),
            faults: Faults::none(),
            history: History::default(),
            table: RefCell::new(Table::default()),
            conditions: Cell::new(Conditions::default()),
            dial: RefCell::new(Queue::default()),
            inbound: RefCell::new(Queue::default()),
            scheduler: RefCell::new(Scheduler::default()),
            channels: RefCell::default(),
            carriers: Cell::new(1),
            rotation: RefCell::default(),
            phone: RefCell::new(Phone::default()),
            sent_texts: RefCell::default(),
            detects_machines: Cell::new(true),
            hides_deliveries: Cell::new(false),
            deployment: Cell::new(Deployment::of_template()),
            concurrency: Cell::new(usize::MAX),
            opted_out: RefCell::default(),
            opted_out_of_second: RefCell::default(),
            sent: RefCell::default(),
            dialed: RefCell::default(),
            scheduled: RefCell::default(),
            came_near: RefCell::default(),
        })
    }

    /// Rolls the functions back to an older release, which can read only about half of the live reminders.
    pub(crate) fn roll_back(&self) {
        self.faults.record(Fault::RolledBack, self.engine.now_ms());
        self.record(Observation::RolledBack);
        let live: Vec<_> = {
            let table = self.table.borrow();
            let live = table.reminders().filter(|reminder| reminder.deadline().is_some());
            live.map(|reminder| reminder.key.clone()).collect()
        };
        let newer = live.into_iter().filter(|_| self.engine.chance(5000)).collect();
        self.table.borrow_mut().roll_back(newer);
    }

    /// Deploys the later release of the functions again.
    pub(crate) fn roll_forward(&self) {
        self.record(Observation::RolledForward);
        self.table.borrow_mut().roll_forward();
    }

    /// Whether a number has opted out at the carrier with this name.
    pub(crate) fn has_opted_out(&self, carrier: &str, number: &Number) -> bool {
        let is_first = carrier == carrier_name(0).as_str();
        let opted_out = if is_first { &self.opted_out } else { &self.opted_out_of_second };
        opted_out.borrow().contains(number)
    }

    /// Returns the queue with this name.
    pub fn queue(&self, name: QueueName) -> &RefCell<Queue> {
        match name {
            QueueName::Dial => &self.dial,
            QueueName::Inbound => &self.inbound,
        }
    }

    /// Decides whether to inject this fault now.
    pub fn injects(&self, fault: Fault) -> bool {
        let injects = self.faults.injects(fault, &self.engine);
        if injects {
            self.history.trace(self.engine.now_ms(), || format!("fault: {}", fault.name()));
        }
        injects
    }

    /// Records an observation.
    pub fn record(&self, seen: Observation) {
        self.history.record(self.engine.now_ms(), seen);
    }

    /// Records an internal event for the timeline.
    pub fn trace(&self, describe: impl FnOnce() -> String) {
        self.history.trace(self.engine.now_ms(), describe);
    }
}
