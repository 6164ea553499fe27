//! What can go wrong, by name, how often in this world, and how often it did.

use std::cell::{Cell, RefCell};

use crate::engine::Engine;

/// Declares the faults with their names in tables and timelines.
macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident = $name:literal),+ $(,)?) => {
        /// Something that can go wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(usize)]
        pub enum Fault {
            $($(#[$doc])* $fault),+
        }

        impl Fault {
            /// Each of them.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$fault),+];

            /// What it is called.
            pub fn name(self) -> &'static str {
                match self { $(Self::$fault => $name),+ }
            }
        }
    };
}

faults! {
    /// A function dies where it waits for something.
    Crash = "function dies at an await",
    /// A function stands still, is given up, and goes on later.
    Freeze = "function freezes and thaws",
    /// A request of ours takes many seconds, up to the function's own time-out.
    Slow = "a request takes long (function time-out)",
    /// The clocks of functions differ, by a second at most.
    ClockSkew = "clocks differ",
    /// A queue delivers a message again although it was deleted.
    QueueTwice = "queue delivers twice",
    /// A queue delivers a message minutes late, and so out of order.
    QueueLate = "queue delivers late",
    /// A queue message, or the schedule before it, is gone.
    QueueNever = "queue never delivers",
    /// What stands in the index is seconds or minutes behind.
    IndexBehind = "deadline index is behind",
    /// A write's condition is said to have failed, as when another transaction held the item.
    SpuriousConflict = "transaction conflict",
    /// The store made a write, and its answer was lost.
    WriteAnswerLost = "store's answer lost",
    /// A write that nobody waits for any more arrives.
    WriteLandsLate = "write lands late",
    /// The store does not take a request.
    StoreThrottled = "store throttles",
    /// The store takes no request for minutes.
    StoreDown = "store is down",
    /// The queue does not take a message, or does not say that it did.
    SendFails = "queue refuses a message",
    /// The queue takes no message for minutes.
    QueueDown = "queue is down",
    /// The scheduler does not take a schedule, or does not say that it did.
    ScheduleFails = "scheduler refuses a schedule",
    /// The scheduler takes no schedule and fires none for hours.
    SchedulerDown = "scheduler is down",
    /// A schedule fires twice.
    ScheduleTwice = "schedule fires twice",
    /// A schedule fires in the last seconds of what is promised.
    ScheduleLate = "schedule fires 60 s late",
    /// The carrier does not call or text this number.
    NumberRefused = "carrier refuses a number",
    /// The carrier asks to be left alone for a while: 429, or 401.
    RefusedForNow = "carrier says 429 or 401",
    /// The carrier refuses one request for a reason that may be its own.
    RequestRefused = "carrier refuses one request",
    /// The carrier is not reached.
    Unreached = "carrier not reached",
    /// The carrier answers 5xx, having done it or not.
    ServerError = "carrier says 5xx",
    /// The carrier closes the connection before it does anything.
    ClosedBefore = "carrier closes before accepting",
    /// The carrier accepts, and closes the connection without an answer.
    ClosedAfter = "carrier accepts, answer lost",
    /// A request arrives long after whoever sent it is gone.
    CarrierLate = "request lands at the carrier late",
    /// The carrier answers nobody for minutes.
    CarrierDown = "carrier is down",
    /// The second carrier answers nobody for minutes.
    SecondCarrierDown = "second carrier is down",
    /// The calls or texts of people outside this world take a carrier's slots for the next minutes.
    LineBusy = "others take the carrier's slots",
    /// The carrier keeps a call in its own queue for minutes.
    CarrierQueues = "carrier queues a call",
    /// A callback is lost.
    CallbackLost = "callback lost",
    /// A callback comes twice.
    CallbackTwice = "callback doubled",
    /// A callback comes up to minutes late, behind its successors.
    CallbackReordered = "callbacks reordered",
    /// A callback comes hours late.
    CallbackLate = "callback hours late",
    /// A text's webhook comes again, also at once.
    TextTwice = "text delivered twice",
    /// A text's webhook comes minutes late.
    TextLate = "text delivered late",
    /// Somebody opts out, which their carrier acts on, and the service is not told.
    OptOutUntold = "opt-out known to the carrier alone",
    /// A message that is not ours stands in a queue.
    Poison = "poison message",
}

/// How often each fault strikes in this world, until when, and how often it did.
#[derive(Debug)]
pub struct Faults {
    rates: [Cell<u32>; Fault::ALL.len()],
    struck: [Cell<u32>; Fault::ALL.len()],
    strikes: RefCell<Vec<(i64, Fault)>>,
    until_ms: Cell<i64>,
}

impl Default for Faults {
    fn default() -> Self {
        Self::none()
    }
}

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        let zeros = || std::array::from_fn(|_| Cell::new(0));
        Self { rates: zeros(), struck: zeros(), strikes: RefCell::default(), until_ms: Cell::new(i64::MAX) }
    }

    /// From now on this strikes so many times in 10 000.
    pub fn set(&self, fault: Fault, in_10_000: u32) {
        self.rates[fault as usize].set(in_10_000);
    }

    /// Nothing goes wrong from this instant on.
    pub fn stop_at(&self, ms: i64) {
        self.until_ms.set(ms);
    }

    /// When nothing goes wrong any more.
    pub fn stopped_at(&self) -> i64 {
        self.until_ms.get()
    }

    /// Whether this one strikes now.
    pub fn strikes<H: 'static>(&self, fault: Fault, engine: &Engine<H>) -> bool {
        let rate = self.rates[fault as usize].get();
        let strikes = rate > 0 && engine.now_ms() < self.until_ms.get() && engine.chance(rate);
        if strikes {
            self.count(fault, engine.now_ms());
        }
        strikes
    }

    /// Counts one that struck.
    pub fn count(&self, fault: Fault, now_ms: i64) {
        self.strikes.borrow_mut().push((now_ms, fault));
        let count = &self.struck[fault as usize];
        count.set(count.get() + 1);
    }

    /// How often this one struck.
    pub fn struck(&self, fault: Fault) -> u32 {
        self.struck[fault as usize].get()
    }

    /// Whether one of these struck in this time.
    pub fn struck_between(&self, faults: &[Fault], from_ms: i64, to_ms: i64) -> bool {
        let strikes = self.strikes.borrow();
        let first = strikes.partition_point(|(at_ms, _)| *at_ms < from_ms);
        strikes[first..].iter().take_while(|(at_ms, _)| *at_ms <= to_ms).any(|(_, fault)| faults.contains(fault))
    }

    /// Whether nothing went wrong at all.
    pub fn spared(&self) -> bool {
        self.struck.iter().all(|count| count.get() == 0)
    }
}
