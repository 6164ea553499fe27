//! Hand-written fakes of what the handlers need of the outside: state, the rules that an implementation must hold, and
//! faults, on virtual time.

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

/// Something that the world must react to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A message of this queue can be received.
    Visible(QueueName),
    /// A function came to its end.
    Over(u64, Outcome),
    /// The carrier took a call.
    CallTaken(CallId),
    /// A call was ended by its API.
    CallEnded(CallId),
    /// A text reached somebody.
    Texted(Number, String),
    /// A planned moment of the world's own, by its number.
    Moment(u64),
}

/// How a function ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With an answer over HTTP.
    Http {
        /// The status code.
        status: i64,
        /// The body.
        body: String,
    },
    /// With a batch of which these messages are to be delivered again.
    Batch(Vec<String>),
    /// Without anything to say.
    Done,
    /// With an error of its own.
    Failed(String),
    /// It crashed, or took too long.
    Died,
}

/// Everything outside the handlers: a region of a cloud, and a carrier.
#[derive(Debug)]
pub struct Cloud {
    /// Time and chance.
    pub engine: Engine<Happening>,
    /// What goes wrong.
    pub faults: Faults,
    /// What is seen.
    pub history: History,
    /// The store's state.
    pub table: RefCell<Table>,
    /// Whether the store looks at conditions.
    pub conditions: Cell<Conditions>,
    /// Wake-ups that have come near.
    pub dial: RefCell<Queue>,
    /// Texts that come by the queue, and parked ones.
    pub inbound: RefCell<Queue>,
    /// Wake-ups that are far.
    pub scheduler: RefCell<Scheduler>,
    /// The carriers' slots and breakers.
    pub lines: RefCell<ChannelItems>,
    /// How many carriers the operator has.
    pub carriers: Cell<usize>,
    /// The carriers' books.
    pub phone: RefCell<Phone>,
    /// Numbers to which the first carrier, whose number they text, sends no text: they have opted out.
    pub opted_out: RefCell<BTreeSet<Number>>,
    /// How often the service sent each message: a wake-up by its words, a text by its name.
    pub sent: RefCell<BTreeMap<String, u32>>,
}

/// How long a queue hides a message that was received, in milliseconds: the template's default.
const VISIBILITY_MS: i64 = 120_000;

/// How often a queue delivers a message before it is dead: the template's default.
const RECEIVES: u32 = 5;

impl Cloud {
    /// One where nothing goes wrong until it is told to.
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
            lines: RefCell::default(),
            carriers: Cell::new(1),
            phone: RefCell::new(Phone::default()),
            opted_out: RefCell::default(),
            sent: RefCell::default(),
        })
    }

    /// A queue by its name.
    pub fn queue(&self, name: QueueName) -> &RefCell<Queue> {
        match name {
            QueueName::Dial => &self.dial,
            QueueName::Inbound => &self.inbound,
        }
    }

    /// Whether this fault strikes now.
    pub fn strikes(&self, fault: Fault) -> bool {
        let strikes = self.faults.strikes(fault, &self.engine);
        if strikes {
            self.history.inside(self.engine.now_ms(), || format!("fault: {}", fault.name()));
        }
        strikes
    }

    /// Something was seen from outside.
    pub fn saw(&self, seen: Observation) {
        self.history.saw(self.engine.now_ms(), seen);
    }

    /// Something went on inside.
    pub fn inside(&self, what: impl FnOnce() -> String) {
        self.history.inside(self.engine.now_ms(), what);
    }
}

/// One run of a function: what it sees of the outside.
#[derive(Debug)]
pub struct Invocation {
    cloud: Rc<Cloud>,
    carriers: Vec<Exchange>,
    /// By how much its clock is ahead of the true time.
    skew: SignedDuration,
}

impl Invocation {
    /// A run that begins now.
    pub fn new(cloud: &Rc<Cloud>) -> Self {
        /// Half of the stated bound between two functions' clocks, in milliseconds.
        const SKEW_MS: i64 = 500;
        let ahead_ms = if cloud.strikes(Fault::ClockSkew) { cloud.engine.between(-SKEW_MS, SKEW_MS) } else { 0 };
        let carriers = (0..cloud.carriers.get()).map(|which| Exchange::new(cloud, carrier_name(which))).collect();
        Self { cloud: Rc::clone(cloud), carriers, skew: SignedDuration::from_millis(ahead_ms) }
    }

    /// The region it runs in.
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

/// What the so-manieth carrier is called.
pub fn carrier_name(which: usize) -> CarrierName {
    let text = if which == 0 { "twilio" } else { "twilio2" };
    let Ok(name) = text.parse() else { unreachable!("{text} is a carrier's name") };
    name
}

/// Area codes of the East, whose time is [`crate::world::ZONE`]'s.
const AREAS: [&str; 104] = [
    "212", "646", "917", "718", "347", "929", "332", "516", "631", "914", "845", "315", "518", "585", "607", "716",
    "201", "551", "609", "732", "215", "267", "640", "848", "856", "862", "908", "973", "223", "272", "412", "445",
    "484", "570", "610", "717", "724", "814", "878", "339", "351", "413", "508", "617", "774", "781", "857", "978",
    "203", "475", "860", "959", "401", "802", "603", "207", "302", "240", "301", "410", "443", "667", "202", "276",
    "434", "540", "571", "703", "757", "804", "252", "336", "704", "743", "828", "910", "919", "980", "984", "803",
    "843", "854", "864", "229", "404", "470", "478", "678", "706", "762", "770", "912", "216", "220", "234", "330",
    "380", "419", "440", "513", "567", "614", "740", "937",
];

/// Which number somebody has who is the so-manieth person of a world: all of them fictional, up to 10296 people.
pub fn number(person: usize) -> Number {
    // The first one, 555-0100, is the service's own.
    let text = format!("+1{}5550{:03}", AREAS[person / 99 % AREAS.len()], 101 + person % 99);
    let Ok(number) = text.parse() else { unreachable!("{text} is an E.164 number") };
    number
}

/// Runs one future to its end in a world where nothing else waits to be told. For suites, not for worlds.
pub fn run<T: 'static>(cloud: &Rc<Cloud>, work: impl Future<Output = T> + 'static) -> Option<T> {
    use crate::engine::{Doom, Step};
    const LIMIT_MS: i64 = 24 * 3600 * 1000;
    let result = Rc::new(Cell::new(None));
    let place = Rc::clone(&result);
    let suite = async move {
        place.set(Some(work.await));
        Happening::Over(TaskId::MAX, Outcome::Done)
    };
    cloud.engine.start(suite, Doom::default(), LIMIT_MS, Happening::Over(TaskId::MAX, Outcome::Died));
    loop {
        match cloud.engine.step() {
            Step::Told(Happening::Over(..)) | Step::Done => break,
            Step::Told(_) | Step::Quiet => {}
        }
    }
    cloud.engine.clear();
    result.take()
}
