//! Fault injection: every fault by name, how often it is injected into this world, and when it was injected.

use std::cell::{Cell, RefCell};

use crate::engine::Engine;

/// Declares the faults, with their names in tables and timelines.
macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident = $name:literal),+ $(,)?) => {
        /// A fault that can be injected.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(usize)]
        pub enum Fault {
            $($(#[$doc])* $fault),+
        }

        impl Fault {
            /// Every fault that exists.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$fault),+];

            /// Name in tables and timelines.
            pub fn name(self) -> &'static str {
                match self { $(Self::$fault => $name),+ }
            }
        }
    };
}

faults! {
    /// A function crashes at an `await`.
    Crash = "function dies at an await",
    /// A function freezes and continues later, perhaps after its timeout.
    Freeze = "function freezes and thaws",
    /// A request of the service takes seconds, sometimes longer than the function's own timeout.
    Slow = "request is slow (function timeout)",
    /// The clocks of two functions differ by up to a second.
    ClockSkew = "clocks differ",
    /// A queue delivers a message again, even after it was deleted.
    QueueTwice = "queue delivers twice",
    /// A queue delivers a message up to ten minutes late, and therefore perhaps out of order.
    QueueLate = "queue delivers late",
    /// A message for the dial queue is lost.
    QueueNever = "queue never delivers",
    /// The deadline index is up to two minutes behind the items.
    IndexBehind = "deadline index is behind",
    /// A write fails as if its condition had failed, as DynamoDB does while another transaction holds the item.
    SpuriousConflict = "transaction conflict",
    /// A write succeeded, and its answer was lost.
    WriteAnswerLost = "store's answer lost",
    /// A write arrives up to a minute late, usually after its sender has timed out. Its answer is lost.
    WriteLandsLate = "write lands late",
    /// The store throttles a request.
    StoreThrottled = "store throttles",
    /// Most or all requests to the store fail for up to 15 minutes.
    StoreDown = "store is down",
    /// The queue refuses a message, or accepts it and the answer is lost.
    SendFails = "queue refuses a message",
    /// The queue accepts few or no messages for up to 15 minutes.
    QueueDown = "queue is down",
    /// The scheduler refuses a schedule, or accepts it and the answer is lost.
    ScheduleFails = "scheduler refuses a schedule",
    /// The scheduler accepts and fires few or no schedules for up to three hours.
    SchedulerDown = "scheduler is down",
    /// A schedule fires twice.
    ScheduleTwice = "schedule fires twice",
    /// A schedule fires 58 to 60 seconds after its time. The scheduler promises to fire it within a minute.
    ScheduleLate = "schedule fires 60 s late",
    /// The carrier refuses the number itself.
    NumberRefused = "carrier refuses a number",
    /// The carrier refuses a request for now, for a reason that concerns the whole account: HTTP 429 or 401.
    RefusedForNow = "carrier says 429 or 401",
    /// The carrier refuses one request, for a reason that may concern that request alone.
    RequestRefused = "carrier refuses one request",
    /// The carrier refuses a text until the operator acts: the operator's number is not registered.
    OperatorRefused = "carrier refuses a text: operator",
    /// The carrier can't be reached.
    Unreachable = "carrier can't be reached",
    /// The carrier answers HTTP 5xx, and may have carried out the request.
    ServerError = "carrier says 5xx",
    /// The carrier closes the connection before it carries out the request.
    ClosedBefore = "carrier closes before accepting",
    /// The carrier carries out the request, and closes the connection without an answer.
    ClosedAfter = "carrier accepts, answer lost",
    /// A request arrives at the carrier up to half an hour late, usually after its sender has timed out. Its answer is
    /// lost.
    CarrierLate = "request reaches the carrier late",
    /// Most or all requests to the first carrier fail for up to an hour, usually those of other customers too.
    CarrierDown = "carrier is down",
    /// Most or all requests to the second carrier fail for up to an hour, usually those of other customers too.
    SecondCarrierDown = "second carrier is down",
    /// Calls or texts of people outside this world take a channel's slots for the next minutes.
    ChannelBusy = "other users take the channel's slots",
    /// The carrier keeps an accepted call in its own queue for minutes.
    CarrierQueues = "carrier queues a call",
    /// A status callback is lost.
    CallbackLost = "callback lost",
    /// A callback is posted twice.
    CallbackTwice = "callback posted twice",
    /// A callback is posted up to four minutes late, and therefore perhaps after later callbacks.
    CallbackReordered = "callbacks reordered",
    /// A callback is posted hours late.
    CallbackLate = "callback hours late",
    /// A text's webhook is posted again, perhaps at the same time.
    TextTwice = "text delivered twice",
    /// A text's webhook is posted up to 20 minutes late.
    TextLate = "text delivered late",
    /// A person opts out, and the carrier does not report it to the service.
    OptOutNotReported = "opt-out not reported to the service",
    /// A person opts in again, and the carrier does not report it to the service.
    OptInNotReported = "opt-in not reported to the service",
    /// A person opts out of the second carrier's number only, and the carrier does not report it to the service.
    SecondOptOutNotReported = "opt-out of the second number not reported",
    /// A message that the service did not write is in a queue.
    Poison = "poison message",
    /// A text does not arrive, for a reason that may pass.
    TextUndeliveredPassing = "text undelivered: phone is off",
    /// A text does not arrive, because its number receives no texts.
    TextUndeliveredNumber = "text undelivered: number",
    /// A text does not arrive, because the operator's number is not registered.
    TextUndeliveredOperator = "text undelivered: operator",
    /// A text does not arrive, because the person opted out at the carrier.
    TextUndeliveredOptedOut = "text undelivered: opted out",
    /// A text does not arrive, and the carrier says so hours later, for example because the phone was off.
    TextFailsLate = "text undelivered, known hours later",
    /// The status of a text is not posted.
    TextStatusLost = "status of a text lost",
    /// The status of a text is posted twice.
    TextStatusTwice = "status of a text posted twice",
    /// A status of a text is posted up to ten minutes late, and therefore perhaps after later statuses.
    TextStatusReordered = "statuses of a text reordered",
    /// The verdict about who picked up is posted late, perhaps after the call.
    VerdictLate = "verdict late",
    /// The verdict about who picked up is posted twice.
    VerdictTwice = "verdict posted twice",
    /// No verdict about who picked up is posted.
    VerdictNever = "verdict never posted",
    /// The verdict about who picked up is wrong.
    VerdictWrong = "verdict wrong",
    /// An invocation is throttled, at random or because the maximum number of invocations already runs. Its messages
    /// have used up a receive, although the function does not run.
    Throttled = "invocation throttled",
    /// A function fails while it starts.
    InitFails = "function fails to start",
    /// An older release runs for some minutes, and reads items that a later release wrote.
    RolledBack = "older release reads later items",
    /// A chain of more than 16 invocations forms, in which each invocation sends a message to the next one.
    LongChain = "chain of over 16 invocations",
    /// A reminder in the store can't be read any more.
    ReminderSpoiled = "reminder can't be read",
    /// The open question in a person's profile can't be read.
    QuestionSpoiled = "open question can't be read",
    /// A person's reminders fill more than one page of a query.
    SmallPages = "reminders fill several pages",
    /// A call finds the person's phone busy with another call from or to the service.
    LineBusy = "phone is busy with another call",
    /// A mailbox picks up.
    MailboxPicksUp = "mailbox picks up",
    /// A phone that screens calls picks up.
    ScreenerPicksUp = "screening phone picks up",
    /// A person hangs up instead of pressing a key.
    HangsUp = "person hangs up without a key",
    /// A person presses a key that means nothing.
    WrongKey = "person presses a wrong key",
    /// A person presses a key after the call has stopped waiting for a key.
    LateKey = "person presses a key too late",
    /// A person calls the service's number.
    CallsService = "person calls the service",
}

