//! Virtual time on one thread: an agenda ordered by time, tasks that are polled when they are woken, and one source of
//! randomness. Nothing here reads a real clock, so a seed replays exactly.

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

/// Id of a task. Tasks are numbered as they start.
pub type TaskId = u64;

type Work<H> = Pin<Box<dyn Future<Output = H>>>;

/// The wait at which a task crashes, and the wait at which it freezes. Each `Pending` of a task is a wait. Waits are
/// counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CrashPoint {
    /// Drops the task at this wait.
    pub crash_at: Option<u32>,
    /// Freezes the task at this wait, for this many milliseconds.
    pub freeze_at: Option<(u32, i64)>,
}

/// A running task.
struct Task<H> {
    work: Work<H>,
    waker: Waker,
    crash_point: CrashPoint,
    waits: u32,
    frozen_until: Option<i64>,
    /// Event for the world if the task dies. Absent once it was reported: a frozen task that timed out must not report
    /// its end again.
    on_death: Option<H>,
}

/// An entry's action.
enum Action<H> {
    /// Runs a closure.
    Run(Box<dyn FnOnce()>),
    /// Hands an event to the world.
    Emit(H),
    /// Handles a task's timeout, if the task still runs. See [`Engine::kill`].
    Kill(TaskId),
    /// Polls a frozen task again.
    Thaw(TaskId),
}

/// An entry of the agenda. The earliest entry compares as the greatest, because a heap pops its greatest entry first.
struct Entry<H> {
    at: i64,
    order: u64,
    action: Action<H>,
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

/// The woken tasks, in the order in which they were woken.
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

/// Result of one step of virtual time.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<H> {
    /// An event for the world.
    Event(H),
    /// A step without an event for the world.
    Quiet,
    /// The agenda is empty, and no task is woken.
    Idle,
}

/// The clock, the agenda, the tasks and the random numbers of one world.
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
    /// Creates an engine whose clock begins at `start`. `seed` decides every random number.
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

    /// The true time of the world.
    pub fn now(&self) -> Timestamp {
        instant(self.now.get())
    }

    /// The true time in milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.now.get()
    }

    /// A random number in a range, both ends included.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        self.dice.borrow_mut().i64(low..=high)
    }

    /// Returns true with a probability of `in_10_000` / 10 000.
    pub fn chance(&self, in_10_000: u32) -> bool {
        in_10_000 > 0 && self.dice.borrow_mut().u32(0..10_000) < in_10_000
    }

    /// A random element. `None` if the slice is empty.
    pub fn one_of<T: Clone>(&self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.dice.borrow_mut().usize(0..of.len())].clone()) }
    }

    /// 64 random bits.
    pub fn bits(&self) -> u64 {
        self.dice.borrow_mut().u64(..)
    }

    /// Runs a closure after so many milliseconds.
    pub fn run_in(&self, delay_ms: i64, act: impl FnOnce() + 'static) {
        self.plan(delay_ms, Action::Run(Box::new(act)));
    }

    /// Hands an event to the world after so many milliseconds.
    pub fn emit_in(&self, delay_ms: i64, event: H) {
        self.plan(delay_ms, Action::Emit(event));
    }

    fn plan(&self, delay_ms: i64, action: Action<H>) {
        let order = self.order.get();
        self.order.set(order + 1);
        self.agenda.borrow_mut().push(Entry { at: self.now.get() + delay_ms.max(0), order, action });
    }

    /// Starts a task. Its result is an event for the world. If the task crashes, or still runs after `limit_ms`, the
    /// event is `on_death` instead.
    pub fn start(
        &self,
        work: impl Future<Output = H> + 'static,
        crash_point: CrashPoint,
        limit_ms: i64,
        on_death: H,
    ) -> TaskId {
        let task = self.order.get();
        self.plan(limit_ms, Action::Kill(task));
        let waker = Waker::from(Arc::new(TaskWaker { task, woken: Arc::clone(&self.woken) }));
        waker.wake_by_ref();
        let work = Box::pin(work);
        let task_state = Task { work, waker, crash_point, waits: 0, frozen_until: None, on_death: Some(on_death) };
        self.tasks.borrow_mut().insert(task, task_state);
        task
    }

    /// Does one step: polls a woken task, or moves the clock to the next entry of the agenda and performs it.
    pub fn step(&self) -> Step<H> {
        if let Some(task) = self.next_woken() {
            return self.poll(task);
        }
        let Some(entry) = self.agenda.borrow_mut().pop() else { return Step::Idle };
        self.now.set(self.now.get().max(entry.at));
        match entry.action {
            Action::Run(act) => {
                act();
                Step::Quiet
            }
            Action::Emit(event) => Step::Event(event),
            Action::Kill(task) => self.kill(task),
            Action::Thaw(task) => self.thaw(task),
        }
    }

    /// Drops the agenda and all tasks. A world must end with this call, because tasks hold references to the world.
    pub fn clear(&self) {
        let agenda = std::mem::take(&mut *self.agenda.borrow_mut());
        let tasks = std::mem::take(&mut *self.tasks.borrow_mut());
        drop((agenda, tasks));
    }

    fn next_woken(&self) -> Option<TaskId> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn poll(&self, id: TaskId) -> Step<H> {
        // The task is taken out of the map while it runs, because it may plan actions and start tasks.
        let Some(mut task) = self.tasks.borrow_mut().remove(&id) else { return Step::Quiet };
        if task.frozen_until.is_some_and(|until| until > self.now.get()) {
            self.tasks.borrow_mut().insert(id, task);
            return Step::Quiet;
        }
        if let Poll::Ready(outcome) = task.work.as_mut().poll(&mut Context::from_waker(&task.waker)) {
            // A task that timed out has already reported its death.
            return if task.on_death.is_some() { Step::Event(outcome) } else { Step::Quiet };
        }
        task.waits += 1;
        if task.crash_point.crash_at == Some(task.waits) {
            return event_or_quiet(task.on_death.take());
        }
        if let Some((_, pause_ms)) = task.crash_point.freeze_at.filter(|(wait, _)| *wait == task.waits) {
            task.frozen_until = Some(self.now.get() + pause_ms);
            self.plan(pause_ms, Action::Thaw(id));
        }
        self.tasks.borrow_mut().insert(id, task);
        Step::Quiet
    }

    /// Handles a task's timeout. The task is dropped. A frozen task only reports its death, and continues when it
    /// thaws.
    fn kill(&self, id: TaskId) -> Step<H> {
        let mut tasks = self.tasks.borrow_mut();
        let Some(task) = tasks.get_mut(&id) else { return Step::Quiet };
        let on_death = task.on_death.take();
        if task.frozen_until.is_none_or(|until| until <= self.now.get()) {
            let dropped = tasks.remove(&id);
            drop(tasks);
            drop(dropped);
        }
        event_or_quiet(on_death)
    }

    fn thaw(&self, id: TaskId) -> Step<H> {
        /// How long a thawed task may still run before it is dropped, in milliseconds.
        const AFTER_THAW_MS: i64 = 20_000;
        if let Some(task) = self.tasks.borrow().get(&id) {
            task.waker.wake_by_ref();
            self.plan(AFTER_THAW_MS, Action::Kill(id));
        }
        Step::Quiet
    }
}

fn event_or_quiet<H>(event: Option<H>) -> Step<H> {
    event.map_or(Step::Quiet, Step::Event)
}

/// The instant at so many milliseconds since 1970.
pub fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MIN)
}
