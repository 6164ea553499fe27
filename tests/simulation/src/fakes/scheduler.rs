//! One-time schedules. A schedule fires within a minute after its time, or later if the scheduler is down at that time.
//! Firing deletes the schedule, and may send its wake-up twice.

use std::rc::Rc;

use jiff::Timestamp;
use reminder::ports::SendError;

use super::cloud::Cloud;
use crate::events::QueueName;
use crate::faults::Fault;

/// How late a schedule may fire, in milliseconds. EventBridge Scheduler promises a precision of one minute.
const PRECISION_MS: i64 = 60_000;

impl Cloud {
    /// Creates a schedule, unless a schedule of the same name exists. Fails if its time has passed.
    pub(crate) fn schedule(self: &Rc<Self>, name: String, at: Timestamp, body: String) -> Result<(), SendError> {
        let ahead_ms = at.as_millisecond() - self.engine.now_ms();
        if ahead_ms <= 0 {
            return Err(SendError("expected a schedule in the future, found one in the past".to_owned()));
        }
        if self.scheduler.borrow().schedules.contains_key(&name) {
            return Ok(());
        }
        self.scheduled.borrow_mut().push(body.clone());
        self.scheduler.borrow_mut().schedules.insert(name.clone(), body);
        let late_ms = if self.injects(Fault::ScheduleLate) {
            self.engine.between(PRECISION_MS - 2000, PRECISION_MS)
        } else {
            self.engine.between(0, PRECISION_MS - 1000)
        };
        self.fire_in(name, ahead_ms + late_ms);
        Ok(())
    }

    fn fire_in(self: &Rc<Self>, name: String, delay_ms: i64) {
        let cloud = Rc::clone(self);
        self.engine.run_in(delay_ms, move || cloud.fire(name));
    }

    fn fire(self: &Rc<Self>, name: String) {
        if self.injects(Fault::SchedulerDown) {
            let retry_ms = self.engine.between(30_000, 300_000);
            return self.fire_in(name, retry_ms);
        }
        let Some(body) = self.scheduler.borrow_mut().schedules.remove(&name) else { return };
        self.trace(|| format!("schedule fires: {body}"));
        if self.injects(Fault::ScheduleTwice) {
            let again_ms = self.engine.between(0, PRECISION_MS);
            self.enqueue(QueueName::Dial, body.clone(), again_ms);
        }
        self.enqueue(QueueName::Dial, body, 0);
    }
}
