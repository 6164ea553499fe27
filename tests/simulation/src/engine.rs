//! Virtual time on one thread: what is on its way in order of its instant, tasks that are polled when they are woken,
//! and one source of randomness. Nothing here reads a clock, so a seed replays exactly.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use fastrand::Rng;
use jiff::Timestamp;

/// A task's name: tasks are numbered as they start.
pub type TaskId = u64;

type Work<H> = Pin<Box<dyn Future<Output = H>>>;

/// What one poll of a task may run into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Doom {
    /// Dropped where it waits for the so-manieth time.
    pub crash_at: Option<u32>,
    /// Frozen where it waits for the so-manieth time, for so many milliseconds.
    pub freeze_at: Option<(u32, i64)>,
}

/// A running task.
struct Task<H> {
    work: Work<H>,
    waker: Waker,
    doom: Doom,
    waits: u32,
    frozen_until: Option<i64>,
    /// What its end means to whoever started it; taken once, since a frozen task ends after it was given up.
    death: Option<H>,
}

/// Something on its way.
enum Due<H> {
    /// It changes something without anybody being asked.
    Act(Box<dyn FnOnce()>),
    /// The world is told.
    Tell(H),
    /// A task is dropped, if it still runs.
    Kill(TaskId),
    /// A frozen task is polled again.
    Thaw(TaskId),
}

/// What comes first is greatest, since a heap gives out its greatest.
struct Entry<H> {
    at: i64,
    order: u64,
    due: Due<H>,
}

impl<H> PartialEq for Entry<H> {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl<H> Eq for Entry<H> {}

impl<H> PartialOrd for Entry<H> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<H> Ord for Entry<H> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

/// The tasks that were woken, in the order in which they were.
type Woken = Arc<Mutex<VecDeque<TaskId>>>;

struct TaskWaker {
    task: TaskId,
    woken: Woken,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).push_back(self.task);
    }
}

/// How a step of virtual time went.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<H> {
    /// The world is told this.
    Told(H),
    /// Something happened that concerns nobody else.
    Quiet,
    /// Nothing is under way any more.
    Done,
}

/// The clock, the agenda, the tasks and the dice of one world.
pub struct Engine<H> {
    now: Cell<i64>,
    order: Cell<u64>,
    agenda: RefCell<BinaryHeap<Entry<H>>>,
    tasks: RefCell<BTreeMap<TaskId, Task<H>>>,
    woken: Woken,
    dice: RefCell<Rng>,
}

impl<H> fmt::Debug for Engine<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("now", &instant(self.now.get())).finish_non_exhaustive()
    }
}

