//! Sends wake-ups: near ones to the dial queue, far ones by a schedule that sends the same message to the same queue.

use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, Target,
};
use jiff::Timestamp;
use reminder::event::WakeUp;
use reminder::ids::OutgoingTextKey;
use reminder::policy::Route;
use reminder::ports::{SendError, WakeUps};
use reminder::wire::{TextWakeUpMessage, WakeUpMessage};

use crate::configuration::WakeUpConfig;
use crate::failure::describe;
use crate::parking;

/// How long Scheduler tries to send a message to the queue, in seconds; its default is a day. By then the sweeper has
/// recovered the reminder, so the schedule's wake-up is not needed any more.
pub const SCHEDULE_TRIES_S: i32 = 5 * 60;

/// Maximum number of times that Scheduler tries again within that time.
pub const SCHEDULE_RETRIES: i32 = 10;

/// The dial queue, with the schedules that send to it.
#[derive(Debug, Clone)]
pub struct QueueAndSchedules {
    queue: aws_sdk_sqs::Client,
    scheduler: aws_sdk_scheduler::Client,
    config: WakeUpConfig,
}

impl QueueAndSchedules {
    pub(crate) fn new(queue: aws_sdk_sqs::Client, scheduler: aws_sdk_scheduler::Client, config: WakeUpConfig) -> Self {
        Self { queue, scheduler, config }
    }

    /// Connects to the queue by asking for its attributes, so that the first wake-up finds a connection. A failure is
    /// only logged, because the function may not be allowed to read the attributes.
    pub async fn warm(&self) {
        let response = self.queue.get_queue_attributes().queue_url(&self.config.queue_url).send().await;
        if let Err(error) = response {
            tracing::debug!(error = describe(&error), "asking for the queue's attributes failed");
        }
    }

    async fn schedule(&self, wake_up: &WakeUp, at: Timestamp, body: String) -> Result<(), SendError> {
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build();
        let request = self
            .scheduler
            .create_schedule()
            .group_name(&self.config.group)
            .name(name(&self.config.prefix, wake_up))
            .schedule_expression(expression(at))
            .flexible_time_window(window.map_err(unbuilt)?)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(self.target(body)?);
        match request.send().await {
            Ok(_) => Ok(()),
            // The name contains the reminder and the generation, so an existing schedule of this name is for the same
            // wake-up.
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
            .arn(&self.config.queue_arn)
            .role_arn(&self.config.role_arn)
            .input(body)
            .dead_letter_config(DeadLetterConfig::builder().arn(&self.config.dead_letters_arn).build())
            .retry_policy(retries)
            .build()
            .map_err(unbuilt)
    }
}

impl WakeUps for QueueAndSchedules {
    async fn send(&self, wake_up: &WakeUp, route: Route) -> Result<(), SendError> {
        let body = serde_json::to_string(&WakeUpMessage::from(wake_up)).map_err(unbuilt)?;
        match route {
            Route::Queue { delay_s } => parking::send(&self.queue, &self.config.queue_url, body, delay_s).await,
            Route::Schedule { at } => self.schedule(wake_up, at, body).await,
        }
    }

    async fn send_for_text(&self, text: &OutgoingTextKey, delay_s: u32) -> Result<(), SendError> {
        let body = serde_json::to_string(&TextWakeUpMessage::from(text)).map_err(unbuilt)?;
        parking::send(&self.queue, &self.config.queue_url, body, delay_s).await
    }
}

fn unbuilt(error: impl std::error::Error) -> SendError {
    SendError(error.to_string())
}

/// Returns a schedule's name. It depends only on the reminder and the generation, so a wake-up that is sent twice makes
/// one schedule.
fn name(prefix: &str, wake_up: &WakeUp) -> String {
    format!("{prefix}-{}-{}", wake_up.key.reminder, wake_up.generation)
}

/// Returns the expression of a schedule's time. It is in UTC, Scheduler's default time zone.
fn expression(at: Timestamp) -> String {
    format!("at({})", at.strftime("%Y-%m-%dT%H:%M:%S"))
}

#[cfg(test)]
mod tests {
    use reminder::ids::ReminderKey;

    use super::*;
    use crate::configuration::SCHEDULE_PREFIX_MAX;

    fn wake_up(generation: u32) -> WakeUp {
        let key = ReminderKey {
            person: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            reminder: "01JZ0000000000000000000000".parse().unwrap(),
        };
        WakeUp { key, generation, wake_at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn a_schedule_is_named_by_reminder_and_generation() {
        assert_eq!(name("sixthirty-0a1b2c3d", &wake_up(7)), "sixthirty-0a1b2c3d-01JZ0000000000000000000000-7");
    }

    #[test]
    fn scheduler_accepts_the_longest_name_of_a_schedule() {
        assert_eq!(name(&"p".repeat(SCHEDULE_PREFIX_MAX), &wake_up(u32::MAX)).len(), 64);
    }

    #[test]
    fn the_time_of_a_schedule_is_in_utc_to_the_second() {
        let at: Timestamp = "2026-03-01T13:59:00-05:00".parse().unwrap();
        assert_eq!(expression(at), "at(2026-03-01T18:59:00)");
    }
}
