//! Hand-written fakes of the external systems behind the ports: their state, the rules that each implementation must
//! follow, and faults, on virtual time.

mod channels;
mod clock;
mod phone;
mod queue;
mod scheduler;
mod store;
mod table;
mod travel;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use reminder::ids::{CallId, CarrierName, Number};
use reminder::ports::Ports;

pub use channels::ChannelItems;
pub use phone::{Call, CallState, Exchange, Phone};
pub use queue::{Queue, QueueName, Received};
pub use scheduler::Scheduler;
pub use table::{Conditions, Table, shard};

use crate::engine::{Engine, TaskId};
use crate::faults::{Fault, Faults};
use crate::history::{History, Observation};

/// An event that the world must handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorldEvent {
    /// A message of this queue can be received.
    MessageVisible(QueueName),
    /// An invocation ended.
    InvocationEnded(u64, InvocationOutcome),
    /// The carrier accepted a call.
    CallAccepted(CallId),
    /// A call was ended through the carrier's API.
    CallEnded(CallId),
    /// A text reached the phone of this number.
    TextDelivered(Number, String),
    /// An event that the world has planned, by its number.
    Planned(u64),
}

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvocationOutcome {
    /// With an HTTP response.
    Http {
        /// The HTTP status code.
        status: i64,
        /// Body of the response.
        body: String,
    },
    /// With a batch response: the messages with these ids must be delivered again.
    Batch(Vec<String>),
    /// Without a result.
    Done,
    /// With an error.
    Failed(String),
    /// With a crash or a timeout.
    Died,
}

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
    /// Whether the store checks versions.
    pub conditions: Cell<Conditions>,
    /// The dial queue: wake-ups of the next minutes.
    pub dial: RefCell<Queue>,
    /// The inbound queue: texts from SNS, and parked texts.
    pub inbound: RefCell<Queue>,
    /// Schedules for later wake-ups.
    pub scheduler: RefCell<Scheduler>,
    /// The channels' slots and circuit breakers.
    pub channels: RefCell<ChannelItems>,
    /// Number of carriers that the operator has, 1 or 2.
    pub carriers: Cell<usize>,
    /// The calls that the carriers know.
    pub phone: RefCell<Phone>,
    /// Numbers that opted out at the first carrier, which sends them no text.
    pub opted_out: RefCell<BTreeSet<Number>>,
    /// How often the service sent each message: a wake-up by its body, a parked text by its id.
    pub sent: RefCell<BTreeMap<String, u32>>,
}

/// Visibility timeout of a queue, in milliseconds: the template's default.
const VISIBILITY_MS: i64 = 120_000;

/// `maxReceiveCount` of a queue: the template's default.
const RECEIVES: u32 = 5;

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
            phone: RefCell::new(Phone::default()),
            opted_out: RefCell::default(),
            sent: RefCell::default(),
        })
    }

    /// The queue of this name.
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
    pub fn trace(&self, what: impl FnOnce() -> String) {
        self.history.trace(self.engine.now_ms(), what);
    }
}

/// One invocation of a function: the ports it uses.
#[derive(Debug)]
pub struct Invocation {
    cloud: Rc<Cloud>,
    carriers: Vec<Exchange>,
    /// How far its clock is ahead of the true time.
    skew: SignedDuration,
}

impl Invocation {
    /// Creates an invocation that begins now.
    pub fn new(cloud: &Rc<Cloud>) -> Self {
        /// Half of the largest assumed difference between two functions' clocks, in milliseconds.
        const SKEW_MS: i64 = 500;
        let ahead_ms = if cloud.injects(Fault::ClockSkew) { cloud.engine.between(-SKEW_MS, SKEW_MS) } else { 0 };
        let carriers = (0..cloud.carriers.get()).map(|which| Exchange::new(cloud, carrier_name(which))).collect();
        Self { cloud: Rc::clone(cloud), carriers, skew: SignedDuration::from_millis(ahead_ms) }
    }

    /// The cloud in which it runs.
    pub fn cloud(&self) -> &Rc<Cloud> {
        &self.cloud
    }
}

impl Ports for Invocation {
    type Store = Self;
    type WakeUps = Self;
    type Parking = Self;
    type Channels = Self;
    type Carrier = Exchange;
    type Clock = Self;
    type Ids = Self;

    fn store(&self) -> &Self {
        self
    }

    fn wake_ups(&self) -> &Self {
        self
    }

    fn parking(&self) -> &Self {
        self
    }

    fn channels(&self) -> &Self {
        self
    }

    fn carriers(&self) -> &[Exchange] {
        &self.carriers
    }

    fn clock(&self) -> &Self {
        self
    }

    fn ids(&self) -> &Self {
        self
    }
}

/// Name of a carrier by its index.
pub fn carrier_name(which: usize) -> CarrierName {
    let text = if which == 0 { "twilio" } else { "twilio2" };
    let Ok(name) = text.parse() else { unreachable!("{text} is a carrier's name") };
    name
}

/// Area codes in the zone [`crate::world::ZONE`].
const AREAS: [&str; 104] = [
    "212", "646", "917", "718", "347", "929", "332", "516", "631", "914", "845", "315", "518", "585", "607", "716",
    "201", "551", "609", "732", "215", "267", "640", "848", "856", "862", "908", "973", "223", "272", "412", "445",
    "484", "570", "610", "717", "724", "814", "878", "339", "351", "413", "508", "617", "774", "781", "857", "978",
    "203", "475", "860", "959", "401", "802", "603", "207", "302", "240", "301", "410", "443", "667", "202", "276",
    "434", "540", "571", "703", "757", "804", "252", "336", "704", "743", "828", "910", "919", "980", "984", "803",
    "843", "854", "864", "229", "404", "470", "478", "678", "706", "762", "770", "912", "216", "220", "234", "330",
    "380", "419", "440", "513", "567", "614", "740", "937",
];

/// Fictional number of a person by their index. It is unique for up to 10296 people.
pub fn number(person: usize) -> Number {
    // 555-0100 is the service's own number.
    let text = format!("+1{}5550{:03}", AREAS[person / 99 % AREAS.len()], 101 + person % 99);
    let Ok(number) = text.parse() else { unreachable!("{text} is an E.164 number") };
    number
}

/// Runs one future to its end on a cloud without a world. `None` if it takes longer than a day of virtual time.
pub fn run<T: 'static>(cloud: &Rc<Cloud>, work: impl Future<Output = T> + 'static) -> Option<T> {
    use crate::engine::{CrashPoint, Step};
    const LIMIT_MS: i64 = 24 * 3600 * 1000;
    let result = Rc::new(Cell::new(None));
    let place = Rc::clone(&result);
    let suite = async move {
        place.set(Some(work.await));
        WorldEvent::InvocationEnded(TaskId::MAX, InvocationOutcome::Done)
    };
    cloud.engine.start(
        suite,
        CrashPoint::default(),
        LIMIT_MS,
        WorldEvent::InvocationEnded(TaskId::MAX, InvocationOutcome::Died),
    );
    loop {
        match cloud.engine.step() {
            Step::Event(WorldEvent::InvocationEnded(..)) | Step::Idle => break,
            Step::Event(_) | Step::Quiet => {}
        }
    }
    cloud.engine.clear();
    result.take()
}
