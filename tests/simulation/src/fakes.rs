//! Hand-written fakes of the external systems behind the ports: their state, the rules that each implementation must
//! follow, and faults, on virtual time.

mod calls;
mod channel_items;
mod channels;
mod clock;
mod cloud;
mod costs;
mod counted;
mod credentials;
mod deadline_index;
mod deployment;
mod function_name;
mod invocation;
mod messages;
mod names;
mod occurrences;
mod pauses;
mod phone;
mod postponed_calls;
mod queue;
mod replanned;
mod rotation;
mod rows;
mod scheduler;
mod schedules;
mod sent_texts;
mod store;
mod table;
mod travel;
mod tries;

use std::cell::Cell;
use std::rc::Rc;

pub use calls::{Call, CallState, Phone};
pub use channel_items::ChannelItems;
pub use cloud::Cloud;
pub use costs::Costs;
pub use counted::Counted;
pub use deadline_index::shard;
pub use deployment::{Deployment, QueueSettings, Recursion};
pub use function_name::FunctionName;
pub use invocation::{CarrierClient, Invocation};
pub use messages::{Queue, Received};
pub use names::{carrier_name, number};
pub use occurrences::Passed;
pub use pauses::{Resumed, StoredPause};
pub use postponed_calls::PostponedCall;
pub use replanned::Replanned;
pub use rotation::Rotation;
pub use rows::Rows;
pub use schedules::Scheduler;
pub use sent_texts::SentMessage;
pub use table::{Conditions, Release, Table};
pub use tries::GivenUp;

use crate::engine::{CrashPoint, Step, TaskId};
use crate::events::{InvocationOutcome, WorldEvent};

/// Runs one future to its end on a cloud without a world. Returns `None` if the future does not end within a day of
/// virtual time.
pub fn run<T: 'static>(cloud: &Rc<Cloud>, work: impl Future<Output = T> + 'static) -> Option<T> {
    const LIMIT_MS: i64 = 24 * 3600 * 1000;
    let result = Rc::new(Cell::new(None));
    let place = Rc::clone(&result);
    let task = async move {
        place.set(Some(work.await));
        WorldEvent::InvocationEnded(TaskId::MAX, InvocationOutcome::Done)
    };
    cloud.engine.start(
        task,
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