impl<H: 'static> Engine<H> {
    /// A world's engine: it starts at `start`, and `seed` decides every throw.
    pub fn new(seed: u64, start: Timestamp) -> Self {
        Self {
            now: Cell::new(start.as_millisecond()),
            order: Cell::new(0),
            agenda: RefCell::new(BinaryHeap::new()),
            tasks: RefCell::new(BTreeMap::new()),
            woken: Woken::default(),
            dice: RefCell::new(Rng::with_seed(seed)),
        }
    }

    /// The true time.
    pub fn now(&self) -> Timestamp {
        instant(self.now.get())
    }

    /// The true time in milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.now.get()
    }

    /// A number in a range, both ends included.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        self.dice.borrow_mut().i64(low..=high)
    }

    /// Whether what happens so many times in 10 000 happens now.
    pub fn chance(&self, in_10_000: u32) -> bool {
        in_10_000 > 0 && self.dice.borrow_mut().u32(0..10_000) < in_10_000
    }

    /// One of these.
    pub fn one_of<T: Clone>(&self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.dice.borrow_mut().usize(0..of.len())].clone()) }
    }

    /// Random bits.
    pub fn bits(&self) -> u64 {
        self.dice.borrow_mut().u64(..)
    }

    /// Does this after so many milliseconds.
    pub fn act_in(&self, delay_ms: i64, act: impl FnOnce() + 'static) {
        self.plan(delay_ms, Due::Act(Box::new(act)));
    }

    /// Tells the world this after so many milliseconds.
    pub fn tell_in(&self, delay_ms: i64, what: H) {
        self.plan(delay_ms, Due::Tell(what));
    }

    fn plan(&self, delay_ms: i64, due: Due<H>) {
        let order = self.order.get();
        self.order.set(order + 1);
        self.agenda.borrow_mut().push(Entry { at: self.now.get() + delay_ms.max(0), order, due });
    }

    /// Starts a task. What it returns is told; if it dies first, or is not through after `limit_ms`, `death` is.
    pub fn start(&self, work: impl Future<Output = H> + 'static, doom: Doom, limit_ms: i64, death: H) -> TaskId {
        let task = self.order.get();
        self.plan(limit_ms, Due::Kill(task));
        let waker = Waker::from(Arc::new(TaskWaker { task, woken: Arc::clone(&self.woken) }));
        waker.wake_by_ref();
        let work = Box::pin(work);
        let task_state = Task { work, waker, doom, waits: 0, frozen_until: None, death: Some(death) };
        self.tasks.borrow_mut().insert(task, task_state);
        task
    }

    /// Goes on to whatever is next.
    pub fn step(&self) -> Step<H> {
        if let Some(task) = self.next_woken() {
            return self.poll(task);
        }
        let Some(entry) = self.agenda.borrow_mut().pop() else { return Step::Done };
        self.now.set(self.now.get().max(entry.at));
        match entry.due {
            Due::Act(act) => {
                act();
                Step::Quiet
            }
            Due::Tell(what) => Step::Told(what),
            Due::Kill(task) => self.kill(task),
            Due::Thaw(task) => self.thaw(task),
        }
    }

    /// Drops whatever is under way. A world must end with this: what is under way holds on to the world.
    pub fn clear(&self) {
        let agenda = std::mem::take(&mut *self.agenda.borrow_mut());
        let tasks = std::mem::take(&mut *self.tasks.borrow_mut());
        drop((agenda, tasks));
    }

    fn next_woken(&self) -> Option<TaskId> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn poll(&self, id: TaskId) -> Step<H> {
        // Out of the map while it runs, since it may plan and start things.
        let Some(mut task) = self.tasks.borrow_mut().remove(&id) else { return Step::Quiet };
        if task.frozen_until.is_some_and(|until| until > self.now.get()) {
            self.tasks.borrow_mut().insert(id, task);
            return Step::Quiet;
        }
        if let Poll::Ready(outcome) = task.work.as_mut().poll(&mut Context::from_waker(&task.waker)) {
            // A task that was given up has nobody left to tell.
            return if task.death.is_some() { Step::Told(outcome) } else { Step::Quiet };
        }
        task.waits += 1;
        if task.doom.crash_at == Some(task.waits) {
            return told(task.death.take());
        }
        if let Some((_, pause_ms)) = task.doom.freeze_at.filter(|(wait, _)| *wait == task.waits) {
            task.frozen_until = Some(self.now.get() + pause_ms);
            self.plan(pause_ms, Due::Thaw(id));
        }
        self.tasks.borrow_mut().insert(id, task);
        Step::Quiet
    }

    /// A time-out: the task is dropped; a frozen one is only given up, and goes on when it thaws.
    fn kill(&self, id: TaskId) -> Step<H> {
        let mut tasks = self.tasks.borrow_mut();
        let Some(task) = tasks.get_mut(&id) else { return Step::Quiet };
        let death = task.death.take();
        if task.frozen_until.is_none_or(|until| until <= self.now.get()) {
            let dropped = tasks.remove(&id);
            drop(tasks);
            drop(dropped);
        }
        told(death)
    }

    fn thaw(&self, id: TaskId) -> Step<H> {
        /// How long a thawed task may still run before it is dropped for good.
        const AFTER_THAW_MS: i64 = 20_000;
        if let Some(task) = self.tasks.borrow().get(&id) {
            task.waker.wake_by_ref();
            self.plan(AFTER_THAW_MS, Due::Kill(id));
        }
        Step::Quiet
    }
}

fn told<H>(what: Option<H>) -> Step<H> {
    what.map_or(Step::Quiet, Step::Told)
}

/// The instant of so many milliseconds since 1970.
pub fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MIN)
}

/// A place where an answer arrives: empty, then full, and whoever waits for it is woken.
#[derive(Debug)]
pub(crate) struct Mailbox<T> {
    answer: RefCell<Option<T>>,
    waiting: RefCell<Option<Waker>>,
}

impl<T> Mailbox<T> {
    pub(crate) fn empty() -> Self {
        Self { answer: RefCell::new(None), waiting: RefCell::new(None) }
    }

    pub(crate) fn fill(&self, answer: T) {
        *self.answer.borrow_mut() = Some(answer);
        if let Some(waker) = self.waiting.borrow_mut().take() {
            waker.wake();
        }
    }

    /// Polled by whoever waits.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<T> {
        if let Some(answer) = self.answer.borrow_mut().take() {
            return Poll::Ready(answer);
        }
        *self.waiting.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }
}