impl Fault {
    /// Whether the fault belongs to ordinary use, mostly of people and their phones, and is no failure of a system.
    /// Such faults happen in calm worlds too.
    pub fn is_of_people(self) -> bool {
        matches!(
            self,
            Self::LineBusy
                | Self::MailboxPicksUp
                | Self::ScreenerPicksUp
                | Self::HangsUp
                | Self::WrongKey
                | Self::LateKey
                | Self::CallsService
                | Self::SmallPages
                | Self::LongChain
        )
    }
}

/// The rate of each fault in this world, the instant at which all faults stop, and a record of the injected faults.
#[derive(Debug)]
pub struct Faults {
    rates: [Cell<u32>; Fault::ALL.len()],
    counts: [Cell<u32>; Fault::ALL.len()],
    injections: RefCell<Vec<(i64, Fault)>>,
    until_ms: Cell<i64>,
}

impl Default for Faults {
    fn default() -> Self {
        Self::none()
    }
}

impl Faults {
    /// Creates a set in which every fault has the rate zero.
    pub fn none() -> Self {
        let zeros = || std::array::from_fn(|_| Cell::new(0));
        Self { rates: zeros(), counts: zeros(), injections: RefCell::default(), until_ms: Cell::new(i64::MAX) }
    }

    /// Sets the rate of a fault from now on, in 1/10 000.
    pub fn set(&self, fault: Fault, in_10_000: u32) {
        self.rates[fault as usize].set(in_10_000);
    }

    /// The rate of a fault now, in 1/10 000.
    pub fn rate(&self, fault: Fault) -> u32 {
        self.rates[fault as usize].get()
    }

    /// Stops all faults at this instant, in milliseconds since 1970.
    pub fn stop_at(&self, ms: i64) {
        self.until_ms.set(ms);
    }

    /// The instant at which all faults stop, in milliseconds since 1970.
    pub fn stopped_at(&self) -> i64 {
        self.until_ms.get()
    }

    /// Decides whether to inject this fault now, and records it.
    pub fn injects<H: 'static>(&self, fault: Fault, engine: &Engine<H>) -> bool {
        let rate = self.rates[fault as usize].get();
        let injects = rate > 0 && engine.now_ms() < self.until_ms.get() && engine.chance(rate);
        if injects {
            self.record(fault, engine.now_ms());
        }
        injects
    }

    /// Records an injected fault.
    pub fn record(&self, fault: Fault, now_ms: i64) {
        self.injections.borrow_mut().push((now_ms, fault));
        let count = &self.counts[fault as usize];
        count.set(count.get() + 1);
    }

    /// How often this fault was injected.
    pub fn injected(&self, fault: Fault) -> u32 {
        self.counts[fault as usize].get()
    }

    /// Whether one of these faults was injected in this time, both ends included.
    pub fn injected_between(&self, faults: &[Fault], from_ms: i64, to_ms: i64) -> bool {
        let injections = self.injections.borrow();
        let first = injections.partition_point(|(at_ms, _)| *at_ms < from_ms);
        injections[first..].iter().take_while(|(at_ms, _)| *at_ms <= to_ms).any(|(_, fault)| faults.contains(fault))
    }

    /// The injected faults from this time on, in order.
    pub fn injected_since(&self, from_ms: i64) -> Vec<(i64, Fault)> {
        let injections = self.injections.borrow();
        let first = injections.partition_point(|(at_ms, _)| *at_ms < from_ms);
        injections[first..].to_vec()
    }

    /// Whether no fault was injected at all.
    pub fn is_clean(&self) -> bool {
        self.counts.iter().all(|count| count.get() == 0)
    }
}
