//! Wake-ups: near ones by the dial queue, far ones by a schedule that sends the same message to the same queue.

use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, Target,
};
use jiff::Timestamp;
use reminder::event::WakeUp;
use reminder::policy::Route;
use reminder::ports::{SendError, WakeUps};
use reminder::wire::WakeUpMessage;

use crate::configuration::WakeUpConfig;
use crate::failure::describe;
use crate::parking;

/// How long Scheduler tries to reach the queue, in seconds. Later the sweeper has noticed, and a wake-up that still came
/// would only be stale. By default it would be a day.
pub const SCHEDULE_TRIES_S: i32 = 5 * 60;

/// How often Scheduler tries again in that time, at most.
pub const SCHEDULE_RETRIES: i32 = 10;

/// The dial queue, and the schedules that send to it.
#[derive(Debug, Clone)]
pub struct QueueAndSchedules {
    queue: aws_sdk_sqs::Client,
    scheduler: aws_sdk_scheduler::Client,
    settings: WakeUpConfig,
}

impl QueueAndSchedules {
    pub(crate) fn new(
        queue: aws_sdk_sqs::Client,
        scheduler: aws_sdk_scheduler::Client,
        settings: WakeUpConfig,
    ) -> Self {
        Self { queue, scheduler, settings }
    }

    /// Makes the connection to the queue that the first wake-up would otherwise wait for, by asking what may be refused.
    pub async fn warm(&self) {
        let asked = self.queue.get_queue_attributes().queue_url(&self.settings.queue_url).send().await;
        if let Err(error) = asked {
            tracing::debug!(error = describe(&error), "whether the connection to the queue is warm is not known");
        }
    }

    async fn schedule(&self, wake: &WakeUp, at: Timestamp, body: String) -> Result<(), SendError> {
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build();
        let request = self
            .scheduler
            .create_schedule()
            .name(name(&self.settings.prefix, wake))
            .schedule_expression(expression(at))
            .flexible_time_window(window.map_err(unbuilt)?)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(self.target(body)?);
        match request.send().await {
            Ok(_) => Ok(()),
            // The name says which reminder and which generation, so a schedule that is there is this one.
            Err(error) if error.as_service_error().is_some_and(|error| error.is_conflict_exception()) => Ok(()),
            Err(error) => Err(SendError(describe(&error))),
        }
    }

    fn target(&self, body: String) -> Result<Target, SendError> {
        let retries = RetryPolicy::builder()
            .maximum_event_age_in_seconds(SCHEDULE_TRIES_S)
            .maximum_retry_attempts(SCHEDULE_RETRIES)
            .build();
        Target::builder()
            .arn(&self.settings.queue_arn)
            .role_arn(&self.settings.role_arn)
            .input(body)
            .dead_letter_config(DeadLetterConfig::builder().arn(&self.settings.dead_letters_arn).build())
            .retry_policy(retries)
            .build()
            .map_err(unbuilt)
    }
}

impl WakeUps for QueueAndSchedules {
    async fn send(&self, wake: &WakeUp, route: Route) -> Result<(), SendError> {
        let body = serde_json::to_string(&WakeUpMessage::from(wake)).map_err(unbuilt)?;
        match route {
            Route::Queue { delay_s } => parking::send(&self.queue, &self.settings.queue_url, body, delay_s).await,
            Route::Schedule { at } => self.schedule(wake, at, body).await,
        }
    }
}

fn unbuilt(error: impl std::error::Error) -> SendError {
    SendError(error.to_string())
}

/// A schedule's name is a function of reminder and generation: sent twice, there is still one.
fn name(prefix: &str, wake: &WakeUp) -> String {
    format!("{prefix}-{}-{}", wake.key.reminder, wake.generation)
}

/// Without a zone of its own, a schedule's time is UTC.
fn expression(at: Timestamp) -> String {
    format!("at({})", at.strftime("%Y-%m-%dT%H:%M:%S"))
}

#[cfg(test)]
mod tests {
    use reminder::ids::ReminderKey;

    use super::*;
    use crate::configuration::SCHEDULE_PREFIX_MAX;

    fn wake(generation: u32) -> WakeUp {
        let key = ReminderKey {
            person: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            reminder: "01JZ0000000000000000000000".parse().unwrap(),
        };
        WakeUp { key, generation, wake_at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn a_schedule_is_named_by_reminder_and_generation() {
        assert_eq!(name("sixthirty-0a1b2c3d", &wake(7)), "sixthirty-0a1b2c3d-01JZ0000000000000000000000-7");
    }

    #[test]
    fn the_longest_name_of_a_schedule_is_one_that_scheduler_takes() {
        assert_eq!(name(&"p".repeat(SCHEDULE_PREFIX_MAX), &wake(u32::MAX)).len(), 64);
    }

    #[test]
    fn a_schedule_says_its_second_in_utc() {
        let at: Timestamp = "2026-03-01T13:59:00-05:00".parse().unwrap();
        assert_eq!(expression(at), "at(2026-03-01T18:59:00)");
    }
}
